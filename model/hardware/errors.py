"""What can go wrong in the hardware model: a name nobody knows, a job that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ...scenarios.faults import fail, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class DoesNotFit(ValueError):  # noqa: N818  (the statement is the name)
    """A job cannot run on a machine; the message says which limit it breaks."""


def look_up(kind: str, name: str, known: Mapping[str, T]) -> T:
    """Return an entry by name.

    Raises
    ------
    ScenarioError
        With the nearest name, when there is none.

    Examples
    --------
    >>> look_up("chip", "nvidia_h100", {"nvidia_h100": 1})
    1
    """
    if name not in known:
        fail(f"unknown {kind} {name!r}", found=name, allowed=listed(known), nearest=nearest(name, list(known)))
    return known[name]
