"""Fabs and packaging lines: flow through a plant, yield, ramps, and the scarcest input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .numbers import Numbers, positive, ratio


def plant_output(before_last: Numbers, last: Numbers, now: Numbers, lag_years: Numbers) -> Numbers:
    """Mean of capacity over [t - lag, t + 1 - lag]: what comes out of a plant with a cycle time in year t.

    Capacities are points at year ends, linear between them. Year-end capacity times twelve would be about twice too
    high in a ramp.

    Parameters
    ----------
    before_last, last, now : capacity at the end of year t-2, t-1 and t (any unit per year)
    lag_years : cycle time, 0 to 1 year

    Returns
    -------
    Output of year t, in the unit of the capacities.

    >>> float(plant_output(0.0, 0.0, 8.0, 0.0)), float(plant_output(0.0, 0.0, 8.0, 0.5))
    (4.0, 1.0)
    >>> float(plant_output(5.0, 5.0, 5.0, 0.3))
    5.0
    """
    late = np.asarray(lag_years, dtype=float)
    fresh = 1.0 - late
    from_year_before = late * (last - (last - before_last) * late / 2)
    from_this_year = fresh * (last + (now - last) * fresh / 2)
    return from_year_before + from_this_year


def first_half_output(before_last: Numbers, last: Numbers, now: Numbers, lag_years: Numbers) -> Numbers:
    """Mean of capacity over [t - lag, t + 1/2 - lag], times half a year: what comes out in the first half of year t.

    Parameters as for `plant_output`.

    >>> float(first_half_output(4.0, 4.0, 4.0, 0.3))
    2.0
    """
    early = np.minimum(lag_years, 0.5)
    inside = 0.5 - early
    start = last - (last - before_last) * lag_years
    first = early * (start + (last - before_last) * early / 2) + inside * (last + (now - last) * inside / 2)
    return np.asarray(first, dtype=float)


def poisson_yield(defects_per_cm2: Numbers, die_area_cm2: Numbers) -> Numbers:
    """Share of dies without a defect when defects fall independently: exp(-D0 A) (Murphy 1964, Poisson limit).

    >>> round(float(poisson_yield(0.14, 6.656)), 3)
    0.394
    """
    value: Numbers = np.exp(-np.asarray(defects_per_cm2 * die_area_cm2, dtype=float))
    return value


def murphy_yield(defects_per_cm2: Numbers, die_area_cm2: Numbers) -> Numbers:
    """Murphy's yield for a triangular spread of defect density: ((1 - exp(-D0 A)) / (D0 A))^2.

    >>> round(float(murphy_yield(0.14, 6.656)), 3)
    0.423
    """
    load = np.asarray(defects_per_cm2 * die_area_cm2, dtype=float)
    value: Numbers = (-np.expm1(-load) / load) ** 2
    return value


YIELD_MODELS: dict[str, Callable[[Numbers, Numbers], Numbers]] = {"poisson": poisson_yield, "murphy": murphy_yield}


def learned_defect_density(
    start: Numbers, cumulative: Numbers, reference: Numbers, exponent: Numbers, floor: Numbers
) -> Numbers:
    """Defect density after learning: start x (cumulative / reference)^-b, not below a floor.

    Parameters
    ----------
    start : defects per cm2 when cumulative output equals the reference
    cumulative, reference : wafers made so far, and at the date of `start` (0 where nothing was made yet)
    exponent : learning exponent b
    floor : defects per cm2 of a mature line

    >>> round(float(learned_defect_density(0.17, 4.0, 1.0, 0.3, 0.05)), 4)
    0.1122
    """
    experience = ratio(np.maximum(cumulative, reference), reference, empty=1.0)
    value: Numbers = np.maximum(floor, start * experience ** (-np.asarray(exponent, dtype=float)))
    return value


def ramp_level(start: Numbers, ramp_years: Numbers, year: int) -> Numbers:
    """Mean over a year of a straight ramp from 0 at `start` to 1 after `ramp_years`.

    >>> float(ramp_level(2024.5, 1.0, 2024)), float(ramp_level(2020.0, 1.0, 2024))
    (0.125, 1.0)
    """

    def area(date: float) -> Numbers:
        gone = positive(date - start)
        ramping = np.minimum(gone, ramp_years)
        return ramping * ramping / (2 * ramp_years) + (gone - ramping)

    if np.all(np.less_equal(year + 1.0, start)):
        return 0.0
    if np.all(np.greater_equal(year - start, ramp_years)):
        return 1.0
    level = area(year + 1.0) - area(float(year))
    return np.where(np.greater_equal(year - start, ramp_years), 1.0, np.minimum(level, 1.0))


def generation_shares(starts: list[Numbers], ramp_years: Numbers, year: int) -> list[Numbers]:
    """Share of a product line that each generation has in a year, the newer displacing the older as it ramps.

    The shares add up to the level of the first generation's ramp (1 once the line is established).

    >>> [float(s) for s in generation_shares([2020.0, 2024.5], 1.0, 2024)]
    [0.875, 0.125]
    """
    levels: list[Numbers] = []
    for start in starts:
        level = ramp_level(start, ramp_years, year)
        levels.append(np.minimum(level, levels[-1]) if levels else level)
    following: list[Numbers] = [*levels[1:], 0.0]
    return [level - newer for level, newer in zip(levels, following, strict=True)]


def hbm_per_start(hbm_gb: Numbers, package_yield: Numbers, scrapped_share: Numbers) -> Numbers:
    """HBM that one started package consumes: a failed one loses the scrapped share of its memory.

    >>> float(hbm_per_start(128.0, 0.75, 0.8))
    121.6
    """
    return hbm_gb * (package_yield + (1.0 - package_yield) * scrapped_share)
