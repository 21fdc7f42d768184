"""Cloud firms: budgets, orders, power, deployment, and the largest cluster each builds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.fleet import Batch, Fleet
from ..model.numbers import Numbers, add_up, positive, ratio, smallest, which_smallest
from ..model.politics import chance
from ..model.site import Cluster, build_cluster, cluster_chips
from .actor import Actor

COHORT_YEARS = 3


class CloudFirm(Actor):
    """A buyer of accelerators of one side."""

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"buyers.{name}"
        scenario = model.inputs.scenario
        self.capex_series = self.series(f"{at}.capex", "billion_USD/year")
        self.capex_dated_to = int(scenario.central(f"{at}.capex_dated_to", "year"))
        self.capex_growth = self.number(f"{at}.capex_growth", "1")
        self.ai_share = self.number(f"{at}.ai_share", "1")
        self.accelerator_share = self.number(f"{at}.accelerator_share", "1")
        self.bust_rate = self.number(f"{at}.bust_rate", "1/year")
        self.bust_depth = self.number(f"{at}.bust_depth", "1")
        self.overbuy = self.number("market.power_overbuy", "1")
        self.install_lag = self.number("market.install_lag", "year")
        self.plan_growth = self.number(f"{at}.power_plan_growth", "1")
        self.imports = bool(self.label(f"{at}.imports", False))
        life, failures = self.number("fleet.life", "year"), self.number("fleet.failure_rate", "1")
        self.fleet = Fleet(self._initial(at), float(scenario.central("fleet.initial_age", "year")), life, failures)
        self.inventory = Batch()
        self.capex: Numbers = 0.0
        self.level: Numbers = 1.0
        self.budget: Numbers = 0.0
        self._site(at)

    def _initial(self, at: str) -> Batch:
        """Accelerators in service at the start."""
        return Batch(
            packages=self.number(f"{at}.initial_packages", "package"),
            h100e=self.number(f"{at}.initial_h100e", "H100e"),
            h100e_bf16=self.number(f"{at}.initial_h100e_bf16", "H100e"),
            power_gw=self.number(f"{at}.initial_power", "GW"),
        )

    def _site(self, at: str) -> None:
        """Numbers of the largest site."""
        self.site_series = self.series(f"{at}.site_power", "GW")
        self.site_dated_to = int(self.model.inputs.scenario.central(f"{at}.site_dated_to", "year"))
        self.site_growth = self.number(f"{at}.site_growth", "1")
        self.site_overhead = self.number(f"{at}.site_overhead", "1")
        self.site_share = self.number(f"{at}.site_share", "1")
        self.fabric_limit = self.number(f"{at}.fabric_limit", "package")
        self.mtbf_hours = self.number("hardware.reliability.mtbf_hours", "hour")
        self.minutes_lost = self.number("hardware.reliability.minutes_lost", "minute")
        self.cohorts: list[Numbers] = []
        self.cluster = Cluster()

    def budget_and_order(self) -> None:
        """Set the accelerator budget, order what money and power allow, and order power for later years."""
        self._set_budget()
        market = self.model.markets[self.side]
        grid = self.model.grids[self.side]
        owned = self.fleet.total.power_gw + self.inventory.power_gw - self.fleet.due().power_gw
        self.room = positive(self.overbuy * grid.available - owned)
        self.money_wafers = market.affordable_wafers(self.budget, np.inf)
        self.power_wafers = market.affordable_wafers(np.inf, self.room)
        wanted = np.minimum(self.money_wafers, self.power_wafers)
        market.order(self.name, wanted)
        if self.imports:
            self._order_abroad()
        self._order_power(market, grid)
        seen = {"budget bn USD": self.budget, "power room GW": self.room}
        self.decide("order", seen, f"{float(np.mean(wanted)):.0f} wafers", "the smaller of money and power")

    def _set_budget(self) -> None:
        """Capital spending as guided, then growing, unless the boom breaks."""
        if self.year <= self.capex_dated_to:
            dated = self.capex_series.at(self.year)
        else:
            dated = self.capex_series.at(self.capex_dated_to) * self.capex_growth ** (self.year - self.capex_dated_to)
        if self.rule("capex_bust") and self.year > self.model.history_end:
            busts = np.less(self.draw("capex_bust"), chance(self.bust_rate)) & (self.level >= 1.0)
            recovered = np.minimum(1.0, self.level * np.sqrt(1.0 / (1.0 - self.bust_depth)))
            self.level = np.where(busts, 1.0 - self.bust_depth, recovered)
        self.capex = dated * self.level
        before = self.budget
        self.budget = self.capex * self.accelerator_share
        self.growth = np.clip(ratio(self.budget, before, empty=1.0), 1.0, self.plan_growth)

    def _order_abroad(self) -> None:
        """Order foreign chips with what home supply is not expected to take, as far as trade, licence and power allow.

        Home supply is expected to grow as plans say.
        """
        us = self.model.markets["us"]
        if us.export is None:
            return
        offer = us.export
        growth = self.model.china_government.plan_growth
        expected_home = np.minimum(self.budget, self.last("revenue_busd") * growth)
        packages = offer.product.per_wafer * offer.package_yield
        wafers = smallest(
            [
                ratio((self.budget - expected_home) * offer.window, offer.value_busd),
                ratio(offer.most_packages, packages),
                ratio(self.room, packages * offer.product.power_gw),
            ]
        )
        us.export_wafers = us.export_wafers + wafers

    def _order_power(self, market: Any, grid: Any) -> None:
        """Ask for the power to run what is owned, and what money will buy until the power is connected.

        The budget is expected to go on growing as it did: purchases of the lead time and of this year, each at the
        growth of its middle.
        """
        weights = add_up(offer.weight for offer in market.offers)
        power = ratio(add_up(offer.weight * offer.power_gw for offer in market.offers), weights)
        owned = self.fleet.total.power_gw + self.inventory.power_gw
        bought = self.money_wafers * power * (grid.lead_years + 1.0) * self.growth ** (grid.lead_years / 2)
        grid.aim_at(owned + bought)

    def deploy(self) -> None:
        """Take deliveries, put them into service after the installation lag, retire the old, build the cluster."""
        market = self.model.markets[self.side]
        home, cost = market.delivered_to(self.name)
        bought = home.scaled(1.0 - self.model.diverted_share[self.side]) + self.from_abroad()
        self.bought = bought
        self.paid = cost * (1.0 - self.model.diverted_share[self.side]) + (
            self.model.markets["us"].export_cost if self.imports else 0.0
        )
        self.retired = self.fleet.retire()
        self.installed = self.inventory + bought.scaled(1.0 - self.install_lag)
        self.inventory = bought.scaled(self.install_lag)
        self.fleet.install(self.installed)
        self._note_binding(market)
        self._build_cluster()

    def from_abroad(self) -> Batch:
        """Legal imports and smuggled accelerators of this firm."""
        if not self.imports:
            return Batch()
        total: Batch = self.model.markets["us"].exported + self.model.smuggled
        return total

    def _note_binding(self, market: Any) -> None:
        """Say what bounded installations: supply, capital or power."""
        wanted = np.minimum(self.money_wafers, self.power_wafers)
        supply = np.where(market.filled() < 1.0 - 1e-6, wanted * 0.999, wanted * 1.001)
        self.binding = which_smallest([supply, self.money_wafers, self.power_wafers])

    def _build_cluster(self) -> None:
        """Put pods of this year's products at one site; keep an older cluster where it is better."""
        lead = self.model.lead_firm[self.side]
        made = add_up(packages for _, packages in lead.packages_by_product)
        self.cohorts.append(made)
        mix = [(product, ratio(packages, made)) for product, packages in lead.packages_by_product]
        mix = [(product, share) for product, share in mix if np.any(np.asarray(share) > 0)]
        kw = add_up(share * product.power_gw for product, share in mix) * 1e6 * self.site_overhead
        chips = cluster_chips(
            self._site_power(), kw, add_up(self.cohorts[-COHORT_YEARS:]), self.site_share, self.fabric_limit
        )
        chips = np.minimum(chips, ratio(self.model.grids[self.side].available * 1e6, kw))
        built = build_cluster(
            self.model.machines,
            mix,
            chips,
            kw,
            software=lead.software,
            mtbf_hours=self.mtbf_hours,
            minutes_lost=self.minutes_lost,
        )
        self.cluster = built.or_better(self.cluster)

    def _site_power(self) -> Numbers:
        """IT power of the largest site at the end of the year."""
        if self.year <= self.site_dated_to:
            return self.site_series.at(self.year)
        return self.site_series.at(self.site_dated_to) * self.site_growth ** (self.year - self.site_dated_to)
