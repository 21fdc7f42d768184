"""``podrace facts``: lists, one record whole, what is unverified, wrong ids."""

import json

import pytest

from podrace import cli
from podrace.reports.facts import fact_text, ranged, value_text
from podrace.scenarios.fact_index import load_index
from podrace.scenarios.layers import PACKAGED


@pytest.fixture
def facts(capsys):
    """Run ``podrace facts`` and give exit code, standard output and standard error."""

    def command(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["facts", *words])
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return command


@pytest.fixture(scope="module")
def index():
    return load_index(PACKAGED.facts)


def test_the_list_holds_evidence_and_parameters(facts):
    code, out, err = facts("hbm_stock")
    assert (code, err) == (0, "")
    assert "hbm_stock_total" in out
    assert "13,000,000" in out
    assert out.rstrip().endswith("looked for and not found")
    assert "plants.cxmt.yield" in facts("cxmt")[1]


def test_json_is_one_document_with_counts(facts):
    code, out, _ = facts("--table", "memory", "--json")
    document = json.loads(out)
    assert code == 0
    assert {fact["table"] for fact in document["facts"]} == {"memory"}
    assert document["counts"]["facts"] == len(document["facts"])
    assert all(source["publisher"] for fact in document["facts"] for source in fact["sources"] if "title" in source)


def test_unverified_lists_those_alone_and_counts_judgement(facts, index):
    document = json.loads(facts("--unverified", "--json")[1])
    assert document["facts"]
    assert all(fact["unverified"] for fact in document["facts"])
    assert document["counts"]["judgement_only"] == sum(fact.judged for fact in index.facts.values())
    _, out, _ = facts("--unverified")
    assert f"{document['counts']['judgement_only']:,} on judgement alone" in out


def test_one_record_is_shown_whole(facts):
    code, out, _ = facts("smic_ai_ms")
    assert code == 0
    for part in ("2025  7,000 wafer/month", "Morgan Stanley", "https://", "Cited by", "plants.smic.growth"):
        assert part in out
    document = json.loads(facts("smic_ai_ms", "--json")[1])
    assert document["id"] == "smic_ai_ms"
    assert "plants.smic.growth" in document["cited_by"]


def test_an_act_is_shown_with_its_date(facts):
    code, out, _ = facts("dec2")
    assert code == 0
    assert "stringency: 1.0" in out


def test_an_unknown_id_exits_2_and_names_the_nearest(facts):
    code, out, err = facts("smic_ai_mss")
    assert (code, out) == (2, "")
    assert "did you mean smic_ai_ms?" in err
    assert facts("--table", "memry")[0] == 2


def test_a_disputed_value_says_who_says_what(index):
    text = fact_text(index.facts["disputed_ascend_2025"], index)
    assert "US Commerce, at most" in text
    assert "source kessler_200k" in text
    assert value_text(index.facts["disputed_ascend_2025"]) == "800,000 (200,000–1,000,000)"


def test_years_stand_without_commas():
    assert ranged(2026.45, 2026.0, 2026.8, "year") == "2026.45 (2026–2026.8)"
