"""What the sections of a story read: levels and gaps of a run, with their intervals and the odds of who leads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...model.registry import SIDES, VARIABLES
from ..figures.panels import focus, of_side
from ..summary import QUANTILES, shares, spread

if TYPE_CHECKING:
    import xarray as xr

    from ...scenarios.scenario import Scenario
    from ..summary import Array

LEVEL = 0.005
"""A ratio this close to one reads as no difference."""
KEY_YEARS = (2024, 2026, 2028, 2030, 2035)
"""Years whose numbers a speaker may be asked for."""
NOW = 2026
"""The year the dated record ends in."""


class Reading(NamedTuple):
    """A median with the ends of its 90 % interval."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Gap:
    """How many times as much the US-led side has as China.

    Attributes
    ----------
    ratio
        US-led over China; infinite where only the US-led side has any, absent where neither has.
    us, china
        Shares of the members in which that side has more.
    """

    ratio: Reading
    us: float
    china: float

    @property
    def leader(self) -> str:
        """Give the side with more in most members: ``us``, ``china``, or nothing where they are level."""
        middle = self.ratio.middle
        if np.isnan(middle) or abs(middle - 1) < LEVEL:
            return ""
        return "us" if middle > 1 else "china"

    @property
    def lead(self) -> Reading:
        """Give how many times as much the leader has."""
        if self.leader != "china":
            return self.ratio
        middle, low, high = (np.inf if value == 0 else 1 / value for value in self.ratio)
        return Reading(middle, high, low)

    @property
    def odds(self) -> float:
        """Give the share of the members in which the leader has more; of the US-led side where they are level."""
        return self.china if self.leader == "china" else self.us

    @property
    def open(self) -> bool:
        """Whether the interval spans parity."""
        return bool(self.ratio.low <= 1 <= self.ratio.high) and self.ratio.low != self.ratio.high

    @property
    def one_sided(self) -> bool:
        """Whether one side has none in most members."""
        return bool(np.isinf(self.lead.middle))


@dataclass(frozen=True)
class View:
    """A run, or one scenario of a comparison, as sections read it.

    Attributes
    ----------
    data
        Recorded variables, dimensions (member, year, side).
    scenario
        What ran.
    members, seed
        Of the run.
    """

    data: xr.Dataset
    scenario: Scenario
    members: int
    seed: int

    @cached_property
    def when(self) -> int:
        """The year headlines speak of."""
        return focus(self.data)

    @cached_property
    def years(self) -> list[int]:
        """Every year of the run."""
        return [int(year) for year in self.data["year"].to_numpy()]

    @cached_property
    def key_years(self) -> list[int]:
        """The years whose numbers are told: those of `KEY_YEARS` that the run has, and the one in focus."""
        return sorted({year for year in KEY_YEARS if year in self.years} | {self.when})

    @property
    def now(self) -> int:
        """The year of the record's end, or the first year of a run that begins later."""
        return min(max(NOW, self.years[0]), self.years[-1])

    def has(self, *names: str) -> bool:
        """Whether variables were recorded, with a value somewhere."""
        return all(name in self.data and bool(np.isfinite(self.data[name].to_numpy()).any()) for name in names)

    def members_of(self, name: str, side: str) -> Array:
        """Take one variable of one side, shape (year, member)."""
        return of_side(self.data, name, side)

    def quantiles(self, name: str, side: str) -> Array:
        """Quantiles of one side's variable, shape (quantile, year)."""
        return spread(self.members_of(name, side), QUANTILES, dates=VARIABLES[name].kind == "date")

    def level(self, name: str, side: str, year: int | None = None) -> Reading:
        """Read one side's variable in a year, the one in focus by default."""
        column = self.quantiles(name, side)[:, self.row(year)]
        return Reading(float(column[2]), float(column[0]), float(column[4]))

    def gaps(self, name: str) -> Array:
        """Ratio of the sides by member, shape (year, member): infinite where China has none, absent where neither has."""
        us, china = (np.nan_to_num(self.members_of(name, side)) for side in ("us", "china"))
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Array = us / china
        return found

    def gap(self, name: str, year: int | None = None) -> Gap:
        """Compare the sides in a year, the one in focus by default."""
        ratios = self.gaps(name)[self.row(year)]
        known = ratios[~np.isnan(ratios)]
        low, middle, high = quantiles_of(ratios, (0.05, 0.5, 0.95))
        total = len(ratios)
        return Gap(
            Reading(middle, low, high), float((known > 1 + 1e-9).sum() / total), float((known < 1 - 1e-9).sum() / total)
        )

    def shares(self, name: str, side: str) -> Array:
        """Share of the members with each category, shape (category, year); zero where none has one."""
        return np.nan_to_num(shares(self.members_of(name, side), len(VARIABLES[name].categories)))

    def row(self, year: int | None = None) -> int:
        """Give the place of a year, the one in focus by default."""
        return self.years.index(self.when if year is None else year)


def quantiles_of(members: Array, quantiles: tuple[float, ...] = QUANTILES) -> list[float]:
    """Quantiles over the members that have a value, some of which may be infinite.

    >>> quantiles_of(np.array([1.0, 2.0, np.inf, np.nan]), (0.5, 1.0))
    [2.0, inf]
    """
    known = members[~np.isnan(members)]
    if not len(known):
        return [np.nan for _ in quantiles]
    if np.isfinite(known).all():
        return [float(value) for value in np.quantile(known, quantiles)]
    return [float(value) for value in np.quantile(known, quantiles, method="inverted_cdf")]


def sides(view: View, name: str) -> list[str]:
    """List the sides that have values of a variable."""
    return [side for side in SIDES if np.isfinite(view.members_of(name, side)).any()]
