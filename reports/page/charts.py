"""A chart of a story as Vega-Lite.

One chart is written in two widths, for a screen or a sheet and for a phone; live ones also answer the pointer. Marks have
places of their own in the data (``x``, ``s``), so that no name of a scenario is ever read as an expression.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..figures.style import GRID, INK, QUIET
from ..language import say
from .colours import colour
from .scales import Scale, are_dates, at, folded, kept, room_of, scale_of, spread_text

if TYPE_CHECKING:
    import altair as alt

    from ..story.parts import Chart

WIDE, NARROW = 720, 380
"""Pixels across, on paper and wide screens, and on a phone."""
TYPE = {WIDE: 13.0, NARROW: 12.0}
HEIGHT = {WIDE: 300, NARROW: 240}
NAME = {WIDE: 34, NARROW: 18}
"""Letters of a name in one line."""
ROW, GAP = 20, 14
"""Pixels of one bar or dot, and between categories."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
"""Marks of the lines, so that they can be told apart without colour."""
FONT = "Arial, sans-serif"
SHORT = 6
"""Letters of a name that fits under a column."""
CLEAR = 3
"""Lines that can keep both their bands; more of them keep the wide one, lighter."""
BANDS = (("l", "h", 0.14), ("q", "t", 0.24))
BANDS_OF_MANY = (("l", "h", 0.08),)
HAIR = "\u200b"
"""Tells equal names apart without being seen."""
MARKS, MARK = (2, 6), 55
"""Fewest and most marks of a lying axis, and pixels for each."""
FIRST = 8
"""Pixels above the plot and beside the last mark."""


