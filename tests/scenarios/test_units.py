"""The closed list of units and their conversion."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrace.scenarios import units
from podrace.scenarios.faults import ScenarioError


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("wafer/month", "wafer/year", 12.0),
        ("wafers/month", "wafer/year", 12.0),
        ("GW", "MW", 1000.0),
        ("percent", "1", 0.01),
        ("fraction", "1", 1.0),
        ("busd", "USD", 1e9),
        ("billion USD/year", "million_USD/year", 1000.0),
        ("billion_USD", "billion USD", 1.0),
        ("1/cm^2", "1/mm^2", 0.01),
        ("defect/cm^2", "1/cm^2", 1.0),
        ("PB", "GB", 1e6),
        ("EB", "TB", 1e6),
        ("Gbit/s", "GB/s", 0.125),
        ("TOP/s", "TFLOP/s", 1.0),
        ("EFLOP/s", "PFLOP/s", 1000.0),
        ("GW h", "TWh", 0.001),
        ("TWh/year", "GW", 1000.0 / 8760.0),
        ("day", "hour", 24.0),
        ("year", "day", 365.0),
        ("min", "s", 60.0),
        ("m", "cm", 100.0),
        ("pJ/bit", "J/bit", 1e-12),
        ("USD/H100e", "busd/H100e", 1e-9),
        ("token/(s MW)", "token/(s kW)", 0.001),
    ],
)
def test_conversions(one, other, factor):
    assert units.factor(one, other) == pytest.approx(factor, rel=1e-15)
    assert units.factor(one, other) * units.factor(other, one) == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GW", "USD"),
        ("package", "die"),
        ("GWh", "GW"),
        ("H100e", "package"),
        ("TPP", "TFLOP/s"),
        ("CNY", "USD"),
        ("1", "GW"),
    ],
)
def test_different_things_do_not_convert(one, other):
    with pytest.raises(ScenarioError, match="cannot convert"):
        units.factor(one, other)
    assert not units.compatible(one, other)


@pytest.mark.parametrize(
    ("unit", "nearest"),
    [("wafr/month", "wafer/month"), ("Gw", "GW"), ("TFLOPS/s", "TFLOP/s"), ("kpackage", "package")],
)
def test_unknown_units_name_the_nearest(unit, nearest):
    with pytest.raises(ScenarioError, match="unknown unit") as caught:
        units.factor(unit, "1")
    assert caught.value.faults[0].nearest == nearest


@pytest.mark.parametrize(
    "unit", ["", " ", "2 m", "GW/", "m^0", "m^99", "(m", "m//s", "__import__('os')", "1/1", "%", "m" * 5000, "m\n"]
)
def test_malformed_units_are_unknown(unit):
    assert units.unknown(unit) is not None


POWER = st.sampled_from(sorted(units.names())).flatmap(lambda name: st.sampled_from([name, f"{name}^2"]))


@given(st.lists(POWER, min_size=1, max_size=4), st.sampled_from(["/", " ", "*", " / ", " * "]))
def test_whatever_the_check_accepts_pint_reads(parts, sign):
    unit = sign.join(parts)
    if units.unknown(unit) is None:
        assert units.compatible(unit, unit)
        units._parse(unit)


def test_every_name_is_accepted_and_read():
    for name in units.names():
        assert units.unknown(name) is None
        units._parse(name)


def test_pint_knows_nothing_else():
    assert not hasattr(units.registry(), "parsec")
    assert not hasattr(units.registry(), "kilometer")


def test_pint_loads_only_when_numbers_are_converted():
    code = (
        "import sys; from podrace.scenarios import units, compose, inputs;"
        "assert units.unknown('wafer/month') is None and units.factor('GW', 'GW') == 1.0;"
        "loaded = {'pint', 'scipy', 'pandas', 'mesa', 'matplotlib'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
