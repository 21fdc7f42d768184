"""How a table of text is set: widths of its columns, size of its type, how many rows a slide holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..story.parts import Table
from .measure import WIDE_LINE, line_height, width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measure import Room

LARGEST, BREAKING, SMALLEST = 22.0, 18.0, 13.0
"""Of letters; no cell may break in type larger than the second."""
PAD_ACROSS, PAD_DOWN = 0.9, 0.45
"""Margins of a cell, both sides together, over the size of its letters."""
STEPS = 60
SLACK = 1.04
"""Width of a cell's text over its estimate: a few words take more than fonts do on average, and break a line."""
REST = 36.0
"""Room kept below a table that is parted, for a line that says how much is left, in points."""
LONGEST_WORD = 14
"""Letters of a text or a word that a column keeps on one line; longer ones may break."""


@dataclass(frozen=True)
class Grid:
    """A table that fits its room.

    Attributes
    ----------
    table
        What it shows.
    size
        Of its letters, in points.
    widths, heights
        Of its columns, and of its rows with the heads first, in points.
    """

    table: Table
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def grids(table: Table, room: Room, scale: float) -> list[Grid]:
    """Set a table on as many slides as it takes: whole in the largest type that fits, or parted in the smallest.

    Parameters
    ----------
    table
        Of a story.
    room
        For the table on each slide, in points.
    scale
        Sizes of type over those on a large slide.
    """
    size = LARGEST
    while size > SMALLEST:
        grid = _grid(table, room, size * scale)
        broken = max(grid.heights) > (1.5 * WIDE_LINE + PAD_DOWN) * size * scale
        if sum(grid.heights) <= room.height and not (broken and size > BREAKING):
            return [grid]
        size -= 1
    grid = _grid(table, room, SMALLEST * scale)
    below = REST * scale if sum(grid.heights) > room.height else 0.0
    return [_part(grid, rows) for rows in _pages(grid, room.height - below)]


def _grid(table: Table, room: Room, size: float) -> Grid:
    widths = _widths(table, room.width, size)
    rows = (table.columns, *table.rows)
    heights = tuple(_row_height(row, widths, size, bold=place == 0) for place, row in enumerate(rows))
    return Grid(table, size, widths, heights)


def _widths(table: Table, room: float, size: float) -> tuple[float, ...]:
    """Give each column its longest word, and share the rest out by what its cells would take on one line."""
    pad = PAD_ACROSS * size
    columns = list(zip(table.columns, *table.rows, strict=True))
    least = [max(_longest_word(text, size) for text in column) + pad for column in columns]
    wished = [
        SLACK * max(width(text, size, bold=place == 0) for place, text in enumerate(column)) + pad for column in columns
    ]
    if sum(wished) <= room:
        spare = (room - sum(wished)) / len(wished)
        return tuple(wish + spare for wish in wished)
    if sum(least) >= room:
        return tuple(room * one / sum(least) for one in least)
    return _filled(least, wished, room)


def _filled(least: Sequence[float], wished: Sequence[float], room: float) -> tuple[float, ...]:
    """Hand room out in small steps, each to the column whose longest cell would take most lines."""
    widths = list(least)
    step = (room - sum(least)) / STEPS
    for _ in range(STEPS):
        neediest = max(range(len(widths)), key=lambda place: wished[place] / widths[place])
        widths[neediest] += step
    return tuple(widths)


def _longest_word(text: str, size: float) -> float:
    """Measure what a cell needs at least: all of a short text, the longest word of another."""
    words = [text] if len(text) <= LONGEST_WORD else [word[:LONGEST_WORD] for word in text.split()]
    return SLACK * max((width(word, size, bold=True) for word in words), default=0.0)


def _row_height(row: Sequence[str], widths: Sequence[float], size: float, *, bold: bool) -> float:
    tall = max(
        len(wrap(text, size, (room - PAD_ACROSS * size) / SLACK + 1e-6, bold=bold)) * line_height(text)
        for text, room in zip(row, widths, strict=True)
    )
    return (tall + PAD_DOWN) * size


def _pages(grid: Grid, high: float) -> list[range]:
    """Cut the rows into slides that fit; a row too high for any stands alone."""
    free = high - grid.heights[0]
    pages, start, taken = [], 0, 0.0
    for place, tall in enumerate(grid.heights[1:]):
        if taken + tall > free and place > start:
            pages.append(range(start, place))
            start, taken = place, 0.0
        taken += tall
    return [*pages, range(start, len(grid.table.rows))]


def _part(grid: Grid, rows: range) -> Grid:
    links = tuple(grid.table.links[row] for row in rows) if grid.table.links else ()
    table = replace(grid.table, rows=tuple(grid.table.rows[row] for row in rows), links=links)
    return replace(grid, table=table, heights=(grid.heights[0], *(grid.heights[row + 1] for row in rows)))
