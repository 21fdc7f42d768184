"""Dates as decimal years: 2026, 2026-08, 2026-08-15 or 2026.58."""

import re
from datetime import date

FIRST, LAST = 1990, 2100
ALLOWED = "2026, 2026-08, 2026-08-15 or a decimal year, from 1990 to 2100"
DAYS = 365
DATE_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": FIRST, "maximum": LAST},
        {
            "type": "string",
            "pattern": r"^\s*(199\d|20\d\d|2100)(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12]\d|3[01]))?|\.\d{1,17})?\s*$",
        },
    ]
}
"""A date as JSON Schema says it."""

_TEXT = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z", re.ASCII)
_DECIMAL = re.compile(r"\d{4}\.\d{1,17}\Z", re.ASCII)


def parse_date(value: object) -> float:
    """Convert a date to a decimal year: months are twelfths, a day is 1/365.

    Parameters
    ----------
    value : int, float or str
        A year, a year and month, a day, or a decimal year.

    Returns
    -------
    float
        Decimal year; the start of the named year, month or day.

    Raises
    ------
    ValueError
        When it is no date, or outside 1990 to 2100.

    Examples
    --------
    >>> parse_date("2025-07")
    2025.5
    """
    year = _number(value) if isinstance(value, int | float) else _text(value)
    if not FIRST <= year <= LAST:
        message = "date out of range"
        raise ValueError(message)
    return year


def format_date(year: float) -> str:
    """Write a decimal year as the shortest text that :func:`parse_date` reads back exactly.

    Examples
    --------
    >>> format_date(2025.5), format_date(2026.0)
    ('2025-07', '2026')
    """
    whole = int(year)
    if year == whole:
        return str(whole)
    month = int((year - whole) * 12 + 1e-9) + 1
    candidates = [f"{whole}-{month:02d}"]
    day = round((year - whole - (month - 1) / 12) * DAYS) + 1
    candidates.append(f"{whole}-{month:02d}-{day:02d}")
    for text in candidates:
        if _exact(text, year):
            return text
    return repr(float(year))


def _exact(text: str, year: float) -> bool:
    try:
        return parse_date(text) == year
    except ValueError:
        return False


def _number(value: float) -> float:
    if isinstance(value, bool):
        message = "not a date"
        raise ValueError(message)  # noqa: TRY004  (pydantic turns ValueError into a fault)
    return float(value)


def _text(value: object) -> float:
    text = value.strip() if isinstance(value, str) else ""
    if _DECIMAL.match(text):
        return float(text)
    match = _TEXT.match(text)
    if match is None:
        message = "not a date"
        raise ValueError(message)
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        message = "no such date"
        raise ValueError(message) from None
    return year + ((month - 1) / 12 + (day - 1) / DAYS)
