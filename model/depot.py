"""HBM of one side: what its makers deliver, what stands in store, and who takes it."""

from __future__ import annotations

import numpy as np

from .allocate import Counter
from .numbers import Numbers, positive
from .stock import Stock, runout_date


class HbmDepot:
    """A side's HBM: flows in over the year, a store (China's stockpile), and one counter for its chip firms.

    Parameters
    ----------
    level_pb : in store at the start
    keeps : whether what is left over stays in store; if not it goes to other users
    reserve : makers run for up to this many times last year's requests, less what is in store
    """

    def __init__(self, level_pb: Numbers, *, keeps: bool, reserve: Numbers = np.inf) -> None:
        self.store = Stock(level_pb)
        self.counter = Counter()
        self.makers = Counter()
        self.keeps = keeps
        self.reserve = reserve
        self.on_offer: Numbers = 0.0
        self.made: Numbers = 0.0
        self.imported: Numbers = 0.0
        self.smuggled: Numbers = 0.0
        self.exported: Numbers = 0.0
        self.used: Numbers = 0.0
        self.other: Numbers = 0.0
        self.runout: Numbers = np.nan
        self.asked: Numbers = 0.0
        self.bought: Numbers = level_pb

    def open_year(self) -> None:
        """Start a year with empty flows; what was asked for last year is remembered."""
        self.asked = self.counter.requested()
        self.store.open_year()
        self.counter.open()
        self.makers.open()
        self.made = self.imported = self.smuggled = self.exported = self.used = self.other = 0.0

    def buy(self, *, capped: bool) -> None:
        """Take what makers offer; where it is stored, and capped, no more than orders and a reserve ask for."""
        most = positive(self.reserve * self.asked - self.store.level) if capped and self.keeps else np.inf
        self.deliver(self.makers.share_out(np.minimum(most, self.makers.requested()), pro_rata=True))

    def deliver(self, petabytes: Numbers) -> None:
        """Take in what the side's makers finished."""
        self.made = self.made + petabytes
        self.store.receive(petabytes)

    def import_pb(self, petabytes: Numbers, date: float | None = None) -> None:
        """Take in a legal import, evenly or on a date."""
        self.imported = self.imported + petabytes
        self.store.receive(petabytes, date)

    def smuggle_pb(self, petabytes: Numbers) -> None:
        """Take in what came against a control, harvested modules included."""
        self.smuggled = self.smuggled + petabytes
        self.store.receive(petabytes)

    def send_abroad(self, petabytes: Numbers) -> Numbers:
        """Export to the other side, at most what is there; return what left."""
        sent = np.minimum(petabytes, positive(self.store.level + self.store.arrived - self.exported))
        self.exported = self.exported + sent
        return sent

    def share_out(self, year: int) -> None:
        """Grant this year's requests from flows and store, and date the run-out of the store bought before."""
        self.on_offer = positive(self.made - self.exported)
        flows = self.made + self.smuggled - self.exported
        wish = positive(self.counter.requested() - flows)
        if self.keeps:
            self._date_runout(year, wish)
        self.counter.share_out(positive(self.store.usable - self.exported - self.other))

    def _date_runout(self, year: int, wish: Numbers) -> None:
        """Date the day on which the store bought abroad is empty, drawn on after the year's flows."""
        refilled = np.asarray(self.imported) > 0
        before = np.where(refilled, np.nan, self.runout)
        self.runout = runout_date(year, np.where(refilled, 0.0, self.bought), wish, before)

    def take(self, petabytes: Numbers) -> None:
        """Book what a firm really consumed."""
        self.used = self.used + petabytes

    def make_and_take(self, petabytes: Numbers) -> None:
        """Book memory that a firm makes and uses itself: it never reaches the counter."""
        self.deliver(petabytes)
        self.take(petabytes)

    def pass_on(self, petabytes: Numbers) -> None:
        """Hand HBM to users outside the modelled chip firms."""
        self.other = self.other + petabytes

    def close_year(self) -> None:
        """Keep what is left, or pass it on where nothing is stored."""
        left = positive(self.store.level + self.store.arrived - self.used - self.exported - self.other)
        self.other = self.other if self.keeps else self.other + left
        self.store.close_year(self.used + self.exported + self.other)
        drawn = positive(self.used + self.other + self.exported - self.made - self.smuggled)
        self.bought = np.where(np.asarray(self.imported) > 0, self.store.level, positive(self.bought - drawn))
