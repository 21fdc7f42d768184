"""Runs that keep chosen measures of every member, agents' too, and nothing else: what back-tests and calibration need."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..model.record import Recorder
from ..model.world import World
from ..scenarios.draws import MemberDraws
from ..scenarios.inputs import Inputs
from .ensemble import BLOCK, Progress, blocks
from .measures import Leaf, read_leaf
from .reading import Ledger

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

Reduce = Callable[[Ledger], NDArray[np.float32]]
"""Turns the ledger of a block into rows of numbers, shape (rows, members); can be sent to another process."""


def run_ledger(scenario: Scenario, seed: int, start: int, stop: int, leaves: Sequence[Leaf]) -> Ledger:
    """Run members start to stop and keep the given measures of the scenario's years."""
    inputs = Inputs(scenario, MemberDraws(seed, start, stop))
    with World(inputs, Recorder(scenario.years, inputs.members, ())) as world:
        kept = {leaf: np.full((len(scenario.years), inputs.members), np.nan) for leaf in leaves}
        while world.running:
            year = world.year
            world.step()
            if year in scenario.years:
                for leaf, page in kept.items():
                    page[scenario.years.index(year)] = read_leaf(world, leaf)
        return Ledger(scenario.years, kept)


def ledger(
    scenario: Scenario, members: int, seed: int, leaves: Sequence[Leaf], progress: Progress | None = None
) -> Ledger:
    """Run an ensemble in this process and keep measures of all its members."""
    parts = []
    for start, stop in blocks(members, BLOCK):
        parts.append(run_ledger(scenario, seed, start, stop, leaves))
        if progress:
            progress(stop, members)
    values = {leaf: np.concatenate([part.values[leaf] for part in parts], axis=1) for leaf in leaves}
    return Ledger(scenario.years, values)


def reduced(
    scenario: Scenario,
    members: int,
    seed: int,
    leaves: Sequence[Leaf],
    reduce: Reduce,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Run a large ensemble in a pool of processes and keep what `reduce` makes of each block, shape (rows, members).

    Parameters
    ----------
    scenario, members, seed, leaves : as in :func:`ledger`
    reduce : a function that can be pickled
    workers : processes; as many as there are processors by default, 1 stays in this one
    progress : called with members done and wanted
    """
    cuts = blocks(members, BLOCK)
    found: NDArray[np.float32] | None = None
    for (start, stop), rows in _each(scenario, seed, cuts, leaves, reduce, workers or os.cpu_count() or 1):
        if found is None:
            found = np.empty((len(rows), members), dtype=np.float32)
        found[:, start:stop] = rows
        if progress:
            progress(stop, members)
    assert found is not None
    return found


def _each(
    scenario: Scenario, seed: int, cuts: list[tuple[int, int]], leaves: Sequence[Leaf], reduce: Reduce, workers: int
) -> Iterator[tuple[tuple[int, int], NDArray[np.float32]]]:
    """Give each block's rows in order; each process is told the scenario once."""
    if workers <= 1 or len(cuts) == 1:
        for cut in cuts:
            yield cut, reduce(run_ledger(scenario, seed, *cut, leaves))
        return
    told = (scenario, seed, tuple(leaves), reduce)
    with ProcessPoolExecutor(
        min(workers, len(cuts)), mp_context=get_context("spawn"), initializer=_prepare, initargs=told
    ) as pool:
        yield from zip(cuts, pool.map(_one, cuts), strict=True)


_told: dict[str, Any] = {}
"""What a worker process was told when it started."""


def _prepare(scenario: Scenario, seed: int, leaves: Sequence[Leaf], reduce: Reduce) -> None:
    _told.update(scenario=scenario, seed=seed, leaves=leaves, reduce=reduce)


def _one(cut: tuple[int, int]) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = _told["reduce"](run_ledger(_told["scenario"], _told["seed"], *cut, _told["leaves"]))
    return rows
