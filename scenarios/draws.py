"""Named streams of uniform draws, addressed by member and year.

A draw depends on (seed, name, year, member) alone: adding a parameter or an actor moves nobody else's draws, and
member 17 of 100 is member 17 of 10,000, in whatever block it stands.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WORDS = 4
"""Members served by one step of the Philox counter."""
SCALE = 2.0**-53
LARGEST = 1.0 - 2.0**-53
MAX_SEED = 2**64 - 1


class Draws(Protocol):
    """What gives :class:`~podrace.scenarios.inputs.Inputs` its uniforms; a design matrix can stand in.

    ``central`` asks for every parameter at its central value.
    """

    @property
    def members(self) -> int:
        """Number of members."""

    @property
    def central(self) -> bool:
        """Whether parameters take their central values."""

    def uniform(self, name: str, year: int = 0) -> Array:
        """Uniforms in (0, 1), one per member."""


class MemberDraws:
    """Draws of the members ``start`` to ``stop`` (not included) under one seed.

    Parameters
    ----------
    seed : int
        From 0 to 2^64 - 1.
    start, stop : int
        Members of this block.

    Examples
    --------
    >>> a, b = MemberDraws(1, 0, 100), MemberDraws(1, 17, 18)
    >>> bool(a.uniform("yield")[17] == b.uniform("yield")[0])
    True
    """

    central = False

    def __init__(self, seed: int, start: int, stop: int) -> None:
        if not 0 <= seed <= MAX_SEED:
            message = f"seed must lie between 0 and 2^64 - 1, not {seed}"
            raise ValueError(message)
        if not 0 <= start < stop:
            message = f"members must run from 0 upwards, not {start} to {stop}"
            raise ValueError(message)
        self.seed = int(seed)
        self.start = int(start)
        self.stop = int(stop)

    @property
    def members(self) -> int:
        """Number of members in the block."""
        return self.stop - self.start

    def uniform(self, name: str, year: int = 0) -> Array:
        """Return the uniforms of a parameter (year 0) or of a decision in a year.

        Parameters
        ----------
        name : str
            Parameter path, or decision and actor.
        year : int
            Calendar year, not negative.

        Returns
        -------
        array (members,)
            In the open interval (0, 1).
        """
        step = self.start // WORDS
        skip = self.start - step * WORDS
        key = np.array([self.seed, stream_key(name)], dtype=np.uint64)
        counter = np.array([step, year, 0, 0], dtype=np.uint64)
        words = np.random.Philox(key=key, counter=counter).random_raw(skip + self.members)[skip:]
        uniforms: Array = np.minimum(((words >> np.uint64(11)) + 0.5) * SCALE, LARGEST)
        return uniforms


class CentralDraws:
    """The central member, once or several times: every parameter at its central value, every decision at u = 0.5.

    Parameters
    ----------
    members : int
        How many equal members; studies move one record of each.
    """

    central = True

    def __init__(self, members: int = 1) -> None:
        self.members = members

    def uniform(self, name: str, year: int = 0) -> Array:  # noqa: ARG002
        """Return 0.5, whatever is asked."""
        return np.full(self.members, 0.5)


@lru_cache(maxsize=65_536)
def stream_key(name: str) -> int:
    """64-bit hash of a stream's name, the same in every process and version."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
