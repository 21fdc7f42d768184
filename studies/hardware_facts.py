"""A fit as a file of facts: every fitted value a record with unit, provenance and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .hardware_fit import FITTED_CLASSES, LEVEL_BOUNDS, REFERENCE, Bounds, Level

if TYPE_CHECKING:
    from .hardware_fit import Fit

HEAD = "# Constants of the hardware model fitted on published training runs: written by `podrace hardware fit --out`."


def is_facts(text: str) -> bool:
    """Whether a file is one that `facts_of` wrote."""
    return text.startswith(HEAD)


def facts_of(found: Fit, month: str) -> str:
    """Write a fit as a file of facts: every fitted value as a record with unit, provenance and bounds.

    Parameters
    ----------
    month : when the fit was made, such as ``2026-11``
    """
    dense, moe = (found.summary(found.errors).get(kind) for kind in FITTED_CLASSES)
    lines = [
        HEAD,
        "# Do not edit by hand. They are a set: each is what it is because of the others.",
        *(
            f"# {kind}: {part['n']} rows, mean absolute error {part['mean_abs_error']:.1%}, worst {part['worst']:.1%}."
            for kind, part in zip(FITTED_CLASSES, (dense, moe), strict=True)
            if part
        ),
        "hardware:",
        "  training:",
    ]
    lines += [_record(item, found.parameters[item.name], month) for item in found.bounds if item.name != "growth"]
    growth = next(item for item in found.bounds if item.name == "growth")
    lines += ["  software:", _record(growth, found.growth, month), "  stacks:"]
    by_stack: dict[str, list[str]] = {}
    for level, value in {**found.levels, Level(*REFERENCE): 1.0}.items():
        bounds = Bounds(
            f"y{level.year}", *LEVEL_BOUNDS, 0.0, "1", f"maturity of the stack in the middle of {level.year}"
        )
        by_stack.setdefault(level.stack, []).append("  " + _record(bounds, value, month))
    for stack in sorted(by_stack):
        lines += [f"    {stack}:", *sorted(by_stack[stack])]
    return "\n".join(lines) + "\n"


def _record(item: Bounds, value: float, month: str) -> str:
    unit = f"'{item.unit}'" if item.unit == "1" else item.unit
    return (
        f"    {item.name}: {{value: {value:.5g}, unit: {unit}, source: derived, as_of: '{month}', confidence: derived, "
        f"note: '{item.meaning}; fitted'}}"
    )
