"""What a theme says: colours by name, the colour behind a layout's content, fonts."""

from __future__ import annotations

from typing import Any

WHITE = "#ffffff"


def theme_of(master: Any) -> Any:
    """Read the theme of a master."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.oxml import parse_xml

    return parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)


def theme_colour(master: Any, name: str) -> str:
    """Give a colour of a master as ``#rrggbb``: one of the theme's, or one that the master maps to it, such as ``tx1``.

    White where the theme has none of that name.
    """
    from pptx.oxml.ns import qn

    mapped = master._element.find(qn("p:clrMap"))
    wanted = mapped.get(name, name) if mapped is not None else name
    for scheme in theme_of(master).iter(qn("a:clrScheme")):
        for entry in scheme:
            if entry.tag.rpartition("}")[2] == wanted and len(entry):
                return f"#{(entry[0].get('lastClr') or entry[0].get('val', 'ffffff')).lower()}"
    return WHITE


def fonts_of(master: Any) -> set[str]:
    """Name the theme's fonts for Latin headlines and text."""
    from pptx.oxml.ns import qn

    theme = theme_of(master)
    found = (theme.find(f".//{qn(kind)}/{qn('a:latin')}") for kind in ("a:majorFont", "a:minorFont"))
    return {font.get("typeface", "") for font in found if font is not None}


def background(layout: Any) -> str:
    """Give the colour behind a layout's content: its own, its master's, or else the theme's first background.

    Of a gradient it is the first colour; behind a picture nobody knows, and the theme's first background stands for it.
    """
    from pptx.oxml.ns import qn

    master = layout.slide_master
    for owner in (layout, master):
        found = owner._element.find(f".//{qn('p:bg')}")
        if found is None:
            continue
        fixed, named = found.find(f".//{qn('a:srgbClr')}"), found.find(f".//{qn('a:schemeClr')}")
        if fixed is not None:
            return f"#{fixed.get('val').lower()}"
        if named is not None and named.get("val") != "phClr":
            return theme_colour(master, named.get("val"))
    return theme_colour(master, "bg1")
