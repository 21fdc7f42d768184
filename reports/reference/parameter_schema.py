"""JSON Schema of the parameters of a scenario file: every known path, nested or dotted, and new entries of open tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...scenarios.draft import ENTITY_TABLES, NAMED_BY
from ...scenarios.flatten import above
from .model_tables import value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...scenarios.fact_index import Index
    from ...scenarios.scenario import Scenario

Schema = dict[str, Any]

CLOSED_TABLES = ("clusters", "related_systems")
"""Tables of entries to which a file adds none."""
SHEETS = ("chips", "pods", *CLOSED_TABLES)
"""Long tables of data: their dotted paths are checked by pattern, not listed one by one."""
NAME = r"[A-Za-z0-9_][A-Za-z0-9_+-]*"
RECORD: Schema = {"$ref": "#/$defs/Record"}
SHARED: Schema = {
    "type": "string",
    "pattern": rf"^{NAME}(\.{NAME})+$",
    "patternErrorMessage": "Neither a number nor the path of one, such as plants.smic.lag.",
}
"""A path in a number's place: the record that several entries share."""
LONGEST_NOTE = 180


def parameter_schema(scenario: Scenario, index: Index) -> tuple[Schema, Schema]:
    """Describe the ``parameters`` of a scenario file.

    Parameters
    ----------
    scenario
        Whose records and labels may be set, and whose values stand in the descriptions.
    index
        Says what each record means.

    Returns
    -------
    The schema of ``parameters``, and definitions by name that it refers to.
    """
    leaves = {path: _record(path, scenario, index) for path in scenario.records}
    leaves |= {path: _label(label) for path, label in scenario.labels.items()}
    tables = (*ENTITY_TABLES, *CLOSED_TABLES)
    single = {path: leaf for path, leaf in leaves.items() if path.partition(".")[0] not in tables}
    definitions: Schema = dict(single)
    top = _group({path: _ref(path) for path in single}, {})
    for table in tables:
        entries = {path: leaf for path, leaf in leaves.items() if path.startswith(f"{table}.")}
        if entries:
            _add_table(table, entries, scenario, top, definitions)
    return top, definitions


def lever_schema(parameters: Schema, rules: Iterable[str], taken: Iterable[str]) -> Schema:
    """Describe the ``levers`` of a study: values for a dotted path, or named layers under a free name.

    Parameters
    ----------
    parameters
        From `parameter_schema`.
    rules
        Switches of the behaviour that may be levers.
    taken
        Names that no lever can have.
    """
    values = {"$ref": "#/$defs/Values"}
    dotted = [path for path in parameters["properties"] if "." in path]
    switches = ["behaviour.reactions", "behaviour.history", *(f"behaviour.rules.{rule}" for rule in rules)]
    patterns = [pattern for pattern in parameters["patternProperties"] if r"\." in pattern]
    return {
        "type": "object",
        "properties": dict.fromkeys((*switches, *dotted), values),
        "patternProperties": {**dict.fromkeys(patterns, values), r"^[^.]+$": {"$ref": "#/$defs/Options"}},
        "propertyNames": {"pattern": f"^(?!({'|'.join(sorted(taken))})$)"},
        "additionalProperties": False,
    }


def _record(path: str, scenario: Scenario, index: Index) -> Schema:
    """Refer to a record, and say what it is and where it stands."""
    record, fact = scenario.records[path], index.facts[path]
    unit = "" if record.unit in {"", "1"} else f", {record.unit}"
    note = f" {_sentence(_cut(record.note))}" if record.note else ""
    told = f"{_sentence(fact.what + unit)} {scenario.title}: {_cut(value_text(record))}.{note}"
    return {**RECORD, "description": told}


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE].rsplit(' ', 1)[0]} …"


def _label(label: object) -> Schema:
    if isinstance(label, bool):
        return {"type": "boolean"}
    if isinstance(label, str):
        return {"type": "string"}
    return {"type": "array", "items": {"type": ["string", "number", "boolean"]}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _group(leaves: Mapping[str, Schema], open_groups: Mapping[str, str]) -> Schema:
    """Describe a group of paths: each dotted, or below any of the groups on the way to it."""
    properties: Schema = dict(leaves)
    for group in dict.fromkeys(name for path in leaves for name in above(path)):
        inner = {path.removeprefix(f"{group}."): leaf for path, leaf in leaves.items() if path.startswith(f"{group}.")}
        properties[group] = _group(inner, {})
        if group in open_groups:
            properties[group] = {"type": "object", "additionalProperties": RECORD, "description": open_groups[group]}
    patterns = {rf"^{group}\.{NAME}$": RECORD for group in open_groups if group in properties}
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": False,
    }


