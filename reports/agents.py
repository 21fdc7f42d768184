"""Who takes part, as people read it: a list of agents, and one agent whole."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from ..model.registry import SIDES
from ..scenarios.faults import fail, nearest
from .facts import ranged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..scenarios.scenario import Scenario
    from ..scenarios.schema import Record
    from ..studies.roster import Agent

WIDTH = 110
KINDS = {
    "UsGovernment": "government",
    "ChinaGovernment": "government",
    "AlliedGovernment": "allied government",
    "Grid": "grid",
    "Investors": "investors",
    "SmugglingChannel": "channel",
    "RentalChannel": "channel",
    "HomeToolMakers": "tool maker",
    "ForeignToolMakers": "tool maker",
    "EuvProgramme": "programme",
    "MemoryMaker": "memory maker",
    "OwnMemory": "memory maker",
    "Fab": "fab",
    "PackagingHouse": "packaging",
    "ChipFirm": "chip firm",
    "CloudFirm": "buyer",
}
"""What the classes of agents are called in tables."""


def checked_side(side: str) -> str:
    """Give the side back, or say which there are."""
    if side not in SIDES:
        fail("no such side", found=side, allowed=", ".join(SIDES), nearest=nearest(side, SIDES))
    return side


def agent_rows(agents: Sequence[Agent]) -> list[dict[str, Any]]:
    """Give one row an agent: side, kind, name, label, number of rules, numbers and sources."""
    order = list(KINDS.values())
    ranked = sorted(agents, key=lambda agent: (agent.side, order.index(KINDS[agent.kind]), agent.name))
    return [
        {
            "side": agent.side,
            "kind": KINDS[agent.kind],
            "agent": agent.name,
            "who": agent.label,
            "rules": len(agent.rules),
            "numbers": len(agent.parameters),
            "sources": len(agent.sources),
        }
        for agent in ranked
    ]


def agent_text(agent: Agent, scenario: Scenario) -> str:
    """Write one agent: what it is for, its rules in the order of the year, its numbers with range and sources."""
    lines = [f"{agent.name}: {agent.label}  ({KINDS[agent.kind]}, {agent.side})", fill(agent.does, WIDTH), "", "Rules"]
    lines += [
        fill(f"{rule.name}: {rule.text}", WIDTH, initial_indent="  ", subsequent_indent="    ") for rule in agent.rules
    ]
    if agent.switches:
        lines += ["", "Switches: " + ", ".join(f"behaviour.rules.{name}" for name in agent.switches)]
    if agent.sites:
        lines += ["", "Sites: " + ", ".join(agent.sites)]
    lines += ["", "Numbers"]
    lines += [f"  {path}  {_value(record)}  [{', '.join(record.source)}]" for path, record in agent.parameters.items()]
    lines += ["", "Sources"]
    lines += [f"  {source}: {_source(source, scenario)}" for source in agent.sources if source in scenario.sources]
    return "\n".join(lines)


def agent_document(agent: Agent, scenario: Scenario) -> dict[str, Any]:
    """Give one agent as plain data."""
    return {
        "agent": agent.name,
        "side": agent.side,
        "kind": KINDS[agent.kind],
        "label": agent.label,
        "does": agent.does,
        "rules": [{"rule": rule.name, "text": rule.text} for rule in agent.rules],
        "switches": list(agent.switches),
        "sites": list(agent.sites),
        "parameters": [
            {
                "path": path,
                "value": _value(record),
                "unit": record.unit,
                "source": list(record.source),
                "as_of": record.as_of,
                "confidence": record.confidence,
                "note": record.note,
                "origin": scenario.origins.get(path, ""),
            }
            for path, record in agent.parameters.items()
        ],
        "sources": {source: _source(source, scenario) for source in agent.sources if source in scenario.sources},
    }


def _value(record: Record) -> str:
    """Write a record's value with its range: the last of a series."""
    date, point = record.points()[-1]
    text = f"{ranged(point.value, point.low, point.high, record.unit)} {record.unit}".removesuffix(" 1")
    return f"{text} from {date:g} on" if record.dated else text


def _source(source: str, scenario: Scenario) -> str:
    entry = scenario.sources[source]
    return ", ".join(str(entry[key]) for key in ("publisher", "title", "date") if entry.get(key))
