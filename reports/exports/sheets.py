"""What a workbook holds: sheets of typed columns and rows, before any file format is thought of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...model.registry import VARIABLES, Variable
from ...scenarios.dates import format_date
from ..lags import LAG_WORDS
from ..summary import COLUMNS
from ..tables import RATIO_NAME, headline_document
from ..text import SIDE_NAMES, divisor, unit
from ..words import YEARS, in_words
from .about import about
from .iamc import unit_name, variable_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...scenarios.scenario import Scenario
    from ..result import Result


STATISTICS = {"p05": "5 %", "p50": "median", "p95": "95 %"}


@dataclass(frozen=True)
class Link:
    """Text with an address."""

    text: str
    address: str


@dataclass(frozen=True)
class When:
    """A year with a fraction: shown without a thousands separator."""

    year: float


@dataclass(frozen=True)
class Given:
    """A number that somebody stated: shown with the digits it has."""

    value: float


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters, and how its numbers show where not by their size."""

    head: str
    width: int
    shows: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: a row of heads, rows of cells below it.

    Attributes
    ----------
    name
        On its tab.
    columns
        From left to right.
    rows
        Cells: text, numbers, `Link`, `When`, `Given`, or None where there is nothing.
    frozen
        Columns that stay when one scrolls to the right.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    frozen: int = 0


def sheets(result: Result) -> list[Sheet]:
    """Build the sheets of a run, what an analyst opens first in front."""
    scenario = result.scenario
    tables = [
        _headline(result),
        _summary(result.summary()),
        variables_sheet(str(name) for name in result.data.data_vars),
        _assumptions(scenario),
        sources_sheet(scenario),
        _events(result.events),
        _timeline(scenario),
    ]
    return [_about(result, tables), *tables]


def _about(result: Result, tables: list[Sheet]) -> Sheet:
    rows: list[tuple[Any, ...]] = list(about(result))
    rows += [(f"sheet {sheet.name}", f"{len(sheet.rows):,} rows") for sheet in tables]
    return Sheet("About", (Column("", 24), Column("", 110)), tuple(rows), frozen=0)


def _headline(result: Result) -> Sheet:
    """The headline variables in printed units: a row per variable and side, three columns per year."""
    document = headline_document(result)
    years = sorted({row["year"] for row in document["variables"][0]["rows"]})
    rows: list[tuple[Any, ...]] = []
    for entry in document["variables"]:
        variable = VARIABLES[entry["id"]]
        for side, name in SIDE_NAMES.items():
            cells = {row["year"]: row for row in entry["rows"] if row["side"] == side}
            if cells:
                rows += _headline_rows(variable, name, cells, years)
        ratios = {row["year"]: row for row in entry.get("ratio_us_to_china", ())}
        if ratios:
            rows.append((variable.label, RATIO_NAME, "×", *_cells(ratios, years, 1.0)))
    for entry in document["lag_years"]:
        cells = {row["year"]: row for row in entry["rows"]}
        rows.append((f"China behind: {LAG_WORDS[entry['id']][0]}", RATIO_NAME, "years", *_cells(cells, years, 1.0)))
    columns = [Column("Variable", 34), Column("Side", 15), Column("Unit", 16)]
    columns += [Column(f"{year} {head}", 13) for year in years for head in STATISTICS.values()]
    return Sheet("Headline", tuple(columns), tuple(rows), frozen=3)


def _headline_rows(
    variable: Variable, side: str, cells: Mapping[int, Mapping[str, Any]], years: list[int]
) -> Iterator[tuple[Any, ...]]:
    if variable.categories:
        for category in variable.categories:
            shares = (cells[year].get(category) for year in years)
            percent = [None if share is None else Given(round(100 * share, 1)) for share in shares]
            spaced = [cell for share in percent for cell in (None, share, None)]
            yield (f"{variable.label}: {category}", side, "% of members", *spaced)
        return
    found = _cells(cells, years, divisor(variable))
    yield (variable.label, side, _printed_unit(variable), *(plain_number(value, variable.unit) for value in found))


