"""A result again, from the folder that a command left: what `podrace run` and `podrace compare` wrote.

Nothing is computed: the numbers are those of the folder. A folder that was changed, is incomplete, or was written by
another version is refused with one error that says what to do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.record import as_dataset
from ..model.registry import SIDES, VARIABLES
from ..scenarios.compose import load
from ..scenarios.faults import fail, listed
from .folder import MANIFEST, SWEEP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from ..scenarios.scenario import Scenario
    from ..studies.compare import Other, Paired
    from .compare.comparison import Comparison
    from .result import Result
    from .summary import Array

RESULTS, CENTRAL, INPUTS, SCENARIO = "results.parquet", "central.parquet", "inputs.parquet", "scenario.yaml"
TABLES = ("events.csv", "agents.csv", "flows.csv")
LEVELS, MOVED, SCENARIOS = "levels.parquet", "moved.csv", "scenarios"
KEYS = ("member", "year", "side")
MOST_NAMED = 4
"""Names listed in an error."""


def open_result(folder: str | Path) -> Result:
    """Open what `podrace run`, or `Result.save`, left in a folder.

    Parameters
    ----------
    folder
        Where it stands.

    Returns
    -------
    The result, with its `manifest`; every method works as on a fresh one.

    Raises
    ------
    ScenarioError
        Where no run stands there, files are missing or changed, or another version wrote it.
    """
    from ..studies.ensemble import Ensemble
    from .result import Result

    place, manifest = _manifest(folder, "run")
    _check_files(place, manifest, (RESULTS, CENTRAL, INPUTS, SCENARIO, *TABLES))
    scenario = _scenario(place / SCENARIO, manifest["scenario"]["hash"])
    members = int(manifest["members"])
    arrays = _arrays(place / RESULTS, scenario, members)
    _check_columns(place, arrays)
    central = _table(place / CENTRAL).set_index(["year", "side"]).to_xarray().sel(side=list(SIDES))
    central = central.assign_coords(side=list(SIDES))
    data = as_dataset(arrays, scenario.years)
    for name in data.data_vars:
        central[name].attrs.update(data[name].attrs)
    events, agents, flows = (_rows(place / name) for name in TABLES)
    ensemble = Ensemble(
        scenario=scenario,
        data=data,
        central=central,
        inputs=_table(place / INPUTS).set_index("member"),
        events=events,
        seed=int(manifest["seed"]),
        members=members,
        seconds=float(manifest["seconds"]),
        flows=flows,
        agents=agents,
    )
    return Result(ensemble, manifest)


def open_comparison(folder: str | Path) -> Comparison:
    """Open what `podrace compare`, or `Comparison.save`, left in a folder.

    Parameters
    ----------
    folder
        Where it stands.

    Raises
    ------
    ScenarioError
        Where no comparison stands there, files are missing or changed, or another version wrote it.
    """
    from ..studies.compare import Paired
    from .compare.comparison import Comparison

    place, manifest = _manifest(folder, "comparison")
    told = [manifest["base"], *manifest["others"]]
    named = {entry["name"]: entry["hash"] for entry in told}
    _check_files(place, manifest, (LEVELS, MOVED, *(f"{SCENARIOS}/{name}.yaml" for name in named)))
    scenarios = {name: _scenario(place / SCENARIOS / f"{name}.yaml", code) for name, code in named.items()}
    base = scenarios[manifest["base"]["name"]]
    members = int(manifest["members"])
    levels = {name: _arrays(place / LEVELS, scenario, members, name) for name, scenario in scenarios.items()}
    others = _others(place, manifest, scenarios, levels)
    paired = Paired(
        base=base,
        base_arrays=levels[base.name],
        others=others,
        years=base.years,
        members=members,
        seed=int(manifest["seed"]),
        variables=tuple(manifest["variables"]),
        seconds=float(manifest["seconds"]),
    )
    return Comparison(paired, manifest=manifest)


def open_any(folder: str | Path) -> Result | Comparison:
    """Open the folder of a run or of a comparison, whichever it holds."""
    return open_comparison(folder) if _kind(_manifest(folder)[1]) == "comparison" else open_result(folder)


def write_levels(paired: Paired, folder: Path) -> None:
    """Write what it takes to open a comparison again: every member's levels, and the first year each variable moves."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = list(paired.base_arrays)
    text = [("scenario", pa.string()), ("member", pa.int64()), ("year", pa.int64()), ("side", pa.string())]
    schema = pa.schema([*text, *((name, pa.float64()) for name in names)])
    every = {paired.base.name: paired.base_arrays} | {other.scenario.name: other.arrays for other in paired.others}
    member, year, side = np.indices((paired.members, len(paired.years), len(SIDES))).reshape(3, -1)
    with pq.ParquetWriter(
        folder / LEVELS,
        schema,
        compression="zstd",
        use_dictionary=[name for name, _ in text],
        use_byte_stream_split=names,
    ) as writer:
        for scenario, arrays in every.items():
            keys = (np.full(len(member), scenario), member, np.array(paired.years)[year], np.array(SIDES)[side])
            columns = [np.moveaxis(arrays[name], 2, 0).ravel() for name in names]
            writer.write_table(pa.table([pa.array(column) for column in (*keys, *columns)], schema=schema))
    rows = [
        (other.scenario.name, name, first)
        for other in paired.others
        for name, first in other.first_moved.items()
        if first is not None
    ]
    moved = pd.DataFrame(rows, columns=["scenario", "variable", "year"])
    moved.to_csv(folder / MOVED, index=False, lineterminator="\n", encoding="utf-8")


