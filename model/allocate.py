"""Who gets a scarce thing: one conserving function for every shared resource."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .numbers import Numbers, add_up, positive, ratio


def allocate(supply: Numbers, requests: Sequence[Numbers], weights: Sequence[Numbers] | None = None) -> list[Numbers]:
    """Share a supply out among requests: by weight, nobody above his request, nothing lost.

    Water-filling: what one asker does not want goes to the others in proportion to their weights. Without weights
    the requests are their own weights, which is plain pro rata. The result does not depend on the order of the
    askers beyond rounding.

    Parameters
    ----------
    supply : amount to share out, at least zero
    requests : one amount for each asker, at least zero
    weights : one weight for each asker, above zero where it asks

    Returns
    -------
    One grant for each asker; they add up to the smaller of supply and all requests.

    >>> [float(x) for x in allocate(10.0, [4.0, 16.0])]
    [2.0, 8.0]
    >>> [float(x) for x in allocate(10.0, [4.0, 16.0], [1.0, 1.0])]
    [4.0, 6.0]
    """
    supply = positive(supply)
    wanted = [positive(request) for request in requests]
    if weights is None:
        fill = np.minimum(1.0, ratio(supply, add_up(wanted), empty=1.0))
        return [want * fill for want in wanted]
    granted: list[Numbers] = [0.0 for _ in wanted]
    left = np.minimum(supply, add_up(wanted))
    for _ in wanted:
        granted, left = _one_round(left, wanted, granted, weights)
    return granted


def _one_round(
    left: Numbers, wanted: Sequence[Numbers], granted: Sequence[Numbers], weights: Sequence[Numbers]
) -> tuple[list[Numbers], Numbers]:
    """Give every asker with an open request its weighted share of what is left, up to the request."""
    open_weights = [
        np.where(want > have, weight, 0.0) for want, have, weight in zip(wanted, granted, weights, strict=True)
    ]
    per_weight = ratio(left, add_up(open_weights))
    given = [
        np.minimum(want - have, weight * per_weight)
        for want, have, weight in zip(wanted, granted, open_weights, strict=True)
    ]
    return [have + gift for have, gift in zip(granted, given, strict=True)], positive(left - add_up(given))


class Counter:
    """A place where askers leave requests for one scarce thing and take away what was granted.

    The supplier opens it each year, askers `ask`, the supplier `share_out`s, askers read `granted`.
    """

    def __init__(self) -> None:
        self._requests: dict[str, Numbers] = {}
        self._weights: dict[str, Numbers] = {}
        self._granted: dict[str, Numbers] = {}

    def open(self) -> None:
        """Forget last year's requests and grants."""
        self._requests.clear()
        self._weights.clear()
        self._granted.clear()

    def ask(self, asker: str, amount: Numbers, weight: Numbers = 1.0) -> None:
        """Leave a request."""
        self._requests[asker] = amount
        self._weights[asker] = weight

    def requested(self) -> Numbers:
        """All requests together."""
        return add_up(self._requests.values())

    def requested_by(self, asker: str) -> Numbers:
        """What one asker requested."""
        return self._requests.get(asker, 0.0)

    def share_out(self, supply: Numbers, *, pro_rata: bool = False) -> Numbers:
        """Allocate the supply over the requests; return what was granted in all."""
        askers = list(self._requests)
        weights = None if pro_rata else [self._weights[asker] for asker in askers]
        grants = allocate(supply, [self._requests[asker] for asker in askers], weights)
        self._granted = dict(zip(askers, grants, strict=True))
        return add_up(grants)

    def granted(self, asker: str) -> Numbers:
        """What the asker may take away (nothing if it did not ask)."""
        return self._granted.get(asker, 0.0)
