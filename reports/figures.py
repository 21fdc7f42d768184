"""The pictures of a run: each a function of an ensemble that returns a slide-sized figure.

>>> list(FIGURES)
['cluster', 'fleet', 'binding', 'stockpiles', 'power', 'tornado', 'tornado_cluster']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.registry import VARIABLES, Variable
from .charts import end_labels, fan, run_out, side_quantiles, type_size, value_axis, year_axis
from .style import CATEGORY_COLOURS, INK, QUIET, SIDE_COLOURS, headings, new_figure, source_line, theme
from .summary import shares, spread, values
from .text import SIDE_NAMES, number, ratio, unit
from .tornado import TORNADOES

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..studies.ensemble import Ensemble
    from .summary import Array

STOCKPILE_HORIZON = 2032
"""Last year of the stockpile picture: the stores of the story empty long before."""
FAN_NOTE = "line: median · bands: 50 % and 90 % of members"
BINDING_WORDS = {
    "dies": "logic dies",
    "hbm": "HBM",
    "packaging": "packaging",
    "demand": "demand",
    "supply": "supply",
    "capital": "capital",
    "power": "power",
}


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
        both = len(side_quantiles(ensemble.data, variable)) > 1
        return _fans(ensemble, variable, variable.label + (": China and the US-led side" if both else ""), ax)


def cluster(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw what the largest training cluster of each side achieves."""
    variable = VARIABLES["cluster_training_eflops"]
    return _fans(ensemble, variable, "The largest training cluster of each side", ax, "achieved model FLOP/s")


def fleet(ensemble: Ensemble) -> Figure:
    """Draw the computing power each side owns, and how many times as much the US-led side has."""
    variable = VARIABLES["fleet_h100e"]
    figure, (left, right) = new_figure(2, width_ratios=(1.7, 1), right=0.87, wspace=0.72)
    headings(figure, "The computing power each side owns", f"installed at year end · {FAN_NOTE}")
    source_line(figure, ensemble)
    _side_fans(left, ensemble, variable)
    _panel_title(left, _axis_text(variable))
    array = values(ensemble.data, variable.id)
    sides = [str(side) for side in ensemble.data["side"].to_numpy()]
    china, us = array[:, sides.index("china")], array[:, sides.index("us")]
    times = spread(np.where(china > 0, us / np.where(china > 0, china, 1.0), np.nan))
    years = ensemble.data["year"].to_numpy()
    fan(right, years, times, QUIET)
    year_axis(right, years)
    value_axis(right, [times])
    _panel_title(right, "US-led over China, times")
    last = times[:, -1]
    end_labels(right, [(last[2], ratio(last[0], last[2], last[4]).replace(" (", "\n("), QUIET)])
    return figure


