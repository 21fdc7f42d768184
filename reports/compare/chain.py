"""What separates each scenario from the base: the gap between the fleets, taken apart along the chain from chip to fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...studies.differences import us_to_china
from ...studies.standing import standing_year
from ...studies.statistics import spread
from ..figures.chain import RUNGS, STEPS, Bar, known, multiplied, steps
from ..figures.panels import panel_title
from ..figures.style import footnote, headings, new_figure, theme
from ..language import say
from ..wording import cut, times
from .differences import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.compare import Other, Paired
    from ..figures.chain import Gap
    from ..summary import Array

MOST = 2
"""Scenarios that get a panel: those that move the gap most."""
LONGEST = {1: 80, 2: 42}
"""Characters of a title above one of as many panels."""


def chain(paired: Paired, year: int | None = None) -> Figure:
    """Draw the way from the base's gap between the fleets to that of each scenario, by what happens on each rung.

    Parameters
    ----------
    paired
        What ran.
    year
        2030 by default, or the last year of the comparison.
    """
    when = year if year is not None else standing_year(paired)
    base = _gaps(paired.base_arrays, when - paired.years[0])
    moved = sorted(
        ((other, _gaps(other.arrays, when - paired.years[0])) for other in paired.others),
        key=lambda pair: -abs(_log_change(base, pair[1])),
    )[:MOST]
    with theme():
        figure, axes = new_figure(len(moved), sharey=True, left=0.065, right=0.985, top=0.745, bottom=0.21, wspace=0.06)
        said = say(
            "{year} · fleets, US-led over China, median of members · steps multiply; dark: both ends, with 90 % of members",
            year=when,
        )
        headings(figure, _sentence(paired, moved[0][0], base, moved[0][1]), said)
        footnote(figure, note(paired))
        for ax, (other, gaps) in zip(axes, moved, strict=True):
            steps(ax, _columns(base, gaps))
            panel_title(ax, cut(say(other.scenario.title), LONGEST[len(moved)]))
        _same_height(axes)
    return figure


def _same_height(axes: list[Axes]) -> None:
    """Give panels that share an axis the limits of the tallest."""
    limits = [ax.get_ylim() for ax in axes]
    axes[0].set_ylim(min(low for low, _ in limits), max(high for _, high in limits))


def _gaps(arrays: Mapping[str, Array], row: int) -> dict[str, Gap]:
    """Take the gap on each rung in a year, where both sides have something."""
    found: dict[str, Gap] = {}
    for name in RUNGS:
        low, middle, high = spread(us_to_china(arrays[name])[row, 0], (0.05, 0.5, 0.95))
        found[name] = (float(low), float(middle), float(high))
    return known(found)


def _columns(base: Mapping[str, Gap], gaps: Mapping[str, Gap]) -> list[Bar]:
    """Lead from the base's gap between fleets to the scenario's, a step for what changes on each rung."""
    if "fleet_h100e" not in base or "fleet_h100e" not in gaps:
        return []
    low, at, high = base["fleet_h100e"]
    columns = [Bar(say("Base"), 1.0, at, low, high)]
    for name, factor in _changes(base, gaps).items():
        columns.append(Bar(say(STEPS[name]), at, at * factor, np.nan, np.nan, step=True))
        at *= factor
    low, at, high = gaps["fleet_h100e"]
    return [*columns, Bar(say("What-if"), 1.0, at, low, high)]


def _changes(base: Mapping[str, Gap], gaps: Mapping[str, Gap]) -> dict[str, float]:
    """Give the factor by which each rung changes the gap of the fleets; they multiply to that of the fleets."""
    both = [name for name in RUNGS if name in base and name in gaps]
    factors, before = {}, 1.0
    for name in both:
        change = gaps[name][1] / base[name][1]
        factors[name] = change / before
        before = change
    return factors


def _log_change(base: Mapping[str, Gap], gaps: Mapping[str, Gap]) -> float:
    if "fleet_h100e" not in base or "fleet_h100e" not in gaps:
        return 0.0
    return float(np.log(gaps["fleet_h100e"][1] / base["fleet_h100e"][1]))


def _sentence(paired: Paired, other: Other, base: Mapping[str, Gap], gaps: Mapping[str, Gap]) -> str:
    """Say from what to what the strongest scenario moves the gap, and on which rung most of that happens."""
    if abs(_log_change(base, gaps)) < np.log(1.02):
        return say("No scenario moves the gap between the fleets beside {base}", base=say(paired.base.title))
    changes = _changes(base, gaps)
    down = gaps["fleet_h100e"][1] < base["fleet_h100e"][1]
    most = (min if down else max)(changes, key=changes.__getitem__)
    text = "{title}: gap from {before} to {after}, most by {rung} ({factor})"
    return say(
        text,
        title=say(other.scenario.title),
        before=times(base["fleet_h100e"][1]),
        after=times(gaps["fleet_h100e"][1]),
        rung=say(RUNGS[most][1]),
        factor=multiplied(changes[most]),
    )
