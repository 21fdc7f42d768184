"""A paired comparison as people use it: tables, pictures, words, a folder.

>>> import podrace as pr
>>> pr.compare("baseline", ["hbm_gap"], members=2).inert
()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...model.registry import SIDES
from ...scenarios.faults import fail
from ...studies.one_at_a_time import RATIO, check_place
from ...studies.standing import default_number, levers, parity, regret, standing_year
from ..presenting import Presenting
from ..tables import ONE_SIDED, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...scenarios.compose import Scenario
    from ...studies.compare import Other, Paired

    Progress = Callable[[str, float], None]

YEARS = (2026, 2028, 2030, 2035)
"""Years of the printed table, where the comparison has them."""
STATISTICS = ("base_p50", "other_p50", "p05", "p25", "p50", "p75", "p95", "probability_up", "probability_down")
MORE = ("relative_p50", "base_mean", "other_mean", "probability_same")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Presenting):
    """Scenarios beside a base, member by member.

    Attributes
    ----------
    paired
        The runs, from `podrace.studies.compare`.
    side
        Whether tables keep to one side.
    viewer
        The side that regret is told for; both by default.
    manifest
        What the folder it was opened from says of it; None for a fresh comparison.
    """

    paired: Paired
    side: str | None = None
    viewer: str | None = None
    manifest: Mapping[str, Any] | None = None

    @property
    def inert(self) -> tuple[str, ...]:
        """Names of the scenarios that move no recorded variable in any member by any year."""
        return tuple(other.scenario.name for other in self.paired.others if other.inert)

    @property
    def years(self) -> list[int]:
        """Years of the printed table: those of `YEARS` within the run, or its last."""
        return [year for year in YEARS if year in self.paired.years] or [self.paired.years[-1]]

    def table(
        self, variables: str | Iterable[str] | None = None, years: Iterable[int] | None = None, side: str | None = None
    ) -> pd.DataFrame:
        """Build a table of the paired differences, in stored units.

        Parameters
        ----------
        variables
            Ids among those kept; all of them by default.
        years
            Calendar years; those of the printed table by default.
        side
            ``china``, ``us``, or ``ratio`` for the US-led side over China; all by default.

        Returns
        -------
        Rows (scenario, variable, side, year); columns as in `podrace.studies.differences.COLUMNS`.
        """
        names = [variables] if isinstance(variables, str) else None if variables is None else list(variables)
        self._check(names)
        frame = self.paired.differences(names, self.years if years is None else list(years), side or self.side)
        return frame.set_index(["scenario", "variable", "side", "year"])

    def plot(
        self, variable: str | None = None, side: str = RATIO, year: int | None = None, ax: Axes | None = None
    ) -> Figure:
        """Draw what the scenarios change: many measures in one year, or one variable over the years.

        Parameters
        ----------
        variable
            Id of a kept variable, for its difference over the years; the overview by default.
        side
            Of the variable: ``china``, ``us`` or ``ratio``.
        year
            Of the overview; 2030 by default, or the last.
        ax
            Draw on this axis instead of a figure of its own; one variable only, because the overview has three panels.
        """
        from .differences import by_year, overview

        if variable is None:
            if ax is not None:
                fail("the overview has three panels and needs a figure of its own; name a variable", path="ax")
            return overview(self.paired, year)
        self._check([variable])
        return by_year(self.paired, variable, side, ax)

    def regret(self, side: str | None = None, year: int | None = None) -> pd.DataFrame:
        """Say how much worse each scenario is for a side than the best of them, member by member.

        Parameters
        ----------
        side
            ``china`` or ``us``; the one that the comparison is for, or both.
        year
            2030 by default, or the last of the comparison.

        Returns
        -------
        Rows (side, variable, basis, scenario); ``basis`` is the side's ``own`` level or its ``lead`` over the other side.
        Columns ``year``, ``mean`` and ``p90`` (stored unit), ``relative_mean`` and ``relative_p90`` (shares of the best level),
        ``best`` (share of members in which no scenario is better).
        """
        import pandas as pd

        when = standing_year(self.paired) if year is None else year
        self._check_year(when)
        wanted = side or self.viewer
        table = pd.concat([regret(self.paired, name, when) for name in (SIDES if wanted is None else (wanted,))])
        return table.set_index(["side", "variable", "basis", "scenario"])

    def parity(self) -> pd.DataFrame:
        """Say when the side behind first reaches the other, by measure and scenario, and how that year shifts.

        Returns
        -------
        Rows (variable, scenario), columns as in `podrace.studies.standing.parity`.
        """
        return parity(self.paired).set_index(["variable", "scenario"])

    def levers(self, variable: str | None = None, side: str | None = None, year: int | None = None) -> pd.DataFrame:
        """Rank the other scenarios by what each changes in one number, the largest median first.

        Parameters
        ----------
        variable, side, year
            The number; the ratio of the fleets in 2030 by default, or in the last year.
        """
        number = self._number(variable, side, year)
        return levers(self.paired, *number).set_index("scenario")

    def tornado(
        self, variable: str | None = None, side: str | None = None, year: int | None = None, ax: Axes | None = None
    ) -> Figure:
        """Draw the ranking of `levers`, on an axis where one is given."""
        from .differences import ranked

        return ranked(self.paired, *self._number(variable, side, year), ax)

    def chain(self, year: int | None = None) -> Figure:
        """Draw what separates each scenario from the base: the gap of the fleets, taken apart from chip to fleet."""
        from .chain import chain

        if year is not None:
            self._check_year(year)
        return chain(self.paired, year)

    def notes(self) -> list[str]:
        """Say in words which scenarios move nothing, and which do so from some year only."""
        paired = self.paired
        notes = [note for other in paired.others if (note := in_words(paired, other))]
        unpaired = [other.scenario.name for other in paired.others if other.scenario.chosen != paired.base.chosen]
        if unpaired:
            notes.append(
                f"{', '.join(unpaired)} and {paired.base.name} do not have the same members (one is a posterior): "
                "read the levels; differences member by member mean nothing"
            )
        return notes

    def document(self) -> dict[str, Any]:
        """Build the comparison as plain values, for ``--json``: every year, in stored units."""
        paired = self.paired
        frame = paired.differences(side=self.side)
        frame = frame[~((frame["side"] == RATIO) & frame["variable"].isin(ONE_SIDED))]
        return {
            "base": paired.base.name,
            "members": paired.members,
            "seed": paired.seed,
            "years": {"start": paired.years[0], "end": paired.years[-1]},
            "for": self.viewer,
            "regret": _plain_rows(self.regret()),
            "parity": _plain_rows(self.parity()),
            "levers": _plain_rows(self.levers()),
            "others": [
                {
                    "scenario": other.scenario.name,
                    "title": other.scenario.title,
                    "inert": other.inert,
                    "moves_from": other.moves_from,
                    "note": in_words(paired, other),
                    "first_moved": other.first_moved,
                    "differences": _rows(frame[frame["side"] != RATIO], other),
                    "ratios_us_to_china": _rows(frame[frame["side"] == RATIO], other),
                }
                for other in paired.others
            ],
        }

    def save(self, folder: str | Path, figures: bool = True, progress: Progress | None = None) -> Path:
        """Write the folder of the comparison, whole or not at all, and return where it stands.

        Parameters
        ----------
        folder
            A free name, an empty folder, or an older podrace result, which is replaced.
        figures
            Draw the pictures too.
        progress
            Called with what is being written and the share done, 0 to 1.
        """
        from .folder import save_comparison

        return save_comparison(self, folder, figures, progress)

    def _number(self, variable: str | None, side: str | None, year: int | None) -> tuple[str, str, int]:
        """Complete a number, and check that the comparison has it."""
        usual = default_number(self.paired)
        found = (variable or usual[0], side or usual[1], usual[2] if year is None else year)
        self._check([found[0]])
        check_place(self.paired.base, *(found[0], found[2], found[1]), ratio=True)
        return found

    def _check_year(self, year: int) -> None:
        check_place(self.paired.base, "fleet_h100e", year, "china")

    def _check(self, names: Sequence[str] | None) -> None:
        from ...studies.compare import kept_variables

        for name in names or ():
            kept_variables([name])
            if name not in self.paired.variables:
                message = f"{name!r} was not kept; ask for it: compare(..., variables=[{name!r}])"
                raise ValueError(message)

    def __repr__(self) -> str:
        names = ", ".join(other.scenario.name for other in self.paired.others)
        return (
            f"Comparison({self.paired.base.name} with {names}; {self.paired.members} members, seed {self.paired.seed})"
        )

    def _repr_html_(self) -> str:
        from ..notebook import comparison_html

        return comparison_html(self)


def compare(
    base: str | Path | Scenario,
    others: str | Path | Scenario | Sequence[str | Path | Scenario],
    members: int = 1000,
    seed: int = 0,
    *,
    years: tuple[int, int] | None = None,
    overrides: Mapping[str, Any] | None = None,
    variables: Sequence[str] = (),
    side: str | None = None,
    for_side: str | None = None,
    progress: Callable[[int, int], None] | bool | None = None,
) -> Comparison:
    """Run scenarios with the same draws and compare them member by member.

    Parameters
    ----------
    base, others
        Names, files, or loaded scenarios.
    members, seed
        As in `run`; the seed gives every scenario the same members.
    years, overrides
        First and last year, and values by dotted path, in place of those of all scenarios.
    variables
        Recorded variables to keep beside the headline ones.
    side
        Keep tables to one side: ``china``, ``us``, or ``ratio`` for the US-led side over China.
    for_side
        Tell regret for one side: ``china`` or ``us``; for both by default.
    progress
        As in `run`: members done and wanted, over all scenarios.
    """
    from ...scenarios.faults import nearest
    from ...studies.compare import check_names, run_paired, told_apart
    from ..progress import following
    from ..result import prepare

    if members < 1:
        message = f"a comparison needs at least one member, not {members}"
        raise ValueError(message)
    if side is not None and side not in (*SIDES, RATIO):
        fail(
            "no such side",
            path="side",
            found=side,
            allowed=f"{', '.join(SIDES)}, {RATIO}",
            nearest=nearest(side, SIDES),
        )
    if for_side is not None and for_side not in SIDES:
        near = nearest(for_side, SIDES)
        fail("no such side", path="for", found=for_side, allowed=", ".join(SIDES), nearest=near)
    wanted: list[Any] = list(others) if isinstance(others, (list, tuple)) else [others]
    loaded = [prepare(scenario, years, overrides) for scenario in (base, *wanted)]
    loaded[1:] = told_apart(loaded[0], loaded[1:])
    check_names(loaded[0], loaded[1:])
    with following(progress) as told:
        paired = run_paired(loaded[0], loaded[1:], members, seed, variables=variables, progress=told)
    return Comparison(paired, side, for_side)


def in_words(paired: Paired, other: Other) -> str:
    """Say that a scenario moves nothing, or nothing until a year; an empty text where it moves things at once."""
    name, first = other.scenario.name, other.moves_from
    if first is None:
        counted = "1 member" if paired.members == 1 else f"{paired.members:,} members"
        span = f"{paired.years[0]}-{paired.years[-1]}"
        return f"{name} is inert: no recorded variable differs from {paired.base.name} in any of {counted}, {span}"
    if first == paired.years[0]:
        return ""
    return f"{name} moves nothing before {first}"


def _rows(frame: pd.DataFrame, other: Other) -> list[dict[str, Any]]:
    """Rows of one scenario as plain values."""
    part = frame[frame["scenario"] == other.scenario.name]
    return [
        {"variable": row["variable"], "side": row["side"], "year": int(row["year"]), "unit": row["unit"]}
        | {name: plain(row[name]) for name in (*STATISTICS, *MORE)}
        for row in part.to_dict("records")
    ]


def _plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table with their keys, as plain values."""
    rows: list[dict[Any, Any]] = table.reset_index().to_dict("records")
    return [
        {str(key): plain(value) if isinstance(value, float) else value for key, value in row.items()} for row in rows
    ]
