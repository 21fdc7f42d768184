"""One file of a result, in the format that its ending names; whole or not at all.

>>> format_of("fleet.xlsx").name, format_of("iamc.csv").name, format_of("a/fleet.csv").name
('xlsx', 'iamc', 'csv')
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...model.registry import VARIABLES
from ...scenarios.faults import fail, nearest
from ..folder import FolderError, write_parquet
from .iamc import iamc
from .netcdf import write_netcdf
from .pyam_frame import write_iamc_workbook
from .sheets import label
from .workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

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
    write
        Writes a result to a path.
    """

    name: str
    endings: tuple[str, ...]
    holds: str
    write: Callable[[Result, Path], None]


def _write_summary(result: Result, path: Path) -> None:
    """Write the long summary with words: year, side, variable, unit, quantiles, mean, label, meaning."""
    table = result.summary()
    table["label"] = table["variable"].map(label)
    table["meaning"] = table["variable"].map(lambda name: VARIABLES[name.partition("=")[0]].meaning)
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _write_members(result: Result, path: Path) -> None:
    write_parquet(result.data, path)


def _write_iamc(result: Result, path: Path) -> None:
    """Write the IAMC layout: as a workbook with meta indicators where the ending says so, else as CSV."""
    if path.suffix == ".xlsx":
        write_iamc_workbook(result, path)
        return
    table = iamc(result.summary(), result.scenario.name)
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


FORMATS = (
    Format("iamc", (".iamc.csv", ".iamc.xlsx"), "quantiles in the IAMC layout, for pyam", _write_iamc),
    Format("xlsx", (".xlsx",), "a workbook: tables, variables, assumptions, sources, decisions", write_workbook),
    Format("csv", (".csv",), "the summary: a row per year, side and variable", _write_summary),
    Format("nc", (".nc",), "every member, year and side as NetCDF, for xarray", write_netcdf),
    Format("parquet", (".parquet",), "every member, year and side as rows", _write_members),
)
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
    lower = f".{Path(path).name.lower()}" if Path(path).name.lower().startswith("iamc.") else Path(path).name.lower()
    for form in FORMATS:
        if lower.endswith(form.endings):
            return form
    endings = [ending for form in FORMATS for ending in form.endings]
    near = nearest(Path(path).suffix, endings)
    fail(
        "the ending names no format", file=str(path), found=Path(path).suffix, allowed=", ".join(endings), nearest=near
    )


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


def export(result: Result, path: str | Path, name: str | None = None) -> Path:
    """Write a result to a file and return where it stands; an older file of that name is replaced.

    Parameters
    ----------
    result
        A finished run.
    path
        Where to; its ending names the format.
    name
        Of the format, where the ending does not say it: a key of `FORMATS`.
    """
    place, form = check_file(path, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{secrets.token_hex(6)}.{place.name}")
    try:
        form.write(result, aside)
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
    return place
