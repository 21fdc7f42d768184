"""The event log: who decided what, when, on which observation, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .numbers import Numbers

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("year", "actor", "rule", "observed", "chose", "reason")


@dataclass
class EventLog:
    """Decisions of the central member; switched off in ensembles, where recorded arrays carry them."""

    on: bool = False

    def __post_init__(self) -> None:
        self._rows: list[tuple[float, str, str, str, str, str]] = []

    def add(self, date: float, actor: str, rule: str, observed: dict[str, Numbers], chose: str, reason: str) -> None:
        """Write one decision."""
        if self.on:
            seen = "; ".join(f"{name} {_short(value)}" for name, value in observed.items())
            self._rows.append((date, actor, rule, seen, chose, reason))

    def table(self) -> pd.DataFrame:
        """All decisions in order of date."""
        import pandas as pd

        return pd.DataFrame(self._rows, columns=list(COLUMNS)).sort_values("year", kind="stable", ignore_index=True)


def _short(value: Numbers) -> str:
    """Four significant digits of the first member's value."""
    return f"{float(np.ravel(np.asarray(value, dtype=float))[0]):.4g}"
