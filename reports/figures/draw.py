"""The pictures of a run: each a function of an ensemble that returns a slide-sized figure.

>>> "cluster" in FIGURES and "timeline" in FIGURES
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...model.registry import VARIABLES, Variable
from ...scenarios.faults import fail
from ..language import say
from ..summary import values
from ..wording import axis_text, label, per_cent, side_name
from .capability import capability, cluster, fleet, lag
from .chain import chain
from .charts import end_labels, side_quantiles, time_axis, type_size
from .flows import who_supplies_whom
from .ledger import ledger
from .looks import SIDE_COLOURS, tone
from .multiples import small_multiples
from .panels import bars, fan_note, fans_of_sides, of_side, panel_title, root
from .policy import timeline
from .style import headings, lend, new_figure, source_line, source_text, stage, theme
from .supply import binding, localisation, power, stockpiles
from .tornado import TORNADOES

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble

FIGURES: dict[str, Callable[[Ensemble], Figure]] = {
    "cluster": cluster,
    "fleet": fleet,
    "capability": capability,
    "chain": chain,
    "small_multiples": small_multiples,
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


ON_AN_AXIS = ("cluster", "chain", "timeline", *TORNADOES)
"""Standard pictures of one panel, which can be drawn on a given axis."""


def draw(name: str, ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw one of the standard pictures by its name.

    Parameters
    ----------
    name
        A key of `FIGURES`.
    ensemble
        What ran.
    ax
        Draw on this axis instead of a slide; pictures of one panel only.
    """
    with theme():
        if ax is None:
            return FIGURES[name](ensemble)
        if name not in ON_AN_AXIS:
            fail(
                f"the picture {name} has several panels and needs a figure of its own; on an axis stand a recorded "
                f"variable or {', '.join(ON_AN_AXIS)}",
                path="ax",
            )
        one: Any = FIGURES[name]
        drawn: Figure = one(ensemble, ax=ax)
        return drawn


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
    name = label(variable)
    title = say("{variable}: China and the US-led side", variable=name) if both else name
    note = fan_note() if ax is None else ""
    said = " · ".join(part for part in (axis_text(variable), note) if part)
    panel = stage(ax, title, said, source_text(ensemble))
    fans_of_sides(panel, ensemble, variable)
    return root(panel)


def _plot_category(ensemble: Ensemble, variable: Variable, ax: Axes | None) -> Figure:
    """Draw the shares of both sides next to each other, or China's alone on a given axis."""
    said = say("share of members, %")
    if ax is not None:
        lend(ax)
        title = f"{label(variable)}, {side_name('china')}\n{said}"
        ax.set_title(title, loc="left", fontsize=type_size(ax))
        bars(ax, ensemble, variable, "china")
        return root(ax)
    figure, axes = new_figure(2, sharey=True, right=0.87, left=0.07, wspace=0.55)
    headings(figure, say("{variable}: China and the US-led side", variable=label(variable)), said)
    source_line(figure, ensemble)
    for panel, side in zip(axes, ("china", "us"), strict=True):
        bars(panel, ensemble, variable, side, between="\n")
        panel.tick_params(labelleft=True)
        panel_title(panel, side_name(side), SIDE_COLOURS[side])
    return figure


def _plot_date(ensemble: Ensemble, variable: Variable, ax: Axes | None) -> Figure:
    """Draw in what share of the members it has happened by each date."""
    what = say("share of members in which it has happened, %")
    panel = stage(ax, label(variable), what, source_text(ensemble))
    years = ensemble.data["year"].to_numpy()
    labels = []
    for side, colour in SIDE_COLOURS.items():
        when = of_side(ensemble.data, variable.id, side)[0]
        happened = np.sort(when[np.isfinite(when)])
        if not len(happened) and np.isfinite(values(ensemble.data, variable.id)).any():
            continue  # it concerns the other side only
        share = 100 * np.arange(1, len(happened) + 1) / max(len(when), 1)
        dates = np.concatenate([[years[0]], happened, [years[-1] + 1]])
        heights = np.concatenate([[0.0], share, share[-1:] if len(share) else [0.0]])
        panel.step(dates, heights, where="post", color=tone(colour), linewidth=4.5)
        labels.append((float(heights[-1]), f"{side_name(side)} {per_cent(heights[-1])}", colour))
    time_axis(panel, np.append(years, years[-1] + 1))
    panel.set_ylim(-2, 102)
    end_labels(panel, labels)
    return root(panel)
