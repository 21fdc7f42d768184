"""A training job: a dense or mixture-of-experts transformer, its tokens and its batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .chips import number
from .coefficients import Batch, read_coefficients

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario

MATRICES_PER_GATED_LAYER = 3
"""A gated feed-forward layer, and each expert, has three matrices (up, gate, down)."""
FLOP_PER_PARAMETER = 6
"""Multiply and add, forward (2) and backward (4), for each active parameter and token."""


@dataclass(frozen=True, slots=True)
class Job:
    """One training job. Parameters in units, not billions; ``kv_dim`` is elements cached per token and layer."""

    id: str
    name: str
    params_total: float
    params_active: float
    layers: int
    hidden: int
    ffn: int
    heads: int
    kv_heads: int
    head_dim: int
    kv_dim: float
    vocab: int
    seq_len: int
    tokens: float
    batch_tokens: float
    attention_counted: str
    experts: int = 0
    top_k: int = 0
    shared_experts: int = 0
    expert_ffn: int = 0
    dense_layers: int = 0
    top_groups: int = 0

    @property
    def moe_layers(self) -> int:
        """Layers with experts."""
        return self.layers - self.dense_layers if self.experts else 0

    @property
    def expert_params(self) -> float:
        """Parameters of all routed experts: these spread over expert-parallel ranks."""
        return float(self.moe_layers * self.experts * MATRICES_PER_GATED_LAYER * self.hidden * self.expert_ffn)

    @property
    def dense_params(self) -> float:
        """Parameters outside the routed experts."""
        return max(self.params_total - self.expert_params, 0.0)

    @property
    def routed_params(self) -> float:
        """Routed-expert parameters that one token uses."""
        return float(self.moe_layers * self.top_k * MATRICES_PER_GATED_LAYER * self.hidden * self.expert_ffn)

    @property
    def attention_flop(self) -> float:
        """FLOP of causal attention scores per token, forward and backward: 6 L s h."""
        return float(FLOP_PER_PARAMETER * self.layers * self.seq_len * self.heads * self.head_dim)

    @property
    def flop_per_token(self) -> float:
        """Useful training FLOP per token: 6 N, plus attention as ``attention_counted`` says."""
        share = {"none": 0.0, "causal": 1.0, "full": 2.0}[self.attention_counted]
        return FLOP_PER_PARAMETER * self.params_active + share * self.attention_flop

    @property
    def training_flop(self) -> float:
        """Useful FLOP of the whole run."""
        return self.tokens * self.flop_per_token

    def with_batch(self, batch_tokens: float) -> Job:
        """Return the same job with another batch."""
        return replace(self, batch_tokens=batch_tokens)


def critical_batch_tokens(training_flop: float, batch: Batch) -> float:
    """Largest useful batch, tokens: it grows as about the square root of training FLOP (judged, 0.33 to 0.6).

    Examples
    --------
    >>> critical_batch_tokens(7.2e25, Batch(16e6, 1.8e25, 0.5)) / 1e6
    32.0
    """
    return float(batch.reference_tokens * (training_flop / batch.reference_flop) ** batch.growth_exponent)


def grown(job: Job, training_flop: float, batch: Batch) -> Job:
    """Return the job scaled to more training FLOP: parameters, tokens and batch grow as its square root.

    Width grows and depth stays, so that every dimension of the job stays a whole number of the same layers.
    """
    growth = (training_flop / job.training_flop) ** 0.5
    width = growth**0.5
    return replace(
        job,
        id=f"{job.id}_{training_flop:.0e}",
        name=f"{job.name}, grown to {training_flop:.0e} FLOP",
        params_total=job.params_total * growth,
        params_active=job.params_active * growth,
        hidden=round(job.hidden * width),
        ffn=round(job.ffn * width),
        expert_ffn=round(job.expert_ffn * width),
        heads=max(1, round(job.heads * width)),
        tokens=training_flop / (job.flop_per_token * growth)
        if job.attention_counted == "none"
        else job.tokens * growth,
        batch_tokens=critical_batch_tokens(training_flop, batch),
    )


_COUNTS = ("experts", "top_k", "shared_experts", "expert_ffn", "dense_layers", "top_groups")


def read_jobs(scenario: Scenario) -> dict[str, Job]:
    """Read all jobs of a scenario, by id, from the records and labels under ``jobs.``.

    A job without a published batch takes the critical one of its training FLOP.
    """
    jobs, batch = {}, read_coefficients(scenario).batch
    for name in scenario.entities("jobs"):
        path = f"jobs.{name}"

        def whole(key: str, path: str = path) -> int:
            return round(number(scenario, f"{path}.{key}", "1") or 0)

        kv_heads, head_dim = whole("kv_heads"), whole("head_dim")
        job = Job(
            id=name,
            name=str(scenario.label(f"{path}.name", name)),
            params_total=scenario.central(f"{path}.params_total", "parameter"),
            params_active=scenario.central(f"{path}.params_active", "parameter"),
            layers=whole("layers"),
            hidden=whole("hidden"),
            ffn=whole("ffn"),
            heads=whole("heads"),
            kv_heads=kv_heads,
            head_dim=head_dim,
            kv_dim=number(scenario, f"{path}.kv_dim", "1") or 2 * kv_heads * head_dim,
            vocab=whole("vocab"),
            seq_len=round(scenario.central(f"{path}.seq_len", "token")),
            tokens=scenario.central(f"{path}.tokens", "token"),
            batch_tokens=number(scenario, f"{path}.batch_tokens", "token") or 0.0,
            attention_counted=str(scenario.label(f"{path}.attention_counted", "causal")),
            **{key: whole(key) for key in _COUNTS},
        )
        jobs[name] = job if job.batch_tokens else job.with_batch(critical_batch_tokens(job.training_flop, batch))
    return jobs
