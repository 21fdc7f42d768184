"""The year's measurement: every recorded variable of both sides, from what agents hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .controls import CONTROLLED
from .conversions import FLOP_PER_EFLOP, USD_PER_BUSD
from .fleet import Batch
from .hardware.cluster import largest_run_flop, training_days
from .market import export_item
from .numbers import Numbers, add_up, positive, ratio
from .registry import SIDES
from .site import LARGEST_RUN_DAYS

if TYPE_CHECKING:
    from .products import Product
    from .world import World

COUNTS_AS_PRODUCT = 10_000
"""Chips of one kind in a year from which it counts as the best product: a definition of the recorded variables."""
SUPPLY, CAPITAL, POWER = 0.0, 1.0, 2.0
NVIDIA, HUAWEI = "nvidia", "huawei"
"""Firms that checks and claims ask for by name."""


def measure(world: World) -> None:
    """Record both sides."""
    for side in SIDES:
        firms, buyers = world.firms[side], world.buyers[side]
        _accelerators(world, side, firms, buyers)
        _fleet(world, side, buyers)
        _dies(world, side, firms)
        _memory(world, side, firms)
        _tools_and_packaging(world, side)
        _integration(world, side)
        _controls(world, side)
        _best_product(world, side)
        _cluster(world, side)
        _money(world, side, firms, buyers)


def _accelerators(world: World, side: str, firms: list[Any], buyers: list[Any]) -> None:
    """Flows of packages and H100e: made, traded, smuggled, installed, retired, lost."""
    us_market = world.markets["us"]
    imported = us_market.exported if side == "china" else Batch()
    exported = us_market.exported if side == "us" else Batch()
    smuggled = world.smugglers.goods if side == "china" else Batch()
    diverted = world.smugglers.goods if side == "us" else Batch()
    installed = Batch.total(buyer.installed for buyer in buyers)
    retired = Batch.total(buyer.retired for buyer in buyers)
    inventory = Batch.total(buyer.inventory for buyer in buyers)
    home = world.markets[side].delivered
    values = {
        "accelerators_produced": add_up(firm.finished for firm in firms),
        "accelerators_imported": imported.packages,
        "accelerators_smuggled": smuggled.packages,
        "accelerators_exported": exported.packages,
        "accelerators_diverted": diverted.packages,
        "accelerators_installed": installed.packages,
        "accelerators_retired": retired.packages,
        "accelerators_lost": add_up(firm.lost for firm in firms),
        "accelerators_inventory": inventory.packages,
        "h100e_produced": home.h100e + exported.h100e,
        "h100e_imported": imported.h100e,
        "h100e_smuggled": smuggled.h100e,
        "h100e_installed": installed.h100e,
        "h100e_retired": retired.h100e,
        "h100e_inventory": inventory.h100e,
        "localisation_accelerators": ratio(home.h100e, home.h100e + imported.h100e + smuggled.h100e, empty=1.0),
    }
    for name, value in values.items():
        world.put(name, side, value)


def _fleet(world: World, side: str, buyers: list[Any]) -> None:
    """Three ledgers of compute, and the power they draw."""
    owned = Batch.total(buyer.fleet.total for buyer in buyers)
    rented = world.rental.rented
    sign = 1.0 if side == "china" else -1.0
    available = world.grids[side].available
    energised = np.minimum(1.0, ratio(available, owned.power_gw, empty=1.0))
    values = {
        "fleet_packages": owned.packages,
        "fleet_h100e": owned.h100e,
        "fleet_h100e_bf16": owned.h100e_bf16,
        "fleet_smuggled_h100e": owned.smuggled_h100e,
        "fleet_rented_h100e": rented if side == "china" else 0.0,
        "fleet_h100e_located": owned.h100e,
        "fleet_h100e_used": owned.h100e + sign * rented,
        "energised_share": energised,
        "fleet_power_gw": owned.power_gw * energised,
        "power_utilisation": ratio(owned.power_gw * energised, available),
        "fleet_binding": _fleet_binding(world, side, buyers),
        "us_owned_share": ratio(add_up(buyer.fleet.total.h100e * buyer.us_owned for buyer in buyers), owned.h100e)
        if side == "us"
        else np.nan,
    }
    for name, value in values.items():
        world.put(name, side, value)


def _fleet_binding(world: World, side: str, buyers: list[Any]) -> Numbers:
    """What bounds installations: unfilled orders (supply), money without power, or, with neither, the money itself."""
    wish = add_up(buyer.budget for buyer in buyers)
    no_power = add_up(buyer.budget * (1.0 - buyer.powered) for buyer in buyers)
    no_supply = world.markets[side].unfilled_busd()
    tolerance = world.inputs.value("market.binding_tolerance", "1")
    neither = np.maximum(no_power, no_supply) <= tolerance * wish
    return np.where(neither, CAPITAL, np.where(no_power > no_supply, POWER, SUPPLY))


def _dies(world: World, side: str, firms: list[Any]) -> None:
    """Dies made, imported, used, stored; the run-out of the foreign-made bank."""
    imported = add_up(firm.bank.arrived for firm in firms)
    to_china: Numbers = 0.0
    if side == "us":
        to_china = add_up(firm.bank.arrived for firm in world.firms["china"])
    from_home = add_up(firm.dies_from_home for firm in firms)
    used = from_home + add_up(firm.dies_from_bank for firm in firms)
    bank = add_up(firm.bank.level for firm in firms)
    fabs = [fab for fab in world.fabs[side] if not fab.foreign]
    values = {
        "dies_produced": add_up(firm.dies_made for firm in firms) + to_china,
        "dies_imported": imported,
        "dies_used": used,
        "dies_other": add_up(firm.dies_other for firm in firms) + to_china,
        "die_bank": bank,
        "die_stockpile": bank + add_up(firm.pile.level for firm in firms),
        "localisation_dies": ratio(from_home, used, empty=1.0),
        "logic_wafers": add_up(fab.wafers for fab in fabs),
        "logic_yield": ratio(add_up(fab.wafers * fab.logic_yield for fab in fabs), add_up(fab.wafers for fab in fabs)),
    }
    for name, value in values.items():
        world.put(name, side, value)
    world.recorder.put_all_years("die_runout_year", side, world.lead_firm[side].bank_runout)
    world.put("binding_input", side, world.lead_firm[side].binding)


def _memory(world: World, side: str, firms: list[Any]) -> None:
    """HBM made, traded, used, stored."""
    depot = world.hbm[side]
    outside = depot.imported + depot.smuggled
    values = {
        "hbm_produced_pb": depot.made,
        "hbm_imported_pb": depot.imported,
        "hbm_smuggled_pb": depot.smuggled,
        "hbm_exported_pb": depot.exported,
        "hbm_used_pb": depot.used,
        "hbm_other_pb": depot.other,
        "hbm_stockpile_pb": depot.store.level,
        "localisation_hbm": ratio(np.minimum(depot.made, depot.used), depot.used, empty=1.0)
        if side == "china"
        else ratio(depot.used - np.minimum(outside, depot.used), depot.used, empty=1.0),
    }
    for name, value in values.items():
        world.put(name, side, value)
    world.recorder.put_all_years("hbm_runout_year", side, depot.runout)


def _tools_and_packaging(world: World, side: str) -> None:
    """Packaging slots, and fab tools of the side under control."""
    world.put("packages_capacity", side, packages_capacity(world, side))
    world.put("localisation_packaging", side, 1.0)
    tools = world.tools.get(side)
    bought = (tools.imported + tools.home) if tools else 0.0
    values: dict[str, Numbers] = {
        "tools_stockpile_busd": tools.store.level if tools else np.nan,
        "tools_imported_busd": tools.imported if tools else np.nan,
        "tools_home_busd": tools.home if tools else np.nan,
        "tools_installed_busd": tools.installed if tools else np.nan,
        "localisation_tools": ratio(tools.home, bought, empty=np.nan) if tools else 1.0,
    }
    for name, value in values.items():
        world.put(name, side, value)


def _integration(world: World, side: str) -> None:
    """Share of Huawei's dies, HBM and packages that comes from Huawei-linked makers: the mean of the three shares."""
    if side != "china":
        world.put("huawei_integration", side, np.nan)
        return
    firm = next((firm for firm in world.firms[side] if firm.name == HUAWEI), world.lead_firm[side])
    own = [firm.dies_got.get(fab.name, 0.0) for fab in world.fabs[side] if firm.name in fab.customers]
    dies = ratio(add_up(own), firm.dies_made + firm.dies_from_bank)
    memory = ratio(firm.own_memory, firm.own_memory + firm.hbm_used)
    linked = tuple(line.name for line in world.packaging[side].lines if line.linked)
    value = (dies + memory + world.packaging[side].share_of(linked)) / 3.0
    world.put("huawei_integration", side, value)