def _manifest(folder: str | Path, wanted: str = "") -> tuple[Path, dict[str, Any]]:
    """Read the manifest of a folder, and check that it tells of what is wanted and of a version that can be read."""
    place = Path(folder).expanduser()
    allowed = "a folder that `podrace run` or `podrace compare` wrote"
    if not place.is_dir():
        fail("is a file, not a folder" if place.exists() else "no such folder", file=str(folder), allowed=allowed)
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if (place / SWEEP).exists():
            fail("holds an unfinished sweep", file=str(folder), allowed=allowed)
        fail("holds no podrace result", file=str(folder), found=f"no {MANIFEST}", allowed=allowed)
    except (OSError, ValueError):
        fail("cannot be read: run again", file=str(place / MANIFEST), allowed=allowed)
    if not isinstance(manifest, dict) or "podrace" not in manifest:
        fail("holds no podrace result", file=str(folder), found=f"a {MANIFEST} of something else", allowed=allowed)
    kind = _kind(manifest)
    if kind not in {"run", "comparison"} or (wanted and kind != wanted):
        fail(f"holds a {kind}", file=str(folder), allowed=f"the folder of a {wanted}" if wanted else allowed)
    _check_version(place, manifest)
    return place, manifest


def _kind(manifest: Mapping[str, Any]) -> str:
    """Name what a manifest tells of."""
    if manifest.get("kind"):
        return str(manifest["kind"])
    if "explains" in manifest:
        return "explanation"
    if {"base", "others", "members", "seed"} <= manifest.keys():
        return "comparison"
    return "run" if {"scenario", "members", "seed"} <= manifest.keys() else "result of another kind"


