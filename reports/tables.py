"""The headline table: what an analyst reads first, for the terminal and as a document."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.registry import SIDES, VARIABLES, Variable
from .lags import LAG_WORDS, lag_quantiles, lag_table, lag_text
from .result import INTERVAL, headline
from .summary import shares, spread, values
from .text import NONE, SIDE_NAMES, heading, interval, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from rich.text import Text

    from .result import Result
    from .summary import Array

YEARS = (2024, 2026, 2028, 2030, 2035)
"""Years of the headline table, where the run has them."""

NO_RATIO = ("share", "date", "category")
ONE_SIDED = ("die_stockpile", "hbm_stockpile_pb")
"""Stores that only the side under control keeps: a ratio of sides would say nothing."""
RATIO_NAME = "US-led : China"
STYLES = {SIDE_NAMES["china"]: "red", SIDE_NAMES["us"]: "blue"}
_WORTH = {2030: 5, 2035: 4, 2026: 3, 2028: 2, 2024: 1}


@dataclass(frozen=True)
class Line:
    """One line of the table: who, and a text per year."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One variable of the table: its heading, a line per side, and the ratio."""

    heading: str
    lines: tuple[Line, ...]


def has_ratio(variable: Variable) -> bool:
    """Whether a ratio of the two sides says something."""
    return variable.kind not in NO_RATIO and variable.id not in ONE_SIDED


def headline_years(years: Sequence[int]) -> list[int]:
    """Pick the years of the headline table that a run has; the last year when it has none of them.

    >>> headline_years(range(2022, 2031)), headline_years([2023])
    ([2024, 2026, 2028, 2030], [2023])
    """
    return [year for year in YEARS if year in years] or [years[-1]]


def headline_blocks(result: Result) -> list[Block]:
    """Build the headline table as texts in human units.

    Parameters
    ----------
    result
        A finished run.
    """
    years = headline_years(result.years)
    part = result.data.sel(year=years)
    blocks = [_block(part, VARIABLES[name]) for name in headline(result.data)]
    lag = _lag_block(result.data, years)
    return [*blocks, lag] if lag.lines else blocks


def headline_text(result: Result, width: int) -> Text:
    """Build the headline table for a terminal.

    Parameters
    ----------
    result
        A finished run.
    width
        Characters in a line; years that do not fit are left out, the least telling first.
    """
    from rich.text import Text

    blocks, years = headline_blocks(result), headline_years(result.years)
    lines = [line for block in blocks for line in block.lines]
    names = max(len(line.name) for line in lines) + 2
    wide = [max(len(line.cells[column]) for line in lines) + 2 for column in range(len(years))]
    kept = fitting(years, wide, width - names)
    text = Text(no_wrap=True, overflow="ignore")
    text.append(caption(result) + "\n", style="bold")
    if len(kept) < len(years):
        text.append("more years in a wider window, with --json, and in summary.csv\n", style="dim")
    text.append(
        "\n" + " " * names + "".join(f"{years[column]:>{wide[column]}}" for column in kept) + "\n", style="bold"
    )
    for block in blocks:
        text.append(block.heading + "\n", style="bold")
        for line in block.lines:
            text.append(f"  {line.name:<{names - 2}}", style=STYLES.get(line.name, "dim"))
            style = "dim" if line.name == RATIO_NAME else ""
            text.append("".join(f"{line.cells[column]:>{wide[column]}}" for column in kept) + "\n", style=style)
    text.rstrip()
    return text


def fitting(years: Sequence[int], wide: Sequence[int], room: int) -> list[int]:
    """Choose the columns that fit, 2030 and the last year first."""
    order = sorted(range(len(years)), key=lambda column: _WORTH.get(years[column], 0), reverse=True)
    kept: list[int] = []
    for column in order:
        if not kept or sum(wide[k] for k in kept) + wide[column] <= room:
            kept.append(column)
    return sorted(kept)


def caption(result: Result) -> str:
    """Say what the table holds."""
    members = result.ensemble.members
    counted = "1 member" if members == 1 else f"{members:,} members"
    return f"{result.scenario.title} · medians (90 % interval) of {counted} · seed {result.ensemble.seed}"


def headline_document(result: Result) -> dict[str, Any]:
    """Build the headline table as plain values, in stored units.

    Returns
    -------
    A document for ``--json``: scenario, seed, members, years, and per variable its unit, a row per year and side, and the
    ratio of the US-led side to China; then China's lag in years, null where it is longer than the run tells.
    """
    years = headline_years(result.years)
    part, central = (data.sel(year=years) for data in (result.data, result.central))
    scenario, ensemble = result.scenario, result.ensemble
    return {
        "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
        "seed": int(ensemble.seed),
        "members": int(ensemble.members),
        "years": {"start": result.years[0], "end": result.years[-1]},
        "seconds": round(float(ensemble.seconds), 3),
        "variables": [_entry(part, central, VARIABLES[name]) for name in headline(result.data)],
        "lag_years": _lag_entries(result.data, years),
    }


