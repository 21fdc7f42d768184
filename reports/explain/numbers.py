"""Numbers of an explanation as plain values: quantiles, shares of members, changes and their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...model.registry import VARIABLES
from ...studies.explain_change import rest
from ...studies.statistics import spread
from ..console import as_plain

if TYPE_CHECKING:
    from ...model.numbers import Array
    from ...studies.explain import Explanation
    from ...studies.explain_change import Change
    from ...studies.explain_relief import Relief
    from ...studies.explain_year import Buyer, Reading, Seller

INTERVAL = (0.05, 0.50, 0.95)
MEASURES = ("accelerators_produced", "h100e_produced", "h100e_installed", "fleet_h100e", "cluster_training_eflops")
"""Variables told with their levels."""


def quantiles(values: Array) -> dict[str, float]:
    """Mean, median and 90 % interval over members."""
    low, middle, high = (float(q) for q in spread(values, INTERVAL))
    return {"mean": float(np.mean(values)), "p05": low, "p50": middle, "p95": high}


def shares(codes: Array, variable: str) -> dict[str, float]:
    """Share of members with each value of a category."""
    return {label: float(np.mean(codes == code)) for code, label in enumerate(VARIABLES[variable].categories)}


def document(found: Explanation) -> dict[str, Any]:
    """Build an explanation as plain values, for JSON.

    Parameters
    ----------
    found
        From `podrace.studies.explain`.
    """
    reading, scenario = found.reading, found.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "year": reading.year,
        "side": reading.side,
        "members": reading.members,
        "seed": reading.seed,
        "levels": {name: _level(reading, name) for name in MEASURES},
        "bound": {
            "output": shares(reading.level("binding_input"), "binding_input"),
            "firms": [_seller(seller) for seller in reading.sellers],
            "installations": shares(reading.level("fleet_binding"), "fleet_binding"),
            "buyers": [_buyer(buyer) for buyer in reading.buyers],
        },
        "relief": {"members": found.relief_members, "levers": [_relief(relief) for relief in found.relief]},
        "decisions": as_plain(found.decisions),
        "changes": [_change(change) for change in (found.fleet, found.cluster)],
        "inputs": as_plain(found.inputs),
    }


def _level(reading: Reading, name: str) -> dict[str, Any]:
    before = reading.year - 1
    return {
        "unit": VARIABLES[name].unit,
        **quantiles(reading.level(name)),
        "year_before": quantiles(reading.level(name, before)) if before in reading.years else None,
    }


def _seller(seller: Seller) -> dict[str, Any]:
    return {
        "id": seller.name,
        "label": seller.label,
        "leads": seller.leads,
        "packages": quantiles(seller.finished),
        "h100e_delivered": quantiles(seller.delivered),
        "short_of": shares(seller.binding, "binding_input"),
    }


def _buyer(buyer: Buyer) -> dict[str, Any]:
    return {
        "id": buyer.name,
        "label": buyer.label,
        "h100e_installed": quantiles(buyer.installed),
        "budget_busd": quantiles(buyer.budget_busd),
        "share_with_power": quantiles(buyer.powered),
        "built_the_largest_cluster": float(np.mean(buyer.holds)),
    }


def _relief(relief: Relief) -> dict[str, Any]:
    lever = relief.lever
    return {
        "id": lever.id,
        "label": lever.label,
        "factor": lever.factor,
        "paths": list(lever.paths),
        "effects": {
            effect.variable: {
                "relative": _triple(effect.relative),
                "absolute": _triple(effect.absolute),
                "mean_relative": effect.mean_relative,
                "share_up": effect.up,
                "share_down": effect.down,
            }
            for effect in relief.effects
        },
    }


def _triple(values: tuple[float, float, float] | None) -> dict[str, float] | None:
    return None if values is None else dict(zip(("p05", "p50", "p95"), values, strict=True))


def _change(change: Change) -> dict[str, Any]:
    return {
        "variable": change.variable,
        "unit": VARIABLES[change.variable].unit,
        "before": quantiles(change.before),
        "after": quantiles(change.after),
        "change": quantiles(change.total),
        "terms": [{"id": term.id, "label": term.label, **quantiles(term.values)} for term in change.terms],
        "largest_rest": float(np.max(np.abs(rest(change)))),
    }
