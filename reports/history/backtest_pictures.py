"""Pictures of a back-test: every scored series in small fans with the published points, and all errors at a glance."""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from ..figures.style import INK, NOTE, QUIET, SIDE_COLOURS, headings, new_figure, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.backtest import Backtest, Tested
    from ...studies.scores import PointScore

ACROSS, DOWN = 4, 3
OBSERVED = "#1d2530"
SMALL = 14
"""Type in small panels; a slide shows it still."""
PANEL_TITLE, ROW_NAME = 32, 40
"""Characters that fit above a panel, and beside a row."""
LAST_YEAR = 2027
"""Fans end here: later years have no points."""
FAR = 4.0
"""Medians further off than this factor are drawn at the edge."""
SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
LONG_UNITS = {"billion USD/year": "bn USD", "billion USD": "bn USD", "H100e/year": "H100e", "package/year": "packages",
              "die/year": "dies", "percent": "%", "PB/year": "PB", "1": "share", "x per year": "× a year"}  # fmt: skip


def pictures(found: Backtest) -> dict[str, Callable[[], Figure]]:
    """Give the pictures of a back-test by name, each a function that draws it."""
    drawn: dict[str, Callable[[], Figure]] = {"overview": partial(overview, found)}
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
        of_pages = f" ({page} of {pages})" if pages > 1 else ""
        headings(
            figure,
            f"{sum(inside)} of these {len(inside)} published values lie inside the middle 80 % of the members{of_pages}",
            "line and bands: median, 50 % and 90 % of the members · points: published, with the published range; hollow: outside 80 %",
        )
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
    ax.fill_between(when, at[0.05], at[0.95], color=colour, alpha=0.14, linewidth=0)
    ax.fill_between(when, at[0.25], at[0.75], color=colour, alpha=0.26, linewidth=0)
    ax.plot(when, at[0.5], color=colour, linewidth=2.6)
    for point in tested.points:
        _observed(ax, point, divide, stock=stock)
    _dress(ax, tested, at, divide)
    lines = textwrap.wrap(f"{tested.case.title or tested.case.id}, {unit}", PANEL_TITLE)
    ax.set_title("\n".join(lines if len(lines) < 3 else [lines[0], f"… {unit}"]), loc="left", fontsize=SMALL, pad=7)


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
        ax.plot([when, when], [low / divide, high / divide], color=OBSERVED, linewidth=2, zorder=4)
    face = OBSERVED if found.inside[80] else "white"
    shape = {1: "^", -1: "v"}.get(point.bound, "o")
    ax.plot([when], [value], shape, ms=8, mfc=face, mec=OBSERVED, mew=1.8, zorder=5, clip_on=False)


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
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    ax.tick_params(axis="both", labelsize=SMALL - 1, length=4, width=1)


def _unit(tested: Tested) -> tuple[float, str]:
    """Give what values are divided by, and the unit as a panel prints it."""
    unit = LONG_UNITS.get(tested.case.unit, tested.case.unit)
    if tested.mapped.reading.kind == "date":
        return 1.0, "date"
    largest = max(max(abs(p.point.value or 0.0), abs(p.quantiles[0.5])) for p in tested.points)
    for scale, letter in SCALES:
        if largest >= scale and unit not in {"%", "share"}:
            return scale, f"{letter} {unit}"
    return 1.0, unit


def overview(found: Backtest) -> Figure:
    """Draw the last point of every series: published range and the ensemble's, both over the published value."""
    shown = [t for t in found.scored if t.mapped.reading.kind != "date" and (t.points[-1].point.value or 0) > 0]
    rows = sorted(shown, key=lambda t: t.points[-1].quantiles[0.5] / float(t.points[-1].point.value or 1))
    with theme():
        figure, axes = new_figure(2, left=0.245, right=0.985, top=0.81, bottom=0.125, wspace=0.80, sharex=True)
        overall = found.overall
        headings(
            figure,
            f"{100 * overall.coverage80:.0f} % of {overall.n} published values lie inside the middle 80 % of the members",
            "model over published, the last value of each series · bar: 80 % of the members, line: median · grey: published range",
        )
        half = math.ceil(len(rows) / 2)
        for ax, part in zip(axes, (rows[half:], rows[:half]), strict=True):
            _ratios(ax, part, half)
        _source(figure, found)
    return figure


def _ratios(ax: Axes, rows: Sequence[Tested], height: int) -> None:
    """Draw a row per series on a logarithmic axis around 1."""
    for place, tested in enumerate(rows):
        last = tested.points[-1]
        value = float(last.point.value or 1.0)
        colour = SIDE_COLOURS["china" if _chinese(tested) else "us"]
        low, high = ((last.point.low or value) / value, (last.point.high or value) / value)
        ax.barh(place, _cut(high) - _cut(low), left=_cut(low), height=0.86, color="#d9dde2", linewidth=0)
        ends = [_cut(last.quantiles[q] / value) for q in (0.1, 0.5, 0.9)]
        ax.plot([ends[0], ends[2]], [place, place], color=colour, linewidth=6, alpha=0.5, solid_capstyle="butt")
        ax.plot([ends[1]], [place], "|", color=colour, ms=13, mew=3)
    ax.axvline(1.0, color=INK, linewidth=1.5, zorder=0)
    size = min(SMALL, 10.5 + 40 / max(height, 1))
    ax.set_yticks(range(len(rows)), [_name(tested) for tested in rows])
    ax.set_ylim(-0.7, height - 0.3)
    ax.set_xscale("log")
    ax.set_xlim(1 / FAR / 1.05, FAR * 1.05)
    ticks = [0.25, 0.5, 1.0, 2.0, 4.0]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"×{v:g}"))
    ax.tick_params(axis="y", length=0, labelsize=size, labelcolor=INK)
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)


def _cut(value: float) -> float:
    return float(np.clip(value, 1 / FAR, FAR))


def _name(tested: Tested) -> str:
    """Name a row: a long title keeps its beginning and what follows its last comma."""
    title, year = tested.case.title or tested.case.id, f", {tested.points[-1].point.year:g}"
    room = ROW_NAME - len(year)
    if len(title) > room:
        head, comma, tail = title.rpartition(", ")
        tail = tail if comma and len(tail) < room / 2 else ""
        title = f"{(head if tail else title)[: room - len(tail) - 2].rstrip(' ,')}… {tail}".rstrip()
    return title + year


def _source(figure: Figure, found: Backtest) -> None:
    """Say where the picture comes from."""
    from ... import __version__

    scenario = found.scenario
    text = (
        f"podrace {__version__} · {scenario.name} ({scenario.hash[:7]}) · {found.members:,} members · seed {found.seed}"
        f" · {found.cases.file}; Epoch AI data MIT-licensed"
    )
    figure.text(0.03, 0.022, text, fontsize=NOTE, color=QUIET, va="bottom", ha="left")
