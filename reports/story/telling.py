"""The story of a result: its sections in the order they are told, in one language.

>>> import podrace as pr
>>> from podrace.reports.story.telling import story_of_result
>>> story_of_result(pr.run("baseline", members=2)).sections[1].key  # doctest: +SKIP
'answer'
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..language import LANGUAGES, say, speaking, spoken
from ..language.numbers import KOREAN
from .answer import answer, question
from .capability import chip_pod, cluster, fleet
from .caveats import caveats
from .drivers import Drivers, assumptions, drivers
from .limits import binding, power, stockpiles
from .parts import Story
from .timeline import timeline
from .view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..result import Result
    from .parts import Section


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
            subtitle(view, getattr(result, "manifest", None)),
            tuple(section for section in sections if section is not None),
            reproduction(view, f"podrace run {run.scenario.name}"),
        )


def subtitle(view: View, manifest: Any = None) -> str:
    """Say what kind of study it is, and when it was made."""
    made = str((manifest or {}).get("started") or datetime.now(UTC).isoformat())[:10]
    kind = (
        say("One future of a scenario")
        if view.members == 1
        else say("Scenario study, {count} futures", count=f"{view.members:,}")
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
