"""Fonts of the language spoken: a Hangul font for Korean, found on the machine or in the extra ``korean``.

Nothing of the user's Matplotlib is set; a font from the extra is made known to it, no more.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..language import spoken

LATIN = "DejaVu Sans"
"""Comes with Matplotlib, so that every machine draws the same."""
HANGUL = (
    "NanumGothic",
    "Nanum Gothic",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "NanumBarunGothic",
    "Noto Sans CJK JP",
)
"""Families that have Hangul, the first that is installed is taken; one file holds all of Noto's, under its first name."""
PACKAGE, FILES = "koreanize_matplotlib", ("NanumGothic.ttf", "NanumGothicBold.ttf")
"""The package behind the extra, and what is taken from it; importing it would change settings."""
SYLLABLE = "한"
MISSING = (
    'no font with Hangul was found, so figures are in English; pip install "podrace[korean]" brings one, '
    "or install NanumGothic or Noto Sans CJK KR"
)


def families() -> list[str]:
    """Give the families to draw in, the first that has a character is used for it."""
    found = hangul() if spoken() == "ko" else None
    return [found, LATIN] if found else [LATIN]


@cache
def hangul() -> str | None:
    """Find a family with Hangul: installed, or from the extra; nothing when there is none."""
    return installed() or packaged()


def installed() -> str | None:
    """Name the first family of `HANGUL` that this machine has."""
    from matplotlib import font_manager

    paths = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    return next((name for name in HANGUL if name in paths and _has_hangul(paths[name])), None)


def packaged() -> str | None:
    """Make the font of the extra known to Matplotlib and name it; the package itself is not imported."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    from matplotlib import font_manager

    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    files = [folder / name for name in FILES if (folder / name).is_file()]
    for file in files:
        font_manager.fontManager.addfont(str(file))
    return font_manager.FontProperties(fname=str(files[0])).get_name() if files else None


def warn_without_hangul() -> None:
    """Say that figures stay in English, and what would change that."""
    warnings.warn(MISSING, UserWarning, stacklevel=2)


def _has_hangul(path: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        return bool(FT2Font(path).get_char_index(ord(SYLLABLE)))
    except (OSError, RuntimeError):
        return False
