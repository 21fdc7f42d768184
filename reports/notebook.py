"""Results in notebooks: a title, what ran, and the few numbers that one looks for first; the rest folded away."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..model.registry import VARIABLES
from ..scenarios.html import box, fold, paragraph, table
from .compare.text import changed_blocks
from .sensitivity.text import percent, ranked_rows
from .tables import Block, headline_blocks, headline_years
from .text import SIDE_NAMES, heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .compare.comparison import Comparison
    from .explain.explanation import Explained
    from .result import Result
    from .sensitivity.discovery import Found
    from .sensitivity.indices import Sources

FIRST = ("fleet_h100e", "cluster_training_eflops", "largest_run_flop", "accelerators_produced", "binding_input")
"""Variables shown at once; the other headline variables are folded."""
OPEN, FACTORS, BOXES = 3, 12, 5
"""Scenarios of a comparison, rows of a ranking, and boxes, that are shown at once."""


def result_html(result: Result) -> str:
    """Build the page of a run: medians and 90 % intervals of the headline variables."""
    run, scenario, years = result.ensemble, result.scenario, result.years
    facts = [
        scenario.name,
        _members(run.members),
        f"seed {run.seed}",
        f"{years[0]} to {years[-1]}",
        f"hash {scenario.hash[:8]}",
    ]
    note = paragraph("Medians (90 % interval) over members.")
    return box(scenario.title, facts, note, _two_parts(headline_blocks(result), headline_years(years)))


def comparison_html(comparison: Comparison) -> str:
    """Build the page of a comparison: what differs member by member, scenario by scenario."""
    paired = comparison.paired
    facts = [_members(paired.members) + ", the same draws in each", f"seed {paired.seed}",
             f"{paired.years[0]} to {paired.years[-1]}", f"base {paired.base.name}, hash {paired.base.hash[:8]}"]  # fmt: skip
    frame = comparison.table().reset_index()
    parts = [
        paragraph(
            "Median before → after; median of the differences (90 % interval); share of members with more or less."
        )
    ]
    years = comparison.years[1:3] or comparison.years
    for place, other in enumerate(paired.others):
        scenario = other.scenario
        blocks, still = changed_blocks(frame[frame["scenario"] == scenario.name], years)
        title = f"{scenario.name}: {scenario.title} · hash {scenario.hash[:8]}"
        if not blocks:
            parts.append(paragraph(f"{title}: nothing differs in {' and '.join(map(str, years))}."))
            continue
        inside = _two_parts(blocks, years, FIRST[:-1])
        inside += paragraph(f"The same, or nearly: {', '.join(still)}.") if still else ""
        headed = f'<div style="margin-top:0.6em"><b>{escape(title)}</b></div>{inside}'
        parts.append(headed if place < OPEN else fold(title, inside))
    return box(f"Beside {paired.base.title}", facts, *parts, *(paragraph(note) for note in comparison.notes()))


def explained_html(explained: Explained) -> str:
    """Build the page of an explanation: its text as printed."""
    found = explained.explanation
    reading = found.reading
    facts = [found.scenario.title, _members(reading.members), f"seed {reading.seed}", f"hash {found.scenario.hash[:8]}"]
    text = escape(explained.text())
    inside = f'<pre style="white-space:pre-wrap;background:transparent;color:inherit">{text}</pre>'
    return box(f"Why {reading.year} is as it is: {SIDE_NAMES[reading.side]}", facts, inside)


def sources_html(sources: Sources) -> str:
    """Build the page of a sensitivity study: the strongest factors."""
    study, indices = sources.study, sources.study.indices
    base = "base samples" if indices.method == "sobol" else "trajectories"
    facts = [study.scenario.title, f"{study.samples:,} {base}", f"{indices.runs:,} runs", f"seed {study.seed}",
             "95 % intervals", f"hash {study.scenario.hash[:8]}"]  # fmt: skip
    rows = ranked_rows(sources)
    heads = ("factor", *(("with interactions", "alone") if indices.method == "sobol" else ("mean size", "mean change")))
    parts = [table((*heads, "5 % to 95 %"), rows[:FACTORS])]
    left = int(indices.table["ranked"].sum()) - FACTORS
    if left > 0:
        parts.append(paragraph(f"and {left:,} more, each weaker"))
    apart = int((~indices.table["ranked"]).sum())
    if apart:
        parts.append(paragraph(f"{apart:,} not ranked: their interval covers zero"))
    return box(f"What the spread comes from: {sources.number}, {study.place.year}", facts, *parts)


def found_html(found: Found) -> str:
    """Build the page of a discovery: boxes in words."""
    discovery = found.discovery
    share = percent(discovery.cases / discovery.members)
    facts = [found.name, f"holds in {discovery.cases:,} of {_members(discovery.members)} ({share})",
             discovery.method.upper(), f"{len(discovery.inputs)} uncertain inputs"]  # fmt: skip
    rows = [
        (found.box_words(box), percent(box.all.density), percent(box.all.coverage), percent(box.all.mass))
        for box in discovery.boxes[:BOXES]
    ]
    inside = table(("box", "density", "coverage", "mass"), rows)
    if not rows:
        inside = paragraph("No range of inputs holds up on members that did not find it.")
    return box(
        f"Where {found.condition.text}, {found.year}", facts, inside, *(paragraph(note) for note in found.notes())
    )


def _two_parts(blocks: Sequence[Block], years: Sequence[int], names: Sequence[str] = FIRST) -> str:
    """Show the first variables, in their order, and fold the others."""
    first = [heading(VARIABLES[name]) for name in names]
    shown = sorted((block for block in blocks if block.heading in first), key=lambda block: first.index(block.heading))
    shown = shown or list(blocks[: len(names)])
    rest = [block for block in blocks if block not in shown]
    return _blocks(shown, years) + (fold(f"{len(rest)} more", _blocks(rest, years)) if rest else "")


def _blocks(blocks: Iterable[Block], years: Sequence[int]) -> str:
    """Build one table of blocks: the variable stands beside its first line."""
    rows = [
        (block.heading if place == 0 else "", line.name, *(cell.replace("  ", " · ") for cell in line.cells))
        for block in blocks
        for place, line in enumerate(block.lines)
    ]
    return table(("", "", *map(str, years)), rows, text_columns=2)


def _members(count: int) -> str:
    return "1 member" if count == 1 else f"{count:,} members"
