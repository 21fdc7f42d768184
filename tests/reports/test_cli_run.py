"""``podrace run`` around a made-up ensemble: output streams, folders, exit codes, checks."""

import json
import subprocess
import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

from podrace import cli
from podrace.reports.figures.draw import FIGURES
from podrace.reports.folder import is_result
from podrace.reports.result import Result
from podrace.scenarios.faults import fail


@dataclass
class Check:
    passed: bool
    id: str = "1"
    title: str = "fleet of China in 2025"
    value: float | None = 1.5
    low: float = 1.0
    high: float = 2.0
    explanation: str = "counted by the press"
    unit: str = ""


class Podrace:
    """The command line in a folder of its own, with the model replaced."""

    def __init__(self, capfd):
        self.capfd = capfd
        self.runs: list[dict] = []

    def __call__(self, *words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            cli.main(list(words))
        out, err = self.capfd.readouterr()
        return stop.value.code, out, err


@pytest.fixture
def podrace(build, monkeypatch, tmp_path, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    command = Podrace(capfd)

    def prepare(scenario, years=None, overrides=None):
        command.runs.append({"scenario": scenario, "years": years, "overrides": overrides})
        if scenario == "wrong":
            raise fail("no scenario 'wrong'")
        return build(members=1).scenario

    def run(scenario, members, seed, progress):
        command.runs[-1] |= {"members": members, "seed": seed}
        if seed == 13:
            raise RuntimeError("the model broke\nin two lines")
        if seed == 14:
            raise KeyboardInterrupt
        progress(members, members)
        return Result(build(members=min(members, 5), seed=seed, end=2030))

    monkeypatch.setattr("podrace.reports.result.prepare", prepare)
    monkeypatch.setattr("podrace.reports.result.run", run)
    return command


def test_a_run_prints_the_table_and_writes_the_folder(podrace, tmp_path):
    code, out, err = podrace("run", "baseline", "--no-figures")
    assert code == 0
    assert "Largest cluster: training, EFLOP/s" in out
    assert "US-led" in out
    assert err == f"written to {tmp_path}/outputs/baseline\n"
    assert is_result(tmp_path / "outputs" / "baseline")
    assert podrace.runs == [{"scenario": "baseline", "years": None, "overrides": {}, "members": 1000, "seed": 0}]


def test_options_reach_the_model(podrace, tmp_path):
    words = [
        "--members",
        "7",
        "--seed",
        "3",
        "--years",
        "2023:2029",
        "--set",
        "a.b=0.5",
        "--set",
        "c.d=x",
        "--out",
        "r",
    ]
    code, _, _ = podrace("run", "baseline", "--no-figures", *words)
    assert code == 0
    assert podrace.runs[0] == {
        "scenario": "baseline",
        "years": (2023, 2029),
        "overrides": {"a.b": 0.5, "c.d": "x"},
        "members": 7,
        "seed": 3,
    }
    assert is_result(tmp_path / "r")


def test_figures_are_drawn_unless_told_not_to(podrace, tmp_path):
    podrace("run", "baseline")
    drawn = {path.stem for path in (tmp_path / "outputs/baseline/figures").glob("*.png")}
    assert drawn == set(FIGURES)


def test_json_is_one_document_and_nothing_else(podrace, tmp_path):
    code, out, err = podrace("run", "baseline", "--no-figures", "--json", "--quiet")
    assert code == 0
    document = json.loads(out)
    assert document["scenario"]["name"] == "baseline"
    assert document["folder"] == str(tmp_path / "outputs" / "baseline")
    assert "checks" not in document
    assert err == ""


@pytest.fixture
def checks(monkeypatch):
    found: list[Check] = []
    module = ModuleType("podrace.studies.checks")
    module.run_checks = lambda _result: found  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "podrace.studies.checks", module)
    return found


def test_checks_are_printed(podrace, checks):
    checks.extend([Check(passed=True), Check(passed=False, id="2")])
    code, out, _ = podrace("run", "baseline", "--no-figures", "--checks")
    assert code == 0
    assert "counted by the press" in out
    code, out, _ = podrace("run", "baseline", "--no-figures", "--checks", "--json", "--strict")
    assert code == 1
    assert [check["passed"] for check in json.loads(out)["checks"]] == [True, False]


def test_checks_that_hold_pass_when_strict(podrace, checks):
    checks.append(Check(passed=True))
    assert podrace("run", "baseline", "--no-figures", "--checks", "--strict")[0] == 0


def test_dates_are_years_and_lines_without_their_years_are_counted(podrace, checks):
    checks.extend([
        Check(passed=True, value=2026.31, low=2025.8, high=2026.6, unit="year"),
        Check(passed=False, value=1.9996, low=2.0, high=3.0),
        Check(passed=False, value=None, explanation="not in the run's years"),
    ])  # fmt: skip
    code, out, _ = podrace("run", "baseline", "--no-figures", "--checks")
    assert code == 0
    assert "2026.3" in out
    assert "2,026" not in out
    assert "1.9996" in out
    assert "1 of 2 values lie in their ranges (2 of 3 computed" in out


def test_a_strict_check_of_nothing_fails(podrace, checks):
    checks.append(Check(passed=False, value=None))
    assert podrace("run", "baseline", "--no-figures", "--checks", "--strict")[0] == 1
    checks.append(Check(passed=True))
    assert podrace("run", "baseline", "--no-figures", "--checks", "--strict")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--members", "0"], "--members"),
        (["--members", "-4"], "--members"),
        (["--members", "many"], "--members"),
        (["--members", "200001"], "podrace sweep"),
        (["--seed", "-1"], "--seed"),
        (["--years", "2030"], "2022:2030"),
        (["--years", "a:b"], "2022:2030"),
        (["--set", "novalue"], "path=value"),
        (["--bogus"], "--bogus"),
    ],
)
def test_wrong_options_end_before_anything_runs(podrace, tmp_path, words, said):
    code, out, err = podrace("run", "baseline", *words)
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1
    assert out == ""
    assert list(tmp_path.iterdir()) == []
    assert not any("seed" in run for run in podrace.runs)


