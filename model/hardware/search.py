"""The search over layouts: every candidate at every cluster size in one array, the best of each size kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import step
from .layouts import FREE, Candidates, Layout, candidates, powers_of_two
from .microbatch import MICROSECOND, Rates, known_chip, microbatch, rates_of

if TYPE_CHECKING:
    from ..numbers import Array, Numbers
    from .coefficients import Coefficients, Training
    from .fabric import Fabric
    from .jobs import Job
    from .pods import Pod


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Best layout for each cluster size: arrays over sizes; ``step_s`` is infinite where nothing fits."""

    chips: Array
    step_s: Array
    best: Array
    parts_s: dict[str, Array]
    virtual: Array
    used: Array
    grid: Candidates


def _virtual_stages(
    grid: Candidates,
    job: Job,
    training: Training,
    *,
    each: Numbers,
    transfer: Numbers,
    microbatches: Array,
    fixed: Layout,
) -> Array:
    """Virtual stages that balance bubble against transfers: both sides of each power of two are compared."""
    stages = [fixed.virtual] if fixed.virtual else powers_of_two(training.max_virtual_stages)
    best: Array = np.ones_like(microbatches)
    least: Array = np.full_like(microbatches, np.inf)
    for stage in stages:
        cost = step.bubble_time_s(grid.pipeline, stage, each) + microbatches * stage * transfer
        allowed = (grid.pipeline * stage <= job.layers) | (stage == stages[0])
        better = allowed & (cost < least)
        best = np.where(better, stage, best)
        least = np.where(better, cost, least)
    return best


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """How a batch spreads over a cluster: arrays over sizes (rows) and layouts (columns)."""

    data: Array
    microbatches: Array
    used: Array


def _recomputed(job: Job, training: Training, *, rates: Rates, grid: Candidates, split: _Split, fixed: Layout) -> Array:
    """Share of layers computed twice so that a rank's memory holds the rest; infinite where it cannot."""
    state = step.state_bytes(
        job.dense_params,
        job.expert_params,
        tensor=grid.tensor,
        pipeline=grid.pipeline,
        expert=grid.expert,
        chips=split.used,
        held_bytes=training.weight_bytes + training.gradient_bytes,
        sharded_bytes=training.optimiser_bytes,
    )
    room = rates.memory_bytes - state

    def activations(bytes_per_unit: float) -> Numbers:
        return step.activation_bytes(
            fixed.microbatch * job.seq_len / grid.context,
            job.hidden,
            job.layers,
            tensor=grid.tensor,
            pipeline=grid.pipeline,
            virtual=fixed.virtual or training.max_virtual_stages,
            bytes_per_unit=bytes_per_unit,
        )

    kept = activations(training.activation_bytes + training.moe_activation_bytes_per_choice * job.top_k)
    slim = activations(training.activation_bytes_full_recompute)
    return np.where(slim <= room, step.recomputed_share(kept, slim, room), np.inf)


def _synchronisation_s(
    pod: Pod, job: Job, fabric: Fabric, training: Training, *, rates: Rates, grid: Candidates, split: _Split
) -> Numbers:
    """Time to reduce gradients and gather parameters once a step, nothing hidden yet."""
    ranks = split.data * grid.context

    def reduce(params: float, sharing: Array, ranks: Array) -> Numbers:
        inside = np.minimum(np.maximum(pod.domain / sharing, 1.0), np.maximum(ranks, 1.0))
        return step.data_parallel_time_s(
            params / (sharing * grid.pipeline) * (training.gradient_bytes + training.weight_bytes),
            ranks,
            inside,
            fabric.pod_chips / (sharing * grid.pipeline),
            up_bytes_s=rates.scale_up,
            out_bytes_s=rates.scale_out,
            oversubscription=fabric.oversubscription,
        )

    traffic = reduce(job.dense_params, grid.tensor, ranks)
    if job.experts:
        traffic = traffic + reduce(job.expert_params, grid.expert, ranks * grid.tensor / grid.expert)
    return traffic + 2 * fabric.latency_us * MICROSECOND * np.log2(np.maximum(ranks, 1.0))


def search(
    pod: Pod,
    job: Job,
    fabric: Fabric,
    coefficients: Coefficients,
    chips: Array,
    *,
    precision: str | None = None,
    software: float = 1.0,
    fixed: Layout = FREE,
) -> Search:
    """Evaluate every layout at every cluster size and keep the best of each.

    A job whose batch is too small for all chips leaves some idle: throughput then stays, utilisation falls.
    """
    training = coefficients.training
    rates = rates_of(pod, fabric, known_chip(pod).training_format(precision), training)
    grid = candidates(job, pod.domain, training, fixed)
    micro = microbatch(
        pod, job, fabric, coefficients, rates=rates, grid=grid, micro=fixed.microbatch, software=software
    )
    n = np.atleast_1d(np.asarray(chips, dtype=float))[:, None]
    replica = grid.tensor * grid.pipeline * grid.context
    sequences = job.batch_tokens / job.seq_len / fixed.microbatch
    data = np.clip(n / replica, 1.0, max(sequences, 1.0))
    microbatches = sequences / data
    split = _Split(data, microbatches, data * replica)

    again = _recomputed(job, training, rates=rates, grid=grid, split=split, fixed=fixed)
    possible = (n >= replica) & (grid.expert <= data * grid.tensor * grid.context) & np.isfinite(again)
    more = np.where(np.isfinite(again), again, 0.0) * (training.full_recompute / training.selective_recompute - 1)
    each = micro.total + micro.compute * more
    transfer = micro.transfer_per_stage
    virtual = _virtual_stages(grid, job, training, each=each, transfer=transfer, microbatches=microbatches, fixed=fixed)
    sync = _synchronisation_s(pod, job, fabric, training, rates=rates, grid=grid, split=split)
    parts = {
        "compute": microbatches * micro.compute * (1 + more),
        "memory_bound": microbatches * micro.memory_bound,
        "tensor_parallel": microbatches * micro.tensor_parallel,
        "expert_all_to_all": microbatches * micro.expert_all_to_all,
        "pipeline_transfer": microbatches * virtual * transfer,
        "pipeline_bubble": step.bubble_time_s(grid.pipeline, virtual, each),
        "data_parallel": step.exposed(sync, microbatches * each * training.backward_share, training.data_overlap),
        "optimiser": training.optimiser_traffic_bytes * job.params_total / split.used / rates.hbm,
    }
    smooth = sum(parts.values())
    total = smooth * step.straggler_factor(split.used, training.jitter, training.jitter_base_chips)
    parts["stragglers"] = total - smooth
    total = np.where(possible, total, np.inf)
    best = np.argmin(total, axis=1)
    rows = np.arange(len(best))
    return Search(
        chips=n[:, 0],
        step_s=total[rows, best],
        best=best,
        parts_s={name: np.broadcast_to(values, total.shape)[rows, best] for name, values in parts.items()},
        virtual=virtual[rows, best],
        used=split.used[rows, best],
        grid=grid,
    )
