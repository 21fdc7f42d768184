"""An ensemble: members in blocks, the central run beside them, everything labelled."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model.book import AgentBook
from ..model.numbers import Array
from ..model.record import Recorder, as_dataset, blank
from ..model.world import World
from ..scenarios.draws import CentralDraws, MemberDraws
from ..scenarios.inputs import Inputs

if TYPE_CHECKING:
    import xarray as xr

    from ..scenarios.scenario import Scenario

BLOCK = 8192
BOOKED = 500
"""Members for which the book of agents is kept: the first ones."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Block:
    """What one block of members gives back: plain arrays, so that it travels between processes.

    `arrays` is None where the block wrote straight into the ensemble's arrays.
    """

    start: int
    arrays: dict[str, Array] | None
    drawn: dict[str, Array]
    flows: pd.DataFrame | None = None
    agents: pd.DataFrame | None = None


@dataclass(frozen=True)
class Ensemble:
    """A run: `data` (member, year, side), `central` (year, side), `inputs` by member, `events` of the central run.

    `flows` (who supplied whom) and `agents` (measures of each named agent) give quantiles over the first members.
    """

    scenario: Scenario
    data: xr.Dataset
    central: xr.Dataset
    inputs: pd.DataFrame
    events: pd.DataFrame
    seed: int
    members: int
    seconds: float
    flows: pd.DataFrame
    agents: pd.DataFrame


def run_block(
    scenario: Scenario,
    seed: int,
    start: int,
    stop: int,
    variables: tuple[str, ...] | None = None,
    into: dict[str, Array] | None = None,
    *,
    booked: int = BOOKED,
) -> Block:
    """Run members start to stop, writing into given arrays or fresh ones; the world is released whatever happens.

    The book of agents is kept for the first ``booked`` members of the run; 0 keeps none.
    """
    inputs = Inputs(scenario, MemberDraws(seed, start, stop))
    recorder = Recorder(scenario.years, inputs.members, variables, into)
    book = AgentBook(scenario.years, booked if start == 0 else 0)
    with World(inputs, recorder, book=book) as world:
        world.run()
        tables = (book.flows(), book.measures()) if book.on else (None, None)
        return Block(start, recorder.arrays() if into is None else None, inputs.drawn(), *tables)


def run_central(scenario: Scenario) -> tuple[dict[str, Array], pd.DataFrame]:
    """Run the central member (every parameter at its central value, every decision at u = 0.5) and log decisions."""
    inputs = Inputs(scenario, CentralDraws())
    recorder = Recorder(scenario.years, 1)
    with World(inputs, recorder, log=True) as world:
        world.run()
        return recorder.arrays(), world.events.table()


def run_members(scenario: Scenario, members: int, seed: int = 0) -> xr.Dataset:
    """Run the members alone, without central run, events and book: the `data` of :func:`run_ensemble`, bit for bit."""
    arrays = blank(scenario.years, members)
    for start, stop in blocks(members, BLOCK):
        views = {name: array[:, :, start:stop] for name, array in arrays.items()}
        run_block(scenario, seed, start, stop, into=views, booked=0)
    return as_dataset(arrays, scenario.years)


def blocks(members: int, size: int) -> list[tuple[int, int]]:
    """Cut members into blocks.

    >>> blocks(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    return [(start, min(start + size, members)) for start in range(0, members, size)]


def run_ensemble(
    scenario: Scenario,
    members: int = 1000,
    seed: int = 0,
    *,
    block: int = BLOCK,
    workers: int = 1,
    variables: tuple[str, ...] | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Run a scenario over members; the result does not depend on block size or number of workers.

    Parameters
    ----------
    scenario : resolved scenario
    members : at least one
    seed : base seed of all draws
    block : members computed together
    workers : processes; 1 stays in this one
    variables : ids to record, None for all
    progress : called with members done and wanted
    """
    if members < 1:
        message = f"members must be at least 1, found {members}"
        raise ValueError(message)
    began = time.perf_counter()
    central, events = run_central(scenario)
    arrays = blank(scenario.years, members, variables)
    done, drawn_parts = 0, []
    books: list[pd.DataFrame] = []
    for part, (start, stop) in _run_blocks(scenario, seed, blocks(members, block), workers, arrays):
        drawn_parts.append(part.drawn)
        books += [table for table in (part.flows, part.agents) if table is not None]
        if part.arrays is not None:
            for name, array in part.arrays.items():
                arrays[name][:, :, start:stop] = array
        done += stop - start
        if progress:
            progress(done, members)
    drawn = {name: np.concatenate([part[name] for part in drawn_parts]) for name in drawn_parts[0]}
    data = as_dataset(arrays, scenario.years)
    index = pd.RangeIndex(members, name="member")
    return Ensemble(
        scenario,
        data,
        as_dataset(central, scenario.years).isel(member=0, drop=True),
        pd.DataFrame(drawn, index=index),
        events,
        seed,
        members,
        time.perf_counter() - began,
        *books,
    )


def _run_blocks(
    scenario: Scenario, seed: int, cuts: list[tuple[int, int]], workers: int, arrays: dict[str, Array]
) -> Iterator[tuple[Block, tuple[int, int]]]:
    """Run blocks here, or in a pool of fresh processes (no global start method is touched), in order."""
    if workers <= 1 or len(cuts) == 1:
        for start, stop in cuts:
            views = {name: array[:, :, start:stop] for name, array in arrays.items()}
            yield run_block(scenario, seed, start, stop, into=views), (start, stop)
        return
    with ProcessPoolExecutor(min(workers, len(cuts), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(run_block, scenario, seed, start, stop, tuple(arrays)) for start, stop in cuts]
        for future, cut in zip(waiting, cuts, strict=True):
            yield future.result(), cut
