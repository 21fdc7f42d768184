"""What one rank computes for one micro-batch: matrix products, attention, memory-bound work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..conversions import BITS_PER_BYTE, FLOP_PER_TFLOP, SECONDS_PER_MICROSECOND
from .jobs import FLOP_PER_PARAMETER
from .machine import REFERENCE_BITS

if TYPE_CHECKING:
    from ..numbers import Numbers
    from .coefficients import Training
    from .layouts import Plan
    from .machine import Machine
    from .shapes import Shape


CAUSAL_SAVING = 2
"""All attention scores over those that a causal mask leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """Seconds of one micro-batch on one rank, nothing recomputed yet."""

    dense: Numbers
    routed: Numbers
    attention: Numbers
    memory: Numbers

    @property
    def compute(self) -> Numbers:
        """Arithmetic: products inside and outside experts, and attention."""
        return self.dense + self.routed + self.attention

    @property
    def total(self) -> Numbers:
        """All of it: what traffic can hide under."""
        return self.compute + self.memory


def clock_share(
    watts: Numbers, reference: float, exponent: float, generation: Numbers = 1.0, process: float = 0.0
) -> Numbers:
    """Share of the nominal rate that matrix products keep under the chip's power limit.

    Chips with fewer watts behind each peak TFLOP/s run them at lower clocks; at or above the reference they keep all.

    Examples
    --------
    >>> float(clock_share(1.28, 1.28, 0.3)), round(float(clock_share(0.64, 1.28, 0.3)), 3)
    (1.0, 0.812)
    """
    return np.minimum(1.0, (watts / reference) ** exponent * generation**process)


def product_time_s(
    flop: Numbers,
    rates: tuple[Numbers, Numbers],
    bf16_share: Numbers,
    *,
    traffic_s: Numbers,
    efficiency: Numbers,
) -> Numbers:
    """Time of matrix products, s: arithmetic at both precisions, and the operands' way through memory.

    ``rates`` are those of the low format and of BF16, ``traffic_s`` the time their operands take.

    Examples
    --------
    >>> round(product_time_s(1e15, (2e15, 1e15), 0.2, traffic_s=0.1, efficiency=0.6), 6)
    1.1
    """
    low, bf16 = rates
    return flop * ((1 - bf16_share) / low + bf16_share / bf16) / efficiency + traffic_s


def operand_time_s(
    flop: Numbers, sides: tuple[Numbers, Numbers, Numbers], bytes_each: Numbers, hbm_bytes_s: Numbers
) -> Numbers:
    """Time to move the three operands of a product m x n x k once, s: flop/2 (1/m + 1/n + 1/k) elements.

    Examples
    --------
    >>> operand_time_s(2e9, (1e3, 1e3, 1e3), 2.0, 3e9)
    0.002
    """
    m, n, depth = sides
    return flop / 2 * (1 / m + 1 / n + 1 / depth) * bytes_each / hbm_bytes_s


@dataclass(frozen=True, slots=True, eq=False)
class _Format:
    """A number format at work: sustained FLOP/s, share that stays in BF16, bytes of an operand, costs of casting."""

    rate: Numbers
    bf16_share: float
    moe_bf16_share: float
    operand_bytes: Numbers
    held_bytes: float
    cast_bytes: float


