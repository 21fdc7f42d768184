"""Capital markets of a side: how far spending on AI goes on growing, and whether the boom breaks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.numbers import Numbers
from ..model.politics import chance
from .actor import Actor

RECOVERED = 1.0 - 1e-9
"""Mood from which spending counts as recovered: two half recoveries may miss 1 by rounding."""


class Investors(Actor):
    """Those who finance the build-out of a side: one mood for all its buyers."""

    RULES = ("finance",)
    TABLE = "capital"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"capital.{name}"
        self.path_series = self.series(f"{at}.path", "1")
        self.dated_to = int(model.inputs.scenario.central(f"{at}.dated_to", "year"))
        self.growth = self.number(f"{at}.growth", "1")
        self.bust_rate = self.series(f"{at}.bust_rate", "1/year")
        self.bust_depth = self.number(f"{at}.bust_depth", "1")
        self.comeback = (1.0 / (1.0 - self.bust_depth)) ** self.number(f"{at}.recovery", "1")
        self.mood: Numbers = 1.0
        self.path: Numbers = 1.0

    def finance(self) -> None:
        """Finance spending along the path that was guided, then growing, unless the boom breaks.

        After a break a share of what was lost (in logarithms) comes back each year.
        """
        beyond = max(0, self.year - self.dated_to)
        self.path = self.path_series.at(min(self.year, self.dated_to)) * self.growth**beyond
        if self.rule("capex_bust") and self.year > self.model.history_end:
            rate = self.bust_rate.at(self.year)
            breaks = np.less(self.draw("capex_bust"), chance(rate)) & np.greater_equal(self.mood, RECOVERED)
            recovered = np.minimum(1.0, self.mood * self.comeback)
            self.mood = np.where(breaks, 1.0 - self.bust_depth, recovered)
            if np.any(breaks):
                self.decide(
                    "capex_bust", {"hazard": rate}, f"spending x {float(np.mean(self.mood)):.2f}", "the boom breaks"
                )

    @property
    def level(self) -> Numbers:
        """What buyers can spend, over their own central plans."""
        return self.path * self.mood
