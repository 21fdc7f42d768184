"""A result or a comparison as a page: which run is told, and which years are explained."""

from dataclasses import replace

import pytest

import podrace as pr
from podrace.reports.page.layout import Explained, Side
from podrace.reports.page.page import page
from podrace.reports.page.telling import page_of


def test_a_page_tells_findings_numbers_reasons_and_how_to_make_it_again(korean, parse):
    ids = [attributes["id"] for attributes in parse(korean).named("section")]
    assert (ids[0], ids[-1]) == ("summary", "reproduction")
    assert [name for name in ids if name in {"numbers", "why", "assumptions"}] == ["numbers", "why", "assumptions"]


def test_the_year_asked_for_is_explained_for_both_sides(korean, parse):
    text = parse(korean).text
    assert "2026년 중국: 보유 연산력" in text
    assert "2026년 미국 진영: 보유 연산력" in text
    assert "2022~2028년의 다른 연도: podrace report --year" in text


def test_several_years_are_told_apart_in_the_navigation(story, parse):
    told = [Explained(f"Why {year}", (Side(f"China in {year}", ()),), year, "note") for year in (2026, 2028)]
    parsed = parse(page(replace(story, sections=()), (), told))
    assert [attributes["id"] for attributes in parsed.named("section")] == ["why", "why-2", "reproduction"]
    assert "Why, 2026 Why, 2028" in parsed.text


def test_parts_behind_a_headline_are_folded_and_stand_in_the_page(korean):
    assert korean.count('<details class="part">') >= 2 * 3
    assert "가속기를 생산한 기업" in korean


def test_a_year_outside_the_run_is_refused(result):
    with pytest.raises(pr.ScenarioError, match="no year 2031 in this run"):
        page_of(result, years=(2026, 2031))


def test_a_result_writes_its_page_in_one_call(result, tmp_path, parse):
    place = result.report(tmp_path / "page.html", year=2026)
    assert place == tmp_path / "page.html"
    parsed = parse(place.read_text(encoding="utf-8"))
    assert "in 2026" in parsed.text
    with pytest.raises(pr.ScenarioError, match="language"):
        result.report(tmp_path / "other.html", lang="fr")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_the_first_year_of_a_run_is_compared_with_nothing(tmp_path, parse):
    made = pr.run("baseline", members=4, years=(2025, 2026))
    text = parse(made.report(tmp_path / "first.html", year=2025).read_text(encoding="utf-8")).text
    assert text.count("The run starts in 2025; nothing to compare") == 2
    assert "Against 2024" not in text
