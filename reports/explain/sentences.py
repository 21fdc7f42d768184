"""Decisions as sentences: who decided what, having seen what; like decisions of several actors in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..language import say
from ..language.numbers import bracketed, count, month
from ..text import number
from ..words import amount
from .reactions import reaction

if TYPE_CHECKING:
    from ...studies.explain_decisions import Decision

ACTS = 2
"""Dated acts told of one actor and kind."""
NAMED = 3
"""Plants or buyers named in one sentence."""
LONGEST = 84
"""Characters of the title of a dated act."""
DATED = {
    "control": "set controls",
    "licence": "wrote licences",
    "purchase_ban": "told its firms what not to buy",
    "counter_measure": "answered with measures of its own",
    "subsidy": "subsidised",
    "event": "also acted",
}
"""What dated acts of a kind are."""
ITEMS = {"hbm": "HBM", "equipment": "fab tools"}
ACCEPTED = "The Chinese government would let in {share} % of the foreign chips on offer"
ACCEPTED_AGAIN = "The Chinese government would again let in {share} % of the foreign chips on offer"
ACCEPTANCE_SAW = (
    "the best had {lead} times the TPP of its own best, announced supply covered {cover} % of need, and {angry}"
)
CAPACITIES = {"wafer/year": "{amount} wafers a year", "PB/year": "{amount} PB a year"}
"""Units of plants, as a sentence writes them."""
NEARLY = 0.995
"""From this share on, all of a thing."""


def sentences(decisions: Sequence[Decision]) -> list[str]:
    """Write decisions as sentences, the weighty ones first.

    Parameters
    ----------
    decisions
        In order of weight, from `podrace.studies.explain_decisions`.
    """
    groups: dict[tuple[str, ...], list[Decision]] = {}
    for decision in decisions:
        groups.setdefault(_group(decision), []).append(decision)
    return [text for group in groups.values() if (text := _sentence(group))]


def short_name(label: str) -> str:
    """Cut a name to what a reader knows it by.

    >>> short_name("SMIC, 7 nm class (N+2) for AI"), short_name("Oracle (with OpenAI sites)")
    ('SMIC', 'Oracle')
    """
    return label.split(" (", maxsplit=1)[0].split(", ", maxsplit=1)[0]


def listed(words: Iterable[str]) -> str:
    """Join words with commas and an "and".

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    known = list(words)
    if len(known) < 2:
        return "".join(known)
    return say("{most} and {last}", most=", ".join(known[:-1]), last=known[-1])


def _group(decision: Decision) -> tuple[str, ...]:
    """Dated acts go together by actor, plants by whether they expanded, buyers all, allies all, others stand alone."""
    if decision.dated:
        return decision.rule, decision.actor
    if decision.rule in TOGETHER:
        return decision.rule, str(decision.idle)
    return decision.rule, decision.actor, decision.chose


def _sentence(group: Sequence[Decision]) -> str:
    first = group[0]
    if first.dated:
        return _dated(group)
    return WRITERS.get(first.rule, _plain)(group)


def _actor(decision: Decision) -> str:
    name = short_name(decision.label)
    return say(f"The {name}" if name.endswith(("government", "grid", "grids", "allies", "programme")) else name)


def _dated(group: Sequence[Decision]) -> str:
    """Tell dated acts of one actor and kind: the strongest two, and how many more there were."""
    acts: dict[tuple[float, str], list[Decision]] = {}
    for decision in group:
        acts.setdefault((decision.date, decision.chose), []).append(decision)
    ordered = sorted(acts.values(), key=lambda act: -max(act[0].observed.values(), default=0.0))
    told = sorted(ordered[:ACTS], key=lambda act: act[0].date)
    left = len(ordered) - len(told)
    said = "; ".join([_act(act) for act in told] + ([say("{count} more acts", count=left)] if left else []))
    did = say(DATED.get(group[0].rule, group[0].rule.replace("_", " ")))
    return say("{who} {did}: {what}.", who=_actor(group[0]), did=did, what=said)


