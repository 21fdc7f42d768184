"""A condition on recorded variables, as people write it: ``fleet_h100e.china > 0.2 * fleet_h100e.us and not ...``.

The text is read by a small grammar and never executed::

    condition   any ('or' any)*
    any         one ('and' one)*
    one         'not' one | sum [('<' | '<=' | '>' | '>=' | '==' | '!=') sum]
    sum         product (('+' | '-') product)*
    product     unary (('*' | '/') unary)*
    unary       '-' unary | number | variable | category | '(' condition ')'
    variable    name '.' side ['@' year]        category   a value of a category, beside == or !=

A side is ``china``, ``us``, or ``ratio`` for the US-led side over China. Without a year a variable is that of the year
asked for. A comparison with an absent value does not hold.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..model.numbers import Array
from ..model.registry import SIDES, VARIABLES
from ..scenarios.faults import fail, listed, nearest
from .one_at_a_time import RATIO

LONGEST = 1000
"""Characters of a condition."""
DEEPEST = 40
"""Signs, ``not`` and brackets inside each other."""
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|==|!=|[-+*/()<>.@]))",
    re.ASCII,
)
WORDS = ("and", "or", "not")
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
HINTS = {
    "=": "== compares",
    "&": "write and",
    "|": "write or",
    "!": "write not, or !=",
    "^": "write a product",
    "%": "write a share, such as 0.2",
    ",": "write numbers without separators",
}
MARKS = re.compile(r"\S")


@dataclass(frozen=True)
class Named:
    """A recorded variable of a side in a year."""

    variable: str
    side: str
    year: int

    def __str__(self) -> str:
        return f"{self.variable}.{self.side}@{self.year}"


Reader = Callable[[Named], Array]
"""Gives a variable for every member."""


@dataclass(frozen=True)
class Number:
    """A number for every member: written, read, or computed."""

    value: Callable[[Reader], Any]
    place: int
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """A word that can only be a value of a category."""

    text: str
    place: int


@dataclass(frozen=True)
class Truth:
    """What holds or not in each member."""

    holds: Callable[[Reader], Any]
    place: int


@dataclass(frozen=True)
class Condition:
    """A condition that was read.

    Attributes
    ----------
    text
        As written.
    names
        The variables it needs, in order.
    """

    text: str
    names: tuple[Named, ...]
    truth: Truth

    def holds(self, read: Reader, members: int) -> NDArray[np.bool_]:
        """Say in which members it holds."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = self.truth.holds(read)
        return np.broadcast_to(np.asarray(found, dtype=bool), (members,)).copy()


