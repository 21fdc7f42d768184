"""The scenario: everything the world is told, resolved, checked and frozen."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, NoReturn

from . import units
from .chosen import Chosen
from .distributions import central as central_value
from .fact_files import Label
from .faults import fail, nearest
from .schema import FIRST_YEAR, LAST_YEAR, RULES, Action, Correlation, Record
from .stand_ins import identity

_REQUIRED: Any = object()


class Frozen(dict[str, Any]):
    """A mapping that cannot be changed, but can be pickled."""

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        message = "a scenario cannot be changed: load it again with overrides"
        raise TypeError(message)

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = _refuse
    __ior__ = _refuse

    def __reduce__(self) -> tuple[type["Frozen"], tuple[dict[str, Any]]]:
        return (Frozen, (dict(self),))


@dataclass(frozen=True)
class Behaviour:
    """What agents do by themselves: all ``reactions``, single ``rules``; and whether the dated history is played.

    Of the history only actions dated before ``history_to`` (a decimal year) are played; None plays all.
    """

    reactions: bool
    history: bool
    rules: Mapping[str, bool]
    history_to: float | None = None

    def played(self, history: Iterable[Action]) -> tuple[Action, ...]:
        """Give the part of the dated history that is played."""
        if not self.history:
            return ()
        return tuple(action for action in history if self.history_to is None or action.date < self.history_to)

    def on(self, rule: str) -> bool:
        """Whether a rule acts: reactions are on, and so is the rule."""
        if rule not in self.rules:
            fail(f"unknown rule {rule!r}", allowed=", ".join(RULES), nearest=nearest(rule, RULES))
        return self.reactions and self.rules[rule]


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A resolved scenario.

    Attributes
    ----------
    name, title, description : str
        What it is called, and what it is about.
    start, end : int
        First and last year.
    records : mapping
        Sourced numbers by dotted path.
    labels : mapping
        Texts, lists and truth values that describe entities, by dotted path.
    unknown : tuple of str
        Paths that the facts name without knowing a value.
    history, changes : tuple of Action
        The dated history of the facts, and the actions of scenario files.
    correlations : tuple of Correlation
        Rank correlations between uncertain parameters.
    behaviour : Behaviour
        Which rules are on.
    origins : mapping
        File and line each path comes from.
    layers : tuple of str
        Scenario files in the order in which they were laid over the facts.
    sources : mapping
        The source entries, by id.
    chosen : Chosen, optional
        The members that a run draws from, where it is a posterior.
    agents : tuple of type
        Classes that stand in for kinds of agents, see :meth:`with_agents`.
    """

    name: str
    title: str
    description: str
    start: int
    end: int
    records: Mapping[str, Record]
    labels: Mapping[str, Label]
    unknown: tuple[str, ...]
    history: tuple[Action, ...]
    changes: tuple[Action, ...]
    correlations: tuple[Correlation, ...]
    behaviour: Behaviour
    origins: Mapping[str, str]
    layers: tuple[str, ...]
    sources: Mapping[str, Mapping[str, Any]]
    chosen: Chosen | None = None
    agents: tuple[type[Any], ...] = ()

    @cached_property
    def timeline(self) -> tuple[Action, ...]:
        """Actions by date: the history, as far as it is played, and over it what the scenario files say.

        Of two actions that are the same (by id, or by actor, action, item, target and date) the later layer's holds.
        """
        return self._merged(self.behaviour.played(self.history))

    @cached_property
    def record_of_actions(self) -> tuple[Action, ...]:
        """The same with the whole history, also the part after `behaviour.history_to`."""
        return self._merged(self.history if self.behaviour.history else ())

    def _merged(self, history: Iterable[Action]) -> tuple[Action, ...]:
        merged: dict[tuple[str, ...], Action] = {}
        key_of: dict[tuple[str, ...], tuple[str, ...]] = {}
        for action in (*history, *self.changes):
            other = merged.get(key_of.get(action.act, ()))
            if other is not None and not (action.id and other.id):
                del merged[other.key]
            merged.pop(action.key, None)
            merged[action.key] = action
            key_of[action.act] = action.key
        return tuple(sorted(merged.values(), key=lambda action: action.date))

    @cached_property
    def years(self) -> range:
        """The years of the run."""
        return range(self.start, self.end + 1)

    @cached_property
    def hash(self) -> str:
        """Fingerprint of all that can move a result; titles, notes, sources and file layout do not enter."""
        text = json.dumps(canonical(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return sha256(text.encode()).hexdigest()

    @cached_property
    def _tables(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for path in (*self.records, *self.labels, *self.unknown):
            parts = path.split(".")
            for depth in range(1, len(parts)):
                found.setdefault(".".join(parts[:depth]), set()).add(parts[depth])
        return {table: tuple(sorted(ids)) for table, ids in found.items()}

    def entities(self, table: str) -> tuple[str, ...]:
        """Ids that stand directly below ``table``, in alphabetical order; empty for an unknown table."""
        return self._tables.get(table, ())

    def has(self, path: str) -> bool:
        """Whether a record or label with a known value stands at ``path``."""
        return path in self.records or path in self.labels

    def record(self, path: str) -> Record:
        """Return the record at ``path``.

        Raises
        ------
        ScenarioError
            When there is none.
        """
        found = self.records.get(path)
        if found is None:
            self._missing(path)
        return found

    def central(self, path: str, unit: str, year: float | None = None) -> float:
        """Central value of a record in ``unit``; a dated record needs a year."""
        record = self.record(path)
        value = central_value(record, year)
        if value is None:
            fail("has values by year: say which year", path=path)
        return value * self.factor(path, unit)

    def factor(self, path: str, unit: str) -> float:
        """Return what converts a record's own unit to ``unit``."""
        own = self.record(path).unit
        if own != unit and not (units.unknown(unit) is None and units.compatible(own, unit)):
            units.factor(unit, unit)
            fail("wrong unit", path=path, found=own, allowed=f"units that convert to {unit}")
        return units.factor(own, unit)

    def label(self, path: str, default: Any = _REQUIRED) -> Any:
        """Label at ``path``: text, truth value or tuple; ``default`` where there is none."""
        if path in self.labels:
            return self.labels[path]
        if default is _REQUIRED:
            self._missing(path)
        return default

    def with_years(self, start: int, end: int) -> "Scenario":
        """Return the same scenario over other years."""
        check_years(start, end)
        return replace(self, start=start, end=end)

    def with_agents(self, *agents: type[Any], name: str | None = None, title: str | None = None) -> "Scenario":
        """Return the same scenario with rules of one's own.

        Parameters
        ----------
        *agents : type
            Subclasses of kinds of agents, such as `podrace.agents.china_government.ChinaGovernment`; each plays all agents
            of its kind.
        name, title : str, optional
            What to call it; the scenario's own with the names of the classes by default.
        """
        names = [agent.__name__ for agent in agents]
        return replace(
            self,
            name=name or "+".join([self.name, *names]),
            title=title or f"{self.title}, with {' and '.join(names)}",
            layers=(*self.layers, *names),
            agents=(*self.agents, *agents),
        )

    def to_yaml(self) -> str:
        """Write the resolved scenario, with the origin of each value; :func:`~.compose.load` reads it back."""
        from .resolved import write

        return write(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r} {self.start}-{self.end}, {len(self.records):,} records, {self.hash[:8]}>"

    def _repr_html_(self) -> str:
        from .notebook import scenario_html

        return scenario_html(self)

    def _missing(self, path: str) -> NoReturn:
        if path in self.labels:
            fail("is a label, not a number", path=path, found=repr(self.labels[path]))
        if path in self.records:
            fail("is a number, not a label", path=path)
        if path in self.unknown:
            fail("is not known: the facts name it without a value", path=path)
        if path in self._tables:
            fail("is a group of parameters", path=path, allowed=", ".join(self._tables[path][:12]))
        fail("unknown parameter", path=path, nearest=nearest(path, [*self.records, *self.labels]))


def check_years(start: int, end: int) -> None:
    """Refuse years that are out of range or out of order."""
    allowed = f"{FIRST_YEAR} to {LAST_YEAR}, start <= end"
    if not FIRST_YEAR <= start <= end <= LAST_YEAR:
        message = "the year range ends before it starts" if end < start else "years out of range"
        fail(message, path="years", found=f"{start} to {end}", allowed=allowed)


def canonical(scenario: Scenario) -> dict[str, Any]:
    """All that can move a result, as plain data."""
    behaviour = scenario.behaviour
    return {
        "years": [scenario.start, scenario.end],
        "behaviour": [behaviour.reactions, behaviour.history, behaviour.history_to, dict(behaviour.rules)],
        "records": {path: _numbers(record) for path, record in scenario.records.items()},
        "labels": dict(scenario.labels),
        "timeline": [action_data(action) for action in scenario.timeline],
        "correlations": sorted([*item.pair, item.rank] for item in scenario.correlations),
        **({} if scenario.chosen is None else {"members": scenario.chosen.canonical}),
        **({"agents": [identity(agent) for agent in scenario.agents]} if scenario.agents else {}),
    }


def action_data(action: Action) -> dict[str, Any]:
    """Return what an action does, without its title, note and source."""
    return {
        key: value
        for key, value in action
        if value is not None and key not in {"title", "note", "source", "origin"}
    }  # fmt: skip


def _numbers(record: Record) -> list[Any]:
    points = [[date, point.low, point.value, point.high] for date, point in record.points()]
    return [points, record.unit, record.dist, record.bounds, record.between, record.correlation]
