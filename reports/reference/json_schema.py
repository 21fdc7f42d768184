"""JSON Schema of scenario and study files, for editors and other programs: completion, explanations, typos.

The loader knows more than a schema can say (units that convert, ranges in order, levers in conflict): what passes here
may still have faults, and `podrace validate` finds them. What the loader takes, passes here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from ...model.registry import VARIABLES
from ...scenarios.catalogue import catalogue
from ...scenarios.compose import load
from ...scenarios.fact_index import load_index
from ...scenarios.faults import fail, nearest
from ...scenarios.layers import PACKAGED
from ...scenarios.schema import RULES, SOURCE_WORDS, Record, ScenarioFile
from ...studies.study_schema import RESERVED, StudyFile
from .parameter_schema import lever_schema, parameter_schema

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core.core_schema import TupleSchema

Schema = dict[str, Any]

NO_DATE = "No date: write 2027, 2027-01 or 2027-01-15."
NO_SOURCE = "No source: write what-if, judgement, derived, an id of the sources, or a web address."
VALUE_OR_SERIES = "A record has a value, or values by year, not both."
TAKEN = "No lever can have the name of a column of the results."
"""What editors say where their own words would not help (`errorMessage`, `patternErrorMessage`); other programs skip it."""

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that every editor knows."""
KINDS = ("scenario", "study")
LARGEST = 2**53
"""Beyond, JSON readers lose digits."""
DATES = (
    ("Action", "date"),
    ("Action", "until"),
    ("Action", "announced"),
    ("BehaviourFile", "history_to"),
    ("Record", "as_of"),
)
"""Places for a date."""
DATE = r"^\d{4}(\.\d{1,17}|-\d{1,2}(-\d{1,2})?)?$"
EXPONENT = {"type": "string", "pattern": r"^[-+]?(\.\d+|\d[\d_]*(\.\d*)?)[eE][-+]?\d+$"}
"""A number with an exponent, such as ``5.0e6``: plain YAML readers of the old school take it for text."""


def json_schema(kind: str) -> Schema:
    """Describe scenario or study files as JSON Schema.

    Parameters
    ----------
    kind
        ``scenario`` or ``study``.

    Raises
    ------
    ScenarioError
        For another kind.

    Examples
    --------
    >>> sorted(json_schema("study")["properties"])[:3]
    ['base', 'description', 'design']
    """
    if kind not in KINDS:
        fail("no schema of this kind", found=kind, allowed=" or ".join(KINDS), nearest=nearest(kind, KINDS))
    scenario = _scenario()
    return scenario if kind == "scenario" else _study(scenario)


def text(kind: str) -> str:
    """Write a schema as JSON, a definition a line: small, and a change of one shows as one."""
    schema = json_schema(kind)
    definitions = schema.pop("$defs")
    entries = ",\n".join(f"{json.dumps(name)}: {_compact(entry)}" for name, entry in definitions.items())
    lines = [f"{json.dumps(key)}: {_compact(value)}," for key, value in schema.items()]
    return "\n".join(["{", *lines, '"$defs": {', entries, "}", "}", ""])


def is_schema(written: str) -> bool:
    """Whether a text is a schema as :func:`text` writes it."""
    return written.startswith("{") and any(f'"title":"podrace {kind}"' in written.replace(": ", ":") for kind in KINDS)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Generator(GenerateJsonSchema):
    """Writes no titles made of names, and pairs in the way of every dialect."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Leave the titles out."""
        return False

    def tuple_schema(self, schema: TupleSchema) -> Schema:
        """Write a tuple of one kind of items as a list of them."""
        written = super().tuple_schema(schema)
        items = written.pop("prefixItems", None)
        if items:
            written["items"] = items[0]
        return written


def _of(model: type[BaseModel]) -> Schema:
    found: Schema = _widened(model.model_json_schema(schema_generator=_Generator, ref_template="#/$defs/{model}"))
    return found


