"""What changed against the year before, as two waterfalls: the fleet by source, the largest cluster by factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...model.registry import VARIABLES
from ...scenarios.faults import fail
from ...studies.statistics import spread
from ..figures.charts import type_size
from ..figures.looks import CATEGORY_COLOURS, SIDE_COLOURS, look, tone
from ..figures.panels import panel_title, root
from ..figures.style import headings, lend, new_figure, source_line, theme
from ..language import say
from ..text import divisor
from ..wording import axis_text, cut, drawn_in, korean, short, side_name, tick, ticks
from .text import name_of, places, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...model.numbers import Array
    from ...studies.explain import Explanation
    from ...studies.explain_change import Change

ENDS, LOSS = CATEGORY_COLOURS["supply"], "#a9b1bb"
"""Colours of the levels at both ends, and of what makes less."""
PANELS = {"fleet": "Fleet", "cluster": "Largest cluster"}
"""The two waterfalls and their titles."""
UNCHANGED = 0.005
"""A relative change of the mean below this is none."""
LONGEST = 25
"""Characters of a name that fit beside the bars."""
SHORT = {"inventory": "waits to be installed", "utilisation": "hardware utilisation"}
BY = {
    "imported": ("imports", "imports"),
    "smuggled": ("smuggling", "smuggling"),
    "inventory": ("stored chips", "chips in store"),
    "chips": ("more chips", "fewer chips"),
    "rate": ("faster chips", "slower chips"),
    "utilisation": ("better use", "worse use"),
    "software": ("software", "software"),
    "goodput": ("fewer failures", "more failures"),
}
"""Terms in a headline, where they add and where they take away."""


@dataclass(frozen=True)
class _Row:
    """One bar: from where to where, its interval, and what stands beside it."""

    name: str
    start: float
    end: float
    low: float
    high: float
    text: str
    colour: str


def waterfalls(found: Explanation, ax: Axes | None = None, part: str = "") -> Figure:
    """Draw both changes side by side, or one of them.

    Parameters
    ----------
    found
        From `podrace.studies.explain`.
    ax
        Draw one of them on this axis instead of a slide.
    part
        Which one: ``fleet`` or ``cluster``.
    """
    reading, changes = found.reading, {"fleet": found.fleet, "cluster": found.cluster}
    colour = SIDE_COLOURS[reading.side]
    with theme():
        if ax is not None:
            change = changes[_part(part)]
            lend(ax)
            panel_title(ax, f"{say(PANELS[part])}, {axis_text(VARIABLES[change.variable])}", colour)
            _waterfall(ax, change, reading.year, colour)
            return root(ax)
        figure, axes = new_figure(2, left=0.165, right=0.97, wspace=0.62, bottom=0.13)
        text = "{year} against {before} · bars: means over members, which add up · line: 90 % of members"
        headings(figure, headline(found), say(text, year=reading.year, before=reading.year - 1))
        source_line(figure, reading)
        for panel, (name, title) in zip(axes, PANELS.items(), strict=True):
            change = changes[name]
            panel_title(panel, f"{say(title)}, {axis_text(VARIABLES[change.variable])}", colour)
            _waterfall(panel, change, reading.year, colour)
    return figure


def _part(part: str) -> str:
    """Check which waterfall is asked for; an axis has room for one."""
    if part not in PANELS:
        fail("an axis takes one waterfall: say which part", path="part", found=part, allowed=", ".join(PANELS))
    return part


def headline(found: Explanation) -> str:
    """Say in one line how far fleet and cluster moved, and what moved them most."""
    reading = found.reading
    fleet, cluster = _moved(found.fleet), _moved(found.cluster)
    lead, factor = _largest(found.fleet), _largest(found.cluster)
    told = say("fleet {change}", change=fleet)
    if lead:
        told = say("{told}, led by {term}", told=told, term=lead)
    head = {"side": side_name(reading.side), "year": reading.year, "told": told}
    if not np.any(found.cluster.before > 0):
        some = np.any(found.cluster.after > 0)
        return say("{side} {year}: {told}; its first cluster" if some else "{side} {year}: {told}; no cluster", **head)
    said = say("{side} {year}: {told}; largest cluster {change}", change=cluster, **head)
    return say("{told}, by {term}", told=said, term=factor) if factor else said


def _moved(change: Change) -> str:
    before, after = float(change.before.mean()), float(change.after.mean())
    if before == 0.0:
        return say("none") if after == 0.0 else say("new")
    growth = after / before - 1.0
    if growth >= 1.0:
        return f"{short(1.0 + growth)}{say('×')}" if korean() else f"×{short(1.0 + growth)}"
    return say("unchanged") if abs(growth) < UNCHANGED else f"{100 * growth:+.0f}{'%' if korean() else ' %'}"


def _largest(change: Change) -> str:
    """Name the term that did most in the direction of the change."""
    total = float(change.total.mean())
    if total == 0.0 or abs(total) < UNCHANGED * float(change.before.mean()):
        return ""
    best = max(change.terms, key=lambda term: float(term.values.mean()) * np.sign(total))
    more, less = BY.get(best.id, (name_of(best),) * 2)
    return say(more if total > 0 else less)


def _name(term: str, name: str) -> str:
    return cut(say(SHORT.get(term, name)), LONGEST)


def _rows(change: Change, year: int, colour: str) -> list[_Row]:
    """Lay the terms end to end, from the level before to the level after: gains first, the largest on top."""
    by = drawn_in(VARIABLES[change.variable])[0]
    at = float(change.before.mean()) / by
    rows = [_level(str(year - 1), change.before / by)]
    ordered = sorted(change.terms, key=lambda term: -float(term.values.mean()))
    for term in ordered:
        values = term.values / by
        low, high = (float(q) for q in spread(values, (0.05, 0.95)))
        size = float(values.mean())
        rows.append(
            _Row(_name(term.id, name_of(term)), at, at + size, at + low, at + high, _signed(size, change),
                 colour if size >= 0 else LOSS)
        )  # fmt: skip
        at += size
    return [*(row for row in rows if row.text != "0" or row.colour == ENDS), _level(str(year), change.after / by)]


def _signed(size: float, change: Change) -> str:
    """Write a term with its sign, so that terms add up as printed."""
    by, here, digits = divisor(VARIABLES[change.variable]), drawn_in(VARIABLES[change.variable])[0], places(change)
    if here == by:
        return signed(size, digits).replace("-", "−")
    rounded = round(size * here / by, digits) * by / here
    return "0" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{tick(abs(float(f'{rounded:.9g}')))}"


def _level(name: str, values: Array) -> _Row:
    low, high = (float(q) for q in spread(values, (0.05, 0.95)))
    mean = float(values.mean())
    return _Row(name, 0.0, mean, low, high, short(mean, 3), ENDS)


def _waterfall(ax: Axes, change: Change, year: int, colour: str) -> None:
    """Draw the rows from top to bottom, a thin line leading from each to the next."""
    rows = _rows(change, year, colour)
    heights = np.arange(len(rows))[::-1].astype(float)
    size = 0.8 * type_size(ax)
    for row, height in zip(rows, heights, strict=True):
        ax.barh(height, row.end - row.start, left=row.start, height=0.66, color=tone(row.colour), linewidth=0)
        if row.low != row.high:
            ax.hlines(height, row.low, row.high, color=look().paper, linewidth=5.5)
            ax.hlines(height, row.low, row.high, color=look().ink, linewidth=2.5)
    for row, height in zip(rows[:-1], heights[:-1], strict=True):
        ax.vlines(row.end, height - 1.33, height + 0.33, color=look().quiet, linewidth=1.2)
    _dress(ax, rows, heights, size)


def _dress(ax: Axes, rows: list[_Row], heights: Array, size: float) -> None:
    """Set limits, names and values; a value stands right of its bar and interval."""
    right = max(max(row.end, row.start, row.high) for row in rows)
    left = min(0.0, *(min(row.end, row.start, row.low) for row in rows))
    room = 0.2 * (right - left)
    ax.set_xlim(left, right + room)
    for row, height in zip(rows, heights, strict=True):
        bold = "bold" if row.colour == ENDS else "normal"
        ax.annotate(row.text, (max(row.end, row.start, row.high), height), xytext=(0.45 * size, 0), fontweight=bold,
                    textcoords="offset points", va="center", ha="left", fontsize=size, color=look().ink)  # fmt: skip
    ax.set_yticks(heights, [row.name for row in rows])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.tick_params(axis="y", length=0, labelsize=size, labelcolor=look().ink)
    ax.tick_params(axis="x", labelsize=size, length=6)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(ticks())
