"""Why a year is as it is, for each side: the parts of an explanation as sections of a page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import SIDES, VARIABLES
from ...studies.explain import explain
from ...studies.statistics import spread
from ..explain.sentences import sentences, short_name
from ..explain.text import NO_SOURCE, SHORT_OF, name_of
from ..figures.style import INK, QUIET, SIDE_COLOURS
from ..language import say
from ..language.numbers import amount as worded
from ..language.numbers import axis, change, dash, interval, percent
from ..story.drivers import basis
from ..story.naming import named, unit_named
from ..story.parts import Chart, Section, Series, Table
from ..text import SIDE_NAMES
from ..words import amount
from .layout import Explained, Side

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ...model.numbers import Array
    from ...studies.explain import Explanation
    from ...studies.explain_change import Change
    from ...studies.explain_inputs import Input
    from ...studies.explain_relief import Effect, Relief
    from ..story.view import View

LEVERS, DECISIONS, INPUTS, FIRMS = 6, 6, 4, 8
"""How much of each part is told."""
LITTLE = 0.005
"""A relative effect below this moves next to nothing."""
OUTCOMES = {
    "accelerators_produced": "output",
    "fleet_h100e": "the fleet",
    "cluster_training_eflops": "cluster training",
}
HELD_BACK = {"supply": "chips", "capital": "capital", "power": "power"}
"""Limits of installations."""
RARE = 0.01
"""A share of the futures below this is not told."""
SMALL = 0.03
"""A term below this share of all movement is told with the others."""


def explained(view: View, year: int, events: pd.DataFrame | None = None, title: str = "") -> Explained:
    """Explain a year of a run for both sides.

    Parameters
    ----------
    view
        A run, or one scenario of a comparison; parts of it run again.
    year
        A year of the run.
    events
        The central run's event log, where it is at hand.
    title
        Of the scenario, where the page tells of several.
    """
    found = {side: explain(view.scenario, year, side, view.members, view.seed, events=events) for side in SIDES}
    head = _headline(found, year)
    note = say(
        "Both sides in {year}, and what is behind each line. Any other year from {start} to {end}: podrace report --year",
        year=year,
        start=view.years[0],
        end=view.years[-1],
    )
    told = tuple(side_of(one) for one in found.values())
    return Explained(f"{title}: {head}" if title else head, told, year, note)


def _headline(found: Mapping[str, Explanation], year: int) -> str:
    """Say what held back the leading chip firm of the one side, and the installations of the other."""
    china, us = (found[side].reading for side in SIDES)
    fleet = _first(us.level("fleet_binding"), "fleet_binding")
    lead = next((seller for seller in china.sellers if seller.leads and np.any(seller.finished > 0)), None)
    if lead is None:
        return say("In {year} China's firms made no accelerators; {us} bounded the US-led fleet", year=year, us=fleet)
    firm, what = say(short_name(lead.label)), _first(lead.binding, "binding_input")
    return say(
        "In {year} {what} held back {firm} most often, {us} the US-led fleet", year=year, what=what, firm=firm, us=fleet
    )


def side_of(found: Explanation) -> Side:
    """Write the explanation of one side's year.

    Parameters
    ----------
    found
        From `podrace.studies.explain`.
    """
    reading = found.reading
    fleet = _level(found, "fleet_h100e")
    head = say("{side} in {year}: {fleet} owned", side=say(SIDE_NAMES[reading.side]), year=reading.year, fleet=fleet)
    parts = (_makers(found), _buyers(found), _relief(found), _changes(found), _decisions(found), _inputs(found))
    return Side(head, tuple(part for part in parts if part is not None))


def _level(found: Explanation, name: str) -> str:
    """Write a variable's level with its interval and unit."""
    low, middle, high = (float(value) for value in spread(found.reading.level(name), (0.05, 0.50, 0.95)))
    return worded(VARIABLES[name], middle, low, high)


def _spread(values: Array) -> str:
    low, middle, high = (float(value) for value in spread(values, (0.05, 0.50, 0.95)))
    return interval(middle, low, high)


def _makers(found: Explanation) -> Section | None:
    """Tell what each chip firm made, and what held it back."""
    reading = found.reading
    making = [seller for seller in reading.sellers if np.any(seller.finished > 0)]
    if not making:
        return Section("makers", say("Its firms made no accelerators"))
    ordered = sorted(making, key=lambda seller: -float(np.mean(seller.delivered)))
    lead = next((seller for seller in ordered if seller.leads), ordered[0])
    head = say(
        "{firm} was held back by {what}", firm=say(short_name(lead.label)), what=_shares(lead.binding, "binding_input")
    )
    heads = (say("Firm"), say("Accelerators, thousand"), say("Delivered at home, thousand H100e"), say("Held back by"))
    rows = tuple(
        (
            say(short_name(seller.label)),
            _spread(seller.finished / 1e3),
            _spread(seller.delivered / 1e3),
            _shares(seller.binding, "binding_input"),
        )
        for seller in ordered[:FIRMS]
    )
    return Section("makers", head, table=Table(heads, rows, say("Who made accelerators")))


