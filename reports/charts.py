"""The parts pictures are made of: fans, direct labels, axes in human units, run-out marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from ..model.registry import SIDES
from .style import LABEL, NOTE, Chart
from .summary import QUANTILES, spread, values
from .text import dates, divisor, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes

    from ..model.registry import Variable
    from .summary import Array

WIDE = 30.0
"""A span of values above this factor is drawn on a logarithmic axis."""


def side_quantiles(data: xr.Dataset, variable: Variable) -> dict[str, Array]:
    """Quantiles over members for each side that has values, in the printed unit, shape (quantile, year)."""
    array = values(data, variable.id) / divisor(variable)
    sides = [str(side) for side in data["side"].to_numpy()]
    found = {side: spread(array[:, place], QUANTILES) for place, side in enumerate(sides)}
    return {side: found[side] for side in SIDES if side in found and np.isfinite(found[side]).any()}


def fan(ax: Axes, years: Array, quantiles: Array, colour: str, *, dashed: bool = False) -> None:
    """Draw a median with the bands that hold 50 % and 90 % of the members.

    Parameters
    ----------
    ax
        Where to.
    years
        Calendar years.
    quantiles
        p05, p25, p50, p75, p95, shape (5, year).
    colour
        Of the line; the bands are lighter.
    dashed
        Draw the median broken, with the wide band only.
    """
    low, lower, middle, upper, high = quantiles
    ax.fill_between(years, low, high, color=colour, alpha=0.14, linewidth=0)
    if not dashed:
        ax.fill_between(years, lower, upper, color=colour, alpha=0.26, linewidth=0)
    if len(years) == 1:
        ax.vlines(years, low, high, color=colour, linewidth=9, alpha=0.3)
    style = (0, (3, 1.6)) if dashed else "-"
    alone = int(np.isfinite(middle).sum()) == 1
    look = {"marker": "o", "ms": 14, "clip_on": False} if alone else {"solid_capstyle": "round"}
    ax.plot(years, middle, color=colour, linewidth=4.5, linestyle=style, **look)


def year_axis(ax: Axes, years: Array) -> None:
    """Label whole years, the last one always."""
    first, last = int(years[0]), int(years[-1])
    room = _panel_inches(ax)[0] / (0.058 * type_size(ax))
    step = max(1, int(np.ceil((last - first + 1) / room)))
    ticks = list(range(last, first - 1, -step))
    ax.set_xticks(ticks, [str(year) for year in ticks])
    ax.tick_params(axis="both", labelsize=type_size(ax), length=6, width=1.2)
    margin = 0.5 if first == last else 0.0
    ax.set_xlim(first - margin, last + margin)


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
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _plain(value)))


def _plain(value: float) -> str:
    """Write a tick in full while that is short.

    >>> _plain(2500.0), _plain(0.25), _plain(2e25)
    ('2,500', '0.25', '2.0×10²⁵')
    """
    return f"{value:,.10g}" if abs(value) < 1e7 else number(value)


def _logarithmic(ax: Axes, medians: Array, positive: Array) -> None:
    """Span the medians and what is within a factor of five of them, ticks at powers of ten (and 3 where few)."""
    low, high = max(positive.min(), medians.min() / 5), positive.max() * 1.3
    ax.set_yscale("log")
    ax.set_ylim(low / 1.3, high)
    decades = np.log10(high / low)
    ax.yaxis.set_major_locator(LogLocator(10, subs=(1.0, 3.0) if decades < 2.5 else (1.0,), numticks=12))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))


def _tick(value: float) -> str:
    """Write a power of ten (or three of them) plainly while it is short.

    >>> _tick(0.1), _tick(3000.0), _tick(1e24)
    ('0.1', '3,000', '10²⁴')
    """
    if 1e-3 <= value < 1e6:
        return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
    return number(value, 1).removeprefix("1×")


def end_labels(ax: Axes, labels: Sequence[tuple[float, str, str]], most: float = LABEL) -> None:
    """Write names at the right ends of lines, moved apart where they would touch.

    Parameters
    ----------
    ax
        The axis, its limits already set.
    labels
        Height in data units, text (may hold line breaks), colour.
    most
        Largest size of type.
    """
    to_share = ax.transData + ax.transAxes.inverted()
    known = [(float(to_share.transform((0.0, y))[1]), text, colour) for y, text, colour in labels if np.isfinite(y)]
    known.sort(key=lambda label: label[0])
    size = min(type_size(ax), most)
    line = 1.3 * size / (72 * _panel_inches(ax)[1])
    tall = [line * (text.count("\n") + 1.25) for _, text, _ in known]
    for place, (_, text, colour) in zip(apart([share for share, _, _ in known], tall), known, strict=True):
        ax.annotate(
            text,
            (1.0, place),
            xycoords="axes fraction",
            xytext=(0.6 * size, 0),
            textcoords="offset points",
            color=colour,
            fontsize=size,
            fontweight="bold",
            va="center",
            ha="left",
            linespacing=1.25,
            annotation_clip=False,
        )


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
    if inside:
        ends = (max(low, first), min(high if np.isfinite(high) else last, last))
        across = ax.get_xaxis_transform()
        ax.axvline(middle, ymax=place, color=colour, linewidth=2.5, zorder=1.5)
        ax.plot(ends, (place, place), transform=across, color=colour, linewidth=8, alpha=0.4, solid_capstyle="butt")
        ax.plot(middle, place, "o", transform=across, color=colour, markersize=13)
    right = anchor > (first + last) / 2
    ax.annotate(
        _run_out_text(low, middle, high, float(np.isnan(when).mean()), what),
        (anchor, place),
        xycoords=ax.get_xaxis_transform(),
        xytext=(-0.6 * size if right else 0.6 * size, -0.7 * size),
        textcoords="offset points",
        color=colour,
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
        lines.append("never in this run")
    elif never > 0:
        share = "under 1 %" if never < 0.01 else f"{100 * never:.0f} %"
        lines.append(f"never in {share} of members")
    return "\n".join(lines)


def type_size(ax: Axes) -> float:
    """Size of type that fits an axis: that of a slide, down to its notes; less on the small axes of others."""
    smallest = NOTE / LABEL if isinstance(ax.get_figure(root=True), Chart) else 0.45
    return LABEL * float(np.clip(_panel_inches(ax)[1] / 5.5, smallest, 1.0))


def _panel_inches(ax: Axes) -> tuple[float, float]:
    figure = ax.get_figure(root=True)
    assert figure is not None
    wide, high = figure.get_size_inches()
    box = ax.get_position()
    return box.width * wide, box.height * high
