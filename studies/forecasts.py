"""Published forecasts beside the model, in the baseline and under each forecast's own assumptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..model.numbers import Array
from ..scenarios.cases import Case, Cases, Place, Point
from ..scenarios.compose import load
from ..scenarios.faults import ScenarioError
from ..scenarios.layers import PACKAGED
from ..scenarios.readings import Readings, load_readings
from .backtest import NotMapped, all_leaves, map_all
from .mapping import Mapped, NoCounterpartError, scripted_to
from .predict import ledger
from .reading import Ledger, OutOfRunError
from .scores import known

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

QUANTILES = (0.05, 0.10, 0.50, 0.90, 0.95)
FOLDER = PACKAGED.scenarios / "forecasts"
NEAR = 0.05
"""Logarithm of a ratio below which there is no gap to explain."""
Told = Callable[[str, float], None]


@dataclass(frozen=True)
class Beside:
    """A forecast in one distribution of ours: quantiles, its place among the members, its ratio to the median."""

    quantiles: dict[float, float]
    place: float
    ratio: float


@dataclass(frozen=True)
class Lever:
    """One assumption of a forecast tried by itself on the baseline: the median then, and the share of the gap it closes.

    The share is on logarithms; None where there is no gap.
    """

    name: str
    title: str
    median: float
    closes: float | None


@dataclass(frozen=True)
class Forecast:
    """One value of one forecast beside the model.

    Attributes
    ----------
    mapped, point : the forecast
    known_then : whether the year was over when it was published
    scripted : whether our number of that year is itself read from facts
    base, assumed : beside the baseline, and under the forecast's own assumptions
    levers : its assumptions one at a time, the strongest first
    """

    mapped: Mapped
    point: Point
    known_then: bool
    scripted: bool
    base: Beside
    assumed: Beside
    world: str
    levers: tuple[Lever, ...]

    @property
    def case(self) -> Case:
        """The forecast as published."""
        return self.mapped.case


@dataclass(frozen=True)
class Forecasts:
    """All forecasts that the model has a counterpart of, and the others with the reason."""

    base: Scenario
    members: int
    seed: int
    forecasts: tuple[Forecast, ...]
    not_mapped: tuple[NotMapped, ...]
    worlds: dict[str, Scenario]
    notes: tuple[str, ...]


def forecasts(
    base: Scenario,
    cases: Cases,
    members: int = 1000,
    seed: int = 0,
    *,
    readings: Readings | None = None,
    progress: Told | None = None,
) -> Forecasts:
    """Place published forecasts beside the model.

    Parameters
    ----------
    base : the baseline
    cases : the forecasts
    members, seed : of every run
    readings : how series are read, and which world a forecast lives in; the package's own by default
    progress : called with what runs and the share done
    """
    rules = readings or load_readings()
    mapped, barred = map_all(cases.series, base, rules)
    notes: list[str] = []
    worlds: dict[str, Scenario] = {base.name: base}
    home: dict[str, str] = {}
    for one in mapped:
        world = _world(one.case, base, rules, notes)
        worlds.setdefault(world.name, world)
        home[one.case.id] = world.name
    levers = {name: _levers(world, base) for name, world in worlds.items()}
    worlds |= {lever.name: lever for found in levers.values() for lever in found}
    needed = _needed(mapped, home, levers, base.name)
    runs = _runs(worlds, needed, _last_year(mapped, base), members, seed, progress)
    found: list[Forecast] = []
    for one in mapped:
        values, why = _compare(one, home[one.case.id], levers[home[one.case.id]], runs, base, rules)
        found += values
        if not values:
            barred += (NotMapped(one.case, why),)
    return Forecasts(base, members, seed, tuple(found), barred, worlds, tuple(dict.fromkeys(notes)))


def world_file(name: str) -> Path:
    """Path of a world of assumptions."""
    return FOLDER / f"{name}.yaml"


def _world(case: Case, base: Scenario, readings: Readings, notes: list[str]) -> Scenario:
    """Load the world of a forecast's assumptions: by rule, by the scenario it names, or else the baseline."""
    if name := readings.world(case.id):
        return load(world_file(name))
    if case.scenario in {None, "", base.name}:
        return base
    try:
        return load(str(case.scenario))
    except ScenarioError as error:
        notes.append(f"{case.id}: {error}; the baseline is taken")
        return base


