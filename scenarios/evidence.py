"""The library of evidence: ``facts/evidence/*.yaml``, what sources say beside the parameters that the model reads.

A run never reads it. ``podrace facts``, ``podrace claims`` and the notes of parameters, which cite records as ``[id]``, do.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from . import units
from .check import check_sources, validate
from .fact_files import read_sources
from .faults import Faults, ScenarioError, shown
from .reader import Document, read_document
from .schema import Confidence, Number, Switch, Text, Texts, Unit

FOLDER = "evidence"
CITED = re.compile(r"\[([a-z][a-z0-9_]*)\]")
"""How a note cites a record: its id in square brackets."""

_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_PERIOD = re.compile(r"(FY)?\d{4}(-(Q[1-4]|H[12]|\d\d(-\d\d)?))?\Z")


def _period(value: object) -> str:
    """Check a period: a year, month, day, quarter, half-year or fiscal year, or two of them joined by ``..``."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    parts = text.split("..")
    whole = len(parts) <= 2 and bool(parts[0]) and all(_PERIOD.match(part) for part in parts if part)
    if not whole:
        kind, message = "period", "not a period (2025, 2025-06, 2025-Q3, 2025-H1, FY2025, 2025..2027)"
        raise PydanticCustomError(kind, message)
    return text


def _plain(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        kind, message = "detail", "must be a number or text"
        raise PydanticCustomError(kind, message)
    return value


def _point(value: object) -> object:
    return value if isinstance(value, dict | Point) else {"value": value}


Period = Annotated[str, BeforeValidator(_period)]
Detail = Annotated[Any, AfterValidator(_plain)]


class _Value(BaseModel):
    """A value with its range and, where they differ from the record's, its source and standing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    source: Texts = ()
    confidence: Confidence | None = None
    unverified: Switch = False
    note: str | None = None

    @model_validator(mode="after")
    def _ranged(self) -> "_Value":
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if self.value is None and (self.low is not None or self.high is not None):
            kind, text = "range", "a range needs a value"
            raise PydanticCustomError(kind, text)
        if self.value is not None and not low <= self.value <= high:  # type: ignore[operator]
            kind, text = "range", "low <= value <= high does not hold"
            raise PydanticCustomError(kind, text)
        return self


class Point(_Value):
    """One value of a series; what it does not state, it has from the record."""

    value: Number


class Evidence(_Value):
    """One record: a value, a series (``by_year``, ``by_name``), a statement without a value, or a gap (``missing``)."""

    what: Text
    unit: Unit = ""
    by_year: dict[Period, Annotated[Point, BeforeValidator(_point)]] = {}
    by_name: dict[Text, Annotated[Point, BeforeValidator(_point)]] = {}
    as_of: Period | None = None
    source: Texts
    confidence: Confidence
    missing: Switch = False
    details: dict[Text, Detail] = {}

    @model_validator(mode="after")
    def _whole(self) -> "Evidence":
        held = self.value is not None or bool(self.by_year) or bool(self.by_name)
        problem = ""
        if held and not self.unit:
            problem = "a value needs a unit"
        elif held and self.missing:
            problem = "a record with a value is not missing"
        elif not self.by_year and self.as_of is None:
            problem = "as_of or by_year is needed"
        if problem:
            kind = "record"
            raise PydanticCustomError(kind, problem)  # noqa: EM101 (one of the texts above)
        return self

    def points(self) -> list[tuple[str, _Value]]:
        """Return all values with their labels; a plain value has the label ``""``."""
        plain: list[tuple[str, _Value]] = [] if self.value is None else [("", self)]
        return [*plain, *self.by_year.items(), *self.by_name.items()]

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources that the record and its points cite, each once."""
        return tuple(dict.fromkeys([*self.source, *(name for _, point in self.points() for name in point.source)]))

    @property
    def unchecked(self) -> bool:
        """Whether the record or one of its points was never checked against a document."""
        return self.unverified or any(point.unverified for _, point in self.points())

    @property
    def judged(self) -> bool:
        """Whether nothing but judgement stands behind it."""
        return not self.missing and set(self.sources) == {"judgement"}


@dataclass(frozen=True)
class Library:
    """All evidence: records by id, where each stands (file and line), and the sources."""

    records: dict[str, Evidence]
    origins: dict[str, str]
    sources: dict[str, dict[str, Any]]


def load_evidence(facts: Path) -> Library:
    """Read the library of a facts folder; the result is kept until a file changes.

    Parameters
    ----------
    facts : Path
        The facts folder; the library is its sub-folder ``evidence``.

    Raises
    ------
    ScenarioError
        With all faults of all files.
    """
    files = sorted((facts / FOLDER).glob("*.yaml"))
    state = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    sources = facts / "sources.yaml"
    return _read(facts.resolve(), (*state, (sources.name, sources.stat().st_mtime_ns, sources.stat().st_size)))


@lru_cache(maxsize=4)
def _read(facts: Path, state: tuple[tuple[str, int, int], ...]) -> Library:
    faults = Faults()
    sources = read_sources(facts)
    records: dict[str, Evidence] = {}
    origins: dict[str, str] = {}
    for name, *_ in state[:-1]:
        try:
            doc = read_document(facts / FOLDER / name, f"{facts.parent.name}/{facts.name}/{FOLDER}/{name}")
        except ScenarioError as error:
            faults.extend(error.faults)
            continue
        for key in doc.data:
            _add(key, doc, sources, records, origins)
        faults.extend(doc.faults)
    faults.check()
    return Library(records, origins, sources)


def _add(
    key: str,
    doc: Document,
    sources: dict[str, dict[str, Any]],
    records: dict[str, Evidence],
    origins: dict[str, str],
) -> None:
    """Check one record and keep it."""
    if not _ID.match(key):
        doc.fault((key,), "not a valid id", found=shown(key), allowed="lower-case letters, digits and _")
        return
    if key in origins:
        doc.fault((key,), "id given twice", found=f"first in {origins[key]}")
        return
    origins[key] = f"{doc.file}:{doc.line((key,))}"
    record = validate(Evidence, doc.data[key], doc, (key,))
    if record is None:
        return
    check_sources(record.sources, doc, (key,), sources)
    wrong = units.unknown(record.unit) if record.unit else None
    if wrong is not None:
        doc.fault((key, "unit"), f"unknown unit {shown(wrong)}", nearest=units.suggest(record.unit))
    records[key] = record


def cited(text: str | None) -> list[str]:
    """Return the ids that a note cites in square brackets.

    Examples
    --------
    >>> cited("after [capex_big4]; see [dc_1gw]")
    ['capex_big4', 'dc_1gw']
    """
    return CITED.findall(text or "")
