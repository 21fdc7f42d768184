"""Tables of a story as native tables: ruled in the theme's colours, sources as links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .colours import tint
from .grid import PAD_ACROSS, PAD_DOWN
from .ground import POINT
from .theme import theme_colour
from .words import clean, ink_xml, write

if TYPE_CHECKING:
    from .grid import Grid
    from .ground import Box, Ground

NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""Office's table style without fill and grid; rules are drawn by cell."""
FINE = 0.28
"""How much of the text's colour is in the rules between rows."""


def add_table(slide: Any, grid: Grid, box: Box, ground: Ground, language: str) -> Any:
    """Put a table on a slide.

    Parameters
    ----------
    slide
        Of python-pptx.
    grid
        The table with its sizes.
    box
        Where it stands; its height follows from the rows.
    ground
        What the deck is set on.
    language
        Code of the language it is read in.

    Returns
    -------
    The shape that holds the table.
    """
    table = grid.table
    shape = slide.shapes.add_table(
        len(table.rows) + 1, len(table.columns), box.left, box.top, box.width, round(sum(grid.heights) * POINT)
    )
    native = shape.table
    native._tbl.tblPr.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId").text = NO_STYLE
    native.horz_banding = False
    text = ground.ink or theme_colour(ground.finding.slide_master, "tx1")
    fine = tint(text, ground.behind, FINE)
    for column, width in zip(native.columns, grid.widths, strict=True):
        column.width = round(width * ground.letters * POINT)
    for place, (row, height) in enumerate(zip(native.rows, grid.heights, strict=True)):
        row.height = round(height * POINT)
        texts = table.columns if place == 0 else table.rows[place - 1]
        link = table.links[place - 1] if place and table.links else ""
        _fill(row, texts, grid, ground, language, link=link, head=place == 0)
        for cell in row.cells:
            _rule(cell, ground, "" if place == 0 else fine)
    return shape


def _fill(
    row: Any, texts: tuple[str, ...], grid: Grid, ground: Ground, language: str, *, head: bool, link: str
) -> None:
    from pptx.enum.text import MSO_ANCHOR

    across, down = round(PAD_ACROSS / 2 * grid.size * POINT), round(PAD_DOWN / 2 * grid.size * POINT)
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.margin_left, cell.margin_right = (0 if place == 0 else across), across
        cell.margin_top = cell.margin_bottom = down
        cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
        write(cell.text_frame, [text], ground, language, size=grid.size, bold=head, inked=True)
    if link and is_web(link):
        run = row.cells[len(texts) - 1].text_frame.paragraphs[0].runs[0]
        run.hyperlink.address = clean(link)
        _keep_colour(run)


def _keep_colour(run: Any) -> None:
    """Show a link in the colour of its text: the theme's colour for links may not stand out."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    run._r.rPr.hlinkClick.append(
        parse_xml(
            f'<a:extLst {nsdecls("a")}><a:ext uri="{{A12FA001-AC4F-418D-AE19-62706E023703}}"><ahyp:hlinkClr '
            'xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor" val="tx"/></a:ext></a:extLst>'
        )
    )


def is_web(address: str) -> bool:
    """Whether an address is one a reader may safely follow.

    >>> is_web("https://example.org/a"), is_web("file:///etc/passwd"), is_web("javascript:alert(1)")
    (True, False, False)
    """
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _rule(cell: Any, ground: Ground, fine: str) -> None:
    """Draw a line below a cell: in the text's colour below heads, in a finer one below rows."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    weight = 9_525 if fine else 19_050
    colour = f'<a:srgbClr val="{fine.lstrip("#").upper()}"/>' if fine else ink_xml(ground, 100_000)
    properties = cell._tc.get_or_add_tcPr()
    none = "".join(f'<a:{side} {nsdecls("a")} w="0"><a:noFill/></a:{side}>|' for side in ("lnL", "lnR", "lnT"))
    below = (
        f'<a:lnB {nsdecls("a")} w="{weight}" cap="flat" cmpd="sng"><a:solidFill>{colour}</a:solidFill>'
        '<a:prstDash val="solid"/></a:lnB>'
    )
    for place, xml in enumerate([*none.rstrip("|").split("|"), below]):
        properties.insert(place, parse_xml(xml))
