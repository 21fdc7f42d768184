"""One process on one core: how many (chip, pod, cluster size, model) evaluations a minute, search included; JSON."""

import json
import sys
from time import perf_counter

import numpy as np
from machine import one_core

import podrace
from podrace.model.hardware.coefficients import read_coefficients
from podrace.model.hardware.fabric import frontier_fabric
from podrace.model.hardware.jobs import read_jobs
from podrace.model.hardware.pods import read_pods
from podrace.model.hardware.search import search

SIZES = 256


def main(rounds):
    """Search the best layout of every model on every pod at many cluster sizes; give the best of several rounds."""
    one_core()
    told = podrace.load("baseline")
    k, jobs = read_coefficients(told), read_jobs(told).values()
    pods = [pod for pod in read_pods(told).values() if pod.chip and pod.chip.complete]
    chips = np.geomspace(64, 1_048_576, SIZES)
    best = 0.0
    for _ in range(rounds):
        began = perf_counter()
        for pod in pods:
            fabric = frontier_fabric(pod.chip, k)
            for job in jobs:
                search(pod, job, fabric, k, chips)
        best = max(best, len(pods) * len(jobs) * SIZES / (perf_counter() - began) * 60)
    print(json.dumps({"per_minute": best, "pods": len(pods), "models": len(jobs), "sizes": SIZES}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
