"""Rows of ratios around one, as back-test and forecasts draw them: long names on two lines, pages where there are many."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, TypeVar

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ..figures.looks import look
from ..wording import breadth, date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

Row = TypeVar("Row")

ON_A_PAGE = 26
"""Rows of both columns of a slide: each has room for two lines."""
ROOM = 33
"""Characters of a line beside a row."""
NAME, TICK = 13.0, 14.0
"""Sizes of type."""


def pages(rows: Sequence[Row]) -> list[list[Row]]:
    """Part rows into pages of like length, at least one.

    >>> [len(page) for page in pages(range(53))], pages([])
    ([18, 18, 17], [[]])
    """
    count = max(1, math.ceil(len(rows) / ON_A_PAGE))
    size = math.ceil(len(rows) / count)
    return [list(rows[first : first + size]) for first in range(0, len(rows), size)] if rows else [[]]


def columns(rows: Sequence[Row]) -> tuple[list[Row], list[Row], int]:
    """Part rows, given from the lowest up, into a left and a right column; the left one has the highest."""
    half = math.ceil(len(rows) / 2)
    return list(rows[len(rows) - half :]), list(rows[: len(rows) - half]), half


def broken(title: str, tail: str) -> str:
    """Write a name with its year on at most two lines; what is longer still is cut before the year.

    >>> print(broken("Share of world AI compute owned by Chinese firms", "2026"))
    Share of world AI compute owned
    by Chinese firms, 2026
    """
    room = int(ROOM * len(title) / max(breadth(title), 1.0)) if title else ROOM
    lines = textwrap.wrap(f"{title}, {tail}", room)
    while len(lines) > 2:
        title = title.rstrip("…")[:-1].rstrip(" ,") + "…"
        lines = textwrap.wrap(f"{title}, {tail}", room)
    return "\n".join(lines)


def when(year: float) -> str:
    """Write the year of a value, or the month where it is not of a whole year.

    >>> when(2025.0), when(2025.75)
    ('2025', 'Oct 2025')
    """
    return f"{year:.0f}" if year == int(year) else date(year)


def ratio_axis(ax: Axes, names: Sequence[str], height: int, ticks: Sequence[float], far: float) -> None:
    """Name the rows, and show factors on a logarithmic axis around one.

    Parameters
    ----------
    ax
        Where rows are drawn, the first at height 0.
    names
        Of the rows.
    height
        Rows of the longer column.
    ticks
        Factors that are labelled.
    far
        The factor where the axis ends.
    """
    ax.axvline(1.0, color=look().ink, linewidth=1.5, zorder=0)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.7, max(height, 1) - 0.3)
    ax.set_xscale("log")
    ax.set_xlim(1 / far / 1.06, far * 1.06)
    ax.xaxis.set_major_locator(FixedLocator(list(ticks)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"×{v:g}" if v >= 0.5 else f"×1/{1 / v:g}"))
    ax.tick_params(axis="y", length=0, labelsize=NAME, labelcolor=look().ink)
    ax.tick_params(axis="x", labelsize=TICK)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
