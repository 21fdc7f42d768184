"""Results as `pyam.IamDataFrame`: the same rows as ``iamc.csv``, with seed, members and hash as meta indicators."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd

from ...scenarios.faults import Fault, ScenarioError
from ..summary import summarise
from .iamc import iamc, indicators, model_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..compare.comparison import Comparison
    from ..result import Result

INSTALL = 'pip install "podrace[iamc]"'


def to_pyam(found: Result | Comparison) -> Any:
    """Turn a run, or the scenarios of a comparison by name, into a `pyam.IamDataFrame`.

    Raises
    ------
    ScenarioError
        Where pyam is not installed.
    """
    pyam = load_pyam()
    table, meta = iamc_table(found), meta_table(found)
    with without_warnings():
        return pyam.IamDataFrame(table, meta=meta.set_index(["model", "scenario"]))


def iamc_table(found: Result | Comparison) -> pd.DataFrame:
    """Build the rows of the IAMC layout; of a comparison for every scenario, its kept variables."""
    from ...model.record import as_dataset
    from ..result import Result

    model = model_name(found.manifest)
    if isinstance(found, Result):
        return iamc(found.summary(), found.scenario.name, model)

    paired = found.paired
    runs = {paired.base.name: paired.base_arrays} | {o.scenario.name: o.arrays for o in paired.others}
    tables = [iamc(summarise(as_dataset(arrays, paired.years)), name, model) for name, arrays in runs.items()]
    return pd.concat(tables, ignore_index=True)


def meta_table(found: Result | Comparison) -> pd.DataFrame:
    """Build the meta indicators: a row per scenario with title, hash, members and seed."""
    from ..result import Result

    if isinstance(found, Result):
        members, seed, scenarios = found.ensemble.members, found.ensemble.seed, [found.scenario]
    else:
        paired = found.paired
        members, seed = paired.members, paired.seed
        scenarios = [paired.base, *(other.scenario for other in paired.others)]
    model = model_name(found.manifest)
    rows = [
        {"model": model, "scenario": scenario.name, **indicators(scenario, members, seed)}
        for scenario in {scenario.name: scenario for scenario in scenarios}.values()
    ]
    return pd.DataFrame(rows)


def iamc_workbook(found: Result | Comparison) -> bytes:
    """Write the workbook that `pyam.IamDataFrame` reads: sheets ``data`` and ``meta``."""
    from .sheets import Column, Sheet, plain_number
    from .workbook import workbook

    table, meta = iamc_table(found), meta_table(found)
    meta.insert(2, "exclude", False)
    rows = [[plain_number(v, "") if isinstance(v, float) else v for v in row] for row in table.itertuples(index=False)]
    wide = {"model": 16, "scenario": 24, "variable": 52, "unit": 24}
    data = Sheet("data", tuple(Column(str(h), wide.get(str(h), 13)) for h in table.columns), tuple(map(tuple, rows)), 5)
    told = [tuple(row) for row in meta.astype(object).itertuples(index=False)]
    return workbook([data, Sheet("meta", tuple(Column(h, 24) for h in meta.columns), tuple(told), 2)], "podrace")


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
