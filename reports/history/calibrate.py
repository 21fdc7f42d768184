"""The calibration as people read it: the posterior file, a table of what moved, scores before and after."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ..text import number
from .backtest import percent

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from ...studies.calibrate import Calibration
    from ...studies.scores import Totals

MADE = "# A posterior made by podrace calibrate"
"""First words of the files that it writes, and may replace."""
SHOWN = 12


def posterior_text(found: Calibration, extends: str | None) -> str:
    """Write the posterior as a scenario file.

    Parameters
    ----------
    found : the calibration
    extends : name of the prior, for a file that stands on it; None writes the resolved scenario whole
    """
    chosen = found.chosen
    body = found.posterior.to_yaml() if extends is None else _layer(found, extends)
    lines = [
        f"{MADE}: scenario {found.prior.name} ({found.prior.hash[:12]}), {found.members:,} prior members of seed {found.seed},",
        f"# weighed by {len(found.targets)} published values up to {found.to}; {found.effective:,.0f} effective members"
        + ("" if found.power == 1.0 else f" at power {found.power:.3f} of the likelihood (tempered)")
        + f",\n# {found.unique:,} different ones among {len(chosen.of):,} chosen.",
    ]
    return "\n".join(lines) + "\n" + body


def _layer(found: Calibration, extends: str) -> str:
    chosen = found.chosen
    of = textwrap.fill(
        " ".join(str(index) for index in chosen.of), 116, initial_indent="    ", subsequent_indent="    "
    )
    description = (
        f"The members of {found.prior.name} that history up to {found.to} makes likely: parameters, and decisions up to "
        f"{found.to}, are those of {found.unique:,} members of the prior; later decisions are drawn afresh."
    )
    return (
        f"format: 1\ntitle: {found.posterior.title!r}\ndescription: >-\n"
        + textwrap.fill(description, 116, initial_indent="  ", subsequent_indent="  ")
        + f"\nextends: {extends}\nmembers:\n  seed: {chosen.seed}\n  to: {chosen.to}\n  prior: '{chosen.prior}'\n  of: >-\n{of}\n"
    )


def may_write(path: Path) -> bool:
    """Whether a file is free, or an older posterior."""
    if not path.exists():
        return True
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(len(MADE)) == MADE
    except (OSError, UnicodeDecodeError):
        return False


def calibration_document(found: Calibration) -> dict[str, Any]:
    """Give the calibration as JSON holds it."""
    return {
        "scenario": found.prior.name,
        "hash": found.prior.hash,
        "posterior_hash": found.posterior.hash,
        "to": found.to,
        "members": found.members,
        "seed": found.seed,
        "effective_members": found.effective,
        "effective_members_untempered": found.effective_plain,
        "power": found.power,
        "tempered": found.power < 1.0,
        "chosen": len(found.chosen.of),
        "different": found.unique,
        "seconds": found.seconds,
        "weighed_by": [
            {"series": target.mapped.case.id, "year": target.point.year, "value": target.point.value}
            for target in found.targets
        ],
        "left_out": [{"id": name, "why": why} for name, why in found.left_out],
        "moves": found.moves.reset_index(),
        "scores": {
            when: {name: _scores(total) for name, total in zip(("prior", "posterior"), both, strict=True)}
            for when, both in (
                ("weighed_years", found.scores(afterwards=False)),
                ("later_years", found.scores(afterwards=True)),
            )
        },
    }


def _scores(found: Totals) -> dict[str, float]:
    return {
        "n": found.n,
        "mean_abs_error": found.mean_abs_error,
        "error": found.error,
        "coverage80": found.coverage80,
        "coverage80_with_errors": found.coverage80_wide,
        "crps_relative": found.crps_relative,
    }


def score_rows(found: Calibration) -> list[dict[str, str]]:
    """Give the scores before and after, within the years weighed by and later."""
    rows = []
    for when, afterwards in ((f"up to {found.to}", False), (f"after {found.to}, not used", True)):
        for name, total in zip(("prior", "posterior"), found.scores(afterwards=afterwards), strict=True):
            rows.append(
                {
                    "points": when,
                    "n": str(total.n),
                    "members": name,
                    "mean error of the median": percent(total.mean_abs_error),
                    "in 80 %": percent(total.coverage80),
                    "in 80 % with errors": percent(total.coverage80_wide),
                    "CRPS": percent(total.crps_relative),
                }
            )
    return rows


def strongest(found: Calibration, most: int = SHOWN) -> pd.DataFrame:
    """Give the parameters that moved most, of a dated series the date that moved most."""
    table = found.moves
    first = ~table.index.to_series().str.partition("@")[0].duplicated()
    return table[first.to_numpy()].head(most)


def move_rows(found: Calibration) -> list[dict[str, str]]:
    """Give the parameters that moved most as texts."""
    return [
        {
            "parameter": str(name),
            "unit": str(row["unit"]),
            "prior (90 %)": _interval(row, "prior_"),
            "posterior (90 %)": _interval(row, ""),
            "shift, sd": f"{row['shift']:+.2f}",
            "narrower by": percent(float(row["narrowing"])),
        }
        for name, row in strongest(found).iterrows()
    ]


def _interval(row: pd.Series, which: str) -> str:
    low, middle, high = (float(row[f"{which}{q}"]) for q in ("p05", "p50", "p95"))
    return f"{number(middle, 3)} ({number(low, 3)}–{number(high, 3)})"


def closing_lines(found: Calibration) -> list[str]:
    """Sum the calibration up."""
    lines = [
        f"{found.members:,} prior members in {found.seconds:.0f} s, weighed by {len(found.targets)} published values up to {found.to}: "
        f"{found.effective:,.0f} effective members, {found.unique:,} different ones among {len(found.chosen.of):,} chosen"
    ]
    if found.power < 1.0:
        lines.append(
            f"warning: only {found.effective_plain:,.0f} effective members with the whole likelihood; tempered to its power "
            f"{found.power:.3f} to keep {found.least:,}: take more members, or read the posterior as a cautious one"
        )
    reach = [f"{name}: {why}" for name, why in found.left_out if why.startswith("out of reach")]
    return lines + [f"not weighed by {line}" for line in reach]
