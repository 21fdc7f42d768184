"""Charts of a story as native PowerPoint charts: the numbers in an embedded workbook, every part open to editing.

==========  ==========================================================================================================
kind        drawn as
==========  ==========================================================================================================
``fan``     a thick line of medians per series between thin dashed ones, its interval; named at its end
``lines``   a line per series, named at its end
``stacked`` stacked columns over years, stacked bars over names, with a legend
``bars``    columns over years, bars over names, from the reference where there is one; intervals as whiskers
``dots``    markers with whiskers over a few short names, and as ``bars`` over more or longer ones
==========  ==========================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..language import say
from .axes import categories, dress_axes, every_value, intervals, number_format, over_years
from .colours import LEAST, READABLE, contrast, standing_out, tint
from .frame import Frame, frame_of, levelled, sized
from .labels import label_bars, label_ends, legend
from .whiskers import add_whiskers
from .words import TAGS, clean, ink
from .workbook import Column, workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..story.parts import Chart, Series
    from .ground import Box, Ground

MEDIAN_POINTS, END_POINTS, REFERENCE_POINTS = 3.5, 1.5, 1.25
END_TINT = 0.75
"""Colour of the ends of an interval over that of its median."""
TEXT = 14.0
LOWEST = 0.03
"""Share of an even axis below which a line of reference would lie on the axis."""
FEW = 4
"""Bars of this many names, or fewer, are kept slim."""
FAINT, FAINT_ON_DARK = 1.4, 2.2
"""Contrast that a part of a stacked column needs: its neighbours tell its edges."""
MOST_DOTS, SHORT_NAME = 6, 12
"""Markers stand side by side over this many names of this many letters; more or longer ones become bars."""


@dataclass(frozen=True)
class Part:
    """A series of the native chart and what it stands for.

    Attributes
    ----------
    column
        Head and numbers in the workbook.
    series
        Of the story; None for the line of reference.
    role
        ``middle``, ``low``, ``high`` or ``reference``.
    """

    column: Column
    series: Series | None
    role: str = "middle"


def add_charts(slide: Any, charts: Sequence[Chart], boxes: Sequence[Box], ground: Ground, language: str) -> list[Any]:
    """Put charts on a slide, plots that stand beside each other on one line.

    Parameters
    ----------
    slide
        Of python-pptx.
    charts
        Of a story.
    boxes
        Where they stand.
    ground
        What the deck is set on.
    language
        Code of the language it is read in.

    Returns
    -------
    The shapes that hold the charts.
    """
    made = [KINDS[chart.kind](chart) for chart in charts]
    frames = [frame_of(chart, kind, box, ground) for chart, (_, kind), box in zip(charts, made, boxes, strict=True)]
    level = levelled(frames)
    return [
        _add(slide, chart, parts, kind, box, frame, ground, language)
        for chart, (parts, kind), box, frame in zip(charts, made, boxes, level, strict=True)
    ]


def _add(
    slide: Any, chart: Chart, parts: list[Part], kind: str, box: Box, frame: Frame, ground: Ground, language: str
) -> Any:
    shape = slide.shapes.add_chart(_native(kind), box.left, box.top, box.width, box.height, _data(chart, parts))
    native = shape.chart
    _dress(native, chart, ground, frame, language)
    sized(native, frame)
    dress_axes(native, chart, kind, ground, frame)
    _set_gaps(native, chart, kind)
    for drawn, part in zip(_series(native), parts, strict=True):
        _paint(drawn, part, kind, ground)
    more = add_whiskers(_series(native), chart, kind, ground) if kind in ("bars", "columns", "markers") else ()
    if kind == "lines":
        more = tuple(column for series in chart.series for column in _undrawn(chart, series))
    native.part.chart_workbook.update_from_xlsx_blob(
        workbook(clean(chart.title), categories(chart), [*(part.column for part in parts), *more])
    )
    _name_series(native, chart, kind, parts, ground, frame)
    return shape


def _lines(chart: Chart) -> tuple[list[Part], str]:
    parts = []
    shown = intervals(chart)
    for part in _middles(chart):
        parts.append(part)
        if part.series and part.series in shown:
            low, high = interval_columns(part.series)
            parts.append(Part(replace(low, values=_numbers(chart, low.values)), part.series, "low"))
            parts.append(Part(replace(high, values=_numbers(chart, high.values)), part.series, "high"))
    if chart.reference is not None and _stands_apart(chart):
        level = (chart.reference,) * len(chart.categories)
        parts.append(Part(Column(say("reference"), level), None, "reference"))
    return parts, "lines"


def _stands_apart(chart: Chart) -> bool:
    """Whether a line of reference has a place, and is no second line upon the axis."""
    level = chart.reference or 0.0
    if chart.log:
        return level > 0
    return level <= 0 or level > LOWEST * max(every_value(chart), default=0.0)


def interval_columns(series: Series) -> tuple[Column, Column]:
    """Name the ends of an interval."""
    name = clean(series.name)
    return Column(f"{name}, 5 %", series.low), Column(f"{name}, 95 %", series.high)


def _undrawn(chart: Chart, series: Series) -> tuple[Column, ...]:
    """Give the ends of an interval that no line shows: the workbook has them all."""
    return interval_columns(series) if series.low and series not in intervals(chart) else ()


def _stacked(chart: Chart) -> tuple[list[Part], str]:
    return _middles(chart), "stacked columns" if over_years(chart) else "stacked bars"


def _bars(chart: Chart) -> tuple[list[Part], str]:
    return _middles(chart), "columns" if over_years(chart) else "bars"


def _dots(chart: Chart) -> tuple[list[Part], str]:
    few = len(chart.categories) <= MOST_DOTS and max(map(len, chart.categories), default=0) <= SHORT_NAME
    return _middles(chart), "markers" if few or over_years(chart) else "bars"


KINDS: dict[str, Callable[[Chart], tuple[list[Part], str]]] = {
    "fan": _lines,
    "lines": _lines,
    "stacked": _stacked,
    "bars": _bars,
    "dots": _dots,
}


def _middles(chart: Chart) -> list[Part]:
    return [Part(Column(clean(series.name), _numbers(chart, series.middle)), series) for series in chart.series]


def _numbers(chart: Chart, values: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """Leave out what an axis of powers of ten cannot show."""
    return tuple(None if value is None or (chart.log and value <= 0) else float(value) for value in values)


def _native(kind: str) -> Any:
    from pptx.enum.chart import XL_CHART_TYPE

    return {
        "lines": XL_CHART_TYPE.LINE,
        "markers": XL_CHART_TYPE.LINE_MARKERS,
        "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
        "bars": XL_CHART_TYPE.BAR_CLUSTERED,
        "stacked columns": XL_CHART_TYPE.COLUMN_STACKED,
        "stacked bars": XL_CHART_TYPE.BAR_STACKED,
    }[kind]


def _data(chart: Chart, parts: list[Part]) -> Any:
    from pptx.chart.data import CategoryChartData

    data = CategoryChartData(number_format=number_format(chart))
    data.categories = categories(chart)
    for part in parts:
        data.add_series(part.column.name, part.column.values)
    return data


def _series(native: Any) -> list[Any]:
    return list(native.plots[0].series)


def _dress(native: Any, chart: Chart, ground: Ground, frame: Frame, language: str) -> None:
    """Set the type of all of a chart's text, its title, and what stands for absent numbers."""
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    native.font.size = Pt(ground.size(TEXT))
    ink(native.font.color, ground)
    native._chartSpace.txPr.find(f".//{qn('a:defRPr')}").set("lang", TAGS[language])
    blanks = native._chartSpace.chart.find(qn("c:dispBlanksAs"))
    if blanks is not None:
        blanks.set("val", "gap")
    native.has_title = True
    paragraph = native.chart_title.text_frame.paragraphs[0]
    paragraph._p.get_or_add_pPr().set("algn", "l")
    run = paragraph.add_run()
    run.text = clean(chart.title)
    run.font.size, run.font.bold = Pt(frame.title), True
    ink(run.font.color, ground)
    run.font._element.set("lang", TAGS[language])


