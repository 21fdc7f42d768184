"""What several pictures share: fans of both sides, bars of shares, panel titles, and the words of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.registry import VARIABLES, Variable
from .charts import end_labels, fan, side_quantiles, type_size, value_axis, year_axis
from .style import CATEGORY_COLOURS, INK, SIDE_COLOURS
from .summary import shares, spread, values
from .text import SIDE_NAMES, number, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..studies.ensemble import Ensemble
    from .summary import Array

FAN_NOTE = "line: median · bands: 50 % and 90 % of members"
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


def span(low: float, middle: float, high: float, mark: str = "") -> str:
    """Write a median with its interval; a single value where all members agree.

    >>> span(4.2, 6.04, 8.6, "×"), span(2.0, 2.0, 2.0)
    ('6.0× (4.2–8.6)', '2.0')
    """
    return number(middle) + mark + ("" if low == high else f" ({number(low)}–{number(high)})")


def fans_of_sides(ax: Axes, ensemble: Ensemble, variable: Variable, *, intervals: bool = True) -> None:
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
    """
    years = ensemble.data["year"].to_numpy()
    drawn = side_quantiles(ensemble.data, variable)
    for side, quantiles in drawn.items():
        fan(ax, years, quantiles, SIDE_COLOURS[side])
    year_axis(ax, years)
    if not drawn:
        return
    value_axis(ax, list(drawn.values()))
    labels = []
    for side, quantiles in drawn.items():
        low, _, middle, _, high = quantiles[:, -1]
        text = f"{SIDE_NAMES[side]} {number(middle)}"
        text += f"\n({number(low)}–{number(high)})" if intervals and low != high else ""
        labels.append((middle, text, SIDE_COLOURS[side]))
    end_labels(ax, labels)


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
        ax.bar(years, part, bottom=base, width=0.86, color=colour, edgecolor="white", linewidth=1.5)
        if part.max() >= 0.5:
            text = f"{BINDING_WORDS[category]}{between}{part[-1]:.0f} %"
            labels.append((base[-1] + part[-1] / 2, text, dark(colour)))
        base = base + part
    year_axis(ax, years)
    ax.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    ax.set_ylim(0, 100)
    ax.tick_params(axis="x", length=0)
    end_labels(ax, labels)


def most_common(ensemble: Ensemble, name: str, side: str, year: int) -> tuple[str, float] | None:
    """Name the category of most members in a year, with its share in per cent; None where none has one."""
    variable = VARIABLES[name]
    row = [int(y) for y in ensemble.data["year"].to_numpy()].index(year)
    column = category_shares(ensemble, variable, side)[:, row]
    best = int(column.argmax())
    return (BINDING_WORDS[variable.categories[best]], float(column[best])) if column[best] > 0 else None


def dark(colour: str) -> str:
    """Darken a fill until text in it can be read on white."""
    from matplotlib.colors import to_hex, to_rgb

    rgb = np.array(to_rgb(colour))
    while _contrast(rgb) < 4.5:
        rgb = rgb * 0.95
    return to_hex((float(rgb[0]), float(rgb[1]), float(rgb[2])))


def _contrast(rgb: Array) -> float:
    """Contrast against white, by the definition of WCAG."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05))


def axis_text(variable: Variable) -> str:
    """Name the unit in words where the table's short form would puzzle a reader from the back of the room."""
    if variable.kind == "date":
        return "year"
    words = {"M ": "million ", "k ": "thousand ", "bn ": "billion "}
    short = unit(variable)
    for prefix, word in words.items():
        if short.startswith(prefix):
            return word + short.removeprefix(prefix)
    return short


def panel_title(ax: Axes, text: str, colour: str = INK) -> None:
    """Name a panel, above it on the left."""
    ax.set_title(text, loc="left", color=colour, fontweight="bold", pad=14, fontsize=type_size(ax))


def percent_axis(ax: Axes, ticks: Sequence[int] = (0, 50, 100)) -> None:
    """Show shares from 0 to 100 %."""
    ax.set_ylim(-3, 103)
    ax.set_yticks(list(ticks), [f"{tick} %" for tick in ticks])


def root(ax: Axes) -> Figure:
    """Give the figure an axis stands in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure
