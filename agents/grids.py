"""Grids: solar, wind and the power that AI data centres can contract."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.allocate import Counter
from ..model.numbers import Numbers, add_up, positive
from .actor import Actor


def lagged(history: list[Numbers], lead_years: Numbers) -> Numbers:
    """What stood in a yearly history `lead_years` ago, linear between years; before its start, its first value.

    >>> float(lagged([1.0, 2.0, 4.0], 1.5)), float(lagged([1.0, 2.0, 4.0], 7.5))
    (1.5, 1.0)
    """
    backs = range(int(np.ceil(np.max(lead_years))) + 1)
    weights = [positive(1.0 - np.abs(lead_years - back)) for back in backs]
    values = [history[max(len(history) - 1 - back, 0)] for back in backs]
    return add_up(weight * value for weight, value in zip(weights, values, strict=True))


class Grid(Actor):
    """One side's power system, as far as AI sees it."""

    RULES = (
        "build",
        "_connect",
        "share_room",
    )
    TABLE = "grids"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        at = f"grids.{name}"
        self.scripted_to = int(model.inputs.scenario.central(f"{at}.scripted_to", "year"))
        self.available_series = self.series(f"{at}.ai_power", "GW")
        self.solar_series = self.series(f"{at}.solar_added", "GW/year")
        self.wind_series = self.series(f"{at}.wind_added", "GW/year")
        self.other_series = self.series(f"{at}.other_added", "GW/year")
        self.generation_series = self.series(f"{at}.generation", "TWh/year")
        self.price_series = self.series(f"{at}.price", "USD/MWh")
        self.generation_growth = self.number(f"{at}.generation_growth", "1")
        self.growth = self.number(f"{at}.ai_power_growth", "1")
        self.ai_share = self.number(f"{at}.ai_share_of_additions", "1")
        self.lead_years = self.number(f"{at}.lead_time", "year")
        self.solar = self.number(f"{at}.solar_start", "GW")
        self.wind = self.number(f"{at}.wind_start", "GW")
        self.available: Numbers = self.available_series.at(model.year - 1)
        self.added: Numbers = 0.0
        self.pace: Numbers = 0.0
        self.generation: Numbers = 0.0
        self.nameplate_added: Numbers = 0.0
        self.targets: list[Numbers] = [0.0]
        self.overbuy = self.number("market.power_overbuy", "1")
        self.room = Counter()
        self.occupied: Numbers = 0.0

    def occupy(self, gigawatts: Numbers) -> None:
        """Take note of the power that a cloud firm's accelerators draw already."""
        self.occupied = self.occupied + gigawatts

    def share_room(self) -> None:
        """Share out what is not taken yet, pro rata: firms buy a little more than they can power."""
        self.room.share_out(positive(self.overbuy * self.available - self.occupied), pro_rata=True)

    def aim_at(self, gigawatts: Numbers) -> None:
        """Take the power, in all, that a cloud firm wants to have after the lead time."""
        self.targets[-1] = self.targets[-1] + gigawatts

    def build(self) -> None:
        """Add solar, wind and AI data-centre power; the latter as announced, then as ordered within what can grow."""
        year = self.year
        self.room.open()
        self.occupied = 0.0
        solar, wind, other = (s.at(year) for s in (self.solar_series, self.wind_series, self.other_series))
        self.solar = self.solar + solar
        self.wind = self.wind + wind
        self.nameplate_added = solar + wind + other
        before = self.available
        if year <= self.scripted_to:
            self.available = np.maximum(before, self.available_series.at(year))
            self.generation = self.generation_series.at(year)
        else:
            self.available = before + self._connect(self.nameplate_added)
            self.generation = self.generation * self.generation_growth
        self.added = self.available - before
        self.targets.append(0.0)
        for variable, value in (
            ("solar_gw", self.solar),
            ("solar_added_gw", solar),
            ("wind_gw", self.wind),
            ("wind_added_gw", wind),
            ("generation_twh", self.generation),
            ("electricity_usd_per_mwh", self.price_series.at(year)),
            ("ai_power_available_gw", self.available),
            ("power_added_gw", self.added),
        ):
            self.put(variable, value)

    def _connect(self, nameplate_added: Numbers) -> Numbers:
        """Connect what was ordered a lead time ago, within growth on the best year so far and AI's share of new capacity."""
        wanted = positive(lagged(self.targets, positive(self.lead_years - 1.0)) - self.available)
        self.pace = np.maximum(self.pace, self.added)
        push = self.model.china_government.energy_push if self.side == "china" else 0.0
        most = np.minimum(self.pace * self.growth, nameplate_added * self.ai_share * (1.0 + push))
        connected = np.minimum(wanted, most)
        seen = {"wanted GW": wanted, "most GW": most}
        self.decide("connect", seen, f"{float(np.mean(connected)):.1f} GW", "orders within growth and share")
        return connected
