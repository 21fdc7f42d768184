"""Training throughput of a job on many pods: the best layout that fits, and where the time of a step goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..conversions import BYTES_PER_GB, BYTES_PER_TB, FLOP_PER_TFLOP
from .errors import DoesNotFit
from .layouts import FREE, Layout
from .machine import known_chip
from .search import search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .coefficients import Coefficients
    from .fabric import Fabric
    from .jobs import Job
    from .pods import Pod

PARTS = (
    "compute",
    "memory_bound",
    "tensor_parallel",
    "expert_all_to_all",
    "pipeline_transfer",
    "pipeline_bubble",
    "data_parallel",
    "optimiser",
    "stragglers",
)
"""Parts of a step; they add up to it. ``tensor_parallel`` includes context parallelism."""
IDLE_HALVINGS = 12
"""How many times a cluster may be halved to see whether fewer chips are faster; the rest then stays idle."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One training run: how fast, at which utilisation of which peak, and where a step's time goes (s)."""

    chips: float
    chips_used: float
    step_s: float
    tokens_per_s: float
    achieved_flops: float
    mfu: float
    mfu_peak: str
    mfu_eight_bit: float
    batch_tokens: float
    layout: Layout
    data_parallel: float
    parts_s: Mapping[str, float]


def train(
    pod: Pod,
    job: Job,
    fabric: Fabric,
    coefficients: Coefficients,
    chips: float,
    *,
    precision: str | None = None,
    software: float = 1.0,
    fixed: Layout = FREE,
) -> Breakdown:
    """Train a job on a number of chips in the best layout that fits.

    Parameters
    ----------
    pod, job, fabric, coefficients : what runs, on what, over which network, by which constants
    chips : packages of the cluster
    precision : ``fp8``, ``bf16`` or ``fp4``; by default the best of at least 8 bits that the chip trains in
    software : share of the hardware's attainable compute efficiency that the software stack reaches, 0 to 1
    fixed : parts of the layout to hold fixed

    Raises
    ------
    DoesNotFit
        When no layout fits memory or the number of chips; the message says which.
    """
    sizes = np.asarray(chips / 2.0 ** np.arange(IDLE_HALVINGS), dtype=float)
    found = search(pod, job, fabric, coefficients, sizes, precision=precision, software=software, fixed=fixed)
    at = int(np.argmin(found.step_s))
    if not np.isfinite(found.step_s[at]):
        raise DoesNotFit(_reason(pod, job, chips, coefficients))
    chip = known_chip(pod)
    peak = chip.training_format(precision)
    step_s, best = float(found.step_s[at]), int(found.best[at])
    achieved = job.batch_tokens * job.flop_per_token / step_s
    grid, parts = found.grid, found.step.parts()
    layout = Layout(
        tensor=int(grid.tensor[best]),
        pipeline=int(grid.pipeline[best]),
        context=int(grid.context[best]),
        expert=int(grid.expert[best]),
        virtual=int(found.of_best(found.step.virtual)[at]),
        microbatch=int(grid.micro[best]),
    )
    return Breakdown(
        chips=float(chips),
        chips_used=float(found.used[at]),
        step_s=step_s,
        tokens_per_s=job.batch_tokens / step_s,
        achieved_flops=achieved,
        mfu=achieved / (chips * (chip.rate(peak) or 0.0) * FLOP_PER_TFLOP),
        mfu_peak=f"dense {peak.upper()}",
        mfu_eight_bit=achieved / (chips * (chip.eight_bit_tops or 0.0) * FLOP_PER_TFLOP),
        batch_tokens=job.batch_tokens,
        layout=layout,
        data_parallel=float(found.used[at] / (grid.tensor[best] * grid.pipeline[best] * grid.context[best])),
        parts_s={name: float(found.of_best(parts[name])[at]) for name in PARTS},
    )


def _reason(pod: Pod, job: Job, chips: float, coefficients: Coefficients) -> str:
    training, chip = coefficients.training, known_chip(pod)
    state = job.params_total * (training.weight_bytes + training.gradient_bytes + training.optimiser_bytes)
    room = chips * (chip.hbm_gb or 0.0) * BYTES_PER_GB * training.usable_memory
    need = f"weights, gradients and optimiser state take {state / BYTES_PER_TB:,.1f} TB of {room / BYTES_PER_TB:,.1f} TB usable"
    return f"{job.name} does not fit {chips:,.0f} x {chip.name}: {need}, activations not counted; no layout is left"
