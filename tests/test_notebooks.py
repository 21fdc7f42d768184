"""The notebooks run from end to end, show what they promise, and keep no output in git."""

import ast
import os

import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient

NAMES = ["getting_started", "first_what_if", "question_to_slide", "uncertainty", "interconnect_thesis", "own_rule"]
MEMBERS = 20
"""Draws in the tests; the notebooks take more by themselves."""
NOISE = ["ignore::DeprecationWarning", "ignore::UserWarning", "ignore::RuntimeWarning"]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Start one kernel for all notebooks: what is imported stays, each notebook's names and folder are its own."""
    place = tmp_path_factory.mktemp("jupyter")
    folders = {name: str(place / name) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
    manager = KernelManager()
    manager.start_kernel(env=os.environ | folders | {"PODRACE_MEMBERS": str(MEMBERS)})
    yield manager
    manager.shutdown_kernel(now=True)
    manager.context.term()


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


@pytest.mark.filterwarnings(*NOISE)
def test_it_runs_and_shows(notebook, kernel, tmp_path):
    cells = code_cells(notebook)
    fresh = nbformat.v4.new_code_cell(f"%reset -f\nimport os\n\nos.chdir({str(tmp_path)!r})\ndel os")
    notebook.cells.insert(0, fresh)
    client = NotebookClient(notebook, km=kernel, timeout=300)
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
    assert len(cells) > 5
    assert all(shows(cell) for cell in cells)
    for cell in cells:
        shown = results(cell)
        assert shown, cell.source
        if ".plot(" in cell.source.splitlines()[-1]:
            assert all("image/png" in data for data in shown), cell.source
        errors = [output for output in cell.outputs if output.get("name") == "stderr" and "podrace" in output.text]
        assert errors == [], cell.source
    assert list(tmp_path.iterdir()) == []


def test_it_ends_with_a_finding_computed_from_its_numbers(notebook):
    """The last code writes text around numbers; no number of it is typed."""
    last = code_cells(notebook)[-1].source
    assert "Markdown(" in last
    assert last.count("{") > 3
