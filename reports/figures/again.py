"""Draws the pictures of a finished run or comparison again, into a folder of their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ...scenarios.faults import fail, nearest
from .asked import FORMATS, asked
from .draw import FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure

    from ..compare.comparison import Comparison
    from ..result import Result

    Progress = Callable[[str, float], None]


def standard(found: Result | Comparison) -> dict[str, Callable[[], Figure]]:
    """Give the standard pictures of a result or a comparison by name, in the order a reader meets them."""
    from ..result import Result

    if isinstance(found, Result):
        return {name: (lambda name=name: found.plot(name)) for name in FIGURES}  # type: ignore[misc]
    from ..compare.folder import drawings

    return drawings(found)


def place_of(folder: Path) -> Path:
    """Give the folder of pictures beside the data of a result: a look or a language of its own stands in its name."""
    wish = asked()
    parts = [part for part in (wish.look, wish.language) if part not in {"light", "en"}] if wish else []
    return folder.expanduser() / "_".join(["figures", *parts])


def draw_again(
    found: Result | Comparison, folder: Path, only: Sequence[str] = (), progress: Progress | None = None
) -> tuple[Path, list[str]]:
    """Draw pictures into a folder: all or nothing; other pictures there stay.

    Parameters
    ----------
    found
        A finished run or comparison.
    folder
        A free name, or a folder that holds nothing but pictures.
    only
        Standard pictures or recorded variables; all standard ones by default.
    progress
        Called with what is drawn and the share done, 0 to 1.

    Returns
    -------
    The folder, and the names that were drawn.
    """
    from .style import save_figure

    todo = _chosen(found, only)
    place = folder.expanduser().resolve()
    _check(place)
    aside = place.with_name(f".{place.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        for done, (name, draw) in enumerate(todo.items()):
            if progress:
                progress(f"figure {name}", done / len(todo))
            save_figure(draw(), aside / name)
        place.mkdir(exist_ok=True)
        for file in aside.iterdir():
            file.replace(place / file.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return place, list(todo)


def _chosen(found: Result | Comparison, only: Sequence[str]) -> dict[str, Callable[[], Figure]]:
    """Look up what is asked for: a standard picture by its name, or any variable by its id."""
    known = standard(found)
    variables = [str(name) for name in found.data.data_vars] if hasattr(found, "data") else list(found.paired.variables)
    for name in only:
        if name not in known and name not in variables:
            fail(
                "no such picture or variable",
                path="only",
                found=name,
                allowed=", ".join(known),
                nearest=nearest(name, [*known, *variables]),
            )
    return {name: known.get(name) or (lambda name=name: found.plot(name)) for name in (only or known)}  # type: ignore[misc]


def _check(place: Path) -> None:
    """Refuse a place where something other than pictures stands."""
    from ..folder import FolderError

    if place.is_file():
        message = f"{place}: a file stands there; name a folder"
        raise FolderError(message)
    others = [file.name for file in place.iterdir() if file.suffix[1:] not in FORMATS] if place.is_dir() else []
    if others:
        message = f"{place}: holds more than pictures ({sorted(others)[0]}); name another folder"
        raise FolderError(message)
