"""What the sections of a comparison read: each scenario as a view, and the paired changes, the strongest first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...model.record import as_dataset
from ...studies.one_at_a_time import RATIO
from ..compare.differences import COLOURS
from ..language import say
from .view import Reading, View
from .words import LONGEST_HEADLINE, LONGEST_POINT, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...scenarios.scenario import Scenario
    from ...studies.compare import Other, Paired
    from ..summary import Array

FLEET = "fleet_h100e"
STILL = 0.005
"""A median change up to this share reads as none."""
MOST_DRAWN = 4
"""Scenarios beside the base in one chart."""
LONGEST_TITLE = 40
SHORTEST_TITLE = 12


@dataclass(frozen=True)
class Change:
    """What a scenario changes in one number, member by member.

    Attributes
    ----------
    before, after
        Medians in the base and in the scenario.
    relative
        Change over the base: median with the ends of its interval.
    up, down
        Shares of the members in which it is more, and less.
    """

    before: float
    after: float
    relative: Reading
    up: float
    down: float

    @property
    def still(self) -> bool:
        """Whether the median member does not change."""
        middle = self.relative.middle
        return math.isnan(middle) or abs(middle) < STILL

    @property
    def size(self) -> float:
        """How large the median change is, a fall by a factor as large as a rise by it; below zero where nobody knows."""
        factor = 1 + self.relative.middle
        return abs(math.log(factor)) if factor > 0 else math.inf if factor == 0 else -1.0

    @property
    def against(self) -> float:
        """Share of the members in which it moves against the median."""
        return self.up if self.relative.middle < 0 else self.down


@dataclass(frozen=True)
class Pairs:
    """A comparison, as sections read it."""

    paired: Paired

    @cached_property
    def base(self) -> View:
        """The base."""
        return self._view(self.paired.base, self.paired.base_arrays)

    @cached_property
    def others(self) -> tuple[Other, ...]:
        """The scenarios beside the base, the one that changes the gap of the fleets by the largest factor first."""
        return tuple(sorted(self.paired.others, key=lambda other: self.change(other, FLEET).size, reverse=True))

    @property
    def first(self) -> Other:
        """The scenario that changes the gap most."""
        return self.others[0]

    @property
    def drawn(self) -> tuple[Other, ...]:
        """The scenarios that a chart has room for."""
        return self.others[:MOST_DRAWN]

    @property
    def when(self) -> int:
        """The year headlines speak of."""
        return self.base.when

    @property
    def members(self) -> int:
        """How many futures were computed of each."""
        return self.paired.members

    def view(self, other: Other) -> View:
        """Give a scenario as a run of its own."""
        return self._views[other.scenario.name]

    @cached_property
    def _views(self) -> dict[str, View]:
        return {other.scenario.name: self._view(other.scenario, other.arrays) for other in self.paired.others}

    def change(self, other: Other, variable: str, side: str = RATIO, year: int | None = None) -> Change:
        """Read what a scenario changes in a number; the ratio of the sides unless a side is named."""
        when = self.base.when if year is None else year
        rows = self._changes.get((other.scenario.name, variable, side, when))
        if rows is None:
            nothing = Reading(math.nan, math.nan, math.nan)
            return Change(math.nan, math.nan, nothing, 0.0, 0.0)
        relative = Reading(rows["relative_p50"], rows["relative_p05"], rows["relative_p95"])
        return Change(rows["base_p50"], rows["other_p50"], relative, rows["probability_up"], rows["probability_down"])

    @cached_property
    def _changes(self) -> dict[tuple[str, str, str, int], dict[Any, Any]]:
        """Index the statistics of the differences in the year in focus."""
        table = self.paired.differences(years=[self.base.when])
        return {(row["scenario"], row["variable"], row["side"], row["year"]): row for row in table.to_dict("records")}

    def title(self, scenario: Scenario, most: int = LONGEST_TITLE) -> str:
        """Name a scenario."""
        return cut(say(scenario.title), most)

    def headed(self, scenario: Scenario, tell: Callable[[str], str], most: int = LONGEST_HEADLINE) -> str:
        """Make a line with a scenario's title in it, the title shortened where the whole would be too long.

        Parameters
        ----------
        scenario
            Whose title.
        tell
            Makes the line of a title.
        most
            Characters of the line.
        """
        title = self.title(scenario)
        over = len(tell(title)) - most
        return tell(title if over <= 0 else cut(title, max(len(title) - over, SHORTEST_TITLE)))

    def pointed(self, scenario: Scenario, tell: Callable[[str], str]) -> str:
        """Make a point with a scenario's title in it, as `headed` makes a headline."""
        return cut(self.headed(scenario, tell, LONGEST_POINT))

    def colour(self, other: Other) -> str:
        """Give the colour of a scenario in every chart: by its place in the comparison."""
        return COLOURS[[one.scenario.name for one in self.paired.others].index(other.scenario.name) % len(COLOURS)]

    def _view(self, scenario: Scenario, arrays: dict[str, Array]) -> View:
        return View(as_dataset(arrays, self.paired.years), scenario, self.paired.members, self.paired.seed)
