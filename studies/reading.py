"""Readings: how a published quantity is made of measures, and what it is at a place in time, for every member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..model.numbers import Array
from .measures import Leaf, describe

if TYPE_CHECKING:
    from ..scenarios.cases import Place

FIRST_HALF = "h100e_sold_first_half"
"""A recorded variable that is a part of its year."""
WHOLE = 1e-9
"""A time this close to a year's end is the year's end."""


class OutOfRunError(Exception):
    """A place in time that the run does not cover."""


@dataclass(frozen=True)
class Ledger:
    """Measures year by year: arrays of shape (years, members), float64 or float32."""

    years: range
    values: Mapping[Leaf, NDArray[np.floating]]

    @property
    def start(self) -> float:
        """Beginning of the first year."""
        return float(self.years[0])

    @property
    def end(self) -> float:
        """End of the last year."""
        return float(self.years[-1] + 1)

    def amount(self, leaf: Leaf, start: float, end: float) -> Array:
        """Flow from start to end: what a monotone curve through the sums at year ends gives; whole years exactly."""
        if start < self.start - WHOLE or end > self.end + WHOLE:
            raise OutOfRunError
        sums = np.concatenate([np.zeros((1, self.values[leaf].shape[1])), np.cumsum(self.values[leaf], axis=0)])
        ends = np.arange(self.years[0], self.years[-1] + 2, dtype=float)
        found: Array = _at(ends, sums, end) - _at(ends, sums, start)
        return found

    def stock(self, leaf: Leaf, when: float) -> Array:
        """Stock at a date: between year ends on a monotone curve."""
        if when < self.start + 1.0 - WHOLE or when > self.end + WHOLE:
            raise OutOfRunError
        return _at(np.arange(self.years[0] + 1, self.years[-1] + 2, dtype=float), self.values[leaf], when)

    def state(self, leaf: Leaf, when: float) -> Array:
        """State of the year that ends at or holds a date."""
        year = int(np.ceil(when - WHOLE)) - 1
        if year not in self.years:
            raise OutOfRunError
        found: Array = np.asarray(self.values[leaf][self.years.index(year)], dtype=float)
        return found

    def last(self, leaf: Leaf) -> Array:
        """What stands in the last year: for dates, which are found out on the way."""
        found: Array = np.asarray(self.values[leaf][-1], dtype=float)
        return found


def _at(times: Array, values: NDArray[np.floating], when: float) -> Array:
    place = int(np.argmin(np.abs(times - when)))
    if abs(times[place] - when) <= WHOLE:
        return np.asarray(values[place], dtype=float)
    if len(times) == 2:
        share = (when - times[0]) / (times[1] - times[0])
        return np.asarray(values[0] + share * (values[1] - values[0]), dtype=float)
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(times, values, axis=0)(when), dtype=float)


@dataclass(frozen=True)
class Measure:
    """A measure as it is."""

    leaf: Leaf

    @property
    def unit(self) -> str:
        """Unit of what is recorded."""
        return describe(self.leaf)[0]

    @property
    def kind(self) -> str:
        """Flow, stock, state, share, price or date."""
        return describe(self.leaf)[1]

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Value at a place: a flow's amount over it, a stock's at its end."""
        if self.leaf.of == FIRST_HALF:
            year = np.floor(place.start + WHOLE)
            return ledger.amount(self.leaf, year, year + 1.0)
        if self.kind == "flow":
            return ledger.amount(self.leaf, place.start, place.end)
        if self.kind == "stock":
            return ledger.stock(self.leaf, place.end)
        return ledger.last(self.leaf) if self.kind == "date" else ledger.state(self.leaf, place.end)


@dataclass(frozen=True)
class Halved:
    """A flow of which the model keeps the first half of each year by itself; other parts of a year are interpolated."""

    whole: Measure
    first: Measure

    @property
    def unit(self) -> str:
        """Unit of the whole."""
        return self.whole.unit

    @property
    def kind(self) -> str:
        """Kind of the whole."""
        return self.whole.kind

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Amount over a place."""
        year = np.floor(place.start + WHOLE)
        within = abs(place.years - 0.5) <= WHOLE and place.end <= year + 1.0 + WHOLE
        if within and abs(place.start - year) <= WHOLE:
            return self.first.at(ledger, place)
        if within and abs(place.end - year - 1.0) <= WHOLE:
            return self.whole.at(ledger, type(place)(year, year + 1.0)) - self.first.at(ledger, place)
        return self.whole.at(ledger, place)


@dataclass(frozen=True)
class Sum:
    """Readings added up, each with a sign; unit and kind are those of the first."""

    parts: tuple[Reading, ...]
    signs: tuple[float, ...]

    @property
    def unit(self) -> str:
        """Unit of the first part."""
        return self.parts[0].unit

    @property
    def kind(self) -> str:
        """Kind of the first part."""
        return self.parts[0].kind

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Sum at a place."""
        total = self.parts[0].at(ledger, place) * self.signs[0]
        for sign, part in zip(self.signs[1:], self.parts[1:], strict=True):
            total = total + sign * part.at(ledger, place)
        return total


