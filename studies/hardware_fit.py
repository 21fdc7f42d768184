"""Calibration as code: which parameters, within which bounds, on which published rows; residuals and leave-one-out.

The fit minimises squared relative errors of the scored training rows (soft above some ten percent; rows of a long table
weigh less each). Rows of one table were run by the same people on the same machines: what they say about each other
weighs more than the level of the table, and a pair that was published in a clear order should be predicted in it. A weak
pull holds parameters to the middle of physical bounds and software to its common growth, so that a parameter no row
speaks to stays where physics puts it. No parameter belongs to a case; software has one factor for each stack and year,
the CUDA stack of the reference year being one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..model.hardware.errors import DoesNotFit
from ..scenarios.faults import fail
from .hardware_check import TIE
from .hardware_predict import of_step
from .hardware_rows import setting_of
from .hardware_runs import Runs, evaluate, runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.hardware.coefficients import Coefficients
    from ..model.hardware.stacks import Stack
    from ..model.numbers import Array
    from ..scenarios.scenario import Scenario
    from .hardware_cases import Case, CaseFile
    from .hardware_rows import Setting

FITTED_CLASSES = ("dense", "moe")
REFERENCE = ("nemo", 2025)
"""The stack and year whose software counts as one."""
SCALE = 4.0
"""Relative errors times this enter the soft loss: beyond 25 percent they count less than squared."""
LEVEL_SPREAD = 0.8
"""How far (natural logarithm) a stack's level may lie from the common growth before the pull weighs a unit error."""
BOUND_PULL = 0.6
"""Weight of the pull to the centre, per width of the bounds."""
WITHIN = 2.0
"""Weight of what rows of one table say about each other, beside what each says about the level."""
ORDER = 300.0
"""Weight of a pair in the wrong order, per natural logarithm: one percent then weighs like errors of half the value."""
CLEARLY = 0.002
"""By how much (natural logarithm) predictions of a pair should stand apart."""
MISSING = 3.0
"""Logarithm of the ratio that counts for a row which does not fit memory."""
STEP = 2e-3
Mask = NDArray[np.bool_]
Whole = NDArray[np.intp]
EVALUATIONS = 40
ROUNDS = 4
"""How often the solver starts again from where it stopped: order has corners at which its steps shrink."""
EVALUATIONS_LEFT_OUT = 10
LEVEL_BOUNDS = (-1.2, 0.8)


@dataclass(frozen=True, slots=True)
class Bounds:
    """One parameter of the fit: lowest, middle and highest value that physics allows."""

    name: str
    low: float
    centre: float
    high: float
    unit: str = "1"
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """Software of one stack and year, to be fitted."""

    stack: str
    year: int


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything a fit needs: rows in arrays, what they were published to take, and the parameters."""

    coefficients: Coefficients
    cases: tuple[Case, ...]
    owners: tuple[Case, ...]
    settings: tuple[Setting, ...]
    runs: Runs
    published_s: Array
    exponent: Array
    weight: Array
    bounds: tuple[Bounds, ...]
    levels: tuple[Level, ...]
    pairs: tuple[Whole, Whole]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model: coefficients, the parameters by name, levels, growth, errors by row, leave-one-table-out."""

    coefficients: Coefficients
    parameters: dict[str, float]
    bounds: tuple[Bounds, ...]
    levels: dict[Level, float]
    growth: float
    errors: dict[str, list[float]]
    kinds: dict[str, str]
    left_out: dict[str, list[float]] = field(default_factory=dict)

    def summary(self, errors: dict[str, list[float]]) -> dict[str, dict[str, float]]:
        """Mean and worst absolute error by class."""
        result = {}
        for kind in dict.fromkeys(self.kinds.values()):
            values = [abs(e) for case, found in errors.items() if self.kinds[case] == kind for e in found]
            if values:
                result[kind] = {"n": len(values), "mean_abs_error": sum(values) / len(values), "worst": max(values)}
        return result


def read_bounds(scenario: Scenario) -> tuple[Bounds, ...]:
    """Read the parameters to fit from the labels ``hardware.fit``: lowest, middle, highest value, unit, meaning."""
    found = []
    for name in scenario.entities("hardware.fit"):
        low, centre, high, unit, meaning = scenario.label(f"hardware.fit.{name}")
        found.append(Bounds(name, float(low), float(centre), float(high), str(unit), str(meaning)))
    return tuple(found)


