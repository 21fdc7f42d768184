"""Faults in input files: where, what was found, what is allowed, and the nearest valid name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

MAX_LINES = 20
MAX_TEXT = 90
MAX_ALLOWED = 300
MAX_GUESS = 120

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an input.

    Parameters
    ----------
    message : str
        What is wrong.
    file : str
        File (or ``command line``) in which it stands.
    line : int
        Line number from 1, or 0 where there is none.
    path : str
        Dotted path of the key.
    found, allowed, nearest : str
        What was found, what is allowed, and the nearest valid name.

    Examples
    --------
    >>> print(Fault(message="unknown key", file="a.yaml", line=3, path="yeras", nearest="years"))
    a.yaml:3  yeras  unknown key  (did you mean years?)
    """

    message: str
    file: str = ""
    line: int = 0
    path: str = ""
    found: str = ""
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        hints = [
            f"found {_short(self.found, MAX_TEXT)}" if self.found else "",
            f"allowed {_short(self.allowed, MAX_ALLOWED)}" if self.allowed else "",
            f"did you mean {_short(self.nearest, MAX_TEXT)}?" if self.nearest else "",
        ]
        hint = "; ".join(text for text in hints if text)
        parts = [place, _short(self.path, MAX_TEXT), _short(self.message, MAX_ALLOWED), f"({hint})" if hint else ""]
        return "  ".join(part for part in parts if part)


class ScenarioError(Exception):
    """Input that cannot be used; ``faults`` lists every reason.

    The text shows at most 20 lines.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        if len(lines) > MAX_LINES:
            left = len(lines) - MAX_LINES + 1
            lines = [*lines[: MAX_LINES - 1], f"... and {left:,} more"]
        return "\n".join(lines)


class Faults:
    """Collects faults, so that all of a file are reported at once."""

    def __init__(self) -> None:
        self._found: dict[Fault, None] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def add(self, fault: Fault) -> None:
        """Keep one fault; a second report of the same is dropped."""
        self._found[fault] = None

    def extend(self, faults: Iterable[Fault]) -> None:
        """Keep several faults."""
        for fault in faults:
            self.add(fault)

    def near(self, name: str, names: Iterable[str]) -> str:
        """Nearest valid name; not looked for beyond the faults that are shown."""
        return nearest(name, names) if len(self._found) < MAX_LINES else ""

    def check(self) -> None:
        """Raise one ScenarioError when anything was found."""
        if self._found:
            raise ScenarioError(self._found)


def fail(message: str, **where: Any) -> NoReturn:
    """Raise a ScenarioError of a single fault."""
    raise ScenarioError([Fault(message=message, **where)]) from None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the valid name most like ``name``, or an empty text.

    Examples
    --------
    >>> nearest("tittle", ["title", "years"]), nearest("h100", ["nvidia_h100", "nvidia_h200"])
    ('title', 'nvidia_h100')
    """
    if not name or len(name) > MAX_GUESS:
        return ""
    by_fold = {candidate.casefold(): candidate for candidate in names}
    close = get_close_matches(name.casefold(), list(by_fold), n=1, cutoff=0.6)
    if close:
        return by_fold[close[0]]
    return _same_tail(name.casefold(), by_fold) or _same_ending(name.casefold(), by_fold)


def _same_ending(name: str, by_fold: dict[str, str]) -> str:
    """Return the shortest name that ends in `name` after an underscore: `h100` for `nvidia_h100`."""
    ending = [fold for fold in by_fold if fold.endswith(f"_{name}")]
    return by_fold[min(ending, key=len)] if ending else ""


def _same_tail(name: str, by_fold: dict[str, str]) -> str:
    """Return the name whose last segment is most like the last segment of ``name``."""
    if "." not in name:
        return ""
    tails = {fold.rsplit(".", 1)[-1]: original for fold, original in by_fold.items()}
    close = get_close_matches(name.rsplit(".", 1)[-1], list(tails), n=1, cutoff=0.8)
    return tails[close[0]] if close else ""


def dotted(path: Path) -> str:
    """Write a path of keys and list positions as text.

    Examples
    --------
    >>> dotted(("timeline", 2, "date"))
    'timeline[2].date'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def shown(value: object) -> str:
    """Write a found value for a report: short, on one line, without control characters."""
    text = value if isinstance(value, str) else _plain(value)
    return _short(repr(text) if isinstance(value, str) else text, MAX_TEXT)


def listed(names: Iterable[object]) -> str:
    """Write the allowed names for a report."""
    return ", ".join(str(name) for name in names)


def _plain(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping" if not value else f"a mapping with {listed(list(value)[:6])}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return repr(value)


def _short(text: str, length: int) -> str:
    clean = "".join(char if char.isprintable() else "?" for char in text[: length + 1])
    return clean if len(clean) <= length else clean[: length - 3] + "..."
