"""Cohorts: retirement conserves, on every basis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.fleet import Batch, Fleet, surviving_share

FAST = settings(max_examples=80, deadline=None, derandomize=True, database=None)
life = st.floats(2.0, 8.0)
failure = st.floats(0.0, 0.2)
FIELDS = ("packages", "h100e", "h100e_bf16", "power_gw", "smuggled_h100e")


@FAST
@given(
    years=life,
    fails=failure,
    bought=st.lists(st.floats(0.0, 1e6), min_size=1, max_size=14),
    initial=st.floats(0.0, 1e6),
)
def test_what_was_put_in_is_in_service_or_retired(years, fails, bought, initial):
    fleet = Fleet(Batch(initial, initial / 2), 1.0, years, fails)
    gone = 0.0
    for packages in bought:
        before = float(fleet.total.packages)
        retired = fleet.retire()
        assert 0 <= float(retired.packages) <= before * (1 + 1e-12)
        gone += float(retired.packages)
        fleet.install(Batch(packages, packages / 2))
    in_service = float(fleet.total.packages)
    assert in_service + gone == pytest.approx(initial + sum(bought), rel=1e-9, abs=1e-6)
    assert float(fleet.total.h100e) == pytest.approx(in_service / 2, rel=1e-9, abs=1e-6)


@FAST
@given(years=life, fails=failure)
def test_survival_starts_at_one_falls_and_ends(years, fails):
    ages = np.arange(12)
    shares = [float(surviving_share(float(age), years, fails)) for age in ages]
    assert shares[0] == 1.0
    assert all(b <= a for a, b in zip(shares, shares[1:], strict=False))
    assert shares[int(np.ceil(years + 0.5))] == 0.0
    assert float(surviving_share(1.0, 8.0, fails)) == pytest.approx(1 - fails)


def test_mean_life_without_failures_is_the_life():
    for years in (3.0, 4.4, 6.0):
        lived = sum(float(surviving_share(float(age), years, 0.0)) for age in range(15))
        assert lived == pytest.approx(years + 0.5), "counted at year ends: half a year more than the life"


def test_members_age_by_their_own_life():
    fleet = Fleet(Batch(np.array([100.0, 100.0])), 0.0, np.array([2.0, 9.0]), 0.0)
    for _ in range(4):
        fleet.retire()
    np.testing.assert_array_equal(fleet.total.packages, [0.0, 100.0])


def test_batches_add_scale_and_subtract_on_every_basis():
    a, b = Batch(1.0, 2.0, 3.0, 4.0, 5.0), Batch(10.0, 20.0, 30.0, 40.0, 50.0)
    assert [getattr(a + b, f) for f in FIELDS] == [11.0, 22.0, 33.0, 44.0, 55.0]
    assert [getattr(b - a, f) for f in FIELDS] == [9.0, 18.0, 27.0, 36.0, 45.0]
    assert [getattr(a.scaled(2.0), f) for f in FIELDS] == [2.0, 4.0, 6.0, 8.0, 10.0]
