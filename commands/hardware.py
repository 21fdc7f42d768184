"""`podrace hardware ...`: the hardware model by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AsJson, BaseScenario, picture_file
from .pictures import draws

hardware = typer.Typer(help="The hardware model by itself.", no_args_is_help=True)


@hardware.command()
def chips(scenario: BaseScenario = "baseline", as_json: AsJson = False) -> None:
    """List the chips: rates, memory, power, dates."""
    from ..reports.hardware.study import chips_table

    _print(chips_table, scenario, as_json=as_json)


@hardware.command()
def pods(scenario: BaseScenario = "baseline", as_json: AsJson = False) -> None:
    """List the pods: chips, rates, scale-up bandwidth, power."""
    from ..reports.hardware.study import pods_table

    _print(pods_table, scenario, as_json=as_json)


@hardware.command()
def clusters(scenario: BaseScenario = "baseline", as_json: AsJson = False) -> None:
    """List the clusters: pods, rates, achieved training throughput."""
    from ..reports.hardware.study import clusters_table

    _print(clusters_table, scenario, as_json=as_json)


@hardware.command()
def train(
    chip: Annotated[str, typer.Option(help="Id of a chip, such as nvidia_h100.")],
    count: Annotated[int, typer.Option(min=1, help="How many packages.")],
    model: Annotated[str, typer.Option(help="Id of a model; the reference model by default.")] = "",
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """Train a model on a cluster: throughput, MFU, and where the time goes."""
    from ..reports.hardware.study import train_report

    _print(train_report, scenario, as_json=as_json, chip=chip, count=count, **_named(model))


@hardware.command()
def infer(
    chip: Annotated[str, typer.Option(help="Id of a chip, such as nvidia_h100.")],
    model: Annotated[str, typer.Option(help="Id of a model; the reference model by default.")] = "",
    context: Annotated[
        int | None, typer.Option(min=1, metavar="TOKENS", help="Of a request; the model's sequence length by default.")
    ] = None,
    latency_ms: Annotated[
        float | None, typer.Option(min=0.001, metavar="MS", help="Longest time per output token.")
    ] = None,
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """Serve a model on the chip's best pod: tokens per second, and what bounds them."""
    from ..reports.hardware.study import infer_report

    asked = {"context_tokens": context, "target_ms": latency_ms}
    _print(infer_report, scenario, as_json=as_json, chip=chip, **_named(model), **asked)


@hardware.command()
def power(
    count: Annotated[int | None, typer.Option(min=1, help="Chips of a cluster; one pod by default.")] = None,
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """List the power of pods, or of clusters of them, in a real run, with ranges."""
    from ..reports.hardware.power import power_table

    _print(power_table, scenario, as_json=as_json, count=count)


@hardware.command()
@draws
def check(
    cases: Annotated[
        Path | None,
        typer.Argument(
            metavar="CASES.yaml",
            help="Published measurements, or judged (default), further, unseen: the package's own.",
        ),
    ] = None,
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a case misses its tolerance or order.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw predicted against published into it.", callback=picture_file),
    ] = None,
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
        Path | None,
        typer.Argument(metavar="CASES.yaml", help="Published measurements; judged and further by default."),
    ] = None,
    scenario: BaseScenario = "baseline",
    leave_one_out: Annotated[
        bool, typer.Option("--leave-one-out/--no-leave-one-out", help="Predict each table from the others too.")
    ] = True,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the fitted values as a file of facts.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the model's constants on published training runs; print values, residuals, leave-one-table-out errors."""
    from datetime import UTC, datetime

    from ..model.hardware.coefficients import read_coefficients
    from ..reports.console import as_plain, say, write, write_json
    from ..reports.hardware.check import fit_document, fit_text
    from ..scenarios.compose import load
    from ..studies import hardware_fit
    from ..studies.hardware_cases import read_fitted_cases
    from ..studies.hardware_facts import facts_of, is_facts

    facts = load(scenario)
    problem = hardware_fit.problem_of(read_fitted_cases(cases), facts, read_coefficients(facts))
    today = f"{datetime.now(UTC):%Y-%m}"
    found = hardware_fit.fit(problem, leave_out=leave_one_out)
    if as_json:
        write_json(as_plain(fit_document(found)))
    else:
        write(fit_text(found))
    if out is not None:
        from ..reports.one_file import write_text

        say(f"written to {write_text(out, facts_of(found, today), is_facts)}")


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


def _print(report: Callable[..., tuple[Any, str]], scenario: str, *, as_json: bool, **given: Any) -> None:
    """Print one report of the hardware model."""
    from ..reports.console import as_plain, write, write_json
    from ..scenarios.compose import load

    rows, text = report(load(scenario), **given)
    if as_json:
        write_json(as_plain(rows))
    else:
        write(text)


def _named(model: str) -> dict[str, str]:
    """Pass a model on, or leave the reference model in its place."""
    return {"model": model} if model else {}
