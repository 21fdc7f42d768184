"""Distributions of uncertain numbers: from a uniform draw to a value, and which ones are impossible.

A range is written as ``low``, ``value``, ``high``. In ``uniform``, ``triangular``, ``loguniform`` and ``pert`` low and
high are the ends; in ``normal`` and ``lognormal`` they are the 5th and 95th percentiles and the value is the median,
with one spread below it and another above. Every function maps element by element, so that a member's number does
not depend on the block it stands in.
"""

from collections.abc import Callable
from math import log, log10

import numpy as np
from numpy.typing import NDArray

from .schema import DISTS, Record, Spread

Array = NDArray[np.float64]

Z95 = 1.6448536269514722
LARGEST = 1e100
DECADES = 40
LOGARITHMIC = ("lognormal", "loguniform")
DESCRIPTIONS = {
    "constant": "the value, for every member",
    "uniform": "evenly between low and high",
    "triangular": "between low and high, most likely at value (the default when low and high are given)",
    "normal": "median value, 5 % below low and 5 % above high; one spread on each side",
    "lognormal": "the same on a logarithmic scale; low must be positive",
    "loguniform": "evenly on a logarithmic scale between low and high; low must be positive",
    "pert": "a smooth hump between low and high with its mode at value",
}


def describe() -> str:
    """List the distributions a record may name.

    Examples
    --------
    >>> print(describe().splitlines()[0])
    constant: the value, for every member
    """
    return "\n".join(f"{name}: {DESCRIPTIONS[name]}" for name in DISTS)


def problem(record: Record) -> tuple[str, str] | None:
    """Say what makes a record's distribution impossible.

    Parameters
    ----------
    record : Record
        Already checked against the schema.

    Returns
    -------
    tuple of str or None
        Key at fault and message, or None when all is well.
    """
    if (record.value is None) == (record.by_year is None):
        return "value", "a record needs either value or by_year" if record.value is None else "value beside by_year"
    if record.by_year is not None and (record.low is not None or record.high is not None):
        return "low", "with by_year, low and high belong to the dated values"
    if record.bounds is not None and record.bounds[0] > record.bounds[1]:
        return "bounds", "bounds must be [lowest, highest]"
    if record.dist not in {None, "constant"} and not any(point.uncertain for _, point in record.points()):
        return "dist", f"{record.dist} needs low and high"
    for _, point in record.points():
        found = _spread_problem(point, record.dist or "constant") or _bounds_problem(point, record.bounds)
        if found is not None:
            return found if record.by_year is None else ("by_year", f"{found[0]}: {found[1]}")
    return None


def quantile(record: Record, u: Array, point: Spread) -> Array | float:
    """Value of one point of a record at the quantiles ``u``, clipped to the record's bounds.

    Parameters
    ----------
    record : Record
        Says which distribution and which bounds.
    u : array (members,)
        Uniform draws in the open interval (0, 1).
    point : Spread
        The plain value, or one of the dated ones.

    Returns
    -------
    array (members,) or float
        In the record's own unit; a float where the point has no range.
    """
    dist = record.dist or "constant"
    if dist == "constant" or point.low is None or point.high is None:
        return point.value
    values = INVERSE[dist](u, point.low, point.value, point.high)
    return values if record.bounds is None else np.clip(values, *record.bounds)


def at_year(points: list[tuple[float, float | Array]], year: float, between: str) -> float | Array:
    """Value of a dated series in a year: one rule, everywhere.

    Before the first date its value holds; then each value holds until the next (``hold``), or leads to it in a
    straight line (``linear``); the last one holds for good.

    Examples
    --------
    >>> at_year([(2024.0, 1.0), (2026.0, 3.0)], 2025, "hold")
    1.0
    >>> at_year([(2024.0, 1.0), (2026.0, 3.0)], 2025, "linear")
    2.0
    """
    earlier = [index for index, (date, _) in enumerate(points) if date <= year]
    if not earlier:
        return points[0][1]
    index = earlier[-1]
    date, value = points[index]
    if between == "hold" or date == year or index + 1 == len(points):
        return value
    next_date, next_value = points[index + 1]
    weight = (year - date) / (next_date - date)
    return value + weight * (next_value - value)


