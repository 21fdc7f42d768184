"""Tables of the hardware model for the command line: chips, pods, clusters, one training run, one service.

Every function takes a scenario and returns ``(rows, text)``: ``rows`` is JSON-able (a list of mappings, or one mapping
for a single run; None where a number is not known), ``text`` is what a terminal prints. :func:`frame` makes a pandas
table of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.hardware.chips import read_chips
from ...model.hardware.cluster import goodput, largest_run_flop, training_days
from ...model.hardware.coefficients import read_coefficients
from ...model.hardware.comparison import huawei_keynote_comparison
from ...model.hardware.errors import look_up
from ...model.hardware.fabric import frontier_fabric
from ...model.hardware.inference import decode, prefill
from ...model.hardware.jobs import read_jobs
from ...model.hardware.pods import pod_for_chip, read_pods
from ...model.hardware.training import train
from ..text import NONE, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ...model.hardware.chips import Chip
    from ...model.hardware.jobs import Job
    from ...scenarios.scenario import Scenario

Row = dict[str, Any]
REFERENCE_JOB = "reference_moe_2t"
LARGEST_RUN_DAYS = 90
PART_NAMES = {
    "compute": "compute",
    "memory_bound": "memory-bound work",
    "tensor_parallel": "scale-up: tensor and context parallel",
    "expert_all_to_all": "expert all-to-all",
    "pipeline_transfer": "pipeline transfers",
    "pipeline_bubble": "pipeline bubble",
    "data_parallel": "scale-out: exposed data parallel",
    "optimiser": "optimiser",
    "stragglers": "stragglers",
}


def frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a pandas table, their ids as index."""
    import pandas as pd

    table = pd.DataFrame(list(rows))
    return table.set_index("id") if "id" in table else table


def chips_table(scenario: Scenario) -> tuple[list[Row], str]:
    """All chips: id, side, status, year, dense rates, H100e on both bases, TPP, memory, links, power, pod."""
    chips = read_chips(scenario).values()
    rows = [
        {
            "id": chip.id,
            "name": chip.name,
            "side": chip.side,
            "status": chip.status,
            "available_year": chip.available_year,
            "bf16_tflops": chip.bf16_tflops,
            "eight_bit_tops": chip.eight_bit_tops,
            "fp4_tflops": chip.fp4_tflops,
            "h100e": chip.h100e,
            "h100e_bf16": chip.h100e_bf16,
            "tpp": chip.tpp,
            "hbm_gb": chip.hbm_gb,
            "hbm_tb_s": chip.hbm_tb_s,
            "scale_up_gb_s": chip.scale_up_gb_s,
            "scale_out_gbit_s": chip.scale_out_gbit_s,
            "tdp_w": chip.tdp_w,
            "all_in_kw": chip.all_in_kw,
            "ships_in": chip.ships_in or None,
        }
        for chip in sorted(chips, key=lambda chip: (chip.side, chip.vendor, chip.available_year or float("inf")))
    ]
    columns = {
        "id": "chip", "status": "status", "available_year": "year", "bf16_tflops": "BF16 TFLOP/s",
        "eight_bit_tops": "8-bit TOP/s", "h100e": "H100e", "h100e_bf16": "H100e (BF16)", "tpp": "TPP",
        "hbm_gb": "HBM GB", "hbm_tb_s": "HBM TB/s", "scale_up_gb_s": "scale-up GB/s", "tdp_w": "TDP W",
        "all_in_kw": "all-in kW",
    }  # fmt: skip
    return rows, _table(rows, columns, "Dense rates; H100e = 8-bit TOP/s over 1,979. Status projected: our trend.")


