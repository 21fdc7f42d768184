"""What scenarios mean for a side: regret, the year of parity, and which scenario moves a number most.

All of it is paired: a member of one scenario is compared with the same member of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model.numbers import Array
from ..model.registry import SIDES, VARIABLES
from .differences import us_to_china
from .one_at_a_time import RATIO
from .statistics import spread

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario
    from .compare import Paired

REGRETTED = ("fleet_h100e", "cluster_training_eflops")
"""Measures of which more is better for their side: the fleet, and the largest cluster."""
OWN, LEAD = "own", "lead"
"""A side's own level, or its level over the other side's."""
WORSE = 0.9
"""Quantile of the regret beside its mean."""
LEVELS = ("stock", "flow", "state")
"""Kinds of variables that two sides can be compared by."""
NO_RACE = ("die_stockpile", "hbm_stockpile_pb")
"""Headline variables in which nobody means to reach the other side."""
LEVEL = 1e-9
"""A relative regret up to this is none."""
REGRET_COLUMNS = (
    "side", "year", "variable", "basis", "scenario", "mean", "p90", "relative_mean", "relative_p90", "best",
)  # fmt: skip
PARITY_COLUMNS = (
    "variable", "follower", "scenario", "probability", "p05", "p50", "p95", "earlier", "same", "later", "gained", "lost",
    "shift_mean", "shift_p05", "shift_p50", "shift_p95",
)  # fmt: skip


def regret(paired: Paired, side: str, year: int, variables: Sequence[str] = REGRETTED) -> pd.DataFrame:
    """Say how much worse each scenario is for a side than the best of them, member by member.

    Parameters
    ----------
    paired
        Scenarios run with the same draws; the base is one of them.
    side
        ``china`` or ``us``.
    year
        Of the levels.
    variables
        Kept variables of which more is better.

    Returns
    -------
    Columns as in `REGRET_COLUMNS`. ``basis`` is ``own`` (the side's level) or ``lead`` (its level over the other's);
    ``mean`` and ``p90`` are in the stored unit, ``relative_*`` shares of the best level; ``best`` is the share of members in
    which the scenario is the best, or as good.
    """
    rows = []
    for variable in variables:
        for basis in (OWN, LEAD):
            levels = np.stack(
                [_level(arrays[variable], side, basis)[year - paired.years[0]] for _, arrays in _all(paired)]
            )
            known = np.isfinite(levels).all(axis=0)
            if not known.any():
                continue
            levels = levels[:, known]
            best = levels.max(axis=0)
            worse = best - levels
            relative = np.where(best > 0, worse / np.where(best > 0, best, 1.0), 0.0)
            for place, (scenario, _) in enumerate(_all(paired)):
                rows.append(
                    (side, year, variable, basis, scenario.name, worse[place].mean(), np.quantile(worse[place], WORSE),
                     relative[place].mean(), np.quantile(relative[place], WORSE), (relative[place] <= LEVEL).mean())
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(REGRET_COLUMNS))


def parity(paired: Paired) -> pd.DataFrame:
    """Say when the side that begins behind first reaches the other, for each measure, and how scenarios shift that year.

    Returns
    -------
    Columns as in `PARITY_COLUMNS`, a row for each measure and scenario, the base first. ``p05`` to ``p95`` are quantiles of
    the first calendar year in which the follower's level is at least the leader's; absent where that is later than the
    run tells. ``earlier``, ``same`` and ``later`` are shares of all members beside the base, reaching it at all counted as
    earlier than never (``gained``), and never as later (``lost``); members that never reach it in either are the same.
    ``shift_*`` are years, over the members that reach it in both.
    """
    rows = []
    for variable in paired.variables:
        if VARIABLES[variable].kind not in LEVELS or variable in NO_RACE:
            continue
        base = paired.base_arrays[variable]
        follower = _follower(base)
        if follower is None:
            continue
        first = _first_year(base, follower, paired.years)
        for scenario, arrays in _all(paired):
            reached = _first_year(arrays[variable], follower, paired.years)
            rows.append((variable, follower, scenario.name, *_reached(reached), *_shifts(first, reached)))
    return pd.DataFrame(rows, columns=list(PARITY_COLUMNS))


def levers(paired: Paired, variable: str, side: str, year: int) -> pd.DataFrame:
    """Rank the scenarios beside the base by the size of what they change in one number.

    Returns
    -------
    Rows of `Paired.differences`, the largest median change first; its size is relative where the base is above zero.
    """
    table = paired.differences([variable], [year], side)
    size = table["relative_p50"].fillna(table["p50"]).abs()
    return table.loc[size.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _all(paired: Paired) -> list[tuple[Scenario, dict[str, Array]]]:
    """Give every scenario once, the base first."""
    found = {paired.base.name: (paired.base, paired.base_arrays)}
    for other in paired.others:
        found.setdefault(other.scenario.name, (other.scenario, other.arrays))
    return list(found.values())


def _level(array: Array, side: str, basis: str) -> Array:
    """Level of a side, or over the other side's, shape (year, member)."""
    if basis == OWN:
        found: Array = array[:, SIDES.index(side)]
        return found
    ratio = us_to_china(array)[:, 0]
    if side == "us":
        return ratio
    return np.where(ratio > 0, 1.0 / np.where(ratio > 0, ratio, 1.0), np.nan)


def _follower(array: Array) -> str | None:
    """Name the side that is behind in the first year in most members; None where either has no level."""
    china, us = (array[0, SIDES.index(side)] for side in ("china", "us"))
    if not (np.isfinite(array).all() and (array > 0).any(axis=(0, 2)).all()):
        return None
    return "china" if float((china < us).mean()) >= 0.5 else "us"


def _first_year(array: Array, follower: str, years: range) -> Array:
    """First calendar year in which the follower has the leader's level, per member; infinite for never."""
    place = SIDES.index(follower)
    reached = array[:, place] >= array[:, 1 - place]
    found: Array = np.where(reached.any(axis=0), years[0] + reached.argmax(axis=0), np.inf)
    return found


def _reached(reached: Array) -> tuple[float, ...]:
    quantiles = np.quantile(reached, (0.05, 0.5, 0.95), method="inverted_cdf")
    return (float(np.isfinite(reached).mean()), *(float(q) if np.isfinite(q) else np.nan for q in quantiles))


def _shifts(base: Array, other: Array) -> tuple[float, ...]:
    """Shares of members that reach it earlier, at the same time, later, newly, no more; years of the shift."""
    both = np.isfinite(base) & np.isfinite(other)
    shift = other[both] - base[both]
    years = (float(shift.mean()), *map(float, spread(shift, (0.05, 0.5, 0.95)))) if both.any() else (np.nan,) * 4
    return (
        float((other < base).mean()),
        float((other == base).mean()),
        float((other > base).mean()),
        float((np.isfinite(other) & ~np.isfinite(base)).mean()),
        float((np.isfinite(base) & ~np.isfinite(other)).mean()),
        *years,
    )


def default_number(paired: Paired) -> tuple[str, str, int]:
    """Give the number that levers are ranked on unless another is asked for: the ratio of the fleets in 2030."""
    return REGRETTED[0], RATIO, standing_year(paired)


def standing_year(paired: Paired, year: int = 2030) -> int:
    """Give a year of the comparison: the one asked for, or its last."""
    return year if year in paired.years else paired.years[-1]
