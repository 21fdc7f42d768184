"""One process on one core: the ensemble, a loop over members, Mesa's own batch runner, scalar Python; printed as JSON."""

import json
import sys
from time import perf_counter

import mesa
import xarray  # noqa: F401 (what a run imports on first use stands outside the times, as the page says)
from counting import count
from machine import one_core
from scalar import seconds

import podrace
from podrace.model.world import World
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs
from podrace.studies.ensemble import run_ensemble


class OneMember(World):
    """The same World, as `mesa.batch_run` wants it: one member, a data collector (empty: the World records)."""

    def __init__(self, told, base_seed, member, **_given):  # newer Mesa hands an rng to every model
        super().__init__(Inputs(told, MemberDraws(base_seed, member, member + 1)))
        self.datacollector = mesa.DataCollector()


def timed(job):
    """Give the seconds a job takes."""
    began = perf_counter()
    job()
    return perf_counter() - began


def main(members, runs):
    """Measure everything, per member."""
    one_core()
    scenario = podrace.load("baseline")
    first = timed(lambda: run_ensemble(scenario, members))  # curves included: nothing is cached yet
    again = min(timed(lambda: run_ensemble(scenario, members)) for _ in range(3))
    batch = timed(
        lambda: mesa.batch_run(
            OneMember,
            {"told": [scenario], "base_seed": 0, "member": range(runs)},
            number_processes=1,
            display_progress=False,
        )
    )
    loop = timed(lambda: [run_ensemble(scenario, 1, seed) for seed in range(runs)])
    operations, seen = count(scenario)
    scalar = seconds(operations)
    found = {
        "members": members,
        "first": first,
        "again": again,
        "batch": batch / runs,
        "loop": loop / runs,
        "runs": runs,
        "scalar": scalar,
        "operations": dict(operations.most_common()),
        "seen": seen,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
