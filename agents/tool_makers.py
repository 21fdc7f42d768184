"""Who supplies fab tools to China: foreign makers under controls, home makers, and the EUV programme."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.numbers import Numbers, positive, ratio
from ..model.politics import chance
from .actor import Actor


class ForeignToolMakers(Actor):
    """ASML, Applied, Lam, Tokyo Electron, KLA and others: deliver to China as far as controls let them."""

    RULES = ("deliver",)
    LABEL = "Foreign tool makers"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.receipts = self.series("tools.china_receipts", "billion_USD/year")
        self.dated_to = int(model.inputs.scenario.central("tools.receipts_dated_to", "year"))
        self.leakage = self.number("tools.leakage", "1")
        self.cover_years = self.number("tools.cover_years", "year")

    def deliver(self) -> None:
        """Deliver what history records; later what Chinese fabs need beyond home tools, cut by the controls in force.

        In a world with other controls than those of the record, the recorded deliveries change in proportion to what
        the controls leave open.
        """
        tools = self.model.tools["china"]
        flow = self.receipts.at(self.year)
        us = self.model.us_government
        left_open = 1.0 - us.stringency["equipment"] * (1.0 - self.leakage)
        if self.year > self.dated_to:
            need = positive(self.cover_years * tools.installed - tools.store.level - tools.home)
            imports = np.minimum(flow * left_open, need)
            ahead = self.model.china_government.bought_ahead("equipment")
            imports = imports + ahead * positive(need - imports)
        else:
            imports = flow * ratio(left_open, 1.0 - us.recorded_equipment * (1.0 - self.leakage), empty=1.0)
        tools.take_imports(imports)
        seen = {"stringency": us.stringency["equipment"], "in store bn USD": tools.store.level}
        self.decide("tool_exports", seen, f"{float(np.mean(imports)):.2f} bn USD", "orders within controls")


class HomeToolMakers(Actor):
    """NAURA, AMEC, SMEE and others: grow year by year and sell what Chinese fabs can use."""

    RULES = ("deliver",)
    LABEL = "Chinese tool makers"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.output = self.series("tools.china_home", "billion_USD/year")
        self.growth = self.number("tools.home_growth", "1")
        self.dated_to = int(model.inputs.scenario.central("tools.receipts_dated_to", "year"))
        self.cover_years = self.number("tools.cover_years", "year")

    def deliver(self) -> None:
        """Deliver the year's tools; after the record no more than some years of installations, in store and on order."""
        tools = self.model.tools["china"]
        years_on = max(0, self.year - int(self.output.dates[-1]))
        made = self.output.at(self.year) * self.growth**years_on
        if self.year > self.dated_to:
            made = np.minimum(made, positive(self.cover_years * tools.installed - tools.store.level))
        tools.take_home(made)


class EuvProgramme(Actor):
    """China's own EUV scanner: a hazard that grows with the years of trying and the pressure of controls, then a ramp."""

    RULES = ("try_out",)
    LABEL = "Chinese EUV programme"

    def __init__(self, model: Any, name: str, side: str) -> None:
        super().__init__(model, name, side)
        self.earliest = self.number("euv.earliest", "year")
        self.hazard_growth = self.number("euv.hazard_growth", "1/year^2")
        self.effort = self.number("euv.effort", "1")
        self.ramp_years = self.number("euv.ramp_years", "year")
        self.gain = self.number("euv.gain", "1")
        self.arrival: Numbers = np.inf
        self.ramp: Numbers = 0.0

    def try_out(self) -> None:
        """Reach volume at a hazard that years of trying and the pressure of controls raise; then ramp over some years."""
        if not self.process("euv"):
            self.put("euv_ramp", self.ramp)
            return
        felt = self.model.china_government.felt
        years_tried = positive(self.year + 0.5 - self.earliest)
        rate = self.hazard_growth * years_tried * (1.0 + self.effort * felt)
        tries = np.greater_equal(self.year, self.earliest) & np.isinf(self.arrival)
        comes = tries & np.less(self.draw("euv"), chance(rate))
        self.arrival = np.where(comes, float(self.year), self.arrival)
        self.ramp = np.clip((self.year + 0.5 - self.arrival) / self.ramp_years, 0.0, 1.0)
        if np.any(comes):
            self.decide(
                "euv",
                {"hazard": rate, "felt stringency": felt},
                "reaches volume",
                "hazard raised by years of trying and by effort",
            )
        self.put("euv_ramp", self.ramp)

    @property
    def relief(self) -> Numbers:
        """Good dies per wafer against a line without EUV: fewer patterning steps, denser designs, better yield."""
        return 1.0 + self.gain * self.ramp
