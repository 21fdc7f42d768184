"""Sentences about rules that act now and then: new controls, deals, retaliation, a broken boom, home EUV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..language import say
from ..text import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...studies.explain_decisions import Decision

GOODS = {"accelerators": "accelerators", "hbm": "HBM", "equipment": "fab tools", "foundry": "foundry services"}
"""What controls are about, as a sentence names it."""


def reaction(decision: Decision, who: str) -> str:
    """Tell a reaction as a sentence; nothing where its rule has none, or its numbers are not there.

    Parameters
    ----------
    decision
        From `podrace.studies.explain_decisions`.
    who
        Its actor, as a sentence names it.
    """
    write = WRITERS.get(decision.rule)
    return write(decision, who) if write else ""


def _controls(decision: Decision, who: str) -> str:
    """Tell that a control was tightened on what still flowed, or loosened as a deal."""
    how, _, item = decision.chose.partition(" ")
    what = say(GOODS.get(item, item))
    flow = decision.observed.get("remaining flow")
    if how == "loosen":
        return say("{who} loosened its controls on {what} in a deal.", who=who, what=what)
    if flow is None:
        return ""
    return say(
        "{who} tightened its controls on {what}, of which {share} % still flowed.",
        who=who,
        what=what,
        share=f"{100 * flow:.0f}",
    )


def _licences(decision: Decision, who: str) -> str:
    if decision.amount:
        return say("{who} licensed older chips for a fee.", who=who)
    return say("{who} took back its licences for older chips.", who=who)


def _retaliation(_decision: Decision, who: str) -> str:
    return say("{who} changed course on retaliation, in answer to steps of the US.", who=who)


def _counter_measures(decision: Decision, who: str) -> str:
    if decision.amount is None:
        return ""
    return say(
        "{who} held back minerals while it retaliated: foreign plants lost {share} % of their output.",
        who=who,
        share=number(abs(decision.amount)),
    )


def _bust(decision: Decision, who: str) -> str:
    if decision.amount is None:
        return ""
    return say(
        "{who} cut spending to {share} % of its path: the boom broke.", who=who, share=f"{100 * decision.amount:.0f}"
    )


def _euv(_decision: Decision, who: str) -> str:
    return say("{who} reached volume.", who=who)


WRITERS: dict[str, Callable[[Decision, str], str]] = {
    "controls": _controls,
    "licences": _licences,
    "retaliation": _retaliation,
    "counter_measures": _counter_measures,
    "capex_bust": _bust,
    "euv": _euv,
}
"""Rules told here."""
