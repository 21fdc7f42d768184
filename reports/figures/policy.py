"""The policy timeline: what each government holds back, licenses or refuses, and from when to when."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

from ..acts import BANNED, counted, in_force, kind_of
from ..language import say
from ..wording import breadth, date, per_cent
from .charts import type_size
from .looks import QUIET, SIDE_COLOURS, look, on, readable, tone
from .panels import root
from .style import NOTE, source_text, stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...scenarios.schema import Action
    from ...studies.ensemble import Ensemble

LANES = {
    "us": ("United States", SIDE_COLOURS["us"]),
    "allies": ("Allies", SIDE_COLOURS["us"]),
    "china": ("China", SIDE_COLOURS["china"]),
}
ITEM_WORDS = {
    "accelerators": "accelerators",
    "equipment": "fab tools",
    "euv": "EUV tools",
    "hbm": "HBM",
    "foundry": "foundry service",
    "materials": "minerals",
    "memory": "memory chips",
    "eda": "design software",
}
FIRMS = {"huawei": "Huawei", "smic": "SMIC"}
"""Firms that an item can be kept from, as the part after the dot: ``foundry.huawei``."""
SENTENCES = {"restrict": "{item}", "refuse": "refuses {item}", "counter": "withholds {item}"}
MOST_ROWS = 15
SHORTEST = 4.0
"""Years shown at least, so that a short run still shows what is in force."""
CHARACTER = 0.0088
"""Width of a character of the small type, as a share of the slide's width."""


@dataclass
class Bar:
    """One action while it holds: from, to, how strict (None where nobody put a number on it), and words."""

    start: float
    end: float
    strength: float | None
    text: str


