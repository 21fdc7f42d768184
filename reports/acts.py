"""Dated acts of governments: which hold something back, license, refuse or answer, and how many are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..scenarios.schema import Action

GOVERNMENTS = ("us", "allies", "china")
KINDS = {"control": "restrict", "licence": "restrict", "purchase_ban": "refuse", "counter_measure": "counter"}
"""Kinds of action that are told; controls and licences of one item are one kind, because the newest holds."""
BANNED = 0.97
"""From this stringency on an act reads as a ban."""


def kind_of(act: Action) -> str:
    """Name the kind of an act that holds something back, licenses or refuses it; nothing for what is only told."""
    kind = KINDS.get(act.action, "")
    if kind == "counter":
        return kind if act.item and not act.target else ""
    moves = act.stringency is not None or act.cap is not None or act.fee is not None
    return kind if moves and act.actor in GOVERNMENTS else ""


def in_force(acts: Iterable[Action], now: float) -> list[Action]:
    """Give the acts in force at a date: of several by one government on one item the newest holds."""
    newest: dict[tuple[str, str, str, str], Action] = {}
    for act in acts:
        if act.date <= now:
            newest[act.actor, kind_of(act), act.item or "", act.target or ""] = act
    held = [act for act in newest.values() if kind_of(act) and (act.until is None or act.until > now)]
    return sorted(held, key=lambda act: act.date)


def counted(held: Sequence[Action]) -> str:
    """Count acts in force by kind; an empty text where there are none."""
    restricted = [act for act in held if kind_of(act) == "restrict"]
    licences = sum(act.action == "licence" and not act.stringency for act in restricted)
    refusals = sum(kind_of(act) == "refuse" and bool(act.stringency) for act in held)
    counts = (
        (sum(bool(act.stringency) for act in restricted), say("1 control"), say("{count} controls")),
        (licences, say("1 licence"), say("{count} licences")),
        (refusals, say("1 refusal"), say("{count} refusals")),
        (sum(kind_of(act) == "counter" for act in held), say("1 counter-measure"), say("{count} counter-measures")),
    )
    return ", ".join(one if number == 1 else many.format(count=number) for number, one, many in counts if number)
