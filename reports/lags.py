"""The lag of China behind the US-led side over members: quantiles, words, and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..studies.lag import LAG_VARIABLES, lags
from .summary import QUANTILES, percentile_name, spread, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from .summary import Array

LAG_WORDS = {
    "fleet_h100e": ("Fleet, 8-bit", "fleets"),
    "fleet_h100e_bf16": ("Fleet, BF16", "fleets on BF16"),
    "cluster_training_eflops": ("Largest cluster", "clusters"),
}
"""Name of each lag in tables and panels, and its word in a sentence."""
BEYOND = "beyond"
"""Column with the share of members whose lag is longer than the run tells."""


def lag_members(data: xr.Dataset, names: Sequence[str] = LAG_VARIABLES) -> dict[str, Array]:
    """Give China's lag in years by member, shape (year, member).

    NaN is a lag longer than the run tells. A lead that is longer than the run counts as the whole run.
    """
    years = data["year"].to_numpy().astype(float)
    places = {str(side): place for place, side in enumerate(data["side"].to_numpy())}
    found = {}
    for name, array in lags(data, names).items():
        levels = values(data, name)
        leads = np.isnan(array) & (levels[:, places["china"]] > levels[:, places["us"]])
        found[name] = np.where(leads, (years[0] - years)[:, None], array)
    return found


def lag_quantiles(data: xr.Dataset, quantiles: Sequence[float] = QUANTILES) -> dict[str, Array]:
    """Quantiles of China's lag in years, shape (quantile, year); what is longer than the run tells counts as longest.

    NaN stands for a quantile that is longer than the run tells.
    """
    return {name: spread(array, quantiles, dates=True) for name, array in lag_members(data).items()}


def lag_table(data: xr.Dataset, years: Sequence[int], quantiles: Sequence[float]) -> pd.DataFrame:
    """Build the table of lags: rows of years; columns (variable, quantile), and (variable, ``beyond``).

    Parameters
    ----------
    data
        Every recorded year, because a lag looks back.
    years
        Which years to keep.
    quantiles
        Quantiles over members; empty where they are longer than the run tells.
    """
    columns: dict[tuple[str, str], Array] = {}
    for name, array in lag_members(data).items():
        rows = spread(array, quantiles, dates=True)
        columns |= {(name, percentile_name(q)): row for q, row in zip(quantiles, rows, strict=True)}
        columns[name, BEYOND] = np.isnan(array).mean(axis=1)
    table = pd.DataFrame(columns, index=pd.Index(data["year"].to_numpy().astype(int), name="year"))
    if not columns:
        return table.loc[list(years)]
    table.columns = pd.MultiIndex.from_tuples(list(columns), names=["variable", "statistic"])
    return table.loc[list(years)]


def lag_text(bounds: Sequence[float], record: float) -> str:
    """Write a lag in years (low, middle, high); what is longer than the run tells is written as longer than it.

    >>> lag_text((3.2, 4.0, 5.1), 8), lag_text((3.2, 4.0, float("nan")), 8), lag_text([float("nan")] * 3, 8)
    ('4.0 (3.2–5.1)', '4.0 (3.2–>8)', '>8')
    """
    words = [f"{value:.1f}" if np.isfinite(value) else f">{record:.0f}" for value in bounds]
    return words[1] if words[0] == words[2] else f"{words[1]} ({words[0]}–{words[2]})"
