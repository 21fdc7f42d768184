"""Reading YAML that strangers wrote: plain data with line numbers, and nothing that runs, grows or hangs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Any, NoReturn

import yaml

from .faults import Fault, Faults, ScenarioError, dotted, fail, shown
from .faults import Path as KeyPath

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000

_CORE = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9](?:_?[0-9])*\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9](?:_?[0-9])*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), float("inf")),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
    ".NaN": float("nan"),
}


@dataclass(slots=True)
class Document:
    """A file as plain data: ``data``, the line on which each path stands, and the faults found in it so far."""

    file: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]
    faults: Faults = field(default_factory=Faults)
    top: int = 1

    def line(self, path: KeyPath) -> int:
        """Line of a path, or of the nearest enclosing one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.top

    def fault(self, path: KeyPath, message: str, **hints: str) -> None:
        """Add a fault that stands at ``path``."""
        self.faults.add(Fault(message=message, file=self.file, line=self.line(path), path=dotted(path), **hints))


def read_document(path: Path, name: str = "") -> Document:
    """Read one YAML file whose top level is a mapping.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Name to show in reports; the path by default.

    Returns
    -------
    Document
        Keys are always text; dates stay text; ``5.0e6`` and ``1e6`` are numbers.

    Raises
    ------
    ScenarioError
        When the file is missing, too large, not UTF-8, not YAML, uses aliases or tags, or repeats a key.
    """
    file = name or str(path)
    return read_text(_decode(_read_bytes(path, file), file), file)


def read_text(text: str, file: str) -> Document:
    """Read YAML text whose top level is a mapping (see :func:`read_document`)."""
    builder = _Builder(file)
    data = builder.build(text)
    if not isinstance(data, dict):
        found = "an empty file" if data is None else shown(data)
        fail("the top level must be a mapping", file=file, line=1, found=found, allowed="key: value lines")
    builder.faults.check()
    return Document(file, data, builder.lines)


def parse_value(text: str, file: str = "command line") -> Any:
    """Read the YAML text of a single value, such as the right side of ``--set key=value``."""
    builder = _Builder(file)
    data = builder.build(text)
    builder.faults.check()
    return data


def plain_scalar(text: str) -> Any:
    """Resolve an unquoted scalar: null, truth value, number, or else text.

    Examples
    --------
    >>> plain_scalar("5.0e6"), plain_scalar("2025-08"), plain_scalar("yes")
    (5000000.0, '2025-08', 'yes')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.match(text) and len(text) <= 40:
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def _read_bytes(path: Path, file: str) -> bytes:
    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):
            fail("not a regular file", file=file)
        if state.st_size > MAX_BYTES:
            fail("file too large", file=file, found=f"{state.st_size:,} bytes", allowed=f"up to {MAX_BYTES:,}")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fail("cannot be read", file=file, found=reason)
    if len(raw) > MAX_BYTES:
        fail("file too large", file=file, allowed=f"up to {MAX_BYTES:,} bytes")
    return raw


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fail("not UTF-8 text", file=file, line=line, found=f"byte 0x{raw[error.start]:02x}")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Builder:
    """Turns the event stream of libyaml into data, refusing what a scenario file never needs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[KeyPath, int] = {}
        self.faults = Faults()
        self._nodes = 0

    def build(self, text: str) -> Any:
        """Build the single document of ``text``; None for an empty one."""
        try:
            events = yaml.parse(text, Loader=yaml.CSafeLoader)
            return self._document(events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self._fail(error.problem or error.context or "not YAML", line)
        except yaml.YAMLError as error:
            line = text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
            self._fail(getattr(error, "reason", "") or "not YAML", line)
        except UnicodeEncodeError:
            self._fail("not UTF-8 text", 1)

    def _document(self, events: Iterator[Any]) -> Any:
        data, documents = None, 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fail("more than one document in the file", _line(event))
            elif isinstance(event, yaml.NodeEvent):
                data = self._node(event, events, (), 0)
        return data

    def _node(self, event: Any, events: Iterator[Any], path: KeyPath, depth: int) -> Any:
        line = _line(event)
        self._guard(event, path, line, depth)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path, depth)
        return self._mapping(events, path, depth)

    def _guard(self, event: Any, path: KeyPath, line: int, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._fail("too many values", line, path, allowed=f"up to {MAX_NODES:,}")
        if depth > MAX_DEPTH:
            self._fail("nested too deeply", line, path[:4], allowed=f"up to {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._fail("anchors and aliases are not allowed", line, path, found=f"{sign}{event.anchor}")
        tag = event.tag
        if tag and tag != "!" and tag.removeprefix(_CORE) not in {"str", "int", "float", "bool", "null", "map", "seq"}:
            self._fail("tags are not allowed", line, path, found=shown(tag.replace(_CORE, "!!")))

    def _scalar(self, event: Any, path: KeyPath, line: int) -> Any:
        tag = (event.tag or "").removeprefix(_CORE)
        if tag in {"str", "!"} or (not tag and not event.implicit[0]):
            return event.value
        value = plain_scalar(event.value)
        kinds = {"int": int, "float": int | float, "bool": bool, "null": type(None)}
        if tag and not isinstance(value, kinds.get(tag, ())):
            self._fail(f"not of the type !!{tag}", line, path, found=shown(event.value))
        return value

    def _sequence(self, events: Iterator[Any], path: KeyPath, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            inner = (*path, len(items))
            self.lines[inner] = _line(event)
            items.append(self._node(event, events, inner, depth + 1))
        return items

    def _mapping(self, events: Iterator[Any], path: KeyPath, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            key = self._key(event, path, line, depth)
            inner = (*path, key)
            repeated = key in mapping
            if repeated:
                self._add("key given twice", line, inner, found=f"first on line {self.lines[inner]}")
            else:
                self.lines[inner] = line
            value = self._node(next(events), events, inner, depth + 1)
            if not repeated:
                mapping[key] = value
        return mapping

    def _key(self, event: Any, path: KeyPath, line: int, depth: int) -> str:
        self._guard(event, path, line, depth)
        if not isinstance(event, yaml.ScalarEvent):
            self._fail("a key must be plain text", line, path)
        if not event.value or len(event.value) > 200:
            self._fail("a key must have 1 to 200 characters", line, path, found=shown(event.value))
        return str(event.value)

    def _add(self, message: str, line: int, path: KeyPath, **hints: str) -> None:
        self.faults.add(Fault(message=message, file=self.file, line=line, path=dotted(path), **hints))

    def _fail(self, message: str, line: int, path: KeyPath = (), **hints: str) -> NoReturn:
        """Report what ends the reading, together with the faults found before it."""
        self._add(message, line, path, **hints)
        raise ScenarioError(self.faults) from None
