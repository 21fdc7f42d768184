"""The picture of a sensitivity study: a bar for each factor, the strongest on top, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...model.registry import VARIABLES
from ...studies.factors import CHANCE, REST
from ...studies.one_at_a_time import RATIO
from ..figures.charts import type_size
from ..figures.looks import HIGH_COLOUR, LOW_COLOUR, QUIET, look, readable, tone
from ..figures.panels import root
from ..figures.style import LABEL, made_by, stage, theme
from ..figures.tornado import LEFT, LONGEST, edge, number_in_words
from ..language import say
from ..wording import axis_text, breadth, cut, drawn_in, korean, per_cent, short, tick, ticks
from .text import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .indices import Sources

BARS = 12
OTHER_COLOUR, OTHER_ALONE = "#b8bfc8", "#5a6471"
"""Of what is not a parameter."""
DOMINANT = 0.45
"""A factor with this share decides the number; several are named below it."""
NAMED = 3
LONGEST_NAMES = 62
"""Characters of their names that fit in the headline."""


def ranking(sources: Sources, ax: Axes | None = None) -> Figure:
    """Draw the strongest factors of a number.

    Parameters
    ----------
    sources
        A sensitivity study.
    ax
        Draw on this axis instead of a slide.
    """
    indices = sources.study.indices
    column = "total" if indices.method == "sobol" else "mu_star"
    ranked = indices.table[indices.table["ranked"]]
    aside = [name for name in (CHANCE, REST) if name in indices.table.index]
    parameters = ranked.drop(index=[name for name in aside if name in ranked.index]).head(BARS - len(aside))
    with theme():
        title, subtitle = _finding(sources, parameters), _subtitle(sources)
        panel = stage(ax, title, subtitle, _note(sources), left=LEFT, right=0.95, top=0.785, bottom=0.155)
        if parameters.empty:
            panel.set_axis_off()
            none = say("no parameter has an interval above zero")
            panel.text(0.5, 0.5, none, ha="center", fontsize=LABEL, transform=panel.transAxes)
            return root(panel)
        names = [*map(str, parameters.index), *aside]
        places = np.arange(len(names))[::-1] - np.array([0.0] * len(parameters) + [0.4] * len(aside))
        _bars(panel, sources, indices.table.loc[names], column, places)
        panel.set_yticks(places, [cut(sources.label(name), LONGEST) for name in names])
        panel.set_ylim(places[-1] - 0.6, places[0] + 0.6)
        _dress(panel, indices.method)
        return root(panel)


def _finding(sources: Sources, parameters: pd.DataFrame) -> str:
    """Say what decides the number."""
    if parameters.empty:
        return say("No single assumption stands out")
    names = [_bare(sources.label(str(name))) for name in parameters.index[:NAMED]]
    if sources.study.indices.method == "morris":
        size = short(float(parameters["mu_star"].iloc[0]) / _scale(sources)) + _unit(sources)
        return say("{factor} moves it most: by {size}", factor=names[0], size=size)
    total = parameters["total"].to_numpy()
    if total[0] >= DOMINANT or len(total) == 1:
        return say("{factor} has a part in {share} of the spread", factor=names[0], share=_percent(float(total[0])))
    first = _percent(float(parameters["first"].to_numpy()[:NAMED].sum()))
    named = ", ".join(names)
    if breadth(named) > LONGEST_NAMES:
        named = {2: say("Two assumptions"), 3: say("Three assumptions")}[len(names)]
    return say("{factors}: {share} of the spread", factors=named, share=first)


def _percent(share: float) -> str:
    """Write a share of the variance."""
    return percent(share).replace(" ", "") if korean() else percent(share)


def _bare(label: str) -> str:
    return label.replace(": ", " ", 1).replace(",", "")


def _subtitle(sources: Sources) -> str:
    place = sources.study.place
    number, year = number_in_words(place.variable, place.side), place.year
    if sources.study.indices.method == "sobol":
        text = "{number}, {year} · share of the variance, dark: alone, light: with interactions · line: 95 % interval"
    else:
        text = "{number}, {year} · mean size of the change from the 5 % to the 95 % quantile · line: 95 % interval"
    return say(text, number=number, year=year)


def _scale(sources: Sources) -> float:
    """Give what the number is divided by before it is drawn."""
    place = sources.study.place
    return 1.0 if place.side == RATIO else drawn_in(VARIABLES[place.variable])[0]


def _unit(sources: Sources) -> str:
    """Give the unit behind a printed number."""
    if sources.study.place.side == RATIO:
        return say("×")
    word = axis_text(VARIABLES[sources.study.place.variable])
    return f" {word}" if word else ""


def _note(sources: Sources) -> str:
    study, indices = sources.study, sources.study.indices
    if indices.method == "sobol":
        text = "{count} base samples, {runs} runs · seed {seed} · decisions shared within each group"
    else:
        text = "{count} trajectories, {runs} runs · seed {seed} · decisions shared within each group"
    said = say(text, count=f"{study.samples:,}", runs=f"{indices.runs:,}", seed=study.seed)
    return f"{made_by(study.scenario)} · {said}"


def _bars(ax: Axes, sources: Sources, table: pd.DataFrame, column: str, places: Any) -> None:
    scale = 1.0 if column == "total" else _scale(sources)
    size = 0.85 * type_size(ax)
    most = float(table[f"{column}_high"].max()) / scale
    ax.set_xlim(0.0, most * 1.17)
    for place, (name, row) in zip(places, table.iterrows(), strict=True):
        value, low, high = (float(row[key]) / scale for key in (column, f"{column}_low", f"{column}_high"))
        other = name in {CHANCE, REST}
        ax.barh(place, value, height=0.62, color=tone(OTHER_COLOUR if other else LOW_COLOUR), edgecolor=edge())
        if column == "total" and row["first"] > 0:
            inner = min(float(row["first"]), value)
            ax.barh(place, inner, height=0.62, color=tone(OTHER_ALONE if other else HIGH_COLOUR))
        ax.plot([max(low, 0.0), high], [place, place], color=look().ink, linewidth=2.0, solid_capstyle="butt")
        said = _percent(value) if column == "total" else short(value)
        ax.annotate(
            said, (high, place), xytext=(0.45 * size, 0), textcoords="offset points", ha="left", va="center",
            fontsize=size, fontweight="bold", color=readable(QUIET if other else HIGH_COLOUR),
        )  # fmt: skip


def _dress(ax: Axes, method: str) -> None:
    size = type_size(ax)
    ax.tick_params(axis="y", length=0, labelsize=0.85 * size, labelcolor=look().ink)
    ax.tick_params(axis="x", labelsize=0.9 * size, length=6)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(ticks(_share_tick if method == "sobol" else tick))


def _share_tick(value: float) -> str:
    """Write a share as a tick in per cent.

    >>> _share_tick(0.125)
    '12.5 %'
    """
    return f"{100 * value:.6g}{per_cent(0).removeprefix('0')}"
