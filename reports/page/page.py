"""A story as one HTML page that needs no network.

Every text is escaped by Jinja; scripts are the page's own, named by their hashes in its policy; charts are pictures first,
and answer the pointer where scripts run. The same story gives the same bytes.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from ..language import say, speaking
from .colours import dark_rules
from .layout import Entry, Explained, Grid, entries
from .safe import as_json, citation, host, link, pieces, policy, straight
from .stills import language_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from ..story.parts import Story, Table

_ONE = r"[<>]?[+\-−]?[\d.,]+(\s?(%|×|배|k|M|bn|만|억|조))?"
NUMBER = re.compile(rf"{_ONE}([–~]{_ONE})?(\s?\([^()]*\))?")
"""A cell that holds one number or a range, with an interval or without."""
BEFORE_UNIT = re.compile(r"(?<=\d) (?=(%|k|M|bn|GW|PB|TB/s|[PE]?FLOP(/s)?|H100e)(\W|$))")
IN_WORD = re.compile(r"(?<=\d)-(?=bit\b)")
"""Where no line may break."""
SNIPPET = "window.vegaEmbed = vegaEmbed;"
FEW = 3
"""Notes that stand open; more of them are folded away."""
TEMPLATES = ("page.html.j2", "parts.html.j2")


def page(story: Story, numbers: Sequence[Grid] = (), explained: Sequence[Explained] = ()) -> str:
    """Write a story as a page.

    Parameters
    ----------
    story
        What is told.
    numbers
        Tables over years.
    explained
        Explanations of years.

    Returns
    -------
    HTML, complete and by itself.
    """
    with speaking(story.language):
        laid_out = entries(story, numbers, explained)
        drawn = [drawing for entry in laid_out for drawing in entry.drawings]
        scripts = [library(), _closed(_own("draw.js"))]
        return (
            _environment()
            .get_template(TEMPLATES[0])
            .render(
                story=story,
                entries=laid_out,
                generator=generator(),
                policy=policy(scripts),
                scripts=[Markup(script) for script in scripts],  # noqa: S704 (our own)
                style=Markup(_own("style.css") + _dark(laid_out)),  # noqa: S704 (our own; colours are checked)
                specifications=as_json({drawing.id: drawing.live for drawing in drawn}),
            )
        )


def generator() -> str:
    """Name what makes pages: it marks a file as ours."""
    from ... import __version__

    return f"podrace {__version__}"


@cache
def library() -> str:
    """Give the scripts that draw charts, as one text that can stand in a page."""
    import vl_convert

    return _closed(vl_convert.javascript_bundle(SNIPPET, vl_version=language_version()))


def number_columns(table: Table) -> list[int]:
    """List the columns of a table that hold numbers in most of their cells; the first one names its row."""
    found = []
    for place in range(1, len(table.columns)):
        cells = [row[place] for row in table.rows if row[place] not in {"", "–"}]
        if cells and sum(bool(NUMBER.fullmatch(cell)) for cell in cells) > len(cells) / 2:
            found.append(place)
    return found


def source_column(table: Table) -> int | None:
    """Find the column that names the source of each row; without one the page adds it."""
    heads = [column.casefold() for column in table.columns]
    named = [heads.index(word) for word in (say("Source").casefold(), say("Sources").casefold()) if word in heads]
    return named[0] if named else None


def spread(cell: str) -> tuple[str, str, str]:
    r"""Part a number from its interval, so that a narrow table breaks between them and nowhere else.

    >>> spread("58× (34–120)"), spread("93 %")
    (('58×', '(34–120)', ' '), ('93\xa0%', '', ''))
    """
    head, bracket, rest = _bound(cell).partition("(")
    gap = " " if head.endswith(" ") else ""
    return (head.rstrip(" "), bracket + rest, gap) if bracket and head else (head + bracket + rest, "", "")


def addresses(table: Table) -> list[str]:
    """List where the rows of a table lead, each address once; on paper they stand below it by number."""
    return list(dict.fromkeys(found for address in table.links if (found := link(address))))


def _environment() -> Environment:
    """Set up templates that escape every text and refuse a name that is not there."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    found = Environment(
        loader=DictLoader({name: _own(name) for name in TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finished,
    )
    found.globals.update(
        few=FEW,
        addresses=addresses,
        say=say,
        pieces=pieces,
        link=link,
        number_columns=number_columns,
        source_column=source_column,
        spread=spread,
        citation=citation,
        host=host,
    )
    return found


def _finished(value: object) -> object:
    """Keep numbers and units of a plain text on one line, and its direction; marked-up text is finished."""
    return _bound(straight(value)) if type(value) is str else value


def _bound(text: str) -> str:
    """Keep a number and its unit on one line, and ``8-bit``."""
    return IN_WORD.sub("\u2011", BEFORE_UNIT.sub("\u00a0", text))


def _dark(laid_out: Sequence[Entry]) -> str:
    """Write the rules that keep charts legible in the dark."""
    used = (colour for entry in laid_out for drawing in entry.drawings for colour in drawing.colours)
    rules = [
        f'  :is(.plot, .keys) [{what}="{light}"] {{ {what}: {dark}; }}'
        for light, dark in dark_rules(used)
        for what in ("fill", "stroke")
    ]
    return "\n".join(["@media screen and (prefers-color-scheme: dark) {", *rules, "}"])


def _own(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _closed(script: str) -> str:
    """Keep a script from ending early, and its bytes as a browser reads them."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