def packages_capacity(world: World, side: str) -> Numbers:
    """Packages that the year's slots could have held: granted slots at their lines' size, the rest at the mean size."""
    house = world.packaging[side]
    firms = world.firms[side]
    runs = [run for firm in firms for run in firm.home_runs]
    granted = [house.counter.granted(run.name) for run in runs]
    held = add_up(slots * run.all.per_wafer for slots, run in zip(granted, runs, strict=True))
    mean = add_up(run.all.per_wafer for run in runs) / len(runs)
    started = add_up(firm.finished + firm.lost for firm in firms)
    return np.maximum(held + positive(house.slots() - add_up(granted)) * mean, started)


def _controls(world: World, side: str) -> None:
    """What a side imposes, and what China refuses."""
    if side == "us":
        world.put("stringency_accelerators", side, withheld_share(world))
        return
    for item in CONTROLLED:
        world.put(f"stringency_{item}", side, 0.0)
    offer = world.markets["us"].export
    refused = world.china_government.refuses(offer.item) if offer else 0.0
    world.put("purchase_refusal", "china", refused)
    world.put("purchase_refusal", "us", 0.0)
    world.put("political_state", "china", world.china_government.retaliating)


def withheld_share(world: World) -> Numbers:
    """Stringency on accelerators: share of the frontier chip's 8-bit rate that may not be sold to China.

    1 - (H100e of the best permitted accelerator x share of the year it is permitted) / H100e of the best chip sold.
    """
    offer = world.markets["us"].export
    if offer is None:
        return 0.0
    best: Numbers = 0.0
    for product, packages in world.lead_firm["us"].packages_by_product:
        best = np.maximum(best, np.where(np.greater(packages, 0), product.h100e, 0.0))
    permitted = offer.grade.h100e * world.us_government.leaves_open(offer.item)
    for product, packages in world.lead_firm["us"].packages_by_product:
        opened = world.us_government.leaves_open(export_item(product))
        permitted = np.maximum(permitted, np.where(np.greater(packages, 0), product.h100e * opened, 0.0))
    return positive(1.0 - ratio(permitted, best, empty=1.0))


