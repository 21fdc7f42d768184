"""`podrace export`: a result in the forms other tools read."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a run or of a comparison.")],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="What to write: .xlsx, .nc, .csv, .parquet, .iamc.csv, .iamc.xlsx."),
    ],
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="xlsx, nc, csv, parquet or iamc, where the ending does not say."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")] = False,
) -> None:
    """Write a result as a workbook, NetCDF, CSV, Parquet or IAMC file; the ending names the format."""
    from ..reports.console import say
    from ..reports.exports.write import export_folder

    for place in export_folder(result, files, format_):
        if not quiet:
            say(f"written to {place}")
