"""How much room text takes: widths from the letters of DejaVu Sans, which are wider than those of the fonts in use.

A deck is shown with fonts that this machine may not have. The estimate errs on the wide side (Arial takes 0.93 to 0.99
of it), needs no installed font, and is the same everywhere.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.ImageFont import FreeTypeFont

LINE, WIDE_LINE = 1.2, 1.36
"""Height of a line over the size of its letters: Latin, and with Hangul."""
REGULAR, BOLD = 0.95, 0.9
"""Letters of DejaVu Sans are much wider than others, bold ones more so; this much of them is wide enough."""
SPACED = 0.2
"""Room that some programs put between Hangul and another script, over the size of the letters."""
UNIT = 1000
MORE = "…"


@dataclass(frozen=True)
class Room:
    """Room for text, in points, within its margins."""

    width: float
    height: float


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of a line of text, in points.

    >>> width("wide", 20) < width("wider", 20) < width("wider", 20, bold=True)
    True
    """
    return _width(text, bold) * size


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Break a text into the lines it takes in a column, at its spaces; a word wider than the column breaks anywhere.

    Parameters
    ----------
    text
        One paragraph.
    size
        Of the letters, in points.
    room
        Width of the column, in points.
    bold
        Whether the letters are bold.
    """
    lines, line, taken = [], "", 0.0
    for word in text.split():
        wider = (taken + width(" ", size, bold=bold) if line else 0.0) + width(word, size, bold=bold)
        if wider <= room:
            line, taken = f"{line} {word}" if line else word, wider
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, size, room, bold)
        taken = width(line, size, bold=bold)
        lines += full
    return [*lines, line] if line or not lines else lines


def height(texts: Iterable[str], size: float, room: float, *, bold: bool = False, gap: float = 0.0) -> float:
    """Estimate the height of paragraphs in a column, in points.

    Parameters
    ----------
    texts
        Paragraphs.
    size, room, bold
        As in `wrap`.
    gap
        Room between two paragraphs over the size of the letters.
    """
    tall = [len(wrap(text, size, room, bold=bold)) * size * line_height(text) for text in texts]
    return sum(tall) + max(0, len(tall) - 1) * gap * size


def fitting(
    texts: Iterable[str], room: Room, largest: float, smallest: float, *, bold: bool = False, gap: float = 0.0
) -> float | None:
    """Find the largest size at which paragraphs fit, or None where even the smallest is too large.

    Sizes go down by one point.
    """
    paragraphs, size = list(texts), largest
    while size >= smallest:
        if height(paragraphs, size, room.width, bold=bold, gap=gap) <= room.height:
            return size
        size -= 1
    return None


def shortened(text: str, size: float, room: Room, *, bold: bool = False) -> str:
    """Cut a text at a word so that it fits, and show that it was cut."""
    lines = max(1, int(room.height / (size * line_height(text))))
    if len(wrap(text, size, room.width, bold=bold)) <= lines:
        return text
    words = text.split()

    def too_long(cut: str) -> bool:
        return len(wrap(cut + MORE, size, room.width, bold=bold)) > lines

    cuts = range(1, len(words))
    kept = bisect_left(cuts, True, key=lambda count: too_long(" ".join(words[:count])))
    if kept:
        return " ".join(words[:kept]).rstrip(",;:.") + MORE
    letters = words[0] if words else ""
    return letters[: bisect_left(range(1, len(letters)), True, key=lambda count: too_long(letters[:count]))] + MORE


def line_height(text: str) -> float:
    """Tell how high a line is over the size of its letters."""
    return WIDE_LINE if any(_is_wide(letter) for letter in text) else LINE


def _pieces(word: str, size: float, room: float, bold: bool) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and width(piece + letter, size, bold=bold) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


@lru_cache(maxsize=10_000)
def _width(text: str, bold: bool) -> float:
    """Width of a text over its size; words come again and again while sizes are tried."""
    spaced = 0 if text.isascii() else sum(_meet(one, other) for one, other in pairwise(text))
    return sum(_advance(letter, bold) for letter in text) + SPACED * spaced


def _meet(one: str, other: str) -> bool:
    """Whether Hangul and a letter or sign of another script stand side by side, which some programs space."""
    return _is_wide(one) != _is_wide(other) and not (one.isspace() or other.isspace())


@cache
def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


@cache
def _advance(letter: str, bold: bool) -> float:
    """Width of a letter over its size; Hangul and its like are square."""
    if _is_wide(letter):
        return 1.0
    return float(_font(bold).getlength(letter)) / UNIT * (BOLD if bold else REGULAR)


@cache
def _font(bold: bool) -> FreeTypeFont:
    from pathlib import Path

    import matplotlib as mpl
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), UNIT)
