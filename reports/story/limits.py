"""What holds each side back: the binding input, China's stockpiles, and power."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES
from ..figures.panels import quotient
from ..figures.style import QUIET, SIDE_COLOURS
from ..language import say
from ..language.numbers import amount, axis, dash, date_of, dates, percent
from ..summary import spread
from ..text import SIDE_NAMES
from .charts import fans, stacked_shares
from .parts import Chart, Section
from .words import cut, label, limit_named, odds, sentence, sources_of, told, told_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .view import View

CLEAR = 0.6
"""Share of futures from which one limit alone is named."""
NOTABLE = 0.15
"""Share of futures from which a second limit is named beside it."""
STORES = (("die_bank", "die_runout_year", "dies"), ("hbm_stockpile_pb", "hbm_runout_year", "hbm"))


def binding(view: View) -> Section | None:
    """Say what limits China's chips and the installations of both sides, and when."""
    panels = [
        (name, side, said)
        for name, side, said in (
            ("binding_input", "china", say("China's largest chip firm")),
            ("fleet_binding", "china", say("China's installations")),
            ("fleet_binding", "us", say("US-led installations")),
        )
        if view.has(name) and view.shares(name, side).any()
    ]
    if not panels:
        return None
    points = [cut(say("{what}: {runs}", what=said, runs=_runs(view, name, side))) for name, side, said in panels]
    return Section(
        "binding",
        _binding_headline(view),
        tuple(points),
        (
            say("Named is the most common limit of each year; below, the share of futures with each."),
            *_told_limits(view, panels),
        ),
        sources_of(view.scenario, ("china_hbm.", "smic.", "plants.")),
        tuple(stacked_shares(view, name, side, said) for name, side, said in panels),
    )


