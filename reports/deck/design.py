"""The deck's own design, for those who bring no template: white, wide, large type, one column of headline and content.

It starts from the file that python-pptx brings, made 16:9, with podrace's fonts and colours as the theme's, so that a user
who changes the theme changes the deck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..figures.style import CATEGORY_COLOURS, GRID, INK, QUIET, SIDE_COLOURS

if TYPE_CHECKING:
    from pptx.presentation import Presentation

INCH = 914_400
WIDTH, HEIGHT = 13.333, 7.5
LATIN, HANGUL = "Arial", "Malgun Gothic"
"""Fonts that Office has on every system; elsewhere it takes the nearest."""

KEPT = {"Title Slide": "Title", "Section Header": "Statement", "Title and Content": "Finding", "Title Only": "Headline"}
"""Layouts of the starting file that are kept, and their names here."""

LEFT, BREADTH = 0.6, 12.13
PLACES = {
    "title": (LEFT, 0.42, BREADTH, 1.2),
    "body": (LEFT, 1.78, BREADTH, 4.95),
    "ftr": (LEFT, 6.93, 11.2, 0.36),
    "sldNum": (11.93, 6.93, 0.8, 0.36),
}
"""Where placeholders stand on every layout: left, top, width, height in inches."""
OWN_PLACES: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "Title": {"ctrTitle": (LEFT, 1.6, BREADTH, 2.1), "subTitle": (LEFT, 4.05, BREADTH, 1.6)},
    "Statement": {"title": (LEFT, 0.6, BREADTH, 2.9), "body": (LEFT, 3.95, BREADTH, 2.78)},
}
SIZES = {"Title": {"ctrTitle": 44, "subTitle": 24}, "Statement": {"title": 38, "body": 22}}
HEADLINE, BODY, SMALL = 28, 20, 12

COLOURS = {
    "dk1": INK,
    "lt1": "#ffffff",
    "dk2": QUIET,
    "lt2": GRID,
    "accent1": SIDE_COLOURS["us"],
    "accent2": SIDE_COLOURS["china"],
    "accent3": CATEGORY_COLOURS["dies"],
    "accent4": CATEGORY_COLOURS["hbm"],
    "accent5": CATEGORY_COLOURS["packaging"],
    "accent6": CATEGORY_COLOURS["supply"],
    "hlink": SIDE_COLOURS["us"],
    "folHlink": CATEGORY_COLOURS["packaging"],
}


def own_design() -> Presentation:
    """Make an empty presentation in podrace's design."""
    from pptx import Presentation as open_presentation

    made = open_presentation()
    made.slide_width, made.slide_height = round(WIDTH * INCH), round(HEIGHT * INCH)
    for layout in list(made.slide_layouts):
        if layout.name not in KEPT:
            made.slide_layouts.remove(layout)
    _set_theme(made)
    _set_master(made.slide_master)
    for layout in made.slide_layouts:
        _set_layout(layout)
    return made


def _set_theme(made: Presentation) -> None:
    """Put fonts and colours into the theme."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.opc.oxml import serialize_part_xml
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    part: Any = made.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = parse_xml(part.blob)
    theme.set("name", "podrace")
    for scheme in theme.iter(qn("a:clrScheme")):
        scheme.set("name", "podrace")
        for place in scheme:
            name = place.tag.rpartition("}")[2]
            for old in list(place):
                place.remove(old)
            _add(place, "a:srgbClr").set("val", COLOURS[name].lstrip("#").upper())
    for fonts in theme.iter(qn("a:fontScheme")):
        fonts.set("name", "podrace")
    for kind in ("a:majorFont", "a:minorFont"):
        for font in theme.iter(qn(kind)):
            font.find(qn("a:latin")).set("typeface", LATIN)
            font.find(qn("a:ea")).set("typeface", HANGUL)
    part._blob = serialize_part_xml(theme)


def _set_master(master: Any) -> None:
    """Place the master's placeholders and set the text styles that all layouts inherit."""
    from pptx.oxml.ns import qn

    _drop(master, "dt")
    for shape in master.placeholders:
        kind = _kind(shape)
        _place(shape, PLACES[kind])
        anchor = {"title": "t", "body": "t"}.get(kind, "ctr")
        frame = shape._element.find(f".//{qn('a:bodyPr')}")
        frame.set("anchor", anchor)
        frame.set("lIns", "0")
        frame.set("rIns", "0")
        if kind in ("ftr", "sldNum"):
            _set_small(shape, "l" if kind == "ftr" else "r")
    styles = master._element.find(qn("p:txStyles"))
    _set_style(styles.find(f"{qn('p:titleStyle')}/{qn('a:lvl1pPr')}"), HEADLINE, bold=True, before=0)
    body = styles.find(qn("p:bodyStyle"))
    for level, size in enumerate((BODY, 18, 18, 18, 18), start=1):
        style = body.find(qn(f"a:lvl{level}pPr"))
        _set_style(style, size, bold=False, before=60)
        indent = 250_000
        style.set("marL", str(indent * level))
        style.set("indent", str(-indent))


