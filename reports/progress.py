"""Who is watching, and what is shown: a bar in a notebook or an interactive terminal, nothing in a script.

`pr.run`, `pr.compare`, `pr.sensitivity` and sweeps from Python all ask here. ``progress`` is a function that is called,
``False`` for silence, ``True`` for a bar or, where nobody looks at a screen, plain lines; by default it follows who watches.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Told = Callable[[int, int], None]
    ToldSince = Callable[[int, int, int], None]

PATIENCE_SECONDS = 1.0
"""A bar appears in a notebook only when the work takes longer than this."""
REFRESH_SECONDS = 0.1
"""It is drawn again at most this often."""


@contextmanager
def following(wish: Told | bool | None) -> Iterator[Told | None]:
    """Give what to call with members done and wanted, for as long as the block works.

    Parameters
    ----------
    wish
        The ``progress`` that a caller asked for.
    """
    if callable(wish):
        yield wish
        return
    with _showing(wish) as told:
        yield None if told is None else (lambda done, wanted: told(done, wanted, 0))


@contextmanager
def following_since(wish: ToldSince | bool | None) -> Iterator[ToldSince | None]:
    """Give what to call with members done, wanted, and done before the work began."""
    if callable(wish):
        yield wish
        return
    with _showing(wish) as told:
        yield told


@contextmanager
def _showing(wish: bool | None) -> Iterator[ToldSince | None]:
    if wish is False or (wish is None and not watched()):
        yield None
        return
    from .pace import Pace

    with Pace() as pace:
        yield pace.members


def watched() -> bool:
    """Whether somebody looks on: in a notebook, or at an interactive interpreter in a terminal."""
    return in_notebook() or ((hasattr(sys, "ps1") or _shell() is not None) and sys.stderr.isatty())


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    return getattr(_shell(), "kernel", None) is not None


def _shell() -> Any:
    """Give IPython's shell, where this process runs in one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


class NotebookBar:
    """A bar in a notebook: a widget where ipywidgets is installed, a line of text where it is not.

    Parameters
    ----------
    what
        What is counted.
    patience
        Seconds before it appears; `PATIENCE_SECONDS` by default.
    """

    def __init__(self, what: str = "members", patience: float | None = None) -> None:
        self._what = what
        self._patience = PATIENCE_SECONDS if patience is None else patience
        self._began = time.time()
        self._bar: Any = None

    def update(self, done: int, wanted: int, before: int = 0) -> None:
        """Set how many are done and wanted; `before` were done when the work began."""
        if self._bar is None:
            self._bar = bar_class()(
                total=wanted,
                initial=before,
                desc=self._what,
                unit="",
                unit_scale=True,
                delay=self._patience,
                leave=False,
                mininterval=REFRESH_SECONDS,
            )
            self._bar.start_t = self._bar.last_print_t = self._began
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()


def bar_class() -> Any:
    """Choose tqdm's bar: the widget, or text where there are no widgets (which the widget would warn of)."""
    if find_spec("ipywidgets") is None:
        from tqdm.std import tqdm as text

        return text
    from tqdm.notebook import tqdm as widget

    return widget
