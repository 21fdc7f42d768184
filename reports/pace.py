"""Progress of long work: how far, how fast, how long still. A bar in a terminal or a notebook, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from .console import say
from .progress import NotebookBar, in_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from rich.progress import Progress

LINE_SECONDS = 15.0
"""A plain line at most this often."""


class Pace:
    """Tells how a sweep advances.

    Parameters
    ----------
    quiet
        Tell nothing.
    clock
        Seconds from anywhere.
    terminal
        Draw a bar; where standard error is a terminal by default.
    notebook
        Draw a notebook's bar; in the kernel of a notebook by default.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
        terminal: bool | None = None,
        notebook: bool | None = None,
    ) -> None:
        self._quiet = quiet
        self._clock = clock
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._began = self._last = clock()
        self._bar: Progress | None = None
        wanted = in_notebook() if notebook is None else notebook
        self._notebook = NotebookBar() if wanted else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._notebook is not None:
            self._notebook.close()

    def members(self, done: int, wanted: int, before: int) -> None:
        """Report members done and wanted; `before` were done when the work began."""
        if self._quiet:
            return
        if self._notebook is not None:
            self._notebook.update(done, wanted, before)
        elif self._terminal:
            self._draw(done, wanted, before)
        elif done in (before, wanted) or self._clock() - self._last >= LINE_SECONDS:
            self._last = self._clock()
            say(self.line(done, wanted, before))

    def line(self, done: int, wanted: int, before: int) -> str:
        """Say it in one line."""
        head = f"{done:,} of {wanted:,} members ({100 * done // max(wanted, 1)} %)"
        seconds = self._clock() - self._began
        if done == before or seconds <= 0:
            return head + (", found done" if before else "")
        rate = (done - before) / seconds
        if done == wanted:
            return f"{head}, {rate:,.0f}/s, {duration(seconds)}"
        return f"{head}, {rate:,.0f}/s, {duration((wanted - done) / rate)} left"

    def _draw(self, done: int, wanted: int, before: int) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (BarColumn(), TextColumn("{task.description}"))
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=wanted)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done, description=self.line(done, wanted, before))


def duration(seconds: float) -> str:
    """Write a time span.

    >>> duration(5), duration(125), duration(7384)
    ('5 s', '2:05 min', '2:03 h')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"
