"""Writes the folder of a comparison: differences, regret, parity, members' levels, scenarios, pictures, manifest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ..figures.style import save_figure
from ..folder import whole, write_differences, write_manifest
from ..manifest import comparison_manifest
from ..opening import write_levels

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from .comparison import Comparison

    Progress = Callable[[str, float], None]


def save_comparison(
    comparison: Comparison, folder: str | Path, figures: bool = True, progress: Progress | None = None
) -> Path:
    """Write the folder of a comparison, whole or not at all, and return where it stands."""
    paired = comparison.paired
    started = datetime.now(UTC) - timedelta(seconds=paired.seconds)
    tell: Progress = progress or (lambda _what, _share: None)
    with whole(folder) as (aside, place):
        tell("differences", 0.0)
        _write_tables(comparison, aside)
        (aside / "scenarios").mkdir()
        for scenario in (paired.base, *(other.scenario for other in paired.others)):
            (aside / "scenarios" / f"{scenario.name}.yaml").write_text(scenario.to_yaml(), encoding="utf-8")
        if figures:
            _write_figures(comparison, aside / "figures", tell)
        write_manifest(comparison_manifest(paired, aside, started), aside)
    tell("done", 1.0)
    return place


def _write_tables(comparison: Comparison, aside: Path) -> None:
    paired = comparison.paired
    paired.differences().to_csv(aside / "differences.csv", index=False, lineterminator="\n", encoding="utf-8")
    write_differences(paired, aside / "differences.parquet")
    for name, table in (("regret", comparison.regret()), ("parity", comparison.parity())):
        table.to_csv(aside / f"{name}.csv", lineterminator="\n", encoding="utf-8")
    write_levels(paired, aside)


def drawings(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """Give the pictures of a comparison by name."""
    return {
        "differences": comparison.plot,
        "chain": comparison.chain,
        "fleet_gap": lambda: comparison.plot("fleet_h100e"),
        "levers": comparison.tornado,
    }


def _write_figures(comparison: Comparison, folder: Path, tell: Progress) -> None:
    folder.mkdir()
    todo = drawings(comparison)
    for place, (name, drawn) in enumerate(todo.items()):
        tell(f"figure {name}", 0.4 + 0.6 * place / len(todo))
        save_figure(drawn(), folder / name)
