"""Units of the IAMC export for pint: those of iam-units, and podrace's own beside them.

iam-units knows GW, TWh, PB, W, USD_2010 and prefixes, but no FLOP, H100e, package or nominal dollar. Two things that are
counted (packages, dies, wafers, H100e) never convert into one another, and nominal dollars into no others.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

OWN = (
    "FLOP = [operation]",
    "H100e = [h100e]",
    "TPP = [total_processing_performance]",
    "package = [package]",
    "die = [die]",
    "wafer = [wafer]",
    "token = [token]",
    "USD_nominal = [nominal_dollar]",
)
"""Definitions that iam-units lacks, in pint's words."""


def define(registry: Any) -> Any:
    """Add podrace's units to a pint registry, those it lacks, and give it back.

    Parameters
    ----------
    registry
        Such as ``iam_units.registry``, which `pyam.IamDataFrame.convert_unit` asks by default.
    """
    for definition in OWN:
        if definition.partition(" ")[0] not in registry:
            registry.define(definition)
    return registry


@cache
def registry() -> Any:
    """Give a registry with the units of iam-units and podrace's own; that of iam-units is left as it is.

    >>> registry().Quantity(2, "EFLOP/s").to("PFLOP/s").magnitude  # doctest: +SKIP
    2000.0
    """
    from .pyam_frame import without_warnings

    with without_warnings():
        import iam_units

        return define(deepcopy(iam_units.registry))
