"""A run folder as studies read it: single columns and years, so that a large result costs little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from ..model.registry import VARIABLES
from ..scenarios.compose import load
from ..scenarios.dates import format_date
from ..scenarios.faults import fail, listed
from .condition import Named
from .one_at_a_time import RATIO

if TYPE_CHECKING:
    from ..model.numbers import Array
    from ..scenarios.scenario import Scenario

MOST_MEMBERS = 100_000
"""Members of a sweep that are looked at: the first of each case. A run keeps fewer anyway."""
RESULTS, INPUTS, SCENARIO = "results.parquet", "inputs.parquet", "scenario.yaml"


@dataclass(frozen=True)
class RunFolder:
    """What a run left in a folder.

    Attributes
    ----------
    folder
        Where it stands.
    extra
        Inputs that are no draws: none here.
    """

    folder: Path

    extra: tuple[str, ...] = ()

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that ran."""
        return load(self.folder / SCENARIO)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    @property
    def total(self) -> int:
        """Members in the folder."""
        return self.members

    @cached_property
    def years(self) -> range:
        """Years of the run."""
        return self.scenario.years

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the drawn inputs."""
        import pyarrow.parquet as pq

        names = pq.read_schema(self.folder / INPUTS).names
        return tuple(name for name in names if name != "member")

    @cached_property
    def members(self) -> int:
        """How many members ran."""
        import pyarrow.parquet as pq

        return int(pq.read_metadata(self.folder / INPUTS).num_rows)

    def inputs(self, names: Iterable[str]) -> pd.DataFrame:
        """Read some of the drawn inputs, a row per member."""
        frame: pd.DataFrame = pd.read_parquet(self.folder / INPUTS, columns=["member", *names])
        return frame.set_index("member").sort_index()

    def read(self, named: Named) -> Array:
        """Read a variable of one side and year for every member, or its ratio of the sides."""
        import pyarrow.dataset as ds

        data: Any = ds.dataset(self.folder / RESULTS)
        check_recorded(named.variable, data.schema.names)
        china, us = (self._side(data, named, side) if named.side in {side, RATIO} else None for side in ("china", "us"))
        return chosen(china, us)

    def _side(self, data: Any, named: Named, side: str) -> Array:
        import pyarrow.compute as pc

        wanted: Any = (pc.field("year") == named.year) & (pc.field("side") == side)
        table = data.to_table(columns=["member", named.variable], filter=wanted)
        order = np.argsort(table["member"].to_numpy(), kind="stable")
        return np.asarray(table[named.variable].to_numpy()[order], dtype=float)


@dataclass(frozen=True)
class RunInMemory:
    """A run that was not written: what a dataset and a table hold.

    Attributes
    ----------
    scenario
        What ran.
    data
        Recorded variables, dimensions (member, year, side).
    drawn
        Drawn inputs, a row per member.
    extra
        Inputs that are no draws: none here.
    """

    scenario: Scenario
    data: Any
    drawn: pd.DataFrame
    extra: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    @property
    def total(self) -> int:
        """How many members ran."""
        return self.members

    @property
    def years(self) -> range:
        """Years of the run."""
        return self.scenario.years

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the drawn inputs."""
        return tuple(map(str, self.drawn.columns))

    @property
    def members(self) -> int:
        """How many members ran."""
        return len(self.drawn)

    def inputs(self, names: Iterable[str]) -> pd.DataFrame:
        """Give some of the drawn inputs, a row per member."""
        return self.drawn[list(names)]

    def read(self, named: Named) -> Array:
        """Give a variable of one side and year for every member, or its ratio of the sides."""
        check_recorded(named.variable, [str(name) for name in self.data.data_vars])
        page = self.data[named.variable].sel(year=named.year)
        china, us = (
            page.sel(side=side).to_numpy() if named.side in {side, RATIO} else None for side in ("china", "us")
        )
        return chosen(china, us)


class Run(Protocol):
    """What scenario discovery asks of a result."""

    @property
    def name(self) -> str:
        """Name of the scenario or study."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that ran, or the first of them."""

    @property
    def years(self) -> Sequence[int]:
        """Years that were kept."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the drawn inputs."""

    @property
    def extra(self) -> tuple[str, ...]:
        """Names of inputs that are no draws."""

    @property
    def members(self) -> int:
        """Members that are read."""

    @property
    def total(self) -> int:
        """Members that the result has."""

    def inputs(self, names: Iterable[str]) -> pd.DataFrame:
        """Read inputs, a row per member."""

    def read(self, named: Named) -> Array:
        """Read a variable of one side and year for every member, or its ratio of the sides."""


def open_folder(folder: str | Path, case: int | None = None) -> Run:
    """Open the folder of a run or of a sweep.

    Parameters
    ----------
    folder
        Holds the result.
    case
        Of a sweep, one case; all of them by default.

    Raises
    ------
    ScenarioError
        Where it holds neither.
    """
    from .sweep_files import STATE, open_sweep

    place = Path(folder).expanduser()
    if (place / STATE).exists():
        return open_sweep(place, case, MOST_MEMBERS)
    missing = [name for name in (RESULTS, INPUTS, SCENARIO) if not (place / name).exists()]
    if missing:
        allowed = "what `podrace run` or `podrace sweep` wrote"
        fail("holds no run of podrace", file=str(folder), found=f"no {listed(missing)}", allowed=allowed)
    if case is not None:
        fail("a run has no cases", path="case", found=str(case), allowed="a sweep with levers")
    return RunFolder(place)


def input_columns(run: Run, year: int, *, decisions: bool = False) -> list[str]:
    """Choose the drawn inputs that can matter to a year, one for each draw.

    Parameters
    ----------
    run
        Says which inputs were drawn.
    year
        Of a record that is drawn once for all its dates, the value that holds in this year stands for all of them, or the
        one that was kept.
    decisions
        Take the draws of decisions up to the year too.
    """
    known = set(run.columns)
    found: list[str] = []
    paths: set[str] = set()
    for path, record in run.scenario.records.items():
        if not record.uncertain:
            continue
        paths.add(path)
        if not record.dated:
            found.append(path)
            continue
        dates = [date for date, point in record.points() if point.uncertain]
        until = [date for date in dates if date <= year] or dates[:1]
        names = [f"{path}@{format_date(date)}" for date in until]
        if record.correlation == "full":
            names = [name for name in names[::-1] if name in known][:1] or _any_date(path, run.columns)
        found += names
    if decisions:
        rest = (name for name in run.columns if name.rpartition("@")[0] and name.rpartition("@")[0] not in paths)
        found += [name for name in rest if int(name.rpartition("@")[2]) <= year]
    return [*run.extra, *(name for name in found if name in known)]


def _any_date(path: str, columns: Iterable[str]) -> list[str]:
    return [name for name in columns if name.startswith(f"{path}@")][:1]


def check_recorded(variable: str, names: list[str]) -> None:
    """Refuse a variable that was not kept."""
    if variable not in names:
        kept = [name for name in VARIABLES if name in names]
        fail("was not kept in this result", path="where", found=variable, allowed=listed(kept))


def chosen(china: Array | None, us: Array | None) -> Array:
    """Give the side that was read, or the ratio where both were."""
    if china is None or us is None:
        return np.asarray(us if china is None else china, dtype=float)
    some = china > 0
    return np.where(some, us / np.where(some, china, 1.0), np.nan)
