"""`podrace explain`: streams, files and exit codes."""

import json

import pytest

from podrace.commands.explain import MOST_MEMBERS
from podrace.studies import explain as study


@pytest.fixture
def podrace(podrace):
    return lambda *words: podrace("explain", *words)


def test_text_goes_to_standard_output_and_nothing_is_written(podrace, tmp_path):
    code, out, err = podrace("baseline", "--year", "2026", "--side", "china", "--members", "20")
    assert (code, err) == (0, "")
    assert out.startswith("China in 2026 · baseline · 20 members")
    assert not list(tmp_path.iterdir())


def test_json_is_one_document_and_settings_count(podrace, tmp_path):
    words = ["--members", "5", "--seed", "3", "--set", "hbm.grey=20", "--json", "--out", "why"]
    code, out, err = podrace("hbm_gap", "--year", "2026", "--side", "us", *words)
    assert code == 0
    document = json.loads(out)
    assert (document["scenario"], document["seed"], document["members"]) == ("hbm_gap", 3, 5)
    assert err == f"written to {tmp_path / 'why'}\n"
    assert json.loads((tmp_path / "why" / "explanation.json").read_text(encoding="utf-8")) == document


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["baseline", "--year", "2040", "--side", "china"], "2022 to 2035"),
        (["baseline", "--year", "2028", "--side", "chna"], "did you mean china?"),
        (["basline", "--year", "2028", "--side", "china"], "did you mean baseline?"),
        (["baseline", "--side", "china"], "--year"),
        (["baseline", "--year", "2028"], "--side"),
        (["baseline", "--year", "2028", "--side", "us", "--members", "0"], "--members"),
        (["baseline", "--year", "2028", "--side", "us", "--out", "taken"], "taken"),
    ],
)
def test_bad_input_gets_one_line_and_code_2(podrace, tmp_path, words, said):
    (tmp_path / "taken").write_text("")
    code, out, err = podrace(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_the_most_members_are_those_the_study_reads_at_once():
    assert MOST_MEMBERS == study.MOST_MEMBERS
