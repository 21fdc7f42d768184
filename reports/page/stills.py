"""Charts as still pictures: SVG for paper, and for readers whose browser runs no scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from .charts import specification
from .safe import straight

if TYPE_CHECKING:
    from ..story.parts import Chart

_NAME = re.compile(r'(\bid="|url\(#|href="#)')
_FRAME = re.compile(r"<svg\b[^>]*>")


def still(chart: Chart, across: int, name: str) -> Markup:
    """Draw a chart as SVG that can stand in a page beside others.

    Parameters
    ----------
    chart
        A chart of a story.
    across
        Pixels; the picture grows and shrinks with its place.
    name
        Keeps names inside the picture apart from those of other pictures.
    """
    import vl_convert

    svg = vl_convert.vegalite_to_svg(
        specification(chart, across), vl_version=language_version(), allowed_base_urls=[], show_warnings=False
    )
    svg = _NAME.sub(rf"\g<1>{name}-", straight(svg))
    size = re.search(r'viewBox="[^"]*"', svg)
    frame = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size.group() if size else ""} aria-hidden="true" focusable="false">'
    )
    return Markup(_FRAME.sub(frame, svg, count=1))  # noqa: S704 (written by the renderer, which escapes texts)


def language_version() -> str:
    """Name the version of Vega-Lite that charts are written in, as the renderer does: ``6.4``."""
    from altair import SCHEMA_VERSION

    return ".".join(SCHEMA_VERSION.removeprefix("v").split(".")[:2])
