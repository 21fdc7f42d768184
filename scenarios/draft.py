"""A scenario in the making: facts, over them layers, over them overrides."""

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

from .check import check_actions, check_record, check_sources
from .chosen import Chosen
from .correlate import check_correlations
from .fact_files import Facts, Label
from .faults import Faults, listed, shown
from .faults import Path as KeyPath
from .flatten import Leaf, above, label_of
from .label_values import allowed as allowed_words
from .label_values import items, strangers
from .plausible import implausible
from .reader import Document
from .scenario import Behaviour, Frozen, Scenario, check_years
from .schema import END, RULES, START, Action, Correlation, Record, ScenarioFile

NAMED_BY = {"tastes": "product_lines"}
"""Groups whose keys are no attributes but names of another table's entries."""
ENTITY_TABLES = ("chips", "pods", "jobs", "firms", "product_lines", "products", "plants", "buyers")


class Draft:
    """Collects what a scenario says; ``finish`` checks the whole and freezes it."""

    def __init__(self, facts: Facts) -> None:
        self.name = self.title = self.description = ""
        self.start, self.end = START, END
        self.records: dict[str, Record] = dict(facts.records)
        self.labels: dict[str, Label] = dict(facts.labels)
        self.unknown: dict[str, None] = dict.fromkeys(facts.unknown)
        self.origins: dict[str, str] = dict(facts.origins)
        self.sources: Mapping[str, Mapping[str, Any]] = facts.sources
        self.history: tuple[Action, ...] = facts.history
        self.changes: list[Action] = []
        self.correlations: dict[tuple[str, str], Correlation] = {}
        self.behaviour: dict[str, bool] = {"reactions": True, "history": True}
        self.history_to: float | None = None
        self.rules: dict[str, bool] = dict.fromkeys(RULES, True)
        self.layers: list[str] = []
        self.chosen: Chosen | None = None
        self.agents: tuple[type[Any], ...] = ()
        self.faults = Faults()
        self._places: dict[tuple[str, str], tuple[Document, KeyPath]] = {}
        self._years_place: tuple[Document, KeyPath] | None = None
        self._groups: set[str] = set()
        self._attributes: dict[str, set[str]] = {}
        self._names: list[tuple[Leaf, str]] = []
        self._worded: list[Leaf] = []

    @classmethod
    def of(cls, scenario: Scenario) -> "Draft":
        """Start from a finished scenario."""
        facts = Facts(
            dict(scenario.records),
            dict(scenario.labels),
            scenario.unknown,
            dict(scenario.origins),
            {key: dict(entry) for key, entry in scenario.sources.items()},
            scenario.history,
        )
        draft = cls(facts)
        draft.name, draft.title, draft.description = scenario.name, scenario.title, scenario.description
        draft.start, draft.end = scenario.start, scenario.end
        draft.changes = list(scenario.changes)
        draft.correlations = {item.pair: item for item in scenario.correlations}
        draft.behaviour = {"reactions": scenario.behaviour.reactions, "history": scenario.behaviour.history}
        draft.history_to = scenario.behaviour.history_to
        draft.rules = dict(scenario.behaviour.rules)
        draft.layers = list(scenario.layers)
        draft.chosen = scenario.chosen
        draft.agents = scenario.agents
        return draft

    def lay(self, name: str, content: ScenarioFile, parameters: Iterable[Leaf], doc: Document) -> None:
        """Lay one scenario file over what is there."""
        self.layers.append(name)
        self.name = name
        self.title = content.title or name
        self.description = content.description or ""
        self._lay_years(content, doc)
        for key in self.behaviour:
            switch = getattr(content.behaviour, key)
            self.behaviour[key] = self.behaviour[key] if switch is None else switch
        if content.behaviour.history_to is not None:
            self.history_to = content.behaviour.history_to
        self.rules.update(content.behaviour.rules)
        for leaf in parameters:
            self.set_parameter(leaf, doc)
        self.check_names(doc)
        self._check_items(content.timeline, doc)
        self._lay_timeline(check_actions(content.timeline, doc, self.sources, any_address=True))
        for index, item in enumerate(content.correlations):
            place: KeyPath = ("correlations", index)
            check_sources(item.source, doc, place, self.sources, any_address=True)
            self.correlations[item.pair] = item
            self._places[item.pair] = (doc, place)
        if content.members is not None:
            self._choose(content.members, doc)
        self.faults.extend(doc.faults)

    def _choose(self, chosen: Chosen, doc: Document) -> None:
        """Take over a posterior's members; the scenario below them must be the one they were weighed in."""
        if chosen.prior and not doc.faults and not self.faults:
            found = self.finish().hash
            if not found.startswith(chosen.prior):
                doc.fault(
                    ("members", "prior"),
                    "these members were weighed in another scenario: facts have changed since, or layers stand below it",
                    found=f"a scenario of hash {found[:12]}",
                    allowed=f"{chosen.prior[:12]}; run podrace calibrate again, or name the posterior first in extends",
                )
        self.chosen = chosen

    def _lay_years(self, content: ScenarioFile, doc: Document) -> None:
        if content.years.start is not None or content.years.end is not None:
            self._years_place = (doc, ("years", "start" if content.years.end is None else "end"))
        self.start = content.years.start or self.start
        self.end = content.years.end or self.end

    def _check_items(self, timeline: Iterable[Action], doc: Document) -> None:
        """Refuse acts about what nobody trades: such an act would do nothing, in silence."""
        known = items(self._paths())
        known += tuple(sorted({act.item for act in self.history if act.item} - set(known))) if known else ()
        for index, action in enumerate(timeline):
            item = action.item
            if known and item is not None and action.action != "event" and item not in known:
                place: KeyPath = ("timeline", index, "item")
                near = doc.faults.near(item, known)
                doc.fault(place, "no such item", found=item, allowed=listed(known), nearest=near)

    def _lay_timeline(self, actions: Iterable[Action]) -> None:
        self.changes.extend(actions)

    def set_parameter(self, leaf: Leaf, doc: Document, *, command_line: bool = False) -> None:
        """Set one parameter: a record, a label, or (on the command line) a bare number."""
        if not self._may_set(leaf, doc):
            return
        base = self.records.get(leaf.path)
        if leaf.is_record or (command_line and _is_number(leaf.raw)):
            self._set_record(leaf, doc, base, command_line=command_line)
        elif base is not None or leaf.raw is None or _is_number(leaf.raw):
            allowed = "a number" if command_line else "{value, unit, source}"
            doc.fault(leaf.keys, "numbers need value, unit, source", found=shown(leaf.raw), allowed=allowed)
        else:
            self._set_label(leaf, doc)

    def _set_record(self, leaf: Leaf, doc: Document, base: Record | None, *, command_line: bool) -> None:
        if leaf.path in self.labels:
            allowed = _kind(self.labels[leaf.path])
            doc.fault(leaf.keys, "is a label, not a number", found=shown(leaf.raw), allowed=allowed)
            return
        raw = leaf.raw if leaf.is_record else {"value": _as_float(leaf.raw)}
        if command_line:
            raw = {"source": "command line", **raw}
        record = check_record(raw, doc, leaf.keys, self.sources, base, any_address=True)
        wrong = implausible(leaf.path, record, base) if record is not None and base is not None else None
        if wrong is not None:
            doc.fault(leaf.keys, "a value that cannot be", found=wrong[0], allowed=wrong[1])
        elif record is not None:
            self._settle(leaf, doc)
            self.records[leaf.path] = record

    def _set_label(self, leaf: Leaf, doc: Document) -> None:
        label = label_of(leaf.raw)
        old = self.labels.get(leaf.path)
        if label is None or (old is not None and _kind(old) != _kind(label)):
            allowed = "text, true or false, a list" if old is None else _kind(old)
            doc.fault(leaf.keys, "not a label of this kind", found=shown(leaf.raw), allowed=allowed)
            return
        self._settle(leaf, doc)
        self.labels[leaf.path] = label
        self._worded.append(leaf)

    def _settle(self, leaf: Leaf, doc: Document) -> None:
        if not self.known(leaf.path):
            self._group_names().update(above(leaf.path))
        self.unknown.pop(leaf.path, None)
        line = doc.line(leaf.keys)
        self.origins[leaf.path] = f"{doc.file}:{line}" if line else doc.file

    def _paths(self) -> tuple[str, ...]:
        return (*self.records, *self.labels, *self.unknown)

    def _group_names(self) -> set[str]:
        """Return every path that has paths below it."""
        if not self._groups:
            for path in self._paths():
                self._groups.update(above(path))
        return self._groups

    def known(self, path: str) -> bool:
        """Whether the facts or a layer name this path."""
        return path in self.records or path in self.labels or path in self.unknown

    def _may_set(self, leaf: Leaf, doc: Document) -> bool:
        """Refuse a path that does not exist, unless it adds an entity."""
        path = leaf.path
        if self.known(path):
            return True
        if path in self._group_names():
            children = [other for other in self._paths() if other.startswith(f"{path}.")]
            doc.fault(leaf.keys, "names a group of parameters", allowed=listed(children[:6]))
            return False
        table, *rest = path.split(".")
        if table in ENTITY_TABLES and len(rest) > 1:
            return self._may_add(leaf, doc, table, rest[-1])
        near = doc.faults.near(path, self._paths())
        doc.fault(leaf.keys, "unknown parameter", found=path, allowed="a path of the facts", nearest=near)
        return False

    def _may_add(self, leaf: Leaf, doc: Document, table: str, attribute: str) -> bool:
        """Accept a new entity's attribute when other entities of the table have one of that name."""
        if not self._attributes:
            for path in self._paths():
                self._attributes.setdefault(path.split(".", 1)[0], set()).add(path.rsplit(".", 1)[-1])
        value_above = next((path for path in above(leaf.path) if self.known(path)), "")
        if value_above:
            doc.fault(leaf.keys, f"stands below {value_above}, which has a value itself")
            return False
        group = leaf.path.split(".")[-2]
        if group in NAMED_BY:
            self._names.append((leaf, NAMED_BY[group]))
            return True
        names = self._attributes.get(table, set())
        if names and attribute not in names:
            near = doc.faults.near(attribute, names)
            allowed = listed(sorted(names))
            doc.fault(leaf.keys, f"unknown attribute of {table}", found=attribute, allowed=allowed, nearest=near)
            return False
        return True

    def check_names(self, doc: Document) -> None:
        """Refuse new keys and labels that name no entry of the table they stand for; the entry may stand in the same file."""
        for leaf, table in self._names:
            name = leaf.path.split(".")[-1]
            entries = {path.split(".")[1] for path in self._paths() if path.startswith(f"{table}.")}
            if name not in entries:
                allowed, near = listed(sorted(entries)), doc.faults.near(name, entries)
                doc.fault(leaf.keys, f"names none of {table}", found=name, allowed=allowed, nearest=near)
        self._names.clear()
        for leaf in self._worded:
            words = allowed_words(leaf.path, self._paths())
            for text in strangers(self.labels[leaf.path], words):
                near = doc.faults.near(text, words)
                doc.fault(leaf.keys, "a label that names nothing", found=text, allowed=listed(words), nearest=near)
        self._worded.clear()

    def finish(self) -> Scenario:
        """Check the whole and freeze it.

        Raises
        ------
        ScenarioError
            With all faults.
        """
        self._check_years()
        self.faults.check()
        check_correlations(self.correlations, self.records, self._places, self.faults)
        self.faults.check()
        return Scenario(
            name=self.name,
            title=self.title or self.name,
            description=self.description.strip(),
            start=self.start,
            end=self.end,
            records=Frozen(self.records),
            labels=Frozen(self.labels),
            unknown=tuple(self.unknown),
            history=self.history,
            changes=tuple(self.changes),
            correlations=tuple(self.correlations[pair] for pair in sorted(self.correlations)),
            behaviour=Behaviour(
                self.behaviour["reactions"], self.behaviour["history"], Frozen(self.rules), self.history_to
            ),
            origins=Frozen(self.origins),
            layers=tuple(self.layers),
            sources=Frozen(self.sources),
            chosen=self.chosen,
            agents=self.agents,
        )

    def _check_years(self) -> None:
        if self.start > self.end and self._years_place is not None:
            doc, path = self._years_place
            allowed = "start <= end"
            doc.fault(
                path, "the year range ends before it starts", found=f"{self.start} to {self.end}", allowed=allowed
            )
            self.faults.extend(doc.faults)
        elif not self.faults:
            check_years(self.start, self.end)


def _as_float(raw: Any) -> float:
    try:
        return float(raw)
    except OverflowError:
        return float("inf")


def _is_number(raw: object) -> bool:
    return isinstance(raw, Real) and not isinstance(raw, bool)


def _kind(label: object) -> str:
    if isinstance(label, bool):
        return "true or false"
    return "text" if isinstance(label, str) else "a list"
