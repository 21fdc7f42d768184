"""A trace as text: the records behind one number in aligned columns, the chips, the acts of government, the sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..model.registry import VARIABLES
from ..scenarios.dates import format_date
from .text import SIDE_NAMES, number, shown, unit
from .words import amount

if TYPE_CHECKING:
    from ..studies.trace import ChipEntry, Entry, Source, Trace

RECORDS, CHIPS, ACTIONS, SOURCES = 12, 5, 4, 5
"""Lines of each part where not everything is asked for."""
NARROWEST = 100
"""Characters below which a line is not cut further."""
HOW = {"made": "made", "bought": "bought abroad", "smuggled": "smuggled"}


def trace_text(trace: Trace, width: int, *, everything: bool = False) -> str:
    """Write a trace as lines of text.

    Parameters
    ----------
    trace
        From `podrace.studies.trace`.
    width
        Characters in a line.
    everything
        Leave nothing out; otherwise about forty lines.
    """
    most = (10**9,) * 4 if everything else (RECORDS, CHIPS, ACTIONS, SOURCES)
    shown_records = trace.records[: most[0]]
    blocks = [
        _head(trace),
        _records(trace, shown_records),
        _structure(trace, most[0] if everything or not trace.deep else RECORDS),
        _chips(trace.chips, most[1], trace.side),
        _actions(trace, most[2]),
        _sources(trace if everything else None, shown_records, most[3]),
    ]
    longest = max(width, NARROWEST)
    lines = [
        line if everything or block is blocks[-1] or len(line) <= longest else line[: longest - 1] + "…"
        for block in blocks
        if block
        for line in (*block, "")
    ]
    return "\n".join(lines).rstrip()


def _head(trace: Trace) -> list[str]:
    variable = VARIABLES[trace.variable]
    value = (
        trace.value
        if isinstance(trace.value, str)
        else "none"
        if trace.value is None
        else shown(variable, trace.value, 3)
    )
    named = f"{value} {unit(variable)}".rstrip()
    said = f"{variable.label} · {SIDE_NAMES[trace.side]} · {trace.year}: {named}   (central run of {trace.scenario})"
    moved = len(trace.records) + (len(trace.structure) if trace.deep else 0)
    return [said, f"{moved} records move it; {trace.without_effect} others that the world reads do not"]


def _records(trace: Trace, records: Sequence[Entry]) -> list[str]:
    if not trace.records:
        return ["a step of one percent in any one record leaves it where it is"]
    left = len(trace.records) - len(records)
    more = [f"… and {left} weaker ones (--all)"] if left else []
    dated = (
        ["* dated: the value of the year; earlier ones count too (--json)"] if any(e.by_year for e in records) else []
    )
    return [*_columns([_heads(trace), *(_row(entry) for entry in records)]), *more, *dated]


def _heads(trace: Trace) -> tuple[str, ...]:
    effect = "elasticity" if any(entry.elasticity is not None for entry in trace.records) else "change"
    return effect, "record", "value", "unit", "as of", "confidence", "source", "stands in"


def _row(entry: Entry) -> tuple[str, ...]:
    value = _exact(entry.value) + ("*" if entry.by_year else "")
    mark = " (unverified)" if entry.unverified else ""
    return (
        _effect(entry),
        entry.path,
        value,
        "" if entry.unit == "1" else entry.unit,
        entry.as_of or "",
        (entry.confidence or "").replace("_", " ") + mark,
        ", ".join(source.id for source in entry.sources),
        entry.origin.removeprefix("scenarios/"),
    )


def _effect(entry: Entry) -> str:
    if entry.step is None:
        return ""
    if entry.elasticity is not None:
        sign = "+" if entry.elasticity > 0 else ""
        return f"{sign}{number(entry.elasticity)}" + ("" if entry.per == "percent" else " per unit")
    if entry.change is None:
        return "comes or goes"
    return f"{'+' if entry.change > 0 else ''}{number(entry.change)}"


def _exact(value: float | None) -> str:
    """Write a record's value as the facts have it.

    >>> _exact(6.656), _exact(2026.5), _exact(None)
    ('6.656', '2026.5', '–')
    """
    return "–" if value is None else f"{value:,.6g}" if abs(value) >= 1e4 and value != round(value) else f"{value:.10g}"


def _day(date: float) -> str:
    """Write a decimal year as a date.

    >>> _day(2025.8442922374429)
    '2025-11-05'
    """
    text = format_date(date)
    return text if "-" in text or text.isdigit() else f"{date:.2f}"


def _structure(trace: Trace, most: int) -> list[str]:
    if not trace.structure:
        return []
    if trace.deep:
        rows = [_row(entry) for entry in trace.structure[:most]]
        left = len(trace.structure) - len(rows)
        more = [f"… and {left} weaker ones (--all)"] if left else []
        head = ("elasticity", "read once for all members", "", "", "", "", "", "")
        failed = [f"cannot be moved alone: {', '.join(trace.unmovable)}"] if trace.unmovable else []
        return [*_columns([head, *rows]), *more, *failed]
    tables: dict[str, int] = {}
    for entry in trace.structure:
        tables[entry.path.split(".")[0]] = tables.get(entry.path.split(".")[0], 0) + 1
    counted = ", ".join(f"{table} {count}" for table, count in tables.items())
    told = [
        f"Structure: {len(trace.structure)} records are read once for all members ({counted}); --deep moves each of them"
    ]
    return told + ([*_columns([_row(entry) for entry in trace.structure])] if most > RECORDS else [])


def _chips(chips: Sequence[ChipEntry], most: int, side: str) -> list[str]:
    if not chips:
        return []
    rows: list[tuple[str, ...]] = [("packages", "chip", "how", "years", "8-bit", "BF16", "memory", "sources")]
    ordered = [*(chip for chip in chips if chip.how != "smuggled"), *(chip for chip in chips if chip.how == "smuggled")]
    rows += [_chip_row(chip) for chip in ordered[:most]]
    left = ordered[most:]
    packages = sum(chip.packages for chip in left)
    more = [f"… and {len(left)} more, {amount(packages)} packages (--all)"] if left else []
    return [f"Chips {SIDE_NAMES[side]} came by up to the year", *_columns(rows), *more]


def _chip_row(chip: ChipEntry) -> tuple[str, ...]:
    sheet = {entry.path.rsplit(".", 1)[-1]: entry for entry in chip.records}

    def value(*names: str) -> str:
        found = next((sheet[name] for name in names if name in sheet), None)
        return f"{amount(found.value)} {found.unit}" if found else "–"

    cited = dict.fromkeys(source.id for entry in chip.records for source in entry.sources)
    years = f"{chip.first_year}-{chip.last_year}" if chip.first_year < chip.last_year else str(chip.first_year)
    rate = value("fp8_tflops", "int8_tops")
    return (
        amount(chip.packages),
        chip.chip,
        HOW[chip.how],
        years,
        rate,
        value("bf16_tflops"),
        value("hbm_gb"),
        ", ".join(cited),
    )


def _actions(trace: Trace, most: int) -> list[str]:
    if not trace.actions:
        return []
    newest = sorted(trace.actions, key=lambda action: -action.date)
    rows = [
        (
            _day(action.date),
            action.actor,
            action.action.replace("_", " "),
            action.item,
            "" if action.stringency is None else f"stringency {amount(action.stringency)}",
            ", ".join(source.id for source in action.sources),
            action.origin.removeprefix("scenarios/"),
        )
        for action in newest[:most]
    ]
    left = len(newest) - len(rows)
    more = [f"… and {left} older ones (--all)"] if left > 0 else []
    return [f"Controls, licences and refusals in force in {trace.year}", *_columns(rows), *more]


def _sources(trace: Trace | None, records: Sequence[Entry], most: int) -> list[str]:
    """List what the ids stand for: of everything, or of the records shown."""
    found: dict[Source, None] = dict.fromkeys(source for entry in records for source in entry.sources)
    if trace is not None:
        found = dict.fromkeys(trace.all_sources)
    named = [source for source in found if source.publisher or source.address]
    if not named:
        return []
    rows = [(source.id, source.publisher, source.date, source.title[:50], source.address) for source in named[:most]]
    left = len(named) - len(rows)
    more = [f"… and {left} more (--all, --json)"] if left > 0 else []
    return ["Sources", *_columns(rows), *more]


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Align rows; the first column to the right."""
    wide = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    kept = [place for place, size in enumerate(wide) if size]
    return [
        "  ".join(
            row[place].rjust(wide[place]) if place == 0 and place in kept else row[place].ljust(wide[place])
            for place in kept
        ).rstrip()
        for row in rows
    ]
