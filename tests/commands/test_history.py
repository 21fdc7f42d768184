"""`podrace backtest`, `calibrate` and `forecasts`: streams, files, exit codes."""

import json

import pytest

from podrace.reports.folder import is_result

CASES = """
format: 1
start: 2022
series:
- {id: sold, variable: h100e_produced, side: us, actor: nvidia, unit: H100e/year, role: scored, points: [{year: 2023, value: 1.1e6, low: 0.9e6, high: 1.3e6}, {year: 2024, value: 3.3e6}]}
- {id: wrong, variable: fleet_h100e, side: china, unit: H100e, kind: stock, role: scored, points: [{year: 2024, value: 1.0e9, low: 0.9e9, high: 1.1e9}]}
- {id: told, variable: capex_busd, side: us, unit: billion USD/year, role: scored, points: [{year: 2024, value: 100}]}
- {id: given, variable: fleet_h100e, side: us, unit: H100e, kind: stock, role: input, points: [{year: 2024, value: 5.0e6}]}
"""


@pytest.fixture
def podrace(podrace, tmp_path):
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    return podrace


def test_backtest_json_is_one_document(podrace):
    code, out, err = podrace("backtest", "--cases", "cases.yaml", "--members", "20", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [one["id"] for one in document["series"]] == ["sold", "wrong"]
    assert {"id", "n", "error", "coverage80", "crps"} <= set(document["series"][0])
    assert {"n", "coverage80", "mean_abs_error"} <= set(document["overall"])
    assert document["overall"]["n"] == sum(one["n"] for one in document["series"]) == 3
    assert {one["id"]: "scripted" in one["why"] for one in document["not_mapped"]} == {"told": True}
    assert {one["id"] for one in document["unscored"]} == {"told", "given"}


def test_backtest_writes_a_folder_and_strict_finds_the_miss(podrace, tmp_path):
    code, out, err = podrace("backtest", "--cases", "cases.yaml", "--members", "20", "--out", "here", "--strict")
    assert code == 1
    assert "range missed" in out
    assert "not scored though the file says so: told" in out
    assert is_result(tmp_path / "here")
    assert {path.name for path in (tmp_path / "here" / "figures").glob("*.png")} == {"overview.png", "fans_1.png"}
    assert json.loads((tmp_path / "here" / "backtest.json").read_text())["members"] == 20
    assert "written to" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backtest", "--cases", "none.yaml"], "none.yaml"),
        (["backtest", "--cases", "broken.yaml"], "a case file holds a list of series"),
        (["backtest", "--scenario", "basline"], "did you mean baseline"),
        (["calibrate", "--members", "10"], "--members"),
        (["calibrate", "--to", "2050", "--cases", "cases.yaml", "--members", "1000"], "year outside the scenario"),
        (["calibrate", "--out", "posterior.txt"], "ends in .yaml"),
        (["calibrate", "--out", "cases.yaml"], "name another file"),
        (["forecasts", "--cases", "broken.yaml"], "a case file holds a list of series"),
    ],
)
def test_bad_input_is_one_clear_error(podrace, tmp_path, words, said):
    (tmp_path / "broken.yaml").write_text("format: 1\n", encoding="utf-8")
    code, out, err = podrace(*words)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_calibrate_writes_a_scenario_that_run_and_compare_take(podrace, tmp_path):
    words = ["--members", "2000", "--keep", "200", "--to", "2024", "--cases", "cases.yaml", "--workers", "1"]
    code, out, err = podrace("calibrate", *words, "--out", "post.yaml", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["effective_members"] > 100
    assert {one["id"] for one in document["left_out"]} == {"wrong"}
    assert set(document["scores"]) == {"weighed_years", "later_years"}
    assert (tmp_path / "post.png").exists()
    assert "podrace run" in err
    assert podrace("validate", "post.yaml")[0] == 0
    code, out, _ = podrace("run", "post.yaml", "--members", "5", "--years", "2022:2025", "--no-figures", "--json")
    assert code == 0
    assert json.loads(out)["scenario"]["name"] == "post"
    code, _, err = podrace("compare", "baseline", "post.yaml", "--members", "5", "--years", "2022:2025", "--no-figures")
    assert code == 0
    assert "do not have the same members" in err
    assert podrace("calibrate", *words, "--out", "post.yaml", "--no-figures", "--quiet")[0] == 0


def test_forecasts_print_and_draw(podrace, tmp_path):
    text = "series:\n- {id: f, title: A forecast, forecaster: Somebody, published: '2025-06', variable: h100e_produced, side: us, unit: H100e/year, scenario: hbm_gap, points: [{year: 2024, value: 1.0}, {year: 2027, value: 4.0e7}]}\n"
    (tmp_path / "forecast.yaml").write_text(text, encoding="utf-8")
    words = ["forecasts", "--cases", "forecast.yaml", "--members", "10"]
    code, out, _ = podrace(*words, "--out", "f.png")
    assert code == 0
    assert "Somebody, 2025-06" in out
    assert "2024" not in out
    assert (tmp_path / "f.png").exists()
    document = json.loads(podrace(*words, "--json")[1])
    assert [one["year"] for one in document["forecasts"]] == [2024, 2027]
    assert document["forecasts"][0]["known_then"]
    assert 0 <= document["forecasts"][1]["baseline"]["quantile_of_forecast"] <= 1
