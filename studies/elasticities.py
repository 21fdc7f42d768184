"""What each record does to one number: every record the world reads is moved by a small step, alone.

Records read as arrays over members are all moved in one run, a member for each. Records read once for all members (data
sheets, constants of the hardware model, years in which history ends) need a run each; halves of the list that move
nothing together are dropped whole, so that few runs are needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..model.hardware.errors import DoesNotFit
from ..model.record import Recorder
from ..model.registry import SIDES, VARIABLES
from ..model.world import World
from ..scenarios.draws import CentralDraws
from ..scenarios.faults import ScenarioError
from ..scenarios.inputs import Inputs
from ..scenarios.moves import Move, is_count, is_date, nudged, with_values
from .one_at_a_time import run_moves, same

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

BROKEN = (ScenarioError, DoesNotFit, ArithmeticError, LookupError, TypeError, ValueError)
"""How the world refuses a record that cannot be moved."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Target:
    """One number of the central run: variable, year and side."""

    variable: str
    year: int
    side: str

    @property
    def counts(self) -> bool:
        """Whether relative changes of it mean something: it is neither a date nor a category."""
        return VARIABLES[self.variable].kind not in {"date", "category"}

    def shortened(self, scenario: Scenario) -> Scenario:
        """Drop the years that come later, unless the number depends on them."""
        if VARIABLES[self.variable].kind == "date" or self.year == scenario.end:
            return scenario
        return scenario.with_years(scenario.start, self.year)


@dataclass(frozen=True)
class Effect:
    """What a small step of one record does to the number.

    Attributes
    ----------
    path
        Of the record.
    step
        Its step: a share of its value where ``relative``, or else in its own unit.
    relative
        Whether the step is a share.
    change
        Of the number, in its stored unit; None where the number appears or disappears, or no run was possible.
    elasticity
        Relative change of the number over the step: percent per percent, or share of the number per unit of the record
        where the step is not relative. None where the number is zero, a date or a category.
    whole
        The world reads it as a whole number or a year: its step is a whole one.
    """

    path: str
    step: float
    relative: bool
    change: float | None
    elasticity: float | None
    whole: bool = False

    @property
    def size(self) -> float:
        """How much it matters, for the order of a list."""
        if self.elasticity is not None:
            return abs(self.elasticity)
        return math.inf if self.change is None else abs(self.change / self.step)


def effects(
    scenario: Scenario,
    target: Target,
    arrays: Sequence[str],
    scalars: Sequence[str],
    progress: Progress | None = None,
) -> tuple[list[Effect], list[str]]:
    """Effects of records on a number, the strongest first, records without any effect left out.

    Parameters
    ----------
    scenario
        Already shortened to the years that matter.
    target
        The number.
    arrays
        Records read through `Inputs`.
    scalars
        Records read once for all members.
    progress
        Called with what is tried and the share done.

    Returns
    -------
    list of Effect, list of str
        What moves the number; and records that cannot be moved alone.
    """
    tell = progress or (lambda _what, _share: None)
    readable, stubborn = _readable(scenario, target, tuple(arrays))
    found = _array_effects(scenario, target, readable)
    search = _Search(scenario, target, len(scalars) + len(stubborn), tell)
    search.look(sorted({*scalars, *stubborn}))
    return sorted([*found, *search.found], key=lambda effect: -effect.size), search.broken


def _readable(scenario: Scenario, target: Target, paths: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part records into those that may differ between members and those that the world wants as one number."""
    try:
        run_moves(scenario, [nudged(path, scenario.record(path))[0] for path in paths], (target.variable,))
    except BROKEN:
        if len(paths) == 1:
            return (), paths
        half = len(paths) // 2
        left, right = (_readable(scenario, target, part) for part in (paths[:half], paths[half:]))
        return left[0] + right[0], left[1] + right[1]
    return paths, ()


def _array_effects(scenario: Scenario, target: Target, paths: Sequence[str]) -> list[Effect]:
    moves = [nudged(path, scenario.record(path)) for path in paths]
    arrays = run_moves(scenario, [move for move, _, _ in moves], (target.variable,))
    members = arrays[target.variable][scenario.years.index(target.year), SIDES.index(target.side)]
    still = same(members, members[:1])
    return [
        _effect(path, step, float(members[0]), float(members[place]), target, relative=relative, whole=False)
        for place, (path, (_, step, relative)) in enumerate(zip(paths, moves, strict=True), start=1)
        if not still[place]
    ]


def central_value(scenario: Scenario, target: Target) -> float:
    """Run the central member and read the number."""
    recorder = Recorder(scenario.years, 1, (target.variable,))
    with World(Inputs(scenario, CentralDraws()), recorder) as world:
        world.run()
        return float(recorder.read(target.variable, target.side, target.year)[0])


class _Search:
    """Looks for the scalars that matter, by halves."""

    def __init__(self, scenario: Scenario, target: Target, wanted: int, tell: Progress) -> None:
        self.scenario = scenario
        self.target = target
        self.base = central_value(scenario, target)
        self.found: list[Effect] = []
        self.broken: list[str] = []
        self._tell = tell
        self._wanted = max(wanted, 1)
        self._done = 0

    def look(self, paths: Sequence[str]) -> None:
        """Find the effects of some records: none where all together, by steps of different size, move nothing."""
        if not paths:
            return
        if len(paths) == 1:
            self._try(paths[0])
        elif self._still(paths):
            self._count(len(paths), paths[0])
        else:
            half = len(paths) // 2
            self.look(paths[:half])
            self.look(paths[half:])

    def _still(self, paths: Sequence[str]) -> bool:
        moves = [_uneven(place, path, self.scenario) for place, path in enumerate(paths)]
        try:
            value = central_value(with_values(self.scenario, moves), self.target)
        except BROKEN:
            return False
        return bool(same(np.array(value), np.array(self.base)))

    def _try(self, path: str) -> None:
        self._count(1, path)
        record = self.scenario.record(path)
        move, step, relative = nudged(path, record, whole=True)
        try:
            value = central_value(with_values(self.scenario, [move]), self.target)
        except BROKEN:
            self.broken.append(path)
            return
        if not same(np.array(value), np.array(self.base)):
            whole = is_date(record) or is_count(record)
            self.found.append(_effect(path, step, self.base, value, self.target, relative=relative, whole=whole))

    def _count(self, more: int, path: str) -> None:
        self._done += more
        self._tell(path, self._done / self._wanted)


def _uneven(place: int, path: str, scenario: Scenario) -> Move:
    """Move one record of many by a step of its own size, so that ratios of two of them move too."""
    record = scenario.record(path)
    move = nudged(path, record, whole=True)[0]
    if is_date(record) or is_count(record):
        return move
    factor = 1.0 + (place % 7) / 10
    central = [point.value for _, point in record.points()]
    return Move(path, tuple(c + factor * (v - c) for c, v in zip(central, move.values, strict=True)))


def _effect(
    path: str, step: float, base: float, moved: float, target: Target, *, relative: bool, whole: bool
) -> Effect:
    change = moved - base
    if not math.isfinite(change):
        return Effect(path, step, relative, None, None, whole)
    share = change / abs(base) / step if target.counts and base != 0.0 else None
    return Effect(path, step, relative, change, share, whole)
