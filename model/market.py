"""The market of one side: what chip firms offer, what cloud firms order, who is delivered what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .controls import Item
from .fleet import Batch
from .numbers import Numbers, add_up, ratio

if TYPE_CHECKING:
    from .products import Product


def export_item(product: Product) -> Item:
    """Name of an accelerator in the timeline (`nvidia_h20` is `nvidia.h20`), with its TPP."""
    return Item(product.chip.id.replace("_", ".", 1), product.chip.tpp)


@dataclass(frozen=True)
class Offer:
    """One product line for a year, per packaging wafer."""

    line: str
    weight: Numbers
    value_busd: Numbers
    power_gw: Numbers


@dataclass(frozen=True)
class ExportOffer:
    """The accelerator on offer to the other side, and the share of the year's trade that is open."""

    product: Product
    item: Item
    window: Numbers
    package_yield: Numbers
    most_packages: Numbers = np.inf
    fee: float = 0.0
    quoted: Numbers = 1.0

    @property
    def value_busd(self) -> Numbers:
        """Price of one packaging wafer of it, fee included."""
        packages = self.product.per_wafer * self.package_yield
        return packages * self.product.price_usd * self.quoted * (1.0 + self.fee) / 1e9


class Market:
    """Offers, orders and deliveries of one side's accelerators in one year."""

    def __init__(self) -> None:
        self.export: ExportOffer | None = None
        self.open_year()

    def open_year(self) -> None:
        """Clear last year's offers and orders."""
        self.offers: list[Offer] = []
        self._orders: dict[str, dict[str, Numbers]] = {}
        self._delivered: dict[str, tuple[Batch, Numbers]] = {}
        self._made: dict[str, Numbers] = {}
        self.sales: dict[str, list[Batch]] = {}
        self.export = None
        self.export_wafers: Numbers = 0.0
        self.exported = Batch()
        self.export_cost: Numbers = 0.0

    def post(self, offer: Offer) -> None:
        """Take an offer."""
        self.offers.append(offer)

    def affordable_wafers(self, money_busd: Numbers, power_gw: Numbers) -> Numbers:
        """Wafers of the offered mix that money and power allow."""
        weights = add_up(offer.weight for offer in self.offers)
        value = ratio(add_up(offer.weight * offer.value_busd for offer in self.offers), weights)
        power = ratio(add_up(offer.weight * offer.power_gw for offer in self.offers), weights)
        return np.minimum(ratio(money_busd, value), ratio(power_gw, power))

    def order(self, buyer: str, wafers: Numbers) -> None:
        """Order wafers of the offered mix, line by line."""
        weights = add_up(offer.weight for offer in self.offers)
        for offer in self.offers:
            self._orders.setdefault(offer.line, {})[buyer] = wafers * ratio(offer.weight, weights)

    def ordered(self, line: str) -> Numbers:
        """All home orders for a line, in packaging wafers."""
        return add_up(self._orders.get(line, {}).values())

    def deliver(self, line: str, batch: Batch, cost_busd: Numbers) -> None:
        """Bring a line's output to the market."""
        had, paid = self._delivered.get(line, (Batch(), 0.0))
        self._delivered[line] = (had + batch, paid + cost_busd)

    def note_made(self, line: str, wafers: Numbers) -> None:
        """Keep how many wafers of a line reached home buyers."""
        self._made[line] = wafers

    def filled(self) -> Numbers:
        """Share of home orders that was delivered, in packaging wafers."""
        return ratio(add_up(self._made.values()), add_up(self.ordered(line) for line in self._made), empty=1.0)

    def note_sales(self, firm: str, batches: list[Batch]) -> None:
        """Keep what a firm sold at home."""
        self.sales[firm] = batches

    def delivered_to(self, buyer: str) -> tuple[Batch, Numbers]:
        """Accelerators that a buyer gets: of every line its share of the orders."""
        total = Batch()
        cost: Numbers = 0.0
        for line, (batch, paid) in self._delivered.items():
            share = ratio(self._orders.get(line, {}).get(buyer, 0.0), self.ordered(line))
            total, cost = total + batch.scaled(share), cost + paid * share
        return total, cost

    @property
    def delivered(self) -> Batch:
        """Everything brought to the home market."""
        total = Batch()
        for batch, _ in self._delivered.values():
            total = total + batch
        return total
