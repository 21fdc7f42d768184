"""Statistics over members: the long summary and the wide table. Data frames only, no files.

How each kind of variable is read:

- a number: quantiles and mean over the members that have one;
- a date: "never" (NaN) counts as later than every date, so a median is empty when most members never get there; a row
  ``die_runout_year=never`` gives that share;
- a category: one row per category (``binding_input=hbm``); its share of members stands under ``mean``, and the
  quantiles are empty, because a share of members has no spread over members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model.registry import SIDES, VARIABLES, Variable
from ..studies.statistics import QUANTILES, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import xarray as xr
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "COLUMNS",
    "QUANTILES",
    "mean",
    "percentile_name",
    "shares",
    "spread",
    "summarise",
    "tabulate",
    "values",
]

COLUMNS = ("year", "side", "variable", "unit", "p05", "p25", "p50", "p75", "p95", "mean")


def percentile_name(quantile: float) -> str:
    """Name a quantile as columns do.

    >>> percentile_name(0.05), percentile_name(0.5), percentile_name(0.975)
    ('p05', 'p50', 'p97.5')
    """
    percent = round(100 * quantile, 6)
    return f"p{percent:02.0f}" if percent == int(percent) else f"p{percent:g}"


def values(data: xr.Dataset, name: str) -> Array:
    """Take one variable as an array of shape (year, side, member)."""
    array: Array = data[name].transpose("year", "side", "member").to_numpy()
    return array


def shares(array: Array, count: int) -> Array:
    """Share of the members with a code that have each code, shape (category, ...); NaN where none has one."""
    known = (~np.isnan(array)).sum(axis=-1)
    hits = np.stack([(array == code).sum(axis=-1) for code in range(count)])
    return np.where(known > 0, hits / np.maximum(known, 1), np.nan)


def mean(array: Array, *, dates: bool = False) -> Array:
    """Mean over the last axis; of dates only where every member has one."""
    known = (~np.isnan(array)).sum(axis=-1)
    total = np.where(np.isnan(array), 0.0, array).sum(axis=-1)
    enough = known == array.shape[-1] if dates else known > 0
    return np.where(enough, total / np.maximum(known, 1), np.nan)


def summarise(data: xr.Dataset) -> pd.DataFrame:
    """Build the long summary: one row per year, side and variable, in the order of the registry.

    Rows that apply to no member (another side's firm, a category that is not recorded) are left out.
    """
    rank, frames = 0, []
    for name in data.data_vars:
        for label, unit, block in _blocks(VARIABLES[str(name)], values(data, str(name))):
            frames.append(_long(data, label, unit, block).assign(rank=rank))
            rank += 1
    table = pd.concat(frames, ignore_index=True).dropna(subset=list(COLUMNS[4:]), how="all")
    table["order"] = table["side"].map({side: place for place, side in enumerate(SIDES)})
    return table.sort_values(["year", "order", "rank"], ignore_index=True)[list(COLUMNS)]


def _blocks(variable: Variable, array: Array) -> Iterable[tuple[str, str, Array]]:
    """Give the name, unit and statistics (5 quantiles and the mean; year; side) of each row a variable gets."""
    empty = np.full((len(QUANTILES), *array.shape[:-1]), np.nan)
    if variable.kind == "category":
        for category, share in zip(variable.categories, shares(array, len(variable.categories)), strict=True):
            yield f"{variable.id}={category}", "1", np.concatenate([empty, share[None]])
        return
    dates = variable.kind == "date"
    yield variable.id, variable.unit, np.concatenate([spread(array, dates=dates), mean(array, dates=dates)[None]])
    if dates:
        yield f"{variable.id}=never", "1", np.concatenate([empty, np.isnan(array).mean(axis=-1)[None]])


def _long(data: xr.Dataset, label: str, unit: str, block: Array) -> pd.DataFrame:
    years, sides = data["year"].to_numpy(), data["side"].to_numpy()
    frame = pd.DataFrame(block.reshape(len(block), -1).T, columns=list(COLUMNS[4:]))
    frame.insert(0, "year", np.repeat(years, len(sides)))
    frame.insert(1, "side", np.tile(sides, len(years)))
    frame.insert(2, "variable", label)
    frame.insert(3, "unit", unit)
    return frame


def tabulate(data: xr.Dataset, names: Sequence[str], years: Sequence[int], quantiles: Sequence[float]) -> pd.DataFrame:
    """Build the wide table: rows (year, side), columns (variable, quantile), or (variable, category) for shares."""
    part = data[list(names)].sel(year=list(years))
    columns: dict[tuple[str, str], Array] = {}
    for name in names:
        variable, array = VARIABLES[name], values(part, name)
        if variable.kind == "category":
            statistics, heads = shares(array, len(variable.categories)), variable.categories
        else:
            statistics = spread(array, quantiles, dates=variable.kind == "date")
            heads = tuple(percentile_name(q) for q in quantiles)
        columns |= {(name, head): row.ravel() for head, row in zip(heads, statistics, strict=True)}
    index = pd.MultiIndex.from_product([list(years), [str(s) for s in part["side"].to_numpy()]], names=["year", "side"])
    table = pd.DataFrame(columns, index=index)
    table.columns.names = ["variable", "statistic"]
    return table
