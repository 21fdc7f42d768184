"""Who supplies whom: suppliers on the left, buyers on the right, bands as wide as the computing power sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from ...model.registry import SIDES
from ..language import say
from ..wording import breadth, korean, per_cent, short, span
from .charts import apart
from .looks import INK, QUIET, SIDE_COLOURS, look, mark, readable, tone
from .style import LABEL, NOTE, SIZE_INCHES, footnote, headings, new_figure, source_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.ensemble import Ensemble

COLUMNS = ("year", "supplier", "buyer", "h100e", "p05", "p50", "p95")
"""Columns of a table of flows: the median (twice) and quantiles over members, H100e a year."""
YEAR_SHOWN = 2026
MOST_NAMES = 7
"""Suppliers or buyers named in a panel; the rest are put together."""
OTHERS = "others"
GAP, NODE = 0.025, 0.02
"""Free height between two names, and width of their marks, as shares of the panel."""
ROOM = 1 - GAP * (MOST_NAMES - 1)
"""Height of all flows of a panel together."""
WIDE_BAND = 0.07
"""From this share of the panel on a band has room for its own figures."""
LONGEST = 16
"""Characters of a label in one line."""
MILLION, THOUSAND = 1e6, 1e3
PANELS = {
    "china": "To buyers of China: {amount}",
    "us": "To buyers of the US-led side: {amount}",
    "": "To all buyers: {amount}",
}
DEMAND = {"china": "China's demand", "us": "US-led demand", "": "all demand"}


def who_supplies_whom(ensemble: Ensemble) -> Figure:
    """Draw the flows of 2026, or of the year of the run that is nearest to it."""
    flows, scenario = ensemble.flows, ensemble.scenario
    year = min(sorted(set(flows["year"])), key=lambda one: abs(int(one) - YEAR_SHOWN))
    sides = dict(zip(ensemble.agents["agent"], ensemble.agents["side"], strict=True))
    agents = [*scenario.entities("firms"), *scenario.entities("buyers")]
    tables = {agent: "firms" if agent in scenario.entities("firms") else "buyers" for agent in agents}
    names = {agent: str(scenario.label(f"{table}.{agent}.label", agent)) for agent, table in tables.items()}
    shortened = {agent: say(name.split(" (")[0].split(",")[0]) for agent, name in names.items()}
    return suppliers(flows, int(year), sides=sides, names=shortened, source=source_text(ensemble))


def suppliers(
    flows: pd.DataFrame,
    year: int,
    *,
    sides: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    source: str = "",
) -> Figure:
    """Draw who supplies whom in a year, a panel for the buyers of each side, each on its own scale.

    Parameters
    ----------
    flows
        Columns year, supplier, buyer, h100e (drawn), p05, p50, p95 (over members); a row per pair and year.
    year
        Calendar year drawn.
    sides
        Side of each supplier and buyer, ``china`` or ``us``; without it all buyers share a panel, in grey.
    names
        Names to write for ids; an id without one is written as it is, spaces for underlines.
    source
        The line at the foot, from `style.source_text`.

    Raises
    ------
    ValueError
        When a column is missing or the year is not in the table.
    """
    part = _of_year(flows, year)
    sides, names = sides or {}, names or {}
    groups = [(side, part[part["buyer"].map(sides.get) == side]) for side in SIDES[::-1]]
    groups.append(("", part[~part["buyer"].map(sides.get).isin(SIDES)]))
    groups = [(side, group) for side, group in groups if len(group)]
    figure, axes = new_figure(max(len(groups), 1), left=0.165, right=0.855, top=0.755, bottom=0.09, wspace=1.45)
    said = say(
        "computing power sold, H100e a year, median · in brackets: 90 % of members · each panel to its own scale"
    )
    headings(figure, _sentence(groups, year, names), said)
    footnote(figure, source)
    for ax, (side, group) in zip(axes, groups, strict=False):
        _panel(ax, side, group, sides, names)
    for ax in axes:
        ax.axis("off")
    return figure


def _of_year(flows: pd.DataFrame, year: int) -> pd.DataFrame:
    missing = [column for column in COLUMNS if column not in flows]
    if missing:
        message = f"flows need the column {missing[0]!r}; found {', '.join(map(str, flows.columns))}"
        raise ValueError(message)
    if year not in set(flows["year"]):
        message = f"no flows of {year}; the table has {flows['year'].min()} to {flows['year'].max()}"
        raise ValueError(message)
    part = flows[(flows["year"] == year) & (flows["h100e"] > 0)]
    return part.astype({"supplier": str, "buyer": str})


@dataclass(frozen=True)
class Labels:
    """What the names of a panel look like: sides and written names of ids, and what amounts are divided by."""

    sides: Mapping[str, str]
    names: Mapping[str, str]
    total: float
    scale: float

    def colour(self, name: str) -> str:
        """Give the colour of a supplier or buyer: that of its side."""
        return SIDE_COLOURS.get(self.sides.get(name, ""), QUIET)

    def text(self, name: str, amount: float, *, share: bool) -> str:
        """Write a name with its share of the panel or its amount, on two lines where it is long."""
        written = _written(name, self.names)
        figures = per_cent(100 * amount / self.total) if share else short(amount / self.scale)
        return written + ("\n" if breadth(written + figures) > LONGEST else " ") + figures


def _panel(ax: Axes, side: str, flows: pd.DataFrame, sides: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Draw the flows to one group of buyers."""
    total = float(flows["h100e"].sum())
    scale, amount = _scale(total)
    who = say(PANELS[side], amount=amount)
    ax.set_title(who, fontweight="bold", fontsize=LABEL, color=readable(SIDE_COLOURS.get(side, INK)), pad=14)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    labels = Labels(sides, names, total, scale)
    pooled = flows.assign(supplier=_pool(flows, "supplier"), buyer=_pool(flows, "buyer"))
    left, right = _order(pooled, "supplier"), _order(pooled, "buyer")
    _nodes(ax, left, labels, supplying=True)
    _nodes(ax, right, labels, supplying=False)
    _bands(ax, pooled, (left, right), labels)


