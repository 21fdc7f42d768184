"""Case files: what they may hold, where a point stands in time, how faults are reported."""

import pytest

from podrace.scenarios.cases import FORECASTS, HISTORY, Place, Point, place_of, read_cases, read_period
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.readings import load_readings

SERIES = """
format: 1
start: 2022
series:
- id: a
  variable: fleet_h100e
  side: china
  unit: H100e
  kind: stock
  role: scored
  points:
  - {year: 2024, value: 5, low: 4, high: 6}
"""


@pytest.fixture
def case_file(tmp_path):
    def write(text):
        path = tmp_path / "cases.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_packaged_files_are_read_whole():
    history, forecasts = read_cases(HISTORY), read_cases(FORECASTS)
    assert (len(history.series), history.start) == (153, 2022)
    assert len(forecasts.series) == 67
    assert {case.role for case in history.series} == {"scored", "input", "context"}
    assert load_readings().calibration.least_effective > 0


def test_unknown_keys_are_left_alone_and_defaults_hold(case_file):
    text = "series:\n- {id: x, points: [{year: 2024, value: 1}], colour: red}\n"
    (case,) = read_cases(case_file(text)).series
    assert (case.role, case.unit, case.actor, case.basis.ledger) == ("context", "1", None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERIES.replace("low: 4", "low: 5.5"), "the range does not hold the value"),
        (SERIES + "- {id: a, points: [{year: 2024, value: 1}]}\n", "id given twice"),
        (SERIES.replace("year: 2024", "year: soon"), "not a date|decimal year"),
        (SERIES.replace("value: 5", "value: five"), "must be a number"),
        ("format: 1\n", "a case file holds a list of series"),
        (SERIES.replace("start: 2022", "start: early"), "must be a whole year"),
    ],
)
def test_faults_say_what_and_where(case_file, text, said):
    with pytest.raises(ScenarioError, match=said):
        read_cases(case_file(text))


@pytest.mark.parametrize(
    ("point", "unit", "shift", "place"),
    [
        ({"year": 2024}, "H100e", 0.0, (2024, 2025)),
        ({"year": 2024}, "billion USD/year", 1 / 12, (2024 + 1 / 12, 2025 + 1 / 12)),
        ({"year": 2025.75}, "H100e", 0.0, (2024.75, 2025.75)),
        ({"year": 2025.75}, "billion USD/quarter", 0.0, (2025.5, 2025.75)),
        ({"year": 2026, "period": "2026-01 to 2026-06"}, "H100e/year", 0.0, (2026, 2026.5)),
        ({"year": 2026, "period": "first half"}, "H100e/year", 0.0, (2026, 2026.5)),
        ({"year": 2025, "period": "2022-2025"}, "x per year", 0.0, (2022, 2026)),
        ({"year": 2024, "period": "2024-12"}, "PB", 0.0, (2024 + 11 / 12, 2025)),
    ],
)
def test_a_point_stands_where_the_file_says(point, unit, shift, place):
    found = place_of(Point(value=1.0, **point), unit, shift)
    assert (found.start, found.end) == pytest.approx(place)


@pytest.mark.parametrize("text", ["before long", "2026 Q5", "2026-13", "2026-06 to 2026-01", "quarter to 2025-02-31"])
def test_a_period_nobody_can_read_is_none(text):
    assert read_period(text, 2026) is None


@pytest.mark.parametrize("text", ["2025 Q3", "Q3 2025", "2025Q3"])
def test_quarters_are_read_in_any_order(text):
    assert read_period(text, 2025) == Place(2025.5, 2025.75)


@pytest.mark.parametrize(
    ("ends", "bound"),
    [({"low": 60.0}, 1), ({"high": 60.0}, -1), ({"low": 50.0}, 0), ({"low": 60.0, "high": 80.0}, 0), ({}, 0)],
)
def test_bounds_are_told_from_ranges(ends, bound):
    assert Point(year=2025, value=60.0, **ends).bound == bound