def _add_table(table: str, entries: Mapping[str, Schema], scenario: Scenario, top: Schema, definitions: Schema) -> None:
    """Describe a table whose entries share attributes: nested, half nested and dotted."""
    entry = f"{table} entry"
    attributes = _attributes(table, entries, scenario)
    definitions[entry] = _group(attributes, {group: f"By names of {of}." for group, of in NAMED_BY.items()})
    known = {name: {**_ref(entry), **_called(table, name, scenario)} for name in scenario.entities(table)}
    dotted = {
        rf"\.({'|'.join(map(re.escape, paths))})$": leaf for leaf, paths in _by_schema(attributes, definitions[entry])
    }
    name = NAME if table in ENTITY_TABLES else f"({'|'.join(map(re.escape, known))})"
    definitions[table] = {
        "type": "object",
        "properties": known,
        "patternProperties": {f"^{name}$": _ref(entry), **{f"^{name}{tail}": leaf for tail, leaf in dotted.items()}},
        "additionalProperties": False,
    }
    top["properties"] |= {table: _ref(table), **{f"{table}.{one}": of for one, of in known.items()}}
    if table not in SHEETS:
        top["properties"] |= entries
    pattern = rf"^{table}\.{name}"
    top["patternProperties"] |= {
        f"{pattern}$": _ref(entry),
        **{f"{pattern}{tail}": leaf for tail, leaf in dotted.items()},
    }


def _attributes(table: str, entries: Mapping[str, Schema], scenario: Scenario) -> Schema:
    """Describe each attribute that entries of a table have, below an entry: a number, a label, or either."""
    found: dict[str, list[Schema]] = {}
    units: dict[str, dict[str, None]] = {}
    for path, leaf in entries.items():
        attribute = path.split(".", 2)[2] if path.count(".") > 1 else ""
        if not attribute:
            continue
        plain = {key: value for key, value in leaf.items() if key != "description"}
        kinds = found.setdefault(attribute, [])
        if plain not in kinds:
            kinds.append(plain)
        if path in scenario.records and scenario.records[path].unit not in {"", "1"}:
            units.setdefault(attribute, {})[scenario.records[path].unit] = None
    described: Schema = {}
    for attribute, seen in found.items():
        shared = table in ENTITY_TABLES and (RECORD in seen or _shares(table, attribute, scenario))
        more = [kind for kind in seen if kind not in (RECORD, {"type": "string"})]
        kinds = [RECORD, SHARED, *more] if shared else seen
        told = f"{attribute.rpartition('.')[2].replace('_', ' ')}" + _in_units(units.get(attribute, {}))
        described[attribute] = {**(kinds[0] if len(kinds) == 1 else {"anyOf": kinds}), "description": told}
    return described


def _shares(table: str, attribute: str, scenario: Scenario) -> bool:
    """Whether an entry names another record in the attribute's place."""
    labels = (scenario.labels.get(f"{table}.{name}.{attribute}") for name in scenario.entities(table))
    return any(label in scenario.records for label in labels if isinstance(label, str))


def _in_units(units: Iterable[str]) -> str:
    text = " or ".join(units)
    return f", {text}" if text else ""


def _by_schema(attributes: Schema, entry: Schema) -> list[tuple[Schema, list[str]]]:
    """Gather attributes that are described alike, so that one pattern serves them."""
    found: list[tuple[Schema, list[str]]] = []
    for attribute, leaf in {**attributes, **entry["properties"]}.items():
        plain = {key: value for key, value in leaf.items() if key != "description"}
        same = next((paths for schema, paths in found if schema == plain), None)
        if same is None:
            found.append((plain, [attribute]))
        elif attribute not in same:
            same.append(attribute)
    return found


def _called(table: str, name: str, scenario: Scenario) -> Schema:
    label = scenario.labels.get(f"{table}.{name}.label") or scenario.labels.get(f"{table}.{name}.name")
    return {"description": str(label)} if label else {}
