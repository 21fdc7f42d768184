"""The facts behind the largest inputs: which uncertain records move a number of the central run most, and their sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.registry import SIDES
from ..scenarios.moves import nudged
from .elasticities import Effect
from .one_at_a_time import one_at_a_time, run_moves
from .trace import Entry, entry

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

TARGETS = ("fleet_h100e", "cluster_training_eflops")
"""Variables whose inputs are told."""
MOST = 8
"""Inputs told for each."""


@dataclass(frozen=True)
class Input:
    """One uncertain record behind a number.

    Attributes
    ----------
    target
        Variable that it moves.
    entry
        The record with its value in the year, sources and elasticity (percent per percent; None where a date moves).
    low, high
        The record at its 5 % and 95 % quantile.
    at_low, central, at_high
        The number then, all else central.
    """

    target: str
    entry: Entry
    low: float
    high: float
    at_low: float
    central: float
    at_high: float


def largest_inputs(
    scenario: Scenario, year: int, side: str, targets: Sequence[str] = TARGETS, most: int = MOST
) -> tuple[Input, ...]:
    """Find the records with the widest effect over their ranges, for each target the strongest first.

    Parameters
    ----------
    scenario
        Resolved scenario.
    year, side
        Where the numbers stand.
    targets
        Recorded variables.
    most
        How many for each.
    """
    short = scenario.with_years(scenario.start, year)
    study = one_at_a_time(short, tuple(targets))
    tables = {name: study.effects(name, year, side) for name in targets}
    tables = {name: table[table["span"] > 0].head(most) for name, table in tables.items()}
    paths = list(dict.fromkeys(str(path) for table in tables.values() for path in table.index))
    steps = [nudged(path, scenario.record(path)) for path in paths]
    moved = run_moves(short, [move for move, _, _ in steps], tuple(targets))
    found = []
    for name, table in tables.items():
        values = moved[name][-1, SIDES.index(side)]
        for path, row in table.iterrows():
            place = paths.index(str(path))
            _, step, relative = steps[place]
            change = float(values[place + 1] - values[0])
            share = change / abs(float(values[0])) / step if values[0] else None
            effect = Effect(str(path), step, relative, change, share)
            ends = (float(row[key]) for key in ("low_input", "high_input", "at_low", "central", "at_high"))
            found.append(Input(name, entry(scenario, effect, year), *ends))
    return tuple(found)
