"""The fleet of one owner: cohorts of accelerators that age, fail and retire."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .numbers import Array, Numbers, ratio

BASES = ("packages", "h100e", "h100e_bf16", "power_gw", "smuggled_h100e")
"""What is counted of a batch: packages, compute on two bases, power, and the part obtained by smuggling."""


def _nothing() -> Array:
    return np.zeros((len(BASES), 1))


@dataclass(frozen=True, eq=False)
class Batch:
    """Accelerators taken together, counted on every basis.

    ``amounts`` has shape (bases, members), or (bases, 1) where all members share it.
    """

    amounts: Array = field(default_factory=_nothing)

    @classmethod
    def of(cls, **amounts: Numbers) -> Batch:
        """Make a batch from amounts named in `BASES`; those left out are zero."""
        known = [np.atleast_1d(np.asarray(amounts.pop(base, 0.0), dtype=float)) for base in BASES]
        if amounts:
            message = f"a batch counts {', '.join(BASES)}; found {', '.join(amounts)}"
            raise TypeError(message)
        return cls(np.stack(np.broadcast_arrays(*known)))

    @classmethod
    def total(cls, batches: Iterable[Batch]) -> Batch:
        """Add up batches in the order given."""
        whole = cls()
        for batch in batches:
            whole = whole + batch
        return whole

    def __add__(self, other: Batch) -> Batch:
        return Batch(self.amounts + other.amounts)

    def __sub__(self, other: Batch) -> Batch:
        return Batch(self.amounts - other.amounts)

    def scaled(self, share: Numbers) -> Batch:
        """Multiply every basis by a share."""
        return Batch(self.amounts * share)

    def _row(self, place: int) -> Array:
        row: Array = self.amounts[place]
        return row

    @property
    def packages(self) -> Array:
        """Accelerators, in packages."""
        return self._row(0)

    @property
    def h100e(self) -> Array:
        """Compute on dense 8-bit rates."""
        return self._row(1)

    @property
    def h100e_bf16(self) -> Array:
        """Compute on dense BF16."""
        return self._row(2)

    @property
    def power_gw(self) -> Array:
        """All-in IT power."""
        return self._row(3)

    @property
    def smuggled_h100e(self) -> Array:
        """Compute obtained by smuggling, 8-bit."""
        return self._row(4)

    @cached_property
    def h100e_each(self) -> Numbers:
        """Compute of one package, 8-bit."""
        return ratio(self.h100e, self.packages)

    @cached_property
    def gw_each(self) -> Numbers:
        """All-in IT power of one package."""
        return ratio(self.power_gw, self.packages)


def surviving_share(age_years: float, life_years: Numbers, failure_rate: Numbers) -> Numbers:
    """Share of a cohort in service at the end of its year of age: random failures, then retirement at the end of life.

    A cohort is put into service over a year, so it leaves over a year too (straight line around its life).

    >>> float(surviving_share(0.0, 5.0, 0.0)), float(surviving_share(5.0, 5.0, 0.0)), float(surviving_share(7.0, 5.0, 0.0))
    (1.0, 0.5, 0.0)
    """
    by_age = np.clip(np.asarray(life_years, dtype=float) + 0.5 - age_years, 0.0, 1.0)
    return by_age * (1.0 - failure_rate) ** age_years


class Ageing:
    """How accelerators leave service: their life and failures; what survives is worked out once for all owners."""

    def __init__(self, life_years: Numbers, failure_rate: Numbers) -> None:
        self._life = life_years
        self._failure = failure_rate
        self._survived: dict[float, Numbers] = {}
        self._left: dict[float, Numbers] = {}

    def surviving(self, age: float) -> Numbers:
        """Share of a cohort in service at an age."""
        if age not in self._survived:
            self._survived[age] = surviving_share(age, self._life, self._failure)
        return self._survived[age]

    def leaving(self, age: float) -> Numbers:
        """Share of a cohort that leaves service in the year after an age."""
        if age not in self._left:
            self._left[age] = self.surviving(age) - self.surviving(age + 1)
        return self._left[age]


class Fleet:
    """One owner's cohorts by year of installation."""

    def __init__(self, initial: Batch, initial_age_years: float, ageing: Ageing) -> None:
        self._surviving, self._leaving = ageing.surviving, ageing.leaving
        put_in = initial.scaled(1.0 / np.asarray(self._surviving(initial_age_years)))
        self._cohorts: list[tuple[float, Batch]] = [(initial_age_years, put_in)]
        self._due: Batch | None = None
        self.total = initial

    def due(self) -> Batch:
        """What will leave service this year."""
        if self._due is None:
            self._due = self._sum(self._leaving)
        return self._due

    def retire(self) -> Batch:
        """Age every cohort by a year; return what left service."""
        gone = self.due()
        self._cohorts = [(age + 1, put_in) for age, put_in in self._cohorts if np.any(self._surviving(age + 1) > 0)]
        self.total = self._sum(self._surviving)
        self._due = None
        return gone

    def install(self, batch: Batch) -> None:
        """Put accelerators into service."""
        self._cohorts.append((0.0, batch))
        self.total = self.total + batch
        self._due = None

    def _sum(self, share: Callable[[float], Numbers]) -> Batch:
        """All cohorts together, of each a share that goes by its age; added up in place, for these arrays are large."""
        total = _nothing()
        for age, put_in in self._cohorts:
            part = put_in.amounts * share(age)
            total = np.add(total, part, out=part if part.size >= total.size else total)
        return Batch(total)
