"""Whole processes: `podrace sweep` of one scenario at several sizes and numbers of workers; printed as JSON."""

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

STUDY = "million_futures"


def sweep(members, workers):
    """Give seconds of the whole process, of its parts alone, bytes on disk, and the peak of any process so far."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("podrace")), "sweep", STUDY, "--members", str(members), "--json"]
        began = perf_counter()
        done = subprocess.run(
            [*command, "--workers", str(workers), "--out", f"{folder}/out", "--quiet"],
            check=True,
            stdout=subprocess.PIPE,
        )
        whole = perf_counter() - began
        told = json.loads(done.stdout)
        manifest = json.loads(Path(folder, "out", "manifest.json").read_text())
    return {
        "members": members,
        "workers": workers,
        "whole": whole,
        "parts": manifest["seconds_of_parts"],
        "bytes": told["bytes"],
        "outputs": len(told["outputs"]),
        "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3),
    }


def main(members):
    """Measure a tenth of the members with one worker and with two, then all of them with two."""
    runs = [sweep(members // 10, 1), sweep(members // 10, 2), sweep(members, 2)]
    print(json.dumps(runs))


if __name__ == "__main__":
    main(int(sys.argv[1]))
