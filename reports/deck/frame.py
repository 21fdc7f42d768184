"""How the room of a chart is shared out: title, plot, the names at the ends of lines, the names along an axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .measure import height, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..story.parts import Chart
    from .ground import Box, Ground

END_SIZES = (16.0, 15.0, 14.0)
MOST_FOR_ENDS = 0.45
"""Share of a chart's width that names at the ends of lines may take; longer ones go to the legend."""
MOST_ENDS = 5
TITLE_SIZES = (16.0, 15.0, 14.0)
"""Of a chart's title: the first at which it takes one line."""
BESIDE = 480.0
"""Width at which a chart of stacked columns has its legend beside them, in their order, in points."""
TITLE_WIDTH = 0.78
"""Share of a chart's width at which programs may break its title."""
NAME_SIZES = (14.0, 13.0, 12.0, 11.0)
"""Of names along a bar chart: the first at which all of them fit beside their bars."""
MOST_FOR_NAMES = 0.46
"""Share of a bar chart's width that names may take."""
LEGEND_LINE = 1.55
"""Height of a line of the legend over the size of its letters."""
LEGEND_KEY = {"lines": 6.0, "": 3.5}
"""Room for the sign before a name, over the size of the letters: lines have long ones."""


@dataclass(frozen=True)
class Frame:
    """Margins of the plot inside a chart, in points, and what they hold.

    Attributes
    ----------
    wide, high
        Of the whole chart.
    left, top, right, bottom
        Margins around the plot.
    ends
        Whether names stand at the ends of lines.
    names, title, end
        Sizes of the names along the axis, of the title, of the names at the ends of lines.
    beside
        Whether a legend stands beside the plot, not below.
    """

    wide: float
    high: float
    left: float
    top: float
    right: float
    bottom: float
    ends: bool
    names: float
    title: float
    end: float
    beside: bool

    @property
    def plot_wide(self) -> float:
        """Width of the plot."""
        return self.wide - self.left - self.right

    @property
    def plot_high(self) -> float:
        """Height of the plot."""
        return self.high - self.top - self.bottom


def frame_of(chart: Chart, kind: str, box: Box, ground: Ground) -> Frame:
    """Share out the room of a chart.

    Parameters
    ----------
    chart
        Of a story.
    kind
        How it is drawn natively.
    box
        Where it stands.
    ground
        What the deck is set on.
    """
    room = box.room()
    text, letters = ground.size(14), ground.letters
    title = _title_size(chart, ground, room.width * TITLE_WIDTH / letters)
    top = height([chart.title], title, room.width * TITLE_WIDTH / letters, bold=True) + 1.1 * text
    end = _end_size(chart, ground, MOST_FOR_ENDS * room.width) if kind == "lines" else None
    ends = end is not None and len(chart.series) > 1
    right, bottom = 0.8 * text, 2.0 * text
    if end is not None and ends:
        right = letters * max(width(series.name, end, bold=True) for series in chart.series) + 0.8 * text
    beside = kind == "stacked columns" and len(chart.series) > 1 and room.width >= ground.size(BESIDE)
    if beside:
        right = letters * max(width(series.name, text) for series in chart.series) + 3.2 * text
    elif not ends and len(chart.series) > 1:
        bottom += LEGEND_LINE * text * _legend_lines(chart, kind, text, room.width / letters)
    left, names = 4.2 * text, text
    if "bars" in kind:
        most = MOST_FOR_NAMES * room.width
        names = _name_size(chart, ground, most, room.height - top - bottom)
        left = min(letters * max(width(name, names) for name in chart.categories), most) + text
        right += 2.2 * text
    return Frame(room.width, room.height, left, top, right, bottom, ends, names, title, end or text, beside)


def levelled(frames: Sequence[Frame]) -> list[Frame]:
    """Let the plots of charts beside each other begin and end at the same heights."""
    top, bottom = max(frame.top for frame in frames), max(frame.bottom for frame in frames)
    return [replace(frame, top=top, bottom=bottom) for frame in frames]


def _title_size(chart: Chart, ground: Ground, room: float) -> float:
    sizes = [ground.size(size) for size in TITLE_SIZES]
    return next((size for size in sizes if width(chart.title, size, bold=True) <= room), sizes[0])


def _end_size(chart: Chart, ground: Ground, room: float) -> float | None:
    """Choose the size of names at the ends of lines; nothing where they would take too much room."""
    if len(chart.series) > MOST_ENDS:
        return None
    sizes = map(ground.size, END_SIZES)
    widest = max(width(series.name, 1.0, bold=True) for series in chart.series) * ground.letters
    return next((size for size in sizes if widest * size <= room), None)


def sized(native: Any, frame: Frame) -> None:
    """Put plot and title where the frame says."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    places = {
        "x": frame.left / frame.wide,
        "y": frame.top / frame.high,
        "w": frame.plot_wide / frame.wide,
        "h": frame.plot_high / frame.high,
    }
    plot = native._chartSpace.chart.plotArea
    for old in plot.findall(qn("c:layout")):
        plot.remove(old)
    plot.insert(0, parse_xml(_layout(places, inner=True).format(nsdecls("c"))))
    title = native._chartSpace.chart.find(qn("c:title"))
    for old in title.findall(qn("c:layout")):
        title.remove(old)
    text = title.find(qn("c:tx"))
    text.addnext(parse_xml(_layout({"x": 0.0, "y": 0.0}).format(nsdecls("c"))))
    over = title.find(qn("c:overlay"))
    if over is not None:
        over.set("val", "0")


def _layout(places: dict[str, float], *, inner: bool = False) -> str:
    target = '<c:layoutTarget val="inner"/>' if inner else ""
    modes = "".join(f'<c:{name}Mode val="edge"/>' for name in places if name in "xy")
    values = "".join(f'<c:{name} val="{value:.4f}"/>' for name, value in places.items())
    return f"<c:layout {{}}><c:manualLayout>{target}{modes}{values}</c:manualLayout></c:layout>"


def _legend_lines(chart: Chart, kind: str, text: float, room: float) -> int:
    """Count the lines of a legend, whose columns are as wide as its longest name."""
    widest = (
        max(width(series.name, text) for series in chart.series) + LEGEND_KEY["lines" if kind == "lines" else ""] * text
    )
    columns = max(1, int(room // widest))
    return -(-len(chart.series) // columns)


def _name_size(chart: Chart, ground: Ground, room: float, high: float) -> float:
    """Choose the size of names so that each has room beside its bar, broken into lines."""
    slot = high / max(1, len(chart.categories))
    for size in map(ground.size, NAME_SIZES):
        if all(height([name], size, room / ground.letters) <= slot for name in chart.categories):
            return size
    return ground.size(NAME_SIZES[-1])
