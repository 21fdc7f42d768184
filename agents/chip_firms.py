"""Chip firms: offer, ask for scarce inputs, make what the scarcest allows, sell."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.allocate import allocate
from ..model.depot import GB_PER_PB
from ..model.fleet import Batch
from ..model.market import ExportOffer, Offer, export_item
from ..model.numbers import Numbers, add_up, positive, ratio
from ..model.production import hbm_per_start
from ..model.products import Blend, ProductLine, read_product
from ..model.stock import Stock, runout_date
from .actor import Actor

DIES, HBM, PACKAGING, DEMAND = 0.0, 1.0, 2.0, 3.0
JUST_ABOUT = 1e-9
EARLIEST_QUARTER = 0.25
"""A product that starts within the last quarter before a date has no volume by then."""


class Run:
    """One line's year: from planned packaging wafers to finished packages."""

    def __init__(self, line: ProductLine, year: int) -> None:
        self.line = line
        self.all, self.banked, self.fresh = line.blends(year)
        self.wafers: Numbers = 0.0
        self.banked_wafers: Numbers = 0.0
        self.fresh_wafers: Numbers = 0.0
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

    def own_memory(self, package_yield: Numbers, scrapped: Numbers) -> Numbers:
        """Memory in PB that the firm makes for itself, outside the side's supply."""
        part = self.fresh
        gigabytes = (part.low_hbm_gb + self.grade * (part.hbm_gb - part.low_hbm_gb)) * (1.0 - part.from_pool)
        starts = self.fresh_fill * self.fresh_wafers * part.per_wafer
        return starts * hbm_per_start(positive(gigabytes), package_yield, scrapped) / GB_PER_PB


