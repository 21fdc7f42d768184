"""`podrace hardware ...`: the hardware model by itself."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AsJson, BaseScenario
from .pictures import draws

hardware = typer.Typer(help="The hardware model by itself.", no_args_is_help=True)


@hardware.command()
def chips(scenario: BaseScenario = "baseline", as_json: AsJson = False) -> None:
    """List the chips: rates, memory, power, dates."""
    _report("chips_table", scenario, as_json=as_json)


@hardware.command()
def pods(scenario: BaseScenario = "baseline", as_json: AsJson = False) -> None:
    """List the pods: chips, rates, scale-up bandwidth, power."""
    _report("pods_table", scenario, as_json=as_json)


@hardware.command()
def clusters(scenario: BaseScenario = "baseline", as_json: AsJson = False) -> None:
    """List the clusters: pods, rates, achieved training throughput."""
    _report("clusters_table", scenario, as_json=as_json)


@hardware.command()
def train(
    chip: Annotated[str, typer.Option(help="Id of a chip, such as nvidia_h100.")],
    count: Annotated[int, typer.Option(min=1, help="How many packages.")],
    model: Annotated[str, typer.Option(help="Id of a model; the reference model by default.")] = "",
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """Train a model on a cluster: throughput, MFU, and where the time goes."""
    _report("train_report", scenario, {"chip": chip, "count": count, "model": model or None}, as_json=as_json)


@hardware.command()
def infer(
    chip: Annotated[str, typer.Option(help="Id of a chip, such as nvidia_h100.")],
    model: Annotated[str, typer.Option(help="Id of a model; the reference model by default.")] = "",
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """Serve a model on the chip's best pod: tokens per second, and what bounds them."""
    _report("infer_report", scenario, {"chip": chip, "model": model or None}, as_json=as_json)


@hardware.command()
def power(
    count: Annotated[int | None, typer.Option(min=1, help="Chips of a cluster; one pod by default.")] = None,
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """List the power of pods, or of clusters of them, in a real run, with ranges."""
    _report("power_table", scenario, {"count": count}, as_json=as_json, module="power")


@hardware.command()
@draws
def check(
    cases: Annotated[
        Path | None, typer.Argument(metavar="CASES.yaml", help="Published measurements; the package's own by default.")
    ] = None,
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a case misses its tolerance or order.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw predicted against published into this PNG file.")] = None,
) -> None:
    """Hold the model against published measurements, row by row."""
    from ..model.hardware.coefficients import read_coefficients
    from ..reports.console import as_plain, say, write, write_json
    from ..reports.hardware.check import check_text
    from ..scenarios.compose import load
    from ..studies.hardware_check import check_file

    facts = load(scenario)
    coefficients = read_coefficients(facts)
    report = check_file(cases, coefficients)
    for remark in report.remarks:
        say(remark)
    if as_json:
        write_json(as_plain(report.document()))
    else:
        write(check_text(report))
    if plot is not None:
        from ..reports.hardware.check import parity_picture

        parity_picture(cases, facts, coefficients, report, plot)
        say(f"written to {plot}")
    findings = report.findings()
    if strict and findings:
        for finding in findings:
            say(finding)
        raise typer.Exit(1)


@hardware.command()
def fit(
    cases: Annotated[
        Path | None, typer.Argument(metavar="CASES.yaml", help="Published measurements; the package's own by default.")
    ] = None,
    scenario: BaseScenario = "baseline",
    leave_one_out: Annotated[
        bool, typer.Option("--leave-one-out/--no-leave-one-out", help="Predict each table from the others too.")
    ] = True,
    out: Annotated[Path | None, typer.Option(help="Write the fitted values as a file of facts.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the model's constants on published training runs; print values, residuals, leave-one-table-out errors."""
    from datetime import UTC, datetime

    from ..model.hardware.coefficients import read_coefficients
    from ..reports.console import as_plain, say, write, write_json
    from ..reports.hardware.check import fit_document, fit_text
    from ..scenarios.compose import load
    from ..studies import hardware_fit
    from ..studies.hardware_cases import read_cases

    facts = load(scenario)
    problem = hardware_fit.problem_of(read_cases(cases), facts, read_coefficients(facts))
    found = hardware_fit.fit(problem, leave_out=leave_one_out)
    if as_json:
        write_json(as_plain(fit_document(found)))
    else:
        write(fit_text(found))
    if out is not None:
        out.write_text(hardware_fit.facts_of(found, f"{datetime.now(UTC):%Y-%m}"), encoding="utf-8")
        say(f"written to {out}")


@hardware.command()
@draws
def thesis(
    scenario: BaseScenario = "baseline",
    figures: Annotated[Path | None, typer.Option(help="Folder for the four pictures.")] = None,
    as_json: AsJson = False,
) -> None:
    """What pods, links and chips are worth in training: the founding article's thesis in numbers."""
    from ..reports.console import as_plain, say, write, write_json
    from ..reports.hardware.thesis import thesis_text
    from ..scenarios.compose import load
    from ..studies import hardware_thesis

    found = hardware_thesis.thesis(load(scenario))
    if as_json:
        write_json(as_plain(found))
    else:
        write(thesis_text(found))
    if figures is not None:
        from ..reports.hardware.thesis import save_pictures

        save_pictures(found, figures)
        say(f"written to {figures}")


def _report(
    name: str, scenario: str, options: dict[str, Any] | None = None, *, as_json: bool, module: str = "study"
) -> None:
    """Print one report of the hardware model."""
    from importlib import import_module

    from ..reports.console import as_plain, write, write_json
    from ..scenarios.compose import load

    report = getattr(import_module(f"..reports.hardware.{module}", __package__), name)
    given = {key: value for key, value in (options or {}).items() if value is not None}
    rows, text = report(load(scenario), **given)
    if as_json:
        write_json(as_plain(rows))
    else:
        write(text)
