"""Loading a scenario: facts, over them the files of ``extends``, over them the overrides."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .check import validate
from .draft import Draft
from .fact_files import load_facts
from .faults import Path as KeyPath
from .faults import ScenarioError, fail, listed, shown
from .flatten import Leaf, is_record, leaves
from .layers import PACKAGED, Folders, display, find, read_layers
from .reader import Document, parse_value, read_document
from .resolved import read_resolved
from .scenario import Behaviour, Scenario
from .schema import FORMAT, RULES, BehaviourFile, Years

COMMAND_LINE = "command line"
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}\Z")
_SETTINGS = (
    "title",
    "description",
    "years.start",
    "years.end",
    "behaviour.reactions",
    "behaviour.history",
    "behaviour.history_to",
    *(f"behaviour.rules.{rule}" for rule in RULES),
)


def load(
    scenario: str | Path | Scenario,
    overrides: Mapping[str, Any] | None = None,
    *,
    folders: Folders | None = None,
) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    scenario : str, Path or Scenario
        A packaged scenario's name, the path of a scenario file (a resolved one too), or a loaded scenario.
    overrides : mapping, optional
        Changes that win over all files: ``{"smic.n2.defect_density": 0.24, "years.end": 2030}``. A number stands in
        the record's own unit; a mapping is a record.
    folders : Folders, optional
        Where scenarios and facts stand; the package's own by default.

    Returns
    -------
    Scenario
        Resolved, checked and frozen.

    Raises
    ------
    ScenarioError
        With every fault of the first faulty file.
    """
    draft = Draft.of(scenario) if isinstance(scenario, Scenario) else _read(scenario, folders or PACKAGED)
    if overrides:
        _override(draft, overrides)
    return draft.finish()


def together(levers: Sequence[str], *, folders: Folders | None = None) -> Scenario:
    """Load several levers at once, as a file with ``extends: [levers]`` would.

    Parameters
    ----------
    levers : sequence of str
        Packaged scenarios; two that set the same value differently are an error.
    folders : Folders, optional
        Where scenarios and facts stand; the package's own by default.

    Examples
    --------
    >>> together(["hbm_gap", "cxmt_stall"]).layers
    ('baseline', 'hbm_gap', 'cxmt_stall', 'hbm_gap+cxmt_stall')
    """
    folders = folders or PACKAGED
    name = "+".join(levers)
    doc = Document(name, {"format": FORMAT, "title": name, "extends": list(levers)}, {}, top=0)
    return _laid(folders.scenarios / name, doc, folders).finish()


def below(scenario: str | Path, folders: Folders | None = None) -> Scenario | None:
    """Load what a scenario stands on: the file it extends, or the lowest of all layers where it extends several.

    Parameters
    ----------
    scenario : str or Path
        A packaged scenario's name, or the path of a scenario file.
    folders : Folders, optional
        Where scenarios and facts stand; the package's own by default.

    Returns
    -------
    Scenario or None
        None for a scenario that extends nothing, and for a resolved file.

    Examples
    --------
    >>> below("hbm_gap").name, below("baseline")
    ('baseline', None)
    """
    folders = folders or PACKAGED
    path = find(scenario, folders)
    doc = read_document(path, display(path, folders))
    if doc.data.get("resolved") is True:
        return None
    top = read_layers(path, doc, folders)
    if not top.parents:
        return None
    return load(top.parents[0].path if len(top.parents) == 1 else top.stack()[0].path, folders=folders)


def parse_set(text: str) -> tuple[str, Any]:
    """Split ``key=value`` from the command line; the value is read as YAML.

    Examples
    --------
    >>> parse_set("smic.n2.defect_density=0.24")
    ('smic.n2.defect_density', 0.24)
    """
    key, sign, value = text.partition("=")
    key = key.strip()
    if not sign or not _KEY.match(key):
        fail("cannot be read", file="--set", found=shown(text), allowed="path=value")
    if len(value) > 10_000:
        fail("value too long", file="--set", path=key, allowed="up to 10,000 characters")
    return key, parse_value(value, "--set")


