"""What the pages for users show runs as it stands there, and gives what they say it gives."""

import re

import pytest

import podrace as pr
from podrace.scenarios.compose import load
from podrace.studies.study_files import load_study

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def blocks(root):
    """Give the blocks of a page in order: the language, and what stands in it."""
    return lambda page: BLOCK.findall((root / "docs" / page).read_text(encoding="utf-8"))


@pytest.fixture
def podrace(podrace):
    """Run a line of a page in an empty folder."""
    return lambda line: podrace(*line.removeprefix("podrace ").split())


def of(found, language, start=""):
    """Give the blocks of a language that begin so."""
    return [text for kind, text in found if kind == language and text.startswith(start)]


def lines_of(text):
    """Give the lines that stand for output; a line of dots stands for what was left out."""
    return [line.rstrip() for line in text.splitlines() if line.strip() not in {"", "..."}]


def test_the_scenario_and_the_study_of_the_page_are_right(blocks, tmp_path):
    found = blocks("own_scenario.md")
    scenario, study = (
        of(found, "yaml", "# yaml-language-server: $schema=schema/scenario.json\nformat")[0],
        of(found, "yaml")[-1],
    )
    for name, text in {"mine": scenario, "study": study}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    mine = load(tmp_path / "mine.yaml")
    assert mine.record("hbm.leakage").value == 0.0
    assert mine.title in scenario
    assert "base: baseline" in study
    load_study(tmp_path / "study.yaml")


def test_the_faults_of_the_page_are_those_that_are_told(blocks, podrace, tmp_path):
    found = blocks("own_scenario.md")
    bad = of(found, "yaml", "format: 1\ntitel")[0]
    shape, numbers = of(found, "", "bad.yaml:")
    (tmp_path / "bad.yaml").write_text(bad, encoding="utf-8")
    assert podrace("podrace validate bad.yaml") == (2, "", shape)
    mended = bad.replace("titel", "title").replace("2027-13", "2027-12").replace("embargo", "control")
    (tmp_path / "bad.yaml").write_text(mended, encoding="utf-8")
    assert podrace("podrace validate bad.yaml") == (2, "", numbers)


def test_the_rule_of_the_page_runs_and_halves_the_gap(blocks):
    code = of(blocks("own_rule.md"), "python")[0].replace("[keeper, both])", "[keeper, both], members=20)")
    assert "members=20" in code
    names = {"__name__": "own_rule"}
    exec(compile(code, "own_rule.md", "exec"), names)
    rows = names["found"].table("fleet_h100e", years=[2030], side="ratio")
    alone, both = (rows.loc[name].iloc[0] for name in ("gap_keeper", "gap_keeper_open_door"))
    assert both.other_p50 < both.base_p50 / 2
    assert both.relative_p50 < alone.relative_p50 <= 0


def test_methods_and_classes_named_on_the_page_exist(root):
    page = (root / "docs" / "own_rule.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "agents").glob("*.py"))
    classes = re.findall(r"`([A-Z]\w+[a-z]\w*)`", page.partition("| kind |")[2].partition("## ")[0])
    assert len(classes) > 12
    assert [name for name in classes if f"class {name}(" not in code] == []
    methods = set(re.findall(r"self\.(\w+)\(", page))
    assert {"last", "decide", "draw"} <= methods
    assert [name for name in sorted(methods) if f"def {name}(" not in code] == []


def test_the_tutorial_shows_what_its_commands_print(blocks, podrace, tmp_path):
    found = blocks("tutorial.md")
    commands = [line for text in of(found, "sh") for line in text.splitlines() if line.startswith("podrace ")]
    shown = [text for kind, text in found if not kind]
    run = next(line for line in commands if line.startswith("podrace run"))
    compare = next(line for line in commands if "cxmt_stall --side" in line)
    trace = next(line for line in commands if "--trace" in line)
    for line, text in zip([f"{run} --no-figures", f"{compare} --no-figures", trace], shown, strict=True):
        code, out, _ = podrace(line)
        assert code == 0
        printed = out.splitlines()
        assert [row for row in lines_of(text) if not any(given.startswith(row) for given in printed)] == [], line


def test_the_scenario_of_the_tutorial_stacks_both_levers(blocks, podrace, tmp_path):
    (tmp_path / "stall_no_leak.yaml").write_text(of(blocks("tutorial.md"), "yaml")[0], encoding="utf-8")
    code, out, _ = podrace("podrace validate stall_no_leak.yaml")
    assert (code, out.startswith("stall_no_leak.yaml: ok")) == (0, True)
    stacked, stall = pr.load(tmp_path / "stall_no_leak.yaml"), pr.load("cxmt_stall")
    assert stacked.hash not in {stall.hash, pr.load("hbm_gap").hash}
    assert stacked.record("hbm.leakage").value == pr.load("hbm_gap").record("hbm.leakage").value
