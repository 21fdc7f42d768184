"""What can be read of a world at the end of a year: recorded variables of a side, and measures of firms, buyers, plants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model.conversions import USD_PER_BUSD
from ..model.fleet import Batch
from ..model.numbers import Numbers, add_up
from ..model.registry import VARIABLES

if TYPE_CHECKING:
    from ..model.products import Product
    from ..model.world import World

W_PER_GW = 1e9
DATES = {name: variable for name, variable in VARIABLES.items() if variable.kind == "date"}
TSMC_MADE, HOME_MADE = "tsmc_made", "home_made"
"""What case files call dies from the foreign-made bank, and others."""


@dataclass(frozen=True)
class Leaf:
    """One measure.

    Attributes
    ----------
    of : id of a recorded variable, or of one of the measures below
    side : whose variable it is; of an agent's measure the agent's side
    actor : the agent, empty for a side
    products : ids of chips that alone count; empty for all. For dies `tsmc_made` or `home_made`
    supplier : of purchases, from which firm; empty for all
    """

    of: str
    side: str
    actor: str = ""
    products: tuple[str, ...] = ()
    supplier: str = ""


def sales_at_home(firm: Any, products: tuple[str, ...]) -> Iterator[tuple[Product, Numbers]]:
    """Packages of each product that a firm sold at home this year."""
    yield from ((p, n) for p, n in firm.packages_by_product if not products or p.chip.id in products)


def _export(world: World, firm: Any, products: tuple[str, ...]) -> Batch:
    """Accelerators that a firm sold abroad this year."""
    market = world.markets[firm.side]
    if not firm.exports or market.export is None:
        return Batch()
    sold: Batch = market.exported
    asked = [share for product, share in market.export.grade.parts if not products or product.chip.id in products]
    return sold.scaled(add_up(asked)) if asked else Batch()


def _sold(attribute: str) -> Callable[[World, Any, Leaf], Numbers]:
    """Compute of sales on one basis, as it was booked (lower memory grades count for what they do)."""

    def read(world: World, firm: Any, leaf: Leaf) -> Numbers:
        abroad: Numbers = getattr(_export(world, firm, leaf.products), attribute)
        if leaf.products:
            kind = {"h100e": "h100e", "h100e_bf16": "h100e_bf16"}[attribute]
            return abroad + add_up(n * getattr(p, kind) for p, n in sales_at_home(firm, leaf.products))
        return abroad + add_up(getattr(batch, attribute) for batch in firm.home_sales)

    return read


def _packages(world: World, firm: Any, leaf: Leaf) -> Numbers:
    if not leaf.products:
        made: Numbers = firm.finished
        return made
    at_home = add_up(n for _, n in sales_at_home(firm, leaf.products))
    return at_home + _export(world, firm, leaf.products).packages


def _by_data_sheet(attribute: str) -> Callable[[World, Any, Leaf], Numbers]:
    """Sum of a data-sheet value over the chips sold, at home and abroad."""

    def read(world: World, firm: Any, leaf: Leaf) -> Numbers:
        total = add_up(n * (getattr(p.chip, attribute) or 0.0) * p.gain for p, n in sales_at_home(firm, leaf.products))
        abroad = _export(world, firm, leaf.products)
        offer = world.markets[firm.side].export
        if offer is None or not firm.exports:
            return total
        return total + abroad.packages * _each(offer, lambda p: (getattr(p.chip, attribute) or 0.0) * p.gain)

    return read


def _each(offer: Any, value: Callable[[Any], Numbers]) -> Numbers:
    """Value of one exported package: the mean over the products of the grade."""
    return add_up(share * value(product) for product, share in offer.grade.parts)


def _tdp(world: World, firm: Any, leaf: Leaf) -> Numbers:
    at_home = add_up(n * (p.chip.tdp_w or 0.0) for p, n in sales_at_home(firm, leaf.products))
    offer = world.markets[firm.side].export
    each = _each(offer, lambda p: p.chip.tdp_w or 0.0) if offer is not None and firm.exports else 0.0
    return (at_home + _export(world, firm, leaf.products).packages * each) / W_PER_GW


def _export_revenue(world: World, firm: Any, leaf: Leaf) -> Numbers:
    offer = world.markets[firm.side].export
    if offer is None:
        return 0.0
    return _export(world, firm, leaf.products).packages * offer.grade.price_usd * offer.quoted / USD_PER_BUSD


def _dies_used(_: World, firm: Any, leaf: Leaf) -> Numbers:
    banked: Numbers = firm.dies_from_bank
    home: Numbers = firm.dies_from_home
    only = leaf.products[0] if leaf.products else ""
    return {TSMC_MADE: banked, HOME_MADE: home}.get(only, banked + home)


Reader = Callable[["World", Any, Leaf], Numbers]

OF_FIRM: dict[str, tuple[str, str, Reader]] = {
    "accelerators_produced": ("package/year", "flow", _packages),
    "accelerators_exported": ("package/year", "flow", lambda w, f, leaf: _export(w, f, leaf.products).packages),
    "accelerators_imported": ("package/year", "flow", lambda w, f, leaf: _export(w, f, leaf.products).packages),
    "h100e_produced": ("H100e/year", "flow", _sold("h100e")),
    "h100e_bf16_produced": ("H100e/year", "flow", _sold("h100e_bf16")),
    "h100e_imported": ("H100e/year", "flow", lambda w, f, leaf: _export(w, f, leaf.products).h100e),
    "revenue_busd": ("billion USD/year", "flow", lambda _, f, __: f.revenue),
    "revenue_exported_busd": ("billion USD/year", "flow", _export_revenue),
    "tdp_sold_gw": ("GW/year", "flow", _tdp),
    "tpp_sold": ("TPP/year", "flow", _by_data_sheet("tpp")),
    "dies_used": ("die/year", "flow", _dies_used),
    "dies_imported": ("die/year", "flow", lambda _, f, __: f.bank.arrived),
    "die_bank": ("die", "stock", lambda _, f, __: f.bank.level),
    "die_stockpile": ("die", "stock", lambda _, f, __: f.bank.level + f.pile.level),
    "hbm_used_pb": ("PB/year", "flow", lambda _, f, __: f.hbm_used + f.own_memory),
}
"""Measures of a chip firm: unit, kind, how it is read. Those of a variable's name mean the firm's part of it."""


def _bought(world: World, buyer: Any, leaf: Leaf) -> Numbers:
    """Compute that a buyer got in the year, from one supplier or from all; smuggled goods apart."""
    if not leaf.supplier:
        return buyer.bought.h100e - buyer.bought.smuggled_h100e  # type: ignore[no-any-return]
    kept = 1.0 - world.diverted_share[buyer.side]
    market = world.markets[buyer.side]
    lines = {line.name for firm in world.firms[buyer.side] if firm.name == leaf.supplier for line in firm.lines}
    got = add_up(
        batch.h100e * market.share_of(buyer.name, line) * kept
        for line, batch in market.lines_delivered().items()
        if line in lines and line in buyer.tastes
    )
    sells = any(firm.name == leaf.supplier and firm.exports for firm in world.firms["us"])
    return got + (buyer.legal.h100e if buyer.imports and sells else 0.0)


OF_BUYER: dict[str, tuple[str, str, Reader]] = {
    "fleet_h100e": ("H100e", "stock", lambda _, b, __: b.fleet.total.h100e),
    "fleet_h100e_bf16": ("H100e", "stock", lambda _, b, __: b.fleet.total.h100e_bf16),
    "fleet_smuggled_h100e": ("H100e", "stock", lambda _, b, __: b.fleet.total.smuggled_h100e),
    "fleet_packages": ("package", "stock", lambda _, b, __: b.fleet.total.packages),
    "h100e_bought": ("H100e/year", "flow", _bought),
    "h100e_installed": ("H100e/year", "flow", lambda _, b, __: b.installed.h100e),
    "accelerators_installed": ("package/year", "flow", lambda _, b, __: b.installed.packages),
    "h100e_retired": ("H100e/year", "flow", lambda _, b, __: b.retired.h100e),
    "accelerators_retired": ("package/year", "flow", lambda _, b, __: b.retired.packages),
    "h100e_smuggled": ("H100e/year", "flow", lambda _, b, __: b.smuggled.h100e),
    "capex_busd": ("billion USD/year", "flow", lambda _, b, __: b.capex * b.ai_share),
    "capex_all_busd": ("billion USD/year", "flow", lambda _, b, __: b.capex),
    "accelerator_budget_busd": ("billion USD/year", "flow", lambda _, b, __: b.budget),
    "spend_busd": ("billion USD/year", "flow", lambda _, b, __: b.paid),
}
"""Measures of a buyer."""

OF_PLANT: dict[str, tuple[str, str, Reader]] = {
    "logic_wafers": ("wafer/year", "flow", lambda _, p, __: p.wafers),
    "dies_produced": ("die/year", "flow", lambda _, p, __: p.good_dies),
    "logic_yield": ("1", "share", lambda _, p, __: p.logic_yield),
    "hbm_produced_pb": ("PB/year", "flow", lambda _, p, __: p.made),
    "capacity": ("wafer/year", "stock", lambda _, p, __: p.capacities[-1]),
}
"""Measures of a fab, packaging house or memory maker."""


def _all_firms(name: str) -> Callable[[World, str, Leaf], Numbers]:
    def read(world: World, side: str, leaf: Leaf) -> Numbers:
        return add_up(OF_FIRM[name][2](world, firm, leaf) for firm in world.firms[side])

    return read


OF_SIDE: dict[str, tuple[str, str, Callable[[Any, str, Leaf], Numbers]]] = {
    "h100e_bf16_produced": ("H100e/year", "flow", _all_firms("h100e_bf16_produced")),
    "tdp_sold_gw": ("GW/year", "flow", _all_firms("tdp_sold_gw")),
    "tpp_sold": ("TPP/year", "flow", _all_firms("tpp_sold")),
    "import_cost_busd": (
        "billion USD/year",
        "flow",
        lambda world, side, _: world.markets["us"].export_cost if side == "china" else 0.0,
    ),
}
"""Measures of a side beyond the recorded variables."""

TABLES = {"firms": OF_FIRM, "buyers": OF_BUYER, "plants": OF_PLANT}
LEADERS = ("chip_", "pod_", "die_runout_year", "hbm_runout_year", "huawei_integration", "software_efficiency")
"""Recorded variables that are the side's lead firm's own."""


def describe(leaf: Leaf, table: str = "") -> tuple[str, str]:
    """Give unit and kind of a measure."""
    if not leaf.actor:
        if leaf.of in VARIABLES:
            return VARIABLES[leaf.of].unit, VARIABLES[leaf.of].kind
        return OF_SIDE[leaf.of][:2]
    tables = [TABLES[table]] if table else list(TABLES.values())
    return next(measures[leaf.of][:2] for measures in tables if leaf.of in measures)


def read_leaf(world: World, leaf: Leaf) -> Numbers:
    """Read a measure of the year that a world has just stepped through."""
    if not leaf.actor:
        if leaf.of in DATES:
            depot = leaf.of.startswith("hbm")
            runout: Numbers = world.hbm[leaf.side].runout if depot else world.lead_firm[leaf.side].bank_runout
            return runout
        if leaf.of in VARIABLES:
            return world.last(leaf.of, leaf.side)
        return OF_SIDE[leaf.of][2](world, leaf.side, leaf)
    holders: dict[str, Any] = {
        "firms": world.firms[leaf.side],
        "buyers": world.buyers[leaf.side],
        "plants": [*world.fabs[leaf.side], *world.packaging[leaf.side].lines, *world.memory_makers[leaf.side]],
    }
    for table, measures in TABLES.items():
        for agent in holders[table]:
            if agent.name == leaf.actor and leaf.of in measures:
                return measures[leaf.of][2](world, agent, leaf)
    return 0.0  # a firm of the facts that this year's world does not hold
