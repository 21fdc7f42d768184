"""The US government: dated controls first, then hazards that depend on politics, on what still flows and on lobbies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.controls import CONTROLLED, FOLLOWED, SUPPLY_ACTIONS, Item
from ..model.numbers import Numbers, positive, ratio
from ..model.politics import chance, lobbied, tightening_hazard, tightening_hazard_by_ratio
from .governments import Government

FLOWS = {
    "accelerators": "h100e_imported",
    "hbm": "hbm_imported_pb",
    "equipment": "tools_imported_busd",
    "foundry": "dies_imported",
}
"""Recorded variable that says how much of a controlled item still reaches China."""
BY_FLOW, BY_RATIO = "flow", "ratio"
"""Forms of the hazard of tightening: what still flows to China, or how close its fleet has come."""


class UsGovernment(Government):
    """Controls exports; tightens in a political state that restricts, loosens in one that transacts."""

    RULES = (
        "observe_and_decide",
        "_switch_politics",
        "_tighten",
        "_loosen",
        "_license",
        "settle_stringencies",
    )
    LABEL = "US government"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.switch_rate = self.number("policy.us.switch_rate", "1/year")
        self.tighten_rate = self.number("policy.us.tighten_rate", "1/year")
        self.transact_tighten_rate = self.number("policy.us.transact_tighten_rate", "1/year")
        self.loosen_rate = self.number("policy.us.loosen_rate", "1/year")
        self.step = self.number("policy.us.step", "1")
        self.start_restrict = self.number("policy.us.start_restrict", "1")
        self.own_share = {item: self.number(f"policy.us.own_share.{item}", "1") for item in FOLLOWED}
        self.flow_scale = {
            "accelerators": self.number("policy.us.flow_scale.accelerators", "H100e/year"),
            "hbm": self.number("policy.us.flow_scale.hbm", "PB/year"),
            "equipment": self.number("policy.us.flow_scale.equipment", "billion_USD/year"),
            "foundry": self.number("policy.us.flow_scale.foundry", "die/year"),
        }
        self.extra: dict[str, Numbers] = dict.fromkeys(CONTROLLED, 0.0)
        self.own: dict[str, Numbers] = {item: self._dated(item, model.year - 1) for item in FOLLOWED}
        self.own_before: dict[str, Numbers] = dict(self.own)
        self.recorded_before: Numbers = 0.0
        self.recorded_equipment: Numbers = 0.0
        self._allied: dict[str, Numbers] = dict.fromkeys(CONTROLLED, 0.0)
        self._allied_recorded: Numbers = 0.0
        self.form = str(self.label("policy.us.form", BY_FLOW))
        self.ratio_scale = self.number("policy.us.ratio_scale", "1")
        self.lobby_weight = self.number("policy.us.lobby_weight", "1")
        self.licence_rate = self.number("policy.us.licence_rate", "1/year")
        self.licence_lag = float(model.inputs.scenario.central("policy.us.licence_lag", "year"))
        self.licence_fee = self.number("policy.us.licence_fee", "1")
        self.licensing: Numbers = 0.0
        self.restricting: Numbers = 0.0
        self.shock: Numbers = 0.0
        self.stringency: dict[str, Numbers] = dict.fromkeys(CONTROLLED, 0.0)

    def observe_and_decide(self) -> None:
        """Switch politics, tighten or loosen each item, and set this year's own level of control."""
        self.shock = 0.0
        self.log_history("us", "allies")
        if self.reacting("controls"):
            self._switch_politics()
            for item in CONTROLLED:
                self._tighten(item)
            self._loosen("accelerators")
        if self.reacting("licences"):
            self._license()
        self._set_own_levels()
        self.put("political_state", self.restricting)

    def _switch_politics(self) -> None:
        """Move between the restricting and the transacting state at a hazard."""
        if self.year == self.rules_from:
            self.restricting = np.where(np.less(self.draw("politics"), self.start_restrict), 1.0, 0.0)
            return
        switches = np.less(self.draw("politics"), chance(self.switch_rate))
        self.restricting = np.where(switches, 1.0 - self.restricting, self.restricting)

    def _tighten(self, item: str) -> None:
        """Take a step towards a full ban with a hazard on what still flows to China."""
        flow = self.last(FLOWS[item], "china")
        rate: Numbers = np.where(self.restricting > 0, self.tighten_rate, self.transact_tighten_rate)
        if self.rule("lobbying"):
            rate = lobbied(rate, self._lost_sales(), self.lobby_weight)
        if self.form == BY_RATIO:
            hazard = tightening_hazard_by_ratio(rate, self._rival_share(), self.ratio_scale)
        else:
            hazard = tightening_hazard(rate, flow, self.flow_scale[item])
        tightens = np.less(self.draw(f"tighten.{item}"), hazard) & np.greater(self._left_open(item), 0.0)
        self.extra[item] = np.where(tightens, self.extra[item] + self.step * (1.0 - self.extra[item]), self.extra[item])
        self.shock = np.where(tightens, 1.0, self.shock)
        if np.any(tightens):
            self.decide("controls", {"remaining flow": flow, "hazard": hazard}, f"tighten {item}", "flow still open")

    def _lost_sales(self) -> Numbers:
        """Money that Chinese buyers had left last year, over the sales of the leading US designer: what lobbies see."""
        unspent = positive(self.last("accelerator_budget_busd", "china") - self.last("spend_busd", "china"))
        return np.minimum(1.0, ratio(unspent, self.last("nvidia_revenue_busd", "us")))

    def _rival_share(self) -> Numbers:
        """China's fleet over the US-led one, last year."""
        return ratio(self.last("fleet_h100e", "china"), self.last("fleet_h100e", "us"))

    def _license(self) -> None:
        """License older generations for a fee in a transacting state, at a hazard; take it back in a restricting one."""
        u = self.draw("licences")
        grants = (self.restricting == 0) & np.less(u, chance(self.licence_rate))
        keeps = (np.asarray(self.licensing) > 0) & (self.restricting == 0)
        before = self.licensing
        self.licensing = np.where(grants | keeps, 1.0, 0.0)
        if np.any(np.not_equal(self.licensing, before)):
            seen = {"political state": self.restricting, "lost sales": self._lost_sales()}
            self.decide("licences", seen, f"licences in {float(np.mean(self.licensing)):.0%}", "volume for a fee")

    def licensable(self, expected_start: float) -> bool:
        """Whether a chip is old enough for the licences that the rule grants."""
        return expected_start <= self.year - self.licence_lag

    def _left_open(self, item: str) -> Numbers:
        """Share of an item that dated controls and earlier steps still leave open."""
        dated = 0.0 if item == "accelerators" else self._dated(item, self.year)
        return (1.0 - dated) * (1.0 - self.extra[item])

    def _loosen(self, item: str) -> None:
        """In a transacting state, give back a step at a hazard."""
        open_to_deals = (self.restricting == 0) & (self.extra[item] > 0)
        loosens = open_to_deals & np.less(self.draw(f"loosen.{item}"), chance(self.loosen_rate))
        self.extra[item] = np.where(loosens, self.extra[item] * (1.0 - self.step), self.extra[item])
        if np.any(loosens):
            self.decide("controls", {"political state": self.restricting}, f"loosen {item}", "deal")

    def _set_own_levels(self) -> None:
        """Dated level, plus rule-made steps in what it leaves open; last year's stays known to the allies."""
        self.own_before = dict(self.own)
        self._allied = dict.fromkeys(CONTROLLED, 0.0)
        self.recorded_before, self._allied_recorded = self._recorded_own(self.year - 1), 0.0
        for item in FOLLOWED:
            dated = self._dated(item, self.year)
            self.own[item] = dated + (1.0 - dated) * self.extra[item]

    def _dated(self, item: str, year: int) -> float:
        """Mean level of the own dated controls on an item in a year."""
        return self.schedule(Item(item), SUPPLY_ACTIONS).mean_stringency(year)

    def _recorded_own(self, year: int) -> float:
        """Level of the own equipment controls in a year of the record, whatever the scenario says."""
        return self.recorded_schedule(self.name).mean_stringency(year)

    def count_ally(self, item: str, part: Numbers, level: Numbers) -> None:
        """Count in an ally's controls on its part of the allied supply."""
        self._allied[item] = self._allied[item] + part * level

    def count_ally_recorded(self, part: Numbers, level: Numbers) -> None:
        """The same for equipment, as the record has it."""
        self._allied_recorded = self._allied_recorded + part * level

    def settle_stringencies(self) -> None:
        """Weigh the own level with what the allies do about their part of the supply."""
        for item in FOLLOWED:
            share = self.own_share[item]
            self.stringency[item] = share * self.own[item] + (1.0 - share) * self._allied[item]
            self.put(f"stringency_{item}", self.stringency[item])
        share = self.own_share["equipment"]
        recorded = self._recorded_own(self.year)
        self.recorded_equipment = share * recorded + (1.0 - share) * self._allied_recorded

    def closed_foundry(self, firm: str) -> Numbers:
        """Share of foreign foundry services closed to a firm: the general control, and the firm's own listing."""
        listed = self.schedule(Item(f"foundry.{firm}"), SUPPLY_ACTIONS).mean_stringency(self.year)
        return 1.0 - (1.0 - self.stringency["foundry"]) * (1.0 - listed)

    def hbm_control_is_coming(self) -> bool:
        """Whether a control on HBM comes into force within the year or on its last day: firms store up before it."""
        controls = self.schedule(Item("hbm"), SUPPLY_ACTIONS)
        return any(self.year < date <= self.year + 1 and controls.stringency(date) > 0.0 for date in controls.dates())

    def leaves_open(self, item: Item) -> Numbers:
        """Share of the year in which an accelerator may be exported to China."""
        dated = self.schedule(item, SUPPLY_ACTIONS).mean_stringency(self.year)
        return (1.0 - dated) * (1.0 - self.extra["accelerators"])

    def licence_terms(self, item: Item) -> tuple[float | None, float]:
        """Cap (share of home volume) and fee (share of price) of the licence in force at mid-year."""
        action = self.schedule(item, SUPPLY_ACTIONS).holding(self.year + 0.5)
        if action is None:
            return None, 0.0
        return action.cap, action.fee or 0.0