def problem_of(cases: CaseFile, scenario: Scenario, coefficients: Coefficients) -> Problem:
    """Gather the scored training rows of a case file; rows that follow no step time, or fit nothing, are left out."""
    owners, settings, published, exponents = [], [], [], []
    used = [case for case in cases.cases if case.scored and case.kind in FITTED_CLASSES]
    for case in used:
        for row in case.rows:
            try:
                setting = setting_of(row, coefficients)
                full = 1.0 if setting.layout.recompute == "full" else 0.0
                coefficient, exponent = of_step(setting, coefficients, full)
                runs_of([setting], coefficients)
            except DoesNotFit:
                continue
            owners.append(case)
            settings.append(setting)
            published.append((row.value / coefficient) ** exponent)
            exponents.append(float(exponent))
    if not settings:
        fail("nothing to fit", file=cases.name, path="cases", allowed="scored training rows that fit their chips")
    counts = {case.id: sum(owner is case for owner in owners) for case in used}
    levels = dict.fromkeys(Level(s.stack.id, int(s.row.told["software"].get("year", s.date))) for s in settings)
    levels.pop(Level(*REFERENCE), None)
    return Problem(
        coefficients=coefficients,
        cases=tuple(case for case in used if counts[case.id]),
        owners=tuple(owners),
        settings=tuple(settings),
        runs=runs_of(settings, coefficients),
        published_s=np.array(published),
        exponent=np.array(exponents),
        weight=np.array([counts[owner.id] ** -0.25 for owner in owners]),
        bounds=read_bounds(scenario),
        levels=tuple(sorted(levels, key=lambda level: (level.stack, level.year))),
        pairs=_pairs(owners, settings),
    )


def _pairs(owners: Sequence[Case], settings: Sequence[Setting]) -> tuple[Whole, Whole]:
    """Rows of one table and quantity that were published in a clear order: the larger, and the smaller."""
    found = [
        (larger, smaller)
        for larger, one in enumerate(settings)
        for smaller, other in enumerate(settings)
        if owners[larger] is owners[smaller] and owners[larger].rank_order
        and one.row.quantity == other.row.quantity and one.row.value > other.row.value * (1 + TIE)
    ]  # fmt: skip
    first, second = np.array(found, dtype=np.intp).reshape(-1, 2).T
    return first, second


def fit(problem: Problem, *, leave_out: bool = True, start: Array | None = None, rounds: int = ROUNDS) -> Fit:
    """Fit, and where asked fit again without each table in turn to predict it.

    Parameters
    ----------
    start : where the solver begins, such as :func:`stored`; by default the middle of the bounds
    """
    everything = np.ones(len(problem.settings), dtype=bool)
    best = _start(problem) if start is None else start
    for _ in range(rounds):
        best = _solve(problem, everything, best, EVALUATIONS)
    errors = _errors(problem, best, problem.levels)
    found = {case.id: errors[_of(problem, case)].tolist() for case in problem.cases}
    left = {}
    for case in problem.cases if leave_out else ():
        kept = ~_of(problem, case)
        levels = _supported(problem, kept)
        again = _solve(problem, kept, best, EVALUATIONS_LEFT_OUT, levels)
        left[case.id] = _errors(problem, again, levels)[_of(problem, case)].tolist()
    count = len(problem.bounds)
    return Fit(
        coefficients=_coefficients(problem, best, problem.levels),
        parameters={item.name: float(value) for item, value in zip(problem.bounds, best[:count], strict=True)},
        bounds=problem.bounds,
        levels={level: math.exp(value) for level, value in zip(problem.levels, best[count:], strict=True)},
        growth=float(best[_growth_place(problem)]),
        errors=found,
        kinds={case.id: case.kind for case in problem.cases},
        left_out=left,
    )


def _of(problem: Problem, case: Case) -> Mask:
    return np.array([owner is case for owner in problem.owners])


def _growth_place(problem: Problem) -> int:
    return [item.name for item in problem.bounds].index("growth")


def _supported(problem: Problem, kept: Mask) -> tuple[Level, ...]:
    """Levels that a row which is kept speaks to; the others then follow the common growth, as unseen runs do."""
    seen = {
        (setting.stack.id, int(setting.row.told["software"].get("year", setting.date)))
        for setting, use in zip(problem.settings, kept, strict=True)
        if use
    }
    return tuple(level for level in problem.levels if (level.stack, level.year) in seen)


def _limits(problem: Problem) -> tuple[Array, Array]:
    low = [item.low for item in problem.bounds] + [LEVEL_BOUNDS[0]] * len(problem.levels)
    high = [item.high for item in problem.bounds] + [LEVEL_BOUNDS[1]] * len(problem.levels)
    return np.array(low), np.array(high)


def _start(problem: Problem) -> Array:
    growth = problem.bounds[_growth_place(problem)].centre
    levels = [growth * (level.year - REFERENCE[1]) for level in problem.levels]
    return np.array([item.centre for item in problem.bounds] + levels)


def stored(problem: Problem) -> Array:
    """Values of the fit as the facts hold them, parameters and levels in the order of the problem."""
    k = problem.coefficients
    named = {
        item.name: k.stacks.growth if item.name == "growth" else getattr(k.training, item.name)
        for item in problem.bounds
    }
    known = [dict(k.stacks.find(level.stack).levels)[level.year] for level in problem.levels]
    return np.array([*named.values(), *np.log(known)])


