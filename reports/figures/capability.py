"""What each side can do: the largest cluster, the fleet, chip to fleet, and the lag in years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...model.registry import VARIABLES
from ..lags import LAG_WORDS, lag_quantiles
from ..language import numbers, say
from ..wording import axis_text, span, times
from .charts import HALF, band, end_labels, fan, markers, moments, time_axis, value_axis
from .looks import FOG, INK, QUIET, SIDE_COLOURS, tone
from .milestones import mark_milestones
from .panels import at, fan_note, fans_of_sides, focus, panel_title, root, times_ahead
from .style import LABEL, headings, new_figure, source_line, source_text, stage

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble
    from ..summary import Array

LEVELS = {
    "chip_fp8_tflops": ("Best chip", "chips"),
    "pod_fp8_pflops": ("Best pod", "pods"),
    "cluster_training_eflops": ("Largest cluster, training", "clusters"),
    "fleet_h100e": ("Fleet", "fleets"),
}
"""The rungs from chip to fleet: name of the panel, and the word of a sentence."""


def cluster(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw what the largest training cluster of each side achieves."""
    variable = VARIABLES["cluster_training_eflops"]
    title = gap_sentence(ensemble.data, variable.id, "largest cluster") or say(
        "The largest training cluster of each side"
    )
    said = say("{unit}, achieved model FLOP/s", unit=axis_text(variable)) + f" · {fan_note()}"
    panel = stage(ax, title, said, source_text(ensemble), bottom=0.19)
    fans_of_sides(panel, ensemble, variable, whole_years=ax is None)
    if ax is None:
        mark_milestones(panel, ensemble)
    return root(panel)


def fleet(ensemble: Ensemble) -> Figure:
    """Draw the computing power each side owns, and how many times as much the US-led side has."""
    variable = VARIABLES["fleet_h100e"]
    figure, (left, right) = new_figure(2, width_ratios=(1.7, 1), right=0.87, wspace=0.72, bottom=0.19)
    title = gap_sentence(ensemble.data, variable.id, "fleet") or say("The computing power each side owns")
    headings(figure, title, f"{say('computing power owned, installed at year end')} · {fan_note()}")
    source_line(figure, ensemble)
    fans_of_sides(left, ensemble, variable, whole_years=True)
    panel_title(left, axis_text(variable))
    mark_milestones(left, ensemble)
    ahead = times_ahead(ensemble.data, variable.id)
    when = moments(variable, ensemble.data["year"].to_numpy())
    fan(right, when, ahead, QUIET)
    time_axis(right, when)
    value_axis(right, [ahead])
    panel_title(right, say("US-led over China, times"))
    low, _, middle, _, high = ahead[:, -1]
    end_labels(right, [(middle, span(low, middle, high, "×").replace(" (", "(").replace("(", "\n("), QUIET)])
    return figure


def gap_sentence(data: xr.Dataset, name: str, what: str) -> str:
    """Say how many times as much the leading side has, with the interval; nothing where a side has none."""
    year = focus(data)
    low, middle, high = at(data, times_ahead(data, name), year)
    if not np.isfinite(middle):
        return ""
    if middle < 1:
        text = "{year}: China's {what} is {times} the US-led one"
        return say(text, year=year, what=say(what), times=span(1 / high, 1 / middle, 1 / low, "×"))
    text = "{year}: the US-led {what} is {times} China's"
    return say(text, year=year, what=say(what), times=span(low, middle, high, "×"))


def capability(ensemble: Ensemble) -> Figure:
    """Draw chip, pod, cluster and fleet of both sides, and the gap on each rung."""
    data = ensemble.data
    figure, axes = new_figure(2, 2, left=0.06, right=0.85, top=0.765, bottom=0.1, wspace=0.62, hspace=0.42)
    year = focus(data)
    gaps = {name: at(data, times_ahead(data, name), year) for name in LEVELS}
    said = say("8-bit rates; in brackets: US-led over China in {year}", year=year)
    headings(figure, _widest_and_narrowest(gaps, year), f"{said} · {fan_note()}")
    source_line(figure, ensemble)
    for ax, (name, (title, _)) in zip(axes, LEVELS.items(), strict=True):
        fans_of_sides(ax, ensemble, VARIABLES[name], intervals=False)
        gap = gaps[name][1]
        text = f"{say(title)}, {axis_text(VARIABLES[name])}" + (f" ({times(gap)})" if np.isfinite(gap) else "")
        panel_title(ax, text)
    for ax in axes[:2]:
        ax.tick_params(which="both", labelbottom=False)
    return figure


def _widest_and_narrowest(gaps: dict[str, tuple[float, float, float]], year: int) -> str:
    """Say on which rung the gap is smallest and on which it is largest.

    >>> _widest_and_narrowest({"pod_fp8_pflops": (1, 2, 3), "fleet_h100e": (40, 60, 90)}, 2030)
    '2030: the gap is 2.0× in pods and 60× in fleets'
    """
    known = sorted((gap[1], LEVELS[name][1]) for name, gap in gaps.items() if np.isfinite(gap[1]))
    if not known:
        return say("From chip to fleet: what each side has")
    (small, near), (large, far) = known[0], known[-1]
    if near == far:
        return say("{year}: the gap is {small} in {near}", year=year, small=times(small), near=say(near))
    words = {"year": year, "near": say(near), "far": say(far)}
    if large < 1:
        text = "{year}: China leads {large} in {far} and {small} in {near}"
        return say(text, large=times(1 / large), small=times(1 / small), **words)
    if small < 1:
        text = "{year}: China leads {small} in {near}, and trails {large} in {far}"
        return say(text, large=times(large), small=times(1 / small), **words)
    return say(
        "{year}: the gap is {small} in {near} and {large} in {far}", large=times(large), small=times(small), **words
    )


