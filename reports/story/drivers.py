"""What carries the answer: the assumptions that move the gap of the fleets most, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...studies.one_at_a_time import RATIO
from ..figures.looks import HIGH_COLOUR, LOW_COLOUR
from ..language import say
from ..language.numbers import change, dash, times
from .answer import FLEET
from .charts import numbers
from .naming import is_date, measured, named, unit_named, value_named
from .parts import Chart, Section, Series, Table
from .words import LONGEST_HEADLINE, NO_SOURCE, cut, source_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from ...scenarios.schema import Record
    from .view import View

SHOWN = 10
"""Assumptions in the chart, and in the table below it."""
JUDGED = ("judgement",)
"""Confidence that rests on no publication."""
LONGEST_NAME = 64


@dataclass(frozen=True)
class Drivers:
    """Assumptions by what each does to the ratio of the fleets in the year in focus.

    Attributes
    ----------
    view
        The run.
    assumptions
        Gives the effects of every uncertain assumption on one number: `Result.assumptions`.
    """

    view: View
    assumptions: Callable[[str, int, str], pd.DataFrame]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The strongest assumptions that move the ratio at all."""
        found = self.assumptions(FLEET, self.view.when, RATIO)
        moving: pd.DataFrame = found[
            np.isfinite(found["span"]) & (found["span"] > 0) & np.isfinite(found["central"])
        ].head(SHOWN)
        return moving

    def name(self, path: Any) -> str:
        """Name an assumption."""
        return named(str(path), self.view.scenario.labels)

    def record(self, path: Any) -> Record:
        """Give what stands behind an assumption."""
        return self.view.scenario.record(str(path))

    def sources(self) -> tuple[str, ...]:
        """List the publications behind the strongest assumptions."""
        cited = dict.fromkeys(s for path in self.table.index for s in self.record(path).source if s not in NO_SOURCE)
        return tuple(source_line(self.view.scenario, name) for name in list(cited)[:4])

    @property
    def judged(self) -> int:
        """How many of the strongest rest on judgement."""
        return sum(self.record(path).confidence in JUDGED for path in self.table.index)


def drivers(found: Drivers) -> Section:
    """Say which assumptions move the answer most."""
    table, year = found.table, found.view.when
    if table.empty:
        return Section("drivers", say("No single uncertain number moves the gap of the fleets in {year}", year=year))
    first = table.iloc[0]
    ends = sorted((float(first["at_low"]), float(first["at_high"])))
    name = cut(found.name(table.index[0]), LONGEST_NAME)
    template = say(
        "What moves the gap of {year} most: {name} ({low} to {high})",
        name=name,
        year=year,
        low=times(ends[0]),
        high=times(ends[1]),
    )
    notes = tuple(_effect(found, path, row) for path, row in table.iterrows())
    points = [cut(line) for line in notes[:4]]
    central, median = times(float(first["central"])), times(found.view.gap(FLEET).ratio.middle)
    points.append(
        say("One number at a time, all others central ({central})", central=central)
        if found.view.members == 1
        else say(
            "One number at a time, all others central ({central}; median future {median})",
            central=central,
            median=median,
        )
    )
    return Section("drivers", cut(template, LONGEST_HEADLINE), tuple(points), notes, found.sources(), (_chart(found),))


def _effect(found: Drivers, path: Any, row: Any) -> str:
    """Say what an assumption does at its two ends."""
    low, high = (measured(float(row[key]), row["unit"], found.name(path)) for key in ("low_input", "high_input"))
    return say(
        "{name}: {at_low} at {low}, {at_high} at {high}",
        name=found.name(path),
        low=low,
        high=high,
        at_low=times(float(row["at_low"])),
        at_high=times(float(row["at_high"])),
    )


