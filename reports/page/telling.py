"""A result or a comparison as a page: its story, its numbers over the years, and why a year is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...scenarios.faults import fail
from ..language import LANGUAGES, speaking
from ..panels import focus
from ..story.telling import story_of_result
from .explained import explained
from .numbers import numbers_over_years
from .page import page

if TYPE_CHECKING:
    from ..compare import Comparison
    from ..result import Result


def page_of(opened: Result | Comparison, language: str = LANGUAGES[0], year: int | None = None) -> str:
    """Write what a folder held as a page: a result, or a comparison.

    Parameters
    ----------
    opened
        From `podrace.reports.opening.open_any`.
    language
        Code of the language.
    year
        The year that is explained; the one in focus by default.
    """
    from ..result import Result

    if isinstance(opened, Result):
        return page_of_result(opened, language, year)
    return page_of_comparison(opened, language)


def page_of_result(result: Result, language: str = LANGUAGES[0], year: int | None = None) -> str:
    """Write a result as a page.

    Parameters
    ----------
    result
        A finished run, from memory or from a folder.
    language
        Code of the language.
    year
        The year that is explained; the one in focus by default.

    Returns
    -------
    HTML, complete and by itself.
    """
    when = focus(result.data) if year is None else year
    if when not in result.years:
        fail(f"no year {when} in this run", allowed=f"{result.years[0]} to {result.years[-1]}")
    story = story_of_result(result, language)
    with speaking(language):
        return page(story, [numbers_over_years(result)], [explained(result, when)])


def page_of_comparison(comparison: Comparison, language: str = LANGUAGES[0]) -> str:
    """Write a comparison as a page.

    Parameters
    ----------
    comparison
        From memory or from a folder.
    language
        Code of the language.

    Returns
    -------
    HTML, complete and by itself.
    """
    fail(f"{comparison!r}: comparisons have no page yet ({language})")