def _act(act: Sequence[Decision]) -> str:
    """Tell one act: its title, what it closes of which items, and when."""
    title = say(act[0].chose)
    if len(title) > LONGEST:
        title = title[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:<") + " …"
    items = [_item(name) for decision in act for name in decision.observed]
    closed = max((value for decision in act for value in decision.observed.values()), default=0.0)
    when = month(act[0].date)
    if not items:
        return f"{title}{bracketed(when)}"
    how = say("{share} % closed", share=f"{100 * closed:.0f}") if closed else say("open")
    return f"{title}{bracketed(f'{listed(items)} {how}, {when}')}"


def _item(name: str) -> str:
    """Name a controlled item.

    >>> _item("stringency on hbm"), _item("stringency on nvidia.h20")
    ('HBM', 'H20')
    """
    item = name.removeprefix("stringency on ")
    return say(ITEMS.get(item) or (item.split(".")[1].upper() if "." in item else item))


def _plain(group: Sequence[Decision]) -> str:
    """Tell a reaction in its own sentence, any other decision in the log's own words."""
    decision = group[0]
    if told := reaction(decision, _actor(decision)):
        return told
    seen = ", ".join(f"{say(name)} {amount(value)}" for name, value in decision.observed.items())
    words = {"who": _actor(decision), "rule": say(decision.rule.replace("_", " ")), "reason": say(decision.reason)}
    if not seen:
        return say("{who}, by its rule on {rule}: {what} ({reason}).", what=decision.chose, **words)
    return say(
        "{who}, by its rule on {rule}: {what}, having seen {seen} ({reason}).", what=decision.chose, seen=seen, **words
    )


def _acceptance(group: Sequence[Decision]) -> str:
    decision = group[0]
    seen = decision.observed
    lead, cover = seen.get("TPP ratio"), seen.get("announced cover")
    if lead is None or cover is None or decision.amount is None:
        return _plain(group)
    told = say(ACCEPTED_AGAIN if decision.again else ACCEPTED, share=f"{100 * decision.amount:.0f}")
    angry = say("it was retaliating" if seen.get("retaliating", 0.0) > 0 else "it was not retaliating")
    why = say(ACCEPTANCE_SAW, lead=number(lead), cover=f"{100 * cover:.0f}", angry=angry)
    return f"{told}: {why}."


def _connect(group: Sequence[Decision]) -> str:
    decision = group[0]
    wanted, most = decision.observed.get("wanted GW"), decision.observed.get("most GW")
    if wanted is None or most is None or decision.amount is None:
        return _plain(group)
    if decision.amount == 0.0 and wanted == 0.0:
        return say(
            "{who} connected nothing new for AI: nobody asked for more (up to {most} GW could have come).",
            who=_actor(decision),
            most=number(most),
        )
    told = {"who": _actor(decision), "amount": number(decision.amount)}
    if wanted > most:
        return say(
            "{who} connected {amount} GW for AI, all that could be built; {wanted} GW were asked for.",
            wanted=number(wanted),
            **told,
        )
    return say("{who} connected the {amount} GW asked for ({most} GW could have come).", most=number(most), **told)


def _expand(group: Sequence[Decision]) -> str:
    """Tell which plants grew, and by what call for their output; or which stood still."""
    if group[0].idle:
        full = [d for d in group if d.observed.get("asked over output", 0.0) > 0]
        if not full:
            return ""
        asked = [d.observed["asked over output"] for d in full]
        low, high = (f"{100 * pick(asked):.0f}" for pick in (min, max))
        span = low if low == high else say("{low} to {high}", low=low, high=high)
        return say("{who} added no capacity: orders took {span} % of their output.", who=_names(full), span=span)
    told = [f"{say(short_name(d.label))} {_capacity(d)}{_call(d)}" for d in group[:NAMED]]
    left = len(group) - len(told)
    more = [say("{count} more", count=left)] if left else []
    return say("Busy plants expanded: {what}.", what="; ".join([*told, *more]))


def _capacity(decision: Decision) -> str:
    """Write added capacity with its unit."""
    unit = decision.chose.rsplit(" ", 1)[-1]
    added = amount(decision.amount or 0.0)
    return say(CAPACITIES[unit], amount=added) if unit in CAPACITIES else f"{added} {unit}"


def _call(decision: Decision) -> str:
    """Say what called for the growth, and whether tools cut it."""
    asked, wish = decision.observed.get("asked over output"), decision.observed.get("wish")
    parts = [say("orders {times} times output", times=number(asked))] if asked is not None else []
    if wish and decision.amount is not None and decision.amount < NEARLY * wish:
        parts.append(say("tools allowed {share} % of its plan", share=f"{100 * decision.amount / wish:.0f}"))
    return bracketed(", ".join(parts)) if parts else ""


def _order(group: Sequence[Decision]) -> str:
    """Tell what buyers budgeted together, and whether there was power for it."""
    budgets = [d.observed.get("budget bn USD", 0.0) for d in group]
    total = sum(budgets)
    if not total:
        return ""
    powered = sum(b * d.observed.get("share with power", 1.0) for b, d in zip(budgets, group, strict=True)) / total
    largest = sorted(zip(budgets, group, strict=True), key=lambda pair: -pair[0])[:NAMED]
    names = listed(f"{say(short_name(d.label))} {count(1e9 * budget)}" for budget, d in largest)
    power = (
        say("all of it found power")
        if powered >= NEARLY
        else say("there was power for {share} % of what that buys", share=f"{100 * powered:.0f}")
    )
    return say(
        "Buyers budgeted {total} USD for accelerators ({names}); {power}.",
        total=count(1e9 * total, 3),
        names=names,
        power=power,
    )


def _tool_exports(group: Sequence[Decision]) -> str:
    decision = group[0]
    closed = decision.observed.get("stringency")
    if closed is None or decision.amount is None:
        return _plain(group)
    return say(
        "{who} sold China {amount} USD of tools, with {share} % of the trade closed.",
        who=_actor(decision),
        amount=count(1e9 * decision.amount),
        share=f"{100 * closed:.0f}",
    )


def _alignment(group: Sequence[Decision]) -> str:
    """Tell that allies followed, unless they only went on."""
    if all(d.again for d in group):
        return ""
    return say("{who} followed US controls to the degree of their alignment.", who=_names(group))


def _energy_target(group: Sequence[Decision]) -> str:
    decision = group[0]
    use = decision.observed.get("utilisation")
    if use is None or decision.amount is None:
        return _plain(group)
    told = {"who": _actor(decision), "share": f"{100 * use:.0f}"}
    if decision.idle:
        return say("{who} set AI no higher target for power: {share} % of its AI power was in use.", **told)
    return say(
        "{who} raised AI's claim on new power ({what}): {share} % of its AI power was in use.",
        what=decision.chose,
        **told,
    )


def _names(group: Sequence[Decision]) -> str:
    names = [say(short_name(decision.label)) for decision in group]
    left = len(names) - NAMED - 1
    return listed(names if left <= 0 else [*names[: NAMED + 1], say("{count} more", count=left)])


TOGETHER = ("expand", "order", "alignment")
"""Rules of which all actors share a sentence."""
WRITERS: dict[str, Callable[[Sequence[Decision]], str]] = {
    "acceptance": _acceptance,
    "connect": _connect,
    "expand": _expand,
    "order": _order,
    "tool_exports": _tool_exports,
    "alignment": _alignment,
    "energy_target": _energy_target,
}
"""Rules with a sentence of their own; others are told in the log's words."""
