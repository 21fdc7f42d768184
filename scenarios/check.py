"""Checking plain data against the schema, each fault with its line, what is allowed and the nearest name."""

import re
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from . import units
from .chosen import Chosen
from .dates import ALLOWED as DATES
from .distributions import problem
from .faults import Path as KeyPath
from .faults import listed, shown
from .reader import Document
from .schema import RULES, SOURCE_WORDS, Action, BehaviourFile, Correlation, Record, Spread, Years

Model = TypeVar("Model", bound=BaseModel)

_INSIDE: dict[str, type[BaseModel]] = {
    "timeline": Action,
    "correlations": Correlation,
    "years": Years,
    "behaviour": BehaviourFile,
    "by_year": Spread,
    "members": Chosen,
}
_MESSAGES = {
    "extra_forbidden": "unknown key",
    "missing": "missing key",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "literal_error": "not an allowed value",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "tuple_type": "must be a list",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "unknown_rule": "unknown rule",
}
_LIMITS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def validate(model: type[Model], data: object, doc: Document, path: KeyPath = ()) -> Model | None:
    """Check ``data`` against a model; faults go to the document, and None comes back."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            _report(dict(item), model, doc, path)
        return None


def check_record(
    raw: Mapping[str, Any],
    doc: Document,
    path: KeyPath,
    sources: Collection[str],
    base: Record | None = None,
    *,
    any_address: bool = False,
) -> Record | None:
    """Check one record: schema, unit, source and distribution.

    Parameters
    ----------
    raw : mapping
        The record as read.
    doc : Document
        Takes the faults.
    path : tuple
        Where the record stands in the document.
    sources : collection of str
        Known source ids.
    base : Record, optional
        The record it replaces: lends its unit and bounds, and must have a compatible unit.
    any_address : bool
        Whether a web address is accepted as a source.

    Returns
    -------
    Record or None
        None when it has faults.
    """
    before = len(doc.faults)
    record = validate(Record, dict(raw), doc, path)
    if record is None:
        return None
    check_sources(record.source, doc, path, sources, any_address=any_address)
    record = _with_unit(record, doc, path, base)
    found = problem(record)
    if found is not None:
        key, message = found
        inner = (*path, *([key] if key in raw else []))
        doc.fault(inner, message, found=shown(raw.get(key)) if key in raw else "", allowed=_range_rule(record))
    return record if len(doc.faults) == before else None


def check_sources(
    cited: Collection[str], doc: Document, path: KeyPath, sources: Collection[str], *, any_address: bool = False
) -> None:
    """Check that something is cited and that each source is known."""
    if not cited:
        doc.fault(path, "missing source", allowed=f"an id of sources.yaml, {listed(SOURCE_WORDS)}")
    for source in cited:
        if source in sources or source in SOURCE_WORDS or (any_address and source.startswith(("https://", "http://"))):
            continue
        doc.fault(
            (*path, "source"),
            "unknown source",
            found=shown(source),
            allowed=f"an id of sources.yaml, {listed(SOURCE_WORDS)}",
            nearest=doc.faults.near(source, [*sources, *SOURCE_WORDS]),
        )


def check_actions(
    actions: Collection[Action],
    doc: Document,
    sources: Collection[str],
    *,
    any_address: bool = False,
    with_origin: bool = False,
) -> tuple[Action, ...]:
    """Check the sources of a timeline and that no action stands twice; return them with their origins."""
    seen: dict[tuple[str, ...], int] = {}
    kept = []
    for index, action in enumerate(actions):
        path: KeyPath = ("timeline", index)
        check_sources(action.source, doc, path, sources, any_address=any_address)
        if action.key in seen:
            doc.fault(path, f"the same action as timeline[{seen[action.key]}]", found=describe(action))
        seen.setdefault(action.key, index)
        if action.origin and not with_origin:
            doc.fault((*path, "origin"), "unknown key", allowed=listed(set(Action.model_fields) - {"origin"}))
        kept.append(action if with_origin else action.model_copy(update={"origin": f"{doc.file}:{doc.line(path)}"}))
    return tuple(kept)


def describe(action: Action) -> str:
    """Write an action in a few words."""
    return " ".join(text for text in (action.id, action.actor, action.action, action.item, action.target) if text)


def _with_unit(record: Record, doc: Document, path: KeyPath, base: Record | None) -> Record:
    if not record.unit:
        if base is None:
            doc.fault(path, "missing unit", allowed="a unit such as GW, wafer/month, 1")
            return record
        return record.model_copy(update={"unit": base.unit, "bounds": record.bounds or base.bounds})
    where = (*path, "unit")
    if units.unknown(record.unit) is not None:
        name = units.unknown(record.unit)
        doc.fault(where, f"unknown unit {shown(name)}", found=shown(record.unit), nearest=units.suggest(record.unit))
    elif base is not None and not units.compatible(record.unit, base.unit):
        doc.fault(where, "wrong unit", found=record.unit, allowed=f"units that convert to {base.unit}")
    elif base is not None and base.bounds is not None and record.bounds is None:
        factor = units.factor(base.unit, record.unit)
        return record.model_copy(update={"bounds": (base.bounds[0] * factor, base.bounds[1] * factor)})
    return record


def _range_rule(record: Record) -> str:
    if record.dist is None:
        return ""
    return "0 < low <= value <= high" if record.dist in {"lognormal", "loguniform"} else "low <= value <= high"


def _report(item: dict[str, Any], model: type[BaseModel], doc: Document, path: KeyPath) -> None:
    """Turn one pydantic error into a fault."""
    loc = [part for part in item["loc"] if part != "[key]"]
    context = item.get("ctx") or {}
    if "key" in context:
        loc.append(context["key"])
    where = (*path, *loc)
    message = _message(item, context)
    allowed, names = _allowed(item, context, loc, model)
    name = str(loc[-1]) if item["type"] in {"extra_forbidden", "unknown_rule"} else item["input"]
    close = doc.faults.near(name, names) if isinstance(name, str) and names else ""
    found = "" if item["type"] in {"missing", "extra_forbidden"} or "key" in context else shown(item["input"])
    if item["type"] == "missing":
        where = where[:-1]
        message = f"missing {loc[-1]}" if isinstance(loc[-1], str) else "has too few entries"
    doc.fault(where, message, found=found, allowed=allowed, nearest=close)


def _message(item: dict[str, Any], context: dict[str, Any]) -> str:
    kind = str(item["type"])
    if kind == "value_error":
        return str(context.get("error", item["msg"]))
    if any(limit in context for limit in _LIMITS):
        return "out of range"
    return _MESSAGES.get(kind) or str(item["msg"]).replace("Input should be", "must be")


def _allowed(
    item: dict[str, Any], context: dict[str, Any], loc: list[Any], model: type[BaseModel]
) -> tuple[str, list[str]]:
    """Return the allowed values as text, and as names among which to look for the nearest."""
    kind = item["type"]
    if kind == "extra_forbidden":
        inner = _INSIDE.get(str(loc[0]), model) if len(loc) > 1 else model
        names = [name for name in inner.model_fields if name != "origin"]
        return listed(names), names
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", context["expected"])
        return listed(names) or str(context["expected"]), names
    if kind == "unknown_rule":
        return listed(RULES), list(RULES)
    if kind == "value_error":
        return DATES, []
    if str(loc[0] if loc else "") == "years":
        return "whole years from 2015 to 2060, start <= end", []
    return " and ".join(f"{text} {context[key]:g}" for key, text in _LIMITS.items() if key in context), []
