"""Axes of a page's charts: how far they reach, where they are marked, and how much room their words take.

Room is reckoned here and never measured, so that a chart looks the same on machines with other fonts.
"""

from __future__ import annotations

import math
import textwrap
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..language import say
from ..language.numbers import bracketed, dash
from ..text import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..story.parts import Chart, Series

YEARS = (1990.0, 2100.0)
"""Values that all lie between these are dates."""
WIDE_LETTER, LETTER = 1.0, 0.56
"""Width of a Hangul or Han character and of others, in heights of the type."""
STEPS = ((1,), (1, 3), (1, 2, 5))
"""Marks within a power of ten: fewer over a long range, more over a short one."""
MOST_MARKS = 7
MARKED = 2
"""Marks that an axis keeps."""
WIDE_SPAN = 1.5
"""From this ratio of its ends on, an interval is told with a digit less."""


@dataclass(frozen=True)
class Scale:
    """How far an axis reaches and where it is marked.

    Attributes
    ----------
    ends
        Least and largest value.
    marks
        Where it is marked.
    log
        Whether it counts in powers of ten.
    dates
        Whether its values are years.
    """

    ends: tuple[float, float]
    marks: tuple[float, ...]
    log: bool = False
    dates: bool = False

    def thinned(self, room: float, size: float) -> Scale:
        """Leave out marks until they stand apart in so many pixels; zero stays.

        >>> Scale((-20.0, 20.0), (-20.0, -10.0, 0.0, 10.0, 20.0)).thinned(60, 12.0).marks
        (-20.0, 0.0, 20.0)
        """
        marks = self.marks
        while len(marks) > MARKED and (self.room(size) + size / 2) * (len(marks) - 1) > room:
            marks = marks[marks.index(0.0) % 2 if 0.0 in marks else 0 :: 2]
        return replace(self, marks=marks)

    @property
    def format(self) -> str:
        """How the browser writes a mark."""
        return ".6~f" if self.dates else ",.12~g"

    def room(self, size: float) -> int:
        """Pixels that the longest mark takes."""
        return math.ceil(max(_length(f"{mark:.12g}" if self.dates else f"{mark:,.12g}") for mark in self.marks) * size)


def scale_of(chart: Chart, most: int = MOST_MARKS) -> Scale:
    """Choose the scale of a chart's values.

    Parameters
    ----------
    chart
        A chart; without any value the scale is 0 to 1.
    most
        How many marks there is room for.
    """
    found = list(_values(chart))
    dates = are_dates(chart)
    if chart.log:
        return _log([value for value in found if value > 0], most)
    if chart.kind == "stacked":
        found = [0.0, *_sums(chart)]
    elif not dates:
        found.append(0.0 if chart.reference is None else chart.reference)
        if chart.kind != "dots":
            found.append(0.0)
    return _linear(found, most, dates=dates)


def are_dates(chart: Chart) -> bool:
    """Whether all values of a chart are years, with or without a fraction."""
    found = [value for value in _values(chart) if value]
    return bool(found) and not chart.log and all(YEARS[0] < value < YEARS[1] for value in found)


def written(value: float | None, *, dates: bool = False, fine: bool = False) -> str:
    """Write a value as tables do: dates to a tenth of a year, other numbers to two or three significant digits.

    Parameters
    ----------
    value
        What is written.
    dates
        Whether it is a year.
    fine
        Three digits; large numbers have them anyway.

    >>> written(1.2345), written(123.45), written(2026.31, dates=True), written(None), written(-0.5)
    ('1.2', '123', '2026.3', '–', '−0.5')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.1f}" if dates else number(value, 3 if fine or abs(value) >= 100 else 2)
    exact = f"{value:.12g}"
    short = "." in text and len(exact) < len(text) and not dates
    return (exact if short else text).replace("-", "−")


def spread_text(series: Series, place: int, *, dates: bool = False) -> str:
    """Write a middle with its interval where there is one.

    Parameters
    ----------
    series
        Whose value.
    place
        Which category.
    dates
        Whether values are years.
    """
    low, high = at(series.low, place), at(series.high, place)
    middle = at(series.middle, place)
    if low is None or high is None or low == high:
        return written(middle, dates=dates)
    fine = low > 0 and high / low <= WIDE_SPAN
    ends = [written(value, dates=dates) for value in (low, high)]
    between = say("{low} to {high}", low=ends[0], high=ends[1]) if low < 0 else f"{ends[0]}{dash()}{ends[1]}"
    return f"{written(middle, dates=dates, fine=fine)}{bracketed(between)}"


def at(values: Sequence[float | None], place: int) -> float | None:
    """Give a finite value where there is one."""
    value = values[place] if place < len(values) else None
    return value if value is not None and math.isfinite(value) else None


def kept(categories: Sequence[str], room: int, size: float) -> list[str]:
    """Choose the categories whose names fit side by side; the last always stands.

    >>> kept(["2024", "2025", "2026", "2027"], 80, 12.0)
    ['2025', '2027']
    """
    longest = max(_length(name) for name in categories) * size + size
    every = max(1, math.ceil(longest * len(categories) / room))
    return list(categories[::-1][::every][::-1])


def folded(text: str, letters: int) -> str:
    """Break a name into lines of so many Latin letters; a long word is broken too."""
    wide = sum(map(_is_wide, text)) > len(text) / 3
    lines = textwrap.wrap(
        " ".join(text.split()).replace(" %", "\u00a0%"), max(4, letters // 2 if wide else letters)
    ) or [""]
    return "\n".join(lines)


def room_of(texts: Iterable[str], size: float) -> int:
    """Pixels that the longest line of some texts takes."""
    return math.ceil(max((_length(line) for text in texts for line in text.split("\n")), default=0.0) * size)


def _length(text: str) -> float:
    """Length of a line in heights of its type."""
    return sum(WIDE_LETTER if _is_wide(letter) else LETTER for letter in text)


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _values(chart: Chart) -> Iterable[float]:
    for series in chart.series:
        for values in (series.middle, series.low, series.high):
            yield from (value for value in values if value is not None and math.isfinite(value))


def _sums(chart: Chart) -> list[float]:
    """Heights of the stacks, what is below zero apart."""
    columns = [[at(series.middle, place) or 0.0 for series in chart.series] for place in range(len(chart.categories))]
    return [sum(part for part in column if (part > 0) == up) for column in columns for up in (True, False)]


def _linear(found: list[float], most: int, *, dates: bool) -> Scale:
    from matplotlib.ticker import MaxNLocator

    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    if low == high:
        low, high = (low - 1.0, high + 1.0) if dates else (min(low, 0.0), max(high, 0.0) or 1.0)
    marks = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=dates).tick_values(low, high)
    places = tuple(round(float(mark), 12) for mark in marks)
    return Scale((places[0], places[-1]), places, dates=dates)


def _log(found: list[float], most: int) -> Scale:
    """Reach from a 1, 2 or 5 to another, and mark as many of them as there is room for."""
    low, high = (min(found), max(found)) if found else (1.0, 10.0)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    finest = [float(f"{step}e{power}") for power in powers for step in STEPS[-1]]
    first = max(mark for mark in finest if mark <= low)
    last = min(mark for mark in finest if mark >= high and mark > first)
    for steps in reversed(STEPS):
        marks = [float(f"{step}e{power}") for power in powers for step in steps]
        inside = tuple(mark for mark in marks if first <= mark <= last)
        if len(inside) <= most:
            break
    return Scale((first, last), inside or (first, last), log=True)
