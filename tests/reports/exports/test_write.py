"""`export`: the ending names the format, bad names are refused first, and nothing is left half-written."""

import re
import shutil

import pandas as pd
import pytest

import podrace as pr
from podrace.model.registry import VARIABLES
from podrace.reports.exports import write
from podrace.reports.exports.iamc import unit_name
from podrace.reports.exports.write import FORMATS, export_folder, format_of
from podrace.reports.folder import FolderError
from podrace.reports.summary import COLUMNS
from podrace.scenarios.faults import ScenarioError


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    return result.save(tmp_path_factory.mktemp("runs") / "run", figures=False)


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.xlsx", "xlsx"), ("A.XLSX", "xlsx"), ("a.nc", "nc"), ("a.b.csv", "csv"), ("a.parquet", "parquet"),
     ("a.iamc.csv", "iamc"), ("iamc.csv", "iamc"), ("a.iamc.xlsx", "iamc"), ("xiamc.csv", "csv")],
)  # fmt: skip
def test_the_ending_names_the_format(name, form):
    assert format_of(name).name == form


def test_a_name_wins_over_the_ending(result, tmp_path):
    made = result.export(tmp_path / "numbers.txt", format="csv")
    assert pd.read_csv(made).shape[0] == len(result.summary())


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [("a.xslx", None, "did you mean .xlsx"), ("a", None, "allowed .iamc.csv"), ("a.csv", "xslx", "did you mean xlsx")],
)
def test_unknown_formats_name_those_that_are_known(result, tmp_path, name, form, said):
    with pytest.raises(ScenarioError, match=said):
        result.export(tmp_path / name, form)
    assert list(tmp_path.iterdir()) == []


def test_the_csv_is_the_summary_with_words(result, tmp_path):
    table = pd.read_csv(result.export(tmp_path / "sub" / "tidy.csv"))
    assert list(table.columns) == [*COLUMNS, "label", "meaning"]
    pd.testing.assert_frame_equal(table[list(COLUMNS)], result.summary(), check_dtype=False, rtol=1e-14)
    fleet = table[table["variable"] == "fleet_h100e"].iloc[0]
    assert (fleet["label"], fleet["meaning"]) == (VARIABLES["fleet_h100e"].label, VARIABLES["fleet_h100e"].meaning)


def test_parquet_holds_every_member_year_and_side(result, tmp_path):
    frame = pd.read_parquet(result.export(tmp_path / "a.parquet")).set_index(["member", "year", "side"])
    expected = result.data.to_dataframe(dim_order=["member", "year", "side"])
    pd.testing.assert_frame_equal(frame, expected[list(frame.columns)], check_dtype=False, check_index_type=False)


@pytest.mark.parametrize("name", ["a.iamc.csv", "a.csv", "a.parquet", "a.iamc.xlsx", "a.nc"])
def test_the_same_result_gives_the_same_bytes(result, tmp_path, name):
    one, other = result.export(tmp_path / "one" / name), result.export(tmp_path / "other" / name)
    assert one.read_bytes() == other.read_bytes()


def test_an_older_file_is_replaced_and_a_failure_leaves_it(result, tmp_path, monkeypatch):
    place = tmp_path / "a.csv"
    place.write_text("old")

    def fails(_table, path):
        path.write_text("half")
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(write, "_csv", fails)
        with pytest.raises(OSError, match="no space"):
            result.export(place)
    assert (place.read_text(), list(tmp_path.iterdir())) == ("old", [place])
    result.export(place)
    assert place.read_text().startswith("year,side,variable")


def test_a_folder_in_the_way(result, tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(FolderError, match="a folder stands there"):
        result.export(tmp_path / "a.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="cannot write"):
        result.export(tmp_path / "file" / "a.csv")


def test_a_folder_gives_the_same_files_as_the_result(folder, result, tmp_path):
    names = ["a.iamc.csv", "a.csv", "a.parquet"]
    made = export_folder(folder, [tmp_path / name for name in names])
    for place in made:
        assert place.read_bytes() == result.export(tmp_path / "again" / place.name).read_bytes()


def test_members_are_handed_on_without_reading_them(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("podrace.reports.opening.open_any", lambda _: pytest.fail("was read"))
    (made,) = export_folder(folder, [tmp_path / "a.parquet"])
    assert made.read_bytes() == (folder / "results.parquet").read_bytes()


def test_the_files_of_a_result_are_not_replaced(folder):
    before = (folder / "iamc.csv").read_bytes()
    with pytest.raises(FolderError, match="belongs to the result"):
        export_folder(folder, [folder / "new.csv", folder / "iamc.csv"])
    assert (folder / "iamc.csv").read_bytes() == before
    assert not (folder / "new.csv").exists()


def test_what_is_no_result_is_refused(folder, tmp_path):
    for name in ("a.parquet", "a.csv"):
        with pytest.raises(ScenarioError, match="no such folder"):
            export_folder(tmp_path / "nowhere", [tmp_path / name])
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed)
    (changed / "results.parquet").write_bytes(b"PAR1")
    with pytest.raises(ScenarioError, match="has changed"):
        export_folder(changed, [tmp_path / "a.parquet"])
    assert not list(tmp_path.glob("a.*"))


def test_what_a_comparison_offers(tmp_path):
    made = pr.compare("baseline", "hbm_gap", members=3, years=(2022, 2025))
    made.save(tmp_path / "c", figures=False)
    names = ["c.csv", "c.iamc.csv", "c.parquet"]
    for place in export_folder(tmp_path / "c", [tmp_path / name for name in names]):
        assert place.read_bytes() == made.export(tmp_path / "again" / place.name).read_bytes()
    with pytest.raises(ScenarioError, match=r"a comparison has no such export.*\.xlsx"):
        made.export(tmp_path / "c.nc")
    with pytest.raises(ScenarioError, match="no such export"):
        export_folder(tmp_path / "c", [tmp_path / "first.csv", tmp_path / "then.nc"])
    assert not (tmp_path / "first.csv").exists()


def test_every_format_says_what_it_holds():
    assert all(form.holds and form.endings for form in FORMATS)


def test_the_page_names_every_ending_and_unit(root):
    text = (root / "docs/exports.md").read_text(encoding="utf-8")
    assert [ending for form in FORMATS for ending in form.endings if f"`{ending}`" not in text] == []
    written = {unit_name(variable.unit) for variable in VARIABLES.values() if not variable.categories}
    named = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))
    families = {"billion USD_nominal": "billion USD_nominal/yr", "USD_nominal/H100e": "USD_nominal/MWh"}
    counted = {"package/yr", "die/yr", "wafer/yr", "token/(s MW)", ""}
    assert {families.get(unit, unit) for unit in written - counted} <= named
