"""Fabs and packaging houses: capacity, tools, yield learning, and who gets the output."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.allocate import Counter
from ..model.conversions import GB_PER_PB
from ..model.numbers import Numbers, ratio
from ..model.politics import subsidised_growth
from ..model.production import YIELD_MODELS, first_half_output, learned_defect_density, plant_output
from .actor import Actor


class Plant(Actor):
    """A line whose capacity grows while it is busy: dated capacities first, then orders decide.

    Capacity is wafers a year at year ends; output follows with the cycle time of the plant.
    """

    unit = "wafer/year"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"plants.{name}"
        self.capacity_series = self.series(str(self.label(f"{at}.capacity_from", f"{at}.capacity")), self.unit)
        self.scripted_to = int(model.inputs.scenario.central(f"{at}.scripted_to", "year"))
        self.growth = self.number(f"{at}.growth", "1")
        self.lag = self.number(f"{at}.lag", "year")
        self.busy_from = self.number("market.busy_from", "1")
        has_tools = model.inputs.scenario.has(f"{at}.tool_cost")
        self.tool_cost = self.number(f"{at}.tool_cost", "billion_USD*year/wafer") if has_tools else 0.0
        self.needs_tools = has_tools
        self.lost = self.series(f"{at}.lost_output", "1") if model.inputs.scenario.has(f"{at}.lost_output") else None
        start = model.year
        self.share = self.optional(f"{at}.share", "1", 1.0)
        self.capacities: list[Numbers] = [self.dated_capacity(start - 2), self.dated_capacity(start - 1)]
        self.busy: Numbers = 1.0
        self.wish: Numbers = 0.0

    def dated_capacity(self, year: int) -> Numbers:
        """Capacity of the record at a year's end: the plant's own, or its share of what several make together."""
        return self.capacity_series.at(year) * self.share

    def plan_expansion(self) -> None:
        """Say how much capacity to add by year end, and ask for the tools it takes."""
        now = self.capacities[-1]
        if self.year <= self.scripted_to:
            target = np.maximum(now, self.dated_capacity(self.year))
        else:
            growth = subsidised_growth(self.growth, self._subsidy(), self._felt())
            target = now * np.where(self.busy >= self.busy_from, np.maximum(growth, 1.0), 1.0)
        self.wish = self.limit(target) - now
        if self.needs_tools:
            self.model.tools[self.side].counter.ask(self.name, self.wish * self.tool_cost)

    def limit(self, target: Numbers) -> Numbers:
        """Cap the capacity that a plant may aim at (none here)."""
        return target

    def expand(self) -> None:
        """Add capacity as far as tools were granted."""
        added = self.wish
        if self.needs_tools:
            added = ratio(self.model.tools[self.side].counter.granted(self.name), self.tool_cost, empty=0.0)
        self.capacities.append(self.capacities[-1] + added)
        if self.year > self.scripted_to:
            seen = {"asked over output": self.busy, "wish": self.wish}
            self.decide(
                "expand", seen, f"add {float(np.mean(added)):.0f} {self.unit}", "busy plants expand within tools"
            )

    def output(self) -> Numbers:
        """Capacity-years that come out this year, less what a disaster takes."""
        return plant_output(self.capacities[-3], self.capacities[-2], self.capacities[-1], self.lag) * self.running

    @property
    def running(self) -> Numbers:
        """Share of the capacity that runs this year: a scenario may say that output is lost, China may hold back minerals."""
        kept = 1.0 if self.lost is None else 1.0 - self.lost.at(self.year)
        minerals = self.model.china_government.withheld_minerals if self.side == "us" else 0.0
        return kept * (1.0 - minerals)

    def _felt(self) -> Numbers:
        return self.model.china_government.felt if self.side == "china" else 0.0

    def _subsidy(self) -> Numbers:
        return self.model.china_government.subsidy_elasticity if self.side == "china" else 0.0


class Fab(Plant):
    """A logic fab: wafers for AI, yield that learns, dies for the chip firms it serves.

    Fabs share out in the order of their facts: a firm's own fabs first, then the open foundries.
    """

    RULES = (
        "plan_expansion",
        "expand",
        "produce",
        "share_out",
    )
    TABLE = "plants"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"plants.{name}"
        self.gross_dies = self.number(f"{at}.gross_dies", "die/wafer")
        self.die_area = self.number(f"{at}.die_area", "cm^2")
        self.start_density = self.number(f"{at}.defect_density", "1/cm^2")
        self.learning = self.number(f"{at}.learning_exponent", "1")
        self.floor = self.number(f"{at}.defect_floor", "1/cm^2")
        self.harvest = self.number(f"{at}.harvest", "1")
        self.conversion = self.number(f"{at}.die_conversion", "1")
        self.learning_from = int(model.inputs.scenario.central("learning.learning_from", "year"))
        self.yield_model = YIELD_MODELS[str(self.label(f"{at}.yield_model", "poisson"))]
        self.counter = Counter()
        self.customers = tuple(self.label(f"{at}.serves", ()))
        self.foreign = bool(self.label(f"{at}.foreign_customers", False))
        self.order = int(model.inputs.scenario.central(f"{at}.order", "1"))
        self.cumulative: Numbers = 0.0
        self.reference: Numbers = 0.0
        self.wafers: Numbers = 0.0
        self.logic_yield: Numbers = 0.0
        self.good_dies: Numbers = 0.0

    def produce(self) -> None:
        """Run the year's wafers and open the counter.

        Learning counts from the output of a dated year, or of the first year of a fab that starts later.
        """
        self.wafers = self.output()
        self.cumulative = self.cumulative + self.wafers
        starts = np.less_equal(self.reference, 0.0) | (self.year <= self.learning_from)
        self.reference = np.where(starts, self.cumulative, self.reference)
        density = learned_defect_density(self.start_density, self.cumulative, self.reference, self.learning, self.floor)
        self.logic_yield = np.minimum(1.0, self.yield_model(density, self.die_area) * self.harvest)
        relief = self.model.euv.relief if self.side == "china" else 1.0
        self.good_dies = self.wafers * self.gross_dies * self.logic_yield * self.conversion * relief
        self.counter.open()

    def serves(self, firm: Actor) -> bool:
        """Whether a firm may order here: those named as customers, or all of the side if none is named."""
        at_home = firm.side == self.side
        return at_home != self.foreign and (not self.customers or firm.name in self.customers)

    def share_out(self) -> None:
        """Grant dies; what nobody orders runs as other products."""
        self.counter.share_out(self.good_dies)
        self.busy = ratio(self.counter.requested(), self.good_dies, empty=1.0)


class PackagingHouse(Plant):
    """Advanced packaging: lines of CoWoS kind, whose wafers go into the side's pool of slots."""

    RULES = (
        "plan_expansion",
        "expand",
        "slots",
        "look_back",
    )
    TABLE = "plants"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.ai_share = self.number(f"plants.{name}.ai_share", "1")
        self.linked = bool(self.label(f"plants.{name}.huawei_linked", False))

    def slots(self) -> Numbers:
        """Packaging wafers for AI accelerators this year."""
        return self.output() * self.ai_share

    def first_half(self) -> Numbers:
        """Those that come out in the first half of the year."""
        before_last, last, now = self.capacities[-3:]
        return first_half_output(before_last, last, now, self.lag) * self.ai_share * self.running

    def look_back(self) -> None:
        """See whether slots were scarce this year: busy lines expand."""
        self.busy = self.model.packaging[self.side].busy


