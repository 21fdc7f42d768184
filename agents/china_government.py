"""The Chinese government: accepts or refuses foreign chips, retaliates, subsidises, finds power."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.controls import DEMAND_ACTIONS, FOLLOWED, SUPPLY_ACTIONS, Item
from ..model.numbers import Numbers, add_up, ratio
from ..model.politics import acceptance, chance
from .governments import Government


class ChinaGovernment(Government):
    """Accepts or refuses foreign chips, retaliates, subsidises what is controlled."""

    RULES = (
        "observe_and_decide",
        "_retaliate",
        "_accept",
        "_withhold_minerals",
        "_push_energy",
        "bought_ahead",
    )
    LABEL = "Chinese government"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.acceptance_weights = (
            self.number("policy.china.acceptance.base", "1"),
            self.number("policy.china.acceptance.performance", "1"),
            self.number("policy.china.acceptance.cover", "1"),
            self.number("policy.china.acceptance.retaliation", "1"),
        )
        self.plan_growth = self.number("policy.china.plan_growth", "1")
        self.announced_cover = self.series("policy.china.announced_cover", "1")
        self.retaliate_rate = self.number("policy.china.retaliate_rate", "1/year")
        self.relent_rate = self.number("policy.china.relent_rate", "1/year")
        self.start_retaliating = self.number("policy.china.start_retaliating", "1")
        self.elasticity = self.number("policy.china.output_elasticity", "1")
        self.energy_threshold = self.number("policy.china.energy_threshold", "1")
        self.energy_response = self.number("policy.china.energy_response", "1")
        self.stockpile_reaction = self.number("policy.china.stockpile_reaction", "1")
        self.mineral_effect = self.number("policy.china.mineral_effect", "1")
        self.withheld_minerals: Numbers = 0.0
        self.energy_push: Numbers = 0.0
        self.retaliating: Numbers = 0.0
        self.accepts: Numbers = 1.0
        self.felt: Numbers = 0.0
        self.subsidy_elasticity: Numbers = 0.0

    def observe_and_decide(self) -> None:
        """Answer US shocks, settle how much foreign silicon to accept, what to subsidise, how much power to find."""
        self.log_history("china")
        self._feel()
        if self.reacting("retaliation"):
            self._retaliate()
        if self.reacting("acceptance"):
            self._accept()
        self._withhold_minerals()
        self.subsidy_elasticity = self.elasticity if self.rule("subsidy") else 0.0
        self.energy_push = self._push_energy() if self.reacting("energy_target") else 0.0

    def _withhold_minerals(self) -> None:
        """Hold back gallium, germanium and rare earths while it retaliates: foreign plants lose a part of their output."""
        acts = self.reacting("counter_measures")
        self.withheld_minerals = self.mineral_effect * self.retaliating if acts else 0.0
        if acts and np.any(self.retaliating > 0):
            seen = {"retaliating": self.retaliating}
            self.decide("counter_measures", seen, f"-{float(np.mean(self.withheld_minerals)):.2%} output", "minerals")

    def _push_energy(self) -> Numbers:
        """Raise AI's share of new capacity as its power runs short: nothing at the threshold, all at full use."""
        use = self.last("power_utilisation")
        tightness = np.clip((use - self.energy_threshold) / (1.0 - self.energy_threshold), 0.0, 1.0)
        self.decide("energy_target", {"utilisation": use}, f"+{float(np.mean(tightness)):.0%}", "AI power runs short")
        return self.energy_response * tightness

    def _feel(self) -> None:
        """Felt stringency: the mean of this year's controls on the inputs of chip making."""
        us = self.model.us_government.stringency
        self.felt = add_up(us[item] for item in FOLLOWED) / len(FOLLOWED)

    def _retaliate(self) -> None:
        """Start to retaliate at a hazard after a US step, stop at another."""
        u = self.draw("retaliation")
        if self.year == self.rules_from:
            self.retaliating = np.where(np.less(u, self.start_retaliating), 1.0, 0.0)
            return
        starts = (
            (self.retaliating == 0) & (self.model.us_government.shock > 0) & np.less(u, chance(self.retaliate_rate))
        )
        stops = (self.retaliating > 0) & np.less(u, chance(self.relent_rate))
        self.retaliating = np.where(starts, 1.0, np.where(stops, 0.0, self.retaliating))
        if np.any(starts | stops):
            self.decide("retaliation", {"US shock": self.model.us_government.shock}, "switch", "answer to US steps")

    def _accept(self) -> None:
        """Weigh the foreign chip's lead against home supply already announced, and anger."""
        foreign = self.best_foreign_tpp()
        home = np.fmax(self.last("chip_tpp"), 1.0)
        growing = ratio(self.last("revenue_busd") * self.plan_growth**2, self.last("accelerator_budget_busd"))
        cover = np.minimum(1.0, np.maximum(self.announced_cover.at(self.year), growing))
        self.accepts = acceptance(foreign / home, cover, self.retaliating, self.acceptance_weights)
        seen = {"TPP ratio": foreign / home, "announced cover": cover, "retaliating": self.retaliating}
        self.decide("acceptance", seen, f"accept {float(np.mean(self.accepts)):.2f}", "lead, cover and anger")

    def best_foreign_tpp(self) -> float:
        """TPP of the best accelerator that dated actions let China buy for a part of the year; 0 if none."""
        on_sale = self.model.lead_firm["us"].on_sale
        tpps = (product.chip.tpp or 0.0 for product in on_sale if self.model.dated_window(product) > 0)
        return max(tpps, default=0.0)

    def bought_ahead(self, item: str) -> Numbers:
        """Share of the remaining need that firms buy ahead of a US control on an item announced this year."""
        us = self.model.us_government
        coming = self.rule("stockpiling") and us.schedule(Item(item), SUPPLY_ACTIONS).announced(self.year)
        return self.stockpile_reaction if coming else 0.0

    def refuses(self, item: Item) -> Numbers:
        """Share of an accelerator's permitted supply that China refuses this year."""
        if self.reacting("acceptance"):
            return 1.0 - self.accepts
        return self.schedule(item, DEMAND_ACTIONS).mean_stringency(self.year)
