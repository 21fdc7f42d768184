"""The tables of docs/performance.md, from what was measured. A group that was not measured has no rows."""

SECONDS_OF_AN_HOUR = 3600
BILLION = 1_000_000_000


def page_text(measured):
    """Write all tables that there are numbers for."""
    found = {name: entry["found"] for name, entry in measured.items()}
    parts = [
        machines(measured),
        speed_table(found),
        engines_table(found),
        blocks_table(found.get("blocks")),
        scaling_table(found.get("scaling")),
        workers_table(found.get("workers")),
        billion(found.get("scaling")),
        operations_text(found.get("engine")),
    ]
    return "\n\n".join(part for part in parts if part)


def machines(measured):
    """Say when and on what each group was measured; one line where it is the same for all."""
    groups = {}
    for name, entry in measured.items():
        groups.setdefault((entry["date"], entry["machine"]), []).append(name)
    if len(groups) == 1:
        return "".join(f"Measured on {date}: {machine}." for date, machine in groups)
    return "\n".join(
        f"* {', '.join(names)}: measured on {date}: {machine}." for (date, machine), names in sorted(groups.items())
    )


def table(head, rows):
    """Write a table whose first column holds words and whose others hold numbers."""
    if not rows:
        return ""
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def speed_table(found):
    """Write speeds beside their targets."""
    makers = {
        "engine": engine_rows,
        "blocks": lambda blocks: [("the hardware curves by themselves", f"{blocks['curves']:.2f} s", "under 0.5 s")],
        "layouts": layout_rows,
        "commands": command_rows,
        "calibration": calibration_rows,
        "sensitivity": sensitivity_rows,
        "discovery": discovery_rows,
        "memory": memory_rows,
        "scaling": sweep_rows,
        "workers": worker_rows,
    }
    rows = [row for name, rows_of in makers.items() if name in found for row in rows_of(found[name])]
    return table(("what", "measured", "target"), rows)


def engine_rows(engine):
    """Rows of the ensemble."""
    members = engine["members"]
    return [
        (f"baseline, {members:,} members, everything recorded, the first time in a process", f"{members / engine['first']:,.0f} members/s", ""),
        ("the same again, curves cached by content (best of 3)", f"{members / engine['again']:,.0f} members/s", "8,000 members/s"),
    ]  # fmt: skip


def layout_rows(layouts):
    """Row of the hardware model."""
    what = (
        f"chip, pod, cluster size, model ({layouts['pods']} pods, {layouts['models']} models, {layouts['sizes']} sizes), "
        "best parallel layout found"
    )
    return [(what, f"{layouts['per_minute']:,.0f} evaluations a minute", "1,000,000")]


def command_rows(commands):
    """Rows of whole processes."""
    targets = {"run": "under 3 s", "help": "under 0.3 s"}
    return [
        (f"`podrace {about['words']}`, whole process", f"{about['seconds']:.2f} s", targets[name])
        for name, about in commands.items()
    ]


def calibration_rows(prior):
    """Row of the calibration."""
    what = f"prior of a calibration to 2024, {prior['members']:,} members, two processes"
    return [(what, f"{prior['seconds']:.0f} s", "under 60 s")]


def sensitivity_rows(study):
    """Row of the indices, the screening and the workers' start included."""
    what = (
        f"Sobol' indices of {study['parameters']} parameters × {study['samples']:,} base samples ({study['runs']:,} runs, "
        f"screening of {study['screened']} parameters before), {study['workers']} workers"
    )
    return [(what, f"{study['seconds']:.1f} s", "under 30 s on 2 cores")]


def discovery_rows(found):
    """Row of scenario discovery."""
    seconds = " and ".join(f"{seconds:.1f} s" for seconds in found["seconds"].values())
    what = f"scenario discovery in a run of {found['members']:,} members ({found['cases']:,} cases), PRIM and CART"
    return [(what, seconds, "")]


def memory_rows(memory):
    """Rows of the ensemble's memory."""
    return [
        (f"peak memory, {memory['members']:,} members ({memory['data']:,.0f} MB of them the dataset)", f"{memory['peak']:,.0f} MB", ""),
        ("peak memory, 1 member", f"{memory['one_member']:,.0f} MB", ""),
    ]  # fmt: skip


def sweep_rows(scaling):
    """Rows of the largest sweep."""
    most = scaling["runs"][-1]
    what = (
        f"`podrace sweep million_futures`: {most['members']:,} members, {most['outputs']} variables, drawn parameters too, "
        f"{scaling['workers']} workers, whole process, summary included"
    )
    return [
        (what, f"{most['whole']:.0f} s", "120 s"),
        ("peak memory of a worker of that sweep", f"{most['worker_mb']:,.0f} MB", "under 600 MB"),
    ]


def worker_rows(workers):
    """Row of what a second worker brings."""
    one, two, *_ = workers["runs"].values()
    what = f"a second worker ({workers['members']:,} members, start of the workers included)"
    return [(what, f"{one['parts'] / two['parts']:.2f}×", "1.6×")]


