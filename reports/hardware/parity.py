"""The picture of the hardware check: predicted against published throughput."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..figures.looks import CATEGORY_COLOURS, INK, SIDE_COLOURS, look, readable, tone
from ..figures.style import LABEL, NOTE, headings, new_figure, theme
from ..language import say
from .parts import log_axis, source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.hardware_fit import Point

FAMILIES = {
    "A100": ("A100", "#8a9099"),
    "H100 / H800": ("H100", "H800", "H200", SIDE_COLOURS["us"]),
    "Blackwell": ("B200", "B300", CATEGORY_COLOURS["dies"]),
    "TPU": ("TPU", CATEGORY_COLOURS["hbm"]),
    "Ascend": ("Ascend", SIDE_COLOURS["china"]),
    "Gaudi": ("Gaudi", CATEGORY_COLOURS["packaging"]),
}
OTHER = ("other", INK)
KINDS = (("dense", "o"), ("moe", "^"))


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
        figure, (ax,) = new_figure(left=0.09, right=0.74, top=0.82, bottom=0.165)
        names = dict.fromkeys(family(point.chip) for point in points)
        _ground(ax, points)
        for name, colour in names:
            for kind, marker in KINDS:
                mine = [p for p in points if family(p.chip) == (name, colour) and p.kind == kind]
                ax.plot([p.published_tflops for p in mine], [p.predicted_tflops for p in mine], marker,
                        color=tone(colour), markersize=11, alpha=0.75, markeredgecolor=look().paper,
                        markeredgewidth=0.8)  # fmt: skip
        for place, (name, colour) in enumerate(names):
            figure.text(0.765, 0.78 - 0.055 * place, f"●  {say(name)}",
                        color=readable(colour), fontsize=LABEL, fontweight="bold")  # fmt: skip
        kinds = f"●  {say('dense')}\n▲  {say('mixture of experts')}"
        figure.text(0.765, 0.38, kinds, fontsize=NOTE, color=look().ink, va="top")
        figure.text(0.765, 0.28, say("grey band: ± 25 %"), fontsize=NOTE, color=look().quiet, va="top")
        headings(figure, _finding(points), note)
        source(figure)
    return figure


def _ground(ax: Axes, points: Sequence[Point]) -> None:
    """Draw the line where both are equal, and what is within a quarter of it."""
    values = [v for point in points for v in (point.published_tflops, point.predicted_tflops)]
    low, high = min(values) / 1.15, max(values) * 1.15
    line = np.array([low, high])
    ax.fill_between(line, line * 0.75, line * 1.25, color=look().quiet, alpha=0.10, linewidth=0)
    ax.plot(line, line, color=look().quiet, linewidth=1.5)
    log_axis(ax, "x")
    log_axis(ax, "y")
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    ax.set_xlabel(say("published, useful TFLOP/s per chip"))
    ax.set_ylabel(say("predicted"))
    ax.grid(visible=True, axis="both")


def _finding(points: Sequence[Point]) -> str:
    """Count how many published runs the model meets within a quarter."""
    near = sum(abs(point.predicted_tflops / point.published_tflops - 1) <= 0.25 for point in points)
    text = "{near} of {count} published training runs are met within 25 %"
    return say(text, near=near, count=len(points))
