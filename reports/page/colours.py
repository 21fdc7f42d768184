"""Colours of a page's charts in the dark: the same hue, light enough to be told from the ground."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..figures.style import GRID, INK, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterable

DARK_GROUND = "#14191f"
ENOUGH = 4.5
"""Contrast of a line against the ground."""
FALLBACK = QUIET
OF_THE_FRAME = {INK: "#e8ebef", QUIET: "#a3adb8", GRID: "#2d353e", "#ffffff": DARK_GROUND}
"""What stands for words, axes, grid and ground in the dark."""


def colour(text: str) -> str:
    """Give a colour as it may stand in a page: six hexadecimal digits, grey for anything else.

    >>> colour("#C8384A"), colour("red;}")
    ('#c8384a', '#5a6470')
    """
    return text.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else FALLBACK


def dark_rules(colours: Iterable[str]) -> list[tuple[str, str]]:
    """List the colours that charts use, each with what stands for it in the dark.

    Parameters
    ----------
    colours
        As in light.
    """
    used = {colour(text) for text in colours} - set(OF_THE_FRAME)
    return [*OF_THE_FRAME.items(), *((light, on_dark(light)) for light in sorted(used))]


def on_dark(text: str) -> str:
    """Mix a colour with white until it is legible on a dark ground.

    >>> contrast(on_dark("#1f5fa8"), DARK_GROUND) >= ENOUGH
    True
    """
    parts = _parts(text)
    for share in range(0, 101, 5):
        mixed = tuple(round(part + (255 - part) * share / 100) for part in parts)
        found = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(found, DARK_GROUND) >= ENOUGH:
            return found
    return "#ffffff"


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as the Web Content Accessibility Guidelines define it, 1 to 21.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(text: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _shares(text)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shares(text: str) -> list[float]:
    return [part / 255 for part in _parts(text)]


def _parts(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
