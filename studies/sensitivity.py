"""What the spread of a number comes from: Sobol' indices and Morris screening over all uncertain parameters.

Parameters are moved in their quantiles, through SALib's designs and estimators. Within a group of members that differ in
one parameter every decision falls the same way: otherwise a parameter without effect would be blamed for chance. Chance
in decisions is a factor by itself.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np
import pandas as pd

from ..model.numbers import Array
from ..scenarios.faults import fail, nearest
from .executors import pool
from .factors import CHANCE, REST, Factor, Model, Place, factors_of, place, stepped_draws, switched_draws
from .one_at_a_time import HIGH, LOW, SAME

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

BLOCK = 8192
"""Members computed together, about."""
TOP = 50
"""Parameters that get an index of their own; the others are one factor together."""
TRAJECTORIES = 20
"""Of the screening that chooses them."""
LEVELS = 4
"""Of a Morris design: quantiles that a parameter takes."""
CONFIDENCE = 0.95
SAMPLES = {"sobol": 2048, "morris": 50}
"""By default: base samples, trajectories."""
Method = Literal["sobol", "morris"]
METHODS: tuple[Method, ...] = ("sobol", "morris")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """Members of some groups of a design, as they travel to a worker."""

    maker: Callable[..., Any]
    seed: int
    factors: tuple[Factor, ...]
    rows: Array
    first: int
    size: int

    def values(self, model: Model) -> Array:
        """Run the model on these members."""
        return model(self.maker(self.seed, self.factors, self.rows, self.first, self.size))


@dataclass(frozen=True)
class Indices:
    """What a design and a model gave.

    Attributes
    ----------
    method
        ``sobol`` or ``morris``.
    table
        A row for each factor, the ranked ones first. Sobol': ``first``, ``total`` (shares of the variance) with ``_low`` and
        ``_high``. Morris: ``mu_star`` (mean size of the change from the low to the high end) with both, ``mu`` (mean change)
        and ``sigma``. ``ranked`` is false where the interval of ``total`` or ``mu_star`` covers zero.
    mean, variance
        Of the number over the design.
    runs
        Members computed.
    left_out
        Parameters without a row of their own.
    """

    method: Method
    table: pd.DataFrame
    mean: float
    variance: float
    runs: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sensitivity:
    """Sensitivity of one number of a scenario.

    Attributes
    ----------
    place
        The number.
    indices
        The result.
    screening
        The Morris screening that chose the parameters; None where all of them were looked at one by one.
    scenario
        The scenario as asked for, with all its years.
    samples, seed, seconds
        Base samples or trajectories; seed of all draws; time taken.
    """

    place: Place
    indices: Indices
    screening: Indices | None
    scenario: Scenario
    samples: int
    seed: int
    seconds: float


def sensitivity(
    scenario: Scenario,
    variable: str,
    year: int,
    side: str,
    *,
    method: Method = "sobol",
    samples: int | None = None,
    top: int = TOP,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> Sensitivity:
    """Find out which uncertain parameters a number's spread comes from.

    Parameters
    ----------
    scenario
        Resolved scenario.
    variable, year, side
        The number; ``ratio`` is the US-led side over China.
    method
        ``sobol`` (shares of the variance) or ``morris`` (mean size of the effect).
    samples
        Base samples, a power of two; or trajectories.
    top
        With Sobol', parameters that get an index of their own; the strongest in a Morris screening.
    seed
        Of the designs, the bootstrap and all other draws.
    workers
        Processes; the result does not depend on them.
    progress
        Called with members done and wanted.
    """
    began = time.perf_counter()
    count = _checked(method, samples, top)
    number = place(scenario, variable, year, side)
    factors = factors_of(scenario)
    if not factors:
        fail("the scenario has no uncertain parameter", path="scenario", found=scenario.name)
    screening = None
    if method == "morris":
        found = morris(number, factors, count, seed, workers=workers, progress=progress)
    else:
        chosen = factors
        if len(factors) > top:
            screening = morris(number, factors, TRAJECTORIES, seed)
            strongest = set(screening.table["mu_star"].sort_values(ascending=False, kind="stable").index[:top])
            chosen = tuple(factor for factor in factors if factor.name in strongest)
        rest = tuple(factor for factor in factors if factor not in chosen)
        found = sobol(number, chosen, count, seed, rest=rest, workers=workers, progress=progress)
    return Sensitivity(number, found, screening, scenario, count, seed, time.perf_counter() - began)


def sobol(
    model: Model,
    factors: Sequence[Factor],
    samples: int,
    seed: int = 0,
    *,
    rest: Sequence[Factor] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> Indices:
    """Estimate first-order and total Sobol' indices with confidence bounds (Saltelli's design, bootstrap).

    Parameters
    ----------
    model
        Gives a number for each member.
    factors
        What gets an index.
    samples
        Base samples, a power of two; each costs a run for every factor and two more.
    seed
        Of the design, the bootstrap and the streams.
    rest
        What is moved as one factor beside them.
    workers, progress
        As in `sensitivity`.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    together = [Factor(REST, tuple(name for factor in rest for name in factor.streams))] if rest else []
    moved = (*factors, *together, Factor(CHANCE, ()))
    problem = _problem(moved, (0.0, 1.0))
    rows = design.sample(problem, samples, calc_second_order=False, seed=seed)
    values = _run(model, switched_draws, seed, moved, rows, len(moved) + 2, workers, progress)
    _check_values(values)
    found = analysis.analyze(problem, values, calc_second_order=False, conf_level=CONFIDENCE, seed=seed + 1)
    table = pd.DataFrame(index=pd.Index([factor.name for factor in moved], name="factor"))
    for column, key in (("first", "S1"), ("total", "ST")):
        table[column] = found[key]
        table[f"{column}_low"], table[f"{column}_high"] = (
            found[key] - found[f"{key}_conf"],
            found[key] + found[f"{key}_conf"],
        )
    independent = np.concatenate([values[:: len(moved) + 2], values[len(moved) + 1 :: len(moved) + 2]])
    return Indices(
        "sobol",
        _ranked(table, "total"),
        float(independent.mean()),
        float(independent.var()),
        len(values),
        tuple(factor.name for factor in rest),
    )


