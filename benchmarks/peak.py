"""One process: peak memory of an ensemble, everything recorded; printed as JSON."""

import json
import resource
import sys

import podrace
from podrace.studies.ensemble import run_ensemble


def peak_mb():
    """Give the most memory this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    told = podrace.load("baseline")
    run_ensemble(told, 1)
    before = peak_mb()
    ensemble = run_ensemble(told, int(sys.argv[1]))
    print(
        json.dumps(
            {"members": ensemble.members, "one_member": before, "peak": peak_mb(), "data": ensemble.data.nbytes / 1e6}
        )
    )
