"""From a row of a case file to what the hardware model takes: chip, pod, network, job and layout, as given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model.hardware.chips import Chip
from ..model.hardware.errors import DoesNotFit
from ..model.hardware.fabric import Fabric
from ..model.hardware.jobs import MATRICES_PER_GATED_LAYER, Job
from ..model.hardware.layouts import Layout
from ..model.hardware.pods import Pod

if TYPE_CHECKING:
    from ..model.hardware.coefficients import Coefficients
    from ..model.hardware.stacks import Stack
    from .hardware_cases import Row

BILLION = 1e9
SMALL_TORUS = 256
"""TPU slices up to this size are flat (two dimensions), larger pods have three."""
ASPECT = 128
"""Hidden units per layer where a model states its size only."""
PARAMETERS_OF_A_LAYER = 12
"""Of a dense layer, over the square of its width: 4 in attention, 8 in feed-forward."""
HEAD = 128
DEFAULT_SEQUENCE = 4096
DEFAULT_VOCABULARY = 128_000
GUESSED_ATTENTION_SHARE = 0.25
GUESSED_TOP_K = 8
HALF_PRECISION = {"fp16": "bf16"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row as the model sees it; ``guesses`` names what had to be assumed."""

    row: Row
    pod: Pod
    fabric: Fabric
    job: Job
    layout: Layout
    precision: str
    peak_precision: str
    chips: float
    stack: Stack
    date: float
    guesses: tuple[str, ...] = ()

    @property
    def chip(self) -> Chip:
        """The chip, as the case gives it."""
        if self.pod.chip is None:
            message = "no chip given"
            raise DoesNotFit(message)
        return self.pod.chip

    @property
    def peak_flops(self) -> float:
        """Peak FLOP/s of one chip at the precision that utilisation is counted against."""
        rate = self.chip.rate(self.peak_precision)
        if not rate:
            message = f"{self.chip.name} states no peak at {self.peak_precision}, against which MFU is counted"
            raise DoesNotFit(message)
        return rate * 1e12