def _products_s(
    machine: Machine, shape: Shape, plan: Plan, k: Training, form: _Format, bf16: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Products outside experts, inside them, and what casting their inputs costs, in one format, s."""
    tokens = plan.micro * shape.sequence / plan.context
    split = plan.pipeline * plan.tensor

    def products(
        params: Numbers, held: Numbers, sides: tuple[Numbers, Numbers, Numbers], share: float, efficiency: float
    ) -> Numbers:
        flop = FLOP_PER_PARAMETER * params * tokens / split
        summed = held * form.held_bytes / machine.hbm
        moved = (operand_time_s(flop, sides, form.operand_bytes, machine.hbm) + summed) * k.operand_exposed
        return product_time_s(flop, (form.rate, bf16), share, traffic_s=moved, efficiency=efficiency)

    outside = shape.active - shape.routed
    dense = products(
        outside, outside / split, (tokens, shape.width / plan.tensor, shape.hidden), form.bf16_share, k.gemm_efficiency
    )
    grouped = np.asarray(plan.expert) > 1
    each = np.where(grouped, plan.expert * tokens / plan.tensor, tokens) * shape.top_k / np.maximum(shape.experts, 1)
    columns = np.where(grouped, shape.expert_width, shape.expert_width / plan.tensor)
    routed = products(
        shape.routed,
        shape.expert / (plan.expert_ranks * plan.pipeline),
        (np.maximum(each, 1.0), columns, shape.hidden),
        form.moe_bf16_share,
        k.gemm_efficiency * k.moe_gemm_efficiency,
    )
    routed = np.where(np.asarray(shape.routed) > 0, routed, 0.0)
    return dense, routed, shape.operands * form.cast_bytes * tokens / split / machine.hbm


def kernel_share(tuned: Numbers, efficiency: float, early: float, generation: Numbers, loss: float) -> Numbers:
    """Share of the clocked BF16 rate that one fused attention kernel reaches on long sequences.

    Kernels tuned for their chip keep it from chip to chip; the first fused ones were written for the A100 and cannot
    feed faster chips, so that their share falls with the rate of the generation to the power ``loss``.

    Examples
    --------
    >>> float(kernel_share(1.0, 0.55, 0.3, 4.0, 0.5)), float(kernel_share(0.0, 0.55, 0.3, 4.0, 0.5))
    (0.55, 0.15)
    """
    return np.where(np.asarray(tuned) > 0, efficiency, early / np.asarray(generation) ** loss)


def attention_time_s(machine: Machine, shape: Shape, plan: Plan, k: Training, bf16: Numbers) -> Numbers:
    """Time of causal attention for one token through all layers on one rank's chip, forward and backward, s.

    One fused kernel skips the masked half and needs a long sequence to fill the chip. Before there was one, all scores
    were computed as matrix products and moved through memory.
    """
    generation = np.maximum(machine.bf16 / (k.power_reference_tflops * FLOP_PER_TFLOP), 1.0)
    early = (k.early_attention_efficiency, generation, k.early_attention_loss)
    share = kernel_share(plan.tuned_attention, k.attention_efficiency, *early)
    filled = shape.sequence / (shape.sequence + k.attention_half_tokens)
    fused = shape.attention / (bf16 * share * filled)
    products = CAUSAL_SAVING * shape.attention / (bf16 * k.plain_attention_efficiency)
    plain = products + shape.scores * k.score_bytes / machine.hbm
    return np.where(np.asarray(plan.fused_attention) > 0, fused, plain)


def local_work(machine: Machine, shape: Shape, plan: Plan, k: Training) -> Local:
    """Return what one rank computes for one micro-batch; products are cast to few bits only where that pays."""
    tokens = plan.micro * shape.sequence / plan.context
    split = plan.pipeline * plan.tensor
    generation = np.maximum(machine.bf16 / (k.power_reference_tflops * FLOP_PER_TFLOP), 1.0)
    limits = (k.power_reference_watts, k.power_exponent, generation, k.process_exponent)
    low = machine.low * clock_share(machine.low_watts, *limits)
    bf16 = machine.bf16 * clock_share(machine.bf16_watts, *limits)
    plain = _Format(bf16, 0.0, 0.0, REFERENCE_BITS / BITS_PER_BYTE, k.accumulation_bytes, 0.0)
    dense, routed, cast = _products_s(machine, shape, plan, k, plain, bf16)
    narrow = np.asarray(machine.low_bits) < REFERENCE_BITS
    if narrow.any():
        held = k.accumulation_bytes + k.weight_cast_bytes
        few = _Format(
            low, k.bf16_share, k.moe_bf16_share, machine.low_bits / BITS_PER_BYTE, held, k.cast_bytes_per_operand
        )
        dense_few, routed_few, cast_few = _products_s(machine, shape, plan, k, few, bf16)
        pays = narrow & (
            (dense_few + routed_few) * k.selective_recompute + cast_few < (dense + routed) * k.selective_recompute
        )
        dense, routed, cast = (
            np.where(pays, few_bits, sixteen)
            for few_bits, sixteen in ((dense_few, dense), (routed_few, routed), (cast_few, cast))
        )
    attention = attention_time_s(machine, shape, plan, k, bf16) * tokens / split

    units = shape.layers * shape.hidden * k.memory_bytes_per_unit + shape.inner * k.inner_bytes_per_unit
    permuted = shape.moe_layers * shape.hidden * shape.top_k * k.moe_memory_bytes_per_choice
    logits = shape.vocabulary * np.where(
        np.asarray(plan.fused_loss) > 0, k.fused_logit_traffic_bytes, k.logit_traffic_bytes
    )
    memory = (units + permuted + logits) * tokens / split / machine.hbm
    experts = shape.experts / np.where(np.asarray(plan.expert) > 1, plan.expert, 1.0)
    launches = (
        (shape.layers * k.layer_us + shape.moe_layers * experts * k.expert_us) * SECONDS_PER_MICROSECOND / plan.pipeline
    )
    return Local(dense, routed, attention, memory + cast + launches)
