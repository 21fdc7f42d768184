"""What the check and the fit of the hardware model print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..text import NONE, number

if TYPE_CHECKING:
    from pathlib import Path

    from ...model.hardware.coefficients import Coefficients
    from ...scenarios.scenario import Scenario
    from ...studies.hardware_check import CheckReport
    from ...studies.hardware_fit import Fit

Row = dict[str, Any]


def check_text(report: CheckReport) -> str:
    """Print every row beside its published value, then cases, classes, and what could not be evaluated."""
    lines = [f"{'case':<6} {'row':>3}  {'quantity':<30} {'published':>12} {'predicted':>12} {'error':>8}  note"]
    for found in report.cases:
        mark = "" if found.case.scored else "(not scored) "
        for row in found.rows:
            predicted, error = (NONE, NONE) if row.predicted is None else (
                number(row.predicted, 4), f"{row.relative_error:+.1%}"
            )  # fmt: skip
            assumed = f"assumed: {'; '.join(row.guesses)}" if row.guesses else ""
            note = row.why or assumed or row.note
            lines.append(
                f"{found.case.id:<6} {row.number:>3}  {row.quantity:<30} {number(row.published, 4):>12} {predicted:>12} "
                f"{error:>8}  {mark}{note}".rstrip()
            )
    lines += ["", f"{'case':<6} {'class':<12} {'rows':>4} {'mean':>7} {'worst':>7} {'bound':>6}  order     title"]
    for found in report.cases:
        if found.mean_abs_error is None or found.worst is None or not found.case.scored:
            continue
        order = {True: "kept", False: "not kept", None: NONE}[found.rank_order_kept]
        lines.append(
            f"{found.case.id:<6} {found.case.kind:<12} {len(found.rows):>4} {found.mean_abs_error:>7.1%} "
            f"{found.worst:>7.1%} {found.case.tolerance:>6.0%}  {order:<8}  {found.case.title}"
        )
    lines += ["", f"{'class':<12} {'rows':>4} {'mean':>7} {'worst':>7}  order kept  not evaluated"]
    lines += [
        f"{kind:<12} {part['n']:>4} {part['mean_abs_error']:>7.1%} {part['worst']:>7.1%}  "
        f"{part['rank_order_kept']} of {part['rank_order_tables']:<6}  {part['not_evaluated']}"
        for kind, part in report.overall().items()
    ]
    missing = report.not_evaluated()
    if missing:
        lines += ["", "Not evaluated, each counted as an error of 100 %:"]
        lines += [f"  {item['id']} row {item['row']}: {item['why']}" for item in missing]
    lines.append("Error: predicted over published, less one. Order: pairs of one quantity more than 2 % apart.")
    return "\n".join(lines)


def fit_document(found: Fit) -> Row:
    """Return a fit as JSON holds it."""
    return {
        "parameters": [
            {
                "name": item.name,
                "value": found.growth if item.name == "growth" else found.parameters[item.name],
                "unit": item.unit,
                "low": item.low,
                "high": item.high,
                "meaning": item.meaning,
            }
            for item in found.bounds
        ],
        "software": [
            {"stack": level.stack, "year": level.year, "factor": value} for level, value in found.levels.items()
        ],
        "tables": [
            {
                "id": case,
                "class": found.kinds[case],
                "rows": len(errors),
                "errors": errors,
                "mean_abs_error": _mean(errors),
                "left_out_errors": found.left_out.get(case),
                "left_out_mean_abs_error": _mean(found.left_out[case]) if case in found.left_out else None,
            }
            for case, errors in found.errors.items()
        ],
        "overall": found.summary(found.errors),
        "leave_one_table_out": found.summary(found.left_out),
    }


def fit_text(found: Fit) -> str:
    """Print the parameters, software by stack and year, residuals by table, and the error of each table left out."""
    lines = [f"{'parameter':<30} {'value':>9}  {'bounds':<14} meaning"]
    for item in found.bounds:
        value = found.growth if item.name == "growth" else found.parameters[item.name]
        edge = " *" if min(value - item.low, item.high - value) < (item.high - item.low) / 50 else ""
        bounds = f"{item.low:g} to {item.high:g}"
        lines.append(f"{item.name:<30} {value:>9.4g}  {bounds:<14} {item.meaning} ({item.unit}){edge}")
    lines += ["* at a bound", "", f"{'stack':<18} {'year':>5} {'software':>9}  (CUDA, mid 2025 = 1)"]
    lines += [f"{level.stack:<18} {level.year:>5} {value:>9.3f}" for level, value in found.levels.items()]
    lines += ["", f"{'table':<6} {'class':<6} {'rows':>4} {'mean':>7} {'worst':>7} {'left out':>9}  residuals, %"]
    for case, errors in found.errors.items():
        left = found.left_out.get(case)
        text = NONE if left is None else f"{_mean(left):.1%}"
        shown = " ".join(f"{100 * error:+.0f}" for error in errors)
        worst = max(abs(error) for error in errors)
        lines.append(
            f"{case:<6} {found.kinds[case]:<6} {len(errors):>4} {_mean(errors):>7.1%} {worst:>7.1%} {text:>9}  {shown}"
        )
    for title, part in (("fitted", found.errors), ("each table left out", found.left_out)):
        for kind, total in found.summary(part).items():
            lines.append(
                f"{kind}, {title}: {total['n']} rows, mean absolute error {total['mean_abs_error']:.1%}, "
                f"worst {total['worst']:.1%}"
            )
    return "\n".join(lines)


def _mean(errors: list[float]) -> float:
    return sum(abs(error) for error in errors) / len(errors)


def parity_picture(
    cases: Path | None, scenario: Scenario, coefficients: Coefficients, report: CheckReport, target: Path
) -> None:
    """Draw every scored training row of a case file, predicted against published, as a PNG or SVG file."""
    from ...studies.hardware_cases import read_cases
    from ...studies.hardware_fit import parity
    from ..figures.style import save_as, theme
    from .parity import parity_figure

    points = parity(read_cases(cases), scenario, coefficients)
    with theme():
        note = " · ".join(
            _errors(name, totals) for kind, name in NAMES.items() if (totals := report.overall().get(kind))
        )
        save_as(parity_figure(points, note), target)


NAMES = {"dense": "dense", "moe": "mixture of experts"}
"""Kinds of models that are scored, in words."""


def _errors(name: str, totals: dict[str, Any]) -> str:
    """Say how many rows of a kind there are, and how far off the model is."""
    from ..language import say

    error = f"{totals['mean_abs_error']:.1%}"
    return say("{kind}: {count} rows, mean error {error}", kind=say(name), count=totals["n"], error=error)
