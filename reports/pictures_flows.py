"""Who supplies whom: suppliers on the left, buyers on the right, bands as wide as the computing power sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.registry import SIDES
from .charts import apart
from .panels import span
from .style import INK, LABEL, NOTE, QUIET, SIDE_COLOURS, headings, new_figure
from .text import SIDE_NAMES, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = ("year", "supplier", "buyer", "h100e", "p05", "p50", "p95")
"""Columns of a table of flows: the central run, and quantiles over members, H100e a year."""
MOST_NAMES = 7
"""Suppliers or buyers named in a panel; the rest are put together."""
OTHERS = "others"
GAP = 0.025
"""Free height between two names, as a share of the panel."""
WIDE_BAND = 0.07
"""From this share of the panel on a band has room for its own figures."""
LONGEST = 16
"""Characters of a label in one line."""
MILLION, THOUSAND = 1e6, 1e3


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
        Columns year, supplier, buyer, h100e (central run), p05, p50, p95 (over members); a row per pair and year.
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
    said = "computing power sold, H100e a year, central run · in brackets: 90 % of members · each panel to its own scale"
    headings(figure, _sentence(groups, year, names), said)
    figure.text(0.03, 0.022, source, fontsize=NOTE, color=QUIET, va="bottom", ha="left")
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


def _panel(ax: Axes, side: str, flows: pd.DataFrame, sides: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Draw the flows to one group of buyers."""
    total = float(flows["h100e"].sum())
    scale, word = (MILLION, "million") if total >= MILLION else (THOUSAND, "thousand")
    who = f"To buyers of {'China' if side == 'china' else 'the US-led side'}" if side else "To all buyers"
    ax.set_title(f"{who}: {number(total / scale)} {word}", loc="center", fontweight="bold", fontsize=LABEL,
                 color=SIDE_COLOURS.get(side, INK), pad=14)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    pooled = flows.assign(supplier=_pool(flows, "supplier"), buyer=_pool(flows, "buyer"))
    table = pooled.groupby(["supplier", "buyer"], sort=False)[["h100e", "p05", "p95"]].sum()
    single = pooled.groupby(["supplier", "buyer"], sort=False).size() == 1
    left, right = (_order(pooled, column) for column in ("supplier", "buyer"))
    places = [_stacked(amounts, total) for amounts in (left, right)]
    for ends, x, align in ((places[0], 0.0, "right"), (places[1], 1.0, "left")):
        amounts = left if align == "right" else right
        _nodes(ax, ends, amounts, x, align, sides, names, total, scale)
    top = [{name: high for name, (_, high) in ends.items()} for ends in places]
    for supplier in left:
        for buyer in right:
            if (supplier, buyer) in table.index:
                amount, low, high = (float(value) for value in table.loc[(supplier, buyer)])
                thick = amount / total * _room(left, right)
                colour = SIDE_COLOURS.get(sides.get(supplier, ""), QUIET)
                _band(ax, top[0][supplier], top[1][buyer], thick, colour)
                if thick >= WIDE_BAND and single[supplier, buyer]:
                    text = span(low / scale, amount / scale, high / scale)
                    ax.text(0.96, top[1][buyer] - thick / 2, text, fontsize=NOTE, color=INK, ha="right", va="center")
                top[0][supplier] -= thick
                top[1][buyer] -= thick


def _pool(flows: pd.DataFrame, column: str) -> pd.Series[str]:
    """Put the small names together, so that at most `MOST_NAMES` are left."""
    sums = flows.groupby(column)["h100e"].sum().sort_values(ascending=False, kind="stable")
    kept = set(sums.index if len(sums) <= MOST_NAMES else sums.index[: MOST_NAMES - 1])
    return flows[column].where(flows[column].isin(kept), OTHERS)


def _order(flows: pd.DataFrame, column: str) -> dict[str, float]:
    """Sum by name, the largest first and the others last."""
    sums = flows.groupby(column)["h100e"].sum()
    order = sorted(sums.index, key=lambda name: (name == OTHERS, -sums[name], name))
    return {name: float(sums[name]) for name in order}


def _room(*columns: Sequence[str] | Mapping[str, float]) -> float:
    """Height left for the bands when the gaps of the longer column are taken off."""
    return 1 - GAP * (max(len(column) for column in columns) - 1)


def _stacked(amounts: dict[str, float], total: float) -> dict[str, tuple[float, float]]:
    """Place names from the top down: lower and upper end of each, the column centred."""
    room = 1 - GAP * (MOST_NAMES - 1)
    height = room + GAP * (len(amounts) - 1)
    top, places = 0.5 + height / 2, {}
    for name, amount in amounts.items():
        thick = amount / total * room
        places[name] = (top - thick, top)
        top -= thick + GAP
    return places


def _nodes(
    ax: Axes,
    ends: dict[str, tuple[float, float]],
    amounts: dict[str, float],
    x: float,
    align: str,
    sides: Mapping[str, str],
    names: Mapping[str, str],
    total: float,
    scale: float,
) -> None:
    """Draw the names of one column with their amounts, moved apart where they would touch."""
    box = ax.get_position()
    figure = ax.get_figure(root=True)
    assert figure is not None
    line = 1.4 * NOTE / (72 * box.height * figure.get_size_inches()[1])
    order = sorted(ends, key=lambda name: sum(ends[name]))
    texts = {}
    for name in order:
        written = names.get(name, name.replace("_", " "))
        figures = f"{100 * amounts[name] / total:.0f} %" if align == "right" else number(amounts[name] / scale)
        texts[name] = written + ("\n" if len(written + figures) > LONGEST else " ") + figures
    heights = [line * (1.1 + texts[name].count("\n")) for name in order]
    for name, centre in zip(order, apart([sum(ends[name]) / 2 for name in order], heights), strict=True):
        low, high = ends[name]
        colour = SIDE_COLOURS.get(sides.get(name, ""), QUIET)
        ax.add_patch(_rectangle(x - (0.02 if x else 0.0), low, 0.02, high - low, colour))
        ax.annotate(
            texts[name],
            (x, centre),
            xytext=(-8 if align == "right" else 8, 0),
            textcoords="offset points",
            ha=align,
            va="center",
            fontsize=NOTE,
            color=colour,
            fontweight="bold",
            annotation_clip=False,
        )


def _rectangle(x: float, y: float, wide: float, high: float, colour: str):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), wide, high, facecolor=colour, edgecolor="none")


def _band(ax: Axes, start: float, end: float, thick: float, colour: str) -> None:
    """Draw a band from a height on the left to one on the right, both at its upper edge."""
    x = np.linspace(0.0, 1.0, 60)
    smooth = x * x * (3 - 2 * x)
    upper = start + (end - start) * smooth
    ax.fill_between(0.02 + 0.96 * x, upper - thick, upper, color=colour, alpha=0.33, linewidth=0.6)


def _sentence(groups: list[tuple[str, pd.DataFrame]], year: int, names: Mapping[str, str]) -> str:
    """Say who supplies most to each side."""
    said = []
    for side, flows in groups:
        sums = flows.groupby("supplier")["h100e"].sum()
        if not sums.sum() > 0:
            continue
        best = str(sums.idxmax())
        written = names.get(best, best.replace("_", " "))
        whose = {"china": "China's demand", "us": f"{SIDE_NAMES['us']} demand"}.get(side, "all demand")
        share = f"{100 * sums[best] / sums.sum():.0f} %"
        said.append(f"{written} {'' if said else 'supplies '}{share} of {whose}")
    return f"{year}: " + ", ".join(said) if said else f"{year}: nobody sells to anybody"
