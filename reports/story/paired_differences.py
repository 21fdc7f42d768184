"""What the scenarios of a comparison change, member by member; regret; acts that set them apart; what drives the rest."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from ...studies.one_at_a_time import RATIO
from ...studies.standing import LEAD
from ..figures.style import INK, SIDE_COLOURS
from ..language import say
from ..language.numbers import change, interval, percent
from .pairs import FLEET
from .parts import Chart, Section, Series, Table
from .words import cut, odds

if TYPE_CHECKING:
    from ...studies.compare import Other
    from ..compare.comparison import Comparison
    from .pairs import Change, Pairs

CLUSTER = "cluster_training_eflops"
MOST_ROWS = 12
NOTABLE = 0.05
"""Share of the futures from which a movement against the median is told in the headline."""
LITTLE = 0.02
"""Mean regret up to this of every scenario reads as little."""


def numbers_changed() -> tuple[tuple[str, str, str, str], ...]:
    """Give the numbers that differences are told of: variable, side, name, colour."""
    return (
        (FLEET, RATIO, say("Gap of the fleets, US-led over China"), INK),
        (FLEET, "china", say("China's fleet"), SIDE_COLOURS["china"]),
        (CLUSTER, "china", say("China's largest training cluster"), SIDE_COLOURS["china"]),
    )


def differences(pairs: Pairs) -> Section:
    """Tell the paired differences of every scenario, with the odds of their sign."""
    shown = pairs.others[:MOST_ROWS]
    wanted = [entry for entry in numbers_changed() if pairs.base.has(entry[0])]
    charts = tuple(dots(pairs, shown, *entry) for entry in wanted)
    rows = tuple(
        (
            pairs.title(other.scenario),
            *(_cell(pairs.change(other, name, side), pairs.members) for name, side, _, _ in wanted),
        )
        for other in shown
    )
    return Section(
        "differences",
        _headline(pairs),
        tuple(pairs.pointed(other.scenario, partial(_said, pairs, other)) for other in pairs.others[:5]),
        (
            say(
                "Change of each number beside {base} in {year}, future by future: median, 90 % interval, odds of the sign.",
                base=pairs.title(pairs.paired.base),
                year=pairs.when,
            ),
            *(
                say(
                    "{title}: {cells}",
                    title=row[0],
                    cells="; ".join(f"{what} {cell}" for (_, _, what, _), cell in zip(wanted, row[1:], strict=True)),
                )
                for row in rows
            ),
        ),
        charts=charts,
        table=Table(
            (say("What-if"), *(what for _, _, what, _ in wanted)), rows, say("Change in {year}", year=pairs.when)
        ),
    )


def _headline(pairs: Pairs) -> str:
    changes = [pairs.change(other, FLEET) for other in pairs.others]
    narrower = sum(not found.still and found.relative.middle < 0 for found in changes)
    wider = sum(not found.still and found.relative.middle > 0 for found in changes)
    if len(changes) == 1:
        return pairs.headed(pairs.first.scenario, lambda title: _one(pairs, changes[0], title))
    if not narrower and not wider:
        return say("None of the {count} what-ifs changes the gap of {year}", count=len(changes), year=pairs.when)
    still = len(changes) - narrower - wider
    parts = [
        say("narrower in {count}", count=narrower) if narrower else "",
        say("wider in {count}", count=wider) if wider else "",
        say("as before in {count}", count=still) if still else "",
    ]
    return say(
        "The gap of {year} in {count} what-ifs, in the median future: {parts}",
        count=len(changes),
        parts=", ".join(part for part in parts if part),
        year=pairs.when,
    )


def _one(pairs: Pairs, found: Change, title: str) -> str:
    """Say what one scenario does to the gap, and in what share of the futures it does the contrary."""
    size = interval(*found.relative, write=change)
    known = {"title": title, "year": pairs.when, "size": size}
    if math.isnan(found.relative.middle):
        return say('"{title}": no gap of the fleets can be told in {year}', **known)
    if found.still:
        if found.up == found.down == 0:
            return say('"{title}" leaves the gap of {year} as it is', **known)
        return say('"{title}" leaves the gap of {year} nearly as it is: {size}', **known)
    narrower = found.relative.middle < 0
    if pairs.members == 1:
        return (
            say('"{title}" narrows the gap of {year}: {size}', **known)
            if narrower
            else say('"{title}" widens the gap of {year}: {size}', **known)
        )
    known["odds"] = odds(found.down if narrower else found.up, pairs.members)
    if found.against < NOTABLE:
        return (
            say('"{title}" narrows the gap of {year} {odds}: {size}', **known)
            if narrower
            else say('"{title}" widens the gap of {year} {odds}: {size}', **known)
        )
    known |= {"against": percent(found.against), "median": change(found.relative.middle)}
    return (
        say('"{title}" narrows the gap of {year} {odds}, widens it in {against}: median {median}', **known)
        if narrower
        else say('"{title}" widens the gap of {year} {odds}, narrows it in {against}: median {median}', **known)
    )


def _said(pairs: Pairs, other: Other, title: str) -> str:
    found = pairs.change(other, FLEET)
    return say("{title}: gap {change}", title=title, change=_cell(found, pairs.members))


def _cell(found: Change, members: int) -> str:
    """Write a change with its interval and the odds of its sign."""
    if math.isnan(found.relative.middle):
        return "–"
    text = interval(*found.relative, write=change)
    if members == 1 or (found.up == found.down == 0):
        return text
    if found.relative.middle < 0 or (found.relative.middle == 0 and found.down > found.up):
        return say("{change}; less {odds}", change=text, odds=odds(found.down, members))
    return say("{change}; more {odds}", change=text, odds=odds(found.up, members))


def dots(pairs: Pairs, shown: tuple[Other, ...], name: str, side: str, what: str, colour: str) -> Chart:
    """Show what scenarios change in a number: medians with intervals, in per cent."""
    found = [pairs.change(other, name, side).relative for other in shown]
    middle, low, high = (tuple(_percent(value[place]) for value in found) for place in range(3))
    names = tuple(pairs.title(other.scenario) for other in shown)
    title = say("{what}: change in {year}, %", what=what, year=pairs.when)
    said = "; ".join(f"{label} {change(value.middle)}" for label, value in zip(names, found, strict=True))
    bounds = (low, high) if low != high else ((), ())
    return Chart(
        "dots",
        title,
        "%",
        names,
        (Series(what, middle, *bounds, colour=colour),),
        say("{what}: {values}.", what=title, values=said),
        reference=0.0,
    )


def _percent(share: float) -> float | None:
    return 100 * share if math.isfinite(share) else None


def regret(pairs: Pairs, comparison: Comparison) -> Section | None:
    """Say which scenario is best for each side, and how much worse the others are."""
    table = comparison.regret(year=pairs.when).reset_index()
    table = table[(table["variable"] == FLEET) & (table["basis"] == LEAD)]
    if table.empty:
        return None
    rows: list[tuple[str, ...]] = []
    best: dict[str, dict[Any, Any]] = {}
    for side, part in table.groupby("side", sort=False):
        entries = part.to_dict("records")
        best[str(side)] = max(entries, key=lambda entry: (entry["best"], -entry["relative_mean"]))
        if all(entry["relative_mean"] == 0 for entry in entries):
            del best[str(side)]
    names = list(dict.fromkeys(table["scenario"]))
    titles = {
        scenario.name: pairs.title(scenario) for scenario in (pairs.paired.base, *(o.scenario for o in pairs.others))
    }
    for name in names[:MOST_ROWS]:
        cells = [titles[name]]
        for side in dict.fromkeys(table["side"]):
            entry = table[(table["scenario"] == name) & (table["side"] == side)].iloc[0]
            cells += [percent(float(entry["relative_mean"])), percent(float(entry["best"]))]
        rows.append(tuple(cells))
    heads = [say("Scenario")]
    for side in dict.fromkeys(table["side"]):
        whose = say("China") if side == "china" else say("US-led")
        heads += [say("{side}: regret", side=whose), say("{side}: best in", side=whose)]
    return Section(
        "regret",
        _regret_headline(best, titles, max(float(entry["relative_mean"]) for entry in table.to_dict("records"))),
        tuple(cut(_best(side, entry, titles, pairs.members)) for side, entry in best.items()),
        (
            say(
                "Regret: how far a side's ratio to the other stays below the best scenario of the same future, on average."
            ),
            say("Measure: computing power owned in {year}, over that of the other side.", year=pairs.when),
            say("Best in: share of futures in which no other is better; scenarios that are level all count."),
        ),
        table=Table(tuple(heads), tuple(rows), say("Regret in {year}", year=pairs.when)),
    )


def _regret_headline(best: dict[str, dict[Any, Any]], titles: dict[str, str], most: float) -> str:
    if not best:
        return say("For neither side does it matter which scenario comes")
    if most < LITTLE:
        return say(
            "It matters little to either side which scenario comes: mean regret below {share}",
            share=percent(math.ceil(100 * most) / 100),
        )
    if len(best) == 1 or best["china"]["scenario"] == best["us"]["scenario"]:
        side, entry = next(iter(best.items()))
        whose = say("China") if side == "china" else say("the US-led side")
        return say('Best for {side}: "{title}"', side=whose, title=titles[str(entry["scenario"])])
    return say(
        'Best for China: "{china}"; for the US-led side: "{us}"',
        china=titles[str(best["china"]["scenario"])],
        us=titles[str(best["us"]["scenario"])],
    )


def _best(side: str, entry: dict[Any, Any], titles: dict[str, str], members: int) -> str:
    whose = say("China") if side == "china" else say("the US-led side")
    title, chance = titles[str(entry["scenario"])], odds(float(entry["best"]), members)
    if not chance:
        return say("{title} is best for {side}", title=title, side=whose)
    return say("{title} is best for {side} {odds}", title=title, side=whose, odds=chance)
