"""A deck as a file: the same bytes for the same story, whole or not at all, never over what is not podrace's."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ...scenarios.faults import fail
from .words import TAGS

if TYPE_CHECKING:
    from pptx.presentation import Presentation

    from ..story.parts import Story

MAKER = "podrace"
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every part of the file: equal decks have equal bytes."""


def check_place(path: str | Path, *, force: bool = False) -> Path:
    """Make sure that a deck may be written to a place, and write nothing.

    Parameters
    ----------
    path
        Where it shall land: a free name, or a deck that podrace wrote and nobody has edited since.
    force
        Replace any file.

    Raises
    ------
    ScenarioError
        When something else stands there, or it cannot be written.
    """
    place = Path(path).expanduser()
    if place.suffix.lower() != ".pptx":
        fail("a deck is a .pptx file", file=str(path), found=place.suffix or "no ending", allowed=f"{place.stem}.pptx")
    if place.is_dir():
        fail(
            "a folder stands where the deck shall be written; name a file in it",
            file=str(path),
            allowed=str(place / "deck.pptx"),
        )
    if not place.parent.is_dir():
        fail("there is no such folder to write the deck to", file=str(path), found=str(place.parent))
    if place.exists() and not force:
        maker = last_hand(place)
        if maker is None:
            fail("another file stands there; name another, or replace it with --force", file=str(path))
        if maker and not maker.startswith(MAKER):
            fail(
                "the deck there was edited; name another file, or replace it with --force",
                file=str(path),
                found=f"last saved by {maker}",
            )
    return place


def last_hand(file: Path) -> str | None:
    """Name who last saved a deck that podrace made; nothing where it is no such deck."""
    from pptx import Presentation as open_presentation

    try:
        properties = open_presentation(str(file)).core_properties
    except Exception:  # whatever it is, it is no deck of podrace's
        return None
    return str(properties.last_modified_by) if str(properties.author).startswith(MAKER) else None


def save(presentation: Presentation, story: Story, place: Path) -> None:
    """Write a deck aside and put it in its place.

    Parameters
    ----------
    presentation
        With all slides.
    story
        What it tells.
    place
        Checked by `check_place`.
    """
    _describe(presentation, story)
    _drop_leftovers(presentation)
    written = io.BytesIO()
    presentation.save(written)
    data = _dated(written.getvalue())
    try:
        number, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".podrace", dir=place.parent)
    except OSError as error:
        fail(f"cannot write the deck: {error.strerror}", file=str(place))
    aside = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        aside.chmod(0o666 & ~_mask())
        aside.replace(place)
    except OSError as error:
        fail(f"cannot write the deck: {error.strerror}", file=str(place))
    finally:
        aside.unlink(missing_ok=True)


def _describe(presentation: Presentation, story: Story) -> None:
    """Say what the deck is, who made it and in which language; no times, so that equal decks are equal."""
    from pptx.oxml.ns import qn

    from ... import __version__

    properties = presentation.core_properties
    element = properties._element
    for name in ("dcterms:created", "dcterms:modified", "cp:lastPrinted", "cp:revision"):
        for found in element.findall(qn(name)):
            element.remove(found)
    properties.title, properties.subject = story.title[:255], story.subtitle[:255]
    properties.author = properties.last_modified_by = f"{MAKER} {__version__}"
    properties.language = TAGS[story.language]
    properties.keywords = properties.comments = properties.category = ""


def _drop_leftovers(presentation: Presentation) -> None:
    """Leave out the picture and the printer of the file that the deck began with."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    for owner, kind in (
        (presentation.part.package, RELATIONSHIP_TYPE.THUMBNAIL),
        (presentation.part, RELATIONSHIP_TYPE.PRINTER_SETTINGS),
    ):
        for name, found in list(owner._rels.items()):
            if found.reltype == kind:
                owner._rels.pop(name)


def _dated(data: bytes) -> bytes:
    """Give every part of a file the same date."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, FIXED_DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 3
            part.external_attr = 0o644 << 16
            new.writestr(part, old.read(name))
    return made.getvalue()


def _mask() -> int:
    """Read which rights new files lack here."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