def _scale(total: float) -> tuple[float, str]:
    """Give what amounts of a panel are divided by, and its total in words; Korean writes the size of each amount."""
    if korean():
        return 1.0, short(total)
    if total >= MILLION:
        return MILLION, f"{short(total / MILLION)} million"
    return THOUSAND, f"{short(total / THOUSAND)} thousand"


def _written(name: str, names: Mapping[str, str]) -> str:
    """Write a name; one nobody named as its id, spaces for underlines."""
    return names.get(name) or say(name.replace("_", " "))


def _bands(ax: Axes, pooled: pd.DataFrame, columns: tuple[dict[str, float], dict[str, float]], labels: Labels) -> None:
    """Draw a band for each pair, from the top down on both ends, with its interval where there is room."""
    sums = pooled.groupby(["supplier", "buyer"])[["h100e", "p05", "p95"]].agg("sum").to_numpy()
    counts = pooled.groupby(["supplier", "buyer"]).size()
    pairs = {pair: (*map(float, row), int(count)) for pair, row, count in zip(counts.index, sums, counts, strict=True)}
    starts, ends = ({name: high for name, (_, high) in _stacked(c, labels.total).items()} for c in columns)
    for supplier in columns[0]:
        for buyer in columns[1]:
            if (supplier, buyer) not in pairs:
                continue
            amount, low, high, count = pairs[supplier, buyer]
            thick = amount / labels.total * ROOM
            _band(ax, starts[supplier], ends[buyer], thick, labels.colour(supplier))
            if thick >= WIDE_BAND and count == 1:  # quantiles of several flows do not add up
                text = span(low / labels.scale, amount / labels.scale, high / labels.scale)
                halo = [Stroke(linewidth=3, foreground=look().paper), Normal()]
                ax.text(0.96, ends[buyer] - thick / 2, text, fontsize=NOTE, color=look().ink, ha="right", va="center",
                        path_effects=halo)  # fmt: skip
            starts[supplier] -= thick
            ends[buyer] -= thick


