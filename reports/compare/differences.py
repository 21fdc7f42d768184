"""Pictures of a paired comparison: what each scenario changes in one year, and one difference over the years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...model.registry import SIDES, VARIABLES
from ...scenarios.faults import fail
from ...studies.differences import us_to_china
from ...studies.one_at_a_time import RATIO
from ...studies.standing import standing_year
from ...studies.statistics import spread
from ..figures.charts import HALF, PALE, end_labels, type_size, year_axis
from ..figures.looks import INK, SIDE_COLOURS, look, readable, tone
from ..figures.panels import root
from ..figures.style import LABEL, counted, footnote, headings, new_figure, stage, theme
from ..language import say
from ..wording import breadth, label, per_cent, side_name, ticks
from ..words import unit_words
from .text import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...model.registry import Variable
    from ...scenarios.scenario import Scenario
    from ...studies.compare import Other, Paired
    from ..summary import Array

MEASURES = (
    ("fleet_h100e", RATIO, "Gap between the fleets,\nUS-led over China"),
    ("fleet_h100e", "china", "China's fleet"),
    ("cluster_training_eflops", "china", "China's largest\ntraining cluster"),
)
"""Panels of the overview."""
COLOURS = ("#0b7a75", "#7b4fa3", "#b35c00", "#4d6a1e", "#8c2d6e", "#2f4b66", "#6b4a2b", "#5a6470")
"""Of scenarios in a picture over the years: dark enough for text, none of them a side's colour."""
MARKERS = "osD^vPX*"
"""Of scenarios in the print look."""
FULLEST = 3
"""Up to as many scenarios get both bands; more would hide each other."""
SPACIOUS = 6
"""Up to as many scenarios are named by their titles at the ends of lines; more by their short names."""
LONGEST = 21
"""Characters of a scenario's name beside its row, before it is broken."""
OUTLYING = 8.0
"""Ends of intervals beyond this many times the widest half of the members are cut, and marked."""


def overview(paired: Paired, year: int | None = None) -> Figure:
    """Draw what every scenario changes: the gap of the fleets, China's fleet, China's largest cluster.

    Parameters
    ----------
    paired
        What ran.
    year
        2030 by default, or the last year of the comparison.
    """
    when = year if year is not None else standing_year(paired)
    with theme():
        figure, axes = new_figure(
            len(MEASURES), sharey=True, left=0.245, right=0.965, top=0.73, bottom=0.17, wspace=0.16
        )
        headings(
            figure,
            say("What changes beside {base}, {year}", base=say(paired.base.title), year=when),
            say("difference member by member, % · dot: median · bars: 50 % and 90 % of members"),
        )
        footnote(figure, note(paired))
        for ax, (variable, side, title) in zip(axes, MEASURES, strict=True):
            colour = SIDE_COLOURS.get(side, INK)
            size = 0.95 * type_size(ax)
            ax.set_title(say(title), loc="left", color=readable(colour), fontweight="bold", pad=12, fontsize=size)
            _panel(
                ax,
                [_relative(paired, other, variable, side)[when - paired.years[0]] for other in paired.others],
                colour,
            )
        _name_rows(axes[0], [other.scenario for other in paired.others])
        return figure


def _name_rows(ax: Axes, scenarios: Sequence[Scenario]) -> None:
    """Name rows by the titles of scenarios; by their short names where there are many."""
    crowded = len(scenarios) > SPACIOUS
    names = [scenario.name if crowded else _broken(say(scenario.title)) for scenario in scenarios]
    ax.set_yticks(np.arange(len(names))[::-1], names)
    ax.tick_params(axis="y", length=0, labelcolor=look().ink, labelsize=_row_size(len(names)))


def ranked(paired: Paired, variable: str, side: str, year: int, ax: Axes | None = None) -> Figure:
    """Draw the scenarios by what they change in one number, the largest median on top.

    Parameters
    ----------
    paired
        What ran.
    variable, side, year
        The number: a kept variable of ``china`` or ``us``, or ``ratio`` for the US-led side over China.
    ax
        Draw on this axis instead of a slide.
    """
    entry = VARIABLES[variable]
    if entry.kind in {"share", "date", "category"}:
        fail(f"a {entry.kind} has no change in percent", path="variable", found=variable)
    rows = [_relative(paired, other, variable, side)[year - paired.years[0]] for other in paired.others]
    medians = [float(spread(values, (0.5,))[0]) for values in rows]
    order = sorted(range(len(rows)), key=lambda place: -abs(np.nan_to_num(medians[place])))
    first = paired.others[order[0]].scenario
    with theme():
        strongest = medians[order[0]]
        number = _number(entry, side)
        moved = (
            say("{scenario}: {change} on {number}", scenario=say(first.title), change=_change(strongest), number=number)
            if strongest
            else say("No scenario moves {number} in most members", number=number)
        )
        text = "{year} · change beside {base}, % · dot: median · bars: 50 % and 90 % of members"
        said = say(text, year=year, base=say(paired.base.title))
        panel = stage(ax, moved, said, note(paired), left=0.27, right=0.95, top=0.80, bottom=0.155)
        _panel(panel, [rows[place] for place in order], SIDE_COLOURS.get(side, INK))
        _name_rows(panel, [paired.others[place].scenario for place in order])
        return root(panel)


