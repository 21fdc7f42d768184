"""A sweep's dataset as studies read it: the members of some or all of its cases, levers as inputs beside the draws."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..scenarios.compose import load
from ..scenarios.faults import fail
from .condition import Named
from .one_at_a_time import RATIO
from .result_files import check_recorded, chosen

if TYPE_CHECKING:
    from ..model.numbers import Array
    from ..scenarios.scenario import Scenario

STATE, MANIFEST, SCENARIOS = "sweep.json", "manifest.json", "scenarios.zip"
DATA, DESIGN = "data/combination={}", "design/design_group={}"


@dataclass(frozen=True)
class SweepFolder:
    """Cases of a finished sweep.

    Attributes
    ----------
    folder
        Where it stands.
    state
        What was swept, as the sweep wrote it.
    cases
        Numbers of the cases that are read, one after the other.
    limit
        Members of each case that are read: the first ones.
    """

    folder: Path
    state: Mapping[str, Any]
    cases: tuple[int, ...]
    limit: int

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario of the first case."""
        with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(self.folder / SCENARIOS) as archive:
            loaded = load(archive.extract(f"{self.cases[0]:04}.yaml", place))
        return loaded

    @property
    def name(self) -> str:
        """Name of the study."""
        return str(self.state["study"]["name"])

    @property
    def years(self) -> tuple[int, ...]:
        """Years that were kept."""
        return tuple(self.state["years"])

    @property
    def members(self) -> int:
        """Members that are read, over all cases."""
        return len(self.cases) * self.limit

    @property
    def total(self) -> int:
        """Members of these cases in the dataset."""
        return len(self.cases) * int(self.state["members"])

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the draws that all cases have."""
        found = [self._design(case).schema.names for case in self.cases]
        return tuple(name for name in found[0] if name != "member" and all(name in other for other in found))

    @cached_property
    def levers(self) -> pd.DataFrame:
        """Levers as numbers, a row per case: a number or truth value as it is, of words 1 for the option that holds."""
        table = pd.DataFrame([{"scenario": case["scenario"], **case["levers"]} for case in self.state["cases"]])
        table = table.iloc[list(self.cases)].reset_index(drop=True)
        found = {}
        for name in table.columns:
            column = table[name]
            if column.nunique() < 2:
                continue
            if all(isinstance(value, bool | int | float) for value in column):
                found[str(name)] = column.astype(float)
            else:
                found.update({f"{name}={option}": (column == option).astype(float) for option in column.unique()})
        return pd.DataFrame(found, index=table.index)

    @property
    def extra(self) -> tuple[str, ...]:
        """Names of inputs that are levers."""
        return tuple(map(str, self.levers.columns))

    def inputs(self, names: Iterable[str]) -> pd.DataFrame:
        """Read draws and levers, a row per member, case after case; the index counts the members of each case."""
        wanted = list(names)
        drawn = [name for name in wanted if name in self.columns]
        parts = []
        for place, case in enumerate(self.cases):
            part = self._table(self._design(case), drawn).assign(
                **{str(name): value for name, value in self.levers.loc[place].items()}
            )
            parts.append(part[wanted])
        return pd.concat(parts)

    def read(self, named: Named) -> Array:
        """Read a variable of one side and year for every member, or its ratio of the sides."""
        check_recorded(named.variable, list(self.state["outputs"]))
        pages = {
            side: np.concatenate([self._page(case, named, side) for case in self.cases])
            for side in ("china", "us")
            if named.side in {side, RATIO}
        }
        return chosen(pages.get("china"), pages.get("us"))

    def _page(self, case: int, named: Named, side: str) -> Array:
        import pyarrow.compute as pc

        where: Any = (pc.field("year") == named.year) & (pc.field("side") == side)
        table = self._table(self._open(DATA, case), [named.variable], where)
        return table[named.variable].to_numpy(dtype=float)

    def _table(self, data: Any, names: list[str], where: Any = None) -> pd.DataFrame:
        """Read columns of the first members, in their order."""
        import pyarrow.compute as pc

        first: Any = pc.field("member") < self.limit
        table = data.to_table(columns=["member", *names], filter=first if where is None else first & where)
        frame: pd.DataFrame = table.to_pandas().set_index("member").sort_index()
        if len(frame) != self.limit:
            fail(
                "the dataset is damaged",
                file=str(self.folder),
                found=f"{len(frame):,} members",
                allowed=f"{self.limit:,}",
            )
        return frame

    def _design(self, case: int) -> Any:
        return self._open(DESIGN, int(self.state["design_groups"][case]))

    def _open(self, where: str, number: int) -> Any:
        import pyarrow.dataset as ds

        return ds.dataset(sorted(map(str, (self.folder / where.format(number)).glob("members-*.parquet"))))


def open_sweep(folder: Path, case: int | None, most: int) -> SweepFolder:
    """Open a finished sweep.

    Parameters
    ----------
    folder
        Holds the dataset.
    case
        One case; all of them by default.
    most
        Members that are read at most, over all cases.

    Raises
    ------
    ScenarioError
        For an unfinished sweep, one without its draws, or a case that is not there.
    """
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    if not (folder / MANIFEST).exists():
        fail("holds an unfinished sweep", file=str(folder), allowed="finish it: podrace sweep ... --resume")
    if not state["design_table"]:
        fail("was swept without its drawn parameters", file=str(folder), allowed="sweep without --no-design")
    count = len(state["cases"])
    if case is not None and not 0 <= case < count:
        fail("no such case", path="case", found=str(case), allowed=f"0 to {count - 1}")
    cases = tuple(range(count)) if case is None else (case,)
    return SweepFolder(folder, state, cases, min(int(state["members"]), max(1, most // len(cases))))
