"""The command line as a user meets it: help, version, wrong words, and what it does not import."""

import subprocess
import sys

import pytest


def podrace(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "podrace.cli", *words], capture_output=True, text=True, check=False)


def test_help_lists_the_commands():
    done = podrace("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for command in ("run", "scenarios", "show", "validate", "hardware", "--version"):
        assert command in done.stdout


def test_run_help_lists_the_options():
    done = podrace("run", "--help")
    for option in (
        "--members", "--seed", "--years", "--set", "--out", "--no-figures", "--checks", "--strict", "--json", "--quiet",
    ):  # fmt: skip
        assert option in done.stdout


def test_version():
    from podrace import __version__

    done = podrace("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"podrace {__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["run"], "Missing argument 'SCENARIO'"),
        (["run", "no-such-scenario"], "no scenario 'no-such-scenario'"),
        (["show", "no-such-scenario"], "no scenario 'no-such-scenario'"),
        (["validate", "missing.yaml"], "missing.yaml"),
        (["run", "policy_grid"], "policy_grid is a study, not a scenario: podrace sweep policy_grid"),
        (["compare", "baseline", "policy_grid"], "podrace sweep policy_grid"),
        (["run", "."], ". is a folder: name a scenario, or a .yaml file"),
        (["claims", "--scenario", "."], ". is a folder"),
        (["run", "baseline", "--seed", str(2**64)], "less than or equal to 18446744073709551615"),
        (["run", "baseline", "--set", "plants.cxmt.yield=50"], "allowed 0 to 1"),
        (["sweep", "policy_grid", "--scheduler", "foo"], "'foo' is no address of a scheduler"),
        (["forecasts", "--out", "a.txt"], "name one that ends in .png or .svg"),
        (["hardware", "check", "--plot", "."], "name one that ends in .png or .svg"),
        (
            ["hardware", "train", "--chip", "nvidia_h100", "--count", "8", "--model", "x"],
            "allowed deepseek_v3, gpt_175b",
        ),
        (["hardware", "train", "--chip", "x", "--count", "-1"], "--count"),
    ],
)
def test_wrong_words_are_one_clear_line_and_exit_2(words, said):
    done = podrace(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_no_command_shows_the_help():
    done = podrace()
    assert done.returncode == 2
    for panel in ("Ask", "Show", "Many futures", "How do you know", "Scenario files"):
        assert panel in done.stdout + done.stderr


def test_completion_offers_scenarios_and_files(tmp_path, monkeypatch):
    from podrace.commands.options import complete_scenario

    monkeypatch.chdir(tmp_path)
    (tmp_path / "hbm_of_mine.yaml").touch()
    assert complete_scenario("hbm") == ["hbm_gap", "hbm_of_mine.yaml"]
    (tmp_path / "policy_events").mkdir()
    assert complete_scenario("policy") == []


def test_the_folder_of_a_run_is_no_scenario_but_holds_one(tmp_path):
    (tmp_path / "scenario.yaml").touch()
    done = podrace("run", str(tmp_path))
    assert done.returncode == 2
    assert f"the scenario it ran is {tmp_path / 'scenario.yaml'}" in done.stderr


def test_validate_reports_every_faulty_file(tmp_path):
    (tmp_path / "a.yaml").write_text("titel: x\n")
    (tmp_path / "b.yaml").write_text("title: [\n")
    done = podrace("validate", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"))
    assert done.returncode == 2
    assert "a.yaml:1" in done.stderr
    assert "did you mean title?" in done.stderr
    assert "b.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_heavy_libraries_stay_out_of_the_help():
    code = (
        "import sys\n"
        "import podrace.cli\n"
        "heavy = {'numpy', 'pandas', 'mesa', 'matplotlib', 'pint', 'scipy', 'xarray', 'pyarrow', 'seaborn', 'pydantic',"
        " 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
