"""Electric power of a pod: chips, what surrounds them in the server, and the scale-up links."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from ..conversions import BITS_PER_BYTE, BITS_PER_GBIT, BYTES_PER_GB, JOULE_PER_PICOJOULE, W_PER_KW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...scenarios.scenario import Scenario
    from ..numbers import Numbers
    from .coefficients import Power


def link_energy_pj_per_bit(medium: str, power: Power) -> float:
    """Energy of one link crossing by its medium, pJ/bit, both ends together.

    The medium is text of the facts: near-packaged or co-packaged optics, other optics, or copper. A pod with copper
    inside the cabinet and optics between cabinets takes the mean of the two (judged: half the traffic leaves it).

    Examples
    --------
    >>> from podrace.model.hardware.coefficients import Power
    >>> p = Power(1.35, 1.45, 2.0, 5.0, 25.0, 12.0, 0.86, 60.0, 1.18, 100.0, 1.2)
    >>> link_energy_pj_per_bit("copper (board)", p), link_energy_pj_per_bit("near-packaged optics", p)
    (5.0, 12.0)
    """
    text = medium.lower()
    if "optic" not in text:
        return power.copper_pj_per_bit
    optics = power.near_packaged_pj_per_bit if "packaged" in text else power.pluggable_pj_per_bit
    return (optics + power.copper_pj_per_bit) / 2 if text.startswith("copper") else optics


def link_power_kw(chips: float, scale_up_gb_s: float, pj_per_bit: float, traversals: float) -> float:
    """Power of the scale-up links at full rate, kW: bits sent per second x crossings x energy per bit.

    ``scale_up_gb_s`` counts both directions of a chip's ports, so half of it is sent.

    Examples
    --------
    >>> round(link_power_kw(384, 784.0, 25.0, 2.0), 1)
    60.2
    """
    sent_bits_per_s = chips * scale_up_gb_s / 2 * BYTES_PER_GB * BITS_PER_BYTE
    return sent_bits_per_s * traversals * pj_per_bit * JOULE_PER_PICOJOULE / W_PER_KW


def pod_it_power_kw(chips: float, tdp_w: float, overhead: float, links_kw: float) -> float:
    """Return the IT power of a pod, kW: chips at TDP x server overhead + links. No facility overhead (PUE).

    Examples
    --------
    >>> round(pod_it_power_kw(72, 1200.0, 1.35, 5.2))
    122
    """
    return chips * tdp_w / W_PER_KW * overhead + links_kw


def running_power_kw(tdp_w: Numbers, scale_out_gbit_s: Numbers, links_kw: Numbers, power: Power) -> Numbers:
    """Mean IT power of one chip in a real run with its share of everything, kW: no facility overhead.

    Chips stay below their limit while they wait; hosts, conversion and fans follow; the scale-out network is its
    adapter, optics and switch ports.

    Examples
    --------
    >>> from podrace.model.hardware.coefficients import Power
    >>> p = Power(1.35, 1.45, 2.0, 5.0, 25.0, 12.0, 0.86, 60.0, 1.18, 100.0, 1.2)
    >>> round(running_power_kw(700.0, 400.0, 0.036, p), 3)
    0.857
    """
    server = (tdp_w * power.run_load + power.host_w) * power.conversion
    network = scale_out_gbit_s * BITS_PER_GBIT * power.scale_out_pj_per_bit * JOULE_PER_PICOJOULE
    return (server + network) / W_PER_KW + links_kw


@dataclass(frozen=True, slots=True)
class RunningPower:
    """Power of one chip with its share of everything in a real run, kW: low, central, high."""

    low: float
    central: float
    high: float

    def times(self, factor: float) -> RunningPower:
        """Return the same for many chips, or with a facility overhead."""
        return RunningPower(self.low * factor, self.central * factor, self.high * factor)


def running_power_range(
    tdp_w: float, scale_out_gbit_s: float, scale_up_gb_s: float, traversals: float, medium: str, ends: Sequence[Power]
) -> RunningPower:
    """Power of one chip in a real run at the low, central and high ends of every constant (all at once: wide).

    ``ends`` are the three sets of constants.
    """
    values = []
    for power in ends:
        links = link_power_kw(1.0, scale_up_gb_s, link_energy_pj_per_bit(medium, power), traversals)
        values.append(float(running_power_kw(tdp_w, scale_out_gbit_s, links, power)))
    return RunningPower(*values)


def power_ends(scenario: Scenario, central: Power) -> tuple[Power, Power, Power]:
    """Constants of the power model at the low, central and high ends of the ranges that the facts state."""
    low, high = {}, {}
    for item in fields(central):
        known = scenario.label(f"hardware.power.{item.name}_range", None)
        if known and item.name not in {"overhead", "all_in"}:
            low[item.name], high[item.name] = float(known[0]), float(known[1])
    return replace(central, **low), central, replace(central, **high)
