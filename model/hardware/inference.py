"""Serving a model from a pod: prefill bound by compute, decode by memory, all-to-all and latency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..conversions import BYTES_PER_GB, BYTES_PER_TB, FLOP_PER_TFLOP, KW_PER_MW, MS_PER_S, SECONDS_PER_MICROSECOND
from .errors import DoesNotFit
from .layouts import powers_of_two
from .network import all_to_all_time_s, ports_share, ring_time_s
from .step import HALF_PRECISION_BYTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..numbers import Array, Numbers
    from .chips import Chip
    from .coefficients import Coefficients, Inference
    from .fabric import Fabric
    from .jobs import Job
    from .pods import Pod

SMALLEST_GROUP = 8
"""Chips of the smallest expert group tried, and of the largest tensor group of a mixture of experts: one server."""
FORWARD_FLOP_PER_PARAMETER = 2


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


def decode_flop_per_token(job: Job, context_tokens: float) -> float:
    """Forward FLOP of one output token: 2 N active, plus attention over the whole context, 4 L s h."""
    attention = 2 * FORWARD_FLOP_PER_PARAMETER * job.layers * context_tokens * job.heads * job.head_dim
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
    """Set-ups to choose from, one entry each: requests on a chip, chips an expert set spreads over, tensor group."""

    batch: Array
    expert: Array
    tensor: Array


def _grid(pod: Pod, job: Job, max_batch: float, batch: float | None, expert: int | None) -> _Grid:
    experts = [e for e in powers_of_two(job.experts) if e >= SMALLEST_GROUP] if job.experts else [1]
    tensors = powers_of_two(min(pod.domain, SMALLEST_GROUP if job.experts else job.heads))
    batches = 2.0 ** np.arange(-3, np.log2(max_batch) + 0.01, 0.25)
    axes = (np.array([batch]) if batch else batches, np.array([expert] if expert else experts, dtype=float), tensors)
    return _Grid(*(axis.ravel() for axis in np.meshgrid(*(np.asarray(a, dtype=float) for a in axes), indexing="ij")))


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Bytes on a chip in each set-up: weights outside experts, those of its experts, and the cache of its requests."""

    dense: Array
    routed: Array
    cache: Array


