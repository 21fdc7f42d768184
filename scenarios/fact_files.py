"""The facts: sourced numbers and labels from ``facts/*.yaml``, read once per process."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .check import check_actions, check_record, validate
from .faults import Faults, ScenarioError, fail, listed, shown
from .flatten import Leaf, above, label_of, leaves
from .reader import Document, read_document
from .schema import Action, Record, TimelineFile

NON_PARAMETER_FILES = (
    "sources.yaml",
    "timeline.yaml",
    "claims.yaml",
    "cases.yaml",
    "checks.yaml",
    "relief.yaml",
    "registry.yaml",
)
MAX_FILES = 500

Label = str | bool | tuple[Any, ...]


@dataclass(frozen=True)
class Facts:
    """All that the facts folder says: records and labels by dotted path, the sources, the dated history."""

    records: dict[str, Record]
    labels: dict[str, Label]
    unknown: tuple[str, ...]
    origins: dict[str, str]
    sources: dict[str, dict[str, Any]]
    history: tuple[Action, ...]


def load_facts(folder: Path) -> Facts:
    """Read a facts folder; the result is kept until one of its files changes.

    Raises
    ------
    ScenarioError
        With all faults of all files.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".yaml" and not path.name.startswith("_"))
        state = tuple((path.name, (stat := path.stat()).st_mtime_ns, stat.st_size) for path in found)
    except OSError as error:
        fail("facts folder cannot be read", file=str(folder), found=error.strerror or str(error))
    if len(state) > MAX_FILES:
        fail("too many fact files", file=str(folder), found=str(len(state)), allowed=f"up to {MAX_FILES}")
    return _read(folder.resolve(), state)


@lru_cache(maxsize=8)
def _read(folder: Path, state: tuple[tuple[str, int, int], ...]) -> Facts:
    shown_as = f"{folder.parent.name}/{folder.name}"
    faults = Faults()
    documents = {}
    for name, _, _ in state:
        if _used(name):
            try:
                documents[name] = read_document(folder / name, f"{shown_as}/{name}")
            except ScenarioError as error:
                faults.extend(error.faults)
    faults.check()
    sources = _sources(documents.get("sources.yaml"))
    history = _history(documents.get("timeline.yaml"), sources)
    tree = _Tree(sources)
    for name, doc in documents.items():
        if name not in NON_PARAMETER_FILES:
            tree.add(doc)
    tree.check_groups()
    for doc in documents.values():
        faults.extend(doc.faults)
    faults.check()
    return Facts(tree.records, tree.labels, tuple(tree.unknown), tree.origins, sources, history)


def _empty(raw: dict[str, Any]) -> bool:
    return "by_year" not in raw and "value" in raw and raw["value"] is None


def _used(name: str) -> bool:
    return name not in NON_PARAMETER_FILES or name in {"sources.yaml", "timeline.yaml"}


def read_sources(folder: Path) -> dict[str, dict[str, Any]]:
    """Read ``sources.yaml`` of a facts folder by itself.

    Raises
    ------
    ScenarioError
        When it has faults.
    """
    doc = read_document(folder / "sources.yaml", f"{folder.parent.name}/{folder.name}/sources.yaml")
    sources = _sources(doc)
    doc.faults.check()
    return sources


def _sources(doc: Document | None) -> dict[str, dict[str, Any]]:
    if doc is None:
        return {}
    for key, entry in doc.data.items():
        if not isinstance(entry, dict):
            allowed = "{publisher, title, date, address}"
            doc.fault((key,), "a source must be a mapping", found=shown(entry), allowed=allowed)
    return {key: entry for key, entry in doc.data.items() if isinstance(entry, dict)}


def _history(doc: Document | None, sources: Iterable[str]) -> tuple[Action, ...]:
    if doc is None:
        return ()
    timeline = validate(TimelineFile, doc.data, doc)
    return () if timeline is None else check_actions(timeline.timeline, doc, set(sources))


class _Tree:
    """Gathers the parameter tree from the fact files."""

    def __init__(self, sources: dict[str, dict[str, Any]]) -> None:
        self.sources = sources
        self.records: dict[str, Record] = {}
        self.labels: dict[str, Label] = {}
        self.unknown: list[str] = []
        self.origins: dict[str, str] = {}
        self._where: dict[str, tuple[Document, Leaf]] = {}

    def add(self, doc: Document) -> None:
        """Take in one file."""
        for leaf in leaves(doc.data, doc):
            if leaf.path in self._where:
                doc.fault(leaf.keys, "path given twice", found=f"first in {self.origins[leaf.path]}")
                continue
            self._where[leaf.path] = (doc, leaf)
            self.origins[leaf.path] = f"{doc.file}:{doc.line(leaf.keys)}"
            self._leaf(leaf, doc)

    def _leaf(self, leaf: Leaf, doc: Document) -> None:
        if leaf.raw is None or (leaf.is_record and _empty(leaf.raw)):
            self.unknown.append(leaf.path)
        elif leaf.is_record:
            record = check_record(leaf.raw, doc, leaf.keys, self.sources)
            if record is not None:
                self.records[leaf.path] = record
        else:
            label = label_of(leaf.raw)
            if label is not None:
                self.labels[leaf.path] = label
            elif isinstance(leaf.raw, list):
                doc.fault(leaf.keys, "a list may hold text, numbers and truth values only")
            else:
                allowed = "{value, unit, source}"
                doc.fault(leaf.keys, "numbers need value, unit, source", found=shown(leaf.raw), allowed=allowed)

    def check_groups(self) -> None:
        """Refuse a path that is a value in one place and a group of values in another."""
        for path, (doc, leaf) in self._where.items():
            clash = [other for other in above(path) if other in self._where]
            if clash:
                found = listed(f"{other} in {self.origins[other]}" for other in clash)
                doc.fault(leaf.keys, "stands below a path that has a value itself", found=found)
