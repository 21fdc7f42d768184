"""Phrases that several sections share: odds, who leads and by how much, levels of both sides, and sources."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from ...model.registry import VARIABLES
from ..figures.panels import BINDING_WORDS
from ..language import say, spoken
from ..language.numbers import KOREAN, amount, percent, times
from ..text import SIDE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...scenarios.scenario import Scenario
    from .view import Gap, View

LONGEST_POINT = 90
"""Characters of a point; a slide's line holds no more."""
LONGEST_HEADLINE = 110
NO_SOURCE = ("derived", "judgement", "what-if", "command line", "recalled")
"""Sources that name no publication."""
MOST_SOURCES = 4
COMPARED = ("stock", "flow", "state")
NO_RATIO = ("training_days",)
"""Less is better: a ratio would be read the wrong way round."""


def odds(share: float, members: int) -> str:
    """Say in what part of the futures something holds; nothing where there is one future alone.

    >>> odds(0.931, 1000), odds(1.0, 1000), odds(0.0, 20), odds(1.0, 1)
    ('in 93 % of futures', 'in all 1,000 futures', 'in none of 20 futures', '')
    """
    if members == 1:
        return ""
    if share == 1:
        return say("in all {count} futures", count=f"{members:,}")
    if share == 0:
        return say("in none of {count} futures", count=f"{members:,}")
    return say("in {share} of futures", share=percent(share))


def likely(share: float) -> str:
    """Name a probability in a word that matches it.

    >>> [likely(share) for share in (1.0, 0.995, 0.93, 0.7, 0.5, 0.2, 0.05, 0.001)]
    ['almost certain', 'almost certain', 'very likely', 'likely', 'about even', 'unlikely', 'very unlikely', 'almost excluded']
    """
    steps = (
        (0.99, say("almost certain")),
        (0.9, say("very likely")),
        (0.66, say("likely")),
        (0.33, say("about even")),
        (0.1, say("unlikely")),
        (0.01, say("very unlikely")),
    )
    return next((word for least, word in steps if share >= least), say("almost excluded"))


def label(name: str) -> str:
    """Name a variable in the language spoken."""
    variable = VARIABLES[name]
    return variable.label_ko if spoken() == KOREAN else variable.label.replace(": ", ", ")


def lead(gap: Gap, what: str) -> str:
    """Say who leads in something, and by how much.

    Parameters
    ----------
    gap
        Of the sides.
    what
        What they are compared in, in the language spoken.
    """
    if math.isnan(gap.ratio.middle):
        return say("neither side has {what}", what=what)
    if gap.one_sided:
        return (
            say("only China has {what}", what=what)
            if gap.leader == "china"
            else say("only the US-led side has {what}", what=what)
        )
    if not gap.leader:
        return say("the sides are level in {what}", what=what)
    lead_by = times(gap.lead.middle)
    if gap.leader == "us":
        return say("the US-led side leads by {times} in {what}", times=lead_by, what=what)
    return say("China leads by {times} in {what}", times=lead_by, what=what)


def both_lead(year: int, one: Gap, what_one: str, two: Gap, what_two: str) -> str:
    """Say in one sentence who leads in two things."""
    simple = all(gap.leader and not gap.one_sided for gap in (one, two))
    if simple and one.leader == two.leader:
        known = {"first": times(one.lead.middle), "second": times(two.lead.middle), "one": what_one, "other": what_two}
        if one.leader == "us":
            return say(
                "In {year} the US-led side leads by {first} in {one}, by {second} in {other}", year=year, **known
            )
        return say("In {year} China leads by {first} in {one}, by {second} in {other}", year=year, **known)
    return say("In {year} {one}; {other}", year=year, one=lead(one, what_one), other=lead(two, what_two))


def levels(view: View, name: str, year: int | None = None, *, intervals: bool = False) -> str:
    """Write a variable of both sides in a year, the one in focus by default."""
    when = view.when if year is None else year
    written = {}
    for side in ("us", "china"):
        found = view.level(name, side, when)
        written[side] = amount(VARIABLES[name], *(found if intervals else found[:1]))
    return say("{what} {year}: US-led {us}, China {china}", what=label(name), year=when, **written)


def told(view: View, names: Sequence[str], years: Sequence[int] | None = None) -> tuple[str, ...]:
    """Write what a speaker may be asked for: levels with intervals and the ratio, a line per variable and year."""
    lines = []
    for name in (name for name in names if view.has(name)):
        for year in view.key_years if years is None else years:
            line = levels(view, name, year, intervals=True)
            gap = view.gap(name, year)
            if (
                math.isfinite(gap.ratio.high)
                and gap.ratio.low > 0
                and VARIABLES[name].kind in COMPARED
                and name not in NO_RATIO
            ):
                line += say("; US-led over China {times}", times=times(*gap.ratio))
            lines.append(line)
    return tuple(lines)


def told_of(view: View, side: str, names: Sequence[str]) -> tuple[str, ...]:
    """Write the levels of one side with their intervals, a line per variable and year."""
    return tuple(
        say(
            "{what} {year}, {side}: {value}",
            what=label(name),
            year=year,
            side=say(SIDE_NAMES[side]),
            value=amount(VARIABLES[name], *view.level(name, side, year)),
        )
        for name in names
        if view.has(name)
        for year in view.key_years
    )


def arrow(before: str, after: str) -> str:
    """Write what becomes of a number; once where both read the same.

    >>> arrow("89 %", "45 %"), arrow("89 %", "89 %")
    ('89 % → 45 %', 'still 89 %')
    >>> arrow("1.8 M packages", "940 k packages"), arrow("5.4 GW", "6.9 GW")
    ('1.8 M → 940 k packages', '5.4 → 6.9 GW')
    """
    if before == after:
        return say("still {value}", value=after)
    first, second = before.split(" "), after.split(" ")
    while len(first) > 1 and len(second) > 1 and first[-1] == second[-1] and first[-1] != "%":
        first, second = first[:-1], second[:-1]
    shared = after.split(" ")[len(second) :]
    return " ".join((*first, "→", *second, *shared))


def limit_named(category: str) -> str:
    """Name what limits."""
    return say("chip supply") if category == "supply" else say(BINDING_WORDS[category])


def cut(text: str, most: int = LONGEST_POINT) -> str:
    """Shorten a text to a number of characters, at the end of a word.

    >>> cut("a long text", 8)
    'a long…'
    """
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    head = flat[: most - 1]
    return (head.rpartition(" ")[0] or head).rstrip(",;:. ") + "…"


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def source_line(scenario: Scenario, name: str) -> str:
    """Write a source: who, what, when, where."""
    source = scenario.sources.get(name)
    if source is None:
        return name
    parts = [str(source.get("publisher", "")), str(source.get("title", ""))]
    text = ": ".join(part for part in parts if part) or name
    date, address = source.get("date"), source.get("address")
    return text + (f" ({date})" if date else "") + (f" {address}" if address else "")


def sources_of(scenario: Scenario, paths: Iterable[str]) -> tuple[str, ...]:
    """List the publications that records rest on, those that most of them cite first.

    Parameters
    ----------
    scenario
        Holds the records.
    paths
        Beginnings of their paths.
    """
    starts = tuple(paths)
    cited = Counter(
        source
        for path, record in scenario.records.items()
        if path.startswith(starts)
        for source in record.source
        if source not in NO_SOURCE
    )
    return tuple(source_line(scenario, name) for name, _ in cited.most_common(MOST_SOURCES))
