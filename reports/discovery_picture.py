"""The picture of scenario discovery: coverage against density on the left, the limits of the first box on the right."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MultipleLocator, PercentFormatter

from .charts import type_size
from .style import INK, LABEL, NOTE, QUIET, headings, new_figure, theme
from .text import number
from .words import amount, in_words, unit_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..studies.discovery import Limit
    from .discovery import Found

BOX, OTHER = "#0b7a75", "#c4c9d0"
"""What is chosen, and what is not; neither is a side's colour."""
MOST_ROWS = 7
LOW = 0.12
"""A line below this share has no room under it."""
LINE = 26
"""Characters of an input's name before it is broken."""
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


def peeling(found: Found) -> Figure:
    """Draw the steps of the first box and its limits.

    Parameters
    ----------
    found
        What was discovered.
    """
    with theme():
        figure, (left, right) = new_figure(2, left=0.11, right=0.955, top=0.76, bottom=0.175, wspace=0.66)
        text = textwrap.shorten(found.condition.text, 90, placeholder=" …")
        headings(figure, _finding(found), f"where {text}, {found.year}")
        figure.text(0.03, 0.022, _note(found), fontsize=NOTE, color=QUIET, va="bottom", ha="left")
        _steps(left, found)
        _limits(right, found)
        return figure


def _finding(found: Found) -> str:
    boxes, base = found.discovery.boxes, found.discovery.cases / found.discovery.members
    if not boxes:
        return "No range of inputs tells these members from the others"
    count = len(boxes[0].limits)
    said = NUMBERS[count] if count < len(NUMBERS) else str(count)
    verb = "limit raises" if count == 1 else "limits raise"
    return f"{said} {verb} the chance from {_share(base)} to {_share(boxes[0].all.density)}"


def _share(value: float) -> str:
    return f"{number(100 * value) if value < 0.095 else f'{100 * value:.0f}'} %"


def _steps(ax: Axes, found: Found) -> None:
    """Draw coverage against density for each step, the step taken in colour."""
    steps = found.discovery.trajectory
    size = type_size(ax)
    what = "Steps of PRIM" if found.discovery.method == "prim" else "Leaves of the tree, one more each"
    ax.set_title(what, loc="left", fontweight="bold", pad=12, fontsize=size)
    ax.set_xlabel("coverage: share of the cases inside", fontsize=0.9 * size)
    ax.set_ylabel("density: share of cases inside", fontsize=0.9 * size)
    base = found.discovery.cases / found.discovery.members
    ax.axhline(base, color=QUIET, linewidth=2.0, linestyle=(0, (3, 2)))
    ax.annotate(
        f"all members {_share(base)}", (0.0, base), xytext=(6, (-0.75 if base > LOW else 0.75) * size),
        textcoords="offset points",
        fontsize=0.8 * size, color=QUIET, va="center",
    )  # fmt: skip
    if len(steps):
        x, y = steps["coverage"].to_numpy(dtype=float), steps["density"].to_numpy(dtype=float)
        ax.plot(x, y, color=OTHER, linewidth=3, zorder=1)
        ax.scatter(x, y, s=90, color=OTHER, zorder=2, clip_on=False)
        for place in np.flatnonzero(steps["chosen"].to_numpy(dtype=bool))[:1]:
            ax.scatter(x[place], y[place], s=230, color=QUIET, zorder=3, edgecolor="white", linewidth=2, clip_on=False)
            limits = int(steps["limits"].iloc[place])
            said = f"step taken, {limits} limits" if found.discovery.method == "prim" else "leaves taken"
            _named(ax, (x[place], y[place]), said, 0.8 * size, QUIET)
    for box in found.discovery.boxes[:1]:
        at = (box.all.coverage, box.all.density)
        ax.scatter(*at, s=360, color=BOX, zorder=4, edgecolor="white", linewidth=2, clip_on=False)
        _named(ax, at, "box", size, BOX, below=True)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(0.25))
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    ax.set(xlim=(0, 1.02), ylim=(0, 1.05))
    ax.tick_params(labelsize=0.85 * size)


