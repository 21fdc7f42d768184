"""Recipes: small named computations on an ensemble, which data files ask for by name. Nothing in a file is evaluated.

A recipe takes a :class:`Context` and named options, and gives one :class:`Measure`. :func:`recipe` registers it;
:func:`measure` looks it up and checks the options against its signature.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..model.hardware.chips import read_chips
from ..model.hardware.coefficients import read_coefficients
from ..model.hardware.jobs import read_jobs
from ..model.hardware.pods import read_pods
from ..model.numbers import Array
from ..model.registry import SIDES, VARIABLES
from ..scenarios.compose import load, together
from ..scenarios.faults import fail, nearest
from .ensemble import Ensemble, run_members

if TYPE_CHECKING:
    import xarray as xr

    from ..scenarios.fact_index import Index
    from ..scenarios.scenario import Scenario

Reading = Literal["value", "probability", "date", "mean"]

BASELINE = "baseline"
"""What levers stand on."""

INTERVAL = (0.05, 0.50, 0.95)
"""Quantiles of a median with its 90 % interval."""


@dataclass(frozen=True)
class Measure:
    """What a recipe gives: a median with its 90 % interval (equal where nothing is uncertain), or a probability.

    A date that never comes is infinite. Where the reading is ``mean`` the middle number is a mean, so that parts add up.
    """

    median: float
    low: float
    high: float
    unit: str = ""
    reading: Reading = "value"


@dataclass
class Context:
    """What recipes work on: a base ensemble, what-ifs run on demand with the same draws, the facts, the hardware.

    Parameters
    ----------
    base : ensemble of the base scenario
    facts : index of evidence, parameters and acts
    load : loads a scenario by name, for what-ifs
    """

    base: Ensemble
    facts: Index
    load: Callable[[str], Scenario]
    _worlds: dict[tuple[Any, ...], xr.Dataset] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """The base scenario."""
        return self.base.scenario

    def what_if(self, name: str, changes: Mapping[str, Any] | None = None) -> xr.Dataset:
        """Run another scenario with the same members, seed and years, once; member by member it pairs with the base.

        ``changes`` are settings over it, as in `podrace run --set`.
        """
        key = (name, *sorted((changes or {}).items()))
        if key not in self._worlds:
            other = load(self.load(name), changes).with_years(self.scenario.start, self.scenario.end)
            self._worlds[key] = run_members(other, self.base.members, self.base.seed)
        return self._worlds[key]

    def without(self, levers: Collection[str], year: int, changes: Mapping[str, Any] | None = None) -> xr.Dataset:
        """Run the baseline with several levers laid over it, to one year and kept for that year, once.

        No lever and no change on the baseline itself is the base run.
        """
        if not levers and not changes and self.scenario.name == BASELINE:
            return self.base.data
        key = (frozenset(levers), year, *sorted((changes or {}).items()))
        if key not in self._worlds:
            stacked = together(sorted(levers)) if levers else load(BASELINE)
            other = load(stacked, changes).with_years(self.scenario.start, year)
            self._worlds[key] = run_members(other, self.base.members, self.base.seed).sel(year=[year])
        return self._worlds[key]

    @cached_property
    def chips(self) -> Any:
        """Chips of the base scenario by id."""
        return read_chips(self.scenario)

    @cached_property
    def pods(self) -> Any:
        """Pods of the base scenario by id."""
        return read_pods(self.scenario)

    @cached_property
    def jobs(self) -> Any:
        """Training jobs of the base scenario by id."""
        return read_jobs(self.scenario)

    @cached_property
    def coefficients(self) -> Any:
        """Coefficients of the hardware model."""
        return read_coefficients(self.scenario)


Recipe = Callable[..., Measure]
RECIPES: dict[str, Recipe] = {}
"""All recipes by name."""


def recipe(function: Recipe) -> Recipe:
    """Register a function under its name."""
    RECIPES[function.__name__] = function
    return function


def problem(name: str, options: Mapping[str, Any]) -> tuple[str, str, Collection[str]] | None:
    """Say what is wrong with a recipe's name or options: message, what was found, the allowed names; or None."""
    if name not in RECIPES:
        return "unknown recipe", name, sorted(RECIPES)
    wanted = list(inspect.signature(RECIPES[name]).parameters.values())[1:]
    known = [parameter.name for parameter in wanted]
    for option in options:
        if option not in known:
            return f"unknown option of {name}", option, known
    for parameter in wanted:
        if parameter.default is inspect.Parameter.empty and parameter.name not in options:
            return f"missing option of {name}", parameter.name, known
    if (variable := options.get("variable")) is not None and variable not in VARIABLES:
        return "unknown variable", str(variable), list(VARIABLES)
    if (side := options.get("side")) is not None and side not in SIDES:
        return "unknown side", str(side), SIDES
    return None


def measure(context: Context, name: str, options: Mapping[str, Any]) -> Measure:
    """Compute one measure.

    Raises
    ------
    ScenarioError
        For an unknown recipe or option, a missing option, or a record that is not there.
    """
    wrong = problem(name, options)
    if wrong is not None:
        message, found, known = wrong
        fail(message, path=name, found=found, allowed=", ".join(list(known)[:12]), nearest=nearest(found, known))
    return RECIPES[name](context, **options)


