"""`podrace sensitivity` and `podrace discover`: streams, exit codes, what is written."""

import json

import pytest

from podrace.reports.folder import is_result

FAST = ["--year", "2024", "--samples", "4", "--top", "3", "--workers", "1", "--no-figures"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    import podrace as pr

    return pr.run("baseline", members=60, seed=1, years=(2023, 2026)).save(
        tmp_path_factory.mktemp("a") / "run", figures=False
    )


def test_sensitivity_prints_and_writes(podrace, tmp_path):
    code, out, err = podrace("sensitivity", "baseline", *FAST)
    assert code == 0
    assert "Fleet (8-bit), US-led over China, 2024 · baseline" in out
    place = tmp_path / "outputs" / "sensitivity-baseline"
    assert is_result(place)
    assert err == f"written to {place}\n"


def test_sensitivity_as_json_is_one_document(podrace):
    code, out, err = podrace(
        "sensitivity", "baseline", *FAST, "--json", "--quiet", "--method", "morris", "--out", "here"
    )
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["method"] == "morris"
    assert document["runs"] == 4 * (len(document["factors"]) + 1)


def test_a_study_file_gives_scenario_and_seed(podrace, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "base: baseline\nlevers: {yields: {expected: [], low: smic_yield_low}}\ndesign: sobol\nmembers: 2\nseed: 7\n"
    )
    words = ["--year", "2024", "--top", "2", "--workers", "1", "--no-figures", "--json", "--case", "1"]
    code, out, err = podrace("sensitivity", "mine.yaml", *words)
    assert code == 0
    document = json.loads(out)
    assert (document["samples"], document["seed"], document["case"]) == (2, 7, "baseline, yields low")
    assert "mine has 2 cases; this is case 1: baseline, yields low" in err


def test_the_design_of_a_study_chooses_the_method(podrace, tmp_path):
    (tmp_path / "mine.yaml").write_text("base: baseline\ndesign: morris\nmembers: 2\n")
    words = ["--year", "2024", "--workers", "1", "--no-figures", "--json", "--quiet"]
    document = json.loads(podrace("sensitivity", "mine.yaml", *words)[1])
    assert (document["method"], document["samples"]) == ("morris", 2)
    assert "did you mean sobol?" in podrace("sensitivity", "baseline", "--method", "sobl", *FAST)[2]


def test_discover_prints_and_writes(podrace, run, tmp_path):
    code, out, err = podrace(
        "discover", str(run), "--where", "fleet_h100e.ratio < 11", "--year", "2026", "--no-figures"
    )
    assert code == 0
    assert "Where fleet_h100e.ratio < 11, 2026 · baseline" in out
    place = tmp_path / "outputs" / "discover-run"
    assert is_result(place)
    assert err.splitlines()[-1] == f"written to {place}"


def test_discover_as_json_is_one_document(podrace, run):
    words = ["--year", "2026", "--method", "cart", "--json", "--quiet", "--out", "here"]
    code, out, err = podrace("discover", str(run), "--where", "fleet_h100e.ratio < 11", *words)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["method"] == "cart"
    assert 0 < document["cases"] < 60


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sensitivity", "baselin"], "did you mean baseline?"),
        (["sensitivity", "baseline", "--measure", "fleet_h100"], "did you mean fleet_h100e?"),
        (["sensitivity", "baseline", "--side", "all"], "china, us, ratio"),
        (["sensitivity", "baseline", "--method", "fast"], "sobol, morris"),
        (["sensitivity", "baseline", "--samples", "1000"], "power of two"),
        (["sensitivity", "baseline", "--top", "0"], "--top"),
        (["sensitivity", "baseline", "--case", "1"], "the cases 0 to 0"),
        (["discover", "RUN", "--where", "fleet_h100e.china > 1"], "--year"),
        (["discover", "RUN", "--where", "fleet.china > 1", "--year", "2026"], "at character 1"),
        (["discover", "RUN", "--where", "fleet_h100e.china > 1", "--year", "2035"], "2023 to 2026"),
        (["discover", "RUN", "--where", "fleet_h100e.china < 0", "--year", "2026"], "no member of 60"),
        (["discover", "RUN", "--where", "fleet_h100e.china > 4e5", "--year", "2026", "--method", "tree"], "prim, cart"),
        (["discover", "nowhere", "--where", "fleet_h100e.china > 1", "--year", "2026"], "holds no run of podrace"),
    ],
)
def test_wrong_words_are_one_line_and_write_nothing(podrace, run, tmp_path, words, said):
    code, out, err = podrace(*(str(run) if word == "RUN" else word for word in words))
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "outputs").exists()
