"""Paired comparison: scenarios run with the same draws, and what differs member by member.

The same seed gives every scenario the same member: whatever is uncertain, and whatever is decided by chance, falls the
same way. A difference is that of one member in two scenarios, never that of two clouds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model.numbers import Array
from ..model.record import blank
from ..model.registry import SIDES, VARIABLES, Variable
from ..model.registry import nearest as nearest_variable
from ..scenarios.compose import COMMAND_LINE
from ..scenarios.faults import fail, listed, nearest
from .differences import COLUMNS, category_shares, difference, statistics, us_to_china
from .ensemble import blocks, run_block, run_central
from .one_at_a_time import RATIO, same

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

BLOCK = 2048
"""Members computed together: all variables of two scenarios stand in memory at once."""
MOST_GIVEN = 2
"""Values in the name of a scenario that differs from another by values given in the session."""
NO_RATIO = ("share", "date", "category")
BESIDE = ("die_bank", "die_runout_year", "hbm_runout_year", "fleet_binding")
"""Variables whose levels are kept too, for reports: tables of differences leave them out."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Other:
    """A scenario beside the base.

    Attributes
    ----------
    scenario
        What ran.
    arrays
        Kept variables, shape (year, side, member).
    first_moved
        For each recorded variable the first year in which it differs from the base in any member or in the central run;
        None where it never does.
    """

    scenario: Scenario
    arrays: dict[str, Array]
    first_moved: dict[str, int | None]

    @property
    def inert(self) -> bool:
        """Whether no recorded variable of any member differs from the base in any year."""
        return self.moves_from is None

    @property
    def moves_from(self) -> int | None:
        """First year in which anything differs."""
        return min((year for year in self.first_moved.values() if year is not None), default=None)


@dataclass(frozen=True)
class Paired:
    """A base and others, run with the same draws.

    Attributes
    ----------
    base, others
        Scenarios; ``base_arrays`` are the base's kept variables and those of `BESIDE`, shape (year, side, member).
    years
        The years all of them have.
    members, seed, seconds
        Of the run.
    variables
        Those kept, in the order of the registry.
    """

    base: Scenario
    base_arrays: dict[str, Array]
    others: tuple[Other, ...]
    years: range
    members: int
    seed: int
    variables: tuple[str, ...]
    seconds: float

    def difference(self, other: Other, variable: str) -> Array:
        """Difference to the base, member by member, shape (year, side, member); dates that never come are infinite."""
        return difference(VARIABLES[variable], self.base_arrays[variable], other.arrays[variable])

    def differences(
        self, variables: Sequence[str] | None = None, years: Sequence[int] | None = None, side: str | None = None
    ) -> pd.DataFrame:
        """Statistics of the paired differences, a row per scenario, variable, side and year.

        Parameters
        ----------
        variables
            Some of those kept; all by default.
        years
            Some of those run; all by default.
        side
            ``china``, ``us`` or ``ratio``; all by default. ``ratio`` is the US-led side over China.

        Returns
        -------
        Columns as in `COLUMNS`. ``p05`` to ``p95`` are quantiles of the difference (other less base), ``relative_*`` of the
        difference over the base; probabilities are shares of the members that have a value in both. A category has a row
        for each value (``binding_input=hbm``): shares of members under ``base_mean`` and ``other_mean``, and the shares that
        come to it and leave it as probabilities.
        """
        rows: list[pd.DataFrame] = []
        for other in self.others:
            for name in variables or self.variables:
                rows.extend(self._frames(other, VARIABLES[name]))
        table = pd.concat(rows, ignore_index=True)[list(COLUMNS)]
        if years is not None:
            table = table[table["year"].isin(list(years))]
        if side is not None:
            table = table[table["side"] == side]
        return table.reset_index(drop=True)

    def _frames(self, other: Other, variable: Variable) -> list[pd.DataFrame]:
        base, moved = self.base_arrays[variable.id], other.arrays[variable.id]
        if variable.kind == "category":
            return [
                self._frame(other, f"{variable.id}={label}", "1", SIDES, category_shares(base, moved, float(code)))
                for code, label in enumerate(variable.categories)
            ]
        frames = [self._frame(other, variable.id, variable.unit, SIDES, statistics(variable, base, moved))]
        if variable.kind not in NO_RATIO:
            ratios = (us_to_china(base), us_to_china(moved))
            frames.append(self._frame(other, variable.id, "1", (RATIO,), statistics(variable, *ratios)))
        return frames

    def _frame(
        self, other: Other, name: str, unit: str, sides: Sequence[str], values: dict[str, Array]
    ) -> pd.DataFrame:
        frame = pd.DataFrame({column: array.ravel() for column, array in values.items()})
        frame["scenario"], frame["variable"], frame["unit"] = other.scenario.name, name, unit
        frame["year"] = np.repeat(np.array(self.years), len(sides))
        frame["side"] = np.tile(np.array(sides), len(self.years))
        return frame.dropna(subset=["base_mean", "other_mean", "p50"], how="all")