def binding(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw what binds China's largest chip firm, as shares of members per year."""
    return _shares(
        ensemble,
        VARIABLES["binding_input"],
        "china",
        ax,
        title="What limits China's largest chip firm",
        what="share of members in which each input is the scarcest",
    )


def _until(data: xr.Dataset, last: int) -> xr.Dataset:
    """Cut the years after `last`, unless nothing would be left."""
    early = data.sel(year=data["year"] <= last)
    return early if early.sizes["year"] > 1 else data


def stockpiles(ensemble: Ensemble) -> Figure:
    """Draw China's stores of dies and HBM, and when the parts bought before the controls are gone."""
    figure, (left, right) = new_figure(2, right=0.87, left=0.07, wspace=0.55)
    headings(figure, "China's stockpiles of dies and HBM", f"in store at year end · {FAN_NOTE}")
    source_line(figure, ensemble)
    data = _until(ensemble.data, STOCKPILE_HORIZON)
    years = data["year"].to_numpy()
    panels = (
        (left, "die_stockpile", "AI logic dies", "all dies", "die_runout_year", "foreign-made dies gone"),
        (right, "hbm_stockpile_pb", "HBM", "all HBM", "hbm_runout_year", "HBM bought ahead gone"),
    )
    for ax, name, title, line, when, what in panels:
        variable = VARIABLES[name]
        lines = [(line, side_quantiles(data, variable)["china"], SIDE_COLOURS["china"])]
        if name == "die_stockpile":
            lines.append(("foreign-\nmade", side_quantiles(data, VARIABLES["die_bank"])["china"], QUIET))
        for _, quantiles, colour in lines:
            fan(ax, years, quantiles, colour, dashed=colour == QUIET)
        _panel_title(ax, f"{title}, {_axis_text(variable).removesuffix(' dies')}")
        year_axis(ax, years)
        value_axis(ax, [quantiles for _, quantiles, _ in lines], room=1.4, linear=True)
        run_out(ax, values(data, when)[0, _place(ensemble, "china")], INK, what)
        end_labels(ax, [(quantiles[2, -1], text, colour) for text, quantiles, colour in lines])
    return figure


def power(ensemble: Ensemble) -> Figure:
    """Draw the power each side's fleet draws against the power it could have."""
    figure, axes = new_figure(2, sharey=True, right=0.87, left=0.07, wspace=0.55)
    headings(figure, "Power for AI: drawn and available", f"GW of IT power at year end · {FAN_NOTE}")
    source_line(figure, ensemble)
    years = ensemble.data["year"].to_numpy()
    have = side_quantiles(ensemble.data, VARIABLES["ai_power_available_gw"])
    draws = side_quantiles(ensemble.data, VARIABLES["fleet_power_gw"])
    for ax, side in zip(axes, ("china", "us"), strict=True):
        fan(ax, years, have[side], QUIET, dashed=True)
        fan(ax, years, draws[side], SIDE_COLOURS[side])
        _panel_title(ax, SIDE_NAMES[side], SIDE_COLOURS[side])
        year_axis(ax, years)
    value_axis(axes[0], [*have.values(), *draws.values()])
    for ax, side in zip(axes, ("china", "us"), strict=True):
        ax.tick_params(labelleft=True)
        labels = [
            (draws[side][2, -1], f"drawn\n{number(draws[side][2, -1])} GW", SIDE_COLOURS[side]),
            (have[side][2, -1], f"available\n{number(have[side][2, -1])} GW", QUIET),
        ]
        end_labels(ax, labels)
    return figure


FIGURES: dict[str, Callable[[Ensemble], Figure]] = {
    "cluster": cluster,
    "fleet": fleet,
    "binding": binding,
    "stockpiles": stockpiles,
    "power": power,
    **TORNADOES,
}
"""The standard pictures, in the order a reader meets them."""


def _fans(ensemble: Ensemble, variable: Variable, title: str, ax: Axes | None, what: str = "") -> Figure:
    """Draw a fan per side, on a slide of its own or on a given axis."""
    said = ", ".join(part for part in (_axis_text(variable), what) if part)
    if ax is None:
        figure, (ax,) = new_figure()
        headings(figure, title, f"{said} · {FAN_NOTE}")
        source_line(figure, ensemble)
    else:
        ax.set_title(f"{title}\n{said}", loc="left", fontsize=type_size(ax))
    _side_fans(ax, ensemble, variable)
    return _root(ax)


def _side_fans(ax: Axes, ensemble: Ensemble, variable: Variable) -> None:
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
        text = f"{SIDE_NAMES[side]} {number(middle)}" + ("" if low == high else f"\n({number(low)}–{number(high)})")
        labels.append((middle, text, SIDE_COLOURS[side]))
    end_labels(ax, labels)


def _plot_category(ensemble: Ensemble, variable: Variable, ax: Axes | None) -> Figure:
    """Draw the shares of both sides next to each other, or China's alone on a given axis."""
    if ax is not None:
        return _shares(ensemble, variable, "china", ax, title=f"{variable.label}, China", what="share of members")
    figure, axes = new_figure(2, sharey=True, right=0.87, left=0.07, wspace=0.55)
    headings(figure, f"{variable.label}: China and the US-led side", "share of members, %")
    source_line(figure, ensemble)
    for panel, side in zip(axes, ("china", "us"), strict=True):
        _bars(panel, ensemble, variable, side, between="\n")
        panel.tick_params(labelleft=True)
        _panel_title(panel, SIDE_NAMES[side], SIDE_COLOURS[side])
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
        when = values(ensemble.data, variable.id)[0, _place(ensemble, side)]
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
    return _root(ax)


def _shares(ensemble: Ensemble, variable: Variable, side: str, ax: Axes | None, *, title: str, what: str) -> Figure:
    if ax is None:
        figure, (ax,) = new_figure()
        headings(figure, title, f"{what}, %")
        source_line(figure, ensemble)
    else:
        ax.set_title(f"{title}\n{what}, %", loc="left", fontsize=type_size(ax))
    _bars(ax, ensemble, variable, side)
    return _root(ax)


def _bars(ax: Axes, ensemble: Ensemble, variable: Variable, side: str, between: str = " ") -> None:
    """Stack the shares of members with each category, year by year."""
    years = ensemble.data["year"].to_numpy()
    codes = values(ensemble.data, variable.id)[:, _place(ensemble, side)]
    parts = 100 * np.nan_to_num(shares(codes, len(variable.categories)))
    base = np.zeros(len(years))
    labels = []
    for category, part in zip(variable.categories, parts, strict=True):
        colour = CATEGORY_COLOURS[category]
        ax.bar(years, part, bottom=base, width=0.86, color=colour, edgecolor="white", linewidth=1.5)
        if part.max() >= 0.5:
            labels.append(
                (base[-1] + part[-1] / 2, f"{BINDING_WORDS[category]}{between}{part[-1]:.0f} %", _dark(colour))
            )
        base = base + part
    year_axis(ax, years)
    ax.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    ax.set_ylim(0, 100)
    ax.tick_params(axis="x", length=0)
    end_labels(ax, labels)


def _dark(colour: str) -> str:
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


def _axis_text(variable: Variable) -> str:
    """Name the unit in words where the table's short form would puzzle a reader from the back of the room."""
    if variable.kind == "date":
        return "year"
    words = {"M ": "million ", "k ": "thousand ", "bn ": "billion "}
    short = unit(variable)
    for prefix, word in words.items():
        if short.startswith(prefix):
            return word + short.removeprefix(prefix)
    return short


def _panel_title(ax: Axes, text: str, colour: str = INK) -> None:
    ax.set_title(text, loc="left", color=colour, fontweight="bold", pad=14)


def _place(ensemble: Ensemble, side: str) -> int:
    return [str(name) for name in ensemble.data["side"].to_numpy()].index(side)


def _root(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure
