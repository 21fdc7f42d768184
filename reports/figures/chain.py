"""Where the gap between the sides opens: a waterfall from the best chip over pod and cluster to the fleet.

Levels are the US-led side over China, medians of members; a step leads from one level to the next, so that levels and steps
multiply exactly. The axis is logarithmic: the same factor has the same height everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from ..language import say
from ..wording import breadth, korean, short, times
from .charts import filled, panel_inches, type_size
from .looks import CATEGORY_COLOURS, SIDE_COLOURS, look
from .panels import at, focus, root, times_ahead
from .style import LABEL, NOTE, source_text, stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble

RUNGS = {
    "chip_fp8_tflops": ("Best chip", "the best chip"),
    "pod_fp8_pflops": ("Best pod", "the size of pods"),
    "cluster_training_eflops": ("Largest\ncluster", "the largest cluster"),
    "fleet_h100e": ("Fleet", "the rest of the fleet"),
}
"""From chip to fleet: what a rung is called, and what is new on it, in a sentence."""
STEPS = {
    "chip_fp8_tflops": "chip",
    "pod_fp8_pflops": "chips\nin a\npod",
    "cluster_training_eflops": "cluster:\nsize,\nlosses",
    "fleet_h100e": "rest\nof the\nfleet",
}
"""What is new on a rung, below its step."""
UNCHANGED = 1.02
"""A step of a smaller factor has no direction."""
Gap = tuple[float, float, float]
"""Low, middle and high: 5, 50 and 95 % of members."""


@dataclass(frozen=True)
class Bar:
    """One column: from where to where, its interval, its name; a step leads from one level to another."""

    name: str
    start: float
    end: float
    low: float
    high: float
    step: bool = False

    @property
    def factor(self) -> float:
        """By how much a step multiplies the gap."""
        return self.end / self.start

    @property
    def colour(self) -> str:
        """In the light look: a level's own; of a step that of the side it helps."""
        if not self.step or max(self.factor, 1 / self.factor) < UNCHANGED:
            return CATEGORY_COLOURS["supply" if not self.step else "demand"]
        return SIDE_COLOURS["us" if self.factor > 1 else "china"]

    @property
    def text(self) -> str:
        """What stands above it."""
        if not self.step:
            return times(self.end)
        return multiplied(self.factor)


def multiplied(factor: float) -> str:
    """Write a factor as a multiplication or a division.

    >>> multiplied(29.4), multiplied(0.27), multiplied(1.0)
    ('× 29', '÷ 3.7', '× 1.0')
    """
    return f"÷ {short(1 / factor)}" if factor < 1 / UNCHANGED else f"× {short(factor)}"