def _chart(found: Drivers) -> Chart:
    """Show how far each assumption moves the ratio from the central run, in per cent."""
    table = found.table
    ends = {key: 100 * (table[key].to_numpy() / table["central"].to_numpy() - 1) for key in ("at_low", "at_high")}
    names = tuple(found.name(path) for path in table.index)
    title = say("Gap of the fleets in {year}: change from the central run, %", year=found.view.when)
    said = "; ".join(
        f"{name} {change(low / 100)}, {change(high / 100)}"
        for name, low, high in zip(names, ends["at_low"], ends["at_high"], strict=True)
    )
    return Chart(
        "bars",
        title,
        "%",
        names,
        (
            Series(say("assumption at its low end (5 %)"), numbers(ends["at_low"]), colour=LOW_COLOUR),
            Series(say("assumption at its high end (95 %)"), numbers(ends["at_high"]), colour=HIGH_COLOUR),
        ),
        say("{what}: {values}.", what=title, values=said),
        reference=0.0,
    )


def assumptions(found: Drivers) -> Section:
    """List the strongest assumptions: value, range, unit, source and date."""
    table = found.table
    if table.empty:
        return Section("assumptions", say("No uncertain assumption stands behind the answer"))
    return Section(
        "assumptions",
        _assumptions_headline(found),
        (
            say("Range: 5 % and 95 % quantile of what each number may be"),
            say("The strongest first; every number with its source: scenario.yaml beside the result"),
        ),
        tuple(_note(found, path) for path in table.index),
        found.sources(),
        (),
        Table(
            (say("Assumption"), say("Value"), say("Range"), say("Unit"), say("Basis"), say("Source"), say("Date")),
            tuple(_row(found, path, row) for path, row in table.iterrows()),
            say("The assumptions that move the answer most"),
            tuple(_address(found, path) for path in table.index),
        ),
    )


def _assumptions_headline(found: Drivers) -> str:
    count, judged = len(found.table), found.judged
    if judged == 0:
        return say("None of the {count} strongest assumptions rests on judgement alone", count=count)
    if judged == 1:
        return say("1 of the {count} strongest assumptions rests on judgement", count=count)
    if judged == count:
        return say("All of the {count} strongest assumptions rest on judgement", count=count)
    return say("{judged} of the {count} strongest assumptions rest on judgement", judged=judged, count=count)


def _row(found: Drivers, path: Any, row: Any) -> tuple[str, ...]:
    record = found.record(path)
    low, value, high = (value_named(row[key], row["unit"]) for key in ("low_input", "input", "high_input"))
    named_sources = [name for name in record.source if name not in NO_SOURCE] or list(record.source)
    publisher = _publisher(found, named_sources[0]) if named_sources else ""
    more = f" +{len(named_sources) - 1}" if len(named_sources) > 1 else ""
    return (
        found.name(path),
        value,
        f"{low}{dash()}{high}",
        "" if is_date(row["input"], row["unit"]) else unit_named(row["unit"]),
        basis_of(record),
        publisher + more,
        str(record.as_of or ""),
    )


def _publisher(found: Drivers, name: str) -> str:
    if name in NO_SOURCE:
        return say(name)
    source = found.view.scenario.sources.get(name, {})
    return cut(str(source.get("publisher") or source.get("title") or name), 40)


def _address(found: Drivers, path: Any) -> str:
    sources = (found.view.scenario.sources.get(name, {}) for name in found.record(path).source)
    return str(next((source["address"] for source in sources if source.get("address")), ""))


def _note(found: Drivers, path: Any) -> str:
    record = found.record(path)
    said = basis_of(record)
    sources = [
        say(name) if name in NO_SOURCE else source_line(found.view.scenario, name)
        for name in record.source
        if name not in NO_SOURCE or say(name) != said
    ]
    if not sources:
        return say("{name}: {basis}", name=found.name(path), basis=said)
    return say("{name}: {basis}. {sources}", name=found.name(path), basis=said, sources="; ".join(sources))


def basis_of(record: Record) -> str:
    """Name what a number rests on; a number that a scenario sets rests on the question asked."""
    return say("set by the scenario") if tuple(record.source) == ("what-if",) else basis(record.confidence)


def basis(confidence: str | None) -> str:
    """Name what a number rests on."""
    return say((confidence or "not stated").replace("_", " "))
