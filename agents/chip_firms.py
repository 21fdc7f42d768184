"""Chip firms: offer, ask for scarce inputs, make what the scarcest allows, sell."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.allocate import allocate
from ..model.fleet import Batch
from ..model.market import ExportOffer, Offer, export_item
from ..model.numbers import Numbers, add_up, positive, ratio
from ..model.plan import Run
from ..model.products import ProductLine, blend, read_product
from ..model.stock import Stock, runout_date
from .actor import Actor

DIES, HBM, PACKAGING, DEMAND = 0.0, 1.0, 2.0, 3.0
JUST_ABOUT = 1e-9
EARLIEST_QUARTER = 0.25
"""A product that starts within the last quarter before a date has no volume by then."""


class ChipFirm(Actor):
    """A designer of accelerators; which lines it has, and for whom, is data."""

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"firms.{name}"
        self.lines = [self._read_line(line) for line in self.label(f"{at}.lines", [])]
        self.leads = bool(self.label(f"{at}.leads", False))
        self.hbm_weight = self.weight("firms", name, "hbm_weight")
        self.die_weight = self.weight("firms", name, "die_weight")
        self.yield_2025 = self.number(f"packaging.{side}.package_yield", "1")
        self.yield_cap = self.number(f"packaging.{side}.yield_cap", "1")
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
        self.sold_at_home: dict[str, Numbers] = {}
        self.sold_abroad: dict[str, Numbers] = {}
        self.binding: Numbers = DEMAND

    def weight(self, table: str, name: str, key: str) -> Numbers:
        """Share of a scarce thing: the firm's own number, or what another leaves (label `rest_of`)."""
        other = self.label(f"{table}.{name}.rest_of", "")
        return 1.0 - self.number(f"{table}.{other}.{key}", "1") if other else self.number(f"{table}.{name}.{key}", "1")

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
        return ProductLine(
            line, self.weight("product_lines", line, "weight"), products, self.number(f"{at}.ramp_years", "year")
        )

    @property
    def package_yield(self) -> Numbers:
        """Share of started packages that work, three points better each year."""
        return np.minimum(self.yield_2025 + self.yield_gain * (self.year - 2025), self.yield_cap)

    def offer(self) -> None:
        """Tell buyers what a packaging wafer of each line costs and draws, and which export grades there are."""
        self.home_runs = [Run(line.name, line.blends(self.year)) for line in self.lines]
        self.quoted = self.markup()
        market = self.model.markets[self.side]
        for line, run in zip(self.lines, self.home_runs, strict=True):
            packages = run.all.per_wafer * self.package_yield
            ready = np.minimum(1.0, run.all.wafer_share)
            market.post(
                Offer(
                    line.name,
                    line.weight * ready,
                    packages * run.all.price_usd * self.quoted / 1e9,
                    packages * run.all.power_gw,
                )
            )
        self.runs = self.home_runs
        if self.exports:
            market.export = self._export_offer()
            grade = blend([market.export.product], [1.0])
            self.runs = [*self.home_runs, Run(self.lines[0].name, (grade, blend([], []), grade), abroad=True)]

    def _export_offer(self) -> ExportOffer:
        """Give the grade sold to China this year: the newest of those for which trade is open longest."""
        ready = [p for p in self.exports if p.expected_start < self.year + 1] or self.exports[:1]
        product = max(ready, key=lambda p: (self.model.dated_window(p), p.expected_start))
        cap, fee = self.model.licence_terms(product)
        window = self.model.trade_window(product)
        most: Numbers = np.inf
        if cap is not None:
            home, abroad = (sold.get(product.chip.id, 0.0) for sold in (self.sold_at_home, self.sold_abroad))
            most = positive(cap * home - abroad)
        return ExportOffer(product, export_item(product), window, self.package_yield, most, fee, self.quoted)

    def ask_packaging(self) -> None:
        """Ask for packaging wafers: what home buyers and, for the export line, Chinese buyers ordered.

        A line that still ramps can take no more than its level of all slots.
        """
        house = self.model.packaging[self.side]
        counter = house.counter
        market = self.model.markets[self.side]
        for place, (line, run) in enumerate(zip(self.lines, self.home_runs, strict=True)):
            abroad = market.export_wafers if place == 0 and self.exports else 0.0
            ready = np.minimum(1.0, run.all.wafer_share) * house.slots()
            counter.ask(line.name, np.minimum(market.ordered(line.name) + abroad, ready), line.weight)

    def _granted(self, run: Run) -> Numbers:
        """Packaging wafers of a run: of the exporting line, home and foreign orders each get their part, pro rata."""
        granted: Numbers = self.model.packaging[self.side].counter.granted(run.name)
        if not self.exports or run.name != self.lines[0].name:
            return granted
        market = self.model.markets[self.side]
        at_home, abroad = allocate(granted, [market.ordered(run.name), market.export_wafers])
        return abroad if run.abroad else at_home

    def ask_dies(self) -> None:
        """Receive banked dies of the year and ask the fab for the rest of what the plan needs."""
        self.bank.open_year()
        self.bank.receive(self.bank_receipts.at(self.year))
        wanted: Numbers = 0.0
        for run in self.runs:
            run.plan(self._granted(run), np.inf, np.inf)
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
        wanted = [add_up(run.dies_wanted) for run in self.runs]
        home_share = allocate(self.pile.usable, wanted)
        for run, home in zip(self.runs, home_share, strict=True):
            slots = self._granted(run)
            run.plan(slots, self.bank.usable, home)
            made = run.banked_wafers + run.fresh_wafers
            self.limited_by_dies = self.limited_by_dies | (made < slots * (1.0 - 1e-6) - JUST_ABOUT)
        self.hbm_plan = [run.hbm_wanted(self.package_yield, self.scrapped) for run in self.runs]
        need = add_up(banked + fresh for banked, fresh, _ in self.hbm_plan)
        self.model.hbm[self.side].counter.ask(self.name, need, self.hbm_weight)

    def make(self) -> None:
        """Make what the scarcest input allows.

        Memory goes first to dies from the bank, then to new designs, then to old designs on home dies. While it
        binds, new designs shrink to their lowest memory grade before volume is cut.
        """
        depot = self.model.hbm[self.side]
        granted = depot.counter.granted(self.name)
        fed = add_up(plan[0] * run.bank_fed for run, plan in zip(self.runs, self.hbm_plan, strict=True))
        banked = add_up(plan[0] for plan in self.hbm_plan)
        rest = positive(banked - fed)
        full = add_up(plan[1] for plan in self.hbm_plan)
        low = add_up(plan[2] for plan in self.hbm_plan) if self.rule("mix_to_low_memory") else full
        fed_fill = np.minimum(1.0, ratio(granted, fed, empty=1.0))
        left = positive(granted - fed)
        fresh_fill = np.minimum(1.0, ratio(left, low, empty=1.0))
        left = positive(left - low)
        rest_fill = np.minimum(1.0, ratio(left, rest, empty=1.0))
        grade = np.clip(ratio(left - rest, full - low, empty=1.0), 0.0, 1.0)
        for run in self.runs:
            run.fill(fed_fill, fresh_fill, rest_fill, grade)
        taken = fed_fill * fed + fresh_fill * (low + grade * (full - low)) + rest_fill * rest
        depot.take(np.minimum(granted, taken))
        depot.make_and_take(add_up(run.own_memory(self.package_yield, self.scrapped) for run in self.runs))
        self._use_dies()
        self._note_binding(granted < (banked + full) * (1.0 - 1e-6) - JUST_ABOUT)

    def _use_dies(self) -> None:
        """Draw the bank before home dies, but for designs that take home dies first.

        What the pile then holds beyond the firm's reserve goes to other products.
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
        packaging, market = self.model.packaging[self.side].counter, self.model.markets[self.side]
        asked = add_up(market.ordered(line.name) for line in self.lines) + (
            market.export_wafers if self.exports else 0.0
        )
        got = add_up(packaging.granted(line.name) for line in self.lines)
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
        for run in self.runs:
            if run.abroad:
                self._sell_abroad(run.made_wafers)
            else:
                market.note_made(run.name, run.made_wafers)
                self._sell_at_home(run)
        self.revenue = self.revenue * self.networking
        market.note_sales(self.name, self.home_sales)

    def _sell_at_home(self, run: Run) -> None:
        """Book a line's packages, by die source."""
        market = self.model.markets[self.side]
        for part, wafers, grade in (
            (run.banked, run.banked_fill * run.banked_wafers, 1.0),
            (run.fresh, run.fresh_fill * run.fresh_wafers, run.grade),
        ):
            started = wafers * part.per_wafer
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
            market.deliver(run.name, batch, cost)
            self.packages_by_product += [(product, packages * portion) for product, portion in part.parts]
            for product, portion in part.parts:
                sold = self.sold_at_home.get(product.chip.id, 0.0)
                self.sold_at_home[product.chip.id] = sold + packages * portion

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
        self.sold_abroad[product.chip.id] = self.sold_abroad.get(product.chip.id, 0.0) + packages
        self.model.markets[self.side].exported = batch
        self.model.markets[self.side].export_cost = cost * (1.0 + offer.fee)

    def markup(self) -> Numbers:
        """Bounded scarcity mark-up on last year's state: up to `market.scarcity_markup` when orders were twice the slots."""
        over = self.model.packaging[self.side].busy - 1.0
        value: Numbers = 1.0 + self.scarcity_markup * np.clip(over, 0.0, 1.0)
        return value