def setting_of(row: Row, coefficients: Coefficients) -> Setting:
    """Return a row as the model sees it.

    Raises
    ------
    DoesNotFit
        When a specification is missing without which nothing can be said; the message says which.
    """
    told, run = row.told, row.told["run"]
    guesses: list[str] = []
    stack = coefficients.stacks.find(str(told["software"].get("stack", "")))
    chip = _chip(told["chip"], coefficients)
    precision = _format(run.get("precision"), chip)
    job = _job(told["model"], run, guesses) if told["model"] else _no_model(row)
    chips = float(run.get("chips") or 0)
    if chips < 1:
        if not row.quantity.startswith(("power", "prefill", "decode")):
            message = "run.chips is not given"
            raise DoesNotFit(message)
        chips = float(chip.scale_domain)
    if chips != int(chips):
        message = f"run.chips {chips:g} is not a whole number"
        raise DoesNotFit(message)
    return Setting(
        row=row,
        pod=_pod(told["chip"], told["network"], chip.chip, coefficients),
        fabric=_fabric(told["network"], coefficients),
        job=_with_batch(job, run, chips, guesses),
        layout=_layout(run, job),
        precision=precision,
        peak_precision=_format(run.get("peak_precision") or run.get("precision"), chip),
        chips=chips,
        stack=stack,
        date=software_date(told["software"]),
        guesses=tuple(guesses),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    chip: Chip
    scale_domain: int


def _chip(told: dict[str, Any], coefficients: Coefficients) -> _Given:
    name = str(told.get("name") or "the chip")
    peaks = told.get("peak_tflops") or {}
    if not isinstance(peaks, dict) or not peaks:
        message = f"{name} states no peak_tflops"
        raise DoesNotFit(message)
    missing = [key for key in ("hbm_gb", "hbm_tb_s", "scale_up_gb_s", "scale_up_domain") if not told.get(key)]
    if missing:
        message = f"{name} states no {', '.join(missing)}"
        raise DoesNotFit(message)
    bf16 = peaks.get("bf16") or peaks.get("fp16")
    eight_bit = peaks.get("fp8") or peaks.get("int8")
    if bf16 is None and eight_bit:
        bf16 = eight_bit / 2
    reference = coefficients.reference
    chip = Chip(
        id=name, name=name, vendor="", side="", status="", available_year=None,
        bf16_tflops=bf16, fp8_tflops=peaks.get("fp8"), int8_tops=peaks.get("int8"), fp4_tflops=peaks.get("fp4"),
        hbm_gb=told["hbm_gb"], hbm_tb_s=told["hbm_tb_s"], scale_up_gb_s=told["scale_up_gb_s"],
        scale_out_gbit_s=None, tdp_w=told.get("tdp_w"), all_in_kw=None, price_usd=None, die_area_mm2=None,
        compute_dies=None, hbm_stacks=None, hbm_type="", ships_in="",
        h100_eight_bit_tops=reference.h100_eight_bit_tops, h100_bf16_tflops=reference.h100_bf16_tflops,
    )  # fmt: skip
    return _Given(chip, int(told["scale_up_domain"]))


def _format(word: Any, given: _Given) -> str:
    chip = given.chip
    name = HALF_PRECISION.get(str(word), str(word)) if word else chip.training_format()
    if not chip.rate(name):
        has = ", ".join(key for key in ("bf16", "fp8", "int8", "fp4") if chip.rate(key))
        message = f"{chip.name} states no peak at {name}: it has {has}"
        raise DoesNotFit(message)
    return name


def _pod(told: dict[str, Any], network: dict[str, Any], chip: Chip, coefficients: Coefficients) -> Pod:
    domain = int(told["scale_up_domain"])
    return Pod(
        id=chip.id, name=chip.name, vendor="", side="", status="", available_year=None, chip=chip,
        chips=domain, counted=domain, domain=domain, kind=_kind(chip.name, str(network.get("topology", "")), domain),
        all_to_all_share=1.0, medium="copper", latency_us=coefficients.latency.scale_up_hop_us,
        scale_up_gb_s=float(told["scale_up_gb_s"]), power_overhead=coefficients.power.overhead,
        link_pj_per_bit=coefficients.power.copper_pj_per_bit, link_traversals=coefficients.power.link_traversals,
        it_power_range_kw=None, published=(),
    )  # fmt: skip


def _kind(name: str, topology: str, domain: int) -> str:
    """Kind of scale-up network: a torus where the topology says so or the chip is a TPU, else switched."""
    stated = re.search(r"([23])\s*D[ -]*torus", topology, re.IGNORECASE)
    if stated:
        return f"torus{stated.group(1)}d"
    if "torus" in topology.lower() or "tpu" in name.lower():
        return "torus2d" if domain <= SMALL_TORUS else "torus3d"
    return "switch"


def _fabric(told: dict[str, Any], coefficients: Coefficients) -> Fabric:
    defaults = coefficients.fabric
    return Fabric(
        scale_out_gbit_s=float(told.get("scale_out_gbit_s_per_chip") or defaults.scale_out_gbit_s),
        oversubscription=float(told.get("oversubscription") or 1.0),
        pod_chips=float(told.get("pod_chips") or defaults.pod_chips),
        latency_us=float(
            told["latency_us"] if told.get("latency_us") is not None else coefficients.latency.scale_out_us
        ),
    )


def _no_model(row: Row) -> Job:
    if not row.quantity.startswith("power"):
        message = "no model is given"
        raise DoesNotFit(message)
    return Job("none", "none", 1e9, 1e9, 16, 2048, 8192, 16, 16, 128, 4096, 32000, 2048, 0.0, 1.0, "causal")


def _job(told: dict[str, Any], run: dict[str, Any], guesses: list[str]) -> Job:
    """Return the model of a row; dimensions that only its size implies are guessed, and named as such."""
    total = told.get("params_total_b") or told.get("params_active_b")
    if not total:
        total = _counted_params(told) / BILLION
    active = told.get("params_active_b") or total
    moe = told.get("moe") or {}
    layers, hidden = _size(told, active, guesses)
    heads = int(told.get("heads") or max(round(hidden / (told.get("head_dim") or HEAD)), 1))
    head_dim = told.get("head_dim") or hidden / heads
    kv_heads = int(told.get("kv_heads") or heads)
    if active > total:
        message = f"params_active_b {active:g} exceeds params_total_b {total:g}"
        raise DoesNotFit(message)
    if not moe and active < 0.95 * total:
        guesses.append("experts, from total and active parameters")
        moe = _guessed_experts(total, active, layers, hidden)
    experts = int(moe.get("experts") or 0)
    ffn = told.get("ffn") or (4 * hidden if not experts else moe.get("expert_ffn") or 4 * hidden)
    return Job(
        id=str(told.get("name") or "model"),
        name=str(told.get("name") or "the model"),
        params_total=total * BILLION,
        params_active=active * BILLION,
        layers=layers,
        hidden=hidden,
        ffn=int(ffn),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=int(head_dim),
        kv_dim=float(told.get("kv_dim") or 2 * kv_heads * head_dim),
        vocab=int(told.get("vocab") or DEFAULT_VOCABULARY),
        seq_len=int(told.get("seq_len") or DEFAULT_SEQUENCE),
        tokens=float(run.get("tokens_b") or 0) * BILLION,
        batch_tokens=0.0,
        attention_counted=str(run.get("attention") or "causal"),
        experts=experts,
        top_k=int(moe.get("top_k") or (1 if experts else 0)),
        shared_experts=int(moe.get("shared_experts") or 0),
        expert_ffn=int(moe.get("expert_ffn") or (ffn if experts else 0)),
        dense_layers=int(moe.get("dense_layers") or 0),
        top_groups=int(moe.get("top_groups") or 0),
    )


def _size(told: dict[str, Any], active_b: float, guesses: list[str]) -> tuple[int, int]:
    """Layers and hidden size: as told, or of a dense transformer of the usual aspect with so many parameters."""
    layers, hidden = told.get("layers"), told.get("hidden")
    if not hidden or not layers:
        guesses.append("layers and hidden size, from the number of parameters")
        size = (active_b * BILLION * ASPECT / PARAMETERS_OF_A_LAYER) ** (1 / 3)
        hidden = hidden or max(round(size / ASPECT), 1) * ASPECT
        layers = layers or max(round(active_b * BILLION / (PARAMETERS_OF_A_LAYER * hidden**2)), 1)
    return int(layers), int(hidden)


def _counted_params(told: dict[str, Any]) -> float:
    layers, hidden = told.get("layers"), told.get("hidden")
    if not layers or not hidden:
        message = "the model states neither its parameters nor its layers and hidden size"
        raise DoesNotFit(message)
    ffn = told.get("ffn") or 4 * hidden
    return float(layers * (4 * hidden**2 + MATRICES_PER_GATED_LAYER * hidden * ffn))


def _guessed_experts(total: float, active: float, layers: float, hidden: float) -> dict[str, float]:
    """Experts of a model that states only its totals: eight of as many as the ratio of parameters asks for."""
    routed = active * (1 - GUESSED_ATTENTION_SHARE)
    pool = total - active + routed
    experts = max(round(pool / routed * GUESSED_TOP_K), GUESSED_TOP_K)
    width = routed * BILLION / (layers * GUESSED_TOP_K * MATRICES_PER_GATED_LAYER * hidden)
    return {"experts": experts, "top_k": GUESSED_TOP_K, "expert_ffn": max(round(width), 1)}


def _with_batch(job: Job, run: dict[str, Any], chips: float, guesses: list[str]) -> Job:
    sequences = run.get("batch_seqs")
    if not sequences:
        guesses.append("batch: one sequence for each chip")
        sequences = chips
    return job.with_batch(float(sequences) * job.seq_len)


def _layout(run: dict[str, Any], job: Job) -> Layout:
    def whole(key: str) -> int | None:
        value = run.get(key)
        return None if value is None else int(value)

    expert = whole("expert")
    stated = all(run.get(key) for key in ("tensor", "pipeline", "data"))
    if job.experts and expert is None and stated and int(run["tensor"]) > 1:
        expert = 1  # a layout that says all else, and no expert groups, splits experts over the tensor group
    return Layout(
        tensor=whole("tensor"),
        pipeline=whole("pipeline"),
        context=whole("context"),
        expert=expert,
        virtual=whole("interleave"),
        microbatch=whole("microbatch"),
        zero=whole("zero_stage"),
        schedule=run.get("schedule"),
        recompute=run.get("recompute"),
        data=whole("data"),
    )


def software_date(told: dict[str, Any]) -> float:
    """Date of the software, decimal year: from its release where that is dated, else the middle of its year.

    Examples
    --------
    >>> software_date({"year": 2026, "release": "26.02"}), software_date({"year": 2024})
    (2026.125, 2024.5)
    >>> software_date({"year": 2023, "release": "MLPerf v3.1"})
    2023.875
    """
    release = str(told.get("release") or "")
    dated = re.fullmatch(r"(\d\d)\.(\d\d?)", release.strip())
    if dated:
        return 2000 + int(dated.group(1)) + (int(dated.group(2)) - 0.5) / 12
    round_of = re.search(r"MLPerf.*v(\d+)\.(\d+)", release)
    if round_of:
        return 2020 + int(round_of.group(1)) + (10.5 / 12 if round_of.group(2) == "1" else 5.5 / 12)
    return float(told.get("year") or 2025) + 0.5
