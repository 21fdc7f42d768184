"""``podrace claims``: text for people, one JSON document, exit codes."""

import json

import pytest

import podrace.studies.claims as claims_study
from podrace import cli
from podrace.reports.claims.table import claims_text, measured
from podrace.studies.claims import Answer, read_claims
from podrace.studies.recipes import Measure

KEYS = {"id", "kind", "stated", "quantity", "unit", "year", "facts", "records", "sources", "model", "verdict", "because", "study"}  # fmt: skip


@pytest.fixture
def claims(capsys):
    """Run ``podrace claims`` on few members."""

    def command(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["claims", "--members", "20", *words])
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return command


def test_every_claim_is_printed(claims):
    code, out, err = claims()
    assert (code, err) == (0, "")
    for word in (
        "nvl72 (fact): agrees",
        "hbm-bottleneck-2026 (derived)",
        "us-solar-passive",
        "To see more: podrace hardware",
    ):
        assert word in out
    assert "open" not in out.splitlines()[-1]
    assert "37 claims:" in out.splitlines()[-1]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_the_window(width):
    asked, index = read_claims()
    made = [
        Answer(claim, {step.name: Measure(1.0, -2.5e6, 3.5e8, "H100e/year") for step in claim.model}, "partly", "a: b")
        for claim in asked
    ]
    assert max(len(line) for line in claims_text(made, index, width).splitlines()) <= width


def test_json_is_one_document(claims):
    code, out, _ = claims("--json")
    document = json.loads(out)
    assert code == 0
    assert len(document["claims"]) == 37
    assert all(set(claim) == KEYS for claim in document["claims"])
    assert all(claim["sources"] and claim["sources"][0]["publisher"] for claim in document["claims"])
    assert all(claim["sources"][0]["date"] for claim in document["claims"])
    assert sum(document["verdicts"].values()) == 37
    assert document["verdicts"]["open"] == 0


@pytest.mark.parametrize(
    ("verdict", "code"), [("differs", 1), ("partly", 0), ("not supported", 1), ("depends on it", 0), ("supported", 0)]
)
def test_strict_exits_1_when_a_claim_is_contradicted(claims, monkeypatch, verdict, code):
    monkeypatch.setattr(claims_study, "judge", lambda claim, found: (verdict, "made up"))
    monkeypatch.setattr(claims_study, "measure", lambda *_: Measure(1.0, 1.0, 1.0))
    assert claims("--strict")[0] == code
    assert claims()[0] == 0


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Measure(3218517.0, 2736491.0, 3775405.0, "package"), "3.22 (2.74–3.78) M packages"),
        (Measure(524288.0, 524288.0, 524288.0, "package"), "524,288 packages"),
        (Measure(2026.5, 2026.0, float("inf"), "year", "date"), "2026 (2026–never)"),
        (Measure(float("inf"), 1.0, float("inf"), "year"), "never (1–never) years"),
        (Measure(float("nan"), float("nan"), float("nan"), "1"), "– (–––)"),
        (Measure(float("inf"), float("inf"), float("inf"), "year", "date"), "never"),
        (Measure(-961000.0, -2110000.0, -76700.0, "H100e/year", "mean"), "-0.96 (-2.11 to -0.077) M H100e/year"),
        (Measure(0.001, 0.001, 0.001, "", "probability"), "under 1 %"),
        (Measure(1.0, 1.0, 1.0, "", "probability"), "100 %"),
    ],
)
def test_measures_are_written_for_people(found, text):
    assert measured(found) == text
