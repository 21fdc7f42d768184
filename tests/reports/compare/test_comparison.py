"""The comparison as people meet it: table, words, pictures, folder, document."""

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import podrace as pr
from podrace.reports.compare.text import comparison_text
from podrace.reports.figures.style import theme
from podrace.reports.folder import FolderError, is_result
from podrace.scenarios.faults import ScenarioError


@pytest.fixture(scope="module")
def comparison():
    return pr.compare("baseline", ["hbm_gap", "baseline"], members=16, seed=2, years=(2023, 2030))


def words(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())


def inside(figure):
    with theme():
        box = figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    assert min(box.x0, box.y0, wide - box.x1, high - box.y1) > 0, box


def crowding(figure):
    """Pairs of labels that touch."""
    with theme():
        figure.canvas.draw()
    found = []
    for ax in figure.axes:
        boxes = [label.get_window_extent() for label in (*ax.get_yticklabels(), *ax.texts) if label.get_text().strip()]
        found += [(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1 :] if a.overlaps(b)]
    return found


def test_the_table_names_what_differs(comparison):
    table = comparison.table("fleet_h100e")
    assert table.index.names == ["scenario", "variable", "side", "year"]
    assert sorted(set(table.index.get_level_values("year"))) == [2026, 2028, 2030]
    row = table.loc["hbm_gap", "fleet_h100e", "china", 2026]
    assert row["p05"] <= row["p50"] <= row["p95"] <= 0
    assert set(comparison.table("fleet_h100e", years=[2024], side="us").index.get_level_values("side")) == {"us"}


def test_inert_scenarios_are_named_in_words(comparison):
    assert comparison.inert == ("baseline",)
    gap, itself = comparison.notes()
    assert gap.startswith("hbm_gap moves nothing before 202")
    assert itself == "baseline is inert: no recorded variable differs from baseline in any of 16 members, 2023-2030"


def test_the_document_is_json_of_every_year(comparison):
    document = json.loads(json.dumps(comparison.document(), allow_nan=False))
    assert document["base"] == "baseline"
    gap, itself = document["others"]
    assert (gap["scenario"], gap["title"], gap["inert"]) == ("hbm_gap", "HBM ban fully enforced", False)
    assert itself["inert"] is True
    keys = {"variable", "side", "year", "unit", "base_p50", "other_p50", "p05", "p25", "p50", "p75", "p95",
            "probability_up", "probability_down"}  # fmt: skip
    assert all(keys <= set(row) for row in gap["differences"])
    assert {row["side"] for row in gap["differences"]} == {"china", "us"}
    assert {row["year"] for row in gap["differences"]} == set(range(2023, 2031))
    assert any(row["variable"] == "binding_input=hbm" for row in gap["differences"])
    assert all(row["side"] == "ratio" for row in gap["ratios_us_to_china"])
    assert gap["first_moved"]["dies_imported"] is None


def test_the_printed_comparison(comparison):
    text = comparison_text(comparison, 400).plain
    assert "hbm_gap: HBM ban fully enforced" in text
    assert "inert: nothing differs in any member" in text
    assert "US-led : China" in text
    assert " less" in text
    assert "2026" in text.splitlines()[4]
    narrow = comparison_text(comparison, 80).plain
    assert "2030" in narrow
    assert "2028" not in narrow.splitlines()[4]


@pytest.mark.parametrize(
    "picture", [(), ("fleet_h100e",), ("localisation_hbm", "china"), ("cluster_training_eflops", "china")]
)
def test_pictures_name_the_scenarios_and_stay_inside(comparison, picture):
    figure = comparison.plot(*picture)
    assert (figure.get_size_inches() * figure.dpi == (1600, 900)).all()
    assert "16 members" in words(figure)
    assert "HBM ban" in words(figure)
    assert not crowding(figure)
    inside(figure)


@pytest.mark.parametrize("number", [(), ("cluster_training_eflops", "china", 2026)])
def test_the_tornado_of_the_levers_puts_the_strongest_first(comparison, number):
    figure = comparison.tornado(*number)
    strongest = comparison.levers(*number).index[0]
    assert strongest == "hbm_gap"
    assert "HBM ban fully enforced: " in words(figure) or "No scenario moves" in words(figure)
    assert not crowding(figure)
    inside(figure)


def test_regret_and_parity_are_tables(comparison):
    regret = comparison.regret("us", 2028)
    assert regret.index.names == ["side", "variable", "basis", "scenario"]
    assert set(regret["year"]) == {2028}
    assert set(comparison.regret().index.get_level_values("side")) == {"china", "us"}
    assert comparison.parity().loc[("fleet_h100e", "hbm_gap"), "follower"] == "china"
    with pytest.raises(ScenarioError, match="2023 to 2030"):
        comparison.regret("us", 2040)
    with pytest.raises(ScenarioError, match="has no change in percent"):
        comparison.tornado("localisation_hbm", "china", 2028)


