"""The fifteen checks that any baseline is held against: published orders of magnitude, never fitted to.

Ranges, titles and sources stand in `scenarios/facts/checks.yaml`; here is how each value comes out of a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from ..agents.chip_firms import HBM
from ..model.controls import DEMAND_ACTIONS, SUPPLY_ACTIONS, Item, Schedule, mean_over_year
from ..model.conversions import GB_PER_PB
from ..scenarios.check_ranges import check_ranges
from ..scenarios.compose import load

M = 1e6
BIG_FOUR = ("microsoft", "google", "amazon", "meta")
STOCK_BEFORE_2022 = 0.33
"""M H100e sold before 2022, both sides (`initial.us.h100e` and `initial.china.h100e`)."""
STACK_GB = 16
AUGUST = 7 / 12
Part = tuple[str, Callable[[], float]]
"""Label of a line and how its value is found."""
NOT_COMPUTED = "not in the run's years"


@dataclass(frozen=True)
class Check:
    """One line of a check: value against range; without a value where the run lacks its years, which is no pass."""

    id: str
    title: str
    value: float | None
    low: float
    high: float
    passed: bool = field(init=False)
    explanation: str
    unit: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", self.value is not None and bool(self.low <= self.value <= self.high))


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
    """Hold a result (anything with `.data` and `.scenario`) against every line of the checks.

    A line whose years the run lacks has no value. Why the baseline misses a range is told of the baseline alone.
    """
    view = View(result.data, result.scenario)
    known = reasons_of(result.scenario)
    found: list[Check] = []
    for check in check_ranges():
        values = {label: _value(find) for label, find in VALUES[check.number](view)}
        for line in check.lines:
            name, value = f"{check.number}. {line.label}", values[line.label]
            words = NOT_COMPUTED if value is None else check.what
            made = Check(name, check.title, value, line.low, line.high, words, line.unit)
            if value is not None and not made.passed and line.miss and known:
                made = replace(made, explanation=f"{check.what}; {line.miss}")
            found.append(made)
    return found


def reasons_of(scenario: Any) -> bool:
    """Whether the known reasons of misses are those of this scenario: it is the baseline, unchanged."""
    return bool(scenario.hash == load("baseline").hash)


def _value(find: Callable[[], float]) -> float | None:
    """Find a value, or None where the run lacks a year that it asks for."""
    try:
        return find()
    except KeyError:
        return None


def _nvidia(v: View) -> Iterator[Part]:
    for year in (2022, 2023, 2024, 2025):
        yield str(year), partial(v.median, "nvidia_h100e_sold", "us", year, M)
    yield "2026 first half", partial(v.median, "h100e_sold_first_half", "us", 2026, M)


def _us_designed(v: View) -> Iterator[Part]:
    for year in (2023, 2024, 2025):
        yield str(year), partial(v.median, "h100e_produced", "us", year, M)


def _nvidia_to_china(v: View) -> Iterator[Part]:
    for year in (2023, 2024, 2025, 2026):
        yield str(year), partial(v.median, "h100e_imported", "china", year, M)

    def before_august() -> float:
        v.members("h100e_imported", "china", 2025)  # a run without 2025 has no share of it
        return 100 * open_before_august(v.scenario)

    yield "of 2025 before August, %", before_august


def _ascend(v: View) -> Iterator[Part]:
    for year in (2024, 2025, 2026):
        yield str(year), partial(v.median, "huawei_packages_sold", "china", year, M)


def _home(v: View) -> Iterator[Part]:
    def outside() -> float:
        abroad = v.members("h100e_produced", "us", 2025) - v.members("h100e_imported", "china", 2025)
        return v.median_of(abroad / v.members("h100e_produced", "china", 2025))

    yield "home 2025", partial(v.median, "h100e_produced", "china", 2025, M)
    yield "outside : inside", outside


def _stock(v: View) -> Iterator[Part]:
    def stock(last: int) -> float:
        sold = sum(v.members("h100e_produced", side, y) for side in ("us", "china") for y in range(2022, last + 1))
        return v.median_of(sold) / M + STOCK_BEFORE_2022

    for year in (2024, 2025):
        yield f"end {year}", partial(stock, year)


def _share(v: View) -> Iterator[Part]:
    def share(smuggled: bool) -> float:
        china, us = v.members("fleet_h100e", "china", 2025), v.members("fleet_h100e", "us", 2025)
        owned = china if smuggled else china - v.members("fleet_smuggled_h100e", "china", 2025)
        return 100 * v.median_of(owned / (owned + us))

    yield "without smuggled, %", partial(share, smuggled=False)
    yield "with smuggled, %", partial(share, smuggled=True)


def _hbm(v: View) -> Iterator[Part]:
    yield "stacks on 2025-01-01, M", lambda: v.median("hbm_stockpile_pb", "china", 2024) * GB_PER_PB / STACK_GB / M
    yield "empty", partial(v.median, "hbm_runout_year", "china", 2026)
    yield "HBM binds in 2026, %", lambda: 100 * float(np.mean(v.members("binding_input", "china", 2026) == HBM))


def _bank(v: View) -> Iterator[Part]:
    def emptied() -> float:
        date = v.members("die_runout_year", "china", 2026)
        return 100 * float(np.mean((date >= 2026.0) & (date <= 2026.9)))

    yield "end 2025, M dies", partial(v.median, "die_bank", "china", 2025, M)
    yield "empty 2026.0-2026.9, %", emptied


def _dies(v: View) -> Iterator[Part]:
    def over() -> float:
        pile = [v.members("die_stockpile", "china", y) - v.members("die_bank", "china", y) for y in range(2022, 2027)]
        made = [v.members("dies_produced", "china", y) for y in range(2022, 2027)]
        return max(0.0, max(float(np.max(p - 0.5 * m)) for p, m in zip(pile, made, strict=True)) / M)

    yield "used in 2025, M dies", partial(v.median, "dies_used", "china", 2025, M)
    yield "pile over half a year's output, M dies", over


def _power(v: View) -> Iterator[Part]:
    def sold() -> float:
        return v.median_of(v.members("fleet_power_gw", "us", 2025) + v.members("inventory_power_gw", "us", 2025))

    def per_mw() -> float:
        return v.median_of(v.members("fleet_h100e", "us", 2025) / v.members("fleet_power_gw", "us", 2025)) / 1e3

    yield "sold IT power, GW", sold
    yield "H100e per IT MW", per_mw


def _site(v: View) -> Iterator[Part]:
    def h100e(side: str, year: int) -> float:
        return v.median("cluster_fp8_eflops", side, year) / 1979.0

    yield "US end 2024", partial(h100e, "us", 2024)
    yield "US end 2025", partial(h100e, "us", 2025)
    yield "US August 2026", lambda: h100e("us", 2025) + 0.65 * (h100e("us", 2026) - h100e("us", 2025))
    yield "China 2026", partial(h100e, "china", 2026)
    yield "China 2027", partial(h100e, "china", 2027)


def _money(v: View) -> Iterator[Part]:
    yield "NVIDIA revenue FY26, bn USD", partial(v.median, "nvidia_revenue_busd", "us", 2025)
    yield "spend over big-4 capex 2025", lambda: v.median("spend_busd", "us", 2025) / big_four_capex(v.scenario, 2025)
    yield "Huawei AI revenue 2025, bn USD", partial(v.median, "huawei_revenue_busd", "china", 2025)
    yield "Huawei AI revenue 2026, bn USD", partial(v.median, "huawei_revenue_busd", "china", 2026)


def _chinese_power(v: View) -> Iterator[Part]:
    def of_additions() -> float:
        added = v.members("nameplate_added_gw", "china", 2025)
        return 100 * v.median_of(v.members("fleet_power_gw", "china", 2025) / added)

    yield "AI IT power over additions 2025, %", of_additions
    for year in (2022, 2023, 2024, 2025):
        yield f"solar {year}, GW", partial(v.median, "solar_added_gw", "china", year)


def _growth(v: View) -> Iterator[Part]:
    def factor(year: int) -> float:
        return v.median_of(v.members("fleet_h100e", "us", year) / v.members("fleet_h100e", "us", year - 1))

    for year in range(2023, 2029):
        yield f"fleet outside China x{year}", partial(factor, year)
    yield "largest run US 2025, 1e27 FLOP", partial(v.median, "largest_run_flop", "us", 2025, 1e27)
    yield "largest run China 2025, 1e26 FLOP", partial(v.median, "largest_run_flop", "china", 2025, 1e26)


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