def _coefficients(problem: Problem, values: Array, levels: Sequence[Level]) -> Coefficients:
    """Coefficients with fitted values in place; only ``levels`` become known years of software."""
    base, count = problem.coefficients, len(problem.bounds)
    named = dict(zip((item.name for item in problem.bounds), values[:count].tolist(), strict=True))
    growth = named.pop("growth")
    by_stack: dict[str, list[tuple[int, float]]] = {REFERENCE[0]: [(REFERENCE[1], 1.0)]}
    for level, value in zip(problem.levels, values[count:], strict=True):
        if level in levels:
            by_stack.setdefault(level.stack, []).append((level.year, math.exp(value)))
    fitted = {level.stack for level in problem.levels} | {REFERENCE[0]}
    known: list[Stack] = [
        replace(stack, levels=tuple(sorted(by_stack.get(stack.id, ())))) if stack.id in fitted else stack
        for stack in base.stacks.known
    ]
    stacks = replace(base.stacks, known=tuple(known), growth=growth)
    return replace(base, training=replace(base.training, **named), stacks=stacks)


def _errors(problem: Problem, values: Array, levels: Sequence[Level]) -> Array:
    """Relative error of every row's quantity (predicted over published, less one)."""
    return np.exp(_logs(problem, values, levels)) - 1


def _logs(problem: Problem, values: Array, levels: Sequence[Level]) -> Array:
    k = _coefficients(problem, values, levels)
    names = {stack.id: stack for stack in k.stacks.known}
    software = np.array([k.stacks.factor(names.get(s.stack.id, s.stack), s.date) for s in problem.settings])
    step_s = evaluate(problem.runs, k, software).step_s
    ratio = np.where(np.isfinite(step_s), step_s, np.inf) / problem.published_s
    return problem.exponent * np.log(np.where(np.isfinite(ratio), ratio, np.exp(MISSING)))


def _solve(
    problem: Problem, kept: Mask, start: Array, evaluations: int, levels: Sequence[Level] | None = None
) -> Array:
    from scipy.optimize import least_squares

    low, high = _limits(problem)
    width, count = high - low, len(problem.bounds)
    centre = _start(problem)
    known = problem.levels if levels is None else levels

    def residuals(scaled: Array) -> Array:
        values = low + (scaled - 1) * width
        logs = _logs(problem, values, known)
        data = np.concatenate([logs[kept], WITHIN * inside_tables(problem, logs)[kept]])
        data = data * np.tile(problem.weight[kept], 2) * SCALE
        order = misplaced(problem, logs, kept) * ORDER
        growth = values[_growth_place(problem)]
        trend = np.array([growth * (level.year - REFERENCE[1]) for level in problem.levels])
        physics = (values[:count] - centre[:count]) / width[:count] * BOUND_PULL
        return np.concatenate([data, order, physics, (values[count:] - trend) / LEVEL_SPREAD])

    first = 1 + np.clip((start - low) / width, 1e-4, 1 - 1e-4)
    box = (np.ones_like(first), 2 * np.ones_like(first))
    found = least_squares(
        residuals, first, bounds=box, diff_step=[STEP] * len(first), max_nfev=evaluations, loss="soft_l1"
    )
    return np.asarray(low + (found.x - 1) * width)


def misplaced(problem: Problem, logs: Array, kept: Mask) -> Array:
    """How far predictions stand in the wrong order, for each pair of a table that was published in a clear one."""
    use = kept[problem.pairs[0]]
    first, second = (rows[use] for rows in problem.pairs)
    predicted = logs + np.log([setting.row.value for setting in problem.settings])
    amiss: Array = np.maximum(CLEARLY - predicted[first] + predicted[second], 0.0)
    return amiss


def inside_tables(problem: Problem, logs: Array) -> Array:
    """Log errors less the mean of their table: rows of one table share their setting, so these carry less noise."""
    tables = np.array([problem.cases.index(owner) for owner in problem.owners])
    mean = np.bincount(tables, logs) / np.bincount(tables)
    apart: Array = logs - mean[tables]
    return apart


@dataclass(frozen=True, slots=True)
class Point:
    """One published training run beside its prediction, both as useful TFLOP/s per chip."""

    case: str
    kind: str
    chip: str
    published_tflops: float
    predicted_tflops: float


def parity(cases: CaseFile, scenario: Scenario, coefficients: Coefficients) -> list[Point]:
    """Every scored training row in one unit, whatever it was published in."""
    problem = problem_of(cases, scenario, coefficients)
    software = np.array([coefficients.stacks.factor(s.stack, s.date) for s in problem.settings])
    predicted_s = evaluate(problem.runs, coefficients, software).step_s
    points = []
    for owner, setting, published, predicted in zip(
        problem.owners, problem.settings, problem.published_s, predicted_s, strict=True
    ):
        work = setting.job.batch_tokens * setting.job.flop_per_token / setting.chips / 1e12
        points.append(Point(owner.id, owner.kind, setting.chip.name, work / float(published), work / float(predicted)))
    return points
