"""The world: agents of both sides, the shared goods between them, and the order of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..agents.chip_firms import ChipFirm
from ..agents.cloud_firms import CloudFirm
from ..agents.fabs import Fab, MemoryMaker, PackagingHouse
from ..agents.governments import ChinaGovernment, UsGovernment, dated_window, trade_window
from ..agents.grids import Grid
from ..scenarios.faults import fail
from .depot import HbmDepot
from .events import EventLog
from .fleet import Batch
from .framework import mesa
from .machines import machines
from .market import Market, export_item
from .measure import measure
from .numbers import Numbers, add_up, positive, ratio
from .record import SIDES, Recorder
from .tools import ToolStore

if TYPE_CHECKING:
    from ..scenarios.inputs import Inputs
    from ..scenarios.scenario import Scenario
    from .products import Product

PLANTS = {"fab": Fab, "packaging": PackagingHouse, "memory": MemoryMaker}


class World(mesa.Model):
    """Two sides and their firms, governments, fabs and grids; one step is one year.

    The world always begins where its initial stocks are dated; years before the scenario's first are not recorded.

    Every quantity is an array over the members of the inputs, or a float that is the same for all.

    Parameters
    ----------
    inputs : the scenario's numbers, drawn for a block of members
    recorder : where measured variables go; a fresh one keeping everything by default
    log : write decisions into the event log
    """

    def __init__(self, inputs: Inputs, recorder: Recorder | None = None, *, log: bool = False) -> None:
        super().__init__(rng=0)
        scenario = inputs.scenario
        self.inputs = inputs
        self.years = scenario.years
        self.year = first_year(scenario)
        self.first_year = self.year
        self.history_end = int(scenario.central("policy.history_end", "year"))
        self.machines = machines(scenario)
        self.recorder = recorder or Recorder(self.years, inputs.members)
        self.events = EventLog(on=log)
        self._now: dict[tuple[str, str], Numbers] = {}
        self._before: dict[tuple[str, str], Numbers] = {}
        self._build_goods()
        self._build_agents()

    def _build_goods(self) -> None:
        """Create markets, depots and stores, the goods between agents."""
        value = self.inputs.value
        self.markets = {side: Market() for side in SIDES}
        self.hbm = {
            "china": HbmDepot(value("hbm.china_start", "PB"), keeps=True),
            "us": HbmDepot(0.0, keeps=False),
        }
        self.tools = {"china": ToolStore(value("tools.china_start", "billion_USD"))}
        self.diverted_share: dict[str, Numbers] = {"china": 0.0, "us": 0.0}
        self.smuggled = Batch()
        series = self.inputs.series
        self._hbm_receipts = series("hbm.china_receipts", "PB/year")
        self._hbm_last_month = series("hbm.china_receipts_last_month", "PB/year")
        self._hbm_free_from = int(self.inputs.scenario.central("hbm.china_receipts_to", "year"))
        self._hbm_grey = series("hbm.grey", "PB/year")
        self._hbm_other_users = series("hbm.other_users", "PB/year")
        self._hbm_other_weight = value("hbm.other_users_weight", "1")
        self._hbm_leakage = value("hbm.leakage", "1")
        self._tools_receipts = series("tools.china_receipts", "billion_USD/year")
        self._tools_dated_to = int(self.inputs.scenario.central("tools.receipts_dated_to", "year"))
        self._tools_leakage = value("tools.leakage", "1")
        self._tools_cover = value("tools.cover_years", "year")
        self._tools_home = series("tools.china_home", "billion_USD/year")
        self._tools_home_growth = value("tools.home_growth", "1")
        self._smuggling = series("smuggling.h100e", "H100e/year")
        self._smuggling_leakage = value("smuggling.leakage", "1")
        self._most_diverted = value("smuggling.most_share", "1")
        self._most_rented = value("rental.most_share", "1")
        self._rented = series("rental.china", "H100e")

    def _build_agents(self) -> None:
        """Create the agents named in the facts."""
        scenario = self.inputs.scenario
        self.us_government = UsGovernment(self, "us", "us")
        self.china_government = ChinaGovernment(self, "china", "china")
        self.grids = {side: Grid(self, side, side) for side in SIDES}
        self.fab: dict[str, Fab] = {}
        self.packaging: dict[str, PackagingHouse] = {}
        for name in scenario.entities("plants"):
            side = str(scenario.label(f"plants.{name}.side"))
            plant = PLANTS[str(scenario.label(f"plants.{name}.makes"))](self, name, side)
            if isinstance(plant, Fab):
                self.fab[side] = plant
            elif isinstance(plant, PackagingHouse):
                self.packaging[side] = plant
        self.lead_firm: dict[str, ChipFirm] = {}
        for name in scenario.entities("firms"):
            firm = ChipFirm(self, name, str(scenario.label(f"firms.{name}.side")))
            if firm.leads:
                self.lead_firm[firm.side] = firm
        for name in scenario.entities("buyers"):
            CloudFirm(self, name, str(scenario.label(f"buyers.{name}.side")))

    def step(self) -> None:
        """One year.

        1. Governments observe last year and decide: dated history first, then reactions.
        2. Grids build, and connect the power that was ordered.
        3. Chip firms post offers; cloud firms set budgets and order chips and power.
        4. Tools arrive; plants expand and produce: wafers, packaging slots, HBM.
        5. Chip firms ask for slots, dies and memory, make what the scarcest allows, and sell.
        6. Accelerators are smuggled; cloud firms deploy, retire, and build their largest cluster.
        7. The world measures, and everything is recorded.
        """
        self._open_year()
        for government in (UsGovernment, ChinaGovernment):
            self.agents_by_type[government].do("observe_and_decide")
        self.agents_by_type[Grid].do("build")
        self.agents_by_type[ChipFirm].do("offer")
        self.agents_by_type[CloudFirm].do("budget_and_order")
        self._build_plants()
        for kind in (Fab, PackagingHouse, MemoryMaker):
            self.agents_by_type[kind].do("produce")
        self._make_and_sell()
        self._smuggle()
        self.agents_by_type[CloudFirm].do("deploy")
        measure(self)
        self._close_year()

    def _open_year(self) -> None:
        self.recorder.open_year(self.year)
        for side in SIDES:
            self.markets[side].open_year()
            self.hbm[side].open_year()
        self._tools_arrive()

    def _tools_arrive(self) -> None:
        """Fab tools as history records them; then home makers first, and imports as far as controls let them in.

        Orders keep some years of installations in store and on order.
        """
        tools = self.tools["china"]
        abroad = self._tools_receipts.at(self.year)
        beyond = self.year - self._tools_dated_to
        growing = max(0, self.year - int(self._tools_home.dates[-1]))
        home = self._tools_home.at(self.year) * self._tools_home_growth**growing
        if beyond > 0:
            need = positive(self._tools_cover * tools.installed - tools.store.level)
            cut = self.us_government.stringency["equipment"] * (1.0 - self._tools_leakage)
            home = np.minimum(home, need)
            abroad = np.minimum(abroad * (1.0 - cut), need - home)
        tools.open_year(abroad, home)

    def _build_plants(self) -> None:
        """Plants plan, share the tools there are, and expand."""
        plants = [plant for kind in (Fab, PackagingHouse, MemoryMaker) for plant in self.agents_by_type[kind]]
        for plant in plants:
            plant.plan_expansion()
        self.tools["china"].share_out()
        for plant in plants:
            plant.expand()

    def _make_and_sell(self) -> None:
        """Slots first, then dies, then memory; each is asked for by all, then shared out at once."""
        firms = self.agents_by_type[ChipFirm]
        firms.do("ask_packaging")
        self.agents_by_type[PackagingHouse].do("share_out")
        firms.do("ask_dies")
        self.agents_by_type[Fab].do("share_out")
        firms.do("ask_hbm")
        self._share_hbm()
        firms.do("make")
        firms.do("sell")
        for side in SIDES:
            self.hbm[side].close_year()
        self.agents_by_type[MemoryMaker].do("look_back")

    def _share_hbm(self) -> None:
        """Export what history sold to China, let China import what rules leave open, then grant both sides."""
        us, china = self.hbm["us"], self.hbm["china"]
        closed = self.us_government.stringency["hbm"]
        china.import_pb(us.send_abroad(self._hbm_receipts.at(self.year)))
        china.import_pb(us.send_abroad(self._hbm_last_month.at(self.year)), date=11.5 / 12)
        if self.year > self._hbm_free_from:
            short = positive(china.counter.requested() - china.store.usable)
            spare = positive(us.made - us.exported - us.counter.requested())
            china.import_pb(us.send_abroad(np.minimum(short * (1.0 - closed), spare)))
        harvested = self._hbm_grey.at(self.year) * np.where(np.asarray(closed) > 0, 1.0, 0.0)
        leaked = us.send_abroad(harvested * self._hbm_leakage)
        china.smuggle_pb(leaked)
        us.pass_on(np.minimum(harvested - harvested * self._hbm_leakage, positive(us.made - us.exported)))
        us.share_out(self.year)
        china.counter.ask("other users", self._hbm_other_users.at(self.year), self._hbm_other_weight)
        china.share_out(self.year)
        china.pass_on(china.counter.granted("other users"))

    def _smuggle(self) -> None:
        """Divert accelerators from the US-led market against the controls in force."""
        delivered = self.markets["us"].delivered
        wanted = self._smuggling.at(self.year) * self._smuggling_leakage
        share = np.minimum(self._most_diverted, ratio(wanted, delivered.h100e))
        self.diverted_share["us"] = share
        taken = delivered.scaled(share)
        self.smuggled = Batch(taken.packages, taken.h100e, taken.h100e_bf16, taken.power_gw, taken.h100e)

    def _close_year(self) -> None:
        self.recorder.close_year()
        self._before = self._now
        self._now = {}
        self.year += 1
        self.running = self.year <= self.years[-1]

    def put(self, variable: str, side: str, value: Numbers) -> None:
        """Record a variable of this year, and remember it for the agents' observations of next year."""
        self._now[variable, side] = value
        self.recorder.put(variable, side, value)

    def last(self, variable: str, side: str) -> Numbers:
        """What was measured last year; 0 before the first."""
        return self._before.get((variable, side), 0.0)

    def trade_window(self, product: Product) -> Numbers:
        """Share of the year in which both governments let China buy an accelerator."""
        return trade_window(self.us_government, self.china_government, export_item(product))

    def dated_window(self, product: Product) -> float:
        """Share of the year that dated controls, and dated refusals while they hold, leave open: one for all members."""
        return dated_window(self.us_government, self.china_government, export_item(product))

    def licence_terms(self, product: Product) -> tuple[float | None, float]:
        """Cap and fee of the export licence in force for an accelerator."""
        return self.us_government.licence_terms(export_item(product))

    def remaining_flow(self, item: str) -> Numbers:
        """What of a controlled item still reached China last year."""
        if item == "accelerators":
            return self.last("h100e_imported", "china")
        if item == "hbm":
            return self.last("hbm_imported_pb", "china")
        if item == "equipment":
            return self.last("tools_imported_busd", "china")
        return self.last("dies_imported", "china")

    def rented_h100e(self) -> Numbers:
        """Compute abroad that Chinese firms rent, no more than a share of the US-led fleet."""
        fleet = add_up(buyer.fleet.total.h100e for buyer in self.of_side(CloudFirm, "us"))
        return np.minimum(self._rented.at(self.year), self._most_rented * fleet)

    def huawei_integration(self) -> Numbers:
        """Share of Huawei's inputs from Huawei-linked makers, as far as the facts say who they are."""
        return self.inputs.series("integration.huawei_linked_share", "1").at(self.year)

    def best_export_tpp(self) -> float:
        """TPP of the best accelerator that has been offered to China so far."""
        exports = self.lead_firm["us"].exports
        ready = [p for p in exports if p.expected_start < self.year + 1] or exports[:1]
        return max(product.chip.tpp or 0.0 for product in ready)

    def chip_budget(self, side: str) -> Numbers:
        """What the side's cloud firms budgeted for accelerators last year."""
        return add_up(firm.budget for firm in self.of_side(CloudFirm, side))

    def of_side(self, kind: type[Any], side: str) -> list[Any]:
        """Agents of one kind on one side."""
        return [agent for agent in self.agents_by_type[kind] if agent.side == side]

    def run(self) -> World:
        """Step through all years."""
        while self.running:
            self.step()
        return self

    def release(self) -> None:
        """Let go of everything: Mesa keeps each model alive through its agent counter."""
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.__dict__.clear()


def first_year(scenario: Scenario) -> int:
    """Give the year in which every world begins: the one after the date of the initial stocks."""
    first = int(scenario.central("policy.first_year", "year"))
    if scenario.start < first:
        fail("no initial stocks that early", path="years.start", found=str(scenario.start), allowed=f"{first} or later")
    return first
