"""The resolved scenario as a file of its own: written beside every result, and read back without the facts."""

from collections.abc import Mapping
from typing import Any, Literal

import yaml

from .check import check_actions, check_record, validate
from .dates import format_date
from .draft import Draft
from .fact_files import Facts, Label
from .faults import shown
from .flatten import label_of, leaves
from .reader import Document, plain_scalar
from .scenario import Scenario
from .schema import FORMAT, Action, Record, ScenarioFile, Text
from .stand_ins import identity

_ORIGIN_OF_HISTORY = "facts/timeline.yaml:"


class ResolvedFile(ScenarioFile):
    """A scenario file that stands alone: every parameter with its origin, and the sources it cites."""

    resolved: Literal[True]
    name: Text | None = None
    layers: tuple[Text, ...] = ()
    label_origins: dict[str, str] = {}
    unknown: tuple[Text, ...] = ()
    sources: dict[str, dict[str, Any]] = {}
    agents: tuple[Text, ...] = ()


def write(scenario: Scenario) -> str:
    """Write a resolved scenario as YAML (see :meth:`~.scenario.Scenario.to_yaml`)."""
    behaviour = scenario.behaviour
    data: dict[str, Any] = {
        "format": FORMAT,
        "resolved": True,
        "name": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "layers": list(scenario.layers),
        "years": {"start": scenario.start, "end": scenario.end},
        "behaviour": {
            "reactions": behaviour.reactions,
            "history": behaviour.history,
            **({} if behaviour.history_to is None else {"history_to": format_date(behaviour.history_to)}),
            "rules": dict(behaviour.rules),
        },
        "timeline": [_action(action) for action in scenario.record_of_actions],
        "correlations": [_correlation(item) for item in scenario.correlations],
        "parameters": _parameters(scenario),
        "label_origins": {path: scenario.origins[path] for path in scenario.labels if path in scenario.origins},
        "unknown": list(scenario.unknown),
        "sources": _cited(scenario),
        **({} if scenario.chosen is None else {"members": scenario.chosen.model_copy(update={"prior": ""}).data()}),
        **({"agents": [identity(agent)[0] for agent in scenario.agents]} if scenario.agents else {}),
    }
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)


def read_resolved(doc: Document, name: str) -> Draft:
    """Start a draft from a resolved file.

    Raises
    ------
    ScenarioError
        When the file has faults.
    """
    content = validate(ResolvedFile, doc.data, doc)
    doc.faults.check()
    if content is None or content.extends:
        doc.fault(("extends",), "a resolved scenario extends nothing")
        doc.faults.check()
        raise AssertionError
    if content.agents:
        allowed = "in Python: load the scenario it rests on, then scenario.with_agents(...)"
        doc.fault(("agents",), "ran with agents that no file holds", found=", ".join(content.agents), allowed=allowed)
        doc.faults.check()
    records: dict[str, Record] = {}
    labels: dict[str, Label] = {}
    origins = dict(content.label_origins)
    for leaf in leaves(content.parameters, doc, ("parameters",)):
        if leaf.is_record:
            raw = dict(leaf.raw)
            origins[leaf.path] = str(raw.pop("origin", ""))
            record = check_record(raw, doc, leaf.keys, content.sources, any_address=True)
            if record is not None:
                records[leaf.path] = record
        elif (label := label_of(leaf.raw)) is not None:
            labels[leaf.path] = label
        else:
            doc.fault(leaf.keys, "numbers need value, unit, source", found=shown(leaf.raw))
    actions = check_actions(content.timeline, doc, content.sources, any_address=True, with_origin=True)
    doc.faults.check()
    history = tuple(action for action in actions if _ORIGIN_OF_HISTORY in action.origin)
    facts = Facts(records, labels, content.unknown, origins, content.sources, history)
    return _draft(facts, content, doc, actions, name)


def _draft(facts: Facts, content: ResolvedFile, doc: Document, actions: tuple[Action, ...], name: str) -> Draft:
    draft = Draft(facts)
    bare = content.model_copy(update={"timeline": (), "parameters": {}})
    draft.lay(content.name or name, bare, (), doc)
    draft.changes = [action for action in actions if _ORIGIN_OF_HISTORY not in action.origin]
    draft.layers = list(content.layers)
    return draft


def _parameters(scenario: Scenario) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for path, record in scenario.records.items():
        written[path] = {**_record(record), "origin": scenario.origins.get(path, "")}
    for path, label in scenario.labels.items():
        written[path] = list(label) if isinstance(label, tuple) else label
    return written


def _record(record: Record) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if record.by_year is None:
        data["value"] = record.value
    else:
        data["by_year"] = {_date(date): _point(point) for date, point in record.by_year.items()}
    for key in ("low", "high", "dist", "unit"):
        if (value := getattr(record, key)) is not None:
            data[key] = value
    data["source"] = _one_or_many(record.source)
    for key in ("as_of", "confidence", "note"):
        if (value := getattr(record, key)) is not None:
            data[key] = value
    if record.bounds is not None:
        data["bounds"] = list(record.bounds)
    if record.between != "hold":
        data["between"] = record.between
    if record.unverified:
        data["unverified"] = True
    if record.correlation != "full":
        data["correlation"] = record.correlation
    return data


def _date(year: float) -> int | float | str:
    text = format_date(year)
    return int(text) if text.isdigit() else text if "-" in text else year


def _point(point: Any) -> Any:
    if not point.uncertain:
        return point.value
    return {key: getattr(point, key) for key in ("low", "value", "high") if getattr(point, key) is not None}


def _action(action: Action) -> dict[str, Any]:
    data = {key: value for key, value in action if value not in {None, ""}}
    for key in ("date", "announced", "until"):
        if key in data:
            data[key] = _date(data[key])
    data["source"] = _one_or_many(action.source)
    return data


def _correlation(item: Any) -> dict[str, Any]:
    data = {"between": list(item.between), "rank": item.rank, "source": _one_or_many(item.source)}
    return {**data, "note": item.note} if item.note else data


def _one_or_many(source: tuple[str, ...]) -> Any:
    return source[0] if len(source) == 1 else list(source)


def _cited(scenario: Scenario) -> dict[str, Mapping[str, Any]]:
    holders = (scenario.records.values(), scenario.record_of_actions, scenario.correlations)
    cited = sorted({source for group in holders for holder in group for source in holder.source})
    return {source: scenario.sources[source] for source in cited if source in scenario.sources}


class _Dumper(yaml.CSafeDumper):
    """Writes texts so that our own reader takes them for texts again, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write every value out."""
        return True


def _write_text(dumper: Any, text: str) -> Any:
    style = "'" if not text or not isinstance(plain_scalar(text), str) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)
