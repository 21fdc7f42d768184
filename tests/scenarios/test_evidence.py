"""The library of evidence: its format, its faults, and that notes cite records that exist."""

import pytest
import yaml

from podrace.scenarios.evidence import cited, load_evidence
from podrace.scenarios.fact_files import load_facts
from podrace.scenarios.fact_index import load_index
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.layers import PACKAGED
from podrace.scenarios.schema import SOURCE_WORDS

SOURCES = "cliff: {publisher: Cliff, title: Capex, date: 2026, how_read: text}\n"
GOOD = "{what: capital spending, value: 416, unit: billion_USD, as_of: 2025, source: cliff, confidence: reported}"


@pytest.fixture
def library(tmp_path):
    """Write a library of one file and read it."""

    def write(text, sources=SOURCES):
        (tmp_path / "evidence").mkdir(exist_ok=True)
        (tmp_path / "sources.yaml").write_text(sources, encoding="utf-8")
        (tmp_path / "evidence" / "money.yaml").write_text(text, encoding="utf-8")
        return load_evidence(tmp_path)

    return write


@pytest.fixture(scope="module")
def packaged():
    return load_evidence(PACKAGED.facts)


@pytest.fixture(scope="module")
def index():
    return load_index(PACKAGED.facts)


def faults(library, text):
    with pytest.raises(ScenarioError) as caught:
        library(text)
    return str(caught.value)


def test_a_record_is_read(library):
    record = library(f"capex: {GOOD}").records["capex"]
    assert (record.value, record.unit, record.source, record.as_of) == (416, "billion_USD", ("cliff",), "2025")


def test_a_point_states_only_what_differs(library):
    text = (
        "capex: {what: spending, unit: billion_USD, source: cliff, confidence: reported, "
        "by_year: {2025: 416, 2026-H1: {value: 300, low: 280, source: judgement, confidence: judgement}}}"
    )
    record = library(text).records["capex"]
    assert [(label, point.value, point.low) for label, point in record.points()] == [
        ("2025", 416, None),
        ("2026-H1", 300, 280),
    ]
    assert record.sources == ("cliff", "judgement")
    assert not record.judged


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (GOOD.replace("cliff", "clif"), "unknown source"),
        (GOOD.replace("source: cliff, ", ""), "missing source"),
        (GOOD.replace("billion_USD", "billion_USDs_"), "unknown unit"),
        (GOOD.replace("unit: billion_USD, ", ""), "a value needs a unit"),
        (GOOD.replace("as_of: 2025, ", ""), "as_of or by_year is needed"),
        (GOOD.replace("as_of: 2025", "as_of: autumn"), "not a period"),
        (GOOD.replace("value: 416", "value: 416, low: 500"), "low <= value <= high does not hold"),
        (GOOD.replace("value: 416, ", "low: 300, "), "a range needs a value"),
        (GOOD.replace("reported", "hearsay"), "not an allowed value"),
        (GOOD.replace("value: 416", "value: 416, missing: true"), "is not missing"),
        (GOOD.replace("value: 416", "valeu: 416"), "did you mean value"),
    ],
)
def test_faults_are_named(library, record, said):
    assert said in faults(library, f"capex: {record}")


def test_all_faults_come_at_once_with_their_lines(library):
    said = faults(library, f"Capex: {GOOD}\ncapex: {GOOD.replace('cliff', 'clif')}\n")
    assert "money.yaml:1  Capex  not a valid id" in said
    assert "money.yaml:2  capex.source  unknown source" in said
    assert "did you mean cliff?" in said


def test_one_id_stands_once_in_all_files(library, tmp_path):
    library(f"capex: {GOOD}")
    (tmp_path / "evidence" / "more.yaml").write_text(f"capex: {GOOD}", encoding="utf-8")
    with pytest.raises(ScenarioError, match="id given twice"):
        load_evidence(tmp_path)


def test_a_changed_file_is_read_again(library):
    assert library(f"capex: {GOOD}").records["capex"].value == 416
    assert library(f"capex: {GOOD.replace('416', '41.6')}").records["capex"].value == 41.6


def test_the_library_is_not_read_by_the_model():
    facts = load_facts(PACKAGED.facts)
    assert not any("evidence" in origin for origin in facts.origins.values())


def test_every_record_is_sourced(packaged):
    known = {*packaged.sources, *SOURCE_WORDS}
    assert {name: record.sources for name, record in packaged.records.items() if set(record.sources) - known} == {}


def test_what_nobody_opened_is_unverified(packaged):
    unopened = {name for name, source in packaged.sources.items() if source["how_read"] == "not_opened"}
    resting = {name for name, record in packaged.records.items() if set(record.source) <= unopened}
    assert resting
    assert {name for name in resting if not packaged.records[name].unchecked} == set()


def test_judgement_names_itself(packaged):
    wrong = [
        name
        for name, record in packaged.records.items()
        if record.confidence == "judgement" and "judgement" not in record.sources
    ]
    assert wrong == []


def test_every_citation_leads_somewhere(index):
    known = {name for name, fact in index.facts.items() if fact.kind in {"evidence", "act"}}
    astray = {fact.id: set(fact.cites) - known for fact in index.facts.values() if set(fact.cites) - known}
    assert astray == {}
    assert any(index.facts[name].kind == "parameter" for name in index.citing("capex_big4"))


def test_citations_are_found_in_prose():
    assert cited("after [capex_big4], not [Fig. 2] nor [3]") == ["capex_big4"]


def test_tools_and_scanners_have_records(packaged):
    wanted = {"tool_imports", "tool_stock", "scanner_stock", "home_tool_share", "home_tool_share_advanced"}
    assert wanted <= set(packaged.records)


def test_the_timeline_holds_every_event_of_the_record(root):
    """The 65 events that the policy record lists, each under its id."""
    text = (root / "tests" / "scenarios" / "policy_events.yaml").read_text(encoding="utf-8")
    listed = yaml.safe_load(text)
    assert len(listed) == 65
    held = {action.id for action in load_facts(PACKAGED.facts).history}
    assert set(listed) - held == set()


def test_the_index_finds_by_id_meaning_and_pattern(index):
    assert "hbm_stock_total" in {fact.id for fact in index.find("hbm_stock_*")}
    assert "hbm_stock_total" in {fact.id for fact in index.find("entered China before the ban")}
    assert {fact.table for fact in index.find(table="memory")} == {"memory"}


def test_an_unknown_id_or_table_names_the_nearest(index):
    with pytest.raises(ScenarioError, match="did you mean hbm_stock_total"):
        index.find("hbm_stock_totle")
    with pytest.raises(ScenarioError, match="did you mean memory"):
        index.find(table="memry")
