"""What a finished run or comparison is shown with: `podrace deck`, `podrace report`."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path, typer.Argument(metavar="RESULT|COMPARISON", help="A folder that `podrace run` or `podrace compare` wrote.")
]
Language = Annotated[str, typer.Option("--lang", metavar="CODE", help="en or ko.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file even if podrace did not write it.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")]


def deck(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="A .pptx file; deck.pptx in the folder by default.")] = None,
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own .pptx or .potx: its layouts, fonts and colours are kept."),
    ] = None,
    language: Language = "en",
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a result as a PowerPoint deck with native, editable charts."""
    from ..reports.console import say, write
    from ..reports.deck.deck import write_deck
    from ..reports.deck.save import check_place
    from ..reports.deck.template import template_ground
    from ..reports.language import known
    from ..reports.opening import open_any
    from ..reports.story.telling import story_of

    known(language)
    found = open_any(folder)
    place = check_place(out if out is not None else folder.expanduser() / "deck.pptx", force=force)
    if template is not None:
        template_ground(template)  # refused before the story is told, which takes a while
    written, remarks = write_deck(story_of(found, language), place, template, force=force)
    write(str(written))
    if not quiet:
        for remark in remarks:
            say(remark)


def report(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="An .html file; report.html in the folder by default.")] = None,
    year: Annotated[
        list[int] | None,
        typer.Option(help="A year that is explained, again for more; by default the one the story speaks of."),
    ] = None,
    language: Language = "en",
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a result as one HTML page that needs no network: findings, charts, tables, explanation, sources."""
    from ..reports.console import say, write
    from ..reports.language import known
    from ..reports.opening import open_any
    from ..reports.page.save import check_place, place_of, write_page
    from ..reports.page.telling import page_of

    known(language)
    found = open_any(folder)
    place = place_of(folder, out)
    check_place(place, force=force)
    if not quiet:
        say("telling the story; the explanation runs parts of the scenario again")
    write(str(write_page(page_of(found, language, year or ()), place, force=force)))