@dataclass
class Row:
    """What one government does about one item."""

    actor: str
    kind: str
    items: list[str]
    single: bool = False
    """Whether the items are single chips."""
    bars: list[Bar] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What stands beside the row."""
        return say(SENTENCES[self.kind], item=", ".join(self.items))

    @property
    def weight(self) -> float:
        """How much there is to see: years times stringency."""
        return sum((bar.end - bar.start) * (0.5 if bar.strength is None else 0.1 + bar.strength) for bar in self.bars)


def timeline(ensemble: Ensemble, ax: Axes | None = None) -> Figure:
    """Draw the dated actions of the scenario, a row for each item, and the other acts as ticks."""
    actions = list(ensemble.scenario.timeline)
    first, last = window(actions, *_years(ensemble))
    shown = [action for action in actions if action.date <= last]
    rows = policy_rows(shown, first, last)
    told = say("bar: in force, the stronger the stricter · hollow: licensed · tick: other acts and events")
    title = _count_sentence(shown, last)
    panel = stage(ax, title, told, source_text(ensemble), left=0.2, right=0.965, top=0.83, bottom=0.105)
    _axes(panel, first, last)
    lanes = [actor for actor in LANES if any(action.actor == actor for action in shown)]
    panel.set_ylim(max(len(rows) + 1.15 * len(lanes), 1) - 0.4, -0.6)
    used = {id(action) for action in shown if kind_of(action)}
    line = 0.0
    for actor in lanes:
        others = [a.date for a in shown if a.actor == actor and id(a) not in used and a.date >= first]
        _draw_lane(panel, actor, line, others)
        line += 1.15
        for row in (row for row in rows if row.actor == actor):
            _draw_row(panel, row, line, LANES[actor][1])
            line += 1
    return root(panel)


def _axes(ax: Axes, first: float, last: float) -> None:
    """Show the years: a line where each begins, its name in its middle."""
    ax.set_xlim(first, last)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_yticks([])
    ax.grid(visible=True, axis="x")
    ax.xaxis.set_major_locator(FixedLocator(list(range(math.ceil(first), math.floor(last) + 1))))
    ax.xaxis.set_major_formatter(NullFormatter())
    middles = [year + 0.5 for year in range(math.ceil(first), math.ceil(last - 0.4)) if year + 0.5 < last]
    ax.xaxis.set_minor_locator(FixedLocator(middles))
    ax.xaxis.set_minor_formatter(FixedFormatter([f"{middle - 0.5:.0f}" for middle in middles]))
    ax.tick_params(axis="x", length=0)
    ax.tick_params(axis="x", which="minor", length=0, labelsize=type_size(ax), pad=7)


def _draw_lane(ax: Axes, actor: str, line: float, others: list[float]) -> None:
    """Name a government, and tick its other acts."""
    name, colour = LANES[actor]
    across = ax.get_yaxis_transform()
    size = _small(ax)
    ax.text(-0.222, line, say(name), transform=across, color=readable(colour), weight="bold", va="center", size=size)
    ax.vlines(others, line - 0.3, line + 0.3, color=tone(QUIET), linewidth=3)


def _small(ax: Axes) -> float:
    """Size of type in rows."""
    return min(NOTE, type_size(ax))


def window(actions: Sequence[Action], start: int, end: int) -> tuple[float, float]:
    """Choose the years shown: from the start of the run to the last dated action, some years at least.

    Parameters
    ----------
    actions
        The timeline.
    start, end
        First and last year of the run.
    """
    dates = [action.date for action in actions if action.date < end + 1] or [float(end)]
    last = min(math.ceil(max(dates) * 2 + 0.5) / 2, end + 1.0)
    return min(float(start), math.floor(last) - SHORTEST), last


def policy_rows(actions: Iterable[Action], first: float, last: float) -> list[Row]:
    """Gather the actions that hold something back, license or refuse it, a row for each government and item.

    Parameters
    ----------
    actions
        The timeline, in order of date; of two actions in a row the newer replaces the older.
    first, last
        The years shown: what ended before is left out, what goes on is cut.
    """
    rows: dict[tuple[str, str, str], Row] = {}
    for action in actions:
        kind = kind_of(action)
        if not kind:
            continue
        key = (action.actor, kind, action.item or "")
        row = rows.setdefault(key, Row(action.actor, kind, [_item(action)], "." in (action.item or "")))
        end = min(last, action.until if action.until is not None else last)
        _lay(row, Bar(action.date, end, action.stringency, _words(action, kind)))
    seen = [_within(row, first) for row in rows.values()]
    merged = _merge([row for row in seen if row.bars])
    merged.sort(key=lambda row: row.weight, reverse=True)
    return sorted(merged[:MOST_ROWS], key=lambda row: (list(LANES).index(row.actor), row.bars[0].start))


def _lay(row: Row, bar: Bar) -> None:
    """Lay the bar of a newer action: it ends the older one, or goes on with it where nothing changes."""
    if row.kind != "counter" and row.bars:
        old = row.bars[-1]
        if (old.strength, old.text) == (bar.strength, bar.text) and old.end >= bar.start:
            old.end = bar.end
            return
        old.end = min(old.end, bar.start)
    row.bars.append(bar)


def _item(action: Action) -> str:
    """Name an item in a word or two."""
    item = action.item or ""
    head, dot, tail = item.partition(".")
    if tail in FIRMS:
        return say("{item} for {firm}", item=say(head), firm=say(FIRMS[tail]))
    if dot:
        return tail.upper()
    return say(ITEM_WORDS.get(item, item.replace("_", " ")))


def _words(action: Action, kind: str) -> str:
    """Say in a few words what an action does."""
    if kind == "counter":
        return ""
    strict = action.stringency
    if strict is not None and strict > 0:
        share = per_cent(100 * strict)
        if strict >= BANNED:
            said = say("refused") if kind == "refuse" else say("banned")
        else:
            said = say("{share} refused", share=share) if kind == "refuse" else say("{share} cut", share=share)
        if action.threshold_tpp:
            return say("{banned} from TPP {threshold}", banned=said, threshold=f"{action.threshold_tpp:,.0f}")
        return said
    extra = [say("fee {share}", share=per_cent(100 * action.fee))] if action.fee else []
    extra += [say("cap {share}", share=per_cent(100 * action.cap))] if action.cap else []
    if extra:
        return ", ".join([say("licensed"), *extra])
    return say("not refused") if kind == "refuse" else say("not controlled")


def _within(row: Row, first: float) -> Row:
    """Leave out what ended before the picture begins."""
    kept = [bar for bar in row.bars if bar.end > max(first, bar.start)]
    return Row(row.actor, row.kind, row.items, row.single, kept)


def _merge(rows: list[Row]) -> list[Row]:
    """Put rows with the same bars into one, their names joined."""
    out: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = (row.actor, row.kind, *((bar.start, bar.end, bar.strength, bar.text) for bar in row.bars))
        if key in out:
            out[key].items += row.items
        else:
            out[key] = row
    return list(out.values())


def _draw_row(ax: Axes, row: Row, line: float, colour: str) -> None:
    """Draw the bars of a row and what is said of them, where there is room."""
    first, last = ax.get_xlim()
    size = _small(ax)
    ax.text(-0.205, line, row.name, transform=ax.get_yaxis_transform(), color=look().ink, va="center", fontsize=size)
    character = CHARACTER * (last - first) / ax.get_position().width * size / NOTE
    drawn = tone(colour)
    for place, bar in enumerate(row.bars):
        start = max(bar.start, first)
        strength = 0.3 if bar.strength is None else bar.strength
        hollow = strength == 0
        alpha = 1.0 if hollow else 0.18 + 0.72 * strength
        ax.barh(
            line,
            bar.end - start,
            left=start,
            height=0.74,
            color=look().paper if hollow else drawn,
            alpha=alpha,
            edgecolor=drawn,
            linewidth=2 if hollow else 0,
        )
        after = row.bars[place + 1].start if place + 1 < len(row.bars) else last
        for text in dict.fromkeys((bar.text, bar.text.partition(",")[0])):
            need = character * (breadth(text) + 1)
            if text and need <= max(bar.end - start, after - bar.end):
                within = need <= bar.end - start
                ink = on(drawn, alpha) if within and not hollow else look().ink
                where = (start if within else bar.end) + character / 2
                ax.text(where, line, text, color=ink, va="center", fontsize=size, gid="on a fill" if within else None)
                break


def _count_sentence(actions: Sequence[Action], last: float) -> str:
    """Count what is in force at the end of the dated record."""
    now = min(max((action.date for action in actions), default=last), last)
    counts = counted(in_force(actions, now))
    if not counts:
        return say("No dated action in these years")
    return say("In force in {date}: {counts}", date=date(now), counts=counts)


def _years(ensemble: Ensemble) -> tuple[int, int]:
    years = ensemble.data["year"].to_numpy()
    return int(years[0]), int(years[-1])
