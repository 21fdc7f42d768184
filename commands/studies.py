"""`podrace compare`, and what `podrace show` can tell beyond the file: traces, parameters without effect."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AsJson, Settings, overrides, year_span
from .pictures import draws

ROOM = 400
"""Characters in a line of the comparison where nobody is looking at a window."""


@draws
def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="A scenario's name, or the path of a YAML file.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="Scenarios beside it.")],
    members: Annotated[
        int, typer.Option(min=1, help="Draws of everything uncertain, the same in each scenario.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same result.")] = 0,
    years: Annotated[str | None, typer.Option(metavar="A:B", help="First and last year, such as 2022:2030.")] = None,
    settings: Settings = None,
    variable: Annotated[
        list[str] | None, typer.Option("--variable", metavar="ID", help="Compare this variable too; may be repeated.")
    ] = None,
    side: Annotated[str | None, typer.Option(help="Print one side: china, us, or ratio (US-led over China).")] = None,
    for_side: Annotated[
        str | None, typer.Option("--for", metavar="SIDE", help="Tell regret for one side: china or us.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the result lands; outputs/compare-BASE by default.")] = None,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Write no pictures.")] = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no messages.")] = False,
) -> None:
    """Run scenarios with the same draws; print, draw and write what differs member by member."""
    span = year_span(years)

    from ..reports.compare.comparison import compare as run_comparison
    from ..reports.compare.text import comparison_text
    from ..reports.console import progress_bar, say, width, write_json, write_text
    from ..reports.folder import check_folder
    from ..reports.result import prepare

    changed = overrides(settings)
    loaded = [prepare(name, span, changed) for name in (base, *others)]
    folder = check_folder(out if out is not None else Path("outputs") / f"compare-{loaded[0].name}")
    with progress_bar(quiet=quiet) as bar:
        found = run_comparison(
            loaded[0],
            loaded[1:],
            members,
            seed,
            variables=variable or (),
            side=side,
            for_side=for_side,
            progress=bar.members,
        )
        found.save(folder, figures=not no_figures, progress=bar.files)
    if as_json:
        write_json(found.document() | {"folder": str(folder)})
    else:
        write_text(comparison_text(found, width() if sys.stdout.isatty() else ROOM))
    if not quiet:
        for note in found.notes():
            say(f"warning: {note}" if "is inert" in note else note)
        say(f"written to {folder}")


def print_trace(
    scenario: str,
    settings: list[str] | None,
    place: tuple[str, int, str],
    *,
    deep: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Print what one number of the central run comes from.

    Parameters
    ----------
    scenario, settings
        As on the command line.
    place
        Variable, year and side.
    deep
        Move records that are read once for all members too.
    everything
        Leave out no line.
    as_json
        One document.
    """
    from ..reports.console import as_plain, progress_bar, width, write, write_json
    from ..reports.trace_text import trace_text
    from ..scenarios.compose import load
    from ..studies.trace import trace

    with progress_bar() as bar:
        found = trace(
            load(scenario, overrides(settings)),
            *place,
            deep=deep,
            progress=lambda what, share: bar.show("records", share, what),
        )
    if as_json:
        write_json(as_plain(found))
    else:
        write(trace_text(found, width(), everything=everything))


def print_inert(scenario: str, settings: list[str] | None, *, as_json: bool) -> None:
    """Print the uncertain parameters that move no output."""
    from ..reports.console import as_plain, write, write_json
    from ..scenarios.compose import load
    from ..studies.effect import without_effect

    loaded = load(scenario, overrides(settings))
    found = without_effect(loaded)
    if as_json:
        write_json({"scenario": loaded.name, **as_plain(found)})
        return
    uncertain = sum(record.uncertain for record in loaded.records.values())
    write(f"{loaded.name}: {len(found.nowhere)} of {uncertain} uncertain parameters move no recorded variable")
    for path in found.nowhere:
        write(f"  {path}  ({loaded.origins.get(path, '')})")
    if found.around_central:
        write(
            f"{len(found.around_central)} more move nothing around the central run, but something in {found.members} members"
        )
        for path in found.around_central:
            write(f"  {path}  ({loaded.origins.get(path, '')})")


def warn_of_no_effect(scenario: str, loaded: Any, changed: dict[str, Any], members: int, seed: int) -> None:
    """Say on standard error when a scenario, or its ``--set``, moves nothing it stands on, or nothing until a year.

    Parameters
    ----------
    scenario
        Name or path, as given.
    loaded
        The scenario that ran, with its years.
    changed
        What ``--set`` changed.
    members, seed
        Of the run.
    """
    from ..scenarios.compose import below, load
    from ..scenarios.scenario import Scenario

    if not isinstance(loaded, Scenario):
        return
    span = (loaded.start, loaded.end)
    plain = load(scenario).with_years(*span) if changed else loaded
    parent = below(scenario)
    pairs = [(parent.with_years(*span), plain, f"{plain.name} (over {parent.name})")] if parent else []
    if changed:
        pairs.append((plain, loaded, f"--set {', '.join(changed)}"))
    for base, other, what in pairs:
        _warn(base, other, what, members, seed)


def _warn(base: Any, other: Any, what: str, members: int, seed: int) -> None:
    from ..reports.console import say
    from ..studies.effect import MEMBERS, moves_from

    first = moves_from(base, other, members, seed)
    if first is None:
        tried = min(members, MEMBERS)
        say(f"warning: {what} moves no recorded variable, neither in the central run nor in {tried} members")
    elif first > base.start:
        say(f"{what} moves nothing before {first}")