def _cells(cells: Mapping[int, Mapping[str, Any]], years: list[int], divide: float) -> list[float | None]:
    found = (cells.get(year, {}).get(name) for year in years for name in STATISTICS)
    return [None if value is None else value / divide for value in found]


def _summary(summary: pd.DataFrame) -> Sheet:
    """Every variable, year and side in stored units: the long summary with words beside the ids."""
    columns = [
        Column("Year", 7), Column("Side", 8), Column("Variable", 28), Column("Label", 36), Column("Unit", 17),
        *(Column(head, 13) for head in ("5 %", "25 %", "Median", "75 %", "95 %", "Mean")), Column("Meaning", 70),
    ]  # fmt: skip
    records: list[dict[Any, Any]] = summary.to_dict("records")
    rows = [
        (
            int(row["year"]), SIDE_NAMES[row["side"]], row["variable"], label(row["variable"]), row["unit"],
            *(plain_number(row[name], row["unit"]) for name in COLUMNS[4:]),
            VARIABLES[row["variable"].partition("=")[0]].meaning,
        )
        for row in records
    ]  # fmt: skip
    return Sheet("Summary", tuple(columns), tuple(rows), frozen=3)


def label(name: str) -> str:
    """Name a row of the summary for people.

    >>> label("binding_input=hbm")
    'Binding input: hbm'
    """
    variable, _, part = name.partition("=")
    return VARIABLES[variable].label + (f": {part}" if part else "")


def variables_sheet(names: Iterable[str]) -> Sheet:
    """List variables with units, meaning and names elsewhere."""
    columns = (
        Column("Variable", 28), Column("Label", 36), Column("Label (Korean)", 30), Column("Unit", 17),
        Column("Printed unit", 17), Column("Kind", 10), Column("Meaning", 80), Column("Values", 34),
        Column("IAMC name", 46), Column("IAMC unit", 22), Column("Headline", 10),
    )  # fmt: skip
    rows = tuple(
        (
            variable.id, variable.label, variable.label_ko, variable.unit, _printed_unit(variable), variable.kind,
            variable.meaning, ", ".join(variable.categories), variable_name(variable.id), unit_name(variable.unit),
            "yes" if variable.headline else "no",
        )
        for variable in (VARIABLES[name] for name in names)
    )  # fmt: skip
    return Sheet("Variables", columns, rows, frozen=1)


def _assumptions(scenario: Scenario) -> Sheet:
    """Every number that the model reads: a row per record and date."""
    columns = (
        Column("Path", 46), Column("In words", 46), Column("From", 10), Column("Value", 13), Column("Low", 13),
        Column("High", 13), Column("Unit", 18), Column("Uncertain", 10), Column("Distribution", 13),
        Column("Source", 28), Column("Source title", 60), Column("As of", 11), Column("Confidence", 17),
        Column("Unverified", 11), Column("Origin", 34), Column("Note", 90),
    )  # fmt: skip
    rows = []
    for path, record in scenario.records.items():
        for date, point in record.points():
            rows.append((
                path, in_words(path, scenario.labels), _date(date) if record.dated else None,
                *(_given(value, record.unit) for value in (point.value, point.low, point.high)), record.unit, "yes" if record.uncertain and point.uncertain else "no", record.dist or "",
                ", ".join(record.source), _cited(scenario, record.source), record.as_of or "", record.confidence or "",
                "yes" if record.unverified else "no", scenario.origins.get(path, ""), record.note or "",
            ))  # fmt: skip
    return Sheet("Assumptions", columns, tuple(rows), frozen=1)


