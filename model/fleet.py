"""The fleet of one owner: cohorts of accelerators that age, fail and retire."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .numbers import Numbers, add_up


@dataclass(frozen=True)
class Batch:
    """Accelerators put into service together, on every basis that is recorded."""

    packages: Numbers = 0.0
    h100e: Numbers = 0.0
    h100e_bf16: Numbers = 0.0
    power_gw: Numbers = 0.0
    smuggled_h100e: Numbers = 0.0

    def __add__(self, other: Batch) -> Batch:
        return Batch(*(getattr(self, name) + getattr(other, name) for name in _FIELDS))

    def __sub__(self, other: Batch) -> Batch:
        return self + other.scaled(-1.0)

    def scaled(self, share: Numbers) -> Batch:
        """Multiply every basis by a share."""
        return Batch(*(getattr(self, name) * share for name in _FIELDS))


_FIELDS = tuple(Batch.__dataclass_fields__)


def surviving_share(age_years: float, life_years: Numbers, failure_rate: Numbers) -> Numbers:
    """Share of a cohort in service at the end of its year of age: random failures, then retirement at the end of life.

    A cohort is put into service over a year, so it leaves over a year too (straight line around its life).

    >>> float(surviving_share(0.0, 5.0, 0.0)), float(surviving_share(5.0, 5.0, 0.0)), float(surviving_share(7.0, 5.0, 0.0))
    (1.0, 0.5, 0.0)
    """
    by_age = np.clip(np.asarray(life_years, dtype=float) + 0.5 - age_years, 0.0, 1.0)
    return by_age * (1.0 - failure_rate) ** age_years


class Fleet:
    """Cohorts by year of installation."""

    def __init__(self, initial: Batch, initial_age_years: float, life_years: Numbers, failure_rate: Numbers) -> None:
        self._life = life_years
        self._failure = failure_rate
        self._survived: dict[float, Numbers] = {}
        put_in = initial.scaled(1.0 / self._surviving(initial_age_years))
        self._cohorts: list[tuple[float, Batch]] = [(initial_age_years, put_in)]
        self.total = initial

    def _surviving(self, age: float) -> Numbers:
        if age not in self._survived:
            self._survived[age] = surviving_share(age, self._life, self._failure)
        return self._survived[age]

    def due(self) -> Batch:
        """What will leave service this year."""
        leaving = [batch.scaled(self._surviving(age) - self._surviving(age + 1)) for age, batch in self._cohorts]
        return Batch(*(add_up(getattr(batch, name) for batch in leaving) for name in _FIELDS))

    def retire(self) -> Batch:
        """Age every cohort by a year; return what left service."""
        retired: list[Batch] = []
        older: list[tuple[float, Batch]] = []
        for age, put_in in self._cohorts:
            before, after = self._surviving(age), self._surviving(age + 1)
            if np.any(before > 0):
                retired.append(put_in.scaled(before - after))
                older.append((age + 1, put_in))
        self._cohorts = older
        gone = Batch(*(add_up(getattr(batch, name) for batch in retired) for name in _FIELDS))
        self.total = self._sum()
        return gone

    def install(self, batch: Batch) -> None:
        """Put accelerators into service."""
        self._cohorts.append((0.0, batch))
        self.total = self._sum()

    def _sum(self) -> Batch:
        living = [batch.scaled(self._surviving(age)) for age, batch in self._cohorts]
        return Batch(*(add_up(getattr(batch, name) for batch in living) for name in _FIELDS))
