"""A page tells the whole story, by itself, and lets nobody else's text do more than be read."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from podrace.reports.page.page import NUMBER, number_columns, page
from podrace.reports.page.safe import citation
from podrace.reports.story.parts import Chart, Section, Series, Story, Table

HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}}",
    "</script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "<!--",
    "\u202eright to left \u2028 \u2029 \u05e9\u05dc\u05d5\u05dd",
    "</style><style>*{background:url(//evil.example)}",
    "javascript:alert(1) ${7*7} `datum.x` %s {0}",
    "long " * 1000 + "end",
)
VOID_OF_NETWORK = ("src", "srcset", "action", "data", "poster", "background", "formaction", "ping", "manifest")


def hostile_story(text):
    chart = Chart("lines", text, text, ("2025", "2026"), (Series(text, (1.0, 2.0), colour=text),) * 2, text)
    dots = Chart("dots", text, text, (text, text), (Series(text, (1.0, 2.0), (0.5, 1.0), (2.0, 3.0)),), text)
    table = Table((text, text), ((text, text),), text, (f"javascript:{text}",))
    sections = tuple(
        Section(key, text, (text,), (text,), (text,), charts, table)
        for key, charts in (("question", ()), ("answer", (chart,)), (text, (dots,)), ("caveats", ()))
    )
    return Story("en", text, text, sections, ((text, text),))


def test_everything_the_story_says_stands_in_the_page(story, html, parse):
    text = parse(html).text
    assert story.title in text
    for section in story.sections:
        assert section.headline in text
        for line in (*section.points, *section.notes):
            assert line in text
        for source in section.sources:
            told = citation(source)
            assert f"{told.text} {told.address}" in text
        for row in section.table.rows if section.table else ():
            assert all(cell in text for cell in row)
    for name, value in story.reproduction:
        assert f"{name}{value}" in text.replace(" ", "") or (name in text and value in text)


def test_every_chart_has_pictures_a_description_and_its_numbers(story, html, parse):
    charts = [chart for section in story.sections for chart in section.charts]
    parsed = parse(html)
    described = [a["aria-label"] for a in parsed.named("div") if a.get("role") == "img"]
    assert described == [chart.described for chart in charts]
    assert len(parsed.named("figure")) == len(charts)
    assert html.count('class="still wide"') == html.count('class="still narrow"') == len(charts)
    assert "5.2 (2.9–8.8)" in parsed.text  # China in 2030, behind the fan


def test_a_page_refers_to_nothing_outside_but_links_of_sources(html, parse):
    parsed = parse(html)
    for tag, attributes in parsed.tags:
        assert not set(VOID_OF_NETWORK) & set(attributes), tag
        if tag == "a":
            assert attributes["href"].startswith(("#", "https://www.cnas.org/")), attributes
        else:
            assert "href" not in attributes, (tag, attributes)
    assert not parsed.named("link", "iframe", "img", "object", "embed", "base", "form")
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles


def test_links_open_without_telling_who_opened_them(html, parse):
    outside = [a for a in parse(html).named("a") if not a["href"].startswith("#")]
    assert len(outside) == 2
    assert all("noopener" in a["rel"] for a in outside)


def test_the_policy_lets_the_pages_own_scripts_run_and_nothing_else(html, parse):
    parsed = parse(html)
    content = next(a["content"] for a in parsed.named("meta") if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in content.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    kinds = [a.get("type") for a in parsed.named("script")]
    for kind, script in zip(kinds, parsed.scripts, strict=True):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert (f"'sha256-{digest}'" in rules["script-src"]) == (kind is None)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_read_and_never_run(text, html, parse):
    parsed, clean = parse(page(hostile_story(text))), parse(html)
    assert {tag for tag, _ in parsed.tags} <= {tag for tag, _ in clean.tags} | {"ol"}
    assert len(parsed.scripts) == len(clean.scripts)
    assert parsed.scripts[1:] == clean.scripts[1:]
    assert not [a for _, a in parsed.tags if any(name.startswith("on") for name in a)]
    assert all(a["href"].startswith("#") for a in parsed.named("a"))
    assert parsed.text.count(" ".join(text.replace("\u202e", "").split())) > 20
    assert "\u202e" not in "".join(parsed.words)
    assert json.loads(parsed.scripts[0])


def test_equal_names_stay_apart(parse):
    parsed = parse(page(hostile_story("same")))
    ids = [a["id"] for _, a in parsed.tags if "id" in a]
    assert len(ids) == len(set(ids))
    known = set(ids)
    for _, attributes in parsed.tags:
        assert set(attributes.get("aria-labelledby", "").split()) <= known
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in known


def test_headings_step_down_one_at_a_time_and_landmarks_are_there(html, parse):
    parsed = parse(html)
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert len(parsed.named("main")) == len(parsed.named("nav")) == len(parsed.named("header")) == 1
    assert parsed.named("html")[0]["lang"] == "en"


def test_the_navigation_leads_to_every_section(html, parse):
    parsed = parse(html)
    leads = [a["href"][1:] for a in parsed.named("a") if a["href"].startswith("#") and a["href"] != "#main"]
    assert leads == [a["id"] for a in parsed.named("section")]


def test_the_same_story_gives_the_same_bytes(story, html):
    assert page(story) == html


def test_a_story_without_charts_or_answer_is_a_page_too(parse):
    parsed = parse(page(Story("en", "Nothing", "", (Section("caveats", "Little is known"),))))
    assert "Little is known" in parsed.text
    assert not parsed.named("figure")


def test_an_unknown_language_is_refused(story):
    with pytest.raises(Exception, match="no language 'fr'"):
        page(replace(story, language="fr"))


@pytest.mark.parametrize(
    "cell", ["12", "−0.5", "58× (34–120)", "1,400–12.5 k", "93 %", "3 (−1 to 5)", "580만(430만~820만)"]
)
def test_cells_with_one_number_count_as_numbers(cell):
    assert NUMBER.fullmatch(cell)


@pytest.mark.parametrize("cell", ["", "–", "Oct 2022", "3.5 → 7.7", "HBM 51 %", "5,000 wafers/month"])
def test_other_cells_do_not(cell):
    assert not NUMBER.fullmatch(cell)


def test_columns_of_numbers_are_found_and_the_first_names_its_row():
    table = Table(("year", "value", "who"), (("2025", "1", "a"), ("2026", "–", "b"), ("2027", "3", "c")))
    assert number_columns(table) == [1]