def _read(scenario: str | Path, folders: Folders) -> Draft:
    path = find(scenario, folders)
    doc = read_document(path, display(path, folders))
    if doc.data.get("resolved") is True:
        return read_resolved(doc, path.stem)
    return _laid(path, doc, folders)


def _laid(path: Path, doc: Document, folders: Folders) -> Draft:
    """Lay a read file and all below it over the facts."""
    top = read_layers(path, doc, folders)
    draft = Draft(load_facts(folders.facts))
    for layer in top.stack():
        draft.lay(layer.name, layer.content, leaves(layer.content.parameters, layer.doc, ("parameters",)), layer.doc)
    draft.faults.check()
    return draft


def _override(draft: Draft, overrides: Mapping[str, Any]) -> None:
    doc = Document(COMMAND_LINE, {}, {}, top=0)
    for key, value in _flat(overrides, doc):
        if key in _SETTINGS:
            _set(draft, key, value, doc)
        elif key.split(".")[0] in {"years", "behaviour"}:
            near = doc.faults.near(key, _SETTINGS)
            doc.fault((key,), "unknown setting", allowed=listed(_SETTINGS), nearest=near)
        else:
            _parameter(draft, key, value, doc)
    draft.check_names(doc)
    draft.faults.extend(doc.faults)
    draft.faults.check()
    if COMMAND_LINE not in draft.layers:
        draft.layers.append(COMMAND_LINE)


def _flat(overrides: Mapping[str, Any], doc: Document) -> Iterator[tuple[str, Any]]:
    """Walk over overrides as dotted paths; nested mappings are allowed."""
    for key, value in overrides.items():
        if not isinstance(key, str) or not _KEY.match(key):
            doc.fault((str(key),), "not a valid name", found=shown(str(key)), allowed="a dotted path")
        elif isinstance(value, Mapping) and not is_record(dict(value)) and not _ranged(value):
            yield from ((f"{key}.{inner}", item) for inner, item in _flat(value, doc))
        else:
            yield key, value


def _ranged(value: Mapping[str, Any]) -> bool:
    """Whether a mapping without a value is meant as a record all the same."""
    return any(key in value for key in ("low", "high", "dist", "unit"))


def _parameter(draft: Draft, key: str, value: Any, doc: Document) -> None:
    if "." in key or draft.known(key):
        draft.set_parameter(Leaf(key, _plain(value), (key,)), doc, command_line=True)
        return
    names = (*draft.records, *draft.labels, *_SETTINGS)
    doc.fault((key,), "unknown parameter or setting", nearest=doc.faults.near(key, names))


def _plain(value: Any) -> Any:
    """Copy a record given from Python, with its keys as text, the way files have them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def _set(draft: Draft, key: str, value: Any, doc: Document) -> None:
    """Set a title, a year or a switch."""
    head, _, rest = key.partition(".")
    where: KeyPath = (key,)
    if head in {"title", "description"}:
        if not isinstance(value, str) or not value:
            doc.fault(where, "must be text", found=shown(value))
            return
        setattr(draft, head, value)
    elif head == "years":
        if validate(Years, {rest: value}, doc) is not None:
            setattr(draft, rest, value)
    elif rest.startswith("rules."):
        rule = rest.removeprefix("rules.")
        if validate(BehaviourFile, {"rules": {rule: value}}, doc) is not None:
            draft.rules[rule] = value
    elif (read := validate(BehaviourFile, {rest: value}, doc)) is not None:
        if rest == "history_to":
            draft.history_to = read.history_to
        else:
            draft.behaviour[rest] = value


__all__ = ["Behaviour", "Folders", "Scenario", "ScenarioError", "below", "load", "parse_set", "together"]
