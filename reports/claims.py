"""The founding article's claims as one table: what it states, what the facts say, what the model gives, the verdict."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from ..scenarios.dates import FIRST
from ..scenarios.schema import SOURCE_WORDS
from .text import dates, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..scenarios.fact_index import Index
    from ..studies.claims import Answer
    from ..studies.recipes import Measure

ROUND, LARGE = 1e4, 1e7
"""From here on whole numbers are rounded: those with an interval, and those without."""

SOURCE_KEYS = ("publisher", "title", "date", "address", "origin")
MOST_SOURCES = 3
"""Sources named in the table; the JSON has all."""


def claim_rows(answers: Sequence[Answer], index: Index) -> list[dict[str, str]]:
    """Give one row a claim, as texts."""
    return [
        {
            "claim": f"{answer.claim.id}\n({answer.claim.kind})",
            "the article": answer.claim.stated,
            "the facts": f"{answer.claim.facts} [{_cited(answer, index)}]",
            "the model": "\n".join(
                f"{step.label}: {measured(answer.measures[step.name])}" for step in answer.claim.model
            ),
            "verdict": f"{answer.verdict}\n{answer.because}".rstrip(),
        }
        for answer in answers
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
    ('0.45 (0.21–0.69)', '72 package')
    """
    if found.reading == "probability":
        return f"{100 * found.median:.0f} %"
    if found.reading == "date":
        return dates(*(float("nan") if end == float("inf") else end for end in (found.low, found.median, found.high)))
    if found.unit == "year" and math.isfinite(found.median) and found.median > FIRST:
        return f"{found.median:.1f}"
    exact = found.low == found.high
    text = _number(found.median, exact=exact)
    if not exact:
        text += f" ({_number(found.low)}–{_number(found.high)})"
    return text if found.unit in {"", "1"} else f"{text} {found.unit}"


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """Count verdicts: agrees, partly, differs, open."""
    found = Counter(answer.verdict.partition(":")[0] for answer in answers)
    return {word: found[word] for word in ("agrees", "partly", "differs", "open")}


def tally_line(answers: Sequence[Answer]) -> str:
    """Write the counts of verdicts in one line."""
    return f"{len(answers)} claims: " + ", ".join(f"{count} {word}" for word, count in tally(answers).items())


def _cited(answer: Answer, index: Index) -> str:
    """Name the publishers behind a claim, with dates."""
    known = [f"{source['publisher']} {source['date']}" for source in claim_sources(answer, index)]
    names = list(dict.fromkeys(known))
    more = len(names) - MOST_SOURCES
    return "; ".join(names[:MOST_SOURCES]) + (f"; {more} more" if more > 0 else "")


def _number(value: float, *, exact: bool = False) -> str:
    if math.isinf(value):
        return "never"
    if math.isfinite(value) and value == int(value) and abs(value) < (LARGE if exact else ROUND):
        return f"{int(value):,}"
    return number(value, 3 if abs(value) >= 100 else 2)


def _plain(found: Measure) -> dict[str, Any]:
    return {
        "median": found.median,
        "low": found.low,
        "high": found.high,
        "unit": found.unit,
        "reading": found.reading,
    }
