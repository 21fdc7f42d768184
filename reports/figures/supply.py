"""What makes and holds the hardware: what binds, stockpiles, home shares, power, and the three ledgers of compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES
from ..language import say
from ..summary import spread
from ..wording import axis_text, date, drawn_in, korean, per_cent, short, side_name, times, years
from .charts import end_labels, fan, run_out, side_quantiles, time_axis, value_axis
from .looks import INK, INPUT_COLOURS, QUIET, SIDE_COLOURS
from .panels import (
    at,
    bars,
    fan_note,
    focus,
    most_common,
    of_side,
    panel_title,
    percent_axis,
    quotient,
    until,
)
from .style import headings, new_figure, source_line

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble
    from ..summary import Array

STOCKPILE_HORIZON = 2032
"""Last year of the stockpile picture: the stores of the story empty long before."""
BINDING_PANELS = (
    ("binding_input", "china", "China's largest chip firm"),
    ("fleet_binding", "china", "China's installations"),
    ("fleet_binding", "us", "US-led installations"),
)
STORES = (
    ("die_stockpile", "AI logic dies, {unit}", "all dies", "die_runout_year", "foreign-made dies gone"),
    ("hbm_stockpile_pb", "HBM, {unit}", "in store", "hbm_runout_year", "HBM bought ahead gone"),
)
"""Panels of the stockpiles: variable, title, name of its line, the date it empties, and what is said of that."""
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
    headings(figure, _binding_sentence(ensemble), say("what limits each, share of members, %"))
    source_line(figure, ensemble)
    for ax, (name, side, title) in zip(axes, BINDING_PANELS, strict=True):
        bars(ax, ensemble, VARIABLES[name], side, between="\n")
        panel_title(ax, say(title), SIDE_COLOURS[side])
    return figure


def _binding_sentence(ensemble: Ensemble) -> str:
    """Say what is most often the scarcest input of China's largest chip firm, now and later."""
    data = ensemble.data
    recorded = [int(year) for year in data["year"].to_numpy()]
    found: dict[str, list[str]] = {}
    for year in dict.fromkeys((2026, focus(data))):
        most = most_common(ensemble, "binding_input", "china", year) if year in recorded else None
        if most:
            text = "{year} ({share})" if ensemble.members > 1 else "{year}"
            found.setdefault(most[0], []).append(say(text, year=year, share=per_cent(most[1])))
    if not found:
        return say("What limits each side")
    words = [say("{what} in {when}", what=word, when=say(" and ").join(when)) for word, when in found.items()]
    return say("China's chip output is limited by {inputs}", inputs=", ".join(words))


def stockpiles(ensemble: Ensemble) -> Figure:
    """Draw China's stores of dies and HBM, and when the parts bought before the controls are gone."""
    figure, (left, right) = new_figure(2, right=0.87, left=0.09 if korean() else 0.07, wspace=0.55)
    said = say("China's stockpiles, in store at year end")
    headings(figure, _gone_sentence(ensemble.data), f"{said} · {fan_note()}")
    source_line(figure, ensemble)
    data = until(ensemble.data, STOCKPILE_HORIZON)
    when = data["year"].to_numpy() + 1.0
    for ax, (name, title, line, empties, what) in zip((left, right), STORES, strict=True):
        variable = VARIABLES[name]
        lines = [(say(line), side_quantiles(data, variable)["china"], SIDE_COLOURS["china"])]
        if name == "die_stockpile":
            lines.append((say("foreign-\nmade"), side_quantiles(data, VARIABLES["die_bank"])["china"], QUIET))
        for _, quantiles, colour in lines:
            fan(ax, when, quantiles, colour, dashed=colour == QUIET)
        panel_title(ax, say(title, unit=axis_text(variable).removesuffix(" dies")))
        time_axis(ax, when)
        value_axis(ax, [quantiles for _, quantiles, _ in lines], room=1.4, linear=True)
        run_out(ax, of_side(data, empties, "china")[0], INK, say(what))
        end_labels(ax, [(quantiles[2, -1], text, colour) for text, quantiles, colour in lines])
    return figure


def _gone_sentence(data: xr.Dataset) -> str:
    """Say when the stores bought ahead are gone, or that they outlast the run."""
    last = int(data["year"].to_numpy()[-1])
    told = []
    for gone, lasts, name in (
        ("foreign dies gone by {date}", "foreign dies last beyond {year}", "die_runout_year"),
        ("bought-ahead HBM by {date}", "HBM lasts beyond {year}", "hbm_runout_year"),
    ):
        when = float(spread(of_side(data, name, "china")[0], dates=True)[2])
        told.append(say(gone, date=date(when)) if np.isfinite(when) else say(lasts, year=last))
    return say("China's stores: {dies}, {hbm}", dies=told[0], hbm=told[1])


