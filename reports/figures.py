"""The pictures of a run: each a function of an ensemble that returns a slide-sized figure.

>>> "cluster" in FIGURES and "timeline" in FIGURES
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.registry import VARIABLES, Variable
from .charts import end_labels, side_quantiles, type_size, year_axis
from .panels import FAN_NOTE, axis_text, bars, fans_of_sides, of_side, panel_title, root
from .pictures_capability import capability, cluster, fleet, lag
from .pictures_flows import who_supplies_whom
from .pictures_ledger import ledger
from .pictures_policy import timeline
from .pictures_supply import binding, localisation, power, stockpiles
from .style import SIDE_COLOURS, headings, new_figure, source_line, theme
from .summary import values
from .text import SIDE_NAMES
from .tornado import TORNADOES

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..studies.ensemble import Ensemble

FIGURES: dict[str, Callable[[Ensemble], Figure]] = {
    "cluster": cluster,
    "fleet": fleet,
    "capability": capability,
    "lag": lag,
    "binding": binding,
    "stockpiles": stockpiles,
    "localisation": localisation,
    "power": power,
    "ledger": ledger,
    "timeline": timeline,
    "suppliers": who_supplies_whom,
    **TORNADOES,
}
"""The standard pictures, in the order a reader meets them."""


def draw(name: str, ensemble: Ensemble) -> Figure:
    """Draw one of the standard pictures by its name.

    Parameters
    ----------
    name
        A key of `FIGURES`.
    ensemble
        What ran.
    """
    with theme():
        return FIGURES[name](ensemble)


def plot(ensemble: Ensemble, name: str, ax: Axes | None = None) -> Figure:
    """Draw any recorded variable for both sides.

    Parameters
    ----------
    ensemble
        What ran.
    name
        Id of the variable; a category is drawn as shares of members.
    ax
        Draw on this axis instead of a figure of its own.
    """
    variable = VARIABLES[name]
    with theme():
        if variable.kind == "category":
            return _plot_category(ensemble, variable, ax)
        if variable.kind == "date":
            return _plot_date(ensemble, variable, ax)
        return _plot_number(ensemble, variable, ax)


def _plot_number(ensemble: Ensemble, variable: Variable, ax: Axes | None) -> Figure:
    """Draw a fan per side, on a slide of its own or on a given axis."""
    both = len(side_quantiles(ensemble.data, variable)) > 1
    title, said = variable.label + (": China and the US-led side" if both else ""), axis_text(variable)
    if ax is None:
        figure, (ax,) = new_figure()
        headings(figure, title, " · ".join(part for part in (said, FAN_NOTE) if part))
        source_line(figure, ensemble)
    else:
        ax.set_title(f"{title}\n{said}", loc="left", fontsize=type_size(ax))
    fans_of_sides(ax, ensemble, variable)
    return root(ax)


def _plot_category(ensemble: Ensemble, variable: Variable, ax: Axes | None) -> Figure:
    """Draw the shares of both sides next to each other, or China's alone on a given axis."""
    if ax is not None:
        ax.set_title(f"{variable.label}, China\nshare of members, %", loc="left", fontsize=type_size(ax))
        bars(ax, ensemble, variable, "china")
        return root(ax)
    figure, axes = new_figure(2, sharey=True, right=0.87, left=0.07, wspace=0.55)
    headings(figure, f"{variable.label}: China and the US-led side", "share of members, %")
    source_line(figure, ensemble)
    for panel, side in zip(axes, ("china", "us"), strict=True):
        bars(panel, ensemble, variable, side, between="\n")
        panel.tick_params(labelleft=True)
        panel_title(panel, SIDE_NAMES[side], SIDE_COLOURS[side])
    return figure


def _plot_date(ensemble: Ensemble, variable: Variable, ax: Axes | None) -> Figure:
    """Draw in what share of the members it has happened by each date."""
    what = "share of members in which it has happened, %"
    if ax is None:
        figure, (ax,) = new_figure()
        headings(figure, variable.label, what)
        source_line(figure, ensemble)
    else:
        ax.set_title(f"{variable.label}\n{what}", loc="left", fontsize=type_size(ax))
    years = ensemble.data["year"].to_numpy()
    labels = []
    for side, name in SIDE_NAMES.items():
        when = of_side(ensemble.data, variable.id, side)[0]
        happened = np.sort(when[np.isfinite(when)])
        if not len(happened) and np.isfinite(values(ensemble.data, variable.id)).any():
            continue  # it concerns the other side only
        share = 100 * np.arange(1, len(happened) + 1) / max(len(when), 1)
        dates = np.concatenate([[years[0]], happened, [years[-1] + 1]])
        heights = np.concatenate([[0.0], share, share[-1:] if len(share) else [0.0]])
        ax.step(dates, heights, where="post", color=SIDE_COLOURS[side], linewidth=4.5)
        labels.append((float(heights[-1]), f"{name} {heights[-1]:.0f} %", SIDE_COLOURS[side]))
    year_axis(ax, np.append(years, years[-1] + 1))
    ax.set_ylim(-2, 102)
    end_labels(ax, labels)
    return root(ax)
