"""Small array helpers that every room of physics uses: one meaning each, float or array over members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = float | Array
"""A quantity: one float for all members, or an array over members."""
TINY = 1e-200
"""A denominator at or below this counts as zero."""
LEAST_RATIO = 1e-9
"""A ratio below this counts as this where its logarithm is taken."""


def add_up(terms: Iterable[Numbers]) -> Numbers:
    """Sum in the order given, so that a block of one member agrees with a block of thousands to the last bit.

    >>> add_up([1.0, 2.0, 3.0])
    6.0
    """
    total: Numbers = 0.0
    for term in terms:
        total = total + term
    return total


def ratio(numerator: Numbers, denominator: Numbers, empty: float = 0.0) -> Numbers:
    """Divide, and give `empty` where the denominator is zero (or so small that it means nothing).

    >>> ratio(1.0, 2.0), ratio(1.0, 0.0)
    (0.5, 0.0)
    """
    if isinstance(denominator, float):
        if isinstance(numerator, float):
            return float(numerator / denominator) if denominator > TINY else empty
        if denominator > TINY:
            return numerator / denominator
    bottom = np.asarray(denominator, dtype=float)
    some = bottom > TINY
    if some.all():
        value: Numbers = np.asarray(numerator, dtype=float) / bottom
        return value
    return np.where(some, numerator / np.where(some, bottom, 1.0), empty)


def smallest(terms: Sequence[Numbers]) -> Numbers:
    """Elementwise minimum of several quantities.

    >>> float(smallest([3.0, 1.0, 2.0]))
    1.0
    """
    least = terms[0]
    for term in terms[1:]:
        least = np.minimum(least, term)
    return least


def positive(value: Numbers) -> Numbers:
    """Keep what is above zero.

    >>> float(positive(-2.0))
    0.0
    """
    return np.maximum(value, 0.0)


def logistic(x: Numbers) -> Numbers:
    """1 / (1 + exp(-x)).

    >>> float(logistic(0.0))
    0.5
    """
    value: Numbers = 1.0 / (1.0 + np.exp(-np.asarray(x, dtype=float)))
    return value


def log_lead(rate_ratio: Numbers) -> Numbers:
    """Logarithm of a ratio of rates, of nothing too: no chip at all counts as a billionth of one.

    >>> float(log_lead(1.0)), float(log_lead(0.0)) < -20.0
    (0.0, True)
    """
    value: Numbers = np.log(np.maximum(np.asarray(rate_ratio, dtype=float), LEAST_RATIO))
    return value
