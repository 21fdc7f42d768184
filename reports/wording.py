"""Numbers and names in pictures, in the language spoken: ticks, labels at the ends of lines, sides, units.

English prints big counts in the unit of the registry (``2,000`` under ``million H100e``); Korean prints each in its own size
(``20억`` under ``H100e``), because 만 and 억 are part of the number there.

>>> from ..model.registry import VARIABLES
>>> drawn_in(VARIABLES["fleet_h100e"]), short(1234.0), tick(2500.0)
((1000000.0, 'million H100e'), '1,200', '2,500')
>>> with speaking("ko"):
...     drawn_in(VARIABLES["fleet_h100e"]), short(2.0e9), tick(2.5e6), span(26.0, 47.0, 78.0, "×")
((1.0, 'H100e'), '20억', '250만', '47배(26~78)')
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter

from . import text as english
from .language import numbers, say, speaking, spoken
from .text import SIDE_NAMES, divisor, number, unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.registry import Variable

KOREAN = "ko"
WORDS = {"M": "million", "k": "thousand", "bn": "billion"}
"""Prefixes of printed units that would puzzle a reader from the back of the room."""
HANGUL_FROM = 0x1100
"""Characters from here on are as wide as they are high."""
RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
LOWER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
LONGEST_WORD = 1e16
"""From here on 조 is too small a word, and powers of ten are written."""
LONG = 1e7
"""Ticks below this are written in full in English."""


def korean() -> bool:
    """Whether Korean is spoken."""
    return spoken() == KOREAN


def label(variable: Variable) -> str:
    """Name a variable."""
    return variable.label_ko if korean() else variable.label


def side_name(side: str) -> str:
    """Name a side."""
    return say(SIDE_NAMES[side])


def drawn_in(variable: Variable) -> tuple[float, str]:
    """Give what stored values are divided by in a picture, and the unit in words."""
    if variable.kind == "date":
        return 1.0, say("year")
    prefix, _, noun = unit(variable).partition(" ")
    if prefix not in WORDS or not noun:
        return divisor(variable), low_exponent(say(unit(variable))) if korean() else unit(variable)
    if korean():
        return divisor(variable) / numbers.PREFIXES[prefix], say(noun)
    return divisor(variable), f"{WORDS[prefix]} {noun}"


def axis_text(variable: Variable) -> str:
    """Name the unit of a variable in words."""
    return drawn_in(variable)[1]


def heading(variable: Variable) -> str:
    """Name a variable with the unit it is drawn in."""
    return ", ".join(part for part in (label(variable), axis_text(variable)) if part)


def short(value: float, digits: int = 2) -> str:
    """Write a drawn value in a few significant digits.

    >>> with speaking("ko"):
    ...     short(1.8e26), short(-3.0e5)
    ('1.8×10^26', '-30만')
    """
    if korean() and abs(value) < LONGEST_WORD:
        return numbers.count(value, digits)
    written = number(value, digits)
    return low_exponent(written) if korean() else written


def low_exponent(text: str) -> str:
    """Write powers of ten on the line: superscript digits of Hangul fonts can hardly be read."""
    return RAISED.sub(lambda found: "^" + found.group().translate(LOWER), text)


def millions() -> float:
    """Give what counts of a picture in millions are divided by: Korean writes the size of each number itself."""
    return 1.0 if korean() else 1e6


def span(low: float, middle: float, high: float, mark: str = "") -> str:
    """Write a median with its interval; a single value where all members agree.

    >>> span(4.2, 6.04, 8.6, "×"), span(2.0, 2.0, 2.0)
    ('6.0× (4.2–8.6)', '2.0')
    """
    said = short(middle) + (say("×") if mark == "×" else mark)
    return said if low == high else said + numbers.bracketed(ends(low, high))


def ends(low: float, high: float) -> str:
    """Write an interval."""
    return f"{short(low)}{numbers.dash()}{short(high)}"


def times(value: float) -> str:
    """Write how many times as much."""
    return short(value) + say("×")


def per_cent(value: float, digits: int = 0) -> str:
    """Write a value that is in per cent already.

    >>> per_cent(12.3), per_cent(0.42, 1)
    ('12 %', '0.4 %')
    """
    return f"{value:,.{digits}f}{'%' if korean() else ' %'}"


def tick(value: float) -> str:
    """Write a tick in full while that is short.

    >>> tick(2500.0), tick(0.25), tick(2e25), tick(-3.0)
    ('2,500', '0.25', '2.0×10²⁵', '−3')
    """
    size = abs(value)
    sign = "−" if value < 0 else ""
    if korean() and 1e4 <= size < LONGEST_WORD:
        scale, word = next((scale, word) for scale, word in numbers.SIZES[KOREAN] if size >= scale)
        return f"{sign}{size / scale:,.10g}{word}"
    return sign + (f"{size:,.10g}" if size < LONG else short(size))


def power_of_ten(value: float) -> str:
    """Write a tick of a logarithmic axis: a power of ten (or three of them) plainly while it is short.

    >>> power_of_ten(0.1), power_of_ten(3000.0), power_of_ten(1e24)
    ('0.1', '3,000', '10²⁴')
    """
    if korean() and 1e4 <= value < LONGEST_WORD:
        return tick(value)
    if 1e-3 <= value < 1e6:
        return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
    return short(value, 1).removeprefix("1×")


def ticks(write: Callable[[float], str] = tick) -> FuncFormatter:
    """Make a formatter that goes on in the language it was made in, whenever a picture is drawn."""
    made_in = spoken()

    def formatted(value: float, _place: int | None = None) -> str:
        with speaking(made_in):
            return write(value)

    return FuncFormatter(formatted)


def date(value: float) -> str:
    """Write a year with a fraction as a month."""
    return numbers.month(value) if korean() else english.date(value)


def dates(low: float, middle: float, high: float) -> str:
    """Write a date with its interval."""
    if not korean():
        return english.dates(low, middle, high)
    return numbers.dates(middle, low, high) if math.isfinite(middle) else say("never")


def years(first: int, last: int) -> str:
    """Write a span of years.

    >>> years(2025, 2027)
    '2025–27'
    """
    return f"{first}{numbers.dash()}{last if korean() else f'{last % 100:02d}'}"


def breadth(text: str) -> float:
    """Measure a text in Latin characters: a Hangul syllable is as wide as one and a half.

    >>> breadth("HBM"), breadth("한국")
    (3.0, 3.0)
    """
    return float(sum(1.5 if ord(character) >= HANGUL_FROM else 1.0 for character in text))


def cut(text: str, longest: float) -> str:
    """Cut a text that is broader than there is room, and show that it is cut.

    >>> cut("Huawei fabs", 8), cut("SMIC", 8)
    ('Huawei…', 'SMIC')
    """
    if breadth(text) <= longest:
        return text
    while breadth(text) > longest - 1:
        text = text[:-1]
    return text.rstrip(" ,") + "…"
