"""A result or a comparison as a page: its story, its numbers over the years, and why a year is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...scenarios.faults import fail
from ..language import LANGUAGES, say, speaking
from ..story.telling import story_of
from ..story.view import View
from .explained import explained
from .numbers import numbers_over_years
from .page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ..compare.comparison import Comparison
    from ..result import Result


def page_of(found: Result | Comparison, language: str = LANGUAGES[0], years: Sequence[int] = ()) -> str:
    """Write a result or a comparison as a page.

    Parameters
    ----------
    found
        From memory or from a folder. Of a comparison, the one what-if is told in numbers and explained, or the base where
        there are several.
    language
        Code of the language.
    years
        The years that are explained; the one the story speaks of by default.

    Returns
    -------
    HTML, complete and by itself.
    """
    from ..result import Result

    view, events = _told(found)
    asked = sorted(set(years)) or [view.when]
    for when in asked:
        if when not in view.years:
            fail(f"no year {when} in this run", allowed=f"{view.years[0]} to {view.years[-1]}")
    story = story_of(found, language)
    with speaking(language):
        title = "" if isinstance(found, Result) else say(view.scenario.title)
        return page(story, [numbers_over_years(view, title)], [explained(view, when, events, title) for when in asked])


def _told(found: Result | Comparison) -> tuple[View, pd.DataFrame | None]:
    """Choose the run that is told in numbers, with its event log where there is one."""
    from ..result import Result

    if isinstance(found, Result):
        run = found.ensemble
        return View(run.data, run.scenario, run.members, run.seed), run.events
    from ..story.pairs import Pairs

    pairs = Pairs(found.paired)
    return (pairs.view(pairs.first) if len(pairs.others) == 1 else pairs.base), None
