"""How many years one side is behind the other: the age of the leader's level that the follower has reached.

"China's largest cluster of 2026 is what the US-led side had in 2024" is a lag of two years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LAG_VARIABLES = ("fleet_h100e", "fleet_h100e_bf16", "cluster_training_eflops")
"""What a lag is told for by default: the fleet on both bases, and the largest cluster."""


def lag_years(leader: Array, follower: Array, years: Array) -> Array:
    """Count the years since the leader first had the level that the follower has now.

    Between two years a level is taken to grow at a constant rate (linear in its logarithm). The sign tells who leads at
    the time: it is negative where the follower stands above the leader, and then counts the years since the follower
    first had the leader's level, so that ``lag_years(a, b, years) == -lag_years(b, a, years)``.

    Parameters
    ----------
    leader, follower
        Levels, shape (year, ...); NaN or 0 for none.
    years
        Calendar years, increasing, shape (year,).

    Returns
    -------
    Years, shape (year, ...). NaN where either side has no level, and where the record of the one ahead does not reach
    back: its first level is already higher, so that the lag is longer than the record.

    Examples
    --------
    >>> lag_years(np.array([1.0, 2.0, 4.0]), np.array([0.5, 1.0, 2.0]), np.array([2024.0, 2025.0, 2026.0]))
    array([nan,  1.,  1.])
    """
    leader, follower = np.broadcast_arrays(np.asarray(leader, float), np.asarray(follower, float))
    behind, ahead = _since(leader, follower, years), _since(follower, leader, years)
    lag = np.where(follower > leader, -ahead, behind)
    level = (follower == leader) & (follower > 0)
    return np.where(level, 0.0, lag)


def lags(
    data: xr.Dataset, names: Sequence[str] = LAG_VARIABLES, *, leader: str = "us", follower: str = "china"
) -> dict[str, Array]:
    """Give the lag of one side behind the other, member by member, for recorded variables.

    Parameters
    ----------
    data
        Dataset with dimensions year, side, and others such as member.
    names
        Ids of variables whose level grows with time.
    leader, follower
        Ids of the sides.

    Returns
    -------
    Lag in years by variable, shape (year, ...), for those of the names that are in the data.
    """
    years = data["year"].to_numpy().astype(float)
    found = {}
    for name in names:
        if name in data:
            array = data[name].transpose("year", ...)
            found[name] = lag_years(array.sel(side=leader).to_numpy(), array.sel(side=follower).to_numpy(), years)
    return found


def _since(leader: Array, level: Array, years: Array) -> Array:
    """Years since the leader's highest level so far first passed a level of the same year; NaN before its record."""
    highest = np.maximum.accumulate(np.nan_to_num(leader, nan=0.0), axis=0)
    out = np.full(leader.shape, np.nan)
    for now in range(len(years)):
        wanted = level[now]
        first = (wanted == highest[0]) & (wanted > 0)
        out[now] = np.where(first, years[now] - years[0], out[now])
        for step in range(1, now + 1):
            low, high = highest[step - 1], highest[step]
            inside = (low > 0) & (low < wanted) & (wanted <= high)
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.log(wanted / low) / np.log(high / low)
            passed = years[step - 1] + share * (years[step] - years[step - 1])
            out[now] = np.where(inside, years[now] - passed, out[now])
    return np.where(np.isnan(leader), np.nan, out)
