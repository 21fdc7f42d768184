"""One side's year as its agents hold it: what bound whom, where the fleet's gains came from, the largest cluster's factors.

The world is stepped to the year and read before and after it, for every member. Recorded variables say what a side has;
here stands who it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.numbers import Array, Numbers, add_up
from ..model.record import Recorder
from ..model.registry import SIDES
from ..model.site import largest_site
from ..model.world import World
from ..scenarios.draws import MemberDraws
from ..scenarios.inputs import Inputs

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

LEVELS = (
    "accelerators_produced",
    "h100e_produced",
    "h100e_installed",
    "fleet_h100e",
    "cluster_training_eflops",
    "binding_input",
    "fleet_binding",
)
"""Recorded variables that a reading keeps, for the year and all before it."""


@dataclass(frozen=True)
class Standing:
    """What one side has at the end of a year, every field an array over members.

    Attributes
    ----------
    fleet, inventory
        Installed, and bought but not yet installed, H100e.
    chips, peak_eflops, mfu, software, goodput, training_eflops, frontier_eflops
        The largest cluster; ``mfu`` holds the software's part, the last is its rate on its own largest run.
    """

    fleet: Array
    inventory: Array
    chips: Array
    peak_eflops: Array
    mfu: Array
    software: Array
    goodput: Array
    training_eflops: Array
    frontier_eflops: Array


@dataclass(frozen=True)
class Seller:
    """A chip firm in the year: what it delivered at home (H100e, before smugglers took theirs), made, and was short of.

    ``binding`` holds codes of the variable `binding_input`; ``finished`` is packages.
    """

    name: str
    label: str
    leads: bool
    delivered: Array
    finished: Array
    binding: Array


@dataclass(frozen=True)
class Buyer:
    """A cloud firm in the year: what it installed (H100e), its budget, the share of its home orders that found power.

    ``holds`` tells in which members it built a new largest cluster of the side.
    """

    name: str
    label: str
    installed: Array
    budget_busd: Array
    powered: Array
    holds: Array


@dataclass(frozen=True)
class Reading:
    """A side's year, member by member.

    Attributes
    ----------
    before, after
        Where it stood at the end of the year before, and of the year.
    sellers, buyers
        Its chip firms and cloud firms.
    imported, smuggled, diverted, retired
        H100e: bought abroad, smuggled in, smuggled out, out of service.
    levels
        Variables of `LEVELS`, shape (year, member), for ``years``.
    """

    scenario: Scenario
    year: int
    side: str
    members: int
    seed: int
    before: Standing
    after: Standing
    sellers: tuple[Seller, ...]
    buyers: tuple[Buyer, ...]
    imported: Array
    smuggled: Array
    diverted: Array
    retired: Array
    years: range
    levels: dict[str, Array]

    def level(self, variable: str, year: int | None = None) -> Array:
        """One variable of `LEVELS` in a year, the reading's own by default."""
        row: Array = self.levels[variable][self.years.index(self.year if year is None else year)]
        return row


def read_year(scenario: Scenario, year: int, side: str, members: int, seed: int) -> Reading:
    """Run members of a scenario to a year, and read one side before and after it.

    Parameters
    ----------
    scenario
        Resolved scenario.
    year, side
        A year of the scenario and one of its sides.
    members, seed
        Members 0 to ``members`` under a seed: those of any run with it.
    """
    inputs = Inputs(scenario, MemberDraws(seed, 0, members))
    recorder = Recorder(scenario.years, members, LEVELS)
    with World(inputs, recorder) as world:
        while world.year < year:
            world.step()
        before = _standing(world, side, members)
        world.step()
        after = _standing(world, side, members)
        return Reading(
            scenario=scenario,
            year=year,
            side=side,
            members=members,
            seed=seed,
            before=before,
            after=after,
            sellers=tuple(_seller(world, firm, members) for firm in world.firms[side]),
            buyers=_buyers(world, side, _built(before, after), members),
            years=range(scenario.start, year + 1),
            levels={
                name: array[: year + 1 - scenario.start, SIDES.index(side)].copy()
                for name, array in recorder.arrays().items()
            },
            **_flows(world, side, members),
        )


def _whole(value: Numbers, members: int) -> Array:
    """Give a quantity a value for every member."""
    return np.array(np.broadcast_to(np.asarray(value, dtype=float), (members,)))


def _standing(world: World, side: str, members: int) -> Standing:
    buyers, cluster = world.buyers[side], world.clusters[side]
    values = {
        "fleet": add_up(buyer.fleet.total.h100e for buyer in buyers),
        "inventory": add_up(buyer.inventory.h100e for buyer in buyers),
        "chips": cluster.chips,
        "peak_eflops": cluster.fp8_eflops,
        "mfu": cluster.mfu,
        "software": cluster.software,
        "goodput": cluster.goodput,
        "training_eflops": cluster.training_eflops,
        "frontier_eflops": cluster.frontier_eflops,
    }
    return Standing(**{name: _whole(value, members) for name, value in values.items()})


def _flows(world: World, side: str, members: int) -> dict[str, Array]:
    """Gains and losses of a side that do not come from its own chip firms."""
    china = side == "china"
    exported, goods = world.markets["us"].exported.h100e, world.smugglers.goods.h100e
    flows = {
        "imported": exported if china else 0.0,
        "smuggled": goods if china else 0.0,
        "diverted": 0.0 if china else goods,
        "retired": add_up(buyer.retired.h100e for buyer in world.buyers[side]),
    }
    return {name: _whole(value, members) for name, value in flows.items()}


def _seller(world: World, firm: Any, members: int) -> Seller:
    scenario = world.inputs.scenario
    return Seller(
        firm.name,
        str(scenario.label(f"firms.{firm.name}.label", firm.name)),
        firm.leads,
        _whole(add_up(batch.h100e for batch in firm.home_sales), members),
        _whole(firm.finished, members),
        _whole(firm.binding, members),
    )


def _built(before: Standing, after: Standing) -> Array:
    """Whether the year brought a cluster that trains a larger run than the one there was."""
    return np.greater(after.frontier_eflops, before.frontier_eflops)


def _buyers(world: World, side: str, built: Array, members: int) -> tuple[Buyer, ...]:
    """Read the cloud firms; the largest site of the year says who holds a new largest cluster."""
    owners = [buyer.name for buyer in world.buyers[side] for _ in buyer.sites]
    sites = [site for buyer in world.buyers[side] for site in buyer.sites.values()]
    which = _whole(largest_site(sites)[1], members) if sites else np.full(members, -1.0)
    scenario = world.inputs.scenario
    found = []
    for buyer in world.buyers[side]:
        places = [place for place, owner in enumerate(owners) if owner == buyer.name]
        found.append(
            Buyer(
                buyer.name,
                str(scenario.label(f"buyers.{buyer.name}.label", buyer.name)),
                _whole(buyer.installed.h100e, members),
                _whole(buyer.budget, members),
                _whole(buyer.powered, members),
                np.isin(which, places) & built.astype(bool),
            )
        )
    return tuple(found)
