"""What changed against the year before, as two waterfalls: the fleet by source, the largest cluster by factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..model.registry import VARIABLES
from ..studies.statistics import spread
from .charts import type_size
from .explain_text import name_of, places, signed
from .panels import panel_title
from .style import INK, QUIET, SIDE_COLOURS, headings, new_figure, source_line, theme
from .text import SIDE_NAMES, divisor, number, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..model.numbers import Array
    from ..studies.explain import Explanation
    from ..studies.explain_change import Change

ENDS, LOSS = "#3f4a56", "#a9b1bb"
"""Colours of the levels at both ends, and of what makes less."""
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


def waterfalls(found: Explanation) -> Figure:
    """Draw both changes side by side.

    Parameters
    ----------
    found
        From `podrace.studies.explain`.
    """
    reading = found.reading
    with theme():
        figure, axes = new_figure(2, left=0.165, right=0.97, wspace=0.62, bottom=0.13)
        headings(
            figure,
            headline(found),
            f"{reading.year} against {reading.year - 1} · bars: means over members, which add up · line: 90 % of members",
        )
        source_line(figure, reading)
        colour = SIDE_COLOURS[reading.side]
        titles = ("Fleet", "Largest cluster")
        for ax, change, title in zip(axes, (found.fleet, found.cluster), titles, strict=True):
            panel_title(ax, f"{title}, {unit(VARIABLES[change.variable])}", colour)
            _waterfall(ax, change, reading.year, colour)
    return figure


def headline(found: Explanation) -> str:
    """Say in one line how far fleet and cluster moved, and what moved them most."""
    reading = found.reading
    fleet, cluster = _moved(found.fleet), _moved(found.cluster)
    lead, factor = _largest(found.fleet), _largest(found.cluster)
    told = f"fleet {fleet}" + (f", led by {lead}" if lead else "")
    if not np.any(found.cluster.before > 0):
        first = "its first cluster" if np.any(found.cluster.after > 0) else "no cluster"
        return f"{SIDE_NAMES[reading.side]} {reading.year}: {told}; {first}"
    return f"{SIDE_NAMES[reading.side]} {reading.year}: {told}; largest cluster {cluster}" + (
        f", by {factor}" if factor else ""
    )


def _moved(change: Change) -> str:
    before, after = float(change.before.mean()), float(change.after.mean())
    if before == 0.0:
        return "none" if after == 0.0 else "new"
    growth = after / before - 1.0
    if growth >= 1.0:
        return f"×{number(1.0 + growth)}"
    return "unchanged" if abs(growth) < UNCHANGED else f"{100 * growth:+.0f} %"


def _largest(change: Change) -> str:
    """Name the term that did most in the direction of the change."""
    total = float(change.total.mean())
    if total == 0.0 or abs(total) < UNCHANGED * float(change.before.mean()):
        return ""
    best = max(change.terms, key=lambda term: float(term.values.mean()) * np.sign(total))
    more, less = BY.get(best.id, (name_of(best),) * 2)
    return more if total > 0 else less


def _name(term: str, name: str) -> str:
    short = SHORT.get(term, name)
    return short if len(short) <= LONGEST else short[: LONGEST - 1].rstrip() + "…"


def _rows(change: Change, year: int, colour: str) -> list[_Row]:
    """Lay the terms end to end, from the level before to the level after: gains first, the largest on top."""
    by, digits = divisor(VARIABLES[change.variable]), places(change)
    at = float(change.before.mean()) / by
    rows = [_level(str(year - 1), change.before / by)]
    ordered = sorted(change.terms, key=lambda term: -float(term.values.mean()))
    for term in ordered:
        values = term.values / by
        low, high = (float(q) for q in spread(values, (0.05, 0.95)))
        size = float(values.mean())
        rows.append(
            _Row(_name(term.id, name_of(term)), at, at + size, at + low, at + high, signed(size, digits),
                 colour if size >= 0 else LOSS)
        )  # fmt: skip
        at += size
    return [*(row for row in rows if row.text != "0" or row.colour == ENDS), _level(str(year), change.after / by)]


def _level(name: str, values: Array) -> _Row:
    low, high = (float(q) for q in spread(values, (0.05, 0.95)))
    mean = float(values.mean())
    return _Row(name, 0.0, mean, low, high, number(mean, 3), ENDS)


def _waterfall(ax: Axes, change: Change, year: int, colour: str) -> None:
    """Draw the rows from top to bottom, a thin line leading from each to the next."""
    rows = _rows(change, year, colour)
    heights = np.arange(len(rows))[::-1].astype(float)
    size = 0.8 * type_size(ax)
    for row, height in zip(rows, heights, strict=True):
        ax.barh(height, row.end - row.start, left=row.start, height=0.66, color=row.colour, linewidth=0)
        if row.low != row.high:
            ax.hlines(height, row.low, row.high, color="white", linewidth=5.5)
            ax.hlines(height, row.low, row.high, color=INK, linewidth=2.5)
    for row, height in zip(rows[:-1], heights[:-1], strict=True):
        ax.vlines(row.end, height - 1.33, height + 0.33, color=QUIET, linewidth=1.2)
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
                    textcoords="offset points", va="center", ha="left", fontsize=size, color=INK)  # fmt: skip
    ax.set_yticks(heights, [row.name for row in rows])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.tick_params(axis="y", length=0, labelsize=size, labelcolor=INK)
    ax.tick_params(axis="x", labelsize=size, length=6)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
