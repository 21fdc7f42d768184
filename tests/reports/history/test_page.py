"""The page of history and forecasts: written whole between its marks, with pictures of a slide's size."""

import shutil

import pytest

from podrace.reports.history.backtest_pictures import worth_a_fan
from podrace.reports.history.page import between, table, write_page
from podrace.scenarios.cases import HISTORY, read_cases
from podrace.scenarios.compose import load
from podrace.studies.backtest import backtest


def test_the_page_is_written_from_runs(root, tmp_path):
    page = tmp_path / "backtest.md"
    shutil.copy(root / "docs" / "backtest.md", page)
    before = page.read_text(encoding="utf-8")
    write_page(page, members=12, prior=2_000)
    text = page.read_text(encoding="utf-8")
    assert text.split("<!-- backtest: begin -->")[0] == before.split("<!-- backtest: begin -->")[0]
    assert "12 members, seed 0" in text
    assert "2,000 prior members" in text
    named = {name.split(".png")[0] for name in text.split("pictures/history/")[1:]}
    drawn = {path.stem for path in (tmp_path / "pictures" / "history").glob("*.png")}
    assert named == drawn
    for path in (tmp_path / "pictures" / "history").glob("*.png"):
        head = path.read_bytes()[16:24]
        assert (int.from_bytes(head[:4]), int.from_bytes(head[4:])) == (1600, 900)


def test_one_series_of_each_group_is_drawn():
    found = backtest(load("baseline"), read_cases(HISTORY), 4)
    groups = [tested.case.group for tested in worth_a_fan(found.scored) if tested.case.group]
    assert len(groups) == len(set(groups))


def test_marks_that_are_missing_are_named():
    with pytest.raises(ValueError, match="x: begin"):
        between("no marks", "x", "content")
    assert table([]) == "none"
