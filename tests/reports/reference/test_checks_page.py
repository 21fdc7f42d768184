"""The page of checks: written whole between its marks, with every what-if."""

import shutil

from podrace.reports.reference.checks_page import check_rows, what_ifs, write_page
from podrace.scenarios.check_ranges import check_ranges
from podrace.studies.checks import Check


def test_a_date_is_a_year_and_a_miss_does_not_round_into_its_range():
    date = Check("8. empty", "store", 2026.28, 2025.8, 2026.6, "why", "year")
    miss = Check("8. stacks", "store", 9.4972, 9.5, 11.5, "why")
    never = Check("8. empty", "store", float("inf"), 2025.8, 2026.6, "why", "year")
    assert [row["value"] for row in check_rows([date, miss, never])] == ["2026.3", "9.497", "never"]


def test_the_page_is_written_from_runs(root, tmp_path):
    page = tmp_path / "validation.md"
    shutil.copy(root / "docs" / "validation.md", page)
    before = page.read_text(encoding="utf-8")
    write_page(page, members=20, paired=4, names=["hbm_gap", "cxmt_stall"])
    text = page.read_text(encoding="utf-8")
    for mark in ("<!-- checks: begin -->", "<!-- effects: end -->"):
        assert text.count(mark) == 1
    assert text.split("<!-- checks: begin -->")[0] == before.split("<!-- checks: begin -->")[0]
    assert text.split("<!-- effects: end -->")[1] == before.split("<!-- effects: end -->")[1]
    for check in check_ranges():
        assert f"| {check.number}. " in text
    effects = text.split("<!-- effects: begin -->")[1].split("<!-- effects: end -->")[0]
    assert [line.split("`")[1] for line in effects.strip().splitlines()[2:]] == ["hbm_gap", "cxmt_stall"]
    assert effects.count(" −") > 4, "both cost China compute"


def test_the_committed_page_tells_of_every_what_if(root):
    effects = (root / "docs" / "validation.md").read_text(encoding="utf-8").split("<!-- effects: begin -->")[1]
    assert [name for name in what_ifs() if f"| `{name}` |" not in effects] == []
