"""What a command was asked for: in which look, language and formats it writes pictures, whatever else it prints.

>>> with pictures("dark", "ko", "svg"):
...     asked().look, asked().language, asked().formats
('dark', 'ko', ('svg',))
>>> asked() is None
True
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...scenarios.faults import fail, nearest
from ..language import known
from .looks import known_look

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = ("png", "svg")
"""What pictures are written as, in both unless one is asked for."""


@dataclass(frozen=True)
class Asked:
    """One wish."""

    look: str
    language: str
    formats: tuple[str, ...]


_ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)


@contextmanager
def pictures(look: str = "light", language: str = "en", formats: str = ",".join(FORMATS)) -> Iterator[None]:
    """Draw and write pictures in a look, a language and formats for as long as the block lasts.

    Parameters
    ----------
    look
        ``light``, ``dark`` or ``print``.
    language
        Code of a language; of pictures alone, other texts keep theirs.
    formats
        ``png``, ``svg``, or both with a comma between.
    """
    token = _ASKED.set(Asked(known_look(look), known(language), known_formats(formats)))
    try:
        yield
    finally:
        _ASKED.reset(token)


def asked() -> Asked | None:
    """Give what was asked for; nothing outside of `pictures`."""
    return _ASKED.get()


def known_formats(text: str) -> tuple[str, ...]:
    """Read formats, in the order of `FORMATS`."""
    found = {part.strip().lower() for part in text.split(",") if part.strip()}
    for name in sorted(found - set(FORMATS)) or ([] if found else [text]):
        fail(
            "no such format",
            path="format",
            found=name,
            allowed=", ".join(FORMATS),
            nearest=nearest(name, list(FORMATS)),
        )
    return tuple(name for name in FORMATS if name in found)
