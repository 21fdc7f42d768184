"""Regret and parity for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...model.registry import VARIABLES
from ..text import SIDE_NAMES

if TYPE_CHECKING:
    import pandas as pd
    from rich.text import Text

    from .comparison import Comparison

OTHER_SIDE = {"china": "us", "us": "china"}
NOTHING = "–"
LEAST_SHIFT = 0.05
"""Years; a mean shift below this is not printed."""


def append_standing(text: Text, comparison: Comparison, width: int) -> None:
    """Add the tables of regret and parity to the printed comparison."""
    text.append("\n")
    regret = comparison.regret().reset_index()
    for side in dict.fromkeys(regret["side"]):
        _append_regret(text, regret[regret["side"] == side], str(side), width)
    _append_parity(text, comparison.parity().reset_index(), comparison, width)


def _append_regret(text: Text, table: pd.DataFrame, side: str, width: int) -> None:
    year = int(table["year"].iloc[0])
    text.append(f"\nRegret of the {SIDE_NAMES[side]} side, {year}\n".replace("the China side", "China"), style="bold")
    text.append(
        "how far below the best scenario of the same member: mean (9 of 10 members at most); share of members where it is best\n",
        style="dim",
    )
    heads, columns = [], []
    for (variable, basis), part in table.groupby(["variable", "basis"], sort=False):
        label = VARIABLES[str(variable)].label
        over = f"over {SIDE_NAMES[OTHER_SIDE[side]]}'s"
        heads.append(label if basis == "own" else f"{label} {over}")
        columns.append([_regret_cell(row) for row in part.to_dict("records")])
    names = list(dict.fromkeys(table["scenario"]))
    _append_table(text, names, heads, columns, width)


def _regret_cell(row: dict[Any, Any]) -> str:
    mean, most, best = (100 * row[key] for key in ("relative_mean", "relative_p90", "best"))
    return f"{_points(mean)} % ({_points(most)})  best {best:.0f} %"


def _points(value: float) -> str:
    """Write a percentage; nothing but zero is written as zero.

    >>> _points(0.0), _points(0.02), _points(3.21), _points(34.4)
    ('0', '<0.1', '3.2', '34')
    """
    if value == 0.0:
        return "0"
    return "<0.1" if value < 0.1 else f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def _append_parity(text: Text, table: pd.DataFrame, comparison: Comparison, width: int) -> None:
    """Tell parity of the measures in which it comes in some member of some scenario."""
    paired = comparison.paired
    last, base = paired.years[-1], paired.base.name
    text.append(f"\nParity: when the side behind first has the other's level, by {last}\n", style="bold")
    text.append(
        "share of members that reach it, median year; beside the base: members that reach it earlier or later, mean shift\n",
        style="dim",
    )
    reached: list[str] = []
    never: list[str] = []
    for variable, part in table.groupby("variable", sort=False):
        (reached if (part["probability"] > 0).any() else never).append(str(variable))
    if reached:
        names = list(dict.fromkeys(table["scenario"]))
        rows = {(row["variable"], row["scenario"]): row for row in table.to_dict("records")}
        heads = [f"{VARIABLES[name].label}, {SIDE_NAMES[rows[name, base]['follower']]}" for name in reached]
        columns = [[_parity_cell(rows[name, scenario], base) for scenario in names] for name in reached]
        _append_table(text, names, heads, columns, width)
    if never:
        labels = ", ".join(VARIABLES[name].label for name in never)
        text.append(f"  in no member of any scenario: {labels}\n", style="dim")


def _parity_cell(row: dict[Any, Any], base: str) -> str:
    share = row["probability"]
    if share == 0.0:
        said = "never"
    else:
        year = "later" if math.isnan(row["p50"]) else f"{row['p50']:.0f}"
        said = f"{_points(100 * share)} %, {year}"
    if row["scenario"] == base:
        return said
    if row["earlier"] == row["later"] == 0.0:
        return f"{said}  {NOTHING}"
    moves = [f"{_points(100 * row[key])} % {key}" for key in ("earlier", "later") if row[key] > 0]
    shift = row["shift_mean"]
    years = f", {'+' if shift > 0 else '−'}{abs(shift):.1f} years" if abs(shift) >= LEAST_SHIFT else ""
    return f"{said}  {' '.join(moves)}{years}"


def _append_table(text: Text, names: list[str], heads: list[str], columns: list[list[str]], width: int) -> None:
    """Add a table; columns that do not fit beside the others go below them."""
    wide = [max(len(head), *map(len, cells)) + 3 for head, cells in zip(heads, columns, strict=True)]
    first = max(map(len, names)) + 4
    start = 0
    while start < len(heads):
        stop = start + 1
        while stop < len(heads) and first + 2 + sum(wide[start : stop + 1]) - 3 <= width:
            stop += 1
        shown = range(start, stop)
        text.append(" " * (first + 2) + "".join(f"{heads[k]:<{wide[k]}}" for k in shown).rstrip() + "\n", style="bold")
        for place, name in enumerate(names):
            cells = "".join(f"{columns[k][place]:<{wide[k]}}" for k in shown)
            text.append(f"  {name:<{first}}{cells}".rstrip() + "\n")
        start = stop
