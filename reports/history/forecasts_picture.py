"""Published forecasts and the model in one picture: what we have over what they say, before and under their assumptions."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..figures.looks import CATEGORY_COLOURS, tone
from ..figures.style import counted, footnote, headings, made_by, new_figure, theme
from ..language import say
from .backtest_pictures import of_pages
from .rows import broken, columns, pages, ratio_axis, when

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.forecasts import Beside, Forecast, Forecasts

FAR = 8.0
BASE, OWN = "#9aa5b1", CATEGORY_COLOURS["dies"]
TICKS = (0.125, 0.5, 1.0, 2.0, 8.0)


def pictures(found: Forecasts) -> dict[str, Callable[[], Figure]]:
    """Give the pictures by name, as many pages as the forecasts take, each a function that draws it."""
    parts = pages(_ahead(found))
    return {
        "forecasts" if page == 1 else f"forecasts_{page}": partial(beside, found, rows, page, len(parts))
        for page, rows in enumerate(parts, start=1)
    }


def _ahead(found: Forecasts) -> list[Forecast]:
    """Take the last value of each forecast that lay ahead, those we exceed most first."""
    last: dict[str, Forecast] = {}
    for one in found.forecasts:
        if not one.known_then and not one.scripted and (one.point.value or 0.0) > 0:
            last[one.case.id] = one
    return sorted(last.values(), key=lambda one: -one.assumed.quantiles[0.5] / float(one.point.value or 1.0))


def beside(found: Forecasts, rows: Sequence[Forecast] | None = None, page: int = 1, pages: int = 1) -> Figure:
    """Draw the last value of each forecast that lay ahead: our median and 80 % over it.

    Parameters
    ----------
    found
        The forecasts.
    rows
        Those of a page; all of them by default.
    page, pages
        Which of how many.
    """
    ahead = _ahead(found)
    near = sum(one.assumed.quantiles[0.1] <= (one.point.value or 0.0) <= one.assumed.quantiles[0.9] for one in ahead)
    with theme():
        figure, axes = new_figure(2, left=0.22, right=0.975, top=0.81, bottom=0.125, wspace=0.72)
        text = "{near} of {count} forecasts lie inside our middle 80 % under their own assumptions"
        told = "the model over the forecast, its last year · grey: baseline · green: the forecast's assumptions · bars: 80 % of members"
        headings(figure, say(text, near=near, count=len(ahead)) + of_pages(page, pages), say(told))
        titles = Counter(one.case.title for one in ahead)
        left, right, height = columns(list(ahead if rows is None else rows)[::-1])
        for ax, part in zip(axes, (left, right), strict=True):
            _rows(ax, part, height, titles)
        parts = (made_by(found.base), counted(found.members), say("seed {seed}", seed=found.seed))
        footnote(figure, " · ".join((*parts, say("none is a target"))))
    return figure


def _rows(ax: Axes, rows: list[Forecast], height: int, titles: Counter[str]) -> None:
    for place, one in enumerate(rows):
        value = float(one.point.value or 1.0)
        if one.levers:
            _bar(ax, one.base, value, place + 0.18, BASE)
            _bar(ax, one.assumed, value, place - 0.18, OWN)
        else:
            _bar(ax, one.base, value, place, BASE)
    ratio_axis(ax, [_name(one, titles) for one in rows], height, TICKS, FAR)


def _bar(ax: Axes, ours: Beside, value: float, place: float, colour: str) -> None:
    low, middle, high = (float(np.clip(ours.quantiles[q] / value, 1 / FAR, FAR)) for q in (0.1, 0.5, 0.9))
    ax.plot([low, high], [place, place], color=tone(colour), linewidth=5, alpha=0.55, solid_capstyle="butt")
    ax.plot([middle], [place], "|", color=tone(colour), ms=11, mew=3)


def _name(one: Forecast, titles: Counter[str]) -> str:
    """Name a row by title and forecaster; by its id where two have one title."""
    who = (one.case.forecaster or "").partition(" (")[0]
    shared = titles[one.case.title] > 1 or not one.case.title
    title = one.case.id.replace("_", " ") if shared else say(one.case.title)
    if who and who.casefold() not in title.casefold():
        title = f"{title} ({who})"
    return broken(title, when(one.point.year))
