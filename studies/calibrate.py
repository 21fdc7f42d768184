"""Calibration: prior members weighed by history up to a year, a posterior of chosen members, and how it does afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..model.numbers import Array
from ..model.record import Recorder
from ..model.world import World
from ..scenarios.cases import Cases
from ..scenarios.chosen import Chosen
from ..scenarios.dates import format_date
from ..scenarios.draws import MemberDraws
from ..scenarios.faults import fail
from ..scenarios.inputs import Inputs
from ..scenarios.readings import Readings, load_readings
from .backtest import Backtest, all_leaves, backtest, map_all
from .mapping import Mapped, NoCounterpartError, scripted_to
from .predict import reduced
from .scores import PointScore, Totals, totals
from .weighing import Target, Values, effective, log_likelihood, out_of_reach, resample, tempered, weights

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario
    from .ensemble import Progress

PRIOR_MEMBERS = 20_000
"""Prior members that parameters are compared with."""
SCORED_MEMBERS = 2_000
"""Members of the runs that are scored before and after."""


@dataclass(frozen=True)
class Calibration:
    """What came of a calibration.

    Attributes
    ----------
    prior, posterior : the scenario, and the same with chosen members
    to : last year weighed by
    members, seed : of the prior
    targets : published values weighed by
    left_out : series up to that year that were not, with the reason
    power : of the likelihood; below 1 it was tempered
    effective : effective number of members at that power, and `effective_plain` at 1
    unique : different members among the chosen
    moves : per uncertain parameter, prior and posterior mean, quantiles, distance
    before, after : back-tests of prior and posterior
    seconds : of the prior's run
    """

    prior: Scenario
    posterior: Scenario
    to: int
    members: int
    seed: int
    targets: tuple[Target, ...]
    left_out: tuple[tuple[str, str], ...]
    power: float
    effective: float
    effective_plain: float
    least: int
    unique: int
    moves: pd.DataFrame
    before: Backtest
    after: Backtest
    seconds: float

    @property
    def chosen(self) -> Chosen:
        """The posterior's members."""
        found = self.posterior.chosen
        assert found is not None
        return found

    def scores(self, *, afterwards: bool) -> tuple[Totals, Totals]:
        """Scores of prior and posterior on the points after the year, or up to it."""
        one, other = (
            totals([point for point in points_of(run) if (point.end > self.to + 1.0) == afterwards])
            for run in (self.before, self.after)
        )
        return one, other


def points_of(run: Backtest) -> list[PointScore]:
    """All scored points of a back-test."""
    return [point for tested in run.scored for point in tested.points]


