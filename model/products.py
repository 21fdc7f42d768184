"""Product lines: which generation a firm makes in a year, and what a packaging wafer of it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .conversions import KW_PER_GW
from .numbers import Numbers, add_up, ratio
from .production import generation_shares

if TYPE_CHECKING:
    from ..scenarios.inputs import Inputs
    from .hardware.chips import Chip
    from .machines import Machines


@dataclass(frozen=True)
class Product:
    """One accelerator as it is made and sold.

    ``expected_start`` is the central date, the same for all members: it orders generations. ``gain`` scales throughput of projected generations; ``low_*`` describe the lowest memory grade;
    ``from_pool`` is the share of its memory that comes from the side's HBM supply (the rest the firm makes itself).
    """

    chip: Chip
    ramp_start: Numbers
    expected_start: float
    per_wafer: Numbers
    dies: Numbers
    price_usd: Numbers
    low_hbm_gb: Numbers
    low_throughput: Numbers
    from_bank: bool
    gain: Numbers
    from_pool: Numbers = 1.0
    home_dies_first: float = 0.0

    @property
    def hbm_gb(self) -> float:
        """Memory of the full grade."""
        return self.chip.hbm_gb or 0.0

    @property
    def h100e(self) -> Numbers:
        """H100e per package of the full grade."""
        return (self.chip.h100e or 0.0) * self.gain

    @property
    def h100e_bf16(self) -> Numbers:
        """The same on dense BF16."""
        return (self.chip.h100e_bf16 or 0.0) * self.gain

    @property
    def power_gw(self) -> float:
        """All-in IT power of one package."""
        return (self.chip.all_in_kw or 0.0) / KW_PER_GW


def read_product(inputs: Inputs, machines: Machines, chip_id: str) -> Product:
    """Read a product's numbers from the scenario."""
    at = f"products.{chip_id}"
    scenario = inputs.scenario
    chip = machines.chip(chip_id)

    def optional(key: str, unit: str, default: Numbers) -> Numbers:
        return inputs.value(f"{at}.{key}", unit) if scenario.has(f"{at}.{key}") else default

    planned = scenario.central(f"{at}.ramp_start", "year")
    projected = scenario.label(f"{at}.projection", "")
    pooled = scenario.label(f"{at}.memory_from_pool", "")
    return Product(
        chip=chip,
        ramp_start=inputs.value(f"{at}.ramp_start", "year") if scenario.behaviour.rules["roadmap_slips"] else planned,
        expected_start=planned,
        per_wafer=inputs.value(f"{at}.per_wafer", "package/wafer"),
        dies=inputs.value(f"{at}.dies", "die/package"),
        price_usd=inputs.value(f"{at}.price", "USD/package"),
        low_hbm_gb=optional("low_grade_hbm", "GB", chip.hbm_gb or 0.0),
        low_throughput=optional("low_grade_throughput", "1", 1.0),
        from_bank=bool(scenario.label(f"{at}.from_bank", False)),
        gain=inputs.value(projected, "1") if projected else 1.0,
        home_dies_first=float(bool(scenario.label(f"{at}.home_dies_first", False))),
        from_pool=inputs.value(pooled, "1") if pooled else 1.0,
    )


@dataclass(frozen=True)
class Blend:
    """A year's mix of products: share of packaging wafers, and averages for one package.

    ``parts`` gives each product's share of the blend's packages.
    """

    wafer_share: Numbers
    per_wafer: Numbers
    dies: Numbers
    hbm_gb: Numbers
    low_hbm_gb: Numbers
    price_usd: Numbers
    power_gw: Numbers
    h100e: Numbers
    h100e_bf16: Numbers
    low_throughput: Numbers
    from_pool: Numbers
    parts: tuple[tuple[Product, Numbers], ...]

    @cached_property
    def home_first(self) -> Numbers:
        """Share of the blend's dies that belong to designs which take home dies before banked ones."""
        first = add_up(share * product.dies * product.home_dies_first for product, share in self.parts)
        return ratio(first, self.dies)


def blend(products: Sequence[Product], wafer_shares: Sequence[Numbers]) -> Blend:
    """Average products that share packaging wafers."""
    per_wafer = [share * product.per_wafer for product, share in zip(products, wafer_shares, strict=True)]
    packages = add_up(per_wafer)
    parts = tuple((product, ratio(made, packages)) for product, made in zip(products, per_wafer, strict=True))

    def mean(attribute: str) -> Numbers:
        return add_up(share * getattr(product, attribute) for product, share in parts)

    total = add_up(wafer_shares)
    return Blend(
        wafer_share=total,
        per_wafer=ratio(packages, total),
        parts=parts,
        **{
            name: mean(name)
            for name in (
                "dies", "hbm_gb", "low_hbm_gb", "price_usd", "power_gw", "h100e", "h100e_bf16", "low_throughput", "from_pool"
            )
        },
    )  # fmt: skip


class ProductLine:
    """A chain of generations, each displacing the one before as it ramps.

    Parameters
    ----------
    name : id of the line, also its name at the packaging counter
    weight : share of scarce packaging the line is granted
    products : generations from oldest to newest
    ramp_years : from first volume to the whole line
    """

    def __init__(self, name: str, weight: Numbers, products: list[Product], ramp_years: Numbers) -> None:
        self.name = name
        self.weight = weight
        self.products = products
        self.ramp_years = ramp_years

    def shares(self, year: int) -> list[Numbers]:
        """Share of the line's wafers per generation; they add up to the line's own ramp."""
        return generation_shares([product.ramp_start for product in self.products], self.ramp_years, year)

    def blends(self, year: int) -> tuple[Blend, Blend, Blend]:
        """Give the blend of all products, of those that take banked dies, and of the others."""
        active = [
            (product, share)
            for product, share in zip(self.products, self.shares(year), strict=True)
            if np.any(np.asarray(share) > 0)
        ]
        banked = [(p, s) for p, s in active if p.from_bank]
        fresh = [(p, s) for p, s in active if not p.from_bank]
        everything = _blend_of(active)
        return (
            everything,
            _blend_of(banked) if fresh else everything,
            _blend_of(fresh) if banked else everything,
        )


def _blend_of(shared: Sequence[tuple[Product, Numbers]]) -> Blend:
    return blend([product for product, _ in shared], [share for _, share in shared])