def sources_sheet(*scenarios: Scenario) -> Sheet:
    """List the sources that numbers, actions and correlations of scenarios cite."""
    columns = (
        Column("Source", 28), Column("Title", 80), Column("Publisher", 32), Column("Date", 14), Column("Address", 60),
        Column("How it was read", 18), Column("Note", 70),
    )  # fmt: skip
    cited: dict[str, Mapping[str, Any]] = {}
    for scenario in scenarios:
        holders: tuple[Any, ...] = (*scenario.records.values(), *scenario.record_of_actions, *scenario.correlations)
        cited |= {source: _entry(scenario, source) for holder in holders for source in holder.source}
    entries = ((source, found) for source, found in sorted(cited.items()) if found)
    rows = tuple(
        (source, *(_text(entry, key) for key in ("title", "publisher", "date")), _address(entry),
         *(_text(entry, key) for key in ("how_read", "note")))
        for source, entry in entries
    )  # fmt: skip
    return Sheet("Sources", columns, rows, frozen=1)


def _events(events: pd.DataFrame) -> Sheet:
    """Who decided what in the central run."""
    widths = {"year": 10, "actor": 18, "rule": 18, "observed": 44, "chose": 44, "reason": 70}
    columns = tuple(Column(str(name).capitalize(), widths.get(str(name), 24)) for name in events.columns)
    rows = tuple(
        (plain_number(float(year), "year"), *(_plain(value) for value in rest))
        for year, *rest in events.itertuples(index=False)
    )
    return Sheet("Decisions", columns, rows, frozen=2)


def _timeline(scenario: Scenario) -> Sheet:
    """The dated acts of governments that the run plays."""
    columns = (
        Column("Date", 11), Column("Until", 11), Column("Announced", 11), Column("Actor", 12), Column("Action", 16),
        Column("Item", 22), Column("Target", 16), Column("Stringency", 11), Column("Threshold, TPP", 14),
        Column("Cap", 11), Column("Fee", 9), Column("Title", 60), Column("Source", 28), Column("Source title", 60),
        Column("Origin", 34), Column("Note", 80),
    )  # fmt: skip
    rows = tuple(
        (
            _date(act.date), _date(act.until), _date(act.announced), act.actor, act.action, act.item or "",
            act.target or "", *(_given(value) for value in (act.stringency, act.threshold_tpp, act.cap, act.fee)), act.title or "",
            ", ".join(act.source), _cited(scenario, act.source), act.origin, act.note or "",
        )
        for act in scenario.timeline
    )  # fmt: skip
    return Sheet("Policy timeline", columns, rows, frozen=1)


def _cited(scenario: Scenario, sources: Iterable[str]) -> str | Link:
    """Name the titles of sources, with the first address that one of them has."""
    entries = [_entry(scenario, source) for source in sources]
    text = "; ".join(found for entry in entries if (found := _text(entry, "title")))
    address = next((found for entry in entries if (found := _text(entry, "address"))), "")
    return Link(text or address, address) if address else text


def _entry(scenario: Scenario, source: str) -> Mapping[str, Any]:
    """Give what is known of a source: its entry, or the address that it is itself; nothing of a mere word (``what-if``)."""
    own = {"address": source} if source.startswith(("https://", "http://")) else {}
    return scenario.sources.get(source, own)


def _address(entry: Mapping[str, Any]) -> str | Link:
    address = _text(entry, "address")
    return Link(address, address) if address else ""


def _text(entry: Mapping[str, Any], key: str) -> str:
    found = entry.get(key)
    return "" if found is None else str(found)


def _printed_unit(variable: Variable) -> str:
    return "year" if variable.kind == "date" else unit(variable)


def _date(year: float | None) -> str | None:
    return None if year is None else format_date(year)


def plain_number(value: float | None, unit: str) -> float | When | None:
    """Give a finite number, of a calendar year as such."""
    if value is None or not math.isfinite(value):
        return None
    if unit == "year" and YEARS[0] < value < YEARS[1]:
        return When(value)
    return value


def _given(value: float | None, unit: str = "") -> Given | When | None:
    """Give a stated number as it was stated, a calendar year as such."""
    found = plain_number(value, unit)
    return found if found is None or isinstance(found, When) else Given(found)


def _plain(value: Any) -> Any:
    """Turn what a data frame holds into text or a number."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (int, float, str)) or value is None else str(value)