def calibrate(
    scenario: Scenario,
    cases: Cases,
    to: int,
    members: int = 500_000,
    keep: int = 4_000,
    seed: int = 0,
    *,
    readings: Readings | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Weigh the members of a scenario by history up to a year, and choose members by their weights.

    Parameters
    ----------
    scenario : the prior
    cases : published series
    to : last year of the history that is used
    members : of the prior
    keep : how many members stand for the posterior, repetitions counted
    seed : of the prior's draws
    readings : how series are read and weighed; the package's own by default
    workers : processes; as many as there are processors by default
    progress : called with members done and wanted

    Raises
    ------
    ScenarioError
        When no series can be used up to that year, or the prior is itself a posterior.
    """
    rules = readings or load_readings()
    _check(scenario, to)
    mapped, _ = map_all(cases.series, scenario, rules)
    targets, left_out = choose_targets(mapped, scenario, rules, to, cases.start)
    if not targets:
        fail(f"no scored series up to {to}", file=cases.file)
    began = time.perf_counter()
    leaves = all_leaves(target.mapped for target in targets)
    short = scenario.with_years(scenario.start, to)
    values = reduced(short, members, seed, leaves, Values(targets), workers=workers, progress=progress)
    seconds = time.perf_counter() - began
    targets, values, far = _within_reach(targets, values, rules)
    if not targets:
        fail("no member comes near any series", file=cases.file)
    left_out += far
    logs = log_likelihood(targets, values, rules.calibration)
    least = min(rules.calibration.least_effective, members)
    power = tempered(logs, least)
    shares = weights(logs, power)
    chosen = resample(shares, keep, seed)
    posterior = _posterior(scenario, to, seed, chosen)
    scored = min(SCORED_MEMBERS, keep)
    return Calibration(
        scenario,
        posterior,
        to,
        members,
        seed,
        targets,
        left_out,
        power,
        effective(shares),
        effective(weights(logs)),
        least,
        len(np.unique(chosen)),
        moved(short, posterior, keep),
        backtest(scenario, cases, scored, seed, readings=rules),
        backtest(posterior, cases, scored, seed, readings=rules),
        seconds,
    )


def _check(scenario: Scenario, to: int) -> None:
    """Refuse a posterior, and a year outside the scenario."""
    if scenario.chosen is not None:
        fail("is a posterior already: calibrate the scenario that it was made of", path=scenario.name)
    if not scenario.start <= to <= scenario.end:
        fail("year outside the scenario", path="--to", found=str(to), allowed=f"{scenario.start} to {scenario.end}")


def _within_reach(
    targets: tuple[Target, ...], values: NDArray[np.float32], rules: Readings
) -> tuple[tuple[Target, ...], NDArray[np.float32], tuple[tuple[str, str], ...]]:
    """Keep the targets that some members come near, with their values; name the series that none does, and why."""
    far = out_of_reach(targets, values, rules.calibration)
    near = [row for row, target in enumerate(targets) if target.mapped.case.id not in far]
    reasons = tuple((name, f"out of reach: {_share(reached)} of the prior come near") for name, reached in far.items())
    return tuple(targets[row] for row in near), values[near], reasons


def _posterior(scenario: Scenario, to: int, seed: int, chosen: NDArray[np.int64]) -> Scenario:
    """Give the scenario of the chosen members."""
    return replace(
        scenario,
        name=f"{scenario.name}_to_{to}",
        title=f"{scenario.title}, weighed by history to {to}",
        chosen=Chosen(seed=seed, to=to, of=tuple(int(index) for index in chosen), prior=scenario.hash[:16]),
    )


def choose_targets(
    mapped: tuple[Mapped, ...], scenario: Scenario, readings: Readings, to: int, start: int | None
) -> tuple[tuple[Target, ...], tuple[tuple[str, str], ...]]:
    """Choose the published values to weigh by: scored, emergent, known by the end of the year, each quantity once."""
    targets: list[Target] = []
    left_out: list[tuple[str, str]] = []
    begin = float(scenario.start if start is None else max(start, scenario.start))
    for one in mapped:
        if not one.case.scored:
            continue
        script = scripted_to(one, scenario, readings)
        if why := readings.calibration.excluded(one.case.id):
            left_out.append((one.case.id, why))
            continue
        for point in one.case.points:
            try:
                place = one.place(point)
            except NoCounterpartError:
                continue
            early = place.end <= begin or (one.reading.kind == "stock" and place.end < begin + 1.0)
            scripted = script is not None and place.end <= script[0] + 1.0
            if point.value is not None and not early and not scripted and place.end <= to + 1.0:
                targets.append(Target(one, point, place))
    return tuple(targets), tuple(left_out)


def moved(short: Scenario, posterior: Scenario, keep: int) -> pd.DataFrame:
    """Compare every uncertain parameter that the years weighed by have read, prior beside posterior.

    Returns
    -------
    Index `parameter`; `unit`, quantiles of both, `shift` (of the mean, in standard deviations of the prior), `narrowing`
    (one less the ratio of standard deviations) and `distance` (largest gap between the two distribution functions).
    """
    from scipy.stats import ks_2samp

    inputs = Inputs(short, MemberDraws(0, 0, PRIOR_MEMBERS))
    after = Inputs(posterior, MemberDraws(0, 0, keep))
    rows = {}
    for path in sorted(_read(short)):
        record = short.record(path)
        if not record.uncertain:
            continue
        pairs = zip(inputs.points(path), after.points(path), strict=True)
        for (date, one), (_, other) in pairs:
            if isinstance(one, float) or isinstance(other, float) or (record.dated and date >= short.end + 1):
                continue
            name = f"{path}@{format_date(date)}" if record.dated else path
            rows[name] = _move(one, other, float(ks_2samp(one, other).statistic)) | {"unit": record.unit}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")
    return table.sort_values("distance", ascending=False)


def _share(value: float) -> str:
    return f"{100 * value:.2g} %" if value else "none"


def _move(one: Array, other: Array, distance: float) -> dict[str, float]:
    spread = float(np.std(one)) or 1.0
    before, after = (np.quantile(values, (0.05, 0.5, 0.95)) for values in (one, other))
    return {
        "prior_p05": before[0], "prior_p50": before[1], "prior_p95": before[2],
        "p05": after[0], "p50": after[1], "p95": after[2],
        "shift": float(np.mean(other) - np.mean(one)) / spread,
        "narrowing": 1.0 - float(np.std(other)) / spread,
        "distance": distance,
    }  # fmt: skip


def _read(scenario: Scenario) -> set[str]:
    """Find out what a run of a scenario reads."""
    inputs = Inputs(scenario, MemberDraws(0, 0, 1))
    with World(inputs, Recorder(scenario.years, 1, ())) as world:
        world.run()
        return set(inputs.read)


__all__ = ["Calibration", "Cases", "calibrate", "choose_targets", "moved", "points_of"]