def central(record: Record, year: float | None = None) -> float | None:
    """Central value of a record in its own unit; None when a dated record is asked without a year."""
    if record.by_year is None:
        return record.value
    if year is None:
        return None
    points: list[tuple[float, float | Array]] = [(date, point.value) for date, point in record.by_year.items()]
    value = at_year(points, year, record.between)
    return float(value)


def record_quantile(record: Record, u: Array, year: float | None = None) -> float | Array:
    """Value of a whole record at the quantiles ``u`` (in a year, for a dated one), in its own unit."""
    points = [(date, quantile(record, u, point)) for date, point in record.points()]
    return at_year(points, 0.0 if year is None else year, record.between)


def _spread_problem(point: Spread, dist: str) -> tuple[str, str] | None:
    low, value, high = point.low, point.value, point.high
    if low is None and high is None:
        return None
    if low is None or high is None:
        return ("low" if low is None else "high"), "low and high go together"
    checks = (
        (low > value, "low", f"low {low:g} is above the value {value:g}"),
        (high < value, "high", f"high {high:g} is below the value {value:g}"),
        (low == high, "low", "low equals high: leave both out for a fixed number"),
        (dist == "constant", "dist", "constant takes no low and high"),
        (dist in LOGARITHMIC and low <= 0, "low", f"{dist} needs a low above zero"),
        (max(-low, high) > LARGEST, "high", f"the range is too wide (up to {LARGEST:g})"),
    )
    found = next(((key, message) for wrong, key, message in checks if wrong), None)
    if found is None and dist in LOGARITHMIC and log10(high) - log10(low) > DECADES:
        return "high", f"the range is too wide (up to {DECADES} powers of ten)"
    return found


def _bounds_problem(point: Spread, bounds: tuple[float, float] | None) -> tuple[str, str] | None:
    if bounds is None or bounds[0] <= point.value <= bounds[1]:
        return None
    return "value", f"the value {point.value:g} lies outside bounds [{bounds[0]:g}, {bounds[1]:g}]"


def _uniform(u: Array, low: float, _value: float, high: float) -> Array:
    return low + u * (high - low)


def _triangular(u: Array, low: float, value: float, high: float) -> Array:
    width = high - low
    left = low + np.sqrt(u * (width * (value - low)))
    right = high - np.sqrt((1.0 - u) * (width * (high - value)))
    return np.where(u < (value - low) / width, left, right)


def _normal(u: Array, low: float, value: float, high: float) -> Array:
    z = normal_score(u)
    return value + z * np.where(z < 0.0, (value - low) / Z95, (high - value) / Z95)


def _lognormal(u: Array, low: float, value: float, high: float) -> Array:
    z = normal_score(u)
    return value * np.exp(z * np.where(z < 0.0, (log(value) - log(low)) / Z95, (log(high) - log(value)) / Z95))


def _loguniform(u: Array, low: float, _value: float, high: float) -> Array:
    return low * np.exp(u * (log(high) - log(low)))


def _pert(u: Array, low: float, value: float, high: float) -> Array:
    from scipy.special import betaincinv

    width = high - low
    share: Array = betaincinv(1.0 + 4.0 * (value - low) / width, 1.0 + 4.0 * (high - value) / width, u)
    return low + width * share


def normal_score(u: Array) -> Array:
    """Inverse of the normal distribution function, element by element."""
    from scipy.special import ndtri

    scores: Array = ndtri(u)
    return scores


def normal_share(z: Array) -> Array:
    """Apply the normal distribution function, element by element, kept inside the open interval (0, 1)."""
    from scipy.special import ndtr

    return np.clip(ndtr(z), 2.0**-54, 1.0 - 2.0**-53)


INVERSE: dict[str, Callable[[Array, float, float, float], Array]] = {
    "uniform": _uniform,
    "triangular": _triangular,
    "normal": _normal,
    "lognormal": _lognormal,
    "loguniform": _loguniform,
    "pert": _pert,
}