def _number(entry: Variable, side: str) -> str:
    """Name a number."""
    if side == RATIO:
        return say("{variable}, US-led over China", variable=label(entry))
    return f"{label(entry)}, {side_name(side)}"


def _change(value: float) -> str:
    """Write a change in per cent with its sign."""
    return signed(value) + per_cent(0).removeprefix("0")


def by_year(paired: Paired, variable: str, side: str, ax: Axes | None = None) -> Figure:
    """Draw the difference of one variable over the years, a line for each scenario.

    Parameters
    ----------
    paired
        What ran.
    variable, side
        A kept variable of ``china`` or ``us``, or ``ratio`` for the US-led side over China.
    ax
        Draw on this axis instead of a slide.
    """
    entry = VARIABLES[variable]
    plain = entry.kind in {"share", "date", "category"}
    years = np.array(paired.years)
    few = len(paired.others) <= FULLEST
    with theme():
        title = say("{number}: change beside {base}", number=_number(entry, side), base=say(paired.base.title))
        panel = stage(ax, title, _how_to_read(entry, few=few), note(paired), right=0.745)
        panel.axhline(0.0, color=look().ink, linewidth=2.0, zorder=1)
        labels = []
        for place, other in enumerate(paired.others):
            values = _points(paired, other, variable, side) if plain else _relative(paired, other, variable, side)
            colour = COLOURS[place % len(COLOURS)]
            middle = _line(panel, years, spread(values), colour, place, bands=few)
            labels.append((middle, _end_label(paired, other, middle, plain=plain), colour))
        year_axis(panel, years)
        panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        panel.yaxis.set_major_formatter(ticks(_tick))
        end_labels(panel, labels, _end_size(len(labels)))
        return root(panel)


def _how_to_read(entry: Variable, *, few: bool) -> str:
    """Say what is drawn."""
    unit = say("percentage points") if entry.kind == "share" else unit_words("year") if entry.kind == "date" else "%"
    said = say("difference member by member, {unit} · line: median", unit=unit)
    return f"{said} · {say('bands: 50 % and 90 % of members')}" if few else said


def _line(ax: Axes, years: Array, quantiles: Array, colour: str, place: int, *, bands: bool) -> float:
    """Draw the difference of one scenario, and give its last median."""
    low, lower, middle, upper, high = quantiles
    drawn = tone(colour)
    if bands:
        ax.fill_between(years, low, high, color=drawn, alpha=PALE, linewidth=0)
        ax.fill_between(years, lower, upper, color=drawn, alpha=HALF, linewidth=0)
    shape: dict[str, Any] = {"marker": MARKERS[place % len(MARKERS)], "ms": 11} if look().marks else {}
    shape |= {"marker": "o"} if len(years) == 1 else {}
    ax.plot(years, middle, color=drawn, linewidth=4.5, **shape)
    return float(middle[-1])


def _end_label(paired: Paired, other: Other, value: float, *, plain: bool) -> str:
    """Name a line with its last median."""
    said = signed(value) if plain else _change(value)
    if len(paired.others) > SPACIOUS:
        return f"{other.scenario.name} {said}"
    return f"{_broken(say(other.scenario.title))}\n{said}"


def _relative(paired: Paired, other: Other, variable: str, side: str) -> Array:
    """Difference over the base in percent, shape (year, member)."""
    base, moved = paired.base_arrays[variable], other.arrays[variable]
    if side == RATIO:
        one, two = us_to_china(base)[:, 0], us_to_china(moved)[:, 0]
    else:
        one, two = base[:, SIDES.index(side)], moved[:, SIDES.index(side)]
    some = np.abs(one) > 0
    found: Array = np.where(some, 100 * (two - one) / np.where(some, np.abs(one), 1.0), np.nan)
    return found


def _points(paired: Paired, other: Other, variable: str, side: str) -> Array:
    """Difference of a share in percentage points, or of a date in years, shape (year, member)."""
    values = paired.difference(other, variable)[:, SIDES.index("china" if side == RATIO else side)]
    scale = 100.0 if VARIABLES[variable].kind == "share" else 1.0
    found: Array = np.where(np.isfinite(values), scale * values, np.nan)
    return found


