"""A finished run as people use it: tables, pictures, a summary, a folder.

>>> import podrace as pr
>>> result = pr.run("baseline", members=2)  # doctest: +SKIP
>>> result.plot("cluster_training_eflops")  # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..model.registry import VARIABLES, nearest
from .presenting import Presenting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..scenarios.compose import Scenario
    from ..studies.ensemble import Ensemble
    from ..studies.one_at_a_time import OneAtATime
    from .explain.explanation import Explained

    Progress = Callable[[str, float], None]

INTERVAL = (0.05, 0.50, 0.95)
"""Quantiles of a median with its 90 % interval."""


@dataclass(frozen=True, eq=False, repr=False)
class Result(Presenting):
    """What a run left: every recorded variable of every member, and the ways to look at it.

    Attributes
    ----------
    ensemble
        The run itself, from `podrace.studies.ensemble`.
    manifest
        What the folder it was opened from says of it; None for a fresh run.
    """

    ensemble: Ensemble
    manifest: Mapping[str, Any] | None = None

    @classmethod
    def open(cls, folder: str | Path) -> Result:
        """Open what `podrace run`, or `save`, left in a folder.

        Parameters
        ----------
        folder
            Where it stands.
        """
        from .opening import open_result

        return open_result(folder)

    @property
    def data(self) -> xr.Dataset:
        """Every recorded variable, dimensions (member, year, side)."""
        return self.ensemble.data

    @property
    def central(self) -> xr.Dataset:
        """The run with every parameter at its central value, dimensions (year, side)."""
        return self.ensemble.central

    @property
    def inputs(self) -> pd.DataFrame:
        """Drawn parameters and decisions, a row per member."""
        return self.ensemble.inputs

    @property
    def events(self) -> pd.DataFrame:
        """Who decided what, when and why, in the central run."""
        return self.ensemble.events

    @property
    def agents(self) -> pd.DataFrame:
        """What each named agent made, bought, owned and spent: year, agent, measure, quantiles over the first members."""
        return self.ensemble.agents

    @property
    def flows(self) -> pd.DataFrame:
        """Who supplied whom, H100e a year: year, supplier, buyer, quantiles over the first members."""
        return self.ensemble.flows

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario."""
        return self.ensemble.scenario

    @property
    def years(self) -> list[int]:
        """The calendar years of the run."""
        return [int(year) for year in self.data["year"].to_numpy()]

    def table(
        self,
        variables: str | Iterable[str] | None = None,
        years: Iterable[int] | None = None,
        quantiles: Sequence[float] = INTERVAL,
    ) -> pd.DataFrame:
        """Build a table of medians and 90 % intervals, in stored units.

        Parameters
        ----------
        variables
            Ids; the headline variables by default.
        years
            Calendar years; all by default.
        quantiles
            Quantiles over members; 0.05, 0.5 and 0.95 by default.

        Returns
        -------
        Rows (year, side); columns (variable, ``p05``, ``p50``, ``p95``), or (variable, category) with shares of members.
        """
        from .summary import tabulate

        if isinstance(variables, str):
            variables = [variables]
        names = headline(self.data) if variables is None else [self._known(name) for name in variables]
        return tabulate(self.data, names, self._within(years), quantiles)

    def lag(self, years: Iterable[int] | None = None, quantiles: Sequence[float] = INTERVAL) -> pd.DataFrame:
        """Build a table of the years by which China is behind the US-led side.

        The lag is the age of the US-led side's level that China has reached: on the fleet (8-bit and BF16) and on the
        largest cluster; negative where China leads.

        Parameters
        ----------
        years
            Calendar years; all by default.
        quantiles
            Quantiles over members; 0.05, 0.5 and 0.95 by default.

        Returns
        -------
        Rows of years; columns (variable, ``p05``, ``p50``, ``p95``), empty where longer than the run tells, and
        (variable, ``beyond``): the share of members in which it is.
        """
        from .lags import lag_table

        return lag_table(self.data, self._within(years), quantiles)

    def summary(self) -> pd.DataFrame:
        """Build the long summary: year, side, variable, unit, p05, p25, p50, p75, p95, mean.

        A category has a row per value (``binding_input=hbm``) with its share of members under ``mean``.
        """
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        from .summary import summarise

        return summarise(self.data)

    def assumptions(self, variable: str, year: int, side: str) -> pd.DataFrame:
        """List the uncertain assumptions by what each does to one number of the central run, the strongest first.

        Parameters
        ----------
        variable
            Id of a recorded variable.
        year
            A year of the run.
        side
            ``china``, ``us``, or ``ratio`` for the US-led side over China.

        Returns
        -------
        Index ``path``; columns ``unit``, ``low_input``, ``input``, ``high_input`` (the assumption at its 5 % quantile, central
        and 95 % quantile), ``at_low``, ``central``, ``at_high`` (the number then) and ``span``.
        """
        return self._one_at_a_time.effects(variable, year, side)

    def explain(self, year: int, side: str) -> Explained:
        """Explain one side's year: what bound it, what would relieve it, who decided what, what changed, what it rests on.

        Parameters
        ----------
        year
            A year of the run.
        side
            ``china`` or ``us``.

        Returns
        -------
        Prints as text; ``document()`` holds every number, ``plot()`` draws what changed, ``save(folder)`` writes all.
        """
        from ..studies.explain import explain
        from .explain.explanation import Explained

        run = self.ensemble
        return Explained(explain(run.scenario, year, side, run.members, run.seed, events=run.events))

    @cached_property
    def _one_at_a_time(self) -> OneAtATime:
        from ..studies.one_at_a_time import one_at_a_time

        return one_at_a_time(self.scenario)

    def plot(self, variable: str, ax: Axes | None = None) -> Figure:
        """Draw one variable for both sides: medians with bands of 50 % and 90 % of the members.

        `podrace.styled` and `podrace.speaking` choose look and language.

        Parameters
        ----------
        variable
            Its id, or the name of a standard picture: a key of `podrace.reports.figures.draw.FIGURES`, such as ``cluster``,
            ``capability``, ``lag``, ``binding`` or ``timeline``.
        ax
            Draw on this axis instead of a figure of its own: any variable, and the standard pictures of one panel.
        """
        from .figures.draw import FIGURES, draw, plot

        if variable in FIGURES:
            return draw(variable, self.ensemble, ax)
        return plot(self.ensemble, self._known(variable), ax)

    def save(self, folder: str | Path, figures: bool = True, progress: Progress | None = None) -> Path:
        """Write the run folder, whole or not at all, and return where it stands.

        Parameters
        ----------
        folder
            A free name, an empty folder, or an older podrace result, which is replaced.
        figures
            Draw the standard pictures too.
        progress
            Called with what is being written and the share done, 0 to 1.
        """
        from .folder import write_result

        return write_result(self.ensemble, folder, figures=figures, progress=progress)

    def __repr__(self) -> str:
        years = self.years
        return (
            f"Result(scenario={self.scenario.name!r}, members={self.ensemble.members}, "
            f"years={years[0]}-{years[-1]}, seed={self.ensemble.seed})"
        )

    def _repr_html_(self) -> str:
        from .notebook import result_html

        return result_html(self)

    def _known(self, name: str) -> str:
        """Check that a variable was recorded, and name the nearest when not."""
        if name in self.data:
            return name
        reason = "was not recorded in this run" if name in VARIABLES else "is not a recorded variable"
        guess = nearest(name)
        hint = f"; did you mean {guess!r}?" if guess and guess != name else ""
        message = f"{name!r} {reason}{hint}"
        raise ValueError(message)

    def _within(self, years: Iterable[int] | None) -> list[int]:
        """Check that years lie in the run."""
        if years is None:
            return self.years
        wanted = [int(year) for year in years]
        outside = [year for year in wanted if year not in self.years]
        if outside:
            message = f"no year {outside[0]} in this run of {self.years[0]} to {self.years[-1]}"
            raise ValueError(message)
        return wanted


