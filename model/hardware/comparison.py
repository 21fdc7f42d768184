"""Huawei's printed comparison of Atlas 950 with NVIDIA's NVL144, rebuilt from the pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import look_up
from .pods import read_pods

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario
    from .pods import Pod

HUAWEI, NVIDIA, SHIPPED = "huawei_atlas_950_superpod", "nvidia_vr_nvl144_2025", "nvidia_vr_nvl72"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the comparison: as printed, as its own numbers divide, and as the pods that ship compare."""

    measure: str
    unit: str
    huawei: float
    nvidia: float
    ratio: float
    printed: float
    like_for_like: float
    trap: str


def huawei_keynote_comparison(scenario: Scenario) -> list[Ratio]:
    """Return the four ratios Huawei printed in September 2025, and what they hide.

    ``ratio`` divides the numbers both vendors print (dies for packages, HBM against HBM plus LPDDR, sums of ports);
    ``like_for_like`` compares packages, HBM with HBM, bisection with bisection, and the rack that shipped.
    """
    pods = read_pods(scenario)
    huawei, nvidia, shipped = (look_up("pod", name, pods) for name in (HUAWEI, NVIDIA, SHIPPED))
    lines = (
        ("npus", "chips", huawei.counted, nvidia.counted, huawei.chips / shipped.chips, "144 counts dies: 72 packages"),
        (
            "compute", "PFLOP/s FP8", _printed(huawei, "fp8_pflops"), _printed(nvidia, "fp8_pflops"),
            _over(huawei.pflops("fp8"), shipped.pflops("fp8")), "keynote rounds 0.973 to 1 PF a chip",
        ),
        (
            "memory", "TB", _printed(huawei, "memory_tb"), _printed(nvidia, "fast_memory_tb"),
            _over(huawei.memory_tb, shipped.memory_tb), "HBM against HBM + LPDDR; 1,152 TB is GB / 1,024",
        ),
        (
            "bandwidth", "TB/s", _printed(huawei, "scale_up_total_tb_s"), _printed(nvidia, "scale_up_total_tb_s"),
            _over(huawei.bisection_tb_s, shipped.bisection_tb_s), "sums of ports, not bisection",
        ),
    )  # fmt: skip
    return [
        Ratio(
            measure=measure,
            unit=unit,
            huawei=ours,
            nvidia=theirs,
            ratio=ours / theirs,
            printed=scenario.central(f"pods.{HUAWEI}.printed_ratios.{measure}", "1"),
            like_for_like=fair,
            trap=trap,
        )
        for measure, unit, ours, theirs, fair, trap in lines
    ]


def _printed(pod: Pod, key: str) -> float:
    return _over(pod.printed(key), 1.0)


def _over(numerator: float | None, denominator: float | None) -> float:
    return float("nan") if numerator is None or denominator is None else numerator / denominator