def _panel(ax: Axes, rows: list[Array], colour: str) -> None:
    """Draw a row for each scenario: median, bars, the median in figures."""
    quantiles = np.array([spread(values) for values in rows])
    crowded = len(rows) > SPACIOUS
    least, most = _limits(quantiles, beside=crowded)
    ax.set_xlim(least, most)
    places = np.arange(len(rows))[::-1]
    ax.axvline(0.0, color=look().ink, linewidth=2.0, zorder=1)
    drawn = tone(colour)
    size = min(_row_size(len(rows)), 0.95 * type_size(ax))
    thick = float(np.clip(120.0 / max(len(rows), 1), 4.0, 14.0))
    for place, (low, lower, middle, upper, high) in zip(places, quantiles, strict=True):
        if not np.isfinite(middle):
            ax.annotate(say("no value"), (0.0, place), ha="center", va="center", fontsize=size, color=look().quiet)
            continue
        ax.plot([low, high], [place, place], color=drawn, linewidth=thick, alpha=0.3, solid_capstyle="butt")
        ax.plot([lower, upper], [place, place], color=drawn, linewidth=thick, alpha=0.6, solid_capstyle="butt")
        ax.plot(middle, place, "o", color=drawn, markersize=max(thick, 7.0), markeredgecolor=look().paper)
        for end, sign in ((low, "◂"), (high, "▸")):
            if not least <= end <= most:
                edge, inward = (least, "left") if end < least else (most, "right")
                ax.annotate(sign, (edge, place), ha=inward, va="center", fontsize=size, color=drawn)
        _median(
            ax, float(middle), (float(np.clip(high, least, most)), float(place)), size, thick, colour, crowded=crowded
        )
    ax.set_ylim(-0.55, len(rows) - 0.3)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=0.9 * type_size(ax))
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(ticks(_tick))


def _median(
    ax: Axes, middle: float, end: tuple[float, float], size: float, thick: float, colour: str, *, crowded: bool
) -> None:
    """Write a median above its dot, or beside the end of its bar where rows stand close together."""
    ax.annotate(
        _change(middle),
        end if crowded else (float(np.clip(middle, *ax.get_xlim())), end[1]),
        xytext=(0.4 * size, 0) if crowded else (0, 0.75 * size + thick / 2),
        textcoords="offset points",
        ha="left" if crowded else "center",
        va="center",
        fontsize=size,
        fontweight="bold",
        color=readable(colour),
        bbox={"boxstyle": "square,pad=0.1", "facecolor": look().paper, "edgecolor": "none"},
        zorder=2,
    )


def _limits(quantiles: Array, *, beside: bool) -> tuple[float, float]:
    """Limits that hold the intervals, but for ends far beyond what half of the members do, and room for figures."""
    known = quantiles[np.isfinite(quantiles).all(axis=1)]
    if not len(known):
        return -1.0, 1.0
    inner = float(np.abs(known[:, 1:4]).max())
    far = max(OUTLYING * inner, 1e-9) if inner > 0 else np.inf
    low, high = min(0.0, max(float(known.min()), -far)), max(0.0, min(float(known.max()), far))
    room = 0.14 * max(high - low, 0.1)
    return low - room, high + (3 * room if beside else room)


def _tick(value: float) -> str:
    return "0" if abs(value) < 1e-12 else f"{'+' if value > 0 else '−'}{abs(value):,.6g}"


def _row_size(rows: int) -> float:
    """Size of type that fits the height of a row."""
    return float(np.clip(260.0 / max(rows, 1), 8.0, 20.0))


def _end_size(lines: int) -> float:
    """Size of type in which as many names stand at the ends of lines."""
    return LABEL if lines <= SPACIOUS else float(np.clip(230.0 / lines, 8.0, LABEL))


def _broken(title: str) -> str:
    r"""Break a long name in two lines of like length, and cut what is longer still.

    >>> _broken("No controls from 2022 on")
    'No controls\nfrom 2022 on'
    """
    import textwrap

    room = int(LONGEST * len(title) / breadth(title)) if title else LONGEST
    lines = textwrap.wrap(title, room)
    if len(lines) == 2:
        widths = (textwrap.wrap(title, width) for width in range(len(title) // 2, room))
        lines = next((even for even in widths if len(even) == 2), lines)
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")


def note(paired: Paired) -> str:
    """Say what it takes to make the picture again."""
    from ... import __version__

    base = paired.base
    beside = say("beside {base}", base=f"{base.name} ({base.hash[:7]})")
    same = say("{members}, the same draws in each", members=counted(paired.members))
    return f"podrace {__version__} · {beside} · {same} · {say('seed {seed}', seed=paired.seed)}"