def power(ensemble: Ensemble) -> Figure:
    """Draw the power each side's fleet draws against the power it could have."""
    figure, axes = new_figure(2, sharey=True, right=0.87, left=0.07, wspace=0.55)
    headings(
        figure, _power_sentence(ensemble.data), f"{say('power for AI, GW of IT power at year end')} · {fan_note()}"
    )
    source_line(figure, ensemble)
    when = ensemble.data["year"].to_numpy() + 1.0
    have = side_quantiles(ensemble.data, VARIABLES["ai_power_available_gw"])
    draws = side_quantiles(ensemble.data, VARIABLES["fleet_power_gw"])
    for ax, side in zip(axes, ("china", "us"), strict=True):
        fan(ax, when, have[side], QUIET, dashed=True)
        fan(ax, when, draws[side], SIDE_COLOURS[side])
        panel_title(ax, side_name(side), SIDE_COLOURS[side])
        time_axis(ax, when)
    value_axis(axes[0], [*have.values(), *draws.values()])
    for ax, side in zip(axes, ("china", "us"), strict=True):
        ax.tick_params(labelleft=True)
        labels = [
            (draws[side][2, -1], f"{say('drawn')}\n{short(draws[side][2, -1])} GW", SIDE_COLOURS[side]),
            (have[side][2, -1], f"{say('available')}\n{short(have[side][2, -1])} GW", QUIET),
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
        return say("Power for AI: drawn and available")
    text = "{year}: the US-led side uses {us} of its AI power, China {china}"
    return say(text, year=year, us=per_cent(used["us"]), china=per_cent(used["china"]))


def localisation(ensemble: Ensemble) -> Figure:
    """Draw how much of each input China meets at home, beside what it makes in all."""
    data = ensemble.data
    when = data["year"].to_numpy() + 0.5
    figure, axes = new_figure(3, 2, left=0.06, right=0.905, top=0.765, bottom=0.1, wspace=0.52, hspace=0.42)
    said = say("China: home share of each input, %, and home output")
    headings(figure, _home_sentence(data), f"{said} · {fan_note()}")
    source_line(figure, ensemble)
    for ax, (name, title) in zip(axes, INPUT_WORDS.items(), strict=False):
        quantiles, colour = 100 * spread(of_side(data, name, "china")), INPUT_COLOURS[name]
        fan(ax, when, quantiles, colour)
        time_axis(ax, when)
        percent_axis(ax)
        panel_title(ax, say(title), colour)
        end_labels(ax, [(quantiles[2, -1], per_cent(quantiles[2, -1]), colour)])
    ax, made = axes[-1], VARIABLES["h100e_produced"]
    output = side_quantiles(data, made)["china"]
    fan(ax, when, output, SIDE_COLOURS["china"])
    time_axis(ax, when)
    value_axis(ax, [output], linear=True)
    panel_title(ax, say("Output, million H100e a year"), SIDE_COLOURS["china"])
    end_labels(ax, [(output[2, -1], short(output[2, -1]), SIDE_COLOURS["china"])])
    for ax in axes[:3]:
        ax.tick_params(which="both", labelbottom=False)
    for ax in (axes[1], axes[2], axes[4]):
        ax.tick_params(labelleft=False)
    return figure


def _home_sentence(data: xr.Dataset) -> str:
    """Say how the home share of HBM and home output move, together or apart."""
    recorded = data["year"].to_numpy().astype(int)
    share = 100 * spread(of_side(data, "localisation_hbm", "china"))[2]
    output = spread(of_side(data, "h100e_produced", "china"))[2]
    first, last = _fall(output)
    if first == last:
        first, last = 0, int(np.flatnonzero(recorded == focus(data))[0])
    if not (np.isfinite(share[[first, last]]).all() and output[first] > 0) or first == last:
        return say("{year}: China makes {amount} H100e at home", year=recorded[last], amount=_amount(output[last]))
    moved = output[last] / output[first]
    made = (
        say("output down {share}", share=per_cent(100 * (1 - moved)))
        if moved < 1
        else say("output up {times}", times=times(moved))
    )
    text = (
        "{years}: home share of HBM up from {before} to {after}, {made}"
        if share[last] > share[first]
        else "{years}: home share of HBM down from {before} to {after}, {made}"
    )
    before, after = (f"{share[place]:.0f}" for place in (first, last))
    return say(
        text, years=years(recorded[first], recorded[last]), before=before, after=per_cent(float(after)), made=made
    )


def _amount(value: float) -> str:
    """Write a number of H100e in words."""
    if drawn_in(VARIABLES["h100e_produced"])[0] == 1:
        return short(value)
    return f"{short(value / 1e6)} million" if value >= 1e5 else f"{short(value / 1e3)} thousand"


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
