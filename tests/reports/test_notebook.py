"""Pages of results in notebooks: what ran, the first numbers with units, every text escaped, no colours of their own."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import podrace as pr
from podrace.model.registry import VARIABLES
from podrace.reports.notebook import FIRST
from podrace.reports.result import Result
from podrace.reports.tables import headline_blocks
from podrace.reports.text import heading
from podrace.scenarios.notebook import value_text

VOID = {"img", "br", "hr", "input", "meta", "link"}
SCRIPT = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Tags and text of a page; fails where tags do not close."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.text, self.styles = [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert tag not in VOID
        self.open.append(tag)
        self.tags.append(tag)
        self.styles += [value for key, value in attributes if key == "style"]
        assert {key for key, _ in attributes} <= {"style", "class"}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def result(ensemble):
    return Result(ensemble)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "hostile.yaml"
    path.write_text(
        f"title: '{SCRIPT}'\ndescription: '<b>{SCRIPT} $x$'\nextends: baseline\nyears: {{end: 2024}}\n"
        "parameters:\n  hbm.leakage: {value: 0.5, unit: '1', source: what-if, note: '<i>'}\n"
        "  buyers.meta.label: '<img src=x>'\n"
        f"timeline:\n  - {{date: 2024-06, actor: us, action: event, item: '<i>', source: what-if, title: '{SCRIPT}'}}\n",
        encoding="utf-8",
    )
    return pr.load(path)


@pytest.fixture(scope="module")
def objects(hostile):
    """Give one of each kind of result of the hostile scenario."""
    run = pr.run(hostile, members=40)
    return {
        "scenario": hostile,
        "result": run,
        "comparison": pr.compare("baseline", [hostile], members=10, years=(2022, 2024)),
        "explained": run.explain(2024, "china"),
        "sensitivity": pr.sensitivity(hostile, "fleet_h100e", 2024, "china", samples=8, top=3, method="morris"),
        "discovery": pr.discover(run, "fleet_h100e.ratio < 7", 2024),
    }


@pytest.mark.parametrize("name", ["scenario", "result", "comparison", "explained", "sensitivity", "discovery"])
def test_every_page_is_escaped_whole_and_without_colours(objects, name):
    html = objects[name]._repr_html_()
    page = Page(html)
    assert set(page.tags) <= {"div", "b", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre"}
    assert not any(re.search(r"#[0-9a-f]{3}|rgb|(?<!-)color:(?!inherit)", style) for style in page.styles)
    assert "tex2jax_ignore" in html.split(">")[0]
    assert len(html) < 60_000
    assert repr(objects[name])


def test_titles_stand_as_text(objects):
    for name in ("scenario", "result", "comparison", "explained", "sensitivity"):
        assert any(SCRIPT in text for text in Page(objects[name]._repr_html_()).text), name


def test_a_run_shows_what_ran_and_the_first_numbers(result):
    page = Page(result._repr_html_())
    text = " ".join(page.text)
    assert "200 members" in text
    assert "seed 0" in text
    assert f"hash {result.scenario.hash[:8]}" in text
    tables = result._repr_html_().split("<details>")
    shown = [name for name in FIRST if heading(VARIABLES[name]) in tables[0]]
    assert tuple(shown) == FIRST
    assert "M H100e" in tables[0]
    for block in headline_blocks(result):
        assert block.heading in text
        assert set(block.lines[0].cells) <= set(page.text)


def test_a_single_member(build):
    assert "1 member ·" in Result(build(members=1))._repr_html_()


def test_a_scenario_shows_what_it_changes_from_where(hostile):
    page = Page(hostile._repr_html_())
    assert "hbm.leakage" in page.text
    row = page.text[page.text.index("hbm.leakage") :][:6]
    before = pr.load("baseline").records["hbm.leakage"]
    assert row[:4] == ["hbm.leakage", value_text(before), "0.5", "1"]
    assert row[4].endswith("hostile.yaml:6")
    assert row[5] == "what-if"
    assert "<img src=x>" in page.text
    assert "1 action of its own" in page.text


def test_the_baseline_changes_nothing():
    html = pr.load("baseline")._repr_html_()
    assert "0 changed" in html
    assert "changed value" not in html
    assert "actions of the record" in html


def test_rules_that_are_off_are_named():
    off = pr.load("baseline", {"behaviour.rules.lobbying": False, "behaviour.history": False})
    html = off._repr_html_()
    assert "rules off: lobbying" in html
    assert "no history" in html


def test_long_lists_are_cut(hostile):
    records = dict(hostile.records)
    origins = dict.fromkeys(records, "elsewhere.yaml:1")
    many = replace(hostile, origins=origins)
    html = many._repr_html_()
    assert f"and {len(records) - 60:,} more" in html


def test_a_comparison_names_what_does_not_move(objects):
    made = pr.compare("baseline", ["hbm_gap"], members=3, years=(2022, 2023))
    assert "hbm_gap: HBM ban fully enforced" in made._repr_html_()
    assert "nothing differs in 2023" in made._repr_html_()
    text = " ".join(Page(objects["comparison"]._repr_html_()).text)
    assert "the same draws in each" in text
    assert objects["comparison"].paired.base.hash[:8] in text


def test_a_sensitivity_shows_ranked_factors_with_intervals(objects):
    found = objects["sensitivity"]
    page = Page(found._repr_html_())
    ranked = found.table()[found.table()["ranked"]]
    assert list(ranked["label"].head(3)) == [text for text in page.text if text in set(ranked["label"].head(3))]
    assert any(re.search(r"\d \(.* to .*\)", text) for text in page.text)
