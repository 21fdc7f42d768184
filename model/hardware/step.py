"""The time of one training step: what a rank computes and what it waits for. Floats or arrays throughout.

Symbols as in the recipe (Megatron, Calculon, Epoch, Llama 3): ranks are split tensor x pipeline x context x data
parallel; experts spread over ranks of the same replica group. Everything broadcasts: one layout, a grid of layouts
over cluster sizes, or one array entry for each published run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..conversions import MS_PER_S, SECONDS_PER_MICROSECOND
from . import network
from .layouts import FREE_CHOICE, RECOMPUTE, SCHEDULES
from .local import Local, local_work
from .machine import REFERENCE_BITS
from .memory import SHARD_GRADIENTS, SHARD_INSIDE, SHARD_OPTIMISER, SHARD_WEIGHTS, recomputed_share, sharers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..numbers import Array, Numbers
    from .coefficients import Coefficients, Training
    from .layouts import Plan
    from .machine import Machine
    from .shapes import Shape

HALF_PRECISION_BYTES = 2
COLLECTIVES_PER_BLOCK = 2
"""All-reduces of an attention or feed-forward block: one forward, one backward."""
GATHERS_OF_SHARDED_WEIGHTS = 2
"""Stage-3 sharding gathers weights forward and backward, and scatters gradients, for every micro-batch; stage 2 scatters
them alone, and adds them up first where a pipeline runs."""
SPARE_LAYERS = 3
"""Stages may lack this many layers of an even split: the embedding and the output head take their place."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Seconds of a step, infinite where a layout is not possible; ``parts`` makes its parts when they are asked for."""

    total: Array
    parts: Callable[[], dict[str, Numbers]]
    virtual: Array
    recomputed: Array


def bubble_time_s(pipeline: Numbers, virtual: Numbers, microbatch_s: Numbers) -> Numbers:
    """Idle time of a pipeline in one step, s: (p-1)/v micro-batches (interleaved one-forward-one-backward).

    Examples
    --------
    >>> bubble_time_s(8, 1, 1.0) / (16.0 + 7.0)
    0.30434782608695654
    """
    return (pipeline - 1) / virtual * microbatch_s


def straggler_factor(chips: Numbers, jitter: float, base_chips: float) -> Numbers:
    """Step stretched by the slowest of many ranks: 1 + j log2(n / 8). Fitted up to about 10,000 chips only.

    Examples
    --------
    >>> float(straggler_factor(8, 0.02, 8)), float(straggler_factor(8192, 0.02, 8))
    (1.0, 1.2)
    """
    return 1 + jitter * np.log2(np.maximum(np.asarray(chips, dtype=float) / base_chips, 1.0))


def stage_imbalance(layers: Numbers, head: Numbers, pipeline: Numbers, virtual: Numbers) -> Numbers:
    """Layers of the busiest stage over those of the mean stage: uneven splits, and the output head on the last.

    Examples
    --------
    >>> float(stage_imbalance(126.0, 0.65, 8.0, 8.0)) == 128 / 126, float(stage_imbalance(80.0, 1.2, 4.0, 5.0))
    (True, 1.06)
    """
    each = np.ceil(np.asarray(layers) / (pipeline * virtual)) * virtual
    even = each * pipeline == layers
    return np.where(np.asarray(pipeline) > 1, (each + np.where(even, head, 0.0)) * pipeline / layers, 1.0)


def _tensor_s(machine: Machine, shape: Shape, plan: Plan, k: Coefficients, local: Local, again: Numbers) -> Numbers:
    """Exposed tensor- and context-parallel traffic of one micro-batch."""
    training = k.training
    tokens = plan.micro * shape.sequence / plan.context
    up = machine.rings * training.scale_up_efficiency
    grouped = np.asarray(plan.expert) > 1
    blocks = 2 * shape.layers - shape.moe_layers + shape.moe_layers * np.where(grouped, 0.0, shape.top_k)
    collectives = COLLECTIVES_PER_BLOCK * blocks / plan.pipeline * (1 + again / 2)
    link = np.where(plan.tensor <= machine.domain, up, machine.out * training.scale_out_efficiency)
    message = tokens * shape.hidden * HALF_PRECISION_BYTES
    ring = collectives * network.ring_time_s(message, plan.tensor, link)
    keys = (
        4 * HALF_PRECISION_BYTES * tokens * shape.kv / plan.tensor * (plan.context - 1) * shape.layers / plan.pipeline
    )
    near = np.where(plan.tensor * plan.context <= machine.domain, up, machine.out * training.scale_out_efficiency)
    hop = (k.latency.collective_us + machine.up_us * np.log2(np.maximum(plan.tensor, 1.0))) * SECONDS_PER_MICROSECOND
    waits = np.where(np.asarray(plan.tensor) > 1, collectives * hop, 0.0)
    return (
        network.exposed(ring, local.total, training.tensor_overlap * plan.hides_tensor)
        + network.exposed(keys / near, local.attention, training.context_overlap)
        + waits
    )


