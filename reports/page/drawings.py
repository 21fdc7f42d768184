"""A chart as a page shows it: still pictures, a key in words, and the numbers behind it as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..language import say
from ..story.parts import Table
from .charts import CLEAR, NARROW, WIDE, numbered, shape_of, specification
from .colours import colour
from .scales import are_dates, spread_text
from .stills import still

if TYPE_CHECKING:
    from markupsafe import Markup

    from ..story.parts import Chart

PATHS = {
    "circle": "M0-6a6 6 0 1 0 0 12a6 6 0 1 0 0-12z",
    "square": "M-5-5h10v10h-10z",
    "triangle-up": "M0-6l6 11h-12z",
    "diamond": "M0-7l5 7l-5 7l-5-7z",
    "cross": "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "triangle-down": "M0 6l6-11h-12z",
}


class Key(NamedTuple):
    """What a colour and a mark stand for."""

    name: str
    colour: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """A chart as a page shows it.

    Attributes
    ----------
    id
        Its name in the page.
    chart
        What is drawn.
    wide, narrow
        Still pictures for a sheet and for a phone.
    keys
        What colours and marks stand for; empty where one series speaks for itself.
    note
        What lines and bands mean, or nothing.
    table
        The numbers behind it.
    live
        What the browser draws: a Vega-Lite document per width.
    """

    id: str
    chart: Chart
    wide: Markup
    narrow: Markup
    keys: tuple[Key, ...]
    note: str
    table: Table
    live: dict[str, Any]

    @property
    def unit(self) -> str:
        """The unit, where the title does not say it."""
        return "" if self.chart.unit in self.chart.title else self.chart.unit

    @property
    def colours(self) -> tuple[str, ...]:
        """What the chart is drawn in."""
        return tuple(colour(series.colour) for series in self.chart.series)


def drawing(chart: Chart, name: str) -> Drawing:
    """Make all that a page shows of a chart.

    Parameters
    ----------
    chart
        A chart of a story.
    name
        Its name in the page.
    """
    return Drawing(
        name,
        chart,
        still(chart, WIDE, f"{name}w"),
        still(chart, NARROW, f"{name}n"),
        _keys(chart),
        _note(chart),
        data_table(chart),
        {"wide": specification(chart, WIDE, live=True), "narrow": specification(chart, NARROW, live=True)},
    )


def data_table(chart: Chart) -> Table:
    """List the numbers behind a chart: a row per category, a column per series.

    Parameters
    ----------
    chart
        A chart of a story.
    """
    dates = are_dates(chart)
    head = say("Year") if numbered(chart) else ""
    rows = tuple(
        (name, *(spread_text(series, place, dates=dates) for series in chart.series))
        for place, name in enumerate(chart.categories)
    )
    return Table((head, *(series.name for series in chart.series)), rows, chart.title)


def _keys(chart: Chart) -> tuple[Key, ...]:
    if len(chart.series) < 2:
        return ()
    marked = chart.kind in ("fan", "lines", "dots")
    return tuple(
        Key(series.name, colour(series.colour), PATHS[shape_of(place) if marked else "square"])
        for place, series in enumerate(chart.series)
    )


def _note(chart: Chart) -> str:
    """Say what is drawn around the middle."""
    ends = any(value is not None for series in chart.series for value in series.low)
    quarters = len(chart.series) <= CLEAR and any(v is not None for series in chart.series for v in series.quarter)
    if not ends:
        return ""
    if chart.kind in ("fan", "lines"):
        return (
            say("Line: median; bands: 50 % and 90 % of futures")
            if quarters
            else say("Line: median; band: 90 % of futures")
        )
    return say("Dot: median; line: 90 % of futures") if chart.kind == "dots" else say("Line: 90 % of futures")
