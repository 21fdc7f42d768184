"""Results as `pyam.IamDataFrame`: the same rows as ``iamc.csv``, with seed, members and hash as meta indicators."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd

from ...scenarios.faults import Fault, ScenarioError
from ..summary import summarise
from .iamc import iamc, indicators

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ...studies.compare import Paired
    from ..result import Result

INSTALL = 'pip install "podrace[iamc]"'


def result_frame(result: Result) -> Any:
    """Turn a run into a `pyam.IamDataFrame`."""
    run = result.ensemble
    meta = {run.scenario.name: indicators(run.scenario, run.members, run.seed)}
    return _frame(iamc(result.summary(), run.scenario.name), meta)


def comparison_frame(paired: Paired) -> Any:
    """Turn a comparison into a `pyam.IamDataFrame`: the kept variables of each of its scenarios, by name."""
    from ...model.record import as_dataset

    runs = {paired.base.name: (paired.base, paired.base_arrays)}
    runs |= {other.scenario.name: (other.scenario, other.arrays) for other in paired.others}
    tables, meta = [], {}
    for name, (scenario, arrays) in runs.items():
        tables.append(iamc(summarise(as_dataset(arrays, paired.years)), name))
        meta[name] = indicators(scenario, paired.members, paired.seed)
    return _frame(pd.concat(tables, ignore_index=True), meta)


def _frame(table: pd.DataFrame, meta: Mapping[str, Mapping[str, Any]]) -> Any:
    pyam = load_pyam()
    index = pd.MultiIndex.from_tuples(
        [(table["model"].iloc[0], scenario) for scenario in meta], names=["model", "scenario"]
    )
    with without_warnings():
        return pyam.IamDataFrame(table, meta=pd.DataFrame(list(meta.values()), index=index))


def load_pyam() -> Any:
    """Import pyam, or say how to install it.

    Raises
    ------
    ScenarioError
        Where it is not installed.
    """
    try:
        with without_warnings():
            import pyam
    except ModuleNotFoundError as error:
        _say_how(error)
    return pyam


def _say_how(error: ModuleNotFoundError) -> NoReturn:
    message = f"pyam is not installed ({error.name} is missing): {INSTALL}"
    raise ScenarioError([Fault(message=message)]) from error


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep quiet about what pyam's own code does: its users cannot mend it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def write_iamc_workbook(result: Result, path: Path) -> None:
    """Write a run as the workbook that `pyam.IamDataFrame` reads: sheet ``data``, and ``meta`` with seed, members and hash."""
    from .sheets import Column, Sheet
    from .workbook import workbook

    run = result.ensemble
    table = iamc(result.summary(), run.scenario.name)
    wide = [len(column) + 2 for column in table.columns]
    rows = tuple(
        tuple(None if value != value else value for value in row)  # noqa: PLR0124 (NaN differs from itself)
        for row in table.itertuples(index=False)
    )
    data = Sheet("data", tuple(Column(str(h), max(w, 12)) for h, w in zip(table.columns, wide, strict=True)), rows, 5)
    told = indicators(run.scenario, run.members, run.seed)
    heads = ("model", "scenario", "exclude", *told)
    meta = Sheet(
        "meta",
        tuple(Column(head, 24) for head in heads),
        ((table["model"].iloc[0], run.scenario.name, False, *told.values()),),
        2,
    )
    path.write_bytes(workbook([data, meta], run.scenario.title))
