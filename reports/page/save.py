"""A page in its place: whole or not at all, and never over a file that is somebody else's."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...scenarios.faults import fail

if TYPE_CHECKING:
    from typing import NoReturn

MARK = b'<meta name="generator" content="podrace '
"""Tells a page of ours; it stands near the beginning."""
BEGINNING = 4096
NAME = "report.html"


def place_of(folder: str | Path, out: str | Path | None) -> Path:
    """Say where the page of a result lands: where asked, or in the result's folder.

    Parameters
    ----------
    folder
        Of the result.
    out
        A file, or nothing.
    """
    return Path(out).expanduser() if out is not None else Path(folder).expanduser() / NAME


def check_place(place: Path, *, force: bool = False) -> None:
    """Make sure that a page may be written, and write nothing.

    Parameters
    ----------
    place
        A free name, or an older page of podrace.
    force
        Replace any file.

    Raises
    ------
    ScenarioError
        When a folder or somebody else's file stands there, or the place cannot be written.
    """
    if place.is_dir():
        fail("is a folder", file=str(place), allowed=f"a file, such as {place / NAME}")
    if place.suffix.lower() not in {".html", ".htm"}:
        fail("is no name of a page", file=str(place), allowed="a name that ends in .html")
    if place.exists() and not force and not is_page(place):
        fail("holds something else than a podrace page: name another, or --force", file=str(place))
    if not place.parent.is_dir():
        fail("no such folder", file=str(place.parent), allowed="a folder that exists")
    probe = _aside(place)
    try:
        probe.touch()
    except OSError as error:
        _unwritable(place, error)
    finally:
        with suppress(OSError):
            probe.unlink()


def is_page(place: Path) -> bool:
    """Whether a file is a page that podrace wrote."""
    try:
        with place.open("rb") as file:
            return MARK in file.read(BEGINNING)
    except OSError:
        return False


def write_page(text: str, place: Path, *, force: bool = False) -> Path:
    """Write a page aside, and put it in its place.

    Parameters
    ----------
    text
        The page.
    place
        See `check_place` for what may stand there.
    force
        Replace any file.

    Returns
    -------
    Where it stands.
    """
    check_place(place, force=force)
    aside = _aside(place)
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(place)
    except OSError as error:
        _unwritable(place, error)
    finally:
        with suppress(OSError):
            aside.unlink()
    return place


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}.podrace")


def _unwritable(place: Path, error: OSError) -> NoReturn:
    fail(f"cannot write: {error.strerror}", file=str(place))
