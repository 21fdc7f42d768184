"""Scores of an ensemble against one published value: error of the median, coverage, CRPS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..model.numbers import Array
from ..scenarios.cases import Point

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
INTERVALS = {50: (0.25, 0.75), 80: (0.10, 0.90), 90: (0.05, 0.95)}
SAME = 1e-9
"""Relative difference up to which a value on an interval's edge counts as inside."""


@dataclass(frozen=True)
class PointScore:
    """One published value beside the ensemble.

    Attributes
    ----------
    point : what was published
    end : where it stands, as the end of its time in decimal years
    quantiles : of the members, by level
    error : here and below, members beyond a bound ("at least 60") count as on it. Of the median, as a share of the published value; in years for a date
    inside : whether the value lies in the middle 50, 80 and 90 % of the members
    crps : continuous ranked probability score, in the series' unit
    crps_relative : the same on the scale of `error`
    rank : share of members below the value
    missed : whether even the published range lies outside the middle 90 %
    inside_wide : whether the value lies in the middle 80 % once the published value's error and the model's stated
        discrepancy are added to the members
    """

    point: Point
    end: float
    quantiles: dict[float, float]
    error: float
    inside: dict[int, bool]
    crps: float
    crps_relative: float
    rank: float
    missed: bool
    inside_wide: bool


def score(
    point: Point,
    end: float,
    sample: Array,
    *,
    scale: float | None,
    horizon: float | None = None,
    add_errors: Callable[[Array], Array] | None = None,
) -> PointScore:
    """Score an ensemble against a published value.

    Parameters
    ----------
    point : the published value, its range, or a bound
    end : end of its time
    sample : what the members have, in the series' unit
    scale : what errors are divided by; None where the value gives none and errors mean nothing
    horizon : for dates: what "never" counts as
    add_errors : adds errors of the published value and of the model to the members; none by default
    """
    import scoringrules

    assert point.value is not None
    value = float(point.value)
    plain = known(sample, horizon)
    shown = dict(zip(QUANTILES, (float(q) for q in np.quantile(plain, QUANTILES)), strict=True))
    members = _up_to_bound(plain, point)
    levels = dict(zip(QUANTILES, (float(q) for q in np.quantile(members, QUANTILES)), strict=True))
    inside = {size: _within(value, value, levels[low], levels[high]) for size, (low, high) in INTERVALS.items()}
    wide = plain if add_errors is None else add_errors(plain)
    widest = np.quantile(_up_to_bound(wide, point), INTERVALS[80])
    crps = max(0.0, float(scoringrules.crps_ensemble(value, members)))
    difference = levels[0.50] - value
    by = scale or np.nan
    low = value if point.low is None else point.low
    high = value if point.high is None else point.high
    return PointScore(
        point,
        end,
        shown,
        0.0 if difference == 0 else difference / by,
        inside,
        crps,
        0.0 if crps == 0 else crps / by,
        float(np.mean(members < value) + 0.5 * np.mean(members == value)),
        not _within(low, high, levels[0.05], levels[0.95]),
        _within(value, value, float(widest[0]), float(widest[1])),
    )


def _up_to_bound(members: Array, point: Point) -> Array:
    """Count members beyond a bound as on it."""
    assert point.value is not None
    if not point.bound:
        return members
    return np.minimum(members, point.value) if point.bound > 0 else np.maximum(members, point.value)


def known(sample: Array, horizon: float | None = None) -> Array:
    """Drop members without a value; of dates put those that never come at the horizon."""
    if horizon is not None:
        return np.where(np.isnan(sample), horizon, np.minimum(sample, horizon))
    found: Array = sample[np.isfinite(sample)]
    return found


def scale_of(point: Point, others: Sequence[Point], *, date: bool) -> float | None:
    """Give what an error is divided by.

    The published value; of a zero the far end of its range, or else the largest value of the series; a year for a date.
    """
    if date:
        return 1.0
    candidates = [point.value, max(abs(point.low or 0.0), abs(point.high or 0.0))]
    candidates.append(max((abs(other.value or 0.0) for other in others), default=0.0))
    return next((abs(found) for found in candidates if found), None)


def _within(low: float, high: float, lowest: float, highest: float) -> bool:
    """Whether two ranges meet."""
    slack = SAME * max(abs(low), abs(high), abs(lowest), abs(highest))
    return bool(low <= highest + slack and high >= lowest - slack)


@dataclass(frozen=True)
class Totals:
    """Scores over points: means of what `PointScore` has."""

    n: int
    error: float
    mean_abs_error: float
    coverage50: float
    coverage80: float
    coverage90: float
    coverage80_wide: float
    crps: float
    crps_relative: float
    missed: int


def totals(points: Sequence[PointScore]) -> Totals:
    """Average scores over points; errors that mean nothing are left out of their mean."""
    if not points:
        nothing = float("nan")
        return Totals(0, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, 0)
    coverage = {size: float(np.mean([point.inside[size] for point in points])) for size in INTERVALS}
    return Totals(
        len(points),
        _mean([point.error for point in points]),
        _mean([abs(point.error) for point in points]),
        coverage[50],
        coverage[80],
        coverage[90],
        float(np.mean([point.inside_wide for point in points])),
        _mean([point.crps for point in points]),
        _mean([point.crps_relative for point in points]),
        sum(point.missed for point in points),
    )


def _mean(values: Sequence[float]) -> float:
    some = [value for value in values if np.isfinite(value)]
    return float(np.mean(some)) if some else float("nan")
