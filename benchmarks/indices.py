"""All cores: Sobol' indices of the baseline's 50 strongest parameters, screening included; printed as JSON."""

import json
import os

import podrace
from podrace.studies.sensitivity import SAMPLES, TOP, sensitivity


def main():
    """Measure one study as `podrace sensitivity baseline` does it."""
    workers = os.cpu_count() or 1
    study = sensitivity(podrace.load("baseline"), "fleet_h100e", 2030, "ratio", workers=workers)
    found = {
        "parameters": TOP,
        "samples": SAMPLES["sobol"],
        "runs": study.indices.runs,
        "screened": len(study.screening.table),
        "workers": workers,
        "seconds": study.seconds,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
