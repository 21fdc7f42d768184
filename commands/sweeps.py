"""`podrace sweep`, `podrace query`, `podrace rerun`: many members on disk, questions to a result, a result again."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import LARGEST_SEED, AsJson, Quiet

SHOWN = 100
"""Rows of an answer that are printed as a table."""
FAILED = 3
ADDRESS = re.compile(r"([a-z]+://)?[^/\s]+:[0-9]+/?\Z")

ResultFolder = Annotated[Path, typer.Argument(metavar="RESULT", help="Folder of a run or of a sweep.")]


def sweep(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study's name, a study file, or a scenario's name.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one for each core by default.")] = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDR", help="A Dask scheduler, tcp://HOST:8786.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the dataset lands; outputs/STUDY by default.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished sweep of the same study.")] = False,
    members: Annotated[int | None, typer.Option(min=1, help="Members of each combination, not the study's.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="Seed of all draws, not the study's.")
    ] = None,
    block: Annotated[int, typer.Option(min=1, help="Members of one task; no number depends on it.")] = 6144,
    no_design: Annotated[bool, typer.Option("--no-design", help="Leave out the drawn parameters.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a study, a combination of levers after the other, into a Parquet dataset."""
    if scheduler is not None and workers is not None:
        message = "goes without --workers: the cluster has its own"
        raise typer.BadParameter(message, param_hint="'--scheduler'")
    if scheduler is not None and not ADDRESS.match(scheduler):
        message = f"{scheduler!r} is no address of a scheduler, such as tcp://10.0.0.5:8786"
        raise typer.BadParameter(message, param_hint="'--scheduler'")

    from ..reports.console import say, write, write_json
    from ..reports.pace import Pace
    from ..reports.sweep.folder import Stopped
    from ..reports.sweep.running import run_sweep
    from ..studies.study_files import load_study

    loaded = load_study(study, members=members, seed=seed)
    folder = out if out is not None else Path("outputs") / loaded.name
    again = f"go on with: podrace sweep {study} --out {folder} --resume"
    more = "".join(f" --{key} {value}" for key, value in (("members", members), ("seed", seed)) if value is not None)
    try:
        with Pace(quiet=quiet) as pace:
            done = run_sweep(
                loaded,
                folder,
                workers=workers,
                scheduler=scheduler,
                resume=resume,
                block=block,
                design=not no_design,
                progress=pace.members,
                tell=None if quiet else say,
            )
    except Stopped as error:
        say(f"sweep stopped: {error}. Every part in {folder} is whole; {again}{more}")
        raise typer.Exit(FAILED) from None
    except (KeyboardInterrupt, SystemExit):
        say(f"sweep stopped. Every part in {folder} is whole; {again}{more}")
        raise
    if as_json:
        write_json(_document(done))
    else:
        write(_text(done))
    if not quiet:
        say(f"written to {done.place}")


def query(
    result: ResultFolder,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT; SHOW TABLES and DESCRIBE TABLE help.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a result in SQL (DuckDB); nothing is written, and nothing outside the result is read."""
    if as_csv and as_json:
        message = "goes without --json"
        raise typer.BadParameter(message, param_hint="'--csv'")

    from ..reports.console import as_plain, say, write, write_json, write_table
    from ..reports.sweep.query import query as ask

    found = ask(result, sql)
    if as_json:
        write_json(as_plain(found))
    elif as_csv:
        write(found.to_csv(index=False, lineterminator="\n"))
    else:
        write_table(as_plain(found.head(SHOWN)))
        if len(found) > SHOWN:
            say(f"{SHOWN} of {len(found):,} rows; --csv and --json print all of them")


def rerun(
    result: ResultFolder,
    out: Annotated[Path | None, typer.Option(help="Where the new result lands; RESULT-rerun by default.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes for a sweep.")] = None,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Draw no pictures again.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a file differs.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compute a result again from its folder, and compare every file with it."""
    from ..reports.console import progress_bar, say, write, write_json
    from ..reports.pace import Pace
    from ..reports.rerun import rerun as again

    with progress_bar(quiet=quiet) as bar, Pace(quiet=quiet) as pace:
        found = again(
            result,
            out,
            workers=workers,
            figures=not no_figures,
            run_progress=bar.members,
            sweep_progress=pace.members,
        )
    if as_json:
        write_json(found.document())
    else:
        write(found.text())
    if not quiet:
        say(f"written to {found.place}")
    if strict and (found.differ or found.missing):
        raise typer.Exit(1)


def _document(done: Any) -> dict[str, Any]:
    """Describe a finished sweep in one document."""
    manifest = done.manifest
    return {
        "folder": str(done.place),
        "study": manifest["study"]["name"],
        "study_hash": manifest["study_hash"],
        "members": manifest["members"],
        "combinations": len(manifest["cases"]),
        "design": manifest["design"],
        "seed": manifest["seed"],
        "outputs": manifest["outputs"],
        "years": manifest["years"],
        "members_computed": done.computed,
        "seconds": manifest["seconds"],
        "bytes": sum(about["bytes"] for about in manifest["files"].values()),
        "files": len(manifest["files"]),
        "quantiles": manifest["quantiles"],
    }


def _text(done: Any) -> str:
    """Say what stands in the folder of a finished sweep."""
    told = _document(done)
    size = told["bytes"] / 1e6
    total = told["members"] * told["combinations"]
    combinations = f"{told['combinations']:,} combinations of " if told["combinations"] > 1 else ""
    return (
        f"{told['study']}: {combinations}{told['members']:,} members, {len(told['outputs'])} variables, "
        f"{told['years'][0]}-{told['years'][-1]}\n"
        f"{told['members_computed']:,} of {total:,} members computed now, "
        f"{size:,.0f} MB in {told['files']:,} files, quantiles {told['quantiles']}"
    )
