"""The Korean catalogue: every sentence of the story is there, one translation each, one word for each term."""

import ast
import io
import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import podrace
from podrace.reports.language import catalogue

TERMS = {
    r"HBM stack": "스택",
    r"advanced[ -]packaging": "첨단 패키징",
    r"logic die": "로직 다이",
    r"computing power": "연산력",
    r"\bcluster": "클러스터",
    r"\bcontrols?\b": "통제",
    r"stockpile": "비축",
    r"\baccelerator": "가속기",
    r"foundr": "파운드리",
    r"US-led": "미국 진영",
    r"\brefus": "거부",
    r"\b(?<!MIT-)licen[cs]": "허가",
    r"\bpods?\b": "포드",
    r"\byield": "수율",
    r"\bsmuggl": "밀수",
    r"\bbaseline\b": "기준",
    r"\bjudgement\b": "판단",
    r"\bregret": "후회",
}
"""Terms of the English text, and the word that stands for each in Korean."""


@pytest.fixture(scope="module")
def messages():
    folder = Path(str(files("podrace.reports.language"))) / "ko"
    return [
        (path.name, message)
        for path in sorted(folder.glob("*.po"))
        for message in read_po(io.BytesIO(path.read_bytes()), locale="ko")
        if message.id
    ]


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_one_word(messages, term):
    having = [(name, message) for name, message in messages if re.search(term, message.id, re.IGNORECASE)]
    assert having
    assert [(name, m.id, m.string) for name, m in having if TERMS[term] not in m.string] == []


def test_a_text_has_one_translation(messages):
    found = defaultdict(set)
    for _, message in messages:
        found[message.id].add(message.string)
    assert [text for text, said in found.items() if len(said) > 1] == []


def test_places_are_the_same_in_both_languages(messages):
    def places(text):
        return set(re.findall(r"{(\w+)", text))

    assert [message.id for _, message in messages if places(message.id) != places(message.string)] == []


def test_every_sentence_of_the_story_is_translated():
    known = catalogue("ko")._catalog
    root = Path(podrace.__file__).parent / "reports"
    said = {
        node.args[0].value
        for path in (*(root / "story").glob("*.py"), *(root / "language").glob("*.py"), root / "acts.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "say"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert sorted(said - known.keys()) == []
