"""What governments hold back, license and refuse: in force when the record ends, and what a scenario adds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..acts import BANNED, counted, in_force, kind_of
from ..figures.policy import LANES
from ..figures.style import CATEGORY_COLOURS, INPUT_COLOURS, SIDE_COLOURS
from ..language import say
from ..language.numbers import month, percent
from .charts import categories, numbers
from .naming import goods_named
from .parts import Chart, Section, Series, Table
from .words import label, sentence, source_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...scenarios.schema import Action
    from .view import View

MOST_ROWS = 12
MOST_NAMED = 4
KEPT_BACK = {
    "stringency_accelerators": SIDE_COLOURS["us"],
    "stringency_hbm": CATEGORY_COLOURS["hbm"],
    "stringency_foundry": CATEGORY_COLOURS["dies"],
    "stringency_equipment": INPUT_COLOURS["localisation_tools"],
    "purchase_refusal": SIDE_COLOURS["china"],
}
"""Recorded strictness of each control, and its colour; the last is China's refusal of foreign chips."""
RECORDED = {
    "stringency_accelerators": "accelerators",
    "stringency_hbm": "HBM",
    "stringency_foundry": "foundries",
    "stringency_equipment": "fab tools",
}
"""Recorded strictness of each control, and what it withholds."""
ORIGIN_OF_HISTORY = "facts/"
RECORD_ENDS = 2026 + 8 / 12
"""September 2026: what is in force is told as of then, or as of the end of a run that ends before."""
LEAST_TOLD = 0.005
"""A share below this reads as none, and as much short of one as all."""


def timeline(view: View) -> Section | None:
    """Tell the dated acts behind the run: those in force when the record ends, and the later ones."""
    acts = [act for act in view.scenario.timeline if act.date < view.years[-1] + 1 and kind_of(act)]
    chart = _strictness(view)
    if not acts and chart is None:
        return None
    told = [act for act in view.scenario.timeline if act.date < view.years[-1] + 1]
    now = min(RECORD_ENDS, view.years[-1] + 11 / 12)
    held = in_force(acts, now)
    later = [act for act in acts if act.date > now]
    own = [act for act in told if ORIGIN_OF_HISTORY not in act.origin]
    points = [sentence(line) for line in _by_actor(held)]
    points += _own(own)
    points += _later(view)
    rows = _chosen(held, later, own)
    return Section(
        "timeline",
        _headline(held, now, own),
        tuple(points[:5]),
        tuple(_line(act) for act in sorted({id(act): act for act in (*held, *own)}.values(), key=lambda act: act.date)),
        _sources(view, rows),
        (chart,) if chart else (),
        Table(
            (say("From"), say("Who"), say("What"), say("How")),
            tuple((month(act.date), actor(act), sentence(goods(act)), manner(act)) for act in rows),
            say("Dated acts"),
            tuple(_address(view, act) for act in rows),
        ),
    )


def _own(own: Sequence[Action]) -> list[str]:
    """Say how many acts a scenario sets itself."""
    if not own:
        return []
    first = month(min(act.date for act in own))
    if len(own) == 1:
        return [say("This scenario sets one act of its own, in {month}", month=first)]
    return [say("This scenario sets {count} acts of its own, the first in {month}", count=len(own), month=first)]


def actor(act: Action) -> str:
    """Name the government that acts."""
    return say(LANES[act.actor][0]) if act.actor in LANES else act.actor


def goods(act: Action) -> str:
    """Name what an act is about."""
    return goods_named(act.item or "", act.target or "")


def manner(act: Action) -> str:
    """Say in a few words what an act does."""
    if kind_of(act) == "counter":
        return say("export licence, or ban")
    if act.stringency:
        if kind_of(act) == "refuse":
            part = say("refused") if act.stringency >= BANNED else say("{share} refused", share=percent(act.stringency))
        else:
            part = say("banned") if act.stringency >= BANNED else say("{share} withheld", share=percent(act.stringency))
        return part
    if kind_of(act) == "refuse":
        return say("not refused")
    extra = [say("fee {share}", share=percent(act.fee))] if act.fee else []
    extra += [say("cap {share}", share=percent(act.cap))] if act.cap else []
    return ", ".join([say("licensed") if act.action == "licence" else say("not controlled"), *extra])


