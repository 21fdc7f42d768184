"""What the command line writes: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import math
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from rich.progress import Progress
    from rich.text import Text

PATIENCE_SECONDS = 0.7
"""A bar appears only when the work takes longer than this."""

WIDE = 200
"""Characters in a line when nobody is looking at a window."""


def say(message: str) -> None:
    """Write a message to standard error."""
    sys.stderr.write(message + "\n")


def write(text: str) -> None:
    """Write a result to standard output."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def write_json(document: Any) -> None:
    """Write one JSON document to standard output."""
    write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str))


def width() -> int:
    """Characters in a line of the terminal, or plenty where standard output is a file or a pipe."""
    from rich.console import Console

    return Console().width if sys.stdout.isatty() else WIDE


def write_text(text: Text) -> None:
    """Write styled text, in colour where standard output is a terminal."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(text, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)


def write_table(rows: Sequence[Mapping[str, Any]], title: str = "", *, spaced: bool = False) -> None:
    """Write rows as a table with a column per key; numbers to four significant digits, a blank line apart if asked."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, leading=1 if spaced else 0
    )
    columns = list(dict.fromkeys(key for row in rows for key in row))
    for column in columns:
        right = all(isinstance(row.get(column), (int, float)) for row in rows)
        table.add_column(Text(str(column)), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    _console().print(table)


def as_plain(document: Any) -> Any:
    """Turn a report (data frame, dataclass, mapping or list) into what JSON can hold.

    >>> as_plain({"a": (1.0, float("nan"))})
    {'a': [1.0, None]}
    """
    if hasattr(document, "to_dict") and hasattr(document, "columns"):
        return as_plain(_rows(document))
    if hasattr(document, "__dataclass_fields__"):
        return {name: as_plain(getattr(document, name)) for name in document.__dataclass_fields__}
    if isinstance(document, dict):
        return {str(key): as_plain(value) for key, value in document.items()}
    if isinstance(document, (list, tuple)):
        return [as_plain(value) for value in document]
    if hasattr(document, "item") and getattr(document, "ndim", 1) == 0:
        document = document.item()
    if isinstance(document, float) and not math.isfinite(document):
        return None
    return document


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar on standard error while the block works; nothing where that is no terminal, or when told to be quiet."""
    bar = Bar(on=not quiet and sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.close()


class Bar:
    """A progress bar that appears once the work turns out to be slow."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._since = time.monotonic()
        self._progress: Progress | None = None

    def members(self, done: int, wanted: int) -> None:
        """Report members run."""
        self.show("members", done / max(wanted, 1), f"{done:,} of {wanted:,}")

    def claims(self, name: str, share: float) -> None:
        """Report which claim is being answered."""
        self.show("claims", share, name)

    def files(self, what: str, share: float) -> None:
        """Report what is being written."""
        self.show("writing", share, what)

    def show(self, step: str, share: float, detail: str) -> None:
        """Set the bar."""
        if not self._on or (self._progress is None and time.monotonic() - self._since < PATIENCE_SECONDS):
            return
        if self._progress is None:
            self._progress = _rich_progress()
            self._progress.add_task("", total=1.0, detail="")
            self._progress.start()
        self._progress.update(self._progress.task_ids[0], description=step, completed=share, detail=detail)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


def _rich_progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _console() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    named = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    return [{str(key): value for key, value in row.items()} for row in named.to_dict("records")]


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 or abs(value) >= 1e9 else f"{value:,.0f}"
    return str(value)
