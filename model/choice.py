"""How a buyer chooses between foreign and home accelerators."""

from __future__ import annotations

from .numbers import Numbers, log_lead, logistic


def foreign_taste(rate_ratio: Numbers, base: Numbers, slope: Numbers) -> Numbers:
    """Share of a budget that a firm would rather spend on foreign accelerators, if it may.

    A logit choice (Train, Discrete Choice Methods with Simulation, ch. 3) between two grades:
    logistic(base + slope ln(foreign rate / home rate)).

    Parameters
    ----------
    rate_ratio : 8-bit rate of the foreign chip on offer over that of the best home chip
    base : lead of the foreign software and supply chain, in logits
    slope : how strongly performance counts

    >>> round(float(foreign_taste(1.0, 0.0, 1.0)), 2)
    0.5
    """
    return logistic(base + slope * log_lead(rate_ratio))
