"""Intervals as error bars of a native chart, their lengths in the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..language import say
from .colours import standing_out
from .words import clean
from .workbook import Column, Numbers, reference

if TYPE_CHECKING:
    from ..story.parts import Chart
    from .ground import Ground

POINTS = 2.25


def add_whiskers(drawn: list[Any], chart: Chart, kind: str, ground: Ground) -> tuple[Column, ...]:
    """Add the intervals of all series that have one, and give the columns of the workbook they refer to.

    Parameters
    ----------
    drawn
        Native series.
    chart
        What they show.
    kind
        How it is drawn natively.
    ground
        What the deck is set on.
    """
    columns: list[Column] = []
    for native, series in zip(drawn, chart.series, strict=True):
        if not series.low:
            continue
        arms = _arms(series.middle, series.low), _arms(series.high, series.middle)
        first = len(drawn) + len(columns)
        names = (
            say("{name}: median less 5 %", name=clean(series.name)),
            say("{name}: 95 % less median", name=clean(series.name)),
        )
        columns += [Column(name, values) for name, values in zip(names, arms, strict=True)]
        _add(native, kind, arms, first, standing_out(series.colour, ground.behind))
    return tuple(columns)


def _arms(upper: Numbers, lower: Numbers) -> Numbers:
    return tuple(
        None if one is None or other is None else max(0.0, one - other) for one, other in zip(upper, lower, strict=True)
    )


def _add(native: Any, kind: str, arms: tuple[Numbers, Numbers], first: int, colour: str) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    minus, plus = (_numbers(values, first + place) for place, values in enumerate(arms))
    direction = '<c:errDir val="y"/>' if kind == "markers" else ""
    xml = (
        f'<c:errBars {nsdecls("c", "a")}>{direction}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{plus}</c:plus><c:minus>{minus}</c:minus>"
        f'<c:spPr><a:ln w="{round(POINTS * 12700)}" cap="flat"><a:solidFill><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:solidFill>'
        "<a:round/></a:ln></c:spPr></c:errBars>"
    )
    native._element.find(qn("c:cat")).addprevious(parse_xml(xml))


def _numbers(values: Numbers, place: int) -> str:
    points = "".join(
        f'<c:pt idx="{index}"><c:v>{value!r}</c:v></c:pt>' for index, value in enumerate(values) if value is not None
    )
    return (
        f"<c:numRef><c:f>{reference(place, len(values))}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef>'
    )