def parse(text: str, year: int, years: Sequence[int]) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text
        As in the grammar above.
    year
        Of the variables that name none.
    years
        Those of the result.

    Raises
    ------
    ScenarioError
        With the character at fault, what is allowed, and the nearest name.

    Examples
    --------
    >>> [str(name) for name in parse("fleet_h100e.china > 0.5 * fleet_h100e.us@2028", 2030, range(2022, 2036)).names]
    ['fleet_h100e.china@2030', 'fleet_h100e.us@2028']
    """
    if year not in years:
        fail("not a year of the result", path="year", found=str(year), allowed=_span(years))
    if len(text) > LONGEST:
        fail("the condition is too long", path="where", allowed=f"{LONGEST:,} characters")
    return _Parser(text, year, years).condition()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while mark := MARKS.search(text, position):
        found = TOKEN.match(text, position)
        if found is None:
            sign = mark.group()
            hint = f" ({HINTS[sign]})" if sign in HINTS else ""
            _fault(f"this sign means nothing here{hint}", mark.start(), found=sign)
        kind = str(found.lastgroup)
        yield _Token(kind, found.group(kind), found.start(kind))
        position = found.end()
    yield _Token("end", "", len(text))


class _Parser:
    """Reads one condition from left to right."""

    def __init__(self, text: str, year: int, years: Sequence[int]) -> None:
        self._text = text
        self._year, self._years = year, years
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        self._names: dict[Named, None] = {}

    def condition(self) -> Condition:
        read = self._any()
        token = self._here
        if token.kind != "end":
            _fault("the condition should end here, or go on with and / or", token.place, found=token.text)
        found = self._truth(read, "the condition")
        if not self._names:
            _fault("the condition names no recorded variable", 0, found=self._text)
        return Condition(self._text, tuple(self._names), found)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> _Token | None:
        token = self._here
        if token.kind == "end" or token.text not in texts:
            return None
        self._next += 1
        return token

    def _any(self) -> Any:
        return self._joined(self._one_group, "or", np.logical_or)

    def _one_group(self) -> Any:
        return self._joined(self._one, "and", np.logical_and)

    def _joined(self, part: Callable[[], Any], word: str, join: Callable[[Any, Any], Any]) -> Any:
        first = part()
        while self._take(word):
            one, other = self._truth(first, f"before {word}"), self._truth(part(), f"after {word}")
            first = Truth(_both(join, one.holds, other.holds), one.place)
        return first

    def _one(self) -> Any:
        token = self._take("not")
        if token is None:
            return self._comparison()
        with_depth = self._deeper(token)
        inner = self._truth(self._one(), "after not")
        self._depth = with_depth
        return Truth(_alone(np.logical_not, inner.holds), token.place)

    def _comparison(self) -> Any:
        first = self._sum()
        sign = self._take(*COMPARE)
        if sign is None:
            return first
        second = self._sum()
        if again := self._take(*COMPARE):
            _fault("one comparison at a time: a < b and b < c", again.place, found=again.text)
        for one, other in ((first, second), (second, first)):
            if isinstance(one, Label):
                return self._is_category(other, one, sign)
        left, right = self._number(first, f"before {sign.text}"), self._number(second, f"after {sign.text}")
        return Truth(_compared(COMPARE[sign.text], left.value, right.value), left.place)

    def _is_category(self, number: Any, label: Label, sign: _Token) -> Truth:
        categories = number.categories if isinstance(number, Number) else ()
        if not categories:
            _unknown(label)
        if label.text not in categories:
            near = nearest(label.text, categories)
            _fault("no such value", label.place, found=label.text, allowed=", ".join(categories), nearest=near)
        if sign.text not in {"==", "!="}:
            _fault("a category is compared by == or !=", sign.place, found=sign.text)
        code = float(categories.index(label.text))
        return Truth(_compared(COMPARE[sign.text], number.value, lambda _read: code), number.place)

    def _sum(self) -> Any:
        return self._chain(self._product, {"+": operator.add, "-": operator.sub})

    def _product(self) -> Any:
        return self._chain(self._unary, {"*": operator.mul, "/": operator.truediv})

    def _chain(self, part: Callable[[], Any], signs: dict[str, Callable[[Any, Any], Any]]) -> Any:
        first = part()
        while sign := self._take(*signs):
            one, other = self._number(first, f"before {sign.text}"), self._number(part(), f"after {sign.text}")
            first = Number(_both(signs[sign.text], one.value, other.value), one.place)
        return first

    def _unary(self) -> Any:
        token = self._here
        self._next += 1
        if token.text == "-":
            before = self._deeper(token)
            inner = self._number(self._unary(), "after -")
            self._depth = before
            return Number(_alone(operator.neg, inner.value), token.place)
        if token.text == "(":
            before = self._deeper(token)
            inner = self._any()
            self._depth = before
            if not self._take(")"):
                _fault("a bracket is not closed", token.place, found="(", allowed=")")
            return inner
        if token.kind == "number":
            value = np.float64(token.text)
            return Number(lambda _read: value, token.place)
        if token.kind == "name" and token.text not in WORDS:
            return self._variable(token)
        found = token.text or "the end"
        _fault("a number, a variable or a bracket should stand here", token.place, found=found)

    def _variable(self, token: _Token) -> Number | Label:
        if not self._take("."):
            return Label(token.text, token.place)
        side = self._here
        self._next += side.kind != "end"
        if token.text not in VARIABLES:
            near = nearest(token.text, VARIABLES)
            _fault("no recorded variable of this name", token.place, found=token.text, nearest=near)
        sides = (*SIDES, RATIO)
        if side.text not in sides:
            near = nearest(side.text, sides)
            _fault("no such side", side.place, found=side.text or "the end", allowed=", ".join(sides), nearest=near)
        entry = VARIABLES[token.text]
        if side.text == RATIO and entry.kind in {"category", "date"}:
            _fault(f"a {entry.kind} has no ratio", side.place, found=side.text, allowed=", ".join(SIDES))
        named = Named(token.text, side.text, self._year_after() if self._take("@") else self._year)
        self._names[named] = None
        return Number(lambda read: read(named), token.place, entry.categories)

    def _year_after(self) -> int:
        token = self._here
        self._next += token.kind != "end"
        if not token.text.isdecimal() or int(token.text) not in self._years:
            found = token.text or "the end"
            _fault("not a year of the result", token.place, found=found, allowed=_span(self._years))
        return int(token.text)

    def _deeper(self, token: _Token) -> int:
        before = self._depth
        self._depth += 1
        if self._depth > DEEPEST:
            _fault("too many brackets, signs or nots inside each other", token.place, allowed=str(DEEPEST))
        return before

    def _truth(self, found: Any, where: str) -> Truth:
        if isinstance(found, Truth):
            return found
        if isinstance(found, Label):
            _unknown(found)
        _fault(f"{where} should compare something, such as fleet_h100e.china > 1e6", found.place)

    def _number(self, found: Any, where: str) -> Number:
        if isinstance(found, Number):
            return found
        if isinstance(found, Label):
            _unknown(found)
        _fault(f"a number should stand {where}, not a condition", found.place)


def _both(
    join: Callable[[Any, Any], Any], one: Callable[[Reader], Any], other: Callable[[Reader], Any]
) -> Callable[[Reader], Any]:
    return lambda read: join(one(read), other(read))


def _alone(change: Callable[[Any], Any], inner: Callable[[Reader], Any]) -> Callable[[Reader], Any]:
    return lambda read: change(inner(read))


def _compared(
    compare: Callable[[Any, Any], Any], one: Callable[[Reader], Any], other: Callable[[Reader], Any]
) -> Callable[[Reader], Any]:
    """Compare, where both sides have a value."""

    def holds(read: Reader) -> Any:
        left, right = one(read), other(read)
        return compare(left, right) & ~(np.isnan(left) | np.isnan(right))

    return holds


def _span(years: Sequence[int]) -> str:
    """Write years: from first to last where none is missing between."""
    whole = len(years) > 2 and years[-1] - years[0] + 1 == len(years)
    return f"{years[0]} to {years[-1]}" if whole else listed(years)


def _unknown(label: Label) -> NoReturn:
    near = nearest(label.text, VARIABLES)
    variables = f"{near}.china, {near}.us" if near else "variable.side, such as fleet_h100e.china"
    _fault("a variable goes with its side", label.place, found=label.text, allowed=variables)


def _fault(message: str, place: int, **more: str) -> NoReturn:
    fail(f"{message}, at character {place + 1}", path="where", **more)
