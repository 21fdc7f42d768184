"""What each side's hardware can do: chips and pods, the largest cluster, the fleet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..figures.panels import quotient
from ..lags import lag_quantiles
from ..language import say
from ..language.numbers import duration, percent, signed_years
from ..summary import spread
from .charts import fan_of_sides
from .parts import Section
from .words import both_lead, levels, sources_of, told

if TYPE_CHECKING:
    from .view import View

CHIP, POD = "chip_fp8_tflops", "pod_fp8_pflops"
RUN, JOB = "largest_run_flop", "cluster_training_eflops"
FLEET, FLEET_BF16 = "fleet_h100e", "fleet_h100e_bf16"


def chip_pod(view: View) -> Section | None:
    """Compare the best chips and the best pods."""
    if not view.has(CHIP, POD):
        return None
    chip, pod = view.gap(CHIP), view.gap(POD)
    names = (CHIP, "chip_hbm_tb_s", POD, "pod_chips", "pod_scale_up_tb_s")
    return Section(
        "capability_chip_pod",
        both_lead(view.when, chip, say("the best chip"), pod, say("the best pod")),
        _points(view, names),
        (
            *told(view, (CHIP, POD)),
            say("A pod is one scale-up domain, or the unit it is sold in; rates are dense, 8-bit."),
        ),
        sources_of(view.scenario, ("chips.", "pods.")),
        (fan_of_sides(view, CHIP), fan_of_sides(view, POD)),
    )


def cluster(view: View) -> Section | None:
    """Compare the largest training clusters."""
    if not view.has(RUN, JOB):
        return None
    names = ("cluster_chips", JOB, "cluster_power_mw", RUN)
    behind = _behind(view, JOB, say("one fixed training job"))
    return Section(
        "capability_cluster",
        both_lead(
            view.when, view.gap(RUN), say("the largest 90-day run"), view.gap(JOB), say("one fixed training job")
        ),
        (*_points(view, names), *((behind,) if behind else ())),
        (
            *told(view, (RUN, JOB)),
            *told(view, ("cluster_chips", "training_days"), (view.when,)),
            say("The fixed job has one batch for all clusters, so that very large ones gain little on it."),
        ),
        sources_of(view.scenario, ("clusters.", "sites.", "hardware.reliability")),
        (fan_of_sides(view, RUN), fan_of_sides(view, JOB)),
    )


def fleet(view: View) -> Section | None:
    """Compare the computing power each side owns, and say what of it is smuggled or rented."""
    if not view.has(FLEET):
        return None
    eight = view.gap(FLEET)
    sixteen = view.gap(FLEET_BF16) if view.has(FLEET_BF16) else eight
    points = [
        *_points(view, (FLEET, FLEET_BF16, "h100e_produced")),
        _behind(view, FLEET, say("computing power")),
        _ledger(view),
    ]
    return Section(
        "capability_fleet",
        both_lead(view.when, eight, say("8-bit computing power"), sixteen, say("BF16")),
        tuple(point for point in points if point),
        (*told(view, (FLEET, FLEET_BF16)), *told(view, ("h100e_produced", "accelerators_produced"), (view.when,))),
        sources_of(view.scenario, ("buyers.", "smuggling.", "rental.", "fleet.")),
        (fan_of_sides(view, FLEET), *((fan_of_sides(view, FLEET_BF16),) if view.has(FLEET_BF16) else ())),
    )


def _points(view: View, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(levels(view, name) for name in names if view.has(name))


def _behind(view: View, name: str, what: str) -> str:
    """Say how many years China is behind in something; nothing where the run is too short to tell."""
    record = float(view.when - view.years[0])
    found = lag_quantiles(view.data, (0.05, 0.5, 0.95)).get(name)
    if found is None or record <= 0:
        return ""
    low, middle, high = (float(value) for value in found[:, view.row()])
    if low < 0 and not high <= 0:
        lag = signed_years(middle, low, record if math.isnan(high) else high)
        return say("In {what} who is ahead is open: China's lag is {years}", what=what, years=lag)
    if middle < 0:
        return say(
            "In {what} the US-led side is {years} behind",
            what=what,
            years=duration(-middle, -high, -low, record),
        )
    return say("In {what} China is {years} behind", what=what, years=duration(middle, low, high, record))


def _ledger(view: View) -> str:
    """Say what part of what China owns is smuggled, and what renting adds."""
    if not view.has(FLEET, "fleet_smuggled_h100e", "fleet_rented_h100e"):
        return ""
    owned = view.members_of(FLEET, "china")
    shares = [
        float(spread(quotient(view.members_of(name, "china"), owned)[view.row()], (0.5,))[0])
        for name in ("fleet_smuggled_h100e", "fleet_rented_h100e")
    ]
    if any(math.isnan(share) for share in shares):
        return ""
    return say(
        "Of what China owns {smuggled} is smuggled; renting abroad adds {rented}",
        smuggled=percent(shares[0]),
        rented=percent(shares[1]),
    )
