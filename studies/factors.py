"""Factors of a sensitivity study: what is moved, and the draws that move it.

A factor is an uncertain parameter, or several that move as one: those with a stated rank correlation, or the dates of a
record that draws each of them by itself. Two more stand beside them: all the parameters that are not looked at one by
one, and chance in decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..model.numbers import Array
from ..model.record import Recorder
from ..model.registry import SIDES, VARIABLES
from ..model.world import World
from ..scenarios.correlate import groups
from ..scenarios.dates import format_date
from ..scenarios.draws import LARGEST, SCALE, Draws, MemberDraws
from ..scenarios.faults import fail
from ..scenarios.inputs import Inputs
from .one_at_a_time import RATIO, check_place

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

Places = NDArray[np.int64]
Model = Callable[[Draws], Array]
"""Gives one number for each member of the draws."""

REST, CHANCE = "all other parameters", "chance in decisions"
"""Names of the two factors that are not parameters."""


@dataclass(frozen=True)
class Factor:
    """Something uncertain that is moved as one.

    Attributes
    ----------
    name
        Path of the parameter; of several, joined by ``+``.
    streams
        Names of the draws it stands for; none for chance in decisions.
    """

    name: str
    streams: tuple[str, ...]


class FactorDraws:
    """Draws of members in a design.

    Parameters
    ----------
    seed : int
        Of all streams that are not given as columns.
    members : int
        How many members.
    columns : mapping of str to array (members,)
        Uniforms by the name of a draw.
    streams : mapping of str to array (members,)
        For other draws: which member of the stream each member takes.
    decisions : array (members,)
        The same for the decisions.
    """

    central = False

    def __init__(
        self,
        seed: int,
        members: int,
        columns: Mapping[str, Array],
        streams: Mapping[str, Places],
        decisions: Places,
    ) -> None:
        self.members = members
        self._seed = seed
        self._columns = columns
        self._streams = streams
        self._decisions = decisions

    def uniform(self, name: str, year: int = 0) -> Array:
        """Return the uniforms of a parameter (year 0) or of a decision in a year, one per member."""
        if year == 0 and name in self._columns:
            return np.clip(self._columns[name], SCALE / 2, LARGEST)
        places = self._streams.get(name, self._decisions) if year == 0 else self._decisions
        first, last = int(places.min()), int(places.max())
        return MemberDraws(self._seed, first, last + 1).uniform(name, year)[places - first]


@dataclass(frozen=True)
class Place:
    """A number of a run as a model of its draws: a recorded variable, or its ratio of the sides, in one year.

    Attributes
    ----------
    scenario
        What runs.
    variable, year, side
        The number; ``ratio`` is the US-led side over China.
    """

    scenario: Scenario
    variable: str
    year: int
    side: str

    def __call__(self, draws: Draws) -> Array:
        """Run the members of the draws and give the number of each."""
        inputs = Inputs(self.scenario, draws)
        recorder = Recorder(self.scenario.years, inputs.members, (self.variable,))
        with World(inputs, recorder) as world:
            world.run()
            page = recorder.arrays()[self.variable][self.scenario.years.index(self.year)]
        if self.side != RATIO:
            return np.asarray(page[SIDES.index(self.side)])
        china, us = (page[SIDES.index(name)] for name in ("china", "us"))
        return np.where(china > 0, us / np.where(china > 0, china, 1.0), np.nan)


def place(scenario: Scenario, variable: str, year: int, side: str) -> Place:
    """Check a number of a run, and cut the run after its year.

    Raises
    ------
    ScenarioError
        For what no run records, and for a category, which has no variance.
    """
    check_place(scenario, variable, year, side, ratio=True)
    kind = VARIABLES[variable].kind
    if kind == "category":
        numbers = ", ".join(name for name, entry in VARIABLES.items() if entry.headline and entry.kind != "category")
        fail("is a category, not a number", path="measure", found=variable, allowed=numbers)
    if kind == "date" and side == RATIO:
        fail("two dates have no ratio", path="side", found=side, allowed=", ".join(SIDES))
    end = scenario.end if kind == "date" else year
    return Place(scenario.with_years(scenario.start, end), variable, year, side)


def factors_of(scenario: Scenario) -> tuple[Factor, ...]:
    """List the factors of a scenario: every uncertain parameter, correlated ones together."""
    together = groups(scenario.correlations)
    found: dict[str, Factor] = {}
    for path, record in scenario.records.items():
        if not record.uncertain:
            continue
        if path in together:
            paths = together[path].paths
            found[paths[0]] = Factor(" + ".join(paths), paths)
        elif record.correlation == "full":
            found[path] = Factor(path, (path,))
        else:
            dates = [format_date(date) for date, point in record.points() if point.uncertain]
            found[path] = Factor(path, tuple(f"{path}@{date}" for date in dates))
    return tuple(found.values())


def switched_draws(seed: int, factors: Sequence[Factor], rows: Array, first: int, size: int) -> FactorDraws:
    """Draws of groups of members of which the first is the base and the others have factors from a second one.

    Parameters
    ----------
    seed
        Of the streams.
    factors
        One for each column. Chance in decisions, and factors of several draws, go by whether the value of their column is
        that of the group's first member; the streams then give one draw for each base, and another for the second.
    rows
        Uniforms, shape (group x size, factor).
    first
        Number of the first group.
    size
        Members in a group.
    """
    count = len(rows) // size
    base = 2 * np.repeat(np.arange(first, first + count), size)
    grouped = rows.reshape(count, size, -1)
    second = (grouped != grouped[:, :1]).reshape(rows.shape).astype(np.int64)
    columns: dict[str, Array] = {}
    streams: dict[str, Places] = {}
    decisions = base
    for column, factor in enumerate(factors):
        if len(factor.streams) == 1:
            columns[factor.streams[0]] = rows[:, column]
            continue
        places = base + second[:, column]
        streams.update(dict.fromkeys(factor.streams, places))
        if factor.name == CHANCE:
            decisions = places
    return FactorDraws(seed, len(rows), columns, streams, decisions)


def stepped_draws(seed: int, factors: Sequence[Factor], rows: Array, first: int, size: int) -> FactorDraws:
    """Draws of trajectories: every factor at its column's quantile, decisions as in the trajectory's first member.

    Parameters
    ----------
    seed, factors, rows, first, size
        As in `switched_draws`; a factor of several draws moves them to the same quantile.
    """
    base = 2 * np.repeat(np.arange(first, first + len(rows) // size), size)
    columns = {name: rows[:, column] for column, factor in enumerate(factors) for name in factor.streams}
    return FactorDraws(seed, len(rows), columns, {}, base)
