"""Pictures of the founding article's thesis: what chips, pods and links are worth in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures.looks import SIDE_COLOURS, look, readable, tone
from ..figures.style import LABEL, NOTE, headings, new_figure, theme
from ..language import say
from ..wording import per_cent, times
from .parts import (
    COMPUTE,
    GLYPHS,
    JOB_LOOKS,
    MEMORY,
    SCALE_OUT,
    SCALE_UP,
    chips_axis,
    count,
    few_ticks,
    fill_of,
    glyph,
    key,
    line_look,
    log_axis,
    machine,
    share_axis,
    source,
    swatch,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = dict[str, Any]
PART_LOOKS = {
    "compute": ("compute", COMPUTE, ""),
    "memory_bound": ("memory-bound", MEMORY, "///"),
    "tensor_parallel": ("tensor parallel", SCALE_UP, "xxx"),
    "expert_all_to_all": ("expert all-to-all", "#b79bd0", "..."),
    "data_parallel": ("data parallel", SCALE_OUT, ""),
    "pipeline_bubble": ("pipeline bubble", "#c4c9d0", "\\\\\\"),
    "stragglers": ("stragglers", "#8a9099", "---"),
    "rest": ("transfers, optimiser", "#dde1e6", ""),
}
"""Where a step's time goes: name, colour, and the hatch in print."""
LEVER_LOOKS = {
    "chip FLOP/s": ("chip FLOP/s", COMPUTE),
    "memory bandwidth": ("memory", MEMORY),
    "scale-up bandwidth": ("scale-up", SCALE_UP),
    "scale-out bandwidth": ("scale-out", SCALE_OUT),
}
FRONTIER, FIXED = "frontier run, grown", "reference_moe_2t"
STROKES: tuple[tuple[str, Any], ...] = ((FRONTIER, "-"), (FIXED, (0, (3, 1.6))))
CHIPS = {"nvidia_gb300": "GB300", "huawei_ascend_950dt": "Ascend 950DT"}
DOMAINS = (8, 72, 384, 1024, 8192)


def effective_figure(rows: Sequence[Row]) -> Figure:
    """Draw useful throughput per chip, per pod and per MW: a mark for each model, pods from top to bottom."""
    pods = list(dict.fromkeys(row["pod"] for row in rows))
    panels = {"tflops_per_chip": "TFLOP/s per chip", "pflops_per_pod": "PFLOP/s per pod",
              "pflops_per_mw": "PFLOP/s per MW"}  # fmt: skip
    with theme():
        figure, axes = new_figure(3, left=0.215, right=0.985, bottom=0.22, wspace=0.09, sharey=True)
        for ax, (measure, title) in zip(axes, panels.items(), strict=True):
            _marks(ax, rows, measure, pods)
            ax.set_title(say(title), loc="left", fontsize=LABEL)
        _name_pods(axes[0], {row["pod"]: row["name"] for row in rows})
        entries = [(GLYPHS[marker], say(name), colour) for name, marker, colour in JOB_LOOKS.values()]
        key(figure, entries, (0.215, 0.095), 0.25)
        text = "clusters of {chips} chips, equal software, 8-bit or the best above · per MW of IT power, faint bars: its range"
        headings(figure, _best_pod(rows), say(text, chips=f"{rows[0]['chips']:,}"))
        source(figure)
    return figure


def _marks(ax: Axes, rows: Sequence[Row], measure: str, pods: Sequence[str]) -> None:
    """Draw one measure: a mark for each model in the row of its pod."""
    for row in rows:
        if row.get(measure) is None:
            continue
        _, marker, colour = JOB_LOOKS[row["job"]]
        height = len(pods) - 1 - pods.index(row["pod"]) + 0.2 - 0.2 * list(JOB_LOOKS).index(row["job"])
        if measure == "pflops_per_mw":
            ax.plot([row["per_mw_low"], row["per_mw_high"]], [height] * 2, color=tone(colour), linewidth=4, alpha=0.3)
        ax.plot(row[measure], height, marker, color=tone(colour), markersize=12, clip_on=False)
    log_axis(ax, "x")
    ax.grid(visible=True, axis="both")
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.12)
    few_ticks(ax)