def _expert_s(machine: Machine, shape: Shape, plan: Plan, k: Coefficients, local: Local) -> Numbers:
    """Exposed expert all-to-all of one micro-batch: dispatch and combine, forward and backward."""
    training = k.training
    tokens = plan.micro * shape.sequence / plan.context
    dispatch = np.where(np.asarray(machine.low_bits) < REFERENCE_BITS, training.dispatch_bytes, HALF_PRECISION_BYTES)
    layers = shape.moe_layers / plan.pipeline
    pairs = tokens / plan.tensor * shape.hidden * 2 * (dispatch + HALF_PRECISION_BYTES)
    usable = machine.ports * training.scale_up_efficiency * training.all_to_all_efficiency
    traffic = layers * network.all_to_all_time_s(
        pairs,
        top_k=np.maximum(shape.top_k, 1.0),
        expert=plan.expert,
        domain=machine.domain,
        up_bytes_s=usable * network.ports_share(machine.dimensions, machine.share, plan.expert),
        out_bytes_s=machine.out * training.scale_out_efficiency * training.all_to_all_efficiency,
        limit=shape.limit,
    )
    far = np.where(plan.expert <= machine.domain, machine.up_us, machine.out_us)
    waits = layers * 4 * (k.latency.collective_us + far) * SECONDS_PER_MICROSECOND
    overlap = np.where(plan.schedule == SCHEDULES["dualpipe"], training.dualpipe_overlap, training.expert_overlap)
    time = network.exposed(traffic, local.total, overlap) + waits
    return np.where((np.asarray(plan.expert) > 1) & (np.asarray(shape.experts) > 0), time, 0.0)


def _gathered(
    machine: Machine, shape: Shape, plan: Plan, k: Training, bytes_each: Numbers, limit: Numbers
) -> tuple[Numbers, Numbers]:
    """Time to move ``bytes_each`` per parameter of a rank among its replicas (``limit``: how many at most), s.

    Over scale-up, and over scale-out.
    """
    ranks, _ = sharers(machine, plan)
    near: Numbers = 0.0
    far: Numbers = 0.0
    for params, sharing in ((shape.dense, plan.tensor), (shape.expert, plan.expert_ranks)):
        if not np.any(params):
            continue
        copies = np.minimum(np.maximum(ranks * plan.tensor / sharing, 1.0), limit)
        up, out = network.reduction_time_s(
            params / (sharing * plan.pipeline) * bytes_each,
            copies,
            np.maximum(machine.domain / sharing, 1.0),
            machine.fabric_chips / (sharing * plan.pipeline),
            up_bytes_s=machine.rings * k.scale_up_efficiency,
            out_bytes_s=machine.out * k.scale_out_efficiency,
            oversubscription=machine.oversubscription,
        )
        near, far = near + up, far + out
    return near, far


@dataclass(frozen=True, slots=True, eq=False)
class _Synchronisation:
    """Traffic between replicas, nothing hidden yet, s: once a step, and what each micro-batch sends near and far."""

    once: Numbers
    near: Numbers = 0.0
    far: Numbers = 0.0


def _synchronisation(machine: Machine, shape: Shape, plan: Plan, training: Training) -> _Synchronisation:
    """Return what replicas must tell each other, as the stage of sharding says."""
    ranks, inside = sharers(machine, plan)
    gathered = np.where(np.asarray(plan.zero) >= SHARD_OPTIMISER, training.weight_bytes, 0.0)
    message = plan.gradient_bytes * (2 - plan.hides_data) + gathered
    whole = sum(_gathered(machine, shape, plan, training, message, np.inf))
    groups = np.minimum(ranks / inside, training.longest_ring)
    waits = 2 * shape.layers / plan.pipeline * (groups - 1) * training.ring_hop_us * SECONDS_PER_MICROSECOND
    stage = np.asarray(plan.zero)
    scattered = (stage == SHARD_GRADIENTS) & (np.asarray(plan.pipeline) == 1)
    sharded = scattered | (stage >= SHARD_WEIGHTS)
    if not np.any(sharded):
        return _Synchronisation(whole + waits)
    gathers = np.where(scattered, 0, GATHERS_OF_SHARDED_WEIGHTS)
    moved = gathers * training.weight_bytes + plan.gradient_bytes
    near, far = _gathered(machine, shape, plan, training, moved, np.where(stage == SHARD_INSIDE, inside, np.inf))
    between = np.maximum(whole - sum(_gathered(machine, shape, plan, training, message, inside)), 0.0)
    weights = sum(_gathered(machine, shape, plan, training, gathered, np.inf))
    once = np.select([scattered, stage == SHARD_INSIDE, sharded], [weights, between, 0.0], whole)
    far = far + np.where(stage == SHARD_INSIDE, 0.0, (gathers + 1) / 2 * waits)
    return _Synchronisation(once + waits, np.where(sharded, near, 0.0), np.where(sharded, far, 0.0))


def _transfer_s(machine: Machine, shape: Shape, plan: Plan, k: Training) -> Numbers:
    """Exposed time to hand one micro-batch from stage to stage, forward and back, s."""
    message = plan.micro * shape.sequence / plan.context * shape.hidden * HALF_PRECISION_BYTES / plan.tensor
    sent = 2 * message / (machine.out * k.scale_out_efficiency) * k.pipeline_exposed
    return np.where(np.asarray(plan.pipeline) > 1, sent, 0.0)


