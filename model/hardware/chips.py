"""A chip: what one packaged accelerator can compute, hold, move and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..conversions import W_PER_KW
from .coefficients import Coefficients, read_coefficients
from .errors import DoesNotFit, look_up

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario

FORMAT_BITS = {"fp4": 4, "fp8": 8, "int8": 8, "bf16": 16}
TRAINING_FORMATS = ("fp8", "bf16")
"""Formats of at least 8 bits a training run uses, best first; nobody trains large models in INT8."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One accelerator package.

    Throughput is dense: TFLOP/s (TOP/s for INT8), None where the chip lacks the format or nothing is known.
    ``scale_up_gb_s`` counts both directions together, ``scale_out_gbit_s`` one. ``all_in_kw`` is its IT power with
    its share of server, network and cooling. ``available_year`` is a decimal year, None where no date is known.
    """

    id: str
    name: str
    vendor: str
    side: str
    status: str
    available_year: float | None
    bf16_tflops: float | None
    fp8_tflops: float | None
    int8_tops: float | None
    fp4_tflops: float | None
    hbm_gb: float | None
    hbm_tb_s: float | None
    scale_up_gb_s: float | None
    scale_out_gbit_s: float | None
    tdp_w: float | None
    all_in_kw: float | None
    price_usd: float | None
    die_area_mm2: float | None
    compute_dies: float | None
    hbm_stacks: float | None
    hbm_type: str
    ships_in: str
    h100_eight_bit_tops: float
    h100_bf16_tflops: float

    @property
    def eight_bit_tops(self) -> float | None:
        """Dense 8-bit throughput, TOP/s; see :func:`eight_bit_tops`."""
        return eight_bit_tops(self.fp8_tflops, self.int8_tops, self.bf16_tflops)

    @property
    def h100e(self) -> float | None:
        """H100 equivalents on the 8-bit basis: the headline unit."""
        rate = self.eight_bit_tops
        return None if rate is None else h100e(rate, self.h100_eight_bit_tops)

    @property
    def h100e_bf16(self) -> float | None:
        """H100 equivalents on dense BF16."""
        return None if self.bf16_tflops is None else h100e(self.bf16_tflops, self.h100_bf16_tflops)

    @property
    def tpp(self) -> float | None:
        """Total processing performance of the export rules; None where no throughput is known."""
        rates = {name: self.rate(name) for name in FORMAT_BITS}
        known = {FORMAT_BITS[name]: 0.0 for name, rate in rates.items() if rate is not None}
        for name, rate in rates.items():
            if rate is not None:
                known[FORMAT_BITS[name]] = max(known[FORMAT_BITS[name]], rate)
        return tpp(known) if known else None

    def rate(self, precision: str) -> float | None:
        """Dense throughput in a format, TFLOP/s; None where the chip has none."""
        return {
            "fp4": self.fp4_tflops,
            "fp8": self.fp8_tflops,
            "int8": self.int8_tops,
            "bf16": self.bf16_tflops,
        }[precision]

    def training_format(self, precision: str | None = None) -> str:
        """Return the format a run uses: the one asked for, or the best of at least 8 bits.

        Raises
        ------
        DoesNotFit
            When the chip lacks it.
        """
        for name in TRAINING_FORMATS if precision is None else (precision,):
            if name in FORMAT_BITS and self.rate(name) is not None:
                return name
        has = ", ".join(name for name in FORMAT_BITS if self.rate(name) is not None) or "no published throughput"
        message = f"{self.name} does not run {precision or 'any training format'}: it has {has}"
        raise DoesNotFit(message)

    @property
    def complete(self) -> bool:
        """Whether all is known that the training model needs."""
        needed = (self.eight_bit_tops, self.bf16_tflops, self.hbm_gb, self.hbm_tb_s, self.scale_up_gb_s)
        return all(value is not None and value > 0 for value in needed)


def eight_bit_tops(fp8_tflops: float | None, int8_tops: float | None, bf16_tflops: float | None) -> float | None:
    """Dense 8-bit throughput, TOP/s: FP8; INT8 where there is no FP8; twice BF16 where there is neither.

    Examples
    --------
    >>> eight_bit_tops(1979.0, 1979.0, 989.4), eight_bit_tops(None, 1504.0, 780.0), eight_bit_tops(None, None, 119.0)
    (1979.0, 1504.0, 238.0)
    """
    if fp8_tflops is not None:
        return fp8_tflops
    if int8_tops is not None:
        return int8_tops
    return None if bf16_tflops is None else 2 * bf16_tflops


def h100e(rate_tflops: float, reference_tflops: float) -> float:
    """H100 equivalents: dense throughput over that of an H100 in the same width.

    Examples
    --------
    >>> h100e(5000.0, 1979.0) > 2.52
    True
    """
    return rate_tflops / reference_tflops


def tpp(rates_by_bits: dict[int, float]) -> float:
    """Total processing performance: 2 x MacTOPS x bit length, dense, the largest over bit lengths.

    An operation of 2 x MacTOPS is what a TOP/s counts, so it is TOP/s x bits (15 CFR 774, ECCN 3A090).

    Examples
    --------
    >>> tpp({8: 1979.0, 16: 989.4}), tpp({8: 1504.0, 16: 780.0}), tpp({8: 296.0, 16: 148.0})
    (15832.0, 12480.0, 2368.0)
    """
    return max(bits * rate for bits, rate in rates_by_bits.items())


_NUMBERS = {
    "available_year": "year",
    "bf16_tflops": "TFLOP/s",
    "fp8_tflops": "TFLOP/s",
    "int8_tops": "TOP/s",
    "fp4_tflops": "TFLOP/s",
    "hbm_gb": "GB",
    "hbm_tb_s": "TB/s",
    "scale_up_gb_s": "GB/s",
    "scale_out_gbit_s": "Gbit/s",
    "tdp_w": "W",
    "all_in_kw": "kW/package",
    "price_usd": "USD/package",
    "die_area_mm2": "mm^2",
    "compute_dies": "die/package",
    "hbm_stacks": "stack/package",
}


def number(scenario: Scenario, path: str, unit: str) -> float | None:
    """Return a record's central value in a unit, or None where the facts know none."""
    return scenario.central(path, unit) if path in scenario.records else None


