"""Finding scenario files and stacking them by ``extends``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .check import validate
from .dates import format_date
from .faults import Path as KeyPath
from .faults import fail, nearest
from .flatten import leaves
from .reader import Document, read_document
from .scenario import action_data
from .schema import Action, ScenarioFile

MAX_LAYERS = 100
SUFFIXES = (".yaml", ".yml")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_PROSE = {"note", "source", "as_of", "confidence", "unverified"}

Setting = tuple[str, ...]


@dataclass(frozen=True)
class Folders:
    """Where scenario files and facts stand."""

    scenarios: Path
    facts: Path

    @classmethod
    def at(cls, root: Path | str) -> "Folders":
        """Folders laid out as in the package: ``root/*.yaml`` and ``root/facts/*.yaml``."""
        return cls(Path(root), Path(root) / "facts")


PACKAGED = Folders.at(Path(__file__).parent)


@dataclass(eq=False)
class Layer:
    """One scenario file with the files it extends; ``place`` is where it names them, for reports."""

    name: str
    path: Path
    doc: Document
    content: ScenarioFile
    parents: list["Layer"] = field(default_factory=list)
    place: KeyPath = ("extends",)

    def stack(self) -> list["Layer"]:
        """Return this layer and all below it, lowest first, each once."""
        order: list[Layer] = []
        seen: set[int] = set()
        self._visit(order, seen)
        return order

    def _visit(self, order: list["Layer"], seen: set[int]) -> None:
        if id(self) in seen:
            return
        seen.add(id(self))
        for parent in self.parents:
            parent._visit(order, seen)
        order.append(self)


def find(name: str | Path, folders: Folders) -> Path:
    """Return the file of a packaged scenario's name, or of a path.

    Raises
    ------
    ScenarioError
        When there is no such scenario.
    """
    if isinstance(name, str) and _NAME.match(name):
        path = folders.scenarios / f"{name}.yaml"
        if path.is_file() and _inside(path, folders.scenarios):
            return path
        known = names(folders)
        fail(f"no scenario {name!r}", allowed=", ".join(known), nearest=nearest(name, known))
    path = Path(name)
    if path.suffix not in SUFFIXES or "\0" in str(path):
        fail("not a scenario file", file=str(name), allowed="a scenario's name, or a path that ends in .yaml")
    return path


def names(folders: Folders = PACKAGED) -> list[str]:
    """Names of the scenarios in a folder."""
    found = folders.scenarios.glob("*.yaml") if folders.scenarios.is_dir() else iter(())
    return sorted(path.stem for path in found if not path.name.startswith("_"))


def display(path: Path, folders: Folders) -> str:
    """Write a path for reports and origins: short for files in the scenario folders."""
    root = folders.scenarios.resolve()
    resolved = path.resolve()
    return str(resolved.relative_to(root.parent)) if resolved.is_relative_to(root) else str(path)


def read_layers(path: Path, doc: Document, folders: Folders) -> Layer:
    """Read the layers below an already read scenario file.

    Raises
    ------
    ScenarioError
        For faults of a file, an ``extends`` that leads nowhere, outside or in a circle, or levers in conflict.
    """
    return _Stack(folders).read(path, doc, [])


class _Stack:
    """Reads files once each, following ``extends``."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.done: dict[Path, Layer] = {}

    def read(self, path: Path, doc: Document | None, above: list[Path]) -> Layer:
        real = path.resolve()
        if real in self.done:
            return self.done[real]
        if len(self.done) + len(above) >= MAX_LAYERS:
            fail("too many layers", file=display(path, self.folders), allowed=f"up to {MAX_LAYERS}")
        doc = doc or read_document(path, display(path, self.folders))
        content = validate(ScenarioFile, doc.data, doc)
        doc.faults.check()
        if content is None:
            fail("cannot be read", file=doc.file)
        layer = Layer(path.stem, path, doc, content)
        for index, name in enumerate(content.extends):
            key = ("extends", index) if isinstance(doc.data["extends"], list) else ("extends",)
            layer.parents.append(self._parent(name, layer, key, [*above, real]))
        refuse_conflicts(layer)
        self.done[real] = layer
        return layer

    def _parent(self, name: str, layer: Layer, key: tuple[str | int, ...], above: list[Path]) -> Layer:
        where: dict[str, Any] = {"file": layer.doc.file, "line": layer.doc.line(key), "path": "extends", "found": name}
        path = self._resolve(name, layer.path, where)
        if path.resolve() in above:
            circle = [other.stem for other in above[above.index(path.resolve()) :]]
            fail("extends goes in a circle: " + " -> ".join([*circle, path.stem]), **where)
        return self.read(path, None, above)

    def _resolve(self, name: str, child: Path, where: dict[str, Any]) -> Path:
        """Find what ``extends`` names: in the file's own folder first, then among the packaged scenarios."""
        allowed = "a scenario of the same folder or of the package"
        plain = Path(name)
        if plain.is_absolute() or ".." in plain.parts or "\\" in name or "\0" in name:
            fail("extends leaves the scenario folders", allowed=allowed, **where)
        file = plain if plain.suffix in SUFFIXES else Path(f"{name}.yaml")
        found = None
        for folder in (child.parent, self.folders.scenarios):
            path = folder / file
            if not path.is_file():
                continue
            if not _inside(path, folder):
                fail("extends leaves the scenario folders", allowed=allowed, **where)
            if path.resolve() != child.resolve():
                return path
            found = path
        if found is None:
            known = sorted({*names(self.folders), *names(Folders.at(child.parent))})
            fail("unknown scenario", allowed=", ".join(known), nearest=nearest(name, known), **where)
        return found


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def refuse_conflicts(layer: Layer) -> None:
    """Report every setting on which two levers of one ``extends`` list disagree."""
    stacks = [(parent, parent.stack()) for parent in layer.parents]
    for index, (first, below_first) in enumerate(stacks):
        for second, below_second in stacks[index + 1 :]:
            ours = _merged(item for item in below_first if item not in below_second)
            theirs = _merged(item for item in below_second if item not in below_first)
            for setting in ours.keys() & theirs.keys():
                if ours[setting][0] != theirs[setting][0]:
                    _conflict(layer, first, second, setting, (ours[setting][1], theirs[setting][1]))
    layer.doc.faults.check()


def _conflict(layer: Layer, first: Layer, second: Layer, setting: Setting, places: tuple[str, str]) -> None:
    what = ".".join(setting[1:]) if setting[0] == "parameters" else " ".join(setting)
    layer.doc.fault(
        layer.place,
        f"levers {first.name} and {second.name} set {what} differently",
        found=" and ".join(places),
        allowed="one of the two, or the same value in both",
    )


def _merged(layers: Iterator[Layer]) -> dict[Setting, tuple[Any, str]]:
    merged: dict[Setting, tuple[Any, str]] = {}
    for layer in layers:
        for setting, value, line in _settings(layer):
            merged[setting] = (value, f"{layer.doc.file}:{line}")
    return merged


def _settings(layer: Layer) -> Iterator[tuple[Setting, Any, int]]:
    """Walk over all that a file sets: what, to which value, on which line."""
    doc, content = layer.doc, layer.content
    for key, year in content.years:
        if year is not None:
            yield ("years", key), year, doc.line(("years", key))
    for key in ("reactions", "history", "history_to"):
        if (switch := getattr(content.behaviour, key)) is not None:
            yield ("behaviour", key), switch, doc.line(("behaviour", key))
    for rule, on in content.behaviour.rules.items():
        yield ("behaviour", "rules", rule), on, doc.line(("behaviour", "rules", rule))
    for leaf in leaves(content.parameters, doc, ("parameters",)):
        yield ("parameters", leaf.path), _value_of(leaf.raw), doc.line(leaf.keys)
    for index, action in enumerate(content.timeline):
        yield ("timeline", *_action_name(action)), action_data(action), doc.line(("timeline", index))
    if content.members is not None:
        yield ("members",), content.members.canonical, doc.line(("members",))
    for index, item in enumerate(content.correlations):
        yield ("correlations", *item.pair), item.rank, doc.line(("correlations", index))


def _value_of(raw: Any) -> Any:
    """Return what a parameter entry sets, without its prose."""
    return {key: value for key, value in raw.items() if key not in _PROSE} if isinstance(raw, Mapping) else raw


def _action_name(action: Action) -> tuple[str, ...]:
    if action.id is not None:
        return (action.id,)
    return tuple(filter(None, (action.actor, action.action, action.item, action.target, format_date(action.date))))
