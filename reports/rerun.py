"""A result again, from its own folder: the resolved scenario, the seed, the members; then a comparison of every file."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..scenarios.compose import load
from ..studies.study_files import Case, Study
from .folder import MANIFEST, SWEEP, FolderError
from .sweep.folder import SCENARIOS, state_of
from .sweep.query import result_folder

if TYPE_CHECKING:
    from collections.abc import Callable

VERSIONS = ("podrace", "code", "python", "numpy", "platform", "cpu")
"""What bytes may depend on beside scenario and seed."""
NO_RESULT = (MANIFEST, SWEEP)
"""Files that say what ran, not what came out."""


@dataclass(frozen=True)
class Rerun:
    """A result computed again.

    Attributes
    ----------
    place
        Where the new result stands.
    same, differ, missing
        Files of the old result by how the new one has them.
    made_otherwise
        Versions that differ between the two, in words.
    """

    place: Path
    same: tuple[str, ...]
    differ: tuple[str, ...]
    missing: tuple[str, ...]
    made_otherwise: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "folder": str(self.place),
            "same": list(self.same),
            "differ": list(self.differ),
            "missing": list(self.missing),
            "made_otherwise": list(self.made_otherwise),
        }

    def text(self) -> str:
        """Say it in words."""
        lines = [f"{len(self.same)} of {len(self.same) + len(self.differ) + len(self.missing)} files the same"]
        lines += [f"differs: {name}" for name in self.differ]
        lines += [f"not made again: {name}" for name in self.missing]
        lines += [f"made otherwise: {text}" for text in self.made_otherwise]
        return "\n".join(lines)


def rerun(
    result: str | Path,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    figures: bool = True,
    run_progress: Callable[[int, int], None] | None = None,
    sweep_progress: Callable[[int, int, int], None] | None = None,
) -> Rerun:
    """Compute a result again.

    Parameters
    ----------
    result
        Folder of a run or of a finished sweep.
    out
        Where the new one lands; beside the old one by default, under its name and ``-rerun``.
    workers
        Processes for a sweep.
    figures
        Draw the pictures of a run again too.
    run_progress, sweep_progress
        As `run` and `run_sweep` call them.

    Raises
    ------
    FolderError
        When no run and no finished sweep stands there, or its files no longer are what its manifest says.
    """
    place = result_folder(result)
    if not (place / MANIFEST).is_file():
        _refuse(f"{result}: an unfinished sweep; `podrace sweep STUDY --resume` finishes it")
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    target = Path(out) if out is not None else place.with_name(f"{place.name}-rerun")
    if target.expanduser().resolve() == place:
        _refuse(f"{target}: is the result itself; name another folder with --out")
    if manifest.get("kind") == "sweep":
        from .sweep.running import run_sweep

        study = saved_study(place)
        new = run_sweep(
            study,
            target,
            workers=workers,
            block=manifest["block"],
            design=manifest["design_table"],
            progress=sweep_progress,
        ).place
    elif "seed" in manifest and "scenario" in manifest and (place / "scenario.yaml").is_file():
        new = _run(place, manifest, target, run_progress, figures=figures)
    else:
        _refuse(f"{result}: rerun knows runs and sweeps; this is neither")
    return compare_manifests(manifest, json.loads((new / MANIFEST).read_text(encoding="utf-8")), new, figures=figures)


def saved_study(place: Path) -> Study:
    """Rebuild the study of a sweep from its folder, whatever the study file says today.

    Raises
    ------
    FolderError
        When a scenario there is not the one that was swept.
    """
    state = state_of(place)
    if state is None:
        _refuse(f"{place}: no sweep stands there")
    cases = []
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(place / SCENARIOS) as archive:
        for told in state["cases"]:
            path = Path(archive.extract(f"{told['case']:04}.yaml", folder))
            scenario = load(path)
            if scenario.hash != told["hash"]:
                _refuse(f"{place / SCENARIOS}: {path.name} is not the scenario that was swept")
            cases.append(Case(told["case"], told["scenario"], told["levers"], scenario))
    return Study(
        name=state["study"]["name"],
        title=state["study"]["title"],
        description=state["study"]["description"],
        cases=tuple(cases),
        levers={lever: tuple(values) for lever, values in state["levers"].items()},
        design=state["design"],
        members=state["members"],
        seed=state["seed"],
        outputs=tuple(state["outputs"]),
        years=tuple(state["years"]),
    )


def compare_manifests(old: dict[str, Any], new: dict[str, Any], place: Path, *, figures: bool = True) -> Rerun:
    """Compare the files of two results by checksum."""
    found: dict[str, list[str]] = {"same": [], "differ": [], "missing": []}
    for name, about in old["files"].items():
        if name in NO_RESULT or (not figures and name.startswith("figures/")):
            continue
        other = new["files"].get(name)
        kind = "missing" if other is None else "same" if other["sha256"] == about["sha256"] else "differ"
        found[kind].append(name)
    made = [f"{key} {old[key]}, now {new[key]}" for key in VERSIONS if key in old and old[key] != new.get(key)]
    return Rerun(place, tuple(found["same"]), tuple(found["differ"]), tuple(found["missing"]), tuple(made))


def _run(
    place: Path,
    manifest: dict[str, Any],
    target: Path,
    progress: Callable[[int, int], None] | None,
    *,
    figures: bool,
) -> Path:
    from .folder import check_folder
    from .result import run

    scenario = load(place / "scenario.yaml")
    if scenario.hash != manifest["scenario"]["hash"]:
        _refuse(f"{place / 'scenario.yaml'}: has changed since the run (its hash is not the manifest's)")
    check_folder(target)
    result = run(scenario, members=manifest["members"], seed=manifest["seed"], progress=progress)
    return result.save(target, figures=figures)


def _refuse(message: str) -> NoReturn:
    raise FolderError(message)
