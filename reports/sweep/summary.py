"""The summary of a sweep: quantiles and probabilities per case, year, side and variable, of any number of members.

Only one year of a few variables is in memory at a time. Quantiles are exact up to `EXACT_MEMBERS` members of a case;
beyond, they are those of a t-digest (DuckDB's ``approx_quantile``), while means and shares stay exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...model.registry import SIDES, VARIABLES
from ...studies.statistics import QUANTILES
from ..summary import mean, percentile_name, shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...studies.study_files import Study

    Array = NDArray[np.floating[Any]]

EXACT_MEMBERS = 10_000_000
"""Members of a case up to which quantiles are exact: one variable of one year takes 16 bytes a member."""
VALUES_AT_A_TIME = 32_000_000
"""Numbers of four bytes that are read at a time."""
STATISTICS = (*(percentile_name(q) for q in QUANTILES), "mean", "leads")


def summarise_sweep(study: Study, parts: Sequence[Sequence[Path]], exact_members: int = EXACT_MEMBERS) -> pd.DataFrame:
    """Summarise every case of a sweep.

    Parameters
    ----------
    study
        What was swept.
    parts
        For each case its files of results, by member.
    exact_members
        Members of a case up to which quantiles are exact.

    Returns
    -------
    Columns ``combination``, ``scenario``, the levers, ``year``, ``side``, ``variable``, ``unit``, the quantiles, ``mean`` and
    ``leads``: the share of members in which this side has more than the other. A category has a row for each value with its
    share of members under ``mean``; a date has a row ``=never``, and "never" counts as later than every date.
    """
    exact = study.members <= exact_members
    frames = []
    for case, files in zip(study.cases, parts, strict=True):
        for place, year in enumerate(study.years):
            rows = _exact(study, files, place) if exact else _digest(study, files, place)
            frame = pd.DataFrame(rows, columns=["side", "variable", "unit", *STATISTICS])
            head = {"combination": case.number, "scenario": case.base, **case.levers, "year": year}
            for column, (name, value) in enumerate(head.items()):
                frame.insert(column, name, value)
            frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    return table.dropna(subset=list(STATISTICS[:-1]), how="all").reset_index(drop=True)


Row = tuple[Any, ...]
"""Side, variable, unit, then `STATISTICS`."""


def _exact(study: Study, files: Sequence[Path], place: int) -> Iterator[Row]:
    """Rows of one year of one case, side by side."""
    at_a_time = max(1, VALUES_AT_A_TIME // (len(SIDES) * study.members))
    found: list[list[Row]] = [[] for _ in SIDES]
    for first in range(0, len(study.outputs), at_a_time):
        names = study.outputs[first : first + at_a_time]
        for name, array in zip(names, _read(files, place, names, study.members), strict=True):
            for rows, side in zip(found, range(len(SIDES)), strict=True):
                rows.extend(_rows(name, array, side))
    for rows in found:
        yield from rows


def _read(files: Sequence[Path], place: int, names: Sequence[str], members: int) -> Array:
    """Read one year of some variables, shape (variable, side, member)."""
    found = np.empty((len(names), len(SIDES), members), dtype=np.float32)
    start = 0
    for file in files:
        part = _page(file, place, names)
        found[:, :, start : start + part.shape[2]] = part
        start += part.shape[2]
    return found


def _page(file: Path, place: int, names: Sequence[str]) -> Array:
    """Read one year of one part: row groups are years, and the sides stand one after the other."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(file, page_checksum_verification=True) as source:
        table = source.read_row_group(place, columns=list(names), use_threads=False)
    return np.stack([table[name].to_numpy() for name in names]).reshape(len(names), len(SIDES), -1)


def _rows(name: str, array: Array, side: int) -> Iterator[Row]:
    """Rows that a variable gets for one side; `array` has the shape (side, member)."""
    variable = VARIABLES[name]
    own = array[side].astype(np.float64)
    empty = [np.nan] * len(QUANTILES)
    if variable.kind == "category":
        for label, share in zip(variable.categories, shares(own, len(variable.categories)), strict=True):
            yield (SIDES[side], f"{name}={label}", "1", *empty, float(share), np.nan)
        return
    dates = variable.kind == "date"
    leads = np.nan if dates else _leads(array[side], array[1 - side])
    yield (SIDES[side], name, variable.unit, *_spread(array[side], dates=dates), float(mean(own, dates=dates)), leads)
    if dates:
        yield (SIDES[side], f"{name}=never", "1", *empty, float(np.isnan(own).mean()), np.nan)