def _set_gaps(native: Any, chart: Chart, kind: str) -> None:
    """Make columns and bars broad; let the two bars of a name share its line where they go opposite ways."""
    if kind in ("lines", "markers"):
        return
    plot = native.plots[0]
    plot.gap_width = 40 if len(chart.categories) > FEW else 120
    if "stacked" not in kind:
        plot.overlap = 100 if _opposite(chart) else 0


def _opposite(chart: Chart) -> bool:
    """Whether no two bars of a name lie on the same side of where they start."""
    start = chart.reference or 0.0
    columns = zip(*(series.middle for series in chart.series), strict=True)
    signs = [[value > start for value in column if value is not None and value != start] for column in columns]
    return len(chart.series) == 2 and all(len(set(column)) == len(column) for column in signs)


def _paint(drawn: Any, part: Part, kind: str, ground: Ground) -> None:
    """Give a series its colour and, where it is a line, its weight."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    if part.series is None:
        ink(drawn.format.line.color, ground)
        drawn.format.line.width = Pt(REFERENCE_POINTS)
        drawn.format.line.dash_style = MSO_LINE.ROUND_DOT
        drawn.smooth = False
        drawn.marker.style = XL_MARKER_STYLE.NONE
        return
    faint = FAINT_ON_DARK if contrast(ground.behind, "#000000") < LEAST * 2 else FAINT
    colour = standing_out(part.series.colour, ground.behind, faint if "stacked" in kind else LEAST)
    painted = RGBColor.from_string(colour.lstrip("#").upper())
    if kind in ("lines", "markers"):
        drawn.smooth = False
        if kind == "markers":
            drawn.format.line.fill.background()
            drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 12
            drawn.marker.format.fill.solid()
            drawn.marker.format.fill.fore_color.rgb = painted
            drawn.marker.format.line.fill.background()
            return
        drawn.marker.style = XL_MARKER_STYLE.NONE
        middle = part.role == "middle"
        shade = colour if middle else tint(colour, ground.behind, END_TINT)
        drawn.format.line.color.rgb = RGBColor.from_string(shade.lstrip("#").upper())
        drawn.format.line.width = Pt(MEDIAN_POINTS if middle else END_POINTS)
        if not middle:
            drawn.format.line.dash_style = MSO_LINE.DASH
        return
    drawn.format.fill.solid()
    whiskers = bool(part.series.low) and "stacked" not in kind
    drawn.format.fill.fore_color.rgb = (
        RGBColor.from_string(tint(colour, ground.behind, 0.6).lstrip("#").upper()) if whiskers else painted
    )
    drawn.invert_if_negative = False


def _name_series(native: Any, chart: Chart, kind: str, parts: list[Part], ground: Ground, frame: Frame) -> None:
    """Name series at their ends where there is room, and in a legend elsewhere; write values at bars."""
    native.has_legend = False
    drawn = _series(native)
    if kind == "lines" and frame.ends:
        named = [
            (line, part.series, standing_out(part.series.colour, ground.behind, READABLE))
            for line, part in zip(drawn, parts, strict=True)
            if part.series and part.role == "middle"
        ]
        label_ends(named, native.value_axis, chart, ground, frame)
    elif len(chart.series) > 1:
        legend(native, ground, [place for place, part in enumerate(parts) if part.role != "middle"], frame)
    if kind in ("bars", "columns", "markers"):
        label_bars(drawn, chart, kind, ground)
