"""From nested mappings to dotted paths: what is a record, a label, or nothing known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .faults import Path as KeyPath
from .faults import shown
from .reader import Document

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_+-]*\Z")
SEGMENT_RULE = "letters, digits, _ and -"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of a nested mapping: its dotted ``path``, what stands there, and the keys that lead to it."""

    path: str
    raw: Any
    keys: KeyPath

    @property
    def is_record(self) -> bool:
        """Whether it is a mapping, and so a record."""
        return isinstance(self.raw, dict)


def leaves(data: dict[str, Any], doc: Document, keys: KeyPath = (), prefix: str = "") -> Iterator[Leaf]:
    """Walk a nested mapping; keys may be dotted themselves. Bad names become faults of the document."""
    for key, raw in data.items():
        inner = (*keys, key)
        path = f"{prefix}.{key}" if prefix else key
        if not all(_SEGMENT.match(segment) for segment in key.split(".")):
            doc.fault(inner, "not a valid name", found=shown(key), allowed=SEGMENT_RULE)
        elif isinstance(raw, dict) and not is_record(raw):
            yield from leaves(raw, doc, inner, path)
        else:
            yield Leaf(path, raw, inner)


def is_record(raw: dict[str, Any]) -> bool:
    """Whether a mapping is a record and not a group of further paths.

    A mapping with a source beside a unit or a range is meant as one, even where its value is missing or misspelt.
    """
    if "value" in raw or "by_year" in raw:
        return True
    return "source" in raw and any(key in raw and not isinstance(raw[key], dict) for key in ("unit", "low", "high"))


def above(path: str) -> list[str]:
    """Return the dotted paths above a path.

    Examples
    --------
    >>> above("a.b.c")
    ['a', 'a.b']
    """
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def label_of(raw: object) -> str | bool | tuple[Any, ...] | None:
    """Return the label that a leaf states, or None when it is none: text, a truth value, or a list of plain values."""
    if isinstance(raw, str | bool):
        return raw
    if isinstance(raw, list | tuple) and all(isinstance(item, str | bool | int | float) for item in raw):
        return tuple(raw)
    return None
