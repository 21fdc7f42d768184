"""Prior beside posterior for the parameters that history moved most."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...scenarios.draws import MemberDraws
from ...scenarios.inputs import Inputs
from ..figures.looks import CATEGORY_COLOURS, QUIET, look, tone
from ..figures.style import footnote, headings, made_by, new_figure, theme
from ..language import say
from ..wording import ticks
from ..words import in_words, unit_words
from .calibrate import strongest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.calibrate import Calibration
    from ..summary import Array

ACROSS, DOWN = 4, 3
PRIOR_COLOUR, POSTERIOR_COLOUR = "#b4bcc6", CATEGORY_COLOURS["dies"]
BINS = 26
SMALL = 14
PANEL_TITLE = 33
MEMBERS = 20_000


def moves(found: Calibration) -> Figure:
    """Draw prior and posterior of the parameters that moved most."""
    table = strongest(found, ACROSS * DOWN)
    prior = Inputs(found.prior, MemberDraws(found.seed, 0, MEMBERS))
    posterior = Inputs(found.posterior, MemberDraws(0, 0, len(found.chosen.of)))
    with theme():
        figure, axes = new_figure(
            ACROSS, DOWN, left=0.035, right=0.975, top=0.775, bottom=0.125, wspace=0.16, hspace=0.74
        )
        text = "grey: prior · green: posterior, {effective} effective of {members} members · the {count} assumptions that moved most"
        words = {"effective": f"{found.effective:,.0f}", "members": f"{found.members:,}", "count": len(table)}
        headings(figure, say("What history up to {year} says about the assumptions", year=found.to), say(text, **words))
        for ax, (name, row) in zip(axes, table.iterrows(), strict=False):
            path, _, date = str(name).partition("@")
            _panel(ax, _values(prior, path, date), _values(posterior, path, date))
            told = in_words(path, found.prior.labels)
            unit = unit_words(str(row["unit"]), told)
            title = ", ".join(part for part in (told, date, unit) if part)
            lines = textwrap.wrap(title, PANEL_TITLE)[:2]
            ax.set_title("\n".join(lines), loc="left", fontsize=SMALL, pad=6)
        for ax in axes[len(table) :]:
            ax.set_axis_off()
        _source(figure, found)
    return figure


def _values(inputs: Inputs, path: str, date: str) -> Array:
    from ...scenarios.dates import format_date

    points = inputs.points(path)
    found = next((value for when, value in points if not date or format_date(when) == date), points[0][1])
    return np.asarray(found, dtype=float)


def _panel(ax: Axes, prior: Array, posterior: Array) -> None:
    low, high = np.quantile(prior, (0.002, 0.998))
    bins = [float(edge) for edge in np.linspace(low, high, BINS)]
    ax.hist(prior, bins, density=True, color=tone(PRIOR_COLOUR))
    ax.hist(posterior, bins, density=True, histtype="step", color=tone(POSTERIOR_COLOUR), linewidth=2.6)
    for values, colour in ((prior, QUIET), (posterior, POSTERIOR_COLOUR)):
        ax.axvline(float(np.median(values)), color=tone(colour), linewidth=2, linestyle=(0, (3, 2)))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    ax.set_xlim(low, high)
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(ticks())
    ax.tick_params(axis="x", labelsize=SMALL - 1, length=4, labelcolor=look().ink)


def _source(figure: Figure, found: Calibration) -> None:
    weighed = say("weighed by {count} published values", count=len(found.targets))
    parts = (made_by(found.prior), weighed, say("seed {seed}", seed=found.seed), say("dashed: medians"))
    footnote(figure, " · ".join(parts))
