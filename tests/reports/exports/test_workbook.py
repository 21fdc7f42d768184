"""The workbook: what its sheets hold, that nothing in it runs, and that it is the same every time."""

import io
import time
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

import podrace as pr
from podrace.model.registry import VARIABLES
from podrace.reports.exports.comparison_sheets import comparison_sheets
from podrace.reports.exports.sheets import Column, Link, Sheet, When, sheets
from podrace.reports.exports.workbook import LONGEST_TEXT, is_address, workbook
from podrace.reports.text import SIDE_NAMES

SHEETS = ["About", "Headline", "Summary", "Variables", "Assumptions", "Sources", "Decisions", "Policy timeline"]


@pytest.fixture(scope="module")
def file(result, tmp_path_factory):
    return result.export(tmp_path_factory.mktemp("book") / "run.xlsx")


@pytest.fixture(scope="module")
def book(file):
    return openpyxl.load_workbook(file)


@pytest.fixture(scope="module")
def frames(file):
    return pd.read_excel(file, sheet_name=None, keep_default_na=True)


def written(rows, columns=3):
    page = Sheet("Page", tuple(Column(f"c{n}", 10) for n in range(columns)), tuple(rows))
    return openpyxl.load_workbook(io.BytesIO(workbook([page], "t")))["Page"]


def test_sheets_and_frozen_heads(book):
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(sheet.column_dimensions[cell.column_letter].width >= 7 for cell in sheet[1])


def test_no_cell_is_a_formula(book, result):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type in {"s", "n"} for cell in cells)
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value[0] in "=+-@"]
    found = {cell.value for cell in risky}
    assert {result.scenario.title, "-2+3 <i>", "=cmd|x!A1", "+1+1 & <b>bold</b>"} <= found
    assert all(cell.quotePrefix for cell in risky)


def test_addresses_are_links_only_where_they_are_addresses():
    rows = [(Link("a", "https://good.example/x"), Link("b", "javascript:alert(1)"), Link("=c", "https://ok.example"))]
    good, bad, formula = written(rows)[2]
    assert good.hyperlink.target == "https://good.example/x"
    assert bad.hyperlink is None
    assert (formula.data_type, formula.value) == ("s", "=c")
    assert not is_address("https://a.example/" + "x" * 3000)
    assert not is_address('https://a.example/" onclick')


def test_texts_that_no_cell_can_hold_are_cut_and_cleaned():
    long, control, dated = written([("x" * 40_000, "a\x00b\x0bc", When(2027.5))])[2]
    assert len(long.value) == LONGEST_TEXT
    assert control.value == "a�b�c"
    assert (dated.value, dated.number_format) == (2027.5, "0.0")


def test_the_summary_is_that_of_the_result(frames, result):
    sheet, summary = frames["Summary"], result.summary()
    assert len(sheet) == len(summary)
    assert list(sheet["Variable"]) == list(summary["variable"])
    assert list(sheet["Side"]) == list(summary["side"].map(SIDE_NAMES))
    for head, name in {"5 %": "p05", "Median": "p50", "95 %": "p95", "Mean": "mean"}.items():
        pd.testing.assert_series_equal(
            sheet[head].astype(float), summary[name].astype(float), check_names=False, rtol=1e-15
        )
    assert sheet["Meaning"].notna().all()
    assert set(sheet["Unit"]) <= {v.unit for v in VARIABLES.values()} | {"1"}


def test_the_headline_stands_in_printed_units(frames, result):
    sheet = frames["Headline"]
    row = sheet[(sheet["Variable"] == VARIABLES["fleet_h100e"].label) & (sheet["Side"] == "China")].iloc[0]
    median = result.table("fleet_h100e", [2024]).loc[(2024, "china"), ("fleet_h100e", "p50")]
    assert row["Unit"] == "M H100e"
    assert row["2024 median"] == pytest.approx(median / 1e6)
    ratio = sheet[(sheet["Variable"] == VARIABLES["fleet_h100e"].label) & (sheet["Unit"] == "×")]
    assert len(ratio) == 1


def test_every_assumption_has_unit_source_and_place(frames, result):
    sheet, scenario = frames["Assumptions"], result.scenario
    assert len(sheet) == sum(len(record.points()) for record in scenario.records.values())
    assert sheet[["Path", "In words", "Unit", "Source", "Origin"]].notna().all(axis=None)
    mine = sheet[sheet["Path"] == "smic.n2.defect_density"].iloc[0]
    assert (mine["Value"], mine["Unit"], mine["Source"]) == (0.24, "1/cm^2", "https://evil.example/?a=1&b=2")
    assert mine["Origin"].endswith("hostile.yaml:8")


def test_sources_are_those_that_are_cited(frames, result):
    cited = {source for record in result.scenario.records.values() for source in record.source}
    listed = set(frames["Sources"]["Source"])
    assert {source for source in cited if source in result.scenario.sources} <= listed
    assert "https://evil.example/?a=1&b=2" in listed


def test_timeline_and_decisions(frames, result):
    assert len(frames["Policy timeline"]) == len(result.scenario.timeline)
    assert len(frames["Decisions"]) == len(result.events)
    assert "=cmd|x!A1" in set(frames["Policy timeline"]["Title"])


def test_about_says_how_to_make_it_again(book, result):
    told = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert told["to make it again"] == "podrace run hostile --members 20 --seed 3 --years 2022:2025"
    assert told["scenario hash"] == result.scenario.hash
    assert told["sheet Summary"] == f"{len(result.summary()):,} rows"


def test_values_of_the_command_line_are_told(result):
    scenario = pr.load("baseline", {"smic.n2.defect_density": 0.2})
    other = replace(result, ensemble=replace(result.ensemble, scenario=scenario))
    told = dict(row[:2] for row in sheets(other)[0].rows)
    assert told["to make it again"].startswith("podrace run scenario.yaml ")
    assert told["layers"] == "baseline < command line"


def test_the_same_result_gives_the_same_bytes(result, file, tmp_path, monkeypatch):
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_: real(1_000_000_000))
    assert result.export(tmp_path / "again.xlsx").read_bytes() == file.read_bytes()
    properties = openpyxl.load_workbook(file).properties
    assert properties.modified.year == properties.created.year == 2000


def test_a_comparison_as_a_workbook(tmp_path):
    made = pr.compare("baseline", ["hbm_gap", "h20_sold"], members=4, years=(2022, 2026))
    frames = pd.read_excel(made.export(tmp_path / "c.xlsx"), sheet_name=None)
    assert list(frames) == [sheet.name for sheet in comparison_sheets(made)]
    differences = made.paired.differences()
    assert len(frames["Differences"]) == len(differences)
    assert frames["Differences"]["Median"].to_numpy() == pytest.approx(differences["p50"].to_numpy(), nan_ok=True)
    shares = frames["Differences"][["Share above", "Share below", "Share the same"]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(1)
    assert not any("_" in head for frame in frames.values() for head in map(str, frame.columns))
    changed = frames["Changes"].set_index("Scenario")["Changed"]
    assert changed["hbm_gap"] == "hbm.leakage"
    assert changed["h20_sold"].str.contains("purchase_ban nvidia.h20").any()
    listed = set(frames["Sources"]["Source"])
    cited = {source for record in made.paired.base.records.values() for source in record.source}
    assert {source for source in cited if source in made.paired.base.sources} <= listed
    assert len(listed) > 50
