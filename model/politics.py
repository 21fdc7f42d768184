"""How governments react: hazards of tightening and loosening, acceptance of foreign chips, retaliation."""

from __future__ import annotations

import numpy as np

from .numbers import Numbers, log_lead, logistic


def tightening_hazard(rate: Numbers, remaining_flow: Numbers, flow_scale: Numbers) -> Numbers:
    """Chance per year that an item is tightened further: rate x (1 - exp(-F / F0)).

    The more of the item still flows, the more there is to tighten; nothing flowing means nothing to do.

    Parameters
    ----------
    rate : hazard per year when the flow is large
    remaining_flow, flow_scale : the other side's remaining imports of the item and their scale, same unit

    >>> float(tightening_hazard(0.8, 0.0, 1.0))
    0.0
    """
    scaled = np.asarray(remaining_flow, dtype=float) / flow_scale
    value: Numbers = 1.0 - np.exp(-np.asarray(rate * -np.expm1(-scaled), dtype=float))
    return value


def tightening_hazard_by_ratio(rate: Numbers, rival_share: Numbers, scale: Numbers) -> Numbers:
    """Chance per year that an item is tightened further, by the rival's strength: rate x (1 - exp(-r / r0)).

    The alternative form: it falls silent as the gap widens.

    Parameters
    ----------
    rate : hazard per year when the rival is close
    rival_share, scale : the rival's fleet over the own, and the share at which the hazard has reached 63 %

    >>> round(float(tightening_hazard_by_ratio(0.8, 0.1, 0.1)), 3)
    0.397
    """
    return tightening_hazard(rate, rival_share, scale)


def lobbied(rate: Numbers, lost_sales: Numbers, weight: Numbers) -> Numbers:
    """Hazard of tightening after lobbying: rate x exp(-w x lost sales over the sales there are).

    >>> round(float(lobbied(0.8, 0.2, 1.0)), 3)
    0.655
    """
    value: Numbers = rate * np.exp(-np.asarray(weight * lost_sales, dtype=float))
    return value


def chance(rate: Numbers) -> Numbers:
    """Probability within a year of an event with a constant hazard rate: 1 - exp(-rate).

    >>> round(float(chance(0.5)), 3)
    0.393
    """
    value: Numbers = -np.expm1(-np.asarray(rate, dtype=float))
    return value


def acceptance(
    tpp_ratio: Numbers,
    announced_cover: Numbers,
    retaliating: Numbers,
    weights: tuple[Numbers, Numbers, Numbers, Numbers],
) -> Numbers:
    """Share of permitted foreign accelerators that China's government lets its firms buy.

    logistic(w0 + w1 ln(foreign / home TPP) - w2 announced cover in two years - w3 retaliation). One episode
    (H20 and H200, 2025-26) identifies it: a judgement, to be read over its range.

    Parameters
    ----------
    tpp_ratio : TPP of the best foreign chip on offer over that of the best home chip
    announced_cover : home supply announced for the year after next, as a share of need
    retaliating : 1 while China answers a US shock, else 0
    weights : w0, w1, w2, w3

    >>> round(float(acceptance(3.0, 0.4, 0.0, (5.0, 1.5, 4.0, 5.0))), 2)
    0.99
    """
    base, performance, cover, anger = weights
    return logistic(base + performance * log_lead(tpp_ratio) - cover * announced_cover - anger * retaliating)


def subsidised_growth(growth: Numbers, elasticity: Numbers, felt_stringency: Numbers) -> Numbers:
    """Yearly growth factor of capacity after the subsidy that answers felt controls: 1 + (g - 1)(1 + e s).

    The sign of the elasticity is open (literature: -10 to +20 %).

    >>> round(float(subsidised_growth(1.5, 0.1, 1.0)), 3)
    1.55
    """
    return 1.0 + (growth - 1.0) * (1.0 + elasticity * felt_stringency)
