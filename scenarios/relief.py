"""What could relieve a side: the levers of `facts/relief.yaml`, each a factor on some records."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from .check import validate
from .distributions import Array
from .draws import Draws
from .faults import fail, nearest
from .inputs import Inputs
from .layers import PACKAGED
from .reader import read_document
from .schema import Text

if TYPE_CHECKING:
    from .scenario import Scenario

FILE = "relief.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lever(_Strict):
    """One lever of a side: `paths` are records (``*`` stands for one part), all of them times `factor`."""

    id: Text
    side: Literal["china", "us"]
    label: Text
    factor: Annotated[float, Field(gt=0.0)]
    paths: Annotated[tuple[Text, ...], Field(min_length=1)]

    @property
    def percent(self) -> float:
        """The factor as a change in per cent."""
        return 100.0 * (self.factor - 1.0)


class ReliefFile(_Strict):
    """The whole file."""

    levers: tuple[Lever, ...]


@lru_cache(maxsize=1)
def all_levers() -> tuple[Lever, ...]:
    """Read the levers of both sides once.

    Raises
    ------
    ScenarioError
        When the file has faults.
    """
    doc = read_document(PACKAGED.facts / FILE, f"facts/{FILE}")
    content = validate(ReliefFile, doc.data, doc)
    doc.faults.check()
    return content.levers if content is not None else ()


def levers(side: str) -> tuple[Lever, ...]:
    """Give the levers of one side, in the order of the file."""
    return tuple(lever for lever in all_levers() if lever.side == side)


def records_of(lever: Lever, scenario: Scenario) -> tuple[str, ...]:
    """List the records that a lever moves in a scenario; entries of the other side are left out.

    Raises
    ------
    ScenarioError
        For a path that names no record.
    """
    found: list[str] = []
    for pattern in lever.paths:
        parts = pattern.split(".")
        matches = [path for path in scenario.records if _matches(path, parts) and _concerns(path, lever, scenario)]
        if not matches:
            near = nearest(pattern, scenario.records)
            fail("no record of this name", file=f"facts/{FILE}", path=f"levers.{lever.id}", found=pattern, nearest=near)
        found += matches
    return tuple(found)


def _matches(path: str, pattern: list[str]) -> bool:
    parts = path.split(".")
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))


def _concerns(path: str, lever: Lever, scenario: Scenario) -> bool:
    """Whether a record belongs to the lever's side, or to none."""
    table, entity = path.split(".")[:2]
    return str(scenario.label(f"{table}.{entity}.side", lever.side)) == lever.side


class Repeated:
    """The same members several times over, one group after the other: every group draws alike.

    Parameters
    ----------
    members : draws of one group
    groups : how many
    """

    def __init__(self, members: Draws, groups: int) -> None:
        self._one = members
        self.central = members.central
        self.members = members.members * groups
        self.groups = groups

    def uniform(self, name: str, year: int = 0) -> Array:
        """Uniforms of one group, repeated."""
        return np.tile(self._one.uniform(name, year), self.groups)


class LeverInputs(Inputs):
    """Inputs of a group of members as they are, and one more for every lever, whose records stand times its factor.

    Parameters
    ----------
    scenario : the resolved scenario
    draws : members of one group
    moved : the levers

    Notes
    -----
    A record never leaves its bounds. A fixed number that a lever moves becomes an array over members.
    """

    def __init__(self, scenario: Scenario, draws: Draws, moved: Sequence[Lever]) -> None:
        super().__init__(scenario, Repeated(draws, 1 + len(moved)))
        self._size = draws.members
        self._factors: dict[str, Array] = {}
        for place, lever in enumerate(moved, start=1):
            for path in records_of(lever, scenario):
                factor = self._factors.setdefault(path, np.ones(self.members))
                factor[place * self._size : (place + 1) * self._size] *= lever.factor

    def _draw(self, path: str) -> list[tuple[float, float | Array]]:
        points = super()._draw(path)
        factor = self._factors.get(path)
        if factor is None:
            return points
        low, high = self.scenario.record(path).bounds or (-np.inf, np.inf)
        moved: list[tuple[float, float | Array]] = []
        for date, value in points:
            values = np.where(factor == 1.0, value, np.clip(value * factor, low, high))
            values.flags.writeable = False
            moved.append((date, values))
        return moved
