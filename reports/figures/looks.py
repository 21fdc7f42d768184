"""The looks a picture can have: light for screens and pages, dark for dark slides, print for black and white.

Code names colours by what they mean, in the light look; `tone` gives the colour of the look that is drawn now. A side or a
limit keeps its hue in every look, so that no colour changes its meaning.

>>> with styled("dark"):
...     look().name, tone(SIDE_COLOURS["china"])
('dark', '#ff7582')
>>> look().name
'light'
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ...scenarios.faults import fail, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..summary import Array

SIDE_COLOURS = {"china": "#c8384a", "us": "#1f5fa8"}
"""The same two colours in every picture: apart for all kinds of colour blindness, 5:1 and 6:1 against white."""

CATEGORY_COLOURS = {
    "dies": "#0b7a75",
    "hbm": "#e69f00",
    "packaging": "#7b4fa3",
    "demand": "#c4c9d0",
    "supply": "#3f4a56",
    "capital": "#b9936c",
    "power": "#f2d43d",
}
"""One colour for one limit or input, in every picture where it stands."""

INPUT_COLOURS = {
    "localisation_dies": CATEGORY_COLOURS["dies"],
    "localisation_hbm": CATEGORY_COLOURS["hbm"],
    "localisation_packaging": CATEGORY_COLOURS["packaging"],
    "localisation_tools": "#7a7f1e",
    "localisation_accelerators": SIDE_COLOURS["china"],
}
INK, QUIET, GRID, PAPER, FOG = "#1d2530", "#5a6470", "#e3e6ea", "#ffffff", "#eef0f2"
"""Text; text and lines that stand back; the grid; what is drawn on; what nobody knows."""
SMUGGLED, RENTED = "#7d1f2c", "#e58c96"
"""A darker and a lighter red: both are China's."""
LOW_COLOUR, HIGH_COLOUR = "#9fb3c8", "#2f4b66"
"""Low and high end of an assumption: apart in grey too, and neither side's colour."""

READABLE, VISIBLE = 4.5, 3.0
"""Contrast that text needs against its ground, and a line or a bar, by WCAG."""


@dataclass(frozen=True)
class Mark:
    """How a line is told from another without colour: the marker on its median, the hatch of its band."""

    marker: str = ""
    hollow: bool = False
    hatch: str = ""


@dataclass(frozen=True)
class Look:
    """One look.

    Attributes
    ----------
    name
        As users write it.
    colours
        What stands in place of a colour of the light look; any other is moved until it can be seen.
    marks
        By colour of the light look: markers and hatches; empty where colour is enough.
    """

    name: str
    colours: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def ink(self) -> str:
        """Colour of text."""
        return self.colours.get(INK, INK)

    @property
    def quiet(self) -> str:
        """Colour of text and lines that stand back."""
        return self.colours.get(QUIET, QUIET)

    @property
    def grid(self) -> str:
        """Colour of the grid."""
        return self.colours.get(GRID, GRID)

    @property
    def paper(self) -> str:
        """Colour of the ground."""
        return self.colours.get(PAPER, PAPER)