def _shares(codes: Array, name: str) -> str:
    """Write shares of the futures, the largest first; what is rarer than one in a hundred is left out."""
    return ", ".join(f"{what} {percent(share)}" for share, what in _limits(codes, name) if share >= RARE)


def _first(codes: Array, name: str) -> str:
    """Name the most frequent limit."""
    return _limits(codes, name)[0][1]


def _limits(codes: Array, name: str) -> list[tuple[float, str]]:
    """List limits with their shares of the futures, the most frequent first."""
    categories = VARIABLES[name].categories
    found = sorted(((float(np.mean(codes == code)), what) for code, what in enumerate(categories)), reverse=True)
    return [(share, say(SHORT_OF.get(what) or HELD_BACK[what])) for share, what in found]


def _buyers(found: Explanation) -> Section:
    """Tell who installed how much, and what bounded it."""
    reading = found.reading
    heads = (
        say("Buyer"),
        say("Installed, thousand H100e"),
        say("Budget, bn USD"),
        say("With power"),
        say("Built the largest cluster"),
    )
    ordered = sorted(reading.buyers, key=lambda buyer: -float(np.mean(buyer.installed)))
    rows = tuple(
        (
            say(short_name(buyer.label)),
            _spread(buyer.installed / 1e3),
            _spread(buyer.budget_busd),
            percent(float(np.mean(buyer.powered))),
            percent(float(np.mean(buyer.holds))),
        )
        for buyer in ordered[:FIRMS]
    )
    head = say("Installations were bounded by {what}", what=_shares(reading.level("fleet_binding"), "fleet_binding"))
    return Section("buyers", head, table=Table(heads, rows, say("Who installed accelerators")))


def _relief(found: Explanation) -> Section:
    """Show what each lever alone would do."""
    best: dict[str, list[str]] = {}
    for name, word in OUTCOMES.items():
        first = max(found.relief, key=lambda relief: relief.on(name).mean_relative or 0.0, default=None)
        if first is not None and (first.on(name).mean_relative or 0.0) >= LITTLE:
            best.setdefault(_lever(first), []).append(say(word))
    most = "; ".join(say("{lever} for {what}", lever=lever, what=", ".join(words)) for lever, words in best.items())
    head = say("What helps most: {what}", what=most) if most else say("No lever adds half a percent")
    told = sorted(found.relief, key=_weight, reverse=True)[:LEVERS]
    told = [relief for relief in told if _weight(relief) > 0]
    how = say(
        "Each lever alone, in every year of the run, in the same {count} futures: means and 90 % intervals",
        count=f"{found.relief_members:,}",
    )
    return Section("relief", head, notes=(how,), charts=(_relief_chart(found, told),) if told else ())


def _lever(relief: Relief) -> str:
    return f"{say(relief.lever.label)} {change(relief.lever.factor - 1)}"


def _weight(relief: Relief) -> float:
    return max(abs(effect.mean_relative or 0.0) for effect in relief.effects)


def _relief_chart(found: Explanation, told: list[Relief]) -> Chart:
    colours = (INK, SIDE_COLOURS[found.reading.side], QUIET)
    series = []
    for (name, word), colour in zip(OUTCOMES.items(), colours, strict=True):
        low, middle, high = zip(*(_per_cent(relief.on(name)) for relief in told), strict=True)
        series.append(Series(say(word), middle, low, high, colour=colour))
    title = say("What levers would change in {year}", year=found.reading.year)
    names = tuple(_lever(relief) for relief in told)
    effects = (change(relief.on("fleet_h100e").mean_relative or 0.0) for relief in told)
    said = "; ".join(f"{name}: {effect}" for name, effect in zip(names, effects, strict=True))
    described = say("{title}, the fleet: {values}.", title=title, values=said)
    return Chart("dots", title, say("%"), names, tuple(series), described, reference=0.0)


def _per_cent(effect: Effect) -> tuple[float | None, float | None, float | None]:
    if effect.relative is None or effect.mean_relative is None:
        return None, None, None
    ends = effect.relative[0], effect.mean_relative, effect.relative[2]
    low, middle, high = (round(100 * value, 1) + 0.0 for value in ends)
    return low, middle, high


