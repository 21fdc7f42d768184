"""The command line: ``podrace run baseline`` and its neighbours.

Results go to standard output, messages to standard error. Exit codes: 0 done, 1 a finding with ``--strict``, 2 wrong
usage or input, 3 a failure while running, 130 stopped by the user. Everything heavy is imported inside the commands.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from .commands.explain import explain
from .commands.explore import discover, sensitivity
from .commands.exports import export
from .commands.facts import agents, claims, facts
from .commands.hardware import hardware
from .commands.history import backtest, calibrate, forecasts
from .commands.options import (
    AsJson,
    Members,
    NoFigures,
    Quiet,
    ScenarioName,
    Seed,
    Settings,
    Years,
    overrides,
    year_span,
)
from .commands.pictures import draws, figures
from .commands.present import deck, report
from .commands.schema import schema
from .commands.studies import compare, print_inert, print_trace, warn_of_no_effect
from .commands.sweeps import query, rerun, sweep

MOST_MEMBERS = 200_000
"""Above this, results belong in a dataset that is written as it is computed."""

app = typer.Typer(
    name="podrace",
    help="Agent-based scenario model of the US-China race in AI hardware.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from . import __version__

        sys.stdout.write(f"podrace {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Agent-based scenario model of the US-China race in AI hardware."""


