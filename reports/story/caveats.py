"""What a reader must know before quoting the answer: limits of the model, and of this result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..language import say
from ..language.numbers import times
from .answer import FLEET
from .parts import Section
from .words import odds

if TYPE_CHECKING:
    from .drivers import Drivers
    from .view import View

FEW = 100
"""Members below this give unsteady intervals."""
PROJECTED = 2029
"""From this year on chips are trends, not roadmaps."""
WIDE = 4.0
"""An interval whose ends differ by this factor is called wide."""


def caveats(view: View, found: Drivers) -> Section:
    """Say what the model does not know, and what is weak in this result."""
    points = [line for line in (_interval(view), _few(view), _projected(view), _unverified(view, found)) if line]
    points.append(say("US-led means all that is not China: it overstates what US firms own"))
    return Section("caveats", _headline(found), tuple(points[:5]), _limits())


def _headline(found: Drivers) -> str:
    count = len(found.table)
    if not count:
        return say("A conditional statement, not a forecast")
    return say(
        "A conditional statement, not a forecast: judgement carries {judged} of the {count} strongest inputs",
        judged=found.judged,
        count=count,
    )


def _interval(view: View) -> str:
    """Say that the interval spans parity, or that it is wide."""
    gap = view.gap(FLEET)
    if view.members == 1:
        return say("One future alone: no interval, no probability")
    if gap.open:
        return say(
            "The interval spans parity: who leads in {year} is open (US-led leads {odds})",
            year=view.when,
            odds=odds(gap.us, view.members),
        )
    if gap.lead.low > 0 and gap.lead.high / gap.lead.low >= WIDE:
        return say(
            "The interval is wide: the ends of {interval} differ {factor}",
            interval=times(*gap.lead),
            factor=times(gap.lead.high / gap.lead.low),
        )
    return ""


def _few(view: View) -> str:
    if 1 < view.members < FEW:
        return say("Only {members} futures: the ends of the intervals are unsteady", members=view.members)
    return ""


def _projected(view: View) -> str:
    if view.when < PROJECTED:
        return ""
    return say("From 2029-30 on chips follow a trend, not a roadmap: the late gap in chips is a projection")


def _unverified(view: View, found: Drivers) -> str:
    """Say what part of the uncertain numbers rests on judgement, and what part on sources nobody opened."""
    records = [record for record in view.scenario.records.values() if record.uncertain]
    judged = sum(record.confidence == "judgement" for record in records)
    unverified = sum(record.unverified for record in records)
    strong = sum(found.record(path).unverified for path in found.table.index)
    text = say("{judged} of {count} uncertain numbers are judgement", judged=judged, count=len(records))
    if unverified:
        text += say(
            "; {unverified} cite a source not opened ({strong} among the strongest)",
            unverified=unverified,
            strong=strong,
        )
    return text


def _limits() -> tuple[str, ...]:
    """Give the limits that touch every result, the most important first."""
    return (
        say("If these facts and rules hold, then this follows, within this range; the model runs anything it is told."),
        say("Intervals cover the stated ranges alone: not the form of the rules, not what nobody thought of."),
        say("Weight of FP8: Ascends before the 950 have none, so the 8-bit basis overstates the gap for work in BF16."),
        say("Beijing's acceptance of foreign chips rests on one episode, 2025-26."),
        say("Smuggling rests on one count for 2024; other years are judgement over a factor of ten."),
        say("Whose supply Huawei's HiBL memory draws on is not disclosed; the default is the cautious reading."),
        say("One grid a side: regional shortages average out, so that power is overstated."),
        say(
            "No training across sites; the fixed job has one batch for all clusters, which flatters the smaller cluster."
        ),
        say("Chinese subsidies, minerals and other counter-measures stand in the timeline and move nothing."),
        say("Foreign packaging and foundries have no substitutes; materials, gases and people are not modelled."),
    )
