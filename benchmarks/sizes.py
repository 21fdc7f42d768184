"""One process on one core: the same members in blocks of several sizes; printed as JSON."""

import json
import sys
from time import perf_counter

from machine import one_core

import podrace
from podrace.studies.ensemble import run_ensemble

SIZES = [1024 * 2**power for power in range(7)]


def main(members):
    """Measure the best of two for each size of block."""
    one_core()
    scenario = podrace.load("baseline")
    run_ensemble(scenario, 1)
    found = {}
    for size in SIZES * 2:
        began = perf_counter()
        run_ensemble(scenario, members, block=size)
        found[size] = min(found.get(size, float("inf")), perf_counter() - began)
    print(json.dumps({size: members / taken for size, taken in found.items()}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