def _told_limits(view: View, panels: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    return (
        say("{what}, {year}: {shares}", what=said, year=year, shares=_shares(view, name, side, year))
        for name, side, said in panels
        for year in view.key_years
        if view.shares(name, side)[:, view.row(year)].any()
    )


def limit(view: View, name: str, side: str, year: int | None = None, most: int = 2) -> tuple[str, float]:
    """Name what limits a side in most members, or up to two things that together do, with their share of members."""
    column = view.shares(name, side)[:, view.row(year)]
    order = np.argsort(-column, kind="stable")
    first, second = (float(column[place]) for place in order[:2])
    if first == 0:
        return "", 0.0
    words = [limit_named(VARIABLES[name].categories[place]) for place in order[:2]]
    if most == 1 or first >= CLEAR or second < NOTABLE:
        return words[0], first
    return say("{one} or {other}", one=words[0], other=words[1]), first + second


def _binding_headline(view: View) -> str:
    """Say what limits China's chips and the US-led fleet, and in what share of the futures."""
    china, us = "", ""
    if view.has("binding_input"):
        what, share = limit(view, "binding_input", "china")
        china = _with_share(what, share, view.members)
    if view.has("fleet_binding"):
        what, share = limit(view, "fleet_binding", "us", most=1)
        us = what if view.members == 1 or not what else say("{what} ({share})", what=what, share=percent(share))
    if china and us:
        return say(
            "{year}: China's chips limited by {china}, the US-led fleet by {us}", year=view.when, china=china, us=us
        )
    if china:
        return say("{year}: China's chips limited by {china}", year=view.when, china=china)
    if us:
        return say("{year}: the US-led fleet limited by {us}", year=view.when, us=us)
    return say("Nothing is recorded to limit either side in {year}", year=view.when)


def _with_share(what: str, share: float, members: int) -> str:
    if not what or members == 1:
        return what
    return say("{what} ({share} of futures)", what=what, share=percent(share))


def _runs(view: View, name: str, side: str) -> str:
    """List the most common limits from the record's end on, each with its years."""
    parts = view.shares(name, side)
    years = [
        (year, int(parts[:, row].argmax()))
        for row, year in enumerate(view.years)
        if year >= view.now and parts[:, row].any()
    ]
    found: dict[int, list[int]] = {}
    for year, category in years:
        found.setdefault(category, []).append(year)
    return "; ".join(f"{limit_named(VARIABLES[name].categories[place])} {_spans(run)}" for place, run in found.items())


def _run(years: Sequence[int]) -> str:
    """Write years that follow one another."""
    return str(years[0]) if len(years) == 1 else f"{years[0]}{dash()}{years[-1] % 100:02d}"


def _shares(view: View, name: str, side: str, year: int) -> str:
    column = view.shares(name, side)[:, view.row(year)]
    return ", ".join(
        f"{limit_named(VARIABLES[name].categories[place])} {percent(float(column[place]))}"
        for place in np.argsort(-column, kind="stable")
        if column[place] > 0
    )


def stockpiles(view: View) -> Section | None:
    """Say when China's stores of foreign dies and memory are gone."""
    if not view.has("hbm_stockpile_pb"):
        return None
    points = []
    for store, date, what in STORES:
        if date in view.data:
            points.append(_gone(view, date, what))
        if view.has(store):
            points.append(_stored(view, store))
    sources = sources_of(view.scenario, ("hbm.", "dies.", "plants.samsung", "china_hbm."))
    return Section(
        "stockpiles",
        _stockpile_headline(view),
        tuple(point for point in points if point),
        told_of(view, "china", ("die_stockpile", "hbm_stockpile_pb", "hbm_produced_pb", "dies_produced")),
        sources,
        tuple(chart for chart in (_die_chart(view), _china_fan(view, "hbm_stockpile_pb")) if chart),
    )


def _stockpile_headline(view: View) -> str:
    """Say when the stores bought ahead are gone, or that they outlast the run."""
    clauses, lasting = [], 0
    for store, date, what in STORES:
        goods = say("foreign-made dies") if what == "dies" else say("the HBM bought ahead")
        if date in view.data and math.isfinite(_date(view, date)[0]):
            clauses.append(say("{goods} gone in {date}", goods=goods, date=date_of(*_date(view, date))))
        elif what == "hbm" and refilled(view):
            clauses.append(say("the HBM store refilled from abroad"))
        elif view.has(store) and float(np.nanmax(view.members_of(store, "china"))) > 0:
            lasting += 1
            clauses.append(say("{goods} not gone by the end of {year}", goods=goods, year=view.years[-1]))
    said = say("China's stores: {clauses}", clauses=", ".join(clauses))
    if lasting == len(STORES):
        return say("China's stores of foreign-made dies and of HBM last beyond {year}", year=view.years[-1])
    if not clauses:
        return say("China holds no store of foreign dies or memory")
    return said


def refilled(view: View) -> bool:
    """Whether China's HBM store is empty in some year after the record's end in most futures.

    Where it has no run-out date all the same, purchases abroad filled it again.
    """
    if not view.has("hbm_stockpile_pb"):
        return False
    later = view.members_of("hbm_stockpile_pb", "china")[view.row(view.now) :]
    return bool((later.min(axis=0) <= 0).mean() > 0.5)


def _date(view: View, name: str) -> tuple[float, float, float]:
    low, middle, high = spread(view.members_of(name, "china")[0], (0.05, 0.5, 0.95), dates=True)
    return float(middle), float(low), float(high)


def _gone(view: View, name: str, what: str) -> str:
    """Say when a store is gone, and in what share of the futures that does not happen in the run."""
    goods, last = say("Foreign-made dies") if what == "dies" else say("HBM bought ahead"), view.years[-1]
    lasting = float(np.isnan(view.members_of(name, "china")[0]).mean())
    middle, low, high = _date(view, name)
    if math.isnan(middle):
        if what == "hbm" and refilled(view):
            return say("HBM bought ahead: the store is refilled from abroad, so that it has no last day")
        return cut(
            say(
                "{goods}: not gone by the end of {year} {odds}",
                goods=goods,
                year=last,
                odds=odds(lasting, view.members),
            )
        )
    text = say("{goods}: gone in {dates}", goods=goods, dates=dates(middle, low, high, last))
    if lasting and view.members > 1:
        text += say("; not by {year} {odds}", year=last, odds=odds(lasting, view.members))
    return text


def _stored(view: View, name: str) -> str:
    steps = [
        say("{value} in {year}", value=amount(VARIABLES[name], view.level(name, "china", year).middle), year=year)
        for year in view.key_years[:3]
    ]
    return say("{what}, China: {steps}", what=label(name), steps=", ".join(steps))


def _china_fan(view: View, name: str) -> Chart | None:
    if not view.has(name):
        return None
    divide, unit = axis(VARIABLES[name])
    said = amount(VARIABLES[name], *view.level(name, "china"))
    line = (say(SIDE_NAMES["china"]), view.quantiles(name, "china") / divide, SIDE_COLOURS["china"])
    return fans(view, [line], label(name), unit, said)


def _die_chart(view: View) -> Chart | None:
    if not view.has("die_stockpile"):
        return None
    divide, unit = axis(VARIABLES["die_stockpile"])
    lines = [(say("all dies"), view.quantiles("die_stockpile", "china") / divide, SIDE_COLOURS["china"])]
    if view.has("die_bank"):
        lines.append((say("foreign-made"), view.quantiles("die_bank", "china") / divide, QUIET))
    return fans(
        view,
        lines,
        label("die_stockpile"),
        unit,
        amount(VARIABLES["die_stockpile"], *view.level("die_stockpile", "china")),
    )


def power(view: View) -> Section | None:
    """Say what share of the power it could have each side draws, and where power is the limit."""
    if not view.has("fleet_power_gw", "ai_power_available_gw"):
        return None
    names = ("fleet_power_gw", "ai_power_available_gw")
    points = [
        say(
            "{side}: draws {drawn} of {have} in {year}",
            side=say(SIDE_NAMES[side]),
            drawn=amount(VARIABLES[names[0]], *view.level(names[0], side)),
            have=amount(VARIABLES[names[1]], *view.level(names[1], side)),
            year=view.when,
        )
        for side in ("us", "china")
    ]
    points += [sentence(line) for side in ("us", "china") if (line := _power_binds(view, side))]
    return Section(
        "power",
        _power_headline(view),
        tuple(points),
        told(view, (*names, "cluster_power_mw")),
        sources_of(view.scenario, ("grids.",)),
        tuple(_power_chart(view, side) for side in ("us", "china")),
    )


def _power_headline(view: View) -> str:
    shares = {side: used(view, side) for side in ("us", "china")}
    if any(math.isnan(share) for share in shares.values()):
        return say("Power for AI: what each side draws, and what it could have")
    return say(
        "In {year} the US-led side draws {us} of the power it has for AI, China {china}",
        year=view.when,
        us=percent(shares["us"]),
        china=percent(shares["china"]),
    )


def used(view: View, side: str) -> float:
    """Give the share of the power it could have that a side draws, in the median future."""
    drawn, have = (view.members_of(name, side)[view.row()] for name in ("fleet_power_gw", "ai_power_available_gw"))
    return float(spread(quotient(drawn, have), (0.5,))[0])


def _power_binds(view: View, side: str) -> str:
    """Say in which years power is the most common limit of a side's installations."""
    if not view.has("fleet_binding"):
        return ""
    parts = view.shares("fleet_binding", side)
    place = VARIABLES["fleet_binding"].categories.index("power")
    whose = say("US-led installations") if side == "us" else say("China's installations")
    years = [year for row, year in enumerate(view.years) if parts[place, row] > 0.5]
    if not parts[place].any():
        return say("{whose}: power is the limit in no year", whose=whose)
    if view.members == 1:
        return say("{whose}: power is the limit in {years}", whose=whose, years=_spans(years))
    if not years:
        return say("{whose}: power is in no year the limit of most futures", whose=whose)
    return say("{whose}: power is the limit in most futures in {years}", whose=whose, years=_spans(years))


def _spans(years: list[int]) -> str:
    """Write years, those that follow one another together.

    >>> _spans([2023, 2026, 2027, 2028])
    '2023, 2026–28'
    """
    runs = []
    for _, group in groupby(enumerate(years), key=lambda pair: pair[1] - pair[0]):
        runs.append(_run([year for _, year in group]))
    return ", ".join(runs)


def _power_chart(view: View, side: str) -> Chart:
    _, unit = axis(VARIABLES["fleet_power_gw"])
    lines = [
        (say("available"), view.quantiles("ai_power_available_gw", side), QUIET),
        (say("drawn"), view.quantiles("fleet_power_gw", side), SIDE_COLOURS[side]),
    ]
    said = amount(VARIABLES["fleet_power_gw"], *view.level("fleet_power_gw", side))
    return fans(view, lines, say("Power for AI, {side}", side=say(SIDE_NAMES[side])), unit, said)
