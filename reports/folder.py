"""The run folder: everything a run leaves behind, whole or not at all.

``scenario.yaml`` · ``results.parquet`` · ``inputs.parquet`` · ``central.parquet`` · ``summary.csv`` · ``iamc.csv`` ·
``events.csv`` · ``figures/*.png`` and ``.svg`` · ``manifest.json``

A folder is written aside, under a hidden name next to its place, and renamed when complete. An older podrace result in
that place steps aside first and is deleted last. The same seed gives the same bytes, times in the manifest excepted.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    import xarray as xr

    from ..studies.compare import Paired
    from ..studies.ensemble import Ensemble

    Progress = Callable[[str, float], None]

MANIFEST = "manifest.json"
SWEEP = "sweep.json"
"""Says what is swept in a folder, finished or not."""
ROWS_PER_GROUP = 131_072
"""Rows of a Parquet row group: what readers fetch at a time."""


class FolderError(ValueError):
    """A folder that cannot take a result: in the way, not ours, or not writable."""


def check_folder(folder: str | Path) -> Path:
    """Make sure that a result may be written to a folder, and write nothing.

    Parameters
    ----------
    folder
        Where the result shall land: a free name, an empty folder, or an older podrace result.

    Returns
    -------
    The folder as an absolute path, links followed.

    Raises
    ------
    FolderError
        When something else stands there, or the place cannot be written.
    """
    place = Path(folder).expanduser().resolve()
    if place.exists() and not place.is_dir():
        _refuse(f"{folder}: a file stands there; name a folder")
    if place.is_dir() and any(place.iterdir()) and not is_result(place):
        _refuse(f"{folder}: the folder is not empty and holds no podrace result; empty it or name another")
    if (place / SWEEP).exists():
        _refuse(f"{folder}: holds a sweep, which only `podrace sweep --resume` goes on with; name another folder")
    parent = place.parent
    while not parent.exists():
        parent = parent.parent
    if not _writable(parent) or (place.is_dir() and not os.access(place, os.W_OK)):
        _refuse(f"{folder}: cannot write in {parent}")
    return place


def is_result(folder: Path) -> bool:
    """Whether a folder holds a podrace result: its manifest says so."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "podrace" in manifest


def write_result(
    ensemble: Ensemble, folder: str | Path, *, figures: bool = True, progress: Progress | None = None
) -> Path:
    """Write a run folder and return where it stands.

    Parameters
    ----------
    ensemble
        What ran.
    folder
        Where to; see `check_folder` for what may stand there.
    figures
        Draw the pictures too.
    progress
        Called with what is being written and the share done, 0 to 1.
    """
    from .manifest import manifest

    started = datetime.now(UTC) - timedelta(seconds=ensemble.seconds)
    tell: Progress = progress or (lambda _what, _share: None)
    with whole(folder) as (aside, place):
        _write_data(ensemble, aside, tell)
        if figures:
            _write_figures(ensemble, aside / "figures", tell)
        write_manifest(manifest(ensemble, aside, started), aside)
    tell("done", 1.0)
    return place


@contextmanager
def whole(folder: str | Path) -> Iterator[tuple[Path, Path]]:
    """Give a folder to write in, and put it in its place when the block ends well; nothing is left when it does not.

    Parameters
    ----------
    folder
        Where the result shall stand; see `check_folder` for what may stand there.

    Yields
    ------
    The folder to write in, and the place where it will stand.
    """
    place = check_folder(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _aside(place) as aside:
        yield aside, place
        _swap(aside, place)


def write_manifest(document: dict[str, Any], folder: Path) -> None:
    """Write the manifest, which marks a folder as a result."""
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def write_parquet(data: xr.Dataset, path: Path) -> None:
    """Write a dataset as rows of (member, year, side) with a float64 column per variable, zstd, in row groups."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    members, years, sides = (data[dim].to_numpy() for dim in ("member", "year", "side"))
    rows = len(years) * len(sides)
    step = max(1, ROWS_PER_GROUP // rows)
    names = [str(name) for name in data.data_vars]
    arrays = [data[name].transpose("member", "year", "side").to_numpy() for name in names]
    schema = pa.schema(
        [("member", pa.int64()), ("year", pa.int64()), ("side", pa.string()), *((n, pa.float64()) for n in names)]
    )
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=["member", "year", "side"], use_byte_stream_split=names
    ) as writer:
        for start in range(0, len(members), step):
            part = members[start : start + step]
            keys = [
                pa.array(np.repeat(part, rows).astype(np.int64)),
                pa.array(np.tile(np.repeat(years, len(sides)), len(part)).astype(np.int64)),
                pa.array(np.tile(sides.astype(str), len(part) * len(years)), type=pa.string()),
            ]
            columns = [pa.array(array[start : start + step].ravel().astype(np.float64)) for array in arrays]
            writer.write_table(pa.table([*keys, *columns], schema=schema))


def write_differences(paired: Paired, path: Path) -> None:
    """Write the differences of every member: scenario, member, year, side, and a column per variable."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ..model.registry import SIDES

    rows = paired.members * len(paired.years) * len(SIDES)
    names = list(paired.variables)
    keys = [("scenario", pa.string()), ("member", pa.int64()), ("year", pa.int64()), ("side", pa.string())]
    schema = pa.schema([*keys, *((name, pa.float64()) for name in names)])
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=["scenario", "member", "year", "side"]
    ) as writer:
        for other in paired.others:
            index = np.indices((paired.members, len(paired.years), len(SIDES))).reshape(3, rows)
            columns = [
                pa.array([other.scenario.name] * rows, type=pa.string()),
                pa.array(index[0]),
                pa.array(np.array(paired.years)[index[1]]),
                pa.array(np.array(SIDES)[index[2]], type=pa.string()),
                *(pa.array(np.moveaxis(paired.difference(other, name), 2, 0).ravel()) for name in names),
            ]
            writer.write_table(pa.table(columns, schema=schema))


