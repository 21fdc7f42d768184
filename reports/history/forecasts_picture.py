"""Published forecasts and the model in one picture: what we have over what they say, before and under their assumptions."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ..figures.style import INK, NOTE, QUIET, headings, new_figure, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.forecasts import Beside, Forecast, Forecasts

FAR = 8.0
BASE, OWN = "#9aa5b1", "#0b7a75"
ROW_NAME = 38
SMALL = 12.5
TICKS = (0.125, 0.5, 1.0, 2.0, 8.0)


def beside(found: Forecasts) -> Figure:
    """Draw the last value of each forecast that lay ahead: our median and 80 % over it."""
    last: dict[str, Forecast] = {}
    for one in found.forecasts:
        if not one.known_then and not one.scripted and (one.point.value or 0.0) > 0:
            last[one.case.id] = one
    rows = sorted(last.values(), key=lambda one: one.assumed.quantiles[0.5] / float(one.point.value or 1.0))
    near = sum(one.assumed.quantiles[0.1] <= (one.point.value or 0.0) <= one.assumed.quantiles[0.9] for one in rows)
    with theme():
        figure, axes = new_figure(2, left=0.25, right=0.975, top=0.81, bottom=0.125, wspace=0.82)
        headings(
            figure,
            f"{near} of {len(rows)} forecasts lie inside our middle 80 % under their own assumptions",
            "the model over the forecast, its last year · grey: baseline · green: the forecast's assumptions · bars: 80 % of members",
        )
        half = math.ceil(len(rows) / 2)
        titles = Counter(one.case.title for one in rows)
        for ax, part in zip(axes, (rows[half:], rows[:half]), strict=True):
            _rows(ax, part, half, titles)
        from ... import __version__

        text = f"podrace {__version__} · {found.base.name} ({found.base.hash[:7]}) · {found.members:,} members · seed {found.seed} · none is a target"
        figure.text(0.03, 0.022, text, fontsize=NOTE, color=QUIET, va="bottom", ha="left")
    return figure


def _rows(ax: Axes, rows: list[Forecast], height: int, titles: Counter[str]) -> None:
    for place, one in enumerate(rows):
        value = float(one.point.value or 1.0)
        if one.levers:
            _bar(ax, one.base, value, place + 0.18, BASE)
            _bar(ax, one.assumed, value, place - 0.18, OWN)
        else:
            _bar(ax, one.base, value, place, BASE)
    ax.axvline(1.0, color=INK, linewidth=1.5, zorder=0)
    ax.set_yticks(range(len(rows)), [_name(one, titles) for one in rows])
    ax.set_ylim(-0.7, height - 0.3)
    ax.set_xscale("log")
    ax.set_xlim(1 / FAR / 1.08, FAR * 1.08)
    ax.xaxis.set_major_locator(FixedLocator(list(TICKS)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"×{v:g}" if v >= 0.5 else f"×1/{1 / v:g}"))
    ax.tick_params(axis="y", length=0, labelsize=SMALL, labelcolor=INK)
    ax.tick_params(axis="x", labelsize=SMALL + 1.5)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)


def _bar(ax: Axes, ours: Beside, value: float, place: float, colour: str) -> None:
    low, middle, high = (float(np.clip(ours.quantiles[q] / value, 1 / FAR, FAR)) for q in (0.1, 0.5, 0.9))
    ax.plot([low, high], [place, place], color=colour, linewidth=5, alpha=0.55, solid_capstyle="butt")
    ax.plot([middle], [place], "|", color=colour, ms=11, mew=3)


def _name(one: Forecast, titles: Counter[str]) -> str:
    """Name a row by title and forecaster; by its id where two have one title."""
    who = (one.case.forecaster or "").partition(" (")[0]
    shared = titles[one.case.title] > 1 or not one.case.title
    title = one.case.id.replace("_", " ") if shared else one.case.title
    if who and who.casefold() not in title.casefold():
        title = f"{title} ({who})"
    room = ROW_NAME - 6
    short = title if len(title) <= room else title[: room - 1].rstrip() + "…"
    return f"{short}, {one.point.year:g}"
