"""Sharing a difference out among its causes, so that the parts add up member by member."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..model.numbers import Array


def shapley(value: Callable[[frozenset[str]], Array], causes: Sequence[str]) -> dict[str, Array]:
    """Share value(none taken away) - value(all taken away) out among the causes, averaged over all orders.

    What a cause adds depends on which others act beside it. Its part is the mean of what taking it away changes, over
    all orders in which the causes can be taken away (Shapley value). The parts of a member add up to its difference, and
    no order is preferred.

    Parameters
    ----------
    value : gives the result, shape (members,), of the world from which some causes are taken away
    causes : names; each subset is asked for once or more, so 2^n worlds

    Returns
    -------
    dict of arrays
        The part of each cause, shape (members,).

    Examples
    --------
    >>> import numpy as np
    >>> worth = {frozenset(): 10.0, frozenset("a"): 4.0, frozenset("b"): 6.0, frozenset("ab"): 2.0}
    >>> {name: float(part) for name, part in shapley(lambda away: np.float64(worth[away]), "ab").items()}
    {'a': 5.0, 'b': 3.0}
    """
    count = len(causes)
    parts: dict[str, Array] = {}
    for cause in causes:
        others = [other for other in causes if other != cause]
        steps = [
            factorial(size) * factorial(count - 1 - size) / factorial(count) * (value(gone) - value(gone | {cause}))
            for size in range(count)
            for gone in map(frozenset, combinations(others, size))
        ]
        parts[cause] = np.asarray(np.sum(steps, axis=0))
    return parts
