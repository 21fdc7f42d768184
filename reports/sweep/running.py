"""Running a sweep into a folder: begin or go on, keep each part, summarise, finish."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...studies.designs import check_design
from ...studies.executors import LostScheduler
from ...studies.parts import OtherCode
from ...studies.sweep import BLOCK, Task, WorkersDied, default_workers, design_groups, run_tasks, tasks
from ..folder import MANIFEST, FolderError
from ..progress import following_since
from . import folder as store
from .folder import Stopped, SweepFolder
from .summary import EXACT_MEMBERS, summarise_sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from ...studies.study_files import Study

    Progress = Callable[[int, int, int], None]

MACHINE = ("python", "numpy", "platform", "cpu")
"""What bytes may depend on beside the code."""


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    place
        Its folder.
    manifest
        What ran, and the checksum of every file.
    summary
        Quantiles and probabilities, as in ``summary.csv``.
    computed
        Members computed this time.
    """

    place: Path
    manifest: dict[str, Any]
    summary: pd.DataFrame
    computed: int


def run_sweep(
    study: Study,
    folder: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    block: int = BLOCK,
    design: bool = True,
    progress: Progress | bool | None = None,
    tell: Callable[[str], None] | None = None,
) -> Sweep:
    """Run a study into a folder.

    Parameters
    ----------
    study
        What to sweep.
    folder
        A free name, an empty folder, or (with `resume`) an unfinished sweep of the same study.
    workers
        Processes; one for each core by default. No number depends on it.
    scheduler
        Address of a Dask scheduler, in place of workers here.
    resume
        Go on with what stands in the folder.
    block
        Members computed together; a sweep that is resumed keeps its own.
    design
        Write the drawn parameters too.
    progress
        Called with members done, wanted, and found done at the start. By default a bar is shown in a notebook and an
        interactive terminal; ``False`` shows none, ``True`` shows plain lines elsewhere.
    tell
        Called with notes for the user.

    Raises
    ------
    FolderError
        When the folder cannot take this sweep.
    Stopped
        When the sweep cannot go on for now; every part that stands is whole.
    """
    check_design(study.design, study.members, (case.scenario for case in study.cases))
    note = tell or (lambda _text: None)
    with store.hold(folder) as place:
        kept = SweepFolder(place, study)
        state = _state(kept, folder, resume=resume, block=block, design=design, note=note)
        every = tasks(study, state["block"], design=state["design_table"])
        try:
            with following_since(progress) as told:
                return _run(kept, state, every, workers or default_workers(), scheduler, told, note)
        except (LostScheduler, WorkersDied, OtherCode) as error:
            raise Stopped(str(error)) from error


def _state(
    kept: SweepFolder, folder: str | Path, *, resume: bool, block: int, design: bool, note: Callable[[str], None]
) -> dict[str, Any]:
    """Begin a sweep, or check that the one that stands there may be gone on with."""
    wanted = store.document(kept.study, block, design_groups(kept.study), design=design)
    found = store.state_of(kept.place)
    if found is None or kept.empty:
        kept.clear()
        kept.begin(wanted)
        return wanted
    store.check_same(found, wanted, folder)
    if not resume:
        done = "a finished" if (kept.place / MANIFEST).exists() else "an unfinished"
        message = f"{folder}: holds {done} sweep of this study; --resume goes on with it, --out names another folder"
        raise FolderError(message)
    other = [f"{key} {found.get(key)}, now {wanted[key]}" for key in MACHINE if found.get(key) != wanted[key]]
    if other:
        note(f"begun on another machine ({'; '.join(other)}): the last digits of what is computed now may differ")
    kept.begin(found)
    return found


def _run(
    kept: SweepFolder,
    state: dict[str, Any],
    every: list[Task],
    workers: int,
    scheduler: str | None,
    progress: Progress | None,
    note: Callable[[str], None],
) -> Sweep:
    started, began = datetime.now(UTC), time.perf_counter()
    stand = kept.done(every)
    todo = [task for task in every if (task.case, task.start) not in stand]
    wanted = sum(task.members for task in every)
    before = done = wanted - sum(task.members for task in todo)
    if not todo and (kept.place / MANIFEST).exists():
        return _finished(kept)
    (kept.place / MANIFEST).unlink(missing_ok=True)
    if progress:
        progress(done, wanted, before)
    for part in run_tasks(kept.study, todo, workers=workers, scheduler=scheduler, tell=note):
        kept.keep(part)
        done += part.stop - part.start
        if progress:
            progress(done, wanted, before)
    swept = time.perf_counter() - began
    parts = [
        [kept.results_path(t.case, t.start, t.stop) for t in every if t.case == c.number] for c in kept.study.cases
    ]
    summary = summarise_sweep(kept.study, parts)
    kept.write_table("summary.csv", summary)
    manifest = store.write_manifest_of(
        kept,
        state,
        quantiles="exact" if kept.study.members <= EXACT_MEMBERS else "t-digest",
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began, 3),
        seconds_of_parts=round(swept, 3),
    )
    return Sweep(kept.place, manifest, summary, done - before)


def _finished(kept: SweepFolder) -> Sweep:
    """Give what already stands."""
    import json

    import pandas as pd

    manifest = json.loads((kept.place / MANIFEST).read_text(encoding="utf-8"))
    return Sweep(kept.place, manifest, pd.read_csv(kept.place / "summary.csv"), 0)
