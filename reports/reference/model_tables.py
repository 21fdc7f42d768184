"""The generated tables of docs/model.md: what each kind of agent does, and the numbers of the baseline.

A mark on the page says what stands below it; `make docs` (or `python -m podrace.reports.reference.model_tables PAGE`) writes the
tables between the marks, and a test compares the page with what it would write.

- ``<!-- rules Fab MemoryMaker -->``: agents of these kinds by name, and their rules in the order of the year.
- ``<!-- numbers hbm.* tools.* -->``: the records that match, one row each.
- ``<!-- grid plants: growth lag -->``: entries of a table as rows, some of their records as columns.

Each ends at the next ``<!-- end -->``.
"""

from __future__ import annotations

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ...scenarios.dates import format_date
from ...scenarios.evidence import cited
from ...scenarios.faults import fail, nearest
from ..facts import ranged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...scenarios.scenario import Scenario
    from ...scenarios.schema import Record
    from ...studies.roster import Agent

MARK = re.compile(r"<!-- (rules|numbers|grid) ([^>]*?) -->\n.*?<!-- end -->", re.DOTALL)
NONE = "–"
PLAIN_DISTS = (None, "triangular", "constant")
"""What need not be said of a range."""
PLAIN_SOURCES = ("judgement", "derived")
"""Words in a source's place; the column of the standing says as much."""


def refresh(page: str, scenario: Scenario, agents: Sequence[Agent]) -> str:
    """Write the tables of a page anew.

    Parameters
    ----------
    page
        Markdown with marks.
    scenario
        Whose records the tables show.
    agents
        Its agents, from `podrace.studies.roster`.

    Returns
    -------
    The page with every table between marks replaced; nothing else changes.
    """

    def table(found: re.Match[str]) -> str:
        kind, asked = found.groups()
        lines = {
            "rules": lambda: rules_table(asked.split(), agents),
            "numbers": lambda: numbers_table(asked.split(), scenario),
            "grid": lambda: grid_table(asked, scenario),
        }[kind]()
        return "\n".join([f"<!-- {kind} {asked} -->", "", *lines, "", "<!-- end -->"])

    return MARK.sub(table, page)


def rules_table(kinds: Iterable[str], agents: Sequence[Agent]) -> list[str]:
    """Write who belongs to some kinds of agents, and what each kind does in a year."""
    known = dict.fromkeys(agent.kind for agent in agents)
    lines = ["| agents | rule | what it does |", "| --- | --- | --- |"]
    for kind in kinds:
        if kind not in known:
            fail("no such kind of agent", found=kind, nearest=nearest(kind, list(known)))
        members = [agent for agent in agents if agent.kind == kind]
        names = ", ".join(
            f"`{agent.name}`" + (f" ({agent.side})" if _shared(agent, members) else "") for agent in members
        )
        switches = dict.fromkeys(switch for agent in members for switch in agent.switches)
        who = f"**{kind}**: {names}" + (f"; switches {', '.join(f'`{s}`' for s in switches)}" if switches else "")
        for place, rule in enumerate(members[0].rules):
            lines.append(_row([who if place == 0 else "", f"`{rule.name}`", rule.text]))
    return lines


def _shared(agent: Agent, members: Sequence[Agent]) -> bool:
    """Whether an agent's name is that of its side, which says little."""
    return agent.name == agent.side and len(members) > 1


