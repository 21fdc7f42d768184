"""What stands on which slide: a story cut into 8 to 14 slides, what does not fit said in the notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..language import say
from ..story.parts import Table
from .grid import Grid, grids
from .measure import Room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..story.parts import Chart, Section, Story

MOST_SLIDES = 14
CHARTS_ON_A_SLIDE = 2
SMALL_CHARTS = 3
"""Stacked columns over years that stand side by side: they are read as shapes."""
STATEMENTS = ("question", "answer")
"""Sections whose headline is set in large type."""


@dataclass(frozen=True)
class Slide:
    """What one slide shows.

    Attributes
    ----------
    key
        Of its section; ``title`` and ``reproduction`` are the deck's own.
    headline
        The finding.
    points
        Short lines.
    charts
        At most two, or three of stacked columns.
    grid
        A table with its sizes.
    rest
        How much of the table it does not show.
    notes
        What the speaker reads.
    sources
        Behind it.
    part, parts
        Which of how many slides of its section it is.
    """

    key: str
    headline: str
    points: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    grid: Grid | None = None
    rest: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    part: int = 1
    parts: int = 1

    @property
    def large(self) -> bool:
        """Whether its headline is what the deck is about."""
        return self.key in STATEMENTS

    @property
    def statement(self) -> bool:
        """Whether it is a sentence in large type."""
        return self.key in STATEMENTS and not self.charts and self.grid is None


def plan(story: Story, room: Room, scale: float) -> list[Slide]:
    """Cut a story into slides.

    Every section has a slide. Slides that are left over go to what a section could not show on its first one (more charts,
    the rest of a table), a slide to each section in turn, and to how to make the result again.

    Parameters
    ----------
    story
        In the language of the deck, which must be spoken now.
    room
        For content on a slide, in points.
    scale
        Sizes of type over those on a large slide.
    """
    first = Slide("title", story.title, (story.subtitle,), notes=_pairs(story.reproduction))
    cut = [_slides(section, room, scale) for section in _once(story.sections)]
    left = MOST_SLIDES - 1 - len(cut)
    kept, dropped = (cut, []) if left >= 0 else _fewer(cut, -left)
    shown = _shares([len(slides) for slides in kept], max(0, left))
    spare = left - sum(shown) + len(shown)
    last = [_reproduction(story, room, scale)] if spare > 0 and story.reproduction else []
    slides = [slide for all_slides, count in zip(kept, shown, strict=True) for slide in _within(all_slides, count)]
    slides += last
    if dropped:
        slides[-1] = replace(slides[-1], notes=(*slides[-1].notes, say("Not shown: {what}", what="; ".join(dropped))))
    return [first, *slides]


def _once(sections: Sequence[Section]) -> list[Section]:
    """Leave out a chart that an earlier section showed, where another is left."""
    seen: list[Chart] = []
    told = []
    for section in sections:
        fresh = tuple(chart for chart in section.charts if chart not in seen)
        seen += fresh
        told.append(replace(section, charts=fresh) if fresh else section)
    return told


def with_unit(chart: Chart) -> Chart:
    """Say the unit in the title of a chart that does not."""
    return chart if chart.unit in chart.title else replace(chart, title=f"{chart.title}, {chart.unit}")


def _slides(section: Section, room: Room, scale: float) -> list[Slide]:
    """Cut a section into as many slides as all of it takes."""
    small = len(section.charts) == SMALL_CHARTS and all(chart.kind == "stacked" for chart in section.charts)
    step = SMALL_CHARTS if small else CHARTS_ON_A_SLIDE
    shown = section.charts if small else tuple(with_unit(chart) for chart in section.charts)
    charts = [shown[start : start + step] for start in range(0, len(shown), step)]
    tables = grids(section.table, room, scale) if section.table and section.table.rows else []
    base = Slide(section.key, section.headline, section.points, notes=section.notes, sources=section.sources)
    slides = [replace(base, charts=tuple(pair)) for pair in charts] + [replace(base, grid=grid) for grid in tables]
    if not slides:
        return [base]
    return [slides[0], *(replace(slide, points=()) for slide in slides[1:])]


def _shares(wanted: Sequence[int], spare: int) -> list[int]:
    """Give each section one slide, and the spare ones in turn to those that want more.

    >>> _shares([1, 4, 2], 3)
    [1, 3, 2]
    """
    given = [1] * len(wanted)
    while spare > 0 and any(one < all_of for one, all_of in zip(given, wanted, strict=True)):
        for place, all_of in enumerate(wanted):
            if spare > 0 and given[place] < all_of:
                given[place] += 1
                spare -= 1
    return given


def _within(slides: list[Slide], count: int) -> list[Slide]:
    """Keep a section's first slides, and say in the notes of the last one what the others would show."""
    kept = [replace(slide, part=place, parts=count) for place, slide in enumerate(slides[:count], start=1)]
    rest = slides[count:]
    said = [say("Not shown: {what}", what=chart.title) for slide in rest for chart in slide.charts]
    rows = [row for slide in rest if slide.grid for row in slide.grid.table.rows]
    if rows:
        said.append(say("The rest of the table:"))
        said += [" · ".join(cell for cell in row if cell) for row in rows]
    last = kept[-1]
    if rows and last.grid:
        last = replace(last, rest=say("Rows left for the notes: {count}", count=len(rows)))
    return [*kept[:-1], replace(last, notes=(*last.notes, *said))]


def _fewer(cut: list[list[Slide]], over: int) -> tuple[list[list[Slide]], list[str]]:
    """Leave out sections before the last two (assumptions and caveats stay), and name them."""
    end = max(1, len(cut) - 2)
    start = max(1, end - over)
    return cut[:start] + cut[end:], [slides[0].headline for slides in cut[start:end]]


def _reproduction(story: Story, room: Room, scale: float) -> Slide:
    table = Table((say("What"), say("Value")), story.reproduction, say("What it takes to make this again"))
    grid = grids(table, room, scale)[0]
    return Slide(
        "reproduction", say("The same inputs give the same numbers again"), grid=grid, notes=_pairs(story.reproduction)
    )


def _pairs(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in pairs)