def _named(ax: Axes, at: tuple[float, float], text: str, size: float, colour: str, *, below: bool = False) -> None:
    """Write beside a point: outside the curve, which bends towards the upper right, or inside it."""
    ax.annotate(
        text, at, xytext=(-14, -14) if below else (14, 10), textcoords="offset points",
        ha="right" if below else "left", va="top" if below else "bottom",
        fontsize=size, fontweight="bold", color=colour, zorder=5, annotation_clip=False,
    )  # fmt: skip


def _limits(ax: Axes, found: Found) -> None:
    """Draw a bar for each input of the first box: all values light, those inside dark, ends in figures."""
    size = type_size(ax)
    ax.set_title("The first box", loc="left", fontweight="bold", color=BOX, pad=12, fontsize=size)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.grid(visible=False)
    ax.set_xticks([])
    if not found.discovery.boxes:
        ax.set_yticks([])
        ax.text(0.0, 0.5, "nothing holds up on members\nthat did not find it", fontsize=LABEL, transform=ax.transAxes)
        return
    box = found.discovery.boxes[0]
    rows = box.limits[:MOST_ROWS]
    places = np.arange(len(rows))[::-1]
    for place, limit in zip(places, rows, strict=True):
        _bar(ax, found, limit, float(place), 0.8 * size)
    ax.set_yticks(places, [_label(found, limit) for limit in rows])
    ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=0.8 * size)
    ax.set(xlim=(0, 1), ylim=(min(-1.5, len(rows) - 6.0), len(rows) - 0.4))
    measured = box.all
    held = box.held_out
    ax.text(
        0.0, -0.95,
        f"holds in {_share(measured.density)} of the members inside\n"
        f"({_share(held.density)} of the members held out);\n{_share(measured.coverage)} of the cases are inside",
        fontsize=0.8 * size, color=QUIET, va="center",
    )  # fmt: skip


def _bar(ax: Axes, found: Found, limit: Limit, place: float, size: float) -> None:
    low, high = found.discovery.spans[limit.name]
    wide = high - low if high > low else 1.0
    ends = [
        (low if limit.low is None else limit.low) - low,
        (high if limit.high is None else limit.high) - low,
    ]
    first, last = (float(np.clip(end / wide, 0, 1)) for end in ends)
    ax.barh(place, 1.0, height=0.34, color=OTHER, alpha=0.6)
    ax.barh(place, last - first, left=first, height=0.34, color=BOX)
    unit = _unit(found, limit)
    for value, at, sign in ((limit.low, first, "above"), (limit.high, last, "below")):
        if value is None:
            continue
        both = limit.low is not None and limit.high is not None
        if "=" in limit.name:
            said = "yes" if sign == "above" else "no"
        else:
            said = amount(value, unit) if both else f"{sign} {amount(value, unit)}"
        side = "left" if at < 0.5 else "right"
        ax.annotate(
            said, (at, place), xytext=(0, 14 + 0.55 * size), textcoords="offset points", ha=side, va="center",
            fontsize=size, fontweight="bold", color=BOX, annotation_clip=False,
        )  # fmt: skip


def _label(found: Found, limit: Limit) -> str:
    if "=" in limit.name:
        return limit.name.replace("=", " is ")
    path, _, dated = limit.name.partition("@")
    label = in_words(path, found.scenario.labels) + (f" of {dated}" if dated else "")
    unit = unit_words(_unit(found, limit), label)
    text = f"{label}, {unit}" if unit and unit != "years" else label
    lines = textwrap.wrap(text, LINE)
    return "\n".join(lines[:3]) + ("…" if len(lines) > 3 else "")


def _unit(found: Found, limit: Limit) -> str:
    path = limit.name.partition("@")[0]
    return found.scenario.records[path].unit if path in found.scenario.records else "1"


def _note(found: Found) -> str:
    from .. import __version__

    discovery = found.discovery
    return (
        f"podrace {__version__} · {found.name} · {discovery.members:,} members, "
        f"{discovery.cases:,} cases · {discovery.method.upper()} on {discovery.finders:,} of them"
    )
