"""The terms of one training step: how long a rank computes, moves memory and talks, per micro-batch or per step.

Symbols as in the recipe (Megatron, Calculon, Epoch, Llama 3): ranks are split ``tensor`` x ``pipeline`` x ``context``
x data parallel; experts spread over ``expert`` ranks of the same replica group. Every function takes floats or
arrays (candidates, cluster sizes), returns seconds, and holds for one rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..numbers import Array, Numbers

HALF_PRECISION_BYTES = 2
TRAINING_PASSES = 3
"""Forward, gradient of inputs, gradient of weights: each reads the weights once."""
COLLECTIVES_PER_DENSE_LAYER = 4
"""All-reduces of a layer: after attention and after the feed-forward part, forward and backward."""
COLLECTIVES_PER_MOE_LAYER = 2
"""Only attention is tensor parallel where the feed-forward part is expert parallel."""


def scalar(value: Array) -> Numbers:
    """Return a float for an array without axes.

    Examples
    --------
    >>> scalar(np.array(2.0))
    2.0
    """
    return float(value) if value.ndim == 0 else value


def matmul_time_s(
    flop: Numbers, rate_flops: float, bf16_flops: float, bf16_share: float, efficiency: Numbers
) -> Numbers:
    """Time of matrix products, s, when a share of an 8-bit or 4-bit step still runs at BF16 speed.

    Where the run is BF16 itself both rates are the same and the share does nothing.

    Examples
    --------
    >>> round(matmul_time_s(1e15, 2e15, 1e15, 0.23, 1.0), 3)
    0.615
    """
    return flop * ((1 - bf16_share) / rate_flops + bf16_share / bf16_flops) / efficiency


def memory_time_s(
    tokens: Numbers, hidden: float, layers: Numbers, *, tensor: Numbers, bytes_per_unit: float, hbm_bytes_s: float
) -> Numbers:
    """Time of memory-bound work (norms, residuals, activation functions and their backward pass), s.

    Examples
    --------
    >>> round(memory_time_s(8192, 16384, 8, tensor=8, bytes_per_unit=257.0, hbm_bytes_s=3.35e12), 4)
    0.0103
    """
    return layers * tokens * hidden * bytes_per_unit / tensor / hbm_bytes_s


def ring_time_s(message_bytes: Numbers, ranks: Numbers, link_bytes_s: Numbers) -> Numbers:
    """Time of a ring all-reduce, s: 2 (t-1)/t of the buffer; reduce-scatter and all-gather together move the same.

    Examples
    --------
    >>> ring_time_s(1e9, 8, 1.75e9)
    1.0
    """
    return 2 * (ranks - 1) / ranks * message_bytes / link_bytes_s


def context_time_s(
    tokens: Numbers, kv_dim: Numbers, layers: Numbers, context: Numbers, link_bytes_s: Numbers
) -> Numbers:
    """Time to pass keys and values round the context-parallel ring, forward and backward, s.

    Each rank sees the keys and values of all others, about twice forward and twice backward in bytes.

    Examples
    --------
    >>> context_time_s(1000, 100, 1, 1, 1.0)
    0.0
    """
    return layers * 4 * HALF_PRECISION_BYTES * tokens * kv_dim * (context - 1) / link_bytes_s


def distinct_domains(expert: Numbers, domain: float, top_k: float, top_groups: float) -> Numbers:
    """Scale-up domains among which a token's experts lie: expected number over uniform routing.

    Routing limited to ``top_groups`` groups (0: unlimited) caps it; a token goes once to each domain and is handed on
    inside it.

    Examples
    --------
    >>> distinct_domains(64, 64, 8, 0), distinct_domains(64, 8, 8, 4)
    (1.0, 4.0)
    """
    domains = np.maximum(np.asarray(expert, dtype=float) / domain, 1.0)
    reached = domains * (1 - (1 - 1 / domains) ** top_k)
    capped = np.minimum(reached, top_groups) if top_groups else reached
    return scalar(np.where(domains > 1, capped, 1.0))


def expert_time_s(
    token_bytes: Numbers,
    *,
    top_k: float,
    expert: Numbers,
    domain: float,
    up_bytes_s: Numbers,
    out_bytes_s: float,
    top_groups: float,
) -> Numbers:
    """Time of one all-to-all (dispatch or combine) of a rank's tokens, s: the slower of both networks.

    Inside a domain a token goes to each of its experts. Between domains it goes once to each domain its experts lie
    in, over scale-out. Uniform routing; load imbalance is in the efficiency of the expert products.

    Examples
    --------
    >>> round(expert_time_s(1e6, top_k=8, expert=64, domain=72, up_bytes_s=1e9, out_bytes_s=1e8, top_groups=0), 6)
    0.007875
    """
    domains = np.maximum(np.asarray(expert, dtype=float) / domain, 1.0)
    inside = token_bytes * top_k * (1 - 1 / np.asarray(expert, dtype=float)) / up_bytes_s
    remote = distinct_domains(expert, domain, top_k, top_groups) * (1 - 1 / domains)
    return scalar(np.maximum(inside, token_bytes * remote / out_bytes_s))


def exposed(traffic_s: Numbers, cover_s: Numbers, overlap: float) -> Numbers:
    """Part of the traffic that compute does not hide: at most ``overlap`` of it hides, and no more than the cover.

    Examples
    --------
    >>> float(exposed(1.0, 10.0, 0.8)) < 0.21, float(exposed(10.0, 1.0, 0.8))
    (True, 9.0)
    """
    return np.maximum((1 - overlap) * traffic_s, traffic_s - cover_s)


def data_parallel_time_s(
    sync_bytes: Numbers,
    ranks: Numbers,
    inside: Numbers,
    per_fabric_pod: Numbers,
    *,
    up_bytes_s: Numbers,
    out_bytes_s: float,
    oversubscription: float,
) -> Numbers:
    """Time to reduce gradients and gather parameters over ``ranks`` replicas, s.

    Hierarchical: ``inside`` replicas of one scale-up domain reduce first, so that 1/inside of the bytes leaves it;
    above groups of ``per_fabric_pod`` replicas the network gives 1/oversubscription of its bandwidth. The flat ring is
    taken where it is faster.

    Examples
    --------
    >>> data_parallel_time_s(1e9, 1, 1, 1, up_bytes_s=1e9, out_bytes_s=1e9, oversubscription=1.0)
    0.0
    >>> round(data_parallel_time_s(1e9, 64, 8, 64, up_bytes_s=9e9, out_bytes_s=1e9, oversubscription=1.0), 3)
    0.207
    """
    ranks, inside = np.maximum(ranks, 1.0), np.maximum(inside, 1.0)
    groups = np.maximum(per_fabric_pod, 1.0)
    slow = np.where(ranks > groups, (oversubscription - 1) / groups, 0.0)
    flat = sync_bytes / out_bytes_s * ((1 - 1 / ranks) + slow)
    between = sync_bytes / inside / out_bytes_s * ((1 - inside / ranks) + slow * inside)
    layered = sync_bytes / up_bytes_s * (1 - 1 / inside) + between
    return scalar(np.minimum(flat, layered))


def bubble_time_s(pipeline: Numbers, virtual: Numbers, microbatch_s: Numbers) -> Numbers:
    """Idle time of a pipeline in one step, s: (p-1)/v micro-batches (interleaved one-forward-one-backward).

    Examples
    --------
    >>> bubble_time_s(8, 1, 1.0) / (16.0 + 7.0)
    0.30434782608695654
    """
    return (pipeline - 1) / virtual * microbatch_s


def straggler_factor(chips: Numbers, jitter: float, base_chips: float) -> Numbers:
    """Step stretched by the slowest of many ranks: 1 + j log2(n / 8). Fitted up to 10,000 chips only.

    Examples
    --------
    >>> float(straggler_factor(8, 0.02, 8)), float(straggler_factor(8192, 0.02, 8))
    (1.0, 1.2)
    """
    return 1 + jitter * np.log2(np.maximum(np.asarray(chips, dtype=float) / base_chips, 1.0))


def state_bytes(
    dense_params: Numbers,
    expert_params: Numbers,
    *,
    tensor: Numbers,
    pipeline: Numbers,
    expert: Numbers,
    chips: Numbers,
    held_bytes: float,
    sharded_bytes: float,
) -> Numbers:
    """Bytes of weights, gradients and optimiser state on one rank.

    ``held_bytes`` per parameter stay on each rank that uses it; ``sharded_bytes`` spread over all chips (ZeRO-1).

    Examples
    --------
    >>> state_bytes(16.0, 0.0, tensor=2, pipeline=2, expert=1, chips=4, held_bytes=6.0, sharded_bytes=12.0)
    72.0
    """
    held = dense_params / (tensor * pipeline) + expert_params / (expert * pipeline)
    return held * held_bytes + (dense_params + expert_params) * sharded_bytes / chips


def activation_bytes(
    tokens: Numbers,
    hidden: float,
    layers: float,
    *,
    tensor: Numbers,
    pipeline: Numbers,
    virtual: float,
    bytes_per_unit: float,
) -> Numbers:
    """Bytes of stored activations on the first stage: its layers x micro-batches in flight.

    One-forward-one-backward keeps p micro-batches; interleaving over v virtual stages 1 + (p-1)/(p v) times as many.
    A batch of fewer micro-batches than stages would keep less: left out, so that a larger batch never needs more.

    Examples
    --------
    >>> split = {"tensor": 8, "pipeline": 16, "virtual": 8, "bytes_per_unit": 34.0}
    >>> round(float(activation_bytes(8192, 16384, 126, **split)) / 1e9)
    80
    """
    interleaved = (pipeline - 1) / virtual if virtual > 1 else 0.0
    return tokens * hidden * bytes_per_unit / tensor * layers / pipeline * (pipeline + interleaved)


def recomputed_share(kept_bytes: Numbers, slim_bytes: Numbers, room_bytes: Numbers) -> Numbers:
    """Share of layers whose activations are thrown away and computed again, so that the rest fits.

    Examples
    --------
    >>> float(recomputed_share(10.0, 2.0, 12.0)), float(recomputed_share(10.0, 2.0, 6.0))
    (0.0, 0.5)
    """
    spread = np.maximum(np.asarray(kept_bytes, dtype=float) - slim_bytes, 1.0)
    return np.clip((kept_bytes - np.asarray(room_bytes, dtype=float)) / spread, 0.0, 1.0)
