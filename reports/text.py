"""Numbers as people read them: two or three significant digits, the unit of the registry, months instead of fractions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.registry import Variable

NONE = "–"
SIDE_NAMES = {"china": "China", "us": "US-led"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 2) -> str:
    """Round to significant digits, and never write a digit that is not one.

    >>> [number(v) for v in (0, 0.0234, 1.96, 23.4, 1234.0, 1.8e26)]
    ['0', '0.023', '2.0', '23', '1,200', '1.8×10²⁶']
    """
    if math.isnan(value):
        return NONE
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if size >= 7 or size < -3:
        mantissa = f"{value / 10**size:.{digits - 1}f}"
        return f"{mantissa}×10{str(size).translate(_SUPERSCRIPT)}"
    places = digits - 1 - size
    return f"{round(value, places):,.{max(places, 0)}f}"


def date(value: float) -> str:
    """Write a year with a fraction as a month.

    >>> date(2026.0), date(2027.95), date(float("nan"))
    ('Jan 2026', 'Dec 2027', 'never')
    """
    if math.isnan(value):
        return "never"
    year = math.floor(value + 1e-9)
    month = min(int((value - year + 1e-9) * 12), 11)
    return f"{MONTHS[month]} {year}"


def dates(low: float, middle: float, high: float) -> str:
    """Write a date with its interval: in months within a year, in tenths of a year within three, else in years.

    >>> dates(2026.3, 2026.5, 2026.9), dates(2025.9, 2027.2, float("nan"))
    ('Jul 2026 (Apr 2026–Nov 2026)', '2027 (2025–never)')
    """
    if math.isnan(middle):
        return "never" if math.isnan(low) else f"never ({date(low)}–never)"
    close = high - low <= 1.0
    wide = "{:.1f}".format if high - low <= 3.0 else lambda value: str(math.floor(value))
    middle_text, low_text, high_text = (
        date(value) if close or math.isnan(value) else wide(value) for value in (middle, low, high)
    )
    return middle_text if low_text == high_text else f"{middle_text} ({low_text}–{high_text})"


def shown(variable: Variable, value: float, digits: int = 2) -> str:
    """Write a stored value the way tables print it, without the unit."""
    if variable.kind == "date":
        return date(value)
    return number(value / divisor(variable), digits)


def divisor(variable: Variable) -> float:
    """Give what a stored value is divided by before it is printed."""
    return variable.format.divide if variable.format else 1.0


def unit(variable: Variable) -> str:
    """Name the unit a printed value is in."""
    if variable.kind in ("date", "category"):
        return ""
    if variable.format:
        return variable.format.unit
    return "" if variable.unit == "1" else variable.unit


def heading(variable: Variable) -> str:
    """Name a variable with the unit it is printed in."""
    return f"{variable.label}, {unit(variable)}" if unit(variable) else variable.label


def interval(variable: Variable, low: float, middle: float, high: float) -> str:
    """Write a median with its interval, left out where all members agree; a wide interval takes a digit off."""
    if variable.kind == "date":
        return dates(low, middle, high)
    wide = low <= 0 or high / low > 1.5
    median, ends = shown(variable, middle, 2 if wide else 3), (shown(variable, low), shown(variable, high))
    return shown(variable, middle, 3) if low == high or math.isnan(middle) else f"{median} ({ends[0]}–{ends[1]})"


def ratio(low: float, middle: float, high: float) -> str:
    """Write how many times as much one side has.

    >>> ratio(4.2, 6.04, 8.6)
    '6.0× (4.2–8.6)'
    """
    if math.isnan(middle):
        return NONE
    return f"{number(middle)}×" if low == high else f"{number(middle)}× ({number(low)}–{number(high)})"