def headline(data: xr.Dataset) -> list[str]:
    """List the headline variables that a run recorded, in the order of the registry."""
    return [name for name, variable in VARIABLES.items() if variable.headline and name in data]


def run(  # noqa: PLR0917 (the public signature)
    scenario: str | Path | Scenario,
    members: int = 1000,
    seed: int = 0,
    years: tuple[int, int] | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | bool | None = None,
) -> Result:
    """Run a scenario and return its result.

    Parameters
    ----------
    scenario
        A name, a file, or a loaded scenario.
    members
        Members of the ensemble: draws of everything uncertain.
    seed
        Where the draws start; the same seed gives the same result.
    years
        First and last year, in place of the scenario's.
    overrides
        Values by dotted path, in place of the scenario's.
    progress
        Called with the members done and the members wanted as the run advances. By default a bar is shown in a notebook
        and an interactive terminal; ``False`` shows none, ``True`` shows plain lines elsewhere.
    """
    if members < 1:
        message = f"an ensemble needs at least one member, not {members}"
        raise ValueError(message)
    from ..studies.ensemble import run_ensemble
    from .progress import following

    loaded = prepare(scenario, years, overrides)
    with following(progress) as told:
        return Result(run_ensemble(loaded, members=members, seed=seed, progress=told))


def prepare(
    scenario: str | Path | Scenario,
    years: tuple[int, int] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Scenario:
    """Load what `run` is given: a name, a file or a scenario, with other values and other years laid over it.

    Parameters
    ----------
    scenario, years, overrides
        As in `run`.

    Raises
    ------
    ScenarioError
        For faults of the file, the values or the years.
    """
    from ..scenarios.compose import load

    loaded = load(scenario, overrides or None)
    return loaded.with_years(*years) if years else loaded
