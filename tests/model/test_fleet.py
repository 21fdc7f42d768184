"""Cohorts: retirement conserves, on every basis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.fleet import BASES, Ageing, Batch, Fleet, surviving_share

FAST = settings(max_examples=80, deadline=None, derandomize=True, database=None)
life = st.floats(2.0, 8.0)
failure = st.floats(0.0, 0.2)
FIELDS = ("packages", "h100e", "h100e_bf16", "power_gw", "smuggled_h100e")


def batch(packages, h100e=0.0):
    return Batch.of(packages=packages, h100e=h100e)


def number(values):
    """The one number of an array of one."""
    return float(np.asarray(values).item())


@FAST
@given(
    years=life,
    fails=failure,
    bought=st.lists(st.floats(0.0, 1e6), min_size=1, max_size=14),
    initial=st.floats(0.0, 1e6),
)
def test_what_was_put_in_is_in_service_or_retired(years, fails, bought, initial):
    fleet = Fleet(batch(initial, initial / 2), 1.0, Ageing(years, fails))
    gone = 0.0
    for packages in bought:
        before = number(fleet.total.packages)
        retired = fleet.retire()
        assert 0 <= number(retired.packages) <= before * (1 + 1e-12)
        gone += number(retired.packages)
        fleet.install(batch(packages, packages / 2))
    in_service = number(fleet.total.packages)
    assert in_service + gone == pytest.approx(initial + sum(bought), rel=1e-9, abs=1e-6)
    assert number(fleet.total.h100e) == pytest.approx(in_service / 2, rel=1e-9, abs=1e-6)


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
    fleet = Fleet(batch(np.array([100.0, 100.0])), 0.0, Ageing(np.array([2.0, 9.0]), 0.0))
    for _ in range(4):
        fleet.retire()
    np.testing.assert_array_equal(fleet.total.packages, [0.0, 100.0])


def test_batches_add_scale_and_subtract_on_every_basis():
    assert BASES == FIELDS
    a, b = (Batch.of(**dict(zip(FIELDS, (n, 2 * n, 3 * n, 4 * n, 5 * n), strict=True))) for n in (1.0, 10.0))
    assert [number(getattr(a + b, f)) for f in FIELDS] == [11.0, 22.0, 33.0, 44.0, 55.0]
    assert [number(getattr(b - a, f)) for f in FIELDS] == [9.0, 18.0, 27.0, 36.0, 45.0]
    assert [number(getattr(a.scaled(2.0), f)) for f in FIELDS] == [2.0, 4.0, 6.0, 8.0, 10.0]


def test_a_batch_of_members_keeps_each_members_own_amounts():
    made = Batch.of(packages=np.array([1.0, 2.0, 3.0]), power_gw=0.5)
    np.testing.assert_array_equal(made.packages, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(made.power_gw, [0.5, 0.5, 0.5])
    assert not made.h100e.any()
    np.testing.assert_array_equal((made + Batch()).packages, made.packages)


def test_a_batch_refuses_a_basis_it_does_not_count():
    with pytest.raises(TypeError, match=r"packages.*found weight"):
        Batch.of(packages=1.0, weight=2.0)


def test_owners_that_share_their_ageing_keep_fleets_of_their_own():
    ageing = Ageing(5.0, 0.03)
    one, two = Fleet(batch(100.0), 1.0, ageing), Fleet(batch(50.0), 1.0, ageing)
    one.install(batch(10.0))
    due = number(one.due().packages)
    assert number(one.retire().packages) == pytest.approx(due)
    assert number(one.total.packages) == pytest.approx(110.0 - due)
    assert number(two.total.packages) == 50.0
