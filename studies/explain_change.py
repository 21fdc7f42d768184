"""What changed against the year before, taken apart exactly: terms that add up to the change in every member.

The fleet changes by what each source brought and what left it, a sum by itself. The largest cluster's training throughput
is a product, chips x peak of a chip x utilisation of the hardware x software x goodput; the logarithmic mean Divisia
index gives each factor its part of the change of a product without a rest (Ang 2004, Energy Policy 32, 1131-1139).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..model.numbers import Array, add_up

if TYPE_CHECKING:
    from .explain_year import Reading, Standing

FACTORS = (
    ("chips", "number of chips"),
    ("rate", "speed of a chip"),
    ("utilisation", "hardware utilisation"),
    ("software", "software"),
    ("goodput", "goodput"),
)
"""Factors of a cluster's throughput: id and what it is called."""
CLOSE = 0.5
"""Relative difference below which a logarithm is taken of the difference, not of the ratio."""


@dataclass(frozen=True)
class Term:
    """One part of a change: an array over members in the unit of the variable."""

    id: str
    label: str
    values: Array


@dataclass(frozen=True)
class Change:
    """A variable before and after a year, and the terms between; arrays over members.

    ``terms`` add up to ``after - before`` within rounding.
    """

    variable: str
    before: Array
    after: Array
    terms: tuple[Term, ...]

    @property
    def total(self) -> Array:
        """The change."""
        return self.after - self.before


def fleet_change(reading: Reading) -> Change:
    """Take the change of a side's fleet apart: deliveries by firm, imports, smuggling, store, retirement.

    ``fleet after - fleet before = delivered at home - smuggled out + imported + smuggled in - more in store - retired``
    """
    after, before = reading.after, reading.before
    terms = [Term(seller.name, seller.label, seller.delivered) for seller in reading.sellers]
    terms += [
        Term("diverted", "smuggled out", -reading.diverted),
        Term("imported", "imported", reading.imported),
        Term("smuggled", "smuggled in", reading.smuggled),
        Term("inventory", "still to be installed", before.inventory - after.inventory),
        Term("retired", "retired", -reading.retired),
    ]
    kept = tuple(term for term in terms if np.any(term.values != 0.0))
    return Change("fleet_h100e", before.fleet, after.fleet, kept)


def cluster_change(reading: Reading) -> Change:
    """Take the change of the largest cluster's training throughput apart by the factors it is a product of."""
    before, after = reading.before, reading.after
    parts = lmdi(_factors(before), _factors(after), before.training_eflops, after.training_eflops)
    terms = tuple(Term(name, label, part) for (name, label), part in zip(FACTORS, parts, strict=True))
    return Change("cluster_training_eflops", before.training_eflops, after.training_eflops, terms)


def _factors(standing: Standing) -> list[Array]:
    """Chips, peak EFLOP/s of one, utilisation without software, software, goodput; their product is the throughput."""
    return [
        standing.chips,
        _over(standing.peak_eflops, standing.chips),
        _over(standing.mfu, standing.software),
        standing.software,
        standing.goodput,
    ]


def _over(top: Array, bottom: Array) -> Array:
    some = bottom > 0
    return np.where(some, top / np.where(some, bottom, 1.0), 0.0)


def lmdi(before: Sequence[Array], after: Sequence[Array], product_before: Array, product_after: Array) -> list[Array]:
    """Part of each factor in the change of a product, by the logarithmic mean Divisia index.

    ``part = L(y1, y0) ln(x1 / x0)`` with ``L(a, b) = (a - b) / ln(a / b)``; the parts add up to ``y1 - y0``. Where a product
    appears or disappears the whole change is the first factor's: something is there that was not.

    Parameters
    ----------
    before, after
        Factors, positive wherever their product is.
    product_before, product_after
        The products.

    Examples
    --------
    >>> x, one, two, three = (np.array([v]) for v in (2.0, 1.0, 2.0, 3.0))
    >>> [round(float(part[0]), 3) for part in lmdi([x, one], [x * 2, three], x, x * 6)]
    [3.869, 6.131]
    """
    both = (product_before > 0) & (product_after > 0)
    start, end = (np.where(both, value, 1.0) for value in (product_before, product_after))
    weight = np.where(both, _logarithmic_mean(end, start), 0.0)
    parts = [
        weight * _log_ratio(np.where(both, new, 1.0), np.where(both, old, 1.0))
        for old, new in zip(before, after, strict=True)
    ]
    parts[0] = np.where(both, parts[0], product_after - product_before)
    return parts


def _logarithmic_mean(one: Array, other: Array) -> Array:
    """Logarithmic mean of two positive numbers, ``(one - other) / ln(one / other)``; their value where they are equal."""
    growth = _log_ratio(one, other)
    same = growth == 0.0
    mean: Array = np.where(same, other, (one - other) / np.where(same, 1.0, growth))
    return mean


def _log_ratio(one: Array, other: Array) -> Array:
    """Logarithm of a ratio of positive numbers, exact also where they are close."""
    relative = (one - other) / other
    close = np.abs(relative) < CLOSE
    found: Array = np.where(close, np.log1p(np.where(close, relative, 0.0)), np.log(one / other))
    return found


def rest(change: Change) -> Array:
    """What the terms leave unexplained: rounding, and nothing else."""
    left: Array = change.total - add_up(term.values for term in change.terms)
    return left
