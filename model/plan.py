"""A line's plan for the year: how packaging wafers, dies and memory become packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .conversions import GB_PER_PB
from .numbers import Numbers, add_up, positive, ratio
from .production import hbm_per_start
from .products import Blend


@dataclass(frozen=True)
class MemoryFill:
    """How much of a firm's plans memory allows, 0 to 1: dies from the bank, new designs, the rest of the old ones.

    ``grade`` is how far new designs stand above their lowest memory grade.
    """

    bank_fed: Numbers
    fresh: Numbers
    rest: Numbers
    grade: Numbers


@dataclass(frozen=True)
class MemoryNeeds:
    """HBM in PB that a firm's plans take: old designs on banked dies, all old designs, new ones, new ones at the lowest grade."""

    bank_fed: Numbers
    banked: Numbers
    fresh: Numbers
    fresh_low: Numbers

    @classmethod
    def of(
        cls, runs: Sequence[Run], plans: Sequence[tuple[Numbers, Numbers, Numbers]], *, low_grades: bool
    ) -> MemoryNeeds:
        """Add up the plans of a firm's runs (`Run.hbm_wanted`); without low grades the lowest is the full one."""
        fresh = add_up(plan[1] for plan in plans)
        return cls(
            bank_fed=add_up(plan[0] * run.bank_fed for run, plan in zip(runs, plans, strict=True)),
            banked=add_up(plan[0] for plan in plans),
            fresh=fresh,
            fresh_low=add_up(plan[2] for plan in plans) if low_grades else fresh,
        )

    @property
    def all(self) -> Numbers:
        """What the plans take at full grade."""
        return self.banked + self.fresh

    @cached_property
    def rest(self) -> Numbers:
        """What old designs on home dies take."""
        return positive(self.banked - self.bank_fed)

    def fill(self, granted: Numbers) -> MemoryFill:
        """Share out the memory granted: dies from the bank first, then new designs, then old designs on home dies.

        While it binds, new designs shrink to their lowest memory grade before volume is cut.

        >>> short = MemoryNeeds(bank_fed=2.0, banked=3.0, fresh=4.0, fresh_low=2.0).fill(6.0)
        >>> float(short.bank_fed), float(short.fresh), float(short.rest), float(short.grade)
        (1.0, 1.0, 1.0, 0.5)
        """
        left = positive(granted - self.bank_fed)
        beyond = positive(left - self.fresh_low)
        return MemoryFill(
            bank_fed=np.minimum(1.0, ratio(granted, self.bank_fed, empty=1.0)),
            fresh=np.minimum(1.0, ratio(left, self.fresh_low, empty=1.0)),
            rest=np.minimum(1.0, ratio(beyond, self.rest, empty=1.0)),
            grade=np.clip(ratio(beyond - self.rest, self.fresh - self.fresh_low, empty=1.0), 0.0, 1.0),
        )

    def taken(self, fill: MemoryFill) -> Numbers:
        """What the filled plans consume."""
        fresh = self.fresh_low + fill.grade * (self.fresh - self.fresh_low)
        return fill.bank_fed * self.bank_fed + fill.fresh * fresh + fill.rest * self.rest


class Run:
    """One line's year: from planned packaging wafers to finished packages.

    Parameters
    ----------
    name : the line, as the packaging counter knows it
    blends : everything, what may take banked dies, and what may not
    abroad : whether the packages go to the other side
    """

    def __init__(self, name: str, blends: tuple[Blend, Blend, Blend], *, abroad: bool = False) -> None:
        self.name = name
        self.abroad = abroad
        self.all, self.banked, self.fresh = blends
        self.wafers: Numbers = 0.0
        self.banked_wafers: Numbers = 0.0
        self.fresh_wafers: Numbers = 0.0
        self.bank_fed: Numbers = 1.0
        self.banked_fill: Numbers = 1.0
        self.fresh_fill: Numbers = 1.0
        self.grade: Numbers = 1.0

    def plan(self, wafers: Numbers, bank: Numbers, home: Numbers) -> None:
        """Split granted wafers by die source: new designs take home dies alone, the rest takes the bank too."""
        total = self.banked.wafer_share + self.fresh.wafer_share
        fresh = wafers * ratio(self.fresh.wafer_share, total)
        per_fresh = self.fresh.per_wafer * self.fresh.dies
        self.fresh_wafers = np.minimum(fresh, ratio(home, per_fresh, empty=np.inf))
        left = positive(home - self.fresh_wafers * per_fresh)
        per_banked = self.banked.per_wafer * self.banked.dies
        room = np.where(np.asarray(per_banked) > 0, wafers - self.fresh_wafers, 0.0)
        self.banked_wafers = np.minimum(room, ratio(bank + left, per_banked))
        from_bank = np.minimum(bank, self.banked_wafers * per_banked * (1.0 - self.banked.home_first))
        self.bank_fed = np.minimum(1.0, ratio(from_bank, self.banked_wafers * per_banked))
        self.wafers = wafers

    @property
    def dies_wanted(self) -> tuple[Numbers, Numbers]:
        """Dies for the banked designs and for the new ones, at the planned wafers."""
        return (
            self.banked_wafers * self.banked.per_wafer * self.banked.dies,
            self.fresh_wafers * self.fresh.per_wafer * self.fresh.dies,
        )

    @property
    def made_wafers(self) -> Numbers:
        """Wafers of packages really started."""
        return self.banked_fill * self.banked_wafers + self.fresh_fill * self.fresh_wafers

    def hbm_wanted(self, package_yield: Numbers, scrapped: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """HBM in PB that the planned wafers want: banked designs, new ones, new ones at the lowest memory grade."""

        def need(part: Blend, wafers: Numbers, gigabytes: Numbers) -> Numbers:
            pooled = gigabytes * part.from_pool
            return wafers * part.per_wafer * hbm_per_start(pooled, package_yield, scrapped) / GB_PER_PB

        return (
            need(self.banked, self.banked_wafers, self.banked.hbm_gb),
            need(self.fresh, self.fresh_wafers, self.fresh.hbm_gb),
            need(self.fresh, self.fresh_wafers, self.fresh.low_hbm_gb),
        )

    def fill(self, memory: MemoryFill) -> None:
        """Say how much of the plan memory allows: of the part the bank feeds, of new designs, of the rest."""
        self.banked_fill = self.bank_fed * memory.bank_fed + (1.0 - self.bank_fed) * memory.rest
        self.fresh_fill = memory.fresh
        self.grade = memory.grade

    def own_memory(self, package_yield: Numbers, scrapped: Numbers) -> Numbers:
        """Memory in PB that the firm makes for itself, outside the side's supply."""
        part = self.fresh
        gigabytes = (part.low_hbm_gb + self.grade * (part.hbm_gb - part.low_hbm_gb)) * (1.0 - part.from_pool)
        starts = self.fresh_fill * self.fresh_wafers * part.per_wafer
        return starts * hbm_per_start(positive(gigabytes), package_yield, scrapped) / GB_PER_PB