def _write_data(ensemble: Ensemble, aside: Path, tell: Progress) -> None:
    from .exports.iamc import iamc
    from .summary import summarise

    tell("members", 0.0)
    (aside / "scenario.yaml").write_text(ensemble.scenario.to_yaml(), encoding="utf-8")
    write_parquet(ensemble.data, aside / "results.parquet")
    tell("inputs", 0.3)
    _write_frame(ensemble.inputs.rename_axis("member").reset_index(), aside / "inputs.parquet")
    _write_frame(ensemble.central.to_dataframe(dim_order=["year", "side"]).reset_index(), aside / "central.parquet")
    tell("summary", 0.35)
    summary = summarise(ensemble.data)
    _write_csv(summary, aside / "summary.csv")
    _write_csv(iamc(summary, ensemble.scenario.name), aside / "iamc.csv")
    _write_csv(ensemble.events, aside / "events.csv")
    _write_csv(ensemble.agents, aside / "agents.csv")
    _write_csv(ensemble.flows, aside / "flows.csv")


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, engine="pyarrow", compression="zstd", index=False)


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _write_figures(ensemble: Ensemble, folder: Path, tell: Progress) -> None:
    from .figures.draw import FIGURES, draw
    from .figures.style import save_figure

    folder.mkdir()
    for place, name in enumerate(FIGURES):
        tell(f"figure {name}", 0.45 + 0.55 * place / len(FIGURES))
        save_figure(draw(name, ensemble), folder / name)


@contextmanager
def _aside(place: Path) -> Iterator[Path]:
    """Give a hidden folder next to a place, and leave nothing of it behind when writing fails."""
    _sweep(place)
    aside = place.with_name(f"{_prefix(place)}{os.getpid()}.{secrets.token_hex(4)}.podrace")
    try:
        aside.mkdir()
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _swap(aside: Path, place: Path) -> None:
    """Put a finished folder in its place; an older result there is deleted once the new one stands."""
    if not place.exists():
        aside.rename(place)
        return
    old = aside.with_name(aside.name.removesuffix(".podrace") + ".old.podrace")
    place.rename(old)
    try:
        aside.rename(place)
    except BaseException:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Delete what runs that were killed left beside a place."""
    for left in list(place.parent.iterdir()):
        ours = left.name.startswith(_prefix(place)) and left.name.endswith(".podrace")
        number = left.name.removeprefix(_prefix(place)).split(".")[0]
        if ours and number.isdigit() and not _alive(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _prefix(place: Path) -> str:
    """Name what is being written by whom: the process number follows, and holds on this machine only."""
    return f".{place.name}.{platform.node()}."


def _alive(process: int) -> bool:
    """Whether a process still runs; where asking is not safe, say so (Windows ends a process that is asked)."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _writable(folder: Path) -> bool:
    """Try to write: access bits say nothing to the superuser or on a read-only disk."""
    with suppress(OSError):
        probe = tempfile.mkdtemp(prefix=".podrace-probe-", dir=folder)
        Path(probe).rmdir()
        return True
    return False


def _refuse(message: str) -> NoReturn:
    raise FolderError(message)
