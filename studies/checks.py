"""The fifteen checks that any baseline is held against: published orders of magnitude, never fitted to.

Each check gives a value, the range it should lie in, and in words what the value is. What fails is explained in
`docs/validation.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

M = 1e6
BIG_FOUR_CAPEX_2025 = 416.0
"""Billion USD, company reports (`buyers.us_cloud.capex`)."""
Part = tuple[str, float, float, float]


@dataclass(frozen=True)
class Check:
    """One line of a check: value against range."""

    id: str
    title: str
    value: float
    low: float
    high: float
    passed: bool = field(init=False)
    explanation: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", bool(self.low <= self.value <= self.high))


class View:
    """Medians and shares of a dataset by variable, side and year."""

    def __init__(self, data: xr.Dataset) -> None:
        self.data = data

    def members(self, name: str, side: str, year: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """All members of one variable, side and year."""
        return np.asarray(self.data[name].sel(side=side, year=year).values, dtype=float)

    def median(self, name: str, side: str, year: int, unit: float = 1.0) -> float:
        """Median over members, NaN last (a date that never comes is late)."""
        values = self.members(name, side, year) / unit
        return float(np.quantile(np.where(np.isnan(values), np.inf, values), 0.5, method="inverted_cdf"))

    def median_of(self, values: Any) -> float:
        """Median of derived values."""
        return float(np.median(values))


def run_checks(result: Any) -> list[Check]:
    """Hold a result (anything with `.data`) against the checks whose years it has."""
    view = View(result.data)
    years = {int(year) for year in result.data["year"].values}
    found: list[Check] = []
    for number, (title, explanation, parts) in enumerate(CHECKS, start=1):
        for label, value, low, high in _available(parts, view, years):
            found.append(Check(f"{number}. {label}" if label else str(number), title, value, low, high, explanation))
    return found


def _available(parts: Callable[[View], Iterator[Part]], view: View, years: set[int]) -> Iterator[Part]:
    """Parts of a check, as long as the run has the years they ask for."""
    if not {2022, 2023, 2024, 2025, 2026} <= years:
        return
    try:
        yield from parts(view)
    except KeyError:
        return


def _nvidia(v: View) -> Iterator[Part]:
    for year, low, high in ((2022, 0.24, 0.36), (2023, 0.9, 1.3), (2024, 2.8, 4.0), (2025, 7.6, 10.5)):
        yield str(year), v.median("nvidia_h100e_sold", "us", year, M), low, high
    yield "2026 first half", v.median("h100e_sold_first_half", "us", 2026, M), 6.2, 8.6


def _us_designed(v: View) -> Iterator[Part]:
    for year, low, high in ((2023, 1.2, 1.6), (2024, 4.0, 5.8), (2025, 11.0, 15.5)):
        yield str(year), v.median("h100e_produced", "us", year, M), low, high


def _nvidia_to_china(v: View) -> Iterator[Part]:
    for year, value in ((2023, 0.145), (2024, 0.143), (2025, 0.080)):
        yield str(year), v.median("h100e_imported", "china", year, M), 0.7 * value, 1.3 * value
    yield "2026", v.median("h100e_imported", "china", 2026, M), 0.0, 0.08


def _ascend(v: View) -> Iterator[Part]:
    for year, low, high in ((2024, 0.38, 0.60), (2025, 0.65, 0.97), (2026, 0.3, 0.9)):
        yield str(year), v.median("huawei_packages_sold", "china", year, M), low, high


def _home(v: View) -> Iterator[Part]:
    yield "home 2025", v.median("h100e_produced", "china", 2025, M), 0.5, 0.75
    outside = v.members("h100e_produced", "us", 2025) - v.members("h100e_imported", "china", 2025)
    yield "outside : inside", v.median_of(outside / v.members("h100e_produced", "china", 2025)), 17.0, 25.0


def _stock(v: View) -> Iterator[Part]:
    for year, low, high in ((2024, 6.5, 8.5), (2025, 18.0, 22.0)):
        sold = sum(v.members("h100e_produced", side, y) for side in ("us", "china") for y in range(2022, year + 1))
        yield f"end {year}", v.median_of(sold) / M + 0.33, low, high


def _share(v: View) -> Iterator[Part]:
    china, us = v.members("fleet_h100e", "china", 2025), v.members("fleet_h100e", "us", 2025)
    smuggled = v.members("fleet_smuggled_h100e", "china", 2025)
    yield "without smuggled, %", 100 * v.median_of((china - smuggled) / (china - smuggled + us)), 5.0, 8.0
    yield "with smuggled, %", 100 * v.median_of(china / (china + us)), 6.0, 14.0


def _hbm(v: View) -> Iterator[Part]:
    yield "stacks on 2025-01-01, M", v.median("hbm_stockpile_pb", "china", 2024) * 1e6 / 16 / M, 9.5, 11.5
    yield "empty", v.median("hbm_runout_year", "china", 2026), 2025.8, 2026.6
    yield "HBM binds in 2026, %", 100 * float(np.mean(v.members("binding_input", "china", 2026) == 1)), 80.0, 100.0


def _bank(v: View) -> Iterator[Part]:
    yield "end 2025, M dies", v.median("die_bank", "china", 2025, M), 0.0, 1.3
    date = v.members("die_runout_year", "china", 2026)
    yield "empty 2026.0-2026.9, %", 100 * float(np.mean((date >= 2026.0) & (date <= 2026.9))), 70.0, 100.0


def _dies(v: View) -> Iterator[Part]:
    yield "used in 2025, M dies", v.median("dies_used", "china", 2025, M), 1.6, 2.0
    pile = [v.members("die_stockpile", "china", y) - v.members("die_bank", "china", y) for y in range(2022, 2027)]
    made = [v.members("dies_produced", "china", y) for y in range(2022, 2027)]
    most = max(float(np.max(p - 0.5 * m)) for p, m in zip(pile, made, strict=True))
    yield "pile over half a year's output, M dies", max(0.0, most / M), 0.0, 0.001


def _power(v: View) -> Iterator[Part]:
    sold_gw = v.members("fleet_power_gw", "us", 2025) + v.members("inventory_power_gw", "us", 2025)
    yield "sold IT power, GW", v.median_of(sold_gw), 15.0, 20.0
    h100e = v.members("fleet_h100e", "us", 2025)
    yield "H100e per IT MW", v.median_of(h100e / v.members("fleet_power_gw", "us", 2025)) / 1e3, 950.0, 1250.0


def _site(v: View) -> Iterator[Part]:
    def h100e(side: str, year: int) -> float:
        return v.median("cluster_fp8_eflops", side, year) / 1979.0

    yield "US end 2024", h100e("us", 2024), 0.10, 0.16
    yield "US end 2025", h100e("us", 2025), 0.28, 0.50
    yield "US August 2026", h100e("us", 2025) + 0.65 * (h100e("us", 2026) - h100e("us", 2025)), 1.0, 1.2
    yield "China 2026", h100e("china", 2026), 0.10, 0.23
    yield "China 2027", h100e("china", 2027), 0.0, 0.30


def _money(v: View) -> Iterator[Part]:
    yield "NVIDIA revenue FY26, bn USD", v.median("nvidia_revenue_busd", "us", 2025), 185.0, 205.0
    yield "spend over big-4 capex 2025", v.median("spend_busd", "us", 2025) / BIG_FOUR_CAPEX_2025, 0.40, 0.60
    yield "Huawei AI revenue 2025, bn USD", v.median("huawei_revenue_busd", "china", 2025), 6.0, 10.0
    yield "Huawei AI revenue 2026, bn USD", v.median("huawei_revenue_busd", "china", 2026), 9.0, 16.0


def _chinese_power(v: View) -> Iterator[Part]:
    added = v.members("nameplate_added_gw", "china", 2025)
    yield (
        "AI IT power over additions 2025, %",
        100 * v.median_of(v.members("fleet_power_gw", "china", 2025) / added),
        0,
        3,
    )
    for year, value in ((2022, 87.4), (2023, 216.9), (2024, 277.0), (2025, 315.1)):
        yield f"solar {year}, GW", v.median("solar_added_gw", "china", year), value - 1, value + 1


def _growth(v: View) -> Iterator[Part]:
    def factor(year: int) -> float:
        return v.median_of(v.members("fleet_h100e", "us", year) / v.members("fleet_h100e", "us", year - 1))

    for year, low, high in ((2023, 2.0, 3.4), (2024, 2.0, 3.4), (2025, 2.0, 3.4), (2026, 1.5, 2.5)):
        yield f"fleet outside China x{year}", factor(year), low, high
    for year in (2027, 2028):
        yield f"fleet outside China x{year}", factor(year), 1.5, 2.5
    yield "largest run US 2025, 1e27 FLOP", v.median("largest_run_flop", "us", 2025, 1e27), 0.5, 3.0
    yield "largest run China 2025, 1e26 FLOP", v.median("largest_run_flop", "china", 2025, 1e26), 0.1, 4.0


CHECKS: tuple[tuple[str, str, Callable[[View], Iterator[Part]]], ...] = (
    ("NVIDIA sold, M H100e", "Epoch quarterly sales summed to calendar years", _nvidia),
    ("All US-designed, M H100e", "Epoch: NVIDIA, TPU, Trainium, AMD", _us_designed),
    ("Legal NVIDIA to China, M H100e", "Epoch China SKUs, within 30 %", _nvidia_to_china),
    ("Ascend packages, M", "Epoch, SemiAnalysis, IDC; 2026 from 0.3 (HBM-bound) to plans", _ascend),
    ("China's home compute", "sales of Chinese designers, M H100e, and the ratio of sales", _home),
    ("World stock as the sum of sales, M H100e", "with 0.33 M from before 2022", _stock),
    ("China's share of the world fleet, end 2025", "owned, with and without smuggled", _share),
    ("HBM store of China", "SemiAnalysis 13 M stacks less use", _hbm),
    ("TSMC-made die bank", "2.0-3.2 M dies received", _bank),
    ("Dies consumed, and the home pile", "scrap included", _dies),
    ("Power outside China at end 2025", "sold IT power and compute per MW", _power),
    ("Largest site, M H100e", "Epoch site ledger", _site),
    ("Money", "NVIDIA filings, big-4 capital spending, Financial Times", _money),
    ("Chinese power", "NEA additions", _chinese_power),
    ("Growth and largest run", "Epoch growth of compute; published runs", _growth),
)