def _update_s(machine: Machine, shape: Shape, plan: Plan, k: Training) -> Numbers:
    """Time of the optimiser's update, s: its state read and written, sharded or not, and a fixed part of every step."""
    optimiser = k.optimiser_traffic_bytes * (shape.dense + shape.expert) / machine.hbm
    return (
        optimiser / np.where(plan.zero >= SHARD_OPTIMISER, plan.used, plan.tensor * plan.pipeline)
        + k.step_ms / MS_PER_S
    )


def step_time(
    machine: Machine,
    shape: Shape,
    plan: Plan,
    k: Coefficients,
    *,
    software: Numbers = 1.0,
    stages: Sequence[int] = (1, 2, 4, 8),
) -> Step:
    """Return the seconds of a step by part.

    Parameters
    ----------
    software : share of what the hardware allows that the stack reaches; it divides all local work and exposed traffic
        of a micro-batch
    stages : virtual stages to choose from where the plan leaves them free
    """
    training = k.training
    most = np.where(plan.virtual == FREE_CHOICE, float(max(stages)), plan.virtual)
    again = recomputed_share(machine, shape, plan, most, training)
    possible = np.isfinite(again)
    again = np.where(possible, again, 0.0)
    local = local_work(machine, shape, plan, training)
    selective = np.where(plan.recompute == RECOMPUTE["none"], 0.0, training.selective_recompute - 1)
    repeated = again * plan.repeated_forward * (training.full_recompute - 1)
    compute = local.compute * (1 + np.maximum(repeated, selective)) / software
    memory = local.memory * (1 + repeated) / software
    tensor = _tensor_s(machine, shape, plan, k, local, again) / software
    expert = _expert_s(machine, shape, plan, k, local) / software
    each = compute + memory + tensor + expert

    traffic = _synchronisation(machine, shape, plan, training)
    shards = network.contended(traffic.near, each, training.shard_overlap)
    shards = shards + network.contended(traffic.far, each, training.shard_out_overlap)
    each = each + shards

    m, p = plan.microbatches, plan.pipeline
    transfer = _transfer_s(machine, shape, plan, training)
    folded = np.where(plan.schedule == SCHEDULES["dualpipe"], training.dualpipe_bubble, 1.0)
    virtual = best_stages(shape, plan, each, transfer, stages)
    imbalance = stage_imbalance(shape.layers, shape.head, p, virtual)
    window = np.where(np.asarray(virtual) > 1, np.minimum(m, p), 1.0)
    sync = network.exposed(
        traffic.once / software, np.minimum(window, m) * each, training.data_overlap * plan.hides_data
    )
    idle = folded * bubble_time_s(p, virtual, each) + m * each * (imbalance - 1)
    update = _update_s(machine, shape, plan, training)
    smooth = m * (each + virtual * transfer) + idle + sync + update
    total = smooth * straggler_factor(plan.used, training.jitter, training.jitter_base_chips)

    def parts() -> dict[str, Numbers]:
        return {
            "compute": m * compute,
            "memory_bound": m * memory,
            "tensor_parallel": m * tensor,
            "expert_all_to_all": m * expert,
            "pipeline_transfer": m * virtual * transfer,
            "pipeline_bubble": idle,
            "data_parallel": sync + m * shards,
            "optimiser": update,
            "stragglers": total - smooth,
        }

    return Step(np.where(possible, total, np.inf), parts, np.asarray(virtual), np.asarray(again))


def best_stages(shape: Shape, plan: Plan, each: Numbers, transfer: Numbers, stages: Sequence[int]) -> Numbers:
    """Virtual stages that balance bubble, uneven stages and transfers; those of the plan where it states them.

    Interleaving needs at least as many micro-batches as stages, layers that split nearly evenly, and more than two stages
    where the stack does not overlap their traffic.
    """
    m, p = plan.microbatches, plan.pipeline
    if (np.asarray(plan.virtual) != FREE_CHOICE).all():
        return plan.virtual
    deep = m >= p
    long = np.asarray(p) > np.where(np.asarray(plan.interleaves_pairs) > 0, 1, 2)
    best: Numbers = np.ones_like(m)
    least: Numbers = np.inf
    plain = np.asarray(plan.schedule) == SCHEDULES["1f1b"]
    for stage in stages:
        missing = np.ceil(shape.layers / (p * stage)) * p * stage - shape.layers
        uneven = stage_imbalance(shape.layers, shape.head, p, float(stage)) - 1
        cost = each * ((p - 1) / stage + m * uneven) + m * (stage * transfer)
        if stage == 1:
            least = cost
            continue
        better = (missing <= SPARE_LAYERS) & ~plain & long & deep & (cost < least)
        best = np.where(better, float(stage), best)
        least = np.where(better, cost, least)
    return np.where(plan.virtual == FREE_CHOICE, best, plan.virtual)
