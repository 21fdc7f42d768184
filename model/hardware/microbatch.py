"""What one rank spends on one micro-batch, for every candidate layout: independent of the cluster size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import step
from .errors import DoesNotFit
from .jobs import FLOP_PER_PARAMETER, Job
from .pods import Pod, all_to_all_share

if TYPE_CHECKING:
    from ..numbers import Numbers
    from .chips import Chip
    from .coefficients import Coefficients, Training
    from .fabric import Fabric
    from .layouts import Candidates

DISPATCH_BYTES = {"bf16": 2, "fp8": 1, "fp4": 1}
"""Bytes of one element sent to an expert; 4-bit runs send 8 bits."""
MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one chip in base units, FLOP/s and bytes/s one way; ``scale_up`` is what rings get of the ``ports``."""

    low: float
    bf16: float
    hbm: float
    ports: float
    scale_up: float
    scale_out: float
    memory_bytes: float
    dispatch_bytes: float


def rates_of(pod: Pod, fabric: Fabric, precision: str, training: Training) -> Rates:
    """Return the rates of a pod's chip in a format.

    Raises
    ------
    DoesNotFit
        When throughput, memory or bandwidth is not published.
    """
    chip = known_chip(pod)
    low, bf16 = chip.rate(precision), chip.rate("bf16")
    if low is None or bf16 is None or chip.hbm_tb_s is None or chip.hbm_gb is None or pod.scale_up_gb_s <= 0:
        message = f"{chip.name} cannot be modelled: throughput, memory or scale-up bandwidth is not published"
        raise DoesNotFit(message)
    ports = pod.scale_up_gb_s / 2 * 1e9 * training.scale_up_efficiency
    return Rates(
        low=low * 1e12,
        bf16=min(bf16, low) * 1e12,
        hbm=chip.hbm_tb_s * 1e12,
        ports=ports,
        scale_up=ports * (pod.all_to_all_share if pod.kind == "mesh" else 1.0),
        scale_out=fabric.scale_out_gbit_s / 8 * 1e9 * training.scale_out_efficiency,
        memory_bytes=chip.hbm_gb * 1e9 * training.usable_memory,
        dispatch_bytes=DISPATCH_BYTES[precision],
    )


def known_chip(pod: Pod) -> Chip:
    """Return a pod's chip; a pod without one in the facts raises :class:`DoesNotFit`."""
    if pod.chip is None:
        message = f"{pod.name} cannot be modelled: its chip is not in the facts"
        raise DoesNotFit(message)
    return pod.chip


@dataclass(frozen=True, slots=True, eq=False)
class Microbatch:
    """Seconds per micro-batch for every candidate: independent of the cluster size."""

    compute: Numbers
    memory_bound: Numbers
    tensor_parallel: Numbers
    expert_all_to_all: Numbers
    transfer_per_stage: Numbers

    @property
    def total(self) -> Numbers:
        """All of it but the transfers between pipeline stages."""
        return self.compute + self.memory_bound + self.tensor_parallel + self.expert_all_to_all


def microbatch(
    pod: Pod, job: Job, fabric: Fabric, k: Coefficients, *, rates: Rates, grid: Candidates, micro: int, software: float
) -> Microbatch:
    """Return the seconds of one micro-batch of ``micro`` sequences, for every candidate layout.

    Low-precision matrix products, attention at BF16, memory-bound work, tensor and context traffic, expert
    all-to-all, pipeline transfers; what compute hides is taken off.
    """
    training = k.training
    t, p, c, e = grid.tensor, grid.pipeline, grid.context, grid.expert
    tokens = micro * job.seq_len / c
    layers, moe_layers = job.layers / p, job.moe_layers / p
    efficiency = training.gemm_efficiency * software
    recompute = training.selective_recompute

    def matmul(params: float, share: float) -> Numbers:
        flop = FLOP_PER_PARAMETER * params * tokens * recompute / (p * t)
        return step.matmul_time_s(flop, rates.low, rates.bf16, training.bf16_share, efficiency * share)

    weights = step.TRAINING_PASSES * rates.dispatch_bytes * job.expert_params / (e * p) / rates.hbm
    routed = np.maximum(matmul(job.routed_params, training.moe_gemm_efficiency), weights)
    attention = job.attention_flop * tokens * recompute / (p * t) / rates.bf16
    compute = (
        matmul(job.params_active - job.routed_params, 1.0)
        + routed
        + attention / (efficiency * training.attention_efficiency)
    )

    permute = training.moe_memory_bytes_per_choice * job.top_k

    def moved(depth: Numbers, bytes_per_unit: float) -> Numbers:
        return step.memory_time_s(
            tokens, job.hidden, depth, tensor=t, bytes_per_unit=bytes_per_unit, hbm_bytes_s=rates.hbm
        )

    memory = moved(layers, training.memory_bytes_per_unit) + moved(moe_layers, permute)

    up = rates.scale_up
    hop = (k.latency.collective_us + pod.latency_us * np.log2(np.maximum(t, 1))) * MICROSECOND
    collectives = (
        step.COLLECTIVES_PER_DENSE_LAYER * job.dense_layers + step.COLLECTIVES_PER_MOE_LAYER * job.moe_layers
        if job.experts
        else step.COLLECTIVES_PER_DENSE_LAYER * job.layers
    ) / p
    message = tokens * job.hidden * step.HALF_PRECISION_BYTES
    ring = collectives * step.ring_time_s(message, t, up)
    kv_link = np.where(t * c <= pod.domain, up, rates.scale_out)
    context = step.context_time_s(tokens, job.kv_dim / np.minimum(t, job.kv_heads), layers, c, kv_link)
    tensor = step.exposed(ring + context, compute, training.tensor_overlap) + np.where(t > 1, collectives * hop, 0.0)

    expert: Numbers = np.zeros_like(compute)
    if job.experts:
        pairs = tokens / t * job.hidden * 2 * (rates.dispatch_bytes + step.HALF_PRECISION_BYTES)
        usable = rates.ports * all_to_all_share(pod.kind, e, pod.all_to_all_share)
        traffic = moe_layers * step.expert_time_s(
            pairs,
            top_k=job.top_k,
            expert=e,
            domain=pod.domain,
            up_bytes_s=usable,
            out_bytes_s=rates.scale_out,
            top_groups=job.top_groups,
        )
        far = np.where(e <= pod.domain, pod.latency_us, fabric.latency_us)
        waits = moe_layers * step.COLLECTIVES_PER_DENSE_LAYER * (k.latency.collective_us + far) * MICROSECOND
        expert = step.exposed(traffic, compute, training.expert_overlap) + np.where(e > 1, waits, 0.0)

    sent = 2 * message / t / rates.scale_out * training.pipeline_exposed
    return Microbatch(compute, memory, tensor, expert, np.where(p > 1, sent, 0.0))
