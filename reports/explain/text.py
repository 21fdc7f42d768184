"""An explanation as an analyst would write it: five short parts, numbers with their intervals."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from ...model.registry import VARIABLES
from ...studies.statistics import spread
from ..figures.panels import quotient
from ..text import divisor, interval, number, unit
from ..words import amount, in_words, unit_words
from .sentences import listed, sentences, short_name

if TYPE_CHECKING:
    from ...model.numbers import Array
    from ...studies.explain import Explanation
    from ...studies.explain_change import Change, Term
    from ...studies.explain_inputs import Input
    from ...studies.explain_relief import Effect, Relief
    from ...studies.explain_year import Reading

NARROWEST, WIDEST = 80, 110
LEVERS, DECISIONS, INPUTS, BUYERS, NAMED_SOURCES = 5, 4, 2, 3, 2
"""How much of each part is told."""
LITTLE = 0.005
"""A relative effect below this moves next to nothing."""
RARE = 0.01
"""A share of members below this is not told."""
SMALL = 0.05
"""A term below this share of all movement is told with the others of its kind."""
MOST_IDLE = 4
"""Levers without effect that are named; more of them are counted."""
SHORT_OF = {"dies": "logic dies", "hbm": "HBM", "packaging": "packaging slots", "demand": "orders"}
HELD_BACK = {"supply": "chips", "capital": "money", "power": "power"}
WHO = {"china": "China", "us": "The US-led side"}
COLUMNS = {
    "accelerators_produced": "accelerators made",
    "fleet_h100e": "fleet",
    "cluster_training_eflops": "cluster training",
}
OUTCOMES = {
    "accelerators_produced": "output",
    "fleet_h100e": "the fleet",
    "cluster_training_eflops": "cluster training",
}
TERMS = {
    "inventory": "change of what waits to be installed",
    "retired": "retirement",
    "imported": "imports",
    "smuggled": "smuggled in",
    "diverted": "smuggled out",
    "chips": "number of chips",
    "rate": "speed of a chip",
    "utilisation": "hardware utilisation",
    "software": "software",
    "goodput": "goodput",
}
"""Terms of changes that are no firm's deliveries."""
NO_SOURCE = ("judgement", "derived")
"""Ids of sources that name nobody."""


