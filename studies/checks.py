"""The fifteen checks that any baseline is held against: published orders of magnitude, never fitted to.

Ranges, titles and sources stand in `scenarios/facts/checks.yaml`; here is how each value comes out of a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from ..agents.chip_firms import HBM
from ..model.controls import DEMAND_ACTIONS, SUPPLY_ACTIONS, Item, Schedule, mean_over_year
from ..model.conversions import GB_PER_PB
from ..scenarios.check_ranges import check_ranges

M = 1e6
BIG_FOUR = ("microsoft", "google", "amazon", "meta")
STOCK_BEFORE_2022 = 0.33
"""M H100e sold before 2022, both sides (`initial.us.h100e` and `initial.china.h100e`)."""
STACK_GB = 16
AUGUST = 7 / 12
Part = tuple[str, float]
"""Label of a line and its value."""


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

    def __init__(self, data: xr.Dataset, scenario: Any) -> None:
        self.data = data
        self.scenario = scenario

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
    """Hold a result (anything with `.data` and `.scenario`) against the checks whose years it has."""
    view = View(result.data, result.scenario)
    if not {2022, 2023, 2024, 2025, 2026} <= {int(year) for year in result.data["year"].values}:
        return []
    found: list[Check] = []
    for check in check_ranges():
        values = dict(_available(VALUES[check.number], view))
        for line in check.lines:
            if line.label in values:
                words = f"{check.what}; {line.miss}" if line.miss else check.what
                value = values[line.label]
                found.append(Check(f"{check.number}. {line.label}", check.title, value, line.low, line.high, words))
    return found


def _available(parts: Callable[[View], Iterator[Part]], view: View) -> Iterator[Part]:
    """Lines of a check, as long as the run has the years and variables they ask for."""
    try:
        yield from parts(view)
    except KeyError:
        return


def _nvidia(v: View) -> Iterator[Part]:
    for year in (2022, 2023, 2024, 2025):
        yield str(year), v.median("nvidia_h100e_sold", "us", year, M)
    yield "2026 first half", v.median("h100e_sold_first_half", "us", 2026, M)


def _us_designed(v: View) -> Iterator[Part]:
    for year in (2023, 2024, 2025):
        yield str(year), v.median("h100e_produced", "us", year, M)


def _nvidia_to_china(v: View) -> Iterator[Part]:
    for year in (2023, 2024, 2025, 2026):
        yield str(year), v.median("h100e_imported", "china", year, M)
    yield "of 2025 before August, %", 100 * open_before_august(v.scenario)


def _ascend(v: View) -> Iterator[Part]:
    for year in (2024, 2025, 2026):
        yield str(year), v.median("huawei_packages_sold", "china", year, M)


def _home(v: View) -> Iterator[Part]:
    yield "home 2025", v.median("h100e_produced", "china", 2025, M)
    outside = v.members("h100e_produced", "us", 2025) - v.members("h100e_imported", "china", 2025)
    yield "outside : inside", v.median_of(outside / v.members("h100e_produced", "china", 2025))


def _stock(v: View) -> Iterator[Part]:
    for year in (2024, 2025):
        sold = sum(v.members("h100e_produced", side, y) for side in ("us", "china") for y in range(2022, year + 1))
        yield f"end {year}", v.median_of(sold) / M + STOCK_BEFORE_2022


def _share(v: View) -> Iterator[Part]:
    china, us = v.members("fleet_h100e", "china", 2025), v.members("fleet_h100e", "us", 2025)
    smuggled = v.members("fleet_smuggled_h100e", "china", 2025)
    yield "without smuggled, %", 100 * v.median_of((china - smuggled) / (china - smuggled + us))
    yield "with smuggled, %", 100 * v.median_of(china / (china + us))


def _hbm(v: View) -> Iterator[Part]:
    yield "stacks on 2025-01-01, M", v.median("hbm_stockpile_pb", "china", 2024) * GB_PER_PB / STACK_GB / M
    yield "empty", v.median("hbm_runout_year", "china", 2026)
    yield "HBM binds in 2026, %", 100 * float(np.mean(v.members("binding_input", "china", 2026) == HBM))


def _bank(v: View) -> Iterator[Part]:
    yield "end 2025, M dies", v.median("die_bank", "china", 2025, M)
    date = v.members("die_runout_year", "china", 2026)
    yield "empty 2026.0-2026.9, %", 100 * float(np.mean((date >= 2026.0) & (date <= 2026.9)))


def _dies(v: View) -> Iterator[Part]:
    yield "used in 2025, M dies", v.median("dies_used", "china", 2025, M)
    pile = [v.members("die_stockpile", "china", y) - v.members("die_bank", "china", y) for y in range(2022, 2027)]
    made = [v.members("dies_produced", "china", y) for y in range(2022, 2027)]
    most = max(float(np.max(p - 0.5 * m)) for p, m in zip(pile, made, strict=True))
    yield "pile over half a year's output, M dies", max(0.0, most / M)


def _power(v: View) -> Iterator[Part]:
    sold_gw = v.members("fleet_power_gw", "us", 2025) + v.members("inventory_power_gw", "us", 2025)
    yield "sold IT power, GW", v.median_of(sold_gw)
    h100e = v.members("fleet_h100e", "us", 2025)
    yield "H100e per IT MW", v.median_of(h100e / v.members("fleet_power_gw", "us", 2025)) / 1e3


def _site(v: View) -> Iterator[Part]:
    def h100e(side: str, year: int) -> float:
        return v.median("cluster_fp8_eflops", side, year) / 1979.0

    yield "US end 2024", h100e("us", 2024)
    yield "US end 2025", h100e("us", 2025)
    yield "US August 2026", h100e("us", 2025) + 0.65 * (h100e("us", 2026) - h100e("us", 2025))
    yield "China 2026", h100e("china", 2026)
    yield "China 2027", h100e("china", 2027)


def _money(v: View) -> Iterator[Part]:
    yield "NVIDIA revenue FY26, bn USD", v.median("nvidia_revenue_busd", "us", 2025)
    yield "spend over big-4 capex 2025", v.median("spend_busd", "us", 2025) / big_four_capex(v.scenario, 2025)
    yield "Huawei AI revenue 2025, bn USD", v.median("huawei_revenue_busd", "china", 2025)
    yield "Huawei AI revenue 2026, bn USD", v.median("huawei_revenue_busd", "china", 2026)


def _chinese_power(v: View) -> Iterator[Part]:
    added = v.members("nameplate_added_gw", "china", 2025)
    yield (
        "AI IT power over additions 2025, %",
        100 * v.median_of(v.members("fleet_power_gw", "china", 2025) / added),
    )
    for year in (2022, 2023, 2024, 2025):
        yield f"solar {year}, GW", v.median("solar_added_gw", "china", year)


def _growth(v: View) -> Iterator[Part]:
    def factor(year: int) -> float:
        return v.median_of(v.members("fleet_h100e", "us", year) / v.members("fleet_h100e", "us", year - 1))

    for year in range(2023, 2029):
        yield f"fleet outside China x{year}", factor(year)
    yield "largest run US 2025, 1e27 FLOP", v.median("largest_run_flop", "us", 2025, 1e27)
    yield "largest run China 2025, 1e26 FLOP", v.median("largest_run_flop", "china", 2025, 1e26)


def open_before_august(scenario: Any) -> float:
    """Share of 2025's trade in H20 that both governments let happen before August."""
    item = Item("nvidia.h20")
    supply, demand = (
        Schedule(scenario.timeline, actor, kinds, item)
        for actor, kinds in (("us", SUPPLY_ACTIONS), ("china", DEMAND_ACTIONS))
    )

    def open_at(date: float) -> float:
        return (1.0 - supply.stringency(date)) * (1.0 - demand.stringency(date))

    cuts = [*supply.dates(), *demand.dates(), 2025 + AUGUST]
    early = mean_over_year(lambda date: open_at(date) if date < 2025 + AUGUST else 0.0, cuts, 2025)
    whole = mean_over_year(open_at, cuts, 2025)
    return early / whole if whole > 0 else 0.0


def big_four_capex(scenario: Any, year: int) -> float:
    """Capital spending of the four largest US buyers, billion USD."""
    return float(sum(scenario.central(f"buyers.{name}.capex", "billion_USD/year", year) for name in BIG_FOUR))


VALUES: dict[int, Callable[[View], Iterator[Part]]] = dict(
    enumerate(
        (
            _nvidia, _us_designed, _nvidia_to_china, _ascend, _home, _stock, _share, _hbm, _bank, _dies, _power, _site,
            _money, _chinese_power, _growth,
        ),
        start=1,
    )
)  # fmt: skip
