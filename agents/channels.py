"""Ways around controls: smuggled accelerators, and compute rented abroad."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.controls import SUPPLY_ACTIONS, Item
from ..model.fleet import Batch
from ..model.numbers import Numbers, add_up, ratio
from .actor import Actor


class SmugglingChannel(Actor):
    """Traders who divert accelerators from the US-led market to China against the controls in force."""

    RULES = ("divert",)
    LABEL = "Smugglers"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.flow = self.series("smuggling.h100e", "H100e/year")
        self.leakage = self.number("smuggling.leakage", "1")
        self.most = self.number("smuggling.most_share", "1")
        self.goods = Batch()

    def divert(self) -> None:
        """Divert a flow as far as enforcement lets through, while there is a control to get around.

        It is taken out of the deliveries of all US-led buyers alike, and no more than a share of them.
        """
        delivered = self.model.markets["us"].delivered
        controlled = np.where(np.greater(self.last("stringency_accelerators", "us"), 0.0), 1.0, 0.0)
        wanted = self.flow.at(self.year) * self.leakage * controlled
        share = np.minimum(self.most, ratio(wanted, delivered.h100e))
        self.model.diverted_share["us"] = share
        taken = delivered.scaled(share)
        self.goods = Batch.of(
            packages=taken.packages,
            h100e=taken.h100e,
            h100e_bf16=taken.h100e_bf16,
            power_gw=taken.power_gw,
            smuggled_h100e=taken.h100e,
        )


class RentalChannel(Actor):
    """Cloud firms abroad that rent compute to Chinese firms."""

    RULES = ("rent_out",)
    LABEL = "Rental of compute abroad"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.wanted = self.series("rental.china", "H100e")
        self.most = self.number("rental.most_share", "1")
        self.leakage = self.number("rental.leakage", "1")
        self.rented: Numbers = 0.0

    def rent_out(self) -> None:
        """Rent out what is asked for, no more than a share of the US-led fleet, unless rental is controlled."""
        fleet = add_up(buyer.fleet.total.h100e for buyer in self.model.buyers["us"])
        closed = self.model.us_government.schedule(Item("rental"), SUPPLY_ACTIONS).mean_stringency(self.year)
        self.rented = np.minimum(self.wanted.at(self.year) * (1.0 - closed * (1.0 - self.leakage)), self.most * fleet)