def pods_table(scenario: Scenario) -> tuple[list[Row], str]:
    """All pods: chips, domain, rates, memory, ports and bisection, power with range; then the NVL144 ratios.

    The ratio lines are the last rows, with ``id`` ``ratio:<measure>``.
    """
    rows: list[Row] = [
        {
            "id": pod.id,
            "name": pod.name,
            "side": pod.side,
            "status": pod.status,
            "chip": pod.chip.id if pod.chip else None,
            "chips": pod.chips,
            "counted": pod.counted,
            "domain": pod.domain,
            "eight_bit_pflops": pod.eight_bit_pflops,
            "bf16_pflops": pod.pflops("bf16"),
            "fp4_pflops": pod.pflops("fp4"),
            "memory_tb": pod.memory_tb,
            "memory_bw_tb_s": pod.memory_bw_tb_s,
            "scale_up_total_tb_s": pod.scale_up_total_tb_s,
            "bisection_tb_s": pod.bisection_tb_s,
            "latency_us": pod.latency_us,
            "link_medium": pod.medium,
            "it_power_kw": pod.it_power_kw,
            "it_power_range_kw": list(pod.it_power_range_kw) if pod.it_power_range_kw else None,
            "it_power_model_kw": pod.it_power_model_kw,
            "printed": dict(pod.published),
        }
        for pod in read_pods(scenario).values()
    ]
    columns = {
        "id": "pod", "status": "status", "chips": "chips", "domain": "domain", "eight_bit_pflops": "8-bit PF",
        "bf16_pflops": "BF16 PF", "memory_tb": "HBM TB", "scale_up_total_tb_s": "ports TB/s",
        "bisection_tb_s": "bisection TB/s", "it_power_kw": "IT kW", "it_power_model_kw": "model kW",
    }  # fmt: skip
    text = _table(rows, columns, "Ports: sum over chips, both directions. Bisection: between the halves of a domain.")
    ratios, ratio_text = ratios_table(scenario)
    return [*rows, *ratios], f"{text}\n\n{ratio_text}"


def ratios_table(scenario: Scenario) -> tuple[list[Row], str]:
    """Huawei's printed ratios of Atlas 950 to NVL144: printed, rebuilt, and like for like."""
    rows: list[Row] = [
        {
            "id": f"ratio:{line.measure}",
            "measure": line.measure,
            "unit": line.unit,
            "huawei": line.huawei,
            "nvidia": line.nvidia,
            "ratio": line.ratio,
            "printed": line.printed,
            "like_for_like": line.like_for_like,
            "trap": line.trap,
        }
        for line in huawei_keynote_comparison(scenario)
    ]
    columns = {
        "measure": "measure", "unit": "unit", "huawei": "Atlas 950", "nvidia": "NVL144", "ratio": "ratio",
        "printed": "printed", "like_for_like": "like for like", "trap": "what it hides",
    }  # fmt: skip
    return rows, _table(rows, columns, "Atlas 950 SuperPoD against the NVL144 of GTC 2025, as Huawei printed it.")


_CLUSTER = {
    "chips": "package",
    "h100e_now": "H100e",
    "it_power_mw_now": "MW",
    "h100e_planned": "H100e",
    "it_power_mw_planned": "MW",
    "fp8_eflops": "EFLOP/s",
}


def clusters_table(scenario: Scenario) -> tuple[list[Row], str]:
    """Named sites and products: owner, side, chips, H100e and MW now and planned."""
    rows: list[Row] = []
    for name in scenario.entities("clusters"):
        path = f"clusters.{name}"
        row: Row = {"id": name}
        row |= {key: scenario.label(f"{path}.{key}", None) for key in ("name", "owner", "side", "status", "chip_type")}
        for key, unit in _CLUSTER.items():
            known = f"{path}.{key}" in scenario.records
            row[key] = scenario.central(f"{path}.{key}", unit) if known else None
        row["planned_date"] = scenario.label(f"{path}.planned_date", None)
        now, power = row["h100e_now"], row["it_power_mw_now"]
        row["h100e_per_mw"] = now / power if now and power else None
        rows.append(row)
    columns = {
        "id": "cluster", "owner": "owner", "side": "side", "chips": "chips", "h100e_now": "H100e now",
        "it_power_mw_now": "IT MW now", "h100e_per_mw": "H100e/MW", "h100e_planned": "H100e planned",
        "it_power_mw_planned": "IT MW planned",
    }  # fmt: skip
    return rows, _table(rows, columns, "H100e on dense 8-bit rates; site estimates are good to a factor of about 1.5.")


