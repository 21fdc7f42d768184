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
from ..scenarios.faults import fail, nearest
from .ensemble import Ensemble, run_ensemble

if TYPE_CHECKING:
    from ..scenarios.fact_index import Index
    from ..scenarios.scenario import Scenario

Reading = Literal["value", "probability", "date"]

INTERVAL = (0.05, 0.50, 0.95)
"""Quantiles of a median with its 90 % interval."""


@dataclass(frozen=True)
class Measure:
    """What a recipe gives: a median with its 90 % interval (equal where nothing is uncertain), or a probability.

    A date that never comes is infinite.
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
    _what_ifs: dict[str, Ensemble] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """The base scenario."""
        return self.base.scenario

    def what_if(self, name: str) -> Ensemble:
        """Run another scenario with the same members, seed and years, once; member by member it pairs with the base."""
        if name not in self._what_ifs:
            other = self.load(name).with_years(self.scenario.start, self.scenario.end)
            self._what_ifs[name] = run_ensemble(other, members=self.base.members, seed=self.base.seed)
        return self._what_ifs[name]

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
def difference(
    context: Context,
    scenario: str,
    variable: str,
    side: str,
    year: int,
    input: str | None = None,  # noqa: A002 (the word of the claims file)
    below: float | None = None,
    above: float | None = None,
) -> Measure:
    """Base minus a what-if, member by member; of members whose drawn ``input`` lies below or above a value, if asked."""
    gap = _paired(context, scenario, variable, side, year)
    return spread(gap[_chosen(context, input, below, above)], VARIABLES[variable].unit)


@recipe
def raised(context: Context, scenario: str, variable: str, side: str, year: int) -> Measure:
    """Probability that the base has more of a variable than a what-if, member by member."""
    return probability(_paired(context, scenario, variable, side, year) > 0)


def _paired(context: Context, scenario: str, variable: str, side: str, year: int) -> Array:
    other = context.what_if(scenario).data
    return members(context.base.data, variable, side, year) - members(other, variable, side, year)


def _chosen(context: Context, name: str | None, below: float | None, above: float | None) -> Array:
    """Which members have a drawn input within bounds."""
    kept = np.ones(context.base.members, dtype=bool)
    if name is None:
        return kept
    if name not in context.base.inputs.columns:
        fail(
            "not a drawn input",
            path=name,
            nearest=nearest(name, [str(column) for column in context.base.inputs.columns]),
        )
    drawn = context.base.inputs[name].to_numpy()
    kept &= np.ones_like(kept) if below is None else drawn < below
    kept &= np.ones_like(kept) if above is None else drawn > above
    return kept


def _other(side: str) -> str:
    return SIDES[1 - SIDES.index(side)]
