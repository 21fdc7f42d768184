"""`podrace schema`: what scenario and study files may hold, for editors."""

from pathlib import Path
from typing import Annotated

import typer


def schema(
    kind: Annotated[str, typer.Argument(metavar="[scenario|study]", help="Which kind of file.")] = "scenario",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Print the JSON Schema of scenario or study files: editors complete names, explain them and mark typos."""
    from ..reports.console import say, write
    from ..reports.one_file import write_text
    from ..reports.reference.json_schema import is_schema, text

    written = text(kind)
    if out is None:
        write(written.rstrip("\n"))
    else:
        say(f"written to {write_text(out, written, is_schema)}")
