"""A pod: chips on one scale-up network, or the unit they are sold in, and the tables vendors print of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..conversions import BYTES_PER_GB, GB_PER_TB
from . import power
from .chips import Chip, number, read_chip, read_chips, text
from .coefficients import Coefficients, read_coefficients
from .errors import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...scenarios.scenario import Scenario

TORUS_DIMENSIONS = {"torus2d": 2, "torus3d": 3}


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod. ``chips`` counts packages, ``counted`` what the vendor counts (dies, in two rows).

    ``domain`` is the packages on one scale-up network: 8 inside a SuperPOD of DGX nodes. ``published`` holds the
    numbers vendors print, by their key in the facts; the properties below are the model's own.
    """

    id: str
    name: str
    vendor: str
    side: str
    status: str
    available_year: float | None
    chip: Chip | None
    chips: int
    counted: int
    domain: int
    kind: str
    all_to_all_share: float
    medium: str
    latency_us: float
    scale_up_gb_s: float
    power_overhead: float
    link_pj_per_bit: float
    link_traversals: float
    it_power_range_kw: tuple[float, float] | None
    published: tuple[tuple[str, float], ...]

    @property
    def port_bytes_s(self) -> float:
        """Bytes a chip's scale-up ports send in a second, one way: half of what both directions carry."""
        return self.scale_up_gb_s / 2 * BYTES_PER_GB

    @property
    def dimensions(self) -> int:
        """Dimensions of a torus; 0 where the domain is switched or meshed."""
        return TORUS_DIMENSIONS.get(self.kind, 0)

    def printed(self, key: str) -> float | None:
        """Return a number as its vendor prints it, or None."""
        return dict(self.published).get(key)

    def pflops(self, precision: str) -> float | None:
        """Dense throughput in a format, PFLOP/s: chips x chip."""
        return self._sum(self.chip.rate(precision) if self.chip else None)

    @property
    def eight_bit_pflops(self) -> float | None:
        """Dense 8-bit throughput, PFLOP/s."""
        return self._sum(self.chip.eight_bit_tops if self.chip else None)

    @property
    def memory_tb(self) -> float | None:
        """HBM of all chips, decimal TB. Huawei prints 1,152 TB for 1,180: GB over 1,024 instead of 1,000."""
        return self._sum(self.chip.hbm_gb if self.chip else None)

    @property
    def memory_bw_tb_s(self) -> float | None:
        """HBM bandwidth of all chips, TB/s."""
        rate = self.chip.hbm_tb_s if self.chip else None
        return None if rate is None else self.chips * rate

    @property
    def scale_up_total_tb_s(self) -> float | None:
        """Sum of the chips' scale-up ports, both directions, TB/s: what vendors print, NOT the bisection."""
        return self._sum(self.scale_up_gb_s or None)

    @property
    def bisection_tb_s(self) -> float | None:
        """Bandwidth between two halves of one scale-up domain, both directions, TB/s."""
        if not self.scale_up_gb_s:
            return None
        return bisection_tb_s(self.kind, self.domain, self.scale_up_gb_s, self.all_to_all_share)

    @property
    def it_power_model_kw(self) -> float | None:
        """IT power from chips, servers and links, kW."""
        if self.chip is None or self.chip.tdp_w is None:
            return None
        links = power.link_power_kw(self.chips, self.scale_up_gb_s, self.link_pj_per_bit, self.link_traversals)
        return power.pod_it_power_kw(self.chips, self.chip.tdp_w, self.power_overhead, links)

    @property
    def it_power_kw(self) -> float | None:
        """IT power, kW: as published or reported, else all-in power per chip x chips."""
        printed = self.printed("it_power_kw")
        if printed is not None:
            return printed
        each = self.chip.all_in_kw if self.chip else None
        return None if each is None else self.chips * each

    def _sum(self, per_chip: float | None) -> float | None:
        return None if per_chip is None else self.chips * per_chip / GB_PER_TB


def bisection_tb_s(kind: str, domain: float, scale_up_gb_s: float, share: float) -> float:
    """Bandwidth across the middle of a scale-up domain, TB/s, both directions.

    Switch or mesh: half the chips at the usable share of their ports. Torus of d dimensions: 2 N^((d-1)/d) links of
    1/(2d) of a chip's ports each.

    Examples
    --------
    >>> round(bisection_tb_s("switch", 72, 1800.0, 1.0), 1), round(bisection_tb_s("torus3d", 9216, 1200.0, 1.0))
    (64.8, 176)
    """
    dimensions = TORUS_DIMENSIONS.get(kind, 0)
    if not dimensions:
        return domain / 2 * scale_up_gb_s * share / GB_PER_TB
    links = float(2 * domain ** ((dimensions - 1) / dimensions))
    return links * scale_up_gb_s / (2 * dimensions) / GB_PER_TB


