"""Packaging slots of one side: several lines, one counter."""

from __future__ import annotations

from typing import Protocol

from .allocate import Counter
from .numbers import Numbers, add_up, ratio


class Line(Protocol):
    """What the pool needs of a packaging line."""

    name: str
    linked: bool

    def slots(self) -> Numbers:
        """Packaging wafers for AI accelerators this year."""

    def first_half(self) -> Numbers:
        """Those that come out in the first half of the year."""


class SlotPool:
    """Packaging wafers of all lines of a side, and the counter where product lines ask for them."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.counter = Counter()
        self.busy: Numbers = 1.0
        self._slots: Numbers = 0.0

    def open_year(self) -> None:
        """Count the year's slots and open the counter."""
        self._slots = add_up(line.slots() for line in self.lines)
        self.counter.open()

    def slots(self) -> Numbers:
        """Packaging wafers for AI accelerators this year."""
        return self._slots

    def share_out(self) -> None:
        """Grant packaging wafers by the weights of the product lines."""
        self.counter.share_out(self._slots)
        self.busy = ratio(self.counter.requested(), self._slots, empty=1.0)

    def share_of(self, names: tuple[str, ...]) -> Numbers:
        """Share of the slots that some lines hold."""
        return ratio(add_up(line.slots() for line in self.lines if line.name in names), self._slots)

    def first_half_share(self) -> Numbers:
        """Share of the year's output that comes out in its first half."""
        return ratio(add_up(line.first_half() for line in self.lines), self._slots, empty=0.5)
