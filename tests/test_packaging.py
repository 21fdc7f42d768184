"""The wheel holds what the tree holds, and works anywhere without a network."""

import shutil
import subprocess
import sys
import zipfile

import pytest

USE = """
import sys
from pathlib import Path
import podrace
assert Path(podrace.__file__).is_relative_to(sys.argv[1]), podrace.__file__
scenario = podrace.load("baseline")
print(scenario.name, len(scenario.records) > 1000, len(podrace.variables()) > 70)
"""


def run(*words, **options):
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root, tree, tmp_path_factory):
    """Build a wheel from a copy of the tree in a folder of another name."""
    folder = tmp_path_factory.mktemp("packaging")
    copy = folder / "odd-name 1"
    for path in tree:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, copy / path)
    run("-m", "pip", "wheel", "-q", "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, copy)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_is_the_tree(wheel, package_files):
    with zipfile.ZipFile(wheel) as file:
        packed = {name for name in file.namelist() if ".dist-info/" not in name}
    assert packed == {f"podrace/{path.as_posix()}" for path in package_files}


def test_the_wheel_works_elsewhere(wheel, tmp_path):
    place, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", place, wheel)
    environment = {"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin"}
    assert run("-c", USE, place, cwd=elsewhere, env=environment).strip() == "baseline True True"
    assert "hbm_gap" in run("-m", "podrace.cli", "scenarios", cwd=elsewhere, env=environment)
