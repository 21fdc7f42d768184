"""The book of agents: who supplied whom, and what each named agent made, bought, owned and spent, year by year.

Kept for the first members of a run only: two sides are recorded for all members, forty agents would double the size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .conversions import KW_PER_MW
from .fleet import Batch
from .numbers import Array, Numbers
from .site import Site, largest_site

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
SMUGGLERS = "smugglers"
MEASURES = {
    "packages_sold": "package/year",
    "h100e_sold": "H100e/year",
    "revenue_busd": "billion USD/year",
    "budget_busd": "billion USD/year",
    "h100e_bought": "H100e/year",
    "fleet_h100e": "H100e",
    "site_mw": "MW",
    "dies_made": "die/year",
    "slots": "wafer/year",
    "hbm_made_pb": "PB/year",
}
"""What is written of an agent, and in which unit."""


class AgentBook:
    """Flows between agents and measures of each, for the first members of a block.

    Parameters
    ----------
    years : calendar years of the run; others are not written
    members : how many members are kept; 0 keeps no book
    """

    def __init__(self, years: range, members: int = 0) -> None:
        self.years = years
        self.members = members
        self._flows: dict[tuple[int, str, str], Array] = {}
        self._measures: dict[tuple[int, str, str, str], Array] = {}

    @property
    def on(self) -> bool:
        """Whether the book is kept."""
        return self.members > 0

    def _kept(self, value: Numbers) -> Array:
        return np.array(np.broadcast_to(np.asarray(value, dtype=float), np.shape(value) or (1,))[: self.members])

    def flow(self, year: int, supplier: str, buyer: str, h100e: Numbers) -> None:
        """Write what a supplier delivered to a buyer, H100e."""
        if np.any(np.asarray(h100e) > 0):
            key = (year, supplier, buyer)
            self._flows[key] = self._flows.get(key, 0.0) + self._kept(h100e)

    def measure(self, year: int, agent: Any, name: str, value: Numbers) -> None:
        """Write one of `MEASURES` of an agent."""
        self._measures[year, agent.name, agent.side, name] = self._kept(value)

    def flows(self) -> pd.DataFrame:
        """Flows as a table: year, supplier, buyer, h100e (median) and quantiles over the members kept."""
        import pandas as pd

        rows = [(*key, *_quantiles(values)) for key, values in self._flows.items()]
        table = pd.DataFrame(rows, columns=["year", "supplier", "buyer", *QUANTILES])
        table.insert(3, "h100e", table["p50"])
        return table

    def measures(self) -> pd.DataFrame:
        """Measures as a table: year, agent, side, measure, unit and quantiles over the members kept."""
        import pandas as pd

        rows = [(*key, *_quantiles(values)) for key, values in self._measures.items()]
        table = pd.DataFrame(rows, columns=["year", "agent", "side", "measure", *QUANTILES])
        table.insert(4, "unit", table["measure"].map(MEASURES))
        return table


def _quantiles(values: Array) -> list[float]:
    return [float(q) for q in np.quantile(values, list(QUANTILES.values()))]


def write_year(book: AgentBook, world: Any) -> None:
    """Write the book's page of a year, from what agents hold."""
    year = world.year
    if not book.on or year not in book.years:
        return
    for side in world.markets:
        _write_deliveries(book, world, side)
        for firm in world.firms[side]:
            book.measure(year, firm, "packages_sold", firm.finished)
            exported = world.markets[side].exported if firm.exports else Batch()
            book.measure(year, firm, "h100e_sold", sum((b.h100e for b in firm.home_sales), exported.h100e))
            book.measure(year, firm, "revenue_busd", firm.revenue)
        for buyer in world.buyers[side]:
            book.measure(year, buyer, "budget_busd", buyer.budget)
            book.measure(year, buyer, "h100e_bought", buyer.bought.h100e)
            book.measure(year, buyer, "fleet_h100e", buyer.fleet.total.h100e)
            site, _ = largest_site([*buyer.sites.values(), Site()])
            book.measure(year, buyer, "site_mw", site.chips * site.kw_per_chip / KW_PER_MW)
        for fab in world.fabs[side]:
            book.measure(year, fab, "dies_made", fab.good_dies)
        for line in world.packaging[side].lines:
            book.measure(year, line, "slots", line.slots())
        for maker in world.memory_makers[side]:
            book.measure(year, maker, "hbm_made_pb", maker.made)


def _write_deliveries(book: AgentBook, world: Any, side: str) -> None:
    """Write home deliveries, exports and smuggled goods, buyer by buyer."""
    market, year = world.markets[side], world.year
    kept = 1.0 - world.diverted_share[side]
    firm_of = {line.name: firm.name for firm in world.firms[side] for line in firm.lines}
    abroad = world.markets["us"]
    exporters = [firm.name for firm in world.firms["us"] if firm.exports]
    for buyer in world.buyers[side]:
        for line, batch in market.lines_delivered().items():
            if line in buyer.tastes:
                book.flow(year, firm_of[line], buyer.name, batch.h100e * market.share_of(buyer.name, line) * kept)
        if buyer.imports:
            book.flow(year, exporters[0], buyer.name, abroad.exported_to(buyer.name)[0].h100e)
        book.flow(year, SMUGGLERS, buyer.name, buyer.smuggled.h100e)
