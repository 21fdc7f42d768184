"""`podrace backtest`, `podrace calibrate`, `podrace forecasts`: history and forecasts beside the model."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AsJson, BaseScenario, Settings, overrides
from .pictures import draws

CasesFile = Annotated[
    Path | None, typer.Option("--cases", metavar="FILE", help="Published series; those of the package by default.")
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same result.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no messages.")]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Write no pictures.")]


@draws
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
    from ..reports.console import as_plain, progress_bar, say, write, write_json, write_table
    from ..reports.folder import check_folder
    from ..reports.history.backtest import backtest_document, closing_lines, save_backtest, series_rows
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


@draws
def calibrate(
    to: Annotated[int, typer.Option(metavar="YEAR", help="Last year of the history that is used.")] = 2024,
    members: Annotated[int, typer.Option(min=1_000, help="Members of the prior.")] = 500_000,
    keep: Annotated[int, typer.Option(min=100, max=100_000, help="Members that stand for the posterior.")] = 4_000,
    cases: CasesFile = None,
    scenario: BaseScenario = "baseline",
    seed: Seed = 0,
    settings: Settings = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per processor by default.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The posterior scenario; outputs/SCENARIO_to_YEAR.yaml by default."),
    ] = None,
    no_figures: NoFigures = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Weigh members by history up to a year; write a posterior scenario that run and compare accept."""
    from ..reports.console import as_plain, progress_bar, say, write, write_json, write_table
    from ..reports.history.calibrate import calibration_document, closing_lines, move_rows, score_rows
    from ..scenarios.cases import HISTORY, read_cases
    from ..scenarios.compose import load
    from ..studies.calibrate import calibrate as run_calibration

    published = read_cases(cases or HISTORY)
    changed = overrides(settings)
    loaded = load(scenario, changed)
    file = _posterior_file(out if out is not None else Path("outputs") / f"{loaded.name}_to_{to}.yaml")
    with progress_bar(quiet=quiet) as bar:
        found = run_calibration(loaded, published, to, members, keep, seed, workers=workers, progress=bar.members)
    _write_posterior(found, file, scenario, changed=bool(changed), figures=not no_figures)
    if as_json:
        write_json(as_plain(calibration_document(found) | {"file": str(file)}))
    else:
        write_table(move_rows(found))
        write_table(score_rows(found))
        write("\n".join(closing_lines(found)))
    if not quiet:
        say(f"written to {file}: podrace run {file}")


def _posterior_file(path: Path) -> Path:
    """Check that a posterior may be written to a file."""
    from ..reports.history.calibrate import may_write
    from ..scenarios.layers import SUFFIXES

    if path.suffix not in SUFFIXES:
        message = f"{path} is no scenario file: name one that ends in .yaml"
        raise typer.BadParameter(message, param_hint="'--out'")
    if path.is_dir() or not may_write(path):
        message = f"{path} is no posterior that podrace calibrate wrote: name another file"
        raise typer.BadParameter(message, param_hint="'--out'")
    return path


def _write_posterior(found: Any, file: Path, scenario: str, *, changed: bool, figures: bool) -> None:
    """Write the posterior aside and put it in its place; the picture beside it."""
    from ..reports.history.calibrate import posterior_text
    from ..scenarios.layers import names

    file.parent.mkdir(parents=True, exist_ok=True)
    extends = scenario if scenario in names() and not changed else None
    aside = file.with_name(f".{file.name}.part")
    aside.write_text(posterior_text(found, extends), encoding="utf-8")
    aside.replace(file)
    if figures:
        from ..reports.figures.style import save_figure
        from ..reports.history.calibrate_pictures import moves

        save_figure(moves(found), file.with_suffix(""))


@draws
def forecasts(
    cases: CasesFile = None,
    scenario: BaseScenario = "baseline",
    members: Annotated[int, typer.Option(min=1, help="Draws of everything uncertain, the same in every run.")] = 1000,
    seed: Seed = 0,
    everything: Annotated[
        bool, typer.Option("--all", help="Also years that were over when a forecast came out.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw them into this file (and FILE_2).")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print published forecasts beside the model, each under its own assumptions too; none is a target."""
    from ..reports.console import as_plain, progress_bar, say, write, write_json, write_table
    from ..reports.history.forecasts import forecast_rows, forecasts_document
    from ..scenarios.cases import FORECASTS, read_cases
    from ..scenarios.compose import load
    from ..studies.forecasts import forecasts as run_forecasts

    published = read_cases(cases or FORECASTS)
    with progress_bar(quiet=quiet) as bar:
        found = run_forecasts(
            load(scenario), published, members, seed, progress=lambda name, share: bar.show("scenarios", share, name)
        )
    if as_json:
        write_json(as_plain(forecasts_document(found)))
    else:
        write_table(forecast_rows(found, everything=everything), spaced=True)
        write(
            f"{len(found.not_mapped)} forecasts have no counterpart: {', '.join(o.case.id for o in found.not_mapped)}"
        )
    if out is not None:
        from ..reports.figures.style import save_figure
        from ..reports.history.forecasts_picture import pictures

        for name, draw in pictures(found).items():
            save_figure(draw(), out.with_name(name.replace("forecasts", out.stem, 1)))
    if not quiet:
        for note in found.notes:
            say(note)
