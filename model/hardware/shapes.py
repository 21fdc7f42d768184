"""The numbers of a job that the step time needs: floats for one job, arrays where many are evaluated at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..numbers import Numbers
    from .jobs import Job

MOST_ROUTED = 0.98
"""Share of the active parameters that routed experts may make up, however their dimensions multiply out."""
PRODUCTS_PER_LAYER = 4
"""Matrix products of a layer outside experts: queries with keys and values, attention output, two feed-forward."""
BLOCK_INPUTS = 3
"""Products that read hidden units: queries with keys and values, the attention output, the first feed-forward matrix."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A transformer: parameters by kind, dimensions, sequence length; every field a float or an array of one shape.

    ``dense`` and ``expert`` are stored parameters outside and inside routed experts, ``active`` and ``routed`` what one
    token uses of all and of the routed ones. ``width`` is the harmonic mean of what tensor parallelism splits in the
    products outside experts; ``inner`` the activated feed-forward units of a token and ``operands`` its inputs of matrix
    products, ``scores`` its attention scores, each summed over layers. ``limit`` caps the expert groups a token may
    reach (0: none), ``head`` is the output head in layers.
    """

    active: Numbers
    routed: Numbers
    dense: Numbers
    expert: Numbers
    layers: Numbers
    moe_layers: Numbers
    hidden: Numbers
    width: Numbers
    inner: Numbers
    operands: Numbers
    expert_width: Numbers
    attention: Numbers
    scores: Numbers
    kv: Numbers
    experts: Numbers
    top_k: Numbers
    limit: Numbers
    sequence: Numbers
    vocabulary: Numbers
    head: Numbers


def shape_of(job: Job) -> Shape:
    """Return the shape of a job."""
    per_layer = job.params_active / max(job.layers, 1)
    routed = min(job.routed_params, MOST_ROUTED * job.params_active)
    outside = job.params_active - routed
    in_layers = max(outside - job.vocab * job.hidden, outside / 4)
    moe_units = job.top_k * job.expert_ffn + job.shared_experts * job.expert_ffn
    return Shape(
        active=job.params_active,
        routed=routed,
        dense=job.dense_params,
        expert=min(job.expert_params, job.params_total),
        layers=float(job.layers),
        moe_layers=float(job.moe_layers),
        hidden=float(job.hidden),
        width=max(in_layers / (PRODUCTS_PER_LAYER * job.layers * job.hidden), 1.0),
        operands=float(
            BLOCK_INPUTS * job.layers * job.hidden
            + (job.layers - job.moe_layers) * job.ffn
            + job.moe_layers * (job.top_k + job.shared_experts) * (job.hidden + job.expert_ffn)
        ),
        inner=float((job.layers - job.moe_layers) * job.ffn + job.moe_layers * moe_units),
        expert_width=float(job.expert_ffn or 1),
        attention=job.attention_flop,
        scores=float(job.layers * job.heads * job.seq_len),
        kv=job.kv_dim,
        experts=float(job.experts),
        top_k=float(job.top_k),
        limit=float(job.top_groups),
        sequence=float(job.seq_len),
        vocabulary=float(job.vocab),
        head=job.vocab * job.hidden / per_layer,
    )
