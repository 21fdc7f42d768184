"""Axes of native charts: numbers without decimals to spare, powers of ten, years that do not crowd."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from .measure import width
from .words import clean, ink, ink_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..story.parts import Chart, Series
    from .frame import Frame
    from .ground import Ground

TICK_ACROSS, TICK_DOWN = 60.0, 40.0
"""Room for a number on an axis that runs across or up, in points."""
MOST_INTERVALS = 2
"""Lines that show their intervals; of more, the first alone does: it is what the others are compared with."""
POWERS = "[<1]0.######;#,##0"
"""Powers of ten: 0.01, 1, 1,000."""


def dress_axes(native: Any, chart: Chart, kind: str, ground: Ground, frame: Frame) -> None:
    """Set scale, grid, numbers and names of both axes.

    Parameters
    ----------
    native
        Chart of python-pptx.
    chart
        Of a story.
    kind
        How it is drawn natively.
    ground, frame
        What the deck is set on, and the room of the chart.
    """
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    values, names = native.value_axis, native.category_axis
    values.has_major_gridlines, values.has_minor_gridlines = True, False
    values.major_gridlines.format.line.width = Pt(0.75)
    _soft(values.major_gridlines.format.line, ground, 18_000)
    values.format.line.fill.background()
    values.major_tick_mark = names.major_tick_mark = XL_TICK_MARK.NONE
    values.minor_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    values.tick_labels.number_format = POWERS if chart.log else axis_format(chart)
    values.tick_labels.number_format_is_linked = False
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.has_major_gridlines = False
    names.format.line.width = Pt(1)
    _soft(names.format.line, ground, 60_000)
    _set_scale(values, chart, kind, frame)
    if "bars" in kind:
        names.reverse_order = True
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # below: the names run downwards
        names.tick_labels.font.size = Pt(frame.names)
        ink(names.tick_labels.font.color, ground)
        _show_every_name(names)
    elif over_years(chart):
        _thin_years(names, chart, frame, ground.size(14))


def number_format(chart: Chart) -> str:
    """Choose how values are written: two or three digits that mean something."""
    largest = max((abs(value) for value in every_value(chart)), default=1.0)
    signed = any(value < 0 for value in every_value(chart))
    if signed:
        return "#,##0" if largest >= 20 else "0.0" if largest >= 1 else "0.00"
    return "[>=9.95]#,##0;[>=0.995]0.0;0.00"


def axis_format(chart: Chart) -> str:
    """Choose how an even axis counts."""
    largest = max((abs(value) for value in every_value(chart)), default=1.0)
    return "#,##0" if largest >= 10 else "General"


def every_value(chart: Chart) -> Iterator[float]:
    """Give every number that is drawn."""
    with_interval = intervals(chart)
    for series in chart.series:
        ends = (series.low, series.high) if series in with_interval else ()
        for values in (series.middle, *ends):
            yield from (value for value in values if value is not None and math.isfinite(value))


def intervals(chart: Chart) -> tuple[Series, ...]:
    """Choose the series whose intervals are drawn."""
    found = tuple(series for series in chart.series if series.low)
    return found[:1] if chart.kind in ("fan", "lines") and len(found) > MOST_INTERVALS else found


def decades(chart: Chart) -> tuple[float, float]:
    """Give the powers of ten around what an axis of powers shows."""
    shown = [value for value in every_value(chart) if value > 0] or [1.0]
    if chart.reference is not None and chart.reference > 0:
        shown.append(chart.reference)
    low, high = math.floor(math.log10(min(shown)) + 1e-9), math.ceil(math.log10(max(shown)) - 1e-9)
    return 10.0**low, 10.0 ** max(high, low + 1)


def span(chart: Chart, kind: str) -> tuple[float, float]:
    """Estimate the ends of an even axis, as programs choose them."""
    shown = list(every_value(chart)) or [0.0]
    low = min(0.0, *shown) if min(shown) < 0 or _from_zero(chart, kind) else min(shown)
    if _in_percent(chart):
        return low, 100.0
    return low, max(shown) * 1.08 if max(shown) > low else low + 1.0


def _from_zero(chart: Chart, kind: str) -> bool:
    """Whether an axis starts at zero: always for bars, for lines unless all lie far from it (dates)."""
    shown = list(every_value(chart)) or [0.0]
    return kind not in ("lines", "markers") or min(shown) < 0.6 * max(shown)


def _set_scale(values: Any, chart: Chart, kind: str, frame: Frame) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    if chart.log:
        low, high = decades(chart)
        scaling = values._element.find("{http://schemas.openxmlformats.org/drawingml/2006/chart}scaling")
        scaling.insert(0, parse_xml(f'<c:logBase {nsdecls("c")} val="10"/>'))
        values.minimum_scale, values.maximum_scale = low, high
        values.crosses_at = chart.reference if chart.reference and "lines" not in kind else low
        return
    shown = list(every_value(chart)) or [0.0]
    if min(shown) >= 0 and _from_zero(chart, kind):
        values.minimum_scale = 0
    if _in_percent(chart) or ("stacked" in kind and _adds_to_hundred(chart)):
        values.maximum_scale, values.major_unit = 100, 25
    if "stacked" not in kind and intervals(chart) and not (kind == "lines" and _in_percent(chart)):
        _set_whole(values, chart, kind, frame)
    if chart.reference and kind in ("bars", "columns"):
        values.crosses_at = chart.reference


def _set_whole(values: Any, chart: Chart, kind: str, frame: Frame) -> None:
    """Let an axis hold the whiskers too, which programs leave out of account."""
    from matplotlib.ticker import MaxNLocator

    shown = list(every_value(chart))
    most = frame.plot_wide / TICK_ACROSS if kind == "bars" else frame.plot_high / TICK_DOWN
    zero = kind != "markers" if "lines" not in kind else _from_zero(chart, kind)
    low, high = min(0.0, *shown) if zero else min(shown), max(shown) if not zero else max(0.0, *shown)
    ticks = MaxNLocator(nbins=max(2, min(8, int(most))), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    values.minimum_scale, values.maximum_scale = float(ticks[0]), float(ticks[-1])
    values.major_unit = float(ticks[1] - ticks[0])


def _in_percent(chart: Chart) -> bool:
    """Whether shares come near the whole, so that an axis should end there."""
    shown = list(every_value(chart)) or [0.0]
    return chart.unit.startswith("%") and min(shown) >= 0 and 60 < max(shown) <= 100


def _adds_to_hundred(chart: Chart) -> bool:
    sums = [sum(value or 0.0 for value in column) for column in zip(*(s.middle for s in chart.series), strict=True)]
    some = [total for total in sums if total > 0]
    return bool(some) and all(abs(total - 100) < 1.5 for total in some)


def _thin_years(names: Any, chart: Chart, frame: Frame, size: float) -> None:
    """Write every n-th year, so that none touches the next."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    names.tick_labels.number_format, names.tick_labels.number_format_is_linked = "yyyy", False
    room = frame.plot_wide / max(1, len(chart.categories))
    step = max(1, math.ceil((width("2000", size) + 0.6 * size) / room))
    axis = names._element
    for name in ("baseTimeUnit", "majorUnit", "majorTimeUnit"):
        for old in axis.findall(qn(f"c:{name}")):
            axis.remove(old)
    before = axis.find(qn("c:lblOffset"))
    for name, value in (("majorTimeUnit", "years"), ("majorUnit", step), ("baseTimeUnit", "years")):
        before.addnext(parse_xml(f'<c:{name} {nsdecls("c")} val="{value}"/>'))


def _show_every_name(names: Any) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    names._element.find(qn("c:lblOffset")).addnext(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))


def over_years(chart: Chart) -> bool:
    """Whether a chart runs over years."""
    return all(len(name) == 4 and name.isdigit() for name in chart.categories)


def categories(chart: Chart) -> list[date] | list[str]:
    """Give what stands along the other axis: years as dates, which programs space and thin as time; names as they are."""
    if over_years(chart):
        return [date(int(name), 1, 1) for name in chart.categories]
    return [clean(name) for name in chart.categories]


def _soft(line: Any, ground: Ground, alpha: int) -> None:
    """Draw a line in the colour of text, faintly, so that it holds on light and dark alike."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    line.fill.solid()
    ink(line.color, ground)
    fill = line._ln.solidFill
    fill.remove(fill[0])
    fill.append(parse_xml(ink_xml(ground, alpha).replace(">", f" {nsdecls('a')}>", 1)))
