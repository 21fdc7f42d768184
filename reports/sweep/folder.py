"""The folder of a sweep: parts as they come, each whole or not at all, and the manifest once all of them stand.

``sweep.json`` (what is being swept) · ``scenarios.zip`` (resolved, one for each case) · ``combinations.csv`` ·
``data/combination=0/members-....parquet`` · ``design/design_group=0/members-....parquet`` · ``summary.csv`` · ``manifest.json``

A folder without a manifest is an unfinished sweep: `--resume` goes on with it. One process alone may hold a folder.
"""

from __future__ import annotations

import json
import os
import secrets
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..folder import MANIFEST, FolderError
from ..folder import SWEEP as STATE
from ..manifest import made_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from ...studies.parts import Part
    from ...studies.study_files import Study
    from ...studies.sweep import Task

LOCK = ".lock"
SCENARIOS = "scenarios.zip"
COMBINATIONS = "combinations.csv"
DATA, DESIGN = "data", "design"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of every entry of the archive: the same sweep gives the same bytes."""


class Stopped(RuntimeError):
    """A sweep that cannot go on for now; what stands is whole, and `--resume` goes on with it."""


class SweepFolder:
    """A folder that this process holds.

    Parameters
    ----------
    place
        The folder.
    study
        What is swept.
    """

    def __init__(self, place: Path, study: Study) -> None:
        self.place = place
        self.study = study

    @property
    def empty(self) -> bool:
        """Whether no part has come home yet."""
        return not any((self.place / DATA).glob("*/members-*.parquet"))

    def clear(self) -> None:
        """Take away what a sweep wrote that never came to a part."""
        for name in (STATE, SCENARIOS, COMBINATIONS):
            (self.place / name).unlink(missing_ok=True)

    def begin(self, state: dict[str, Any]) -> None:
        """Write down what is swept before anything else, as far as it does not stand there yet."""
        if not (self.place / STATE).exists():
            self.write(STATE, _json(state))
        if not (self.place / SCENARIOS).exists():
            self.write(SCENARIOS, _archive(self.study))
        if not (self.place / COMBINATIONS).exists():
            self.write_table(COMBINATIONS, combinations_table(self.study, state["design_groups"]))

    def done(self, todo: Sequence[Task]) -> set[tuple[int, int]]:
        """Find the tasks whose parts stand whole; what else lies there is taken away.

        Only whole files ever get their name, so that a damaged one came from elsewhere: it is computed anew.
        """
        found: set[tuple[int, int]] = set()
        for left in self.place.rglob(".*.tmp"):
            left.unlink(missing_ok=True)
        for task in todo:
            results = rows(self.results_path(task.case, task.start, task.stop))
            design = rows(self.design_path(task.case, task.start, task.stop)) if task.design else task.members
            if results == 2 * len(self.study.years) * task.members and design == task.members:
                found.add((task.case, task.start))
        return found

    def keep(self, part: Part) -> None:
        """Write a part: its design first, so that finished results mean a finished part."""
        if part.design is not None:
            self._write(self.design_path(part.case, part.start, part.stop), part.design)
        self._write(self.results_path(part.case, part.start, part.stop), part.results)

    def results_path(self, case: int, start: int, stop: int) -> Path:
        """Where the results of a part stand."""
        return self.place / DATA / f"combination={case}" / _part_name(start, stop)

    def design_path(self, case: int, start: int, stop: int) -> Path:
        """Where the drawn parameters of a part stand."""
        return self.place / DESIGN / f"design_group={case}" / _part_name(start, stop)

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the folder, whole or not at all."""
        self._write(self.place / name, content)

    def write_table(self, name: str, table: pd.DataFrame) -> None:
        """Write a table as CSV."""
        self.write(name, table.to_csv(index=False, lineterminator="\n").encode())

    def _write(self, path: Path, content: bytes) -> None:
        """Write aside under a name of this attempt alone, make sure that it is on the disk, rename."""
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            message = f"cannot write {path.relative_to(self.place.parent)}: {error.strerror or error}"
            raise Stopped(message) from error


@contextmanager
def hold(folder: str | Path) -> Iterator[Path]:
    """Hold a folder for this process alone; the system lets go of it when the process ends, however it ends.

    Raises
    ------
    FolderError
        When another process holds it, or something else stands there.
    """
    from filelock import FileLock, Timeout

    place = Path(folder).expanduser().resolve()
    if place.exists() and not place.is_dir():
        _refuse(f"{folder}: a file stands there; name a folder")
    if place.is_dir() and not (place / STATE).exists() and not all(_ours(path) for path in place.iterdir()):
        _refuse(f"{folder}: the folder is not empty and holds no sweep; empty it or name another with --out")
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place / LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        _refuse(f"{folder}: another sweep is at work there; wait for it, or name another folder with --out")
    except OSError as error:
        _refuse(f"{folder}: cannot write there: {error.strerror or error}")
    try:
        yield place
    finally:
        lock.release()


