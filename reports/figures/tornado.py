"""The assumptions that dominate: a bar for each, from what its low end gives to what its high end gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...model.registry import VARIABLES
from ...studies.one_at_a_time import HIGH, LOW, RATIO, one_at_a_time
from ..language import say
from ..story.naming import named
from ..wording import breadth, cut, drawn_in, heading, label, per_cent, short, side_name, ticks
from ..words import amount, in_words, unit_words
from .charts import type_size
from .looks import HIGH_COLOUR, INK, LOW_COLOUR, SIDE_COLOURS, look, readable, tone
from .panels import root
from .style import LABEL, made_by, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble
    from ..summary import Array

YEAR = 2030
"""Year of the standard pictures, or else the last of the run."""
BARS = 12
LEFT, RIGHT = 0.37, 0.95
LONGEST = 44
"""Characters of a label that fit beside the bars."""


def fleet_tornado(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw which assumptions move the ratio of the two fleets most."""
    return tornado(ensemble, "fleet_h100e", RATIO, title=say("What moves the gap between the fleets most"), ax=ax)


def cluster_tornado(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw which assumptions move China's largest training cluster most."""
    title = say("What moves China's largest training cluster most")
    return tornado(ensemble, "cluster_training_eflops", "china", title=title, ax=ax)


def tornado(
    ensemble: Ensemble,
    variable: str,
    side: str,
    year: int | None = None,
    *,
    title: str = "",
    bars: int = BARS,
    ax: Axes | None = None,
) -> Figure:
    """Draw the assumptions with the largest span on one number.

    Parameters
    ----------
    ensemble
        What ran; its scenario is run again around the central member.
    variable, side
        The number: a recorded variable of ``china`` or ``us``, or ``ratio`` for the US-led side over China.
    year
        2030 by default, or the last year of the run where it has no 2030.
    title
        Over the picture.
    bars
        How many assumptions at most.
    ax
        Draw on this axis instead of a slide.
    """
    years = ensemble.scenario.years
    when = year if year is not None else YEAR if YEAR in years else years[-1]
    study = one_at_a_time(ensemble.scenario, (variable,))
    table = study.effects(variable, when, side)
    table = table[table["span"] > 0].head(bars)
    said = number_in_words(variable, side)
    shown = say("{number}, {year} · one assumption at a time, all others central", number=said, year=when)
    title = title or say("What moves {number} most", number=said)
    panel = stage(ax, title, shown, _note(ensemble), left=LEFT, right=RIGHT, top=0.785, bottom=0.155)
    if table.empty:
        panel.set_axis_off()
        none = say("no uncertain assumption moves it")
        panel.text(0.5, 0.5, none, ha="center", fontsize=LABEL, transform=panel.transAxes)
        return root(panel)
    scale = 1.0 if side == RATIO else drawn_in(VARIABLES[variable])[0]
    _bars(panel, table, scale, [_named(str(path), ensemble.scenario.labels) for path in table.index])
    central = float(table["central"].iloc[0]) / scale
    written = short(central, 3) + (say("×") if side == RATIO else "")
    _central(panel, central, written, side)
    return root(panel)


TORNADOES: dict[str, Callable[..., Figure]] = {"tornado": fleet_tornado, "tornado_cluster": cluster_tornado}
"""The standard pictures of this file."""


def number_in_words(variable: str, side: str) -> str:
    """Name a number: a variable of a side, with the unit it is drawn in, or of both as a ratio."""
    if side == RATIO:
        return say("{variable}, US-led over China", variable=label(VARIABLES[variable]))
    return f"{heading(VARIABLES[variable])}, {side_name(side)}"


def _note(ensemble: Ensemble) -> str:
    """Say what the bars are; there are no members here, so no seed."""
    text = "central run · light: the assumption at its {low} quantile, dark: at {high}; its value beside the bar"
    return f"{made_by(ensemble.scenario)} · {say(text, low=per_cent(100 * LOW), high=per_cent(100 * HIGH))}"


def _bars(ax: Axes, table: pd.DataFrame, scale: float, labels: list[str]) -> None:
    """Draw the bars from the central value outwards, the widest on top, with the assumption's values at their ends."""
    places = np.arange(len(table))[::-1]
    middle = table["central"].to_numpy() / scale
    ends = [table[column].to_numpy() / scale for column in ("at_low", "at_high")]
    said = [
        [amount(value, unit) for value, unit in zip(table[column], table["unit"], strict=True)]
        for column in ("low_input", "high_input")
    ]
    size = 0.85 * type_size(ax)
    _span(ax, [*ends, middle], max(breadth(text) for column in said for text in column) * 0.6 * size)
    for colour, end in zip((LOW_COLOUR, HIGH_COLOUR), ends, strict=True):
        ax.barh(places, end - middle, left=middle, height=0.66, color=tone(colour), edgecolor=edge(), linewidth=1.0)
    for row, place in enumerate(places):
        for one, other, text in ((0, 1, said[0][row]), (1, 0, said[1][row])):
            _value(ax, float(ends[one][row]), float(ends[other][row]), float(middle[row]), float(place), text, size)
    ax.set_yticks(places, [_label(label, unit) for label, unit in zip(labels, table["unit"], strict=True)])
    ax.set_ylim(-0.6, len(table) - 0.4)
    _dress(ax)


def edge() -> str:
    """Give the edge of bars: in print a light bar needs one."""
    return look().ink if look().marks else "none"


def _span(ax: Axes, drawn: list[Array], text_points: float) -> None:
    """Set the limits so that the longest text fits beside the longest bar."""
    low, high = (float(pick([pick(values[np.isfinite(values)]) for values in drawn])) for pick in (np.min, np.max))
    wide = ax.get_position().width * root(ax).get_figwidth() * 72
    room = max(high - low, 1e-12) * (text_points + 8) / max(wide - 2 * (text_points + 8), 1.0)
    ax.set_xlim(low - room, high + room)


def _dress(ax: Axes) -> None:
    ax.tick_params(axis="y", length=0, labelsize=0.9 * type_size(ax), labelcolor=look().ink)
    ax.tick_params(axis="x", labelsize=type_size(ax), length=6)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(ticks())


def _value(ax: Axes, end: float, other: float, middle: float, place: float, text: str, size: float) -> None:
    """Write an assumption's value beside its end of the bar.

    Where both ends lead to the same side, the shorter one's value stands across the central line.
    """
    if not np.isfinite(end):
        return
    right = end > middle or (end == middle and other < middle)
    if (end - middle) * (other - middle) > 0 and abs(end - middle) <= abs(other - middle):
        end, right = middle, not right
    ax.annotate(
        text,
        (end, place),
        xytext=(0.4 * size if right else -0.4 * size, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=size,
        color=look().quiet,
    )


def _named(path: str, labels: Mapping[str, Any]) -> str:
    """Name an assumption in plain words where they fit beside the bars, and after its path otherwise."""
    plain = named(path, labels)
    return plain if breadth(plain) <= LONGEST else in_words(path, labels)


def _label(name: str, unit: str) -> str:
    """Name an assumption with its unit, the unit dropped first where that is too long."""
    words = "" if unit == "year" and name.endswith(("start", say("ramp start"))) else unit_words(unit, name)
    named = f"{name}, {words}" if words and breadth(name) + breadth(words) + 2 <= LONGEST else name
    return cut(named, LONGEST)


def _central(ax: Axes, value: float, text: str, side: str) -> None:
    """Mark the central run."""
    colour = SIDE_COLOURS.get(side, INK)
    ax.axvline(value, color=tone(colour), linewidth=2.5)
    ax.annotate(
        say("central {value}", value=text),
        (value, 1.0),
        xycoords=ax.get_xaxis_transform(),
        xytext=(0, 6),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=type_size(ax),
        fontweight="bold",
        color=readable(colour),
    )
