"""What results and comparisons have in common: a deck and a page of them, files for other tools.

>>> import podrace as pr
>>> pr.run("baseline", members=100).deck("baseline.pptx", lang="ko")  # doctest: +SKIP
PosixPath('baseline.pptx')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pathlib import Path


class Presenting:
    """Results that can be shown to others."""

    __slots__ = ()

    def deck(
        self, path: str | Path, lang: str = "en", template: str | Path | None = None, *, force: bool = False
    ) -> Path:
        """Write a PowerPoint deck with native, editable charts; what the user should know of a template is a warning.

        Parameters
        ----------
        path
            A .pptx file.
        lang
            ``en`` or ``ko``.
        template
            A .pptx or .potx file whose layouts, fonts and colours the deck takes.
        force
            Replace the file even if podrace did not write it.

        Raises
        ------
        ScenarioError
            When the language, the template or the place will not do; nothing is written then.
        """
        import warnings

        from .deck.deck import write_deck
        from .deck.save import check_place
        from .deck.template import template_ground
        from .language import known
        from .story.telling import story_of

        known(lang)
        check_place(path, force=force)
        if template is not None:
            template_ground(template)  # refused before the story is told, which takes a while
        written, remarks = write_deck(story_of(cast("Any", self), lang), path, template, force=force)
        for remark in remarks:
            warnings.warn(remark, stacklevel=2)
        return written

    def report(self, path: str | Path, lang: str = "en", year: int | None = None, *, force: bool = False) -> Path:
        """Write one HTML page that needs no network: findings, charts, tables, explanation, sources.

        Parameters
        ----------
        path
            An .html file.
        lang
            ``en`` or ``ko``.
        year
            The year that is explained; by default the one the story speaks of.
        force
            Replace the file even if podrace did not write it.

        Raises
        ------
        ScenarioError
            When the language or the place will not do; nothing is written then.
        """
        from pathlib import Path

        from .language import known
        from .page.save import check_place, write_page
        from .page.telling import page_of

        known(lang)
        place = Path(path).expanduser()
        check_place(place, force=force)
        return write_page(page_of(cast("Any", self), lang, () if year is None else (year,)), place, force=force)

    def export(self, path: str | Path, format: str | None = None) -> Path:  # noqa: A002 (the word people expect)
        """Write one file, in the format that its ending names, and return where it stands; an older one is replaced.

        Parameters
        ----------
        path
            ``.xlsx`` (tables, what went in, sources), ``.parquet`` (members as rows), ``.csv`` (the summary; of a comparison the
            differences), ``.iamc.csv`` or ``.iamc.xlsx`` (for pyam); of a run also ``.nc`` (members, for xarray).
        format
            ``xlsx``, ``parquet``, ``csv``, ``iamc`` or ``nc``, where the ending does not say it.
        """
        from .exports.write import export

        return export(cast("Any", self), path, format)

    def to_pyam(self) -> Any:
        """Give a `pyam.IamDataFrame`.

        Of a run it holds what ``iamc.csv`` holds, with seed, members and hash as meta indicators; of a comparison the kept
        variables of every scenario under its name.

        Raises
        ------
        ScenarioError
            Where pyam is not installed: ``pip install "podrace[iamc]"``.
        """
        from .exports.pyam_frame import to_pyam

        return to_pyam(cast("Any", self))
