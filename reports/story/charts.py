"""Charts of a story as plain numbers: fans of both sides, stacked shares, ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES
from ..figures.style import CATEGORY_COLOURS, INK, SIDE_COLOURS
from ..language import say
from ..language.numbers import amount, axis, percent, times
from ..text import SIDE_NAMES
from .parts import Chart, Series
from .view import quantiles_of, sides
from .words import label, limit_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..summary import Array
    from .view import View

WIDE = 30.0
"""Medians that span more than this factor are shown on a logarithmic axis."""


def fan_of_sides(view: View, name: str, title: str = "") -> Chart:
    """Show a variable of both sides over the years, with intervals."""
    divide, unit = axis(VARIABLES[name])
    quantiles = {side: view.quantiles(name, side) / divide for side in sides(view, name)}
    series = [series_of(say(SIDE_NAMES[side]), rows, SIDE_COLOURS[side]) for side, rows in quantiles.items()]
    said = [
        say("{side} {value}", side=say(SIDE_NAMES[side]), value=amount(VARIABLES[name], *view.level(name, side)))
        for side in reversed(quantiles)
    ]
    what = title or label(name)
    return Chart(
        "fan",
        with_unit(what, unit),
        unit,
        categories(view),
        tuple(series),
        say("{what}, {start} to {end}. {year}: {values}.", what=what, values=", ".join(said), **span(view)),
        log=spans_orders(quantiles.values()),
    )


def fan_of_gap(view: View, name: str, title: str) -> Chart:
    """Show how many times as much the US-led side has, over the years."""
    ratios = view.gaps(name)
    rows = np.array([quantiles_of(row) for row in ratios]).T
    gap = view.gap(name)
    return Chart(
        "fan",
        title,
        say("times"),
        categories(view),
        (series_of(say("US-led over China"), rows, INK),),
        say("{what}, {start} to {end}. {year}: {values}.", what=title, values=times(*gap.ratio), **span(view)),
        log=spans_orders([rows]),
        reference=1.0,
    )


def stacked_shares(view: View, name: str, side: str, title: str) -> Chart:
    """Show the share of futures with each category, year by year, in per cent."""
    parts = 100 * view.shares(name, side)
    names = VARIABLES[name].categories
    series = tuple(
        Series(limit_named(category), numbers(part), colour=CATEGORY_COLOURS[category])
        for category, part in zip(names, parts, strict=True)
        if part.max() >= 0.5
    )
    column = parts[:, view.row()]
    said = ", ".join(
        f"{limit_named(names[place])} {percent(column[place] / 100)}"
        for place in np.argsort(-column)
        if column[place] > 0
    )
    return Chart(
        "stacked",
        title,
        say("% of futures"),
        categories(view),
        series,
        say("{what}, {start} to {end}. {year}: {values}.", what=title, values=said, **span(view)),
    )


def fans(view: View, lines: Sequence[tuple[str, Array, str]], title: str, unit: str, said: str) -> Chart:
    """Show lines with intervals: a name, quantiles of shape (5, year) and a colour each."""
    series = tuple(series_of(name, rows, colour) for name, rows, colour in lines)
    described = say("{what}, {start} to {end}. {year}: {values}.", what=title, values=said, **span(view))
    return Chart("fan", with_unit(title, unit), unit, categories(view), series, described)


def series_of(name: str, rows: Array, colour: str) -> Series:
    """Make a series of quantiles p05, p25, p50, p75 and p95, shape (5, year)."""
    low, quarter, middle, three_quarters, high = (numbers(row) for row in rows)
    if low == high:
        return Series(name, middle, colour=colour)
    return Series(name, middle, low, high, quarter, three_quarters, colour)


def numbers(row: Array) -> tuple[float | None, ...]:
    """Give plain numbers; nothing where there is no finite one."""
    return tuple(float(value) if np.isfinite(value) else None for value in row)


def categories(view: View) -> tuple[str, ...]:
    """Name the years along an axis."""
    return tuple(map(str, view.years))


def span(view: View) -> dict[str, int]:
    """Give the years a text alternative speaks of."""
    return {"start": view.years[0], "end": view.years[-1], "year": view.when}


def with_unit(title: str, unit: str) -> str:
    """Put a unit behind a title."""
    return f"{title}, {unit}" if unit else title


def spans_orders(drawn: Iterable[Array]) -> bool:
    """Whether medians differ by orders of magnitude."""
    middles = np.concatenate([np.ravel(rows[2]) for rows in drawn])
    some = middles[np.isfinite(middles) & (middles > 0)]
    return bool(len(some) and some.max() / some.min() > WIDE)
