"""The order of a page: what opens it, what stands where, and what the navigation calls it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from ..language import say
from .drawings import Drawing, drawing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..story.parts import Section, Story
    from ..tables import Block

SUMMARY = ("question", "answer")
"""Sections that open a page."""
LAST = ("assumptions", "caveats")
"""Sections that stand behind the numbers and the explanation."""
FOLDED = ("makers", "buyers", "changes", "inputs")
"""Parts of an explanation that a reader opens where the headline is not enough."""
NAMES = {
    "capability": "Capability",
    "capability_chip_pod": "Chips and pods",
    "capability_cluster": "Clusters",
    "capability_fleet": "Fleets",
    "binding": "What binds",
    "stockpiles": "Stockpiles",
    "power": "Power",
    "timeline": "Policy timeline",
    "differences": "Differences",
    "regret": "Regret",
    "drivers": "What drives it",
    "assumptions": "Assumptions",
    "caveats": "Caveats",
}
"""What the navigation calls a section; a key of no known name stands for itself."""


@dataclass(frozen=True)
class Grid:
    """A table in groups: variables over years, a line per side.

    Attributes
    ----------
    title
        What it finds, or lists.
    caption
        What its cells hold.
    columns
        Years.
    blocks
        A group per variable.
    """

    title: str
    caption: str
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Side:
    """One side's year, explained in parts."""

    headline: str
    parts: tuple[Section, ...]


@dataclass(frozen=True)
class Explained:
    """Why a year is as it is, side by side."""

    headline: str
    sides: tuple[Side, ...]
    year: int
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A section with its charts drawn."""

    section: Section
    drawings: tuple[Drawing, ...]

    @property
    def folded(self) -> bool:
        """Whether a screen shows its headline alone until it is opened."""
        return self.section.key in FOLDED


@dataclass(frozen=True)
class Entry:
    """One section of the page, as the navigation lists it.

    Attributes
    ----------
    id
        Its name in the page.
    name
        What the navigation calls it.
    kind
        ``summary``, ``section``, ``numbers``, ``explained`` or ``reproduction``.
    headline
        What it finds.
    parts
        Sections of the story that it shows.
    grid
        A table over years.
    sides
        Headline and parts of each side that is explained.
    note
        What a reader should know of all of it.
    """

    id: str
    name: str
    kind: str
    headline: str = ""
    parts: tuple[Part, ...] = ()
    grid: Grid | None = None
    sides: tuple[tuple[str, tuple[Part, ...]], ...] = ()
    note: str = ""

    @property
    def drawings(self) -> list[Drawing]:
        """All charts of the section, in order."""
        parts = [*self.parts, *(part for _, told in self.sides for part in told)]
        return [drawn for part in parts for drawn in part.drawings]


def entries(story: Story, numbers: Sequence[Grid], explained: Sequence[Explained]) -> list[Entry]:
    """Lay out a page: question and answer, findings, numbers, explanation, assumptions, how to make it again.

    Parameters
    ----------
    story
        What is told.
    numbers
        Tables over years.
    explained
        Explanations of years.
    """
    names = (f"chart-{place}" for place in count(1))
    opening = tuple(_part(part, names) for key in SUMMARY for part in story.sections if part.key == key)
    found = [Entry("summary", say("Summary"), "summary", parts=opening)] if opening else []
    rest = [part for part in story.sections if part.key not in SUMMARY]
    found += [_section(part, names) for part in rest if part.key not in LAST]
    for grid in numbers:
        found.append(Entry("numbers", say("Numbers over the years"), "numbers", grid.title, grid=grid))
    for why in explained:
        sides = tuple((side.headline, tuple(_part(part, names) for part in side.parts)) for side in why.sides)
        name = say("Why, {year}", year=why.year) if len(explained) > 1 else say("Why")
        found.append(Entry("why", name, "explained", why.headline, sides=sides, note=why.note))
    found += [_section(part, names) for part in rest if part.key in LAST]
    if story.reproduction:
        found.append(Entry("reproduction", say("Make it again"), "reproduction"))
    return _apart(found)


def _section(section: Section, names: Iterator[str]) -> Entry:
    name = say(NAMES.get(section.key) or section.key.replace("_", " ").capitalize())
    part = _part(section, names)
    return Entry(_slug(section.key), name, "section", section.headline, parts=(part,))


def _part(section: Section, names: Iterator[str]) -> Part:
    return Part(section, tuple(drawing(chart, next(names)) for chart in section.charts))


def _slug(key: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in key.lower()) or "section"


def _apart(found: Sequence[Entry]) -> list[Entry]:
    """Number the names that stand more than once in a page."""
    ids = [entry.id for entry in found]
    again = [ids[:place].count(name) for place, name in enumerate(ids)]
    return [
        replace(entry, id=f"{entry.id}-{more + 1}" if more else entry.id)
        for entry, more in zip(found, again, strict=True)
    ]
