"""Names and values beside what they belong to: at the ends of lines, at bars; a legend where there is no room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .axes import decades, number_format, span

if TYPE_CHECKING:
    from ..story.parts import Chart, Series
    from .frame import Frame
    from .ground import Ground

AWAY = 0.008
"""How far a label stands from its line, over the width of the chart."""
LINE = 1.25
"""Height of a label over the size of its letters."""


def label_ends(drawn: list[tuple[Any, Series, str]], axis: Any, chart: Chart, ground: Ground, frame: Frame) -> None:
    """Write the name at the right end of each line, apart from each other.

    Parameters
    ----------
    drawn
        Native lines, what they show, and the colour of their label.
    axis
        Native, with the ends that were set.
    chart, ground, frame
        What is drawn, what the deck is set on, the room of the chart.
    """
    ends = [(line, series, colour, _last(series)) for line, series, colour in drawn]
    ends = [end for end in ends if end[3] is not None]
    heights = [
        _share(chart, axis, series.middle[last] or 0.0) * frame.plot_high
        for _, series, _, last in ends
        if last is not None
    ]
    line = LINE * frame.end
    moved = [height + line / 2 for height in apart([at - line / 2 for at in heights], line, frame.plot_high - line / 2)]
    for (line, _, colour, last), at, to in zip(ends, heights, moved, strict=True):
        _write(line, last, colour, frame.end, (at - to) / frame.high)


def apart(heights: list[float], least: float, highest: float) -> list[float]:
    """Move heights apart as little as it takes for neighbours to have room, none above the highest or below zero.

    >>> apart([10.0, 12.0, 50.0], 10.0, 60.0), apart([58.0, 59.0], 10.0, 60.0), apart([0.0, 1.0], 10.0, 60.0)
    ([6.0, 16.0, 50.0], [50.0, 60.0], [0.0, 10.0])
    """
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    groups: list[list[int]] = []
    for place in order:
        groups.append([place])
        while (
            len(groups) > 1
            and _middle(groups[-1], heights) - _middle(groups[-2], heights)
            < least * (len(groups[-1]) + len(groups[-2])) / 2
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = list(heights)
    for group in groups:
        start = _middle(group, heights) - least * (len(group) - 1) / 2
        for rank, place in enumerate(group):
            moved[place] = start + least * rank if len(group) > 1 else heights[place]
    lowest = 0.0
    for place in order:
        moved[place] = max(moved[place], lowest)
        lowest = moved[place] + least
    for place in reversed(order):
        moved[place] = min(moved[place], highest)
        highest = moved[place] - least
    return moved


def label_bars(drawn: list[Any], chart: Chart, kind: str, ground: Ground) -> None:
    """Write values at bars that have no whiskers; where there are, the axis tells."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    if any(series.low for series in chart.series) or len(chart.categories) * len(chart.series) > 16:
        return
    for series in drawn:
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = number_format(chart), False
        labels.position = XL_LABEL_POSITION.ABOVE if kind == "markers" else XL_LABEL_POSITION.OUTSIDE_END
        labels.font.size = Pt(ground.size(14))


def legend(native: Any, ground: Ground, hidden: list[int], frame: Frame) -> None:
    """Show a legend, without the lines that mark the ends of intervals."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn
    from pptx.util import Pt

    native.has_legend = True
    shown = native.legend
    shown.position = XL_LEGEND_POSITION.RIGHT if frame.beside else XL_LEGEND_POSITION.BOTTOM
    shown.include_in_layout = False
    shown.font.size = Pt(ground.size(14))
    place = shown._element.find(qn("c:legendPos"))
    for index in reversed(hidden):
        place.addnext(
            parse_xml(f'<c:legendEntry {nsdecls("c")}><c:idx val="{index}"/><c:delete val="1"/></c:legendEntry>')
        )


def _write(line: Any, last: int | None, colour: str, size: float, down: float) -> None:
    """Label one point of a line with the line's name, moved down by a share of the chart."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    moved = f'<c:layout><c:manualLayout><c:x val="{AWAY}"/><c:y val="{down:.4f}"/></c:manualLayout></c:layout>'
    label = (
        f'<c:dLbls {nsdecls("c", "a")}><c:dLbl><c:idx val="{last}"/>{moved}'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'<c:txPr><a:bodyPr wrap="none" lIns="36576"/><a:lstStyle/><a:p><a:pPr algn="l"><a:defRPr sz="{round(size * 100)}" b="1"><a:solidFill>'
        f'<a:srgbClr val="{colour.lstrip("#").upper()}"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr>'
        '<c:dLblPos val="r"/><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="1"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbl>'
        '<c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/><c:extLst><c:ext uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}" '
        'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"><c15:showLeaderLines val="0"/></c:ext></c:extLst></c:dLbls>'
    )
    bars = line._element.find(qn("c:errBars"))
    (line._element.find(qn("c:cat")) if bars is None else bars).addprevious(parse_xml(label))


def _last(series: Series) -> int | None:
    return next((place for place in reversed(range(len(series.middle))) if series.middle[place] is not None), None)


def _share(chart: Chart, axis: Any, value: float) -> float:
    """Say how high on the value axis a value stands, 0 to 1."""
    if chart.log:
        low, high = decades(chart)
        return math.log10(max(value, low) / low) / math.log10(high / low)
    low, high = span(chart, "lines")
    if axis.maximum_scale is not None:
        low, high = axis.minimum_scale or 0.0, axis.maximum_scale
    return (value - low) / (high - low)


def _middle(group: list[int], heights: list[float]) -> float:
    return sum(heights[place] for place in group) / len(group)
