"""`podrace hardware ...`: the hardware model by itself."""

from typing import Annotated, Any

import typer

from .options import AsJson, BaseScenario

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


def _report(name: str, scenario: str, options: dict[str, Any] | None = None, *, as_json: bool) -> None:
    """Print one report of the hardware model."""
    from importlib import import_module

    from ..reports.console import as_plain, write, write_json
    from ..scenarios.compose import load

    report = getattr(import_module("..reports.hardware", __package__), name)
    given = {key: value for key, value in (options or {}).items() if value is not None}
    rows, text = report(load(scenario), **given)
    if as_json:
        write_json(as_plain(rows))
    else:
        write(text)
