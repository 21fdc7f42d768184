"""`podrace backtest`, `podrace calibrate`, `podrace forecasts`: history and forecasts beside the model."""

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, BaseScenario, Settings, overrides

CasesFile = Annotated[
    Path | None, typer.Option("--cases", metavar="FILE", help="Published series; those of the package by default.")
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same result.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no messages.")]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Write no pictures.")]


def backtest(
    cases: CasesFile = None,
    scenario: BaseScenario = "baseline",
    members: Annotated[int, typer.Option(min=1, help="Draws of everything uncertain.")] = 1000,
    seed: Seed = 0,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option(help="Write tables and pictures into this folder.")] = None,
    no_figures: NoFigures = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 when a published range lies outside the middle 90 % of the members."),
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold the ensemble against published series: medians, intervals, errors, coverage, CRPS of what emerges."""
    from ..reports.backtest import backtest_document, closing_lines, save_backtest, series_rows
    from ..reports.console import as_plain, progress_bar, say, write, write_json, write_table
    from ..reports.folder import check_folder
    from ..scenarios.cases import HISTORY, read_cases
    from ..scenarios.compose import load
    from ..studies.backtest import backtest as run_backtest

    published = read_cases(cases or HISTORY)
    loaded = load(scenario, overrides(settings))
    folder = None if out is None else check_folder(out)
    with progress_bar(quiet=quiet) as bar:
        found = run_backtest(loaded, published, members, seed, progress=bar.members)
        if folder is not None:
            save_backtest(found, folder, figures=not no_figures, progress=bar.files)
    if as_json:
        write_json(as_plain(backtest_document(found)))
    else:
        write_table(series_rows(found))
        write("\n".join(closing_lines(found)))
    if folder is not None and not quiet:
        say(f"written to {folder}")
    if strict and found.missed:
        raise typer.Exit(1)
