"""Pictures of a back-test: every scored series in small fans with the published points, and all errors at a glance."""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from ..figures.charts import HALF, band
from ..figures.looks import SIDE_COLOURS, look, tone
from ..figures.style import counted, footnote, headings, made_by, new_figure, theme
from ..language import say
from ..wording import korean, per_cent, ticks
from .rows import broken, columns, ratio_axis, when
from .rows import pages as parted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.backtest import Backtest, Tested
    from ...studies.scores import PointScore

ACROSS, DOWN = 4, 3
PUBLISHED = "#d9dde2"
"""Published ranges."""
SMALL = 13
"""Type in small panels; a slide shows it still."""
PANEL_TITLE = 36
"""Characters of a line above a panel."""
LAST_YEAR = 2027
"""Fans end here: later years have no points."""
FAR, RATIO_TICKS = 4.0, (0.25, 0.5, 1.0, 2.0, 4.0)
"""Medians further off than this factor are drawn at the edge."""
SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
LONG_UNITS = {"billion USD/year": "bn USD", "billion USD": "bn USD", "H100e/year": "H100e", "package/year": "packages",
              "die/year": "dies", "percent": "%", "PB/year": "PB", "1": "share", "x per year": "× a year"}  # fmt: skip


def pictures(found: Backtest) -> dict[str, Callable[[], Figure]]:
    """Give the pictures of a back-test by name, each a function that draws it."""
    drawn: dict[str, Callable[[], Figure]] = {}
    for page, rows in enumerate(parts := parted(_by_ratio(found)), start=1):
        drawn["overview" if page == 1 else f"overview_{page}"] = partial(overview, found, rows, page, len(parts))
    shown = worth_a_fan(found.scored)
    pages = math.ceil(len(shown) / (ACROSS * DOWN))
    for page in range(pages):
        part = shown[page * len(shown) // pages : (page + 1) * len(shown) // pages]
        drawn[f"fans_{page + 1}"] = partial(fans, found, part, page + 1, pages)
    return drawn


def worth_a_fan(scored: Sequence[Tested]) -> list[Tested]:
    """Choose one series of each group, the one with most points, and of the others those with two points or more."""
    best: dict[str, Tested] = {}
    for tested in scored:
        key = tested.case.group or tested.case.id
        if key not in best or len(tested.points) > len(best[key].points):
            best[key] = tested
    return [
        tested for tested in best.values() if (len(tested.points) > 1 or len(scored) <= ACROSS * DOWN) and tested.fan
    ]


def fans(found: Backtest, shown: Sequence[Tested], page: int = 1, pages: int = 1) -> Figure:
    """Draw small multiples: fans of the ensemble with the published values and their ranges."""
    with theme():
        figure, axes = new_figure(
            ACROSS, DOWN, left=0.055, right=0.975, top=0.775, bottom=0.105, wspace=0.27, hspace=0.66
        )
        inside = [point.inside[80] for tested in shown for point in tested.points]
        text = "{near} of these {count} published values lie inside the middle 80 % of the members"
        title = say(text, near=sum(inside), count=len(inside))
        told = "line and bands: median, 50 % and 90 % of the members · points: published, with the published range; hollow: outside 80 %"
        headings(figure, title + of_pages(page, pages), say(told))
        for ax, tested in zip(axes, shown, strict=False):
            _panel(ax, tested)
        for ax in axes[len(shown) :]:
            ax.set_axis_off()
        _source(figure, found)
    return figure


def _panel(ax: Axes, tested: Tested) -> None:
    """Draw one series."""
    colour = SIDE_COLOURS["china" if _chinese(tested) else "us"]
    last = max(LAST_YEAR, *(math.ceil(point.end) for point in tested.points))
    years = [year for year in tested.fan if year < last]
    stock = tested.mapped.reading.kind == "stock"
    when = np.array([year + (1.0 if stock else 0.5) for year in years])
    divide, unit = _unit(tested)
    at = {q: np.array([tested.fan[year][q] for year in years]) / divide for q in (0.05, 0.25, 0.5, 0.75, 0.95)}
    band(ax, when, at[0.05], at[0.95], colour)
    ax.fill_between(when, at[0.25], at[0.75], color=tone(colour), alpha=HALF, linewidth=0)
    ax.plot(when, at[0.5], color=tone(colour), linewidth=2.6)
    for point in tested.points:
        _observed(ax, point, divide, stock=stock)
    _dress(ax, tested, at, divide)
    ax.set_title(_title(say(tested.case.title or tested.case.id), unit), loc="left", fontsize=SMALL, pad=7)


def _title(name: str, unit: str) -> str:
    """Write name and unit on at most two lines; a name that is longer still is cut before the unit.

    >>> print(_title("Fleet owned in China without smuggled and rented chips, from sales, as published", "k H100e"))
    Fleet owned in China without
    smuggled and rented chips,… k H100e
    """
    lines = textwrap.wrap(f"{name}, {unit}", PANEL_TITLE)
    if len(lines) > 2:
        rest = textwrap.shorten(name[len(lines[0]) :], PANEL_TITLE - len(unit) - 1, placeholder="…")
        lines = [lines[0], f"{rest} {unit}"]
    return "\n".join(lines)


def _chinese(tested: Tested) -> bool:
    if tested.case.side in SIDE_COLOURS:
        return tested.case.side == "china"
    return False


def _observed(ax: Axes, found: PointScore, divide: float, *, stock: bool) -> None:
    """Draw a published value with its range; a bound as an arrow away from it."""
    point = found.point
    assert point.value is not None
    when, value = (found.end if stock else found.end - 0.5), point.value / divide
    low = point.value if point.low is None else point.low
    high = point.value if point.high is None else point.high
    if high > low:
        ax.plot([when, when], [low / divide, high / divide], color=look().ink, linewidth=2, zorder=4)
    face = look().ink if found.inside[80] else look().paper
    shape = {1: "^", -1: "v"}.get(point.bound, "o")
    ax.plot([when], [value], shape, ms=8, mfc=face, mec=look().ink, mew=1.8, zorder=5, clip_on=False)


def _dress(ax: Axes, tested: Tested, at: dict[float, np.ndarray], divide: float) -> None:
    """Set limits around what is seen while there are points, ticks in plain numbers."""
    ends = [max(p.point.value or 0, p.point.high or 0, p.quantiles[0.95]) / divide for p in tested.points]
    top = max(ends) * 1.25 or 1.0
    low = min(0.0, float(np.nanmin(at[0.05])))
    ax.set_ylim(low, top)
    first = 2022
    end = max(2026.0, *(point.end for point in tested.points)) + 0.15
    ax.set_xlim(first - 0.05, end)
    ax.xaxis.set_major_locator(FixedLocator(list(range(first, int(end) + 1))))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:.0f}" if end < 2029 else f"’{value % 100:02.0f}")
    )
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(ticks())
    ax.tick_params(axis="both", labelsize=SMALL - 1, length=4, width=1)


