"""`podrace report`: what a result says, as a page."""

from pathlib import Path
from typing import Annotated

import typer

FolderName = Annotated[str, typer.Argument(metavar="RESULT", help="Folder of `podrace run` or `podrace compare`.")]
Language = Annotated[str, typer.Option("--lang", metavar="en|ko", help="The language it speaks.")]


def report(
    folder: FolderName,
    out: Annotated[Path | None, typer.Option(metavar="FILE.html", help="RESULT/report.html by default.")] = None,
    lang: Language = "en",
    year: Annotated[int | None, typer.Option(help="The year that is explained; 2030, or the last.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is no podrace page.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")] = False,
) -> None:
    """Write one HTML page that needs no network: findings, charts, tables, explanation, sources."""
    from ..reports.console import say
    from ..reports.language import known
    from ..reports.opening import open_any
    from ..reports.page.save import check_place, place_of, write_page
    from ..reports.page.telling import page_of

    language = known(lang)
    place = place_of(folder, out)
    opened = open_any(folder)
    check_place(place, force=force)
    written = write_page(page_of(opened, language, year), place, force=force)
    if not quiet:
        say(f"written to {written}")
