"""Boxes: ranges of inputs, together, and how well they describe the members in which something holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Limit:
    """A range of one input.

    Attributes
    ----------
    name
        Column of the inputs.
    low, high
        Ends, both inside; None where there is none.
    chance
        Probability that dropping this limit lowers the density of the members that did not find it this much by chance.
    """

    name: str
    low: float | None
    high: float | None
    chance: float = 0.0

    def inside(self, inputs: pd.DataFrame) -> Flags:
        """Say which members lie within it."""
        column = inputs[self.name].to_numpy()
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        found: Flags = (column >= low) & (column <= high)
        return found


@dataclass(frozen=True)
class Measured:
    """How well a box describes the cases.

    Attributes
    ----------
    coverage
        Share of all cases that lie in the box.
    density
        Share of the members in the box that are cases.
    mass
        Share of the members that lie in the box.
    members, cases
        Counts in the box.
    """

    coverage: float
    density: float
    mass: float
    members: int
    cases: int


@dataclass(frozen=True)
class Box:
    """Ranges of inputs, together.

    Attributes
    ----------
    limits
        The strongest first.
    all
        Over all members, of those outside earlier boxes too.
    held_out
        Over the members that did not find it.
    """

    limits: tuple[Limit, ...]
    all: Measured
    held_out: Measured

    def inside(self, inputs: pd.DataFrame) -> Flags:
        """Say which members lie within all limits."""
        return inside_all(self.limits, inputs)


def inside_all(limits: Sequence[Limit], inputs: pd.DataFrame) -> Flags:
    """Say which members lie within all limits."""
    inside = np.ones(len(inputs), dtype=bool)
    for limit in limits:
        inside &= limit.inside(inputs)
    return inside


def inside_any(boxes: Sequence[Box], inputs: pd.DataFrame) -> Flags:
    """Say which members lie in some box."""
    inside = np.zeros(len(inputs), dtype=bool)
    for box in boxes:
        inside |= box.inside(inputs)
    return inside


def spans_of(boxes: Sequence[Box], inputs: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of each input that limits a box."""
    limited = dict.fromkeys(limit.name for box in boxes for limit in box.limits)
    return {name: (float(inputs[name].min()), float(inputs[name].max())) for name in limited}


def measured(inside: Flags, cases: Flags) -> Measured:
    """Measure how well the members in a box describe the cases."""
    members, hits = int(inside.sum()), int((inside & cases).sum())
    return Measured(
        hits / max(int(cases.sum()), 1), hits / max(members, 1), members / max(len(cases), 1), members, hits
    )