@dataclass(frozen=True)
class Ratio:
    """One reading over another."""

    top: Reading
    bottom: Reading
    unit: str = "1"
    kind: str = "share"

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Ratio at a place; not a number where the lower part is zero."""
        top, bottom = self.top.at(ledger, place), self.bottom.at(ledger, place)
        some = bottom > 0
        return np.where(some, top / np.where(some, bottom, 1.0), np.nan)


@dataclass(frozen=True)
class Cumulative:
    """A flow added up since the model begins."""

    flow: Reading
    kind: str = "stock"

    @property
    def unit(self) -> str:
        """Unit without its year."""
        return without_year(self.flow.unit)

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Sum up to the end of a place."""
        return self.flow.at(ledger, type(place)(ledger.start, place.end))


@dataclass(frozen=True)
class Growth:
    """Factor a year by which a reading grows over a place; where it covers one year or less, over the year before its end.

    A place of several years (a period such as 2022-2025) counts from the end of its first year.
    """

    of: Reading
    offset: float = 0.0
    unit: str = "1"
    kind: str = "share"

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Yearly factor at a place."""
        years = max(1.0, place.years - 1.0) if place.years > 1.0 + WHOLE else 1.0
        make = type(place)
        last = self.of.at(ledger, make(place.end - 1.0, place.end))
        first = self.of.at(ledger, make(place.end - years - 1.0, place.end - years))
        some = first > 0
        return np.where(some, np.maximum(last / np.where(some, first, 1.0), 0.0), np.nan) ** (1.0 / years)


Reading = Measure | Halved | Sum | Ratio | Cumulative | Growth


def leaves_of(reading: Reading) -> Iterator[Leaf]:
    """Walk over the measures of a reading, the leading one first."""
    if isinstance(reading, Measure):
        yield reading.leaf
    elif isinstance(reading, Halved):
        yield from (reading.whole.leaf, reading.first.leaf)
    elif isinstance(reading, Sum):
        for part in reading.parts:
            yield from leaves_of(part)
    elif isinstance(reading, Ratio):
        yield from leaves_of(reading.top)
        yield from leaves_of(reading.bottom)
    else:
        yield from leaves_of(reading.flow if isinstance(reading, Cumulative) else reading.of)


def without_year(unit: str) -> str:
    """Take the year off a flow's unit.

    >>> without_year("package/year"), without_year("GW"), without_year("PB/year")
    ('package', 'GW', 'PB')
    """
    return unit.removesuffix("/year")


def in_words(reading: Reading) -> str:
    """Write a reading for people.

    >>> in_words(Ratio(Measure(Leaf("fleet_h100e", "china")), Measure(Leaf("fleet_h100e", "us"))))
    'fleet_h100e (china) / fleet_h100e (us)'
    """
    if isinstance(reading, Measure):
        leaf = reading.leaf
        who = [leaf.actor or leaf.side, *leaf.products, *([f"from {leaf.supplier}"] if leaf.supplier else [])]
        return f"{leaf.of} ({', '.join(who)})"
    if isinstance(reading, Halved):
        return in_words(reading.whole)
    if isinstance(reading, Sum):
        first, *others = zip(reading.signs, (in_words(part) for part in reading.parts), strict=True)
        return first[1] + "".join(f" {'+' if sign > 0 else '-'} {text}" for sign, text in others)
    if isinstance(reading, Ratio):
        top, bottom = in_words(reading.top), in_words(reading.bottom)
        return f"{_bracketed(reading.top, top)} / {_bracketed(reading.bottom, bottom)}"
    if isinstance(reading, Cumulative):
        return f"sum since the start of {in_words(reading.flow)}"
    return f"yearly growth of {in_words(reading.of)}"


def _bracketed(reading: Reading, text: str) -> str:
    return f"({text})" if isinstance(reading, Sum) and len(reading.parts) > 1 else text
