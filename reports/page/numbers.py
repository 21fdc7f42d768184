"""The headline numbers over the years, for both sides, as a table in groups."""

from __future__ import annotations

import numpy as np

from ...model.registry import SIDES, VARIABLES
from ..figures.panels import BINDING_WORDS
from ..language import say
from ..language.numbers import axis, dates, interval, percent, times
from ..result import headline
from ..story.view import View, sides
from ..story.words import label
from ..tables import Block, Line, has_ratio, headline_years
from ..text import NONE, SIDE_NAMES
from .layout import Grid


def numbers_over_years(view: View, title: str = "") -> Grid:
    """List the headline variables of both sides over the years, and how many times as much the US-led side has.

    Parameters
    ----------
    view
        A run, or one scenario of a comparison.
    title
        Of the scenario, where the page tells of several.
    """
    years = headline_years(view.years)
    blocks = (_block(view, name, years) for name in headline(view.data) if view.has(name))
    many = view.members > 1
    caption = (
        say("Medians with 90 % intervals of {count} futures", count=f"{view.members:,}") if many else say("One future")
    )
    head = say("Both sides in numbers, {start} to {end}", start=years[0], end=years[-1])
    named = f"{title}: {caption}" if title else caption
    return Grid(head, named, tuple(map(str, years)), tuple(blocks))


def _block(view: View, name: str, years: list[int]) -> Block:
    lines = [
        Line(say(SIDE_NAMES[side]), tuple(_cell(view, name, side, year) for year in years))
        for side in SIDES
        if side in sides(view, name)
    ]
    variable = VARIABLES[name]
    if has_ratio(variable) and len(lines) == len(SIDES):
        ratios = tuple(times(*view.gap(name, year).ratio) for year in years)
        lines.append(Line(say("US-led over China"), ratios))
    unit = "" if variable.kind in ("share", "date", "category") else axis(variable)[1]
    return Block(f"{label(name)}, {unit}" if unit else label(name), tuple(lines))


def _cell(view: View, name: str, side: str, year: int) -> str:
    """Write one side's value in a year, in the unit of the group's head."""
    variable = VARIABLES[name]
    if variable.kind == "category":
        return _most_common(view, name, side, year)
    found = view.level(name, side, year)
    if variable.kind == "date":
        return dates(*found)
    if variable.kind == "share":
        return interval(*found, write=percent)
    by = axis(variable)[0]
    return interval(found.middle / by, found.low / by, found.high / by)


def _most_common(view: View, name: str, side: str, year: int) -> str:
    """Name the most frequent category with its share of the futures."""
    column = view.shares(name, side)[:, view.row(year)]
    first = int(np.argmax(column))
    if column[first] == 0:
        return NONE
    return f"{say(BINDING_WORDS[VARIABLES[name].categories[first]])} {percent(float(column[first]))}"
