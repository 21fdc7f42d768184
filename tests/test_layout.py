"""The layout rules that make a repository root a package: lazy root, one copy of each module, floors."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import podrace

ROOMS = ["agents", "commands", "model", "reports", "scenarios", "studies"]
LONGEST_FILE = 400
HEAVY = ["matplotlib", "mesa", "numpy", "pandas", "pint", "pydantic", "scipy", "typer", "xarray", "yaml"]
SIBLING = "../" + "shared"
MACHINE = re.compile(r"(?<![\w.~>])/(work|root|home|Users)/")

SMALL_RUN = """
import json, sys
import podrace
podrace.run("baseline", members=2, seed=1)
import podrace.cli
print(json.dumps({name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}))
"""


def python(code, folder):
    """Run code in a fresh process, in a folder that is not the repository."""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def settings_of(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_tested_package_is_this_tree(root):
    assert Path(podrace.__file__).resolve() == root / "__init__.py"


def test_import_is_cheap(tmp_path):
    loaded = python(f"import sys, podrace; print([name for name in {HEAVY} if name in sys.modules])", tmp_path)
    assert loaded.strip() == "[]"


def test_all_public_names_load():
    assert set(podrace.__all__) <= set(dir(podrace))
    assert all(getattr(podrace, name) is not None for name in podrace.__all__)


def test_a_run_loads_one_copy_of_every_module(root, tmp_path):
    names = {}
    for name, file in json.loads(python(SMALL_RUN, tmp_path)).items():
        path = Path(file).resolve() if file else None
        if path and path.is_relative_to(root) and not path.relative_to(root).parts[0].startswith("."):
            names.setdefault(path.relative_to(root).as_posix(), []).append(name)
    assert [name for found in names.values() for name in found if name.endswith("world")] == ["podrace.model.world"]
    assert {file: found for file, found in names.items() if len(found) > 1} == {}
    assert all(found[0].partition(".")[0] == "podrace" for found in names.values())


def test_the_root_imports_nothing_of_the_package_at_once(root):
    statements = ast.parse((root / "__init__.py").read_text(encoding="utf-8")).body
    imports = [ast.unparse(line) for line in statements if isinstance(line, ast.Import | ast.ImportFrom)]
    assert [line for line in imports if line.startswith("from .") or "podrace" in line] == []


def test_model_does_nothing_on_import(root):
    assert (root / "model/__init__.py").read_bytes() == b""


def test_no_file_is_too_long(root, package_files):
    lengths = {
        str(p): len((root / p).read_text(encoding="utf-8").splitlines()) for p in package_files if p.suffix == ".py"
    }
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_names_a_place_outside_the_tree(root, tree):
    found = []
    for path in tree:
        try:
            lines = (root / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{number}" for number, line in enumerate(lines, 1) if SIBLING in line or MACHINE.search(line)]
    assert found == []


def test_packages_are_listed(root, package_files):
    listed = settings_of(root)["tool"]["setuptools"]["packages"]
    folders = {path.parent for path in package_files if path.suffix == ".py"}
    assert sorted(listed) == sorted(".".join(["podrace", *folder.parts]) for folder in folders)
    assert all((root / folder / "__init__.py").is_file() for folder in folders)
    assert sorted({folder.parts[0] for folder in folders if folder.parts}) == ROOMS


def test_mypy_sees_every_room_and_nothing_else(root):
    (pattern,) = settings_of(root)["tool"]["mypy"]["exclude"]
    left_out = re.compile(pattern)
    assert not any(left_out.search(f".typecheck/podrace/{room}/deep/file.py") for room in ROOMS)
    assert not left_out.search(".typecheck/podrace/cli.py")
    assert all(
        left_out.search(f".typecheck/podrace/{folder}/file.py") for folder in ("tests", ".venv/lib", "build/lib")
    )


def test_floors_hold(root):
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout
