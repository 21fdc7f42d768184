"""How every picture looks: type, size, the words around it, and the settings of its look (`looks.py`).

Nothing here changes a user's Matplotlib: settings live inside `theme`, figures are made without pyplot's list of open
figures, and no backend is chosen.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from ...scenarios.faults import fail
from ..language import say, speaking, spoken
from .asked import FORMATS, asked, pictures
from .fonts import families, warn_without_hangul
from .looks import CATEGORY_COLOURS, GRID, INK, INPUT_COLOURS, QUIET, SIDE_COLOURS, look, styled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes

    from ...scenarios.scenario import Scenario

__all__ = [
    "CATEGORY_COLOURS", "DPI", "GRID", "INK", "INPUT_COLOURS", "LABEL", "NOTE", "QUIET", "SIDE_COLOURS", "SIZE_INCHES",
    "SUBTITLE", "TITLE", "Chart", "counted", "footnote", "headings", "lend", "made_by", "new_figure", "save_as", "save_figure",
    "source_line", "source_text", "stage", "theme",
]  # fmt: skip

SIZE_INCHES, DPI = (16.0, 9.0), 100
"""1600 x 900 pixels, the shape of a slide; type is set in points at this size."""

TITLE, SUBTITLE, LABEL, NOTE = 30, 20, 20, 16
SMALLEST_TITLE = 22
CHARACTER = 0.56
"""Width of a character of a title, as a share of its size."""
METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": "podrace"},
    ".svg": {"Date": None, "Creator": "podrace"},
}
"""What stands in a file beside the picture: never a date, so that the same picture has the same bytes."""
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
    """A figure that shows itself in a notebook without pyplot, and keeps the look and the language it was made in."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._made = (look().name, spoken())
        super().__init__(*arguments, **options)

    def draw(self, renderer: Any) -> None:
        """Draw in the look and the language it was made in."""
        with _as_made(self._made):
            super().draw(renderer)

    def savefig(self, *arguments: Any, **options: Any) -> None:
        """Save in the look and the language it was made in; arguments are those of Matplotlib. No date: bytes repeat."""
        name = str(options.get("format") or (arguments[0] if arguments else options.get("fname", "")))
        if name.lower().endswith("svg"):
            options.setdefault("metadata", METADATA[".svg"])
        with _as_made(self._made):
            super().savefig(*arguments, **options)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DPI / 2)
        return buffer.getvalue()


@contextmanager
def _as_made(made: tuple[str, str]) -> Iterator[None]:
    """Go back to the look and the language a figure was made in."""
    with pictures(*made), theme():
        yield


@contextmanager
def theme(style: str | None = None) -> Iterator[None]:
    """Set podrace's look for as long as the block lasts.

    Parameters
    ----------
    style
        ``light``, ``dark`` or ``print``; by default what a command was asked for, or that of `looks.styled` around it.

    Where Korean is spoken and no font has Hangul, a warning says so and the block speaks English.
    """
    import matplotlib as mpl

    wish = asked()
    chosen = style or (wish.look if wish else look().name)
    with styled(chosen), speaking(_written(wish.language if wish else spoken())), mpl.rc_context(_settings()):
        yield


def _written(language: str) -> str:
    """Give the language that can be written with the fonts there are."""
    with speaking(language):
        if language == "ko" and len(families()) == 1:
            warn_without_hangul()
            return "en"
    return language


def _settings() -> Any:
    import seaborn as sns

    ink, quiet, paper = look().ink, look().quiet, look().paper
    return {
        **sns.axes_style("ticks"),
        **sns.plotting_context("talk"),
        "axes.edgecolor": quiet,
        "axes.facecolor": paper,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.labelcolor": ink,
        "axes.labelsize": LABEL,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": LABEL,
        "axes.unicode_minus": True,
        "figure.facecolor": paper,
        "font.family": families(),
        "font.size": LABEL,
        "grid.color": look().grid,
        "grid.linewidth": 1.2,
        "hatch.linewidth": 1.0,
        "savefig.facecolor": paper,
        "svg.hashsalt": "podrace",
        "text.color": ink,
        "xtick.color": quiet,
        "xtick.labelcolor": ink,
        "xtick.labelsize": LABEL,
        "ytick.color": quiet,
        "ytick.labelcolor": ink,
        "ytick.labelsize": LABEL,
    }


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


