"""`podrace figures`, and the options of every command that draws: in which look, language and formats."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

Style = Annotated[str, typer.Option("--style", metavar="NAME", help="Look of pictures: light, dark or print.")]
Language = Annotated[str, typer.Option("--lang", metavar="CODE", help="Language of pictures: en or ko.")]
Formats = Annotated[
    str, typer.Option("--format", metavar="NAMES", help="Formats of pictures: png, svg, or png,svg for both.")
]
OPTIONS = {"style": (Style, "light"), "language": (Language, "en"), "formats": (Formats, "png,svg")}
"""Options by the name of their parameter: what Typer reads, and the default."""


def draws(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that draws the options ``--style``, ``--lang`` and ``--format``."""
    asked = inspect.signature(command)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in OPTIONS.items()
    ]

    @functools.wraps(command)
    def drawing(*arguments: Any, **options: Any) -> None:
        look, language, formats = (options.pop(name, default) for name, (_, default) in OPTIONS.items())
        if (look, language, formats) == tuple(default for _, default in OPTIONS.values()):
            command(*arguments, **options)
            return
        from ..reports.figures.asked import pictures

        with pictures(look, language, formats):
            command(*arguments, **options)

    wrapped: Any = drawing
    wrapped.__signature__ = asked.replace(parameters=[*asked.parameters.values(), *more])
    wrapped.__annotations__ = command.__annotations__ | {name: annotation for name, (annotation, _) in OPTIONS.items()}
    return drawing


@draws
def figures(
    folder: Annotated[
        Path,
        typer.Argument(metavar="RESULT|COMPARISON", help="A folder that `podrace run` or `podrace compare` wrote."),
    ],
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Draw this one; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A folder; figures, or figures_STYLE_LANG, beside the data.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Name the pictures there are, and draw none.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no messages.")] = False,
) -> None:
    """Draw the pictures of a finished run or comparison again: other look, language or format; any variable."""
    from ..reports.console import progress_bar, say, write
    from ..reports.figures.again import draw_again, place_of, standard
    from ..reports.opening import open_any

    found = open_any(folder)
    if listing:
        write("\n".join(standard(found)))
        return
    with progress_bar(quiet=quiet) as bar:
        place, names = draw_again(found, out or place_of(folder), only or (), progress=bar.files)
    write(str(place))
    if not quiet:
        say(f"{'1 picture' if len(names) == 1 else f'{len(names)} pictures'}: {', '.join(names)}")
