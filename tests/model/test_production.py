"""Plants: cycle time, yield, ramps, generations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.agents.fabs import hbm_stacks
from podrace.agents.grids import lagged
from podrace.model.production import (
    YIELD_MODELS,
    generation_shares,
    hbm_per_start,
    learned_defect_density,
    plant_output,
    ramp_level,
)

FAST = settings(max_examples=200, deadline=None, derandomize=True, database=None)
LONGEST = 9
"""Years of lead that are tried: beyond any history drawn."""
capacity = st.floats(0.0, 1e6)
lag = st.floats(0.0, 1.0)
density = st.floats(0.001, 1.0)
area = st.floats(0.1, 10.0)


@FAST
@given(points=st.tuples(capacity, capacity, capacity), late=lag)
def test_plant_output_stays_within_its_capacities(points, late):
    out = float(plant_output(*points, late))
    assert min(points) * (1 - 1e-9) - 1e-9 <= out <= max(points) * (1 + 1e-9)


@FAST
@given(level=capacity, late=lag)
def test_plant_of_constant_capacity_makes_its_capacity(level, late):
    assert float(plant_output(level, level, level, late)) == pytest.approx(level, rel=1e-12)


@FAST
@given(late=lag, step=st.floats(1.0, 1e5), start=capacity)
def test_plant_output_of_a_straight_ramp_is_the_middle_of_its_window(late, step, start):
    """Capacity grows by one step a year: the mean over [t - lag, t + 1 - lag] is the capacity at its middle."""
    out = float(plant_output(start, start + step, start + 2 * step, late))
    assert out == pytest.approx(start + step * (1.5 - late), rel=1e-9)


def test_plant_output_is_the_integral_of_capacity():
    before_last, last, now, late = 3.0, 7.0, 20.0, 0.37
    dates = np.linspace(-late, 1 - late, 200_001)
    assert float(plant_output(before_last, last, now, late)) == pytest.approx(
        np.interp(dates, [-1, 0, 1], [before_last, last, now]).mean(), rel=1e-5
    )


@pytest.mark.parametrize("model", YIELD_MODELS)
@FAST
@given(d=density, more=density, a=area)
def test_yield_falls_with_defects_and_area(model, d, more, a):
    yield_ = YIELD_MODELS[model]
    assert 0 < float(yield_(d, a)) <= 1
    assert float(yield_(d + more, a)) <= float(yield_(d, a))
    assert float(yield_(d, a * 1.5)) <= float(yield_(d, a))


@FAST
@given(d=density, a=area)
def test_murphy_is_kinder_than_poisson(d, a):
    assert float(YIELD_MODELS["murphy"](d, a)) >= float(YIELD_MODELS["poisson"](d, a)) * (1 - 1e-12)


@FAST
@given(start=density, made=st.floats(0.0, 1e7), reference=st.floats(1.0, 1e5), b=st.floats(0.0, 1.0), floor=density)
def test_learning_never_makes_a_line_worse_nor_better_than_its_floor(start, made, reference, b, floor):
    floor = min(floor, start)
    learned = float(learned_defect_density(start, made, reference, b, floor))
    assert floor <= learned <= start * (1 + 1e-12)
    later = float(learned_defect_density(start, made * 2, reference, b, floor))
    assert later <= learned * (1 + 1e-12)
    assert float(learned_defect_density(start, reference, reference, b, floor)) == pytest.approx(start)


def test_doubling_output_lowers_defects_by_the_learning_rate():
    once, twice = (float(learned_defect_density(0.2, n, 1.0, 0.3, 0.0)) for n in (1.0, 2.0))
    assert twice / once == pytest.approx(2**-0.3)


starts_ = st.lists(st.floats(2015.0, 2040.0), min_size=1, max_size=6).map(sorted)
ramp_ = st.floats(0.2, 3.0)


@FAST
@given(start=st.floats(2015.0, 2040.0), ramp=ramp_, year=st.integers(2016, 2039))
def test_ramp_level_is_the_mean_of_a_straight_ramp(start, ramp, year):
    dates = year + (np.arange(20_000) + 0.5) / 20_000
    expected = np.clip((dates - start) / ramp, 0.0, 1.0).mean()
    assert float(ramp_level(start, ramp, year)) == pytest.approx(expected, abs=1e-6)


@FAST
@given(starts=starts_, ramp=ramp_, year=st.integers(2015, 2042))
def test_generation_shares_fill_the_line(starts, ramp, year):
    shares = [float(share) for share in generation_shares(starts, ramp, year)]
    assert all(share >= 0 for share in shares)
    assert sum(shares) == pytest.approx(float(ramp_level(starts[0], ramp, year)), abs=1e-9)


@FAST
@given(first=st.floats(2016.0, 2025.0), gap=st.floats(0.0, 4.0), ramp=ramp_)
def test_a_displaced_generation_is_gone_to_the_last_bit(first, gap, ramp):
    """Dust of 1e-16 would make the plan think that the old design still runs and may take banked dies."""
    later = first + gap
    year = int(np.ceil(later + ramp)) + 1
    old, new = generation_shares([first, later], ramp, year)
    assert float(new) == pytest.approx(1.0)
    assert float(old) == 0.0


def test_a_late_first_generation_does_not_overtake_itself():
    """Drawn dates may cross: a newer design that comes before the older leaves nothing for it, and nothing negative."""
    shares = generation_shares([np.array([2028.0, 2026.0]), np.array([2027.0, 2027.0])], 1.0, 2027)
    assert all((share >= 0).all() for share in shares)


@FAST
@given(hbm=st.floats(1.0, 500.0), y=st.floats(0.05, 1.0), scrapped=st.floats(0.0, 1.0))
def test_hbm_per_start_lies_between_good_packages_and_all(hbm, y, scrapped):
    assert hbm * y * (1 - 1e-12) <= float(hbm_per_start(hbm, y, scrapped)) <= hbm * (1 + 1e-12)
    assert float(hbm_per_start(hbm, 1.0, scrapped)) == pytest.approx(hbm)
    assert float(hbm_per_start(hbm, y, 1.0)) == pytest.approx(hbm)


def test_hbm_stacks():
    assert float(hbm_stacks(1_000.0, 500.0, 0.5, 8.0)) == 31_250.0


@FAST
@given(
    history=st.lists(st.floats(0.0, 1e3), min_size=1, max_size=9),
    lead=st.one_of(st.floats(0.0, LONGEST), st.integers(0, LONGEST).map(float)),
)
def test_lagged_reads_history_between_years(history, lead):
    back = [history[max(len(history) - 1 - place, 0)] for place in range(LONGEST + 1)]
    expected = np.interp(lead, range(LONGEST + 1), back)
    assert float(lagged(history, lead)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_lagged_takes_each_members_own_lead():
    history = [np.array([0.0, 0.0]), np.array([10.0, 100.0])]
    np.testing.assert_allclose(lagged(history, np.array([0.0, 0.5])), [10.0, 50.0])
