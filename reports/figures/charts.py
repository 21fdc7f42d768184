"""The parts pictures are made of: fans, direct labels, axes in human units, run-out marks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import FixedFormatter, FixedLocator, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ...model.registry import SIDES
from ..language import say
from ..summary import QUANTILES, spread, values
from ..wording import dates, drawn_in, per_cent, power_of_ten, ticks
from .looks import look, luminance, mark, readable, tone
from .style import LABEL, NOTE, Chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes

    from ...model.registry import Variable
    from ..summary import Array

WIDE = 30.0
"""A span of values above this factor is drawn on a logarithmic axis."""
LEVELS = ("stock", "state")
"""Kinds of variables that are read at the end of a year; others are of the whole year."""
PALE, HALF = 0.14, 0.26
"""How much of its colour the band of 90 % and that of 50 % of the members have."""
MARKERS = 8
"""Markers on a line of the print look, about."""


def side_quantiles(data: xr.Dataset, variable: Variable) -> dict[str, Array]:
    """Quantiles over members for each side that has values, in the unit drawn, shape (quantile, year)."""
    array = values(data, variable.id) / drawn_in(variable)[0]
    sides = [str(side) for side in data["side"].to_numpy()]
    found = {side: spread(array[:, place], QUANTILES) for place, side in enumerate(sides)}
    return {side: found[side] for side in SIDES if side in found and np.isfinite(found[side]).any()}


def moments(variable: Variable, years: Array) -> Array:
    """Place the values of years in time: a level at the end of its year, a flow in the middle.

    An axis of such moments (`time_axis`) can carry dates too.
    """
    return years + (1.0 if variable.kind in LEVELS else 0.5)


def fan(ax: Axes, when: Array, quantiles: Array, colour: str, *, dashed: bool = False, width: float = 4.5) -> None:
    """Draw a median with the bands that hold 50 % and 90 % of the members.

    Parameters
    ----------
    ax
        Where to.
    when
        Places in time.
    quantiles
        p05, p25, p50, p75, p95, shape (5, year).
    colour
        Of the line, in the light look; the bands are lighter.
    dashed
        Draw the median broken, with the wide band only.
    width
        Of the line, in points.
    """
    low, lower, middle, upper, high = quantiles
    drawn = tone(colour)
    band(ax, when, low, high, colour)
    if not dashed:
        ax.fill_between(when, lower, upper, color=drawn, alpha=HALF, linewidth=0)
    if len(when) == 1:
        ax.vlines(when, low, high, color=drawn, linewidth=9, alpha=0.3)
    style = (0, (3, 1.6)) if dashed else "-"
    alone = int(np.isfinite(middle).sum()) == 1
    look_of: dict[str, Any] = {"marker": "o", "ms": 14, "clip_on": False} if alone else {"solid_capstyle": "round"}
    ax.plot(
        when, middle, color=drawn, linewidth=width, linestyle=style, **(look_of | markers(colour, len(when), width))
    )


def band(ax: Axes, when: Array, low: Array, high: Array, colour: str) -> None:
    """Fill between two lines; in print the band of a side is hatched or edged, so that it is told apart without colour."""
    drawn, hatch = tone(colour), mark(colour).hatch
    ax.fill_between(when, low, high, color=drawn, alpha=PALE, linewidth=0)
    if hatch:
        ax.fill_between(when, low, high, facecolor="none", edgecolor=to_rgba(drawn, 0.55), hatch=hatch, linewidth=0)
    elif mark(colour).marker:
        ax.fill_between(when, low, high, facecolor="none", edgecolor=to_rgba(drawn, 0.7), linewidth=1.2)


def markers(colour: str, count: int, width: float) -> dict[str, Any]:
    """Give the markers that tell a line apart without colour, where the look has any."""
    own = mark(colour)
    if not own.marker:
        return {}
    face = look().paper if own.hollow else tone(colour)
    size = 1.6 * width + 2.5
    return {"marker": own.marker, "ms": size, "markevery": max(1, count // MARKERS), "markerfacecolor": face,
            "markeredgecolor": tone(colour), "markeredgewidth": 0.5 * width, "clip_on": True}  # fmt: skip


def filled(colour: str) -> dict[str, Any]:
    """Give the fill of a bar: its tone, and in print a hatch that can be seen on it.

    Parameters
    ----------
    colour
        In the light look.
    """
    drawn, hatch = tone(colour), mark(colour).hatch
    if look().name != "print":
        return {"facecolor": drawn, "edgecolor": look().paper}
    edge = look().paper if luminance(drawn) < 0.3 else look().ink
    return {"facecolor": drawn, "edgecolor": edge, "hatch": hatch if not hatch or len(hatch) > 2 else hatch * 2}


def year_axis(ax: Axes, years: Array) -> None:
    """Label whole years at their places, the last one always."""
    first, last = int(years[0]), int(years[-1])
    found = _labelled(ax, first, last)
    ax.set_xticks(found, [str(year) for year in found])
    ax.tick_params(axis="both", labelsize=type_size(ax), length=6, width=1.2)
    margin = 0.5 if first == last else 0.0
    ax.set_xlim(first - margin, last + margin)


def time_axis(ax: Axes, when: Array, span: tuple[float, float] | None = None) -> None:
    """Show time as it runs: a mark where a year begins, its name below its middle.

    Parameters
    ----------
    ax
        The axis to set.
    when
        What is drawn, from `moments`.
    span
        Where the axis begins and ends; with the first and the last moment by default.
    """
    first, last = span or (float(when[0]), float(when[-1]))
    if first == last:
        first, last = first - 0.75, last + 0.75
    named = _labelled(ax, math.ceil(first - 0.5), math.floor(last - 0.5))
    ax.set_xlim(first, last)
    ax.xaxis.set_major_locator(FixedLocator(list(range(math.ceil(first), math.floor(last) + 1))))
    ax.xaxis.set_major_formatter(NullFormatter())
    ax.xaxis.set_minor_locator(FixedLocator([year + 0.5 for year in named]))
    ax.xaxis.set_minor_formatter(FixedFormatter([str(year) for year in named]))
    ax.tick_params(axis="both", labelsize=type_size(ax), length=6, width=1.2)
    ax.tick_params(axis="x", which="minor", labelsize=type_size(ax), length=0, pad=9)


def _labelled(ax: Axes, first: int, last: int) -> list[int]:
    """Choose the years that are named: as many as there is room for, the last one always."""
    room = panel_inches(ax)[0] / (0.058 * type_size(ax))
    step = max(1, math.ceil((last - first + 1) / room))
    return list(range(last, first - 1, -step))


def value_axis(ax: Axes, drawn: Sequence[Array], *, room: float = 1.08, linear: bool = False) -> None:
    """Choose a linear axis from zero, or a logarithmic one where the values span orders of magnitude.

    Parameters
    ----------
    ax
        The axis to set.
    drawn
        Quantiles drawn on it, each of shape (5, year).
    room
        Free space above the highest value, as a factor.
    linear
        Stay linear: for what runs down to nothing.
    """
    everything = np.concatenate([quantiles.ravel() for quantiles in drawn])
    everything = everything[np.isfinite(everything)]
    positive = everything[everything > 0]
    if not len(positive):
        ax.set_ylim(0, 1)
        return
    medians = np.concatenate([quantiles[2] for quantiles in drawn])
    medians = medians[medians > 0]
    if not linear and len(medians) and medians.max() / medians.min() > WIDE and everything.min() >= 0:
        _logarithmic(ax, medians, positive)
        return
    ax.set_ylim(min(0.0, everything.min() * room), everything.max() * room)
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(ticks())


def _logarithmic(ax: Axes, medians: Array, positive: Array) -> None:
    """Span the medians and what is within a factor of five of them, ticks at powers of ten (and 3 where few)."""
    low, high = max(positive.min(), medians.min() / 5), positive.max() * 1.3
    ax.set_yscale("log")
    ax.set_ylim(low / 1.3, high)
    decades = np.log10(high / low)
    most = max(4, int(panel_inches(ax)[1] * 72 / (1.8 * type_size(ax))))
    ax.yaxis.set_major_locator(LogLocator(10, subs=(1.0, 3.0) if decades < 2.5 else (1.0,), numticks=most))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(ticks(power_of_ten))


def end_labels(
    ax: Axes, labels: Sequence[tuple[float, str, str]], most: float = LABEL, *, swatches: bool = False
) -> None:
    """Write names at the right ends of lines, moved apart where they would touch.

    Parameters
    ----------
    ax
        The axis, its limits already set.
    labels
        Height in data units, text (may hold line breaks), colour in the light look.
    most
        Largest size of type.
    swatches
        Where a look tells fills apart by hatches, show each beside its name.
    """
    to_share = ax.transData + ax.transAxes.inverted()
    known = [(float(to_share.transform((0.0, y))[1]), text, colour) for y, text, colour in labels if np.isfinite(y)]
    known.sort(key=lambda label: label[0])
    swatches = swatches and bool(look().marks)
    size = min(type_size(ax), most) * (0.85 if swatches else 1.0)
    line = 1.3 * size / (72 * panel_inches(ax)[1])
    tall = [line * (text.count("\n") + 1.25) for _, text, _ in known]
    for place, (_, text, colour) in zip(apart([share for share, _, _ in known], tall), known, strict=True):
        if swatches:
            _swatch(ax, place, colour, size)
        ax.annotate(
            text,
            (1.0, place),
            xycoords="axes fraction",
            xytext=((1.75 if swatches else 0.6) * size, 0),
            textcoords="offset points",
            color=readable(colour),
            fontsize=size,
            fontweight="bold",
            va="center",
            ha="left",
            linespacing=1.25,
            annotation_clip=False,
        )


def _swatch(ax: Axes, place: float, colour: str, size: float) -> None:
    """Draw a small fill as it stands in the bars."""
    box = {"boxstyle": "square,pad=0.25", "linewidth": 0.8, **filled(colour)}
    ax.annotate("  ", (1.0, place), xycoords="axes fraction", xytext=(0.65 * size, 0), textcoords="offset points",
                fontsize=0.7 * size, va="center", ha="left", annotation_clip=False, bbox=box)  # fmt: skip


def apart(centres: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Move labels of given heights, sorted by centre, as little as keeps them apart and between 0 and 1.

    >>> [round(place, 2) for place in apart([0.5, 0.52, 0.99], [0.1, 0.1, 0.1])]
    [0.5, 0.6, 0.95]
    """
    places = list(centres)
    floor = 0.0
    for index, height in enumerate(heights):
        places[index] = max(places[index], floor + height / 2)
        floor = places[index] + height / 2
    ceiling = 1.0
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling - heights[index] / 2)
        ceiling = places[index] - heights[index] / 2
    return places


