"""Chip firms: offer, ask for scarce inputs, make what the scarcest allows, sell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.allocate import allocate
from ..model.conversions import USD_PER_BUSD
from ..model.fleet import Batch
from ..model.market import Offer, Sold
from ..model.numbers import Numbers, add_up, positive, ratio
from ..model.plan import MemoryNeeds, Run
from ..model.products import Product, ProductLine, blend, read_product
from ..model.software import SoftwareStack
from ..model.stock import Stock, runout_date
from .actor import Actor
from .export_grades import export_offer

DIES, HBM, PACKAGING, DEMAND = 0.0, 1.0, 2.0, 3.0
SHORT_BY, JUST_ABOUT = 1e-6, 1e-9
"""Relative and absolute shortfall from which an input counts as short: less is rounding."""
YIELD_YEAR = 2025
"""Year in which the yield of packages is the one of the facts."""
EARLIEST_QUARTER = 0.25
"""A product that starts within the last quarter before a date has no volume by then."""


def falls_short(got: Numbers, asked: Numbers) -> NDArray[np.bool_]:
    """Whether less came than was asked for, by more than rounding.

    >>> bool(falls_short(0.99, 1.0)), bool(falls_short(1.0 - 1e-9, 1.0)), bool(falls_short(0.0, 0.0))
    (True, False, False)
    """
    return np.asarray(got < asked * (1.0 - SHORT_BY) - JUST_ABOUT)


class ChipFirm(Actor):
    """A designer of accelerators; which lines it has, and for whom, is data."""

    RULES = (
        "learn",
        "offer",
        "ask_packaging",
        "confirm_exports",
        "plan_dies",
        "ask_dies",
        "order_dies_abroad",
        "ask_hbm",
        "make",
        "sell",
    )
    TABLE = "firms"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"firms.{name}"
        self.process("roadmap_slips")
        self.lines = [self._read_line(line) for line in self.label(f"{at}.lines", [])]
        self.leads = bool(self.label(f"{at}.leads", False))
        self.hbm_weight = self.weight("firms", name, "hbm_weight")
        self.die_weight = self.weight("firms", name, "die_weight")
        self.first_yield = self.number(f"packaging.{side}.package_yield", "1")
        self.yield_cap = self.number(f"packaging.{side}.yield_cap", "1")
        self.yield_gain = self.number(f"packaging.{side}.yield_gain", "1/year")
        self.scrapped = self.number(f"packaging.{side}.hbm_scrapped", "1")
        self.bank_receipts = self.series(f"{at}.die_receipts", "die/year")
        self.pile_years = self.number("market.die_pile", "year")
        self.networking = self.number(f"{at}.revenue_extra", "1")
        self.scarcity_markup = self.number("market.scarcity_markup", "1")
        self.imports_dies_from = int(model.inputs.scenario.central("market.foreign_dies_free_from", "year"))
        self.bank = Stock(0.0)
        self.pile = Stock(0.0)
        self.bank_runout: Numbers = np.nan
        self.stack = self._read_software()
        exports = [read_product(model.inputs, model.machines, chip) for chip in self.label(f"{at}.exports", [])]
        self.exports = sorted(exports, key=lambda product: product.expected_start)
        self.runs: list[Run] = []
        self.sold_at_home: dict[str, Numbers] = {}
        self.sold_abroad: dict[str, Numbers] = {}
        self.binding: Numbers = DEMAND

    def weight(self, table: str, name: str, key: str) -> Numbers:
        """Share of a scarce thing: the firm's own number, or its part of what another leaves (label `rest_of`)."""
        other = self.label(f"{table}.{name}.rest_of", "")
        if not other:
            return self.number(f"{table}.{name}.{key}", "1")
        return (1.0 - self.number(f"{table}.{other}.{key}", "1")) * self.number(f"{table}.{name}.rest_share", "1")

    def _read_software(self) -> SoftwareStack:
        """Read the software stack of the side: all its firms share it."""
        at = f"software.{self.side}"
        return SoftwareStack(
            start=self.number(f"{at}_start", "1"),
            ceiling=self.number(f"{at}_ceiling", "1"),
            learning=self.number("software.learning", "1"),
            base_h100e=self.number("software.reference_base", "H100e"),
        )

    def learn(self) -> None:
        """Count last year's home-made accelerators among all that have run the side's own software stack."""
        self.stack.learn(self.last("h100e_produced"))

    @property
    def software(self) -> Numbers:
        """Share of what the hardware allows that the side's software reaches; without the rule it learns nothing."""
        return self.stack.efficiency if self.process("ecosystem") else self.stack.start

    def h100e_before(self, date: float) -> Numbers:
        """Compute of the year's sales in products that were in volume before a date."""
        at_home = add_up(
            np.where(np.less(product.ramp_start, date - EARLIEST_QUARTER), packages * product.h100e, 0.0)
            for product, packages in self.packages_by_product
        )
        return at_home + (self.model.markets[self.side].exported.h100e if self.exports else 0.0)

    def _read_line(self, line: str) -> ProductLine:
        at = f"product_lines.{line}"
        model = self.model
        products = [read_product(model.inputs, model.machines, chip) for chip in self.label(f"{at}.generations")]
        return ProductLine(
            line, self.weight("product_lines", line, "weight"), products, self.number(f"{at}.ramp_years", "year")
        )

    @property
    def package_yield(self) -> Numbers:
        """Share of started packages that work: better each year, up to a cap."""
        return np.minimum(self.first_yield + self.yield_gain * (self.year - YIELD_YEAR), self.yield_cap)

    def offer(self) -> None:
        """Tell buyers what a packaging wafer of each line costs and draws, and which export grades there are."""
        self.home_runs = [Run(line.name, line.blends(self.year)) for line in self.lines]
        self.quoted = self.markup()
        market = self.model.markets[self.side]
        for line, run in zip(self.lines, self.home_runs, strict=True):
            packages = run.all.per_wafer * self.package_yield
            ready = np.minimum(1.0, run.all.wafer_share)
            value = packages * run.all.price_usd * self.quoted / USD_PER_BUSD
            market.post(Offer(line.name, ready, value, packages * run.all.power_gw))
        self.runs = self.home_runs
        if self.exports:
            market.export = export_offer(self)
            grade = market.export.grade
            self.runs = [*self.home_runs, Run(self.lines[0].name, (grade, blend([], []), grade), abroad=True)]

    @property
    def on_sale(self) -> list[Product]:
        """Accelerators that could be exported this year, were it allowed."""
        return [p for p in self.exports if p.expected_start < self.year + 1] or self.exports[:1]

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

    def confirm_exports(self) -> None:
        """Tell buyers abroad which share of their orders there are slots for."""
        if self.exports:
            market = self.model.markets[self.side]
            market.confirmed = np.minimum(1.0, ratio(self._granted(self.runs[-1]), market.export_wafers, empty=1.0))

    def _granted(self, run: Run) -> Numbers:
        """Packaging wafers of a run: of the exporting line, home and foreign orders each get their part, pro rata."""
        granted: Numbers = self.model.packaging[self.side].counter.granted(run.name)
        if not self.exports or run.name != self.lines[0].name:
            return granted
        market = self.model.markets[self.side]
        at_home, abroad = allocate(granted, [market.ordered(run.name), market.export_wafers])
        return abroad if run.abroad else at_home

    def plan_dies(self) -> None:
        """Receive banked dies of the record, and say how many home dies the plan needs.

        A firm that makes anything wants a reserve besides.
        """
        self.bank.open_year()
        self.bank.receive(self.bank_receipts.at(self.year))
        wanted: Numbers = 0.0
        for run in self.runs:
            run.plan(self._granted(run), np.inf, np.inf)
            banked, fresh = run.dies_wanted
            wanted = wanted + fresh + np.maximum(banked - self.bank.usable, banked * run.banked.home_first)
        output = add_up(fab.good_dies for fab in self.model.fabs[self.side] if fab.serves(self))
        self.dies_needed = wanted
        reserve = np.where(np.greater(wanted, 0.0), self.pile_years * output * self.die_weight, 0.0)
        self.dies_wanted = positive(wanted + reserve - self.pile.level)
        self.dies_got: dict[str, Numbers] = {}
        self.dies_abroad: dict[str, Numbers] = {}

    def ask_dies(self, fab: Any) -> None:
        """Ask one fab for what the fabs before it did not give."""
        if fab.serves(self) and not fab.foreign:
            left = positive(self.dies_wanted - add_up(self.dies_got.values()))
            fab.counter.ask(self.name, left, self.die_weight)

    def take_dies(self, fab: Any) -> None:
        """Take away what a fab granted."""
        if fab.serves(self) and not fab.foreign:
            self.dies_got[fab.name] = fab.counter.granted(self.name)

    def order_dies_abroad(self, foundry: Any) -> None:
        """Order from a foreign foundry what home fabs do not give, as far as controls let it deliver.

        Until the record ends, foreign dies arrive as recorded and orders stand for them.
        """
        if not foundry.serves(self):
            return
        wanted = self.bank_receipts.at(self.year)
        if self.year >= self.imports_dies_from:
            short = positive(self.dies_needed - self.pile.level - add_up(self.dies_got.values()))
            wanted = short * (1.0 - self.model.us_government.closed_foundry(self.name))
        foundry.counter.ask(self.name, positive(wanted - add_up(self.dies_abroad.values())), self.die_weight)

    def take_dies_from_abroad(self, foundry: Any) -> None:
        """Put what the foreign foundry granted into the bank."""
        if foundry.serves(self):
            granted = foundry.counter.granted(self.name)
            self.dies_abroad[foundry.name] = granted
            if self.year >= self.imports_dies_from:
                self.bank.receive(granted)

    def ask_hbm(self) -> None:
        """Plan with the dies there are and ask for the memory of that plan."""
        self.pile.open_year()
        self.pile.receive(add_up(self.dies_got.values()))
        self.limited_by_dies = np.zeros(1, dtype=bool)
        wanted = [add_up(run.dies_wanted) for run in self.runs]
        home_share = allocate(self.pile.usable, wanted)
        for run, home in zip(self.runs, home_share, strict=True):
            slots = self._granted(run)
            run.plan(slots, self.bank.usable, home)
            made = run.banked_wafers + run.fresh_wafers
            self.limited_by_dies = self.limited_by_dies | falls_short(made, slots)
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
        needs = MemoryNeeds.of(self.runs, self.hbm_plan, low_grades=self.rule("mix_to_low_memory"))
        fill = needs.fill(granted)
        for run in self.runs:
            run.fill(fill)
        self.hbm_used = np.minimum(granted, needs.taken(fill))
        depot.take(self.hbm_used)
        self._make_own_memory()
        self._use_dies()
        self._note_binding(falls_short(granted, needs.all))

    def _make_own_memory(self) -> None:
        """Have the firm's own memory line make what does not come from the side's supply."""
        maker = self.model.own_memory.get(self.name)
        self.own_memory: Numbers = 0.0
        if maker is not None:
            self.own_memory = add_up(run.own_memory(self.package_yield, self.scrapped) for run in self.runs)
            maker.make(self.own_memory)

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
        short_of_slots = falls_short(got, asked)
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
        self.packages_by_product: list[Sold] = []
        for run in self.runs:
            if run.abroad:
                self._sell_abroad(run.made_wafers)
            else:
                market.note_made(run.name, run.made_wafers)
                self._sell_at_home(run)
        self.revenue = self.revenue * self.networking

    def _sell_at_home(self, run: Run) -> None:
        """Book a line's packages, by die source."""
        market = self.model.markets[self.side]
        for part, wafers, grade in (
            (run.banked, run.banked_fill * run.banked_wafers, 1.0),
            (run.fresh, run.fresh_fill * run.fresh_wafers, run.grade),
        ):
            if not part.parts:
                continue
            rate = part.low_throughput + grade * (1.0 - part.low_throughput)
            packages, cost = self._finish(wafers, part.per_wafer, part.price_usd * self.quoted)
            batch = Batch.of(
                packages=packages,
                h100e=packages * part.h100e * rate,
                h100e_bf16=packages * part.h100e_bf16 * rate,
                power_gw=packages * part.power_gw,
            )
            self.home_sales.append(batch)
            sold = [(product, packages * portion) for product, portion in part.parts]
            market.deliver(run.name, batch, cost, sold)
            self.packages_by_product += sold
            for product, amount in sold:
                self.sold_at_home[product.chip.id] = self.sold_at_home.get(product.chip.id, 0.0) + amount

    def _sell_abroad(self, wafers: Numbers) -> None:
        """Book exports of the compliant grade to the other side."""
        offer = self.model.markets[self.side].export
        grade = offer.grade
        packages, cost = self._finish(wafers, grade.per_wafer, grade.price_usd * offer.quoted)
        for product, share in grade.parts:
            sold = self.sold_abroad.get(product.chip.id, 0.0)
            self.sold_abroad[product.chip.id] = sold + packages * share
        self.model.markets[self.side].exported = Batch.of(
            packages=packages,
            h100e=packages * grade.h100e,
            h100e_bf16=packages * grade.h100e_bf16,
            power_gw=packages * grade.power_gw,
        )
        self.model.markets[self.side].export_cost = cost * (1.0 + offer.fee)

    def _finish(self, wafers: Numbers, per_wafer: Numbers, price_usd: Numbers) -> tuple[Numbers, Numbers]:
        """Assemble packages on wafers: some fail; give those that work and what they sell for in billion USD."""
        started = wafers * per_wafer
        packages = started * self.package_yield
        cost = packages * price_usd / USD_PER_BUSD
        self.finished = self.finished + packages
        self.lost = self.lost + started - packages
        self.revenue = self.revenue + cost
        return packages, cost

    def markup(self) -> Numbers:
        """Bounded scarcity mark-up on last year's state: up to `market.scarcity_markup` when orders were twice the slots."""
        over = self.model.packaging[self.side].busy - 1.0
        value: Numbers = 1.0 + self.scarcity_markup * np.clip(over, 0.0, 1.0)
        return value