class ChipFirm(Actor):
    """A designer of accelerators; which lines it has, and for whom, is data."""

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"firms.{name}"
        self.lines = [self._read_line(line) for line in self.label(f"{at}.lines", [])]
        self.leads = bool(self.label(f"{at}.leads", False))
        self.hbm_weight = self.number(f"{at}.hbm_weight", "1")
        self.die_weight = self.number(f"{at}.die_weight", "1")
        self.yield_2025 = self.number(f"packaging.{side}.package_yield", "1")
        self.yield_gain = self.number(f"packaging.{side}.yield_gain", "1/year")
        self.scrapped = self.number(f"packaging.{side}.hbm_scrapped", "1")
        self.bank_receipts = self.series(f"{at}.die_receipts", "die/year")
        self.pile_years = self.number("market.die_pile", "year")
        self.networking = self.number(f"{at}.revenue_extra", "1")
        self.scarcity_markup = self.number("market.scarcity_markup", "1")
        self.bank = Stock(0.0)
        self.pile = Stock(0.0)
        self.bank_runout: Numbers = np.nan
        self._read_software()
        exports = [read_product(model.inputs, model.machines, chip) for chip in self.label(f"{at}.exports", [])]
        self.exports = sorted(exports, key=lambda product: product.expected_start)
        self.runs: list[Run] = []
        self.binding: Numbers = DEMAND

    def _read_software(self) -> None:
        """Software efficiency of the side's leading stack, and how the installed base raises it."""
        at = f"software.{self.side}"
        self.software_start = self.number(f"{at}_start", "1")
        self.software_ceiling = self.number(f"{at}_ceiling", "1")
        self.software_learning = self.number("software.learning", "1")
        self.software_base = self.number("software.reference_base", "H100e")

    @property
    def software(self) -> Numbers:
        """Share of what the hardware allows that the stack reaches: the gap to the ceiling shrinks with the base."""
        base = np.maximum(1.0, self.last("fleet_h100e") / self.software_base)
        gap = (self.software_ceiling - self.software_start) * base ** (-np.asarray(self.software_learning, dtype=float))
        value: Numbers = self.software_ceiling - gap
        return value

    def h100e_before(self, date: float) -> Numbers:
        """Compute of the year's sales in products that were in volume before a date."""
        at_home = add_up(
            np.where(np.less(product.ramp_start, date - EARLIEST_QUARTER), packages * product.h100e, 0.0)
            for product, packages in self.packages_by_product
        )
        return at_home + (self.model.markets[self.side].exported.h100e if self.exports else 0.0)

    def named_sales(self) -> dict[str, Numbers]:
        """Sales of the firms that checks and claims ask for by name."""
        if not self.leads:
            return {}
        packages, h100e = self.finished, add_up(batch.h100e for batch in self.home_sales)
        if self.side == "us":
            exported = self.model.markets["us"].exported
            return {
                "nvidia_packages_sold": packages,
                "nvidia_h100e_sold": h100e + exported.h100e,
                "nvidia_revenue_busd": self.revenue,
            }
        return {"huawei_packages_sold": packages, "huawei_revenue_busd": self.revenue}

    def _read_line(self, line: str) -> ProductLine:
        at = f"product_lines.{line}"
        model = self.model
        products = [read_product(model.inputs, model.machines, chip) for chip in self.label(f"{at}.generations")]
        return ProductLine(line, self.number(f"{at}.weight", "1"), products, self.number(f"{at}.ramp_years", "year"))

    @property
    def package_yield(self) -> Numbers:
        """Share of started packages that work, three points better each year."""
        return np.clip(self.yield_2025 + self.yield_gain * (self.year - 2025), 0.05, 0.98)

    def offer(self) -> None:
        """Tell buyers what a packaging wafer of each line costs and draws, and which export grades there are."""
        self.runs = [Run(line, self.year) for line in self.lines]
        self.quoted = self.markup()
        market = self.model.markets[self.side]
        for run in self.runs:
            packages = run.all.per_wafer * self.package_yield
            ready = np.minimum(1.0, run.all.wafer_share)
            market.post(
                Offer(
                    run.line.name,
                    run.line.weight * ready,
                    packages * run.all.price_usd * self.quoted / 1e9,
                    packages * run.all.power_gw,
                )
            )
        if self.exports:
            market.export = self._export_offer()

    def _export_offer(self) -> ExportOffer:
        """Give the grade sold to China this year: the newest of those for which trade is open longest."""
        ready = [p for p in self.exports if p.expected_start < self.year + 1] or self.exports[:1]
        product = max(ready, key=lambda p: (self.model.dated_window(p), p.expected_start))
        cap, fee = self.model.licence_terms(product)
        window = self.model.trade_window(product)
        return ExportOffer(product, export_item(product), window, self.package_yield, cap, fee, self.quoted)

    def ask_packaging(self) -> None:
        """Ask for packaging wafers: what home buyers and, for the export line, Chinese buyers ordered.

        A line that still ramps can take no more than its level of all slots.
        """
        house = self.model.packaging[self.side]
        counter = house.counter
        market = self.model.markets[self.side]
        for place, run in enumerate(self.runs):
            abroad = market.export_wafers if place == 0 and self.exports else 0.0
            ready = np.minimum(1.0, run.all.wafer_share) * house.slots()
            counter.ask(run.line.name, np.minimum(market.ordered(run.line.name) + abroad, ready), run.line.weight)

    def ask_dies(self) -> None:
        """Receive banked dies of the year and ask the fab for the rest of what the plan needs."""
        self.bank.open_year()
        self.bank.receive(self.bank_receipts.at(self.year))
        counter = self.model.packaging[self.side].counter
        wanted: Numbers = 0.0
        for run in self.runs:
            run.plan(counter.granted(run.line.name), np.inf, np.inf)
            banked, fresh = run.dies_wanted
            wanted = wanted + fresh + np.maximum(banked - self.bank.usable, banked * run.banked.home_first)
        fab = self.model.fab[self.side]
        buffer = self.pile_years * fab.good_dies * self.die_weight
        fab.counter.ask(self.name, positive(wanted + buffer - self.pile.level), self.die_weight)

    def ask_hbm(self) -> None:
        """Plan with the dies there are and ask for the memory of that plan."""
        self.pile.open_year()
        self.pile.receive(self.model.fab[self.side].counter.granted(self.name))
        self.limited_by_dies = np.zeros(1, dtype=bool)
        packaging = self.model.packaging[self.side].counter
        wanted = [add_up(run.dies_wanted) for run in self.runs]
        home_share = allocate(self.pile.usable, wanted)
        for run, home in zip(self.runs, home_share, strict=True):
            slots = packaging.granted(run.line.name)
            run.plan(slots, self.bank.usable, home)
            made = run.banked_wafers + run.fresh_wafers
            self.limited_by_dies = self.limited_by_dies | (made < slots * (1.0 - 1e-6) - JUST_ABOUT)
        self.hbm_plan = [run.hbm_wanted(self.package_yield, self.scrapped) for run in self.runs]
        need = add_up(banked + fresh for banked, fresh, _ in self.hbm_plan)
        self.model.hbm[self.side].counter.ask(self.name, need, self.hbm_weight)

    def make(self) -> None:
        """Make what the scarcest input allows: memory goes to banked dies first, then to new designs.

        While memory binds, new designs shrink to their lowest memory grade before volume is cut.
        """
        depot = self.model.hbm[self.side]
        granted = depot.counter.granted(self.name)
        banked = add_up(plan[0] for plan in self.hbm_plan)
        full = add_up(plan[1] for plan in self.hbm_plan)
        low = add_up(plan[2] for plan in self.hbm_plan) if self.rule("mix_to_low_memory") else full
        banked_fill = np.minimum(1.0, ratio(granted, banked, empty=1.0))
        left = positive(granted - banked)
        fresh_fill = np.minimum(1.0, ratio(left, low, empty=1.0))
        grade = np.clip(ratio(left - low, full - low, empty=1.0), 0.0, 1.0)
        for run in self.runs:
            run.banked_fill, run.fresh_fill, run.grade = banked_fill, fresh_fill, grade
        depot.take(np.minimum(granted, banked_fill * banked + fresh_fill * (low + grade * (full - low))))
        depot.make_and_take(add_up(run.own_memory(self.package_yield, self.scrapped) for run in self.runs))
        self._use_dies()
        self._note_binding(granted < (banked + full) * (1.0 - 1e-6) - JUST_ABOUT)

    def _use_dies(self) -> None:
        """Draw the bank before home dies, but for designs that take home dies first.

        What the pile then holds beyond half a year's output goes to other products.
        """
        banked = add_up(run.banked_fill * run.dies_wanted[0] for run in self.runs)
        fresh = add_up(run.fresh_fill * run.dies_wanted[1] for run in self.runs)
        wish = add_up(
            run.banked_fill * positive(run.wafers - run.fresh_wafers) * run.banked.per_wafer * run.banked.dies
            for run in self.runs
        )
        home = self.pile.level + self.pile.arrived
        home_first = add_up(run.banked_fill * run.dies_wanted[0] * run.banked.home_first for run in self.runs)
        home_first = np.minimum(home_first, positive(home - fresh))
        from_bank = np.minimum(banked - home_first, self.bank.usable)
        self.bank_runout = runout_date(
            self.year, self.bank.level + self.bank.arrived, positive(wish - home_first), self.bank_runout
        )
        self.bank.close_year(from_bank)
        from_home = np.minimum(banked - from_bank + fresh, home)
        kept = np.minimum(home - from_home, self.pile_years * self.pile.arrived)
        self.dies_made = self.pile.arrived
        self.dies_other = positive(home - from_home - kept)
        self.dies_from_bank, self.dies_from_home = from_bank, from_home
        self.pile.close_year(from_home + self.dies_other)

    def _note_binding(self, short_of_hbm: Any) -> None:
        """Name the scarcest input: memory, dies, packaging slots, or nobody ordering more."""
        packaging = self.model.packaging[self.side].counter
        asked = add_up(packaging.requested_by(run.line.name) for run in self.runs)
        got = add_up(packaging.granted(run.line.name) for run in self.runs)
        short_of_slots = got < asked * (1.0 - 1e-6) - JUST_ABOUT
        self.binding = np.where(
            short_of_hbm, HBM, np.where(self.limited_by_dies, DIES, np.where(short_of_slots, PACKAGING, DEMAND))
        )

    def sell(self) -> None:
        """Sell finished packages at home and, where trade is open, abroad, in proportion to the orders."""
        market = self.model.markets[self.side]
        self.finished: Numbers = 0.0
        self.lost: Numbers = 0.0
        self.home_sales: list[Batch] = []
        self.revenue: Numbers = 0.0
        self.packages_by_product: list[tuple[Any, Numbers]] = []
        for place, run in enumerate(self.runs):
            made = run.made_wafers
            abroad = market.export_wafers if place == 0 and self.exports else 0.0
            at_home, exported = allocate(made, [market.ordered(run.line.name), abroad])
            market.note_made(run.line.name, at_home)
            self._sell_at_home(run, ratio(at_home, made, empty=1.0))
            if place == 0 and self.exports:
                self._sell_abroad(exported)
        self.revenue = self.revenue * self.networking
        market.note_sales(self.name, self.home_sales)

    def _sell_at_home(self, run: Run, share: Numbers) -> None:
        """Book the home part of a line, by die source."""
        market = self.model.markets[self.side]
        for part, wafers, grade in (
            (run.banked, run.banked_fill * run.banked_wafers, 1.0),
            (run.fresh, run.fresh_fill * run.fresh_wafers, run.grade),
        ):
            started = wafers * part.per_wafer * share
            packages = started * self.package_yield
            rate = part.low_throughput + grade * (1.0 - part.low_throughput)
            batch = Batch(
                packages, packages * part.h100e * rate, packages * part.h100e_bf16 * rate, packages * part.power_gw
            )
            cost = packages * part.price_usd * self.quoted / 1e9
            self.finished = self.finished + packages
            self.lost = self.lost + started - packages
            self.revenue = self.revenue + cost
            self.home_sales.append(batch)
            market.deliver(run.line.name, batch, cost)
            self.packages_by_product += [(product, packages * portion) for product, portion in part.parts]

    def _sell_abroad(self, wafers: Numbers) -> None:
        """Book exports of the compliant grade to the other side."""
        offer = self.model.markets[self.side].export
        started = wafers * offer.product.per_wafer
        packages = started * self.package_yield
        product = offer.product
        batch = Batch(packages, packages * product.h100e, packages * product.h100e_bf16, packages * product.power_gw)
        cost = packages * product.price_usd * offer.quoted / 1e9
        self.finished = self.finished + packages
        self.lost = self.lost + started - packages
        self.revenue = self.revenue + cost
        self.model.markets[self.side].exported = batch
        self.model.markets[self.side].export_cost = cost * (1.0 + offer.fee)

    def markup(self) -> Numbers:
        """Bounded scarcity mark-up on last year's state: up to `market.scarcity_markup` when orders were twice the slots."""
        over = self.model.packaging[self.side].busy - 1.0
        value: Numbers = 1.0 + self.scarcity_markup * np.clip(over, 0.0, 1.0)
        return value
