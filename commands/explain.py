"""`podrace explain`: why a side's year is as it is."""

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, ScenarioName, Settings, overrides
from .pictures import draws

MOST_MEMBERS = 8192
"""All members are read at once."""


@draws
def explain(
    scenario: ScenarioName,
    year: Annotated[int, typer.Option(help="Which year.")],
    side: Annotated[str, typer.Option(help="Which side: china or us.")],
    members: Annotated[int, typer.Option(min=1, max=MOST_MEMBERS, help="Draws of everything uncertain.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same result.")] = 0,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option(help="Write text, JSON, terms by member and picture there.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what bound a side in a year, what would relieve it, who decided what, and what changed."""
    from ..reports.console import say, width, write, write_json
    from ..reports.explain.explanation import Explained
    from ..reports.folder import check_folder
    from ..scenarios.compose import load
    from ..studies.explain import explain as study

    folder = check_folder(out) if out is not None else None
    found = Explained(study(load(scenario, overrides(settings)), year, side, members, seed))
    if as_json:
        write_json(found.document())
    else:
        write(found.text(width()))
    if folder is not None:
        say(f"written to {found.save(folder)}")