def test_a_faulty_scenario_is_one_report(podrace, tmp_path):
    code, out, err = podrace("run", "wrong", "--json")
    assert (code, out, err) == (2, "", "no scenario 'wrong'\n")
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_folder_is_refused_before_the_model_runs(podrace, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "notes.txt").write_text("x")
    code, out, err = podrace("run", "baseline", "--out", "theirs")
    assert code == 2
    assert err == "theirs: the folder is not empty and holds no podrace result; empty it or name another\n"
    assert out == ""
    assert "seed" not in podrace.runs[0]


def test_an_unwritable_folder_is_refused_before_the_model_runs(podrace):
    code, _, err = podrace("run", "baseline", "--out", "/proc/nowhere/result")
    assert code == 2
    assert err == "/proc/nowhere/result: cannot write in /proc\n"
    assert "seed" not in podrace.runs[0]


def test_a_failure_while_running_is_one_line(podrace, tmp_path, monkeypatch):
    monkeypatch.delenv("PODRACE_DEBUG", raising=False)
    code, out, err = podrace("run", "baseline", "--seed", "13")
    assert code == 3
    assert out == ""
    assert err == "podrace failed: RuntimeError: the model broke (PODRACE_DEBUG=1 shows where)\n"
    assert not (tmp_path / "outputs").exists()


def test_the_trace_is_shown_when_asked_for(podrace, monkeypatch):
    monkeypatch.setenv("PODRACE_DEBUG", "1")
    code, _, err = podrace("run", "baseline", "--seed", "13")
    assert code == 3
    assert "Traceback" in err


def test_stopping_a_run_leaves_nothing(podrace, tmp_path):
    code, out, _ = podrace("run", "baseline", "--seed", "14")
    assert code == 130
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_replaces_the_first(podrace, tmp_path):
    podrace("run", "baseline", "--seed", "1")
    podrace("run", "baseline", "--seed", "2", "--no-figures")
    manifest = json.loads((tmp_path / "outputs/baseline/manifest.json").read_text())
    assert manifest["seed"] == 2
    assert not (tmp_path / "outputs/baseline/figures").exists()
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["baseline"]


def test_reports_of_the_hardware_model(podrace, monkeypatch):
    asked: list[dict] = []
    module = ModuleType("podrace.reports.hardware.study")
    module.chips_table = lambda _scenario: ([{"chip": "nvidia_h100", "fp8_tflops": 1979.0}], "nvidia_h100 1,979")
    module.infer_report = lambda _scenario, **given: asked.append(given) or ({}, "served")
    split = {"mfu": 0.4, "time": {"bubble": 0.1}}
    module.train_report = lambda _scenario, **given: asked.append(given) or (split, "10 % bubble")
    monkeypatch.setitem(sys.modules, "podrace.reports.hardware.study", module)
    monkeypatch.setattr("podrace.scenarios.compose.load", lambda name, overrides=None: name)
    code, out, _ = podrace("hardware", "chips")
    assert code == 0
    assert "1,979" in out
    code, out, _ = podrace("hardware", "train", "--chip", "nvidia_h100", "--count", "8", "--json")
    assert json.loads(out) == {"mfu": 0.4, "time": {"bubble": 0.1}}
    assert asked == [{"chip": "nvidia_h100", "count": 8}]
    code, out, _ = podrace("hardware", "train", "--chip", "nvidia_h100", "--count", "8", "--model", "m")
    assert "bubble" in out
    assert asked[-1]["model"] == "m"
    assert podrace("hardware", "train", "--chip", "x", "--count", "0")[0] == 2
    words = ["--chip", "nvidia_h100", "--context", "4096", "--latency-ms", "25"]
    assert podrace("hardware", "infer", *words)[0] == 0
    assert asked[-1] == {"chip": "nvidia_h100", "context_tokens": 4096, "target_ms": 25.0}


def test_a_progress_bar_only_on_a_terminal():
    code = (
        "from podrace.reports import console\n"
        "console.PATIENCE_SECONDS = 0\n"
        "with console.progress_bar() as bar:\n"
        "    bar.members(1, 2)\n"
        "    bar.files('x', 0.5)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
