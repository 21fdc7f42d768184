"""Pictures of the hardware model: predicted against published, and the founding article's thesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from ..figures.style import INK, LABEL, NOTE, QUIET, SIDE_COLOURS, headings, new_figure, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.hardware_fit import Point

Row = dict[str, Any]
FAMILIES = {
    "A100": ("A100", "#8a9099"),
    "H100 / H800": ("H100", "H800", "H200", "#1f5fa8"),
    "Blackwell": ("B200", "B300", "#0b7a75"),
    "TPU": ("TPU", "#e69f00"),
    "Ascend": ("Ascend", "#c8384a"),
    "Gaudi": ("Gaudi", "#7b4fa3"),
}
OTHER = ("other", "#000000")
JOB_LOOKS = {
    "llama_405b": ("Llama 405B, dense", "o", "#1d2530"),
    "deepseek_v3": ("DeepSeek-V3, MoE", "s", "#0b7a75"),
    "reference_moe_2t": ("2 T MoE", "D", "#e69f00"),
}
PART_LOOKS = {
    "compute": ("compute", "#1f5fa8"),
    "memory_bound": ("memory-bound", "#7fa6d1"),
    "tensor_parallel": ("tensor parallel", "#0b7a75"),
    "expert_all_to_all": ("expert all-to-all", "#6fb8ad"),
    "data_parallel": ("data parallel", "#e69f00"),
    "pipeline_bubble": ("pipeline bubble", "#c4c9d0"),
    "stragglers": ("stragglers", "#8a9099"),
    "rest": ("transfers, optimiser", "#5a6470"),
}
LEVER_LOOKS = {
    "chip FLOP/s": "#1f5fa8",
    "memory bandwidth": "#7b4fa3",
    "scale-up bandwidth": "#0b7a75",
    "scale-out bandwidth": "#e69f00",
}
FRONTIER = "frontier run, grown"
WIDE_AXIS = 100.0
"""An axis that spans more than this gets one label a decade."""


def family(chip: str) -> tuple[str, str]:
    """Family and colour of a chip by its name.

    >>> family("GB200 NVL72 (per GPU)")[0], family("H800 SXM 80GB")[0], family("X1")[0]
    ('Blackwell', 'H100 / H800', 'other')
    """
    for name, (*words, colour) in FAMILIES.items():
        if any(word in chip for word in words):
            return name, colour
    return OTHER


def parity_figure(points: Sequence[Point], note: str) -> Figure:
    """Draw predicted against published throughput of every training row, one colour per chip family."""
    with theme():
        figure, (ax,) = new_figure(left=0.09, right=0.74, top=0.82, bottom=0.13)
        values = [v for point in points for v in (point.published_tflops, point.predicted_tflops)]
        low, high = min(values) / 1.15, max(values) * 1.15
        line = np.array([low, high])
        ax.fill_between(line, line * 0.75, line * 1.25, color=QUIET, alpha=0.10, linewidth=0)
        ax.plot(line, line, color=QUIET, linewidth=1.5)
        names = dict.fromkeys(family(point.chip) for point in points)
        for name, colour in names:
            for kind, marker in (("dense", "o"), ("moe", "^")):
                mine = [p for p in points if family(p.chip) == (name, colour) and p.kind == kind]
                ax.plot(
                    [p.published_tflops for p in mine],
                    [p.predicted_tflops for p in mine],
                    marker,
                    color=colour,
                    markersize=11,
                    alpha=0.75,
                    markeredgecolor="white",
                    markeredgewidth=0.8,
                )
        _log_axis(ax, "x")
        _log_axis(ax, "y")
        ax.set_xlim(low, high)
        ax.set_ylim(low, high)
        ax.set_xlabel("published, useful TFLOP/s per chip")
        ax.set_ylabel("predicted")
        ax.grid(visible=True, axis="both")
        for place, (name, colour) in enumerate(names):
            figure.text(0.765, 0.78 - 0.055 * place, f"●  {name}", color=colour, fontsize=LABEL, fontweight="bold")
        figure.text(0.765, 0.38, "●  dense\n▲  mixture of experts", fontsize=NOTE, color=INK, va="top")
        figure.text(0.765, 0.28, "grey band: ± 25 %", fontsize=NOTE, color=QUIET, va="top")
        headings(figure, "Predicted against published training throughput", note)
    return figure


def _log_axis(ax: Axes, which: str) -> None:
    if which == "x":
        ax.set_xscale("log")
    else:
        ax.set_yscale("log")
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(NullFormatter())


def effective_figure(rows: Sequence[Row]) -> Figure:
    """Draw useful throughput per chip, per pod and per MW: a mark for each model, pods from top to bottom."""
    pods = list(dict.fromkeys(row["pod"] for row in rows))
    names = {row["pod"]: row["name"] for row in rows}
    panels = (
        ("tflops_per_chip", "TFLOP/s per chip", 1.0),
        ("pflops_per_pod", "PFLOP/s per pod", 1.0),
        ("pflops_per_mw", "PFLOP/s per MW", 1.0),
    )
    with theme():
        figure, axes = new_figure(3, left=0.215, right=0.985, bottom=0.2, wspace=0.09, sharey=True)
        for ax, (key, title, scale) in zip(axes, panels, strict=True):
            for row in rows:
                if row.get(key) is None:
                    continue
                _, marker, colour = JOB_LOOKS[row["job"]]
                height = len(pods) - 1 - pods.index(row["pod"]) + 0.2 - 0.2 * list(JOB_LOOKS).index(row["job"])
                if key == "pflops_per_mw":
                    ax.plot([row["per_mw_low"], row["per_mw_high"]], [height] * 2, color=colour, linewidth=4, alpha=0.3)
                ax.plot(row[key] * scale, height, marker, color=colour, markersize=12, clip_on=False)
            _log_axis(ax, "x")
            ax.set_title(title, loc="left", fontsize=LABEL)
            ax.grid(visible=True, axis="both")
            ax.tick_params(axis="y", length=0)
            ax.margins(x=0.12)
            _few_ticks(ax)
        ticks = axes[0].set_yticks(range(len(pods)), [_short(names[pod]) for pod in reversed(pods)])
        del ticks
        for label, pod in zip(axes[0].get_yticklabels(), reversed(pods), strict=True):
            label.set_color(SIDE_COLOURS["china" if pod.startswith("huawei") else "us"])
        for place, (name, marker, colour) in enumerate(JOB_LOOKS.values()):
            glyph = {"o": "●", "s": "■", "D": "◆"}[marker]
            figure.text(
                0.215 + 0.23 * place, 0.085, f"{glyph}  {name}", color=colour, fontsize=LABEL, fontweight="bold"
            )
        chips = rows[0]["chips"]
        headings(
            figure,
            "Useful training compute per chip, pod and megawatt",
            f"clusters of {chips:,} chips, equal software, 8-bit or the best above · per MW of IT power, faint bars: its range",
        )
    return figure


def _few_ticks(ax: Axes) -> None:
    """Label 1 and 3 of every decade, so that a narrow logarithmic axis still says where it is."""
    low, high = ax.get_xlim()
    firsts = (1, 3) if high / low < WIDE_AXIS else (1,)
    ticks = [first * 10.0**power for power in range(1, 6) for first in firsts]
    ax.set_xticks([tick for tick in ticks if low <= tick <= high])
    ax.minorticks_off()


def _short(name: str) -> str:
    text = name.split(" (", maxsplit=1)[0].split(",", maxsplit=1)[0].rsplit(" / ", maxsplit=1)[-1]
    for word in ("Google ", "Huawei ", "NVIDIA ", " SuperPoD", " SuperCluster"):
        text = text.replace(word, "")
    return text


def size_figure(rows: Sequence[Row]) -> Figure:
    """Draw throughput over cluster size for both clusters, and where a step's time goes in each."""
    clusters = list(dict.fromkeys(row["cluster"] for row in rows))
    colours = dict(zip(clusters, (SIDE_COLOURS["us"], SIDE_COLOURS["china"]), strict=True))
    with theme():
        figure, axes = new_figure(3, left=0.07, right=0.985, bottom=0.27, wspace=0.27)
        for cluster in clusters:
            for job, style in ((FRONTIER, "-"), ("reference_moe_2t", (0, (3, 1.6)))):
                mine = [r for r in rows if r["cluster"] == cluster and r["job"] == job and r["eflops"] is not None]
                x, y = [r["chips"] for r in mine], [r["eflops_after_failures"] for r in mine]
                axes[0].plot(x, y, color=colours[cluster], linewidth=4, linestyle=style)
            axes[0].text(
                0.98, 0.29 - 0.09 * clusters.index(cluster), _short(cluster), transform=axes[0].transAxes,
                color=colours[cluster], ha="right", fontweight="bold",
            )  # fmt: skip
        words = "solid: run of 1e27 FLOP\nbroken: fixed 2 T MoE"
        axes[0].text(0.98, 0.02, words, transform=axes[0].transAxes, color=QUIET, fontsize=NOTE - 2, ha="right")
        axes[0].set_title("EFLOP/s after failures", loc="left")
        _log_axis(axes[0], "y")
        for ax, cluster in zip(axes[1:], clusters, strict=True):
            mine = [r for r in rows if r["cluster"] == cluster and r["job"] == FRONTIER and r["eflops"] is not None]
            _stack(ax, mine)
            ax.set_title(f"time, {_short(cluster)}", loc="left")
        for ax in axes:
            _log_axis(ax, "x")
            ax.set_xlabel("chips")
            ax.set_xticks([1e3, 1e4, 1e5, 1e6], ["1k", "10k", "100k", "1M"])
            ax.set_xlim(1_000, 1_100_000)
        for place, (label, colour) in enumerate(PART_LOOKS.values()):
            left, height = 0.07 + 0.235 * (place % 4), 0.115 - 0.05 * (place // 4)
            figure.text(left, height, f"■  {label}", color=colour, fontsize=NOTE + 2, fontweight="bold")
        headings(
            figure,
            "From a thousand to a million chips",
            "GB300 racks of Fairwater against Atlas 950 pods, equal software",
        )
    return figure


def _stack(ax: Axes, rows: Sequence[Row]) -> None:
    chips = np.array([row["chips"] for row in rows], dtype=float)
    shown = [name for name in PART_LOOKS if name != "rest"]
    shares = [np.array([row["time_share"][name] for row in rows]) for name in shown]
    rest = 1 - np.sum(shares, axis=0)
    ax.stackplot(chips, *shares, rest, colors=[colour for _, colour in PART_LOOKS.values()], linewidth=0)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_ylim(0, 1)


def elasticity_figure(rows: Sequence[Row]) -> Figure:
    """Draw how much faster training gets with each lever, over cluster size."""

    def lines(ax: Axes, cluster: str) -> None:
        for lever, colour in LEVER_LOOKS.items():
            for job, style in ((FRONTIER, "-"), ("reference_moe_2t", (0, (3, 1.6)))):
                mine = [r for r in rows if r["cluster"] == cluster and r["job"] == job and lever in r]
                ax.plot(
                    [r["chips"] for r in mine], [r[lever] for r in mine], color=colour, linewidth=4, linestyle=style
                )

    return _two_panels(
        list(dict.fromkeys(row["cluster"] for row in rows)),
        lines,
        LEVER_LOOKS,
        "What training responds to",
        "per cent of throughput for one per cent more · solid: run of 1e27 FLOP, broken: fixed 2 T MoE",
    )


def domain_figure(rows: Sequence[Row]) -> Figure:
    """Draw what a larger scale-up domain is worth, for two chips and three models."""

    def lines(ax: Axes, chip: str) -> None:
        for job, (_, marker, colour) in JOB_LOOKS.items():
            mine = [r for r in rows if r["chip"] == chip and r["job"] == job]
            x, y = [r["domain"] for r in mine], [r["over_domain_8"] for r in mine]
            ax.plot(x, y, marker=marker, color=colour, linewidth=4, markersize=11)

    looks = {name: colour for name, _, colour in JOB_LOOKS.values()}
    return _two_panels(
        list(dict.fromkeys(row["chip"] for row in rows)),
        lines,
        looks,
        "What a wide pod is worth",
        "throughput over that with 8 chips on the scale-up network; 16,384 chips, everything else equal",
        ticks=([8, 72, 384, 1024, 8192], "chips on one scale-up network"),
        names={"nvidia_gb300": "GB300", "huawei_ascend_950dt": "Ascend 950DT"},
    )


def _count(value: float) -> str:
    """Write a number of chips in few characters.

    >>> _count(72), _count(8192), _count(100_000), _count(1_000_000)
    ('72', '8,192', '100k', '1M')
    """
    if value < 10_000:
        return f"{value:,}"
    return f"{value / 1e6:g}M" if value >= 1e6 else f"{value / 1e3:g}k"


def _two_panels(
    panels: Sequence[str],
    lines: Callable[[Axes, str], None],
    looks: dict[str, str],
    title: str,
    subtitle: str,
    *,
    ticks: tuple[Sequence[int], str] | None = None,
    names: dict[str, str] | None = None,
) -> Figure:
    with theme():
        figure, axes = new_figure(2, left=0.07, right=0.965, bottom=0.25, wspace=0.12, sharey=True)
        for ax, panel in zip(axes, panels, strict=True):
            lines(ax, panel)
            ax.set_xscale("log")
            places, label = ticks or ([1_000, 10_000, 100_000, 1_000_000], "chips")
            ax.set_xticks(places, [_count(place) for place in places])
            ax.xaxis.set_minor_formatter(NullFormatter())
            ax.minorticks_off()
            ax.set_xlabel(label)
            ax.set_title((names or {}).get(panel, panel), loc="left")
            ax.set_ylim(bottom=0 if ticks is None else None)
        for place, (label, colour) in enumerate(looks.items()):
            figure.text(
                0.07 + 0.235 * place,
                0.075,
                f"■  {label.removesuffix(' bandwidth')}",
                color=colour,
                fontsize=LABEL,
                fontweight="bold",
            )
        headings(figure, title, subtitle)
    return figure