@draws
def run(  # noqa: PLR0917 (options are named on the command line)
    scenario: ScenarioName,
    members: Members = 1000,
    seed: Seed = 0,
    years: Years = None,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option(help="Where the result lands; outputs/SCENARIO by default.")] = None,
    no_figures: NoFigures = False,
    checks: Annotated[bool, typer.Option("--checks", help="Check the result against reality.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --checks: exit 1 when a check fails.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario; print the headline table; write tables, figures and data."""
    if members > MOST_MEMBERS:
        message = f"{members:,} is more than {MOST_MEMBERS:,}: use `podrace sweep`, which writes as it computes"
        raise typer.BadParameter(message, param_hint="'--members'")
    span = year_span(years)

    from .reports.console import progress_bar
    from .reports.folder import check_folder
    from .reports.result import prepare
    from .reports.result import run as run_scenario

    loaded = prepare(scenario, span, overrides(settings))
    folder = check_folder(out if out is not None else Path("outputs") / loaded.name)
    with progress_bar(quiet=quiet) as bar:
        result = run_scenario(loaded, members=members, seed=seed, progress=bar.members)
        result.save(folder, figures=not no_figures, progress=bar.files)
    failed = _print_run(result, folder, checks=checks, as_json=as_json, quiet=quiet)
    if not quiet:
        warn_of_no_effect(scenario, loaded, overrides(settings), members, seed)
    if failed and strict:
        raise typer.Exit(1)


def scenarios(as_json: AsJson = False) -> None:
    """List the scenarios."""
    from .reports.console import as_plain, say, write, write_json
    from .scenarios.catalogue import catalogue

    entries = catalogue()
    if as_json:
        write_json(as_plain(entries))
        return
    longest = max((len(entry.name) for entry in entries), default=0)
    for entry in entries:
        write(f"{entry.name:<{longest}}  {entry.title}")
        if entry.fault:
            say(entry.fault)


def show(
    scenario: ScenarioName,
    settings: Settings = None,
    trace: Annotated[str | None, typer.Option(metavar="VARIABLE", help="Trace a number to its records.")] = None,
    year: Annotated[int | None, typer.Option(help="With --trace: the year of the number.")] = None,
    side: Annotated[str | None, typer.Option(help="With --trace: china or us.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="With --trace: move data sheets and constants too.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="With --trace: leave out no line.")] = False,
    inert: Annotated[bool, typer.Option("--inert", help="List uncertain parameters that move nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a resolved scenario: every value with its unit, source and origin; or what a number comes from."""
    if trace is not None:
        if inert or year is None or side is None:
            message = "goes with --year and --side" if not inert else "goes without --inert"
            raise typer.BadParameter(message, param_hint="'--trace'")
        print_trace(scenario, settings, (trace, year, side), deep=deep, everything=everything, as_json=as_json)
        return
    if year is not None or side is not None or deep or everything:
        message = "say which variable: --trace VARIABLE --year YEAR --side SIDE"
        raise typer.BadParameter(message, param_hint="'--trace'")
    if inert:
        print_inert(scenario, settings, as_json=as_json)
        return
    from .reports.console import write, write_json
    from .scenarios.compose import load

    text = load(scenario, overrides(settings)).to_yaml()
    if not as_json:
        write(text)
        return
    import yaml

    write_json(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 (a safe loader)


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario and study files, or their names.")],
) -> None:
    """Check scenario and study files and report every fault."""
    from .reports.console import say, write
    from .scenarios.compose import load
    from .scenarios.faults import ScenarioError
    from .studies.study_files import is_study, load_study

    faulty = False
    for file in files:
        try:
            loaded = load_study(file) if is_study(file) else load(file)
        except ScenarioError as error:
            faulty = True
            say(str(error))
        else:
            write(f"{file}: ok ({loaded.title})")
    if faulty:
        raise typer.Exit(2)


def _print_run(result: Any, folder: Path, *, checks: bool, as_json: bool, quiet: bool) -> bool:
    """Print what a run found, and tell whether a check failed."""
    from .reports.checks import closing_line, console_rows, is_finding
    from .reports.console import as_plain, say, width, write, write_json, write_table, write_text
    from .reports.tables import headline_document, headline_text

    found: list[Any] = []
    if checks:
        from .studies.checks import run_checks

        found = list(run_checks(result))
    if as_json:
        document = headline_document(result) | {"folder": str(folder)}
        write_json(document | ({"checks": as_plain(found)} if checks else {}))
    else:
        write_text(headline_text(result, width()))
        if checks:
            write_table(console_rows(found), "Checks")
            write(closing_line(found))
    if not quiet:
        say(f"written to {folder}")
    return checks and is_finding(found)


PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Ask": (run, compare, explain),
    "Show": (deck, report, figures, export),
    "Many futures": (sweep, sensitivity, discover, query, rerun),
    "How do you know": (facts, agents, claims, backtest, forecasts, calibrate),
    "Scenario files": (scenarios, show, validate, schema),
}
"""The commands as the help lists them."""

for _panel, _commands in PANELS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)
app.add_typer(hardware, name="hardware", rich_help_panel="How do you know")


COLLECTED = (50_000, 20, 50)
"""How seldom Python looks for cycles: imports and facts make many objects that stay (half a second of a command)."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Parameters
    ----------
    arguments
        Words after ``podrace``; those of the process by default.
    """
    gc.set_threshold(*COLLECTED)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    try:
        code = app(arguments, prog_name="podrace", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        from .reports.console import say

        say("stopped")
        code = 130
    except Exception as error:  # the last stop: whatever happens ends as one clear report
        code = _explain(error)
    sys.exit(code if isinstance(code, int) else 0)


def _stop(*_: object) -> NoReturn:
    """End in an orderly way when told to, so that nothing half-written is left."""
    sys.exit(128 + signal.SIGTERM)


def _explain(error: Exception) -> int:
    """Say what went wrong in one clear report, and choose the exit code."""
    from .model.hardware.errors import DoesNotFit
    from .reports.console import say
    from .reports.folder import FolderError
    from .scenarios.faults import ScenarioError

    if isinstance(error, (ScenarioError, FolderError, DoesNotFit)):
        say(str(error))
        return 2
    if hasattr(error, "format_message"):  # wrong usage, in Typer's words
        say(_usage(error))
        return 2
    if os.environ.get("PODRACE_DEBUG") == "1":
        import traceback

        say(traceback.format_exc().rstrip())
    else:
        lines = str(error).strip().splitlines()
        detail = f": {lines[0]}" if lines else ""
        say(f"podrace failed: {type(error).__name__}{detail} (PODRACE_DEBUG=1 shows where)")
    return 3


def _usage(error: Any) -> str:
    """Write a fault of usage in one line, and where help is; without any command, write the help itself."""
    message: str = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None or type(error).__name__ == "NoArgsIsHelpError":
        return message
    return f"{message.strip().removesuffix('.')} (help: {context.command_path} --help)"


if __name__ == "__main__":
    main()
