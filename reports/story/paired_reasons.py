"""Why the scenarios of a comparison differ, and what to know before quoting it: acts, drivers, caveats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..acts import kind_of
from ..language import say
from ..language.numbers import change, ends, month, times
from .caveats import caveats as caveats_of
from .changes import acts_between, changes_between
from .drivers import drivers as drivers_of
from .paired_differences import MOST_ROWS, dots, numbers_changed
from .pairs import FLEET
from .parts import Section, Table
from .timeline import actor, goods, listing, manner
from .what_ifs import left_out
from .words import cut, sentence

if TYPE_CHECKING:
    from ...scenarios.schema import Action
    from ...studies.compare import Other
    from .drivers import Drivers
    from .pairs import Pairs


def timeline(pairs: Pairs) -> Section:
    """Tell the dated acts that set the scenarios apart from the base."""
    last = pairs.base.years[-1] + 1
    apart = [(other, *acts_between(pairs.paired.base, other.scenario, last)) for other in pairs.others]
    own = sorted(
        ((other, act) for other, added, changed, _ in apart for act in (*added, *changed) if kind_of(act)),
        key=lambda pair: pair[1].date,
    )
    several = len(pairs.others) > 1
    rows = dict.fromkeys(
        (
            month(act.date),
            *([pairs.title(other.scenario, 28)] if several else []),
            actor(act),
            sentence(goods(act)),
            manner(act),
        )
        for other, act in own
    )
    heads = (say("From"), *([say("Scenario")] if several else []), say("Who"), say("What"), say("How"))
    return Section(
        "timeline",
        _timeline_headline([acts for _, *acts in apart]),
        tuple(cut(_what_changes(pairs, other)) for other in pairs.others[:5]),
        tuple(_what_changes(pairs, other) for other in pairs.others),
        table=Table(heads, tuple(rows)[:MOST_ROWS], say("Dated acts")) if rows else None,
    )


def _timeline_headline(apart: list[list[list[Action]]]) -> str:
    """Count the acts that set scenarios apart, each once however many scenarios have it."""
    added, changed, gone = (
        {(act.date, act.actor, act.item, act.target) for acts in apart for act in acts[place]} for place in range(3)
    )
    if not (added or changed or gone):
        return say("No dated act sets the scenarios apart: numbers and rules alone")
    counts = (
        (len(added), say("1 is added"), say("{count} are added")),
        (len(changed), say("1 is changed"), say("{count} are changed")),
        (len(gone), say("1 does not happen"), say("{count} do not happen")),
    )
    said = ", ".join(one if number == 1 else many.format(count=number) for number, one, many in counts if number)
    first = month(min(float(key[0]) for key in (*added, *changed, *gone)))
    return say("Dated acts beside the base, from {month} on: {counts}", counts=said, month=first)


def _what_changes(pairs: Pairs, other: Other) -> str:
    """Say what a scenario changes against the base."""
    changes = changes_between(pairs.paired.base, other.scenario) or say("the same inputs")
    return say("{title}: {changes}", title=pairs.title(other.scenario), changes=changes)


def drivers(pairs: Pairs, found: Drivers) -> Section:
    """Compare the what-ifs with the strongest single assumptions of the base."""
    own = drivers_of(found)
    if found.table.empty:
        return own
    if len(pairs.others) == 1:
        return replace(own, points=(_beside(pairs, found), *own.points[:3], *own.points[-1:]))
    span = sorted((float(found.table.iloc[0]["at_low"]), float(found.table.iloc[0]["at_high"])))
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
    return Section("drivers", own.headline, points, own.notes, own.sources, (levers, *own.charts))


def _beside(pairs: Pairs, found: Drivers) -> str:
    """Put what the what-if does to the gap beside what the strongest assumption of the base does to it."""
    first = found.table.iloc[0]
    central = float(first["central"])
    low, high = sorted(float(first[end]) / central - 1 for end in ("at_low", "at_high"))
    return say(
        "This what-if changes the gap by {change}, the strongest assumption by {ends}",
        change=change(pairs.change(pairs.first, FLEET).relative.middle),
        ends=ends(change(low), change(high)),
    )


def caveats(pairs: Pairs, found: Drivers) -> Section:
    """Add to the caveats of the base what a comparison must say."""
    own = caveats_of(pairs.base, found)
    left = [
        say("{title}: {line}", title=pairs.title(other.scenario), line=line)
        for other in pairs.others
        if (line := left_out(other.scenario.name))
    ]
    points = [
        *_not_comparable(pairs),
        *_left_out(pairs),
        say("Inputs common to both largely cancel in a difference; errors in what sets them apart do not"),
        *own.points,
    ]
    return Section("caveats", own.headline, tuple(points[:5]), (*left, *own.notes))


def _left_out(pairs: Pairs) -> list[str]:
    """Say what the strongest scenario leaves out."""
    line = left_out(pairs.first.scenario.name)
    if not line or len(pairs.others) == 1:
        return [line] if line else []
    return [cut(say("{title}: {line}", title=pairs.title(pairs.first.scenario, 24), line=line))]


def _not_comparable(pairs: Pairs) -> list[str]:
    """Name the scenarios that move nothing, and those that do not have the members of the base."""
    inert = [pairs.title(other.scenario) for other in pairs.others if other.inert]
    unpaired = [
        pairs.title(other.scenario) for other in pairs.others if other.scenario.chosen != pairs.paired.base.chosen
    ]
    lines = []
    if inert:
        lines.append(
            say("Moves nothing: {titles}; something else binds, or a rule is missing", titles=listing(inert, 2))
        )
    if unpaired:
        lines.append(say("Not the same members: {titles}; read levels, not differences", titles=listing(unpaired, 2)))
    return [cut(line) for line in lines]
