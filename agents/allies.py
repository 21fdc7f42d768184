"""Allied governments: they follow US controls on what their firms make, each to its own degree."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.controls import FOLLOWED, SUPPLY_ACTIONS, Item
from ..model.numbers import Numbers
from .actor import Actor


class AlliedGovernment(Actor):
    """Japan, the Netherlands, Korea or Taiwan: a share of the world's supply of an item, and an alignment."""

    RULES = ("follow",)
    TABLE = "policy.allies"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"policy.allies.{name}"
        self.alignment = self.series(f"{at}.alignment", "1")
        self.parts = {
            item: self.number(f"{at}.supply.{item}", "1")
            for item in FOLLOWED
            if model.inputs.scenario.has(f"{at}.supply.{item}")
        }

    def follow(self) -> None:
        """Set the own controls: the dated ones, or last year's US level times the alignment, whichever is stricter."""
        us = self.model.us_government
        for item, part in self.parts.items():
            dated = us.schedule(Item(item), SUPPLY_ACTIONS, "allies").mean_stringency(self.year)
            followed = self.alignment.at(self.year) * us.own_before[item] if self.acts("alignment") else 0.0
            us.count_ally(item, part, np.maximum(dated, followed))
        if "equipment" in self.parts:
            recorded = us.recorded_schedule("allies").mean_stringency(self.year)
            followed = self.alignment.at(self.year) * us.recorded_before if self.acts("alignment") else 0.0
            us.count_ally_recorded(self.parts["equipment"], np.maximum(recorded, followed))
        if self.parts and self.year > self.model.history_end:
            seen: dict[str, Numbers] = {f"US level on {item}": us.own_before[item] for item in self.parts}
            self.decide(
                "alignment", seen, f"follows to {float(np.mean(self.alignment.at(self.year))):.2f}", "alignment"
            )
