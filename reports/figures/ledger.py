"""The three ledgers of compute: owned, located and used, with what is smuggled and rented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..language import say
from ..summary import spread
from ..wording import korean, millions, per_cent, short
from .charts import end_labels, filled, value_axis, year_axis
from .looks import INK, RENTED, SIDE_COLOURS, SMUGGLED, tone
from .panels import at, focus, of_side, panel_title, quotient, until
from .style import headings, new_figure, source_line

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble
    from ..summary import Array

LEDGER_HORIZON = 2030
"""Last year of the picture: later years would press the early ones flat."""


def ledger(ensemble: Ensemble) -> Figure:
    """Draw what each side owns, what stands on its territory and what it uses."""
    data = until(ensemble.data, LEDGER_HORIZON)
    figure, (left, right) = new_figure(2, left=0.085 if korean() else 0.06, right=0.83, wspace=0.66)
    said = say("million H100e at year end · bars: median of members · whisker: 90 % · dash: stands on the territory")
    headings(figure, _rent_sentence(data), said)
    source_line(figure, ensemble)
    owned, smuggled = of_side(data, "fleet_h100e", "china"), of_side(data, "fleet_smuggled_h100e", "china")
    rented = of_side(data, "fleet_rented_h100e", "china")
    china = {
        say("owned,\nlegal"): (owned - smuggled, SIDE_COLOURS["china"]),
        say("owned,\nsmuggled"): (smuggled, SMUGGLED),
        say("rented\nabroad"): (rented, RENTED),
    }
    us = {
        say("used"): (of_side(data, "fleet_h100e_used", "us"), SIDE_COLOURS["us"]),
        say("rented\nto China"): (
            np.clip(of_side(data, "fleet_h100e", "us") - of_side(data, "fleet_h100e_used", "us"), 0, None),
            RENTED,
        ),
    }
    _stack(left, data, "china", china)
    panel_title(left, say("China: used"), SIDE_COLOURS["china"])
    _stack(right, data, "us", us)
    panel_title(right, say("US-led: owned"), SIDE_COLOURS["us"])
    return figure


def _stack(ax: Axes, data: xr.Dataset, side: str, parts: dict[str, tuple[Array, str]]) -> None:
    """Stack parts to the median of their sum, split by their mean shares, with the interval of the sum."""
    years = data["year"].to_numpy()
    total = np.sum([array for array, _ in parts.values()], axis=0) / millions()
    quantiles = spread(total)
    base = np.zeros(len(years))
    labels = []
    for name, (array, colour) in parts.items():
        share = np.nan_to_num(np.nanmean(np.nan_to_num(quotient(array / millions(), total)), axis=1))
        height = np.nan_to_num(quantiles[2]) * share
        ax.bar(years, height, bottom=base, width=0.8, **filled(colour), linewidth=0)
        labels.append((base[-1] + height[-1] / 2, f"{name} {short(height[-1])}", colour))
        base = base + height
    ax.vlines(years, quantiles[0], quantiles[4], color=tone(INK), linewidth=2.5)
    located = spread(of_side(data, "fleet_h100e_located", side))[2] / millions()
    ax.hlines(located, years - 0.4, years + 0.4, color=tone(INK), linewidth=4)
    year_axis(ax, years)
    ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    value_axis(ax, [quantiles], linear=True)
    ax.tick_params(axis="x", length=0)
    end_labels(ax, labels, swatches=True)


def _rent_sentence(data: xr.Dataset) -> str:
    """Say what renting adds to what China owns, and what part of that is smuggled, in the year it matters most."""
    owned = of_side(data, "fleet_h100e", "china")
    rented = spread(100 * quotient(of_side(data, "fleet_rented_h100e", "china"), owned))
    smuggled = spread(100 * quotient(of_side(data, "fleet_smuggled_h100e", "china"), owned))
    middle = np.nan_to_num(rented[2])
    years = data["year"].to_numpy().astype(int)
    year = int(years[middle.argmax()]) if middle.max() > 0 else focus(data)
    adds, part = at(data, rented, year)[1], at(data, smuggled, year)[1]
    if not np.isfinite(adds + part):
        return say("What each side owns, houses and uses")
    text = "{year}: of what China owns {part} is smuggled; renting adds {adds}"
    return say(text, year=year, part=per_cent(part), adds=per_cent(adds))