def _pool(flows: pd.DataFrame, column: str) -> pd.Series[str]:
    """Put the small names together, so that at most `MOST_NAMES` are left."""
    sums = flows.groupby(column)["h100e"].sum().sort_values(ascending=False, kind="stable")
    kept = set(sums.index if len(sums) <= MOST_NAMES else sums.index[: MOST_NAMES - 1])
    return flows[column].where(flows[column].isin(kept), OTHERS)


def _order(flows: pd.DataFrame, column: str) -> dict[str, float]:
    """Sum by name, the largest first and the others last."""
    sums = {str(name): float(amount) for name, amount in flows.groupby(column)["h100e"].sum().items()}
    return dict(sorted(sums.items(), key=lambda item: (item[0] == OTHERS, -item[1], item[0])))


def _stacked(amounts: dict[str, float], total: float) -> dict[str, tuple[float, float]]:
    """Place names from the top down: lower and upper end of each, the column centred."""
    top, places = 0.5 + (ROOM + GAP * (len(amounts) - 1)) / 2, {}
    for name, amount in amounts.items():
        thick = amount / total * ROOM
        places[name] = (top - thick, top)
        top -= thick + GAP
    return places


def _nodes(ax: Axes, amounts: dict[str, float], labels: Labels, *, supplying: bool) -> None:
    """Draw the names of one column with their amounts, moved apart where they would touch."""
    ends = _stacked(amounts, labels.total)
    line = 1.4 * NOTE / (72 * ax.get_position().height * SIZE_INCHES[1])
    order = sorted(ends, key=lambda name: sum(ends[name]))
    texts = [labels.text(name, amounts[name], share=supplying) for name in order]
    heights = [line * (1.1 + text.count("\n")) for text in texts]
    places = apart([sum(ends[name]) / 2 for name in order], heights)
    for name, text, place in zip(order, texts, places, strict=True):
        low, high = ends[name]
        corner = (0.0 if supplying else 1 - NODE, low)
        ax.add_patch(Rectangle(corner, NODE, high - low, facecolor=tone(labels.colour(name)), edgecolor="none"))
        ax.annotate(
            text,
            (0.0 if supplying else 1.0, place),
            xytext=(-8 if supplying else 8, 0),
            textcoords="offset points",
            ha="right" if supplying else "left",
            va="center",
            fontsize=NOTE,
            color=readable(labels.colour(name)),
            fontweight="bold",
            annotation_clip=False,
        )


def _band(ax: Axes, start: float, end: float, thick: float, colour: str) -> None:
    """Draw a band from a height on the left to one on the right, both at its upper edge."""
    x = np.linspace(0.0, 1.0, 60)
    smooth = x * x * (3 - 2 * x)
    upper = start + (end - start) * smooth
    where = NODE + (1 - 2 * NODE) * x
    ax.fill_between(where, upper - thick, upper, color=tone(colour), alpha=0.33, linewidth=0.6)
    if mark(colour).hatch:
        edge = to_rgba(tone(colour), 0.4)
        ax.fill_between(where, upper - thick, upper, facecolor="none", edgecolor=edge, hatch=mark(colour).hatch, lw=0)


def _sentence(groups: list[tuple[str, pd.DataFrame]], year: int, names: Mapping[str, str]) -> str:
    """Say who supplies most to each side."""
    said: list[str] = []
    for side, flows in groups:
        sums = flows.groupby("supplier")["h100e"].sum()
        if not sums.sum() > 0:
            continue
        best = str(sums.idxmax())
        share = per_cent(100 * sums[best] / sums.sum())
        text = "{supplier} {share} of {demand}" if said else "{supplier} supplies {share} of {demand}"
        said.append(say(text, supplier=_written(best, names), share=share, demand=say(DEMAND[side])))
    if not said:
        return say("{year}: nobody sells to anybody", year=year)
    return say("{year}: {told}", year=year, told=", ".join(said))
