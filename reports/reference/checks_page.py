"""Writes the measured part of `docs/validation.md`: ``python -m podrace.reports.reference.checks_page`` (`make docs`).

The checks and the paired effects of all what-ifs are run afresh; what stands between the marks is replaced.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import SIDES
from ...scenarios.catalogue import catalogue
from ...scenarios.compose import load
from ...studies.checks import Check, run_checks
from ...studies.compare import run_paired
from ..checks import range_text, value_text
from ..console import say
from ..history.page import between, table
from ..result import run
from ..text import number

if TYPE_CHECKING:
    from ...studies.compare import Other, Paired

MEMBERS, PAIRED, SEED = 4000, 400, 0
EFFECTS = {
    "China's fleet": ("fleet_h100e", "china"),
    "US-led fleet": ("fleet_h100e", "us"),
    "home-made compute": ("h100e_produced", "china"),
    "China's largest run": ("largest_run_flop", "china"),
    "US-led largest run": ("largest_run_flop", "us"),
}
YEARS = (2026, 2028, 2030, 2035)
EXACT = 3
TIMES = 2.0
"""From this factor on a change is said as a factor, not in per cent."""


def check_rows(checks: Sequence[Check]) -> list[dict[str, str]]:
    """Write the checks as rows: what, median, range, and whether it misses."""
    return [
        {
            "check": f"{check.id}: {check.title}",
            "value": value_text(check, EXACT),
            "range": range_text(check),
            "": "" if check.passed else "miss",
        }
        for check in checks
    ]


def effect_rows(paired: Paired) -> Iterator[dict[str, str]]:
    """Write what each scenario does to a few numbers, as medians of the members' own relative changes."""
    for other in paired.others:
        cells = {name: effects(paired, other, *where) for name, where in EFFECTS.items()}
        yield {"what-if": f"`{other.scenario.name}`", **cells, "from": f"{other.moves_from or 'never'}"}


def effects(paired: Paired, other: Other, variable: str, side: str) -> str:
    """Write one number's changes over the years, those that round to nothing left out."""
    place = SIDES.index(side)
    said = []
    for year in YEARS:
        row = paired.years.index(year)
        base, there = (arrays[variable][row, place] for arrays in (paired.base_arrays, other.arrays))
        some = base > 0
        change = float(np.median(there[some] / base[some])) if some.any() else 1.0
        if round(100 * (change - 1)):
            said.append(f"{year} {relative(change)}")
    return ", ".join(said) or "–"


def relative(change: float) -> str:
    """Say a factor of change: in per cent, or as a factor where it is large.

    >>> relative(0.74), relative(1.15), relative(9.4)
    ('−26 %', '+15 %', '×9.4')
    """
    if change >= TIMES:
        return f"×{number(change)}"
    return f"{100 * (change - 1):+.0f} %".replace("-", "−")


def write_page(path: Path, members: int = MEMBERS, paired: int = PAIRED, names: Sequence[str] | None = None) -> None:
    """Write what stands between the marks anew; nothing else changes.

    Parameters
    ----------
    path
        The page.
    members, paired
        Members of the checked run, and of the comparison.
    names
        Scenarios beside the baseline; by default all that come with podrace.
    """
    base = load("baseline")
    found: Mapping[str, str] = {
        "checks": table(check_rows(run_checks(run(base, members=members, seed=SEED)))),
        "effects": table(list(effect_rows(_beside_the_baseline(names or what_ifs(), paired)))),
    }
    text = path.read_text(encoding="utf-8")
    for name, content in found.items():
        text = between(text, name, content)
    path.write_text(text, encoding="utf-8")


def what_ifs() -> list[str]:
    """Name every scenario that comes with podrace but the baseline."""
    return [entry.name for entry in catalogue() if entry.name != "baseline"]


def _beside_the_baseline(names: Sequence[str], members: int) -> Paired:
    kept = list(dict.fromkeys(variable for variable, _ in EFFECTS.values()))
    return run_paired(load("baseline"), [load(name) for name in names], members, SEED, variables=kept)


def main() -> None:
    """Write the page named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    asked = parser.parse_args()
    write_page(asked.page)
    say(f"{asked.page}: checks of {MEMBERS:,} members, what-ifs with {PAIRED:,}")


if __name__ == "__main__":
    main()