def run_out(ax: Axes, when: Array, colour: str, what: str) -> None:
    """Mark when a store empties: a line at the median, a bar over 90 % of the members, and the months in words.

    Parameters
    ----------
    ax
        The axis, its limits already set.
    when
        Fractional years over members, NaN for never.
    colour
        Of the mark.
    what
        What empties, in words.
    """
    low, _, middle, _, high = spread(when, QUANTILES, dates=True)
    first, last = ax.get_xlim()
    inside = bool(np.isfinite(middle)) and first <= middle <= last
    anchor = middle if inside else first
    size = type_size(ax)
    place = 0.95
    drawn = tone(colour)
    if inside:
        ends = (max(low, first), min(high if np.isfinite(high) else last, last))
        across = ax.get_xaxis_transform()
        ax.axvline(middle, ymax=place, color=drawn, linewidth=2.5, zorder=1.5)
        ax.plot(ends, (place, place), transform=across, color=drawn, linewidth=8, alpha=0.4, solid_capstyle="butt")
        ax.plot(middle, place, "o", transform=across, color=drawn, markersize=13)
    right = anchor > (first + last) / 2
    ax.annotate(
        _run_out_text(low, middle, high, float(np.isnan(when).mean()), what),
        (anchor, place),
        xycoords=ax.get_xaxis_transform(),
        xytext=(-0.6 * size if right else 0.6 * size, -0.7 * size),
        textcoords="offset points",
        color=drawn,
        fontsize=max(0.9 * size, 8),
        va="top",
        ha="right" if right else "left",
        linespacing=1.3,
    )


def _run_out_text(low: float, middle: float, high: float, never: float, what: str) -> str:
    """Write when a store empties, in at most three lines.

    >>> print(_run_out_text(2025.9, 2027.2, 2028.6, 0.027, "bank empty"))
    bank empty
    2027.2 (2025.9–2028.6)
    never in 3 % of members
    """
    lines = [what]
    lines += [dates(low, middle, high)] if np.isfinite(middle) else []
    if never == 1:
        lines.append(say("never in this run"))
    elif never > 0:
        share = say("under 1 %") if never < 0.01 else per_cent(100 * never)
        lines.append(say("never in {share} of members", share=share))
    return "\n".join(lines)


def type_size(ax: Axes) -> float:
    """Size of type that fits an axis: that of a slide, down to its notes; less on the small axes of others."""
    smallest = NOTE / LABEL if isinstance(ax.get_figure(root=True), Chart) else 0.45
    return LABEL * float(np.clip(panel_inches(ax)[1] / 5.5, smallest, 1.0))


def panel_inches(ax: Axes) -> tuple[float, float]:
    """Give the width and the height of an axis."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    wide, high = figure.get_size_inches()
    box = ax.get_position()
    return box.width * wide, box.height * high
