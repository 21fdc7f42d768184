"""Scores: against what can be worked out by hand."""

import numpy as np
import pytest

from podrace.scenarios.cases import Point
from podrace.studies.scores import known, scale_of, score, totals

SAMPLE = np.arange(1.0, 101.0)


def scored(value, sample=SAMPLE, **ends):
    point = Point(year=2024, value=value, **ends)
    return score(point, 2025.0, sample, scale=scale_of(point, [point], date=False))


def test_crps_is_the_mean_distance_less_half_the_mean_difference():
    by_hand = np.mean(np.abs(SAMPLE - 30.0)) - 0.5 * np.mean(np.abs(SAMPLE[:, None] - SAMPLE[None, :]))
    assert scored(30.0).crps == pytest.approx(by_hand)
    assert scored(30.0).crps_relative == pytest.approx(by_hand / 30.0)


def test_inside_and_error():
    found = scored(30.0)
    assert found.error == pytest.approx(50.5 / 30.0 - 1.0)
    assert found.inside == {50: True, 80: True, 90: True}
    assert scored(8.0).inside == {50: False, 80: False, 90: True}
    assert scored(300.0).inside == {50: False, 80: False, 90: False}


def test_a_range_that_meets_the_members_is_not_missed():
    assert scored(120.0).missed
    assert not scored(120.0, low=90.0, high=130.0).missed


def test_members_beyond_a_bound_count_as_on_it():
    assert scored(40.0, low=40.0).error == 0.0
    assert scored(99.5, low=99.5).error == pytest.approx(50.5 / 99.5 - 1.0)
    assert scored(1.0, low=1.0).crps == 0.0
    assert scored(40.0, low=40.0).quantiles[0.5] == 50.5


def test_a_zero_is_measured_by_its_range_or_the_series():
    zero = Point(year=2026, value=0.0, low=0.0, high=50.0)
    assert scale_of(zero, [zero], date=False) == 50.0
    bare, large = Point(year=2026, value=0.0), Point(year=2025, value=4.0)
    assert scale_of(bare, [bare, large], date=False) == 4.0
    assert scored(0.0, np.zeros(5)).error == 0.0
    assert np.isnan(scored(0.0).error)


def test_dates_that_never_come_count_as_the_end_of_the_run():
    assert known(np.array([2026.2, np.nan]), 2036.0).tolist() == [2026.2, 2036.0]


def test_totals_are_means_over_points():
    found = totals([scored(30.0), scored(300.0)])
    assert (found.n, found.coverage80, found.missed) == (2, 0.5, 1)
    assert found.mean_abs_error == pytest.approx((50.5 / 30 - 1 + 1 - 50.5 / 300) / 2)