def run_paired(
    base: Scenario,
    others: Sequence[Scenario],
    members: int = 1000,
    seed: int = 0,
    *,
    variables: Sequence[str] = (),
    block: int = BLOCK,
    progress: Progress | None = None,
) -> Paired:
    """Run scenarios with the same draws.

    Parameters
    ----------
    base, others
        Resolved scenarios; they are cut to the years that all of them have.
    members
        At least one.
    seed
        Base seed of all draws.
    variables
        Ids to keep beside the headline ones.
    block
        Members computed together; the result does not depend on it.
    progress
        Called with members done and wanted, over all scenarios.

    Raises
    ------
    ScenarioError
        For no year in common, or an unknown variable.
    """
    kept = kept_variables(variables)
    base, *rest = _same_years([base, *others])
    began = time.perf_counter()
    years = base.years
    central = run_central(base)[0]
    stored = tuple(name for name in VARIABLES if name in kept or name in BESIDE)
    found = [
        Other(other, blank(years, members, stored), _moved(central, run_central(other)[0], years)) for other in rest
    ]
    base_arrays = blank(years, members, stored)
    wanted = members * (1 + len(found))
    done = 0
    for start, stop in blocks(members, block):
        one = _all_variables(base, seed, start, stop)
        _keep(base_arrays, one, start, stop)
        for place, other in enumerate(found):
            arrays = _all_variables(other.scenario, seed, start, stop)
            _keep(other.arrays, arrays, start, stop)
            moved = _moved(one, arrays, years)
            found[place] = replace(other, first_moved={n: _first(y, moved[n]) for n, y in other.first_moved.items()})
        done += (stop - start) * (1 + len(found))
        if progress:
            progress(done, wanted)
    return Paired(base, base_arrays, tuple(found), years, members, seed, kept, time.perf_counter() - began)


def kept_variables(variables: Sequence[str]) -> tuple[str, ...]:
    """Give the headline variables and those asked for, in the order of the registry."""
    for name in variables:
        if name not in VARIABLES:
            near = nearest_variable(name) or nearest(name, VARIABLES)
            fail("no recorded variable of this name", path="variable", found=name, nearest=near)
    return tuple(name for name, variable in VARIABLES.items() if variable.headline or name in variables)


def check_names(base: Scenario, others: Sequence[Scenario]) -> None:
    """Refuse two scenarios of one name: nobody could tell them apart in a table.

    Raises
    ------
    ScenarioError
        Naming them; the base itself may stand among the others.
    """
    names = [scenario.name for scenario in others]
    twice = next((name for name in names if names.count(name) > 1), None)
    twice = twice or next((s.name for s in others if s.name == base.name and s.hash != base.hash), None)
    if twice is not None:
        fail("two scenarios of this name", path="others", found=twice, allowed="each once")


def told_apart(base: Scenario, others: Sequence[Scenario]) -> list[Scenario]:
    """Name scenarios of one name by the values they were given in the session, where that tells them apart.

    >>> from podrace.scenarios.compose import load
    >>> base = load("baseline")
    >>> [scenario.name for scenario in told_apart(base, [load("baseline", {"smic.n2.defect_density": 0.24})])]
    ['baseline+smic.n2.defect_density=0.24']
    """
    named = []
    for scenario in others:
        taken = {other.name for other in (*others, base) if other.hash != scenario.hash}
        named.append(_with_values(scenario) if scenario.name in taken else scenario)
    return named


def _with_values(scenario: Scenario) -> Scenario:
    """Put the values given in the session into the name of a scenario."""
    given = [path for path, origin in scenario.origins.items() if origin == COMMAND_LINE]
    if not given:
        return scenario
    values = "+".join(f"{path}={shown_value(scenario, path)}" for path in given[:MOST_GIVEN])
    values += f"+{len(given) - MOST_GIVEN} more" if len(given) > MOST_GIVEN else ""
    return replace(scenario, name=f"{scenario.name}+{values}", title=f"{scenario.title}: {values}")


def shown_value(scenario: Scenario, path: str) -> str:
    """Write the value a path was given, shortly."""
    record = scenario.records.get(path)
    if record is None or record.value is None:
        return "given"
    return f"{record.value:.6g}"


def _same_years(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Cut scenarios to the years they share."""
    first, last = max(s.start for s in scenarios), min(s.end for s in scenarios)
    if first > last:
        spans = listed(f"{s.name} {s.start}-{s.end}" for s in scenarios)
        fail("the scenarios have no year in common", path="years", found=spans)
    return [s if (s.start, s.end) == (first, last) else s.with_years(first, last) for s in scenarios]


def _all_variables(scenario: Scenario, seed: int, start: int, stop: int) -> dict[str, Array]:
    arrays = run_block(scenario, seed, start, stop).arrays
    assert arrays is not None
    return arrays


def _keep(into: dict[str, Array], arrays: dict[str, Array], start: int, stop: int) -> None:
    for name, array in into.items():
        array[:, :, start:stop] = arrays[name]


def _moved(one: dict[str, Array], other: dict[str, Array], years: range) -> dict[str, int | None]:
    """First year in which each variable differs in any member; a date differs from the earlier of the two on."""
    found: dict[str, int | None] = {}
    for name, array in one.items():
        differs = ~same(array, other[name])
        if VARIABLES[name].kind == "date" and differs.any():
            earliest = np.fmin(array[differs], other[name][differs]).min()
            found[name] = int(np.clip(np.floor(earliest), years[0], years[-1]))
            continue
        by_year = differs.any(axis=(1, 2))
        found[name] = years[int(np.argmax(by_year))] if by_year.any() else None
    return found


def _first(one: int | None, other: int | None) -> int | None:
    return min((year for year in (one, other) if year is not None), default=None)
