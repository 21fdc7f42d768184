"""Case files: published series that the model is held against, and where each point stands in time."""

import re
from calendar import monthrange
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .check import validate
from .dates import parse_date
from .faults import fail, shown
from .reader import Document, read_document
from .schema import Number, Text

HISTORY = Path(__file__).parent / "cases" / "history.yaml"
FORECASTS = Path(__file__).parent / "cases" / "forecasts.yaml"

SCORED = "scored"

_LENGTHS = {"quarter": 0.25, "half": 0.5, "year": 1.0}
_DAY = r"(\d{4})-(\d{2})(?:-(\d{2}))?"
_SPAN = re.compile(rf"{_DAY}\s*(?:to|until|/|\.\.|–)\s*{_DAY}\Z")
_TO = re.compile(rf"(quarter|half|half-year|half year|year)\s+(?:to|ended|ending)\s+{_DAY}\Z")
_YEARS = re.compile(r"(\d{4})\s*(?:-|to|–)\s*(\d{4})\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_PART = re.compile(r"(?:(\d{4})[- ]?([QH])([1-4])|([QH])([1-4])[- ](\d{4}))\Z", re.IGNORECASE)
_WORDS = {"first half": (0.0, 0.5), "second half": (0.5, 1.0)}
_WORDED = re.compile(r"(first half|second half)(?: of)?(?: (\d{4}))?\Z")


def _text(value: object) -> object:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Words = Annotated[str, BeforeValidator(_text)]


def _date(value: object) -> object:
    """Read a date written as text, such as 2025-08."""
    return parse_date(value) if isinstance(value, str) else value


class _Open(BaseModel):
    """Strangers write these files: a key nobody knows is no fault."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Basis(_Open):
    """On which ledger, which H100 equivalent and which calendar a series counts."""

    ledger: str | None = None
    h100e: Words | None = None
    includes_smuggled: bool | None = None
    calendar: str | None = None


class Point(_Open):
    """One published value; ``low`` and ``high`` as published."""

    year: Annotated[float, BeforeValidator(_date), Field(allow_inf_nan=False)]
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    period: Words | None = None
    confidence: Words | None = None
    source: Words = ""
    note: Words | None = None

    @property
    def bound(self) -> int:
        """1 for "at least the value", -1 for "at most", 0 for a value."""
        if self.low is not None and self.low == self.value and self.high is None:
            return 1
        return -1 if self.high is not None and self.high == self.value and self.low is None else 0


class Case(_Open):
    """One series: a quantity on one basis, with its points. A forecast has a forecaster and assumptions too."""

    id: Text
    title: Words = ""
    variable: str | None = None
    quantity: Words = ""
    side: Words | None = None
    actor: Words | None = None
    product: Words | None = None
    basis: Basis = Basis()
    unit: Words = "1"
    kind: Words | None = None
    role: str = "context"
    group: Words | None = None
    points: tuple[Point, ...] = ()
    note: Words | None = None
    forecaster: Words | None = None
    published: Words | None = None
    assumptions: Words | None = None
    scenario: Words | None = None

    @property
    def scored(self) -> bool:
        """Whether the file says that it is scored."""
        return self.role == SCORED


@dataclass(frozen=True)
class Cases:
    """A case file: its series, and the year in which the model starts (points before are not compared)."""

    file: str
    start: int | None
    series: tuple[Case, ...]

    def named(self, name: str) -> Case | None:
        """Give a series by its id."""
        return next((case for case in self.series if case.id == name), None)


@dataclass(frozen=True)
class Place:
    """Where a point stands: the time it covers, in decimal years (2025.0 is the first of January).

    A flow is counted from ``start`` to ``end``, a stock read at ``end``.
    """

    start: float
    end: float

    @property
    def years(self) -> float:
        """Length in years."""
        return self.end - self.start


def read_cases(path: Path) -> Cases:
    """Read a case file.

    Raises
    ------
    ScenarioError
        With all faults of the file.
    """
    doc = read_document(path, path.name)
    listed = doc.data.get("series")
    if not isinstance(listed, list) or not listed:
        fail("a case file holds a list of series", file=doc.file, found=shown(listed), allowed="series: [{id, points}]")
    cases: dict[str, Case] = {}
    for index, raw in enumerate(listed):
        case = validate(Case, raw, doc, ("series", index))
        if case is None:
            continue
        if case.id in cases:
            doc.fault(("series", index, "id"), "id given twice", found=case.id)
        cases[case.id] = case
        _check_points(case, doc, index)
    doc.faults.check()
    return Cases(doc.file, _start(doc), tuple(cases.values()))


def _check_points(case: Case, doc: Document, index: int) -> None:
    """Refuse a range that does not hold its value."""
    for place, point in enumerate(case.points):
        if point.value is None:
            continue
        low = point.value if point.low is None else point.low
        high = point.value if point.high is None else point.high
        if not low <= point.value <= high:
            found = f"{point.low} {point.value} {point.high}"
            doc.fault(("series", index, "points", place), "the range does not hold the value", found=found)


def _start(doc: Document) -> int | None:
    found = doc.data.get("start")
    if found is None or (isinstance(found, int) and not isinstance(found, bool)):
        return found
    fail("must be a whole year", file=doc.file, line=doc.line(("start",)), path="start", found=shown(found))


def place_of(point: Point, unit: str, shift: float = 0.0) -> Place | None:
    """Say where a point stands in time; None when its period cannot be read.

    Parameters
    ----------
    point : Point
        A whole year is the year (a stock: its end); a decimal year is a date, and a flow then covers the time that its
        unit names, up to that date. ``period`` narrows.
    unit : str
        Of the series.
    shift : float
        Years by which a fiscal year ends after the calendar year; for whole years without a period.

    Examples
    --------
    >>> place_of(Point(year=2024, value=1.0), "GW")
    Place(start=2024.0, end=2025.0)
    >>> place_of(Point(year=2025.25, value=1.0, period="quarter to 2025-03-31"), "USD/quarter")
    Place(start=2025.0, end=2025.25)
    >>> place_of(Point(year=2026, value=1.0, period="2026-01 to 2026-07"), "package/year").end
    2026.5833333333333
    """
    if point.period is not None:
        return read_period(point.period.strip(), point.year)
    if point.year == int(point.year):
        return Place(point.year + shift, point.year + 1.0 + shift)
    return Place(point.year - unit_years(unit), point.year)


def unit_years(unit: str) -> float:
    """Years of the time a unit divides by; a year where it names none.

    >>> unit_years("billion USD/quarter"), unit_years("H100e")
    (0.25, 1.0)
    """
    lengths = {"quarter": 0.25, "month": 1 / 12, "week": 7 / 365, "day": 1 / 365}
    return lengths.get(unit.rsplit("/", 1)[-1].strip(" )"), 1.0)


def read_period(text: str, year: float) -> Place | None:
    """Read a period: ``2026-01 to 2026-07``, ``quarter to 2025-04-27``, ``2022-2025``, ``2024-12``, ``2026 H1``, ``first half``.

    >>> read_period("2022-2025", 2025), read_period("2026 H1", 2026), read_period("second half", 2026)
    (Place(start=2022.0, end=2026.0), Place(start=2026.0, end=2026.5), Place(start=2026.5, end=2027.0))
    """
    for pattern, reader in _PERIODS:
        if found := pattern.match(text):
            return reader(found, year)
    return None


def _span(found: re.Match[str], _: float) -> Place | None:
    first, last = found.groups()[:3], found.groups()[3:]
    return _ordered(_day(*first, last=False), _day(*last, last=True))


def _time_to(found: re.Match[str], _: float) -> Place | None:
    end = _day(*found.groups()[1:], last=True)
    return None if end is None else Place(end - _LENGTHS[re.split("[- ]", found[1])[0]], end)


def _month(found: re.Match[str], _: float) -> Place | None:
    return _ordered(_day(found[1], found[2], None, last=False), _day(found[1], found[2], None, last=True))


def _years(found: re.Match[str], _: float) -> Place | None:
    return _ordered(float(found[1]), float(found[2]) + 1.0)


def _part(found: re.Match[str], _: float) -> Place | None:
    part_of, letter, count = (found[1], found[2], found[3]) if found[1] else (found[6], found[4], found[5])
    length = 0.25 if letter.upper() == "Q" else 0.5
    start = float(part_of) + length * (int(count) - 1)
    return Place(start, start + length) if length * int(count) <= 1.0 else None


def _worded(found: re.Match[str], year: float) -> Place | None:
    first_day = float(found[2] or int(year))
    start, end = _WORDS[found[1]]
    return Place(first_day + start, first_day + end)


_PERIODS = (
    (_SPAN, _span),
    (_TO, _time_to),
    (_MONTH, _month),
    (_YEARS, _years),
    (_PART, _part),
    (_WORDED, _worded),
)


def _ordered(start: float | None, end: float | None) -> Place | None:
    return None if start is None or end is None or start >= end else Place(start, end)


def _day(year: str, month: str, day: str | None, *, last: bool) -> float | None:
    """Give a day, or the first or last of a month, as a decimal year; its end where it is the last."""
    number, whole = int(month), int(year)
    if not 1 <= number <= 12:
        return None
    if day is None:
        return whole + (number if last else number - 1) / 12
    try:
        found = parse_date(f"{year}-{month}-{day}")
    except ValueError:
        return None
    return whole + number / 12 if last and int(day) == monthrange(whole, number)[1] else found


def plain(case: Case) -> dict[str, Any]:
    """Say what a case is, for documents: id, title, role, unit, group."""
    return {"id": case.id, "title": case.title or case.id, "role": case.role, "unit": case.unit, "group": case.group}
