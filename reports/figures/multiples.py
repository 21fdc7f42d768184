"""Small multiples: every headline number of both sides on one slide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.registry import VARIABLES
from ..language import say
from ..wording import axis_text, short, side_name
from .charts import end_labels, fan, moments, side_quantiles, time_axis, value_axis
from .looks import SIDE_COLOURS
from .panels import at, fan_note, focus, panel_title, times_ahead
from .style import headings, new_figure, source_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble

ACROSS, DOWN = 3, 3
SHOWN = {
    "chip_fp8_tflops": "Best chip, {unit}",
    "pod_fp8_pflops": "Best pod, {unit}",
    "cluster_training_eflops": "Largest cluster, {unit}",
    "h100e_produced": "Made, {unit}",
    "fleet_h100e": "Fleet, {unit}",
    "largest_run_flop": "Largest run, {unit}",
    "hbm_used_pb": "HBM used, {unit}",
    "fleet_power_gw": "Power drawn, {unit}",
    "capex_busd": "AI capital, {unit}",
}
"""Numbers that both sides have, from the chip to what it takes; short, because panels are small."""


def small_multiples(ensemble: Ensemble) -> Figure:
    """Draw the headline numbers of both sides, a small fan for each."""
    shown = [name for name in SHOWN if name in ensemble.data]
    figure, axes = new_figure(ACROSS, DOWN, left=0.068, right=0.88, top=0.775, bottom=0.105, wspace=0.74, hspace=0.36)
    headings(figure, _sentence(ensemble, shown), fan_note())
    source_line(figure, ensemble)
    for place, (ax, name) in enumerate(zip(axes, shown, strict=False)):
        _panel(ax, ensemble, name, named=place < ACROSS)
        if place < len(shown) - ACROSS:
            ax.tick_params(which="both", labelbottom=False)
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    return figure


def _panel(ax: Axes, ensemble: Ensemble, name: str, *, named: bool) -> None:
    """Draw one number; the lines of the first row are named, the others have its colours."""
    variable = VARIABLES[name]
    drawn = side_quantiles(ensemble.data, variable)
    years = ensemble.data["year"].to_numpy()
    when = moments(variable, years)
    for side, quantiles in drawn.items():
        fan(ax, when, quantiles, SIDE_COLOURS[side], width=3.0)
    time_axis(ax, when, (float(years[0]), float(years[-1] + 1)))
    if drawn:
        value_axis(ax, list(drawn.values()))
    panel_title(ax, say(SHOWN[name], unit=axis_text(variable)))
    who = {side: f"{side_name(side)} " if named else "" for side in drawn}
    end_labels(ax, [(q[2, -1], f"{who[side]}{short(q[2, -1])}", SIDE_COLOURS[side]) for side, q in drawn.items()])


def _sentence(ensemble: Ensemble, shown: list[str]) -> str:
    """Count in how many of the numbers the US-led side is ahead."""
    year, count = focus(ensemble.data), len(shown)
    gaps = [at(ensemble.data, times_ahead(ensemble.data, name), year)[1] for name in shown]
    ahead = sum(gap > 1 for gap in gaps)
    if ahead == count:
        return say("{year}: the US-led side is ahead in all {count} numbers", year=year, count=count)
    if sum(gap < 1 for gap in gaps) == count:
        return say("{year}: China is ahead in all {count} numbers", year=year, count=count)
    return say("{year}: the US-led side is ahead in {ahead} of {count} numbers", year=year, ahead=ahead, count=count)
