"""The generated pages of reference: every recorded variable, every number with its source, every source.

`make docs` writes them below ``docs/reference``; a test compares. Tables are cut by section, so that each can be linked to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...model.registry import VARIABLES, Variable
from ...scenarios.draft import ENTITY_TABLES
from .model_tables import NONE, value_text
from .parameter_schema import CLOSED_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...scenarios.scenario import Scenario
    from ...scenarios.schema import Record

WRITTEN = "<!-- Written by `make docs`: do not edit. -->"
SHEETS = ("chips", "pods", "clusters", "jobs", "tracked_totals")
"""Tables of data sheets, which have a page of their own."""
TITLES = {
    "buyers": "Cloud firms and other buyers",
    "capital": "Investors",
    "china_hbm": "Chinese HBM",
    "china_packaging": "Chinese packaging",
    "chips": "Accelerators",
    "clusters": "Clusters and sites",
    "euv": "The Chinese EUV programme",
    "firms": "Chip firms",
    "fleet": "Life of a fleet",
    "grids": "Grids",
    "hardware": "The hardware model",
    "hbm": "HBM that reached China",
    "hbm_world": "HBM of the world",
    "initial": "Stocks at the start",
    "jobs": "Jobs: models to train and to serve",
    "learning": "Learning",
    "market": "The market",
    "packaging": "Packaging",
    "plants": "Fabs, packaging lines and memory makers",
    "pods": "Pods",
    "policy": "Governments",
    "product_lines": "Product lines",
    "products": "Products",
    "projection": "Projection",
    "rental": "Rented compute",
    "sites": "Sites",
    "smic": "SMIC's process",
    "smuggling": "Smuggling",
    "software": "Software",
    "tools": "Tools",
    "tracked_totals": "Published totals to compare with",
}
SPECIAL = re.compile(r"([\\*<|\[\]])")


def variables_page() -> str:
    """Write the page of recorded variables, cut by the first word of their IAMC names."""
    groups: dict[str, list[Variable]] = {}
    for variable in VARIABLES.values():
        groups.setdefault(variable.iamc.partition("|")[0], []).append(variable)
    headline = sum(variable.headline for variable in VARIABLES.values())
    lines = [
        WRITTEN,
        "# Recorded variables",
        "",
        f"{len(VARIABLES)} variables are recorded for every member, year and side; the {headline} in bold are the headline "
        "ones, which tables show first. `result.data` holds them under their ids, in the units given here; `iamc.csv` under "
        "their IAMC names. In Python: `pr.variables()`.",
        "",
        "A *stock* is that of the year's end, a *flow* that of the year; a *state* or a *price* holds in the year; a *share* "
        "is 0 to 1; a *date* is a year with a fraction, the same in all years; a *category* is a code.",
    ]
    for group, found in groups.items():
        lines += ["", f"## {group}", "", "| id | label | unit | kind | IAMC name | meaning |", f"|{' --- |' * 6}"]
        lines += [_variable_row(variable) for variable in found]
    return "\n".join([*lines, ""])


def _variable_row(variable: Variable) -> str:
    name = f"`{variable.id}`"
    codes = ", ".join(f"{code} {label}" for code, label in enumerate(variable.categories))
    meaning = variable.meaning + (f": {codes}" if codes else "")
    unit = NONE if variable.unit in {"", "1"} else variable.unit
    cells = [
        f"**{name}**" if variable.headline else name,
        f"{variable.label}<br>{variable.label_ko}",
        unit,
        variable.kind,
        variable.iamc.replace("|", r"\|<wbr>"),
        plain(meaning),
    ]
    return _row(cells)


def parameters_page(scenario: Scenario) -> str:
    """Write the page of the numbers that the world reads, data sheets excepted."""
    tables = [table for table in _tables(scenario) if table not in SHEETS]
    count = sum(path.partition(".")[0] in tables for path in scenario.records)
    uncertain = sum(record.uncertain for path, record in scenario.records.items() if path.partition(".")[0] in tables)
    return _page(
        "Parameters",
        f"The {count:,} numbers that governments, firms, fabs, grids and markets of the baseline go by; {uncertain:,} of them "
        "are uncertain. Each can be changed by its path: in a scenario file, with `--set path=value`, or in "
        '`pr.load("baseline", {"path": value})`. The numbers of chips, pods, clusters and jobs stand in the '
        "[data sheets](data_sheets.md).",
        tables,
        scenario,
    )


def sheets_page(scenario: Scenario) -> str:
    """Write the page of data sheets: chips, pods, clusters, jobs."""
    count = sum(path.partition(".")[0] in SHEETS for path in scenario.records)
    return _page(
        "Data sheets",
        f"The {count:,} numbers of accelerators, pods, clusters and jobs. Dense operations always, never sparse ones. Each "
        "can be changed by its path, like any [parameter](parameters.md).",
        [table for table in _tables(scenario) if table in SHEETS],
        scenario,
    )


def sources_page(scenario: Scenario) -> str:
    """Write the page of sources."""
    lines = [
        WRITTEN,
        "# Sources",
        "",
        f"The {len(scenario.sources)} sources that facts and evidence cite by id. *Read as* says how: the text itself, an "
        "excerpt, or through another source. `podrace facts ID` shows what rests on one.",
        "",
        f"| id | publisher | title | date | read as | origin |\n|{' --- |' * 6}",
    ]
    for name, source in scenario.sources.items():
        title, address = plain(str(source.get("title", ""))), source.get("address")
        read = str(source.get("how_read", NONE)).replace("via:", "via ")
        told = [source.get("publisher", NONE), source.get("date", NONE), read, source.get("origin", NONE)]
        publisher, date, how, origin = (plain(str(text)) for text in told)
        link = f"[{title}](<{address}>)" if address else title
        lines.append(_row([f'<a id="{name}"></a>`{name}`', publisher, link, date, how, origin]))
    return "\n".join([*lines, ""])


def _page(title: str, about: str, tables: Sequence[str], scenario: Scenario) -> str:
    lines = [
        WRITTEN,
        f"# {title}",
        "",
        about,
        "",
        "*Central (range)*: the central value and, where it is uncertain, the ends of its range, or the 5 % and 95 % quantiles "
        "of a normal or lognormal one; triangular where nothing is said. A dated value holds until the next. *Standing* says "
        "how a number is known; a judgement is the modellers' own.",
    ]
    for table in tables:
        lines += ["", f"## {TITLES.get(table, table.replace('_', ' ').capitalize())}", ""]
        lines += _section(table, scenario)
    return "\n".join([*lines, ""])


def _tables(scenario: Scenario) -> list[str]:
    return sorted({path.partition(".")[0] for path in scenario.records})


def _section(table: str, scenario: Scenario) -> Iterable[str]:
    """Write a table of the facts: a list, or a heading and a list for each entry."""
    records = {path: record for path, record in scenario.records.items() if path.partition(".")[0] == table}
    if table not in (*ENTITY_TABLES, *CLOSED_TABLES):
        yield from _rows({f"`{path}`": record for path, record in records.items()})
        return
    for name in scenario.entities(table):
        start = f"{table}.{name}."
        own = {f"`.{path.removeprefix(start)}`": record for path, record in records.items() if path.startswith(start)}
        shared = _shared(start, scenario)
        if own or shared:
            label = scenario.labels.get(f"{start}label") or scenario.labels.get(f"{start}name")
            yield from ("", f"### `{table}.{name}`", "", *([f"{plain(str(label))}", ""] if label else []))
        if own:
            yield from _rows(own)
        if shared:
            yield from ("", f"Shared with others: {shared}.")


def _shared(start: str, scenario: Scenario) -> str:
    """Name the records that an entry shares with others."""
    found = {path: label for path, label in scenario.labels.items() if path.startswith(start)}
    return ", ".join(
        f"`.{path.removeprefix(start)}` is `{label}`" for path, label in found.items() if label in scenario.records
    )


def _rows(records: Mapping[str, Record]) -> Iterable[str]:
    yield "| number | central (range) | unit | what to know | standing | as of | sources |"
    yield f"|{' --- |' * 7}"
    for name, record in records.items():
        unit = NONE if record.unit in {"", "1"} else record.unit
        standing = (record.confidence or NONE) + (", unverified" if record.unverified else "")
        sources = ", ".join(_source(source) for source in record.source) or NONE
        yield _row(
            [
                name,
                _dated(value_text(record)),
                unit.replace("_", " "),
                plain(record.note or ""),
                standing.replace("_", " "),
                (record.as_of or NONE).replace("-", "\N{NON-BREAKING HYPHEN}"),
                sources,
            ]
        )


def _dated(text: str) -> str:
    """Put each date of a series on a line of its own, unbroken."""
    dates = text.split("; ")
    return "<br>".join(date.replace(" ", "\N{NO-BREAK SPACE}") for date in dates) if len(dates) > 1 else text


def _source(source: str) -> str:
    if source in {"judgement", "derived"}:
        return source
    return f"<{source}>" if "://" in source else f"[{source}](sources.md#{source})"


def plain(text: str) -> str:
    r"""Keep signs of a text from being read as Markdown.

    >>> print(plain("[cycle_wafer] <1"))
    \[cycle_wafer\] \<1
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
