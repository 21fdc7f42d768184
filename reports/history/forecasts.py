"""Published forecasts as people read them: each beside the baseline and under its own assumptions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..text import number

if TYPE_CHECKING:
    from ...studies.forecasts import Beside, Forecast, Forecasts, Lever

LONGEST = 44
EXPLAINS = 0.5
"""A lever that closes at least this share of the gap explains it."""


def forecast_rows(found: Forecasts, *, everything: bool = False) -> list[dict[str, str]]:
    """Give a row per forecast value; without `everything` only years that lay ahead when it was published."""
    return [_row(one) for one in found.forecasts if everything or not one.known_then]


def _row(one: Forecast) -> dict[str, str]:
    case, point = one.case, one.point
    title = case.title or case.id
    return {
        "forecast": title if len(title) <= LONGEST else title[: LONGEST - 1] + "…",
        "by": f"{(case.forecaster or '').partition(' (')[0]}, {case.published or '?'}",
        "year": f"{point.year:g}",
        "unit": case.unit,
        "value": number(point.value or 0.0, 3),
        "baseline (80 %)": _interval(one.base),
        "its own assumptions": "the baseline's" if _at_home(one) else f"{one.world}: {_interval(one.assumed)}",
        "its place": place_words(one.assumed.place),
        "over our median": ratio_words(one.assumed.ratio),
        "what explains it": explanation(one),
    }


def _at_home(one: Forecast) -> bool:
    return not one.levers


def _interval(beside: Beside) -> str:
    low, middle, high = (beside.quantiles[q] for q in (0.1, 0.5, 0.9))
    return f"{number(middle, 3)} ({number(low, 3)}–{number(high, 3)})"


def place_words(place: float) -> str:
    """Say where a forecast stands among the members.

    >>> place_words(0.5), place_words(1.0), place_words(0.0)
    ('50 %', 'above all', 'below all')
    """
    if place >= 1.0:
        return "above all"
    return "below all" if place <= 0.0 else f"{100 * place:.0f} %"


def ratio_words(ratio: float) -> str:
    """Write a ratio.

    >>> ratio_words(1.234), ratio_words(float("nan"))
    ('×1.2', '–')
    """
    return f"×{number(ratio, 2)}" if math.isfinite(ratio) else "–"


def explanation(one: Forecast) -> str:
    """Name the assumption that closes most of the gap between the baseline and the forecast."""
    if one.scripted:
        return "our number is read from facts too"
    best = next((lever for lever in one.levers if lever.closes is not None), None)
    if best is None:
        return "" if not one.levers else "no gap to explain"
    closed = float(best.closes or 0.0)
    said = f"{best.title}: {closing(closed)}"
    together = total(one)
    if len(one.levers) == 1 or together is None:
        return said
    if closed < EXPLAINS <= together:
        return f"no single one ({said}); only all together: {closing(together)}"
    return f"{said}; all together: {closing(together)}"


def total(one: Forecast) -> float | None:
    """Share of the gap that all assumptions together close."""
    from ...studies.forecasts import closes

    return closes(one.base.quantiles[0.5], one.assumed.quantiles[0.5], one.point.value or 0.0)


def closing(share: float) -> str:
    """Say how much of a gap is closed.

    >>> closing(0.5), closing(-0.2), closing(1.3)
    ('closes 50 % of the gap', 'widens the gap by 20 %', 'closes the gap and goes 30 % beyond')
    """
    if share > 1.005:
        return f"closes the gap and goes {100 * (share - 1):.0f} % beyond"
    return f"closes {100 * share:.0f} % of the gap" if share >= 0 else f"widens the gap by {-100 * share:.0f} %"


def forecasts_document(found: Forecasts) -> dict[str, Any]:
    """Give all forecasts as JSON holds them."""
    return {
        "scenario": found.base.name,
        "hash": found.base.hash,
        "members": found.members,
        "seed": found.seed,
        "forecasts": [_document(one) for one in found.forecasts],
        "not_mapped": [
            {"id": one.case.id, "title": one.case.title or one.case.id, "why": one.why} for one in found.not_mapped
        ],
        "worlds": {
            name: {"title": world.title, "hash": world.hash, "layers": list(world.layers)}
            for name, world in found.worlds.items()
        },
        "notes": list(found.notes),
    }


def _document(one: Forecast) -> dict[str, Any]:
    case = one.case
    return {
        "id": case.id,
        "title": case.title or case.id,
        "forecaster": case.forecaster,
        "published": case.published,
        "assumptions": case.assumptions,
        "year": one.point.year,
        "value": one.point.value,
        "low": one.point.low,
        "high": one.point.high,
        "unit": case.unit,
        "known_then": one.known_then,
        "scripted": one.scripted,
        "world": one.world,
        "baseline": _beside(one.base),
        "own_assumptions": _beside(one.assumed),
        "levers": [_lever(lever) for lever in one.levers],
        "closes": total(one) if one.levers else None,
        "read_as": one.mapped.how,
    }


def _beside(beside: Beside) -> dict[str, float]:
    quantiles = {f"p{100 * level:02.0f}": value for level, value in beside.quantiles.items()}
    return {**quantiles, "quantile_of_forecast": beside.place, "forecast_over_median": beside.ratio}


def _lever(lever: Lever) -> dict[str, Any]:
    return {"name": lever.name, "title": lever.title, "median": lever.median, "closes": lever.closes}
