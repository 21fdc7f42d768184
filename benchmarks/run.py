"""Measure the speeds of podrace and write them into docs/performance.md (`make bench`).

Every figure comes from a fresh process with one thread; figures that are compared come from the same process.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from machine import in_words

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ENVIRONMENT = os.environ | dict.fromkeys(THREADS, "1")


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


def speed_table(speeds, sizes, memory, layouts, prior, sweeps):
    """Write the table of speeds beside their targets."""
    members, per_member = speeds["members"], speeds["again"] / speeds["members"]
    total = sum(speeds["operations"].values())
    rows = [
        (f"baseline, {members:,} members, everything recorded, curves included", f"{members / speeds['first']:,.0f} members/s",
         "8,000 members/s"),
        ("the same again, curves cached (best of 3)", f"{members / speeds['again']:,.0f} members/s", ""),
        ("the curves by themselves", f"{sizes['curves']:.2f} s", "under 0.5 s"),
        (f"chip, pod, cluster size, model ({layouts['pods']} pods, {layouts['models']} models, {layouts['sizes']} sizes), best "
         "parallel layout found", f"{layouts['per_minute']:,.0f} evaluations a minute", "1,000,000"),
        ("per member: ensemble, curves cached", f"{per_member * 1e6:,.0f} µs", ""),
        (f"per member: `mesa.batch_run` of the same World, one member at a time ({speeds['batch_runs']} of them)",
         f"{speeds['batch'] * 1e3:,.1f} ms", ""),
        ("ensemble against `mesa.batch_run`", f"{speeds['batch'] / per_member:,.0f}×", "500×"),
        (f"per member: scalar Python, the same {total:,} operations", f"{speeds['scalar'] * 1e3:,.2f} ms", ""),
        ("ensemble against scalar Python", f"{speeds['scalar'] / per_member:,.0f}×", "10×"),
        ("`podrace run baseline --no-figures --members 1`, whole process",
         f"{wall('run', 'baseline', '--no-figures', '--members', '1', '--out', 'result'):.2f} s", "under 3 s"),
        ("`podrace --help`, whole process", f"{wall('--help'):.2f} s", "under 0.3 s"),
        (f"prior of a calibration to 2024, {prior['members']:,} members, two processes", f"{prior['seconds']:.0f} s", "under 60 s"),
        (f"peak memory, {members:,} members ({memory['data']:,.0f} MB of them the dataset)",
         f"{memory['peak']:,.0f} MB", ""),
        ("peak memory, 1 member", f"{memory['one_member']:,.0f} MB", ""),
    ]  # fmt: skip
    lines = ["| what | measured | at least |", "| --- | ---: | ---: |", *(f"| {' | '.join(row)} |" for row in rows)]
    lines += sweep_rows(*sweeps) if sweeps else []
    lines += ["", "| members in a block | " + " | ".join(f"{int(size):,}" for size in sizes["speeds"]) + " |"]
    lines += ["| --- |" + " ---: |" * len(sizes["speeds"])]
    lines += ["| members/s | " + " | ".join(f"{speed:,.0f}" for speed in sizes["speeds"].values()) + " |"]
    return lines


def sensitivity_row(found):
    """Say how long the indices of 50 parameters take, the screening and the workers' start included."""
    what = (
        f"Sobol' indices of {found['parameters']} parameters × {found['samples']:,} base samples ({found['runs']:,} runs, "
        f"screening of {found['screened']} parameters before), {found['workers']} workers"
    )
    return f"| {what} | {found['seconds']:.1f} s | under 30 s on 2 cores |"


def sweep_rows(one, two, every):
    """Write rows of the sweeps: a tenth of the members with one worker and with two, then all of them."""
    rows = [
        (f"`podrace sweep million_futures`: {every['members']:,} members, {every['outputs']} variables, drawn parameters too, "
         "two workers, whole process, summary included", f"{every['whole']:.0f} s", "120 s"),
        (f"the same, parts alone: {every['members']:,} members against {two['members']:,}",
         f"{every['members'] / every['parts']:,.0f} against {two['members'] / two['parts']:,.0f} members/s", "linear"),
        (f"a second worker ({two['members']:,} members, parts alone, start of the workers included)",
         f"{one['parts'] / two['parts']:.2f}×", "1.6×"),
        ("peak memory of any process of these sweeps", f"{every['peak']:,.0f} MB", "under 600 MB"),
        ("on disk", f"{every['bytes'] / every['members']:,.0f} bytes a member", ""),
    ]  # fmt: skip
    return [f"| {' | '.join(row)} |" for row in rows]


def operations_text(speeds):
    """Say which operations were counted."""
    operations = speeds["operations"]
    total = sum(operations.values())
    most = ", ".join(f"{name} {times:,}" for name, times in list(operations.items())[:12])
    rest = total - sum(list(operations.values())[:12])
    return (
        f"Counted operations of one run of one member: **{total:,}** ({most}, others {rest:,}); "
        f"{speeds['seen']:.1%} of the recorded arrays carried the count."
    )


def main():
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=16_384)
    parser.add_argument("--runs", type=int, default=40, help="members for mesa.batch_run")
    parser.add_argument("--prior", type=int, default=500_000, help="members of the calibration's prior")
    parser.add_argument("--sweep", type=int, default=1_000_000, help="members of the sweep; 0 leaves it out")
    parser.add_argument("--dry", action="store_true", help="print only")
    asked = parser.parse_args()
    speeds = child("speeds.py", asked.members, asked.runs)
    sizes = child("sizes.py", 4 * asked.members)
    memory = child("peak.py", asked.members)
    prior = child("calibration.py", asked.prior)
    sweeps = child("sweeps.py", asked.sweep) if asked.sweep else []
    table = speed_table(speeds, sizes, memory, child("layouts.py", 3), prior, sweeps)
    table.insert(table.index(""), sensitivity_row(child("indices.py")))
    lines = [f"Machine: {in_words()}.", "", *table, "", operations_text(speeds)]
    text = "\n".join(lines)
    print(text)
    if not asked.dry:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
