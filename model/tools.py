"""Fab tools of the side under control: bought abroad, made at home, stored, installed."""

from __future__ import annotations

from .allocate import Counter
from .numbers import Numbers
from .stock import Stock


class ToolStore:
    """Tools bought ahead and not yet installed, in billion USD, and the counter where fabs ask for them."""

    def __init__(self, level_busd: Numbers) -> None:
        self.store = Stock(level_busd)
        self.counter = Counter()
        self.imported: Numbers = 0.0
        self.home: Numbers = 0.0
        self.installed: Numbers = 0.0

    def open_year(self) -> None:
        """Start a year without arrivals; last year's installations are remembered until tools are shared out."""
        self.store.open_year()
        self.counter.open()
        self.imported = self.home = 0.0

    def take_home(self, busd: Numbers) -> None:
        """Receive tools of home makers."""
        self.home = busd
        self.store.receive(busd)

    def take_imports(self, busd: Numbers) -> None:
        """Receive tools from abroad."""
        self.imported = busd
        self.store.receive(busd)

    def share_out(self) -> None:
        """Grant what fabs asked for, as far as it is there, and book it as installed."""
        self.installed = self.counter.share_out(self.store.usable, pro_rata=True)
        self.store.close_year(self.installed)
