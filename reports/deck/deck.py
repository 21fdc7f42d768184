"""A story as a deck: `podrace deck`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..language import speaking
from .build import add_slide
from .ground import own_ground
from .plan import plan
from .save import check_place, save
from .template import template_ground

if TYPE_CHECKING:
    from ..story.parts import Story
    from .ground import Ground


def write_deck(
    story: Story, out: str | Path, template: str | Path | None = None, *, force: bool = False
) -> tuple[Path, tuple[str, ...]]:
    """Write a story as a PowerPoint deck.

    Parameters
    ----------
    story
        What a result says, in the language it shall be read in.
    out
        A .pptx file; a deck of podrace's there is replaced, any other file refused.
    template
        A .pptx or .potx file whose layouts, fonts and colours the deck takes; podrace's own design by default.
    force
        Replace whatever file stands there.

    Returns
    -------
    Where the deck stands, and what the user should know of the template.
    """
    place = check_place(out, force=force)
    with speaking(story.language):
        ground = own_ground() if template is None else template_ground(template)
        fill(story, ground)
        save(ground.presentation, story, place)
    return place, ground.remarks


def fill(story: Story, ground: Ground) -> None:
    """Put a story's slides on a ground; its language must be spoken.

    Parameters
    ----------
    story
        What a result says.
    ground
        What the deck is set on.
    """
    for slide in plan(story, ground.text_room(ground.content), ground.scale):
        add_slide(slide, story, ground)
