"""The founding article's claims as text and as JSON: what it states, what facts and model say, the verdict."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from ...scenarios.dates import FIRST
from ...scenarios.schema import SOURCE_WORDS
from ..text import dates, number
from ..words import unit_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...scenarios.fact_index import Index
    from ...studies.claims import Answer
    from ...studies.recipes import Measure

ROUND, LARGE = 1e4, 1e7
"""From here on whole numbers are rounded: those with an interval, and those without."""

SIZES = ((1e9, " bn"), (1e6, " M"))
SOURCE_KEYS = ("publisher", "title", "date", "address", "origin")
MOST_WIDTH, LEAST_LABEL = 120, 30
"""Characters in a line at most, and in a column of labels at least."""
INDENT = "  "
LEAST_CHANCE = 0.005
TALLIED = ("agrees", "partly", "differs", "supported", "depends", "not supported", "open")
MOST_SOURCES = 3
"""Sources named in the table; the JSON has all."""


def claims_text(answers: Sequence[Answer], index: Index, width: int = MOST_WIDTH) -> str:
    """Write the claims one below the other: verdict, article, facts, model, and how the verdict came about.

    Parameters
    ----------
    answers, index
        From `podrace.studies.claims`.
    width
        Characters in a line; longer lines than `MOST_WIDTH` are hard to read and not used.
    """
    width = min(width, MOST_WIDTH)
    return "\n\n".join("\n".join(_block(answer, index, width)) for answer in answers)


def _block(answer: Answer, index: Index, width: int) -> list[str]:
    claim = answer.claim
    head = textwrap.wrap(f"{claim.id} ({claim.kind}): {answer.verdict}", width, subsequent_indent=INDENT)
    rows = [(step.label, measured(answer.measures[step.name])) for step in claim.model]
    return [
        *head,
        *_wrapped(f"The article: {claim.stated}.", width),
        *_wrapped(f"The facts: {claim.facts} [{_cited(answer, index)}]", width),
        f"{INDENT}The model:",
        *_beside(rows, width, 2 * INDENT),
        f"{INDENT}The verdict:",
        *(line for test in answer.because.split("; ") for line in _wrapped(test, width, 2 * INDENT)),
        *(_wrapped(f"To see more: {claim.study}", width) if claim.study else []),
    ]


def claim_document(answers: Sequence[Answer], index: Index) -> list[dict[str, Any]]:
    """Give the claims as JSON holds them; a date that never comes is null."""
    return [
        {
            "id": answer.claim.id,
            "kind": answer.claim.kind,
            "stated": answer.claim.stated,
            "quantity": answer.claim.quantity,
            "unit": answer.claim.unit,
            "year": answer.claim.year,
            "facts": answer.claim.facts,
            "records": list(answer.claim.records),
            "sources": claim_sources(answer, index),
            "model": [
                {"name": step.name, "label": step.label, **_plain(answer.measures[step.name])}
                for step in answer.claim.model
            ],
            "verdict": answer.verdict,
            "because": answer.because,
            "study": answer.claim.study,
        }
        for answer in answers
    ]


def claim_sources(answer: Answer, index: Index) -> list[dict[str, Any]]:
    """Give the documents behind a claim's records, each once, with the first record that rests on it."""
    found: dict[str, dict[str, Any]] = {}
    for record in answer.claim.records:
        for name in index.facts[record].entry.source:
            if name not in found and name not in SOURCE_WORDS:
                source = index.sources[name]
                found[name] = {"id": name, "record": record}
                found[name] |= {key: source[key] for key in SOURCE_KEYS if key in source}
    return list(found.values())