def test_the_tables_of_regret_and_parity_fit_the_window(comparison):
    text = comparison_text(comparison, 90).plain
    part = text[text.index("Regret of") :]
    assert "Regret of China, 2030" in part
    tables = [line for line in part.splitlines() if line.startswith("  ") and "in no member" not in line]
    assert max(map(len, tables)) <= 90


def test_a_crowd_of_scenarios_still_fits(comparison):
    from dataclasses import replace

    one = comparison.paired.others[0]
    crowd = tuple(
        replace(
            one, scenario=replace(one.scenario, name=f"what_if_{k}", title=f"What happens if number {k} comes true")
        )
        for k in range(18)
    )
    many = replace(comparison, paired=replace(comparison.paired, others=crowd))
    for picture in ((), ("fleet_h100e",)):
        figure = many.plot(*picture)
        inside(figure)
        assert not crowding(figure)
    figure = many.tornado()
    inside(figure)
    assert not crowding(figure)


def test_the_folder_is_whole_and_adds_up(comparison, tmp_path):
    place = comparison.save(tmp_path / "out", figures=False)
    assert is_result(place)
    assert sorted(path.name for path in place.iterdir()) == [
        "differences.csv", "differences.parquet", "levels.parquet", "manifest.json", "moved.csv", "parity.csv", "regret.csv",
        "scenarios"]  # fmt: skip
    members = pd.read_parquet(place / "differences.parquet")
    assert len(members) == 2 * 16 * 8 * 2
    table = pd.read_csv(place / "differences.csv").set_index(["scenario", "variable", "side", "year"])
    part = members[(members["scenario"] == "hbm_gap") & (members["year"] == 2026) & (members["side"] == "china")]
    expected = table.loc["hbm_gap", "fleet_h100e", "china", 2026]["p50"]
    assert np.median(part["fleet_h100e"]) == pytest.approx(expected)
    assert (
        not members[members["scenario"] == "baseline"].drop(columns=["scenario", "member", "year", "side"]).any().any()
    )
    manifest = json.loads((place / "manifest.json").read_text())
    assert (manifest["base"]["name"], manifest["members"], manifest["seed"]) == ("baseline", 16, 2)
    assert set(manifest["files"]) == {
        "differences.csv", "differences.parquet", "levels.parquet", "moved.csv", "parity.csv", "regret.csv",
        "scenarios/baseline.yaml", "scenarios/hbm_gap.yaml"}  # fmt: skip
    assert pr.load(place / "scenarios" / "hbm_gap.yaml").records["hbm.leakage"].value == 0.0


def test_the_same_bytes_again(comparison, tmp_path):
    first, second = (comparison.save(tmp_path / name, figures=False) for name in "ab")
    for name in ("differences.csv", "differences.parquet"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_other_folders_are_left_alone(comparison, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(FolderError, match="not empty"):
        comparison.save(tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_nothing_is_left_of_a_folder_that_fails(comparison, tmp_path, monkeypatch):
    monkeypatch.setattr("podrace.reports.compare.folder.write_levels", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        comparison.save(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_was_not_kept_is_said(comparison):
    with pytest.raises(ValueError, match="was not kept"):
        comparison.table("dies_used")
    with pytest.raises(ScenarioError, match="fleet_h100e"):
        comparison.plot("fleet_h100")


def test_a_variable_asked_for_is_kept():
    found = pr.compare(
        "baseline", "hbm_gap", members=2, years=(2024, 2026), variables=["hbm_runout_year"], side="china"
    )
    table = found.table("hbm_runout_year")
    assert set(table.index.get_level_values("side")) == {"china"}
    assert len(table) == 1


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"side": "chna"}, ScenarioError, "did you mean china"),
        ({"members": 0}, ValueError, "at least one member"),
        ({"variables": ["fleet"]}, ScenarioError, "fleet"),
    ],
)
def test_wrong_questions(options, error, said):
    with pytest.raises(error, match=said):
        pr.compare("baseline", ["hbm_gap"], **{"members": 2, **options})


def test_values_given_in_a_session_tell_scenarios_apart():
    low, high = (pr.load("baseline", {"smic.n2.defect_density": value}) for value in (0.13, 0.24))
    found = pr.compare("baseline", [low, high], members=4, years=(2024, 2027))
    names = ["baseline+smic.n2.defect_density=0.13", "baseline+smic.n2.defect_density=0.24"]
    assert [other.scenario.name for other in found.paired.others] == names
    assert set(found.table().index.get_level_values("scenario")) == set(names)
    with pytest.raises(pr.ScenarioError, match="two scenarios of this name"):
        pr.compare("baseline", ["hbm_gap", pr.load("hbm_gap", {"years.end": 2030})], members=4)
