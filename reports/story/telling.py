"""The story of a result: its sections in the order they are told, in one language.

>>> import podrace as pr
>>> from podrace.reports.story.telling import story_of_result
>>> story_of_result(pr.run("baseline", members=2)).sections[1].key  # doctest: +SKIP
'answer'
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..language import LANGUAGES, say, speaking, spoken
from ..language.numbers import KOREAN
from . import paired_capability, paired_differences, paired_question, paired_reasons
from .answer import answer, question
from .capability import chip_pod, cluster, fleet
from .caveats import caveats
from .drivers import Drivers, assumptions, drivers
from .limits import binding, power, stockpiles
from .pairs import Pairs
from .parts import Story
from .timeline import timeline
from .view import View
from .words import LONGEST_HEADLINE, cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..compare.comparison import Comparison
    from ..result import Result
    from .parts import Section

MOST_POINTS = 5


def story_of_result(result: Result, language: str = LANGUAGES[0]) -> Story:
    """Tell what a result says.

    Parameters
    ----------
    result
        A finished run, from memory or from a folder.
    language
        Code of the language.
    """
    run = result.ensemble
    view = View(run.data, run.scenario, run.members, run.seed)
    with speaking(language):
        found = Drivers(view, result.assumptions)
        sections: Iterable[Section | None] = (
            question(view),
            answer(view),
            chip_pod(view),
            cluster(view),
            fleet(view),
            binding(view),
            stockpiles(view),
            power(view),
            timeline(view),
            drivers(found),
            assumptions(found),
            caveats(view, found),
        )
        return Story(
            language,
            say(run.scenario.title),
            subtitle(view, result.manifest),
            tuple(fitting(section) for section in sections if section is not None),
            reproduction(view, f"podrace run {run.scenario.name}"),
        )


def story_of_comparison(comparison: Comparison, language: str = LANGUAGES[0]) -> Story:
    """Tell what a comparison says.

    Parameters
    ----------
    comparison
        Scenarios beside a base, from memory or from a folder.
    language
        Code of the language.
    """
    from ...studies.one_at_a_time import one_at_a_time

    paired = comparison.paired
    with speaking(language):
        pairs = Pairs(paired)
        base = pairs.base
        found = Drivers(base, one_at_a_time(paired.base).effects)
        sections: Iterable[Section | None] = (
            paired_question.question(pairs),
            paired_question.answer(pairs),
            paired_capability.capability(pairs),
            paired_capability.fleet(pairs),
            paired_capability.binding(pairs),
            paired_capability.stockpiles(pairs),
            paired_capability.power(pairs),
            paired_reasons.timeline(pairs),
            paired_differences.differences(pairs),
            paired_differences.regret(pairs, comparison),
            paired_reasons.drivers(pairs, found),
            assumptions(found),
            paired_reasons.caveats(pairs, found),
        )
        names = " ".join(other.scenario.name for other in paired.others)
        return Story(
            language,
            comparison_title(pairs),
            subtitle(base, comparison.manifest, compared=True),
            tuple(fitting(section) for section in sections if section is not None),
            reproduction(base, f"podrace compare {paired.base.name} {names}"),
        )


def story_of(found: Result | Comparison, language: str = LANGUAGES[0]) -> Story:
    """Tell what a result or a comparison says, whichever it is."""
    from ..compare.comparison import Comparison

    return story_of_comparison(found, language) if isinstance(found, Comparison) else story_of_result(found, language)


def fitting(section: Section) -> Section:
    """Keep a section to what a slide holds: a headline of two lines, a few points of one line each."""
    points = tuple(cut(point) for point in section.points[:MOST_POINTS])
    return replace(section, headline=cut(section.headline, LONGEST_HEADLINE), points=points)


def comparison_title(pairs: Pairs) -> str:
    """Name a comparison: its what-if, or how many there are."""
    if len(pairs.others) == 1:
        return say(
            "{title}, beside {base}", title=pairs.title(pairs.first.scenario, 70), base=pairs.title(pairs.paired.base)
        )
    return say("{count} what-ifs beside {base}", count=len(pairs.others), base=pairs.title(pairs.paired.base, 70))


def subtitle(view: View, manifest: Any = None, *, compared: bool = False) -> str:
    """Say what kind of study it is, and when it was made."""
    made = str((manifest or {}).get("started") or datetime.now(UTC).isoformat())[:10]
    if view.members == 1:
        kind = say("What-if study, a single future") if compared else say("Scenario study, a single future")
    else:
        many = f"{view.members:,}"
        kind = (
            say("What-if study, {count} futures", count=many)
            if compared
            else say("Scenario study, {count} futures", count=many)
        )
    return f"{kind} · {day(made)}"


def day(text: str) -> str:
    """Write a date of the form 2026-11-24 as people read it.

    >>> day("2026-11-04")
    '4 November 2026'
    """
    when = datetime.fromisoformat(text)
    if spoken() == KOREAN:
        return f"{when.year}년 {when.month}월 {when.day}일"
    return f"{when.day} {when.strftime('%B %Y')}"


def reproduction(view: View, command: str) -> tuple[tuple[str, str], ...]:
    """List what it takes to make the numbers again."""
    from ... import __version__

    scenario = view.scenario
    return (
        ("podrace", __version__),
        (say("scenario"), scenario.name),
        (say("hash"), scenario.hash[:16]),
        (say("members"), f"{view.members:,}"),
        (say("seed"), str(view.seed)),
        (say("years"), f"{view.years[0]}–{view.years[-1]}"),
        (
            say("command"),
            f"{command} --members {view.members} --seed {view.seed} --years {view.years[0]}:{view.years[-1]}",
        ),
    )
