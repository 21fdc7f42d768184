"""What one scenario changes against another: numbers, dated acts, switches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..language import say

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario
    from ...scenarios.schema import Action


def changes_between(base: Scenario, other: Scenario) -> str:
    """Count what a scenario changes against another; nothing where both have the same inputs."""
    numbers = sum(_differs(base, other, path) for path in base.records.keys() | other.records.keys())
    numbers += sum(base.labels.get(path) != other.labels.get(path) for path in base.labels.keys() | other.labels.keys())
    added, changed, gone = acts_between(base, other)
    acts = len(added) + len(changed)
    rules = [scenario.behaviour.rules for scenario in (base, other)]
    off, on = (
        sum(one.get(rule, True) and not two.get(rule, True) for rule in one.keys() | two.keys())
        for one, two in (rules, rules[::-1])
    )
    parts = [
        say("{count} numbers", count=numbers) if numbers > 1 else say("1 number") if numbers else "",
        say("{count} dated acts", count=acts) if acts > 1 else say("1 dated act") if acts else "",
        say("{count} acts fewer", count=len(gone)) if len(gone) > 1 else say("1 act fewer") if gone else "",
        say("{count} rules switched off", count=off) if off > 1 else say("1 rule switched off") if off else "",
        say("{count} rules switched on", count=on) if on > 1 else say("1 rule switched on") if on else "",
    ]
    return ", ".join(part for part in parts if part)


def acts_between(
    base: Scenario, other: Scenario, last: float = float("inf")
) -> tuple[list[Action], list[Action], list[Action]]:
    """Give the acts up to a date that a scenario adds to another's, those it changes, and those it does without."""
    before, after = ([act for act in scenario.timeline if act.date < last] for scenario in (base, other))
    known, has = {_whole(act) for act in before}, {_whole(act) for act in after}
    own = [act for act in after if _whole(act) not in known]
    lost = [act for act in before if _whole(act) not in has]
    places, taken = {_place(act) for act in lost}, {_place(act) for act in own}
    return (
        [act for act in own if _place(act) not in places],
        [act for act in own if _place(act) in places],
        [act for act in lost if _place(act) not in taken],
    )


def _differs(base: Scenario, other: Scenario, path: str) -> bool:
    one, two = base.records.get(path), other.records.get(path)
    return one is None or two is None or (one is not two and (one.points(), one.dist) != (two.points(), two.dist))


def _place(act: Action) -> tuple[object, ...]:
    """Tell which act it is: who does what about which goods, from when."""
    return (act.date, act.actor, act.item, act.target)


def _whole(act: Action) -> tuple[object, ...]:
    return (*_place(act), act.until, act.action, act.stringency, act.cap, act.fee)
