"""Clusters over time: failures, runs, days."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrace.model.hardware.cluster import goodput, largest_run_flop, own_size_rate, training_days


@pytest.mark.parametrize(("chips", "minutes", "share"), [(1e5, 3, 0.91), (1e6, 3, 0.50), (1e6, 1, 0.75)])
def test_goodput_of_the_brief(chips, minutes, share):
    assert goodput(chips, 5e4, minutes) == pytest.approx(share, abs=0.005)


@given(st.floats(1, 1e7), st.floats(1.01, 100), st.floats(1e3, 1e6), st.floats(0.1, 60))
def test_goodput_falls_with_size_and_lost_time(chips, factor, mtbf, minutes):
    share = goodput(chips, mtbf, minutes)
    assert 0 < share <= 1
    assert goodput(chips * factor, mtbf, minutes) <= share
    assert goodput(chips, mtbf, minutes * factor) <= share
    assert goodput(chips, mtbf * factor, minutes) >= share


def test_arrays_agree_with_scalars():
    chips = np.array([8.0, 1e4, 1e6])
    assert goodput(chips, 5e4, 2.0).tolist() == [goodput(float(n), 5e4, 2.0) for n in chips]


def test_a_run_and_its_days_are_inverse(hardware):
    job = hardware.jobs["reference_moe_2t"]
    days = training_days(job, 1e20)
    assert largest_run_flop(1e20, days) == pytest.approx(1.8e25)


@given(
    rates=st.lists(st.floats(1e18, 1e22), min_size=3, max_size=3).map(sorted),
)
def test_the_largest_run_has_the_size_of_what_is_trained(rates):
    """Run = rate at the job of its own size; a machine that gains nothing from larger jobs keeps its rate."""
    sizes = [1e26, 1e27, 1e28]
    rate = float(own_size_rate(rates, sizes, 90.0))
    run = rate * 90 * 86_400
    assert rate >= rates[0] * (1 - 1e-9) or run < sizes[0]
    assert float(own_size_rate([rates[0]] * 3, sizes, 90.0)) == pytest.approx(rates[0], rel=1e-9)
    assert float(own_size_rate([0.0, 0.0, 0.0], sizes, 90.0)) == 0.0
    faster = float(own_size_rate([2 * r for r in rates], sizes, 90.0))
    assert faster >= 2 * rate * (1 - 1e-9), "twice the machine trains at least twice the run"
