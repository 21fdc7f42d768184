"""What would relieve a side: each lever moved alone, in the same members, and what it does to output and computing power."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..model.numbers import Array
from ..model.record import Recorder
from ..model.registry import SIDES
from ..model.world import World
from ..scenarios.draws import MemberDraws
from ..scenarios.relief import LeverInputs, levers
from .statistics import spread

if TYPE_CHECKING:
    from ..scenarios.relief import Lever
    from ..scenarios.scenario import Scenario

OUTCOMES = ("accelerators_produced", "fleet_h100e", "cluster_training_eflops")
"""Variables that a lever is judged by."""
INTERVAL = (0.05, 0.50, 0.95)
ROUNDING = 1e-9
"""A relative difference up to this counts as none."""


@dataclass(frozen=True)
class Effect:
    """What a lever does to one variable, member by member: quantiles (5, 50, 95 %) of the change, relative and absolute.

    ``up`` and ``down`` are shares of the members. Relative changes are None where no member has anything to begin with.
    """

    variable: str
    relative: tuple[float, float, float] | None
    absolute: tuple[float, float, float]
    mean_relative: float | None
    up: float
    down: float


@dataclass(frozen=True)
class Relief:
    """One lever and its effects in the year."""

    lever: Lever
    effects: tuple[Effect, ...]

    def on(self, variable: str) -> Effect:
        """Effect on one of `OUTCOMES`."""
        return next(effect for effect in self.effects if effect.variable == variable)


def relief(
    scenario: Scenario, year: int, side: str, members: int, seed: int, moved: Sequence[Lever] | None = None
) -> tuple[Relief, ...]:
    """Move each lever of a side alone and compare with the same members unmoved, in one run.

    Parameters
    ----------
    scenario
        Resolved scenario.
    year, side
        Where effects are read; the records stand moved at every date, from the start of the run on.
    members, seed
        Members of each group.
    moved
        Levers; all of the side by default.
    """
    tried = levers(side) if moved is None else tuple(moved)
    values = run_levers(scenario.with_years(scenario.start, year), members, seed, tried)
    last = {name: array[-1, SIDES.index(side)].reshape(len(tried) + 1, members) for name, array in values.items()}
    return tuple(
        Relief(lever, tuple(_effect(name, groups[0], groups[place]) for name, groups in last.items()))
        for place, lever in enumerate(tried, start=1)
    )


def run_levers(scenario: Scenario, members: int, seed: int, moved: Sequence[Lever]) -> dict[str, Array]:
    """Run the members unmoved and once for each lever; arrays of `OUTCOMES`, shape (year, side, group x member)."""
    inputs = LeverInputs(scenario, MemberDraws(seed, 0, members), moved)
    recorder = Recorder(scenario.years, inputs.members, OUTCOMES)
    with World(inputs, recorder) as world:
        world.run()
        return recorder.arrays()


def _effect(variable: str, base: Array, moved: Array) -> Effect:
    change = moved - base
    some = base > 0
    relative = change[some] / base[some]
    size = ROUNDING * np.maximum(np.abs(base), np.abs(moved))
    absolute = spread(change, INTERVAL)
    quantiles = spread(relative, INTERVAL) if some.any() else None
    return Effect(
        variable,
        None if quantiles is None else (float(quantiles[0]), float(quantiles[1]), float(quantiles[2])),
        (float(absolute[0]), float(absolute[1]), float(absolute[2])),
        float(relative.mean()) if some.any() else None,
        float(np.mean(change > size)),
        float(np.mean(change < -size)),
    )
