"""The largest cluster of a side: pods at the site with most computing power, and what they achieve on one job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from .conversions import FLOP_PER_EFLOP, KW_PER_MW, TERA_PER_EXA
from .hardware.cluster import goodput, own_size_rate
from .hardware.curves import log_size
from .numbers import Numbers, add_up, ratio

if TYPE_CHECKING:
    from .hardware.curves import Curve
    from .machines import Machines
    from .products import Product

LARGEST_RUN_DAYS = 90.0


@dataclass(frozen=True)
class Site:
    """A buyer's largest site with pods of one line: chips, their compute in H100e, and IT power of a chip with its share of the site."""

    chips: Numbers = 0.0
    h100e: Numbers = 0.0
    kw_per_chip: Numbers = 0.0


@dataclass(frozen=True)
class Cluster:
    """One training cluster at one site.

    `software` is the part of `mfu` that its stack leaves of what the hardware allows; `frontier_eflops` is what its own
    largest 90-day run achieves.
    """

    chips: Numbers = 0.0
    fp8_eflops: Numbers = 0.0
    mfu: Numbers = 0.0
    goodput: Numbers = 1.0
    training_eflops: Numbers = 0.0
    power_mw: Numbers = 0.0
    frontier_eflops: Numbers = 0.0
    software: Numbers = 1.0

    def or_better(self, other: Cluster) -> Cluster:
        """Keep the one that trains the larger run, member by member: a cluster does not shrink."""
        wins = np.greater(self.frontier_eflops, other.frontier_eflops)
        return Cluster(*(np.where(wins, getattr(self, f.name), getattr(other, f.name)) for f in fields(Cluster)))


def largest_site(sites: Sequence[Site]) -> tuple[Site, Numbers]:
    """Give the site with the most computing power, member by member, and which one it is.

    >>> site, which = largest_site([Site(10.0, 5.0, 1.0), Site(4.0, 8.0, 1.0)])
    >>> float(site.chips), which.tolist()
    (4.0, [1.0])
    """
    best, which = sites[0], np.zeros(1)
    for place, site in enumerate(sites[1:], start=1):
        wins = np.greater(site.h100e, best.h100e)
        best = Site(*(np.where(wins, getattr(site, f.name), getattr(best, f.name)) for f in fields(Site)))
        which = np.where(wins, float(place), which)
    return best, which


def mix_at(which: Numbers, bought: Sequence[Sequence[tuple[Product, Numbers]]]) -> list[tuple[Product, Numbers]]:
    """Shares of products at the site that `which` names, from what was bought for each this year.

    In alphabetical order of the chips, so that sums do not depend on who is in the block.
    """
    made: dict[str, Numbers] = {}
    products: dict[str, Product] = {}
    for place, sold in enumerate(bought):
        here = np.equal(which, float(place))
        if not np.any(here):
            continue
        for product, packages in sold:
            products[product.chip.id] = product
            made[product.chip.id] = made.get(product.chip.id, 0.0) + np.where(here, packages, 0.0)
    chips = sorted(chip for chip, packages in made.items() if np.any(packages > 0))
    total = add_up(made[chip] for chip in chips)
    return [(products[chip], ratio(made[chip], total)) for chip in chips]


def build_cluster(
    machines: Machines,
    mix: Sequence[tuple[Product, Numbers]],
    site: Site,
    *,
    software: Mapping[str, Numbers],
    mtbf_hours: Numbers,
    minutes_lost: Numbers,
) -> Cluster:
    """Throughput of a cluster whose chips follow a mix of products.

    Each generation is taken at the utilisation its pods reach at the size of the whole cluster, weighted by its
    share of the peak.

    Parameters
    ----------
    mix : (product, share of chips)
    site : chips at the site and their power
    software : share of what the hardware allows that a stack reaches, by the side whose chips it runs on
    mtbf_hours, minutes_lost : hours between interruptions of one chip, minutes lost to each
    """
    chips, log_chips = site.chips, log_size(site.chips)
    peaks = [(chips * share * product.h100e, product) for product, share in mix]
    peak_h100e = add_up(peak for peak, _ in peaks)

    def rates(curve: Callable[[str], Curve]) -> list[tuple[Numbers, Numbers]]:
        """What the hardware allows of each peak, and what its software leaves of that."""
        allowed = [(peak * curve(p.chip.id).at(chips, log_chips), p) for peak, p in peaks]
        return [(rate, rate * software[p.chip.side]) for rate, p in allowed]

    def utilisation(curve: Callable[[str], Curve]) -> Numbers:
        return ratio(add_up(rate for _, rate in rates(curve)), peak_h100e)

    def alive(curve: Callable[[str], Curve]) -> Numbers:
        working = add_up(share * curve(product.chip.id).chips_used(chips, log_chips) for product, share in mix)
        return goodput(working, mtbf_hours, minutes_lost)

    def frontier(place: int) -> Callable[[str], Curve]:
        return lambda chip: machines.frontier_curves(chip)[place]

    tops = machines.coefficients.reference.h100_eight_bit_tops
    peak_eflops = peak_h100e * tops / TERA_PER_EXA
    reference = rates(machines.curve)
    allowed = ratio(add_up(rate for rate, _ in reference), peak_h100e)
    mfu, running = ratio(add_up(rate for _, rate in reference), peak_h100e), alive(machines.curve)
    sizes = [frontier(place) for place in range(len(machines.frontier_jobs))]
    frontier_rates = [peak_eflops * utilisation(size) * alive(size) * FLOP_PER_EFLOP for size in sizes]
    largest = own_size_rate(frontier_rates, [job.training_flop for job in machines.frontier_jobs], LARGEST_RUN_DAYS)
    return Cluster(
        chips,
        peak_eflops,
        mfu,
        running,
        peak_eflops * mfu * running,
        chips * site.kw_per_chip / KW_PER_MW,
        largest / FLOP_PER_EFLOP,
        ratio(mfu, allowed, empty=1.0),
    )
