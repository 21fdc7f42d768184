"""Uncertainty designs: how the uncertain parameters of many members are drawn.

``random`` uses the counter-based streams of every run. ``latin_hypercube`` and ``sobol`` spread the members more evenly
over each parameter (scipy.stats.qmc); decisions are drawn at random all the same, because they are chance, not knowledge.
Every draw belongs to a name, so that two cases of a study share the draws of the parameters that they have in common.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from ..scenarios.dates import format_date
from ..scenarios.draws import LARGEST, SCALE, Array, Draws, MemberDraws, stream_key
from ..scenarios.faults import fail

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

SWEEPABLE = ("random", "latin_hypercube", "sobol")
MOST_HYPERCUBE = 100_000
"""Members of a Latin hypercube: it is one permutation of all members for each parameter, kept in memory."""
MOST_SOBOL = 2**23
"""Members of a Sobol' sequence: a block passes over all points before its own."""
SOBOL_BITS = 32
"""Binary digits of a Sobol' point."""


def check_design(design: str, members: int, scenarios: Iterable[Scenario] = ()) -> None:
    """Refuse a design that a sweep cannot draw.

    Raises
    ------
    ScenarioError
        For a design of a sensitivity study, for a Latin hypercube of too many members, and for a design over a posterior, whose
        chosen members are the design.
    """
    if design not in SWEEPABLE:
        fail(
            "not a design of a sweep: `podrace sensitivity` runs it",
            path="design",
            found=design,
            allowed=", ".join(SWEEPABLE),
        )
    posterior = next((scenario.name for scenario in scenarios if scenario.chosen is not None), None)
    if design != "random" and posterior is not None:
        fail(
            f"{posterior} is a posterior: its chosen members are the design",
            path="design",
            found=design,
            allowed="random",
        )
    most = {"latin_hypercube": MOST_HYPERCUBE, "sobol": MOST_SOBOL}.get(design, members)
    if members > most:
        allowed = f"up to {most:,} in this design; random takes any number"
        fail("too many members for the design", path="members", found=f"{members:,}", allowed=allowed)


def draw_names(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Names under which the uncertain parameters of some scenarios are drawn, in alphabetical order.

    A record has one name for all its dates, or one for each where its dates are drawn apart.
    """
    found: set[str] = set()
    for scenario in scenarios:
        for path, record in scenario.records.items():
            if record.uncertain and record.correlation == "full":
                found.add(path)
            elif record.uncertain:
                found.update(f"{path}@{format_date(date)}" for date, point in record.points() if point.uncertain)
    return tuple(sorted(found))


def draws(design: str, names: tuple[str, ...], seed: int, members: int, start: int, stop: int) -> Draws:
    """Draw members ``start`` to ``stop`` of a study.

    Parameters
    ----------
    design
        ``random``, ``latin_hypercube`` or ``sobol``.
    names
        Of the study's parameters (`draw_names`).
    seed
        Base seed.
    members
        Of the whole study: a Latin hypercube depends on it, the other designs do not.
    start, stop
        Members of this block.
    """
    if design == "random":
        return MemberDraws(seed, start, stop)
    if design == "sobol":
        return _Designed(seed, start, stop, dict(zip(names, _sobol(len(names), seed, start, stop), strict=True)))
    columns = {name: _hypercube(name, seed, members)[start:stop] for name in names}
    return _Designed(seed, start, stop, columns)


class _Designed(MemberDraws):
    """Parameters from a design, decisions from their streams."""

    def __init__(self, seed: int, start: int, stop: int, columns: dict[str, Array]) -> None:
        super().__init__(seed, start, stop)
        self._columns = columns

    def uniform(self, name: str, year: int = 0) -> Array:
        """Return the uniforms of a parameter (year 0) or of a decision in a year."""
        column = self._columns.get(name) if year == 0 else None
        return super().uniform(name, year) if column is None else column


def _sobol(dimensions: int, seed: int, start: int, stop: int) -> Array:
    """Scrambled Sobol' points of some members, shape (dimension, member)."""
    if dimensions == 0:
        return np.empty((0, stop - start))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a block need not be a power of two; the study should be
        engine = qmc.Sobol(dimensions, scramble=True, bits=SOBOL_BITS, rng=np.random.default_rng([seed, dimensions]))
        if start:
            engine.fast_forward(start)
        points = engine.random(stop - start)
    return _open(np.ascontiguousarray(points.T))


@lru_cache(maxsize=1024)
def _hypercube(name: str, seed: int, members: int) -> Array:
    """One dimension of a Latin hypercube: each of as many equal strata as there are members, once, in random order."""
    engine = qmc.LatinHypercube(1, rng=np.random.default_rng([seed, stream_key(name)]))
    column = _open(engine.random(members)[:, 0])
    column.flags.writeable = False
    return column


def _open(points: Array) -> Array:
    """Keep points inside (0, 1)."""
    inside: Array = np.clip(points, SCALE, LARGEST)
    return inside
