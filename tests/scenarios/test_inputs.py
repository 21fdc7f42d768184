"""What a run reads: fixed numbers, arrays over members, series, correlations."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from podrace.scenarios.draws import CentralDraws, MemberDraws
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.inputs import Inputs

DENSITY, STARTS = "smic.n2.defect_density", "smic.wafers.starts"


def members(scenario, start=0, stop=1000, seed=1):
    return Inputs(scenario, MemberDraws(seed, start, stop))


def test_fixed_numbers_are_python_floats(small):
    inputs = members(small.load())
    value = inputs.value("chips.nvidia_h100.bf16_tflops", "PFLOP/s")
    assert type(value) is float
    assert value == pytest.approx(0.989)
    assert type(inputs.series("smic.wafers.line", "MW").at(2025)) is float
    assert type(inputs.series(STARTS, "wafer/year").at(2024)) is float


def test_uncertain_numbers_are_arrays_over_members(small):
    value = members(small.load()).value(DENSITY, "1/cm^2")
    assert value.shape == (1000,)
    assert value.dtype == np.float64
    assert 0.13 <= value.min() < value.max() <= 0.24


def test_units_are_converted_once(small):
    inputs = members(small.load())
    assert inputs.value(DENSITY, "1/mm^2") == pytest.approx(inputs.value(DENSITY, "1/cm^2") / 100)
    assert inputs.series(STARTS, "wafer/year").at(2024) == 48_000.0
    assert inputs.value(DENSITY, "1/cm^2") is inputs.value(DENSITY, "1/cm^2")


def test_shared_arrays_cannot_be_written_to(small):
    inputs = members(small.load())
    for value in (
        inputs.value(DENSITY, "1/cm^2"),
        inputs.value(DENSITY, "1/mm^2"),
        inputs.series(STARTS, "wafer/year").at(2028),
    ):
        with pytest.raises(ValueError, match="read-only"):
            value[0] = 1.0


@pytest.mark.parametrize(
    ("path", "unit", "message"),
    [
        ("smic.n2.defect_densty", "1/cm^2", r"unknown parameter.*did you mean smic\.n2\.defect_density"),
        (DENSITY, "GW", "wrong unit.*found 1/cm\\^2"),
        (DENSITY, "1/cmm^2", "unknown unit.*did you mean 1/mm\\^2"),
        (STARTS, "wafer/year", "say which year"),
        ("chips.nvidia_h100.vendor", "1", "is a label"),
        ("chips.nvidia_h100.roadmap", "1", "is not known"),
        ("chips.nvidia_h100", "1", "group of parameters.*bf16_tflops"),
    ],
)
def test_bad_requests(small, path, unit, message):
    with pytest.raises(ScenarioError, match=message):
        members(small.load()).value(path, unit)


def test_dated_values_hold_until_the_next(small):
    series = members(small.load()).series(STARTS, "wafer/month")
    assert series.dates == (2025.0, 2026.5, 2028.0)
    assert series.at(2020) == series.at(2026) == 4000
    assert series.at(2027) is series.at(2026.5)
    assert (series.at(2027) != series.at(2028)).all()
    assert series.at(2040) is series.at(2028)
    assert members(small.load()).value(STARTS, "wafer/month", 2027)[3] == series.at(2027)[3]


def test_a_plain_value_holds_in_every_year(small):
    inputs = members(small.load())
    assert inputs.series(DENSITY, "1/cm^2").at(2030) is inputs.value(DENSITY, "1/cm^2")


def test_linear_series_interpolate(small):
    series = members(small.load()).series("smic.wafers.line", "GW")
    assert [series.at(year) for year in (2023, 2024, 2025, 2026, 2030)] == [1, 1, 2, 3, 3]


def test_one_draw_serves_a_whole_series(small):
    series = members(small.load()).series(STARTS, "wafer/month")
    assert spearmanr(series.at(2027), series.at(2028)).statistic == pytest.approx(1.0)


def test_linear_series_interpolate_what_was_drawn(small):
    text = """
        extends: baseline
        parameters:
          smic.wafers.starts:
            by_year: {2026: {low: 0, value: 1, high: 2}, 2028: {low: 10, value: 20, high: 30}}
            between: linear
            source: judgement
        """
    series = members(small.scenario(text)).series(STARTS, "wafer/month")
    assert series.at(2027) == pytest.approx((series.at(2026) + series.at(2028)) / 2)


def test_correlation_none_draws_every_date_by_itself(small):
    text = """
        extends: baseline
        parameters:
          smic.wafers.starts:
            by_year: {2026: {low: 0, value: 1, high: 2}, 2028: {low: 10, value: 20, high: 30}}
            correlation: none
            source: judgement
        """
    series = members(small.scenario(text), 0, 5000).series(STARTS, "wafer/month")
    assert abs(spearmanr(series.at(2026), series.at(2028)).statistic) < 0.05


def test_member_17_is_member_17(small):
    scenario = small.load()
    assert (
        members(scenario, 0, 100).value(DENSITY, "1/cm^2")[17]
        == members(scenario, 0, 10_000).value(DENSITY, "1/cm^2")[17]
    )


CORRELATED = """
    extends: baseline
    correlations:
      - {between: [smic.n2.defect_density, smic.learning], rank: 0.8, source: judgement}
      - {between: [smic.learning, smic.wafers.starts], rank: -0.5, source: judgement}
    """


def test_correlations_reach_their_rank(small):
    inputs = members(small.scenario(CORRELATED), 0, 40_000)
    density, learning = inputs.value(DENSITY, "1/cm^2"), inputs.value("smic.learning", "1")
    starts = inputs.series(STARTS, "wafer/month").at(2028)
    assert spearmanr(density, learning).statistic == pytest.approx(0.8, abs=0.01)
    assert spearmanr(learning, starts).statistic == pytest.approx(-0.5, abs=0.01)
    assert abs(spearmanr(density, starts).statistic) < 0.02
    assert np.quantile(learning, [0.05, 0.95]) == pytest.approx([0.15, 0.45], abs=0.003)


@pytest.mark.parametrize("size", [1, 7, 8193])
def test_blocks_change_no_bit(small, size):
    scenario = small.scenario(CORRELATED)
    stop = {1: 60, 7: 500, 8193: 16_500}[size]
    whole = members(scenario, 0, stop).drawn()
    parts = [members(scenario, at, min(at + size, stop)).drawn() for at in range(0, stop, size)]
    for name, column in whole.items():
        assert np.concatenate([part[name] for part in parts]).tobytes() == column.tobytes(), name


def test_a_new_parameter_moves_nobody_elses_draws(small):
    before = members(small.scenario(CORRELATED)).drawn()
    small.write("facts/more.yaml", "aaa: {value: 2, low: 1, high: 3, unit: GW, source: derived}\n")
    after = members(small.load("what_if")).drawn()
    assert set(after) - set(before) == {"aaa"}
    for name, column in before.items():
        assert (after[name] == column).all(), name


def test_scenarios_share_their_draws(small):
    """Common random numbers: a what-if is a paired difference."""
    base = members(small.load()).value("smic.learning", "1")
    other = members(small.load("baseline", {DENSITY: 0.2})).value("smic.learning", "1")
    assert (base == other).all()


def test_the_central_run_takes_central_values(small):
    inputs = Inputs(small.scenario(CORRELATED), CentralDraws())
    assert inputs.members == 1
    assert inputs.value(DENSITY, "1/cm^2").tolist() == [0.17]
    assert inputs.series(STARTS, "wafer/month").at(2027).tolist() == [7000]
    assert inputs.uniform("control us hbm", 2026).tolist() == [0.5]
    assert inputs.drawn()["smic.cost"].tolist() == [2.0]


def test_drawn_columns(small):
    inputs = members(small.load())
    inputs.uniform("control us hbm", 2027)
    inputs.uniform("control us hbm", 2028)
    columns = inputs.drawn()
    assert list(columns) == [
        "chips.nvidia_h100.price_usd",
        DENSITY,
        f"{STARTS}@2026-07",
        f"{STARTS}@2028",
        "smic.learning",
        "smic.cost",
        "control us hbm@2027",
        "control us hbm@2028",
    ]
    assert all(column.shape == (1000,) for column in columns.values())
    assert (columns[DENSITY] == inputs.value(DENSITY, "1/cm^2")).all()
    assert (columns[f"{STARTS}@2028"] == inputs.series(STARTS, "wafer/month").at(2028)).all()
    assert (columns["control us hbm@2027"] == MemberDraws(1, 0, 1000).uniform("control us hbm", 2027)).all()


def test_only_what_was_read_if_asked(small):
    inputs = members(small.load())
    inputs.value(DENSITY, "1/cm^2")
    inputs.value("chips.nvidia_h100.bf16_tflops", "TFLOP/s")
    assert list(inputs.drawn(unread=False)) == [DENSITY]
    assert inputs.read == {DENSITY, "chips.nvidia_h100.bf16_tflops"}


def test_values_respect_bounds(small):
    inputs = members(small.load("baseline", {DENSITY: {"low": 0.02, "value": 0.5, "high": 0.98, "dist": "normal"}}))
    value = inputs.value(DENSITY, "1/cm^2")
    assert value.min() == 0.01
    assert value.max() == 1.0
