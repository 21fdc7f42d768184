"""Chosen members: a posterior as a list of members of the prior, and the draws that follow from it."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from .draws import MAX_SEED, Array, CentralDraws, Draws, MemberDraws
from .faults import fail

MOST_INDEX = 100_000_000
ENTRY = "posterior entry"
"""Stream that says with which entry of the list a run begins."""


def _indices(value: object) -> object:
    """Read a list of members, or the same as one text."""
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list | tuple):
        return value
    try:
        return tuple(int(item) for item in value)
    except (TypeError, ValueError):
        kind, text = "members", "must be whole numbers"
        raise PydanticCustomError(kind, text) from None


Index = Annotated[int, Field(ge=0, le=MOST_INDEX)]


class Chosen(BaseModel):
    """Members of the prior that stand for the posterior, each as often as its weight says."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    seed: Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)]
    """Seed of the prior's draws."""
    to: Annotated[int, Field(strict=True, ge=1990, le=2100)]
    """Last year of the history they were weighed by: decisions up to it are the prior members' own, later ones fresh."""
    of: Annotated[
        tuple[Index, ...],
        BeforeValidator(_indices),
        Field(min_length=1, max_length=1_000_000),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "items": {"type": "integer"}, "minItems": 1},
                ]
            }
        ),
    ]
    """Index of each chosen member among the prior's, in the order of drawing."""
    prior: str = ""
    """Hash of the scenario they were weighed in; empty where it does not matter."""

    def data(self) -> dict[str, Any]:
        """Write it as a scenario file holds it."""
        return {"seed": self.seed, "to": self.to, "prior": self.prior, "of": " ".join(str(index) for index in self.of)}

    @property
    def canonical(self) -> list[Any]:
        """All of it that can move a result."""
        return [self.seed, self.to, list(self.of)]


class ChosenDraws:
    """Draws of a posterior: member i of a run is one of the chosen members of the prior.

    Member i of seed s takes entry i + k(s) of the list, over and over; so members keep their numbers in any block and two
    scenarios with the same list are paired. Parameters, and decisions up to the last year weighed by, are those of the
    prior's member; later decisions are fresh ones of the run's own seed, which history says nothing about.

    Parameters
    ----------
    chosen : Chosen
        The list.
    own : MemberDraws
        Seed and members of the run.
    """

    central = False

    def __init__(self, chosen: Chosen, own: MemberDraws) -> None:
        self.chosen = chosen
        self.own = own
        size = len(chosen.of)
        first = int(MemberDraws(own.seed, 0, 1).uniform(ENTRY)[0] * size)
        entries = (first + np.arange(own.start, own.stop)) % size
        self.indices: NDArray[np.int64] = np.asarray(chosen.of, dtype=np.int64)[entries]
        self._low, self._high = int(self.indices.min()), int(self.indices.max()) + 1

    @property
    def members(self) -> int:
        """Number of members in the block."""
        return self.own.members

    def uniform(self, name: str, year: int = 0) -> Array:
        """Return the uniforms of a parameter (year 0) or of a decision in a year."""
        if year > self.chosen.to:
            return self.own.uniform(name, year)
        prior = MemberDraws(self.chosen.seed, self._low, self._high).uniform(name, year)
        found: Array = prior[self.indices - self._low]
        return found


def draws_of(chosen: Chosen | None, draws: Draws) -> Draws:
    """Give the draws of a scenario: those asked for, or those of its chosen members.

    Raises
    ------
    ScenarioError
        When a design is laid over chosen members: they are the design.
    """
    if chosen is None or draws.central or isinstance(draws, CentralDraws | ChosenDraws):
        return draws
    if type(draws) is not MemberDraws:
        fail("a posterior has its own members: no other design can be laid over it", path="members")
    return ChosenDraws(chosen, draws)