def numbers_table(patterns: Iterable[str], scenario: Scenario) -> list[str]:
    """Write the records that match, one row each: value with range, unit, standing, sources, evidence."""
    lines = [
        "| number | central (range) | unit | standing | sources | evidence |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for path, record in _matching(patterns, scenario):
        cells = [f"`{path}`", value_text(record), _unit(record), record.confidence or NONE]
        lines.append(_row([*cells, _sources([record]), _evidence([record])]))
    return lines


def grid_table(asked: str, scenario: Scenario) -> list[str]:
    """Write entries of a table as rows and some of their records as columns: ``plants: growth lag``."""
    table, _, keys = asked.partition(":")
    columns = keys.split()
    units = [_column_unit(table, key, scenario) for key in columns]
    heads = [f"`{key}`" + (f", {unit}" if unit else "") for key, unit in zip(columns, units, strict=True)]
    lines = [_row([f"`{table}.`", *heads, "sources"]), "| --- |" + " --- |" * (len(columns) + 1)]
    for name in scenario.entities(table):
        paths = [f"{table}.{name}.{key}" for key in columns]
        if any(path in scenario.records for path in paths):
            records = [scenario.records[path] for path in paths if path in scenario.records]
            cells = [_cell(path, scenario) for path in paths]
            lines.append(_row([f"`{name}`", *cells, _sources(records)]))
    return lines


def value_text(record: Record) -> str:
    """Write a record's central value with its range, all dates of a series.

    >>> from podrace.scenarios.schema import Record
    >>> value_text(Record(value=0.3, low=0.1, high=1.0, dist="lognormal", unit="1"))
    '0.3 (0.1–1), lognormal'
    >>> value_text(Record(by_year={2022: 1.0, 2025: {"low": 1.0, "value": 2.0, "high": 4.0}}, unit="GW"))
    '2022: 1; 2025: 2 (1–4)'
    """
    dated = [
        (f"{format_date(date)}: " if record.dated else "") + ranged(point.value, point.low, point.high, record.unit)
        for date, point in record.points()
    ]
    return "; ".join(dated) + ("" if record.dist in PLAIN_DISTS else f", {record.dist}")


def covered(page: str, scenario: Scenario) -> set[str]:
    """Give the paths of the records that the page's tables show."""
    found: set[str] = set()
    for kind, asked in MARK.findall(page):
        if kind == "numbers":
            found |= {path for path, _ in _matching(asked.split(), scenario)}
        elif kind == "grid":
            table, _, keys = asked.partition(":")
            paths = {f"{table}.{name}.{key}" for name in scenario.entities(table) for key in keys.split()}
            found |= paths & set(scenario.records)
    return found


def _matching(patterns: Iterable[str], scenario: Scenario) -> list[tuple[str, Record]]:
    """Records whose path matches one of the patterns; a pattern that matches nothing is a fault."""
    found: dict[str, Record] = {}
    for pattern in patterns:
        hits = {path: record for path, record in scenario.records.items() if fnmatchcase(path, pattern)}
        if not hits:
            fail("no record matches", found=pattern, nearest=nearest(pattern, list(scenario.records)))
        found |= hits
    return list(found.items())


def _cell(path: str, scenario: Scenario) -> str:
    """Write one record of a grid; where several share a record, its path."""
    if path in scenario.records:
        return value_text(scenario.records[path])
    shared = str(scenario.labels.get(path, ""))
    return f"as `{shared}`" if shared in scenario.records else NONE


def _column_unit(table: str, key: str, scenario: Scenario) -> str:
    """Name the unit of a column; a fault where its records have several."""
    units = {
        _unit(scenario.records[path])
        for name in scenario.entities(table)
        if (path := f"{table}.{name}.{key}") in scenario.records
    }
    if len(units) != 1:
        fail(
            "a column needs records of one unit", path=f"{table}.*.{key}", found=", ".join(sorted(units)) or "no record"
        )
    return units.pop().strip("–")


def _unit(record: Record) -> str:
    return NONE if record.unit in {"", "1"} else record.unit


def _sources(records: Iterable[Record]) -> str:
    named = dict.fromkeys(source for record in records for source in record.source if source not in PLAIN_SOURCES)
    return ", ".join(named) or NONE


def _evidence(records: Iterable[Record]) -> str:
    return ", ".join(dict.fromkeys(key for record in records for key in cited(record.note))) or NONE


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def main(arguments: Sequence[str]) -> None:
    """Write the tables of the pages named."""
    from ...scenarios.compose import load
    from ...studies.roster import roster

    scenario = load("baseline")
    agents = roster(scenario)
    for name in arguments:
        page = Path(name)
        page.write_text(refresh(page.read_text(encoding="utf-8"), scenario, agents), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