def _name_pods(ax: Axes, names: dict[str, str]) -> None:
    """Name the rows in their side's colour, from top to bottom."""
    pods = list(names)[::-1]
    ax.set_yticks(range(len(pods)), [machine(names[pod]) for pod in pods])
    for label, pod in zip(ax.get_yticklabels(), pods, strict=True):
        label.set_color(readable(SIDE_COLOURS["china" if pod.startswith("huawei") else "us"]))


def _best_pod(rows: Sequence[Row]) -> str:
    """Compare the pods that do most on the fixed mixture of experts, and their chips."""
    mine = [row for row in rows if row["job"] == FIXED and row["pflops_per_pod"] is not None]
    sides = [[row for row in mine if row["pod"].startswith("huawei") == china] for china in (True, False)]
    if not all(sides):
        return say("Useful training compute per chip, pod and megawatt")
    china, us = (max(side, key=lambda row: row["pflops_per_pod"]) for side in sides)
    return say(
        "{china}: {pod} the useful compute of {us} per pod, {chip} per chip",
        china=machine(china["name"]),
        us=machine(us["name"]),
        pod=times(china["pflops_per_pod"] / us["pflops_per_pod"]),
        chip=times(china["tflops_per_chip"] / us["tflops_per_chip"]),
    )


def size_figure(rows: Sequence[Row]) -> Figure:
    """Draw throughput over cluster size for both clusters, and where a step's time goes in each."""
    clusters = list(dict.fromkeys(row["cluster"] for row in rows))
    with theme():
        figure, axes = new_figure(3, left=0.07, right=0.975, bottom=0.3, wspace=0.27)
        _throughput(axes[0], rows, clusters)
        shares = {cluster: _frontier(rows, cluster) for cluster in clusters}
        for ax, (cluster, mine) in zip(axes[1:], shares.items(), strict=True):
            _stack(ax, mine)
            ax.set_title(say("time, {cluster}", cluster=machine(cluster)), loc="left")
        for ax in axes:
            chips_axis(ax)
            ax.set_xlabel(say("chips in a cluster"))
            ax.set_xlim(1_000, 1_100_000)
        for place, (label, colour, hatch) in enumerate(PART_LOOKS.values()):
            at = 0.07 + 0.235 * (place % 4), 0.125 - 0.048 * (place // 4)
            swatch(figure, say(label), fill_of(colour, hatch), at, NOTE + 2)
        text = "GB300 racks of Fairwater against Atlas 950 pods, equal software"
        headings(figure, _largest_size(shares), say(text))
        source(figure)
    return figure


def _frontier(rows: Sequence[Row], cluster: str) -> list[Row]:
    """Take the frontier runs of a cluster that fit, by size."""
    return [r for r in rows if r["cluster"] == cluster and r["job"] == FRONTIER and r["eflops"] is not None]


def _throughput(ax: Axes, rows: Sequence[Row], clusters: Sequence[str]) -> None:
    """Draw throughput over the number of chips, a line for each run of each cluster."""
    for place, (cluster, side) in enumerate(zip(clusters, ("us", "china"), strict=True)):
        colour = SIDE_COLOURS[side]
        for job, stroke in STROKES:
            mine = [r for r in rows if r["cluster"] == cluster and r["job"] == job and r["eflops"] is not None]
            ax.plot([r["chips"] for r in mine], [r["eflops_after_failures"] for r in mine], linestyle=stroke,
                    **line_look(colour))  # fmt: skip
        ax.text(0.98, 0.31 - 0.09 * place, f"{glyph(colour)}  {machine(cluster)}" if look().marks else machine(cluster),
                transform=ax.transAxes, color=readable(colour), ha="right", fontweight="bold")  # fmt: skip
    words = say("solid: run of 1e27 FLOP\nbroken: fixed 2 T MoE")
    ax.text(0.98, 0.02, words, transform=ax.transAxes, color=look().quiet, fontsize=NOTE, ha="right")
    ax.set_title(say("EFLOP/s after failures"), loc="left")
    log_axis(ax, "y")


def _stack(ax: Axes, rows: Sequence[Row]) -> None:
    """Stack the shares of a step's time over the number of chips."""
    chips = np.array([row["chips"] for row in rows], dtype=float)
    base = np.zeros(len(chips))
    for name, (_, colour, hatch) in PART_LOOKS.items():
        top = np.ones(len(chips)) if name == "rest" else base + [row["time_share"][name] for row in rows]
        ax.fill_between(chips, base, top, linewidth=0, **fill_of(colour, hatch))
        base = top
    share_axis(ax)


def _largest_size(shares: dict[str, list[Row]]) -> str:
    """Say how much of a step is compute in the largest cluster of each kind."""
    told = [(machine(cluster), rows[-1]) for cluster, rows in shares.items() if rows]
    if len(told) < 2 or told[0][1]["chips"] != told[1][1]["chips"]:
        return say("From a thousand to a million chips")
    (one, first), (other, second) = told
    return say(
        "{chips} chips: compute is {first} of a step at {one}, {second} at {other}",
        chips=count(float(f"{first['chips']:.2g}")),
        one=one,
        other=other,
        first=per_cent(100 * first["time_share"]["compute"]),
        second=per_cent(100 * second["time_share"]["compute"]),
    )


def elasticity_figure(rows: Sequence[Row]) -> Figure:
    """Draw how much faster training gets with each lever, over cluster size."""

    def lines(ax: Axes, cluster: str) -> None:
        for lever, (_, colour) in LEVER_LOOKS.items():
            for job, stroke in STROKES:
                mine = [r for r in rows if r["cluster"] == cluster and r["job"] == job and lever in r]
                ax.plot([r["chips"] for r in mine], [r[lever] for r in mine], linestyle=stroke, **line_look(colour))
        chips_axis(ax)
        ax.set_xlabel(say("chips in a cluster"))
        ax.set_ylim(bottom=0)

    clusters = list(dict.fromkeys(row["cluster"] for row in rows))
    with theme():
        entries = [(glyph(colour), say(name), colour) for name, colour in LEVER_LOOKS.values()]
        subtitle = "per cent of throughput for one per cent more · solid: run of 1e27 FLOP, broken: fixed 2 T MoE"
        return _two_panels(clusters, lines, entries, say("What training responds to"), say(subtitle))


def domain_figure(rows: Sequence[Row]) -> Figure:
    """Draw what a larger scale-up domain is worth, for two chips and three models."""

    def lines(ax: Axes, chip: str) -> None:
        for job, (_, marker, colour) in JOB_LOOKS.items():
            mine = [r for r in rows if r["chip"] == chip and r["job"] == job]
            x, y = [r["domain"] for r in mine], [r["over_domain_8"] for r in mine]
            ax.plot(x, y, marker=marker, color=tone(colour), linewidth=4, markersize=11)
        chips_axis(ax, DOMAINS)
        ax.set_xlabel(say("chips on one scale-up network"))

    with theme():
        entries = [(GLYPHS[marker], say(name), colour) for name, marker, colour in JOB_LOOKS.values()]
        subtitle = "throughput over that with 8 chips on the scale-up network; 16,384 chips, everything else equal"
        chips = list(dict.fromkeys(row["chip"] for row in rows))
        return _two_panels(chips, lines, entries, _worth(rows, chips), say(subtitle))


def _worth(rows: Sequence[Row], chips: Sequence[str]) -> str:
    """Say what the widest pod is worth to the fixed mixture of experts on each chip."""
    found = {}
    for chip in chips:
        mine = [r for r in rows if r["chip"] == chip and r["job"] == FIXED and r["over_domain_8"] is not None]
        if mine:
            found[CHIPS.get(chip, chip)] = max(mine, key=lambda row: row["domain"])["over_domain_8"]
    if len(found) != 2:
        return say("What a wide pod is worth")
    (one, first), (other, second) = found.items()
    text = "The widest pod is worth {first} to {one} and {second} to {other}"
    words = {"first": f"+{per_cent(100 * (first - 1))}", "second": f"+{per_cent(100 * (second - 1))}"}
    return say(text, one=one, other=other, **words)


def _two_panels(
    panels: Sequence[str],
    lines: Callable[[Axes, str], None],
    entries: Sequence[tuple[str, str, str]],
    title: str,
    subtitle: str,
) -> Figure:
    """Draw the same lines for two machines, with one key below both."""
    figure, axes = new_figure(2, left=0.07, right=0.965, bottom=0.25, wspace=0.12, sharey=True)
    for ax, panel in zip(axes, panels, strict=True):
        lines(ax, panel)
        ax.set_title(CHIPS.get(panel, panel), loc="left")
    key(figure, entries, (0.07, 0.095), 0.25)
    headings(figure, title, subtitle)
    source(figure)
    return figure
