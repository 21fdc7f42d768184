"""Writing one file of text: whole or not at all, and over nothing but its own kind."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from .folder import FolderError

if TYPE_CHECKING:
    from collections.abc import Callable


def write_text(file: str | Path, text: str, ours: Callable[[str], bool]) -> Path:
    """Write a text file aside and rename it.

    Parameters
    ----------
    file
        Where it lands; its folder must be there.
    text
        What it holds.
    ours
        Whether the text of a file that stands there is of the same kind, and may be replaced.

    Returns
    -------
    The file as an absolute path.

    Raises
    ------
    FolderError
        When something else stands there, or the place cannot be written.
    """
    place = Path(file).expanduser().resolve()
    if place.is_dir() or not place.parent.is_dir():
        message = f"{file}: " + ("a folder stands there; name a file" if place.is_dir() else "no such folder")
        raise FolderError(message)
    try:
        if place.exists() and not ours(place.read_text(encoding="utf-8", errors="replace")):
            message = f"{file}: another file stands there; name a free one"
            raise FolderError(message)
        aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        try:
            aside.write_text(text, encoding="utf-8")
            aside.replace(place)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        message = f"{file}: cannot be written ({error.strerror})"
        raise FolderError(message) from None
    return place
