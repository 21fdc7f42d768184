"""Small pieces of HTML for notebooks: every text escaped, colours left to the notebook, so that dark ones are readable too."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST = 400
"""Characters of a text that is shown whole."""
_LEFT = "text-align:left;vertical-align:top"
_RIGHT = "text-align:right;vertical-align:top;white-space:nowrap"


def box(title: str, facts: Iterable[str], *parts: str) -> str:
    """Put a title, a line of facts and parts together.

    Parameters
    ----------
    title, facts
        Plain texts.
    parts
        HTML, from the other functions here.
    """
    line = " · ".join(escape(fact) for fact in facts)
    below = f'<div style="opacity:0.75;margin:0.2em 0 0.6em">{line}</div>' if line else ""
    # texts with dollar signs are no formulas
    return f'<div class="tex2jax_ignore"><div><b>{escape(title)}</b></div>{below}{"".join(parts)}</div>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, text_columns: int = 1) -> str:
    """Build a table of plain texts; the first columns are words, the others numbers.

    >>> table(["", "2030"], [["a < b", "1"]]).count("a &lt; b")
    1
    """
    styles = [_LEFT if place < text_columns else _RIGHT for place in range(len(heads))]
    head = "".join(f'<th style="{style}">{escape(text)}</th>' for text, style in zip(heads, styles, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style}">{escape(cell)}</td>' for cell, style in zip(row, styles, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def fold(title: str, inside: str) -> str:
    """Hide a part behind its title until somebody opens it."""
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def paragraph(text: str) -> str:
    """Write a plain text, shortened where it is very long."""
    return f'<div style="max-width:60em;margin:0 0 0.6em">{escape(shortened(text))}</div>' if text else ""


def shortened(text: str, longest: int = LONGEST) -> str:
    """Cut a text.

    >>> shortened("a long text", 8)
    'a long …'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + " …"


def ending(text: str, longest: int = LONGEST) -> str:
    """Cut a text at its beginning: of a long place in a file the name and the line stay.

    >>> ending("/a/long/way/to/mine.yaml:6", 14)
    '… /mine.yaml:6'
    """
    return text if len(text) <= longest else "… " + text[len(text) - longest + 2 :].lstrip()