def _best_product(world: World, side: str) -> None:
    """Chip and pod: the fastest (dense 8-bit) of which the side's lead firm made at least 10,000 chips this year.

    Of two that are equally fast the newer counts.
    """
    lead = world.lead_firm[side]
    made: dict[str, Numbers] = {}
    products: dict[str, Product] = {}
    for product, packages in lead.packages_by_product:
        products[product.chip.id] = product
        made[product.chip.id] = made.get(product.chip.id, 0.0) + packages
    best: dict[str, Numbers] = {}
    for product in sorted(products.values(), key=lambda p: p.expected_start):
        counts = np.greater_equal(made[product.chip.id], COUNTS_AS_PRODUCT)
        _keep_faster(best, "chip_fp8_tflops", _chip_values(product), counts)
        _keep_faster(best, "pod_fp8_pflops", _pod_values(world, product, lead.software), counts)
    for name, value in best.items():
        world.put(name, side, value)


def _keep_faster(best: dict[str, Numbers], rate: str, values: dict[str, Numbers], counts: Any) -> None:
    """Take over the values of a product where it counts and is at least as fast as the best so far."""
    wins = counts & np.greater_equal(values[rate], np.nan_to_num(best.get(rate, 0.0)))
    for name, value in values.items():
        best[name] = np.where(wins, value, best.get(name, np.nan))