def _set_layout(layout: Any) -> None:
    layout.name = KEPT[layout.name]
    name = layout.name
    _drop(layout, "dt")
    for shape in layout.placeholders:
        kind = _kind(shape)
        shape._element.spPr.clear()
        place = OWN_PLACES.get(name, {}).get(kind)
        size = SIZES.get(name, {}).get(kind)
        if place:
            _place(shape, place)
        if kind in ("ctrTitle", "title", "subTitle", "body"):
            _set_layout_text(shape, name, kind, size)
    if name == "Title":
        _add_mark(layout)


def _set_layout_text(shape: Any, name: str, kind: str, size: int | None) -> None:
    """Clear what the starting file sets for a placeholder's text, and set what is podrace's."""
    from pptx.oxml.ns import qn

    styles = shape._element.find(f".//{qn('a:lstStyle')}")
    for old in list(styles):
        styles.remove(old)
    frame = shape._element.find(f".//{qn('a:bodyPr')}")
    frame.attrib.pop("anchor", None)
    if size is None:
        return
    level = _add(styles, "a:lvl1pPr")
    level.set("algn", "l")
    if kind in ("ctrTitle", "title"):
        frame.set("anchor", "b")
    if kind in ("subTitle", "body"):
        level.set("marL", "0")
        level.set("indent", "0")
        _add(level, "a:buNone")
    _add(level, "a:defRPr").set("sz", str(size * 100))
    if kind == "subTitle":
        _colour(level.find(qn("a:defRPr")), "tx2")


def _set_style(style: Any, size: int, *, bold: bool, before: int) -> None:
    """Set a level of a text style: left, size, weight, room before it in percent of a line."""
    from pptx.oxml.ns import qn

    style.set("algn", "l")
    run = style.find(qn("a:defRPr"))
    run.set("sz", str(size * 100))
    run.set("b", "1" if bold else "0")
    space = style.find(f"{qn('a:spcBef')}/{qn('a:spcPct')}")
    if space is not None:
        space.set("val", str(before * 1000))


def _set_small(shape: Any, side: str) -> None:
    from pptx.oxml.ns import qn

    level = shape._element.find(f".//{qn('a:lvl1pPr')}")
    level.set("algn", side)
    run = level.find(qn("a:defRPr"))
    run.set("sz", str(SMALL * 100))
    for old in list(run):
        run.remove(old)
    _colour(run, "tx2")


def _add_mark(layout: Any) -> None:
    """Put a line of the two sides' colours between title and subtitle."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.shapes.shapetree import SlideShapes

    shapes = SlideShapes(layout._element.cSld.spTree, layout)
    for place, colour in enumerate((MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_2)):
        left = round((LEFT + 1.1 * place) * INCH)
        bar = shapes.add_shape(MSO_SHAPE.RECTANGLE, left, round(3.84 * INCH), round(1.1 * INCH), round(0.07 * INCH))
        bar.fill.solid()
        bar.fill.fore_color.theme_color = colour
        bar.line.fill.background()
        bar.shadow.inherit = False
        bar.name = f"Mark {place + 1}"


def _colour(run: Any, name: str) -> None:

    from pptx.oxml.xmlchemy import OxmlElement

    fill = OxmlElement("a:solidFill")
    _add(fill, "a:schemeClr").set("val", name)
    run.insert(0, fill)


def _add(owner: Any, name: str) -> Any:
    """Add an element of a name inside another."""
    from pptx.oxml.xmlchemy import OxmlElement

    element = OxmlElement(name)
    owner.append(element)
    return element


def _place(shape: Any, place: tuple[float, float, float, float]) -> None:
    shape.left, shape.top, shape.width, shape.height = (round(value * INCH) for value in place)


def _kind(shape: Any) -> str:
    """Name the kind of a placeholder as the file does; content of any kind counts as body."""
    kind = shape._element.ph.get("type", "obj")
    return "body" if kind == "obj" else str(kind)


def _drop(owner: Any, kind: str) -> None:
    for shape in list(owner.placeholders):
        if _kind(shape) == kind:
            shape._element.getparent().remove(shape._element)