def chain(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw the gap on each rung in the year a headline speaks of, and what each rung adds to it or takes from it."""
    data, year = ensemble.data, focus(ensemble.data)
    gaps = known({name: at(data, times_ahead(data, name), year) for name in RUNGS if name in data})
    long = "US-led side over China, median · bar: gap on a rung · step: what the next rung does · line: 90 % of members"
    said = say(long if ax is None else "US-led over China, times")
    panel = stage(ax, _sentence(gaps, year), said, source_text(ensemble), left=0.07, right=0.965, bottom=0.19)
    steps(panel, _columns(gaps))
    return root(panel)


def known(gaps: Mapping[str, Gap]) -> dict[str, Gap]:
    """Leave out rungs on which a side has nothing."""
    return {name: gap for name, gap in gaps.items() if np.isfinite(gap[1]) and gap[1] > 0}


def _columns(gaps: Mapping[str, Gap]) -> list[Bar]:
    """Give a level for each rung, and a step between each and the next."""
    columns: list[Bar] = []
    before = None
    for name, (low, middle, high) in gaps.items():
        if before is not None:
            columns.append(Bar(say(STEPS[name]), before, middle, np.nan, np.nan, step=True))
        columns.append(Bar(say(RUNGS[name][0]), 1.0, middle, low, high))
        before = middle
    return columns


def steps(ax: Axes, columns: Sequence[Bar]) -> None:
    """Draw columns from left to right, a thin line leading from each to the next.

    Parameters
    ----------
    ax
        Where to.
    columns
        Levels, which stand on 1, and steps between them.
    """
    size = type_size(ax)
    ax.set_yscale("log")
    _limits(ax, columns)
    for place, bar in enumerate(columns):
        ax.bar(place, bar.end - bar.start, bottom=bar.start, width=0.7, linewidth=0, **_plain(bar.colour))
        if np.isfinite(bar.low + bar.high) and bar.low != bar.high:
            ax.vlines(place, bar.low, bar.high, color=look().paper, linewidth=5.5)
            ax.vlines(place, bar.low, bar.high, color=look().ink, linewidth=2.5)
        top = np.nanmax([bar.start, bar.end, bar.high])
        ax.annotate(bar.text, (place, top), xytext=(0, 0.35 * size), textcoords="offset points", ha="center",
                    va="bottom", fontsize=size, fontweight="normal" if bar.step else "bold", color=look().ink)  # fmt: skip
    for place, bar in enumerate(columns[:-1]):
        ax.hlines(bar.end, place - 0.35, place + 1.35, color=look().quiet, linewidth=1.2)
    ax.axhline(1.0, color=look().ink, linewidth=2)
    ax.set_xticks(range(len(columns)), [bar.name for bar in columns])
    ax.set_xlim(-0.6, max(len(columns), 1) - 0.4)
    ax.tick_params(axis="x", length=0, labelsize=_name_size(ax, columns, size))
    for label, bar in zip(ax.get_xticklabels(), columns, strict=True):
        label.set_fontweight("normal" if bar.step else "bold")
        label.set_color(look().quiet if bar.step else look().ink)
    ax.tick_params(axis="y", labelsize=size)


def _name_size(ax: Axes, columns: Sequence[Bar], size: float) -> float:
    """Give the size of type in which names stand side by side without touching."""
    room = 72 * panel_inches(ax)[0] / (len(columns) + 0.2)
    longest = max((breadth(line) for bar in columns for line in bar.name.split("\n")), default=1.0)
    return max(min(0.85 * size if size < LABEL else NOTE, room / (0.62 * longest)), 6.0)


def _plain(colour: str) -> dict[str, Any]:
    return {key: value for key, value in filled(colour).items() if key != "linewidth"}


def _limits(ax: Axes, columns: Sequence[Bar]) -> None:
    """Span all columns, with room for what is written above; ticks are factors."""
    ends = [value for bar in columns for value in (bar.start, bar.end, bar.low, bar.high) if np.isfinite(value)]
    low, high = min([1.0, *ends]), max([2.0, *ends])
    room = (high / low) ** 0.12
    ax.set_ylim(low / (room if low < 1 else 1.0), high * room)
    few = high / low < 300
    ax.yaxis.set_major_locator(LogLocator(10, subs=(1.0, 3.0) if few else (1.0,), numticks=12))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())
    mark = "배" if korean() else "×"
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:,.3g}{mark}"))


def _sentence(gaps: Mapping[str, Gap], year: int) -> str:
    """Say which rung widens the gap most, and which narrows it most."""
    names = list(gaps)
    factors = {name: gaps[name][1] / gaps[before][1] for before, name in zip(names, names[1:], strict=False)}
    if not factors:
        return say("From chip to fleet: what each side has")
    widest, narrowest = max(factors, key=factors.__getitem__), min(factors, key=factors.__getitem__)
    wide, narrow = factors[widest], 1 / factors[narrowest]
    words = {
        "year": year,
        "wide": short(wide),
        "narrow": short(narrow),
        "widest": say(RUNGS[widest][1]),
        "narrowest": say(RUNGS[narrowest][1]),
    }
    if wide > UNCHANGED and narrow > UNCHANGED:
        return say("{year}: {narrowest} narrows the gap {narrow}-fold, {widest} widens it {wide}-fold", **words)
    if wide > UNCHANGED:
        return say("{year}: {widest} widens the gap {wide}-fold", **words)
    if narrow > UNCHANGED:
        return say("{year}: {narrowest} narrows the gap {narrow}-fold", **words)
    return say("{year}: the gap is much the same from chip to fleet", **words)
