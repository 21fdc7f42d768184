"""Recipes that compare the base with what-ifs, member by member: differences, ratios, chances, and what causes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.registry import VARIABLES
from ..scenarios.faults import fail, nearest
from .attribution import shapley
from .recipes import INTERVAL, Context, Measure, members, probability, recipe, spread

if TYPE_CHECKING:
    from ..model.numbers import Array

ALL = "all"
"""The sum of all parts, in place of one cause."""


@recipe
def difference(context: Context, scenario: str, variable: str, side: str, year: int) -> Measure:
    """Base minus a what-if, member by member."""
    return spread(_gap(context, scenario, variable, side, year), VARIABLES[variable].unit)


@recipe
def raised(context: Context, scenario: str, variable: str, side: str, year: int) -> Measure:
    """Probability that the base has more of a variable than a what-if, member by member."""
    return probability(_gap(context, scenario, variable, side, year) > 0)


@recipe
def relative(
    context: Context,
    variable: str,
    side: str,
    year: int,
    scenario: str = "baseline",
    changes: Mapping[str, Any] | None = None,
) -> Measure:
    """A what-if over the base, member by member: a scenario, some ``changes`` to one, or both."""
    with np.errstate(divide="ignore", invalid="ignore"):
        over = members(context.what_if(scenario, changes), variable, side, year) / members(
            context.base.data, variable, side, year
        )
    return spread(np.where(np.isfinite(over), over, np.nan), "1")


@recipe
def elsewhere(context: Context, variable: str, side: str, year: int, changes: Mapping[str, Any]) -> Measure:
    """Median and interval of a variable in the baseline with some changes."""
    return spread(members(context.what_if("baseline", changes), variable, side, year), VARIABLES[variable].unit)


@recipe
def part(context: Context, causes: list[str], to: str, variable: str, side: str, year: int) -> Measure:
    """Mean part of one cause, or of ``all``, in what the causes together do to a variable; interval over the members.

    A cause is a lever that takes something away from the baseline. Parts are averaged over all orders; means add up.
    """
    if to not in (*causes, ALL):
        fail(
            "not one of the causes", path="to", found=to, allowed=", ".join((*causes, ALL)), nearest=nearest(to, causes)
        )
    parts = attributed(context, causes, variable, side, year)
    found = np.sum(list(parts.values()), axis=0) if to == ALL else parts[to]
    low, _, high = (float(np.nanquantile(found, q)) for q in INTERVAL)
    return Measure(float(np.nanmean(found)), low, high, VARIABLES[variable].unit, "mean")


@recipe
def raised_at(
    context: Context,
    causes: list[str],
    input: str,  # noqa: A002 (the word of the claims file)
    value: float,
    variable: str,
    side: str,
    year: int,
) -> Measure:
    """Probability that the causes raise a variable, with one input at the same value in all members."""
    return probability(_effect_at(context, causes, {input: value}, variable, side, year) > 0)


@recipe
def swing(
    context: Context,
    causes: list[str],
    input: str,  # noqa: A002 (the word of the claims file)
    low: float,
    high: float,
    variable: str,
    side: str,
    year: int,
) -> Measure:
    """How much more the causes do to a variable with one input at ``high`` than at ``low``, member by member."""
    ends = [_effect_at(context, causes, {input: value}, variable, side, year) for value in (low, high)]
    return spread(ends[1] - ends[0], VARIABLES[variable].unit)


def attributed(context: Context, causes: list[str], variable: str, side: str, year: int) -> dict[str, Array]:
    """Parts of each cause by member; they add up to baseline minus the world without any of them."""
    return shapley(lambda away: members(context.without(away, year), variable, side, year), causes)


def _effect_at(
    context: Context, causes: list[str], changes: Mapping[str, Any], variable: str, side: str, year: int
) -> Array:
    with_all, with_none = (context.without(levers, year, changes) for levers in ((), causes))
    return members(with_all, variable, side, year) - members(with_none, variable, side, year)


def _gap(context: Context, scenario: str, variable: str, side: str, year: int) -> Array:
    return members(context.base.data, variable, side, year) - members(context.what_if(scenario), variable, side, year)