def _changes(found: Explanation) -> Section:
    """Show what changed against the year before, in terms that add up."""
    if found.reading.year == found.scenario.years[0]:
        return Section("changes", say("The run starts in {year}; nothing to compare", year=found.reading.year))
    told = []
    for moved, what in ((found.fleet, say("fleet")), (found.cluster, say("largest cluster's training"))):
        by, unit = axis(VARIABLES[moved.variable])
        before, after = (float(np.mean(values)) / by for values in (moved.before, moved.after))
        if before > 0:
            told.append(say("{what} {change}", what=what, change=change(after / before - 1)))
    head = say("Against {year}: {what}", year=found.reading.year - 1, what="; ".join(told) or say("nothing to compare"))
    charts = tuple(
        _change_chart(found, moved, title)
        for moved, title in (
            (found.fleet, say("What changed the fleet")),
            (found.cluster, say("What changed the largest cluster's training")),
        )
        if np.any(moved.total != 0)
    )
    notes = (say("Means over the futures, which add up to the change"),)
    return Section("changes", head, notes=notes if charts else (), charts=charts)


def _change_chart(found: Explanation, moved: Change, title: str) -> Chart:
    by, unit = axis(VARIABLES[moved.variable])
    terms = sorted(moved.terms, key=lambda term: -abs(float(np.mean(term.values))))
    weight = sum(abs(float(np.mean(term.values))) for term in terms) or 1.0
    large = [term for term in terms if abs(float(np.mean(term.values))) >= SMALL * weight]
    rows = [(say(name_of(term)), term.values / by) for term in large]
    rest = [term.values for term in terms if term not in large]
    if rest:
        rows.append((say("others"), np.sum(rest, axis=0) / by))
    rows.append((say("together"), moved.total / by))
    digits = _digits(max(abs(float(np.mean(values))) for _, values in rows))
    ends = [[round(float(value), digits) for value in spread(values, (0.05, 0.95))] for _, values in rows]
    means = tuple(round(float(np.mean(values)), digits) for _, values in rows)
    series = Series(
        say("mean"), means, tuple(low for low, _ in ends), tuple(high for _, high in ends),
        colour=SIDE_COLOURS[found.reading.side],
    )  # fmt: skip
    names = tuple(name for name, _ in rows)
    said = "; ".join(f"{name} {interval(mean)}" for name, mean in zip(names, means, strict=True))
    described = say("{title}, {unit}: {values}.", title=title, unit=unit, values=said)
    return Chart("bars", title, unit, names, (series,), described, reference=0.0)


def _digits(largest: float) -> int:
    """Decimals for all terms of a change: two digits of the largest."""
    return max(0, 1 - math.floor(math.log10(largest))) if largest > 0 else 0


def _decisions(found: Explanation) -> Section | None:
    """Tell who decided what in the central run."""
    told = sentences(found.decisions)[:DECISIONS]
    return Section("decisions", say("Who decided what in the central run"), tuple(told)) if told else None


def _inputs(found: Explanation) -> Section | None:
    """List the assumptions that move the year's fleet and cluster most, with their sources."""
    strongest = [one for target in dict.fromkeys(one.target for one in found.inputs) for one in _of(found, target)]
    if not strongest:
        return None
    heads = (
        say("Assumption"),
        say("Range"),
        say("What it moves"),
        say("From its low end to its high end"),
        say("Basis"),
        say("Source"),
    )
    rows = tuple(_input_row(found, one) for one in strongest)
    links = tuple(next((source.address for source in one.entry.sources if source.address), "") for one in strongest)
    first = named(strongest[0].entry.path, found.scenario.labels)
    head = say("The number rests most on: {what}", what=first)
    return Section("inputs", head, table=Table(heads, rows, say("Each assumption alone, central run"), links))


def _of(found: Explanation, target: str) -> list[Input]:
    return [one for one in found.inputs if one.target == target][:INPUTS]


def _input_row(found: Explanation, one: Input) -> tuple[str, ...]:
    entry = one.entry
    by, unit = axis(VARIABLES[one.target])
    name = named(entry.path, found.scenario.labels)
    measured = unit_named(entry.unit, name)
    span = f"{amount(one.low, entry.unit)}{dash()}{amount(one.high, entry.unit)}{f' {measured}' if measured else ''}"
    publishers = [source.publisher or source.id for source in entry.sources if source.id not in NO_SOURCE]
    ends = f"{interval(one.at_low / by)} → {interval(one.at_high / by)} {unit}"
    return name, span, say(OUTCOMES[one.target]), ends, basis(entry.confidence), publishers[0] if publishers else "–"
