"""The largest cluster of a side: pods at one site, bounded by power, by supply and by the fabric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from .hardware.cluster import goodput
from .numbers import Numbers, add_up, ratio, smallest

if TYPE_CHECKING:
    from .hardware.curves import Curve
    from .machines import Machines
    from .products import Product

TERA_PER_EXA = 1e6
KW_PER_GW = 1e6


@dataclass(frozen=True)
class Cluster:
    """One training cluster at one site; `frontier_eflops` is what a job grown to a frontier run achieves."""

    chips: Numbers = 0.0
    fp8_eflops: Numbers = 0.0
    mfu: Numbers = 0.0
    goodput: Numbers = 1.0
    training_eflops: Numbers = 0.0
    power_mw: Numbers = 0.0
    frontier_eflops: Numbers = 0.0

    def or_better(self, other: Cluster) -> Cluster:
        """Keep the one that trains faster, member by member: a cluster does not shrink."""
        wins = np.greater(self.training_eflops, other.training_eflops)
        return Cluster(*(np.where(wins, getattr(self, f.name), getattr(other, f.name)) for f in fields(Cluster)))


def cluster_chips(site_gw: Numbers, kw_per_chip: Numbers, cohort: Numbers, share: Numbers, limit: Numbers) -> Numbers:
    """Chips at the largest site: min(site power / kW per chip, share of the cohort, fabric limit).

    >>> float(cluster_chips(0.16, 1.36, 4e6, 0.25, 1e6)) // 1000
    117.0
    """
    return smallest([ratio(site_gw * KW_PER_GW, kw_per_chip), cohort * share, limit])


def build_cluster(
    machines: Machines,
    mix: Sequence[tuple[Product, Numbers]],
    chips: Numbers,
    kw_per_chip: Numbers,
    *,
    software: Numbers,
    mtbf_hours: Numbers,
    minutes_lost: Numbers,
) -> Cluster:
    """Throughput of a cluster whose chips follow a mix of products.

    Each generation is taken at the utilisation its pods reach at the size of the whole cluster, weighted by its
    share of the peak.

    Parameters
    ----------
    mix : (product, share of chips)
    chips : chips at the site
    kw_per_chip : IT power of a chip with its share of everything else at the site
    software : share of what the hardware allows that the stack reaches
    """
    peaks = [chips * share * product.h100e for product, share in mix]
    peak_h100e = add_up(peaks)

    def achieved(curve: Callable[[str], Curve]) -> Numbers:
        return add_up(peak * curve(product.chip.id).at(chips) for peak, (product, _) in zip(peaks, mix, strict=True))

    tops = machines.coefficients.reference.h100_eight_bit_tops
    peak_eflops = peak_h100e * tops / TERA_PER_EXA
    alive = goodput(chips, mtbf_hours, minutes_lost)
    mfu = ratio(achieved(machines.curve), peak_h100e) * software
    frontier_mfu = ratio(achieved(machines.frontier_curve), peak_h100e) * software
    return Cluster(
        chips,
        peak_eflops,
        mfu,
        alive,
        peak_eflops * mfu * alive,
        chips * kw_per_chip / 1e3,
        peak_eflops * frontier_mfu * alive,
    )
