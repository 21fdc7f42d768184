"""A user's own template: read, emptied of its slides, its layouts chosen by what they hold.

Fonts, colours, masters and layouts stay. Its own slides are left out, and the user is told. Data keep podrace's colours, since
a colour means the same side or the same limit everywhere; headlines, text, tables, axes take the template's.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...scenarios.faults import fail
from ..figures.style import INK
from .colours import READABLE, contrast
from .design import HANGUL
from .ground import (
    FEET,
    POINT,
    Ground,
    box_of,
    content_box,
    content_placeholder,
    has_wide_foot,
    kind_of,
    scale_of,
    slim_letters,
    title_placeholder,
)
from .theme import background, fonts_of, theme_colour, theme_of

if TYPE_CHECKING:
    from pptx.presentation import Presentation

ALLOWED = "a PowerPoint presentation or template, .pptx or .potx"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How files of old PowerPoint and encrypted ones begin."""
MAIN = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"
SOURCE_LINE, SOURCE_MARGIN = 15.0, 8.0
"""Room for the source line where a template's footer is too narrow, in points: it shrinks with the slide, its margins do not."""
NARROW = {
    "Arial", "Arial Narrow", "Helvetica", "Helvetica Neue", "Calibri", "Calibri Light", "Cambria", "Aptos", "Aptos Display",
    "Times New Roman", "Garamond", "Segoe UI", "Segoe UI Light", "Segoe UI Semibold", "Tahoma", "Roboto", "Open Sans", "Lato",
    "Source Sans Pro", "Noto Sans", "Franklin Gothic Book", "Gill Sans MT", "Malgun Gothic", "맑은 고딕", "Noto Sans KR",
}  # fmt: skip
"""Fonts whose letters are no wider than those that text is measured with."""
WIDE_LETTERS = 1.15
"""What others may take more."""
LEAST_TITLE = 0.4
"""Share of a slide's width that a headline needs."""


def template_ground(path: str | Path) -> Ground:
    """Set the ground of a user's template.

    Parameters
    ----------
    path
        A .pptx or .potx file.

    Raises
    ------
    ScenarioError
        When it cannot be read, or has no layout with a headline and room below it.
    """
    file = Path(path).expanduser()
    presentation = _opened(file)
    masters = _masters(presentation)
    remarks = []
    dropped = _empty(presentation)
    if dropped:
        remarks.append(f"{file.name}: slides of its own left out: {dropped}")
    layouts = [layout for master in masters for layout in master.slide_layouts]
    usable = [layout for layout in layouts if _has_headline(presentation, layout)]
    if not usable:
        names = ", ".join(layout.name for layout in layouts) or "none"
        fail(
            "the template has no layout with a headline and room for content",
            file=str(path),
            found=f"layouts: {names}",
            allowed="a layout with a title placeholder, such as Title and Content or Title Only",
        )
    finding = _best(usable, ("obj", "tx"), _takes_text)
    headline = _best(usable, ("titleOnly",), lambda layout: _contents(layout) == 0)
    if finding is None:
        remarks.append(f"{file.name}: no layout with headline and content; text stands in text boxes")
    finding = finding or headline or usable[0]
    headline = headline or finding
    firsts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    title = next((layout for layout in firsts if _is_title(layout)), None)
    if title is None:
        remarks.append(f"{file.name}: no title layout; the first slide takes another")
    return _ground(presentation, (title or finding, finding, headline), tuple(remarks))


def _ground(presentation: Presentation, layouts: tuple[Any, Any, Any], remarks: tuple[str, ...]) -> Ground:
    """Gather what a deck needs to know of the layouts that were chosen."""
    title, finding, headline = layouts
    scale = scale_of(presentation)
    content, foot = content_box(presentation, finding), None
    if not has_wide_foot(presentation, finding):
        content, foot = content.rows(1 - (SOURCE_LINE * scale + SOURCE_MARGIN) * POINT / content.height, 0)
    behind = background(finding)
    ink = theme_colour(finding.slide_master, "tx1")
    return Ground(
        presentation,
        title,
        finding,
        finding,
        headline,
        content,
        scale,
        foot,
        behind,
        "" if contrast(ink, behind) >= READABLE else max(("#ffffff", INK), key=lambda colour: contrast(colour, behind)),
        own=False,
        letters=slim_letters() if fonts_of(finding.slide_master) <= NARROW else WIDE_LETTERS,
        hangul="" if _knows_hangul(finding.slide_master) else HANGUL,
        remarks=remarks,
    )


