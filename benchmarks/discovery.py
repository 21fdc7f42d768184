"""Scenario discovery in a finished run, PRIM and CART, figures left out; printed as JSON."""

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import podrace
from podrace.reports.sensitivity.discovery import discover

WHERE, YEAR = "cluster_training_eflops.china > 0.7 * cluster_training_eflops.us", 2030


def main(members):
    """Measure each method, reading the result included."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "run")
        podrace.run(podrace.load("baseline"), members=members).save(place, figures=False)
        seconds = {}
        for method in ("prim", "cart"):
            began = perf_counter()
            found = discover(place, WHERE, YEAR, method=method)
            seconds[method] = perf_counter() - began
    print(
        json.dumps(
            {"members": members, "seconds": seconds, "where": WHERE, "year": YEAR, "cases": found.discovery.cases}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
