"""Numbers in human units, and the headline table in its three forms."""

import doctest
import importlib
import json

import numpy as np
import pytest

from podrace.model.registry import VARIABLES
from podrace.reports.result import Result
from podrace.reports.tables import headline_blocks, headline_document, headline_text
from podrace.reports.text import date, dates, interval, number, ratio

NAN = float("nan")


@pytest.fixture(scope="module")
def result(ensemble):
    return Result(ensemble)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 2, "0"),
        (NAN, 2, "–"),
        (0.996, 2, "1.0"),
        (9.96, 2, "10"),
        (99.6, 2, "100"),
        (1979.0, 3, "1,980"),
        (-12.3, 2, "-12"),
        (2.5e-5, 2, "2.5×10⁻⁵"),
        (1.8e25, 2, "1.8×10²⁵"),
        (9_960_000.0, 2, "1.0×10⁷"),
    ],
)
def test_numbers(value, digits, text):
    assert number(value, digits) == text


def test_dates_are_no_more_precise_than_they_are_known():
    assert date(2026.999) == "Dec 2026"
    assert dates(2026.1, 2026.5, 2026.8) == "Jul 2026 (Feb 2026–Oct 2026)"
    assert dates(2025.1, 2026.5, 2029.8) == "2026 (2025–2029)"
    assert dates(2027.2, NAN, NAN) == "never (Mar 2027–never)"
    assert dates(NAN, NAN, NAN) == "never"
    assert dates(2027.2, 2027.2, 2027.2) == "Mar 2027"


def test_intervals():
    fleet = VARIABLES["fleet_h100e"]
    assert interval(fleet, 1.2e6, 2.04e6, 3.5e6) == "2.0 (1.2–3.5)"
    assert interval(fleet, 2.01e6, 2.04e6, 2.1e6) == "2.04 (2.0–2.1)"
    assert interval(fleet, 2e6, 2e6, 2e6) == "2.00"
    assert interval(fleet, NAN, NAN, NAN) == "–"
    assert ratio(NAN, NAN, NAN) == "–"


def test_years_and_lines(result):
    text = headline_text(result, 200).plain
    assert "2024" in text
    assert "2035" in text
    assert "2025" not in text
    blocks = {block.heading: block for block in headline_blocks(result)}
    fleet = blocks["Fleet (8-bit), M H100e"]
    assert [line.name for line in fleet.lines] == ["China", "US-led", "US-led : China"]
    assert [line.name for line in blocks["Home share of HBM, %"].lines] == ["China", "US-led"]
    values = result.data["fleet_h100e"].sel(year=2030, side="china").to_numpy() / 1e6
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    assert fleet.lines[0].cells[3] == f"{number(middle)} ({number(low)}–{number(high)})"


@pytest.mark.parametrize("width", [200, 80, 40])
def test_the_table_fits_the_window(result, width):
    text = headline_text(result, width).plain
    body = text.split("2030")[1]
    assert max(len(line) for line in body.splitlines()) <= max(width, 48)
    assert "2030" in text


def test_ratios_are_paired_by_member(result):
    document = headline_document(result)
    fleet = next(entry for entry in document["variables"] if entry["id"] == "fleet_h100e")
    at = result.data["fleet_h100e"].sel(year=2028)
    expected = np.quantile(at.sel(side="us") / at.sel(side="china"), 0.95)
    found = next(row for row in fleet["ratio_us_to_china"] if row["year"] == 2028)
    assert found["p95"] == pytest.approx(expected)


def test_the_document_is_plain_json(result):
    document = json.loads(json.dumps(headline_document(result), allow_nan=False))
    assert document["members"] == 200
    binding = next(entry for entry in document["variables"] if entry["id"] == "binding_input")
    row = binding["rows"][0]
    assert {"year", "side", "dies", "hbm", "packaging", "demand", "central"} == set(row)
    assert row["central"] in VARIABLES["binding_input"].categories
    assert "ratio_us_to_china" not in binding


def test_a_run_outside_the_usual_years(build):
    text = headline_text(Result(build(members=3, start=2031, end=2033)), 120).plain
    assert "2033" in text


@pytest.mark.parametrize("name", ["text", "figures.charts", "figures.draw", "summary", "tables", "console", "result"])
def test_examples_in_the_code(name):
    module = importlib.import_module(f"podrace.reports.{name}")
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0
