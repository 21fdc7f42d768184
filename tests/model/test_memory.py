"""Worlds let go of what they held: Mesa would keep every model alive through its agents."""

import gc
import tracemalloc
import weakref

import mesa
import numpy as np

from podrace.model.record import Recorder
from podrace.model.world import World
from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs
from podrace.studies.ensemble import run_block

SHORT = {"years.end": 2022}


def test_fifty_blocks_stay_flat():
    scenario = load("baseline", SHORT)

    def blocks(count):
        for start in range(count):
            run_block(scenario, 0, 100 * start, 100 * start + 100, ("fleet_h100e",))
        gc.collect()

    blocks(5)
    tracemalloc.start()
    try:
        blocks(1)
        before = tracemalloc.get_traced_memory()[0]
        blocks(50)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    one_block = 150 * 100 * 8
    assert after - before < 2 * one_block, f"grew by {(after - before) / 1e6:.2f} MB over 50 blocks"


def test_a_released_world_is_gone():
    known = len(getattr(mesa.Agent, "_ids", {}))
    inputs = Inputs(load("baseline", SHORT), MemberDraws(0, 0, 4))
    world = World(inputs)
    world.run()
    watched = [weakref.ref(world), weakref.ref(inputs)]
    world.release()
    del world, inputs
    gc.collect()
    assert [ref() for ref in watched] == [None, None]
    assert len(getattr(mesa.Agent, "_ids", {})) == known


def test_a_world_is_released_even_when_a_year_fails(monkeypatch):
    scenario = load("baseline", SHORT)
    alive = []

    def fail(self):
        alive.append(weakref.ref(self))
        message = "a year that fails"
        raise RuntimeError(message)

    monkeypatch.setattr(World, "step", fail)
    try:
        run_block(scenario, 0, 0, 2)
    except RuntimeError as error:
        error.__traceback__ = None
    gc.collect()
    assert len(alive) == 1
    assert alive[0]() is None


def test_what_was_recorded_outlives_the_world():
    scenario = load("baseline", SHORT)
    inputs = Inputs(scenario, MemberDraws(0, 0, 4))
    recorder = Recorder(scenario.years, 4)
    world = World(inputs, recorder).run()
    world.release()
    assert np.isfinite(recorder.arrays()["fleet_h100e"]).all()
