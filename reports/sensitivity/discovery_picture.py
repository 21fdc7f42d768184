"""The picture of scenario discovery: coverage against density on the left, the limits of the first box on the right."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MultipleLocator

from ...scenarios.faults import fail
from ..figures.charts import type_size
from ..figures.looks import look, readable, tone
from ..figures.panels import root
from ..figures.style import LABEL, footnote, headings, lend, new_figure, theme
from ..language import say
from ..wording import breadth, per_cent, short, ticks
from ..words import amount, in_words, unit_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.discovery import Limit
    from .discovery import Found

BOX, OTHER = "#0b7a75", "#c4c9d0"
"""What is chosen, and what is not; neither is a side's colour."""
MOST_ROWS = 7
LOW = 0.12
"""A line below this share has no room under it."""
LINE = 26
"""Characters of an input's name before it is broken."""
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


PANELS = ("steps", "limits")
"""The two panels."""


def peeling(found: Found, ax: Axes | None = None, part: str = "") -> Figure:
    """Draw the steps of the first box and its limits, or one of the two.

    Parameters
    ----------
    found
        What was discovered.
    ax
        Draw one of them on this axis instead of a slide.
    part
        Which one: ``steps`` or ``limits``.
    """
    with theme():
        if ax is not None:
            if part not in PANELS:
                fail("an axis takes one panel: say which part", path="part", found=part, allowed=", ".join(PANELS))
            lend(ax)
            (_steps if part == "steps" else _limits)(ax, found)
            return root(ax)
        figure, (left, right) = new_figure(2, left=0.11, right=0.955, top=0.76, bottom=0.175, wspace=0.66)
        text = textwrap.shorten(found.condition.text, 90, placeholder=" …")
        headings(figure, _finding(found), say("where {condition}, {year}", condition=text, year=found.year))
        footnote(figure, _note(found))
        _steps(left, found)
        _limits(right, found)
        return figure


def _finding(found: Found) -> str:
    boxes, base = found.discovery.boxes, found.discovery.cases / found.discovery.members
    if not boxes:
        return say("No range of inputs tells these members from the others")
    count = len(boxes[0].limits)
    said = say(NUMBERS[count]) if count < len(NUMBERS) else str(count)
    text = (
        "{count} limit raises the chance from {before} to {after}"
        if count == 1
        else "{count} limits raise the chance from {before} to {after}"
    )
    return say(text, count=said, before=_share(base), after=_share(boxes[0].all.density))


def _share(value: float) -> str:
    return short(100 * value) + per_cent(0).removeprefix("0") if value < 0.095 else per_cent(100 * value)