def _widened(node: Any) -> Any:
    """Let numbers with an exponent pass as text; leave out bounds too large for JSON."""
    if isinstance(node, list):
        return [_widened(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _widened(value) for key, value in node.items() if key != "maximum" or value < LARGEST}
    if kept.get("type") != "number":
        return kept
    told = {key: kept.pop(key) for key in ("description", "default") if key in kept}
    return {"anyOf": [kept, EXPONENT], **told}


def _scenario() -> Schema:
    """Describe scenario files."""
    scenario, index = load("baseline"), load_index(PACKAGED.facts)
    schema, record = _of(ScenarioFile), _of(Record)
    definitions = {**schema.pop("$defs"), **record.pop("$defs"), "Record": _record(record)}
    del definitions["Action"]["properties"]["origin"]
    parameters, more = parameter_schema(scenario, index)
    definitions |= {"Source": _source(scenario.sources), "Parameters": parameters, **more}
    for holder, date in DATES:
        _dated(definitions[holder]["properties"][date])
    for holder in ("Record", "Action", "Correlation"):
        _named(definitions[holder], "source", {"$ref": "#/$defs/Source"})
    items = sorted({action.item for action in scenario.timeline if action.item})
    _named(definitions["Action"], "item", {"anyOf": [{"enum": items}, {"type": ["string", "null"]}]})
    definitions["BehaviourFile"]["properties"]["rules"] |= {
        "properties": {rule: {"type": "boolean"} for rule in RULES},
        "additionalProperties": False,
    }
    _named(schema, "parameters", {"$ref": "#/$defs/Parameters"})
    names = {"enum": [entry.name for entry in catalogue()]}
    one = {"anyOf": [names, {"type": "string", "minLength": 1}]}
    _named(schema, "extends", {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})
    return {"$schema": DIALECT, **schema, "title": "podrace scenario", "$defs": definitions}


def _record(schema: Schema) -> Schema:
    """Say of a record what the loader checks beside its keys: it has a source, and a value or values by year."""
    for other in schema["properties"]["by_year"]["anyOf"]:
        if other.get("type") == "object":
            spread = other.pop("additionalProperties")
            other |= {
                "propertyNames": {"pattern": DATE, "patternErrorMessage": NO_DATE},
                "additionalProperties": {"anyOf": [{"type": "number"}, EXPONENT, spread]},
            }
    return {
        **schema,
        "required": ["source"],
        "anyOf": [{"required": ["value"]}, {"required": ["by_year"]}],
        "if": {"required": ["value"]},
        "then": {"properties": {"by_year": {"type": "null", "errorMessage": VALUE_OR_SERIES}}},
    }


def _dated(schema: Schema) -> None:
    """Let a place for a date say what a date is, whichever of its forms is looked at."""
    for other in schema.get("anyOf", ()):
        _dated(other)
    if schema.get("type") == "number":
        schema["errorMessage"] = NO_DATE
    if "pattern" in schema:
        schema["patternErrorMessage"] = NO_DATE


def _source(known: Any) -> Schema:
    ids = {"enum": [*SOURCE_WORDS, *sorted(known)], "errorMessage": NO_SOURCE}
    one = {"anyOf": [ids, {"type": "string", "pattern": "^https?://", "patternErrorMessage": NO_SOURCE}]}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _named(holder: Schema, key: str, schema: Schema) -> None:
    """Put another schema in a property's place, with the same explanation."""
    told = holder["properties"][key].get("description", "")
    holder["properties"][key] = {**schema, "description": told}


def _study(scenario: Schema) -> Schema:
    """Describe study files; their named layers hold what scenario files hold."""
    schema = _of(StudyFile)
    definitions = scenario["$defs"]
    layer = {key: value for key, value in scenario.items() if key not in {"$schema", "$defs", "title"}}
    names = scenario["properties"]["extends"]["anyOf"][0]
    several = {"type": "array", "items": names}
    value = {"anyOf": [{"type": ["string", "boolean", "number"]}]}
    definitions |= {
        "Layer": {"anyOf": [{"type": "null"}, names, several, layer]},
        "Values": {"type": "array", "items": value, "minItems": 1, "uniqueItems": True},
        "Options": {
            "anyOf": [
                {**several, "minItems": 1, "uniqueItems": True},
                {"type": "object", "additionalProperties": {"$ref": "#/$defs/Layer"}, "minProperties": 1},
            ]
        },
    }
    _named(schema, "levers", lever_schema(definitions["Parameters"], RULES, (*RESERVED, *VARIABLES)))
    schema["properties"]["levers"]["propertyNames"]["patternErrorMessage"] = TAKEN
    _named(schema, "base", scenario["properties"]["extends"])
    known = {"enum": list(VARIABLES)}
    _named(schema, "outputs", {"anyOf": [known, {"type": "array", "items": known}]})
    return {"$schema": DIALECT, **schema, "title": "podrace study", "$defs": definitions}
