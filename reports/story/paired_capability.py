"""What the scenarios of a comparison do to hardware, limits, stockpiles and power, beside the base."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES
from ..figures.style import INK
from ..language import say
from ..language.numbers import amount, axis, change, date_of, percent, times
from .capability import CHIP, FLEET, JOB, POD, RUN
from .charts import fans, stacked_shares
from .limits import limit, refilled, used
from .parts import Section, Table
from .words import LONGEST_POINT, arrow, cut, sentence, told, told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...studies.compare import Other
    from .pairs import Change, Pairs
    from .parts import Chart
    from .view import View

MOST_COLUMNS = 4
"""Scenarios beside the base in a table of measures."""


def measures() -> dict[str, str]:
    """Name what the sides are compared in, from chip to fleet."""
    return {
        CHIP: say("the best chip"),
        POD: say("the best pod"),
        JOB: say("one fixed training job"),
        RUN: say("the largest 90-day run"),
        FLEET: say("the fleet"),
    }


def capability(pairs: Pairs) -> Section:
    """Tell the ratios of the sides from chip to fleet in every scenario."""
    named = {name: what for name, what in measures().items() if pairs.base.has(name)}
    shown = pairs.others[:MOST_COLUMNS]
    rows = tuple(
        (
            sentence(what),
            times(*pairs.base.gap(name).ratio),
            *(times(*pairs.view(other).gap(name).ratio) for other in shown),
        )
        for name, what in named.items()
    )
    heads = (
        say("US-led over China"),
        pairs.title(pairs.paired.base),
        *(pairs.title(other.scenario) for other in shown),
    )
    endless = [say("∞: China has none in some futures.")] if any("∞" in cell for row in rows for cell in row) else []
    return Section(
        "capability",
        _capability_headline(pairs, named),
        _ratio_points(pairs, named),
        (*told(pairs.base, tuple(named), (pairs.when,)), *endless),
        table=Table(heads, rows, say("Ratios of the sides in {year}, with 90 % intervals", year=pairs.when)),
    )


def _ratio(pairs: Pairs, other: Other, name: str) -> tuple[str, str]:
    """Give a ratio of the sides in the base and in a scenario: medians."""
    before, after = (view.gap(name).ratio.middle for view in (pairs.base, pairs.view(other)))
    return times(before), times(after)


def _ratio_points(pairs: Pairs, named: dict[str, str]) -> tuple[str, ...]:
    """List the ratios of one scenario; of several, a line each with those that change."""
    if len(pairs.others) == 1:
        return tuple(
            cut(say("{what}: {change}", what=sentence(what), change=arrow(*_ratio(pairs, pairs.first, name))))
            for name, what in named.items()
        )
    lines = []
    for other in pairs.others[:5]:
        moved = sorted(
            (name for name in named if len(set(_ratio(pairs, other, name))) > 1),
            key=lambda name: -pairs.change(other, name).size,
        )
        said = [f"{named[name]} {arrow(*_ratio(pairs, other, name))}" for name in moved]
        title = pairs.title(other.scenario, 30)
        changed = [say("{title}: {change}", title=title, change=", ".join(said[:most])) for most in (3, 2, 1)]
        fitting = next((line for line in changed if len(line) <= LONGEST_POINT), changed[-1])
        lines.append(cut(fitting) if said else say("{title}: no ratio changes", title=title))
    return tuple(lines)


def _capability_headline(pairs: Pairs, named: dict[str, str]) -> str:
    moves = [
        (pairs.change(other, name).size, other, name)
        for name in named
        for other in pairs.others
        if not pairs.change(other, name).still and len(set(_ratio(pairs, other, name))) > 1
    ]
    if not moves:
        return say("From chip to fleet no ratio of the sides changes in {year}", year=pairs.when)
    _, other, name = max(moves, key=lambda move: move[0])
    return pairs.headed(
        other.scenario,
        lambda title: say(
            'From chip to fleet "{title}" moves {what} most: {change}',
            title=title,
            what=named[name],
            change=arrow(*_ratio(pairs, other, name)),
        ),
    )


def fleet(pairs: Pairs) -> Section | None:
    """Tell what each side owns in every scenario."""
    if not pairs.base.has(FLEET):
        return None
    points = [
        cut(_owned(pairs, side, whose)) for side, whose in (("china", say("China")), ("us", say("the US-led side")))
    ]
    produced = (
        [cut(_levels(pairs, "accelerators_produced", "china", say("Accelerators China makes")))]
        if pairs.base.has("accelerators_produced")
        else []
    )
    first = pairs.change(pairs.first, FLEET, "china")
    headline = pairs.headed(pairs.first.scenario, lambda title: _fleet_headline(pairs, first, title))
    notes = (
        *told(pairs.base, (FLEET,), (pairs.when,)),
        *(line for other in pairs.others[:MOST_COLUMNS] for line in _told(pairs, other)),
    )
    charts = (
        lines_of(pairs, FLEET, "china", say("China's computing power")),
        lines_of(pairs, FLEET, "us", say("US-led computing power")),
    )
    return Section("capability_fleet", headline, (*points, *produced), notes, charts=charts)


def _fleet_headline(pairs: Pairs, found: Change, title: str) -> str:
    before, after = (amount(VARIABLES[FLEET], value) for value in (found.before, found.after))
    if found.still or before == after:
        return say(
            'China\'s computing power of {year} hardly changes with "{title}": {change}',
            year=pairs.when,
            title=title,
            change=arrow(before, after),
        )
    return say(
        'With "{title}" China owns {after} in {year}, without it {before}',
        year=pairs.when,
        before=before,
        after=after,
        title=title,
    )


def _told(pairs: Pairs, other: Other) -> tuple[str, ...]:
    return tuple(
        say("{title}: {line}", title=pairs.title(other.scenario), line=line)
        for line in told(pairs.view(other), (FLEET,), (pairs.when,))
    )


def _owned(pairs: Pairs, side: str, whose: str) -> str:
    return _levels(pairs, FLEET, side, say("Owned by {whose}", whose=whose))


def _levels(pairs: Pairs, name: str, side: str, what: str) -> str:
    found = pairs.change(pairs.first, name, side)
    before, after = (amount(VARIABLES[name], value) for value in (found.before, found.after))
    moved = change(found.relative.middle)
    if before == after and (math.isnan(found.relative.middle) or found.still):
        return say("{what}: {values}", what=what, values=arrow(before, after))
    if pairs.members == 1:
        return say("{what}: {values} ({change})", what=what, values=arrow(before, after), change=moved)
    return say("{what}: {values} (median change {change})", what=what, values=arrow(before, after), change=moved)


def lines_of(pairs: Pairs, name: str, side: str, title: str) -> Chart:
    """Show one side's variable over the years in the base and in the strongest scenarios."""
    divide, unit = axis(VARIABLES[name])
    views = [(pairs.title(pairs.paired.base), pairs.base, INK)]
    views += [(pairs.title(other.scenario), pairs.view(other), pairs.colour(other)) for other in pairs.drawn]
    lines = [(label, view.quantiles(name, side) / divide, colour) for label, view, colour in views]
    said = ", ".join(f"{label} {amount(VARIABLES[name], view.level(name, side).middle)}" for label, view, _ in views)
    return fans(pairs.base, lines, title, unit, said)


