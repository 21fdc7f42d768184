"""Central members that each differ from the central run in one record: what sensitivity studies read.

Member 0 is the central one; member ``k`` has the record of move ``k`` at other values and everything else, every
decision included, exactly as the central run has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .distributions import Array, quantile
from .draws import CentralDraws
from .inputs import Inputs
from .scenario import Frozen, Scenario
from .schema import Record, Spread

SHARE_STEP = 0.01
"""A nudge is one percent of a value."""
ZERO_STEP = 0.01
"""A value of zero is nudged by this much of its own unit."""
DATE_STEP_YEARS = 0.1
"""A date is nudged by this much."""
DATES = (1900.0, 2200.0)
"""A plain number of years between these is a date, not a duration."""
COUNTED = ("package", "die", "stack", "layer", "token", "parameter")
"""Units in which a whole number is a count, and stays whole when it is nudged."""
LEAST_COUNT = 2.0
"""A whole number without a unit is a count from here on; below, it is a share or a factor."""


@dataclass(frozen=True)
class Move:
    """A record at other values than its central ones.

    Attributes
    ----------
    path : str
        Dotted path of the record.
    values : tuple of float
        A value for each of the record's dates (one for a plain value), in its own unit.
    """

    path: str
    values: tuple[float, ...]


class MovedInputs(Inputs):
    """Inputs of a central member and, beside it, one member for every move.

    Parameters
    ----------
    scenario : Scenario
        The resolved scenario.
    moves : sequence of Move
        What differs in members 1, 2, ...
    """

    def __init__(self, scenario: Scenario, moves: Sequence[Move]) -> None:
        super().__init__(scenario, CentralDraws(1 + len(moves)))
        self._moves: dict[str, list[tuple[int, Move]]] = {}
        for member, move in enumerate(moves, start=1):
            self._moves.setdefault(move.path, []).append((member, move))

    def _draw(self, path: str) -> list[tuple[float, float | Array]]:
        moves = self._moves.get(path)
        if not moves:
            return super()._draw(path)
        points: list[tuple[float, float | Array]] = []
        for place, (date, point) in enumerate(self.scenario.record(path).points()):
            value = np.full(self.members, point.value)
            for member, move in moves:
                value[member] = move.values[place]
            value.flags.writeable = False
            points.append((date, value))
        return points


def at_quantile(path: str, record: Record, u: float) -> Move:
    """Move a record to a quantile of its distribution, all its dates together.

    Examples
    --------
    >>> at_quantile("lag", Record(value=1, low=0, high=2, dist="uniform"), 0.25).values
    (0.5,)
    """
    return Move(path, tuple(_at(record, u, point) for _, point in record.points()))


def nudged(path: str, record: Record, *, whole: bool = False) -> tuple[Move, float, bool]:
    """Move a record by a small step: one percent of its value, or a fixed step where a percentage means nothing.

    Parameters
    ----------
    path, record
        What is moved, all its dates together.
    whole : bool
        Keep whole what is whole: the reader takes years and counts as integers.

    Returns
    -------
    Move, float, bool
        The move; its step; and whether the step is a share of the value, and not a number of its own unit.

    Examples
    --------
    >>> nudged("a", Record(value=50.0, unit="GW"))
    (Move(path='a', values=(50.5,)), 0.01, True)
    >>> nudged("b", Record(value=0.0, unit="GW")), nudged("c", Record(value=2027.5, unit="year"))[0].values
    ((Move(path='b', values=(0.01,)), 0.01, False), (2027.6,))
    """
    central = [point.value for _, point in record.points()]
    if is_date(record):
        step = 1.0 if whole else DATE_STEP_YEARS
        return Move(path, tuple(value + step for value in central)), step, False
    if all(value == 0.0 for value in central):
        step = 1.0 if whole and is_count(record) else _inside(record, central, ZERO_STEP)
        return Move(path, tuple(value + step for value in central)), step, False
    if whole and is_count(record) and len(central) == 1:
        more = max(1.0, round(SHARE_STEP * central[0]))
        return Move(path, (central[0] + more,)), more / central[0], True
    step = _inside(record, central, SHARE_STEP, relative=True)
    return Move(path, tuple(value * (1.0 + step) for value in central)), step, True


def is_date(record: Record) -> bool:
    """Whether a record is a calendar date."""
    low, high = DATES
    return record.unit == "year" and all(low < point.value < high for _, point in record.points())


def is_count(record: Record) -> bool:
    """Whether a record counts things: a whole number of packages, dies, layers and the like."""
    central = [point.value for _, point in record.points()]
    counted = record.unit in COUNTED or (record.unit == "1" and min(central) >= LEAST_COUNT)
    return counted and all(value == round(value) for value in central)


def with_values(scenario: Scenario, moves: Sequence[Move]) -> Scenario:
    """Return a scenario with records moved for all its members, for numbers that are read once for all of them.

    Its hash is that of the original and the moves: it names the content as surely, and costs nothing to work out. What
    does not hang on values (tables of paths, the timeline) is taken over.
    """
    records = dict(scenario.records)
    for move in moves:
        records[move.path] = _fixed(records[move.path], move.values)
    moved = replace(scenario, records=Frozen(records))
    said = ", ".join(f"{move.path} {move.values!r}" for move in moves)
    kept = {"hash": f"{scenario.hash} with {said}", "timeline": scenario.timeline, "_tables": scenario._tables}
    vars(moved).update(kept)
    return moved


def _fixed(record: Record, values: Sequence[float]) -> Record:
    """Put other central values into a record, without a range."""
    bare = {"low": None, "high": None, "dist": None, "bounds": None}
    if record.by_year is None:
        return record.model_copy(update={"value": values[0], **bare})
    dated = {date: Spread(value=value) for date, value in zip(record.by_year, values, strict=True)}
    return record.model_copy(update={"by_year": dated, **bare})


def _at(record: Record, u: float, point: Spread) -> float:
    return float(np.ravel(quantile(record, np.array([u]), point))[0])


def _inside(record: Record, central: Sequence[float], step: float, *, relative: bool = False) -> float:
    """Turn a step around where it would leave the record's bounds, or lead a full share beyond 1."""
    beyond = [value * (1.0 + step) if relative else value + step for value in central]
    high = record.bounds[1] if record.bounds else 1.0 if record.unit == "1" and max(central) == 1.0 else np.inf
    return -step if max(beyond) > high else step
