"""Rates of the chips of one cluster in base units: floats for one machine, arrays where many are evaluated at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..conversions import BYTES_PER_GB, BYTES_PER_TB, FLOP_PER_TFLOP
from .chips import FORMAT_BITS
from .errors import DoesNotFit

if TYPE_CHECKING:
    from ..numbers import Numbers
    from .chips import Chip
    from .coefficients import Training
    from .fabric import Fabric
    from .pods import Pod

REFERENCE_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """What one rank of a cluster can do; every field is a float or an array of one shape.

    ``low`` and ``bf16`` are peak FLOP/s in the format of the run and in 16 bits, ``low_watts`` and ``bf16_watts`` the
    chip power behind a peak TFLOP/s (per 16-bit equivalent, W), ``hbm``, ``ports`` and ``out`` bytes/s
    (one way), ``rings`` what a ring gets of the ports (all, or the usable share of a mesh),
    ``memory`` usable bytes, ``dimensions`` of a torus (0: switched or meshed), ``share`` of the ports an all-to-all on
    a mesh can use, ``oversubscription`` of the network above groups of ``fabric_chips`` chips.
    """

    low: Numbers
    bf16: Numbers
    low_watts: Numbers
    bf16_watts: Numbers
    low_bits: Numbers
    hbm: Numbers
    memory: Numbers
    ports: Numbers
    rings: Numbers
    domain: Numbers
    dimensions: Numbers
    share: Numbers
    up_us: Numbers
    out: Numbers
    out_us: Numbers
    oversubscription: Numbers
    fabric_chips: Numbers


def watts_per_teraflop(tdp_w: float | None, tflops: float, bits: float, reference: float) -> float:
    """Chip power behind each peak TFLOP/s of 16-bit work, W: what decides how far clocks fall under load.

    A chip of unknown power counts as one that keeps its clocks.

    Examples
    --------
    >>> watts_per_teraflop(400.0, 312.5, 16, 1.28), watts_per_teraflop(400.0, 625.0, 8, 1.28)
    (1.28, 1.28)
    """
    return reference if tdp_w is None else tdp_w / (tflops * bits / REFERENCE_BITS)


def machine_of(pod: Pod, fabric: Fabric, precision: str, training: Training) -> Machine:
    """Return the rates of a pod's chip in a format.

    Raises
    ------
    DoesNotFit
        When throughput, memory or bandwidth is not published.
    """
    chip = known_chip(pod)
    low, bf16 = chip.rate(precision), chip.rate("bf16")
    if not low or not bf16 or not chip.hbm_tb_s or not chip.hbm_gb or pod.scale_up_gb_s <= 0:
        message = f"{chip.name} cannot be modelled: throughput, memory or scale-up bandwidth is not published"
        raise DoesNotFit(message)
    reference = training.power_reference_watts
    return Machine(
        low=low * FLOP_PER_TFLOP,
        bf16=min(bf16, low) * FLOP_PER_TFLOP,
        low_watts=watts_per_teraflop(chip.tdp_w, low, FORMAT_BITS[precision], reference),
        bf16_watts=watts_per_teraflop(chip.tdp_w, bf16, REFERENCE_BITS, reference),
        low_bits=float(FORMAT_BITS[precision]),
        hbm=chip.hbm_tb_s * BYTES_PER_TB,
        memory=chip.hbm_gb * BYTES_PER_GB * training.usable_memory,
        ports=pod.port_bytes_s,
        rings=pod.port_bytes_s * (pod.all_to_all_share if pod.kind == "mesh" else 1.0),
        domain=float(pod.domain),
        dimensions=float(pod.dimensions),
        share=pod.all_to_all_share,
        up_us=pod.latency_us,
        out=fabric.port_bytes_s,
        out_us=fabric.latency_us,
        oversubscription=fabric.oversubscription,
        fabric_chips=fabric.pod_chips,
    )


def known_chip(pod: Pod) -> Chip:
    """Return a pod's chip; a pod without one in the facts raises :class:`DoesNotFit`."""
    if pod.chip is None:
        message = f"{pod.name} cannot be modelled: its chip is not in the facts"
        raise DoesNotFit(message)
    return pod.chip
