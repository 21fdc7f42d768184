"""Why the scenarios of a comparison differ, and what to know before quoting it: acts, drivers, caveats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..language import say
from ..language.numbers import change, month, times
from .answer import changes_of
from .caveats import caveats as caveats_of
from .drivers import drivers as drivers_of
from .paired_differences import MOST_ROWS, dots, numbers_changed
from .pairs import FLEET
from .parts import Section, Table
from .timeline import actor, goods, kind_of, manner
from .words import cut, sentence

if TYPE_CHECKING:
    from ...scenarios.schema import Action
    from ...studies.compare import Other
    from .drivers import Drivers
    from .pairs import Pairs


def timeline(pairs: Pairs) -> Section:
    """Tell the dated acts that set the scenarios apart from the base."""
    own = sorted(
        ((other, act) for other in pairs.others for act in _more(pairs, other)[0]), key=lambda pair: pair[1].date
    )
    rows = tuple(
        (month(act.date), pairs.title(other.scenario, 28), actor(act), sentence(goods(act)), manner(act))
        for other, act in own
        if kind_of(act)
    )
    heads = (say("From"), say("Scenario"), say("Who"), say("What"), say("How"))
    return Section(
        "timeline",
        _timeline_headline(pairs, [act for _, act in own]),
        tuple(cut(_what_changes(pairs, other)) for other in pairs.others[:5]),
        tuple(_what_changes(pairs, other) for other in pairs.others),
        table=Table(heads, rows[:MOST_ROWS], say("Dated acts")) if rows else None,
    )


def _timeline_headline(pairs: Pairs, own: list[Action]) -> str:
    gone = max((len(_more(pairs, other)[1]) for other in pairs.others), default=0)
    if not own and not gone:
        return say("No dated act sets the scenarios apart: numbers and rules alone")
    if not own:
        return say("Up to {count} dated acts of the base do not happen", count=gone)
    first = month(own[0].date)
    if gone:
        return say(
            "{count} dated acts are added from {month} on; up to {gone} do not happen",
            count=len(own),
            month=first,
            gone=gone,
        )
    if len(own) == 1:
        return say("One dated act sets the scenarios apart, in {month}", month=first)
    return say("{count} dated acts set the scenarios apart, the first in {month}", count=len(own), month=first)


def _what_changes(pairs: Pairs, other: Other) -> str:
    """Say what a scenario changes, and how many acts of the base do not happen in it."""
    changes = changes_of(other.scenario) or say("the facts alone")
    gone = len(_more(pairs, other)[1])
    if gone:
        changes += (
            say("; {count} acts of the base do not happen", count=gone)
            if gone > 1
            else say("; 1 act of the base does not happen")
        )
    return say("{title}: {changes}", title=pairs.title(other.scenario), changes=changes)


def _more(pairs: Pairs, other: Other) -> tuple[list[Action], list[Action]]:
    """Give the acts that a scenario has beyond the base, and those of the base that it has not."""
    last = pairs.base.years[-1] + 1
    base, acts = (
        [act for act in scenario.timeline if act.date < last] for scenario in (pairs.paired.base, other.scenario)
    )
    has, known = {_key(act) for act in acts}, {_key(act) for act in base}
    return [act for act in acts if _key(act) not in known], [act for act in base if _key(act) not in has]


def _key(act: Action) -> tuple[object, ...]:
    return (act.date, act.until, act.actor, act.action, act.item, act.target, act.stringency, act.cap, act.fee)


def drivers(pairs: Pairs, found: Drivers) -> Section:
    """Compare the what-ifs with the strongest single assumptions of the base."""
    own = drivers_of(found)
    if len(pairs.others) == 1 or found.table.empty:
        return own
    first, second = pairs.others[:2]
    one, two = (pairs.change(other, FLEET) for other in (first, second))
    span = sorted((float(found.table.iloc[0]["at_low"]), float(found.table.iloc[0]["at_high"])))
    headline = say(
        'Strongest: "{title}" ({change}), then "{second}" ({other})',
        title=pairs.title(first.scenario, 32),
        change=change(one.relative.middle),
        second=pairs.title(second.scenario, 32),
        other=change(two.relative.middle),
    )
    points = (
        *(
            cut(
                say(
                    "{title}: gap {change}",
                    title=pairs.title(other.scenario),
                    change=change(pairs.change(other, FLEET).relative.middle),
                )
            )
            for other in pairs.others[:3]
        ),
        cut(
            say(
                "Largest single assumption, {low} to {high}: {name}",
                name=found.name(found.table.index[0]),
                low=times(span[0]),
                high=times(span[1]),
            )
        ),
    )
    shown = pairs.others[:MOST_ROWS]
    levers = dots(pairs, shown, *numbers_changed()[0])
    return Section("drivers", headline, points, own.notes, own.sources, (levers, *own.charts))


def caveats(pairs: Pairs, found: Drivers) -> Section:
    """Add to the caveats of the base what a comparison must say."""
    own = caveats_of(pairs.base, found)
    inert = [other for other in pairs.others if other.inert]
    late = [other for other in pairs.others if other.moves_from is not None and other.moves_from > pairs.base.years[0]]
    unpaired = [other for other in pairs.others if other.scenario.chosen != pairs.paired.base.chosen]
    points = [say("What both scenarios share cancels in a difference; what both have wrong does not")]
    if inert:
        points.append(
            cut(
                say(
                    "Moves nothing: {titles}; something else binds, or a rule is missing",
                    titles=", ".join(pairs.title(other.scenario) for other in inert),
                )
            )
        )
    if unpaired:
        points.append(
            cut(
                say(
                    "Not the same members: {titles}; read levels, not differences",
                    titles=", ".join(pairs.title(other.scenario) for other in unpaired),
                )
            )
        )
    if late:
        latest = max(late, key=lambda other: other.moves_from or 0)
        points.append(
            cut(say("{title} moves nothing before {year}", title=pairs.title(latest.scenario), year=latest.moves_from))
        )
    return Section("caveats", own.headline, tuple([*points, *own.points][:5]), own.notes)
