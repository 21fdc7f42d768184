"""The founding article's thesis in numbers: what pods, links and chips are worth in training.

Five questions, each a function of a scenario that returns plain rows:

- :func:`effective_compute`: what a chip, a pod and a MW train, for pods of both sides on three models;
- :func:`domain_worth`: what a larger scale-up domain alone is worth, everything else equal;
- :func:`throughput_by_size`: what clusters of both sides train from a thousand to a million chips, and where time goes;
- :func:`elasticities`: how much faster training gets with faster chips, scale-up and scale-out, by cluster size;
- :func:`lost_to_scale_out`: what a cluster loses because the network between its pods is not limitless.

All at equal software (the CUDA stack of mid 2025) and the best format of at least 8 bits; failures are left out unless a
row says goodput.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.conversions import FLOP_PER_EFLOP, FLOP_PER_TFLOP
from ..model.hardware.cluster import goodput
from ..model.hardware.coefficients import read_coefficients
from ..model.hardware.errors import DoesNotFit, look_up
from ..model.hardware.fabric import Fabric, frontier_fabric
from ..model.hardware.jobs import grown, read_jobs
from ..model.hardware.machine import known_chip
from ..model.hardware.pods import read_pods
from ..model.hardware.training import Breakdown, train

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..model.hardware.coefficients import Coefficients
    from ..model.hardware.jobs import Job
    from ..model.hardware.pods import Pod
    from ..scenarios.scenario import Scenario

Row = dict[str, Any]
PODS = (
    "nvidia_gb200_nvl72",
    "nvidia_gb300_nvl72",
    "nvidia_vr_nvl72",
    "google_ironwood_pod",
    "huawei_cloudmatrix384",
    "huawei_atlas_950_superpod",
    "huawei_atlas_960_superpod",
)
JOBS = ("llama_405b", "deepseek_v3", "reference_moe_2t")
CLUSTERS = {
    "Fairwater (GB300 NVL72)": "nvidia_gb300_nvl72",
    "Atlas 950 SuperCluster": "huawei_atlas_950_superpod",
}
COMPARED_CHIPS = 16_384
DOMAINS = (8, 72, 384, 1_024, 8_192)
SIZES = tuple(1_024 * 2**power for power in range(11))
NUDGE = 1.1
LIMITLESS = 1e4
"""A network this many times faster costs no bandwidth; its latency stays."""
COMMUNICATION = ("tensor_parallel", "expert_all_to_all", "pipeline_transfer", "data_parallel")
GROWN = "frontier run, grown"
LEVERS = ("chip FLOP/s", "memory bandwidth", "scale-up bandwidth", "scale-out bandwidth")


def effective_compute(
    scenario: Scenario, chips: int = COMPARED_CHIPS, names: Sequence[str] = PODS, jobs: Mapping[str, Job] | None = None
) -> list[Row]:
    """What each pod trains per chip, per pod and per MW of IT power, in a cluster of ``chips`` chips of its kind.

    ``per_mw_low`` and ``per_mw_high`` follow the range of the pod's power where one is known; a job that fits no
    layout has None and says why. ``jobs`` are those of :data:`JOBS` by default.
    """
    pods, k = read_pods(scenario), read_coefficients(scenario)
    asked = jobs or _jobs(scenario)
    rows = []
    for name in names:
        pod = look_up("pod", name, pods)
        chip = known_chip(pod)
        kw = (pod.it_power_kw or 0.0) / pod.chips
        low, high = pod.it_power_range_kw or (pod.it_power_kw, pod.it_power_kw)
        for job_name, job in asked.items():
            row: Row = {"pod": name, "name": pod.name, "job": job_name, "chips": chips, "pod_chips": pod.chips}
            try:
                run = train(pod, job, frontier_fabric(chip, k), k, chips)
            except DoesNotFit as error:
                rows.append(row | {"tflops_per_chip": None, "why": str(error)})
                continue
            each = run.achieved_flops / chips / FLOP_PER_TFLOP
            rows.append(
                row
                | {
                    "tflops_per_chip": each,
                    "pflops_per_pod": each * pod.chips / 1e3,
                    "pflops_per_mw": each / kw if kw else None,
                    "per_mw_low": each * pod.chips / high if high else None,
                    "per_mw_high": each * pod.chips / low if low else None,
                    "utilisation": run.mfu_eight_bit,
                    "communication_share": communication_share(run),
                    "layout": str(run.layout),
                }
            )
    return rows


def communication_share(run: Breakdown) -> float:
    """Share of a step in which ranks wait for traffic of any kind."""
    return sum(run.parts_s[name] for name in COMMUNICATION) / run.step_s


def domain_worth(scenario: Scenario, chips: int = COMPARED_CHIPS, jobs: Mapping[str, Job] | None = None) -> list[Row]:
    """Throughput of one chip by the size of its scale-up domain over that at 8 chips: everything else the same.

    ``jobs`` are those of :data:`JOBS` by default.
    """
    pods, k = read_pods(scenario), read_coefficients(scenario)
    asked = jobs or _jobs(scenario)
    rows = []
    for name in ("nvidia_gb300_nvl72", "huawei_atlas_950_superpod"):
        pod = look_up("pod", name, pods)
        for job_name, job in asked.items():
            found = {}
            for domain in DOMAINS:
                other = replace(pod, domain=domain, kind="switch", all_to_all_share=1.0)
                run = train(other, job, frontier_fabric(known_chip(pod), k), k, chips)
                found[domain] = run.achieved_flops
            rows += [
                {
                    "chip": known_chip(pod).id,
                    "job": job_name,
                    "domain": domain,
                    "tflops_per_chip": found[domain] / chips / FLOP_PER_TFLOP,
                    "over_domain_8": found[domain] / found[DOMAINS[0]],
                }
                for domain in DOMAINS
            ]
    return rows


def _jobs(scenario: Scenario) -> dict[str, Job]:
    known = read_jobs(scenario)
    return {name: look_up("job", name, known) for name in JOBS}


def thesis_jobs(scenario: Scenario, k: Coefficients) -> dict[str, Job]:
    """Give the reference job, fixed, and the same grown to a frontier run (its batch grows with it)."""
    jobs = read_jobs(scenario)
    reference = look_up("job", "reference_moe_2t", jobs)
    frontier = grown(reference, scenario.central("hardware.frontier_run_flop", "FLOP"), k.batch)
    return {"reference_moe_2t": reference, GROWN: frontier}


def throughput_by_size(scenario: Scenario, sizes: Sequence[int] = SIZES) -> list[Row]:
    """Achieved EFLOP/s and the time split of clusters of both sides by size, for a fixed and a grown model.

    ``eflops`` is before failures, ``eflops_after_failures`` with the goodput of the facts' central reliability.
    """
    pods, k = read_pods(scenario), read_coefficients(scenario)
    rows = []
    for title, name in CLUSTERS.items():
        pod = look_up("pod", name, pods)
        for job_name, job in thesis_jobs(scenario, k).items():
            for size in sizes:
                row: Row = {"cluster": title, "job": job_name, "chips": size}
                try:
                    run = train(pod, job, frontier_fabric(known_chip(pod), k), k, size)
                except DoesNotFit as error:
                    rows.append(row | {"eflops": None, "why": str(error)})
                    continue
                alive = float(goodput(size, k.reliability.mtbf_hours, k.reliability.minutes_lost))
                rows.append(
                    row
                    | {
                        "eflops": run.achieved_flops / FLOP_PER_EFLOP,
                        "eflops_after_failures": run.achieved_flops * alive / FLOP_PER_EFLOP,
                        "utilisation": run.mfu_eight_bit,
                        "chips_used": run.chips_used,
                        "communication_share": communication_share(run),
                        "time_share": {part: seconds / run.step_s for part, seconds in run.parts_s.items()},
                    }
                )
    return rows


def elasticities(scenario: Scenario, sizes: Sequence[int] = SIZES, clusters: Mapping[str, str] = CLUSTERS) -> list[Row]:
    """Per cent of throughput for one per cent of chip FLOP/s, memory, scale-up or scale-out bandwidth, by cluster size.

    Each is nudged up and down by a tenth, the best layout found again; chip power goes with chip FLOP/s.
    """
    pods, k = read_pods(scenario), read_coefficients(scenario)
    rows = []
    for title, name in clusters.items():
        pod = look_up("pod", name, pods)
        fabric = frontier_fabric(known_chip(pod), k)
        for job_name, job in thesis_jobs(scenario, k).items():
            for size in sizes:
                row: Row = {"cluster": title, "job": job_name, "chips": size}
                try:
                    run = train(pod, job, fabric, k, size)
                    for lever in LEVERS:
                        row[lever] = _elasticity(lever, pod, fabric, job, k, size)
                except DoesNotFit as error:
                    rows.append(row | {"why": str(error)})
                    continue
                rows.append(row | {"communication_share": communication_share(run)})
    return rows


def lost_to_scale_out(
    scenario: Scenario, sizes: Sequence[int] = SIZES, clusters: Mapping[str, str] = CLUSTERS
) -> list[Row]:
    """Share of throughput that a cluster would gain from limitless bandwidth between pods, by size, on both jobs.

    ``lost`` is 1 - throughput / throughput with limitless scale-out, the best layout found for each. It counts what a
    layout gives up to spare the network, which the time spent waiting in that layout does not.
    """
    pods, k = read_pods(scenario), read_coefficients(scenario)
    rows = []
    for title, name in clusters.items():
        pod = look_up("pod", name, pods)
        fabric = frontier_fabric(known_chip(pod), k)
        for job_name, job in thesis_jobs(scenario, k).items():
            for size in sizes:
                row: Row = {"cluster": title, "job": job_name, "chips": size}
                try:
                    rates = [
                        train(*_placed(job, nudged(LEVERS[3], pod, fabric, factor)), k, size).achieved_flops
                        for factor in (1.0, LIMITLESS)
                    ]
                except DoesNotFit as error:
                    rows.append(row | {"why": str(error)})
                    continue
                rows.append(row | {"lost": 1.0 - rates[0] / rates[1]})
    return rows


def _placed(job: Job, machine: tuple[Pod, Fabric]) -> tuple[Pod, Job, Fabric]:
    pod, fabric = machine
    return pod, job, fabric


def _elasticity(lever: str, pod: Pod, fabric: Fabric, job: Job, k: Coefficients, size: int) -> float:
    rates = []
    for factor in (NUDGE, 1 / NUDGE):
        other, net = nudged(lever, pod, fabric, factor)
        rates.append(train(other, job, net, k, size).achieved_flops)
    return math.log(rates[0] / rates[1]) / (2 * math.log(NUDGE))


def nudged(lever: str, pod: Pod, fabric: Fabric, factor: float) -> tuple[Pod, Fabric]:
    """Return a pod and its network with one thing faster by a factor; a lever's name is one of :data:`LEVERS`."""
    chip = known_chip(pod)

    def times(value: float | None) -> float | None:
        return None if value is None else value * factor

    if lever == LEVERS[0]:
        faster = replace(
            chip,
            bf16_tflops=times(chip.bf16_tflops),
            fp8_tflops=times(chip.fp8_tflops),
            int8_tops=times(chip.int8_tops),
            fp4_tflops=times(chip.fp4_tflops),
            tdp_w=times(chip.tdp_w),
        )
        return replace(pod, chip=faster), fabric
    if lever == LEVERS[1]:
        return replace(pod, chip=replace(chip, hbm_tb_s=times(chip.hbm_tb_s))), fabric
    if lever == LEVERS[2]:
        return replace(pod, scale_up_gb_s=pod.scale_up_gb_s * factor), fabric
    return pod, replace(fabric, scale_out_gbit_s=fabric.scale_out_gbit_s * factor)


def thesis(scenario: Scenario) -> dict[str, list[Row]]:
    """All four studies by name."""
    return {
        "effective_compute": effective_compute(scenario),
        "domain_worth": domain_worth(scenario),
        "throughput_by_size": throughput_by_size(scenario),
        "elasticities": elasticities(scenario),
    }
