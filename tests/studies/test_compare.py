"""Paired comparison: the same members in each scenario, and differences that mean what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from podrace.model.registry import VARIABLES
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.studies.compare import check_names, run_paired
from podrace.studies.differences import statistics
from podrace.studies.effect import moves_from
from podrace.studies.ensemble import run_ensemble

MEMBERS = 24


@pytest.fixture(scope="module")
def baseline():
    return load("baseline", {"years.end": 2030})


@pytest.fixture(scope="module")
def gap():
    return load("hbm_gap", {"years.end": 2030})


@pytest.fixture(scope="module")
def paired(baseline, gap):
    return run_paired(baseline, [gap, baseline], MEMBERS, seed=3, block=7)


def test_a_scenario_does_not_differ_from_itself(paired):
    gap, itself = paired.others
    assert itself.inert
    assert not gap.inert
    for name in paired.variables:
        assert not np.nan_to_num(paired.difference(itself, name)).any()
    table = paired.differences()
    same = table[(table["scenario"] == "baseline") & ~table["variable"].str.contains("=")]
    assert (same["probability_same"].dropna() == 1.0).all()
    assert (same[["p05", "p50", "p95"]].fillna(0.0) == 0.0).all().all()


def test_members_are_those_of_a_run_with_the_same_seed(paired, baseline, gap):
    for scenario, found in ((baseline, paired.base_arrays), (gap, paired.others[0].arrays)):
        run = run_ensemble(scenario, MEMBERS, seed=3)
        for name in ("fleet_h100e", "hbm_stockpile_pb"):
            np.testing.assert_array_equal(np.moveaxis(found[name], 2, 0), run.data[name].values)


def test_both_scenarios_draw_the_same(baseline, gap):
    one, other = (run_ensemble(s, 6, seed=3).inputs for s in (baseline, gap))
    shared = [name for name in one if name in other]
    assert len(shared) > 100
    assert one[shared].equals(other[shared])


def test_block_size_does_not_matter(paired, baseline, gap):
    whole = run_paired(baseline, [gap, baseline], MEMBERS, seed=3)
    assert whole.differences().equals(paired.differences())
    assert whole.others[0].first_moved == paired.others[0].first_moved


def test_the_other_way_round_the_sign_turns(paired, baseline, gap):
    back = run_paired(gap, [baseline], MEMBERS, seed=3)
    for name in paired.variables:
        np.testing.assert_array_equal(paired.difference(paired.others[0], name), -back.difference(back.others[0], name))
    keys = ["variable", "side", "year"]
    there, here = paired.differences(), back.differences()
    both = there[there["scenario"] == "hbm_gap"].merge(here, on=keys, suffixes=("", "_back"))
    np.testing.assert_array_equal(both["probability_up"], both["probability_down_back"])
    np.testing.assert_array_equal(both["base_p50"], both["other_p50_back"])


def test_less_hbm_makes_no_more_accelerators_in_2026(paired):
    table = paired.differences(["accelerators_produced"], [2026], "china")
    row = table[table["scenario"] == "hbm_gap"].iloc[0]
    assert row["p50"] < 0
    assert row["probability_down"] > 0.5
    assert row["p05"] <= row["p25"] <= row["p50"] <= row["p75"] <= row["p95"]


def test_nothing_moves_before_the_ban(paired, baseline, gap):
    other = paired.others[0]
    assert other.moves_from == moves_from(baseline, gap, MEMBERS, seed=3) >= 2024
    assert other.first_moved["dies_imported"] is None
    for name in paired.variables:
        before = paired.difference(other, name)[: other.moves_from - baseline.start]
        assert not np.nan_to_num(before).any()


def test_a_scenario_is_inert_only_when_no_member_moves(baseline):
    """A hazard that the central run never meets still moves members: that is no inert lever."""
    hazard = load(baseline, {"policy.us.tighten_rate": 5.0, "title": "another"})
    central_only = run_paired(baseline, [hazard], 1, seed=0).others[0]
    many = run_paired(baseline, [hazard], 32, seed=0).others[0]
    assert not many.inert
    assert central_only.moves_from is None or central_only.moves_from >= many.moves_from


def test_shares_of_a_category_balance(paired):
    table = paired.differences(["binding_input"])
    gone = table["probability_up"] - table["probability_down"]
    np.testing.assert_allclose(gone, table["other_mean"] - table["base_mean"], atol=1e-12)
    shares = table.groupby(["scenario", "side", "year"])["other_mean"].sum()
    np.testing.assert_allclose(shares, 1.0)


def test_ratio_rows_are_of_the_two_sides(paired):
    table = paired.differences(["fleet_h100e"], [2028], "ratio")
    fleets = paired.base_arrays["fleet_h100e"][2028 - paired.years[0]]
    assert table["base_p50"].iloc[0] == pytest.approx(np.median(fleets[1] / fleets[0]))


def test_scenarios_meet_in_the_years_they_share(baseline, gap):
    found = run_paired(baseline, [gap.with_years(2024, 2026)], 2)
    assert list(found.years) == [2024, 2025, 2026]


def test_an_unknown_variable(baseline, gap):
    with pytest.raises(ScenarioError, match="did you mean fleet_h100e"):
        run_paired(baseline, [gap], 2, variables=["fleet_h100"])


def test_no_year_in_common(baseline, gap):
    with pytest.raises(ScenarioError, match="no year in common"):
        run_paired(baseline.with_years(2022, 2023), [gap.with_years(2026, 2028)], 2)


def test_names_must_tell_scenarios_apart(baseline, gap):
    check_names(baseline, [gap, baseline])
    for others in ([gap, gap], [gap, load(baseline, {"hbm.leakage": 0.0})]):
        with pytest.raises(ScenarioError, match="two scenarios of this name"):
            check_names(baseline, others)


numbers = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6))


@given(
    base=arrays(float, (2, 1, 5), elements=numbers),
    other=arrays(float, (2, 1, 5), elements=numbers),
    name=st.sampled_from(["fleet_h100e", "localisation_hbm", "hbm_runout_year"]),
)
def test_statistics_of_anything(base, other, name):
    variable = VARIABLES[name]
    there, back = statistics(variable, base, other), statistics(variable, other, base)
    sign = [there[f"probability_{word}"] for word in ("up", "down", "same")]
    total = sum(sign)
    assert np.all(np.isnan(total) | np.isclose(total, 1.0))
    np.testing.assert_array_equal(there["probability_up"], back["probability_down"])
    if variable.kind != "date":
        np.testing.assert_allclose(there["p05"], -back["p95"], equal_nan=True, atol=1e-6)
        assert np.all(np.isnan(there["p50"]) | ((there["p05"] <= there["p50"]) & (there["p50"] <= there["p95"])))


def test_a_date_that_never_comes_is_later_than_all():
    base, other = np.array([[[2026.0, 2027.0, np.nan]]]), np.array([[[np.nan, 2026.5, np.nan]]])
    found = statistics(VARIABLES["hbm_runout_year"], base, other)
    assert [float(found[f"probability_{word}"][0, 0]) for word in ("up", "down", "same")] == pytest.approx([1 / 3] * 3)
    assert np.isnan(found["p95"][0, 0])
    assert found["p50"][0, 0] == 0.0
