"""`podrace sweep`, `query` and `rerun` on the command line: streams, documents, exit codes."""

import json

import pytest

STUDY = "base: baseline\nmembers: 3\nyears: [2024]\noutputs: [fleet_h100e, binding_input]\n"


@pytest.fixture
def podrace(podrace, tmp_path):
    (tmp_path / "small.yaml").write_text(STUDY)
    return podrace


def test_sweep_query_and_rerun(podrace, tmp_path):
    code, out, err = podrace("sweep", "small.yaml", "--workers", "1")
    place = tmp_path / "outputs" / "small"
    assert code == 0
    assert out.startswith("small: 3 members, 2 variables, 2024-2024\n3 of 3 members computed now, ")
    assert err.splitlines()[0] == "0 of 3 members (0 %)"
    assert err.splitlines()[-1] == f"written to {place}"
    code, out, err = podrace("query", "outputs/small", "SELECT count(*) AS n, min(side) AS side FROM results", "--json")
    assert (code, json.loads(out), err) == (0, [{"n": 6, "side": "china"}], "")
    code, out, _ = podrace("query", "outputs/small", "SELECT count(*) AS n FROM results", "--csv")
    assert (code, out) == (0, "n\n6\n")
    code, out, err = podrace("query", "outputs/small", "SELECT a.* FROM results a, results b, results c")
    assert code == 0
    assert "100 of 216 rows" in err
    code, out, err = podrace("rerun", "outputs/small", "--workers", "1", "--strict", "--json", "--quiet")
    document = json.loads(out)
    assert (code, err, document["differ"]) == (0, "", [])
    assert document["folder"] == str(tmp_path / "outputs" / "small-rerun")


def test_query_of_what_cannot_be_read_is_one_line(podrace, tmp_path):
    podrace("run", "baseline", "--members", "2", "--no-figures", "--years", "2024:2024", "--out", "r")
    whole = (tmp_path / "r" / "results.parquet").read_bytes()
    (tmp_path / "r" / "results.parquet").write_bytes(whole[: len(whole) // 2])
    code, out, err = podrace("query", "r", "select 1")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "results.parquet" in err
    assert "damaged, or not whole" in err


def test_sweep_as_json_is_one_document(podrace, tmp_path):
    words = ["--members", "2", "--seed", "9", "--out", "here", "--no-design", "--json", "--quiet", "--workers", "1"]
    code, out, err = podrace("sweep", "small.yaml", *words)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert (document["members"], document["seed"], document["members_computed"]) == (2, 9, 2)
    assert document["folder"] == str(tmp_path / "here")
    assert not (tmp_path / "here" / "design").exists()
    code, out, _ = podrace("sweep", "small.yaml", *words, "--resume")
    assert (code, json.loads(out)["members_computed"]) == (0, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep", "policy_gird"], "did you mean policy_grid?"),
        (["sweep"], "STUDY"),
        (["sweep", "small.yaml", "--members", "0"], "--members"),
        (["sweep", "small.yaml", "--scheduler", "tcp://127.0.0.1:9", "--workers", "2"], "--scheduler"),
        (["query", "nowhere", "SELECT 1"], "no podrace result stands there"),
        (["rerun", "nowhere"], "no podrace result stands there"),
        (["run", "baseline", "--members", "300000"], "podrace sweep"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_written(podrace, tmp_path, words, said):
    code, out, err = podrace(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_a_design_of_another_command_is_named(podrace, tmp_path):
    (tmp_path / "morris.yaml").write_text(STUDY + "design: morris\n")
    code, _, err = podrace("sweep", "morris.yaml")
    assert code == 2
    assert "podrace sensitivity" in err


def test_validate_knows_study_files(podrace, tmp_path):
    (tmp_path / "bad.yaml").write_text("base: baseline\nlevers:\n  fleet.lif: [4]\n")
    code, out, err = podrace("validate", "small.yaml", "bad.yaml", "policy_grid", "baseline")
    assert code == 2
    assert [line.split(":")[0] for line in out.splitlines()] == ["small.yaml", "policy_grid", "baseline"]
    assert err.startswith("bad.yaml:3")
    assert "did you mean fleet.life?" in err