def _check_version(place: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a result that a newer version wrote; an older one is judged by its files and columns."""
    from packaging.version import InvalidVersion, Version

    from .. import __version__

    written = str(manifest["podrace"])
    try:
        newer = Version(written) > Version(__version__)
    except InvalidVersion:
        newer = True
    if newer:
        fail(
            f"was written by podrace {written}, and this is {__version__}: update podrace, or run it again here",
            file=str(place),
        )


def _check_files(place: Path, manifest: Mapping[str, Any], wanted: tuple[str, ...]) -> None:
    """Refuse a folder in which a file is missing, or no longer is what the run wrote."""
    again = _again(place)
    missing = [name for name in wanted if not (place / name).is_file()]
    if missing:
        written = manifest["podrace"]
        fail(f"is not whole: {again}", file=str(place), found=f"no {listed(missing[:MOST_NAMED])} (podrace {written})")
    known = manifest.get("files", {})
    changed = [name for name in wanted if name in known and (place / name).stat().st_size != known[name]["bytes"]]
    if changed:
        fail(f"has changed since it was written: {again}", file=str(place), found=listed(changed[:MOST_NAMED]))


def _check_columns(place: Path, arrays: Mapping[str, Array]) -> None:
    """Refuse recorded variables that are not those of this version."""
    missing = [name for name in VARIABLES if name not in arrays]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        fail(
            f"was written by a version that recorded other variables: {_again(place)}",
            file=str(place / RESULTS),
            found=f"no {listed(missing[:MOST_NAMED])}{more}",
        )


def _again(place: Path) -> str:
    """Say how to make the result again."""
    if (place / SCENARIO).is_file():
        return f"`podrace rerun {place}` makes it again"
    return f"`podrace {'compare' if (place / SCENARIOS).is_dir() else 'run'}` makes it again"


def _scenario(path: Path, code: str) -> Scenario:
    """Load a resolved scenario, and check that it is the one that ran."""
    scenario = load(path)
    if scenario.hash != code:
        fail("is not the scenario that ran, or another version wrote it: run it again", file=str(path))
    return scenario


def _arrays(path: Path, scenario: Scenario, members: int, name: str = "") -> dict[str, Array]:
    """Read the recorded variables of a scenario, shape (year, side, member)."""
    table = _table(path)
    if name:
        table = table[table["scenario"] == name].drop(columns="scenario")
    shape = (members, len(scenario.years), len(SIDES))
    columns = [str(column) for column in table.columns if column not in KEYS]
    unknown = [column for column in columns if column not in VARIABLES]
    if unknown:
        fail(
            f"was written by a version that recorded other variables: {_again(path.parent)}",
            file=str(path),
            found=listed(unknown[:MOST_NAMED]),
        )
    if len(table) != np.prod(shape) or not set(KEYS) <= set(table.columns):
        fail(
            f"is not what the manifest says: {_again(path.parent)}", file=str(path),
            found=f"{len(table):,} rows", allowed=f"{np.prod(shape):,}, one for each member, year and side",
        )  # fmt: skip
    return {
        column: np.ascontiguousarray(np.moveaxis(table[column].to_numpy().reshape(shape), 0, 2)) for column in columns
    }


def _others(
    place: Path, manifest: Mapping[str, Any], scenarios: Mapping[str, Scenario], levels: Mapping[str, dict[str, Array]]
) -> tuple[Other, ...]:
    """Rebuild the scenarios beside the base."""
    from ..studies.compare import Other

    moved = _rows(place / MOVED)
    found = []
    for entry in manifest["others"]:
        rows = moved[moved["scenario"] == entry["name"]]
        first: dict[str, int | None] = dict.fromkeys(VARIABLES)
        first |= {str(name): int(year) for name, year in zip(rows["variable"], rows["year"], strict=True)}
        found.append(Other(scenarios[entry["name"]], levels[entry["name"]], first))
    return tuple(found)


def _table(path: Path) -> pd.DataFrame:
    """Read a Parquet file."""
    import pandas as pd

    return _read(path, pd.read_parquet)


def _rows(path: Path) -> pd.DataFrame:
    """Read a CSV file: texts stay texts, numbers come back to the last digit."""
    import pandas as pd

    old = tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1)
    exact: dict[str, Any] = {"float_precision": "round_trip"} if old else {}  # from pandas 3.1 on the default is exact
    frame = _read(path, lambda file: pd.read_csv(file, keep_default_na=False, **exact))
    return frame.replace("", np.nan) if path.name != "events.csv" else frame


def _read(path: Path, reader: Callable[[Path], Any]) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = reader(path)
    except (OSError, ValueError) as error:
        fail(f"cannot be read: {_again(path.parent)}", file=str(path), found=str(error).partition("\n")[0])
    return frame