LOOKS = {
    "light": Look("light"),
    "dark": Look(
        "dark",
        {
            PAPER: "#12161c", INK: "#f1f4f7", QUIET: "#aeb8c3", GRID: "#2b333d", FOG: "#20272f",
            SIDE_COLOURS["china"]: "#ff7582", SIDE_COLOURS["us"]: "#6db3ff",
            CATEGORY_COLOURS["dies"]: "#35b8b0", CATEGORY_COLOURS["hbm"]: "#ffb733",
            CATEGORY_COLOURS["packaging"]: "#b88ee6", CATEGORY_COLOURS["demand"]: "#6f7984",
            CATEGORY_COLOURS["supply"]: "#c3ccd6", INPUT_COLOURS["localisation_tools"]: "#b9bf4c",
            "#b8bfc8": "#d9dee4", "#5a6471": "#7f8b97", "#d9dde2": "#39424d", "#b4bcc6": "#5b6672", "#8c2d6e": "#e383c4", "#4d6a1e": "#a3cc5c", "#b35c00": "#f59a4b",
            SMUGGLED: "#b8404f", RENTED: "#ffc2c8", LOW_COLOUR: "#d9e4ef", HIGH_COLOUR: "#5f8fbd",
        },
    ),
    "print": Look(
        "print",
        {
            INK: "#000000", QUIET: "#4a4a4a", GRID: "#d4d4d4", FOG: "#ebebeb",
            SIDE_COLOURS["china"]: "#8f1022", SIDE_COLOURS["us"]: "#2b73c4",
            CATEGORY_COLOURS["demand"]: "#eceef0", LOW_COLOUR: "#c9d3de", HIGH_COLOUR: "#22384d",
        },
        {
            SIDE_COLOURS["china"]: Mark("o", hatch="///"), SIDE_COLOURS["us"]: Mark("s", hollow=True),
            CATEGORY_COLOURS["dies"]: Mark("^", hatch="///"), CATEGORY_COLOURS["hbm"]: Mark("D", hollow=True),
            CATEGORY_COLOURS["packaging"]: Mark("v", hatch="xx"),
            SMUGGLED: Mark(hatch="xx"), RENTED: Mark(hatch=".."), CATEGORY_COLOURS["capital"]: Mark(hatch=".."), CATEGORY_COLOURS["power"]: Mark(hatch="\\\\\\"),
        },
    ),
}  # fmt: skip
"""Every look by its name; the first is the one nobody has to ask for."""

_CURRENT: ContextVar[str] = ContextVar("look", default="light")


@contextmanager
def styled(name: str) -> Iterator[None]:
    """Draw in a look for as long as the block lasts.

    Parameters
    ----------
    name
        ``light``, ``dark`` or ``print``.
    """
    token = _CURRENT.set(known_look(name))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def look() -> Look:
    """Give the look that is drawn now."""
    return LOOKS[_CURRENT.get()]


def known_look(name: str) -> str:
    """Check the name of a look."""
    if name not in LOOKS:
        fail("no such style", path="style", found=name, allowed=", ".join(LOOKS), nearest=nearest(name, LOOKS))
    return name


def tone(colour: str) -> str:
    """Give the colour that stands for one of the light look; one that would not be seen is moved towards the ink."""
    here = look()
    if here.name == "light":
        return colour
    return here.colours.get(colour) or (towards_ink(colour, VISIBLE) if here.name == "dark" else colour)


def mark(colour: str) -> Mark:
    """Give the marker and hatch of a colour of the light look."""
    return look().marks.get(colour, Mark())


def readable(colour: str) -> str:
    """Move the tone of a colour towards the ink until text in it can be read."""
    return towards_ink(tone(colour), READABLE)


def towards_ink(colour: str, enough: float) -> str:
    """Darken a colour, or lighten it on a dark ground, until it has enough contrast against the ground."""
    from matplotlib.colors import to_hex

    rgb, paper = _rgb(colour), _rgb(look().paper)
    end = np.zeros(3) if luminance(look().paper) > 0.5 else np.ones(3)
    while _ratio(_luminance(rgb), _luminance(paper)) < enough:
        rgb = rgb + 0.05 * (end - rgb)
    return to_hex((float(rgb[0]), float(rgb[1]), float(rgb[2])))


def on(colour: str, alpha: float = 1.0) -> str:
    """Choose the colour of text on a fill: ink or paper, whichever can be read better.

    Parameters
    ----------
    colour
        Of the fill, as drawn.
    alpha
        How much of it covers the paper.
    """
    fill = _luminance(alpha * _rgb(colour) + (1 - alpha) * _rgb(look().paper))
    return max((look().ink, look().paper), key=lambda text: _ratio(luminance(text), fill))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, by the definition of WCAG.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    return _ratio(luminance(one), luminance(other))


def luminance(colour: str) -> float:
    """Relative luminance of a colour, by the definition of WCAG."""
    return _luminance(_rgb(colour))


def _rgb(colour: str) -> Array:
    from matplotlib.colors import to_rgb

    return np.array(to_rgb(colour))


def _luminance(rgb: Array) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
