"""Software of one side's accelerators: the share of what the hardware allows that its stack reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .numbers import Numbers


@dataclass
class SoftwareStack:
    """A stack whose gap to its ceiling shrinks with the accelerators that have run it: ceiling - gap x (n / n0)^-b.

    A learning curve in cumulative experience (Wright 1936). Foreign accelerators teach nothing: they run their maker's
    stack.

    Parameters
    ----------
    start, ceiling : share of what the hardware allows, at the first ``base_h100e`` and in the limit
    learning : exponent b
    base_h100e : experience at which learning begins
    """

    start: Numbers
    ceiling: Numbers
    learning: Numbers
    base_h100e: Numbers
    ran_h100e: Numbers = 0.0

    def learn(self, h100e: Numbers) -> None:
        """Count accelerators that have begun to run the stack."""
        self.ran_h100e = self.ran_h100e + h100e

    @property
    def efficiency(self) -> Numbers:
        """Share of what the hardware allows that the stack reaches today.

        >>> stack = SoftwareStack(0.5, 1.0, 0.5, 1e6, ran_h100e=4e6)
        >>> float(stack.efficiency)
        0.75
        """
        experience = np.maximum(1.0, self.ran_h100e / self.base_h100e)
        gap = (self.ceiling - self.start) * experience ** (-np.asarray(self.learning, dtype=float))
        value: Numbers = self.ceiling - gap
        return value