@dataclass(frozen=True)
class Plan:
    """A chart about to be drawn at one width.

    Attributes
    ----------
    chart
        What is drawn.
    across
        `WIDE` or `NARROW`.
    live
        Whether it answers the pointer.
    """

    chart: Chart
    across: int
    live: bool

    @cached_property
    def scale(self) -> Scale:
        """The axis of values: fewer marks where there is less room."""
        if not self.lying:
            return scale_of(self.chart)
        scale = scale_of(self.chart, max(MARKS[0], min(MARKS[1], self.room // MARK)))
        return scale.thinned(self.room, self.type)

    @property
    def type(self) -> float:
        """Height of the type in pixels."""
        return TYPE[self.across]

    @property
    def lying(self) -> bool:
        """Whether categories stand one below the other."""
        names = self.chart.kind in ("bars", "dots") or (
            self.chart.kind == "stacked" and max(map(len, self.chart.categories), default=0) > SHORT
        )
        return names and not (self.chart.kind == "bars" and numbered(self.chart))

    @property
    def named(self) -> list[str]:
        """Names of the categories, broken into lines where they stand one below the other; no two are the same."""
        names = self.chart.categories
        lines = [folded(name, NAME[self.across]) for name in names] if self.lying else list(names)
        return [line + HAIR * lines[:place].count(line) for place, line in enumerate(lines)]

    @property
    def values(self) -> list[list[str]]:
        """What is written behind each row, by series."""
        dates = are_dates(self.chart)
        return [
            [spread_text(series, place, dates=dates) for place in range(len(self.chart.categories))]
            for series in self.chart.series
        ]

    @property
    def room(self) -> int:
        """Pixels across the plot."""
        return self.across - self.padding["left"] - self.padding["right"]

    @property
    def padding(self) -> dict[str, int]:
        """Room around the plot, in pixels."""
        below = round(2 * self.type)
        if not self.lying:
            return {"left": self.scale.room(self.type) + 12, "right": 2 * FIRST, "top": FIRST, "bottom": below}
        behind = 0 if self.chart.kind == "stacked" else room_of((t for row in self.values for t in row), self.type)
        left = room_of(self.named, self.type) + 12
        return {"left": left, "right": behind + 2 * FIRST, "top": FIRST, "bottom": below}


def numbered(chart: Chart) -> bool:
    """Whether the categories are years."""
    return all(name.isdigit() and len(name) == 4 for name in chart.categories)


def specification(chart: Chart, across: int = WIDE, *, live: bool = False) -> dict[str, Any]:
    """Write a chart as a Vega-Lite document.

    Parameters
    ----------
    chart
        A chart of a story.
    across
        `WIDE` or `NARROW`.
    live
        Whether it answers the pointer.
    """
    import altair as alt

    plan = Plan(chart, across, live)
    layers = _rows(plan) if plan.lying else _columns(plan)
    drawn = alt.layer(*layers).properties(
        width=plan.room,
        height=_height(plan),
        padding=plan.padding,
        autosize=alt.AutoSizeParams(type="none"),
        background="transparent",
    )
    document: dict[str, Any] = drawn.configure(**_look(plan)).to_dict(validate=False)  # tests do that
    document["description"] = chart.described
    return document


def _height(plan: Plan) -> int:
    """Pixels of the plot: rows take what they need."""
    if not plan.lying:
        return HEIGHT[plan.across]
    lines = max(name.count("\n") + 1 for name in plan.named)
    each = max(ROW * (1 if plan.chart.kind == "stacked" else len(plan.chart.series)), round(lines * plan.type * 1.2))
    return len(plan.chart.categories) * (each + GAP)


def _look(plan: Plan) -> dict[str, Any]:
    axis = {
        "domainColor": QUIET,
        "tickColor": QUIET,
        "gridColor": GRID,
        "labelColor": INK,
        "labelFontSize": plan.type,
        "labelLimit": 0,
        "title": None,
    }
    return {"aria": False, "font": FONT, "axis": axis, "view": {"stroke": None}}


def _columns(plan: Plan) -> list[alt.Chart]:
    """Draw over years: lines with bands, or stacks."""
    import altair as alt

    x: Any = _along(plan)
    marks = _stacks(plan, x) if plan.chart.kind == "stacked" else _lines(plan, x)
    if plan.chart.kind == "bars":
        marks = _upright(plan, x)
    if plan.live:
        marks.append(_pointer(plan, x))
    return [*_reference(plan, alt.Y), *marks]


def _lines(plan: Plan, x: Any) -> list[alt.Chart]:
    """Draw lines, and the bands of 90 % and 50 % of the members where there are any."""
    import altair as alt

    rows = _data(plan)
    layers: list[Any] = []
    for low, high, opacity in BANDS if len(plan.chart.series) <= CLEAR else BANDS_OF_MANY:
        band = [row for row in rows if row.get(low) is not None and row.get(high) is not None]
        if band:
            mark = alt.Chart(_values(band)).mark_area(fillOpacity=opacity, tooltip=None)
            layers.append(mark.encode(x, y=_y(plan, low), y2=f"{high}:Q", color=_colours(plan)))
    line = alt.Chart(_values(rows)).mark_line(strokeWidth=2.5).encode(x, y=_y(plan, "m"), color=_colours(plan))
    points = alt.Chart(_values([row for row in rows if row["m"] is not None])).mark_point(
        filled=True, size=38, opacity=1
    )
    layers += [line, points.encode(x, y=_y(plan, "m"), color=_colours(plan), shape=_shapes(plan))]
    return layers


def _stacks(plan: Plan, x: Any) -> list[alt.Chart]:
    """Draw parts that add up, the first at the bottom."""
    import altair as alt

    mark = alt.Chart(_values(_data(plan))).mark_bar(stroke="#ffffff", strokeWidth=1)
    return [mark.encode(x, y=_y(plan, "m", stack="zero"), color=_colours(plan), order=alt.Order("o:Q"))]


def _upright(plan: Plan, x: Any) -> list[alt.Chart]:
    """Draw bars over years, those of several series side by side."""
    import altair as alt

    beside = alt.XOffset("s:N", scale=alt.Scale(domain=_ids(plan))) if len(plan.chart.series) > 1 else alt.Undefined
    mark = alt.Chart(_values(_data(plan))).mark_bar()
    return [mark.encode(x, y=_y(plan, "m"), color=_colours(plan), xOffset=beside)]


def _pointer(plan: Plan, x: Any) -> alt.Chart:
    """Show a band over the category that the pointer is at, and all of its values."""
    import altair as alt

    texts = plan.values
    rows = [
        {"x": name} | {f"v{place}": column[row] for place, column in enumerate(texts)}
        for row, name in enumerate(plan.named)
    ]
    over = alt.selection_point(name="over", fields=["x"], on="pointerover", clear="pointerout", empty=False)
    tips = [alt.Tooltip("x:N", title="title")]
    tips += [alt.Tooltip(f"v{place}:N", title=_spoken(series.name)) for place, series in enumerate(plan.chart.series)]
    band = alt.Chart(_values(rows), name="pointer").mark_rule(color=QUIET, strokeWidth=alt.expr(f"width/{len(rows)}"))
    lit = alt.condition(over, alt.value(0.12), alt.value(0))
    found: alt.Chart = band.encode(x, opacity=lit, tooltip=tips).add_params(over)
    return found


def _rows(plan: Plan) -> list[alt.Chart]:
    """Draw categories one below the other: bars, or dots with their intervals, each with its numbers behind it."""
    import altair as alt

    y = alt.Y(
        "x:N",
        sort=None,
        scale=alt.Scale(domain=plan.named, paddingInner=GAP / (GAP + ROW), paddingOuter=0.2),
        axis=alt.Axis(
            labelExpr="split(datum.value, '\\n')",
            ticks=False,
            domain=False,
            labelPadding=8,
            labelLineHeight=plan.type * 1.15,
        ),
    )
    rows = _data(plan, lying=True)
    beside: Any = alt.Undefined
    if len(plan.chart.series) > 1 and plan.chart.kind != "stacked":
        beside = alt.YOffset("s:N", scale=alt.Scale(domain=_ids(plan)))
    tips = [
        alt.Tooltip("c:N", title="title"),
        alt.Tooltip("n:N", title=" "),
        alt.Tooltip("v:N", title=plan.chart.unit or " "),
    ]
    shared: dict[str, Any] = {"y": y, "yOffset": beside, "color": _colours(plan)}
    live: dict[str, Any] = {"tooltip": tips} if plan.live else {}
    layers = list(_reference(plan, alt.X))
    if plan.chart.kind == "stacked":
        bar = alt.Chart(_values(rows)).mark_bar(stroke="#ffffff", strokeWidth=1)
        return [*layers, bar.encode(x=_x(plan, "m", stack="zero"), order=alt.Order("o:Q"), **shared, **live)]
    if plan.chart.kind == "bars":
        layers.append(alt.Chart(_values(rows)).mark_bar().encode(x=_x(plan, "m"), **shared, **live))
    for low, high, width in (("l", "h", 2), ("q", "t", 6)):
        spans = [row for row in rows if row.get(low) is not None and row.get(high) is not None]
        if spans:
            across = {**shared, "color": alt.value(QUIET)} if plan.chart.kind == "bars" else shared
            rule = alt.Chart(_values(spans)).mark_rule(strokeWidth=width)
            layers.append(rule.encode(x=_x(plan, low), x2=f"{high}:Q", **across, **live))
    if plan.chart.kind != "bars":
        point = alt.Chart(_values([row for row in rows if row["m"] is not None])).mark_point(
            filled=True, size=80, opacity=1
        )
        layers.append(point.encode(x=_x(plan, "m"), shape=_shapes(plan), **shared, **live))
    text = alt.Chart(_values(rows)).mark_text(align="left", dx=10, fontSize=plan.type, color=INK)
    layers.append(text.encode(x=alt.value("width"), y=y, yOffset=beside, text="v:N"))
    return layers


def _reference(plan: Plan, channel: Any) -> list[alt.Chart]:
    """Mark the value where there is no difference."""
    import altair as alt

    value = plan.chart.reference
    if value is None or (plan.scale.log and value <= 0):
        return []
    rule = alt.Chart(_values([{"m": value}])).mark_rule(color=QUIET, strokeDash=[5, 4], tooltip=None)
    return [rule.encode(channel("m:Q", scale=_reach(plan), axis=_marks(plan)))]


def _data(plan: Plan, *, lying: bool = False) -> list[dict[str, Any]]:
    """List every value as a row; keys are short, for a page holds many."""
    texts, rows = plan.values, []
    floor = plan.scale.ends[0] if plan.scale.log else None
    for order, series in enumerate(plan.chart.series):
        for place, name in enumerate(plan.named):
            row: dict[str, Any] = {"x": name, "s": f"s{order}", "o": order, "m": _seen(at(series.middle, place), floor)}
            ends = (("l", series.low), ("h", series.high), ("q", series.quarter), ("t", series.three_quarters))
            for key, values in ends:
                if values and (value := at(values, place)) is not None:
                    row[key] = value if floor is None else max(value, floor)
            if lying:
                row |= {"c": plan.chart.categories[place], "n": series.name, "v": texts[order][place]}
            rows.append(row)
    return rows


def _seen(value: float | None, floor: float | None) -> float | None:
    """Leave out what an axis of powers of ten cannot show."""
    return None if value is None or (floor is not None and value <= 0) or not math.isfinite(value) else value


def _along(plan: Plan) -> Any:
    import altair as alt

    axis = alt.Axis(values=kept(plan.named, plan.room, plan.type), labelAngle=0, grid=False)
    scale = alt.Scale(domain=plan.named)
    return alt.X("x:O", sort=None, axis=axis, scale=scale)


def _x(plan: Plan, name: str, **more: Any) -> Any:
    import altair as alt

    return alt.X(f"{name}:Q", scale=_reach(plan), axis=_marks(plan), **{"stack": None, **more})


def _y(plan: Plan, name: str, **more: Any) -> Any:
    import altair as alt

    return alt.Y(f"{name}:Q", scale=_reach(plan), axis=_marks(plan), **{"stack": None, **more})


def _reach(plan: Plan) -> Any:
    import altair as alt

    return alt.Scale(type="log" if plan.scale.log else "linear", domain=list(plan.scale.ends), nice=False)


def _marks(plan: Plan) -> Any:
    import altair as alt

    return alt.Axis(
        values=list(plan.scale.marks),
        labelFlush=False,
        format=plan.scale.format,
        domain=False,
        ticks=False,
        labelPadding=6,
    )


def _ids(plan: Plan) -> list[str]:
    return [f"s{place}" for place in range(len(plan.chart.series))]


def _colours(plan: Plan) -> Any:
    import altair as alt

    scale = alt.Scale(domain=_ids(plan), range=[colour(series.colour) for series in plan.chart.series])
    return alt.Color("s:N", legend=None, scale=scale)


def _shapes(plan: Plan) -> Any:
    import altair as alt

    ids = _ids(plan)
    return alt.Shape(
        "s:N", legend=None, scale=alt.Scale(domain=ids, range=[shape_of(place) for place in range(len(ids))])
    )


def shape_of(place: int) -> str:
    """Name the mark of a series, by its place in the chart."""
    return SHAPES[place % len(SHAPES)]


def _spoken(name: str) -> str:
    """Keep a name from being taken for a heading or a picture by the box that shows values."""
    return f"{name}{HAIR}" if name.strip().lower() in {"title", "image"} else name or say("Value")


def _values(rows: list[dict[str, Any]]) -> Any:
    import altair as alt

    return alt.InlineData(values=rows)