def _levers(world: Scenario, base: Scenario) -> tuple[Scenario, ...]:
    """Give what a world lays over the baseline, each by itself: the layers it extends, or itself where it has none."""
    if world.name == base.name:
        return ()
    below = [name for name in world.layers[:-1] if name not in base.layers]
    if not below or not world_file(world.name).exists():
        return (world,)
    return tuple(load(world_file(name) if world_file(name).exists() else name) for name in below)


def _needed(
    mapped: Sequence[Mapped], home: dict[str, str], levers: dict[str, tuple[Scenario, ...]], base: str
) -> dict[str, list[Mapped]]:
    """Say which series each scenario is run for."""
    needed: dict[str, list[Mapped]] = {}
    for one in mapped:
        world = home[one.case.id]
        for name in dict.fromkeys([base, world, *(lever.name for lever in levers[world])]):
            needed.setdefault(name, []).append(one)
    return needed


def _last_year(mapped: Iterable[Mapped], base: Scenario) -> int:
    years = [math.ceil(point.year) + 1 for one in mapped for point in one.case.points]
    return min(base.end, max(years, default=base.end))


def _runs(
    worlds: dict[str, Scenario],
    needed: dict[str, list[Mapped]],
    last: int,
    members: int,
    seed: int,
    progress: Told | None,
) -> dict[str, Ledger]:
    """Run every scenario that is needed, with the same draws."""
    runs = {}
    for done, (name, series) in enumerate(needed.items()):
        if progress:
            progress(name, done / len(needed))
        scenario = worlds[name]
        runs[name] = ledger(scenario.with_years(scenario.start, last), members, seed, all_leaves(series))
    return runs


def _compare(
    one: Mapped,
    world: str,
    levers: tuple[Scenario, ...],
    runs: dict[str, Ledger],
    base: Scenario,
    readings: Readings,
) -> tuple[list[Forecast], str]:
    """Place every value of a forecast beside the model; or say why there is nothing to place."""
    found, why = [], "no value"
    script = scripted_to(one, base, readings)
    for point in one.case.points:
        if point.value is None:
            continue
        try:
            place = one.place(point)
            at_base, at_world = (_sample(one, runs[name], place) for name in (base.name, world))
        except NoCounterpartError as reason:
            why = str(reason)
            continue
        except OutOfRunError:
            why = "outside the run's years"
            continue
        if not at_base.size or not at_world.size:
            why = "no member has a value"
            continue
        beside = _beside(point.value, at_base)
        tried = [_lever(one, lever, runs[lever.name], place, point.value, beside) for lever in levers]
        tried.sort(key=lambda lever: -(lever.closes or 0.0))
        scripted = script is not None and place.end <= script[0] + 1.0
        early = place.end <= _published(one.case)
        found.append(Forecast(one, point, early, scripted, beside, _beside(point.value, at_world), world, tuple(tried)))
    return found, why


def _sample(one: Mapped, run: Ledger, place: Place) -> Array:
    date = one.reading.kind == "date"
    return known(one.at(run, place), run.end if date else None)


def _beside(value: float, sample: Array) -> Beside:
    levels = dict(zip(QUANTILES, (float(q) for q in np.quantile(sample, QUANTILES)), strict=True))
    place = float(np.mean(sample < value) + 0.5 * np.mean(sample == value))
    return Beside(levels, place, value / levels[0.5] if levels[0.5] else float("nan"))


def _lever(one: Mapped, lever: Scenario, run: Ledger, place: Place, value: float, base: Beside) -> Lever:
    sample = _sample(one, run, place)
    median = float(np.median(sample)) if sample.size else float("nan")
    return Lever(lever.name, lever.title, median, closes(base.quantiles[0.5], median, value))


def closes(base: float, lever: float, forecast: float) -> float | None:
    """Share of the gap between baseline and forecast that a lever closes, on logarithms; None where there is no gap.

    >>> round(closes(1.0, 2.0, 4.0), 6), closes(1.0, 2.0, 1.0)
    (0.5, None)
    """
    if min(base, lever, forecast) <= 0 or not all(map(math.isfinite, (base, lever, forecast))):
        return None
    gap = math.log(forecast / base)
    return math.log(lever / base) / gap if abs(gap) > NEAR else None


def _published(case: Case) -> float:
    """Date of publication as a decimal year; far in the past where none is given."""
    parts = (case.published or "").split("-")
    try:
        year, month = float(parts[0]), float(parts[1]) if len(parts) > 1 else 1.0
    except ValueError:
        return -math.inf
    return year + (month - 1.0) / 12
