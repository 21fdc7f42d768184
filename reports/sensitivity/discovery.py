"""Scenario discovery as people use it: boxes in words, a table, a picture, a folder.

>>> import podrace as pr
>>> found = pr.discover(pr.run("baseline"), "fleet_h100e.ratio < 10", 2030)  # doctest: +SKIP
>>> print(found.words())  # doctest: +SKIP
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...model.registry import VARIABLES
from ...scenarios.faults import fail
from ...scenarios.moves import is_date
from ...studies.condition import Condition, Named, parse
from ...studies.discovery import MOST_BOXES, Box, Discovery, Limit, check_method, span
from ...studies.discovery import discover as find_boxes
from ...studies.one_at_a_time import RATIO
from ...studies.result_files import Run, RunInMemory, input_columns, open_folder
from ..words import amount, in_words, unit_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...scenarios.scenario import Scenario
    from ...studies.discovery import Method
    from ..result import Result

    Progress = Callable[[str, float], None]

RARE, FREQUENT = 20, 0.9
"""Fewer cases than this are hardly told from chance; above this share, describe the other members."""


@dataclass(frozen=True, eq=False, repr=False)
class Found:
    """Boxes of inputs in which a condition holds.

    Attributes
    ----------
    condition, year
        What was asked.
    discovery
        The boxes, from `podrace.studies.discovery`.
    scenario
        What ran.
    name
        Of the scenario or study.
    result
        Where the members come from, in words.
    total
        Members that the result has.
    seconds
        Time taken.
    """

    condition: Condition
    year: int
    discovery: Discovery
    scenario: Scenario
    name: str
    result: str
    total: int
    seconds: float

    def words(self) -> list[str]:
        """Say each box in words."""
        return [self.box_words(box) for box in self.discovery.boxes]

    def box_words(self, box: Box) -> str:
        """Say one box in words."""
        return " and ".join(limit_words(limit, self.scenario) for limit in box.limits)

    def table(self) -> pd.DataFrame:
        """Build a table of limits: a row for each box and input."""
        rows = [
            {
                "box": number,
                "input": limit.name,
                "low": limit.low,
                "high": limit.high,
                "unit": _unit(limit.name, self.scenario),
                "chance": limit.chance,
                "coverage": box.all.coverage,
                "density": box.all.density,
                "mass": box.all.mass,
            }
            for number, box in enumerate(self.discovery.boxes, start=1)
            for limit in box.limits
        ]
        columns = ["box", "input", "low", "high", "unit", "chance", "coverage", "density", "mass"]
        return pd.DataFrame(rows, columns=columns).set_index(["box", "input"])

    def plot(self, ax: Axes | None = None, part: str = "") -> Figure:
        """Draw the trade between coverage and density, and the limits of the first box.

        Parameters
        ----------
        ax
            Draw one of the two on this axis instead of a figure of its own.
        part
            Which one: ``steps`` or ``limits``.
        """
        from .discovery_picture import peeling

        return peeling(self, ax, part)

    def notes(self) -> list[str]:
        """Warn of what makes boxes doubtful."""
        found = self.discovery
        said = []
        if found.members < self.total:
            said.append(f"looked at the first {found.members:,} of {self.total:,} members")
        if found.cases < RARE:
            said.append(f"the condition holds in {found.cases} members only: run more members for boxes to trust")
        if found.cases > FREQUENT * found.members:
            share = 100 * found.cases / found.members
            said.append(
                f"the condition holds in {share:.0f} % of the members: ask for `not (...)` to see what breaks it"
            )
        return said

    def document(self) -> dict[str, Any]:
        """Build everything as plain values, for ``--json``."""
        found = self.discovery
        return {
            "where": self.condition.text,
            "year": self.year,
            "scenario": self.name,
            "result": self.result,
            "method": found.method,
            "members": found.members,
            "members_of_result": self.total,
            "cases": found.cases,
            "share": found.cases / found.members,
            "finders": found.finders,
            "inputs": len(found.inputs),
            "boxes": [
                {
                    "words": self.box_words(box),
                    "coverage": box.all.coverage,
                    "density": box.all.density,
                    "mass": box.all.mass,
                    "members": box.all.members,
                    "cases": box.all.cases,
                    "held_out": asdict(box.held_out),
                    "limits": [
                        asdict(limit) | {"unit": _unit(limit.name, self.scenario)}
                        for limit in box.limits
                    ],
                }
                for box in found.boxes
            ],
            "together": asdict(found.together),
            "trajectory": [
                {"coverage": row["coverage"], "density": row["density"], "mass": row["mass"],
                 "limits": int(row["limits"]), "chosen": bool(row["chosen"])}
                for row in found.trajectory.to_dict("records")
            ],
            "notes": self.notes(),
        }  # fmt: skip

    def save(self, folder: str | Path, figures: bool = True, progress: Progress | None = None) -> Path:
        """Write ``boxes.csv``, ``trajectory.csv``, ``discovery.json`` and the picture; whole or not at all."""
        import json

        from ..figures.style import save_figure
        from ..folder import whole, write_manifest
        from ..manifest import files, made_with

        tell: Progress = progress or (lambda _what, _share: None)
        started = datetime.now(UTC) - timedelta(seconds=self.seconds)
        with whole(folder) as (aside, place):
            self.table().reset_index().to_csv(aside / "boxes.csv", index=False, lineterminator="\n")
            self.discovery.trajectory.to_csv(aside / "trajectory.csv", index=False, lineterminator="\n")
            text = json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n"
            (aside / "discovery.json").write_text(text, encoding="utf-8")
            if figures:
                tell("figure discovery", 0.5)
                (aside / "figures").mkdir()
                save_figure(self.plot(), aside / "figures" / "discovery")
            document = {
                **made_with(),
                "where": self.condition.text,
                "year": self.year,
                "scenario": {"name": self.name, "hash": self.scenario.hash},
                "result": self.result,
                "members": self.discovery.members,
                "started": started.isoformat(timespec="seconds"),
                "seconds": round(self.seconds, 3),
                "files": files(aside),
            }
            write_manifest(document, aside)
        tell("done", 1.0)
        return place

    def __repr__(self) -> str:
        return f"Found({len(self.discovery.boxes)} boxes of {self.discovery.method} where {self.condition.text})"

    def _repr_html_(self) -> str:
        from ..notebook import found_html

        return found_html(self)


def discover(
    result: Result | str | Path,
    where: str,
    year: int,
    *,
    method: Method = "prim",
    boxes: int = MOST_BOXES,
    density: float | None = None,
    decisions: bool = False,
    case: int | None = None,
    seed: int = 0,
) -> Found:
    """Find the ranges of uncertain inputs that lead to the members in which a condition holds.

    Parameters
    ----------
    result
        A finished run, or the folder of a run or of a sweep.
    where
        The condition: ``cluster_training_eflops.china > 0.2 * cluster_training_eflops.us``.
    year
        Of the variables that name none.
    method
        ``prim`` or ``cart``.
    boxes
        How many at most.
    density
        Of PRIM: the least density wanted; by default the best balance of coverage and density.
    decisions
        Look at chance in decisions too; a sweep keeps none.
    case
        Of a sweep, one case; by default all of them together, their levers as inputs.
    seed
        Chooses the members that find the boxes.

    Raises
    ------
    ScenarioError
        For a faulty condition, or one that holds in no member or in all.
    """
    began = time.perf_counter()
    check_method(method)
    run: Run
    if isinstance(result, (str, Path)):
        run, said = open_folder(result, case), str(result)
    else:
        run, said = RunInMemory(result.scenario, result.data, result.inputs), "in memory"
    condition = parse(where, year, run.years)
    read = {named: run.read(named) for named in condition.names}
    cases = condition.holds(lambda named: read[named], run.members)
    if cases.all() or not cases.any():
        some = "every member" if cases.all() else "no member"
        ranges = "; ".join(f"{named} is {_range(named, read[named])}" for named in condition.names)
        fail(f"the condition holds in {some} of {len(cases):,}: {ranges}", path="where")
    last = max(named.year for named in condition.names)
    inputs = run.inputs(input_columns(run, last, decisions=decisions))
    found = find_boxes(inputs, cases, method=method, boxes=boxes, density=density, seed=seed)
    return Found(condition, year, found, run.scenario, run.name, said, run.total, time.perf_counter() - began)


def limit_words(limit: Limit, scenario: Scenario) -> str:
    """Write one limit: ``SMIC: n2, die conversion above 0.45``."""
    lever, is_option, option = limit.name.partition("=")
    if is_option:
        return f"{lever} is {option}" if limit.low is not None else f"{lever} is not {option}"
    path, _, dated = limit.name.partition("@")
    label = in_words(path, scenario.labels) + (f" of {dated}" if dated else "")
    record = scenario.records.get(path)
    kind = record.unit if record else ""
    words = "" if record is None or is_date(record) else unit_words(kind, label)
    said = [f"{amount(value, kind)} {words}".rstrip() for value in (limit.low, limit.high)]
    if limit.low is None:
        return f"{label} below {said[1]}"
    if limit.high is None:
        return f"{label} above {said[0]}"
    return f"{label} between {amount(limit.low, kind)} and {said[1]}"


def _unit(name: str, scenario: Scenario) -> str:
    """Give the unit of an input; of a decision's draw, 1."""
    path = name.partition("@")[0]
    return scenario.records[path].unit if path in scenario.records else "1"


def _range(named: Named, values: Any) -> str:
    entry = VARIABLES[named.variable]
    if entry.categories:
        import numpy as np

        known = values[np.isfinite(values)]
        codes, counts = np.unique(known, return_counts=True)
        return (
            ", ".join(f"{entry.categories[int(code)]} {n:,}" for code, n in zip(codes, counts, strict=True)) or "absent"
        )
    return f"{span(values)} {entry.unit}" if named.side != RATIO else span(values)
