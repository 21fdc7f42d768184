"""The back-test: the ensemble from 2022 on held against every published series, emergent ones scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..scenarios.cases import Case, Cases, Point
from ..scenarios.draws import MemberDraws
from ..scenarios.readings import Readings, load_readings
from .mapping import Mapped, NoCounterpartError, map_case, scripted_to
from .predict import ledger
from .reading import Ledger, OutOfRunError, leaves_of
from .scores import QUANTILES, PointScore, Totals, known, scale_of, score, totals
from .weighing import with_errors

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario
    from .ensemble import Progress
    from .measures import Leaf


@dataclass(frozen=True)
class Tested:
    """One series beside the model: scored points, points left out with the reason, and a fan over the years."""

    mapped: Mapped
    points: tuple[PointScore, ...]
    left_out: tuple[tuple[Point, str], ...]
    fan: dict[int, dict[float, float]] = field(default_factory=dict)
    scripted: tuple[int, str] | None = None

    @property
    def case(self) -> Case:
        """The published series."""
        return self.mapped.case

    @property
    def totals(self) -> Totals:
        """Scores over its points."""
        return totals(self.points)


@dataclass(frozen=True)
class NotMapped:
    """A series that is not compared, or that its file wants scored and is not, and why."""

    case: Case
    why: str


@dataclass(frozen=True)
class Backtest:
    """A back-test.

    Attributes
    ----------
    scored : emergent series with role scored
    unscored : series shown beside the model, without scores: inputs, context, and what is scripted
    not_mapped : series without a counterpart, and those that their file wants scored and are not
    """

    scenario: Scenario
    cases: Cases
    members: int
    seed: int
    scored: tuple[Tested, ...]
    unscored: tuple[Tested, ...]
    not_mapped: tuple[NotMapped, ...]

    @property
    def overall(self) -> Totals:
        """Scores over all scored points."""
        return totals([point for tested in self.scored for point in tested.points])

    @property
    def missed(self) -> tuple[Tested, ...]:
        """Scored series with a published range outside the middle 90 % of the members."""
        return tuple(tested for tested in self.scored if tested.totals.missed)


def backtest(
    scenario: Scenario,
    cases: Cases,
    members: int = 1000,
    seed: int = 0,
    *,
    readings: Readings | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Run a scenario and hold it against published series.

    Parameters
    ----------
    scenario : what runs, over its own years
    cases : the published series
    members, seed : of the ensemble
    readings : how series are read; the package's own by default
    progress : called with members done and wanted
    """
    rules = readings or load_readings()
    mapped, barred = map_all(cases.series, scenario, rules)
    run = ledger(scenario, members, seed, all_leaves(mapped), progress)
    return hold(scenario, cases, run, mapped, barred, members=members, seed=seed, readings=rules)


def hold(
    scenario: Scenario,
    cases: Cases,
    run: Ledger,
    mapped: Sequence[Mapped],
    barred: Sequence[NotMapped] = (),
    *,
    members: int,
    seed: int,
    readings: Readings,
) -> Backtest:
    """Hold a run that has been made against mapped series."""
    scored: list[Tested] = []
    unscored: list[Tested] = []
    not_mapped = list(barred)
    for one in mapped:
        script = scripted_to(one, scenario, readings)
        tested = _test(one, run, script, readings, start=cases.start)
        if not one.case.scored:
            unscored.append(tested)
        elif tested.points:
            scored.append(tested)
        else:
            why = tested.left_out[0][1] if tested.left_out else "no points"
            not_mapped.append(NotMapped(one.case, why))
            if script is not None:
                unscored.append(_test(one, run, script, readings, start=cases.start, show=True))
    return Backtest(scenario, cases, members, seed, tuple(scored), tuple(unscored), tuple(not_mapped))


def map_all(
    cases: Iterable[Case], scenario: Scenario, readings: Readings
) -> tuple[tuple[Mapped, ...], tuple[NotMapped, ...]]:
    """Map every series, and give those without a counterpart with the reason."""
    mapped: list[Mapped] = []
    barred: list[NotMapped] = []
    for case in cases:
        try:
            mapped.append(map_case(case, scenario, readings))
        except NoCounterpartError as reason:
            barred.append(NotMapped(case, str(reason)))
    return tuple(mapped), tuple(barred)


def all_leaves(mapped: Iterable[Mapped]) -> tuple[Leaf, ...]:
    """Give every measure that mapped series need, each once."""
    return tuple(dict.fromkeys(leaf for one in mapped for leaf in leaves_of(one.reading)))


def _test(
    one: Mapped,
    run: Ledger,
    script: tuple[int, str] | None,
    readings: Readings,
    *,
    start: int | None,
    show: bool = False,
) -> Tested:
    """Hold one series against a run; points of years that are scripted are left out of scored series."""
    date = one.reading.kind == "date"
    horizon = run.end if date else None
    points: list[PointScore] = []
    left_out: list[tuple[Point, str]] = []
    for point in one.case.points:
        why = "" if point.value is not None else "no value published"
        if not why:
            try:
                place = one.place(point)
                why = _not_compared(place.end, run, start)
                if not why and one.case.scored and not show and script is not None and place.end <= script[0] + 1.0:
                    why = f"scripted to {script[0]}: {script[1]}"
                sample = known(one.at(run, place), horizon) if not why else np.zeros(0)
                why = why or ("no member has a value" if sample.size == 0 else "")
                if not why:
                    scale = scale_of(point, one.case.points, date=date)
                    draws = MemberDraws(0, 0, sample.size).uniform(f"published error/{one.case.id}/{point.year}")
                    errors = partial(with_errors, one, point, uniforms=draws, rules=readings.calibration)
                    points.append(score(point, place.end, sample, scale=scale, horizon=horizon, add_errors=errors))
            except NoCounterpartError as reason:
                why = str(reason)
            except OutOfRunError:
                why = "the run has no value for that time"
        if why:
            left_out.append((point, why))
    return Tested(one, tuple(points), tuple(left_out), _fan(one, run, horizon), script)


def _not_compared(last: float, run: Ledger, start: int | None) -> str:
    """Say why a place in time is not compared; empty when it is."""
    begin = run.start if start is None else max(run.start, float(start))
    if last <= begin:
        return f"before the start ({begin:.0f})"
    if last > run.end + 1e-9:
        return f"after the end of the run ({run.end - 1:.0f})"
    return ""


def _fan(one: Mapped, run: Ledger, horizon: float | None) -> dict[int, dict[float, float]]:
    """Quantiles of the members for every whole year of the run."""
    found: dict[int, dict[float, float]] = {}
    for year in run.years:
        sample = one.fan(run, year)
        if sample is None:
            continue
        members = known(sample, horizon)
        if members.size:
            found[year] = dict(zip(QUANTILES, (float(q) for q in np.quantile(members, QUANTILES)), strict=True))
    return found