def measured(found: Measure) -> str:
    """Write a measure: a probability in percent, a date in months, a number with its interval and unit.

    >>> from podrace.studies.recipes import Measure
    >>> measured(Measure(0.723, 0.723, 0.723, "", "probability")), measured(Measure(16.0, 16.0, 16.0, "1"))
    ('72 %', '16')
    >>> measured(Measure(0.45, 0.21, 0.69, "1")), measured(Measure(72.0, 72.0, 72.0, "package"))
    ('0.45 (0.21–0.69)', '72 packages')
    >>> measured(Measure(6_030_000.0, 2_750_000.0, 15_100_000.0, "H100e"))
    '6.03 (2.75–15.1) M H100e'
    """
    if found.reading == "probability":
        return _chance(found.median)
    if found.reading == "date":
        if math.isinf(found.low):
            return "never"
        return dates(*(float("nan") if end == float("inf") else end for end in (found.low, found.median, found.high)))
    if found.unit == "year" and math.isfinite(found.median) and found.median > FIRST:
        return f"{found.median:.1f}"
    exact = found.low == found.high
    size, word = _size(found)
    median, low, high = (_number(end / size, exact=exact) for end in (found.median, found.low, found.high))
    dash = "–" if found.low >= 0 or math.isnan(found.low) else " to "
    text = median + word if exact else f"{median} ({low}{dash}{high}){word}"
    unit = unit_words(found.unit)
    return f"{text} {unit}" if unit else text


def _size(found: Measure) -> tuple[float, str]:
    """Count in millions or billions where the largest end asks for it; what is far larger keeps its power of ten."""
    largest = max((abs(end) for end in (found.median, found.low, found.high) if math.isfinite(end)), default=0.0)
    return next(((size, word) for size, word in SIZES if size <= largest < 1e3 * size), (1.0, ""))


def _chance(share: float) -> str:
    """Write a probability in percent; what is rare but happens, and what nearly always does, is not rounded away."""
    if 0.0 < share < LEAST_CHANCE:
        return "under 1 %"
    return "over 99 %" if 1.0 - LEAST_CHANCE < share < 1.0 else f"{100 * share:.0f} %"


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """Count verdicts by word; none is open any more."""
    found = Counter(answer.word for answer in answers)
    return {word: found[word] for word in TALLIED}


def tally_line(answers: Sequence[Answer]) -> str:
    """Write the counts of verdicts in one line."""
    return f"{len(answers)} claims: " + ", ".join(f"{count} {word}" for word, count in tally(answers).items() if count)


def _cited(answer: Answer, index: Index) -> str:
    """Name the publishers behind a claim, with dates."""
    known = [f"{source['publisher']} {source['date']}" for source in claim_sources(answer, index)]
    names = list(dict.fromkeys(known))
    more = len(names) - MOST_SOURCES
    return "; ".join(names[:MOST_SOURCES]) + (f"; {more} more" if more > 0 else "")


def _wrapped(text: str, width: int, indent: str = INDENT) -> list[str]:
    later = f"{indent}{INDENT}"
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=later, break_on_hyphens=False)


def _beside(rows: Sequence[tuple[str, str]], width: int, indent: str) -> list[str]:
    """Write labels and values in two columns; a value stands beside the last line of its label."""
    widest = max(len(value) for _, value in rows)
    room = min(max(len(label) for label, _ in rows), max(LEAST_LABEL, width - widest - len(indent) - len(INDENT)))
    lines = []
    for label, value in rows:
        *first, last = textwrap.wrap(label, room, subsequent_indent=INDENT)
        lines += [f"{indent}{line}" for line in first] + [f"{indent}{last:<{room}}{INDENT}{value}"]
    return lines


def _number(value: float, *, exact: bool = False) -> str:
    if math.isinf(value):
        return "never"
    if math.isfinite(value) and value == int(value) and abs(value) < (LARGE if exact else ROUND):
        return f"{int(value):,}"
    return number(value, 3 if abs(value) >= 1 else 2)


def _plain(found: Measure) -> dict[str, Any]:
    return {
        "median": found.median,
        "low": found.low,
        "high": found.high,
        "unit": found.unit,
        "reading": found.reading,
    }