def engines_table(found):
    """Compare the ensemble with other ways to run the same model, each with the ensemble of its own process."""
    rows = []
    if engine := found.get("engine"):
        ours, runs = engine["again"] / engine["members"], engine["runs"]
        total = sum(engine["operations"].values())
        rows += [
            engine_row("ensemble, one core", ours, ours, ""),
            engine_row(f"a loop of `pr.run(scenario, members=1)` ({runs} of them)", engine["loop"], ours, ""),
            engine_row(f"`mesa.batch_run` of the same World, one member at a time ({runs})", engine["batch"], ours, "500×"),
            engine_row(f"scalar Python, the same {total:,} operations and nothing else", engine["scalar"], ours, "10×"),
        ]  # fmt: skip
    if bench := found.get("workbench"):
        many, processes = bench["experiments"], bench["processes"]
        rows += [
            engine_row(f"EMA Workbench, `SequentialEvaluator` ({many})", bench["sequential"], bench["ours"], ""),
            engine_row(f"EMA Workbench, `MultiprocessingEvaluator`, {processes} processes ({many})", bench["parallel"], bench["ours_parallel"], ""),
        ]  # fmt: skip
    text = table(("the same model by", "a member takes", "the ensemble is faster by", "target"), rows)
    if bench:
        verdict = "the same numbers, bit for bit" if bench["same"] else "NOT the same numbers"
        text += (
            f"\n\nThe workbench samples {bench['uncertainties']} uncertainties; at its samples the ensemble gave "
            f"**{verdict}**. It is compared with the ensemble under the same conditions: one process "
            f"({duration(bench['ours'])} a member), or {bench['processes']} ({duration(bench['ours_parallel'])}), "
            "start of the processes included."
        )
    return text


def engine_row(what, theirs, ours, target):
    """Row of one way to run the model."""
    return what, duration(theirs), f"{theirs / ours:,.0f}×" if theirs != ours else "", target


def duration(seconds):
    """Write seconds with a fitting unit."""
    return f"{seconds * 1e6:,.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:,.1f} ms"


def blocks_table(blocks):
    """Write speeds by the size of a block."""
    if not blocks:
        return ""
    head = ("members in a block", *(f"{int(size):,}" for size in blocks["speeds"]))
    return table(head, [("members/s", *(f"{speed:,.0f}" for speed in blocks["speeds"].values()))])


def scaling_table(scaling):
    """Write sweeps by the number of members."""
    if not scaling:
        return ""
    head = (f"members ({scaling['workers']} workers)", "whole process", "parts alone", "members/s of the parts", "on disk", "bytes a member",
            "peak, sweeping process", "peak, a worker")  # fmt: skip
    rows = [
        (
            f"{run['members']:,}",
            f"{run['whole']:.1f} s",
            f"{run['parts']:.1f} s",
            f"{run['members'] / run['parts']:,.0f}",
            f"{run['bytes'] / 1e6:,.1f} MB",
            f"{run['bytes'] / run['members']:,.0f}",
            f"{run['main_mb']:,.0f} MB",
            f"{run['worker_mb']:,.0f} MB" if run["worker_mb"] else "–",
        )
        for run in scaling["runs"]
    ]
    return table(head, rows)


def workers_table(workers):
    """Write sweeps by who computes, and whether all gave the same files."""
    if not workers:
        return ""
    runs = workers["runs"]
    first = next(iter(runs.values()))
    rows = [
        (
            name,
            f"{run['whole']:.1f} s",
            f"{run['parts']:.1f} s",
            f"{first['parts'] / run['parts']:.2f}×",
            f"{run['main_mb']:,.0f} MB",
            f"{run['worker_mb']:,.0f} MB" if run["worker_mb"] else "–",
            f"`{run['checksum'][:12]}`",
        )
        for name, run in runs.items()
    ]
    head = (f"{workers['members']:,} members", "whole process", "parts alone", "faster by", "peak, sweeping process", "peak, a worker",
            "SHA-256 of all files")  # fmt: skip
    alike = len({run["checksum"] for run in runs.values()}) == 1
    verdict = "Every file of the three datasets is the same, byte for byte." if alike else "THE DATASETS DIFFER."
    return f"{table(head, rows)}\n\n{verdict}"


def billion(scaling):
    """Say what a billion members need, from the largest sweep that was measured."""
    if not scaling:
        return ""
    run = scaling["runs"][-1]
    digest = next((run for run in scaling["runs"] if "digest" in run), None)
    core_seconds = scaling["workers"] * run["parts"] / run["members"]
    feeding = run["main_cpu"] / run["members"]
    size = run["bytes"] / run["members"] * BILLION
    cores = int(core_seconds / feeding) if feeding else 0
    text = (
        f"**A billion members** (of the baseline, as above) need by these measurements {hours(core_seconds * BILLION)} core hours: "
        f"{hours(core_seconds * BILLION / 2)} hours on 2 cores, {hours(core_seconds * BILLION / 64)} on 64. "
        f"They take {size / 1e12:.1f} TB on disk in {run['files'] * BILLION // run['members']:,} files, "
        f"and {run['worker_mb'] / 1e3:.1f} GB of memory for each worker, as a million do. "
        f"The one process that writes is busy for {feeding * 1e6:.0f} µs a member, start included: it keeps up with some {cores} "
        f"workers, and writes {size / BILLION / core_seconds * cores / 1e6:,.0f} MB/s then; more workers want several sweeps "
        "(a study for each part of the levers, or a seed for each). "
    )
    if digest:
        summary = digest["digest"] / digest["members"]
        text += (
            f"The summary of more than ten million members, by t-digest on one core, took {summary * 1e6:.0f} µs a member: "
            f"{hours(summary * BILLION)} hours. "
        )
    return text + f"Measured up to {run['members']:,} members; what lies beyond is computed, not tried."


def hours(seconds):
    """Write hours with two digits that mean something."""
    value = seconds / SECONDS_OF_AN_HOUR
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def operations_text(engine):
    """Say which operations were counted."""
    if not engine:
        return ""
    operations = engine["operations"]
    total = sum(operations.values())
    most = list(operations.items())[:12]
    rest = total - sum(times for _, times in most)
    return (
        f"Counted operations of one run of one member: **{total:,}** "
        f"({', '.join(f'{name} {times:,}' for name, times in most)}, others {rest:,}); "
        f"{engine['seen']:.1%} of the recorded arrays carried the count."
    )
