"""Power of pods and clusters in a real run, with ranges: chips, hosts, links by medium, cooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.hardware.coefficients import read_coefficients
from ...model.hardware.fabric import frontier_fabric
from ...model.hardware.pods import read_pods
from ...model.hardware.power import link_power_kw, power_ends, running_power_range
from ..text import NONE, number

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario

Row = dict[str, Any]


def power_table(scenario: Scenario, count: int | None = None) -> tuple[list[Row], str]:
    """Power of every pod whose chip states its TDP; of a cluster of ``count`` chips of each where one is given.

    Every range puts all constants at their low or high ends at once.
    """
    k = read_coefficients(scenario)
    ends = power_ends(scenario, k.power)
    rows: list[Row] = []
    for pod in read_pods(scenario).values():
        chip = pod.chip
        if chip is None or not chip.tdp_w:
            continue
        fabric = frontier_fabric(chip, k)
        each = running_power_range(
            chip.tdp_w, fabric.scale_out_gbit_s, pod.scale_up_gb_s, pod.link_traversals, pod.medium, ends
        )
        links = link_power_kw(pod.chips, pod.scale_up_gb_s, pod.link_pj_per_bit, pod.link_traversals)
        whole = each.times(count or pod.chips)
        facility = [whole.low * ends[0].pue, whole.central * ends[1].pue, whole.high * ends[2].pue]
        rows.append(
            {
                "id": pod.id,
                "chips": count or pod.chips,
                "tdp_w": chip.tdp_w,
                "link_medium": pod.medium,
                "links_kw": links * (count or pod.chips) / pod.chips,
                "chip_kw": [each.low, each.central, each.high],
                "it_kw": [whole.low, whole.central, whole.high],
                "facility_kw": facility,
                "printed_it_kw": pod.printed("it_power_kw") if count is None else None,
                "printed_range_kw": list(pod.it_power_range_kw) if pod.it_power_range_kw and count is None else None,
            }
        )
    lines = [
        f"{'pod':<30} {'chips':>9} {'TDP W':>6} {'kW a chip':>9} {'range':>14} {'IT kW':>10} {'range':>19} "
        f"{'links kW':>9} {'facility kW':>11} {'printed kW':>10}  links"
    ]
    for row in rows:
        low, central, high = row["chip_kw"]
        it_low, it_kw, it_high = row["it_kw"]
        printed = row["printed_it_kw"]
        lines.append(
            f"{row['id']:<30} {row['chips']:>9,} {row['tdp_w']:>6,.0f} {central:>9.2f} {f'{low:.2f} to {high:.2f}':>14} "
            f"{number(it_kw, 4):>10} {f'{number(it_low)} to {number(it_high)}':>19} {number(row['links_kw'], 3):>9} "
            f"{number(row['facility_kw'][1], 4):>11} {NONE if printed is None else number(printed, 4):>10}  "
            f"{row['link_medium']}"
        )
    lines.append(
        "In a training run, chips below TDP; printed figures are what racks are provisioned for. Facility: with cooling."
    )
    return rows, "\n".join(lines)