def _steps(ax: Axes, found: Found) -> None:
    """Draw coverage against density for each step, the step taken in colour."""
    steps = found.discovery.trajectory
    size = type_size(ax)
    what = say("Steps of PRIM") if found.discovery.method == "prim" else say("Leaves of the tree, one more each")
    ax.set_title(what, loc="left", fontweight="bold", pad=12, fontsize=size)
    ax.set_xlabel(say("coverage: share of the cases inside"), fontsize=0.9 * size)
    ax.set_ylabel(say("density: share of cases inside"), fontsize=0.9 * size)
    base = found.discovery.cases / found.discovery.members
    ax.axhline(base, color=look().quiet, linewidth=2.0, linestyle=(0, (3, 2)))
    ax.annotate(
        say("all members {share}", share=_share(base)), (0.0, base), xytext=(6, (-0.75 if base > LOW else 0.75) * size),
        textcoords="offset points",
        fontsize=0.8 * size, color=look().quiet, va="center",
    )  # fmt: skip
    if len(steps):
        x, y = steps["coverage"].to_numpy(dtype=float), steps["density"].to_numpy(dtype=float)
        ax.plot(x, y, color=tone(OTHER), linewidth=3, zorder=1)
        ax.scatter(x, y, s=90, color=tone(OTHER), zorder=2, clip_on=False)
        for place in np.flatnonzero(steps["chosen"].to_numpy(dtype=bool))[:1]:
            ax.scatter(
                x[place],
                y[place],
                s=230,
                color=look().quiet,
                zorder=3,
                edgecolor=look().paper,
                linewidth=2,
                clip_on=False,
            )
            limits = int(steps["limits"].iloc[place])
            taken = say("step taken, {count} limits", count=limits)
            said = taken if found.discovery.method == "prim" else say("leaves taken")
            _named(ax, (x[place], y[place]), said, 0.8 * size, look().quiet)
    for box in found.discovery.boxes[:1]:
        at = (box.all.coverage, box.all.density)
        ax.scatter(*at, s=360, color=tone(BOX), zorder=4, edgecolor=look().paper, linewidth=2, clip_on=False)
        _named(ax, at, say("box"), size, readable(BOX), below=True)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(0.25))
        axis.set_major_formatter(ticks(lambda value: per_cent(100 * value)))
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
    ax.set_title(say("The first box"), loc="left", fontweight="bold", color=readable(BOX), pad=12, fontsize=size)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.grid(visible=False)
    ax.set_xticks([])
    if not found.discovery.boxes:
        ax.set_yticks([])
        ax.text(
            0.0, 0.5, say("nothing holds up on members\nthat did not find it"), fontsize=LABEL, transform=ax.transAxes
        )
        return
    box = found.discovery.boxes[0]
    rows = box.limits[:MOST_ROWS]
    places = np.arange(len(rows))[::-1]
    for place, limit in zip(places, rows, strict=True):
        _bar(ax, found, limit, float(place), 0.8 * size)
    ax.set_yticks(places, [_label(found, limit) for limit in rows])
    ax.tick_params(axis="y", length=0, labelcolor=look().ink, labelsize=0.8 * size)
    ax.set(xlim=(0, 1), ylim=(min(-1.5, len(rows) - 6.0), len(rows) - 0.4))
    measured = box.all
    held = box.held_out
    ax.text(
        0.0, -0.95,
        say(
            "holds in {inside} of the members inside\n({held} of the members held out);\n{cases} of the cases are inside",
            inside=_share(measured.density), held=_share(held.density), cases=_share(measured.coverage),
        ),
        fontsize=0.8 * size, color=look().quiet, va="center",
    )  # fmt: skip


def _bar(ax: Axes, found: Found, limit: Limit, place: float, size: float) -> None:
    low, high = found.discovery.spans[limit.name]
    wide = high - low if high > low else 1.0
    ends = [
        (low if limit.low is None else limit.low) - low,
        (high if limit.high is None else limit.high) - low,
    ]
    first, last = (float(np.clip(end / wide, 0, 1)) for end in ends)
    ax.barh(place, 1.0, height=0.34, color=tone(OTHER), alpha=0.6)
    ax.barh(place, last - first, left=first, height=0.34, color=tone(BOX))
    unit = _unit(found, limit)
    for value, at, sign in ((limit.low, first, "above {value}"), (limit.high, last, "below {value}")):
        if value is None:
            continue
        both = limit.low is not None and limit.high is not None
        if "=" in limit.name:
            said = say("yes") if sign.startswith("above") else say("no")
        else:
            said = amount(value, unit) if both else say(sign, value=amount(value, unit))
        side = "left" if at < 0.5 else "right"
        ax.annotate(
            said, (at, place), xytext=(0, 14 + 0.55 * size), textcoords="offset points", ha=side, va="center",
            fontsize=size, fontweight="bold", color=readable(BOX), annotation_clip=False,
        )  # fmt: skip


def _label(found: Found, limit: Limit) -> str:
    if "=" in limit.name:
        decision, _, choice = limit.name.partition("=")
        return say("{decision} is {choice}", decision=decision, choice=choice)
    path, _, dated = limit.name.partition("@")
    label = in_words(path, found.scenario.labels)
    label = say("{input} of {date}", input=label, date=dated) if dated else label
    unit = unit_words(_unit(found, limit), label)
    text = f"{label}, {unit}" if unit and unit != unit_words("year") else label
    lines = textwrap.wrap(text, int(LINE * len(text) / breadth(text)))
    return "\n".join(lines[:3]) + ("…" if len(lines) > 3 else "")


def _unit(found: Found, limit: Limit) -> str:
    path = limit.name.partition("@")[0]
    return found.scenario.records[path].unit if path in found.scenario.records else "1"


def _note(found: Found) -> str:
    from ... import __version__

    discovery = found.discovery
    said = say(
        "{members} members, {cases} cases · {method} on {finders} of them", members=f"{discovery.members:,}",
        cases=f"{discovery.cases:,}", method=discovery.method.upper(), finders=f"{discovery.finders:,}",
    )  # fmt: skip
    return f"podrace {__version__} · {found.name} · {said}"
