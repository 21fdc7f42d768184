"""One index of all facts: evidence, model parameters and dated acts, with who cites what."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from .dates import format_date
from .evidence import Evidence, cited, load_evidence
from .fact_files import load_facts
from .faults import fail, nearest
from .schema import Action, Record

Kind = Literal["evidence", "parameter", "act"]


@dataclass(frozen=True)
class Fact:
    """One entry of the index.

    ``points`` holds every value as (label, value, low, high); a single value has the label ``""``. ``entry`` is the
    record itself: evidence, a parameter, or an act.
    """

    id: str
    kind: Kind
    table: str
    what: str
    entry: Any
    unit: str = ""
    points: tuple[tuple[str, float, float | None, float | None], ...] = ()
    as_of: str = ""
    source: tuple[str, ...] = ()
    confidence: str = ""
    note: str = ""
    unverified: bool = False
    judged: bool = False
    missing: bool = False
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """All facts by id, and the sources."""

    facts: dict[str, Fact]
    sources: dict[str, dict[str, Any]]

    def find(self, pattern: str = "", table: str = "") -> list[Fact]:
        """Return the facts whose id or meaning holds a text (``*`` and ``?`` are wild), in one table or all.

        Raises
        ------
        ScenarioError
            When the table is unknown, or nothing matches.
        """
        tables = self.tables()
        if table and table not in tables:
            fail(
                "unknown table", path="--table", found=table, allowed=", ".join(tables), nearest=nearest(table, tables)
            )
        within = [fact for fact in self.facts.values() if not table or fact.table == table]
        found = [fact for fact in within if _matches(fact, pattern.casefold())]
        if pattern and not found:
            fail(f"no fact {pattern!r}", path=table, nearest=nearest(pattern, [*self.facts, *self.sources]))
        return found

    def tables(self) -> list[str]:
        """Names of the tables: files of the library, groups of parameters, and ``timeline``."""
        return list(dict.fromkeys(fact.table for fact in self.facts.values()))

    def citing(self, name: str) -> list[str]:
        """Ids of the facts whose notes cite a record as ``[id]``."""
        return [fact.id for fact in self.facts.values() if name in fact.cites and fact.id != name]


def load_index(folder: Path) -> Index:
    """Gather a facts folder.

    Raises
    ------
    ScenarioError
        With the faults of its files.
    """
    facts, library = load_facts(folder), load_evidence(folder)
    entries: list[Fact] = [
        _evidence(name, record, library.origins[name].rpartition("/")[2].partition(".")[0])
        for name, record in library.records.items()
    ]
    entries += [_parameter(path, record, facts.labels) for path, record in facts.records.items()]
    entries += [_act(action) for action in facts.history if action.id]
    return Index({entry.id: entry for entry in entries}, facts.sources)


def _matches(fact: Fact, pattern: str) -> bool:
    if any(sign in pattern for sign in "*?"):
        return fnmatchcase(fact.id.casefold(), pattern)
    return pattern in fact.id.casefold() or pattern in fact.what.casefold()


def _judged(source: Iterable[str]) -> bool:
    return set(source) == {"judgement"}


def _evidence(name: str, record: Evidence, table: str) -> Fact:
    points = tuple((label, p.value, p.low, p.high) for label, p in record.points() if p.value is not None)
    notes = [record.note, *(point.note for _, point in record.points())]
    return Fact(
        id=name,
        kind="evidence",
        table=table,
        what=record.what,
        entry=record,
        unit=record.unit,
        points=points,
        as_of=record.as_of or "",
        source=record.sources,
        confidence=record.confidence,
        note=record.note or "",
        unverified=record.unchecked,
        judged=record.judged,
        missing=record.missing,
        cites=tuple(id_ for note in notes for id_ in cited(note)),
    )


def _parameter(path: str, record: Record, labels: dict[str, Any]) -> Fact:
    points = tuple(
        (format_date(date) if record.dated else "", point.value, point.low, point.high)
        for date, point in record.points()
    )
    return Fact(
        id=path,
        kind="parameter",
        table=path.partition(".")[0],
        what=_meaning(path, labels),
        entry=record,
        unit=record.unit,
        points=points,
        as_of=record.as_of or "",
        source=record.source,
        confidence=record.confidence or "",
        note=record.note or "",
        unverified=record.unverified,
        judged=_judged(record.source),
        cites=tuple(cited(record.note)),
    )


def _meaning(path: str, labels: dict[str, Any]) -> str:
    """Say what a parameter belongs to: the label or name of the group that holds it, and its last word."""
    head, _, tail = path.rpartition(".")
    name = labels.get(f"{head}.label") or labels.get(f"{head}.name") or ""
    words = tail.replace("_", " ")
    return f"{name}: {words}" if isinstance(name, str) and name else words


def _act(action: Action) -> Fact:
    return Fact(
        id=str(action.id),
        kind="act",
        table="timeline",
        what=action.title or str(action.id),
        entry=action,
        as_of=format_date(action.date),
        source=action.source,
        note=action.note or "",
    )
