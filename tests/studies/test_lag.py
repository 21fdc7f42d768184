"""The lag: the age of the leader's level, its sign, and what cannot be told."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from podrace.studies.lag import LAG_VARIABLES, lag_years, lags

YEARS = np.arange(2022.0, 2030.0)
NAN = float("nan")


def test_the_same_path_some_years_later():
    leader = 1.7 ** (YEARS - 2022)
    np.testing.assert_allclose(lag_years(leader, leader / 1.7**2.5, YEARS), [NAN] * 3 + [2.5] * 5, rtol=1e-12)
    np.testing.assert_allclose(lag_years(leader, leader / 1.7**2, YEARS), [NAN] * 2 + [2.0] * 6, atol=1e-12)


def test_between_two_years_growth_is_at_a_constant_rate():
    years = np.array([2024.0, 2026.0])
    assert lag_years(np.array([1.0, 100.0]), np.array([0.1, 10.0]), years)[1] == pytest.approx(1.0)


def test_the_record_does_not_reach_back():
    assert np.isnan(lag_years(np.array([5.0, 6.0, 7.0]), np.array([1.0, 2.0, 4.9]), YEARS[:3])).all()
    assert lag_years(np.array([5.0, 6.0]), np.array([1.0, 5.0]), YEARS[:2])[1] == 1.0


def test_a_record_that_starts_from_nothing_tells_only_from_its_first_level():
    leader = np.array([0.0, 4.0, 8.0])
    np.testing.assert_equal(lag_years(leader, np.array([0.0, 2.0, 4.0]), YEARS[:3]), [NAN, NAN, NAN])
    np.testing.assert_allclose(lag_years(leader, np.array([0.0, 2.0, 5.0]), YEARS[:3])[2], 1 - np.log2(5 / 4))


@pytest.mark.parametrize("nothing", [0.0, NAN])
def test_no_level_no_lag(nothing):
    assert np.isnan(lag_years(np.array([1.0, 2.0]), np.array([nothing, nothing]), YEARS[:2])).all()
    assert np.isnan(lag_years(np.array([nothing, nothing]), np.array([1.0, 2.0]), YEARS[:2])).all()


def test_negative_where_the_follower_leads():
    leader, follower = np.array([1.0, 1.5, 2.0, 3.0]), np.array([1.0, 2.0, 4.0, 8.0])
    found = lag_years(leader, follower, YEARS[:4])
    assert found[0] == 0.0
    np.testing.assert_allclose(found[1:], [-(1 - np.log2(1.5)), -1.0, -(2 - np.log2(1.5))])


def test_a_leader_that_fell_back_is_measured_by_when_it_first_had_the_level():
    leader = np.array([1.0, 4.0, 3.0])
    assert lag_years(leader, np.array([0.5, 1.0, 2.0]), YEARS[:3])[2] == pytest.approx(1.5)


levels = st.lists(st.floats(0.01, 1e6), min_size=8, max_size=8).map(np.array)


@given(levels, levels)
def test_who_leads_is_only_a_sign(one, other):
    np.testing.assert_array_equal(lag_years(one, other, YEARS), -lag_years(other, one, YEARS))


@given(levels, levels, st.floats(1.01, 3.0))
def test_a_higher_follower_is_never_further_behind(leader, follower, more):
    lag, less = lag_years(leader, follower, YEARS), lag_years(leader, more * follower, YEARS)
    known = ~np.isnan(lag) & ~np.isnan(less)
    same_side = (follower <= leader) == (more * follower <= leader)
    behind = known & same_side & (follower < leader)
    assert (less[behind] <= lag[behind] + 1e-9).all()
    assert not (np.isnan(less) & ~np.isnan(lag) & (more * follower <= leader)).any()


def test_members_stand_alone():
    rng = np.random.default_rng(3)
    leader = np.cumprod(rng.uniform(1.0, 2.0, (8, 5)), axis=0)
    follower = leader * rng.uniform(0.1, 1.5, (8, 5))
    together = lag_years(leader, follower, YEARS)
    for member in range(5):
        np.testing.assert_array_equal(together[:, member], lag_years(leader[:, member], follower[:, member], YEARS))


def test_of_a_dataset():
    array = np.stack([0.5 * 2.0 ** (YEARS - 2022), 2.0 ** (YEARS - 2022)], axis=1)[None]
    dims = ("member", "year", "side")
    data = xr.Dataset({"fleet_h100e": (dims, array)}, coords={"year": YEARS.astype(int), "side": ["china", "us"]})
    found = lags(data)
    assert list(found) == ["fleet_h100e"]
    assert set(found) <= set(LAG_VARIABLES)
    np.testing.assert_allclose(found["fleet_h100e"][1:, 0], 1.0)
    turned = lags(data, ["fleet_h100e"], leader="china", follower="us")["fleet_h100e"]
    np.testing.assert_array_equal(turned, -found["fleet_h100e"])
