"""What a deck is set on: a presentation without slides, its layouts by use, and where on them things may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..language import spoken
from ..language.numbers import KOREAN
from .measure import Room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.presentation import Presentation

POINT = 12_700
"""English metric units in a point; all places in the file are counted in them."""
WIDE, HIGH = 13.333 * 72, 7.5 * 72
"""The slide that sizes of type are thought for, in points; on a smaller one they shrink with it."""
SLIM_LETTERS = 0.94
"""Width of Arial's letters, and of fonts no wider, over those that text is measured with."""


@dataclass(frozen=True)
class Box:
    """A place on a slide, in English metric units."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    def room(self, across: int = 0, down: int = 0) -> Room:
        """Give the room for text in it, its margins (in the same units, both sides together) taken off."""
        return Room((self.width - across) / POINT, (self.height - down) / POINT)

    def columns(self, share: float, gap: int) -> tuple[Box, Box]:
        """Cut it into two beside each other, the left with a share of the width."""
        left = round((self.width - gap) * share)
        right = self.width - gap - left
        return Box(self.left, self.top, left, self.height), Box(self.left + left + gap, self.top, right, self.height)

    def shares(self, sizes: Sequence[float], gap: int) -> list[Box]:
        """Cut it into several beside each other, as wide as their shares say."""
        free = self.width - gap * (len(sizes) - 1)
        boxes, left = [], self.left
        for size in sizes:
            wide = int(free * size / sum(sizes))
            boxes.append(Box(left, self.top, wide, self.height))
            left += wide + gap
        return boxes

    def rows(self, share: float, gap: int) -> tuple[Box, Box]:
        """Cut it into two above each other, the upper with a share of the height."""
        upper = round((self.height - gap) * share)
        lower = self.height - gap - upper
        return Box(self.left, self.top, self.width, upper), Box(self.left, self.top + upper + gap, self.width, lower)


@dataclass(frozen=True)
class Ground:
    """A presentation to put slides into.

    Attributes
    ----------
    presentation
        Without slides.
    title, statement, finding, headline
        Layouts: of the first slide; of a sentence in large type; of a headline with content; of a headline alone. A template
        may have the same for several.
    content
        Where content stands below a headline.
    scale
        Sizes of type over those on a slide of 13.3 by 7.5 inches.
    foot
        Where the source line stands, where the layout's footer does not take it.
    behind
        Colour behind the content as ``#rrggbb``.
    ink
        Colour of text that stands out from it, where the theme's own text colour does not.
    own
        Whether it is podrace's own design.
    letters
        Width of the theme's letters over those that text is measured with.
    hangul
        Font to name for Korean text, where the theme names none.
    remarks
        What was left out of a template, or stands in for something it lacks, for the user.
    """

    presentation: Presentation
    title: Any
    statement: Any
    finding: Any
    headline: Any
    content: Box
    scale: float
    foot: Box | None = None
    behind: str = "#ffffff"
    ink: str = ""
    own: bool = True
    letters: float = 1.0
    hangul: str = ""
    remarks: tuple[str, ...] = ()

    def size(self, points: float) -> float:
        """Scale a size of type to the slide, to half points."""
        return round(points * self.scale * 2) / 2

    def text_room(self, box: Box, across: int = 0, down: int = 0) -> Room:
        """Give the room for text in a box as `Box.room` does, narrower where the theme's letters are wide."""
        room = box.room(across, down)
        return Room(room.width / self.letters, room.height)


def own_ground() -> Ground:
    """Set the ground of podrace's own design."""
    from .design import own_design

    made = own_design()
    layouts = {layout.name: layout for layout in made.slide_layouts}
    return Ground(
        made,
        layouts["Title"],
        layouts["Statement"],
        layouts["Finding"],
        layouts["Headline"],
        content_box(made, layouts["Finding"]),
        scale_of(made),
        letters=slim_letters(),
    )


def slim_letters() -> float:
    """Give the width of narrow letters over those that text is measured with; Hangul is square in every font."""
    return 1.0 if spoken() == KOREAN else SLIM_LETTERS


def scale_of(presentation: Presentation) -> float:
    """Compare a slide with the one that sizes of type are thought for."""
    width, height = int(presentation.slide_width or 0), int(presentation.slide_height or 0)
    return min(width / POINT / WIDE, height / POINT / HIGH)


def has_wide_foot(presentation: Presentation, layout: Any) -> bool:
    """Whether a layout's footer takes a line of text across most of the slide."""
    width = 0.6 * int(presentation.slide_width or 0)
    return any(kind_of(shape) == "ftr" and box_of(shape).width > width for shape in layout.placeholders)


def box_of(shape: Any) -> Box:
    """Give the place of a shape, inherited where it has none of its own."""
    return Box(int(shape.left or 0), int(shape.top or 0), int(shape.width or 0), int(shape.height or 0))


def content_box(presentation: Presentation, layout: Any) -> Box:
    """Find where content stands on a layout: in its placeholder, or else between headline and footer."""
    place = content_placeholder(layout)
    width, height = int(presentation.slide_width or 0), int(presentation.slide_height or 0)
    if place is not None:
        found = box_of(place)
        if found.width > 0.55 * width and found.height > 0.4 * height:
            return found
    title = box_of(title_placeholder(layout))
    feet = [box_of(shape).top for shape in layout.placeholders if kind_of(shape) in FEET and box_of(shape).height]
    bottom = min([top for top in feet if top > 0.6 * height], default=round(0.92 * height))
    top = title.bottom if title.bottom < 0.5 * height else round(0.22 * height)
    margin = round(0.015 * height)
    left = min(title.left, round(0.1 * width))
    return Box(left, top + margin, width - 2 * left, bottom - top - 2 * margin)


TITLES = ("title", "ctrTitle")
FEET = ("dt", "ftr", "sldNum")
CONTENT = ("obj", "body")


def kind_of(placeholder: Any) -> str:
    """Name the kind of a placeholder as the file does."""
    return str(placeholder._element.ph.get("type", "obj"))


def title_placeholder(layout: Any) -> Any:
    """Find the placeholder of a layout's title; nothing where it has none."""
    return next((shape for shape in layout.placeholders if kind_of(shape) in TITLES), None)


def content_placeholder(layout: Any) -> Any:
    """Find the largest placeholder that takes text on a layout; nothing where it has none."""
    found = [shape for shape in layout.placeholders if kind_of(shape) in CONTENT]
    return max(found, key=lambda shape: box_of(shape).width * box_of(shape).height, default=None)
