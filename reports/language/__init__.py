"""What people read, in their language: one catalogue of messages, chosen for as long as a block lasts.

English text stands in the code and is the key of the catalogue; ``reports/language/<code>/*.po`` hold the translations, a
file per subject. A text without a translation stays English.

>>> with speaking("ko"):
...     say("China")
'중국'
>>> say("China")
'China'
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TYPE_CHECKING

from ...scenarios.faults import fail
from .particles import fitted

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("en", "ko")
"""Languages people can ask for; the first is the language of the code."""

_CURRENT: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for as long as the block lasts.

    Parameters
    ----------
    code
        One of `LANGUAGES`.
    """
    token = _CURRENT.set(known(code))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def spoken() -> str:
    """Name the language that is spoken now."""
    return _CURRENT.get()


def say(text: str, **values: object) -> str:
    """Give a text in the language spoken now, its named places filled.

    >>> with speaking("ko"):
    ...     say("{count} members", count="1,000")
    '모의실험 1,000회'
    """
    said = catalogue(spoken()).gettext(text) if text else text
    filled = said.format(**values) if values else said
    return fitted(filled) if spoken() == "ko" else filled


def known(code: str) -> str:
    """Check the code of a language."""
    if code not in LANGUAGES:
        fail(f"no language {code!r}; allowed: {', '.join(LANGUAGES)}")
    return code


@cache
def catalogue(code: str) -> NullTranslations:
    """Read the catalogue of a language: all of its files as one."""
    if code == LANGUAGES[0]:
        return NullTranslations()
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole = Catalog(locale=code)
    for path in sorted(files(__package__).joinpath(code).iterdir(), key=lambda path: path.name):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if message.id:
                    whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)
