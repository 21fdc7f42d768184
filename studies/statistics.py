"""Quantiles over members."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..model.numbers import Array

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


def spread(array: Array, quantiles: Sequence[float] = QUANTILES, *, dates: bool = False) -> Array:
    """Quantiles over the last axis, which counts the members.

    Parameters
    ----------
    array
        Values, shape (..., member); NaN where a member has none.
    quantiles
        Which quantiles, 0 to 1.
    dates
        Read NaN as "never", later than all dates, rather than as absent.

    Returns
    -------
    Shape (quantile, ...); NaN where no member has a value.
    """
    absent = np.isnan(array)
    if not absent.any():
        return np.asarray(np.quantile(array, quantiles, axis=-1))
    out = np.full((len(quantiles), *array.shape[:-1]), np.nan)
    if dates:
        with np.errstate(invalid="ignore"):
            late = np.quantile(np.where(absent, np.inf, array), quantiles, axis=-1)
        return np.where(np.isfinite(late), late, out)
    some = ~absent.all(axis=-1)
    if some.any():
        out[:, some] = np.nanquantile(array[some], quantiles, axis=-1)
    return out