def text(scenario: Scenario, path: str, default: str = "") -> str:
    """Return a label as text, or the default."""
    return str(scenario.label(path, default))


def read_chips(scenario: Scenario) -> dict[str, Chip]:
    """Read all chips of a scenario, by id, from the records and labels under ``chips.``."""
    coefficients = read_coefficients(scenario)
    return {name: _read(scenario, name, coefficients) for name in scenario.entities("chips")}


def read_chip(scenario: Scenario, name: str) -> Chip:
    """Read one chip by id; an unknown one raises ScenarioError with the nearest name."""
    look_up("chip", name, dict.fromkeys(scenario.entities("chips"), name))
    return _read(scenario, name, read_coefficients(scenario))


def _read(scenario: Scenario, name: str, coefficients: Coefficients) -> Chip:
    path = f"chips.{name}"
    numbers = {key: number(scenario, f"{path}.{key}", unit) for key, unit in _NUMBERS.items()}
    if numbers["all_in_kw"] is None and numbers["tdp_w"] is not None:
        numbers["all_in_kw"] = numbers["tdp_w"] / W_PER_KW * coefficients.power.all_in
    return Chip(
        id=name,
        name=text(scenario, f"{path}.name", name),
        vendor=text(scenario, f"{path}.vendor"),
        side=text(scenario, f"{path}.side"),
        status=text(scenario, f"{path}.status"),
        hbm_type=text(scenario, f"{path}.hbm_type"),
        ships_in=text(scenario, f"{path}.ships_in"),
        h100_eight_bit_tops=coefficients.reference.h100_eight_bit_tops,
        h100_bf16_tflops=coefficients.reference.h100_bf16_tflops,
        **numbers,
    )
