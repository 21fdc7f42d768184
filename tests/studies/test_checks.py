"""The checks: what they say of a run, and that they can fail."""

import json
import math
from pathlib import Path

import pytest

import podrace as pr
from podrace.scenarios.check_ranges import check_ranges
from podrace.studies.checks import VALUES, Check, run_checks


@pytest.fixture(scope="module")
def result():
    return pr.run("baseline", members=200)


def test_all_fifteen_speak(result):
    found = run_checks(result)
    assert [check.number for check in check_ranges()] == list(VALUES) == list(range(1, 16))
    assert {check.id.split(".")[0] for check in found} == {str(number) for number in range(1, 16)}
    assert all(math.isfinite(check.value) for check in found)


def test_every_line_with_a_range_has_a_value(result):
    said = {f"{check.number}. {line.label}" for check in check_ranges() for line in check.lines}
    assert {check.id for check in run_checks(result)} == said


def test_most_pass_and_the_misses_are_explained(result):
    missed = [check for check in run_checks(result) if not check.passed]
    assert len(missed) <= 12
    why = {f"{check.number}. {line.label}": line.miss for check in check_ranges() for line in check.lines}
    page = (Path(pr.__file__).parent / "docs" / "validation.md").read_text(encoding="utf-8")
    for check in missed:
        assert why[check.id], check
        assert why[check.id] in check.explanation
        assert check.id in page, f"{check.id} is not explained in docs/validation.md"


def test_a_check_fails_outside_its_range_and_says_so_in_json():
    check = Check("1", "title", 3.0, 0.0, 2.0, "why")
    assert not check.passed
    assert Check("1", "title", 2.0, 0.0, 2.0, "why").passed


def test_lines_without_their_years_are_listed_without_a_value():
    found = {check.id: check for check in run_checks(pr.run("baseline", members=3, years=(2023, 2027)))}
    assert len(found) == sum(len(check.lines) for check in check_ranges())
    for name in ("1. 2022", "6. end 2025", "15. fleet outside China x2028"):
        assert (found[name].value, found[name].passed, found[name].explanation) == (
            None,
            False,
            "not in the run's years",
        )
    assert found["1. 2024"].value is not None
    late = run_checks(pr.run("baseline", members=3, years=(2029, 2030)))
    assert {check.value for check in late} == {None}


def test_the_reasons_of_misses_are_told_of_the_baseline_alone(result):
    known = {
        f"{check.number}. {line.label}": (check.what, line.miss) for check in check_ranges() for line in check.lines
    }
    for check in run_checks(result):
        what, miss = known[check.id]
        assert check.explanation == (what if check.passed or not miss else f"{what}; {miss}")
    other = run_checks(pr.run("hbm_gap", members=3, years=(2022, 2026)))
    assert any(known[check.id][1] for check in other if check.value is not None and not check.passed)
    assert {check.explanation for check in other if check.value is not None} <= {what for what, _ in known.values()}


def test_the_date_is_marked_as_a_year(result):
    assert {check.id for check in run_checks(result) if check.unit} == {"8. empty"}


def test_checks_in_the_json_of_a_run(tmp_path, capsys):
    from podrace import cli

    with pytest.raises(SystemExit) as stop:
        cli.main(
            ["run", "baseline", "--members", "20", "--no-figures", "--out", str(tmp_path / "o"), "--json", "--checks"]
        )
    assert stop.value.code in (0, None)
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert list(checks[0]) == ["id", "title", "value", "low", "high", "passed", "explanation", "unit"]
