"""The constants of the hardware model, read once from the records under ``hardware.``; no code holds a number."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from .stacks import Stacks, read_stacks

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario

T = TypeVar("T")


def _in(unit: str) -> Any:
    return field(metadata={"unit": unit})


@dataclass(frozen=True, slots=True)
class Reference:
    """What one H100e is: dense 8-bit and dense BF16 throughput of an H100."""

    h100_eight_bit_tops: float = _in("TOP/s")
    h100_bf16_tflops: float = _in("TFLOP/s")


@dataclass(frozen=True, slots=True)
class Training:
    """Constants of the training recipe; each record says what it means, where it is from and how sure it is."""

    gemm_efficiency: float = _in("1")
    power_reference_watts: float = _in("W")
    power_reference_tflops: float = _in("TFLOP/s")
    power_exponent: float = _in("1")
    process_exponent: float = _in("1")
    operand_exposed: float = _in("1")
    accumulation_bytes: float = _in("byte")
    weight_cast_bytes: float = _in("byte")
    bf16_share: float = _in("1")
    moe_bf16_share: float = _in("1")
    attention_efficiency: float = _in("1")
    plain_attention_efficiency: float = _in("1")
    early_attention_efficiency: float = _in("1")
    early_attention_loss: float = _in("1")
    attention_half_tokens: float = _in("token")
    score_bytes: float = _in("byte")
    memory_bytes_per_unit: float = _in("byte")
    inner_bytes_per_unit: float = _in("byte")
    cast_bytes_per_operand: float = _in("byte")
    layer_us: float = _in("us")
    moe_gemm_efficiency: float = _in("1")
    moe_memory_bytes_per_choice: float = _in("byte")
    expert_us: float = _in("us")
    scale_up_efficiency: float = _in("1")
    scale_out_efficiency: float = _in("1")
    all_to_all_efficiency: float = _in("1")
    tensor_overlap: float = _in("1")
    context_overlap: float = _in("1")
    expert_overlap: float = _in("1")
    dualpipe_overlap: float = _in("1")
    ring_hop_us: float = _in("us")
    longest_ring: float = _in("1")
    data_overlap: float = _in("1")
    shard_overlap: float = _in("1")
    shard_out_overlap: float = _in("1")
    jitter: float = _in("1")
    jitter_base_chips: float = _in("package")
    pipeline_exposed: float = _in("1")
    dualpipe_bubble: float = _in("1")
    dispatch_bytes: float = _in("byte")
    selective_recompute: float = _in("1")
    full_recompute: float = _in("1")
    weight_bytes: float = _in("byte")
    gradient_bytes: float = _in("byte")
    optimiser_bytes: float = _in("byte")
    activation_bytes: float = _in("byte")
    activation_bytes_low: float = _in("byte")
    activation_bytes_full_recompute: float = _in("byte")
    moe_activation_bytes_per_choice: float = _in("byte")
    usable_memory: float = _in("1")
    optimiser_traffic_bytes: float = _in("byte")
    gathered_bytes: float = _in("byte")
    logit_bytes: float = _in("byte")
    logit_traffic_bytes: float = _in("byte")
    fused_logit_traffic_bytes: float = _in("byte")
    step_ms: float = _in("ms")
    max_tensor_parallel: float = _in("1")
    max_pipeline: float = _in("1")
    max_virtual_stages: float = _in("1")
    max_context_parallel: float = _in("1")


@dataclass(frozen=True, slots=True)
class Batch:
    """How many tokens one optimiser step may hold."""

    reference_tokens: float = _in("token")
    reference_flop: float = _in("FLOP")
    growth_exponent: float = _in("1")


@dataclass(frozen=True, slots=True)
class Latency:
    """Latency of one collective: its launch, one scale-up hop, one scale-out step."""

    collective_us: float = _in("us")
    scale_up_hop_us: float = _in("us")
    scale_out_us: float = _in("us")


@dataclass(frozen=True, slots=True)
class Reliability:
    """Central values of the failure model; the world draws both as uncertain parameters."""

    mtbf_hours: float = _in("h")
    minutes_lost: float = _in("min")
    restart_minutes: float = _in("min")
    checkpoint_s: float = _in("s")


@dataclass(frozen=True, slots=True)
class FabricDefaults:
    """The scale-out network where nothing more is known."""

    scale_out_gbit_s: float = _in("Gbit/s")
    oversubscription: float = _in("1")
    pod_chips: float = _in("package")


@dataclass(frozen=True, slots=True)
class Inference:
    """Constants of prefill and decode."""

    decode_compute_efficiency: float = _in("1")
    memory_efficiency: float = _in("1")
    weight_bytes: float = _in("byte")
    kv_bytes: float = _in("byte")
    dispatch_bytes: float = _in("byte")
    combine_bytes: float = _in("byte")
    target_ms: float = _in("ms")
    memory_reserve: float = _in("1")
    overlap: float = _in("1")
    max_batch: float = _in("1")
    layer_latency_us: float = _in("us")
    prefill_efficiency: float = _in("1")
    default_balance: float = _in("1")
    default_batch_tokens: float = _in("token")
    default_expert_group: float = _in("package")
    production_prefill: float = _in("1")
    production_decode: float = _in("1")
    link_efficiency: float = _in("1")


@dataclass(frozen=True, slots=True)
class Power:
    """Server overhead over chip power, and the energy of a bit on each medium."""

    overhead: float = _in("1")
    all_in: float = _in("1")
    link_traversals: float = _in("1")
    copper_pj_per_bit: float = _in("pJ/bit")
    pluggable_pj_per_bit: float = _in("pJ/bit")
    near_packaged_pj_per_bit: float = _in("pJ/bit")
    run_load: float = _in("1")
    host_w: float = _in("W")
    conversion: float = _in("1")
    scale_out_pj_per_bit: float = _in("pJ/bit")
    pue: float = _in("1")


@dataclass(frozen=True, slots=True)
class Coefficients:
    """All constants of the hardware model, one group for each of its subjects."""

    reference: Reference
    training: Training
    batch: Batch
    latency: Latency
    reliability: Reliability
    fabric: FabricDefaults
    inference: Inference
    power: Power
    stacks: Stacks
    default_pod_chips: int


def _group(kind: type[T], scenario: Scenario, name: str) -> T:
    units = {item.name: item.metadata["unit"] for item in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: scenario.central(f"hardware.{name}.{key}", unit) for key, unit in units.items()})


def read_coefficients(scenario: Scenario) -> Coefficients:
    """Read the constants of the hardware model from the records ``hardware.*`` at their central values."""
    return Coefficients(
        reference=_group(Reference, scenario, "reference"),
        training=_group(Training, scenario, "training"),
        batch=_group(Batch, scenario, "batch"),
        latency=_group(Latency, scenario, "latency"),
        reliability=_group(Reliability, scenario, "reliability"),
        fabric=_group(FabricDefaults, scenario, "fabric"),
        inference=_group(Inference, scenario, "inference"),
        power=_group(Power, scenario, "power"),
        stacks=read_stacks(scenario),
        default_pod_chips=int(scenario.central("hardware.pod.default_chips", "package")),
    )
