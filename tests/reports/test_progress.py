"""Who is shown a bar: notebooks and people at a terminal; scripts and tests see nothing; nobody is warned of widgets."""

import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

import podrace as pr
from podrace.reports import progress
from podrace.reports.pace import Pace
from podrace.reports.progress import NotebookBar, bar_class, following, in_notebook, watched
from podrace.reports.sweep.running import run_sweep
from podrace.studies.study_files import load_study

YEARS = (2022, 2023)
CELL = """
import podrace as pr
from podrace.reports import progress
assert progress.in_notebook()
progress.PATIENCE_SECONDS = progress.REFRESH_SECONDS = 0.0
pr.run("baseline", members=3, years=(2022, 2023){how})
"""


@pytest.fixture
def terminal(monkeypatch):
    """Make standard error a terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)


@pytest.fixture
def kernel(monkeypatch):
    """Pretend to be the kernel of a notebook."""
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", shell)


def test_a_script_sees_nothing(capfd):
    assert not watched()
    pr.run("baseline", members=2, years=YEARS)
    pr.compare("baseline", "hbm_gap", members=2, years=YEARS)
    assert capfd.readouterr() == ("", "")


def test_a_function_is_called():
    told = []
    pr.run("baseline", members=2, years=YEARS, progress=lambda *numbers: told.append(numbers))
    assert told == [(2, 2)]


def test_on_demand_a_log_gets_plain_lines(capfd):
    pr.run("baseline", members=2, years=YEARS, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("2 of 2 members (100 %)")


def test_a_person_at_a_terminal_is_shown_a_bar_unless_not(monkeypatch, terminal):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert watched()
    with following(None) as told:
        assert told is not None
    with following(False) as told:
        assert told is None


def test_a_terminal_without_a_person_is_a_script(terminal):
    assert not watched()


def test_a_kernel_is_a_notebook(kernel):
    assert in_notebook()
    assert watched()
    with following(None) as told, following(False) as none:
        assert told is not None
        assert none is None


def test_a_notebook_without_widgets_gets_a_line_of_text(kernel, monkeypatch, capsys):
    monkeypatch.setattr(progress, "find_spec", lambda _: None)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(progress, "REFRESH_SECONDS", 0.0)
    assert bar_class().__module__ == "tqdm.std"
    with Pace() as pace:
        pace.members(5, 10, 0)
        pace.members(10, 10, 0)
    out, err = capsys.readouterr()
    assert out == ""
    assert "members:  50%" in err
    assert "members: 100%" in err
    assert err.endswith("\r")


def test_a_notebook_with_widgets_gets_the_widget(monkeypatch):
    monkeypatch.setattr(progress, "find_spec", lambda _: object())
    assert bar_class().__module__ == "tqdm.notebook"


def test_short_work_shows_no_bar(monkeypatch, capsys):
    monkeypatch.setattr(progress, "find_spec", lambda _: None)
    bar = NotebookBar(patience=1000.0)
    bar.update(5, 10)
    bar.update(10, 10)
    bar.close()
    assert capsys.readouterr() == ("", "")


def test_sweeps_follow_the_same_rule(kernel, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(progress, "find_spec", lambda _: None)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(progress, "REFRESH_SECONDS", 0.0)
    (tmp_path / "small.yaml").write_text("base: baseline\nmembers: 3\nyears: [2022]\noutputs: [fleet_h100e]\n")
    study = load_study(tmp_path / "small.yaml")
    run_sweep(study, tmp_path / "shown", workers=1)
    assert "members: 100%" in capsys.readouterr().err
    run_sweep(study, tmp_path / "silent", workers=1, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::RuntimeWarning")
def test_in_a_real_notebook_there_is_a_bar_and_no_warning(tmp_path, monkeypatch):
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    cells = [nbformat.v4.new_code_cell(CELL.format(how=how)) for how in ("", ", progress=False")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown, silent = ("".join(o.get("text", "") for o in cell.outputs if o.get("name") == "stderr") for cell in cells)
    assert "members: 100%" in shown
    assert "Warning" not in shown
    assert silent == ""
    (result,) = (output for output in cells[0].outputs if output.output_type == "execute_result")
    assert "<table>" in result.data["text/html"]
    assert result.data["text/plain"].startswith("Result(scenario='baseline'")
