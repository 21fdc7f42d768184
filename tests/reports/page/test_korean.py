"""A Korean reader meets no English sentence, but names and titles of sources."""

import ast
import json
import re
from importlib.resources import files

import pytest
from jinja2.ext import babel_extract
from markupsafe import escape

import podrace as pr
from podrace.reports.explain.reactions import GOODS
from podrace.reports.explain.sentences import CAPACITIES, DATED, ITEMS, _actor, short_name
from podrace.reports.explain.text import OUTCOMES, SHORT_OF, TERMS
from podrace.reports.language import catalogue, say, speaking
from podrace.reports.page.explained import HELD_BACK
from podrace.reports.page.layout import NAMES
from podrace.scenarios.relief import all_levers
from podrace.studies.explain_decisions import GOVERNMENTS, OTHERS, Decision

ROOMS = ("page", "explain")
NAMED = ("firms", "buyers", "plants", "grids", "policy")
WORD = re.compile(r"(?<![\w.:/-])[a-z]{3,}(?![\w:/]|\.\w)")
KNOWN = {"podrace", "report", "run", "baseline", "wafer"}
"""Words of commands, and names of scenarios."""


def said(tree):
    """Give every text that `say` is called with; a name in its place stands for a table that is walked by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
            first = node.args[0]
            found = [first] if isinstance(first, ast.Constant) else [first.body, first.orelse] if isinstance(first, ast.IfExp) else []  # fmt: skip
            yield from (one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str))


def texts(room):
    folder = files("podrace.reports").joinpath(room)
    for path in folder.iterdir():
        if path.name.endswith(".py"):
            yield from said(ast.parse(path.read_text(encoding="utf-8")))
    templates = folder.joinpath("templates")
    for path in templates.iterdir() if templates.is_dir() else ():
        if path.name.endswith(".j2"):
            with path.open("rb") as file:
                found = (text for _, _, text, _ in babel_extract(file, ["say"], [], {}))
                yield from (text if isinstance(text, str) else text[0] for text in found)


def missing(found):
    """Texts that the Korean catalogue does not hold; those without letters need no entry."""
    held = catalogue("ko")
    return sorted({text for text in found if re.search(r"[A-Za-z]", text) and held.gettext(text) is text})


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_in_the_code_has_a_translation(room):
    found = list(texts(room))
    assert len(found) > 10
    assert missing(found) == []


def test_every_word_from_a_table_has_a_translation():
    tables = (GOODS, CAPACITIES, DATED, ITEMS, OUTCOMES, SHORT_OF, TERMS, HELD_BACK, NAMES)
    words = [word for table in tables for word in table.values()]
    words += [lever.label for lever in all_levers()]
    assert not {word for word in missing(words) if not word.isupper()}


def test_actors_plants_and_dated_acts_of_the_baseline_have_korean_names():
    scenario = pr.load("baseline")
    labels = [str(label) for path, label in scenario.labels.items() if path.endswith(".label")]
    named = {path for path in scenario.labels if path.endswith(".label") and path.split(".")[0] in NAMED}
    people = [short_name(str(scenario.labels[path])) for path in named]
    assert labels
    held = catalogue("ko")._catalog
    assert [name for name in people if name not in held] == []
    assert [act.title for act in scenario.timeline if act.title and act.title not in held] == []
    governments = [*GOVERNMENTS.values(), *(label for label, _ in OTHERS.values())]
    with speaking("ko"):
        for label in governments:
            decision = Decision(2027.0, "", label, "", None, {}, "", "", dated=False, amount=None)
            assert not WORD.search(_actor(decision)), label


def stripped(html, sources):
    """Take away what keeps its language: addresses, and what sources are called."""
    words = re.sub(r"https?://[^\s<>\"]+", "", html.replace("\u00a0", " "))
    names = {source.get(key) for source in sources.values() for key in ("publisher", "title", "date")} - {None}
    for name in sorted((name for name in names if len(name) > len("2026-09")), key=len, reverse=True):
        words = words.replace(str(escape(name)), "")
    return words


def test_a_korean_page_holds_no_english_words(korean, result, parse):
    parsed = parse(stripped(korean, result.ensemble.scenario.sources))
    labels = [attributes["aria-label"] for _, attributes in parsed.tags if "aria-label" in attributes]
    assert len(labels) > 20
    found = {word for text in (parsed.text, *labels) for word in WORD.findall(text)}
    assert found - KNOWN == set()
    assert parsed.named("html")[0]["lang"] == "ko"


def strings(node, keys):
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key in keys and isinstance(value, str))
        for child in node.values():
            yield from strings(child, keys)
    elif isinstance(node, list):
        for child in node:
            yield from strings(child, keys)


def test_a_korean_chart_answers_in_korean(korean, parse):
    drawn = json.loads(parse(korean).scripts[0])
    shown = set(strings(drawn, {"c", "n", "v", "x", "title", "description"})) - {"title"}  # the key of a tooltip's head
    assert "중국" in shown
    assert {word for text in shown for word in WORD.findall(text)} == set()


def test_an_own_title_stays_as_it_is_written():
    with speaking("ko"):
        assert say("My own what-if, unread by any {catalogue}") == "My own what-if, unread by any {catalogue}"
