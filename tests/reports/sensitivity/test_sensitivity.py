"""Sensitivity and discovery as people meet them: tables, words, pictures, folders, documents."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import podrace as pr
from podrace.reports.figures.style import theme
from podrace.reports.folder import is_result
from podrace.reports.sensitivity.discovery import limit_words
from podrace.reports.sensitivity.text import discovery_text, sensitivity_text
from podrace.reports.sweep.running import run_sweep
from podrace.scenarios.faults import ScenarioError
from podrace.studies.condition import Named
from podrace.studies.discovery import Limit
from podrace.studies.result_files import input_columns, open_folder
from podrace.studies.study_files import load_study

WHERE = "fleet_h100e.china > 0.05 * fleet_h100e.us"


def words(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())


def inside(figure):
    with theme():
        box = figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    assert min(box.x0, box.y0, wide - box.x1, high - box.y1) > 0, box


@pytest.fixture(scope="module")
def sources():
    short = {"years.end": 2026}
    return pr.sensitivity("baseline", "fleet_h100e", 2026, "china", samples=64, top=14, overrides=short)


@pytest.fixture(scope="module")
def screened():
    return pr.sensitivity("baseline", method="morris", samples=4, overrides={"years.end": 2026})


@pytest.fixture(scope="module")
def result():
    return pr.run("baseline", members=240, seed=1, years=(2023, 2028))


@pytest.fixture(scope="module", params=["prim", "cart"])
def found(result, request):
    return pr.discover(result, "fleet_h100e.china@2027 > 1.5e6", 2028, method=request.param)


def test_the_ranking_names_what_it_ranks(sources):
    table = sources.table()
    assert {"label", "first", "total", "total_low", "total_high", "ranked"} <= set(table)
    ranked = table["total"][table["ranked"]]
    assert (ranked.diff().dropna() <= 0).all()
    assert table["ranked"].is_monotonic_decreasing
    assert f"{len(sources.study.indices.left_out)} other parameters together" in set(table["label"])
    assert "Chance in decisions" in set(table["label"])


def test_the_document_of_sensitivity(sources, screened):
    document = json.loads(json.dumps(sources.document(), allow_nan=False))
    assert (document["measure"], document["year"], document["side"]) == ("fleet_h100e", 2026, "china")
    assert (document["method"], document["samples"], document["runs"]) == ("sobol", 64, 64 * (14 + 4))
    assert len(document["left_out"]) + 14 == sum(r.uncertain for r in sources.study.scenario.records.values())
    assert document["left_out_share"]["total"] >= 0
    assert document["factors"][0]["rank"] == 1
    assert all((row["rank"] is None) == (not row["ranked"]) for row in document["factors"])
    assert document["first_orders_together"] == pytest.approx(sum(row["first"] for row in document["factors"]))
    morris = json.loads(json.dumps(screened.document(), allow_nan=False))
    assert {"mu_star", "mu_star_low", "mu_star_high", "mu", "sigma"} <= set(morris["factors"][0])
    assert (morris["measure"], morris["side"], morris["year"]) == ("fleet_h100e", "ratio", 2026)


def test_the_printed_ranking(sources, screened):
    text = sensitivity_text(sources).plain
    assert "Fleet (8-bit), M H100e, China, 2026 · baseline" in text
    assert "a Morris screening chose 14 of" in text
    assert "interactions hold the rest" in text
    assert "not ranked, the interval covers zero" in text or sources.table()["ranked"].all()
    assert "mean change" in sensitivity_text(screened).plain


@pytest.mark.parametrize("which", ["sources", "screened"])
def test_the_picture_of_sensitivity(which, request):
    asked = request.getfixturevalue(which)
    figure = asked.plot()
    inside(figure)
    assert (figure.get_size_inches() * figure.dpi == (1600, 900)).all()
    first = next(label for label, ranked in zip(asked.table()["label"], asked.table()["ranked"], strict=True) if ranked)
    assert first[:20] in words(figure)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_long_names_fit_in_the_picture(method):
    short = {"years.end": 2026}
    found = pr.sensitivity(
        "baseline", "cluster_training_eflops", 2026, "china", method=method, samples=4, overrides=short
    )
    inside(found.plot())


def test_the_picture_says_when_nothing_can_be_ranked(sources):
    table = sources.study.indices.table.assign(ranked=False)
    nothing = replace(sources, study=replace(sources.study, indices=replace(sources.study.indices, table=table)))
    assert "no parameter has an interval above zero" in words(nothing.plot())
    inside(nothing.plot())


def test_the_folder_of_sensitivity(sources, tmp_path):
    place = sources.save(tmp_path / "out")
    assert is_result(place)
    table = pd.read_csv(place / "sensitivity.csv", index_col="factor")
    np.testing.assert_allclose(table["total"], sources.table()["total"])
    assert len(pd.read_csv(place / "screening.csv")) == len(sources.study.screening.table)
    assert pr.load(place / "scenario.yaml") == sources.study.scenario
    assert (place / "figures" / "sensitivity.png").exists()
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest["measure"] == "fleet_h100e"
    assert "sensitivity.csv" in manifest["files"]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit("smic.n2.die_conversion", 0.45, None), "SMIC: n2, die conversion above 0.45"),
        (Limit("plants.smic.capacity", None, 12_000.0), "SMIC: capacity below 12 k wafers/month"),
        (Limit("fleet.life", 4.0, 5.0), "Fleet: life between 4 and 5 years"),
        (Limit("smuggling.h100e@2026", 2e5, None), "Smuggling: H100e of 2026 above 200 k"),
        (Limit("capex_bust/us@2027", None, 0.2), "Capex bust/us of 2027 below 0.2"),
    ],
)
def test_limits_in_words(limit, said):
    assert limit_words(limit, pr.load("baseline")) == said


def test_the_document_of_discovery(found):
    document = json.loads(json.dumps(found.document(), allow_nan=False))
    assert document["where"] == "fleet_h100e.china@2027 > 1.5e6"
    assert document["cases"] == round(document["share"] * document["members"]) > 0
    assert len(document["boxes"]) == len(found.words())
    for box in document["boxes"]:
        assert {"coverage", "density", "mass", "held_out", "limits", "words"} <= set(box)
        assert all({"name", "low", "high", "unit"} <= set(limit) for limit in box["limits"])
    assert {"coverage", "density", "mass", "limits", "chosen"} <= set(document["trajectory"][0])


def test_discovery_is_printed_drawn_and_written(found, tmp_path):
    text = discovery_text(found).plain
    assert f"it holds in {found.discovery.cases:,} of 240 members" in text
    assert all(said in text for said in found.words())
    figure = found.plot()
    inside(figure)
    assert "fleet_h100e.china@2027 > 1.5e6" in words(figure)
    place = found.save(tmp_path / "out")
    assert sorted(path.name for path in place.iterdir()) == [
        "boxes.csv", "discovery.json", "figures", "manifest.json", "trajectory.csv"]  # fmt: skip
    assert len(pd.read_csv(place / "trajectory.csv")) == len(found.discovery.trajectory)


def test_no_box_is_said_and_drawn(found):
    nothing = replace(found, discovery=replace(found.discovery, boxes=()))
    assert "no range of inputs holds up" in discovery_text(nothing).plain
    assert "No range of inputs" in words(nothing.plot())
    inside(nothing.plot())


def test_a_run_and_its_folder_give_the_same_boxes(result, found, tmp_path):
    place = result.save(tmp_path / "run", figures=False)
    again = pr.discover(place, found.condition.text, 2028, method=found.discovery.method)
    assert again.discovery.boxes == found.discovery.boxes


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Three courses of US power with 40 members each, in two parts."""
    place = tmp_path_factory.mktemp("sweep")
    (place / "power.yaml").write_text(
        "base: baseline\nlevers:\n  power: {expected: [], us_slow: us_power_crunch}\n  fleet.life: [4.0, 5.0]\n"
        "members: 40\nseed: 3\noutputs: [fleet_h100e, binding_input]\nyears: [2026, 2028, 2030]\n"
    )
    study = load_study(place / "power.yaml")
    run_sweep(study, place / "out", workers=1, block=30)
    return study, place / "out"