def morris(
    model: Model,
    factors: Sequence[Factor],
    trajectories: int,
    seed: int = 0,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> Indices:
    """Estimate mean elementary effects between the 5 % and 95 % quantiles of every factor (Morris, Campolongo).

    Parameters
    ----------
    model, factors, seed, workers, progress
        As in `sobol`.
    trajectories
        Each costs a run for every factor and one more; decisions fall the same way along it.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    moved = tuple(factors)
    problem = _problem(moved, (LOW, HIGH))
    rows = design.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    values = _run(model, stepped_draws, seed, moved, rows, len(moved) + 1, workers, progress)
    _check_values(values)
    found = analysis.analyze(problem, rows, values, conf_level=CONFIDENCE, num_levels=LEVELS, seed=seed)
    table = pd.DataFrame(index=pd.Index([factor.name for factor in moved], name="factor"))
    size, half = (np.asarray(found[key], dtype=float) for key in ("mu_star", "mu_star_conf"))
    table["mu_star"], table["mu_star_low"], table["mu_star_high"] = size, size - half, size + half
    table["mu"], table["sigma"] = (np.asarray(found[key], dtype=float) for key in ("mu", "sigma"))
    return Indices("morris", _ranked(table, "mu_star"), float(values.mean()), float(values.var()), len(values))


def _checked(method: str, samples: int | None, top: int) -> int:
    if method not in METHODS:
        fail(
            "no such method", path="method", found=method, allowed=", ".join(METHODS), nearest=nearest(method, METHODS)
        )
    count = SAMPLES[method] if samples is None else samples
    if method == "sobol" and (count < 2 or count & (count - 1)):
        near = 2 ** max(1, round(float(np.log2(max(count, 2)))))
        fail("base samples must be a power of two", path="samples", found=str(count), nearest=str(near))
    if count < 2:
        fail("too few trajectories", path="samples", found=str(count), allowed="2 or more")
    if top < 1:
        fail("too few parameters", path="top", found=str(top), allowed="1 or more")
    return count


def _problem(factors: Sequence[Factor], bounds: tuple[float, float]) -> dict[str, Any]:
    """Describe a design to SALib; its names only label rows, and must differ."""
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [list(bounds)] * len(factors),
        "groups": None,
    }


def _ranked(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sort by a column, those apart whose interval covers zero."""
    table["ranked"] = table[f"{column}_low"] > 0
    return table.sort_values(["ranked", column], ascending=False, kind="stable")


def _check_values(values: Array) -> None:
    absent = int((~np.isfinite(values)).sum())
    if absent:
        _no_variance(f"has no value in {absent:,} of {len(values):,} runs")
    if np.ptp(values) <= SAME * np.abs(values).max():
        _no_variance("is the same in every run")


def _no_variance(message: str) -> NoReturn:
    fail(f"the number {message}: its spread has no sources", path="measure", allowed="another measure, year or side")


def _run(
    model: Model,
    maker: Callable[..., Any],
    seed: int,
    factors: tuple[Factor, ...],
    rows: Array,
    size: int,
    workers: int,
    progress: Progress | None,
) -> Array:
    """Run all members of a design in blocks of whole groups, here or in a pool of fresh processes."""
    step = max(1, BLOCK // size) * size
    tasks = [
        Task(maker, seed, factors, rows[start : start + step], start // size, size)
        for start in range(0, len(rows), step)
    ]
    parts: list[Array] = []
    done = 0
    for part in _values(model, tasks, workers):
        parts.append(part)
        done += len(part)
        if progress:
            progress(done, len(rows))
    return np.concatenate(parts)


def _values(model: Model, tasks: list[Task], workers: int) -> Iterator[Array]:
    if min(workers, len(tasks)) <= 1:
        yield from (task.values(model) for task in tasks)
        return
    told = pickle.dumps(model)
    with pool(min(workers, len(tasks))) as executor:
        yield from executor.map(_work, [told] * len(tasks), tasks)


def _work(told: bytes, task: Task) -> Array:
    return task.values(_told(told))


@lru_cache(maxsize=1)
def _told(told: bytes) -> Model:
    model: Model = pickle.loads(told)  # noqa: S301 (written by the process that asks)
    return model
