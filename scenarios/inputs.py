"""The numbers of a run: each parameter and decision for every member, in the unit the caller computes in."""

from typing import Any

from .chosen import draws_of
from .correlate import Group, groups
from .dates import format_date
from .distributions import Array, at_year, quantile
from .draws import Draws
from .faults import fail
from .scenario import Scenario
from .schema import Record, Spread


class Series:
    """A parameter over the years, in one unit.

    ``at(year)`` gives a float, or an array over members where the parameter is uncertain.
    """

    def __init__(self, inputs: "Inputs", path: str, unit: str) -> None:
        self.path = path
        self.unit = unit
        self._inputs = inputs
        self._factor = inputs.scenario.factor(path, unit)
        self._record = inputs.scenario.record(path)
        self._years: dict[float, float | Array] = {}

    @property
    def dates(self) -> tuple[float, ...]:
        """Dates that have a value of their own; empty for a plain value."""
        return tuple(self._record.by_year or ())

    def at(self, year: float) -> float | Array:
        """Value in a year: that of the last date at or before it, or on the line between two dates."""
        found = self._years.get(year)
        if found is None:
            points = self._inputs.points(self.path)
            found = _scaled(at_year(points, year, self._record.between), self._factor)
            self._years[year] = found
        return found


class Inputs:
    """What a run reads: parameters and decision draws of one block of members.

    Parameters
    ----------
    scenario : Scenario
        The resolved scenario.
    draws : MemberDraws, CentralDraws or the like
        Gives the uniforms. Nothing is drawn before it is asked for.

    Notes
    -----
    Arrays are shared between callers and cannot be written to.
    """

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self.scenario = scenario
        self.draws = draws_of(scenario.chosen, draws)
        self.members: int = draws.members
        self.read: set[str] = set()
        self.decisions: dict[tuple[str, int], None] = {}
        self._groups: dict[str, Group] | None = None
        self._points: dict[str, list[tuple[float, float | Array]]] = {}
        self._uniforms: dict[str, Array] = {}
        self._values: dict[tuple[str, str], float | Array] = {}
        self._series: dict[tuple[str, str], Series] = {}

    def value(self, path: str, unit: str, year: float | None = None) -> float | Array:
        """Value of a parameter.

        Parameters
        ----------
        path : str
            Dotted path of a record.
        unit : str
            Unit to convert to.
        year : float, optional
            Needed for a record with values by year.

        Returns
        -------
        float or array (members,)
            A Python float where all members share it.

        Raises
        ------
        ScenarioError
            For an unknown path, an incompatible unit or a missing year.
        """
        if year is not None:
            return self.series(path, unit).at(year)
        found = self._values.get((path, unit))
        if found is None:
            factor = self.scenario.factor(path, unit)
            if self.scenario.record(path).dated:
                fail("has values by year: say which year, or ask for the series", path=path)
            found = _scaled(self.points(path)[0][1], factor)
            self._values[path, unit] = found
        return found

    def series(self, path: str, unit: str) -> Series:
        """Return a parameter over the years; see :meth:`Series.at`."""
        found = self._series.get((path, unit))
        if found is None:
            found = self._series[path, unit] = Series(self, path, unit)
        return found

    def uniform(self, decision: str, year: int) -> Array:
        """Uniform draw of a decision in a year, one per member; 0.5 in the central run."""
        self.decisions[decision, int(year)] = None
        return self.draws.uniform(decision, int(year))

    def points(self, path: str) -> list[tuple[float, float | Array]]:
        """Dated values of a record in its own unit, drawn on first use (a plain value is dated 0)."""
        found = self._points.get(path)
        if found is None:
            found = self._points[path] = self._draw(path)
            self.read.add(path)
        return found

    def drawn(self, *, unread: bool = True, decisions: bool = True) -> dict[str, Array]:
        """All that differs between members, by column name.

        Parameters
        ----------
        unread : bool
            Whether uncertain parameters that nobody read are drawn too.
        decisions : bool
            Whether the uniforms of decisions are wanted.

        Returns
        -------
        dict of str to array (members,)
            ``path`` for a plain value and ``path@2026`` for each dated one, in the record's own unit; then the
            uniforms of the decisions asked for, ``decision@2026``.
        """
        columns: dict[str, Array] = {}
        for path, record in self.scenario.records.items():
            if record.uncertain and (unread or path in self.read):
                columns.update(self._columns(path, record))
        for decision, year in self.decisions if decisions else ():
            columns[f"{decision}@{year}"] = self.draws.uniform(decision, year)
        return columns

    def _columns(self, path: str, record: Record) -> dict[str, Array]:
        points = self._points.get(path) or self._draw(path)
        return {
            f"{path}@{format_date(date)}" if record.dated else path: value
            for date, value in points
            if not isinstance(value, float)
        }  # fmt: skip

    def _draw(self, path: str) -> list[tuple[float, float | Array]]:
        record = self.scenario.record(path)
        if not record.uncertain:
            return [(date, point.value) for date, point in record.points()]
        return [(date, self._point(path, record, date, point)) for date, point in record.points()]

    def _point(self, path: str, record: Record, date: float, point: Spread) -> float | Array:
        if not point.uncertain:
            return point.value
        name = path if record.correlation == "full" else f"{path}@{format_date(date)}"
        u = self._uniform(name)
        value: Any = u * 0.0 + point.value if self.draws.central else quantile(record, u, point)
        value.flags.writeable = False
        return value  # type: ignore[no-any-return]

    def _uniform(self, name: str) -> Array:
        """Uniforms of a parameter, correlated with the others of its group."""
        found = self._uniforms.get(name)
        if found is None:
            if self._groups is None:
                self._groups = groups(self.scenario.correlations)
            group = self._groups.get(name)
            found = self.draws.uniform(name) if group is None else group.mix(name, self.draws.uniform)
            self._uniforms[name] = found
        return found


def _scaled(value: float | Array, factor: float) -> float | Array:
    if factor == 1.0:
        return value
    scaled = value * factor
    if not isinstance(scaled, float):
        scaled.flags.writeable = False
    return scaled
