"""The question a scenario asks, and the answer in one sentence with its probability."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..lags import lag_quantiles
from ..language import say
from ..language.numbers import duration, times
from .charts import fan_of_gap
from .parts import Section
from .words import cut, likely, odds, told

if TYPE_CHECKING:
    from .view import View

FLEET = "fleet_h100e"
LONGEST_TITLE = 50
"""Characters of a scenario's title in a headline."""


def question(view: View) -> Section:
    """Ask what the scenario asks, and say what ran."""
    scenario = view.scenario
    title = say(scenario.title)
    if changes_of(scenario):
        headline = say(
            '"{title}": how far apart are the two sides in {year}?', title=cut(title, LONGEST_TITLE), year=view.when
        )
    else:
        headline = say("How far apart are the two sides in AI hardware in {year}, and why?", year=view.when)
    description = say(" ".join(scenario.description.split()))
    uncertain = sum(record.uncertain for record in scenario.records.values())
    ran = say("{start} to {end}, year by year", start=view.years[0], end=view.years[-1])
    futures = (
        say("A single future")
        if view.members == 1
        else say("{members} futures: draws of {count} uncertain numbers", members=f"{view.members:,}", count=uncertain)
    )
    points = [say("Scenario: {title}", title=cut(title, 70)), ran, futures]
    points += [say("Two sides: China, and the US-led world (all that is not China)")]
    points += (
        [say("Changed against the facts: {changes}", changes=changed)] if (changed := changes_of(scenario)) else []
    )
    return Section("question", headline, tuple(points), (description,) if description else ())


def changes_of(scenario: object) -> str:
    """Count what a scenario changes against the facts; nothing for the facts themselves."""
    origins = getattr(scenario, "origins", {})
    numbers = sum("facts/" not in origin for origin in origins.values())
    acts = len(getattr(scenario, "changes", ()))
    behaviour = getattr(scenario, "behaviour", None)
    off = sum(not on for on in behaviour.rules.values()) if behaviour else 0
    parts = [
        say("{count} numbers", count=numbers) if numbers > 1 else say("1 number") if numbers else "",
        say("{count} dated acts", count=acts) if acts > 1 else say("1 dated act") if acts else "",
        say("{count} rules switched off", count=off) if off > 1 else say("1 rule switched off") if off else "",
    ]
    return ", ".join(part for part in parts if part)


def answer(view: View) -> Section:
    """Say how far apart the sides are, and how sure that is."""
    points = [_probability(view), _over_years(view)]
    for name, what in (
        ("fleet_h100e_bf16", say("On BF16")),
        ("largest_run_flop", say("In the largest 90-day training run")),
    ):
        if view.has(name):
            other = view.gap(name)
            points.append(say("{what}: US-led over China {times}", what=what, times=times(*other.ratio)))
    points.append(_lag(view))
    notes = (
        *told(view, (FLEET,)),
        say("H100e: an accelerator's dense 8-bit rate over that of an NVIDIA H100."),
        say("Intervals hold 90 % of the futures; a conditional statement, not a forecast."),
    )
    chart = fan_of_gap(view, FLEET, say("Computing power, US-led over China"))
    return Section("answer", _headline(view), tuple(point for point in points if point), notes, charts=(chart,))


def _headline(view: View) -> str:
    gap, year = view.gap(FLEET), view.when
    chance = odds(gap.odds, view.members) or say("in the one future computed")
    if math.isnan(gap.ratio.middle):
        return say("In {year} neither side owns AI computing power", year=year)
    if gap.one_sided:
        whose = say("China") if gap.leader == "china" else say("the US-led side")
        return say("In {year} only {side} owns AI computing power", year=year, side=whose)
    if not gap.leader:
        return say(
            "In {year} both sides own about the same computing power; the US-led side leads {odds}",
            year=year,
            odds=chance,
        )
    by = times(*gap.lead)
    if gap.leader == "us":
        return say(
            "In {year} the US-led side owns {times} China's computing power; it leads {odds}",
            year=year,
            times=by,
            odds=chance,
        )
    return say(
        "In {year} China owns {times} the US-led side's computing power; it leads {odds}",
        year=year,
        times=by,
        odds=chance,
    )


def _probability(view: View) -> str:
    """Say in words how likely the lead is, and how likely a large one."""
    if view.members == 1:
        return say("One future alone: no probability can be given")
    gap = view.gap(FLEET)
    if math.isnan(gap.ratio.middle):
        return ""
    whose = say("A Chinese lead") if gap.leader == "china" else say("A US-led lead")
    size = next(((least, said) for least, said in _large() if gap.lead.middle >= least), None)
    if size is None:
        return say("{lead}: {word}, {odds}", lead=whose, word=likely(gap.odds), odds=odds(gap.odds, view.members))
    ratios = view.gaps(FLEET)[view.row()]
    large = float((ratios <= 1 / size[0] if gap.leader == "china" else ratios >= size[0]).mean())
    known = {"lead": whose, "size": size[1], "large": likely(large), "odds": odds(large, view.members)}
    if likely(large) == likely(gap.odds):
        return say("{lead} of {size}: {large}, {odds}", **known)
    return say("{lead}: {word}; of {size}: {large}, {odds}", word=likely(gap.odds), **known)


def _large() -> tuple[tuple[float, str], ...]:
    """Give the leads whose probability is told: of them the largest that the median future reaches."""
    return tuple((float(least), say("{count}× or more", count=least)) for least in (10, 2))


def _over_years(view: View) -> str:
    """Say how the ratio moves over the years."""
    years = [year for year in view.key_years if np.isfinite(view.gap(FLEET, year).ratio.middle)]
    if len(years) < 2:
        return ""
    steps = ", ".join(
        say("{times} in {year}", times=times(view.gap(FLEET, year).ratio.middle), year=year) for year in years
    )
    return say("US-led over China: {steps}", steps=steps)


def _lag(view: View) -> str:
    """Say how many years China is behind."""
    found = lag_quantiles(view.data, (0.05, 0.5, 0.95)).get(FLEET) if view.has(FLEET) else None
    record = float(view.when - view.years[0])
    if found is None or record <= 0:
        return ""
    low, middle, high = (float(value) for value in found[:, view.row()])
    if low < 0 and not high <= 0:
        return ""
    if middle < 0:
        return say("The US-led side is {years} behind", years=duration(-middle, -high, -low, record))
    return say(
        "China's computing power is that of the US-led side {years} before",
        years=duration(middle, low, high, record),
    )
