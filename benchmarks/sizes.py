"""One process on one core: the same members in blocks of several sizes; printed as JSON."""

import json
import sys
from time import perf_counter

from machine import one_core

import podrace
from podrace.studies.ensemble import run_ensemble

SIZES = [1024 * 2**power for power in range(6)]


def timed(scenario, members, size=SIZES[0]):
    """Give the seconds of an ensemble."""
    began = perf_counter()
    run_ensemble(scenario, members, block=size)
    return perf_counter() - began


def main(members):
    """Measure the curves (the first run against the second), then the best of two for each size of block."""
    one_core()
    scenario = podrace.load("baseline")
    found = {}
    one = [timed(scenario, 1), timed(scenario, 1)]
    for size in SIZES * 2:
        found[size] = min(found.get(size, float("inf")), timed(scenario, members, size))
    print(json.dumps({"curves": one[0] - one[1], "speeds": {size: members / taken for size, taken in found.items()}}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
