"""Serving a model from a pod: prefill bound by compute, decode by memory, all-to-all and latency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..conversions import BYTES_PER_GB, BYTES_PER_TB, FLOP_PER_TFLOP, KW_PER_MW, MS_PER_S, SECONDS_PER_MICROSECOND
from .errors import DoesNotFit
from .layouts import powers_of_two
from .network import all_to_all_time_s, ring_time_s
from .pods import Pod, all_to_all_share
from .step import HALF_PRECISION_BYTES

if TYPE_CHECKING:
    from ..numbers import Array, Numbers
    from .chips import Chip
    from .coefficients import Coefficients
    from .fabric import Fabric
    from .jobs import Job

SMALLEST_GROUP = 8
FORWARD_FLOP_PER_PARAMETER = 2
DEFAULT_BATCH_TOKENS = 16_384
"""Prompt tokens of one batch on a chip where nobody says: four prompts of 4,096."""
DEFAULT_EXPERT_GROUP = 32


@dataclass(frozen=True, slots=True)
class Decode:
    """The best decode set-up that meets the latency: rates of output tokens, and what bounds them."""

    tokens_per_s_per_chip: float
    tokens_per_s_per_pod: float
    tokens_per_s_per_mw: float
    step_ms: float
    batch_per_chip: float
    expert_group: int
    tensor_group: int
    memory_ms: float
    compute_ms: float
    communication_ms: float
    latency_ms: float
    context_tokens: float


def prefill_flop_per_token(job: Job, prompt_tokens: float) -> float:
    """Forward FLOP of one prompt token: 2 N active, plus causal attention 2 L s h (mean over positions)."""
    attention = FORWARD_FLOP_PER_PARAMETER * job.layers * prompt_tokens * job.heads * job.head_dim
    return FORWARD_FLOP_PER_PARAMETER * job.params_active + attention


def kv_bytes_per_token(layers: float, kv_dim: float, bytes_each: float) -> float:
    """Bytes of key-value cache of one token.

    Examples
    --------
    >>> kv_bytes_per_token(61, 576, 1.0)
    35136.0
    """
    return layers * kv_dim * bytes_each


def memory_time_s(weight_bytes: Numbers, cache_bytes: Numbers, hbm_bytes_s: float) -> Numbers:
    """Time to read the weights touched and the cache of the batch once, s: the decode roofline.

    Examples
    --------
    >>> memory_time_s(3e10, 3e10, 3e12)
    0.02
    """
    return (weight_bytes + cache_bytes) / hbm_bytes_s


def cache_copies(job: Job, tensor: Numbers) -> Numbers:
    """How often a tensor group holds the same cache: latent attention has one head, which cannot be split."""
    latent = job.kv_dim < 2 * job.kv_heads * job.head_dim
    return np.maximum(tensor / (1 if latent else job.kv_heads), 1.0)


def touched_share(tokens: Numbers, top_k: float, experts: float) -> Numbers:
    """Share of experts that a group's tokens reach in one step, with uniform routing: 1 - (1 - k/E)^tokens.

    Examples
    --------
    >>> round(float(touched_share(64, 8, 256)), 2)
    0.87
    """
    return 1 - (1 - top_k / experts) ** tokens


def overlapped(body: Numbers, traffic: Numbers, overlap: float) -> Numbers:
    """Two micro-batches in turn: a share of the shorter of both is hidden under the longer.

    Examples
    --------
    >>> float(overlapped(2.0, 1.0, 0.8))
    2.2
    """
    return body + traffic - overlap * np.minimum(body, traffic)


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    batch: Array
    expert: Array
    tensor: Array


def _grid(pod: Pod, job: Job, max_batch: float, batch: float | None, expert: int | None) -> _Grid:
    experts = [e for e in powers_of_two(job.experts) if e >= SMALLEST_GROUP] if job.experts else [1]
    tensors = powers_of_two(min(pod.domain, SMALLEST_GROUP if job.experts else job.heads))
    batches = 2.0 ** np.arange(-3, np.log2(max_batch) + 0.01, 0.25)
    axes = (np.array([batch]) if batch else batches, np.array([expert] if expert else experts, dtype=float), tensors)
    return _Grid(*(axis.ravel() for axis in np.meshgrid(*(np.asarray(a, dtype=float) for a in axes), indexing="ij")))


def decode(
    pod: Pod,
    job: Job,
    fabric: Fabric,
    coefficients: Coefficients,
    *,
    context_tokens: float | None = None,
    target_ms: float | None = None,
    software: float = 1.0,
    batch_per_chip: float | None = None,
    expert_group: int | None = None,
    precision: str | None = None,
) -> Decode:
    """Return the fastest decode set-up that meets the latency target and fits memory.

    Experts spread over a group of chips, inside the pod while it is large enough; attention is data parallel, over
    small tensor groups where weights need it. Speculative decoding is left out.

    Parameters
    ----------
    context_tokens : KV length of a request; the job's sequence length by default
    target_ms : time per output token to meet
    batch_per_chip, expert_group : held fixed where given

    Raises
    ------
    DoesNotFit
        When weights and cache exceed memory, or no batch meets the latency.
    """
    chip, k, wait = _served(pod), coefficients.inference, coefficients.latency
    context = job.seq_len if context_tokens is None else context_tokens
    target = (k.target_ms if target_ms is None else target_ms) / MS_PER_S
    grid = _grid(pod, job, k.max_batch, batch_per_chip, expert_group)
    batch, expert, tensor = grid.batch, grid.expert, grid.tensor
    hbm = (chip.hbm_tb_s or 0.0) * BYTES_PER_TB * k.memory_efficiency
    dense = job.dense_params * k.weight_bytes / tensor
    routed = job.expert_params * k.weight_bytes / expert
    cache = batch * context * kv_bytes_per_token(job.layers, job.kv_dim, k.kv_bytes) * cache_copies(job, tensor)
    touched = routed * (touched_share(batch * expert, job.top_k, job.experts) if job.experts else 0.0)
    memory = memory_time_s(dense + touched, cache, hbm)

    attention = 2 * FORWARD_FLOP_PER_PARAMETER * job.layers * context * job.heads * job.head_dim
    rate_flops = (chip.eight_bit_tops if precision is None else chip.rate(precision)) or 0.0
    flop = batch * (FORWARD_FLOP_PER_PARAMETER * job.params_active + attention)
    compute = flop / (rate_flops * FLOP_PER_TFLOP * k.decode_compute_efficiency * software)

    up, out = (rate * k.link_efficiency for rate in (pod.port_bytes_s, fabric.port_bytes_s))
    share = all_to_all_share(pod.kind, expert, pod.all_to_all_share)
    pairs = batch * job.hidden * (k.dispatch_bytes + k.combine_bytes)
    traffic: Numbers = 2 * job.layers * ring_time_s(batch * tensor * job.hidden * HALF_PRECISION_BYTES, tensor, up)
    if job.experts:
        traffic = traffic + job.moe_layers * all_to_all_time_s(
            pairs,
            top_k=job.top_k,
            expert=expert,
            domain=pod.domain,
            up_bytes_s=up * share,
            out_bytes_s=out,
            limit=job.top_groups,
        )
    far = np.where(expert <= pod.domain, pod.latency_us, fabric.latency_us)
    hops = 2 * job.moe_layers * far + 2 * job.layers * np.where(tensor > 1, pod.latency_us + wait.collective_us, 0.0)
    latency = (job.layers * k.layer_latency_us + hops) * SECONDS_PER_MICROSECOND

    memory, compute, traffic = (np.broadcast_to(part, batch.shape) for part in (memory, compute, traffic))
    total = overlapped(memory + compute, traffic, k.overlap) + latency
    room = (chip.hbm_gb or 0.0) * BYTES_PER_GB * k.memory_reserve
    fits = dense + routed + cache <= room
    if not fits.any():
        message = f"{job.name} cannot be served by {pod.name}: weights and cache exceed {chip.hbm_gb:,.0f} GB per chip"
        raise DoesNotFit(message)
    good = fits & (total <= target)
    if not good.any():
        fastest = float(np.where(fits, total, np.inf).min()) * MS_PER_S
        message = f"{job.name} on {pod.name}: no set-up meets {target * MS_PER_S:g} ms per token, the fastest takes {fastest:.1f}"
        raise DoesNotFit(message)
    rate = np.where(good, batch / total, -np.inf)
    best = int(np.argmax(rate))
    each = float(rate[best])
    return Decode(
        tokens_per_s_per_chip=each,
        tokens_per_s_per_pod=each * pod.chips,
        tokens_per_s_per_mw=each / (chip.all_in_kw or np.inf) * KW_PER_MW,
        step_ms=float(total[best]) * MS_PER_S,
        batch_per_chip=float(batch[best]),
        expert_group=int(expert[best]),
        tensor_group=int(tensor[best]),
        memory_ms=float(memory[best]) * MS_PER_S,
        compute_ms=float(compute[best]) * MS_PER_S,
        communication_ms=float(traffic[best]) * MS_PER_S,
        latency_ms=float(latency[best]) * MS_PER_S,
        context_tokens=float(context),
    )


@dataclass(frozen=True, slots=True)
class Prefill:
    """Prompt tokens per second: of a chip, a pod, a MW of IT power."""

    tokens_per_s_per_chip: float
    tokens_per_s_per_pod: float
    tokens_per_s_per_mw: float


def prefill(
    pod: Pod,
    job: Job,
    fabric: Fabric,
    coefficients: Coefficients,
    *,
    prompt_tokens: float | None = None,
    tokens_per_chip: float | None = None,
    expert_group: int | None = None,
    precision: str | None = None,
    software: float = 1.0,
    balanced: bool = False,
) -> Prefill:
    """Return the prefill rate of a job on a pod: arithmetic, and expert all-to-all partly hidden under it.

    Parameters
    ----------
    prompt_tokens : length of a prompt; the job's sequence length by default
    tokens_per_chip : tokens of one batch on each chip; latency between layers is paid once a batch
    expert_group : chips over which experts spread, where given
    precision : the chip's best 8-bit format by default
    balanced : whether every expert gets the same load
    """
    chip, k, prompt = _served(pod), coefficients.inference, job.seq_len if prompt_tokens is None else prompt_tokens
    rate = chip.eight_bit_tops if precision is None else chip.rate(precision)
    efficiency = k.prefill_efficiency * software * (1.0 if balanced or not job.experts else k.default_balance)
    tokens = tokens_per_chip or DEFAULT_BATCH_TOKENS
    compute = tokens * prefill_flop_per_token(job, prompt) / ((rate or 0.0) * FLOP_PER_TFLOP * efficiency)
    traffic: Numbers = 0.0
    if job.experts:
        group = float(expert_group or DEFAULT_EXPERT_GROUP)
        share = all_to_all_share(pod.kind, group, pod.all_to_all_share)
        traffic = job.moe_layers * all_to_all_time_s(
            tokens * job.hidden * (k.dispatch_bytes + k.combine_bytes),
            top_k=job.top_k,
            expert=group,
            domain=pod.domain,
            up_bytes_s=pod.port_bytes_s * share * k.link_efficiency,
            out_bytes_s=fabric.port_bytes_s * k.link_efficiency,
            limit=job.top_groups,
        )
    each = tokens / float(overlapped(compute, traffic, k.overlap))
    return Prefill(each, each * pod.chips, each / (chip.all_in_kw or np.inf) * KW_PER_MW)


def _served(pod: Pod) -> Chip:
    if pod.chip is None or not pod.chip.complete:
        message = f"{pod.name} cannot serve a model here: its chip is not fully specified"
        raise DoesNotFit(message)
    return pod.chip
