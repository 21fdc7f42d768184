"""How the room of a chart is shared out: title, plot, the names at the ends of lines, the names along an axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .measure import height, width

if TYPE_CHECKING:
    from ..story.parts import Chart
    from .ground import Box, Ground

LONGEST_END = 16
"""Letters of a name that may stand at the end of a line; a longer one goes to the legend."""
MOST_ENDS = 5
TITLE_WIDTH = 0.78
"""Share of a chart's width at which programs may break its title."""
NAME_SIZES = (14.0, 13.0, 12.0, 11.0)
"""Of names along a bar chart: the first at which all of them fit beside their bars."""
MOST_FOR_NAMES = 0.46
"""Share of a bar chart's width that names may take."""
LEGEND_LINE = 1.9
"""Height of a line of the legend over the size of its letters."""


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
    names
        Size of the names along the axis.
    """

    wide: float
    high: float
    left: float
    top: float
    right: float
    bottom: float
    ends: bool
    names: float

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
    text, title = ground.size(14), ground.size(16)
    letters = ground.letters
    top = height([chart.title], title, room.width * TITLE_WIDTH / letters, bold=True) + 1.1 * text
    lines = kind == "lines"
    ends = lines and len(chart.series) <= MOST_ENDS and all(len(series.name) <= LONGEST_END for series in chart.series)
    right, bottom = 0.8 * text, 2.0 * text
    if ends:
        right = letters * max(width(series.name, ground.size(16), bold=True) for series in chart.series) + 0.8 * text
    if kind == "stacked columns":
        right = letters * max(width(series.name, text) for series in chart.series) + 3.2 * text
    elif not ends and len(chart.series) > 1:
        bottom += LEGEND_LINE * text * _legend_lines(chart, text, room.width / letters)
    left, names = 4.2 * text, text
    if "bars" in kind:
        most = MOST_FOR_NAMES * room.width
        names = _name_size(chart, ground, most, room.height - top - bottom)
        left = min(letters * max(width(name, names) for name in chart.categories), most) + text
        right += 2.2 * text
    return Frame(room.width, room.height, left, top, right, bottom, ends, names)


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


def _legend_lines(chart: Chart, text: float, room: float) -> int:
    """Count the lines of a legend, whose columns are as wide as its longest name."""
    widest = max(width(series.name, text) for series in chart.series) + 3.5 * text
    columns = max(1, int(room // widest))
    return -(-len(chart.series) // columns)


def _name_size(chart: Chart, ground: Ground, room: float, high: float) -> float:
    """Choose the size of names so that each has room beside its bar, broken into lines."""
    slot = high / max(1, len(chart.categories))
    for size in map(ground.size, NAME_SIZES):
        if all(height([name], size, room / ground.letters) <= slot for name in chart.categories):
            return size
    return ground.size(NAME_SIZES[-1])
