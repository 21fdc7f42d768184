"""Utilisation of a pod type on a job over cluster size: computed once, then interpolated for all members."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..conversions import FLOP_PER_EFLOP, FLOP_PER_TFLOP
from .cluster import goodput
from .errors import DoesNotFit
from .fabric import Fabric, frontier_fabric
from .inference import decode
from .search import search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..numbers import Array, Numbers
    from .coefficients import Coefficients
    from .jobs import Job
    from .pods import Pod

LARGEST_CLUSTER = 4_194_304
POINTS = 24


@dataclass(frozen=True, eq=False)
class Curve:
    """MFU over the dense 8-bit peak, before failures, of one pod type on one job, at rising cluster sizes.

    Between sizes it is interpolated in log n, outside them held. Progress never falls with more chips: where a larger
    machine would be slower, failures at the facts' central reliability counted, the rest stays idle; ``used`` says how
    many chips work. The scalars describe one pod; the decode rate is None where the job cannot be served by its chips.
    """

    pod_id: str
    job_id: str
    precision: str
    chips: Array
    mfu: Array
    used: Array
    decode_tokens_per_s_per_mw: float | None
    eight_bit_tops: float
    pod_chips: int
    pod_eight_bit_pflops: float
    pod_memory_tb: float
    pod_scale_up_tb_s: float
    pod_it_power_kw: float

    def at(self, chips: Numbers, log_chips: Array | None = None) -> Array:
        """MFU over the dense 8-bit peak at a cluster size (float or array over members), as an array.

        Who asks many curves about one size gives its logarithm (`log_size`) too.
        """
        size = log_size(chips) if log_chips is None else log_chips
        return np.asarray(np.interp(size, np.log(self.chips), self.mfu), dtype=float)

    def chips_used(self, chips: Numbers, log_chips: Array | None = None) -> Array:
        """Chips that work on the job in a cluster of a size; the others would slow it down."""
        size = log_size(chips) if log_chips is None else log_chips
        at_work = np.interp(size, np.log(self.chips), np.log(self.used))
        return np.asarray(np.minimum(np.asarray(chips, dtype=float), np.exp(at_work)), dtype=float)

    def achieved_eflops(self, chips: Numbers) -> Array:
        """Return useful model EFLOP/s before failures: chips x dense 8-bit peak x MFU."""
        return np.asarray(chips, dtype=float) * self.eight_bit_tops * FLOP_PER_TFLOP * self.at(chips) / FLOP_PER_EFLOP


def log_size(chips: Numbers) -> Array:
    """Logarithm of a cluster size of at least one chip, where curves are interpolated.

    >>> float(log_size(0.5))
    0.0
    """
    size: Array = np.log(np.maximum(np.asarray(chips, dtype=float), 1.0))
    return size


def cluster_sizes(smallest: float, largest: float = LARGEST_CLUSTER, points: int = POINTS) -> Array:
    """Cluster sizes on a logarithmic grid.

    Examples
    --------
    >>> cluster_sizes(1, 100, 3).round(6).tolist()
    [1.0, 10.0, 100.0]
    """
    return np.asarray(np.geomspace(smallest, largest, points), dtype=float)


@lru_cache(maxsize=512)
def pod_curve(
    pod: Pod,
    job: Job,
    fabric: Fabric | None,
    coefficients: Coefficients,
    *,
    software: float = 1.0,
    precision: str | None = None,
) -> Curve:
    """Return the curve of a pod on a job; the same content gives the same object (kept in memory).

    ``fabric`` None takes the chip's own ports and the facts' frontier fabric.

    Raises
    ------
    DoesNotFit
        When the job fits no cluster of this pod, or the chip's specification is not known.
    """
    chip = pod.chip
    if chip is None or not chip.complete:
        message = f"{pod.name} cannot be modelled: its chip is not fully specified"
        raise DoesNotFit(message)
    network = fabric or frontier_fabric(chip, coefficients)
    start = _smallest(pod, job, network, coefficients, precision)
    sizes = cluster_sizes(start)
    found = search(pod, job, network, coefficients, sizes, precision=precision, software=software)
    peak = (chip.eight_bit_tops or 0.0) * FLOP_PER_TFLOP
    throughput = job.batch_tokens * job.flop_per_token / found.step_s
    best = _best_so_far(throughput * goodput(sizes, *_reliability(coefficients)))
    mfu, used = throughput[best] / (sizes * peak), sizes[best]
    for values in (sizes, mfu, used):
        values.flags.writeable = False
    return Curve(
        pod_id=pod.id,
        job_id=job.id,
        precision=chip.training_format(precision),
        chips=sizes,
        mfu=mfu,
        used=used,
        decode_tokens_per_s_per_mw=_decode_rate(pod, job, network, coefficients),
        eight_bit_tops=chip.eight_bit_tops or 0.0,
        pod_chips=pod.domain,
        pod_eight_bit_pflops=pod.eight_bit_pflops or 0.0,
        pod_memory_tb=pod.memory_tb or 0.0,
        pod_scale_up_tb_s=pod.scale_up_total_tb_s or 0.0,
        pod_it_power_kw=pod.chips * (chip.all_in_kw or 0.0),
    )


def _best_so_far(progress: Array) -> NDArray[np.intp]:
    """Index of the largest value up to each place.

    >>> _best_so_far(np.array([1.0, 3.0, 2.0, 4.0])).tolist()
    [0, 1, 1, 3]
    """
    best = np.maximum.accumulate(progress)
    return np.asarray(np.maximum.accumulate(np.where(progress >= best, np.arange(progress.size), 0)))


def _reliability(coefficients: Coefficients) -> tuple[float, float]:
    return coefficients.reliability.mtbf_hours, coefficients.reliability.minutes_lost


def _decode_rate(pod: Pod, job: Job, fabric: Fabric, coefficients: Coefficients) -> float | None:
    try:
        return decode(pod, job, fabric, coefficients).tokens_per_s_per_mw
    except DoesNotFit:
        return None


def _smallest(pod: Pod, job: Job, fabric: Fabric, coefficients: Coefficients, precision: str | None) -> float:
    """Return the smallest cluster, from one pod in doublings, that holds the job."""
    doublings = int(np.log2(LARGEST_CLUSTER / pod.chips))
    sizes = np.asarray(pod.chips * 2.0 ** np.arange(doublings), dtype=float)
    fits = np.isfinite(search(pod, job, fabric, coefficients, sizes, precision=precision).step_s)
    if not fits.any():
        message = f"{job.name} fits no cluster of {pod.name} up to {LARGEST_CLUSTER:,} chips"
        raise DoesNotFit(message)
    return float(sizes[int(np.argmax(fits))])
