"""What the scenarios of a comparison do to hardware, limits, stockpiles and power, beside the base."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES
from ..figures.style import INK
from ..language import say
from ..language.numbers import amount, axis, change, month, percent, times
from .capability import CHIP, FLEET, JOB, POD, RUN
from .charts import fans, stacked_shares
from .limits import limit, used
from .parts import Section, Table
from .words import cut, sentence, told, told_of

if TYPE_CHECKING:
    from ...studies.compare import Other
    from .pairs import Pairs
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
            what,
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
    moves = [
        (abs(found.relative.middle), other, name)
        for name in named
        for other in pairs.others
        if not (found := pairs.change(other, name)).still
    ]
    points = [
        cut(
            say(
                "{what}: {before} → {after} with {title}",
                what=sentence(what),
                title=pairs.title(pairs.first.scenario),
                before=times(found.before),
                after=times(found.after),
            )
        )
        for name, what in named.items()
        if math.isfinite((found := pairs.change(pairs.first, name)).before) and math.isfinite(found.after)
    ]
    return Section(
        "capability",
        _capability_headline(pairs, named, max(moves, key=lambda move: move[0])[1:] if moves else None),
        tuple(points[:5]),
        told(pairs.base, tuple(named), (pairs.when,)),
        table=Table(heads, rows, say("Ratios of the sides in {year}, with 90 % intervals", year=pairs.when)),
    )


def _capability_headline(pairs: Pairs, named: dict[str, str], strongest: tuple[Other, str] | None) -> str:
    if strongest is None:
        return say("From chip to fleet no ratio of the sides changes in {year}", year=pairs.when)
    other, name = strongest
    found = pairs.change(other, name)
    return say(
        'From chip to fleet "{title}" moves {what} most: {before} → {after}',
        title=pairs.title(other.scenario),
        what=named[name],
        before=times(found.before),
        after=times(found.after),
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
    title = pairs.title(pairs.first.scenario)
    if first.still:
        headline = say('China\'s computing power of {year} hardly changes with "{title}"', year=pairs.when, title=title)
    else:
        headline = say(
            'China\'s computing power of {year}: {before}; with "{title}" {after} ({change})',
            year=pairs.when,
            before=amount(VARIABLES[FLEET], first.before),
            after=amount(VARIABLES[FLEET], first.after),
            change=change(first.relative.middle),
            title=title,
        )
    notes = (
        *told(pairs.base, (FLEET,), (pairs.when,)),
        *(line for other in pairs.others[:MOST_COLUMNS] for line in _told(pairs, other)),
    )
    charts = (
        lines_of(pairs, FLEET, "china", say("China's computing power")),
        lines_of(pairs, FLEET, "us", say("US-led computing power")),
    )
    return Section("capability_fleet", headline, (*points, *produced), notes, charts=charts)


def _told(pairs: Pairs, other: Other) -> tuple[str, ...]:
    return tuple(
        say("{title}: {line}", title=pairs.title(other.scenario), line=line)
        for line in told(pairs.view(other), (FLEET,), (pairs.when,))
    )


def _owned(pairs: Pairs, side: str, whose: str) -> str:
    return _levels(pairs, FLEET, side, say("Owned by {whose}", whose=whose))


def _levels(pairs: Pairs, name: str, side: str, what: str) -> str:
    found = pairs.change(pairs.first, name, side)
    return say(
        "{what}: {before} → {after} ({change}) in {year}",
        what=what,
        before=amount(VARIABLES[name], found.before),
        after=amount(VARIABLES[name], found.after),
        change=change(found.relative.middle),
        year=pairs.when,
    )


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
    points = [
        cut(say("{what}, {title}: {limit}", what=sentence(what), title=label, limit=_limit(view, name, side)))
        for name, side, what in panels
        for label, view in views
    ]
    name, side, what = panels[0]
    before, after = (limit(view, name, side, most=1) for _, view in views)
    charts = tuple(
        stacked_shares(view, name, side, say("{what}, {title}", what=say("China's largest chip firm"), title=label))
        for label, view in views
    )
    known = {"year": pairs.when, "what": what, "title": title, "before": before[0], "after": after[0]}
    if not before[0] or not after[0]:
        headline = say("Nothing is recorded to limit {what} in {year}", year=pairs.when, what=what)
    elif before[0] == after[0]:
        headline = say('{year}: {what} are limited by {before}, with "{title}" too', **known)
    else:
        headline = say('{year}: {what} are limited by {before}; with "{title}" by {after}', **known)
    return Section("binding", headline, tuple(points), (), charts=charts)


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
    views = [(pairs.title(pairs.paired.base), pairs.base)]
    views += [(pairs.title(other.scenario), pairs.view(other)) for other in pairs.drawn]
    points = [cut(say("{title}: {when}", title=label, when=_gone(view, date))) for label, view in views]
    return Section(
        "stockpiles",
        _store_headline(pairs, date),
        tuple(points[:5]),
        told_of(pairs.base, "china", (name, "die_stockpile")),
        charts=(lines_of(pairs, name, "china", say("China's HBM in store")),),
    )


def _median_date(view: View, name: str) -> float:
    return view.level(name, "china", view.years[0]).middle if name in view.data else math.nan


def _gone(view: View, name: str) -> str:
    found = _median_date(view, name)
    if math.isnan(found):
        return say("HBM bought ahead lasts beyond {year}", year=view.years[-1])
    return say("HBM bought ahead gone by {date}", date=month(found))


def _store_headline(pairs: Pairs, date: str) -> str:
    """Say when the store bought ahead is gone, and whether the strongest scenario shifts that."""
    before, after = (_median_date(view, date) for view in (pairs.base, pairs.view(pairs.first)))
    title, last = pairs.title(pairs.first.scenario), pairs.base.years[-1]
    if math.isnan(before) and math.isnan(after):
        return say("HBM bought ahead lasts beyond {year} in every scenario", year=last)
    if math.isnan(after):
        return say(
            'HBM bought ahead is gone by {before}; with "{title}" it lasts beyond {year}',
            before=month(before),
            title=title,
            year=last,
        )
    if math.isnan(before):
        return say(
            'HBM bought ahead lasts beyond {year}; with "{title}" it is gone by {after}',
            year=last,
            title=title,
            after=month(after),
        )
    if month(before) == month(after):
        return say('HBM bought ahead is gone by {before}, with "{title}" too', before=month(before), title=title)
    return say(
        'HBM bought ahead is gone by {before}; with "{title}" by {after}',
        before=month(before),
        title=title,
        after=month(after),
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
    title = pairs.title(pairs.first.scenario)
    if any(np.isnan(share) for share in shares.values()):
        headline = say("Power for AI: what each side draws, and what it could have")
    else:
        headline = say(
            'Use of AI power in {year} with "{title}": US-led {us} → {us_after}, China {china} → {china_after}',
            year=pairs.when,
            title=title,
            us=percent(shares["base", "us"]),
            us_after=percent(shares["first", "us"]),
            china=percent(shares["base", "china"]),
            china_after=percent(shares["first", "china"]),
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
