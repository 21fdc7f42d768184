"""The notebooks run from end to end, show what they promise, and keep no output in git."""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

NAMES = ["getting_started", "first_what_if"]
MEMBERS = 20
"""Draws in the tests; the notebooks take more by themselves."""


@pytest.fixture(params=NAMES)
def notebook(request, root):
    return nbformat.read(root / "notebooks" / f"{request.param}.ipynb", as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shows(cell):
    """Tell whether a cell ends with a value."""
    last = ast.parse(cell.source).body[-1]
    return isinstance(last, ast.Expr)


def results(cell):
    return [output.data for output in cell.outputs if output.output_type in {"execute_result", "display_data"}]


def test_all_notebooks_are_tested(root):
    assert sorted(path.stem for path in (root / "notebooks").glob("*.ipynb")) == sorted(NAMES)


def test_outputs_are_stripped(notebook):
    nbformat.validate(notebook)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(notebook))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::RuntimeWarning")
def test_it_runs_and_shows(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("PODRACE_MEMBERS", str(MEMBERS))
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    work = tmp_path / "work"
    work.mkdir()
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(work)}}).execute()
    cells = code_cells(notebook)
    assert len(cells) > 5
    assert all(shows(cell) for cell in cells)
    for cell in cells:
        shown = results(cell)
        assert shown, cell.source
        if ".plot(" in cell.source.splitlines()[-1]:
            assert all("image/png" in data for data in shown), cell.source
        errors = [output for output in cell.outputs if output.get("name") == "stderr" and "podrace" in output.text]
        assert errors == [], cell.source
    assert list(work.iterdir()) == []
