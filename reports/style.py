"""How every picture looks: colours, type, size, and the words around it.

Nothing here changes a user's Matplotlib: settings live inside `theme`, figures are made without pyplot's list of open
figures, and no backend is chosen.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from ..scenarios.scenario import Scenario

SIDE_COLOURS = {"china": "#c8384a", "us": "#1f5fa8"}
"""The same two colours in every picture: apart for all kinds of colour blindness, 5:1 and 6:1 against white."""

CATEGORY_COLOURS = {
    "dies": "#0b7a75",
    "hbm": "#e69f00",
    "packaging": "#7b4fa3",
    "demand": "#c4c9d0",
    "supply": "#3f4a56",
    "capital": "#b9936c",
    "power": "#f2d43d",
}
"""One colour for one limit or input, in every picture where it stands."""

INPUT_COLOURS = {
    "localisation_dies": CATEGORY_COLOURS["dies"],
    "localisation_hbm": CATEGORY_COLOURS["hbm"],
    "localisation_packaging": CATEGORY_COLOURS["packaging"],
    "localisation_tools": "#7a7f1e",
    "localisation_accelerators": SIDE_COLOURS["china"],
}
INK, QUIET, GRID = "#1d2530", "#5a6470", "#e3e6ea"

SIZE_INCHES, DPI = (16.0, 9.0), 100
"""1600 x 900 pixels, the shape of a slide; type is set in points at this size."""

TITLE, SUBTITLE, LABEL, NOTE = 30, 20, 20, 16
SMALLEST_TITLE = 22
MARGINS = {"left": 0.095, "right": 0.80, "top": 0.80, "bottom": 0.155}


class Ran(Protocol):
    """What a picture says of its origin."""

    @property
    def scenario(self) -> Scenario:
        """What ran."""

    @property
    def members(self) -> int:
        """How many members."""

    @property
    def seed(self) -> int:
        """Where the draws start."""


class Chart(Figure):
    """A figure that shows itself in a notebook without pyplot."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        with theme():
            self.savefig(buffer, format="png", dpi=DPI / 2)
        return buffer.getvalue()


@contextmanager
def theme() -> Iterator[None]:
    """Set podrace's look for as long as the block lasts."""
    import matplotlib as mpl
    import seaborn as sns

    settings: Any = {
        **sns.axes_style("ticks"),
        **sns.plotting_context("talk"),
        "axes.edgecolor": QUIET,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.labelcolor": INK,
        "axes.labelsize": LABEL,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": LABEL,
        "figure.facecolor": "white",
        "font.family": ["DejaVu Sans"],
        "font.size": LABEL,
        "grid.color": GRID,
        "grid.linewidth": 1.2,
        "savefig.facecolor": "white",
        "svg.hashsalt": "podrace",
        "text.color": INK,
        "xtick.color": QUIET,
        "xtick.labelcolor": INK,
        "xtick.labelsize": LABEL,
        "ytick.color": QUIET,
        "ytick.labelcolor": INK,
        "ytick.labelsize": LABEL,
    }
    with mpl.rc_context(settings):
        yield


def new_figure(columns: int = 1, rows: int = 1, **layout: Any) -> tuple[Chart, list[Axes]]:
    """Make a slide-sized figure with panels side by side.

    Parameters
    ----------
    columns
        How many panels in a row.
    rows
        How many rows.
    layout
        Passed on to ``Figure.subplots`` (``sharey``, ``width_ratios``), or one of the four margins and two gaps.
    """
    margins = (
        MARGINS
        | ({} if columns == 1 else {"top": 0.755})
        | {key: layout.pop(key) for key in ("left", "right", "top", "bottom", "wspace", "hspace") if key in layout}
    )
    figure = Chart(figsize=SIZE_INCHES, dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, **layout)
    figure.subplots_adjust(**margins)
    return figure, list(axes.ravel())


def headings(figure: Figure, title: str, subtitle: str) -> None:
    """Say what is found and what is shown, above the panels; a long line is set smaller until it fits."""
    left = 0.03
    head = figure.text(left, 0.955, title, fontsize=TITLE, fontweight="bold", va="top", ha="left")
    below = figure.text(left, 0.885, subtitle, fontsize=SUBTITLE, color=QUIET, va="top", ha="left")
    _fit(figure, head, SMALLEST_TITLE)
    _fit(figure, below, NOTE)


def _fit(figure: Figure, text: Text, smallest: float) -> None:
    """Set a line smaller, down to a size, until it leaves the margin free on the right."""
    room, size = (1 - 2 * text.get_position()[0]) * figure.get_figwidth() * figure.dpi, float(text.get_fontsize())
    while text.get_window_extent().width > room and size > smallest:
        size -= 1
        text.set_fontsize(size)


def source_line(figure: Figure, ensemble: Ran) -> None:
    """Say where the picture comes from, below the panels."""
    figure.text(0.03, 0.022, source_text(ensemble), fontsize=NOTE, color=QUIET, va="bottom", ha="left")


def source_text(ensemble: Ran) -> str:
    """Name version, scenario, members and seed: what it takes to make the picture again."""
    from .. import __version__

    scenario = ensemble.scenario
    counted = "1 member" if ensemble.members == 1 else f"{ensemble.members:,} members"
    return (
        f"podrace {__version__} · {scenario.name} ({scenario.hash[:7]}) · {counted} · seed {ensemble.seed}"
        " · 90 % interval · facts: scenario.yaml"
    )


def save_figure(figure: Figure, stem: Path) -> None:
    """Save a figure as PNG and SVG, the same bytes every time."""
    with theme():
        figure.savefig(stem.with_suffix(".png"), dpi=DPI, metadata={"Software": "podrace"})
        figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None, "Creator": "podrace"})
