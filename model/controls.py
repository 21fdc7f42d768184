"""What the dated history of controls says about one item in one year.

Rules of reading: an action holds from its date (inside a year it counts for the share of the year left) until its
`until` date or until a newer action on the same item; the newest holds. A control with a TPP threshold covers every
accelerator at or above it; an action on one product (`nvidia.h20`) covers that product alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

SUPPLY_ACTIONS = ("control", "licence")
DEMAND_ACTIONS = ("purchase_ban",)
CONTROLLED = ("accelerators", "hbm", "equipment", "foundry")
"""Items that governments control."""
FOLLOWED = ("hbm", "equipment", "foundry")
"""Items on which allies hold a part of the supply."""


class DatedAction(Protocol):
    """The fields of a timeline action that controls need."""

    @property
    def date(self) -> float:
        """Decimal year from which it holds."""

    @property
    def announced(self) -> float | None:
        """Decimal year in which it was made known."""

    @property
    def until(self) -> float | None:
        """Decimal year at which it ends."""

    @property
    def actor(self) -> str:
        """Who acts: us, china or allies."""

    @property
    def action(self) -> str:
        """Kind of action."""

    @property
    def item(self) -> str | None:
        """What it is about."""

    @property
    def stringency(self) -> float | None:
        """0 free to 1 banned."""

    @property
    def threshold_tpp(self) -> float | None:
        """Covers accelerators at or above this TPP."""

    @property
    def cap(self) -> float | None:
        """Licensed volume as a share of the volume sold at home."""

    @property
    def fee(self) -> float | None:
        """Share of the price taken by the licensing government."""


@dataclass(frozen=True)
class Item:
    """A controlled thing: its name in the timeline, and for an accelerator its TPP."""

    name: str
    tpp: float | None = None

    def covered_by(self, action: DatedAction) -> bool:
        """Whether an action is about this item."""
        if action.item == self.name:
            return True
        if self.tpp is None or action.item != "accelerators":
            return False
        return action.threshold_tpp is None or self.tpp >= action.threshold_tpp


class Schedule:
    """The actions of one actor and kind on one item, read as a step function of time."""

    def __init__(self, timeline: Iterable[DatedAction], actor: str, kinds: Sequence[str], item: Item) -> None:
        self._actions = sorted(
            (a for a in timeline if a.actor == actor and a.action in kinds and item.covered_by(a)),
            key=lambda action: action.date,
        )

    def holding(self, date: float) -> DatedAction | None:
        """Give the newest action in force on a date."""
        for action in reversed(self._actions):
            if action.date <= date and (action.until is None or date < action.until):
                return action
        return None

    def stringency(self, date: float) -> float:
        """Stringency in force on a date, 0 where nothing holds."""
        action = self.holding(date)
        return (action.stringency or 0.0) if action else 0.0

    def dates(self) -> list[float]:
        """Dates on which something changes."""
        return [a.date for a in self._actions] + [a.until for a in self._actions if a.until is not None]

    def announced(self, year: int) -> bool:
        """Whether a stricter rule is announced in a year before it comes into force: firms see it coming."""
        return any(
            a.announced is not None
            and a.announced < a.date
            and int(a.announced) == year
            and (a.stringency or 0.0) > self.stringency(a.announced)
            for a in self._actions
        )

    def mean_stringency(self, year: int) -> float:
        """Time-weighted stringency over a year."""
        return mean_over_year(self.stringency, self.dates(), year)


def mean_over_year(value: Callable[[float], float], dates: Iterable[float], year: int) -> float:
    """Time-weighted mean of a step function over a calendar year.

    >>> mean_over_year(lambda t: 1.0 if t >= 2025.75 else 0.0, [2025.75], 2025)
    0.25
    """
    cuts = sorted({float(year), float(year + 1), *(d for d in dates if year < d < year + 1)})
    return sum(value((a + b) / 2) * (b - a) for a, b in zip(cuts, cuts[1:], strict=False))


def sale_window(supplier: Schedule, buyer: Schedule, year: int) -> float:
    """Share of a year's trade that both sides let happen: mean of (1 - control) x (1 - refusal)."""

    def open_at(date: float) -> float:
        return (1.0 - supplier.stringency(date)) * (1.0 - buyer.stringency(date))

    return mean_over_year(open_at, [*supplier.dates(), *buyer.dates()], year)