def state_of(place: Path) -> dict[str, Any] | None:
    """Read what a folder says of its sweep; None where there is none."""
    try:
        found = json.loads((place / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _refuse(f"{place / STATE}: cannot be read: {error}")
    if not isinstance(found, dict) or "study_hash" not in found:
        _refuse(f"{place / STATE}: is not the state of a sweep")
    return found


def document(study: Study, block: int, groups: Sequence[int], *, design: bool) -> dict[str, Any]:
    """Say what is swept, in plain values: the study, how it is cut, and what computes it."""
    from ...studies.parts import code_hash

    return {
        "kind": "sweep",
        **made_with(),
        "code": code_hash(),
        "study": {"name": study.name, "title": study.title, "description": study.description},
        "study_hash": study.hash,
        "design": study.design,
        "members": study.members,
        "seed": study.seed,
        "outputs": list(study.outputs),
        "years": list(study.years),
        "levers": {lever: list(values) for lever, values in study.levers.items()},
        "cases": [
            {"case": case.number, "scenario": case.base, "levers": dict(case.levers), "hash": case.scenario.hash}
            for case in study.cases
        ],
        "design_table": design,
        "design_groups": list(groups),
        "block": block,
    }


def check_same(state: dict[str, Any], wanted: dict[str, Any], folder: str | Path) -> None:
    """Refuse to go on with a sweep of something else.

    Raises
    ------
    FolderError
        Saying what changed.
    """
    changed = _changes(state, wanted)
    if changed:
        _refuse(
            f"{folder}: holds a sweep of something else ({'; '.join(changed)}); "
            "name another folder with --out, or delete this one"
        )


def _changes(state: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Say in words what differs between two sweeps."""
    changed = [
        f"{key} {state.get(key)!r}, now {wanted[key]!r}"
        for key in ("design", "members", "seed", "podrace")
        if state.get(key) != wanted[key]
    ]
    changed += [f"other {key}" for key in ("outputs", "years", "levers") if state.get(key) != wanted[key]]
    before = {json.dumps([case["scenario"], case["levers"]]): case["hash"] for case in state.get("cases", [])}
    after = {json.dumps([case["scenario"], case["levers"]]): case["hash"] for case in wanted["cases"]}
    moved = [json.loads(key) for key in after if before.get(key, after[key]) != after[key]]
    if moved:
        name = ", ".join([moved[0][0], *(f"{lever} {value}" for lever, value in moved[0][1].items())])
        changed.append(f"the scenario has changed: {name}" + (f" and {len(moved) - 1} more" if len(moved) > 1 else ""))
    elif not changed and state.get("study_hash") != wanted["study_hash"]:
        changed.append("another study")
    if not changed and state.get("code") != wanted["code"]:
        changed.append("the code of the model has changed")
    return changed


def combinations_table(study: Study, groups: Sequence[int]) -> pd.DataFrame:
    """List the cases: number, scenario, levers, hash, and the group whose design it shares."""
    import pandas as pd

    rows = [
        {
            "combination": case.number,
            "scenario": case.base,
            **case.levers,
            "design_group": group,
            "hash": case.scenario.hash,
        }
        for case, group in zip(study.cases, groups, strict=True)
    ]
    return pd.DataFrame(rows)


def rows(path: Path) -> int:
    """Rows of a Parquet file, or -1 where it is missing or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return -1


def write_manifest_of(folder: SweepFolder, state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Write the manifest, which marks the sweep as finished, and give it."""
    from ..manifest import describe, sorted_files

    found = {
        path.relative_to(folder.place).as_posix(): describe(path)
        for path in sorted_files(folder.place)
        if path.name not in {LOCK, MANIFEST}
    }
    manifest = {**state, **more, "files": found}
    folder.write(MANIFEST, _json(manifest))
    return manifest


def _ours(path: Path) -> bool:
    """Whether a file is what a sweep leaves that was ended before it began to work."""
    return path.name == LOCK or (path.name.startswith(".") and path.name.endswith(".tmp"))


def _part_name(start: int, stop: int) -> str:
    return f"members-{start:010}-{stop - 1:010}.parquet"


def _archive(study: Study) -> bytes:
    """Pack the resolved scenarios of all cases."""
    from io import BytesIO

    sink = BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for case in study.cases:
            archive.writestr(
                zipfile.ZipInfo(f"{case.number:04}.yaml", _EPOCH), case.scenario.to_yaml(), zipfile.ZIP_DEFLATED
            )
    return sink.getvalue()


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _refuse(message: str) -> NoReturn:
    raise FolderError(message)
