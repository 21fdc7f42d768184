"""`podrace sensitivity` and `podrace discover`: what a spread comes from, and what leads to a condition."""

from pathlib import Path
from typing import Annotated

import typer

from .options import LARGEST_SEED, AsJson, NoFigures, Quiet
from .pictures import draws


@draws
def sensitivity(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study, a scenario, or the path of a YAML file.")],
    measure: Annotated[str, typer.Option(metavar="ID", help="The variable whose spread is explained.")] = "fleet_h100e",
    year: Annotated[int | None, typer.Option(help="2030 by default, or the last year.")] = None,
    side: Annotated[str, typer.Option(help="china, us, or ratio (US-led over China).")] = "ratio",
    method: Annotated[
        str | None, typer.Option(help="sobol (shares of the variance) or morris (mean effects); the study's design.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="Base samples, a power of two (2,048); or trajectories (50).")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Parameters looked at one by one; the rest is one factor.")] = 50,
    case: Annotated[int, typer.Option(min=0, help="Which case of a study with levers.")] = 0,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="The same seed gives the same result.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the result lands; outputs/sensitivity-NAME by default.")
    ] = None,
    no_figures: NoFigures = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Rank the uncertain parameters by their share in a number's spread: Sobol' indices or Morris screening."""
    from ..reports.console import progress_bar, say, write_json, write_text
    from ..reports.folder import check_folder
    from ..reports.sensitivity.indices import sensitivity as run_sensitivity
    from ..reports.sensitivity.text import sensitivity_text
    from ..studies.study_files import load_study
    from ..studies.sweep import default_workers

    loaded = load_study(study, seed=seed)
    if case >= len(loaded.cases):
        message = f"{loaded.name} has the cases 0 to {len(loaded.cases) - 1}"
        raise typer.BadParameter(message, param_hint="'--case'")
    chosen = loaded.cases[case]
    folder = check_folder(out if out is not None else Path("outputs") / f"sensitivity-{loaded.name}")
    if method is None:
        method = "morris" if loaded.design == "morris" else "sobol"
    wanted = samples if samples is not None or loaded.design != method else loaded.members
    with progress_bar(quiet=quiet) as bar:
        found = run_sensitivity(
            chosen.scenario, measure, year, side, method=method, samples=wanted, top=top, seed=loaded.seed,  # type: ignore[arg-type]
            workers=workers or default_workers(), progress=bar.members,
        )  # fmt: skip
        found.save(folder, figures=not no_figures, progress=bar.files)
    if as_json:
        write_json(found.document() | {"case": chosen.label, "folder": str(folder)})
    else:
        write_text(sensitivity_text(found))
    if not quiet:
        if len(loaded.cases) > 1:
            say(f"{loaded.name} has {len(loaded.cases)} cases; this is case {case}: {chosen.label}")
        say(f"written to {folder}")


@draws
def discover(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a run or of a sweep.")],
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help='Such as "fleet_h100e.china > 0.1 * fleet_h100e.us".')
    ],
    year: Annotated[int, typer.Option(help="Of variables that name none.")],
    method: Annotated[str, typer.Option(help="prim (boxes by peeling) or cart (leaves of a tree).")] = "prim",
    boxes: Annotated[int, typer.Option(min=1, help="How many boxes at most.")] = 3,
    density: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Least density of a box of PRIM; the best balance by default."),
    ] = None,
    decisions: Annotated[bool, typer.Option("--decisions", help="Look at chance in decisions too.")] = False,
    case: Annotated[int | None, typer.Option(min=0, help="Of a sweep, one case; all together by default.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Chooses the members that find boxes.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Where the result lands; outputs/discover-RESULT by default.")
    ] = None,
    no_figures: NoFigures = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the ranges of uncertain inputs that lead to the members in which a condition holds."""
    from ..reports.console import say, write_json, write_text
    from ..reports.folder import check_folder
    from ..reports.sensitivity.discovery import discover as run_discovery
    from ..reports.sensitivity.text import discovery_text

    folder = check_folder(out if out is not None else Path("outputs") / f"discover-{result.resolve().name}")
    found = run_discovery(
        result, where, year, method=method, boxes=boxes, density=density, decisions=decisions, case=case, seed=seed  # type: ignore[arg-type]
    )  # fmt: skip
    found.save(folder, figures=not no_figures)
    if as_json:
        write_json(found.document() | {"folder": str(folder)})
    else:
        write_text(discovery_text(found))
    if not quiet:
        for note in found.notes():
            say(f"warning: {note}")
        say(f"written to {folder}")
