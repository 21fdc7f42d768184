"""Units: a closed list of names (``units.txt``), checked cheaply and converted by pint."""

import re
from functools import cache
from math import ulp
from pathlib import Path
from typing import Any

from .faults import fail, nearest

FILE = Path(__file__).with_name("units.txt")

_NAME = r"[A-Za-z_][A-Za-z0-9_]*?"
_POWER = rf"{_NAME}(?:\^[1-9])?(?![A-Za-z0-9_^])"
_GROUP = rf"\({_POWER}(?:[ *]{_POWER})*\)"
_SHAPE = re.compile(rf"(?:1|{_POWER})(?: ?[*/] ?(?:{_POWER}|{_GROUP})| {_POWER})*\Z")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_LENGTH = 60


@cache
def names() -> frozenset[str]:
    """Names, symbols and aliases of all units in ``units.txt``."""
    found = set()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        text = line.split("#", 1)[0].strip()
        if text:
            parts = [part.strip() for part in text.split("=")]
            found.update([parts[0], *parts[2:]])
    return frozenset(found)


@cache
def unknown(unit: str) -> str | None:
    """Say what is wrong with a unit's text, or None.

    Does not need pint: the shape of the text and the names in it are checked.

    Examples
    --------
    >>> unknown("wafer/month"), unknown("token/(s MW)"), unknown("1/cm^2")
    (None, None, None)
    >>> unknown("wafr/month")
    'wafr'
    """
    if len(unit) > MAX_LENGTH:
        return unit
    for word in _WORD.findall(unit):
        if not _known(word):
            return str(word)
    return None if _SHAPE.match(unit) else unit


def suggest(unit: str) -> str:
    """Return the unit text with its unknown name replaced by the nearest known one, or an empty text."""
    word = unknown(unit)
    if word is None:
        return ""
    close = nearest(word, names())
    return unit.replace(word, close, 1) if close else ""


@cache
def factor(from_unit: str, to_unit: str) -> float:
    """Return the number that converts ``from_unit`` to ``to_unit``.

    Parameters
    ----------
    from_unit, to_unit : str
        Unit texts, such as ``wafer/month``, ``billion USD`` or ``1``.

    Returns
    -------
    float
        Multiply a number in ``from_unit`` by it.

    Raises
    ------
    ScenarioError
        When a name is unknown, or the two measure different things.

    Examples
    --------
    >>> factor("wafer/month", "wafer/year"), factor("GW", "GW")
    (12.0, 1.0)
    """
    for unit in (from_unit, to_unit):
        if unknown(unit) is not None:
            fail(f"unknown unit {unit!r}", found=unit, nearest=suggest(unit))
    if from_unit == to_unit:
        return 1.0
    source, target = _parse(from_unit), _parse(to_unit)
    if source.dimensionality != target.dimensionality:
        fail(f"cannot convert {from_unit!r} to {to_unit!r}", found=from_unit, allowed=f"units like {to_unit}")
    return _tidy(float((1.0 * source).to(target).magnitude))


def compatible(one: str, other: str) -> bool:
    """Whether two known units measure the same thing."""
    return one == other or bool(_parse(one).dimensionality == _parse(other).dimensionality)


@cache
def registry() -> Any:
    """Build the pint registry from ``units.txt`` alone, on first use."""
    import pint

    return pint.UnitRegistry(str(FILE), on_redefinition="raise")


@cache
def _parse(unit: str) -> Any:
    return registry().parse_units("" if unit == "1" else unit)


def _known(word: str) -> bool:
    return word in names() or (len(word) > 3 and word.endswith("s") and word[:-1] in names())


def _tidy(number: float) -> float:
    """Drop a last bit of rounding: 11.999999999999998 becomes 12."""
    round_number = float(f"{number:.14g}")
    return round_number if abs(round_number - number) <= 4 * ulp(number) else number