def members(data: Any, variable: str, side: str, year: int) -> Array:
    """All members of one variable, side and year."""
    if year not in data["year"].values:
        fail("the run does not have this year", path=variable, found=str(year))
    return np.asarray(data[variable].sel(side=side, year=year).values, dtype=float)


def spread(values: Array, unit: str = "", scale: float = 1.0) -> Measure:
    """Median and 90 % interval over the members that have a value."""
    known = values[~np.isnan(values)] * scale
    if not known.size:
        return Measure(np.nan, np.nan, np.nan, unit)
    low, median, high = (float(np.quantile(known, q)) for q in INTERVAL)
    return Measure(median, low, high, unit)


def probability(happens: NDArray[np.bool_]) -> Measure:
    """Share of members in which something holds."""
    share = float(np.mean(happens))
    return Measure(share, share, share, "", "probability")


@recipe
def quantile(
    context: Context, variable: str, side: str, year: int, scale: float = 1.0, unit: str | None = None
) -> Measure:
    """Median and interval of a variable, times ``scale``."""
    values = members(context.base.data, variable, side, year)
    return spread(values, VARIABLES[variable].unit if unit is None else unit, scale)


@recipe
def complement(context: Context, variable: str, side: str, year: int) -> Measure:
    """One minus a share."""
    return spread(1.0 - members(context.base.data, variable, side, year), "1")


@recipe
def total(
    context: Context, variable: str, side: str, first: int, last: int, scale: float = 1.0, unit: str = ""
) -> Measure:
    """Sum of a flow over the years ``first`` to ``last``."""
    flows = [members(context.base.data, variable, side, year) for year in range(first, last + 1)]
    return spread(np.sum(flows, axis=0), unit, scale)


@recipe
def ratio(
    context: Context, variable: str, side: str, year: int, over: str | None = None, other_side: str | None = None
) -> Measure:
    """A variable over another one (``over``), or over the same one of the other side, member by member."""
    data = context.base.data
    top = members(data, variable, side, year)
    below = members(data, over or variable, other_side or (side if over else _other(side)), year)
    with np.errstate(divide="ignore", invalid="ignore"):
        return spread(np.where(below == 0, np.nan, top / below), "1")


@recipe
def share(context: Context, variable: str, value: str, side: str, year: int) -> Measure:
    """Share of members in which a category has a value."""
    names = VARIABLES[variable].categories
    if value not in names:
        fail("unknown value of a category", path=variable, found=value, allowed=", ".join(names))
    return probability(members(context.base.data, variable, side, year) == names.index(value))


@recipe
def date(context: Context, variable: str, side: str, after: float | None = None) -> Measure:
    """A date with its interval, never counted as late; with ``after``, the years from then on."""
    data = context.base.data
    values = members(data, variable, side, int(data["year"].values[0]))
    late = np.where(np.isnan(values), np.inf, values) - (after or 0.0)
    low, median, high = (float(np.quantile(late, q, method="inverted_cdf")) for q in INTERVAL)
    return Measure(median, low, high, "year", "date" if after is None else "value")


@recipe
def exceeds(
    context: Context, variable: str, side: str, year: int, than_side: str | None = None, than_year: int | None = None
) -> Measure:
    """Probability that a variable exceeds the same one of another side, or of another year."""
    data = context.base.data
    here = members(data, variable, side, year)
    return probability(here > members(data, variable, than_side or side, than_year or year))


@recipe
def passes(context: Context, variable: str, side: str, by: int) -> Measure:
    """Probability that a side is ahead of the other in any year up to ``by``."""
    data = context.base.data
    years = [int(year) for year in data["year"].values if year <= by]
    ahead = [members(data, variable, side, year) > members(data, variable, _other(side), year) for year in years]
    return probability(np.any(ahead, axis=0))


@recipe
def all_above(context: Context, variables: list[str], side: str, year: int, threshold: float) -> Measure:
    """Probability that all variables are at or above a threshold; one that does not apply counts as not reached."""
    data = context.base.data
    return probability(np.all([members(data, name, side, year) >= threshold for name in variables], axis=0))


@recipe
def above(context: Context, variable: str, side: str, year: int, threshold: float = 0.0) -> Measure:
    """Probability that a variable lies above a threshold."""
    return probability(members(context.base.data, variable, side, year) > threshold)


@recipe
def passing(context: Context, variable: str, side: str) -> Measure:
    """First year in which a side is ahead of the other, with its interval; never counts as late."""
    data = context.base.data
    years = [int(year) for year in data["year"].values]
    ahead = np.array([members(data, variable, side, y) > members(data, variable, _other(side), y) for y in years])
    first = np.where(ahead.any(axis=0), np.asarray(years, dtype=float)[ahead.argmax(axis=0)], np.inf)
    low, median, high = (float(np.quantile(first, q, method="inverted_cdf")) for q in INTERVAL)
    return Measure(median, low, high, "year", "date")


def _other(side: str) -> str:
    return SIDES[1 - SIDES.index(side)]
