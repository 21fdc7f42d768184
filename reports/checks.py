"""The checks of a run as people read them: values beside ranges, and how many lie in theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .text import NONE, number

if TYPE_CHECKING:
    from ..studies.checks import Check

MOST_DIGITS = 8


def value_text(check: Check, digits: int = 3) -> str:
    """Write a value, a date as a year with a fraction, with as many digits as tell on which side of its range it lies."""
    value = check.value
    if value is None:
        return NONE
    if value in {float("inf"), float("-inf")}:
        return "never" if check.unit == "year" else "∞"
    dated = check.unit == "year"
    for more in range(MOST_DIGITS - digits):
        text = f"{value:.{1 + more}f}" if dated else number(value, digits + more)
        rounded = float(text) if dated else float(f"{value:.{digits + more - 1}e}")
        if (check.low <= rounded <= check.high) == check.passed:
            break
    return text


def range_text(check: Check) -> str:
    """Write a range."""
    return f"{check.low:g}–{check.high:g}"


def console_rows(checks: Sequence[Check]) -> list[dict[str, str]]:
    """Write the checks as rows of a table on a terminal."""
    return [
        {
            "id": check.id,
            "title": check.title,
            "value": value_text(check),
            "range": range_text(check),
            "passed": NONE if check.value is None else "yes" if check.passed else "no",
            "explanation": check.explanation,
        }
        for check in checks
    ]


def closing_line(checks: Sequence[Check]) -> str:
    """Say how many values lie in their ranges, of those that the run's years allow."""
    computed = [check for check in checks if check.value is not None]
    text = f"{sum(check.passed for check in computed)} of {len(computed)} values lie in their ranges"
    if len(computed) == len(checks):
        return text
    return f"{text} ({len(computed)} of {len(checks)} computed; the others ask for years that the run has not)"


def is_finding(checks: Sequence[Check]) -> bool:
    """Whether a value lies outside its range, or none could be checked."""
    computed = [check for check in checks if check.value is not None]
    return not computed or any(not check.passed for check in computed)
