"""The manifest of a run folder: what ran, where, when, and the checksum of every file."""

from __future__ import annotations

import hashlib
import platform
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..studies.compare import Paired
    from ..studies.ensemble import Ensemble
    from ..studies.explain import Explanation


def manifest(ensemble: Ensemble, folder: Path, started: datetime) -> dict[str, Any]:
    """Describe a run and the files it left.

    Parameters
    ----------
    ensemble
        What ran.
    folder
        Where its files stand; all of them are listed.
    started
        When the run began, in UTC.

    Returns
    -------
    A document of plain values. Only ``started`` and ``seconds`` differ between two equal runs.
    """
    scenario = ensemble.scenario
    return {
        **made_with(),
        "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
        "years": {"start": int(ensemble.data["year"][0]), "end": int(ensemble.data["year"][-1])},
        "members": int(ensemble.members),
        "seed": int(ensemble.seed),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(float(ensemble.seconds), 3),
        "files": files(folder),
    }


def comparison_manifest(paired: Paired, folder: Path, started: datetime) -> dict[str, Any]:
    """Describe a paired comparison and the files it left, as `manifest` does a run."""
    scenarios = [
        {"name": s.name, "title": s.title, "hash": s.hash} for s in (paired.base, *(o.scenario for o in paired.others))
    ]
    return {
        **made_with(),
        "base": scenarios[0],
        "others": scenarios[1:],
        "variables": list(paired.variables),
        "years": {"start": int(paired.years[0]), "end": int(paired.years[-1])},
        "members": int(paired.members),
        "seed": int(paired.seed),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(float(paired.seconds), 3),
        "files": files(folder),
    }


def explanation_manifest(found: Explanation, folder: Path) -> dict[str, Any]:
    """Describe an explanation and the files it left, as `manifest` does a run."""
    scenario = found.scenario
    return {
        **made_with(),
        "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
        "explains": {"year": found.reading.year, "side": found.reading.side},
        "members": found.reading.members,
        "seed": found.reading.seed,
        "seconds": round(found.seconds, 3),
        "files": files(folder),
    }


def made_with() -> dict[str, str]:
    """Versions and machine class: equal ones give equal bytes."""
    return {
        "podrace": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": cpu_class(),
    }


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and checksum of every file below a folder, by name."""
    return {str(path.relative_to(folder).as_posix()): describe(path) for path in sorted_files(folder)}


def sorted_files(folder: Path) -> list[Path]:
    """All files below a folder, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def describe(path: Path) -> dict[str, Any]:
    """Size and checksum of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def cpu_class() -> str:
    """Name the vector instructions NumPy uses here: within one class, the same seed gives the same bytes."""
    found = np.show_config(mode="dicts")
    extensions = (found or {}).get("SIMD Extensions", {}).get("found") or []
    return f"{platform.machine()} {extensions[-1]}" if extensions else platform.machine()
