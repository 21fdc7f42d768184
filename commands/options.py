"""Arguments and options that several commands share, and how their texts are read."""

from pathlib import Path
from typing import Annotated, Any

import typer

STUDIES = Path(__file__).parents[1] / "studies"
LARGEST_SEED = 2**64 - 1
PICTURES = (".png", ".svg")


def scenario_word(word: str) -> str:
    """Refuse early what is no scenario, but something else that a command could mean."""
    if (STUDIES / f"{word}.yaml").is_file():
        message = f"{word} is a study, not a scenario: podrace sweep {word}"
        raise typer.BadParameter(message)
    if "." not in word and (STUDIES.parent / "scenarios" / f"{word}.yaml").is_file():
        return word
    if word and Path(word).is_dir():
        inside = Path(word) / "scenario.yaml"
        better = f"the scenario it ran is {inside}" if inside.is_file() else "name a scenario, or a .yaml file"
        message = f"{word} is a folder: {better}"
        raise typer.BadParameter(message)
    return word


def scenario_words(words: list[str]) -> list[str]:
    """Refuse early what is no scenario, in a list."""
    return [scenario_word(word) for word in words]


def complete_scenario(incomplete: str) -> list[str]:
    """Offer the scenarios' names and YAML files that begin like what is typed."""
    from ..scenarios.layers import names

    place = Path(incomplete).parent
    files = [str(path) for path in place.glob("*.yaml")] if place.is_dir() else []
    return [word for word in (*names(), *sorted(files)) if word.startswith(incomplete)]


ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario's name, or the path of a YAML file.",
        callback=scenario_word,
        autocompletion=complete_scenario,
    ),
]
BaseScenario = Annotated[
    str,
    typer.Option(
        "--scenario",
        metavar="SCENARIO",
        help="Where the facts come from.",
        callback=scenario_word,
        autocompletion=complete_scenario,
    ),
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the scenario; may be repeated.")
]
Members = Annotated[int, typer.Option(min=1, help="Draws of everything uncertain.")]
Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="The same seed gives the same result.")]
Years = Annotated[str | None, typer.Option(metavar="A:B", help="First and last year, such as 2022:2030.")]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Write no pictures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no messages.")]


def picture_file(file: Path | None) -> Path | None:
    """Refuse early what is no place for a picture."""
    if file is not None and (file.suffix.lower() not in PICTURES or file.is_dir()):
        message = f"{file} is no picture file: name one that ends in .png or .svg"
        raise typer.BadParameter(message)
    return file


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
