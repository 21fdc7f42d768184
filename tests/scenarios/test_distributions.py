"""Distributions: the stated percentiles, modes and ends; and the impossible ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.scenarios import distributions
from podrace.scenarios.distributions import at_year, central, describe, problem, quantile, record_quantile
from podrace.scenarios.schema import DISTS, Record

GRID = (np.arange(200_001) + 0.5) / 200_001


def draw(u=GRID, **entries):
    record = Record(unit="1", source="judgement", **entries)
    assert problem(record) is None
    return quantile(record, np.asarray(u, dtype=float), record.points()[0][1])


def at(dist, u, low=0.5, value=2.0, high=7.0):
    return draw(np.array([u]), dist=dist, low=low, value=value, high=high)[0]


@pytest.mark.parametrize("dist", ["normal", "lognormal"])
def test_low_value_high_are_p5_p50_p95(dist):
    assert at(dist, 0.05) == pytest.approx(0.5, rel=1e-12)
    assert at(dist, 0.50) == pytest.approx(2.0, rel=1e-12)
    assert at(dist, 0.95) == pytest.approx(7.0, rel=1e-12)


@pytest.mark.parametrize("dist", ["uniform", "triangular", "loguniform", "pert"])
def test_low_and_high_are_the_ends(dist):
    values = draw(dist=dist, low=0.5, value=2.0, high=7.0)
    assert values.min() >= 0.5
    assert values.max() <= 7.0
    assert values.min() == pytest.approx(0.5, abs=0.02)
    assert values.max() == pytest.approx(7.0, abs=0.2)


@pytest.mark.parametrize("dist", ["triangular", "pert"])
def test_value_is_the_mode(dist):
    counts, edges = np.histogram(draw(dist=dist, low=0.5, value=2.0, high=7.0), bins=65)
    peak = edges[counts.argmax()]
    assert 1.8 <= peak <= 2.1


def test_means_are_those_of_the_textbook():
    assert draw(dist="triangular", low=0.5, value=2.0, high=7.0).mean() == pytest.approx(9.5 / 3, rel=1e-4)
    assert draw(dist="uniform", low=0.5, value=2.0, high=7.0).mean() == pytest.approx(3.75, rel=1e-4)
    assert draw(dist="pert", low=0.5, value=2.0, high=7.0).mean() == pytest.approx((0.5 + 8 + 7) / 6, rel=1e-4)
    assert draw(dist="loguniform", low=0.5, value=2.0, high=7.0).mean() == pytest.approx(6.5 / np.log(14), rel=1e-4)


@pytest.mark.parametrize("dist", list(distributions.INVERSE))
@pytest.mark.parametrize(
    ("low", "value", "high"), [(0.5, 2.0, 7.0), (1.0, 1.0, 4.0), (1.0, 4.0, 4.0), (1e-9, 1.0, 1e9)]
)
def test_larger_draws_give_larger_values(dist, low, value, high):
    values = draw(GRID[::100], dist=dist, low=low, value=value, high=high)
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize("dist", list(distributions.INVERSE))
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blocks_change_no_bit(dist, size):
    u = GRID[::97].copy()
    whole = draw(u, dist=dist, low=0.5, value=2.0, high=7.0)
    parts = [draw(u[i : i + size].copy(), dist=dist, low=0.5, value=2.0, high=7.0) for i in range(0, len(u), size)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_a_range_without_dist_is_triangular():
    record = Record(low=1, value=2, high=4)
    assert record.dist == "triangular"
    assert record.uncertain


def test_a_fixed_number_is_a_python_float():
    assert type(draw(value=3)) is float
    assert not Record(value=3).uncertain


def test_draws_are_clipped_to_bounds():
    values = draw(dist="normal", low=0.5, value=2.0, high=7.0, bounds=[1.0, 6.0])
    assert values.min() == 1.0
    assert values.max() == 6.0
    assert np.median(values) == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize(
    ("entries", "key", "message"),
    [
        ({}, "value", "either value or by_year"),
        ({"value": 1, "by_year": {2026: 1}}, "value", "beside by_year"),
        ({"low": 3, "value": 2, "high": 4}, "low", "above the value"),
        ({"low": 1, "value": 5, "high": 4}, "high", "below the value"),
        ({"low": 2, "value": 2, "high": 2}, "low", "low equals high"),
        ({"low": 2, "value": 2, "high": 2, "dist": "uniform"}, "low", "low equals high"),
        ({"low": 1, "value": 2}, "high", "go together"),
        ({"value": 2, "high": 3}, "low", "go together"),
        ({"value": 2, "dist": "normal"}, "dist", "needs low and high"),
        ({"by_year": {2026: 2}, "dist": "normal"}, "dist", "needs low and high"),
        ({"low": 0, "value": 2, "high": 3, "dist": "lognormal"}, "low", "above zero"),
        ({"low": -1, "value": 2, "high": 3, "dist": "loguniform"}, "low", "above zero"),
        ({"low": 1, "value": 2, "high": 3, "dist": "constant"}, "dist", "takes no low and high"),
        ({"value": 2, "bounds": [3, 4]}, "value", "outside bounds"),
        ({"value": 2, "bounds": [4, 3]}, "bounds", "lowest, highest"),
        ({"low": -1e308, "value": 0, "high": 1e308}, "high", "too wide"),
        ({"low": 1e-300, "value": 1, "high": 2, "dist": "loguniform"}, "high", "too wide"),
        ({"by_year": {2026: 1}, "low": 0, "high": 2}, "low", "belong to the dated values"),
        ({"by_year": {2026: {"low": 3, "value": 2, "high": 4}}}, "by_year", "above the value"),
    ],
)
def test_impossible_distributions(entries, key, message):
    found = problem(Record(**entries))
    assert found is not None
    assert found[0] == key
    assert message in found[1]


def test_the_dated_value_rule():
    points = [(2024.0, 1.0), (2026.5, 2.0), (2028.0, 4.0)]
    years = [2020, 2024, 2025, 2026, 2026.5, 2027, 2028, 2040]
    assert [at_year(points, year, "hold") for year in years] == [1, 1, 1, 1, 2, 2, 4, 4]
    assert [at_year(points, year, "linear") for year in years] == pytest.approx([1, 1, 1.4, 1.8, 2, 2 + 2 / 3, 4, 4])


def test_central_values():
    dated = Record(by_year={2026: {"low": 1, "value": 2, "high": 9}, 2024: 1})
    assert central(dated) is None
    assert [central(dated, year) for year in (2020, 2025, 2026, 2030)] == [1, 1, 2, 2]
    assert central(Record(value=5), 2030) == 5


def test_quantile_of_a_record_in_a_year():
    record = Record(
        by_year={2024: {"low": 0, "value": 1, "high": 2}, 2026: {"low": 0, "value": 10, "high": 20}}, between="linear"
    )
    values = record_quantile(record, np.array([0.5, 0.125]), 2025)
    assert values == pytest.approx([5.5, (0.5 + 5) / 2])


def test_every_distribution_is_described():
    assert [line.split(":")[0] for line in describe().splitlines()] == list(DISTS)
    assert {*distributions.INVERSE, "constant"} == set(DISTS)


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=500)
@given(st.tuples(FINITE, FINITE, FINITE), st.sampled_from(sorted(distributions.INVERSE)), st.floats(2**-54, 1 - 2**-53))
def test_any_allowed_range_gives_a_finite_value(numbers, dist, u):
    low, value, high = sorted(numbers)
    record = Record(low=low, value=value, high=high, dist=dist)
    if problem(record) is None:
        drawn = quantile(record, np.array([u]), record.points()[0][1])
        assert np.isfinite(drawn).all()