def binding(pairs: Pairs) -> Section | None:
    """Say what limits China's chips and the US-led fleet, in the base and in the strongest scenario."""
    panels = [
        (name, side, what)
        for name, side, what in (
            ("binding_input", "china", say("China's chips")),
            ("fleet_binding", "us", say("the US-led fleet")),
        )
        if pairs.base.has(name)
    ]
    if not panels:
        return None
    title, base = pairs.title(pairs.first.scenario), pairs.title(pairs.paired.base)
    views = [(base, pairs.base), (title, pairs.view(pairs.first))]
    points = [_limited(pairs, view, name, side, what) for name, side, what in panels for _, view in views]
    name, side, what = panels[0]
    before, after = (limit(view, name, side, most=1) for _, view in views)
    charts = tuple(
        stacked_shares(view, name, side, say("{what}, {title}", what=say("China's largest chip firm"), title=label))
        for label, view in views
    )
    alone = pairs.members == 1
    known = {"year": pairs.when, "what": what, "before": before[0], "after": after[0]}
    if not before[0] or not after[0]:
        headline = say("Nothing is recorded to limit {what} in {year}", year=pairs.when, what=what)
    elif before[0] == after[0]:
        headline = pairs.headed(
            pairs.first.scenario,
            lambda title: (
                say('{year}: {what} are limited by {before}, with "{title}" too', **known, title=title)
                if alone
                else say('{year}: {what} are most often limited by {before}, with "{title}" too', **known, title=title)
            ),
        )
    else:
        headline = pairs.headed(
            pairs.first.scenario,
            lambda title: (
                say('{year}: {what} are limited by {before}; with "{title}" by {after}', **known, title=title)
                if alone
                else say(
                    '{year}: {what} are most often limited by {before}; with "{title}" by {after}', **known, title=title
                )
            ),
        )
    return Section("binding", headline, tuple(points), (), charts=charts)


def _limited(pairs: Pairs, view: View, name: str, side: str, what: str) -> str:
    """Say what limits a side in one scenario."""
    text = _limit(view, name, side)
    return pairs.pointed(
        view.scenario,
        lambda title: say("{what}, {title}: {limit}", what=sentence(what), title=title, limit=text),
    )


