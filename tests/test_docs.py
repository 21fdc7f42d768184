"""The pages keep up with the model: tables are fresh, and every number, file, function and record they name exists."""

import ast
import re
from fnmatch import fnmatchcase

import pytest

from podrace.reports.reference.model_tables import MARK, covered, refresh
from podrace.scenarios.catalogue import catalogue
from podrace.scenarios.compose import load
from podrace.scenarios.evidence import load_evidence
from podrace.scenarios.layers import PACKAGED
from podrace.studies.roster import roster

ELSEWHERE = {"chips", "pods", "clusters", "jobs", "hardware", "tracked_totals"}
"""Tables of data sheets and of the hardware model, which has a page of its own; counts to compare with."""
PLACE = re.compile(r"`((?:\w+/)+\w+\.(?:py|yaml))`(?::((?:[\s,]*`[\w.]+`)+))?")
PATH = re.compile(r"`([a-z]\w*(?:\.[\w*]+)+)(?:=[^`]*)?`")


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


@pytest.fixture(scope="module")
def agents(baseline):
    return roster(baseline)


@pytest.fixture
def page(root):
    return lambda name: (root / "docs" / name).read_text(encoding="utf-8")


def names_in(path):
    """Give the functions, classes, methods and constants of a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{method.name}" for method in node.body if isinstance(method, ast.FunctionDef)}
    return found


def test_the_tables_are_up_to_date(page, baseline, agents):
    text = page("model.md")
    assert refresh(text, baseline, agents) == text, "docs/model.md is old: make docs"


def test_a_changed_number_makes_the_page_old(page, agents):
    text = page("model.md")
    assert refresh(text, load("baseline", {"hbm.reserve": 2.6}), agents) != text


def test_every_number_of_the_model_stands_on_the_page(page, baseline):
    shown = covered(page("model.md"), baseline)
    assert [path for path in baseline.records if path.partition(".")[0] not in ELSEWHERE and path not in shown] == []


def test_every_kind_of_agent_and_every_switch_is_described(page, agents):
    text = page("model.md")
    kinds = {name for kind, asked in MARK.findall(text) if kind == "rules" for name in asked.split()}
    assert {agent.kind for agent in agents} == kinds
    prose = MARK.sub("", text)
    assert [s for agent in agents for s in agent.switches if f"rule `{s}`" not in prose] == []


@pytest.mark.parametrize("name", ["model.md", "architecture.md"])
def test_named_files_and_functions_exist(page, root, name):
    named = PLACE.findall(page(name))
    assert named
    for file, functions in named:
        path = root / file
        if not path.exists() and name == "architecture.md":
            path = root / "scenarios/facts" / file
        assert path.is_file(), file
        wanted = set(re.findall(r"`([\w.]+)`", functions))
        assert wanted <= (names_in(path) if path.suffix == ".py" else set()), file


@pytest.mark.parametrize("name", ["model.md", "limits.md"])
def test_named_numbers_exist(page, baseline, name):
    known = [*baseline.records, *baseline.labels]
    tables = {path.partition(".")[0] for path in known}
    named = {path for path in PATH.findall(MARK.sub("", page(name))) if path.partition(".")[0] in tables}
    assert len(named) > 2
    assert [path for path in named if not any(fnmatchcase(record, path) for record in known)] == []


def test_cited_evidence_exists(page):
    library = load_evidence(PACKAGED.facts)
    known = {*library.records, *library.sources}
    passages = re.findall(r"\*Evidence:\*(.*?)(?:\*\w+:?\*|\n\n)", MARK.sub("", page("model.md")), re.DOTALL)
    cited = {key for passage in passages for key in re.findall(r"`([a-z][a-z0-9_*]*)`", passage)}
    assert len(cited) > 30
    assert [key for key in sorted(cited) if not any(fnmatchcase(name, key) for name in known | {"conversion"})] == []


def test_every_what_if_has_its_limits(page):
    text = page("limits.md")
    assert [entry.name for entry in catalogue() if entry.name != "baseline" and f"`{entry.name}`" not in text] == []


def test_architecture_stays_short(page):
    assert len(page("architecture.md").splitlines()) < 180
