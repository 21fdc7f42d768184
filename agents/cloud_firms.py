"""Cloud firms: budgets, orders, power, deployment, and the site where each builds its largest cluster."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.choice import foreign_taste
from ..model.conversions import KW_PER_GW
from ..model.fleet import Batch, Fleet
from ..model.numbers import Numbers, add_up, positive, ratio, smallest
from ..model.site import Site
from .actor import Actor
from .chip_firms import DEMAND

ABROAD = "abroad"
"""Name of the foreign grade among the lines of a buyer."""


class CloudFirm(Actor):
    """A buyer of accelerators: a cloud firm, a laboratory, a state."""

    RULES = (
        "set_budget",
        "order_abroad",
        "ask_power",
        "order",
        "deploy",
    )
    TABLE = "buyers"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"buyers.{name}"
        scenario = model.inputs.scenario
        self.capex_series = self.series(f"{at}.capex", "billion_USD/year")
        self.capex_dated_to = int(self.capex_series.dates[-1]) if self.capex_series.dates else model.year
        self.ai_share = self.number(f"{at}.ai_share", "1")
        self.accelerator_share = self.number(f"{at}.accelerator_share", "1")
        self.plan_growth = self.number(f"capital.{side}.power_plan_growth", "1")
        self.tastes = {line: self.number(f"{at}.tastes.{line}", "1") for line in scenario.entities(f"{at}.tastes")}
        self.imports = bool(self.label(f"{at}.imports", False))
        self.us_owned = self.optional(f"{at}.us_owned", "1", 1.0 if side == "us" else 0.0)
        self.install_lag = self.number("market.install_lag", "year")
        if self.imports:
            shift = self.optional(f"{at}.foreign_taste_shift", "1", 0.0)
            self.taste_base = self.number("market.foreign_taste", "1") + shift
            self.taste_slope = self.number("market.foreign_taste_slope", "1")
        age = float(scenario.central("fleet.initial_age", "year"))
        self.fleet = Fleet(self._initial(), age, model.ageing)
        self.inventory = Batch()
        self.smuggled = Batch()
        self.budget: Numbers = 0.0
        self.capex: Numbers = 0.0
        self._read_site(at)

    def _initial(self) -> Batch:
        """Accelerators in service at the start: the firm's part of the side's."""
        at = f"initial.{self.side}"
        whole = Batch.of(
            packages=self.number(f"{at}.packages", "package"),
            h100e=self.number(f"{at}.h100e", "H100e"),
            h100e_bf16=self.number(f"{at}.h100e_bf16", "H100e"),
            power_gw=self.number(f"{at}.power", "GW"),
        )
        weight = self.optional(f"buyers.{self.name}.initial_weight", "1", 0.0)
        return whole.scaled(ratio(weight, self.model.initial_weights[self.side]))

    def _read_site(self, at: str) -> None:
        """Numbers of the firm's largest site."""
        shared = f"sites.{self.side}"
        self.site_series = self.series(f"{at}.site_power", "GW")
        self.site_dated_to = int(self.site_series.dates[-1]) if self.site_series.dates else self.model.year
        self.site_growth = self.number(f"{shared}.growth", "1")
        self.site_overhead = self.number(f"{shared}.overhead", "1")
        self.own_share = self.number(f"{shared}.own_share", "1")
        self.fabric_limit = self.number(f"{shared}.fabric_limit", "package")
        self.site_years = int(self.model.inputs.scenario.central("market.site_years", "year"))
        self.cohorts: dict[str, list[Numbers]] = {}
        self.sites: dict[str, Site] = {}

    def set_budget(self) -> None:
        """Set the accelerator budget as financed, and say how much of it would go to foreign accelerators."""
        investors = self.model.investors[self.side]
        before = self.budget
        self.capex = self.capex_series.at(min(self.year, self.capex_dated_to)) * investors.level
        self.budget = self.capex * self.accelerator_share
        self.growth = np.clip(ratio(self.budget, before, empty=1.0), 1.0, self.plan_growth)
        if self.imports:
            self._look_abroad()

    def _look_abroad(self) -> None:
        """Ask for foreign chips: what the firm would rather buy abroad, or at least what home supply cannot cover.

        Home supply is expected to grow as plans say. Trade must be open on both sides.
        """
        market = self.model.markets["us"]
        offer = market.export
        if offer is None:
            return
        taste = foreign_taste(ratio(offer.grade.h100e, self._best_home_h100e()), self.taste_base, self.taste_slope)
        wish = self.budget * np.maximum(taste, 1.0 - self._expected_home_cover()) * offer.window
        market.abroad.ask(self.name, ratio(wish, offer.value_busd))

    def _best_home_h100e(self) -> Numbers:
        """Compute of the best chip that the side's firms made last year (their first product before that)."""
        known = self.last("chip_fp8_tflops") / self.model.machines.coefficients.reference.h100_eight_bit_tops
        first: Numbers = self.model.lead_firm[self.side].lines[0].products[0].h100e
        return np.where(np.greater(np.nan_to_num(known), 0.0), known, first)

    def _expected_home_cover(self) -> Numbers:
        """Share of the side's budgets of this year that home chips are expected to cover.

        Last year's sales, growing as planned; or, where nothing but demand held them back, all that this year's
        slots can hold.
        """
        offers, firms = self.model.markets[self.side].offers, self.model.firms[self.side]
        grown = self.last("revenue_busd") * self.model.china_government.plan_growth
        per_slot = add_up(line.weight * offers[line.name].value_busd for firm in firms for line in firm.lines)
        everything = self.model.packaging[self.side].slots() * per_slot
        held_back = np.equal(self.last("binding_input"), DEMAND)
        expected = np.where(held_back, np.maximum(grown, everything), grown)
        return np.minimum(1.0, ratio(expected, self._budget_of_side(), empty=1.0))

    def _budget_of_side(self) -> Numbers:
        """What the side's buyers have budgeted for accelerators this year."""
        return add_up(buyer.budget for buyer in self.model.buyers[self.side])

    def order_abroad(self) -> None:
        """Order the foreign chips that licences let the firm have."""
        if self.imports:
            market = self.model.markets["us"]
            market.order_abroad(self.name, market.abroad.granted(self.name))

    def ask_power(self) -> None:
        """Settle the basket that the money left buys at home, and ask the grid for the power to run everything."""
        market, grid = self.model.markets[self.side], self.model.grids[self.side]
        foreign_cost: Numbers = 0.0
        self.foreign_gw: Numbers = 0.0
        if self.imports and (offer := self.model.markets["us"].export) is not None:
            comes = self.model.markets["us"].export_orders[self.name] * self.model.markets["us"].confirmed
            foreign_cost, self.foreign_gw = comes * offer.value_busd, comes * offer.power_gw
        self.wafers = market.wafers(positive(self.budget - foreign_cost), market.basket(self.tastes))
        self.home_gw = market.power_of(self.wafers)
        wanted = self.home_gw + self.foreign_gw
        owned = self.fleet.total.power_gw + self.inventory.power_gw
        grid.occupy(owned - self.fleet.due().power_gw)
        grid.room.ask(self.name, wanted)
        bought = wanted * (grid.lead_years + 1.0) * self.growth ** (grid.lead_years / 2)
        grid.aim_at(owned + bought)

    def order(self) -> None:
        """Order at home what money and power allow."""
        granted = self.model.grids[self.side].room.granted(self.name)
        self.powered = np.minimum(1.0, ratio(positive(granted - self.foreign_gw), self.home_gw, empty=1.0))
        wafers = {line: amount * self.powered for line, amount in self.wafers.items()}
        self.model.markets[self.side].order(self.name, wafers)
        seen = {"budget bn USD": self.budget, "share with power": self.powered}
        self.decide("order", seen, f"{float(np.mean(self.home_gw)):.2f} GW wanted", "the smaller of money and power")

    def deploy(self) -> None:
        """Take deliveries, put them into service after the installation lag, retire the old."""
        diverted = self.model.diverted_share[self.side]
        home, cost = self.model.markets[self.side].delivered_to(self.name)
        self.home_bought = home.scaled(1.0 - diverted)
        self.bought, self.paid = self.home_bought, cost * (1.0 - diverted)
        if self.imports:
            legal, price = self.model.markets["us"].exported_to(self.name)
            self.legal = legal
            self.bought, self.paid = self.bought + legal, self.paid + price
        if self.side == self.model.smugglers.side:
            self.smuggled = self._smuggled()
            self.bought = self.bought + self.smuggled
        self.retired = self.fleet.retire()
        self.installed = self.inventory + self.bought.scaled(1.0 - self.install_lag)
        self.inventory = self.bought.scaled(self.install_lag)
        self.fleet.install(self.installed)
        self._fill_sites(diverted)

    def _smuggled(self) -> Batch:
        """Give the firm's part of what was smuggled to its side: that of its budget."""
        alike = 1.0 / len(self.model.buyers[self.side])
        goods: Batch = self.model.smugglers.goods
        return goods.scaled(ratio(self.budget, self._budget_of_side(), empty=alike))

    def _fill_sites(self, diverted: Numbers) -> None:
        """Say what the largest site could be of each line bought: a cluster is built of pods of one kind.

        Smuggled accelerators come in small lots and go elsewhere.
        """
        market = self.model.markets[self.side]
        power = np.minimum(self._site_power(), self.model.grids[self.side].available)
        self.sites = {}
        for line, batch in market.lines_delivered().items():
            if line in self.tastes:
                self._fill_site(line, batch, market.share_of(self.name, line) * (1.0 - diverted), power)
        if self.imports and self.model.markets["us"].export is not None:
            self._fill_site(ABROAD, self.legal, 1.0, power)

    def _fill_site(self, line: str, batch: Batch, share: Numbers, power: Numbers) -> None:
        """Put accelerators of one line, of this year's kind, at the largest site.

        Bounded by the site's power, by a share of what the firm bought of them in some years, and by the fabric.
        """
        bought = self.cohorts.setdefault(line, [])
        bought.append(batch.packages * share)
        kw = batch.gw_each * KW_PER_GW * self.site_overhead
        chips = smallest(
            [ratio(power * KW_PER_GW, kw), self.own_share * add_up(bought[-self.site_years :]), self.fabric_limit]
        )
        self.sites[line] = Site(chips, chips * batch.h100e_each, kw)

    def _site_power(self) -> Numbers:
        """IT power of the largest site at the end of the year."""
        beyond = max(0, self.year - self.site_dated_to)
        return self.site_series.at(min(self.year, self.site_dated_to)) * self.site_growth**beyond

    def products(self, line: str) -> list[tuple[Any, Numbers]]:
        """Accelerators of a line delivered this year by product: what a site of that line holds."""
        if line == ABROAD:
            parts = self.model.markets["us"].export.grade.parts
            return [(product, self.legal.packages * share) for product, share in parts]
        sold: list[tuple[Any, Numbers]] = self.model.markets[self.side].products_of(line)
        return sold
