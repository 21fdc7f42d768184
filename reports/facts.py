"""The facts as people read them: a list with ranges and sources, and one record whole."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from ..scenarios.dates import FIRST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..scenarios.fact_index import Fact, Index

SHOWN_FIELDS = ("actor", "action", "item", "target", "threshold_tpp", "stringency", "cap", "fee")


def exact(value: float, unit: str = "") -> str:
    """Write a number as it was given, with thousands set apart; a calendar year without.

    >>> exact(2900000.0), exact(0.17), exact(3.8e25), exact(2026.45, "year")
    ('2,900,000', '0.17', '3.8e+25', '2026.45')
    """
    if unit == "year" and value >= FIRST:
        return f"{value:g}"
    if abs(value) < 1e12 and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.6g}"


def ranged(value: float, low: float | None, high: float | None, unit: str = "") -> str:
    """Write a value with its range, as far as it has one.

    >>> ranged(75, 65, 90), ranged(75, None, 90), ranged(75, None, None)
    ('75 (65–90)', '75 (up to 90)', '75')
    """
    text = exact(value, unit)
    if low is not None and high is not None:
        return f"{text} ({exact(low, unit)}–{exact(high, unit)})"
    if high is not None:
        return f"{text} (up to {exact(high, unit)})"
    return text if low is None else f"{text} (from {exact(low, unit)})"


def value_text(fact: Fact) -> str:
    """Write the value of a fact in one cell: its own, or else the last of its series with the number of others."""
    if not fact.points:
        return "not found" if fact.missing else "–"
    own = [point for point in fact.points if not point[0]]
    label, value, low, high = own[0] if own else fact.points[-1]
    text = ranged(value, low, high, fact.unit)
    if not label:
        return text
    more = len(fact.points) - 1
    return f"{label}: {text}" + (f"; {more} more" if more else "")


def fact_rows(facts: Sequence[Fact], index: Index) -> list[dict[str, Any]]:
    """Give one row a fact: id, meaning, value, unit, date, publisher, confidence."""
    return [
        {
            "id": fact.id,
            "what": fact.what,
            "value": value_text(fact),
            "unit": "" if fact.unit == "1" else fact.unit,
            "as of": fact.as_of or (fact.points[-1][0] if fact.points else ""),
            "source": publishers(fact.source, index),
            "confidence": f"{fact.confidence}, unverified" if fact.unverified else fact.confidence,
        }
        for fact in facts
    ]


def publishers(source: Sequence[str], index: Index) -> str:
    """Name who published the sources: the first, and how many others."""
    names = [str(index.sources[name]["publisher"]) if name in index.sources else name for name in source]
    first = names[0] if names else ""
    return first if len(names) < 2 else f"{first} and {len(names) - 1} more"


def counts(facts: Sequence[Fact]) -> dict[str, int]:
    """Count how well facts stand: unverified, on judgement alone, looked for and not found."""
    return {
        "facts": len(facts),
        "unverified": sum(fact.unverified for fact in facts),
        "judgement_only": sum(fact.judged for fact in facts),
        "not_found": sum(fact.missing for fact in facts),
    }


def closing_line(found: dict[str, int]) -> str:
    """Write the counts in one line."""
    return (
        f"{found['facts']:,} facts: {found['unverified']:,} unverified, {found['judgement_only']:,} on judgement alone, "
        f"{found['not_found']:,} looked for and not found"
    )


def fact_document(fact: Fact, index: Index) -> dict[str, Any]:
    """Give a fact whole, as JSON holds it: values, sources with their addresses, and who cites it."""
    return {
        "id": fact.id,
        "kind": fact.kind,
        "table": fact.table,
        "what": fact.what,
        "unit": fact.unit,
        "points": [
            {"label": label, "value": value, "low": low, "high": high} for label, value, low, high in fact.points
        ],
        "as_of": fact.as_of,
        "confidence": fact.confidence,
        "unverified": fact.unverified,
        "judgement_only": fact.judged,
        "not_found": fact.missing,
        "note": fact.note,
        "sources": [{"id": name, **index.sources.get(name, {})} for name in fact.source],
        "cites": [name for name in fact.cites if name in index.facts],
        "cited_by": index.citing(fact.id),
    }


def fact_text(fact: Fact, index: Index) -> str:
    """Write a fact whole."""
    lines = [f"{fact.id}  ({fact.kind}, table {fact.table})", fill(fact.what, 100), ""]
    lines += [f"  {text}" for text in _values(fact)]
    if fact.kind == "act":
        lines += [f"  {name}: {value}" for name in SHOWN_FIELDS if (value := getattr(fact.entry, name)) is not None]
    lines += [f"  {name}: {value}" for name, value in (getattr(fact.entry, "details", None) or {}).items()]
    if fact.as_of:
        lines.append(f"  as of {fact.as_of}")
    if fact.confidence:
        lines.append(f"  confidence: {fact.confidence}" + (", unverified" if fact.unverified else ""))
    if fact.missing:
        lines.append("  looked for and not found")
    if fact.note:
        lines.append(fill(f"note: {fact.note}", 100, initial_indent="  ", subsequent_indent="    "))
    lines += ["", "Sources"]
    lines += [f"  {source_line(name, index)}" for name in fact.source]
    citing = index.citing(fact.id)
    if citing:
        lines += ["", "Cited by", *(f"  {name}" for name in citing)]
    return "\n".join(lines)


def source_line(name: str, index: Index) -> str:
    """Write a source in one line: publisher, title, date, address, how it was read and what it relays."""
    source = index.sources.get(name)
    if source is None:
        return name
    parts = [f"{name}: {source['publisher']}", source["title"], source["date"], source.get("address", "no address")]
    how = f"read: {source['how_read']}" if source.get("how_read") else ""
    relays = f"relays {source['origin']}" if source.get("origin") else ""
    return "; ".join(str(part) for part in (*parts, how, relays) if part)


def _values(fact: Fact) -> list[str]:
    """Write every value on a line, with what its point states for itself."""
    unit = "" if fact.unit == "1" else f" {fact.unit}"
    width = max((len(label) for label, *_ in fact.points), default=0)
    own = (
        {**getattr(fact.entry, "by_year", {}), **getattr(fact.entry, "by_name", {})} if fact.kind == "evidence" else {}
    )
    lines = []
    for label, value, low, high in fact.points:
        point = own.get(label)
        asides = [
            point.confidence if point is not None and point.confidence else "",
            f"source {', '.join(point.source)}" if point is not None and point.source else "",
            "unverified" if point is not None and point.unverified else "",
            point.note if point is not None and point.note else "",
        ]
        aside = "; ".join(text for text in asides if text)
        start = f"{label:<{width}}  " if label else ""
        lines.append(f"{start}{ranged(value, low, high, fact.unit)}{unit}" + (f"  [{aside}]" if aside else ""))
    return lines
