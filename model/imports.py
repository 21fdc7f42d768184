"""HBM trade: what the US-led makers sell to China, legally or in spite of a control, and who gets the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .depot import HbmDepot
from .numbers import Numbers, positive

if TYPE_CHECKING:
    from ..scenarios.inputs import Inputs

CHINA = "china"
OTHER_USERS = "other users"
LAST_MONTH = 11.5 / 12
"""Middle of December, the month of the rush, as a share of the year."""


class HbmTrade:
    """The year's HBM: exports to China, then grants on both sides."""

    def __init__(self, inputs: Inputs, us: HbmDepot, china: HbmDepot) -> None:
        series, value = inputs.series, inputs.value
        self.us, self.china = us, china
        self.receipts = series("hbm.china_receipts", "PB/year")
        self.rush = series("hbm.china_receipts_last_month", "PB/year")
        self.free_from = int(inputs.scenario.central("hbm.china_receipts_to", "year"))
        self.import_weight = value("hbm.import_weight", "1")
        self.stock_years = value("hbm.stock_years", "year")
        self.grey = series("hbm.grey", "PB/year")
        self.leakage = value("hbm.leakage", "1")
        self.other_users = series("hbm.other_users", "PB/year")
        self.other_weight = value("hbm.other_users_weight", "1")

    def run(self, year: int, closed: Numbers, coming: bool, rush: Numbers = 0.0) -> None:
        """Trade and share out one year's HBM.

        Parameters
        ----------
        closed : stringency of the control on HBM
        coming : whether a control on HBM comes into force within the year; the recorded rush happens only then
        rush : share of some years' need that firms buy ahead of a control announced this year
        """
        us, china = self.us, self.china
        china.import_pb(us.send_abroad(self.receipts.at(year)))
        if coming:
            china.import_pb(us.send_abroad(self.rush.at(year)), date=LAST_MONTH)
        self._grey_channel(year, closed)
        if year > self.free_from:
            short = positive(china.counter.requested() - china.store.usable)
            ahead = rush * self.stock_years * china.asked
            us.counter.ask(CHINA, (short + ahead) * (1.0 - closed), self.import_weight)
        us.share_out(year)
        china.import_pb(us.send_abroad(us.counter.granted(CHINA)))
        china.counter.ask(OTHER_USERS, self.other_users.at(year), self.other_weight)
        china.share_out(year)
        china.pass_on(china.counter.granted(OTHER_USERS))

    def _grey_channel(self, year: int, closed: Numbers) -> None:
        """Modules harvested from loosely packaged products: a part leaks to China, the rest goes to other users."""
        us = self.us
        harvested = self.grey.at(year) * np.where(np.asarray(closed) > 0, 1.0, 0.0)
        leaked = us.send_abroad(harvested * self.leakage)
        self.china.smuggle_pb(leaked)
        us.pass_on(np.minimum(harvested - harvested * self.leakage, positive(us.made - us.exported)))