def train_report(
    scenario: Scenario, chip: str, count: float, model: str = REFERENCE_JOB, precision: str | None = None
) -> tuple[Row, str]:
    """One training run: utilisation of a named peak, rate, days, goodput, power, and where a step's time goes.

    Raises
    ------
    ScenarioError
        For an unknown chip or model, with the nearest name.
    DoesNotFit
        When the job does not fit; the message says why.
    """
    known, job, pod = _inputs(scenario, chip, model)
    coefficients = read_coefficients(scenario)
    fabric = frontier_fabric(known, coefficients)
    run = train(pod, job, fabric, coefficients, count, precision=precision)
    reliability = coefficients.reliability
    share = float(goodput(count, reliability.mtbf_hours, reliability.minutes_lost))
    achieved = run.achieved_flops * share
    row: Row = {
        "chip": known.id,
        "model": job.id,
        "pod": pod.id,
        "chips": count,
        "mfu": run.mfu,
        "mfu_peak": run.mfu_peak,
        "mfu_eight_bit": run.mfu_eight_bit,
        "step_s": run.step_s,
        "batch_tokens": run.batch_tokens,
        "tokens_per_s": run.tokens_per_s,
        "achieved_eflops_before_failures": run.achieved_flops / 1e18,
        "goodput": share,
        "training_eflops": achieved / 1e18,
        "training_days": float(training_days(job, achieved)),
        "run_90_days_flop": float(largest_run_flop(achieved, LARGEST_RUN_DAYS)),
        "power_mw": None if known.all_in_kw is None else count * known.all_in_kw / 1e3,
        "layout": {
            "tensor": run.layout.tensor,
            "pipeline": run.layout.pipeline,
            "virtual": run.layout.virtual,
            "context": run.layout.context,
            "expert": run.layout.expert,
            "data": run.data_parallel,
        },
        "time_share": {name: seconds / run.step_s for name, seconds in run.parts_s.items()},
    }
    lines = [
        f"{job.name} on {count:,.0f} x {known.name} ({pod.name})",
        f"  MFU            {run.mfu:.1%} of {run.mfu_peak} peak, {run.mfu_eight_bit:.1%} of the dense 8-bit peak",
        f"  step           {number(run.step_s, 3)} s for {run.batch_tokens / 1e6:,.1f} M tokens, {run.layout}",
        f"  tokens/s       {run.tokens_per_s:,.0f}",
        f"  goodput        {share:.1%} (MTBF {reliability.mtbf_hours:,.0f} h per chip, "
        f"{reliability.minutes_lost:g} min lost per interrupt)",
        f"  trains at      {number(row['training_eflops'], 3)} EFLOP/s useful, failures taken off",
        f"  whole job      {number(row['training_days'], 3)} days ({job.training_flop:.2e} FLOP)",
        f"  IT power       {NONE if row['power_mw'] is None else number(row['power_mw'], 3)} MW",
        "  a step's time",
    ]
    lines += [f"    {share:6.1%}  {PART_NAMES[name]}" for name, share in row["time_share"].items()]
    return row, "\n".join(lines)


