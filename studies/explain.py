"""Why a side's year is as it is: what bound it, what would relieve it, who decided what, what changed, what it rests on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ensemble import BLOCK, run_central
from .explain_change import Change, cluster_change, fleet_change
from .explain_decisions import Decision, decisions
from .explain_inputs import Input, largest_inputs
from .explain_relief import Relief, relief
from .explain_year import Reading, read_year
from .one_at_a_time import check_place

if TYPE_CHECKING:
    import pandas as pd

    from ..scenarios.scenario import Scenario

RELIEF_MEMBERS = 300
"""Members in which each lever is moved: the first ones of the run."""
MOST_MEMBERS = BLOCK
"""Members read at once."""


@dataclass(frozen=True)
class Explanation:
    """One side's year, explained.

    Attributes
    ----------
    reading
        What agents held before and after the year, member by member: what bound whom, and by how many members.
    relief, relief_members
        What each lever would do, and in how many members that was tried.
    decisions
        Of the central run, the weighty ones first.
    fleet, cluster
        What changed against the year before, in terms that add up.
    inputs
        The records that move the central run's numbers most, with their sources.
    seconds
        How long it took.
    """

    reading: Reading
    relief: tuple[Relief, ...]
    relief_members: int
    decisions: tuple[Decision, ...]
    fleet: Change
    cluster: Change
    inputs: tuple[Input, ...]
    seconds: float

    @property
    def scenario(self) -> Scenario:
        """What ran."""
        return self.reading.scenario


def explain(
    scenario: Scenario,
    year: int,
    side: str,
    members: int = 1000,
    seed: int = 0,
    *,
    events: pd.DataFrame | None = None,
) -> Explanation:
    """Explain one side's year.

    Parameters
    ----------
    scenario
        Resolved scenario.
    year, side
        A year of the scenario; ``china`` or ``us``.
    members, seed
        Of the ensemble: members 0 to ``members``, at most `MOST_MEMBERS` of them.
    events
        The central run's event log, where it is at hand.

    Raises
    ------
    ScenarioError
        For an unknown year or side.
    """
    check_place(scenario, "fleet_h100e", year, side)
    began = time.perf_counter()
    size = min(members, MOST_MEMBERS)
    reading = read_year(scenario, year, side, size, seed)
    tried = min(size, RELIEF_MEMBERS)
    log = run_central(scenario.with_years(scenario.start, year))[1] if events is None else events
    return Explanation(
        reading,
        relief(scenario, year, side, tried, seed),
        tried,
        decisions(scenario, log, year, side),
        fleet_change(reading),
        cluster_change(reading),
        largest_inputs(scenario, year, side),
        time.perf_counter() - began,
    )
