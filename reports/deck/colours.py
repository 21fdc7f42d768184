"""Colours of data on any background: the same hue, lighter or darker until it stands out."""

from __future__ import annotations

import colorsys

LEAST = 3.0
"""Contrast that a line or a bar needs with what is behind it (WCAG 2.1, 1.4.11)."""
READABLE = 4.5
"""Contrast that text needs (WCAG 2.1, 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, 1 to 21.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 2)


def standing_out(colour: str, behind: str, least: float = LEAST) -> str:
    """Give a colour of the same hue that stands out from what is behind it; the colour itself where it does.

    >>> standing_out("#1f5fa8", "#ffffff")
    '#1f5fa8'
    """
    step = 0.04 if _luminance(behind) < 0.18 else -0.04
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    found = colour
    while contrast(found, behind) < least and 0 <= lightness + step <= 1:
        lightness += step
        red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, lightness, saturation))
        found = f"#{red:02x}{green:02x}{blue:02x}"
    return found


def tint(colour: str, behind: str, share: float) -> str:
    """Mix a colour into what is behind it.

    >>> tint("#000000", "#ffffff", 0.2)
    '#cccccc'
    """
    mixed = (
        round(255 * (share * one + (1 - share) * other))
        for one, other in zip(_parts(colour), _parts(behind), strict=True)
    )
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _parts(colour: str) -> tuple[float, float, float]:
    digits = colour.lstrip("#")
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