def test_a_sweep_reads_as_its_cases(sweep):
    study, place = sweep
    run = open_folder(place)
    assert (run.members, run.total, run.years, len(study.cases)) == (160, 160, (2026, 2028, 2030), 4)
    fleet = run.read(Named("fleet_h100e", "us", 2030))
    inputs = run.inputs(input_columns(run, 2030))
    for number, case in enumerate(study.cases):
        alone = pr.run(case.scenario, members=40, seed=3)
        rows = slice(40 * number, 40 * (number + 1))
        expected = alone.data["fleet_h100e"].sel(year=2030, side="us").to_numpy()
        np.testing.assert_allclose(fleet[rows], expected, rtol=1e-6)
        np.testing.assert_allclose(
            inputs["smic.n2.die_conversion"][rows], alone.inputs["smic.n2.die_conversion"], rtol=1e-6
        )
        assert (inputs["fleet.life"][rows] == case.levers["fleet.life"]).all()
        assert (inputs["power=us_slow"][rows] == (case.levers["power"] == "us_slow")).all()
    assert inputs.index.tolist() == list(range(40)) * 4


def test_a_lever_that_decides_is_found(sweep):
    _, place = sweep
    wide = open_folder(place).read(Named("fleet_h100e", "us", 2030))
    found = pr.discover(place, f"fleet_h100e.us < {np.median(wide):.1f}", 2030)
    assert any("power is us_slow" in said or "power is not expected" in said for said in found.words())
    assert "power" in words(found.plot())
    inside(found.plot())
    assert json.loads(json.dumps(found.document()))["scenario"] == "power"