def _unit(tested: Tested) -> tuple[float, str]:
    """Give what values are divided by, and the unit as a panel prints it."""
    unit = LONG_UNITS.get(tested.case.unit, tested.case.unit)
    if tested.mapped.reading.kind == "date":
        return 1.0, say("date")
    if korean():
        return 1.0, say(unit)
    largest = max(max(abs(p.point.value or 0.0), abs(p.quantiles[0.5])) for p in tested.points)
    for scale, letter in SCALES:
        if largest >= scale and unit not in {"%", "share"}:
            return scale, f"{letter}\xa0{unit}"
    return 1.0, unit


def of_pages(page: int, pages: int) -> str:
    """Number a page where there are several."""
    return say(" ({page} of {pages})", page=page, pages=pages) if pages > 1 else ""


def _by_ratio(found: Backtest) -> list[Tested]:
    """Sort what has a ratio by how far the model is above the last published value, the furthest first."""
    shown = [t for t in found.scored if t.mapped.reading.kind != "date" and (t.points[-1].point.value or 0) > 0]
    return sorted(shown, key=lambda t: -t.points[-1].quantiles[0.5] / float(t.points[-1].point.value or 1))


def overview(found: Backtest, rows: Sequence[Tested] | None = None, page: int = 1, pages: int = 1) -> Figure:
    """Draw the last point of series: published range and the ensemble's, both over the published value.

    Parameters
    ----------
    found
        The back-test.
    rows
        Series, the furthest above first; all of them by default.
    page, pages
        Which of how many.
    """
    rising = list(_by_ratio(found) if rows is None else rows)[::-1]
    with theme():
        figure, axes = new_figure(2, left=0.22, right=0.985, top=0.81, bottom=0.125, wspace=0.72, sharex=True)
        overall = found.overall
        text = "{share} of {count} published values lie inside the middle 80 % of the members"
        title = say(text, share=per_cent(100 * overall.coverage80), count=overall.n)
        told = "model over published, the last value of each series · bar: 80 % of the members, line: median · grey: published range"
        headings(figure, title + of_pages(page, pages), say(told))
        left, right, height = columns(rising)
        for ax, part in zip(axes, (left, right), strict=True):
            _ratios(ax, part, height)
        _source(figure, found)
    return figure


def _ratios(ax: Axes, rows: Sequence[Tested], height: int) -> None:
    """Draw a row per series on a logarithmic axis around 1."""
    for place, tested in enumerate(rows):
        last = tested.points[-1]
        value = float(last.point.value or 1.0)
        colour = tone(SIDE_COLOURS["china" if _chinese(tested) else "us"])
        low, high = ((last.point.low or value) / value, (last.point.high or value) / value)
        ax.barh(place, _cut(high) - _cut(low), left=_cut(low), height=0.8, color=tone(PUBLISHED), linewidth=0)
        ends = [_cut(last.quantiles[q] / value) for q in (0.1, 0.5, 0.9)]
        ax.plot([ends[0], ends[2]], [place, place], color=colour, linewidth=6, alpha=0.5, solid_capstyle="butt")
        ax.plot([ends[1]], [place], "|", color=colour, ms=13, mew=3)
    names = [broken(say(t.case.title or t.case.id), when(t.points[-1].point.year)) for t in rows]
    ratio_axis(ax, names, height, RATIO_TICKS, FAR)


def _cut(value: float) -> float:
    return float(np.clip(value, 1 / FAR, FAR))


def _source(figure: Figure, found: Backtest) -> None:
    """Say where the picture comes from."""
    parts = (made_by(found.scenario), counted(found.members), say("seed {seed}", seed=found.seed))
    footnote(figure, " · ".join((*parts, say("{file}; Epoch AI data MIT-licensed", file=found.cases.file))))