def lag(ensemble: Ensemble) -> Figure:
    """Draw how many years China is behind the US-led side, on both fleets and the largest cluster."""
    data = ensemble.data
    found = lag_quantiles(data)
    figure, axes = new_figure(len(found), sharey=True, left=0.06, right=0.875, wspace=0.68)
    said = _same_sentence(data, found) or say("years since the US-led side had China's level")
    headings(figure, _lag_sentence(data, found), f"{said} · {fan_note()}")
    source_line(figure, ensemble)
    years = data["year"].to_numpy().astype(float)
    when, record = years + 1.0, years - years[0]
    heights = [quantiles[np.isfinite(quantiles)] for quantiles in found.values()]
    top = max([4.0, *(float(height.max()) for height in heights if len(height))]) * 1.12
    bottom = min([0.0, *(float(height.min()) for height in heights if len(height))]) * 1.1
    axes[0].yaxis.set_major_locator(MaxNLocator(6, integer=True))
    for ax, (name, quantiles) in zip(axes, found.items(), strict=True):
        time_axis(ax, when)
        ax.set_ylim(bottom, top)
        _lag_fan(ax, when, quantiles, record)
        panel_title(ax, say(LAG_WORDS[name][0]))
        if bottom < 0:
            ax.axhline(0.0, color=tone(INK), linewidth=2)
        if record[-1] > 0:
            middle = quantiles[2, -1]
            height = middle if np.isfinite(middle) else record[-1]
            end_labels(ax, [(height, _lag_label(quantiles[:, -1], record[-1]), SIDE_COLOURS["china"])])
    return figure


def _lag_label(quantiles: Array, record: float) -> str:
    """Write the lag of the last year with its interval on a second line.

    >>> print(_lag_label(np.array([7.8, 8.5, 9.0, 9.4, np.nan]), 13.0))
    9.0 years
    (7.8–>13)
    """
    low, middle, high = (
        f"{q:.1f}".replace("-", "−") if np.isfinite(q) else f">{record:.0f}" for q in quantiles[[0, 2, 4]]
    )
    said = say("{count} year", count=middle) if middle == ">1" else say("{count} years", count=middle)
    return said if low == high else f"{said}\n({low}{numbers.dash()}{high})"


def _lag_fan(ax: Axes, when: Array, quantiles: Array, record: Array) -> None:
    """Draw a fan up to what the record can tell, and the edge of the record."""
    ax.fill_between(when, record, record + when[-1], color=tone(FOG), linewidth=0, zorder=0.5)
    ax.plot(when, record, color=tone(QUIET), linewidth=1.5, linestyle=(0, (2, 2)))
    known = np.isfinite(quantiles[0])
    shown = np.where(np.isfinite(quantiles), quantiles, record)
    if not known.any():
        _note(ax, (0.5, 0.5), say("longer than the run\ntells, in all members"), va="center", ha="center")
        return
    low, lower, _, upper, high = shown[:, known]
    colour = SIDE_COLOURS["china"]
    band(ax, when[known], low, high, colour)
    ax.fill_between(when[known], lower, upper, color=tone(colour), alpha=HALF, linewidth=0)
    told = np.isfinite(quantiles[2])
    looks: dict[str, Any] = {"marker": "o", "ms": 14} if told.sum() == 1 else markers(colour, int(told.sum()), 4.5)
    ax.plot(when[told], quantiles[2][told], color=tone(colour), linewidth=4.5, solid_capstyle="round", **looks)
    if 0.55 * record[-1] < 0.8 * ax.get_ylim()[1]:
        _note(ax, (0.04, 0.97), say("longer than\nthe run tells"), va="top", ha="left")


def _note(ax: Axes, where: tuple[float, float], text: str, **align: Any) -> None:
    """Write on the grey of what the run cannot tell."""
    ax.text(*where, text, transform=ax.transAxes, color=tone(QUIET), fontsize=0.85 * LABEL, **align)


def _lag_sentence(data: xr.Dataset, found: dict[str, Array]) -> str:
    """Say how many years China is behind, in clusters and in the fleet, or more than the record tells."""
    year = focus(data)
    record = year - int(data["year"].to_numpy()[0])
    parts = []
    for name in ("cluster_training_eflops", "fleet_h100e"):
        if name in found:
            middle = at(data, found[name], year)[1]
            if np.isfinite(middle):
                text = "{count} years ahead" if middle < 0 else "{count} years behind"
                parts.append((say(text, count=f"{abs(middle):.1f}"), say(LAG_WORDS[name][1])))
            elif record > 0:
                text = "over {count} year behind" if record == 1 else "over {count} years behind"
                parts.append((say(text, count=record), say(LAG_WORDS[name][1])))
    if not parts:
        return say("How many years China is behind the US-led side")
    (gap, what), *more = parts
    if not more:
        return say("{year}: China is {gap} in {what}", year=year, gap=gap, what=what)
    text = "{year}: China is {gap} in {what}, {second} in {other}"
    return say(text, year=year, gap=gap, what=what, second=more[0][0].removesuffix(" behind"), other=more[0][1])


def _same_sentence(data: xr.Dataset, found: dict[str, Array]) -> str:
    """Say of which year the US-led side's largest cluster is that equals China's; levels are those of a year's end."""
    year = focus(data)
    behind = at(data, found["cluster_training_eflops"], year)[1] if "cluster_training_eflops" in found else np.nan
    if not behind > 0:
        return ""
    text = "China's largest cluster of end {year} is the US-led one of {then}"
    return say(text, year=year, then=math.floor(year + 1 - behind))
