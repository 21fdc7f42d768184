"""A page in a real browser: charts are drawn, nothing is complained about, nothing is asked of any network."""

import shutil
from contextlib import contextmanager
from dataclasses import replace

import pytest

from podrace.reports.page.layout import Explained, Side
from podrace.reports.page.page import page
from podrace.reports.story.parts import Section

from .test_page import HOSTILE, hostile_story

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium here (apt-get install chromium)")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as player:
        found = player.chromium.launch(executable_path=BROWSER, args=list(QUIET), chromium_sandbox=False)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(html, tmp_path_factory):
    place = tmp_path_factory.mktemp("page") / "report.html"
    place.write_text(html, encoding="utf-8")
    return place.as_uri()


@contextmanager
def opened(browser, address, viewport, **settings):
    """Open a page, and hold what it said and asked for."""
    context = browser.new_context(viewport=viewport, **settings)
    sheet = context.new_page()
    sheet.said, sheet.asked, sheet.dialogs = [], [], []
    sheet.on("console", lambda message: sheet.said.append(message.text))
    sheet.on("pageerror", lambda error: sheet.said.append(str(error)))
    sheet.on("request", lambda request: sheet.asked.append(request.url))
    sheet.on("dialog", lambda dialog: (sheet.dialogs.append(dialog.message), dialog.dismiss()))
    sheet.goto(address)
    if settings.get("java_script_enabled", True):
        sheet.wait_for_selector("html[data-drawn]")
    yield sheet
    context.close()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_all_charts_are_drawn_without_complaint_or_network(browser, address, story, viewport):
    charts = [chart for section in story.sections for chart in section.charts]
    with opened(browser, address, viewport) as sheet:
        assert sheet.said == []
        assert sheet.asked == [address]
        assert sheet.locator("figure.drawn").count() == len(charts)
        for place in range(len(charts)):
            drawn = sheet.locator("figure .live svg").nth(place)
            assert drawn.is_visible()
            assert drawn.locator("path").count() > 5
        assert not any(sheet.locator("figure .still").nth(n).is_visible() for n in range(2 * len(charts)))
        assert sheet.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_pointer_is_told_medians_and_intervals(browser, address):
    with opened(browser, address, WIDE) as sheet:
        plot = sheet.locator("figure .live svg").first
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        sheet.mouse.move(box["x"] + 0.63 * box["width"], box["y"] + box["height"] / 2)
        tip = sheet.locator("#vg-tooltip-element.visible")
        tip.wait_for()
        assert "2030" in tip.inner_text()
        assert "5.2 (2.9–8.8)" in tip.inner_text()


def test_stills_stand_in_where_scripts_do_not_run(browser, address, story):
    with opened(browser, address, WIDE, java_script_enabled=False) as sheet:
        assert sheet.locator("figure .still svg >> visible=true").count() == sheet.locator("figure").count()


def test_paper_shows_every_chart_once_and_no_navigation(browser, address):
    with opened(browser, address, WIDE) as sheet:
        sheet.emulate_media(media="print")
        figures = sheet.locator("figure")
        assert not sheet.locator("nav").is_visible()
        for place in range(figures.count()):
            figure = figures.nth(place)
            assert not figure.locator(".live").is_visible()
            assert figure.locator(".still svg >> visible=true").count() == 1


def test_the_dark_has_other_colours_for_words_and_lines(browser, address):
    seen = {}
    for scheme in ("light", "dark"):
        with opened(browser, address, WIDE, color_scheme=scheme) as sheet:
            line = "getComputedStyle(document.querySelector('figure .live .mark-line path')).stroke"
            seen[scheme] = (sheet.evaluate("getComputedStyle(document.body).color"), sheet.evaluate(line))
    assert seen["light"][0] != seen["dark"][0]
    assert seen["light"][1] == "rgb(200, 56, 74)"
    assert seen["dark"][1] != seen["light"][1]


def test_hostile_texts_run_nothing_and_ask_for_nothing(browser, tmp_path):
    text = " ".join(HOSTILE[:-1])
    place = tmp_path / "hostile.html"
    place.write_text(page(hostile_story(text)), encoding="utf-8")
    with opened(browser, place.as_uri(), PHONE) as sheet:
        assert sheet.title().startswith("<script>alert(1)</script> {{7*7}} </script><img src=x")
        plot = sheet.locator("figure .live svg").first
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        sheet.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tip = sheet.locator("#vg-tooltip-element.visible")
        tip.wait_for()
        assert "<img src=x onerror=alert(1)>" in tip.inner_text()
        assert sheet.locator("img, main script, main style").count() == 0
        assert sheet.locator("figure.drawn").count() == 2
        assert (sheet.dialogs, sheet.said, sheet.asked) == ([], [], [place.as_uri()])
        assert sheet.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_part_that_is_opened_draws_its_charts_and_paper_shows_closed_ones(browser, story, tmp_path):
    part = Section("changes", "Against 2025", charts=(story.sections[2].charts[0],))
    told = page(replace(story, sections=()), (), [Explained("Why", (Side("China", (part,)),), 2026)])
    place = tmp_path / "why.html"
    place.write_text(told, encoding="utf-8")
    with opened(browser, place.as_uri(), WIDE) as sheet:
        assert not sheet.locator("figure").is_visible()
        sheet.emulate_media(media="print")
        assert sheet.locator("figure .still.wide svg").is_visible()
        sheet.emulate_media(media="screen")
        sheet.locator("details.part > summary").click()
        sheet.locator("figure.drawn .live svg").wait_for()
        assert sheet.said == []
