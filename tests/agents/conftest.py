"""Worlds of a few members to look into, and runs as arrays."""

from dataclasses import dataclass

import numpy as np
import pytest

from podrace.model.record import Recorder
from podrace.model.registry import SIDES
from podrace.model.world import World
from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs
from podrace.studies.ensemble import run_block

MEMBERS, SEED = 64, 11


@dataclass(frozen=True)
class Columns:
    arrays: dict[str, np.ndarray]
    drawn: dict[str, np.ndarray]
    years: range

    def of(self, variable, side):
        """One variable of one side, (year, member)."""
        return self.arrays[variable][:, SIDES.index(side)]

    def at(self, variable, side, year):
        return self.of(variable, side)[self.years.index(year)]


@pytest.fixture(scope="session")
def columns():
    """Give recorded columns of a run; the same run is computed once."""
    kept = {}

    def run(overrides=None, base="baseline", members=MEMBERS):
        scenario = load(base, dict(overrides or {}))
        key = (scenario.hash, members)
        if key not in kept:
            block = run_block(scenario, SEED, 0, members)
            kept[key] = Columns(block.arrays, block.drawn, scenario.years)
        return kept[key]

    return run


@pytest.fixture
def world():
    """Build worlds and step them to the start of a year; they are released in the end."""
    built = []

    def build(overrides=None, *, year=None, members=MEMBERS, base="baseline"):
        scenario = load(base, dict(overrides or {}))
        made = World(Inputs(scenario, MemberDraws(SEED, 0, members)), Recorder(scenario.years, members))
        built.append(made)
        while year is not None and made.year < year:
            made.step()
        return made

    yield build
    for made in built:
        made.release()
