"""What each side can do: the largest cluster, the fleet, chip to fleet, and the lag in years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from ..model.registry import VARIABLES
from .charts import end_labels, fan, value_axis, year_axis
from .lags import LAG_WORDS, lag_quantiles, lag_text
from .panels import FAN_NOTE, at, axis_text, fans_of_sides, focus, panel_title, span, times_ahead
from .style import INK, LABEL, QUIET, SIDE_COLOURS, headings, new_figure, source_line
from .text import number, ratio

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..studies.ensemble import Ensemble
    from .summary import Array

LEVELS = {
    "chip_fp8_tflops": ("Best chip", "chips"),
    "pod_fp8_pflops": ("Best pod", "pods"),
    "cluster_training_eflops": ("Largest cluster, training", "clusters"),
    "fleet_h100e": ("Fleet", "fleets"),
}
"""The rungs from chip to fleet: name of the panel, and the word of a sentence."""


def cluster(ensemble: Ensemble) -> Figure:
    """Draw what the largest training cluster of each side achieves."""
    variable = VARIABLES["cluster_training_eflops"]
    figure, (ax,) = new_figure()
    title = gap_sentence(ensemble.data, variable.id, "largest cluster") or "The largest training cluster of each side"
    headings(figure, title, f"{axis_text(variable)}, achieved model FLOP/s · {FAN_NOTE}")
    source_line(figure, ensemble)
    fans_of_sides(ax, ensemble, variable)
    return figure


def fleet(ensemble: Ensemble) -> Figure:
    """Draw the computing power each side owns, and how many times as much the US-led side has."""
    variable = VARIABLES["fleet_h100e"]
    figure, (left, right) = new_figure(2, width_ratios=(1.7, 1), right=0.87, wspace=0.72)
    title = gap_sentence(ensemble.data, variable.id, "fleet") or "The computing power each side owns"
    headings(figure, title, f"computing power owned, installed at year end · {FAN_NOTE}")
    source_line(figure, ensemble)
    fans_of_sides(left, ensemble, variable)
    panel_title(left, axis_text(variable))
    times = times_ahead(ensemble.data, variable.id)
    years = ensemble.data["year"].to_numpy()
    fan(right, years, times, QUIET)
    year_axis(right, years)
    value_axis(right, [times])
    panel_title(right, "US-led over China, times")
    last = times[:, -1]
    end_labels(right, [(last[2], ratio(last[0], last[2], last[4]).replace(" (", "\n("), QUIET)])
    return figure


def gap_sentence(data: xr.Dataset, name: str, what: str) -> str:
    """Say how many times as much the leading side has, with the interval; nothing where a side has none."""
    year = focus(data)
    low, middle, high = at(data, times_ahead(data, name), year)
    if not np.isfinite(middle):
        return ""
    if middle < 1:
        return f"{year}: China's {what} is {span(1 / high, 1 / middle, 1 / low, '×')} the US-led one"
    return f"{year}: the US-led {what} is {span(low, middle, high, '×')} China's"


def capability(ensemble: Ensemble) -> Figure:
    """Draw chip, pod, cluster and fleet of both sides, and the gap on each rung."""
    data = ensemble.data
    figure, axes = new_figure(2, 2, left=0.06, right=0.85, top=0.765, bottom=0.1, wspace=0.62, hspace=0.42)
    year = focus(data)
    gaps = {name: at(data, times_ahead(data, name), year) for name in LEVELS}
    said = f"8-bit rates; in brackets: US-led over China in {year} · {FAN_NOTE}"
    headings(figure, _widest_and_narrowest(gaps, year), said)
    source_line(figure, ensemble)
    for ax, (name, (title, _)) in zip(axes, LEVELS.items(), strict=True):
        fans_of_sides(ax, ensemble, VARIABLES[name], intervals=False)
        gap = gaps[name][1]
        text = f"{title}, {axis_text(VARIABLES[name])}" + (f" ({number(gap)}×)" if np.isfinite(gap) else "")
        panel_title(ax, text)
    for ax in axes[:2]:
        ax.tick_params(labelbottom=False)
    return figure


def _widest_and_narrowest(gaps: dict[str, tuple[float, float, float]], year: int) -> str:
    """Say on which rung the gap is smallest and on which it is largest.

    >>> _widest_and_narrowest({"pod_fp8_pflops": (1, 2, 3), "fleet_h100e": (40, 60, 90)}, 2030)
    '2030: the gap is 2.0× in pods and 60× in fleets'
    """
    known = sorted((gap[1], LEVELS[name][1]) for name, gap in gaps.items() if np.isfinite(gap[1]))
    if not known:
        return "From chip to fleet: what each side has"
    (small, near), (large, far) = known[0], known[-1]
    if near == far:
        return f"{year}: the gap is {number(small)}× in {near}"
    if large < 1:
        return f"{year}: China leads {number(1 / large)}× in {far} and {number(1 / small)}× in {near}"
    if small < 1:
        return f"{year}: China leads {number(1 / small)}× in {near}, and trails {number(large)}× in {far}"
    return f"{year}: the gap is {number(small)}× in {near} and {number(large)}× in {far}"


def lag(ensemble: Ensemble) -> Figure:
    """Draw how many years China is behind the US-led side, on both fleets and the largest cluster."""
    data = ensemble.data
    found = lag_quantiles(data)
    figure, axes = new_figure(len(found), sharey=True, left=0.06, right=0.875, wspace=0.68)
    said = _same_sentence(data, found) or "years since the US-led side had China's level"
    headings(figure, _lag_sentence(data, found), f"{said} · {FAN_NOTE}")
    source_line(figure, ensemble)
    years = data["year"].to_numpy().astype(float)
    record = years - years[0]
    heights = [quantiles[np.isfinite(quantiles)] for quantiles in found.values()]
    top = max([4.0, *(float(height.max()) for height in heights if len(height))]) * 1.12
    bottom = min([0.0, *(float(height.min()) for height in heights if len(height))]) * 1.1
    axes[0].yaxis.set_major_locator(MaxNLocator(6, integer=True))
    for ax, (name, quantiles) in zip(axes, found.items(), strict=True):
        year_axis(ax, years)
        ax.set_ylim(bottom, top)
        _lag_fan(ax, years, quantiles, record)
        panel_title(ax, LAG_WORDS[name][0])
        if bottom < 0:
            ax.axhline(0.0, color=INK, linewidth=2)
        low, _, middle, _, high = quantiles[:, -1]
        label = f"{lag_text((low, middle, high), record[-1])} years".replace(") years", ")").replace(" (", " years\n(")
        label = label.replace(">1 years", ">1 year")
        if record[-1] > 0:
            end_labels(ax, [(middle if np.isfinite(middle) else record[-1], label, SIDE_COLOURS["china"])])
    return figure


def _lag_fan(ax: Axes, years: Array, quantiles: Array, record: Array) -> None:
    """Draw a fan up to what the record can tell, and the edge of the record."""
    ax.fill_between(years, record, record + years[-1], color="#eef0f2", linewidth=0, zorder=0.5)
    ax.plot(years, record, color=QUIET, linewidth=1.5, linestyle=(0, (2, 2)))
    known = np.isfinite(quantiles[0])
    shown = np.where(np.isfinite(quantiles), quantiles, record)
    if not known.any():
        _note(ax, (0.5, 0.5), "longer than the run\ntells, in all members", va="center", ha="center")
        return
    low, lower, middle, upper, high = shown[:, known]
    colour = SIDE_COLOURS["china"]
    ax.fill_between(years[known], low, high, color=colour, alpha=0.14, linewidth=0)
    ax.fill_between(years[known], lower, upper, color=colour, alpha=0.26, linewidth=0)
    told = np.isfinite(quantiles[2])
    marker = "o" if told.sum() == 1 else None
    ax.plot(years[told], quantiles[2][told], color=colour, linewidth=4.5, solid_capstyle="round", marker=marker, ms=14)
    if 0.55 * record[-1] < 0.8 * ax.get_ylim()[1]:
        _note(ax, (0.04, 0.97), "longer than\nthe run tells", va="top", ha="left")


def _note(ax: Axes, where: tuple[float, float], text: str, **align: Any) -> None:
    """Write on the grey of what the run cannot tell."""
    ax.text(*where, text, transform=ax.transAxes, color=QUIET, fontsize=0.85 * LABEL, **align)


def _lag_sentence(data: xr.Dataset, found: dict[str, Array]) -> str:
    """Say how many years China is behind, in clusters and in the fleet, or more than the record tells."""
    year = focus(data)
    record = year - int(data["year"].to_numpy()[0])
    parts = []
    for name in ("cluster_training_eflops", "fleet_h100e"):
        if name in found:
            middle = at(data, found[name], year)[1]
            word = LAG_WORDS[name][1]
            if np.isfinite(middle):
                parts.append((f"{abs(middle):.1f} years {'ahead' if middle < 0 else 'behind'}", word))
            elif record > 0:
                parts.append((f"over {record} year{'' if record == 1 else 's'} behind", word))
    if not parts:
        return "How many years China is behind the US-led side"
    first = f"{year}: China is {parts[0][0]} in {parts[0][1]}"
    if len(parts) == 1:
        return first
    return f"{first}, {parts[1][0].removesuffix(' behind')} in {parts[1][1]}"


def _same_sentence(data: xr.Dataset, found: dict[str, Array]) -> str:
    """Say of which year the US-led side's largest cluster is that equals China's; levels are those of a year's end."""
    year = focus(data)
    behind = at(data, found["cluster_training_eflops"], year)[1] if "cluster_training_eflops" in found else np.nan
    if not behind > 0:
        return ""
    return f"China's largest cluster of end {year} is the US-led one of {math.floor(year + 1 - behind)}"
