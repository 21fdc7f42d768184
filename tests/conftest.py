"""Settings for all tests, and where the tree is."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("scenarios", "model", "agents", "studies", "reports", "commands")

settings.register_profile("podrace", deadline=None, max_examples=30, derandomize="CI" in os.environ)
settings.load_profile("podrace")


@pytest.fixture(scope="session")
def root():
    """Give the repository root, which is the package's folder."""
    return ROOT


@pytest.fixture
def podrace(monkeypatch, tmp_path, capfd):
    """Run the command line in an empty folder; give the exit code and what it printed."""
    from podrace import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def command(*words):
        with pytest.raises(SystemExit) as stop:
            cli.main([str(word) for word in words])
        out, err = capfd.readouterr()
        return stop.value.code, out, err

    return command


@pytest.fixture(scope="session")
def tree():
    """Give the project's files relative to the root: those that git would track, or all but leftovers without git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return sorted(path.relative_to(ROOT) for path in _walk(ROOT))
    return sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def package_files(tree):
    """Give the files of the package: those of the rooms, and the root's own modules."""
    return [path for path in tree if path.parts[0] in ROOMS or (len(path.parts) == 1 and path.suffix == ".py")]


@pytest.fixture
def what_if(tmp_path):
    """Write a scenario file with a timeline, and more below it, and give its path."""

    def write(*actions, years="{start: 2022, end: 2035}", behaviour="{reactions: false}", more=""):
        lines = "\n".join(f"  - {action}" for action in actions)
        path = tmp_path / f"what_if_{len(list(tmp_path.iterdir()))}.yaml"
        timeline = f"timeline:\n{lines}\n" if lines else ""
        path.write_text(
            f"title: What if\nextends: baseline\nyears: {years}\nbehaviour: {behaviour}\n{timeline}{more}",
            encoding="utf-8",
        )
        return path

    return write


def _walk(folder):
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif not (path.name.startswith(".") or path.name in {"__pycache__", "build", "dist", "outputs"}):
            yield from (found for found in _walk(path) if not path.name.endswith(".egg-info"))