def infer_report(
    scenario: Scenario,
    chip: str,
    model: str = REFERENCE_JOB,
    *,
    context_tokens: float | None = None,
    target_ms: float | None = None,
) -> tuple[Row, str]:
    """Serve a model from a chip's pod: prefill and decode rates per chip, pod and MW, and what bounds decode."""
    known, job, pod = _inputs(scenario, chip, model)
    coefficients = read_coefficients(scenario)
    fabric = frontier_fabric(known, coefficients)
    out = decode(pod, job, fabric, coefficients, context_tokens=context_tokens, target_ms=target_ms)
    into = prefill(pod, job, fabric, coefficients, prompt_tokens=context_tokens)
    row: Row = {
        "chip": known.id,
        "model": job.id,
        "pod": pod.id,
        "context_tokens": out.context_tokens,
        "prefill_tokens_per_s_per_chip": into.tokens_per_s_per_chip,
        "prefill_tokens_per_s_per_mw": into.tokens_per_s_per_mw,
        "decode_tokens_per_s_per_chip": out.tokens_per_s_per_chip,
        "decode_tokens_per_s_per_pod": out.tokens_per_s_per_pod,
        "decode_tokens_per_s_per_mw": out.tokens_per_s_per_mw,
        "decode_tokens_per_s_per_thousand_usd": _per_thousand_usd(out.tokens_per_s_per_chip, known),
        "prefill_tokens_per_s_per_thousand_usd": _per_thousand_usd(into.tokens_per_s_per_chip, known),
        "step_ms": out.step_ms,
        "batch_per_chip": out.batch_per_chip,
        "expert_group": out.expert_group,
        "tensor_group": out.tensor_group,
        "parts_ms": {
            "memory": out.memory_ms,
            "compute": out.compute_ms,
            "communication": out.communication_ms,
            "latency": out.latency_ms,
        },
    }
    parts = ", ".join(f"{name} {number(value)} ms" for name, value in row["parts_ms"].items())
    lines = [
        f"{job.name} served from {pod.name}, {out.context_tokens:,.0f} tokens of context",
        f"  prefill        {number(into.tokens_per_s_per_chip, 3)} tokens/s per chip",
        f"  decode         {number(out.tokens_per_s_per_chip, 3)} tokens/s per chip, "
        f"{number(out.tokens_per_s_per_pod, 3)} per pod, {number(out.tokens_per_s_per_mw, 3)} per MW of IT power",
        f"  per dollar     {_money(row['decode_tokens_per_s_per_thousand_usd'])} decode tokens/s per 1,000 USD of chip price",
        f"  per token      {number(out.step_ms)} ms at {number(out.batch_per_chip, 3)} requests per chip, "
        f"experts over {out.expert_group} chips",
        f"  one step       {parts} (communication partly hidden under the others)",
    ]
    return row, "\n".join(lines)


def _per_thousand_usd(tokens_per_s: float, chip: Chip) -> float | None:
    return None if not chip.price_usd else tokens_per_s / chip.price_usd * 1e3


def _money(value: float | None) -> str:
    return NONE if value is None else number(value, 3)


def _inputs(scenario: Scenario, chip: str, model: str) -> tuple[Chip, Job, Any]:
    known = look_up("chip", chip, read_chips(scenario))
    return known, look_up("model", model, read_jobs(scenario)), pod_for_chip(scenario, chip)


def _cell(key: str, value: Any) -> str:
    if value is None:
        return NONE
    if key.endswith("_year"):
        return f"{value:.2f}"
    if isinstance(value, float):
        return number(value, 4 if abs(value) >= 1_000 else 3)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _table(rows: Sequence[Row], columns: Mapping[str, str], note: str) -> str:
    """Lay rows out in columns, text to the left and numbers to the right."""
    cells = [[_cell(key, row.get(key)) for key in columns] for row in rows]
    heads = list(columns.values())
    right = [any(isinstance(row.get(key), int | float) for row in rows) for key in columns]
    widths = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    lines = [
        "  ".join(cell.rjust(width) if flush else cell.ljust(width) for cell, width, flush in zip(line, widths, right, strict=True)).rstrip()
        for line in [heads, *cells]
    ]  # fmt: skip
    return "\n".join([*lines, note])