def _held(job: Job, k: Inference, grid: _Grid, context: float) -> _Held:
    each = kv_bytes_per_token(job.layers, job.kv_dim, k.kv_bytes)
    return _Held(
        dense=job.dense_params * k.weight_bytes / grid.tensor,
        routed=job.expert_params * k.weight_bytes / grid.expert,
        cache=np.asarray(grid.batch * context * each * cache_copies(job, grid.tensor)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Times:
    """Seconds of one decode step in each set-up, by what they go to; arrays of one shape."""

    memory: Array
    compute: Array
    traffic: Array
    latency: Array

    def total(self, overlap: float) -> Array:
        """The whole step: traffic partly hidden, latency not at all."""
        return np.asarray(overlapped(self.memory + self.compute, self.traffic, overlap) + self.latency)


def _times(
    pod: Pod, job: Job, fabric: Fabric, coefficients: Coefficients, grid: _Grid, held: _Held, flop: Numbers, rate: float
) -> _Times:
    """Times of a step: ``flop`` on a chip at ``rate`` (FLOP/s), weights and cache read once, two collectives a layer."""
    k = coefficients.inference
    hbm = (_served(pod).hbm_tb_s or 0.0) * BYTES_PER_TB * k.memory_efficiency
    reached = touched_share(grid.batch * grid.expert, job.top_k, job.experts) if job.experts else 0.0
    parts = (
        memory_time_s(held.dense + held.routed * reached, held.cache, hbm),
        flop / rate,
        _traffic_s(pod, job, fabric, k, grid),
        _latency_s(pod, job, fabric, coefficients, grid),
    )
    return _Times(*(np.broadcast_to(part, grid.batch.shape) for part in parts))


def _traffic_s(pod: Pod, job: Job, fabric: Fabric, k: Inference, grid: _Grid) -> Numbers:
    """Time of a step's traffic: rings of the tensor group, and tokens to their experts and back."""
    up, out = (rate * k.link_efficiency for rate in (pod.port_bytes_s, fabric.port_bytes_s))
    message = grid.batch * grid.tensor * job.hidden * HALF_PRECISION_BYTES
    rings: Numbers = 2 * job.layers * ring_time_s(message, grid.tensor, up)
    if not job.experts:
        return rings
    return rings + job.moe_layers * all_to_all_time_s(
        grid.batch * job.hidden * (k.dispatch_bytes + k.combine_bytes),
        top_k=job.top_k,
        expert=grid.expert,
        domain=pod.domain,
        up_bytes_s=up * ports_share(pod.dimensions, pod.all_to_all_share, grid.expert),
        out_bytes_s=out,
        limit=job.top_groups,
    )


def _latency_s(pod: Pod, job: Job, fabric: Fabric, coefficients: Coefficients, grid: _Grid) -> Numbers:
    """What a step waits for however little it moves: launches of its layers, hops of its collectives."""
    collective = pod.latency_us + coefficients.latency.collective_us
    far = np.where(grid.expert <= pod.domain, pod.latency_us, fabric.latency_us)
    hops = 2 * job.moe_layers * far + 2 * job.layers * np.where(grid.tensor > 1, collective, 0.0)
    waits: Numbers = (job.layers * coefficients.inference.layer_latency_us + hops) * SECONDS_PER_MICROSECOND
    return waits


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
    chip, k = _served(pod), coefficients.inference
    context = job.seq_len if context_tokens is None else context_tokens
    target_s = (k.target_ms if target_ms is None else target_ms) / MS_PER_S
    grid = _grid(pod, job, k.max_batch, batch_per_chip, expert_group)
    held = _held(job, k, grid, context)
    flop = grid.batch * decode_flop_per_token(job, context)
    tflops = (chip.eight_bit_tops if precision is None else chip.rate(precision)) or 0.0
    rate = tflops * FLOP_PER_TFLOP * k.decode_compute_efficiency * software
    times = _times(pod, job, fabric, coefficients, grid, held, flop, rate)
    total = times.total(k.overlap)
    fits = held.dense + held.routed + held.cache <= (chip.hbm_gb or 0.0) * BYTES_PER_GB * k.memory_reserve
    best = _fastest(pod, job, grid.batch, total, fits, target_s)
    each = float(grid.batch[best] / total[best])
    return Decode(
        tokens_per_s_per_chip=each,
        tokens_per_s_per_pod=each * pod.chips,
        tokens_per_s_per_mw=each / (chip.all_in_kw or np.inf) * KW_PER_MW,
        step_ms=float(total[best]) * MS_PER_S,
        batch_per_chip=float(grid.batch[best]),
        expert_group=int(grid.expert[best]),
        tensor_group=int(grid.tensor[best]),
        memory_ms=float(times.memory[best]) * MS_PER_S,
        compute_ms=float(times.compute[best]) * MS_PER_S,
        communication_ms=float(times.traffic[best]) * MS_PER_S,
        latency_ms=float(times.latency[best]) * MS_PER_S,
        context_tokens=float(context),
    )


def _fastest(pod: Pod, job: Job, batch: Array, total: Array, fits: NDArray[np.bool_], target_s: float) -> int:
    """Place of the set-up with most tokens a second among those that fit memory and meet the latency target."""
    if not fits.any():
        memory_gb = _served(pod).hbm_gb
        message = f"{job.name} cannot be served by {pod.name}: weights and cache exceed {memory_gb:,.0f} GB per chip"
        raise DoesNotFit(message)
    good = fits & (total <= target_s)
    if not good.any():
        fastest_ms, target_ms = float(np.where(fits, total, np.inf).min()) * MS_PER_S, target_s * MS_PER_S
        message = (
            f"{job.name} on {pod.name}: no set-up meets {target_ms:g} ms per token, the fastest takes {fastest_ms:.1f}"
        )
        raise DoesNotFit(message)
    return int(np.argmax(np.where(good, batch / total, -np.inf)))


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
    tokens = tokens_per_chip or k.default_batch_tokens
    compute = tokens * prefill_flop_per_token(job, prompt) / ((rate or 0.0) * FLOP_PER_TFLOP * efficiency)
    traffic: Numbers = 0.0
    if job.experts:
        group = float(expert_group or k.default_expert_group)
        share = ports_share(pod.dimensions, pod.all_to_all_share, group)
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