def _opened(file: Path) -> Presentation:
    """Open a presentation, or a template as the presentation it holds."""
    from pptx import Presentation as open_presentation

    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"cannot read the template: {error.strerror or error}", file=str(file), allowed=ALLOWED)
    if data.startswith(OLE):
        fail(
            "the template is encrypted, or in the format before 2007; save it as .pptx without password", file=str(file)
        )
    try:
        return open_presentation(io.BytesIO(_as_presentation(data)))
    except Exception:  # python-pptx meets broken files with errors of many kinds
        fail("the template is no presentation that can be read", file=str(file), allowed=ALLOWED)


def _as_presentation(data: bytes) -> bytes:
    """Turn the type of a template's main part into a presentation's; everything else stays."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(MAIN.format("template").encode(), MAIN.format("presentation").encode())
            new.writestr(name, content)
    return made.getvalue()


def _empty(presentation: Presentation) -> int:
    """Take all slides out, with what lists them elsewhere in the file, and tell how many there were."""
    from pptx.oxml.ns import qn

    listed = presentation.slides._sldIdLst
    dropped = list(listed)
    for entry in dropped:
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)
    root = presentation.part._element
    for name in ("p:custShowLst", "p:extLst"):  # shows and sections name slides that are gone
        for found in root.findall(qn(name)):
            root.remove(found)
    return len(dropped)


def _has_headline(presentation: Presentation, layout: Any) -> bool:
    """Whether a layout has a headline wide enough, across, and not in its lower half, and is not a title slide."""
    title = title_placeholder(layout)
    if title is None or _is_title(layout) or _vertical(title):
        return False
    box = box_of(title)
    width, height = int(presentation.slide_width or 0), int(presentation.slide_height or 0)
    return box.width >= LEAST_TITLE * width and box.top + box.height / 2 < 0.45 * height


def _is_title(layout: Any) -> bool:
    kinds = {kind_of(shape) for shape in layout.placeholders}
    return "ctrTitle" in kinds or {"title", "subTitle"} <= kinds


def _vertical(shape: Any) -> bool:
    from pptx.oxml.ns import qn

    frame = shape._element.find(f".//{qn('a:bodyPr')}")
    return frame is not None and str(frame.get("vert", "horz")) != "horz"


def _contents(layout: Any) -> int:
    """Count the placeholders on a layout that want content: none is a headline alone."""
    return sum(kind_of(shape) not in (*FEET, "title") for shape in layout.placeholders)


def _takes_text(layout: Any) -> bool:
    """Whether a layout has one place for content, which takes text that runs across."""
    place = content_placeholder(layout)
    return place is not None and _contents(layout) == 1 and not _vertical(place)


def _best(layouts: list[Any], kinds: tuple[str, ...], holds: Any) -> Any:
    """Choose a layout by the kind its file states, or else by what it holds."""
    fitting = [layout for layout in layouts if holds(layout)]
    stated = [layout for layout in fitting if layout._element.get("type") in kinds]
    return next(iter(stated or fitting), None)


def _masters(presentation: Presentation) -> list[Any]:
    """List the masters, first those that the template's own slides after the first one use most."""
    used = [slide.slide_layout.slide_master.part.partname for slide in list(presentation.slides)[1:]]
    return sorted(presentation.slide_masters, key=lambda master: -used.count(master.part.partname))


def _knows_hangul(master: Any) -> bool:
    """Whether the theme names a font for Korean."""
    from pptx.oxml.ns import qn

    fonts = theme_of(master).find(f".//{qn('a:minorFont')}")
    if fonts is None:
        return False
    named = fonts.find(qn("a:ea"))
    scripts = {font.get("script") for font in fonts.findall(qn("a:font"))}
    return bool(named is not None and named.get("typeface")) or "Hang" in scripts
