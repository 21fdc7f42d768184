"""The workbook inside a native chart: what a user edits when asking PowerPoint for the data.

The layout is the one charts refer to: categories in the first column, a column per series; columns with the lengths of the
intervals' two arms follow. Equal numbers give equal bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = tuple[float | None, ...]
SHEET = "Sheet1"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Column:
    """A column of the workbook: its head and its numbers."""

    name: str
    values: Numbers


def workbook(corner: str, categories: Sequence[str] | Sequence[date], columns: Sequence[Column]) -> bytes:
    """Write a workbook.

    Parameters
    ----------
    corner
        What stands above the categories: what is shown.
    categories
        First column: names, or the first days of years.
    columns
        The others; an absent number is an empty cell.
    """
    from xlsxwriter import Workbook

    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": LONG_AGO})
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(0, 0, corner)
    years = book.add_format({"num_format": "yyyy"})
    for row, category in enumerate(categories, start=1):
        if isinstance(category, date):
            sheet.write_datetime(row, 0, datetime(category.year, 1, 1, tzinfo=UTC).replace(tzinfo=None), years)
        else:
            sheet.write_string(row, 0, category)
    for place, column in enumerate(columns, start=1):
        sheet.write_string(0, place, column.name)
        for row, value in enumerate(column.values, start=1):
            if value is not None:
                sheet.write_number(row, place, value)
    sheet.set_column(0, 0, 24)
    book.close()
    return made.getvalue()


def reference(place: int, count: int) -> str:
    """Name the cells of a column, counted from 0 for the first series.

    >>> reference(0, 3), reference(26, 2)
    ('Sheet1!$B$2:$B$4', 'Sheet1!$AB$2:$AB$3')
    """
    from xlsxwriter.utility import xl_col_to_name

    letters = xl_col_to_name(place + 1)
    return f"{SHEET}!${letters}$2:${letters}${count + 1}"