class MemoryMaker(Plant):
    """A maker of HBM, known either by its bytes (allied makers) or by its HBM wafers (China)."""

    RULES = (
        "plan_expansion",
        "limit",
        "expand",
        "produce",
        "look_back",
    )
    TABLE = "plants"

    unit = "wafer/year"

    def __init__(self, model: Any, name: str, side: str) -> None:
        at = f"plants.{name}"
        self.by_wafers = bool(model.inputs.scenario.label(f"{at}.by_wafers", False))
        self.unit = "wafer/year" if self.by_wafers else "PB/year"
        super().__init__(model, name, side)
        if self.by_wafers:
            self.dies_per_wafer = self.number(f"{at}.dies_per_wafer", "die/wafer")
            self.dies_per_stack = self.number(f"{at}.dies_per_stack", "die/stack")
            self.hbm_yield = self.series(f"{at}.yield", "1")
            self.gb_per_stack = self.series(f"{at}.gb_per_stack", "GB/stack")
            self.dram_wafers = self.series(f"{at}.dram_wafers", "wafer/year")
            self.dram_growth = self.number(f"{at}.dram_growth", "1")
            self.hbm_cap = self.number(f"{at}.hbm_share_cap", "1")

    def limit(self, target: Numbers) -> Numbers:
        """HBM may take a limited share of a maker's DRAM wafers."""
        if not self.by_wafers:
            return target
        years_on = max(0, self.year - int(self.dram_wafers.dates[-1]))
        dram = self.dram_wafers.at(self.year) * self.dram_growth**years_on
        return np.maximum(self.capacities[-1], np.minimum(target, self.hbm_cap * dram))

    def produce(self) -> None:
        """Offer the year's HBM to the side's depot."""
        self.model.hbm[self.side].makers.ask(self.name, self.petabytes())

    def petabytes(self) -> Numbers:
        """HBM made in the year."""
        if not self.by_wafers:
            return self.output()
        stacks = hbm_stacks(self.output(), self.dies_per_wafer, self.hbm_yield.at(self.year), self.dies_per_stack)
        return stacks * self.gb_per_stack.at(self.year) / GB_PER_PB

    def look_back(self) -> None:
        """See whether HBM was scarce this year: busy makers expand."""
        depot = self.model.hbm[self.side]
        self.busy = ratio(depot.counter.requested(), depot.on_offer, empty=1.0)

    @property
    def made(self) -> Numbers:
        """HBM that the depot took this year."""
        taken: Numbers = self.model.hbm[self.side].makers.granted(self.name)
        return taken


def hbm_stacks(wafers: Numbers, dies_per_wafer: Numbers, stack_yield: Numbers, dies_per_stack: Numbers) -> Numbers:
    """Good HBM stacks from memory wafers: wafers x dies x yield / stack height.

    >>> hbm_stacks(12 * 60_000, 500.0, 0.5, 8.0)
    22500000.0
    """
    return wafers * dies_per_wafer * stack_yield / dies_per_stack


class OwnMemory(Actor):
    """A chip firm's own memory line (Huawei's HiBL and HiZQ), as far as it does not draw on the side's supply.

    How much that is, is a switch of the scenario (`hbm.hibl_from_pool`): the maker is not disclosed. What the firm
    makes for itself never reaches the counter; its capacity is not modelled.
    """

    RULES = ("make",)
    TABLE = "plants"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.firm = str(self.label(f"plants.{name}.firm"))
        self.from_pool = self.number("hbm.hibl_from_pool", "1")
        self.made: Numbers = 0.0

    def make(self, petabytes: Numbers) -> None:
        """Make what the firm's own chips need."""
        self.made = petabytes
        self.model.hbm[self.side].make_and_take(petabytes)


__all__ = ["Fab", "MemoryMaker", "OwnMemory", "PackagingHouse", "Plant", "hbm_stacks"]