_PUBLISHED = {
    "bf16_pflops": "PFLOP/s",
    "fp8_pflops": "PFLOP/s",
    "fp4_pflops": "PFLOP/s",
    "memory_tb": "TB",
    "memory_bw_tb_s": "TB/s",
    "fast_memory_tb": "TB",
    "scale_up_total_tb_s": "TB/s",
    "it_power_kw": "kW",
    "cabinets": "1",
    "floor_area_m2": "m^2",
    "latency_us": "us",
    "price_usd": "USD",
    "training_tokens_per_s": "token/s",
    "inference_tokens_per_s": "token/s",
}


def read_pods(scenario: Scenario) -> dict[str, Pod]:
    """Read all pods of a scenario, by id, from the records and labels under ``pods.``."""
    chips, coefficients = read_chips(scenario), read_coefficients(scenario)
    return {name: _read(scenario, name, chips, coefficients) for name in scenario.entities("pods")}


def _read(scenario: Scenario, name: str, chips: Mapping[str, Chip], coefficients: Coefficients) -> Pod:
    path = f"pods.{name}"
    chip_type = scenario.label(f"{path}.chip_type", None)
    chip = look_up("chip", str(chip_type), chips) if chip_type else None
    counted = int(scenario.central(f"{path}.chips", "package"))
    packages = int(number(scenario, f"{path}.packages", "package") or counted)
    medium = text(scenario, f"{path}.link_medium", "copper")
    kind = text(scenario, f"{path}.kind", "switch")
    published = {key: number(scenario, f"{path}.{key}", unit) for key, unit in _PUBLISHED.items()}
    power_range = scenario.label(f"{path}.it_power_kw_range", None)
    per_chip = number(scenario, f"{path}.scale_up_per_chip_gb_s", "GB/s")
    return Pod(
        id=name,
        name=text(scenario, f"{path}.name", name),
        vendor=text(scenario, f"{path}.vendor"),
        side=text(scenario, f"{path}.side"),
        status=text(scenario, f"{path}.status"),
        available_year=number(scenario, f"{path}.available_year", "year"),
        chip=chip,
        chips=packages,
        counted=counted,
        domain=int(number(scenario, f"{path}.domain", "package") or packages),
        kind=kind,
        all_to_all_share=_or(number(scenario, f"{path}.all_to_all_share", "1"), 1.0),
        medium=medium,
        latency_us=_or(published["latency_us"], coefficients.latency.scale_up_hop_us),
        scale_up_gb_s=_or(per_chip, _or(chip.scale_up_gb_s if chip else None, 0.0)),
        power_overhead=_or(number(scenario, f"{path}.power_overhead", "1"), coefficients.power.overhead),
        link_pj_per_bit=power.link_energy_pj_per_bit(medium, coefficients.power),
        link_traversals=1.0 if kind in TORUS_DIMENSIONS else coefficients.power.link_traversals,
        it_power_range_kw=(float(power_range[0]), float(power_range[1])) if power_range else None,
        published=tuple((key, value) for key, value in published.items() if value is not None),
    )


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def server(chip: Chip, coefficients: Coefficients) -> Pod:
    """Return the plain server a chip stands in where the facts name no pod: 8 chips, copper, all-to-all."""
    return Pod(
        id=f"{chip.id}_server",
        name=f"{chip.name} server ({coefficients.default_pod_chips})",
        vendor=chip.vendor,
        side=chip.side,
        status=chip.status,
        available_year=chip.available_year,
        chip=chip,
        chips=coefficients.default_pod_chips,
        counted=coefficients.default_pod_chips,
        domain=coefficients.default_pod_chips,
        kind="switch",
        all_to_all_share=1.0,
        medium="copper",
        latency_us=coefficients.latency.scale_up_hop_us,
        scale_up_gb_s=_or(chip.scale_up_gb_s, 0.0),
        power_overhead=coefficients.power.overhead,
        link_pj_per_bit=coefficients.power.copper_pj_per_bit,
        link_traversals=coefficients.power.link_traversals,
        it_power_range_kw=None,
        published=(),
    )


def pod_for_chip(scenario: Scenario, chip_id: str, pods: Mapping[str, Pod] | None = None) -> Pod:
    """Return the pod a chip ships in: the one its label ``ships_in`` names, else a plain server.

    Pass ``pods`` (from :func:`read_pods`) when asking for many chips.
    """
    known = {} if pods is None else {pod.chip.id: pod.chip for pod in pods.values() if pod.chip is not None}
    chip = known.get(chip_id) or read_chip(scenario, chip_id)
    if not chip.ships_in:
        return server(chip, read_coefficients(scenario))
    return look_up("pod", chip.ships_in, read_pods(scenario) if pods is None else pods)
