"""A comparison for the terminal: what differs, by how much, and how surely, in human units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...model.registry import SIDES, VARIABLES
from ...studies.one_at_a_time import RATIO
from ..tables import ONE_SIDED, STYLES, Block, Line, fitting
from ..text import NONE, SIDE_NAMES, date, divisor, heading, number
from .standing import append_standing

if TYPE_CHECKING:
    import pandas as pd
    from rich.text import Text

    from .comparison import Comparison

NAMES = {**SIDE_NAMES, RATIO: "US-led : China"}
SMALL = 0.05
"""A difference in percent, points or years below this is printed as none."""
SAME, NEARLY = "same", "about the same"


def comparison_text(comparison: Comparison, width: int) -> Text:
    """Build the printed comparison: a part for each scenario, years that fit as columns."""
    from rich.text import Text

    paired = comparison.paired
    text = Text(no_wrap=True, overflow="ignore")
    counted = "1 member" if paired.members == 1 else f"{paired.members:,} members"
    text.append(f"Beside {paired.base.title} · {counted}, the same draws in each · seed {paired.seed}\n", style="bold")
    text.append(
        "median before → after; median of the differences (90 % interval); share of members with more or less\n",
        style="dim",
    )
    frame = comparison.table().reset_index()
    for other in paired.others:
        text.append(f"\n{other.scenario.name}: {other.scenario.title}\n", style="bold")
        if other.inert:
            text.append("  inert: nothing differs in any member\n")
            continue
        part = frame[frame["scenario"] == other.scenario.name]
        _append(text, part, comparison.years, width)
    text.rstrip()
    append_standing(text, comparison, width)
    text.rstrip()
    return text


def _append(text: Text, part: pd.DataFrame, years: list[int], width: int) -> None:
    blocks, still = changed_blocks(part, years)
    lines = [line for block in blocks for line in block.lines]
    if lines:
        names = max(len(line.name) for line in lines) + 6
        wide = [max(len(f"{year}"), *(len(line.cells[k]) for line in lines)) + 3 for k, year in enumerate(years)]
        kept = fitting(years, wide, width - names)
        text.append(" " * names + "".join(f"{years[k]:<{wide[k]}}" for k in kept).rstrip() + "\n", style="bold")
        for block in blocks:
            text.append(f"  {block.heading}\n", style="bold")
            for line in block.lines:
                text.append(f"    {line.name:<{names - 4}}", style=STYLES.get(line.name, "dim"))
                text.append("".join(f"{line.cells[k]:<{wide[k]}}" for k in kept).rstrip() + "\n")
    if still:
        text.append(f"  the same, or nearly, in {', '.join(map(str, years))}: {', '.join(still)}\n", style="dim")


def changed_blocks(part: pd.DataFrame, years: list[int]) -> tuple[list[Block], list[str]]:
    """Build lines of the variables that move in one of the years, and the labels of those that do not.

    Parameters
    ----------
    part
        Rows of `Comparison.table` of one scenario.
    years
        Columns.
    """
    blocks: list[Block] = []
    still: list[str] = []
    for name in dict.fromkeys(str(variable).partition("=")[0] for variable in part["variable"]):
        variable = VARIABLES[name]
        rows = part[part["variable"].str.partition("=")[0] == name]
        lines = _lines(rows, name, years)
        if lines:
            blocks.append(Block(heading(variable), tuple(lines)))
        else:
            still.append(variable.label)
    return blocks, still


def _lines(rows: pd.DataFrame, name: str, years: list[int]) -> list[Line]:
    """Lines of one variable by side, those left out that do not differ in any of the years."""
    lines = []
    for side in (*SIDES, RATIO):
        if side == RATIO and name in ONE_SIDED:
            continue
        for label, group in rows[rows["side"] == side].groupby("variable", sort=False):
            by_year = {int(row["year"]): row for row in group.to_dict("records")}
            cells = tuple(_cell(by_year.get(year), name, side) for year in years)
            category = str(label).partition("=")[2]
            if not set(cells) <= {SAME, NEARLY, NONE}:
                lines.append(Line(f"{NAMES[side]}: {category}" if category else NAMES[side], cells))
    return lines


def _cell(row: dict[Any, Any] | None, name: str, side: str) -> str:
    """Write one difference.

    >>> row = {"base_p50": 2e6, "other_p50": 1.8e6, "p05": -4e5, "p50": -2e5, "p95": 0.0, "relative_p05": -0.2,
    ...        "relative_p50": -0.1, "relative_p95": 0.0, "probability_up": 0.0, "probability_down": 0.9,
    ...        "probability_same": 0.1}
    >>> _cell(row, "fleet_h100e", "china")
    '2.0 → 1.8  −10 % (−20 to 0)  90 % less'
    >>> _cell(row | {"base_p50": 0.0, "other_p50": 0.0}, "fleet_h100e", "china")
    '0 → 0  −0.2 (−0.4 to 0)  90 % less'
    """
    if row is None or math.isnan(row["probability_same"]):
        return NONE
    if row["probability_same"] == 1.0:
        return SAME
    variable = VARIABLES[name]
    if variable.kind == "category":
        before, after = (f"{100 * row[key]:.0f}" for key in ("base_mean", "other_mean"))
        return f"{before} → {after} % of members" if before != after else NEARLY
    if variable.kind == "date":
        medians, change = f"{date(row['base_p50'])} → {date(row['other_p50'])}", _years(row)
    else:
        scale = 1.0 if side == RATIO else divisor(variable)
        medians = " → ".join(number(row[key] / scale) for key in ("base_p50", "other_p50"))
        if variable.kind == "share":
            change = _interval([row[key] / scale for key in ("p05", "p50", "p95")], "points" if scale < 1 else "")
        elif math.isnan(row["relative_p50"]) or row["base_p50"] == 0.0:  # most have nothing: no percentage of it
            change = _interval([row[key] / scale for key in ("p05", "p50", "p95")], "")
        else:
            change = _interval([100 * row[key] for key in ("relative_p05", "relative_p50", "relative_p95")], "%")
    if change.startswith("0 ") and change.endswith("(0 to 0)"):
        return NEARLY
    return f"{medians}  {change}  {_sign(row, date=variable.kind == 'date')}"


def _sign(row: dict[Any, Any], *, date: bool) -> str:
    more, less = ("later", "earlier") if date else ("more", "less")
    up, down = row["probability_up"], row["probability_down"]
    share, word = (up, more) if up >= down else (down, less)
    return f"{_percent(share)} {word}"


def _percent(share: float) -> str:
    """Write a share of members; neither none nor all of them unless it is so.

    >>> _percent(0.999), _percent(1.0), _percent(0.001)
    ('over 99 %', '100 %', 'under 1 %')
    """
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return "under 1 %" if 0.0 < share < 0.005 else f"{100 * share:.0f} %"


def _interval(values: list[float], unit: str) -> str:
    low, middle, high = (signed(value) for value in values)
    return f"{middle} {unit} ({low} to {high})".replace("  ", " ")


def _years(row: dict[Any, Any]) -> str:
    parts = ["never" if math.isnan(row[key]) else signed(round(row[key], 1)) for key in ("p50", "p05", "p95")]
    return f"{parts[0]} years ({parts[1]} to {parts[2]})"


def signed(value: float) -> str:
    """Write a difference with its sign.

    >>> signed(12.34), signed(-0.5), signed(0.0), signed(0.01)
    ('+12', '−0.5', '0', '0')
    """
    if math.isnan(value):
        return "–"
    if abs(value) < SMALL:
        return "0"
    text = f"{abs(value):.1f}".removesuffix(".0") if abs(value) < 10 else number(abs(value))
    return ("+" if value > 0 else "−") + text
