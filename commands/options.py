"""Options that several commands share, and how their texts are read."""

from typing import Annotated, Any

import typer

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario's name, or the path of a YAML file.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the scenario; may be repeated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
BaseScenario = Annotated[str, typer.Option("--scenario", help="Where the facts come from.")]


def overrides(settings: list[str] | None) -> dict[str, Any]:
    """Read every ``--set``."""
    if not settings:
        return {}
    from ..scenarios.compose import parse_set

    return dict(parse_set(text) for text in settings)


def year_span(text: str | None) -> tuple[int, int] | None:
    """Read ``--years``."""
    if text is None:
        return None
    first, _, last = text.partition(":")
    if not (first.strip().isdecimal() and last.strip().isdecimal()):
        message = f"{text!r} is not a first and a last year, such as 2022:2030"
        raise typer.BadParameter(message, param_hint="'--years'")
    return int(first), int(last)
