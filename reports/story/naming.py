"""Names of assumptions, units and goods in the language spoken.

>>> named("smic.n2.die_conversion"), named("plants.micron.yield")
("Share of SMIC's good dies that become AI products", 'Micron: yield')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..figures.policy import ITEM_WORDS
from ..language import say, spoken
from ..language.numbers import KOREAN, LEAST_COUNTED, SIZES, month, with_unit
from ..words import NAMES, amount, in_words, unit_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PLAIN = {
    "buyers.china_state.foreign_taste_shift": "Chinese state buyers' leaning to home chips",
    "capital.china.accelerator_share": "Share of Chinese capital spending that buys accelerators",
    "capital.china.growth": "Growth of Chinese AI spending",
    "capital.china.path": "Chinese AI spending, against its central path",
    "capital.us.cloud_accelerator_share": "Share of US cloud spending that buys accelerators",
    "capital.us.growth": "Growth of US AI spending",
    "capital.us.path": "US AI spending, against its central path",
    "china_hbm.capacity": "Wafers for HBM in China",
    "china_hbm.growth": "Growth of HBM wafers in China while HBM is scarce",
    "china_packaging.capacity": "Advanced packaging in China",
    "firms.huawei.die_receipts": "TSMC-made dies that reached Huawei",
    "fleet.failure_rate": "Share of accelerators lost in a year",
    "fleet.life": "Service life of accelerators",
    "grids.us.ai_power": "Power for AI outside China",
    "grids.us.ai_power_growth": "Growth of power for AI outside China",
    "grids.us.lead_time": "Lead time of power outside China",
    "hbm.grey": "HBM that reaches China by grey channels",
    "hbm.import_weight": "Weight of Chinese buyers of scarce HBM",
    "hbm_world.capacity": "World capacity for HBM",
    "market.foreign_taste_slope": "Weight of performance in the choice of foreign chips",
    "market.install_lag": "Time from sale to installation",
    "packaging.china.hbm_scrapped": "HBM lost with a failed package in China",
    "packaging.china.package_yield": "Packaging yield in China",
    "plants.cxmt.dram_growth": "Growth of CXMT's DRAM wafers",
    "plants.cxmt.hbm_share_cap": "Most of CXMT's wafers that may become HBM",
    "plants.cxmt.yield": "CXMT's HBM yield",
    "plants.huawei_fabs.capacity": "AI wafers of Huawei-linked fabs",
    "plants.huawei_fabs.growth": "Growth of Huawei-linked fabs while busy",
    "plants.smic.capacity": "SMIC's wafers for AI",
    "plants.smic.growth": "Growth of SMIC's AI wafers while busy",
    "plants.tsmc_cowos.capacity": "TSMC's advanced packaging",
    "plants.tsmc_cowos.growth": "Growth of TSMC's advanced packaging",
    "plants.tsmc_logic.defect_density": "Defects of TSMC's logic wafers",
    "policy.china.acceptance.base": "Beijing's acceptance of foreign chips, base",
    "policy.china.acceptance.cover": "Beijing's acceptance, weight of home supply",
    "policy.china.acceptance.performance": "Beijing's acceptance, weight of performance",
    "policy.china.acceptance.retaliation": "Beijing's acceptance, weight of retaliation",
    "policy.us.lobby_weight": "Weight of US chip firms' lobbying",
    "policy.us.start_restrict": "Chance that Washington restricts in 2027",
    "policy.us.step": "Size of a US step in controls",
    "policy.us.tighten_rate": "Pace of US steps in controls",
    "projection.china_gain": "Gain of Chinese chips not yet announced, against trend",
    "projection.us_gain": "Gain of US-led chips not yet announced, against trend",
    "smic.n2.defect_density": "Defects of SMIC's N+2 wafers",
    "smic.n2.die_conversion": "Share of SMIC's good dies that become AI products",
    "smic.n2.harvest": "SMIC dies that partly defective ones add",
    "smic.n2.learning_exponent": "SMIC's learning on N+2",
    "smuggling.h100e": "Smuggled accelerators",
}
"""Assumptions that often carry the answer, in plain words; all others are named after their paths."""
GOODS = {"foundry.huawei": "foundry service for Huawei", "rental": "rented computing power"}
DATES = range(1900, 2200)
"""Numbers of unit year that are dates."""
TARGETS = {"smic": "SMIC", "state_data_centres": "state data centres"}


def named(path: str, labels: Mapping[str, Any] | None = None) -> str:
    """Name the record at a dotted path.

    Parameters
    ----------
    path
        Path of a record.
    labels
        The scenario's labels: names of chips, pods and the like are taken from there.
    """
    if path in PLAIN:
        return say(PLAIN[path])
    whole, colon, rest = in_words(path, labels).partition(": ")
    parts = [say(part) for part in rest.split(", ")] if rest else []
    return say(whole) + colon + ", ".join(parts)


def unit_named(unit: str, label: str = "") -> str:
    """Write the unit of a record, or nothing where the label says it already."""
    if unit.startswith("1/"):
        return say("per {period}", period=say(unit.removeprefix("1/")))
    return say(unit_words(unit, label))


def measured(value: float, unit: str, label: str = "") -> str:
    """Write a value with its unit.

    >>> measured(12_500.0, "wafer/month"), measured(2028.9, "year"), measured(0.3, "1"), measured(0.8, "1/year")
    ('12.5 k wafers/month', 'Nov 2028', '0.3', '0.8 per year')
    """
    return with_unit(value_named(value, unit), "" if is_date(value, unit) else unit_named(unit, label))


def is_date(value: float | None, unit: str) -> bool:
    """Whether a value is a point in time."""
    return unit == "year" and value is not None and int(value) in DATES


def value_named(value: float | None, unit: str = "") -> str:
    """Write the value of an assumption as people of the language count.

    >>> value_named(12_500.0, "wafer/month"), value_named(0.17)
    ('12.5 k', '0.17')
    """
    if value is not None and is_date(value, unit):
        return month(value)
    if spoken() == KOREAN and value is not None and abs(value) >= LEAST_COUNTED:
        size, word = next((size, word) for size, word in SIZES[KOREAN] if abs(value) >= size)
        return f"{float(f'{value / size:.3g}'):,g}{word}"
    return amount(value, unit)


def goods_named(item: str, target: str = "") -> str:
    """Name what an act is about: a product by its name, a kind of goods in a word.

    >>> goods_named("nvidia.h20"), goods_named("nvidia.rubin_vr200"), goods_named("equipment", "smic")
    ('NVIDIA H20', 'NVIDIA Rubin VR200', 'fab tools for SMIC')
    """
    if item in GOODS:
        what = say(GOODS[item])
    elif "." in item:
        what = " ".join(_product(word) for word in item.replace(".", "_").split("_"))
    else:
        what = say(ITEM_WORDS.get(item, item.replace("_", " ")))
    return (
        say("{what} for {whom}", what=what, whom=say(TARGETS.get(target, target.replace("_", " ")))) if target else what
    )


def _product(word: str) -> str:
    if word in NAMES:
        return NAMES[word]
    return word.upper() if any(character.isdigit() for character in word) else word.capitalize()
