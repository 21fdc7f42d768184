"""The same model behind EMA Workbench's interface, one member a call, against the ensemble; printed as JSON.

Each uncertain parameter is one of the workbench's uncertainties, sampled as a quantile by its own Latin hypercube; a
function runs one member and returns the headline variables. Decisions take the same draw in all members, on both sides.
"""

import json
import os
import sys
import warnings
from functools import lru_cache
from time import perf_counter

import numpy as np
from machine import one_core

import podrace
from podrace.model.record import Recorder
from podrace.model.registry import VARIABLES
from podrace.model.world import World
from podrace.scenarios.inputs import Inputs
from podrace.studies.designs import draw_names
from podrace.studies.ensemble import BLOCK, blocks
from podrace.studies.executors import pool
from podrace.studies.factors import FactorDraws

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # of parallel libraries that are not installed
    from ema_workbench import ArrayOutcome, Model, MultiprocessingEvaluator, RealParameter, SequentialEvaluator

HEADLINE = tuple(name for name, variable in VARIABLES.items() if variable.headline)
PROCESSES = 2


@lru_cache(maxsize=1)
def baseline():
    """Give the scenario, and the uncertain parameters by the identifiers that the workbench asks for."""
    scenario = podrace.load("baseline")
    return scenario, {f"u{place}": name for place, name in enumerate(draw_names([scenario]))}


def headline(quantiles):
    """Run members at given quantiles of the parameters; give the headline variables, shape (year, side, member)."""
    scenario, names = baseline()
    columns = {names[key]: np.atleast_1d(column) for key, column in quantiles.items()}
    members = len(next(iter(columns.values())))
    draws = FactorDraws(0, members, columns, {}, np.zeros(members, dtype=np.int64))
    recorder = Recorder(scenario.years, members, HEADLINE)
    world = World(Inputs(scenario, draws), recorder)
    try:
        world.run()
        return recorder.arrays()
    finally:
        world.release()


def one_member(**quantiles):
    """Run one member, as the workbench calls a model."""
    return {name: array[:, :, 0] for name, array in headline(quantiles).items()}


def behind_the_interface():
    """Describe the model to the workbench."""
    scenario, names = baseline()
    shape = (len(scenario.years), 2)
    model = Model("podrace", function=one_member)
    model.uncertainties = [RealParameter(key, 0.0, 1.0) for key in names]
    model.outcomes = [ArrayOutcome(name, shape=shape, dtype=float) for name in HEADLINE]
    return model


def workbench(kind, experiments, **options):
    """Give the seconds of some experiments, start of the evaluator included, and what came out."""
    model = behind_the_interface()
    began = perf_counter()
    with kind(model, **options) as evaluator:
        asked, outcomes = evaluator.perform_experiments(scenarios=experiments, log_progress=True)
    return perf_counter() - began, asked, outcomes


def ensemble(members, workers):
    """Give the seconds of our blocks at random quantiles, start of the workers included."""
    _, names = baseline()
    draw = np.random.default_rng(0)
    began = perf_counter()
    with pool(workers) as executor:
        waiting = [
            executor.submit(headline, {key: draw.uniform(size=stop - start) for key in names})
            for start, stop in blocks(members, BLOCK)
        ]
        for future in waiting:
            future.result()
    return perf_counter() - began


def same(asked, outcomes):
    """Whether the ensemble gives the workbench's numbers, bit for bit."""
    ours = headline({key: asked[key].to_numpy() for key in baseline()[1]})
    return all(np.array_equal(np.moveaxis(ours[name], 2, 0), outcomes[name], equal_nan=True) for name in HEADLINE)


def main(experiments, members):
    """Measure one process on one core, then two processes."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    one_core()
    headline(dict.fromkeys(baseline()[1], 0.5))  # curves
    sequential, asked, outcomes = workbench(SequentialEvaluator, experiments)
    ours = ensemble(members, 1)
    if cores:
        os.sched_setaffinity(0, cores)
    parallel, *_ = workbench(MultiprocessingEvaluator, experiments, n_processes=PROCESSES)
    found = {
        "experiments": experiments,
        "members": members,
        "uncertainties": len(baseline()[1]),
        "processes": PROCESSES,
        "sequential": sequential / experiments,
        "parallel": parallel / experiments,
        "ours": ours / members,
        "ours_parallel": ensemble(4 * members, PROCESSES) / (4 * members),
        "same": same(asked, outcomes),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
