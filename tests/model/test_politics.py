"""Reactions: hazards, acceptance, subsidies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.politics import acceptance, chance, subsidised_growth, tightening_hazard

FAST = settings(max_examples=150, deadline=None, derandomize=True, database=None)
WEIGHTS = (5.0, 1.5, 4.0, 5.0)
rate = st.floats(0.0, 3.0)
flow = st.floats(0.0, 1e6)
lead = st.floats(0.1, 20.0)
share = st.floats(0.0, 1.0)


@FAST
@given(r=rate, f=flow, more=flow, scale=st.floats(1.0, 1e6))
def test_tightening_rises_with_the_flow_and_stays_a_chance(r, f, more, scale):
    low, high = (float(tightening_hazard(r, x, scale)) for x in (f, f + more))
    assert 0 <= low <= high * (1 + 1e-12) <= float(chance(r)) * (1 + 1e-9) + 1e-12
    assert float(tightening_hazard(r, 0.0, scale)) == 0.0


def test_chance_of_a_year():
    assert float(chance(0.0)) == 0.0
    assert float(chance(np.log(2))) == pytest.approx(0.5)


@FAST
@given(a=lead, better=st.floats(1.0, 5.0), cover=share, more=share, anger=st.sampled_from([0.0, 1.0]))
def test_acceptance_is_monotone_in_each_argument(a, better, cover, more, anger):
    here = float(acceptance(a, cover, anger, WEIGHTS))
    assert 0 <= here <= 1
    assert float(acceptance(a * better, cover, anger, WEIGHTS)) >= here
    assert float(acceptance(a, cover + more, anger, WEIGHTS)) <= here
    assert float(acceptance(a, cover, 1.0, WEIGHTS)) <= float(acceptance(a, cover, 0.0, WEIGHTS))


def test_acceptance_of_a_chip_without_lead_is_a_number():
    assert float(acceptance(0.0, 0.0, 0.0, WEIGHTS)) == pytest.approx(0.0, abs=1e-6)


@FAST
@given(growth=st.floats(1.0, 3.0), felt=share, e=st.floats(-0.2, 0.2))
def test_subsidy_follows_the_sign_of_its_elasticity(growth, felt, e):
    subsidised = float(subsidised_growth(growth, e, felt))
    assert (subsidised - growth) * e >= -1e-12
    assert float(subsidised_growth(growth, 0.0, felt)) == pytest.approx(growth, rel=1e-15)
    assert float(subsidised_growth(growth, e, 0.0)) == pytest.approx(growth, rel=1e-15)
    assert float(subsidised_growth(1.0, e, felt)) == 1.0
