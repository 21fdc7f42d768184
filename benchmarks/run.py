"""Measure the speeds of podrace and write them into docs/performance.md (`make bench`).

Every figure comes from a fresh process with one thread; figures that are compared come from the same process. What was
measured is kept in measured.json, group by group, so that one group can be measured anew (`--only`) and the others stand.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from machine import in_words
from page import page_text

HERE = Path(__file__).resolve().parent
KEPT = HERE / "measured.json"
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ENVIRONMENT = os.environ | dict.fromkeys(THREADS, "1")
COMMANDS = {"run": "run baseline --no-figures --members 1", "help": "--help"}

GROUPS = {
    "engine": lambda asked: child("speeds.py", asked.members, asked.runs),
    "workbench": lambda asked: child("workbench.py", asked.experiments, asked.members),
    "blocks": lambda asked: child("sizes.py", 2 * asked.members),
    "memory": lambda asked: child("peak.py", asked.members),
    "layouts": lambda _asked: child("layouts.py", 3),
    "commands": lambda _asked: {
        name: {"words": words, "seconds": wall(*words.split())} for name, words in COMMANDS.items()
    },
    "calibration": lambda asked: child("calibration.py", asked.prior),
    "sensitivity": lambda _asked: child("indices.py"),
    "discovery": lambda asked: child("discovery.py", asked.members),
    "workers": lambda asked: asked.sweep and child("sweeps.py", "workers", max(asked.sweep // 5, 1)),
    "scaling": lambda asked: asked.sweep and child("sweeps.py", "scaling", asked.sweep),
}
"""What can be measured, in the order in which it is; each gives plain values for measured.json, or nothing."""


def child(script, *numbers):
    """Run one of the scripts beside this one, give what it found."""
    command = [sys.executable, str(HERE / script), *map(str, numbers)]
    return json.loads(subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE).stdout)


def wall(*words, repeats=5):
    """Give the least seconds of several whole `podrace` processes."""
    best = float("inf")
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            began = perf_counter()
            command = [str(Path(sys.executable).with_name("podrace")), *words]
            subprocess.run(command, env=ENVIRONMENT, check=True, cwd=folder, capture_output=True)
            best = min(best, perf_counter() - began)
    return best


def names(text):
    """Read a list of groups."""
    found = text.split(",")
    if unknown := [name for name in found if name not in GROUPS]:
        message = f"{', '.join(unknown)}: not a group; choose from {', '.join(GROUPS)}"
        raise argparse.ArgumentTypeError(message)
    return found


def asked_for():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=names, default=list(GROUPS), metavar="NAME[,NAME]", help=", ".join(GROUPS))
    parser.add_argument("--members", type=int, default=16_384)
    parser.add_argument("--runs", type=int, default=40, help="members run one at a time")
    parser.add_argument("--experiments", type=int, default=60, help="members behind EMA Workbench")
    parser.add_argument("--prior", type=int, default=500_000, help="members of the calibration's prior")
    parser.add_argument(
        "--sweep", type=int, default=1_000_000, help="members of the largest sweep; 0 leaves sweeps out"
    )
    parser.add_argument("--dry", action="store_true", help="print only, keep and write nothing")
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page from what was kept")
    return parser.parse_args()


def measure(asked, keep):
    """Measure the groups asked for, and hand on each as it is done."""
    for name in asked.only:
        print(f"measuring {name} ...", end=" ", file=sys.stderr, flush=True)
        began = perf_counter()
        if found := GROUPS[name](asked):
            keep({name: {"date": datetime.now(UTC).date().isoformat(), "machine": in_words(), "found": found}})
        print(f"{perf_counter() - began:.0f} s", file=sys.stderr)


def kept():
    """Read what was measured before."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}


def keep(fresh):
    """Keep a group that was measured, beside the others."""
    both = kept() | fresh
    ordered = {name: both[name] for name in GROUPS if name in both}
    KEPT.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def write(text):
    """Write the measured part of the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main():
    """Measure, print, keep, and write the page."""
    asked = asked_for()
    if asked.dry:
        found = {}
        measure(asked, found.update)
        print(page_text(found))
        return
    if not asked.page:
        measure(asked, keep)
    text = page_text(kept())
    print(text)
    write(text)


if __name__ == "__main__":
    main()
