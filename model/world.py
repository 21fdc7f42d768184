"""The world: agents of both sides, the shared goods between them, and the order of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..agents.allies import AlliedGovernment
from ..agents.cast import cast
from ..agents.channels import RentalChannel, SmugglingChannel
from ..agents.china_government import ChinaGovernment
from ..agents.chip_firms import ChipFirm
from ..agents.cloud_firms import CloudFirm
from ..agents.fabs import Fab, MemoryMaker, OwnMemory, PackagingHouse
from ..agents.grids import Grid
from ..agents.investors import Investors
from ..agents.tool_makers import EuvProgramme, ForeignToolMakers, HomeToolMakers
from ..agents.trade_rules import dated_window, licensed_window, trade_window
from ..agents.us_government import UsGovernment
from ..scenarios.faults import fail
from .book import AgentBook, write_year
from .depot import HbmDepot
from .events import EventLog
from .fleet import Ageing
from .framework import mesa
from .imports import HbmTrade
from .machines import machines
from .market import Market, export_item
from .measure import measure
from .numbers import Numbers, add_up, ratio
from .pool import SlotPool
from .record import Recorder
from .registry import SIDES
from .site import Cluster, build_cluster, largest_site, mix_at
from .tools import ToolStore

if TYPE_CHECKING:
    from ..scenarios.inputs import Inputs
    from ..scenarios.scenario import Scenario
    from .products import Product

PLANTS = {"fab": Fab, "packaging": PackagingHouse, "memory": MemoryMaker, "own_memory": OwnMemory}


class World(mesa.Model):
    """Two sides and their firms, governments, fabs and grids; one step is one year.

    The world always begins where its initial stocks are dated; years before the scenario's first are not recorded.

    Every quantity is an array over the members of the inputs, or a float that is the same for all. A `with` block
    releases the world at its end.

    Parameters
    ----------
    inputs : the scenario's numbers, drawn for a block of members
    recorder : where measured variables go; a fresh one keeping everything by default
    log : write decisions into the event log
    book : where flows between agents and measures of each are written; none is kept by default
    """

    def __init__(
        self, inputs: Inputs, recorder: Recorder | None = None, *, log: bool = False, book: AgentBook | None = None
    ) -> None:
        super().__init__(rng=0)
        scenario = inputs.scenario
        self.inputs = inputs
        self.years = scenario.years
        self.year = first_year(scenario)
        self.first_year = self.year
        begin = int(scenario.central("policy.reactions_from", "year"))
        self.rules_from = begin if scenario.behaviour.history else self.first_year
        self.history_end = int(scenario.central("policy.history_end", "year"))
        self.machines = machines(scenario)
        self.cast = cast(scenario.agents)
        self.recorder = recorder or Recorder(self.years, inputs.members)
        self.events = EventLog(on=log)
        self.book = book or AgentBook(self.years)
        self._now: dict[tuple[str, str], Numbers] = {}
        self._before: dict[tuple[str, str], Numbers] = {}
        self._build_goods()
        self._build_agents()

    def _build_goods(self) -> None:
        """Create markets, depots and stores, the goods between agents."""
        value = self.inputs.value
        self.markets = {side: Market() for side in SIDES}
        self.hbm = {
            "china": HbmDepot(value("hbm.china_start", "PB"), keeps=True, reserve=value("hbm.reserve", "1")),
            "us": HbmDepot(0.0, keeps=False),
        }
        self.hbm_trade = HbmTrade(self.inputs, self.hbm["us"], self.hbm["china"])
        self.tools = {"china": ToolStore(value("tools.china_start", "billion_USD"))}
        self.packaging = {side: SlotPool() for side in SIDES}
        self.ageing = Ageing(value("fleet.life", "year"), value("fleet.failure_rate", "1"))
        self.mtbf_hours = value("hardware.reliability.mtbf_hours", "hour")
        self.minutes_lost = value("hardware.reliability.minutes_lost", "minute")
        self.diverted_share: dict[str, Numbers] = dict.fromkeys(SIDES, 0.0)
        self.clusters = {side: Cluster() for side in SIDES}

    def _build_agents(self) -> None:
        """Create the agents named in the facts."""
        scenario = self.inputs.scenario
        self.us_government: UsGovernment = self.cast[UsGovernment](self, "us", "us")
        self.china_government: ChinaGovernment = self.cast[ChinaGovernment](self, "china", "china")
        self.allies = [self.cast[AlliedGovernment](self, name, "us") for name in self._named("policy.allies")]
        self.grids = {side: self.cast[Grid](self, side, side) for side in SIDES}
        self.investors = {side: self.cast[Investors](self, side, side) for side in SIDES}
        self.smugglers = self.cast[SmugglingChannel](self, "smugglers", "china")
        self.rental = self.cast[RentalChannel](self, "rental", "us")
        self.home_tools = self.cast[HomeToolMakers](self, "home_tool_makers", "china")
        self.foreign_tools = self.cast[ForeignToolMakers](self, "foreign_tool_makers", "us")
        self.euv = self.cast[EuvProgramme](self, "euv_programme", "china")
        self._build_plants_agents()
        self.lead_firm: dict[str, ChipFirm] = {}
        for name in scenario.entities("firms"):
            firm = self.cast[ChipFirm](self, name, str(scenario.label(f"firms.{name}.side")))
            if firm.leads:
                self.lead_firm[firm.side] = firm
        self.initial_weights = {side: self._weights_of(side) for side in SIDES}
        for name in scenario.entities("buyers"):
            self.cast[CloudFirm](self, name, str(scenario.label(f"buyers.{name}.side")))
        self.buyers = {side: self.of_side(CloudFirm, side) for side in SIDES}
        self.firms = {side: self.of_side(ChipFirm, side) for side in SIDES}

    def _named(self, table: str) -> tuple[str, ...]:
        """Entries of a table that are agents (groups of numbers), not numbers themselves."""
        scenario = self.inputs.scenario
        return tuple(name for name in scenario.entities(table) if scenario.entities(f"{table}.{name}"))

    def _weights_of(self, side: str) -> Numbers:
        scenario = self.inputs.scenario
        names = [n for n in scenario.entities("buyers") if scenario.label(f"buyers.{n}.side") == side]
        paths = [f"buyers.{name}.initial_weight" for name in names]
        return add_up(self.inputs.value(path, "1") for path in paths if scenario.has(path))

    def _build_plants_agents(self) -> None:
        """Create fabs, packaging lines and memory makers, and put them where firms find them."""
        scenario = self.inputs.scenario
        self.own_memory: dict[str, OwnMemory] = {}
        for name in scenario.entities("plants"):
            side = str(scenario.label(f"plants.{name}.side"))
            plant = self.cast[PLANTS[str(scenario.label(f"plants.{name}.makes"))]](self, name, side)
            if isinstance(plant, PackagingHouse):
                self.packaging[side].lines.append(plant)
            elif isinstance(plant, OwnMemory):
                self.own_memory[plant.firm] = plant
        fabs = sorted(self.every(Fab), key=lambda fab: (fab.order, fab.name))
        self.fabs = {side: [fab for fab in fabs if fab.side == side] for side in SIDES}
        self.memory_makers = {
            side: [*self.of_side(MemoryMaker, side), *self.of_side(OwnMemory, side)] for side in SIDES
        }
        self.foreign_foundries = [fab for fab in fabs if fab.foreign]

    def step(self) -> None:
        """One year.

        1. Governments observe last year and decide: dated history first, then reactions; allies follow.
        2. Grids build, and connect the power that was ordered; investors go on financing, or not.
        3. Tools arrive; plants expand and produce: wafers, packaging slots, HBM.
        4. Chip firms' software learns; they post offers; cloud firms set budgets, ask for foreign chips and power, and order.
        5. Chip firms share out slots, ask for dies and memory, make what the scarcest allows, and sell.
        6. Accelerators are smuggled, cloud firms deploy, retire, and fill their sites; compute is rented.
        7. The world measures, and everything is recorded.
        """
        self._open_year()
        self._govern()
        self.every(Grid).do("build")
        self.every(Investors).do("finance")
        self._build_plants()
        self.every(ChipFirm).do("learn")
        self.every(ChipFirm).do("offer")
        self._order()
        self._make_and_sell()
        self.every(SmugglingChannel).do("divert")
        self.every(CloudFirm).do("deploy")
        self.every(RentalChannel).do("rent_out")
        self._build_clusters()
        measure(self)
        write_year(self.book, self)
        self._close_year()

    def _open_year(self) -> None:
        self.recorder.open_year(self.year)
        for side in SIDES:
            self.markets[side].open_year()
            self.hbm[side].open_year()
        for store in self.tools.values():
            store.open_year()

    def _govern(self) -> None:
        """The US decides, its allies follow, China answers."""
        self.us_government.observe_and_decide()
        self.every(AlliedGovernment).do("follow")
        self.us_government.settle_stringencies()
        self.china_government.observe_and_decide()

    def _order(self) -> None:
        """Budgets first; then foreign chips within licences; then home chips with the money and the power left.

        The US-led side orders, and its slots are shared out, before Chinese buyers order at home: they know by then
        what they will get from abroad.
        """
        self.every(CloudFirm).do("set_budget")
        for market in self.markets.values():
            if market.export is not None:
                most = ratio(market.export.most_packages, market.export.packages)
                market.abroad.share_out(np.minimum(most, market.abroad.requested()), pro_rata=True)
        self.every(CloudFirm).do("order_abroad")
        for side in ("us", "china"):
            for buyer in self.buyers[side]:
                buyer.ask_power()
            self.grids[side].share_room()
            for buyer in self.buyers[side]:
                buyer.order()
            for firm in self.firms[side]:
                firm.ask_packaging()
            self.packaging[side].share_out()
            for firm in self.firms[side]:
                firm.confirm_exports()

    def _build_plants(self) -> None:
        """Tools arrive; plants plan, share the tools there are, expand and produce."""
        self.every(HomeToolMakers).do("deliver")
        self.every(ForeignToolMakers).do("deliver")
        self.every(EuvProgramme).do("try_out")
        kinds = (Fab, PackagingHouse, MemoryMaker)
        for kind in kinds:
            self.every(kind).do("plan_expansion")
        for store in self.tools.values():
            store.share_out()
        for kind in kinds:
            self.every(kind).do("expand")
        self.every(Fab).do("produce")
        self.every(MemoryMaker).do("produce")
        for side in SIDES:
            self.packaging[side].open_year()
            self.hbm[side].buy(capped=self.year > self.history_end)

    def _make_and_sell(self) -> None:
        """With the slots shared out: dies, then memory; each is asked for by all, then shared out at once."""
        firms = self.every(ChipFirm)
        firms.do("plan_dies")
        for side in SIDES:
            for fab in self.fabs[side]:
                firms.do("ask_dies", fab)
                if not fab.foreign:
                    fab.share_out()
                firms.do("take_dies", fab)
        for foundry in self.foreign_foundries:
            firms.do("order_dies_abroad", foundry)
            foundry.share_out()
            firms.do("take_dies_from_abroad", foundry)
        firms.do("ask_hbm")
        us = self.us_government
        rush = self.china_government.bought_ahead("hbm")
        self.hbm_trade.run(self.year, us.stringency["hbm"], us.hbm_control_is_coming(), rush)
        firms.do("make")
        firms.do("sell")
        for side in SIDES:
            self.hbm[side].close_year()
        self.every(MemoryMaker).do("look_back")
        self.every(PackagingHouse).do("look_back")

    def _build_clusters(self) -> None:
        """Build each side's largest cluster at its largest site; an older one stays where it is better."""
        software = {side: self.lead_firm[side].software for side in SIDES}
        for side in SIDES:
            sites = [(buyer, line, site) for buyer in self.buyers[side] for line, site in buyer.sites.items()]
            if not sites:
                continue
            site, which = largest_site([site for _, _, site in sites])
            mix = mix_at(which, [buyer.products(line) for buyer, line, _ in sites])
            built = build_cluster(
                self.machines,
                mix,
                site,
                software=software,
                mtbf_hours=self.mtbf_hours,
                minutes_lost=self.minutes_lost,
            )
            self.clusters[side] = built.or_better(self.clusters[side])

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

    def licensed_window(self, product: Product) -> Numbers:
        """Share of the year in which China takes an accelerator that a licence by rule allows."""
        return licensed_window(self.us_government, self.china_government, export_item(product))

    def dated_window(self, product: Product) -> float:
        """Share of the year that dated controls, and dated refusals while they hold, leave open: one for all members."""
        return dated_window(self.us_government, self.china_government, export_item(product))

    def licence_terms(self, product: Product) -> tuple[float | None, float]:
        """Cap and fee of the export licence in force for an accelerator."""
        return self.us_government.licence_terms(export_item(product))

    def every(self, kind: type[Any]) -> Any:
        """All agents of a kind, whichever class plays it."""
        return self.agents_by_type[self.cast[kind]]

    def of_side(self, kind: type[Any], side: str) -> list[Any]:
        """Agents of one kind on one side."""
        return [agent for agent in self.every(kind) if agent.side == side]

    def run(self) -> World:
        """Step through all years."""
        while self.running:
            self.step()
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let go of everything: Mesa keeps each model alive through its agent counter, and agents hold each other."""
        agents = list(self.agents)
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        for agent in agents:
            vars(agent).clear()
        self.__dict__.clear()


def first_year(scenario: Scenario) -> int:
    """Give the year in which every world begins: the one after the date of the initial stocks."""
    first = int(scenario.central("policy.first_year", "year"))
    if scenario.start < first:
        fail("no initial stocks that early", path="years.start", found=str(scenario.start), allowed=f"{first} or later")
    return first
