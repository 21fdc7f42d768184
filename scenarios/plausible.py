"""What no scenario may say: a negative amount, or a yield, share or efficiency above one.

Facts that no one bounded are held to what their own name and range say. A record's `bounds` come first.
"""

import re

from . import units
from .schema import Record

AT_MOST_ONE = re.compile(r"(^|[._])(yield|yield_cap|share|efficiency)$")
"""Names of shares of a whole, where the unit is 1."""
ABOVE_ZERO = re.compile(r"(^|[._])life$")
"""Names of numbers that the model divides by."""


def implausible(name: str, record: Record, base: Record) -> tuple[str, str] | None:
    """Return the value that cannot be, and what is allowed, or None.

    Parameters
    ----------
    name
        Dotted path of the record.
    record
        What a scenario says.
    base
        The fact it replaces.

    Examples
    --------
    >>> about = {"source": ["judgement"], "as_of": "2026"}
    >>> base = Record(value=0.5, unit="1", **about)
    >>> implausible("plants.cxmt.yield", Record(value=50, unit="1", **about), base)
    ('50', '0 to 1')
    >>> implausible("plants.cxmt.yield", Record(value=0.6, unit="1", **about), base)
    """
    if record.bounds is not None:
        return None
    lowest, highest = _ends(record)
    if lowest < 0 and _ends(base)[0] >= 0:
        return f"{lowest:g}", "0 or more"
    if lowest == 0 and ABOVE_ZERO.search(name):
        return "0", "more than 0"
    if AT_MOST_ONE.search(name) and base.unit == "1" and _ends(base)[1] <= 1:
        most = units.factor("1", record.unit)
        if highest > most:
            return f"{highest:g}", f"0 to {most:g}"
    return None


def _ends(record: Record) -> tuple[float, float]:
    """Return the lowest and the highest number of a record."""
    numbers = [
        number for _, point in record.points() for number in (point.low, point.value, point.high) if number is not None
    ]
    return min(numbers), max(numbers)
