"""What one rank must hold: weights, gradients, optimiser state, activations; and what is computed again to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layouts import ALL_OR_NOTHING, FREE_CHOICE, RECOMPUTE
from .machine import REFERENCE_BITS

if TYPE_CHECKING:
    from ..numbers import Numbers
    from .coefficients import Training
    from .layouts import Plan
    from .machine import Machine
    from .shapes import Shape

SHARD_OPTIMISER, SHARD_GRADIENTS, SHARD_WEIGHTS, SHARD_INSIDE = 1, 2, 3, 4


def sharers(machine: Machine, plan: Plan) -> tuple[Numbers, Numbers]:
    """Replicas that share one shard of weights: all of them, and those of one scale-up domain."""
    ranks = np.maximum(plan.data * plan.context, 1.0)
    return ranks, np.minimum(np.maximum(machine.domain / plan.tensor, 1.0), ranks)


def state_bytes(machine: Machine, shape: Shape, plan: Plan, k: Training) -> Numbers:
    """Bytes of weights, gradients and optimiser state on one rank, as the stage of sharding spreads them.

    Stage 1 spreads the optimiser over all replicas, 2 the gradients too, 3 the weights too; 4 is stage 3 inside each
    scale-up domain only.
    """
    ranks, inside = sharers(machine, plan)
    stage = np.asarray(plan.zero)
    total: Numbers = 0.0
    for params, split in (
        (shape.dense, plan.tensor * plan.pipeline),
        (shape.expert, plan.expert_ranks * plan.pipeline),
    ):
        copies = np.maximum(ranks * plan.tensor * plan.pipeline / split, 1.0)
        if (stage == SHARD_OPTIMISER).all():
            each = k.weight_bytes + plan.gradient_bytes + k.optimiser_bytes / copies
        else:
            group = np.where(stage == SHARD_INSIDE, np.minimum(inside, copies), copies)
            weights = np.where(stage >= SHARD_WEIGHTS, 0.0, k.weight_bytes)  # stage 3 keeps the master copy alone
            gradients = plan.gradient_bytes / np.where(stage >= SHARD_GRADIENTS, group, 1.0)
            each = weights + gradients + k.optimiser_bytes / np.where(stage >= SHARD_OPTIMISER, group, 1.0)
        total = total + params / split * each
    at_work = k.gathered_bytes * shape.dense / (plan.tensor * shape.layers)
    return total + np.where(stage >= SHARD_WEIGHTS, at_work, 0.0)


def activation_bytes(shape: Shape, plan: Plan, virtual: Numbers, bytes_per_unit: Numbers) -> Numbers:
    """Bytes of stored activations on the first stage: its layers x micro-batches in flight.

    One-forward-one-backward keeps p micro-batches; interleaving over v virtual stages (p-1)/v more; never more than
    the replica has.
    """
    tokens = plan.micro * shape.sequence / plan.context
    more = np.where(np.asarray(virtual) > 1, (plan.pipeline - 1) / virtual, 0.0)
    in_flight = plan.pipeline + more
    return tokens * shape.hidden * bytes_per_unit / plan.tensor * shape.layers / plan.pipeline * in_flight


def recomputed_share(machine: Machine, shape: Shape, plan: Plan, virtual: Numbers, k: Training) -> Numbers:
    """Share of layers computed twice so that memory holds the rest; infinite where even that does not fit.

    A stated choice is kept: none or selective recomputation repeats nothing here, full repeats all.
    """
    room = machine.memory - state_bytes(machine, shape, plan, k)
    low = np.where(np.asarray(machine.low_bits) < REFERENCE_BITS, k.activation_bytes_low, 0.0)
    choices = k.moe_activation_bytes_per_choice * shape.top_k
    kept = activation_bytes(shape, plan, virtual, k.activation_bytes - low + choices)
    tokens = plan.micro * shape.sequence / plan.context / plan.tensor
    logits = np.where(np.asarray(plan.pipeline) > 1, 0.0, tokens * shape.vocabulary * k.logit_bytes)
    working = tokens * shape.hidden * (k.activation_bytes + choices) + logits
    slim = activation_bytes(shape, plan, virtual, k.activation_bytes_full_recompute) + working
    kept = kept + logits
    share = np.clip((kept - room) / np.maximum(kept - slim, 1.0), 0.0, 1.0)
    stated = np.where(plan.recompute == RECOMPUTE["full"], 1.0, 0.0)
    whole = np.where(plan.recompute == ALL_OR_NOTHING, np.ceil(share), share)
    chosen = np.where(np.asarray(plan.recompute) <= FREE_CHOICE, whole, stated)
    return np.where(slim <= room, chosen, np.inf)
