"""What makes and holds the hardware: what binds, stockpiles, home shares, power, and the three ledgers of compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.registry import VARIABLES
from .charts import end_labels, fan, run_out, side_quantiles, value_axis, year_axis
from .panels import (
    FAN_NOTE,
    at,
    axis_text,
    bars,
    dark,
    focus,
    most_common,
    of_side,
    panel_title,
    percent_axis,
    quotient,
    until,
)
from .style import INK, INPUT_COLOURS, QUIET, SIDE_COLOURS, headings, new_figure, source_line
from .summary import spread
from .text import SIDE_NAMES, date, number

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from ..studies.ensemble import Ensemble
    from .summary import Array

STOCKPILE_HORIZON = 2032
"""Last year of the stockpile picture: the stores of the story empty long before."""
BINDING_PANELS = (
    ("binding_input", "china", "China's largest chip firm"),
    ("fleet_binding", "china", "China's installations"),
    ("fleet_binding", "us", "US-led installations"),
)
INPUT_WORDS = {
    "localisation_dies": "Logic dies",
    "localisation_hbm": "HBM",
    "localisation_packaging": "Packaging",
    "localisation_tools": "Fab tools bought",
    "localisation_accelerators": "Computing power installed",
}
TURN = 0.9
"""A year counts as a fall of output when the median is below this share of an earlier year."""


def binding(ensemble: Ensemble) -> Figure:
    """Draw what binds China's largest chip firm, and what bounds the installations of both sides."""
    figure, axes = new_figure(3, sharey=True, left=0.06, right=0.885, wspace=0.62)
    headings(figure, _binding_sentence(ensemble), "what limits each, share of members, %")
    source_line(figure, ensemble)
    for ax, (name, side, title) in zip(axes, BINDING_PANELS, strict=True):
        bars(ax, ensemble, VARIABLES[name], side, between="\n")
        panel_title(ax, title, SIDE_COLOURS[side])
    return figure


def _binding_sentence(ensemble: Ensemble) -> str:
    """Say what is most often the scarcest input of China's largest chip firm, now and later."""
    data = ensemble.data
    years = [int(year) for year in data["year"].to_numpy()]
    found: dict[str, list[str]] = {}
    for year in dict.fromkeys((2026, focus(data))):
        most = most_common(ensemble, "binding_input", "china", year) if year in years else None
        if most:
            found.setdefault(most[0], []).append(str(year) + (f" ({most[1]:.0f} %)" if ensemble.members > 1 else ""))
    words = [f"{word} in {' and '.join(when)}" for word, when in found.items()]
    return "China's chip output is limited by " + ", ".join(words) if words else "What limits each side"


def stockpiles(ensemble: Ensemble) -> Figure:
    """Draw China's stores of dies and HBM, and when the parts bought before the controls are gone."""
    figure, (left, right) = new_figure(2, right=0.87, left=0.07, wspace=0.55)
    headings(figure, _gone_sentence(ensemble.data), f"China's stockpiles, in store at year end · {FAN_NOTE}")
    source_line(figure, ensemble)
    data = until(ensemble.data, STOCKPILE_HORIZON)
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
        panel_title(ax, f"{title}, {axis_text(variable).removesuffix(' dies')}")
        year_axis(ax, years)
        value_axis(ax, [quantiles for _, quantiles, _ in lines], room=1.4, linear=True)
        run_out(ax, of_side(data, when, "china")[0], INK, what)
        end_labels(ax, [(quantiles[2, -1], text, colour) for text, quantiles, colour in lines])
    return figure


def _gone_sentence(data: xr.Dataset) -> str:
    """Say when the stores bought ahead are gone, or that they outlast the run."""
    last, said = int(data["year"].to_numpy()[-1]), []
    for what, name in (("foreign dies last", "die_runout_year"), ("HBM lasts", "hbm_runout_year")):
        when = float(spread(of_side(data, name, "china")[0], dates=True)[2])
        goods = what.rpartition(" ")[0]
        said.append(f"{goods} gone by {date(when)}" if np.isfinite(when) else f"{what} beyond {last}")
    return "China's stores: " + ", ".join(said)


