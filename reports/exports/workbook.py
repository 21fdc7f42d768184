"""Excel workbooks: typed sheets written as cells that no spreadsheet takes for formulas, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .sheets import Given, Link, When

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from .sheets import Sheet

LONGEST_TEXT = 32_767
"""Characters that a cell holds."""
LONGEST_ADDRESS = 2_000
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (Excel's dates have no zone)
"""Stands where a file format wants a date: two equal results give equal bytes."""
_CHANGED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(pages: list[Sheet], title: str) -> bytes:
    """Write sheets as an ``.xlsx`` file.

    Parameters
    ----------
    pages
        In the order of their tabs.
    title
        In the properties of the file.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = _clean(title), "podrace"
    book.properties.created = MADE
    for page in pages:
        _write(page, book.create_sheet(page.name))
    held = io.BytesIO()
    book.save(held)
    return _undated(held.getvalue())


def _write(page: Sheet, sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    headed = any(column.head for column in page.columns)
    for number, column in enumerate(page.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        if headed:
            head = sheet.cell(1, number, column.head)
            head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E7EBF0")
            head.alignment = Alignment(wrap_text=True, vertical="top", horizontal=_side(page, number - 1))
    for row, cells in enumerate(page.rows, start=2 if headed else 1):
        for number, value in enumerate(cells, start=1):
            _put(sheet, row, number, value)
            if page.columns[number - 1].shows and isinstance(value, (int, float)):
                sheet.cell(row, number).number_format = page.columns[number - 1].shows
    if headed:
        sheet.freeze_panes = f"{get_column_letter(page.frozen + 1)}2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.columns))}{len(page.rows) + 1}"
        sheet.print_title_rows = "1:1"
    else:
        _wrap(sheet)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _side(page: Sheet, column: int) -> str:
    """Give the side at which a head stands: that of what is below it."""
    first = next((row[column] for row in page.rows if row[column] not in {None, ""}), "")
    return "left" if isinstance(first, (str, Link)) else "right"


def _put(sheet: Worksheet, row: int, number: int, value: Any) -> None:
    """Fill a cell: numbers as numbers, everything else as text, whatever it begins with."""
    from openpyxl.styles import Font

    if value is None or value == "":
        return
    cell = sheet.cell(row, number)
    if isinstance(value, When):
        cell.value, cell.number_format = value.year, "0" if value.year == int(value.year) else "0.0"
        return
    if isinstance(value, Given):
        cell.value = value.value  # in Excel's own format, which drops no digit and adds none
        return
    if isinstance(value, (int, float)):
        cell.value = value
        cell.number_format = "0" if isinstance(value, int) else number_format(value)
        return
    text = _clean(value.text if isinstance(value, Link) else str(value))
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    if isinstance(value, Link) and is_address(value.address):
        cell.hyperlink = value.address
        cell.font = Font(color="1F5FA8", underline="single")


def _wrap(sheet: Worksheet) -> None:
    """Set a sheet without heads as pairs: bold names, long texts on several lines."""
    from openpyxl.styles import Alignment, Font

    for row in sheet.iter_rows():
        for place, cell in enumerate(row):
            cell.alignment = Alignment(wrap_text=place > 0, vertical="top")
            if place == 0:
                cell.font = Font(bold=True)


def number_format(value: float) -> str:
    """Choose how many places a number shows: about three digits, all of which stay in the cell.

    >>> [number_format(value) for value in (0.0, 0.0123, 2.5, 31.4, 1234.5, 3.2e26)]
    ['0', '0.0000', '0.00', '0.0', '#,##0', '0.00E+00']
    """
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e13:
        return "0.00E+00"
    for least, places in ((100, "#,##0"), (10, "0.0"), (1, "0.00"), (0.1, "0.000")):
        if size >= least:
            return places
    return "0.0000"


def is_address(text: str) -> bool:
    """Whether a text is a web address that may be followed."""
    return text.startswith(("https://", "http://")) and len(text) < LONGEST_ADDRESS and not re.search(r"[\s<>\"]", text)


def _clean(text: str) -> str:
    """Leave out what no cell can hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub("�", text))[:LONGEST_TEXT]


def _undated(content: bytes) -> bytes:
    """Take the time of writing out of a file."""
    date = MADE.isoformat().encode() + b"Z"
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _CHANGED.sub(rb"\g<1>" + date + rb"\g<2>", data)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(entry, data)
    return held.getvalue()
