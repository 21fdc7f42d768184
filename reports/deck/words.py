"""Text in shapes: paragraphs with their language, size and font, as runs of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .ground import Ground

TAGS = {"en": "en-US", "ko": "ko-KR"}


def write(
    frame: Any,
    paragraphs: Iterable[str],
    ground: Ground,
    language: str,
    *,
    size: float | None = None,
    bold: bool | None = None,
    inked: bool = False,
    gap: float = 0.0,
    side: str = "",
) -> None:
    """Put paragraphs into a text frame, in place of what it holds.

    Parameters
    ----------
    frame
        Text frame of a shape or cell.
    paragraphs
        One text each.
    ground
        What the deck is set on.
    language
        Code of the language.
    size
        In points; the placeholder's own by default.
    bold
        The placeholder's own by default.
    inked
        Set in the ground's colour of text, for shapes that no placeholder gives one.
    gap
        Room before each paragraph but the first, in points; the placeholder's own by default.
    side
        ``right`` or ``centre``; the placeholder's own by default.
    """
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    texts = [clean(text) for text in paragraphs] or [""]
    frame.clear()
    for place, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        if size is not None:
            run.font.size = Pt(size)
        if bold is not None:
            run.font.bold = bold
        if inked:
            ink(run.font.color, ground)
        if gap:
            paragraph.space_before = Pt(gap if place else 0)
        if side:
            paragraph.alignment = PP_ALIGN.RIGHT if side == "right" else PP_ALIGN.CENTER
        mark(paragraph._p, run.font._element, ground, language)


def ink(colour: Any, ground: Ground) -> None:
    """Give a font or line the colour of text: the theme's, or one that stands out where the theme's does not."""
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_THEME_COLOR

    if ground.ink:
        colour.rgb = RGBColor.from_string(ground.ink.lstrip("#").upper())
    else:
        colour.theme_color = MSO_THEME_COLOR.TEXT_1


def ink_xml(ground: Ground, alpha: int) -> str:
    """Write that colour as XML, with an opacity in thousandths of a per cent."""
    if ground.ink:
        return f'<a:srgbClr val="{ground.ink.lstrip("#").upper()}"><a:alpha val="{alpha}"/></a:srgbClr>'
    return f'<a:schemeClr val="tx1"><a:alpha val="{alpha}"/></a:schemeClr>'


def mark(paragraph: Any, run: Any, ground: Ground, language: str) -> None:
    """State the language of a run, break Korean between words only, and name a font for it where the theme has none."""
    from pptx.oxml.xmlchemy import OxmlElement

    run.set("lang", TAGS[language])
    if language != "ko":
        return
    run.set("altLang", TAGS["en"])
    paragraph.get_or_add_pPr().set("eaLnBrk", "0")
    if ground.hangul:
        font = OxmlElement("a:ea")
        font.set("typeface", ground.hangul)
        run.append(font)


def clean(text: str) -> str:
    r"""Keep what a file may hold: no control characters, spaces for line breaks.

    >>> clean("a\nb\x07")
    'a b'
    """
    return " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())


def inherited_size(placeholder: Any, master: Any) -> float | None:
    """Find the size in which a placeholder of one of a master's layouts sets its first level, in points, where stated."""
    from pptx.oxml.ns import qn

    level = f"{qn('a:lvl1pPr')}/{qn('a:defRPr')}"
    kind = str(placeholder._element.ph.get("type", "obj"))
    styles = [placeholder._element.find(f".//{qn('a:lstStyle')}")]
    same = [shape for shape in master.placeholders if (shape._element.ph.get("type", "obj") in KIN.get(kind, (kind,)))]
    styles += [shape._element.find(f".//{qn('a:lstStyle')}") for shape in same]
    texts = master._element.find(qn("p:txStyles"))
    if texts is not None:
        styles.append(texts.find(qn("p:titleStyle" if kind in ("title", "ctrTitle") else "p:bodyStyle")))
    for style in styles:
        found = style.find(level) if style is not None else None
        if found is not None and found.get("sz"):
            return int(found.get("sz")) / 100
    return None


KIN = {"ctrTitle": ("title",), "title": ("title",), "obj": ("body",), "body": ("body",), "subTitle": ("body",)}
"""Kind of the master's placeholder that one of a layout inherits from."""
