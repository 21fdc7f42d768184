"""A scenario in a notebook: what it is, what it changes in the facts, and when who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dates import format_date
from .fact_files import load_facts
from .html import box, ending, fold, paragraph, shortened, table
from .layers import PACKAGED

if TYPE_CHECKING:
    from .fact_files import Facts
    from .scenario import Scenario
    from .schema import Action, Record

FACTS = "scenarios/facts/"
"""Where the origin of a value that no layer changed begins."""
MOST_ROWS = 60
"""Rows of a table that are shown."""


def scenario_html(scenario: Scenario) -> str:
    """Build the page of a scenario for a notebook."""
    changed = changes(scenario)
    own = own_actions(scenario)
    others = [action for action in scenario.timeline if action.origin.startswith(FACTS)]
    parts = [paragraph(scenario.description)]
    if changed:
        parts.append(
            table(
                ("changed value", "in the facts", "here", "unit", "origin", "source"),
                _limited(changed, 6),
                text_columns=6,
            )
        )
    if own:
        parts.append(_actions(f"{_counted(len(own), 'action')} of its own", own, opened=True))
    if others:
        parts.append(_actions(f"{_counted(len(others), 'action')} of the record", others))
    return box(scenario.title, _facts(scenario, len(changed)), *parts)


def changes(scenario: Scenario) -> list[tuple[str, ...]]:
    """List what the layers over the facts set: path, value in the facts, value here, unit, origin, source.

    Switches of behaviour and years stand in the line of facts, actions in the timeline.
    """
    layered = [path for path, origin in scenario.origins.items() if origin and not origin.startswith(FACTS)]
    if not layered:
        return []
    facts = load_facts(PACKAGED.facts)
    rows: list[tuple[str, ...]] = []
    for path in layered:
        origin = ending(scenario.origins[path], 60)
        if path in scenario.records:
            record = scenario.records[path]
            source = shortened(", ".join(record.source), 60)
            rows.append((path, _before(facts, path), value_text(record), record.unit, origin, source))
        elif path in scenario.labels:
            rows.append((path, _before(facts, path), shortened(str(scenario.labels[path]), 60), "", origin, ""))
    return rows


def own_actions(scenario: Scenario) -> list[Action]:
    """List the actions that do not come from the dated record."""
    return [action for action in scenario.timeline if not action.origin.startswith(FACTS)]


def value_text(record: Record) -> str:
    """Write the values of a record with their ranges, by date.

    >>> from .compose import load
    >>> value_text(load("baseline", {"smic.n2.defect_density": 0.24}).records["smic.n2.defect_density"])
    '0.24'
    """
    said = []
    for date, point in record.points():
        text = f"{point.value:,.6g}"
        if point.uncertain:
            ends = ["–" if end is None else f"{end:,.6g}" for end in (point.low, point.high)]
            text += f" ({ends[0]} to {ends[1]})"
        said.append(f"{format_date(date)}: {text}" if record.dated else text)
    return shortened("; ".join(said), 120)


def _before(facts: Facts, path: str) -> str:
    if path in facts.records:
        return value_text(facts.records[path])
    return shortened(str(facts.labels[path]), 60) if path in facts.labels else "–"


def _facts(scenario: Scenario, changed: int) -> list[str]:
    """Say in short what a scenario is."""
    uncertain = sum(record.uncertain for record in scenario.records.values())
    behaviour = scenario.behaviour
    off = [rule for rule, on in behaviour.rules.items() if not on]
    said = [
        scenario.name,
        f"{scenario.start} to {scenario.end}",
        "layers " + " < ".join(scenario.layers),
        f"{len(scenario.records):,} records, {uncertain:,} uncertain, {changed:,} changed",
        f"{_counted(len(scenario.timeline), 'action')}",
    ]
    said += [] if behaviour.reactions else ["no reactions"]
    said += [] if behaviour.history else ["no history"]
    said += [f"rules off: {', '.join(off)}"] if off else []
    return [*said, f"hash {scenario.hash[:8]}"]


def _actions(title: str, actions: list[Action], *, opened: bool = False) -> str:
    rows: list[tuple[str, ...]] = [
        (
            span(action), action.actor, action.action, action.item or "", action.target or "", strength(action),
            shortened(action.title or action.note or "", 80), shortened(", ".join(action.source), 40),
        )
        for action in actions
    ]  # fmt: skip
    heads = ("date", "actor", "action", "item", "target", "strength", "title", "source")
    filled = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    cells = [tuple(row[place] for place in filled) for row in rows]
    inside = table([heads[place] for place in filled], _limited(cells, len(filled)), text_columns=len(filled))
    return fold(title, inside) if not opened else paragraph(title) + inside


def span(action: Action) -> str:
    """Write from when an action holds, and until when."""
    return format_date(action.date) + (f" to {format_date(action.until)}" if action.until is not None else "")


def strength(action: Action) -> str:
    """Say how far an action goes: its stringency, threshold, cap and fee, where it states them."""
    said = [] if action.stringency is None else [f"{action.stringency:g}"]
    for word in ("threshold_tpp", "cap", "fee"):
        value = getattr(action, word)
        said += [] if value is None else [f"{word.removesuffix('_tpp')} {value:,g}"]
    return ", ".join(said)


def _limited(rows: list[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    if len(rows) <= MOST_ROWS:
        return rows
    return [*rows[:MOST_ROWS], (f"and {len(rows) - MOST_ROWS:,} more", *[""] * (width - 1))]


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
