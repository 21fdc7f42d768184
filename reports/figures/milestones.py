"""Policy milestones beside a fan: numbered marks at the dates of the largest changes, and a key at the foot.

What counts as a milestone is computed from the scenario's timeline: how far an action moves what an actor holds back, or
lets go; whole kinds of goods before single chips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..language import numbers, say
from ..wording import breadth, cut, date
from .looks import QUIET, look, readable, tone
from .policy import LANES, policy_rows
from .style import NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from ...scenarios.schema import Action
    from ...studies.ensemble import Ensemble

MOST = 4
"""Milestones marked at most."""
LEAST = 0.5
"""How far strictness must move."""
CLOSE = 0.35
"""Years: what an actor does within them is one milestone."""
SINGLE = 0.6
"""What a single chip counts against a whole kind of goods."""
ACTORS = {"us": "Washington", "allies": "Allies", "china": "Beijing"}
"""Governments, in a word."""
MARK = 19
"""Size of a mark in points."""
FOOT = 0.062
"""Height of the key above the line at the foot, as a share of the slide."""
LINE = 116
"""Characters in a line of the key."""
MOST_LINES = 2.4
"""Lines of the key at full size that its place holds."""


@dataclass(frozen=True)
class Change:
    """What one row of the timeline does at a date: tighter or looser, in words, how far, and whether it is one chip."""

    when: float
    actor: str
    tighter: bool
    item: str
    words: str
    weight: float


@dataclass(frozen=True)
class Milestone:
    """Changes of one actor in one direction that stand close together: from when to when, and in words."""

    when: float
    until: float
    actor: str
    words: str
    weight: float


def milestones(actions: Sequence[Action], first: float, last: float) -> list[Milestone]:
    """Choose the largest changes of what an actor holds back, in order of date.

    Parameters
    ----------
    actions
        The timeline, in order of date.
    first, last
        The years shown.
    """
    groups: list[list[Change]] = []
    for change in sorted(_changes(actions, first, last), key=lambda change: change.when):
        key = (change.actor, change.tighter)
        near = (g for g in groups if (g[0].actor, g[0].tighter) == key and change.when - g[0].when < CLOSE)
        group = next(near, None)
        if group is None:
            groups.append([change])
        else:
            group.append(change)
    found = [_milestone(group) for group in groups]
    kept = sorted(found, key=lambda one: (-one.weight, one.when))[:MOST]
    return sorted(kept, key=lambda one: one.when)


def _changes(actions: Sequence[Action], first: float, last: float) -> Iterator[Change]:
    """Give the large changes within the years shown."""
    for row in policy_rows(actions, first, last):
        before = 0.0
        for bar in row.bars:
            strength = bar.strength if bar.strength is not None else 0.0
            moved = strength - before
            if row.kind != "counter" and abs(moved) >= LEAST and first < bar.start < last:
                weight = abs(moved) * (SINGLE if row.single else 1.0)
                words = "" if row.kind == "refuse" else bar.text
                yield Change(bar.start, row.actor, moved > 0, row.name, words, weight)
            before = strength


def _milestone(group: Sequence[Change]) -> Milestone:
    """Put changes into one: whole kinds of goods where there are any, what is done to them once."""
    most = max(change.weight for change in group)
    told: dict[str, list[str]] = {}
    large = [change for change in group if change.weight >= min(most, LEAST / SINGLE)]
    for change in large:
        told.setdefault(change.words, []).append(change.item)
    words = ", ".join(" ".join([", ".join(items), *([done] if done else [])]) for done, items in told.items())
    return Milestone(large[0].when, large[-1].when, large[0].actor, words, most)


def mark_milestones(ax: Axes, ensemble: Ensemble) -> None:
    """Mark milestones on an axis of time, numbered, with a key above the foot of the slide.

    Parameters
    ----------
    ax
        The axis, its limits already set by `charts.time_axis`.
    ensemble
        What ran.
    """
    first, last = ax.get_xlim()
    found = milestones(list(ensemble.scenario.timeline), first, last)
    across = ax.get_xaxis_transform()
    for number, (one, level) in enumerate(zip(found, _levels(ax, found), strict=True), start=1):
        height, colour = 0.04 + 0.066 * level, LANES[one.actor][1]
        ax.axvline(one.when, color=tone(QUIET), linewidth=1.2, linestyle=(0, (1, 2.5)), zorder=1.2)
        ax.plot(one.when, height, "o", transform=across, markersize=MARK, color=readable(colour), zorder=3)
        ax.text(one.when, height - 0.002, str(number), transform=across, ha="center", va="center", color=look().paper,
                fontsize=0.78 * NOTE, fontweight="bold", zorder=4, gid="on a fill")  # fmt: skip
    _key(ax, found)


def _levels(ax: Axes, found: Sequence[Milestone]) -> list[int]:
    """Raise a mark above the one before it where the two would touch."""
    first, last = ax.get_xlim()
    figure = ax.get_figure(root=True)
    assert figure is not None
    room = 1.1 * MARK / 72 * (last - first) / (ax.get_position().width * figure.get_figwidth())
    levels: list[int] = []
    for place, one in enumerate(found):
        touching = place > 0 and one.when - found[place - 1].when < room
        levels.append(levels[-1] + 1 if touching else 0)
    return levels


def _key(ax: Axes, found: Sequence[Milestone]) -> None:
    """Write what the numbers stand for, in a line or two; a third one makes the type smaller."""
    figure = ax.get_figure(root=True)
    if figure is None or not found:
        return
    parts = [f"{number}  {_said(one)}" for number, one in enumerate(found, start=1)]
    lines = [""]
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines[-1] else part
        lines = [*lines[:-1], joined] if breadth(joined) <= LINE else [*lines, part]
    text = "\n".join(cut(line, LINE) for line in lines)
    size = NOTE * min(1.0, MOST_LINES / len(lines))
    figure.text(0.03, FOOT, text, fontsize=size, color=look().quiet, va="bottom", ha="left", linespacing=1.25)


def _said(one: Milestone) -> str:
    """Say when and who did what."""
    start, end = date(one.when), date(one.until)
    when = start if start == end else f"{start}{numbers.dash()}{end}"
    return say("{date} {actor}: {words}", date=when, actor=say(ACTORS[one.actor]), words=one.words)
