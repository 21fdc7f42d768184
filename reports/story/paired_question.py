"""The question of a comparison, and its answer: what a what-if changes, in which direction, and how surely."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..figures.style import INK
from ..language import say
from ..language.numbers import change, times
from .changes import changes_between
from .charts import fans
from .pairs import FLEET
from .parts import Section
from .timeline import listing
from .view import quantiles_of
from .words import LONGEST_POINT, arrow, cut, label, odds

if TYPE_CHECKING:
    from ...studies.compare import Other
    from ..summary import Array
    from .pairs import Change, Pairs
    from .parts import Chart
    from .view import View


def question(pairs: Pairs) -> Section:
    """Ask what the scenarios change."""
    base = pairs.title(pairs.paired.base)
    if len(pairs.others) == 1:
        headline = pairs.headed(
            pairs.first.scenario,
            lambda title: say(
                'What does "{title}" change beside {base}, by {year}?', title=title, base=base, year=pairs.when
            ),
        )
    else:
        headline = say(
            "{count} what-ifs beside {base}: which changes the gap most, by {year}?",
            count=len(pairs.others),
            base=base,
            year=pairs.when,
        )
    points = [
        cut(
            say(
                "{title}: {changes}",
                title=say(o.scenario.title),
                changes=changes_between(pairs.paired.base, o.scenario) or say("the same inputs"),
            )
        )
        for o in pairs.others[:3]
    ]
    if len(pairs.others) > 3:
        points.append(say("and {count} more", count=len(pairs.others) - 3))
    if pairs.members == 1:
        points.append(say("A single future, the same in every scenario"))
    else:
        points.append(
            say(
                "{members} futures, the same in every scenario: differences future by future",
                members=f"{pairs.members:,}",
            )
        )
    notes = tuple(
        say("{title}: {line}", title=say(scenario.title), line=say(" ".join(scenario.description.split())))
        for scenario in (pairs.paired.base, *(other.scenario for other in pairs.others))
    )
    return Section("question", headline, tuple(points), notes)


def answer(pairs: Pairs) -> Section:
    """Say what the strongest scenario does to the gap of the fleets."""
    points = [pairs.pointed(other.scenario, partial(effect, pairs, other)) for other in pairs.others[:3]]
    still = [other for other in pairs.others if pairs.change(other, FLEET).still]
    if still and len(pairs.others) > 3:
        points.append(say("{count} of {all} what-ifs hardly change the gap", count=len(still), all=len(pairs.others)))
    points += [cut(line) for other in still[:1] if (line := _moves(other, pairs))]
    gap = pairs.base.gap(FLEET)
    points.append(
        cut(
            say(
                "{base} alone: US-led over China {times} in {year}",
                base=pairs.title(pairs.paired.base),
                times=times(*gap.ratio),
                year=pairs.when,
            )
        )
    )
    notes = (
        *(effect(pairs, other, pairs.title(other.scenario)) for other in pairs.others),
        say("Gap: computing power owned, US-led over China, 8-bit basis (H100e)."),
        say("Arrows join medians; a median change is taken future by future, and need not be the step between them."),
    )
    return Section("answer", _headline(pairs), tuple(points), notes, charts=(gap_chart(pairs),))


def _headline(pairs: Pairs) -> str:
    other = pairs.first
    return pairs.headed(other.scenario, lambda title: _finding(pairs, other, title))


def _finding(pairs: Pairs, other: Other, title: str) -> str:
    found = pairs.change(other, FLEET)
    if other.inert:
        return say('"{title}" changes nothing: no recorded number differs in any future', title=title)
    if math.isnan(found.relative.middle):
        return say('"{title}": no gap of the fleets can be told in {year}', title=title, year=pairs.when)
    before, after = times(found.before), times(found.after)
    if found.still or before == after:
        return say(
            '"{title}" hardly changes the gap of {year}: {gap}', title=title, year=pairs.when, gap=arrow(before, after)
        )
    return say(
        '"{title}": the gap of {year} goes from {before} to {after}{chance}',
        title=title,
        year=pairs.when,
        before=before,
        after=after,
        chance=certainty(found, pairs.members),
    )


def _moves(other: Other, pairs: Pairs) -> str:
    """Say what a scenario moves that leaves the gap as it is: the variables that differ first."""
    when = other.moves_from
    if when is None:
        return ""
    names = [label(name) for name, first in other.first_moved.items() if first == when]
    lines = [
        say(
            "{title} moves from {year} on: {what}",
            title=pairs.title(other.scenario),
            year=when,
            what=listing(names, most),
        )
        for most in (3, 2, 1)
    ]
    return next((line for line in lines if len(line) <= LONGEST_POINT), lines[-1])


def certainty(found: Change, members: int) -> str:
    """Say in what share of the futures the gap moves the way the median does."""
    if members == 1:
        return ""
    if found.relative.middle < 0:
        return say(", smaller {odds}", odds=odds(found.down, members))
    return say(", larger {odds}", odds=odds(found.up, members))


def effect(pairs: Pairs, other: Other, title: str) -> str:
    """Say what a scenario of a title does to the gap, with the odds."""
    found = pairs.change(other, FLEET)
    if other.inert:
        return say("{title}: nothing differs in any future", title=title)
    if math.isnan(found.relative.middle):
        return say("{title}: no gap can be told", title=title)
    gap, moved_by = arrow(times(found.before), times(found.after)), change(found.relative.middle)
    if pairs.members == 1:
        return say("{title}: gap {gap} ({change})", title=title, gap=gap, change=moved_by)
    moved = say("{title}: gap {gap} (median {change})", title=title, gap=gap, change=moved_by)
    return moved if found.still else moved + certainty(found, pairs.members)


def gap_chart(pairs: Pairs) -> Chart:
    """Show the gap of the fleets over the years, in the base and in the strongest scenarios."""
    lines = [(pairs.title(pairs.paired.base), _gaps(pairs.base), INK)]
    lines += [(pairs.title(other.scenario), _gaps(pairs.view(other)), pairs.colour(other)) for other in pairs.drawn]
    said = ", ".join(f"{name} {times(float(rows[2][pairs.base.row()]))}" for name, rows, _ in lines)
    return fans(pairs.base, lines, say("Computing power, US-led over China"), say("times"), said)


def _gaps(view: View) -> Array:
    return np.array([quantiles_of(row) for row in view.gaps(FLEET)]).T
