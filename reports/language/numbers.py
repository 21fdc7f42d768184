"""Numbers as people of a language write them: big counts, shares, ratios, months, and a middle with its interval.

English counts in thousands, millions and billions; Korean in ten thousands (만), hundred millions (억) and trillions (조).

>>> from podrace.reports.language import speaking
>>> count(5_612_000.0), times(57.2, 28.0, 110.0), percent(0.934), month(2026.3)
('5.6 M', '57× (28–110)', '93 %', 'Apr 2026')
>>> with speaking("ko"):
...     count(5_612_000.0), times(57.2, 28.0, 110.0), percent(0.934), month(2026.3)
('560만', '57배(28~110)', '93%', '2026년 4월')
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..text import NONE, date, number
from . import say, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...model.registry import Variable

KOREAN = "ko"
SIZES = {
    "en": ((1e9, " bn"), (1e6, " M"), (1e3, " k")),
    KOREAN: ((1e12, "조"), (1e8, "억"), (1e4, "만")),
}
"""What big numbers are counted in, the largest first."""
AXIS_SIZES = {
    "en": {"M": (1e6, "million"), "k": (1e3, "thousand"), "bn": (1e9, "billion")},
    KOREAN: {"M": (1e4, "만"), "k": (1e3, "천"), "bn": (1e8, "억")},
}
"""The same along an axis: for each prefix of a printed unit, what values are divided by, and the word."""
PREFIXES = {"M": 1e6, "k": 1e3, "bn": 1e9}
"""Prefixes of printed units that count things."""
RAW = ("largest_run_flop",)
"""Variables written as a power of ten in their stored unit."""
LEAST_COUNTED = 1e4
"""Numbers below this are written out."""
SIGNS = ("+", "−", "-")
WIDE = 3.0
"""Years: an interval of dates wider than this is told in years, not in months."""


def count(value: float, digits: int = 2) -> str:
    """Write a number of things to a few significant digits.

    >>> count(43_210.0), count(3_210.0), count(2.4e9), count(float("nan"))
    ('43 k', '3,200', '2.4 bn', '–')
    """
    if not math.isfinite(value):
        return NONE if math.isnan(value) else "∞"
    if abs(value) >= LEAST_COUNTED:
        for size, word in SIZES[spoken()]:
            if abs(float(f"{value:.{digits - 1}e}")) >= size:
                return number(value / size, digits) + word
    return number(value, digits)


def percent(share: float, digits: int = 2) -> str:
    """Write a share as a percentage; only none is 0 % and only all is 100 %.

    >>> percent(0.0), percent(0.003), percent(0.07), percent(0.999), percent(1.0)
    ('0 %', '<1 %', '7 %', '>99 %', '100 %')
    """
    sign = "%" if spoken() == KOREAN else " %"
    if math.isnan(share):
        return NONE
    value = 100 * share
    if 0 < value < 1:
        return f"<1{sign}"
    if 99 < value < 100:
        return f">99{sign}"
    return f"{number(value, digits)}{sign}" if value >= 100 else f"{value:.0f}{sign}"


def change(share: float) -> str:
    """Write a relative change with its sign.

    >>> change(0.34), change(-0.127), change(0.0004), change(2.5)
    ('+34 %', '−13 %', '0 %', '+250 %')
    """
    sign = "%" if spoken() == KOREAN else " %"
    if math.isnan(share):
        return NONE
    value = 100 * share
    if abs(value) < 0.05:
        return f"0{sign}"
    size = f"{abs(value):.1f}" if abs(value) < 9.95 else number(abs(value))
    return f"{'+' if value > 0 else '−'}{size}{sign}"


def times(middle: float, low: float = math.nan, high: float = math.nan) -> str:
    """Write a ratio, with its interval where it has one."""
    mark = "배" if spoken() == KOREAN else "×"
    return interval(middle, low, high, mark=mark)


def interval(
    middle: float, low: float = math.nan, high: float = math.nan, write: Callable[[float], str] = number, mark: str = ""
) -> str:
    """Write a middle with its interval; the middle alone where both ends read the same, or there are none.

    Parameters
    ----------
    middle, low, high
        Median, 5 % and 95 % quantile.
    write
        How a number is written.
    mark
        What follows the middle.
    """
    words = ["∞" if math.isinf(value) else write(value) for value in (middle, low, high)]
    if math.isnan(low) or math.isnan(high) or words[1] == words[2]:
        return words[0] + mark
    return f"{words[0]}{mark}{bracketed(ends(words[1], words[2]))}"


def ends(low: str, high: str) -> str:
    """Write the ends of a range; in words where one has a sign, which a dash would hide.

    >>> ends("28", "110"), ends("−4 %", "+1 %")
    ('28–110', '−4 % to +1 %')
    """
    if not any(word[:1] in SIGNS for word in (low, high)):
        return f"{low}{dash()}{high}"
    return f"{low}에서 {high}" if spoken() == KOREAN else f"{low} to {high}"


def bracketed(text: str) -> str:
    """Put a remark behind what it belongs to."""
    return f"({text})" if spoken() == KOREAN else f" ({text})"


def dash() -> str:
    """Give the sign between the ends of a range."""
    return "~" if spoken() == KOREAN else "–"


def month(value: float) -> str:
    """Write a year with a fraction as a month."""
    if spoken() != KOREAN or not math.isfinite(value):
        return say("never") if math.isnan(value) else date(value)
    year = math.floor(value + 1e-9)
    return f"{year}년 {min(int((value - year + 1e-9) * 12), 11) + 1}월"


def duration(middle: float, low: float, high: float, record: float) -> str:
    """Write a number of years with its interval; what is longer than the run tells (NaN) as longer than it.

    Parameters
    ----------
    middle, low, high
        Years; NaN where longer than the run tells.
    record
        Years that the run tells.

    >>> duration(4.0, 3.2, float("nan"), 8), duration(float("nan"), float("nan"), float("nan"), 8)
    ('4.0 years (3.2–>8)', '>8 years')
    """
    mark = "년" if spoken() == KOREAN else " years"
    words = [f">{record:.0f}" if math.isnan(value) else f"{value:.1f}" for value in (middle, low, high)]
    return f"{words[0]}{mark}" + ("" if words[1] == words[2] else bracketed(f"{words[1]}{dash()}{words[2]}"))


def signed_years(middle: float, low: float, high: float) -> str:
    """Write a number of years that may be negative, with its interval.

    >>> signed_years(-0.8, -3.0, 2.5)
    '−0.8 years (−3.0 to 2.5)'
    """
    text = interval(middle, low, high, write=lambda years: f"{years:.1f}".replace("-", "−"))
    return with_unit(text, "년" if spoken() == KOREAN else "years")


def year_of(value: float) -> str:
    """Write the calendar year of a date.

    >>> year_of(2027.3), year_of(float("nan"))
    ('2027', 'never')
    """
    if math.isnan(value):
        return say("never")
    year = str(math.floor(value + 1e-9))
    return f"{year}년" if spoken() == KOREAN else year


def dates(middle: float, low: float, high: float, last: int | None = None) -> str:
    """Write a date with its interval: in months, or in years where the interval is wide.

    Parameters
    ----------
    middle, low, high
        Dates; NaN where it does not come.
    last
        Last year of the run: what does not come is told to come after it, if ever.

    >>> dates(2026.3, 2025.9, 2027.6), dates(2026.0, 2025.8, 2031.2), dates(2027.1, 2026.2, float("nan"))
    ('Apr 2026 (Nov 2025–Aug 2027)', '2026 (2025–2031)', '2027 (2026–never)')
    >>> dates(2027.1, 2026.2, float("nan"), last=2035)
    '2027 (2026 to beyond 2035)'
    """
    write = _write_date(low, high)
    words = [write(value) for value in (middle, low, high)]
    if words[1] == words[2]:
        return words[0]
    if math.isnan(high) and last is not None:
        return words[0] + bracketed(say("{start} to beyond {year}", start=words[1], year=last))
    return f"{words[0]}{bracketed(f'{words[1]}{dash()}{words[2]}')}"


def date_of(middle: float, low: float, high: float) -> str:
    """Write a date alone, as exactly as its interval lets it be told.

    >>> date_of(2026.3, 2025.9, 2027.6), date_of(2026.3, 2025.8, 2031.2)
    ('Apr 2026', '2026')
    """
    return _write_date(low, high)(middle)


def _write_date(low: float, high: float) -> Callable[[float], str]:
    return year_of if math.isnan(high) or high - low > WIDE else month


def amount(variable: Variable, middle: float, low: float = math.nan, high: float = math.nan) -> str:
    """Write a stored value of a variable in human units, with its interval where it has one.

    Parameters
    ----------
    variable
        Entry of the registry.
    middle, low, high
        In the stored unit.
    """
    if variable.kind == "share":
        return interval(middle, low, high, write=percent)
    prefix, noun = _parts(variable)
    if prefix:
        scale = PREFIXES[prefix] / (variable.format.divide if variable.format else 1.0)
        text = interval(middle * scale, low * scale, high * scale, write=count)
        return with_unit(text, say(noun))
    if variable.id in RAW:
        return with_unit(interval(middle, low, high), variable.unit)
    divide = variable.format.divide if variable.format else 1.0
    text = interval(middle / divide, low / divide, high / divide)
    return with_unit(text, say(_printed_unit(variable)))


def axis(variable: Variable) -> tuple[float, str]:
    """Give what stored values are divided by along an axis, and the unit in words.

    >>> from podrace.model.registry import VARIABLES
    >>> axis(VARIABLES["fleet_h100e"]), axis(VARIABLES["cluster_power_mw"])
    ((1000000.0, 'million H100e'), (1000.0, 'GW'))
    """
    divide = variable.format.divide if variable.format else 1.0
    prefix, noun = _parts(variable)
    if not prefix:
        return divide, say(_printed_unit(variable))
    size, word = AXIS_SIZES[spoken()][prefix]
    gap = "" if spoken() == KOREAN and not noun.isascii() else " "
    return divide * size / PREFIXES[prefix], f"{word}{gap}{say(noun)}"


def _parts(variable: Variable) -> tuple[str, str]:
    """Part a printed unit into the prefix that counts things and the noun: ``M H100e`` into ``M`` and ``H100e``."""
    prefix, _, noun = _printed_unit(variable).partition(" ")
    return (prefix, noun) if prefix in PREFIXES and noun else ("", "")


def _printed_unit(variable: Variable) -> str:
    if variable.format:
        return variable.format.unit
    return "" if variable.unit == "1" else variable.unit


def with_unit(text: str, unit: str) -> str:
    """Put a unit behind a number, before the interval's bracket where it has one.

    >>> with_unit("5.6 (4.2–8.0)", "GW"), with_unit("5.6", "")
    ('5.6 GW (4.2–8.0)', '5.6')
    """
    if not unit:
        return text
    head, bracket, rest = text.partition("(")
    head = head.rstrip()
    gap = "" if unit[0] >= "가" and head[-1:].isdigit() else " "
    if not bracket:
        return f"{head}{gap}{unit}"
    return f"{head}{gap}{unit}{'' if spoken() == KOREAN else ' '}({rest}"
