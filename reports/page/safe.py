"""What may stand in a page: texts of scenarios are other people's, and nothing of a page comes from the network.

Jinja escapes every text; here stands what escaping alone does not settle: data inside scripts, addresses of links, and the
policy that lets a browser run the page's own scripts and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

ADDRESS = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
TRAILING = ".,;:!?)]}"
DIRECTIONS = re.compile("[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f]")
"""Signs that turn the direction of what follows."""
SEPARATORS = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u2028\\u2029]")
"""Signs that no text of a page needs: the second two break the expressions that charts answer the pointer with."""
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Piece(NamedTuple):
    """A piece of a text, with the address it leads to, or none."""

    text: str
    address: str = ""


def as_json(value: Any) -> Markup:
    r"""Write plain values as JSON that cannot end the script it stands in.

    >>> as_json({"title": "</script><!--"})
    Markup('{"title":"\\u003c/script\\u003e\\u003c!--"}')
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup("".join(_UNSAFE.get(letter, letter) for letter in straight(text)))  # noqa: S704 (escaped above)


def straight(text: str) -> str:
    r"""Take away signs that turn the direction of a text or end its line; its letters keep their own direction.

    >>> straight("a\u202eb\u2028c")
    'ab c'
    """
    return SEPARATORS.sub(" ", DIRECTIONS.sub("", text))


def link(address: str) -> str:
    """Give an address if a page may lead there: over HTTP, to a named host; nothing otherwise.

    >>> link("https://example.org/a"), link("javascript:alert(1)"), link("//example.org")
    ('https://example.org/a', '', '')
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme.lower() in {"http", "https"} and parts.netloc else ""


def pieces(text: str) -> list[Piece]:
    """Part a text into plain pieces and addresses.

    >>> pieces("CNAS, 2025, https://example.org/a.")
    [Piece(text='CNAS, 2025, ', address=''), Piece(text='https://example.org/a', address='https://example.org/a'), Piece(text='.', address='')]
    """
    found: list[Piece] = []
    place = 0
    for match in ADDRESS.finditer(text):
        address = match.group().rstrip(TRAILING)
        if not link(address):
            continue
        if match.start() > place:
            found.append(Piece(text[place : match.start()]))
        found.append(Piece(address, address))
        place = match.start() + len(address)
    return [*found, Piece(text[place:])] if place < len(text) or not found else found


def citation(text: str) -> Piece:
    """Part a source that ends in its address into what it is called and where it leads.

    >>> citation("CNAS, 2025, https://example.org/a")
    Piece(text='CNAS, 2025', address='https://example.org/a')
    >>> citation("judgement").address
    ''
    """
    *before, last = pieces(text)
    name = "".join(piece.text for piece in before).rstrip(" ,;:")
    return Piece(name, last.address) if name and last.address and not any(p.address for p in before) else Piece(text)


def host(address: str) -> str:
    """Name the host of an address as people do.

    >>> host("https://www.example.org:443/a")
    'example.org'
    """
    return (urlsplit(address).hostname or "").removeprefix("www.")


def policy(scripts: Iterable[str]) -> str:
    """Write the content security policy of a page: its own scripts, named by their hashes, and no network at all.

    Parameters
    ----------
    scripts
        Texts of the scripts, exactly as they stand in the page.
    """
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