def power(ensemble: Ensemble) -> Figure:
    """Draw the power each side's fleet draws against the power it could have."""
    figure, axes = new_figure(2, sharey=True, right=0.87, left=0.07, wspace=0.55)
    headings(figure, _power_sentence(ensemble.data), f"power for AI, GW of IT power at year end · {FAN_NOTE}")
    source_line(figure, ensemble)
    years = ensemble.data["year"].to_numpy()
    have = side_quantiles(ensemble.data, VARIABLES["ai_power_available_gw"])
    draws = side_quantiles(ensemble.data, VARIABLES["fleet_power_gw"])
    for ax, side in zip(axes, ("china", "us"), strict=True):
        fan(ax, years, have[side], QUIET, dashed=True)
        fan(ax, years, draws[side], SIDE_COLOURS[side])
        panel_title(ax, SIDE_NAMES[side], SIDE_COLOURS[side])
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


def _power_sentence(data: xr.Dataset) -> str:
    """Say what share of its available power each side draws."""
    year, used = focus(data), {}
    for side in ("us", "china"):
        draws, have = of_side(data, "fleet_power_gw", side), of_side(data, "ai_power_available_gw", side)
        used[side] = 100 * at(data, spread(quotient(draws, have)), year)[1]
    if not all(np.isfinite(share) for share in used.values()):
        return "Power for AI: drawn and available"
    return f"{year}: the US-led side uses {used['us']:.0f} % of its AI power, China {used['china']:.0f} %"


def localisation(ensemble: Ensemble) -> Figure:
    """Draw how much of each input China meets at home, beside what it makes in all."""
    data = ensemble.data
    years = data["year"].to_numpy()
    figure, axes = new_figure(3, 2, left=0.06, right=0.905, top=0.765, bottom=0.1, wspace=0.52, hspace=0.42)
    headings(figure, _home_sentence(data), f"China: home share of each input, %, and home output · {FAN_NOTE}")
    source_line(figure, ensemble)
    for ax, (name, title) in zip(axes, INPUT_WORDS.items(), strict=False):
        quantiles, colour = 100 * spread(of_side(data, name, "china")), INPUT_COLOURS[name]
        fan(ax, years, quantiles, colour)
        year_axis(ax, years)
        percent_axis(ax)
        panel_title(ax, title, dark(colour))
        end_labels(ax, [(quantiles[2, -1], f"{quantiles[2, -1]:.0f} %", dark(colour))])
    ax, made = axes[-1], VARIABLES["h100e_produced"]
    output = side_quantiles(data, made)["china"]
    fan(ax, years, output, SIDE_COLOURS["china"])
    year_axis(ax, years)
    value_axis(ax, [output], linear=True)
    panel_title(ax, "Output, million H100e a year", SIDE_COLOURS["china"])
    end_labels(ax, [(output[2, -1], number(output[2, -1]), SIDE_COLOURS["china"])])
    for ax in axes[:3]:
        ax.tick_params(labelbottom=False)
    for ax in (axes[1], axes[2], axes[4]):
        ax.tick_params(labelleft=False)
    return figure


def _home_sentence(data: xr.Dataset) -> str:
    """Say how the home share of HBM and home output move, together or apart."""
    years = data["year"].to_numpy().astype(int)
    share = 100 * spread(of_side(data, "localisation_hbm", "china"))[2]
    output = spread(of_side(data, "h100e_produced", "china"))[2]
    first, last = _fall(output)
    if first == last:
        first, last = 0, int(np.flatnonzero(years == focus(data))[0])
    if not (np.isfinite(share[[first, last]]).all() and output[first] > 0) or first == last:
        made = (
            f"{number(output[last] / 1e6)} million" if output[last] >= 1e5 else f"{number(output[last] / 1e3)} thousand"
        )
        return f"{years[last]}: China makes {made} H100e at home"
    moved = output[last] / output[first]
    made = f"output down {100 * (1 - moved):.0f} %" if moved < 1 else f"output up {number(moved)}×"
    direction = "up" if share[last] > share[first] else "down"
    span = f"{years[first]}–{years[last] % 100:02d}"
    return f"{span}: home share of HBM {direction} from {share[first]:.0f} to {share[last]:.0f} %, {made}"


def _fall(output: Array) -> tuple[int, int]:
    """Find the deepest fall of a series, from a peak to the trough after it; twice the same place when it never falls.

    >>> _fall(np.array([1.0, 4.0, 2.0, 3.0, 9.0])), _fall(np.array([1.0, 2.0, 3.0]))
    ((1, 2), (0, 0))
    """
    peaks = np.maximum.accumulate(np.nan_to_num(output))
    kept = np.where(peaks > 0, np.nan_to_num(output) / np.where(peaks > 0, peaks, 1.0), 1.0)
    trough = int(kept.argmin())
    if kept[trough] >= TURN:
        return 0, 0
    return int(np.nan_to_num(output[: trough + 1]).argmax()), trough
