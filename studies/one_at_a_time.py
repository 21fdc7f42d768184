"""One assumption at a time: what moves when a single uncertain number goes to the low or high end of its range.

One run answers it for all of them: member 0 is the central run, and two members for each uncertain record have that
record at its 5 % and 95 % quantile, everything else and every decision as in the central run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model.numbers import Array
from ..model.record import Recorder
from ..model.registry import SIDES, VARIABLES
from ..model.registry import nearest as nearest_variable
from ..model.world import World
from ..scenarios.distributions import central, record_quantile
from ..scenarios.faults import fail, nearest
from ..scenarios.moves import Move, MovedInputs, at_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..scenarios.scenario import Scenario

LOW, HIGH = 0.05, 0.95
"""Quantiles of each assumption at the ends of its bar."""
RATIO = "ratio"
"""Named in place of a side: the US-led side over China."""
SAME = 1e-12
"""A relative difference below this is rounding."""


@dataclass(frozen=True)
class OneAtATime:
    """Central run and its neighbours.

    Attributes
    ----------
    scenario
        What ran.
    paths
        Uncertain records, in the order of the members: path ``k`` is low in member ``2k + 1`` and high in ``2k + 2``.
    arrays
        Every recorded variable, shape (year, side, member).
    """

    scenario: Scenario
    paths: tuple[str, ...]
    arrays: dict[str, Array]

    def values(self, variable: str, year: int, side: str) -> Array:
        """All members of one variable, or of its ratio of the two sides.

        Parameters
        ----------
        variable
            Id of a recorded variable.
        year
            A year of the run.
        side
            ``china``, ``us``, or ``ratio`` for the US-led side over China.
        """
        check_place(self.scenario, variable, year, side, ratio=True)
        page = self.arrays[variable][self.scenario.years.index(year)]
        if side != RATIO:
            return np.asarray(page[SIDES.index(side)])
        china, us = (page[SIDES.index(name)] for name in ("china", "us"))
        return np.where(china > 0, us / np.where(china > 0, china, 1.0), np.nan)

    def effects(self, variable: str, year: int, side: str) -> pd.DataFrame:
        """What each assumption does to one number, the largest span first.

        Returns
        -------
        Index ``path``; columns ``unit``, ``low_input``, ``input``, ``high_input`` (the assumption in the year, in its own
        unit), ``at_low``, ``central``, ``at_high`` (the number, in its stored unit) and ``span``.
        """
        members = self.values(variable, year, side)
        table = pd.DataFrame(self._inputs(year), index=pd.Index(self.paths, name="path"))
        table["at_low"], table["central"], table["at_high"] = members[1::2], members[0], members[2::2]
        ends = table[["at_low", "central", "at_high"]]
        table["span"] = ends.max(axis=1) - ends.min(axis=1)
        return table.sort_values("span", ascending=False, kind="stable")

    @cached_property
    def inert(self) -> tuple[str, ...]:
        """Assumptions that move no recorded variable of any side in any year, at either end."""
        moved = np.zeros(1 + 2 * len(self.paths), dtype=bool)
        for array in self.arrays.values():
            moved |= ~same(array, array[..., :1]).all(axis=(0, 1))
        return tuple(path for place, path in enumerate(self.paths) if not moved[2 * place + 1 : 2 * place + 3].any())

    def _inputs(self, year: int) -> dict[str, list[object]]:
        columns: dict[str, list[object]] = {"unit": [], "low_input": [], "input": [], "high_input": []}
        for path in self.paths:
            record = self.scenario.record(path)
            columns["unit"].append(record.unit)
            columns["input"].append(central(record, year))
            for column, u in (("low_input", LOW), ("high_input", HIGH)):
                columns[column].append(float(np.ravel(record_quantile(record, np.array([u]), year))[0]))
        return columns


def one_at_a_time(scenario: Scenario, variables: tuple[str, ...] | None = None) -> OneAtATime:
    """Move every uncertain record of a scenario to both ends, one at a time.

    Parameters
    ----------
    scenario
        Resolved scenario.
    variables
        Ids to record; all by default.
    """
    paths = tuple(path for path, record in scenario.records.items() if record.uncertain)
    moves = [at_quantile(path, scenario.records[path], u) for path in paths for u in (LOW, HIGH)]
    return OneAtATime(scenario, paths, run_moves(scenario, moves, variables))


def run_moves(scenario: Scenario, moves: Sequence[Move], variables: tuple[str, ...] | None = None) -> dict[str, Array]:
    """Run the central member and one member for each move; arrays have the shape (year, side, member)."""
    inputs = MovedInputs(scenario, moves)
    recorder = Recorder(scenario.years, inputs.members, variables)
    with World(inputs, recorder) as world:
        world.run()
        return recorder.arrays()


def same(one: Array, other: Array) -> NDArray[np.bool_]:
    """Where two arrays agree: both absent, or equal but for rounding.

    >>> same(np.array([1.0, np.nan, 2.0]), np.array([1.0, np.nan, np.nan])).tolist()
    [True, True, False]
    """
    with np.errstate(invalid="ignore"):
        close = np.abs(one - other) <= SAME * np.maximum(np.abs(one), np.abs(other))
    alike: NDArray[np.bool_] = close | (one == other) | (np.isnan(one) & np.isnan(other))
    return alike


def check_place(scenario: Scenario, variable: str, year: int, side: str, *, ratio: bool = False) -> None:
    """Refuse a variable, year or side that no run records.

    Raises
    ------
    ScenarioError
        Naming what is allowed and the nearest valid name.
    """
    sides = (*SIDES, RATIO) if ratio else SIDES
    if variable not in VARIABLES:
        fail(
            "no recorded variable of this name",
            path="variable",
            found=variable,
            nearest=nearest_variable(variable) or "",
        )
    if year not in scenario.years:
        fail("not a year of the run", path="year", found=str(year), allowed=f"{scenario.start} to {scenario.end}")
    if side not in sides:
        fail("no such side", path="side", found=side, allowed=", ".join(sides), nearest=nearest(side, sides))