def test_one_case_of_a_sweep(sweep):
    study, place = sweep
    run = open_folder(place, 3)
    assert run.members == 40
    assert run.extra == ()
    assert run.scenario == study.cases[3].scenario
    with pytest.raises(ScenarioError, match="0 to 3"):
        open_folder(place, 4)
    with pytest.raises(ScenarioError, match="allowed 2026, 2028, 2030|2026, 2028, 2030"):
        pr.discover(place, "fleet_h100e.china@2027 > 1", 2030)


def test_a_large_sweep_is_read_in_part(sweep, monkeypatch):
    monkeypatch.setattr("podrace.studies.result_files.MOST_MEMBERS", 120)
    _, place = sweep
    run = open_folder(place)
    assert (run.members, run.total) == (120, 160)
    whole = pr.discover(place, "fleet_h100e.ratio > 60", 2030, method="cart")
    assert "looked at the first 120 of 160 members" in whole.notes()[0]


def test_an_unfinished_sweep_is_refused(sweep, tmp_path):
    import shutil

    _, place = sweep
    shutil.copytree(place, tmp_path / "half")
    (tmp_path / "half" / "manifest.json").unlink()
    with pytest.raises(ScenarioError, match="unfinished"):
        open_folder(tmp_path / "half")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("fleet_h100e.china > 1e12", "no member of 240.*fleet_h100e.china@2028 is .* H100e"),
        ("fleet_h100e.china > 0", "every member of 240"),
        ("binding_input.us == hbm and fleet_h100e.us < 0", "no member.*binding_input"),
        ("fleet_h100e.chna > 0", "did you mean china"),
    ],
)
def test_a_condition_that_tells_nothing_apart(result, where, said):
    with pytest.raises(ScenarioError, match=said):
        pr.discover(result, where, 2028)


def test_rare_and_frequent_cases_are_warned_of(result):
    fleet = result.data["fleet_h100e"].sel(year=2028, side="china").to_numpy()
    rare = pr.discover(result, f"fleet_h100e.china > {np.sort(fleet)[-5]:.6f}", 2028, method="cart")
    assert "4 members only" in rare.notes()[0] or "5 members only" in rare.notes()[0]
    often = pr.discover(result, f"fleet_h100e.china > {np.sort(fleet)[10]:.6f}", 2028, method="cart")
    assert "not (...)" in often.notes()[0]
