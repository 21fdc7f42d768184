"""What a result is and how to make it again: pairs of a name and a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...scenarios.compose import COMMAND_LINE
from ..manifest import made_with

if TYPE_CHECKING:
    from ..result import Result

READING = (
    ("how to read", "Conditional statements about a model, not forecasts: every number holds under the assumptions listed."),
    ("intervals", "Quantiles over members: each member is one draw of everything uncertain, the same over all years."),
    ("dates", "A year with a fraction; empty where most members never get there."),
    ("low and high", "Of an assumption: the ends of a triangular, uniform, loguniform or pert distribution, the 5 % and 95 % "
     "quantiles of a normal or lognormal one."),
    ("money", "US dollars of the year, without deflation."),
    ("H100e", "An accelerator's dense 8-bit rate over that of one NVIDIA H100 (1,979 TFLOP/s)."),
)  # fmt: skip


def about(result: Result) -> list[tuple[str, str]]:
    """Say what a run is, how it was made, and how its tables are read."""
    scenario, run = result.scenario, result.ensemble
    made = result.manifest or made_with()
    return [
        ("title", scenario.title),
        ("description", scenario.description),
        ("scenario", scenario.name),
        ("layers", " < ".join(scenario.layers)),
        ("scenario hash", scenario.hash),
        ("years", f"{result.years[0]} to {result.years[-1]}"),
        ("members", f"{run.members:,}"),
        ("seed", str(run.seed)),
        ("made with", f"podrace {made['podrace']}, Python {made['python']}, NumPy {made['numpy']}, {made['platform']}"),
        ("to make it again", command(result)),
        *READING,
    ]


def command(result: Result) -> str:
    """Write the command that gives the same result.

    A scenario with values from the command line is run again from the resolved file that stands in its run folder.
    """
    scenario, run = result.scenario, result.ensemble
    name = "scenario.yaml" if COMMAND_LINE in scenario.layers else scenario.name
    span = f"{result.years[0]}:{result.years[-1]}"
    return f"podrace run {name} --members {run.members} --seed {run.seed} --years {span}"
