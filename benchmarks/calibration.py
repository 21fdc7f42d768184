"""The prior of a calibration on two processes, start of the pool included; printed as JSON."""

import json
import sys

import podrace
from podrace.scenarios.cases import HISTORY, read_cases
from podrace.studies.calibrate import calibrate


def main(members):
    """Measure the run of the prior."""
    found = calibrate(podrace.load("baseline"), read_cases(HISTORY), 2024, members, workers=2)
    print(json.dumps({"members": members, "seconds": found.seconds, "effective": found.effective}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