def stage(ax: Axes | None, title: str, subtitle: str, note: str, **layout: Any) -> Axes:
    """Give the axis of a picture with one panel: a slide's own, or the one a user gave, with the title above it.

    Parameters
    ----------
    ax
        A user's axis, or nothing.
    title, subtitle
        What is found and what is shown.
    note
        Where it comes from, at the foot of a slide.
    layout
        As in `new_figure`.
    """
    if ax is None:
        figure, (ax,) = new_figure(**layout)
        headings(figure, title, subtitle)
        footnote(figure, note)
        return ax
    from .charts import type_size

    lend(ax)
    lines = [wrapped(ax, part) for part in (title, subtitle) if part]
    ax.set_title("\n".join(lines), loc="left", fontsize=type_size(ax))
    return ax


def lend(ax: Axes) -> None:
    """Make a user's axis ready: fonts that have the language's characters, and the ground of a look that needs it."""
    own = [ax.xaxis.label, ax.yaxis.label, *(child for child in ax.get_children() if isinstance(child, Text))]
    if spoken() == "ko":
        ax.tick_params(which="both", labelfontfamily=families())
        for text in own:
            text.set_fontfamily(families())
    if look().name != "light":
        figure = ax.get_figure(root=True)
        for part in (ax, figure):
            if part is not None:
                part.set_facecolor(look().paper)
        ax.tick_params(which="both", colors=look().quiet, labelcolor=look().ink)
        for text in own:
            text.set_color(look().ink)
        for spine in ax.spines.values():
            spine.set_color(look().quiet)


def wrapped(ax: Axes, text: str) -> str:
    """Break a title where the axis below it ends."""
    from textwrap import wrap

    from ..wording import breadth
    from .charts import panel_inches, type_size

    room = panel_inches(ax)[0] * 72 / (CHARACTER * type_size(ax))
    return "\n".join(wrap(text, max(12, int(room * len(text) / breadth(text))))) if text else ""


def headings(figure: Figure, title: str, subtitle: str) -> None:
    """Say what is found and what is shown, above the panels; a long line is set smaller until it fits."""
    left = 0.03
    head = figure.text(left, 0.955, title, fontsize=TITLE, fontweight="bold", va="top", ha="left")
    below = figure.text(left, 0.885, subtitle, fontsize=SUBTITLE, color=look().quiet, va="top", ha="left")
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
    footnote(figure, source_text(ensemble))


def footnote(figure: Figure, text: str) -> None:
    """Write a line at the foot of the picture."""
    figure.text(0.03, 0.022, text, fontsize=NOTE, color=look().quiet, va="bottom", ha="left")


def source_text(ensemble: Ran) -> str:
    """Name version, scenario, members and seed: what it takes to make the picture again."""
    parts = made_by(ensemble.scenario), counted(ensemble.members), say("seed {seed}", seed=ensemble.seed)
    return " · ".join((*parts, say("90 % interval"), say("facts: scenario.yaml")))


def made_by(scenario: Scenario) -> str:
    """Name the version and the scenario."""
    from ... import __version__

    return f"podrace {__version__} · {scenario.name} ({scenario.hash[:7]})"


def counted(members: int) -> str:
    """Count members in words."""
    return say("1 member") if members == 1 else say("{count} members", count=f"{members:,}")


def save_figure(figure: Figure, stem: Path) -> None:
    """Save a figure in the formats asked for, PNG and SVG by default, the same bytes every time."""
    wish = asked()
    for form in wish.formats if wish else FORMATS:
        save_as(figure, stem.with_name(f"{stem.name}.{form}"))


def save_as(figure: Figure, path: Path) -> None:
    """Save a figure as one file; its ending, ``.png`` or ``.svg``, says as what."""
    if path.suffix.lower() not in METADATA:
        allowed = ", ".join(METADATA)
        fail("a picture is written as PNG or SVG", path=str(path), found=path.suffix, allowed=allowed)
    form = path.suffix.lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    try:
        with theme():
            figure.savefig(aside, dpi=DPI, format=form[1:], metadata=METADATA[form])
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
