"""A scenario that notes which records are read once for all members, past `Inputs`."""

from dataclasses import fields
from itertools import count

from .scenario import Scenario

_MARKS = count()


class WatchedScenario(Scenario):
    """The same scenario, keeping a list of the records whose central values are asked for.

    Its hash differs from the original's, so that nothing kept under that one spares a reading.
    """

    @property
    def seen(self) -> set[str]:
        """Paths read so far."""
        found: set[str] = vars(self).setdefault("_seen", set())
        return found

    @property
    def hash(self) -> str:
        """Fingerprint, marked as watched, another for every watch."""
        mark: int = vars(self).setdefault("_mark", next(_MARKS))
        return f"{super().hash} watched {mark}"

    def central(self, path: str, unit: str, year: float | None = None) -> float:
        """Central value of a record, see `Scenario.central`; the path is noted."""
        self.seen.add(path)
        return super().central(path, unit, year)


def watched(scenario: Scenario) -> WatchedScenario:
    """Watch a scenario."""
    return WatchedScenario(**{item.name: getattr(scenario, item.name) for item in fields(Scenario)})
