"""The market of one side: what chip firms offer, what cloud firms order, who is delivered what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .allocate import Counter
from .controls import Item
from .conversions import USD_PER_BUSD
from .fleet import Batch
from .numbers import Numbers, add_up, ratio

if TYPE_CHECKING:
    from .products import Blend, Product

Sold = tuple["Product", Numbers]
"""A product and how many packages of it."""


def export_item(product: Product) -> Item:
    """Name of an accelerator in the timeline (`nvidia_h20` is `nvidia.h20`), with its TPP."""
    return Item(product.chip.id.replace("_", ".", 1), product.chip.tpp)


@dataclass(frozen=True)
class Offer:
    """One product line for a year, per packaging wafer; `ready` is how far the line has ramped, 0 to 1."""

    line: str
    ready: Numbers
    value_busd: Numbers
    power_gw: Numbers


@dataclass(frozen=True)
class ExportOffer:
    """The grade on offer to the other side, and the share of the year's trade that is open.

    ``grade`` is one product, or two where a licence gives some members a newer one; ``item`` names the first.
    """

    grade: Blend
    item: Item
    window: Numbers
    package_yield: Numbers
    most_packages: Numbers = np.inf
    fee: Numbers = 0.0
    quoted: Numbers = 1.0

    @property
    def packages(self) -> Numbers:
        """Finished packages of one packaging wafer."""
        return self.grade.per_wafer * self.package_yield

    @property
    def value_busd(self) -> Numbers:
        """Price of one packaging wafer of it, fee included."""
        return self.packages * self.grade.price_usd * self.quoted * (1.0 + self.fee) / USD_PER_BUSD

    @property
    def power_gw(self) -> Numbers:
        """IT power of the packages of one wafer."""
        return self.packages * self.grade.power_gw


class Market:
    """Offers, orders and deliveries of one side's accelerators in one year.

    ``abroad`` is the counter where buyers of the other side ask for the exported grade, in packaging wafers.
    """

    def __init__(self) -> None:
        self.abroad = Counter()
        self.open_year()

    def open_year(self) -> None:
        """Clear last year's offers and orders."""
        self.offers: dict[str, Offer] = {}
        self.export: ExportOffer | None = None
        self.abroad.open()
        self._orders: dict[str, dict[str, Numbers]] = {}
        self._ordered: dict[str, Numbers] = {}
        self._delivered: dict[str, tuple[Batch, Numbers]] = {}
        self._products: dict[str, list[Sold]] = {}
        self._made: dict[str, Numbers] = {}
        self.export_orders: dict[str, Numbers] = {}
        self.confirmed: Numbers = 1.0
        self.exported = Batch()
        self.export_cost: Numbers = 0.0

    def post(self, offer: Offer) -> None:
        """Take an offer."""
        self.offers[offer.line] = offer

    def basket(self, tastes: Mapping[str, Numbers]) -> dict[str, Numbers]:
        """Shares of a budget by line: the buyer's tastes among the lines on offer, as far as each has ramped."""
        wishes = {line: taste * self.offers[line].ready for line, taste in tastes.items() if line in self.offers}
        total = add_up(wishes.values())
        return {line: ratio(wish, total) for line, wish in wishes.items()}

    def wafers(self, money_busd: Numbers, basket: Mapping[str, Numbers]) -> dict[str, Numbers]:
        """Packaging wafers of each line that money buys."""
        return {line: ratio(money_busd * share, self.offers[line].value_busd) for line, share in basket.items()}

    def power_of(self, wafers: Mapping[str, Numbers]) -> Numbers:
        """IT power in GW of what comes out of wafers."""
        return add_up(amount * self.offers[line].power_gw for line, amount in wafers.items())

    def order(self, buyer: str, wafers: Mapping[str, Numbers]) -> None:
        """Order packaging wafers, line by line."""
        for line, amount in wafers.items():
            self._orders.setdefault(line, {})[buyer] = amount
            self._ordered[line] = self._ordered.get(line, 0.0) + amount

    def order_abroad(self, buyer: str, wafers: Numbers) -> None:
        """Order wafers of the exported grade from the other side's market."""
        self.export_orders[buyer] = wafers

    @property
    def export_wafers(self) -> Numbers:
        """All orders from abroad, in packaging wafers."""
        return add_up(self.export_orders.values())

    def ordered(self, line: str) -> Numbers:
        """All home orders for a line, in packaging wafers."""
        return self._ordered.get(line, 0.0)

    def deliver(self, line: str, batch: Batch, cost_busd: Numbers, products: Iterable[Sold] = ()) -> None:
        """Bring a line's output to the market."""
        had, paid = self._delivered.get(line, (Batch(), 0.0))
        self._delivered[line] = (had + batch, paid + cost_busd)
        self._products.setdefault(line, []).extend(products)

    def note_made(self, line: str, wafers: Numbers) -> None:
        """Keep how many wafers of a line reached home buyers."""
        self._made[line] = wafers

    def unfilled_busd(self) -> Numbers:
        """Value of the home orders that were not delivered."""
        return add_up((self.ordered(line) - made) * self.offers[line].value_busd for line, made in self._made.items())

    def share_of(self, buyer: str, line: str) -> Numbers:
        """Share of a line's deliveries that a buyer gets: that of its orders."""
        return ratio(self._orders.get(line, {}).get(buyer, 0.0), self.ordered(line))

    def delivered_to(self, buyer: str) -> tuple[Batch, Numbers]:
        """Accelerators that a buyer gets, and their cost: of every line its share of the orders."""
        total = Batch()
        cost: Numbers = 0.0
        for line, (batch, paid) in self._delivered.items():
            if buyer in self._orders.get(line, {}):
                share = self.share_of(buyer, line)
                total, cost = total + batch.scaled(share), cost + paid * share
        return total, cost

    def exported_to(self, buyer: str) -> tuple[Batch, Numbers]:
        """Accelerators that a buyer of the other side gets, and their cost."""
        if buyer not in self.export_orders:
            return Batch(), 0.0
        share = ratio(self.export_orders[buyer], self.export_wafers)
        return self.exported.scaled(share), self.export_cost * share

    def products_of(self, line: str) -> list[Sold]:
        """Packages of a line at home, by product."""
        return self._products.get(line, [])

    def lines_delivered(self) -> dict[str, Batch]:
        """What each line brought to the home market."""
        return {line: batch for line, (batch, _) in self._delivered.items()}

    @property
    def delivered(self) -> Batch:
        """Everything brought to the home market."""
        return Batch.total(batch for batch, _ in self._delivered.values())
