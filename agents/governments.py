"""Governments: the dated history of controls first, then rules that react to what was seen last year."""

from __future__ import annotations

from typing import Any

from ..model.controls import SUPPLY_ACTIONS, Item, Schedule
from .actor import Actor


class Government(Actor):
    """Common ground: schedules of dated actions, and the year from which rules take over."""

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self._schedules: dict[tuple[str, str], Schedule] = {}
        self.rules_from = int(model.rules_from)

    def schedule(self, item: Item, kinds: tuple[str, ...], actor: str | None = None) -> Schedule:
        """Give the dated actions of an actor (this government by default) on an item."""
        actor = actor or self.name
        key = (actor, item.name)
        if key not in self._schedules:
            self._schedules[key] = Schedule(self.model.inputs.scenario.timeline, actor, kinds, item)
        return self._schedules[key]

    def recorded_schedule(self, actor: str) -> Schedule:
        """Give an actor's equipment controls as the record has them, also in a scenario that changes them."""
        key = (f"recorded {actor}", "equipment")
        if key not in self._schedules:
            history = self.model.inputs.scenario.history
            self._schedules[key] = Schedule(history, actor, SUPPLY_ACTIONS, Item("equipment"))
        return self._schedules[key]

    def log_history(self, *actors: str) -> None:
        """Write this year's dated actions into the event log, with their sources."""
        events = self.model.events
        for action in self.model.inputs.scenario.timeline if events.on else ():
            if action.actor in actors and int(action.date) == self.year:
                subject = action.title or f"{action.action} on {action.item}"
                observed = {} if action.stringency is None else {f"stringency on {action.item}": action.stringency}
                events.add(
                    round(action.date, 2), action.actor, action.action, observed, subject, ", ".join(action.source)
                )

    def reacting(self, rule: str) -> bool:
        """Whether a rule is on and its time has come."""
        return self.rule(rule) and self.year >= self.rules_from
