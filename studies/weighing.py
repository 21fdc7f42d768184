"""Weights of members by published series: likelihood, effective number, tempering, resampling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ..model.numbers import Array
from ..scenarios.cases import Place, Point
from ..scenarios.draws import MemberDraws
from ..scenarios.readings import Calibration
from .mapping import Mapped
from .reading import Ledger

NORMAL_90 = 3.2897072539029435
"""Width of the middle 90 % of a normal distribution in standard deviations."""
LEAST_SHARE = 1e-3
"""An amount below this share of the published one counts as this share: logarithms need one."""
STEPS = 60
"""Bisections of the tempering exponent."""


@dataclass(frozen=True)
class Target:
    """One published value that members are weighed by."""

    mapped: Mapped
    point: Point
    place: Place


@dataclass(frozen=True)
class Values:
    """What each member has for each target: turns the ledger of a block into rows (targets, members)."""

    targets: tuple[Target, ...]

    def __call__(self, run: Ledger) -> NDArray[np.float32]:
        """Read all targets."""
        return np.stack([t.mapped.at(run, t.place) for t in self.targets]).astype(np.float32)


def log_likelihood(targets: Sequence[Target], values: NDArray[np.floating], rules: Calibration) -> Array:
    """Logarithm of each member's likelihood, up to a constant.

    The points of a series share one discrepancy and have one each; series of one group share one vote.

    Parameters
    ----------
    targets : published values
    values : what members have, shape (targets, members)
    rules : standard deviations
    """
    series = by_series(targets)
    groups = Counter(targets[rows[0]].mapped.case.group or name for name, rows in series.items())
    total = np.zeros(values.shape[1])
    for name, rows in series.items():
        votes = groups[targets[rows[0]].mapped.case.group or name]
        square = squared_distance([targets[row] for row in rows], values[rows], rules)
        total -= 0.5 * np.minimum(square, len(rows) * rules.most_deviations**2) / votes
    return total


def by_series(targets: Sequence[Target]) -> dict[str, list[int]]:
    """Give the rows of each series."""
    series: dict[str, list[int]] = {}
    for row, target in enumerate(targets):
        series.setdefault(target.mapped.case.id, []).append(row)
    return series


def out_of_reach(targets: Sequence[Target], values: NDArray[np.floating], rules: Calibration) -> dict[str, float]:
    """Give the series that hardly any member comes near, with the share of members that does."""
    found: dict[str, float] = {}
    for name, rows in by_series(targets).items():
        square = squared_distance([targets[row] for row in rows], values[rows], rules)
        reached = float(np.mean(square <= len(rows) * rules.reached_within**2))
        if reached < rules.least_reached:
            found[name] = reached
    return found


def squared_distance(targets: Sequence[Target], values: NDArray[np.floating], rules: Calibration) -> Array:
    """Squared distance of each member to one series in standard deviations, its points moving together in part."""
    rows, own, common = [], [], []
    for target, row in zip(targets, values, strict=True):
        residual, spread, alone, together = _residual(target, np.asarray(row, dtype=float), rules)
        rows.append(residual)
        own.append(spread**2 + alone**2)
        common.append(together)
    shared = np.array(common)
    inverse = np.linalg.inv(np.diag(own) + np.outer(shared, shared))
    stacked = np.stack(rows)
    square: Array = np.einsum("im,ij,jm->m", stacked, inverse, stacked)
    return square


def _residual(target: Target, row: Array, rules: Calibration) -> tuple[Array, float, float, float]:
    """Give the distance to a published value, its standard deviation, and the discrepancy of the point and of the series.

    Amounts on logarithms; dates, shares and zeros as they are. Members without a value are as far off as can be.
    """
    point, kind = target.point, target.mapped.reading.kind
    assert point.value is not None
    value = float(point.value)
    if kind in {"date", "share"} or value <= 0:
        unit = abs(target.mapped.scale)
        width = 0.0 if point.low is None or point.high is None else (point.high - point.low) / NORMAL_90
        relative = rules.without_range.get(point.confidence or "C", rules.without_range["C"])
        zero = max(abs(point.low or 0.0), abs(point.high or 0.0)) or 1.0
        gap = rules.discrepancy_years if kind == "date" else rules.discrepancy_share * unit
        gap = gap if value > 0 else rules.discrepancy.series * zero
        residual, spread = row - value, width or (gap if kind == "date" else relative * (abs(value) or zero))
        alone, together = 0.0, gap
    else:
        residual = np.log(np.maximum(row, LEAST_SHARE * value) / value)
        spread, alone, together = _log_spread(point, rules), rules.discrepancy.point, rules.discrepancy.series
    if point.bound:
        residual = np.minimum(residual, 0.0) if point.bound > 0 else np.maximum(residual, 0.0)
    far = rules.most_deviations * (spread + alone + together)
    return np.where(np.isfinite(residual), residual, far), spread, alone, together


def with_errors(mapped: Mapped, point: Point, members: Array, uniforms: Array, rules: Calibration) -> Array:
    """Add to members what stands between the model and a published value: its error and the model's discrepancy.

    Parameters
    ----------
    mapped, point : the published value
    members : what they have
    uniforms : a draw of each
    rules : standard deviations
    """
    from scipy.special import ndtri

    target = Target(mapped, point, Place(0.0, 1.0))
    _, spread, alone, together = _residual(target, members, rules)
    errors = ndtri(uniforms) * float(np.hypot(np.hypot(spread, alone), together))
    amounts = mapped.reading.kind not in {"date", "share"} and (point.value or 0.0) > 0
    found: Array = members * np.exp(errors) if amounts else members + errors
    return found


def _log_spread(point: Point, rules: Calibration) -> float:
    """Standard deviation of a published amount on logarithms: from its range, or by its confidence."""
    assert point.value is not None
    low, high = point.low, point.high
    if low is not None and high is not None and high > low:
        return log(high / low) / NORMAL_90 if low > 0 else (high - low) / point.value / NORMAL_90
    return rules.without_range.get(point.confidence or "C", rules.without_range["C"])


def weights(logs: Array, power: float = 1.0) -> Array:
    """Weights that add up to one."""
    raised = np.exp(power * (logs - logs.max()))
    found: Array = raised / raised.sum()
    return found


def effective(shares: Array) -> float:
    """Effective number of members: 1 / sum of squared weights.

    >>> effective(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    return float(1.0 / np.sum(shares**2))


def tempered(logs: Array, least: int) -> float:
    """Give the power of the likelihood, at most 1, that leaves at least so many effective members.

    >>> tempered(np.zeros(2000), 1000)
    1.0
    """
    if effective(weights(logs)) >= least:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        if effective(weights(logs, middle)) >= least:
            low = middle
        else:
            high = middle
    return low


def resample(shares: Array, keep: int, seed: int) -> NDArray[np.int64]:
    """Choose members, each as often as its weight says (systematic resampling), in a mixed order.

    >>> sorted(resample(np.array([0.5, 0.0, 0.5]), 4, seed=0).tolist())
    [0, 0, 2, 2]
    """
    first = float(MemberDraws(seed, 0, 1).uniform("calibrate")[0])
    places = (first + np.arange(keep)) / keep
    ends = np.cumsum(shares)
    chosen = np.searchsorted(ends / ends[-1], places, side="right")
    order = np.argsort(MemberDraws(seed, 0, keep).uniform("calibrate order"), kind="stable")
    return np.minimum(chosen, len(shares) - 1)[order].astype(np.int64)
