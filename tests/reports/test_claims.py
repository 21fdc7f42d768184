"""``podrace claims``: one table, one JSON document, exit codes."""

import json

import pytest

import podrace.studies.claims as claims_study
from podrace import cli
from podrace.reports.claims import measured
from podrace.scenarios.compose import load
from podrace.scenarios.layers import names
from podrace.studies.recipes import Measure

KEYS = {"id", "kind", "stated", "quantity", "unit", "year", "facts", "records", "sources", "model", "verdict", "because", "study"}  # fmt: skip


@pytest.fixture
def claims(capsys, monkeypatch):
    """Run ``podrace claims`` on few members; a what-if that the package lacks is stood in for by `hbm_gap`."""
    answer = claims_study.answer_claims

    def stand_in(name):
        return load(name if name in names() else "hbm_gap")

    monkeypatch.setattr(claims_study, "answer_claims", lambda asked, index, base: answer(asked, index, base, stand_in))

    def command(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["claims", "--members", "20", *words])
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return command


def test_the_table_has_every_claim(claims):
    code, out, err = claims()
    assert (code, err) == (0, "")
    for word in ("nvl72", "hbm-bottleneck-2026", "us-solar-passive", "open: study interconnect_thesis"):
        assert word in out
    assert "37 claims:" in out.splitlines()[-1]


def test_json_is_one_document(claims):
    code, out, _ = claims("--json")
    document = json.loads(out)
    assert code == 0
    assert len(document["claims"]) == 37
    assert all(set(claim) == KEYS for claim in document["claims"])
    assert all(claim["sources"] and claim["sources"][0]["publisher"] for claim in document["claims"])
    assert all(claim["sources"][0]["date"] for claim in document["claims"])
    assert sum(document["verdicts"].values()) == 37


@pytest.mark.parametrize(("verdict", "code"), [("differs", 1), ("partly", 0)])
def test_strict_exits_1_when_a_claim_differs(claims, monkeypatch, verdict, code):
    monkeypatch.setattr(claims_study, "judge", lambda claim, found: (verdict, "made up"))
    assert claims("--strict")[0] == code
    assert claims()[0] == 0


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Measure(3218517.0, 2736491.0, 3775405.0, "package"), "3,220,000 (2,740,000–3,780,000) package"),
        (Measure(524288.0, 524288.0, 524288.0, "package"), "524,288 package"),
        (Measure(2026.5, 2026.0, float("inf"), "year", "date"), "2026 (2026–never)"),
        (Measure(float("inf"), 1.0, float("inf"), "year"), "never (1–never) year"),
        (Measure(float("nan"), float("nan"), float("nan"), "1"), "– (–––)"),
    ],
)
def test_measures_are_written_for_people(found, text):
    assert measured(found) == text
