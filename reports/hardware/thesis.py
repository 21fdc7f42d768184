"""What `podrace hardware thesis` prints: four tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..text import NONE, number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = dict[str, Any]


def thesis_text(found: dict[str, list[Row]]) -> str:
    """Print all tables of the thesis."""
    parts = (
        ("Useful training compute", _effective(found["effective_compute"])),
        ("What a larger scale-up domain is worth (throughput over that with 8)", _domains(found["domain_worth"])),
        ("Clusters by size", _sizes(found["throughput_by_size"])),
        ("Per cent of throughput for one per cent more", _levers(found["elasticities"])),
    )
    return "\n\n".join(f"{title}\n{text}" for title, text in parts)


def save_pictures(found: dict[str, list[Row]], folder: Path) -> None:
    """Draw all pictures of the thesis into a folder, as PNG and SVG."""
    from ..figures.style import save_figure
    from . import figures

    folder.mkdir(parents=True, exist_ok=True)
    pictures = (
        ("hardware_effective", figures.effective_figure, "effective_compute"),
        ("hardware_domain", figures.domain_figure, "domain_worth"),
        ("hardware_size", figures.size_figure, "throughput_by_size"),
        ("hardware_elasticity", figures.elasticity_figure, "elasticities"),
    )
    for name, draw, key in pictures:
        save_figure(draw(found[key]), folder / name)


def _effective(rows: Sequence[Row]) -> str:
    lines = [
        f"{'pod':<28} {'model':<18} {'TFLOP/s/chip':>12} {'PFLOP/s/pod':>12} {'PFLOP/s/MW':>11} {'range':>15} "
        f"{'of 8-bit peak':>13} {'waits':>6}"
    ]
    for row in rows:
        if row["tflops_per_chip"] is None:
            lines.append(f"{row['pod']:<28} {row['job']:<18} {row['why']}")
            continue
        power = row["pflops_per_mw"]
        known = power is not None and row["per_mw_high"] - row["per_mw_low"] > 1
        span = f"{number(row['per_mw_low'])} to {number(row['per_mw_high'])}" if known else NONE
        lines.append(
            f"{row['pod']:<28} {row['job']:<18} {number(row['tflops_per_chip'], 4):>12} "
            f"{number(row['pflops_per_pod'], 4):>12} {NONE if power is None else number(power, 3):>11} {span:>15} "
            f"{row['utilisation']:>13.1%} {row['communication_share']:>6.0%}"
        )
    lines.append(f"Clusters of {rows[0]['chips']:,} chips; waits: share of a step spent on exposed traffic.")
    return "\n".join(lines)


def _domains(rows: Sequence[Row]) -> str:
    domains = list(dict.fromkeys(row["domain"] for row in rows))
    lines = [f"{'chip':<22} {'model':<18} " + " ".join(f"{domain:>7,}" for domain in domains)]
    for chip, job in dict.fromkeys((row["chip"], row["job"]) for row in rows):
        mine = [row["over_domain_8"] for row in rows if (row["chip"], row["job"]) == (chip, job)]
        lines.append(f"{chip:<22} {job:<18} " + " ".join(f"{value:>7.2f}" for value in mine))
    return "\n".join(lines)


def _sizes(rows: Sequence[Row]) -> str:
    lines = [
        f"{'cluster':<25} {'model':<20} {'chips':>9} {'EFLOP/s':>8} {'failures off':>12} {'of peak':>8} {'compute':>8} "
        f"{'memory':>7} {'waits':>6} {'bubble':>7}"
    ]
    for row in rows:
        head = f"{row['cluster']:<25} {row['job']:<20} {row['chips']:>9,}"
        if row["eflops"] is None:
            lines.append(f"{head} does not fit")
            continue
        share = row["time_share"]
        lines.append(
            f"{head} {number(row['eflops'], 3):>8} {number(row['eflops_after_failures'], 3):>12} "
            f"{row['utilisation']:>8.1%} {share['compute']:>8.0%} {share['memory_bound']:>7.0%} "
            f"{row['communication_share']:>6.0%} {share['pipeline_bubble']:>7.0%}"
        )
    return "\n".join(lines)


def _levers(rows: Sequence[Row]) -> str:
    levers = [key for key in rows[0] if key not in {"cluster", "job", "chips", "communication_share"}]
    lines = [f"{'cluster':<25} {'model':<20} {'chips':>9} " + " ".join(f"{lever:>20}" for lever in levers)]
    for row in rows:
        head = f"{row['cluster']:<25} {row['job']:<20} {row['chips']:>9,}"
        if "why" in row:
            lines.append(f"{head} does not fit")
            continue
        lines.append(f"{head} " + " ".join(f"{row[lever]:>20.2f}" for lever in levers))
    return "\n".join(lines)