def _headline(held: Sequence[Action], now: float, own: Sequence[Action]) -> str:
    said = counted(held)
    if not said:
        return say("No control, licence or refusal is in force in {month}", month=month(now))
    if own:
        return say(
            "In force in {month}: {counts}; this scenario sets {own} of its own",
            month=month(now),
            counts=said,
            own=len(own),
        )
    return say("In force in {month}: {counts}", month=month(now), counts=said)


def _by_actor(held: Sequence[Action]) -> list[str]:
    """List what each government holds back or refuses, kinds of goods before single products."""
    lines = []
    for name in LANES:
        strict = [act for act in held if act.actor == name and act.stringency and kind_of(act) != "counter"]
        strict.sort(key=lambda act: ("." in (act.item or ""), bool(act.target), -(act.stringency or 0.0)))
        if not strict:
            continue
        what = listing([goods(act) for act in strict])
        if name == "china":
            lines.append(say("China refuses {what}", what=what))
        elif name == "us":
            lines.append(say("Washington withholds {what}", what=what))
        else:
            lines.append(say("Its allies withhold {what}", what=what))
    return lines


def listing(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """List names, once each, and say how many more there are."""
    found = list(dict.fromkeys(names))
    rest = len(found) - most
    return ", ".join(found[:most]) + (say(" and {count} more", count=rest) if rest > 0 else "")


def _later(view: View) -> list[str]:
    """Say what is withheld and refused in the year in focus, by acts and by rules."""
    said = []
    held = [
        say("{goods} {share}", goods=say(goods_of), share=percent(share))
        for name, goods_of in RECORDED.items()
        if (share := _share(view, name, "us")) >= LEAST_TOLD
    ]
    if held:
        said.append(say("Withheld in {year}: {what}", year=view.when, what=", ".join(held)))
    elif any(view.has(name) for name in RECORDED):
        said.append(say("Nothing is withheld in {year}", year=view.when))
    refused = _share(view, "purchase_refusal", "china")
    if math.isnan(refused):
        return said
    if refused < LEAST_TOLD:
        said.append(say("China refuses no foreign accelerators on offer in {year}", year=view.when))
    elif refused > 1 - LEAST_TOLD:
        said.append(say("China refuses all foreign accelerators on offer in {year}", year=view.when))
    else:
        said.append(
            say(
                "China refuses {share} of foreign accelerators on offer in {year}",
                share=percent(refused),
                year=view.when,
            )
        )
    return said


def _share(view: View, name: str, side: str) -> float:
    """Read the median of a share in the year in focus; nothing where it was not recorded."""
    return view.level(name, side).middle if view.has(name) else math.nan


def _chosen(held: Sequence[Action], later: Sequence[Action], own: Sequence[Action]) -> list[Action]:
    """Choose the acts a table shows: a scenario's own first, then the strictest in force, in order of date."""
    ranked = [*own, *later, *sorted(held, key=lambda act: -(act.stringency or 0.0))]
    found = {(act.date, act.actor, act.item, act.target, manner(act)): act for act in ranked if kind_of(act)}
    return sorted(list(found.values())[:MOST_ROWS], key=lambda act: act.date)


def _line(act: Action) -> str:
    return say("{month}: {who}, {what}: {how}", month=month(act.date), who=actor(act), what=goods(act), how=manner(act))


def _sources(view: View, acts: Sequence[Action]) -> tuple[str, ...]:
    names = dict.fromkeys(source for act in acts for source in act.source if source in view.scenario.sources)
    return tuple(source_line(view.scenario, name) for name in list(names)[:4])


def _address(view: View, act: Action) -> str:
    found = (view.scenario.sources.get(source, {}).get("address") for source in act.source)
    return str(next((address for address in found if address), ""))


def _strictness(view: View) -> Chart | None:
    """Show how strict each control is over the years, and how much China refuses: medians, in per cent."""
    series = []
    for name, colour in KEPT_BACK.items():
        side = "china" if name == "purchase_refusal" else "us"
        if view.has(name):
            series.append(Series(label(name), numbers(100 * view.quantiles(name, side)[2]), colour=colour))
    if not series:
        return None
    row = view.row()
    shown = [(line.name, line.middle[row]) for line in series]
    said = ", ".join(f"{name} {percent(value / 100)}" for name, value in shown if value is not None)
    title = say("What is withheld or refused, % (median)")
    return Chart(
        "lines",
        title,
        "%",
        categories(view),
        tuple(series),
        say(
            "{what}, {start} to {end}. {year}: {values}.",
            what=title,
            start=view.years[0],
            end=view.years[-1],
            year=view.when,
            values=said,
        ),
    )
