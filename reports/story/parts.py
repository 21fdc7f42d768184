"""What a story is made of: sections with a finding, charts as plain numbers, tables as plain text.

Everything here is in the language that was spoken when the story was told, in display units, and knows no medium.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["fan", "stacked", "bars", "dots", "lines"]
"""``fan``: lines over years with intervals; ``stacked``: shares or parts that add up, over categories (years);
``bars``: one bar per category; ``dots``: a middle with its interval per category; ``lines``: lines over years."""


@dataclass(frozen=True)
class Series:
    """One line, or one set of bars.

    Attributes
    ----------
    name
        What it is.
    middle
        Medians, or the values themselves; None where there is none.
    low, high
        5 % and 95 % quantiles, as long as `middle`; empty where there is no interval.
    quarter, three_quarters
        25 % and 75 % quantiles, as long as `middle`; empty where there are none.
    colour
        ``#rrggbb``, from `podrace.reports.figures.style`.
    """

    name: str
    middle: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    quarter: tuple[float | None, ...] = ()
    three_quarters: tuple[float | None, ...] = ()
    colour: str = "#5a6470"


@dataclass(frozen=True)
class Chart:
    """A chart as numbers.

    Attributes
    ----------
    kind
        How it is drawn.
    title
        What is shown, with its unit.
    unit
        Unit of the values, in words.
    categories
        Years, or names, along the other axis.
    series
        What is drawn.
    described
        What a person who does not see it should know: its text alternative.
    log
        Whether the value axis counts in powers of ten.
    reference
        A value that a thin line marks (no difference, parity).
    """

    kind: Kind
    title: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    described: str
    log: bool = False
    reference: float | None = None


@dataclass(frozen=True)
class Table:
    """A table as text.

    Attributes
    ----------
    columns
        Heads.
    rows
        Cells, as many in each row as there are columns.
    title
        What it lists.
    links
        For each row an address its source has, or nothing.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One finding and what it rests on.

    Attributes
    ----------
    key
        Short name, the same in every language: ``question``, ``answer``, ``capability``, ``binding``, ``stockpiles``, ``power``,
        ``timeline``, ``differences``, ``regret``, ``drivers``, ``assumptions``, ``caveats``.
    headline
        The finding in one sentence.
    points
        A few short lines that a reader of a slide sees.
    notes
        What a speaker says, or a page prints as text: numbers with intervals.
    sources
        Sources behind it: name, date, address.
    charts, table
        What is shown.
    """

    key: str
    headline: str
    points: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Story:
    """What a result says.

    Attributes
    ----------
    language
        Code of the language it is told in.
    title
        Of the scenario or the comparison.
    subtitle
        What kind of study it is, and its date.
    sections
        In the order they are told.
    reproduction
        What it takes to make it again: pairs of a name and its value (version, scenario, hash, members, seed, command).
    """

    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    reproduction: tuple[tuple[str, str], ...] = field(default=())

    def section(self, key: str) -> Section | None:
        """Give the section of a name, where the story has one."""
        return next((section for section in self.sections if section.key == key), None)
