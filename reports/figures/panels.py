"""What several pictures share: fans of both sides, bars of shares, panel titles, and the words of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES, Variable
from ..language import say
from ..summary import shares, spread, values
from ..wording import ends, per_cent, short, side_name
from .charts import (
    end_labels,
    fan,
    filled,
    moments,
    side_quantiles,
    time_axis,
    type_size,
    value_axis,
    year_axis,
)
from .looks import CATEGORY_COLOURS, INK, SIDE_COLOURS, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble
    from ..summary import Array

FAN_NOTE = "line: median · bands: 50 % and 90 % of members"
"""How a fan is read; the key of its text in the catalogue."""
FOCUS = 2030
"""The year a headline speaks of, where the run has it."""
BINDING_WORDS = {
    "dies": "logic dies",
    "hbm": "HBM",
    "packaging": "packaging",
    "demand": "demand",
    "supply": "chips",
    "capital": "capital",
    "power": "power",
}


def focus(data: xr.Dataset) -> int:
    """Choose the year a headline speaks of: 2030, or the last year of a run without it."""
    years = [int(year) for year in data["year"].to_numpy()]
    return FOCUS if FOCUS in years else years[-1]


def until(data: xr.Dataset, last: int) -> xr.Dataset:
    """Cut the years after `last`, unless nothing would be left."""
    early = data.sel(year=data["year"] <= last)
    return early if early.sizes["year"] > 1 else data


def place(ensemble: Ensemble, side: str) -> int:
    """Give the position of a side in arrays."""
    return [str(name) for name in ensemble.data["side"].to_numpy()].index(side)


def of_side(data: xr.Dataset, name: str, side: str) -> Array:
    """Take one variable of one side, shape (year, member)."""
    return values(data.sel(side=[side]), name)[:, 0]


def quotient(over: Array, under: Array) -> Array:
    """Divide member by member; NaN where there is nothing to divide by."""
    some = under > 0
    return np.where(some, over / np.where(some, under, 1.0), np.nan)


def times_ahead(data: xr.Dataset, name: str) -> Array:
    """Quantiles of how many times as much the US-led side has as China, shape (quantile, year)."""
    return spread(quotient(of_side(data, name, "us"), of_side(data, name, "china")))


def at(data: xr.Dataset, quantiles: Array, year: int) -> tuple[float, float, float]:
    """Take low, middle and high (5, 50 and 95 %) of quantiles over years at one year."""
    column = quantiles[:, [int(y) for y in data["year"].to_numpy()].index(year)]
    return float(column[0]), float(column[2]), float(column[4])


def fans_of_sides(
    ax: Axes, ensemble: Ensemble, variable: Variable, *, intervals: bool = True, whole_years: bool = False
) -> None:
    """Draw a fan for each side on an axis, and name the lines.

    Parameters
    ----------
    ax
        Where to.
    ensemble
        What ran.
    variable
        What is drawn.
    intervals
        Write the interval of the last year under its median.
    whole_years
        Begin the axis with the first year, though a level is known at its end: for marks at dates.
    """
    years = ensemble.data["year"].to_numpy()
    when = moments(variable, years)
    drawn = side_quantiles(ensemble.data, variable)
    for side, quantiles in drawn.items():
        fan(ax, when, quantiles, SIDE_COLOURS[side])
    time_axis(ax, when, (float(years[0]), float(years[-1] + 1)) if whole_years else None)
    if not drawn:
        return
    value_axis(ax, list(drawn.values()))
    labels = []
    for side, quantiles in drawn.items():
        low, _, middle, _, high = quantiles[:, -1]
        text = f"{side_name(side)} {short(middle)}"
        text += f"\n({ends(low, high)})" if intervals and low != high else ""
        labels.append((middle, text, SIDE_COLOURS[side]))
    end_labels(ax, labels)


def fan_note() -> str:
    """Say how a fan is read."""
    return say(FAN_NOTE)


def category_shares(ensemble: Ensemble, variable: Variable, side: str) -> Array:
    """Share of members with each category in per cent, shape (category, year)."""
    codes = of_side(ensemble.data, variable.id, side)
    return 100 * np.nan_to_num(shares(codes, len(variable.categories)))


def bars(ax: Axes, ensemble: Ensemble, variable: Variable, side: str, between: str = " ") -> None:
    """Stack the shares of members with each category, year by year."""
    years = ensemble.data["year"].to_numpy()
    parts = category_shares(ensemble, variable, side)
    base = np.zeros(len(years))
    labels = []
    for category, part in zip(variable.categories, parts, strict=True):
        colour = CATEGORY_COLOURS[category]
        ax.bar(years, part, bottom=base, width=0.86, **filled(colour), linewidth=1.5)
        if part.max() >= 0.5:
            text = f"{say(BINDING_WORDS[category])}{between}{per_cent(part[-1])}"
            labels.append((base[-1] + part[-1] / 2, text, colour))
        base = base + part
    year_axis(ax, years)
    ax.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    ax.set_ylim(0, 100)
    ax.tick_params(axis="x", length=0)
    end_labels(ax, labels, swatches=True)


def most_common(ensemble: Ensemble, name: str, side: str, year: int) -> tuple[str, float] | None:
    """Name the category of most members in a year, with its share in per cent; None where none has one."""
    variable = VARIABLES[name]
    row = [int(y) for y in ensemble.data["year"].to_numpy()].index(year)
    column = category_shares(ensemble, variable, side)[:, row]
    best = int(column.argmax())
    return (say(BINDING_WORDS[variable.categories[best]]), float(column[best])) if column[best] > 0 else None


def panel_title(ax: Axes, text: str, colour: str = INK) -> None:
    """Name a panel, above it on the left, in a colour of the light look."""
    ax.set_title(text, loc="left", color=readable(colour), fontweight="bold", pad=14, fontsize=type_size(ax))


def percent_axis(ax: Axes, ticks: Sequence[int] = (0, 50, 100)) -> None:
    """Show shares from 0 to 100 %."""
    ax.set_ylim(-3, 103)
    ax.set_yticks(list(ticks), [per_cent(tick) for tick in ticks])


def root(ax: Axes) -> Figure:
    """Give the figure an axis stands in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure
