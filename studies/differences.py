"""Statistics of paired differences: of one variable in two scenarios with the same draws, over the members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.numbers import TINY, Array
from ..model.registry import SIDES, Variable
from .statistics import QUANTILES, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDING = 1e-9
"""A relative difference up to this counts as none."""
COLUMNS = (
    "scenario", "variable", "side", "year", "unit", "base_p50", "other_p50", "p05", "p25", "p50", "p75", "p95",
    "relative_p05", "relative_p50", "relative_p95", "base_mean", "other_mean", "probability_up", "probability_down",
    "probability_same",
)  # fmt: skip


def us_to_china(array: Array) -> Array:
    """Ratio of the two sides, shape (year, 1, member); NaN where China has none."""
    china, us = (array[:, SIDES.index(side)] for side in ("china", "us"))
    some = china > 0
    found: Array = np.where(some, us / np.where(some, china, 1.0), np.nan)[:, None]
    return found


def difference(variable: Variable, base: Array, other: Array) -> Array:
    """Difference member by member; of two dates that never come it is zero, of one infinite."""
    if variable.kind != "date":
        return other - base
    early, late = np.where(np.isnan(base), np.inf, base), np.where(np.isnan(other), np.inf, other)
    both = np.isinf(early) & np.isinf(late)
    with np.errstate(invalid="ignore"):
        return np.where(both, 0.0, late - early)


def statistics(variable: Variable, base: Array, other: Array) -> dict[str, Array]:
    """Quantiles of the difference and of the relative one, medians and means of both, probabilities of sign."""
    dates = variable.kind == "date"
    gap = difference(variable, base, other)
    if dates:
        concerned = np.isfinite(base).any() or np.isfinite(other).any()
        quantiles = np.quantile(gap, QUANTILES, axis=-1, method="inverted_cdf")
        quantiles = np.where(np.isfinite(quantiles) & concerned, quantiles, np.nan)
    else:
        quantiles = spread(gap)
    some = np.abs(base) > TINY
    relative = np.where(some & (not dates), gap / np.where(some, np.abs(base), 1.0), np.nan)
    relative_quantiles = spread(relative, (0.05, 0.5, 0.95))
    known = ~np.isnan(gap)
    size = np.maximum(np.abs(base), np.abs(other))
    near = np.abs(gap) <= ROUNDING * np.where(np.isfinite(size), size, 0.0)
    up, down = known & ~near & (gap > 0), known & ~near & (gap < 0)
    count = np.maximum(known.sum(axis=-1), 1)
    medians = [spread(array, (0.5,), dates=dates)[0] for array in (base, other)]
    means = [_mean(array, dates=dates) for array in (base, other)]
    any_known = known.any(axis=-1)
    return {
        "base_p50": medians[0],
        "other_p50": medians[1],
        **{f"p{100 * q:02.0f}": quantile for q, quantile in zip(QUANTILES, quantiles, strict=True)},
        **{
            f"relative_p{100 * q:02.0f}": quantile
            for q, quantile in zip((0.05, 0.5, 0.95), relative_quantiles, strict=True)
        },
        "base_mean": means[0],
        "other_mean": means[1],
        "probability_up": np.where(any_known, up.sum(axis=-1) / count, np.nan),
        "probability_down": np.where(any_known, down.sum(axis=-1) / count, np.nan),
        "probability_same": np.where(any_known, (known & near).sum(axis=-1) / count, np.nan),
    }


def _mean(array: Array, *, dates: bool) -> Array:
    """Mean over the members that have a value; of dates only where every member has one."""
    known = ~np.isnan(array)
    enough = known.all(axis=-1) if dates else known.any(axis=-1)
    total = np.where(known, array, 0.0).sum(axis=-1)
    found: Array = np.where(enough, total / np.maximum(known.sum(axis=-1), 1), np.nan)
    return found


def category_shares(base: Array, other: Array, code: float) -> dict[str, Array]:
    """Shares of members in a category, and the shares that come to it and leave it."""
    before, after = base == code, other == code
    known = ~(np.isnan(base) & np.isnan(other))
    count = known.sum(axis=-1)
    absent = np.full(base.shape[:-1], np.nan)

    def share(which: NDArray[np.bool_]) -> Array:
        return np.where(count > 0, (which & known).sum(axis=-1) / np.maximum(count, 1), np.nan)

    return {
        **dict.fromkeys(COLUMNS[5:15], absent),
        "base_mean": share(before),
        "other_mean": share(after),
        "probability_up": share(after & ~before),
        "probability_down": share(before & ~after),
        "probability_same": share(before == after),
    }
