"""What has no effect: scenarios that move no output, and uncertain parameters that move none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..scenarios.moves import at_quantile, with_values
from .compare import run_paired
from .ensemble import run_block
from .one_at_a_time import HIGH, LOW, one_at_a_time, same

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

MEMBERS = 200
"""Members that look for an effect where the central run shows none."""


@dataclass(frozen=True)
class WithoutEffect:
    """Uncertain parameters that move nothing.

    Attributes
    ----------
    nowhere
        Neither around the central run nor in any of the members tried.
    around_central
        Nothing around the central run, but something in other members.
    members
        How many were tried.
    """

    nowhere: tuple[str, ...]
    around_central: tuple[str, ...]
    members: int


def moves_from(base: Scenario, other: Scenario, members: int = MEMBERS, seed: int = 0) -> int | None:
    """First year in which any recorded variable differs, in the central run or any member; None where none does.

    Parameters
    ----------
    base, other
        Resolved scenarios.
    members
        Compared beside the central run, at most `MEMBERS`.
    seed
        Of their draws.
    """
    return run_paired(base, [other], min(members, MEMBERS), seed).others[0].moves_from


def without_effect(scenario: Scenario, members: int = MEMBERS, seed: int = 0) -> WithoutEffect:
    """Find the uncertain parameters that move no recorded variable of either side in any year.

    Parameters
    ----------
    scenario
        Resolved scenario.
    members
        Each candidate is set to both ends of its range in this many members.
    seed
        Of their draws.
    """
    candidates = one_at_a_time(scenario).inert
    nowhere = tuple(path for path in candidates if not _moves(scenario, path, members, seed))
    return WithoutEffect(nowhere, tuple(path for path in candidates if path not in nowhere), members)


def _moves(scenario: Scenario, path: str, members: int, seed: int) -> bool:
    record = scenario.record(path)
    low, high = (
        run_block(with_values(scenario, [at_quantile(path, record, u)]), seed, 0, members).arrays for u in (LOW, HIGH)
    )
    assert low is not None
    assert high is not None
    return any(not same(array, high[name]).all() for name, array in low.items())
