"""What a workbook of a comparison holds: what differs, regret, parity, the ranking of levers, and what each scenario changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.registry import VARIABLES
from ...scenarios.notebook import changes, own_actions, span, strength
from ...studies.one_at_a_time import RATIO
from ..manifest import made_with
from ..tables import RATIO_NAME
from ..text import SIDE_NAMES
from .about import READING
from .sheets import Column, Sheet, label, plain_number, sources_sheet, variables_sheet

if TYPE_CHECKING:
    import pandas as pd

    from ...scenarios.compose import Scenario
    from ..compare.comparison import Comparison

NAMES = {**SIDE_NAMES, RATIO: RATIO_NAME}
WIDTHS = {"scenario": 24, "variable": 28, "label": 36, "side": 15, "unit": 17, "year": 7, "basis": 10}
HEADS = {
    "base_p50": "Base median",
    "other_p50": "Scenario median",
    "base_mean": "Base mean",
    "other_mean": "Scenario mean",
    "p05": "5 %",
    "p25": "25 %",
    "p50": "Median",
    "p75": "75 %",
    "p95": "95 %",
    "p90": "90 %",
    "mean": "Mean",
    "relative_p05": "Relative 5 %",
    "relative_p50": "Relative median",
    "relative_p95": "Relative 95 %",
    "relative_mean": "Relative mean",
    "relative_p90": "Relative 90 %",
    "probability": "Share with parity",
    "probability_up": "Share above",
    "probability_down": "Share below",
    "probability_same": "Share the same",
    "best": "Share in which best",
    "shift_mean": "Shift mean",
    "shift_p05": "Shift 5 %",
    "shift_p50": "Shift median",
    "shift_p95": "Shift 95 %",
}
"""Columns of the comparison's tables in words; the others begin with a capital letter."""
SHARES = ("relative_", "probability", "best", "earlier", "same", "later", "gained", "lost")
"""Beginnings of the columns that hold shares, shown in per cent."""
MEANING = (
    ("differences", "Member by member: the other scenario less the base, the same draws in both."),
    ("base and scenario median", "Of the levels; 5 % to 95 % are quantiles of the difference, the relative ones of the difference "
     "over the base."),
    ("share above, below", "Shares of the members in which the difference is above or below zero."),
    ("regret", "How much worse a scenario is for a side than the best of them in the same member."),
)  # fmt: skip


def comparison_sheets(comparison: Comparison) -> list[Sheet]:
    """Build the sheets of a comparison."""
    paired = comparison.paired
    tables = [
        _table("Differences", difference_rows(comparison), frozen=4),
        _table("Regret", comparison.regret().reset_index(), frozen=4),
        _table("Parity", comparison.parity().reset_index(), frozen=2),
        _table("Levers", comparison.levers().reset_index(), frozen=1),
        variables_sheet(paired.variables),
        _changes(comparison),
        sources_sheet(*_scenarios(comparison)),
    ]
    return [_about(comparison, tables), *tables]


def _scenarios(comparison: Comparison) -> list[Scenario]:
    return [comparison.paired.base, *(other.scenario for other in comparison.paired.others)]


def difference_rows(comparison: Comparison) -> pd.DataFrame:
    """Give the paired differences of every year in stored units, with the words of each variable."""
    frame = comparison.paired.differences(side=comparison.side)
    frame.insert(2, "label", [label(str(name)) for name in frame["variable"]])
    return frame


def _about(comparison: Comparison, tables: list[Sheet]) -> Sheet:
    paired = comparison.paired
    made = comparison.manifest or made_with()
    rows: list[tuple[Any, ...]] = [
        ("title", f"Beside {paired.base.title}"),
        *(
            (f"scenario {scenario.name}", f"{scenario.title} (hash {scenario.hash})")
            for scenario in _scenarios(comparison)
        ),
        ("years", f"{paired.years[0]} to {paired.years[-1]}"),
        ("members", f"{paired.members:,}"),
        ("seed", str(paired.seed)),
        ("made with", f"podrace {made['podrace']}, Python {made['python']}, NumPy {made['numpy']}, {made['platform']}"),
        *(("note", note) for note in comparison.notes()),
        *MEANING,
        *READING,
        *((f"sheet {sheet.name}", f"{len(sheet.rows):,} rows") for sheet in tables),
    ]
    return Sheet("About", (Column("", 24), Column("", 110)), tuple(rows))


def _table(name: str, frame: pd.DataFrame, frozen: int) -> Sheet:
    """Turn a table of the comparison into a sheet, sides and numbers as people read them."""
    heads = [str(column) for column in frame.columns]
    columns = tuple(
        Column(
            HEADS.get(head, head.replace("_", " ").capitalize()),
            WIDTHS.get(head, 13),
            "0.0%" if head.startswith(SHARES) else "",
        )
        for head in heads
    )
    records: list[dict[Any, Any]] = frame.to_dict("records")
    return Sheet(name, columns, tuple(tuple(_cell(head, row) for head in heads) for row in records), frozen)


def _cell(head: str, row: dict[Any, Any]) -> Any:
    value = row[head]
    if head == "side":
        return NAMES.get(str(value), str(value))
    if isinstance(value, float):
        name = str(row.get("variable"))
        dated = "follower" in row or (name in VARIABLES and VARIABLES[name].kind == "date")  # parity tells years
        return plain_number(value, "year" if dated else "")
    return int(value) if hasattr(value, "__index__") else None if value is None else str(value)


def _changes(comparison: Comparison) -> Sheet:
    """List what each scenario changes in the facts: values, and actions of its own."""
    heads = {"Scenario": 24, "Changed": 44, "In the facts": 30, "Here": 30, "Unit": 16, "Origin": 34, "Source": 34}
    paired = comparison.paired
    rows: list[tuple[str, ...]] = []
    for scenario in (paired.base, *(other.scenario for other in paired.others)):
        rows += [(scenario.name, *row) for row in changes(scenario)]
        rows += [
            (
                scenario.name, " ".join(part for part in (span(act), act.actor, act.action, act.item, act.target) if part), "",
                strength(act), "", act.origin, ", ".join(act.source),
            )
            for act in own_actions(scenario)
        ]  # fmt: skip
    return Sheet("Changes", tuple(Column(head, width) for head, width in heads.items()), tuple(rows), frozen=2)
