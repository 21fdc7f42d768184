"""A laboratory: runs of scenarios as plain arrays, kept for the session, and years stepped from one and the same state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from podrace.model.record import Recorder
from podrace.model.registry import SIDES
from podrace.model.world import World
from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs
from podrace.studies.ensemble import run_block

CALM = {"behaviour.reactions": False}
SEED = 3
MEMBERS = 128


@dataclass(frozen=True)
class Run:
    """Recorded arrays of shape (year, side, member), and what was drawn."""

    scenario: Any
    arrays: dict[str, np.ndarray]
    drawn: dict[str, np.ndarray]

    @property
    def years(self) -> list[int]:
        return list(self.scenario.years)

    def of(self, variable: str, side: str) -> np.ndarray:
        """One variable of one side, (year, member)."""
        return self.arrays[variable][:, SIDES.index(side)]

    def at(self, variable: str, side: str, year: int) -> np.ndarray:
        return self.of(variable, side)[self.years.index(year)]


@dataclass
class Lab:
    """Runs scenarios; the same question is computed once."""

    kept: dict[Any, Run] = field(default_factory=dict, repr=False)

    def scenario(self, overrides: Mapping[str, Any] | None = None, base: str = "baseline") -> Any:
        return load(base, dict(overrides or {}))

    def run(self, overrides=None, *, base="baseline", members=MEMBERS, seed=SEED) -> Run:
        return self.run_scenario(self.scenario(overrides, base), members=members, seed=seed)

    def run_scenario(self, scenario: Any, *, members=MEMBERS, seed=SEED) -> Run:
        key = (scenario.hash, members, seed)
        if key not in self.kept:
            block = run_block(scenario, seed, 0, members)
            self.kept[key] = Run(scenario, block.arrays, block.drawn)
        return self.kept[key]

    def calm(self, overrides=None, **kw) -> Run:
        """A run without reactions."""
        return self.run({**CALM, **(overrides or {})}, **kw)

    def scaled(self, path: str, factor: float, base: str = "baseline") -> dict[str, Any]:
        """A record times a factor, its range too: with the same draws every member's value is scaled."""
        record = self.scenario(base=base).record(path)

        def point(spread):
            if not spread.uncertain or factor == 0:
                return spread.value * factor
            ends = {"low": spread.low, "value": spread.value, "high": spread.high}
            return {key: end * factor for key, end in ends.items() if end is not None}

        new = {"unit": record.unit, "source": "what-if"}
        if record.uncertain and factor != 0:
            new["dist"] = record.dist
        if record.dated:
            new["by_year"] = {str(date): point(spread) for date, spread in record.by_year.items()}
        else:
            value = point(record.points()[0][1])
            new.update(value if isinstance(value, dict) else {"value": value})
        return new

    def year_after(
        self, scenario: Any, year: int, change: Callable[[World], None], *, members=MEMBERS, seed=SEED
    ) -> dict[str, np.ndarray]:
        """Run to the start of a year, change one thing, and give what that one year records, (side, member)."""
        inputs = Inputs(scenario, MemberDraws(seed, 0, members))
        recorder = Recorder(scenario.years, members)
        world = World(inputs, recorder)
        try:
            while world.year < year:
                world.step()
            change(world)
            world.step()
            row = scenario.years.index(year)
            return {name: array[row].copy() for name, array in recorder.arrays().items()}
        finally:
            world.release()


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()
