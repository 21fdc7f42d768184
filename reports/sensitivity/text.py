"""Sensitivity and discovery for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...studies.factors import CHANCE, REST
from ...studies.one_at_a_time import RATIO
from ..text import number
from ..words import amount, unit_words

if TYPE_CHECKING:
    from rich.text import Text

    from .discovery import Found
    from .indices import Sources

ROWS = 25
"""Ranked factors that are printed."""
TINY = 0.0005
"""A share below this is printed as none."""


def sensitivity_text(sources: Sources) -> Text:
    """Build the printed ranking: shares of the variance, or mean effects, with intervals; what is not ranked apart."""
    from rich.text import Text

    study, indices = sources.study, sources.study.indices
    text = Text(no_wrap=True, overflow="ignore")
    text.append(
        f"What the spread of a number comes from: {sources.number}, {study.place.year} · {study.scenario.name}\n",
        style="bold",
    )
    unit = "×" if study.place.side == RATIO else ""
    mean, deviation = indices.mean / sources.scale, float(np.sqrt(indices.variance)) / sources.scale
    base = "base samples" if indices.method == "sobol" else "trajectories"
    text.append(
        f"mean {number(mean)}{unit}, standard deviation {number(deviation)}{unit} · {study.samples:,} {base}, "
        f"{indices.runs:,} runs · 95 % intervals\n",
        style="dim",
    )
    table = sources.table()
    ranked = table[table["ranked"]]
    rows = ranked_rows(sources)
    heads = ("with interactions", "alone") if indices.method == "sobol" else ("mean size", "mean change")
    wide = [max(len(head), *(len(row[1 + k]) for row in rows)) if rows else len(head) for k, head in enumerate(heads)]
    names = max((len(row[0]) for row in rows), default=10)
    text.append(f"\n{'':4}{'':{names}}  {heads[0]:<{wide[0]}}  {heads[1]:<{wide[1]}}  5 % to 95 %\n", style="bold")
    for place, (label, first, second, span) in enumerate(rows, start=1):
        text.append(f"{place:>3} {label:<{names}}  {first:<{wide[0]}}  {second:<{wide[1]}}  ")
        text.append(f"{span}\n", style="dim")
    if len(ranked) > ROWS:
        text.append(f"    and {len(ranked) - ROWS} more, each weaker\n", style="dim")
    _append_sums(text, sources)
    apart = [sources.label(str(name)) for name in table.index[~table["ranked"]]]
    if apart:
        shown = ", ".join(apart[:12]) + (f" and {len(apart) - 12} more" if len(apart) > 12 else "")
        text.append(f"not ranked, the interval covers zero: {shown}\n", style="dim")
    text.rstrip()
    return text


def ranked_rows(sources: Sources) -> list[tuple[str, str, str, str]]:
    """Write the strongest factors: name, two indices with intervals, range of the parameter."""
    table = sources.table()
    return [
        (sources.label(str(row["factor"])), *_cells(sources, row), _range(sources, str(row["factor"])))
        for row in table[table["ranked"]].head(ROWS).reset_index().to_dict("records")
    ]


def _cells(sources: Sources, row: dict[Any, Any]) -> tuple[str, str]:
    if sources.study.indices.method == "sobol":
        return tuple(  # type: ignore[return-value]
            f"{percent(row[key])} ({_bare(row[f'{key}_low'])} to {_bare(row[f'{key}_high'])})"
            for key in ("total", "first")
        )
    scale = sources.scale
    size = [row[key] / scale for key in ("mu_star", "mu_star_low", "mu_star_high")]
    change = row["mu"] / scale
    sign = "+" if change > 0 else "−"
    return f"{number(size[0])} ({number(size[1])} to {number(size[2])})", f"{sign}{number(abs(change))}"


def _append_sums(text: Text, sources: Sources) -> None:
    """Say how much is additive, and what the parameters hold that were not looked at one by one."""
    indices = sources.study.indices
    if indices.method != "sobol":
        text.append("\nmean size: of the change from the 5 % to the 95 % quantile, all else anywhere; "
                    "decisions fall the same way along a trajectory\n", style="dim")  # fmt: skip
        return
    together = float(indices.table["first"].sum())
    text.append(f"\nalone, all factors explain {percent(together)} of the variance; interactions hold the rest\n")
    if indices.left_out:
        total, low, high = (float(indices.table[key][REST]) for key in ("total", "total_low", "total_high"))
        chosen = len(indices.table) - 2
        text.append(
            f"a Morris screening chose {chosen} of {chosen + len(indices.left_out)} parameters; the other "
            f"{len(indices.left_out)}, moved as one, hold {percent(total)} "
            f"({_bare(low)} to {_bare(high)})\n"
        )


def _range(sources: Sources, name: str) -> str:
    """Write the range of a parameter in the year of the number."""
    from ...scenarios.distributions import record_quantile
    from ...scenarios.moves import is_date
    from ...studies.one_at_a_time import HIGH, LOW

    scenario = sources.study.scenario
    if name in {REST, CHANCE} or name not in scenario.records:
        return ""
    record = scenario.records[name]
    low, high = np.ravel(record_quantile(record, np.array([LOW, HIGH]), sources.study.place.year))[[0, -1]]
    unit = "" if is_date(record) else unit_words(record.unit, sources.label(name))
    return f"{amount(float(low), record.unit)} to {amount(float(high), record.unit)} {unit}".rstrip()


def percent(share: float) -> str:
    """Write a share of the variance.

    >>> percent(0.337), percent(0.0123), percent(-0.0001), percent(-0.02)
    ('34 %', '1.2 %', '0 %', '−2.0 %')
    """
    if abs(share) < TINY:
        return "0 %"
    said = f"{abs(100 * share):.1f}" if abs(share) < 0.0995 else f"{abs(100 * share):.0f}"
    return f"{'−' if share < 0 else ''}{said} %"


def _bare(share: float) -> str:
    return percent(share).removesuffix(" %")


def discovery_text(found: Found) -> Text:
    """Build the printed boxes: each in words, with coverage, density and mass."""
    from rich.text import Text

    discovery = found.discovery
    text = Text(no_wrap=True, overflow="ignore")
    text.append(f"Where {found.condition.text}, {found.year} · {found.name}\n", style="bold")
    text.append(
        f"it holds in {discovery.cases:,} of {discovery.members:,} members ({percent(discovery.cases / discovery.members)}) · "
        f"{discovery.method.upper()}, {len(discovery.inputs)} uncertain inputs, found on {discovery.finders:,} members, "
        f"held to the others\n",
        style="dim",
    )
    for place, box in enumerate(discovery.boxes, start=1):
        text.append(f"\n{place}. {found.box_words(box)}\n", style="bold")
        text.append(
            f"   density {percent(box.all.density)}: the condition holds in {box.all.cases:,} of the {box.all.members:,} "
            f"members inside ({percent(box.held_out.density)} of those held out)\n"
            f"   coverage {percent(box.all.coverage)} of all cases · mass {percent(box.all.mass)} of all members\n"
        )
    if len(discovery.boxes) > 1:
        joint = discovery.together
        text.append(
            f"\ntogether: density {percent(joint.density)}, coverage {percent(joint.coverage)}, mass {percent(joint.mass)}\n"
        )
    if not discovery.boxes:
        text.append("\nno range of inputs holds up on members that did not find it\n")
    text.rstrip()
    return text
