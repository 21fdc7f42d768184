"""The picture of a sensitivity study: a bar for each factor, the strongest on top, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..model.registry import VARIABLES
from ..studies.factors import CHANCE, REST
from ..studies.one_at_a_time import RATIO
from .charts import type_size
from .sensitivity_text import percent
from .style import INK, LABEL, NOTE, QUIET, headings, new_figure, theme
from .text import number, unit
from .tornado import HIGH_COLOUR, LEFT, LONGEST, LOW_COLOUR

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .sensitivity import Sources

BARS = 12
OTHER_COLOUR = "#b8bfc8"
"""Of what is not a parameter."""
DOMINANT = 0.45
"""A factor with this share decides the number; several are named below it."""
NAMED = 3
LONGEST_NAMES = 62
"""Characters of their names that fit in the headline."""


def ranking(sources: Sources) -> Figure:
    """Draw the strongest factors of a number.

    Parameters
    ----------
    sources
        A sensitivity study.
    """
    indices = sources.study.indices
    column = "total" if indices.method == "sobol" else "mu_star"
    ranked = indices.table[indices.table["ranked"]]
    aside = [name for name in (CHANCE, REST) if name in indices.table.index]
    parameters = ranked.drop(index=[name for name in aside if name in ranked.index]).head(BARS - len(aside))
    with theme():
        figure, (ax,) = new_figure(left=LEFT, right=0.95, top=0.785, bottom=0.155)
        headings(figure, _finding(sources, parameters), _subtitle(sources))
        figure.text(0.03, 0.022, _note(sources), fontsize=NOTE, color=QUIET, va="bottom", ha="left")
        if parameters.empty:
            ax.set_axis_off()
            ax.text(
                0.5, 0.5, "no parameter has an interval above zero", ha="center", fontsize=LABEL, transform=ax.transAxes
            )
            return figure
        names = [*map(str, parameters.index), *aside]
        places = np.arange(len(names))[::-1] - np.array([0.0] * len(parameters) + [0.4] * len(aside))
        _bars(ax, sources, indices.table.loc[names], column, places)
        ax.set_yticks(places, [_short(sources.label(name)) for name in names])
        ax.set_ylim(places[-1] - 0.6, places[0] + 0.6)
        _dress(ax, indices.method)
        return figure


def _finding(sources: Sources, parameters: pd.DataFrame) -> str:
    """Say what decides the number."""
    if parameters.empty:
        return "No single assumption stands out"
    names = [sources.label(str(name)) for name in parameters.index[:NAMED]]
    if sources.study.indices.method == "morris":
        size = float(parameters["mu_star"].iloc[0]) / sources.scale
        return f"{_bare(names[0])} moves it most: by {number(size)}{_unit(sources)}"
    total = parameters["total"].to_numpy()
    if total[0] >= DOMINANT or len(total) == 1:
        return f"{_bare(names[0])} has a part in {percent(float(total[0]))} of the spread"
    first = parameters["first"].to_numpy()[:NAMED].sum()
    named = ", ".join(map(_bare, names))
    if len(named) > LONGEST_NAMES:
        named = {2: "Two assumptions", 3: "Three assumptions"}[len(names)]
    return f"{named}: {percent(float(first))} of the spread"


def _bare(label: str) -> str:
    return label.replace(": ", " ", 1).replace(",", "")


def _subtitle(sources: Sources) -> str:
    said = f"{sources.number}, {sources.study.place.year}"
    if sources.study.indices.method == "sobol":
        return f"{said} · share of the variance, dark: alone, light: with interactions · line: 95 % interval"
    return f"{said} · mean size of the change from the 5 % to the 95 % quantile · line: 95 % interval"


def _unit(sources: Sources) -> str:
    """Give the unit behind a printed number."""
    if sources.study.place.side == RATIO:
        return "×"
    word = unit(VARIABLES[sources.study.place.variable])
    return f" {word}" if word else ""


def _note(sources: Sources) -> str:
    from .. import __version__

    study, indices = sources.study, sources.study.indices
    base = "base samples" if indices.method == "sobol" else "trajectories"
    return (
        f"podrace {__version__} · {study.scenario.name} ({study.scenario.hash[:7]}) · {study.samples:,} {base}, "
        f"{indices.runs:,} runs · seed {study.seed} · decisions shared within each group"
    )


def _bars(ax: Axes, sources: Sources, table: pd.DataFrame, column: str, places: Any) -> None:
    scale = 1.0 if column == "total" else sources.scale
    size = 0.85 * type_size(ax)
    most = float(table[f"{column}_high"].max()) / scale
    ax.set_xlim(0.0, most * 1.17)
    for place, (name, row) in zip(places, table.iterrows(), strict=True):
        value, low, high = (float(row[key]) / scale for key in (column, f"{column}_low", f"{column}_high"))
        other = name in {CHANCE, REST}
        ax.barh(place, value, height=0.62, color=OTHER_COLOUR if other else LOW_COLOUR)
        if column == "total" and row["first"] > 0:
            inner = min(float(row["first"]), value)
            ax.barh(place, inner, height=0.62, color=QUIET if other else HIGH_COLOUR)
        ax.plot([max(low, 0.0), high], [place, place], color=INK, linewidth=2.0, solid_capstyle="butt")
        said = percent(value) if column == "total" else number(value)
        ax.annotate(
            said, (high, place), xytext=(0.45 * size, 0), textcoords="offset points", ha="left", va="center",
            fontsize=size, fontweight="bold", color=QUIET if other else HIGH_COLOUR,
        )  # fmt: skip


def _dress(ax: Axes, method: str) -> None:
    size = type_size(ax)
    ax.tick_params(axis="y", length=0, labelsize=0.85 * size, labelcolor=INK)
    ax.tick_params(axis="x", labelsize=0.9 * size, length=6)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    if method == "sobol":
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.6g} %"))
    else:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + "…"
