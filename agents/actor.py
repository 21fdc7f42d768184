"""What all actors share: a name, a side, their sourced numbers, and the habit of writing down decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..model.framework import mesa

if TYPE_CHECKING:
    from ..model.numbers import Numbers
    from ..scenarios.inputs import Series


class Actor(mesa.Agent):
    """A firm, government or grid of one side.

    Parameters
    ----------
    model : the world
    name : id under which its numbers stand in the facts
    side : `china` or `us`
    """

    RULES: ClassVar[tuple[str, ...]] = ()
    """Methods that are the actor's rules, in the order of the year; their docstrings say what it does."""
    LABEL: ClassVar[str] = ""
    """What to call an actor that has no entry of its own in the facts."""
    TABLE: ClassVar[str] = ""
    """Table of the facts where the actor's own entry stands, if it has one."""

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model)
        self.name = name
        self.side = side
        self.reads: dict[str, None] = {}
        self.switches: dict[str, None] = {}

    @property
    def year(self) -> int:
        """The calendar year of the current step."""
        return int(self.model.year)

    def number(self, path: str, unit: str) -> Numbers:
        """Read one of the scenario's numbers in the unit asked for."""
        return self.model.inputs.value(self.shared(path), unit)  # type: ignore[no-any-return]

    def optional(self, path: str, unit: str, default: Numbers) -> Numbers:
        """Read a number that an actor may have."""
        return self.number(path, unit) if self.model.inputs.scenario.has(path) else default

    def series(self, path: str, unit: str) -> Series:
        """Read a dated number; `.at(year)` gives its value."""
        return self.model.inputs.series(self.shared(path), unit)  # type: ignore[no-any-return]

    def shared(self, path: str) -> str:
        """Follow a label that stands in a number's place: it names the record that several actors share."""
        path = str(self.model.inputs.scenario.labels.get(path, path))
        self.reads[path] = None
        return path

    def label(self, path: str, default: Any = None) -> Any:
        """Read a text, list or truth value that describes the actor."""
        return self.model.inputs.scenario.label(path, default)

    def rule(self, name: str) -> bool:
        """Whether a reaction rule is switched on in this scenario."""
        self.switches[name] = None
        behaviour = self.model.inputs.scenario.behaviour
        return bool(behaviour.reactions and behaviour.rules.get(name, True))

    def acts(self, name: str) -> bool:
        """Whether a rule acts that the record carries until rules take over: always before, by its switch after."""
        on = self.rule(name)
        return on or self.year < int(self.model.rules_from)

    def process(self, name: str) -> bool:
        """Whether a process runs that is no reaction to what others do: its own switch alone decides."""
        self.switches[name] = None
        return bool(self.model.inputs.scenario.behaviour.rules.get(name, True))

    def draw(self, decision: str) -> Numbers:
        """Uniform draw that belongs to this actor's decision in this year."""
        return self.model.inputs.uniform(f"{decision}/{self.name}", self.year)  # type: ignore[no-any-return]

    def last(self, variable: str, side: str | None = None) -> Numbers:
        """What was measured last year (0 before the first year)."""
        return self.model.last(variable, side or self.side)  # type: ignore[no-any-return]

    def put(self, variable: str, value: Numbers) -> None:
        """Record a variable of the own side for this year."""
        self.model.put(variable, self.side, value)

    def decide(self, rule: str, observed: dict[str, Numbers], chose: str, reason: str) -> None:
        """Write a decision into the event log."""
        self.model.events.add(self.year, self.name, rule, observed, chose, reason)