def _limit(view: View, name: str, side: str) -> str:
    what, share = limit(view, name, side)
    if not what:
        return say("nothing recorded")
    return what if view.members == 1 else say("{what} ({share} of futures)", what=what, share=percent(share))


def stockpiles(pairs: Pairs) -> Section | None:
    """Say when China's store of foreign memory is gone in the base and in the strongest scenarios."""
    name, date = "hbm_stockpile_pb", "hbm_runout_year"
    if not pairs.base.has(name):
        return None
    views = [pairs.base, *(pairs.view(other) for other in pairs.drawn)]
    gone = {view.scenario.name: _gone(view, date) for view in views}
    if len(set(gone.values())) == 1:
        points = [
            say("{what}, in each of the {count} scenarios", what=gone[pairs.base.scenario.name], count=len(views))
        ]
    else:
        points = [pairs.pointed(view.scenario, partial(_titled, gone[view.scenario.name])) for view in views]
    points += [_all_in_store(pairs, views, name)]
    return Section(
        "stockpiles",
        _store_headline(pairs, date),
        tuple(points[:5]),
        told_of(pairs.base, "china", (name, "die_stockpile")),
        charts=(lines_of(pairs, name, "china", say("China's HBM in store")),),
    )


def _all_in_store(pairs: Pairs, views: Sequence[View], name: str) -> str:
    """Say how much memory of any origin is in store, as the chart shows: in the base and the strongest scenario."""
    held = [(view, amount(VARIABLES[name], view.level(name, "china").middle)) for view in views[:2]]
    told = ", ".join(say("{title} {value}", title=pairs.title(view.scenario, 24), value=value) for view, value in held)
    return cut(say("Of any origin, in {year}: {values}", year=pairs.when, values=told))


def _titled(line: str, title: str) -> str:
    return say("{title}: {line}", title=title, line=line)


def _date_named(view: View, name: str) -> str:
    """Write when a store is gone in the median future, as exactly as its interval lets it be told; nothing where never."""
    if name not in view.data:
        return ""
    middle, low, high = view.level(name, "china", view.years[0])
    return "" if math.isnan(middle) else date_of(middle, low, high)


def _gone(view: View, name: str) -> str:
    found = _date_named(view, name)
    if found:
        return say("HBM bought ahead gone in {date}", date=found)
    if refilled(view):
        return say("HBM store refilled from abroad")
    return say("HBM bought ahead lasts beyond {year}", year=view.years[-1])


def _store_headline(pairs: Pairs, date: str) -> str:
    """Say when the store bought ahead is gone, and whether the strongest scenario shifts that."""
    before, after = (_gone(view, date) for view in (pairs.base, pairs.view(pairs.first)))
    if before != after:
        return pairs.headed(
            pairs.first.scenario,
            lambda title: say('{before}; with "{title}": {after}', before=before, title=title, after=after),
        )
    return pairs.headed(
        pairs.first.scenario, lambda title: say('{before}, with "{title}" too', before=before, title=title)
    )


def power(pairs: Pairs) -> Section | None:
    """Say what share of its power each side draws in the base and in the strongest scenario."""
    if not pairs.base.has("fleet_power_gw", "ai_power_available_gw"):
        return None
    first = pairs.view(pairs.first)
    shares = {
        (label, side): used(view, side)
        for label, view in (("base", pairs.base), ("first", first))
        for side in ("us", "china")
    }
    if any(np.isnan(share) for share in shares.values()):
        headline = say("Power for AI: what each side draws, and what it could have")
    else:
        headline = pairs.headed(
            pairs.first.scenario,
            lambda title: say(
                'Use of AI power in {year} with "{title}": US-led {us}, China {china}',
                year=pairs.when,
                title=title,
                us=arrow(percent(shares["base", "us"]), percent(shares["first", "us"])),
                china=arrow(percent(shares["base", "china"]), percent(shares["first", "china"])),
            ),
        )
    points = tuple(
        cut(_levels(pairs, name, side, what))
        for name, side, what in (
            ("fleet_power_gw", "us", say("US-led fleet draws")),
            ("ai_power_available_gw", "us", say("US-led power available")),
            ("fleet_power_gw", "china", say("China's fleet draws")),
            ("ai_power_available_gw", "china", say("China's power available")),
        )
    )
    charts = (
        lines_of(pairs, "fleet_power_gw", "us", say("Power the US-led fleet draws")),
        lines_of(pairs, "fleet_power_gw", "china", say("Power China's fleet draws")),
    )
    return Section(
        "power",
        headline,
        points,
        told(pairs.base, ("fleet_power_gw", "ai_power_available_gw"), (pairs.when,)),
        charts=charts,
    )