def explanation_text(found: Explanation, width: int = WIDEST) -> str:
    """Write an explanation in about thirty-five lines.

    Parameters
    ----------
    found
        From `podrace.studies.explain`.
    width
        Characters in a line, kept between 80 and 110.
    """
    columns = min(max(width, NARROWEST), WIDEST)
    year = found.reading.year
    parts = [
        [*_wrapped(head(found), columns), *_wrapped(_lead(found), columns)],
        ["WHAT BOUND IT", *_wrapped(_bound(found), columns)],
        ["WHAT WOULD RELIEVE IT", *_wrapped(_relief_words(found), columns), *_relief_table(found)],
        [
            "WHO DECIDED WHAT (central run)",
            *_items(sentences(found.decisions)[:DECISIONS], columns),
        ],
        [
            f"WHAT CHANGED AGAINST {year - 1} (means over members, which add up; 90 % intervals)",
            *_items(_change_words(found), columns),
        ],
        [
            "WHAT IT RESTS ON (central run; each assumption alone, low end → high end)",
            *_items(_inputs(found), columns),
        ],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def head(found: Explanation) -> str:
    """Say what is explained."""
    reading = found.reading
    counted = "1 member" if reading.members == 1 else f"{reading.members:,} members"
    return f"{WHO[reading.side]} in {reading.year} · {found.scenario.name} · {counted} · medians with 90 % intervals"


def _lead(found: Explanation) -> str:
    """Say first what a reader takes away: fleet, largest cluster, how far from the year before, the usual limit."""
    reading = found.reading
    fleet, cluster = (interval_of(name, reading.level(name)) for name in ("fleet_h100e", "cluster_training_eflops"))
    text = f"At the end of {reading.year} it owns {fleet}{_growth(found.fleet)}."
    if np.any(found.cluster.after > 0):
        text += f" Its largest cluster trains at {cluster}{_growth(found.cluster)}."
    return text


def _growth(change: Change) -> str:
    """Say how much more that is than the year before, at the median."""
    both = change.before > 0
    if not both.any():
        return ""
    growth = float(np.median(change.total[both] / change.before[both]))
    if growth >= 1.0:
        return f", {number(1.0 + growth)} times that of the year before"
    size = f"{100 * abs(growth):.0f} %"
    verb = "as much as" if size == "0 %" else f"{size} {'more' if growth > 0 else 'less'} than"
    return f", {verb} the year before"


def _wrapped(text: str, columns: int, first: str = "", later: str = "") -> list[str]:
    """Break a text into lines, never before a per-cent sign."""
    lines = textwrap.wrap(
        text.replace(" %", "\u00a0%"), columns, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
    return [line.replace("\u00a0", " ") for line in lines]


def _items(texts: list[str], columns: int) -> list[str]:
    return [line for text in texts for line in _wrapped(text, columns, "- ", "  ")]


def _bound(found: Explanation) -> str:
    """Say what held output and installations back, in how many members, and whose."""
    reading = found.reading
    said = (
        _makers(reading) if np.any(reading.level("accelerators_produced") > 0) else ["Its firms made no accelerators."]
    )
    held = _shares(reading.level("fleet_binding"), VARIABLES["fleet_binding"].categories, HELD_BACK)
    said.append(f"Installations were bounded by {held}.")
    installed = reading.level("h100e_installed")
    if np.any(installed > 0):
        said.append(f"Its buyers installed {interval_of('h100e_installed', installed)}: {_largest_buyers(reading)}.")
    else:
        said.append("Its buyers installed nothing.")
    return " ".join(said)


def _makers(reading: Reading) -> list[str]:
    """Say what its firms made, what held the leading one back, and whom something else."""
    categories = VARIABLES["binding_input"].categories
    lead = next(seller for seller in reading.sellers if seller.leads)
    usual = _mode(lead.binding)
    differ: dict[int, list[str]] = {}
    for seller in reading.sellers:
        if np.any(seller.finished > 0) and (mode := _mode(seller.binding)) != usual:
            differ.setdefault(mode, []).append(short_name(seller.label))
    others = [f"{listed(names)} mostly by {SHORT_OF[categories[mode]]}" for mode, names in sorted(differ.items())]
    short = "; ".join([_shares(lead.binding, categories, SHORT_OF), *others])
    made = interval_of("accelerators_produced", reading.level("accelerators_produced"))
    return [f"Its firms made {made}.", f"{short_name(lead.label)}, the leading one, was held back by {short}."]


def _shares(codes: Array, categories: tuple[str, ...], words: dict[str, str]) -> str:
    """Write shares of members, the largest first; what is rarer than one in a hundred is left out.

    >>> _shares(np.array([1.0, 1.0, 0.0, 1.0]), ("dies", "hbm"), SHORT_OF)
    'HBM in 75 % of members and logic dies in 25 %'
    """
    found = [(float(np.mean(codes == code)), words[name]) for code, name in enumerate(categories)]
    kept = sorted((pair for pair in found if pair[0] >= LITTLE), key=lambda pair: -pair[0])
    if len(kept) == 1:
        return f"{kept[0][1]} in all members" if kept[0][0] == 1.0 else f"{kept[0][1]} in nearly all members"
    return listed(
        f"{word} in {100 * share:.0f} %{' of members' if place == 0 else ''}"
        for place, (share, word) in enumerate(kept)
    )


def _mode(codes: Array) -> int:
    values, counts = np.unique(codes, return_counts=True)
    return int(values[counts.argmax()])


def _largest_buyers(reading: Reading) -> str:
    total = np.sum([buyer.installed for buyer in reading.buyers], axis=0)
    parts = [(float(np.nanmedian(quotient(buyer.installed, total))), buyer.label) for buyer in reading.buyers]
    parts = sorted((part for part in parts if np.isfinite(part[0])), reverse=True)[:BUYERS]
    return listed(f"{short_name(label)} {100 * share:.0f} %" for share, label in parts) + " of it"


def interval_of(name: str, values: Array) -> str:
    """Write median and interval of a variable with its unit, a year's flow without "a year"."""
    variable = VARIABLES[name]
    low, middle, high = (float(q) for q in spread(values, (0.05, 0.5, 0.95)))
    what = unit(variable).removesuffix("/year").replace("packages", "accelerators")
    return f"{interval(variable, low, middle, high)} {what}"


def _relief_words(found: Explanation) -> str:
    """Say which levers help most, and which do next to nothing."""
    best: dict[str, list[str]] = {}
    for name, word in OUTCOMES.items():
        first = max(found.relief, key=lambda relief: relief.on(name).mean_relative or 0.0, default=None)
        if first is not None and (first.on(name).mean_relative or 0.0) >= LITTLE:
            best.setdefault(_named(first), []).append(word)
    most = "; ".join(f"{label} for {listed(words)}" for label, words in best.items())
    idle = [relief.lever.label for relief in found.relief if max(_size(effect) for effect in relief.effects) < LITTLE]
    said = [f"What helps most: {most}." if most else "No lever adds half a percent."]
    named = listed(idle) if len(idle) <= MOST_IDLE else f"{len(idle)} other levers"
    said += [f"Next to nothing comes of {named}."] if idle else []
    how = f"Each lever alone, in every year of the run, in the same {found.relief_members} members (means, 90 % intervals):"
    return " ".join([*said, how])


def _named(relief: Relief) -> str:
    return f"{relief.lever.label} {relief.lever.percent:+.0f} %"


def _size(effect: Effect) -> float:
    """Largest relative effect within the interval."""
    return max(abs(value) for value in effect.relative) if effect.relative else 0.0


def _weight(relief: Relief) -> float:
    """How much a lever matters: the largest mean effect on any outcome."""
    return max(abs(effect.mean_relative or 0.0) for effect in relief.effects)


def _relief_table(found: Explanation) -> list[str]:
    """Lay out the levers that matter most, with the effect on output, fleet and cluster."""
    told = [r for r in sorted(found.relief, key=lambda relief: -_weight(relief))[:LEVERS] if _weight(r) > 0]
    if not told:
        return []
    rows = [("", *COLUMNS.values())]
    rows += [(_named(relief), *(_effect(relief.on(name)) for name in COLUMNS)) for relief in told]
    wide = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  " + "   ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows]


def _effect(effect: Effect) -> str:
    """Write the mean relative effect in per cent with its interval: a lever that helps in some futures has no median effect.

    Where there is nothing to begin with there is no relative effect.
    """
    if effect.relative is None or effect.mean_relative is None:
        return "–"
    low, middle, high = (percent(value) for value in (effect.relative[0], effect.mean_relative, effect.relative[2]))
    return middle + " %" if low == high else f"{middle} % ({low} to {high})"


def percent(share: float) -> str:
    """Write a change in per cent with one decimal, a zero without sign.

    >>> percent(0.0651), percent(-0.0001), percent(0.0)
    ('+6.5', '0', '0')
    """
    text = f"{100 * share:+.1f}"
    return "0" if float(text) == 0.0 else text


def _change_words(found: Explanation) -> list[str]:
    """Tell what changed, or that there is no year before."""
    if found.reading.year == found.scenario.years[0]:
        return ["The run starts here; nothing to compare."]
    return [_fleet_words(found), _cluster_words(found)]


def _fleet_words(found: Explanation) -> str:
    """Tell the change of the fleet, source by source, the largest first."""
    change = found.fleet
    told, small = _large(_by_size(change))
    by, digits = divisor(VARIABLES[change.variable]), places(change)
    told = [term for term in told if signed(float(term.values.mean()) / by, digits) != "0"]
    parts = [(name_of(term), term.values) for term in told]
    if small:
        others = name_of(small[0]) if len(small) == 1 else "other firms"
        parts.append((others, np.sum([term.values for term in small], axis=0)))
    return f"The fleet {_went(change)}: {', '.join(f'{name} {_signed(change, values)}' for name, values in parts)}."


def _cluster_words(found: Explanation) -> str:
    """Tell the change of the largest cluster, factor by factor, and who built a larger one."""
    change, reading = found.cluster, found.reading
    if not np.any(change.after > 0):
        return "There was no cluster in any member."
    built = float(np.mean(np.any([buyer.holds for buyer in reading.buyers], axis=0)))
    holders = sorted(((float(np.mean(b.holds)), short_name(b.label)) for b in reading.buyers), reverse=True)
    named = [f"{name} {100 * share:.0f} %" for share, name in holders[:BUYERS] if share >= RARE]
    most = "all" if built == 1.0 else "nearly all"
    where = f"in {most} members" if built >= 1.0 - LITTLE else f"in {100 * built:.0f} % of members"
    who = f"A better one was built {where}" + (f": by {listed(named)}." if named else ".")
    if not np.any(change.before > 0):
        return f"Training on the largest cluster {_went(change)}; there was none before. {who}"
    parts = [f"{name_of(term)} {_signed(change, term.values)}" for term in _by_size(change)]
    return f"Training on the largest cluster {_went(change)}: {', '.join(parts)}. {who}"


def _by_size(change: Change) -> list[Term]:
    return sorted(change.terms, key=lambda term: -abs(float(term.values.mean())))


def _went(change: Change) -> str:
    """Say from where to where a variable went, in means."""
    variable = VARIABLES[change.variable]
    before, after = (float(values.mean()) / divisor(variable) for values in (change.before, change.after))
    verb = "rose" if after > before else "fell" if after < before else "stayed"
    ends = f"from {number(before, 3)} to {number(after, 3)}" if verb != "stayed" else f"at {number(after, 3)}"
    return f"{verb} {ends} {unit(variable)}, {_signed(change, change.total)}"


def _signed(change: Change, values: Array) -> str:
    """Write the mean of a term with its interval, in the printed unit of the variable."""
    by, digits = divisor(VARIABLES[change.variable]), places(change)
    low, high = (signed(float(q) / by, digits) for q in spread(values, (0.05, 0.95)))
    mean = signed(float(values.mean()) / by, digits)
    return mean if low == high else f"{mean} ({low} to {high})"


def places(change: Change) -> int:
    """Decimals for all terms of a change, so that they add up as printed: two digits of the largest, one decimal below 100."""
    by = divisor(VARIABLES[change.variable])
    largest = max((abs(float(term.values.mean())) / by for term in change.terms), default=0.0)
    if largest == 0.0:
        return 0
    return max(1 - math.floor(math.log10(largest)), 1 if largest < 100 else 0)


def signed(value: float, digits: int) -> str:
    """Write a change with its sign, to a number of decimals; nothing is 0.

    >>> signed(0.396, 2), signed(-0.004, 2), signed(12.34, 0)
    ('+0.40', '0', '+12')
    """
    return "0" if round(value, digits) == 0.0 else f"{value:+,.{digits}f}"


def _large(terms: list[Term]) -> tuple[list[Term], list[Term]]:
    """Part terms into those worth naming and small deliveries of firms."""
    moved = sum(abs(float(term.values.mean())) for term in terms) or 1.0
    small = [term for term in terms if abs(float(term.values.mean())) < SMALL * moved and term.id not in TERMS]
    return [term for term in terms if term not in small], small


def name_of(term: Term) -> str:
    """Name a term in few words."""
    return TERMS.get(term.id) or short_name(term.label)


def _inputs(found: Explanation) -> list[str]:
    """Tell the records that move the fleet and the cluster most, with where they come from; a record once."""
    told: dict[str, list[Input]] = {}
    for target in dict.fromkeys(one.target for one in found.inputs):
        for one in [one for one in found.inputs if one.target == target][:INPUTS]:
            told.setdefault(one.entry.path, []).append(one)
    return [_input(found, ones) for ones in told.values()]


def _input(found: Explanation, ones: list[Input]) -> str:
    """Tell one record: its range, what its ends make of the numbers, and where it comes from."""
    first = ones[0]
    entry = first.entry
    label = in_words(entry.path, found.scenario.labels)
    low, middle, high = (amount(value, entry.unit) for value in (first.low, entry.value, first.high))
    measured = unit_words(entry.unit, label)
    effects = []
    for one in ones:
        by = divisor(VARIABLES[one.target])
        ends = f"{number(one.at_low / by, 3)} → {number(one.at_high / by, 3)} {unit(VARIABLES[one.target])}"
        effects.append(f"{COLUMNS[one.target]} {ends}")
    named = dict.fromkeys(source.publisher or source.id for source in entry.sources if source.id not in NO_SOURCE)
    told = [(entry.confidence or "").replace("_", " "), *list(named)[:NAMED_SOURCES], entry.as_of or ""]
    span = f"{low} to {high}{f' {measured}' if measured else ''}, central {middle}"
    return f"{label}, {span}: {'; '.join(effects)} [{', '.join(part for part in told if part)}]."
