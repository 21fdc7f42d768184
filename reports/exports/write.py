"""One file of a result, in the format that its ending names; whole or not at all.

>>> format_of("fleet.xlsx").name, format_of("iamc.csv").name, format_of("a/fleet.csv").name
('xlsx', 'iamc', 'csv')
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...model.registry import VARIABLES
from ...scenarios.faults import fail, nearest
from ..folder import MANIFEST, FolderError, write_differences, write_parquet
from ..manifest import describe
from .comparison_sheets import comparison_sheets, difference_rows
from .netcdf import write_netcdf
from .pyam_frame import iamc_table, iamc_workbook
from .sheets import label, sheets
from .workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from ..compare.comparison import Comparison
    from ..result import Result


@dataclass(frozen=True)
class Format:
    """A format of files.

    Attributes
    ----------
    name
        What one asks for.
    endings
        Of the names of its files.
    holds
        What a file of it holds.
    run, comparison
        Write a run, or a comparison, to a path; None where that is not offered.
    """

    name: str
    endings: tuple[str, ...]
    holds: str
    run: Callable[[Result, Path], object]
    comparison: Callable[[Comparison, Path], object] | None = None


def _summary(result: Result, path: Path) -> None:
    """Write the long summary with words: year, side, variable, unit, quantiles, mean, label, meaning."""
    table = result.summary()
    table["label"] = table["variable"].map(label)
    table["meaning"] = table["variable"].map(lambda name: VARIABLES[name.partition("=")[0]].meaning)
    _csv(table, path)


def _iamc(found: Result | Comparison, path: Path) -> None:
    """Write the IAMC layout: as a workbook with meta indicators where the ending says so, else as CSV."""
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(iamc_workbook(found))
    else:
        _csv(iamc_table(found), path)


def _csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


FORMATS = (
    Format("iamc", (".iamc.csv", ".iamc.xlsx"), "quantiles in the IAMC layout, for pyam", _iamc, _iamc),
    Format(
        "xlsx", (".xlsx",), "a workbook: tables, variables, assumptions, sources, decisions",
        lambda result, path: path.write_bytes(workbook(sheets(result), result.scenario.title)),
        lambda found, path: path.write_bytes(workbook(comparison_sheets(found), f"Beside {found.paired.base.title}")),
    ),
    Format(
        "csv", (".csv",), "the summary: a row per year, side and variable",
        _summary, lambda found, path: _csv(difference_rows(found), path),
    ),
    Format("nc", (".nc",), "every member, year and side as NetCDF, for xarray", write_netcdf),
    Format(
        "parquet", (".parquet",), "every member, year and side as rows",
        lambda result, path: write_parquet(result.data, path), lambda found, path: write_differences(found.paired, path),
    ),
)  # fmt: skip
"""Every format; of two that fit a name the first counts."""


def format_of(path: str | Path, name: str | None = None) -> Format:
    """Choose the format of a file: the one asked for, or the one that its ending names.

    Raises
    ------
    ScenarioError
        For an unknown name or ending, naming those that are known.
    """
    if name is not None:
        found = next((form for form in FORMATS if form.name == name.lower()), None)
        if found is None:
            names = [form.name for form in FORMATS]
            fail("no such format", path="format", found=name, allowed=", ".join(names), nearest=nearest(name, names))
        return found
    dotted = f".{Path(path).name.lower()}"  # `iamc.csv` counts as `.iamc.csv`
    for form in FORMATS:
        if dotted.endswith(form.endings):
            return form
    endings, suffix = [ending for form in FORMATS for ending in form.endings], Path(path).suffix
    near = nearest(suffix, endings)
    fail("the ending names no format", file=str(path), found=suffix, allowed=", ".join(endings), nearest=near)


def check_file(path: str | Path, name: str | None = None) -> tuple[Path, Format]:
    """Make sure that a file can be written, and write nothing.

    Returns
    -------
    The file as an absolute path, and its format.

    Raises
    ------
    ScenarioError, FolderError
        For an unknown format, a folder of that name, or a place that cannot be written.
    """
    form = format_of(path, name)
    place = Path(path).expanduser().resolve()
    if place.is_dir():
        message = f"{path}: a folder stands there; name a file"
        raise FolderError(message)
    above = next(parent for parent in place.parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        message = f"{path}: cannot write in {above}"
        raise FolderError(message)
    return place, form


def export(found: Result | Comparison, path: str | Path, name: str | None = None) -> Path:
    """Write a result to a file and return where it stands; an older file of that name is replaced.

    Parameters
    ----------
    found
        A finished run, or a comparison.
    path
        Where to; its ending names the format.
    name
        Of the format, where the ending does not say it: one of `FORMATS`.
    """
    place, form = check_file(path, name)
    write = _writer(found, place, form)
    with _aside(place) as aside:
        write(found, aside)
    return place


def _writer(found: Result | Comparison, place: Path, form: Format) -> Any:
    """Give what writes a kind of result in a format; refuse where there is nothing."""
    from ..result import Result

    write = form.run if isinstance(found, Result) else form.comparison
    if write is None:
        allowed = ", ".join(ending for form in FORMATS if form.comparison for ending in form.endings)
        fail("a comparison has no such export", file=str(place), found=form.name, allowed=allowed)
    return write


def export_folder(folder: str | Path, files: Sequence[str | Path], name: str | None = None) -> list[Path]:
    """Write files from the folder of a run or of a comparison.

    All files are checked before the first is written. The members of a run are handed on without reading them.

    Parameters
    ----------
    folder
        What `podrace run` or `podrace compare` left.
    files
        Where to; each in the format that its ending names.
    name
        Of the format of all of them, where the endings do not say it.
    """
    from ..opening import RESULTS, open_any

    checked = [check_file(file, name) for file in files]
    source = Path(folder).expanduser().resolve()
    for place, _ in checked:
        if place.is_relative_to(source) and place.exists():
            message = f"{place}: belongs to the result itself; name another file"
            raise FolderError(message)
    members = source / RESULTS
    opened: Result | Comparison | None = None
    if any(form.comparison is None for _, form in checked):
        opened = open_any(folder)
        for place, form in checked:
            _writer(opened, place, form)
    for place, form in checked:
        if form.name == "parquet" and _is_whole(members):
            with _aside(place) as aside:
                shutil.copyfile(members, aside)
            continue
        opened = opened or open_any(folder)
        export(opened, place, form.name)
    return [place for place, _ in checked]


def _is_whole(members: Path) -> bool:
    """Whether a file stands in a result, as its manifest says."""
    try:
        manifest = json.loads((members.parent / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest["files"][members.name] == describe(members))
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def _aside(place: Path) -> Iterator[Path]:
    """Give a hidden name beside a file, and rename it when the block ends well."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{secrets.token_hex(6)}.{place.name}")
    try:
        yield aside
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
