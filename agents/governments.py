"""Governments: the dated history of controls first, then rules that react to what was seen last year."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.controls import DEMAND_ACTIONS, SUPPLY_ACTIONS, Item, Schedule, mean_over_year, sale_window
from ..model.numbers import Numbers, ratio
from ..model.politics import acceptance, chance, tightening_hazard
from .actor import Actor

CONTROLLED = ("accelerators", "hbm", "equipment", "foundry")
FOLLOWED = ("hbm", "equipment", "foundry")
"""Items on which allies hold a part of the supply."""


class Government(Actor):
    """Common ground: schedules of dated actions, and the year from which rules take over."""

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self._schedules: dict[tuple[str, str], Schedule] = {}
        scenario = model.inputs.scenario
        from_year = float(scenario.central("policy.reactions_from", "year"))
        self.rules_from = int(from_year) if scenario.behaviour.history else model.first_year

    def schedule(self, item: Item, kinds: tuple[str, ...], actor: str | None = None) -> Schedule:
        """Give the dated actions of an actor (this government by default) on an item."""
        actor = actor or self.name
        key = (actor, item.name)
        if key not in self._schedules:
            self._schedules[key] = Schedule(self.model.inputs.scenario.timeline, actor, kinds, item)
        return self._schedules[key]

    def recorded_schedule(self, actor: str) -> Schedule:
        """Give an actor's equipment controls as the record has them, also in a scenario that changes them."""
        key = (f"recorded {actor}", "equipment")
        if key not in self._schedules:
            history = self.model.inputs.scenario.history
            self._schedules[key] = Schedule(history, actor, SUPPLY_ACTIONS, Item("equipment"))
        return self._schedules[key]

    def log_history(self, *actors: str) -> None:
        """Write this year's dated actions into the event log, with their sources."""
        events = self.model.events
        for action in self.model.inputs.scenario.timeline if events.on else ():
            if action.actor in actors and int(action.date) == self.year:
                subject = action.title or f"{action.action} on {action.item}"
                observed = {} if action.stringency is None else {f"stringency on {action.item}": action.stringency}
                events.add(
                    round(action.date, 2), action.actor, action.action, observed, subject, ", ".join(action.source)
                )

    def reacting(self, rule: str) -> bool:
        """Whether a rule is on and its time has come."""
        return self.rule(rule) and self.year >= self.rules_from


class UsGovernment(Government):
    """Controls exports; tightens in a political state that restricts, loosens in one that transacts."""

    RULES = (
        "observe_and_decide",
        "_switch_politics",
        "_tighten",
        "_loosen",
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
        flow = self.model.remaining_flow(item)
        rate = np.where(self.restricting > 0, self.tighten_rate, self.transact_tighten_rate)
        hazard = tightening_hazard(rate, flow, self.flow_scale[item])
        tightens = np.less(self.draw(f"tighten.{item}"), hazard) & np.greater(self._left_open(item), 0.0)
        self.extra[item] = np.where(tightens, self.extra[item] + self.step * (1.0 - self.extra[item]), self.extra[item])
        self.shock = np.where(tightens, 1.0, self.shock)
        if np.any(tightens):
            self.decide("controls", {"remaining flow": flow, "hazard": hazard}, f"tighten {item}", "flow still open")

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

    def hbm_is_controlled(self) -> bool:
        """Whether the scenario controls HBM at any time: firms store up before it."""
        controls = self.schedule(Item("hbm"), SUPPLY_ACTIONS)
        return any(controls.stringency(date) > 0.0 for date in controls.dates())

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


class ChinaGovernment(Government):
    """Accepts or refuses foreign chips, retaliates, subsidises what is controlled."""

    RULES = (
        "observe_and_decide",
        "_retaliate",
        "_accept",
        "_push_energy",
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
        self.subsidy_elasticity = self.elasticity if self.rule("subsidy") else 0.0
        self.energy_push = self._push_energy() if self.reacting("energy_target") else 0.0

    def _push_energy(self) -> Numbers:
        """Raise AI's share of new capacity as its power runs short: nothing at the threshold, all at full use."""
        use = self.last("power_utilisation")
        tightness = np.clip((use - self.energy_threshold) / (1.0 - self.energy_threshold), 0.0, 1.0)
        self.decide("energy_target", {"utilisation": use}, f"+{float(np.mean(tightness)):.0%}", "AI power runs short")
        return self.energy_response * tightness

    def _feel(self) -> None:
        """Felt stringency: the mean of last year's controls on the inputs of chip making."""
        us = self.model.us_government.stringency
        self.felt = (us["hbm"] + us["equipment"] + us["foundry"]) / 3.0

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
        foreign = self.model.best_export_tpp()
        home = np.fmax(self.last("chip_tpp"), 1.0)
        growing = ratio(self.last("revenue_busd") * self.plan_growth**2, self.model.chip_budget("china"))
        cover = np.minimum(1.0, np.maximum(self.announced_cover.at(self.year), growing))
        self.accepts = acceptance(foreign / home, cover, self.retaliating, self.acceptance_weights)
        seen = {"TPP ratio": foreign / home, "announced cover": cover, "retaliating": self.retaliating}
        self.decide("acceptance", seen, f"accept {float(np.mean(self.accepts)):.2f}", "lead, cover and anger")

    def refuses(self, item: Item) -> Numbers:
        """Share of an accelerator's permitted supply that China refuses this year."""
        if self.reacting("acceptance"):
            return 1.0 - self.accepts
        return self.schedule(item, DEMAND_ACTIONS).mean_stringency(self.year)


def dated_window(us: UsGovernment, china: ChinaGovernment, item: Item) -> float:
    """Share of a year's trade in one accelerator that dated actions leave open.

    Dated controls and dated refusals are multiplied date by date (April's ban and August's refusal add up, they do
    not average). Where the acceptance rule acts it takes the place of dated refusals.
    """
    supply = us.schedule(item, SUPPLY_ACTIONS)
    if china.reacting("acceptance"):
        return mean_over_year(lambda date: 1.0 - supply.stringency(date), supply.dates(), us.year)
    return sale_window(supply, china.schedule(item, DEMAND_ACTIONS), us.year)


def trade_window(us: UsGovernment, china: ChinaGovernment, item: Item) -> Numbers:
    """Share of a year's demand for one accelerator that both governments let happen, rule-made steps included."""
    accepted = china.accepts if china.reacting("acceptance") else 1.0
    return dated_window(us, china, item) * (1.0 - us.extra["accelerators"]) * accepted