def _chip_values(product: Product) -> dict[str, Numbers]:
    """Data-sheet values of a product."""
    chip, gain = product.chip, product.gain
    return {
        "chip_tpp": (chip.tpp or 0.0) * gain,
        "chip_fp8_tflops": (chip.eight_bit_tops or 0.0) * gain,
        "chip_bf16_tflops": (chip.bf16_tflops or 0.0) * gain,
        "chip_hbm_gb": chip.hbm_gb or 0.0,
        "chip_hbm_tb_s": chip.hbm_tb_s or 0.0,
        "chip_power_w": chip.tdp_w or 0.0,
    }


def _pod_values(world: World, product: Product, software: Numbers) -> dict[str, Numbers]:
    """Values of the pod a product ships in."""
    curve = world.machines.curve(product.chip.id)
    return {
        "pod_chips": float(curve.pod_chips),
        "pod_fp8_pflops": curve.pod_eight_bit_pflops * product.gain,
        "pod_hbm_tb": curve.pod_memory_tb,
        "pod_scale_up_tb_s": curve.pod_scale_up_tb_s,
        "pod_power_kw": curve.pod_it_power_kw,
        "inference_tokens_per_s_per_mw": (curve.decode_tokens_per_s_per_mw or np.nan) * software,
    }


def _cluster(world: World, side: str) -> None:
    """Largest cluster of the side."""
    best = world.clusters[side]
    flops = best.training_eflops * FLOP_PER_EFLOP
    some = np.greater(flops, 0)
    values = {
        "cluster_chips": best.chips,
        "cluster_fp8_eflops": best.fp8_eflops,
        "cluster_mfu": np.where(some, best.mfu, np.nan),
        "cluster_software": np.where(some, best.software, np.nan),
        "cluster_goodput": np.where(some, best.goodput, np.nan),
        "cluster_training_eflops": best.training_eflops,
        "cluster_power_mw": best.power_mw,
        "training_days": np.where(
            np.greater(flops, 0), training_days(world.machines.job, np.maximum(flops, 1.0)), np.nan
        ),
        "largest_run_flop": largest_run_flop(best.frontier_eflops * FLOP_PER_EFLOP, LARGEST_RUN_DAYS),
        "software_efficiency": world.lead_firm[side].software,
    }
    for name, value in values.items():
        world.put(name, side, value)


def _money(world: World, side: str, firms: list[Any], buyers: list[Any]) -> None:
    """Capital spending, prices and revenue; named firms' sales for the checks."""
    paid = add_up(buyer.paid for buyer in buyers)
    got = add_up(buyer.bought.h100e - buyer.bought.smuggled_h100e for buyer in buyers)
    world.put("capex_busd", side, add_up(buyer.capex * buyer.ai_share for buyer in buyers))
    world.put("price_usd_per_h100e", side, ratio(paid * USD_PER_BUSD, got, empty=np.nan))
    world.put("spend_busd", side, paid)
    world.put("revenue_busd", side, add_up(firm.revenue for firm in firms))
    lead = world.lead_firm[side]
    early = world.packaging[side].first_half_share()
    world.put("h100e_sold_first_half", side, early * lead.h100e_before(world.year + 0.5))
    world.put("accelerator_budget_busd", side, add_up(buyer.budget for buyer in buyers))
    world.put("inventory_power_gw", side, add_up(buyer.inventory.power_gw for buyer in buyers))
    world.put("nameplate_added_gw", side, world.grids[side].nameplate_added)
    _named_sales(world, side, firms)


def _named_sales(world: World, side: str, firms: list[Any]) -> None:
    """Sales of the firms that checks and claims ask for by name."""
    for firm in firms:
        if firm.name == NVIDIA:
            h100e = add_up(batch.h100e for batch in firm.home_sales) + world.markets[side].exported.h100e
            world.put("nvidia_packages_sold", side, firm.finished)
            world.put("nvidia_h100e_sold", side, h100e)
            world.put("nvidia_revenue_busd", side, firm.revenue)
        if firm.name == HUAWEI:
            world.put("huawei_packages_sold", side, firm.finished)
            world.put("huawei_revenue_busd", side, firm.revenue)