def plain(value: float) -> float | None:
    """Turn what JSON cannot hold into nothing.

    >>> plain(float("nan")), plain(2.0)
    (None, 2.0)
    """
    return float(value) if math.isfinite(value) else None


def _block(part: xr.Dataset, variable: Variable) -> Block:
    array = values(part, variable.id)
    lines = []
    for place, side in enumerate(str(name) for name in part["side"].to_numpy()):
        if variable.kind == "category":
            cells = _most_common(array[:, place], variable)
        else:
            bounds = spread(array[:, place], INTERVAL, dates=variable.kind == "date").T
            cells = tuple(interval(variable, *(float(v) for v in bound)) for bound in bounds)
        lines.append(Line(SIDE_NAMES[side], cells))
    if has_ratio(variable):
        lines.append(Line(RATIO_NAME, tuple(ratio(*(float(v) for v in bound)) for bound in _ratios(part, array).T)))
    return Block(heading(variable), tuple(lines))


def _lag_block(data: xr.Dataset, years: Sequence[int]) -> Block:
    """Build the lines that tell how many years China is behind."""
    every = [int(year) for year in data["year"].to_numpy()]
    lines = []
    for name, bounds in lag_quantiles(data, INTERVAL).items():
        columns = [(year - every[0], [float(bound) for bound in bounds[:, every.index(year)]]) for year in years]
        cells = tuple(lag_text(bound, record) if record else NONE for record, bound in columns)
        lines.append(Line(LAG_WORDS[name][0], cells))
    return Block("China behind the US-led side, years", tuple(lines))


def _lag_entries(data: xr.Dataset, years: Sequence[int]) -> list[dict[str, Any]]:
    """Give the lags as plain values, with the share of members in which they are longer than the run tells."""
    table = lag_table(data, years, INTERVAL)
    return [
        {
            "id": name,
            "label": LAG_WORDS[name][0],
            "rows": [
                {"year": int(year)} | {key: plain(value) for key, value in row.items()} for year, row in part.iterrows()
            ],
        }
        for name, part in ((name, table[name]) for name in table.columns.unique(0))
    ]


def _most_common(codes: Array, variable: Variable) -> tuple[str, ...]:
    """Name the most frequent category of each year with its share of members."""
    table = shares(codes, len(variable.categories))
    cells = []
    for column in table.T:
        if np.isnan(column).all():
            cells.append(NONE)
        else:
            first = int(np.argmax(column))
            cells.append(f"{variable.categories[first]} {100 * column[first]:.0f} %")
    return tuple(cells)


def _ratios(part: xr.Dataset, array: Array) -> Array:
    """Quantiles of the ratio of the two sides, member by member, shape (3, year)."""
    sides = [str(name) for name in part["side"].to_numpy()]
    china, us = (array[:, sides.index(side)] for side in SIDES)
    some = china > 0
    return spread(np.where(some, us / np.where(some, china, 1.0), np.nan), INTERVAL)


def _entry(part: xr.Dataset, central: xr.Dataset, variable: Variable) -> dict[str, Any]:
    array = values(part, variable.id)
    years, sides = ([v.item() for v in part[dim].to_numpy()] for dim in ("year", "side"))
    entry: dict[str, Any] = {
        "id": variable.id,
        "label": variable.label,
        "unit": variable.unit,
        "kind": variable.kind,
        "rows": [],
    }
    if variable.kind == "category":
        statistics, names = shares(array, len(variable.categories)), variable.categories
    else:
        statistics = spread(array, INTERVAL, dates=variable.kind == "date")
        names = ("p05", "p50", "p95")
    for row, year in enumerate(years):
        for place, side in enumerate(sides):
            found = {name: plain(statistics[k, row, place]) for k, name in enumerate(names)}
            one = central[variable.id].sel(year=year, side=side).item()
            entry["rows"].append({"year": year, "side": side, **found, "central": _central(variable, one)})
    if has_ratio(variable):
        ratios = _ratios(part, array)
        entry["ratio_us_to_china"] = [
            {"year": year} | {name: plain(ratios[k, row]) for k, name in enumerate(names)}
            for row, year in enumerate(years)
        ]
    return entry


def _central(variable: Variable, value: float) -> float | str | None:
    if variable.kind == "category" and math.isfinite(value):
        return variable.categories[int(value)]
    return plain(value)
