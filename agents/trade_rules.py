"""What both governments together let happen: share of a year's trade in one accelerator."""

from __future__ import annotations

from ..model.controls import DEMAND_ACTIONS, SUPPLY_ACTIONS, Item, mean_over_year, sale_window
from ..model.numbers import Numbers
from .china_government import ChinaGovernment
from .us_government import UsGovernment


def dated_window(us: UsGovernment, china: ChinaGovernment, item: Item) -> float:
    """Share of a year's trade in one accelerator that dated actions leave open.

    Dated controls and dated refusals are multiplied date by date (April's ban and August's refusal add up, they do
    not average). Where the acceptance rule acts it takes the place of dated refusals.
    """
    supply = us.schedule(item, SUPPLY_ACTIONS)
    if china.reacting("acceptance"):
        return mean_over_year(lambda date: 1.0 - supply.stringency(date), supply.dates(), us.year)
    return sale_window(supply, china.schedule(item, DEMAND_ACTIONS), us.year)


def trade_window(us: UsGovernment, china: ChinaGovernment, item: Item) -> Numbers:
    """Share of a year's demand for one accelerator that both governments let happen, rule-made steps included."""
    accepted = china.accepts if china.reacting("acceptance") else 1.0
    return dated_window(us, china, item) * (1.0 - us.extra["accelerators"]) * accepted


def licensed_window(us: UsGovernment, china: ChinaGovernment, item: Item) -> Numbers:
    """Share of a year's trade under a licence granted by rule: rule-made steps and China's refusals cut it."""
    return (1.0 - china.refuses(item)) * (1.0 - us.extra["accelerators"])
