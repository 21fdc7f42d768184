"""Stocks with dated arrivals, and the date on which a store runs out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .numbers import Numbers, add_up, ratio


def usable_in_year(opening: Numbers, steady: Numbers, lumps: Sequence[tuple[float, Numbers]]) -> Numbers:
    """Most that a plant running at an even rate can draw in a year.

    A lump that arrives on date d (share of the year gone by) cannot feed what was made before d: up to each arrival
    the even rate times d must be covered by what was there.

    Parameters
    ----------
    opening : in store on 1 January
    steady : flows in evenly over the year
    lumps : (date as a share of the year, amount)

    >>> float(usable_in_year(1.0, 0.0, [(0.5, 9.0)]))
    2.0
    >>> float(usable_in_year(8.0, 0.0, [(0.5, 2.0)]))
    10.0
    """
    there = opening
    limit: Numbers = np.inf
    for date, amount in sorted(lumps, key=lambda lump: lump[0]):
        if date > 0:
            limit = np.minimum(limit, there / date + steady)
        there = there + amount
    return np.minimum(limit, there + steady)


def runout_date(year: int, opening: Numbers, draw_rate: Numbers, already: Numbers) -> Numbers:
    """Date on which a store that nothing refills empties, NaN while it lasts.

    Parameters
    ----------
    year : calendar year
    opening : in store on 1 January
    draw_rate : wish to draw over the whole year
    already : date found in an earlier year, NaN if none; it stands

    >>> float(runout_date(2026, 1.0, 4.0, float("nan")))
    2026.25
    """
    empties = (draw_rate >= opening) & (opening > 0)
    date = np.where(empties, year + ratio(opening, np.maximum(draw_rate, opening)), np.nan)
    return np.where(np.isnan(already), date, already)


class Stock:
    """A store: what comes in and goes out in a year is kept, so that every balance closes from the record."""

    def __init__(self, level: Numbers = 0.0) -> None:
        self.level = level
        self._lumps: list[tuple[float, Numbers]] = []
        self._steady: Numbers = 0.0

    def open_year(self) -> None:
        """Start a year without arrivals."""
        self._lumps = []
        self._steady = 0.0

    def receive(self, amount: Numbers, date: float | None = None) -> None:
        """Take in an amount: evenly over the year, or in one lump on a date (share of the year gone by)."""
        if date is None:
            self._steady = self._steady + amount
        else:
            self._lumps.append((date, amount))

    @property
    def arrived(self) -> Numbers:
        """All arrivals of the year."""
        return self._steady + add_up(amount for _, amount in self._lumps)

    @property
    def usable(self) -> Numbers:
        """Most that can be drawn at an even rate this year."""
        return usable_in_year(self.level, self._steady, self._lumps)

    def close_year(self, drawn: Numbers) -> None:
        """Book the year's draw; rounding below zero is cut, more than that is a fault of the caller."""
        left = self.level + self.arrived - drawn
        if np.any(left < -1e-9 * (1.0 + np.abs(drawn))):
            message = "a stock was drawn below zero"
            raise ArithmeticError(message)
        dust = left < 1e-12 * (1.0 + np.abs(self.level) + np.abs(self.arrived))
        self.level = np.where(dust, 0.0, left)
