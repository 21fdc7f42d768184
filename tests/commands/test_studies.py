"""`podrace compare`, `podrace show --trace` and `--inert`, and the warning of `podrace run`: streams and exit codes."""

import json
from types import SimpleNamespace

import pytest

from podrace.reports.folder import is_result
from podrace.studies import effect

SHORT = "title: nothing\nextends: baseline\nyears: {end: 2026}\n"


def test_compare_prints_writes_and_warns(podrace, tmp_path):
    (tmp_path / "nothing.yaml").write_text(SHORT)
    code, out, err = podrace("compare", "baseline", "hbm_gap", "nothing.yaml", "--members", "6", "--no-figures")
    assert code == 0
    assert "hbm_gap: HBM ban fully enforced" in out
    place = tmp_path / "outputs" / "compare-baseline"
    assert is_result(place)
    assert err.splitlines() == [
        "hbm_gap moves nothing before 2025",
        "warning: nothing is inert: no recorded variable differs from baseline in any of 6 members, 2022-2026",
        f"written to {place}",
    ]


def test_compare_as_json_is_one_document(podrace, tmp_path):
    words = ["--members", "3", "--years", "2024:2026", "--variable", "dies_used", "--out", "here", "--json", "--quiet"]
    code, out, err = podrace("compare", "baseline", "hbm_gap", "--set", "hbm.grey=20", *words)
    assert code == 0
    assert err == ""
    document = json.loads(out)
    assert document["folder"] == str(tmp_path / "here")
    assert "dies_used" in {row["variable"] for row in document["others"][0]["differences"]}
    assert len(list((tmp_path / "here" / "figures").glob("*.png"))) == 4
    assert {row["side"] for row in document["regret"]} == {"china", "us"}
    assert {"variable", "scenario", "probability", "p50", "earlier", "later"} <= set(document["parity"][0])
    assert [row["scenario"] for row in document["levers"]] == ["hbm_gap"]


def test_compare_tells_regret_for_one_side(podrace):
    words = ["--members", "3", "--years", "2024:2026", "--no-figures", "--for", "us"]
    code, out, _ = podrace("compare", "baseline", "hbm_gap", *words)
    assert code == 0
    assert "Regret of the US-led side, 2026" in out
    assert "Regret of China" not in out
    assert "Parity: when the side behind first has the other's level, by 2026" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["baseline", "hbm_gab"], "did you mean hbm_gap?"),
        (["baseline"], "OTHER"),
        (["baseline", "hbm_gap", "--variable", "fleet_h100"], "did you mean fleet_h100e?"),
        (["baseline", "hbm_gap", "--side", "both"], "china, us, ratio"),
        (["baseline", "hbm_gap", "--for", "chna"], "did you mean china?"),
        (["baseline", "hbm_gap", "hbm_gap"], "two scenarios of this name"),
        (["baseline", "hbm_gap", "--members", "0"], "--members"),
        (["baseline", "hbm_gap", "--years", "2030"], "2022:2030"),
        (["baseline", "hbm_gap", "--out", "taken"], "not empty"),
    ],
)
def test_compare_refuses(podrace, tmp_path, words, said):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").write_text("mine")
    code, out, err = podrace("compare", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "outputs").exists()


def test_trace_in_about_forty_lines(podrace):
    code, out, err = podrace("show", "baseline", "--trace", "logic_yield", "--year", "2026", "--side", "china")
    assert (code, err) == (0, "")
    assert out.startswith("Logic yield · China · 2026: ")
    assert "smic.n2.defect_density" in out
    assert len(out.splitlines()) <= 45
    everything = podrace("show", "baseline", "--trace", "logic_yield", "--year", "2026", "--side", "china", "--all")[1]
    assert len(everything.splitlines()) > 100
    assert "hardware.training.gemm_efficiency" in everything


def test_trace_as_json(podrace):
    words = ["--trace", "fleet_h100e", "--year", "2024", "--side", "china", "--json"]
    code, out, _ = podrace("show", "baseline", *words)
    assert code == 0
    document = json.loads(out)
    assert document["value"] > 0
    keys = {"path", "value", "unit", "as_of", "confidence", "origin", "sources", "elasticity"}
    assert all(keys <= set(record) for record in document["records"])
    assert {"publisher", "date", "title", "address"} <= set(document["records"][0]["sources"][0])
    assert document["chips"]
    assert document["actions"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--trace", "logic_yeild", "--year", "2026", "--side", "china"], "did you mean logic_yield?"),
        (["--trace", "logic_yield", "--year", "2050", "--side", "china"], "2022 to 2035"),
        (["--trace", "logic_yield", "--year", "2026", "--side", "usa"], "china, us"),
        (["--trace", "logic_yield"], "--year and --side"),
        (["--year", "2026"], "--trace"),
        (["--trace", "logic_yield", "--year", "2026", "--side", "us", "--inert"], "--inert"),
    ],
)
def test_trace_refuses_in_one_line(podrace, words, said):
    code, out, err = podrace("show", "baseline", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_inert_parameters_are_listed(podrace, monkeypatch):
    """A few candidates of the many are enough here: each costs a run at both of its ends."""
    real = effect.one_at_a_time
    few = lambda scenario: SimpleNamespace(inert=[p for p in real(scenario).inert if p.startswith("policy.china.")])  # noqa: E731
    monkeypatch.setattr(effect, "one_at_a_time", few)
    off = ["--set", "behaviour.rules.acceptance=false", "--set", "years.end=2028"]
    code, out, _ = podrace("show", "baseline", *off, "--inert", "--json")
    assert code == 0
    document = json.loads(out)
    assert "policy.china.acceptance.performance" in document["nowhere"]
    assert document["members"] > 1


def test_run_warns_of_a_scenario_that_moves_nothing(podrace, tmp_path):
    (tmp_path / "nothing.yaml").write_text(SHORT)
    code, _, err = podrace("run", "nothing.yaml", "--members", "2", "--no-figures")
    assert code == 0
    assert "warning: nothing (over baseline) moves no recorded variable" in err


def test_run_says_from_when_a_scenario_moves(podrace):
    code, _, err = podrace("run", "hbm_gap", "--members", "2", "--no-figures", "--years", "2022:2027")
    assert code == 0
    assert "hbm_gap (over baseline) moves nothing before 2025" in err
    assert podrace("run", "hbm_gap", "--members", "2", "--no-figures", "--quiet")[2] == ""


def test_run_warns_of_a_setting_that_moves_nothing(podrace):
    settings = ["--set", "chips.nvidia_h100.price_usd=1", "--years", "2022:2026"]
    err = podrace("run", "baseline", "--members", "2", "--no-figures", *settings)[2]
    assert "warning: --set chips.nvidia_h100.price_usd moves no recorded variable" in err
    moved = podrace(
        "run", "baseline", "--members", "2", "--no-figures", "--set", "fleet.life=6", "--years", "2022:2026"
    )
    assert "warning" not in moved[2]
