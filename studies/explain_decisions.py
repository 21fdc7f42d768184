"""Who decided what in a year, and on which observation: the event log of the central run, read and put in order of weight."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..agents.china_government import ChinaGovernment
from ..agents.tool_makers import EuvProgramme, ForeignToolMakers
from ..agents.us_government import UsGovernment
from ..model.registry import SIDES

if TYPE_CHECKING:
    import pandas as pd

    from ..scenarios.scenario import Scenario

ALLIES = "allies"
ORDER = (
    "control",
    "controls",
    "licence",
    "licences",
    "purchase_ban",
    "retaliation",
    "counter_measure",
    "counter_measures",
    "capex_bust",
    "euv",
    "",
    "acceptance",
    "connect",
    "expand",
    "order",
    "subsidy",
    "tool_exports",
    "energy_target",
    "alignment",
    "event",
)
"""Rules from the weightiest to the least; a rule that is not named here stands where the empty name stands."""
TABLES = ("plants", "buyers", "firms", "grids", "policy.allies")
GOVERNMENTS = {"us": UsGovernment.LABEL, "china": ChinaGovernment.LABEL, ALLIES: "US allies"}
OTHERS = {
    "foreign_tool_makers": (ForeignToolMakers.LABEL, "china"),
    "euv_programme": (EuvProgramme.LABEL, "china"),
}
"""Actors without an entry in the facts: what they are called, and the side that their decisions concern."""
GRID_RULES = ("connect",)
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Decision:
    """One decision of the central run.

    Attributes
    ----------
    date, actor, label, rule
        When, by whom (id and name), under which rule (or kind of dated action).
    concerns
        The side whose year it belongs to; None for both.
    observed, chose, reason
        What was seen, as numbers by name; what was decided; why. Dated actions give their sources as the reason.
    dated
        Whether it is an act of the record, not a rule's choice.
    amount
        The first number of what was chosen; None without one.
    again
        Whether the actor chose the same under this rule the year before.
    """

    date: float
    actor: str
    label: str
    rule: str
    concerns: str | None
    observed: dict[str, float]
    chose: str
    reason: str
    dated: bool
    amount: float | None
    again: bool = False

    @property
    def idle(self) -> bool:
        """Whether it came to nothing: no capacity, power or goods."""
        return self.amount == 0.0


def decisions(scenario: Scenario, events: pd.DataFrame, year: int, side: str) -> tuple[Decision, ...]:
    """List the decisions of a year that bear on a side, the weighty ones first.

    Parameters
    ----------
    scenario
        Names and sides of the actors.
    events
        The event log of a central run: year, actor, rule, observed, chose, reason.
    year, side
        Which decisions; those of governments bear on both sides.
    """
    when = events["year"].astype(int)
    last = {(row.actor, row.rule): row.chose for row in events[when == year - 1].itertuples()}
    found = []
    for row in events[when == year].itertuples():
        decision = _read(scenario, row, year)
        if decision.concerns in {None, side}:
            same = not decision.dated and str(last.get((decision.actor, decision.rule))) == decision.chose
            found.append(replace(decision, again=same))
    return tuple(sorted(found, key=_weight))


def _read(scenario: Scenario, row: object, year: int) -> Decision:
    date, actor, rule, observed, chose, reason = (
        getattr(row, name) for name in ("year", "actor", "rule", "observed", "chose", "reason")
    )
    label, concerns = _who(scenario, actor, rule)
    amount = NUMBER.search(chose)
    dated = rule in {action.action for action in scenario.timeline if int(action.date) == year}
    return Decision(
        float(date),
        actor,
        label,
        rule,
        concerns,
        _numbers(observed),
        chose,
        reason,
        dated,
        float(amount.group().replace(",", "")) if amount and not dated else None,
    )


def _who(scenario: Scenario, actor: str, rule: str) -> tuple[str, str | None]:
    """Name of an actor, and the side that its decision concerns (None for both)."""
    if rule in GRID_RULES:
        return str(scenario.label(f"grids.{actor}.label", actor)), actor
    if actor in GOVERNMENTS:
        return GOVERNMENTS[actor], None
    if actor in OTHERS:
        return OTHERS[actor]
    for table in TABLES:
        label = scenario.labels.get(f"{table}.{actor}.label")
        if label is not None:
            return str(label), _side(scenario, table, actor)
    return actor.replace("_", " "), actor if actor in SIDES else None


def _side(scenario: Scenario, table: str, actor: str) -> str | None:
    """Side of an actor; a foundry for foreign customers works for the other side."""
    side = scenario.labels.get(f"{table}.{actor}.side")
    if side is None:
        return None
    if scenario.label(f"{table}.{actor}.foreign_customers", False):
        return next(name for name in SIDES if name != side)
    return str(side)


def _numbers(observed: str) -> dict[str, float]:
    """Read what was seen back from the log.

    >>> _numbers("TPP ratio 1.269; announced cover 0.8")
    {'TPP ratio': 1.269, 'announced cover': 0.8}
    """
    found = {}
    for part in observed.split("; ") if observed else ():
        name, _, value = part.rpartition(" ")
        found[name] = float(value)
    return found


def _weight(decision: Decision) -> tuple[bool, int, float]:
    """Sort key: what came to something first, then by rule, then by size."""
    place = ORDER.index(decision.rule) if decision.rule in ORDER else ORDER.index("")
    return (decision.idle, place, -abs(decision.amount or 0.0))
