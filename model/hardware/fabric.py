"""The scale-out network that joins pods: bandwidth per chip, oversubscription, latency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..conversions import BITS_PER_BYTE, BITS_PER_GBIT

if TYPE_CHECKING:
    from .chips import Chip
    from .coefficients import Coefficients


@dataclass(frozen=True, slots=True)
class Fabric:
    """A scale-out fabric. ``oversubscription`` applies to traffic that leaves groups of ``pod_chips`` chips."""

    scale_out_gbit_s: float
    oversubscription: float
    pod_chips: float
    latency_us: float

    @property
    def port_bytes_s(self) -> float:
        """Bytes a chip's scale-out port sends in a second, one way."""
        return self.scale_out_gbit_s / BITS_PER_BYTE * BITS_PER_GBIT


def frontier_fabric(chip: Chip, coefficients: Coefficients) -> Fabric:
    """Return the fabric of a frontier training site: the chip's own ports, non-blocking as the facts judge."""
    known = chip.scale_out_gbit_s
    return Fabric(
        scale_out_gbit_s=coefficients.fabric.scale_out_gbit_s if known is None else known,
        oversubscription=coefficients.fabric.oversubscription,
        pod_chips=coefficients.fabric.pod_chips,
        latency_us=coefficients.latency.scale_out_us,
    )