def _spread(own: Array, *, dates: bool) -> list[float]:
    """Quantiles as `studies.statistics.spread` has them, several times faster: NumPy sorts float32 by vector instructions.

    Sorting puts what is absent last, where "never" belongs among dates.
    """
    ordered = np.sort(own)
    known = int(np.searchsorted(ordered, np.nan)) if np.isnan(ordered[-1]) else len(ordered)
    if known == 0:
        return [np.nan] * len(QUANTILES)
    last = (len(ordered) if dates else known) - 1
    place = np.array(QUANTILES) * last
    low = np.floor(place).astype(np.int64)
    below, above = (ordered[at].astype(np.float64) for at in (low, np.minimum(low + 1, last)))
    return [float(value) for value in below + (above - below) * (place - low)]


def _leads(own: Array, other: Array) -> float:
    """Share of the members with a value on both sides in which this side has more."""
    both = ~(np.isnan(own) | np.isnan(other))
    return float((own > other)[both].mean()) if both.any() else np.nan


def _digest(study: Study, files: Sequence[Path], place: int) -> Iterator[Row]:
    """Rows of one year of one case with quantiles from t-digests; everything else is counted part by part."""
    counted = [_Count(name) for name in study.outputs]
    for file in files:
        for count, array in zip(counted, _page(file, place, study.outputs), strict=True):
            count.add(array)
    for side, name in enumerate(SIDES):
        numbers = [count for count in counted if not VARIABLES[count.name].categories]
        asked = {count.name: count.quantiles(side) for count in numbers}
        quantiles = _digests(files, study.years[place], name, asked)
        for count in counted:
            yield from count.rows(side, quantiles.get(count.name, []))


class _Count:
    """Counts and sums of one variable in one year, over parts."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.variable = VARIABLES[name]
        self.members = 0
        self.known, self.total, self.more = np.zeros(2), np.zeros(2), np.zeros(2)
        self.both = 0
        self.codes = np.zeros((2, max(len(self.variable.categories), 1)))

    def add(self, array: Array) -> None:
        """Take in a part, shape (side, member)."""
        known = ~np.isnan(array)
        both = known.all(axis=0)
        self.members += array.shape[1]
        self.known += known.sum(axis=1)
        self.total += np.where(known, array, 0.0).sum(axis=1, dtype=np.float64)
        self.both += int(both.sum())
        self.more += [(both & (array[side] > array[1 - side])).sum() for side in (0, 1)]
        self.codes += np.stack([(array == code).sum(axis=1) for code in range(self.codes.shape[1])], axis=1)

    def quantiles(self, side: int) -> list[float]:
        """Quantiles to ask of the known values: of dates those that come, where "never" is later than all."""
        if self.variable.kind != "date" or self.known[side] == 0:
            return list(QUANTILES)
        return [q * self.members / float(self.known[side]) for q in QUANTILES]

    def rows(self, side: int, found: Sequence[float]) -> Iterator[Row]:
        """Rows of one side, as `_rows` gives them."""
        empty, known = [np.nan] * len(QUANTILES), self.known[side]
        if self.variable.categories:
            for label, code in zip(self.variable.categories, self.codes[side], strict=True):
                yield (SIDES[side], f"{self.name}={label}", "1", *empty, code / known if known else np.nan, np.nan)
            return
        dates = self.variable.kind == "date"
        average = self.total[side] / known if known and not (dates and known < self.members) else np.nan
        leads = self.more[side] / self.both if self.both and not dates else np.nan
        yield (SIDES[side], self.name, self.variable.unit, *found, average, leads)
        if dates:
            yield (SIDES[side], f"{self.name}=never", "1", *empty, 1.0 - known / self.members, np.nan)


def _digests(files: Sequence[Path], year: int, side: str, asked: dict[str, list[float]]) -> dict[str, list[float]]:
    """Ask DuckDB for t-digest quantiles; one thread, so that the same files give the same digest."""
    import duckdb

    def column(name: str, quantiles: list[float]) -> str:
        inside = ", ".join(f"{min(q, 1.0):.17g}" for q in quantiles)
        return f'approx_quantile("{name}", [{inside}]) FILTER (NOT isnan("{name}"))'

    columns = ", ".join(column(name, quantiles) for name, quantiles in asked.items())
    with duckdb.connect(config={"threads": 1}) as connection:
        sql = f"SELECT {columns} FROM read_parquet($files) WHERE year = $year AND side = $side"  # noqa: S608 (our columns)
        given = {"files": [str(file) for file in files], "year": year, "side": side}
        row = connection.execute(sql, given).fetchone()
    found = row or ([None] * len(asked))
    return {
        name: [np.nan if values is None or q > 1 else float(v) for q, v in zip(qs, values or qs, strict=True)]
        for (name, qs), values in zip(asked.items(), found, strict=True)
    }
