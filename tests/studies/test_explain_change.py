"""What changed is taken apart exactly: in every member, year, side and scenario the terms add up to the change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.registry import SIDES
from podrace.scenarios.compose import load
from podrace.studies.ensemble import run_block
from podrace.studies.explain_change import cluster_change, fleet_change, lmdi, rest
from podrace.studies.explain_year import read_year

ROUNDING = 1e-12
MEMBERS = 16
SCENARIOS = {
    "baseline": load("baseline"),
    "no controls": load("no_controls_2022"),
    "no home chips": load("baseline", {"china_packaging.capacity": {"by_year": {"2020": 0.0}, "unit": "wafer/month", "source": "what-if"}}),
    "dark": load("baseline", {"grids.china.ai_power": {"by_year": {"2021": 0.0}, "unit": "GW", "source": "what-if"}}),
    "late": load("baseline", {"years.start": 2026}),
}  # fmt: skip
NUMBERS = st.floats(1e-6, 1e6)


@settings(max_examples=25)
@given(
    scenario=st.sampled_from(tuple(SCENARIOS)),
    year=st.integers(2022, 2035),
    side=st.sampled_from(SIDES),
    seed=st.integers(0, 2**32),
)
def test_terms_add_up_to_the_change_in_every_member(scenario, year, side, seed):
    loaded = SCENARIOS[scenario]
    reading = read_year(loaded, max(year, loaded.start), side, MEMBERS, seed)
    for change in (fleet_change(reading), cluster_change(reading)):
        scale = np.abs(change.before) + np.abs(change.after) + sum(np.abs(term.values) for term in change.terms)
        assert np.isfinite(scale).all()
        assert (np.abs(rest(change)) <= ROUNDING * scale).all(), (change.variable, scenario, year, side)


@pytest.mark.parametrize("side", SIDES)
def test_terms_are_what_the_run_records(side):
    scenario, year, seed = SCENARIOS["baseline"], 2026, 4
    reading = read_year(scenario, year, side, MEMBERS, seed)
    arrays = run_block(scenario, seed, 0, MEMBERS).arrays
    row, place = scenario.years.index(year), SIDES.index(side)

    def recorded(name, when=row, of=place):
        return arrays[name][when, of]

    fleet, cluster = fleet_change(reading), cluster_change(reading)
    np.testing.assert_array_equal(fleet.after, recorded("fleet_h100e"))
    np.testing.assert_array_equal(fleet.before, recorded("fleet_h100e", row - 1))
    np.testing.assert_array_equal(cluster.after, recorded("cluster_training_eflops"))
    terms = {term.id: term.values for term in fleet.terms}
    np.testing.assert_allclose(-terms["retired"], recorded("h100e_retired"))
    stored = recorded("h100e_inventory") - recorded("h100e_inventory", row - 1)
    np.testing.assert_allclose(-terms["inventory"], stored)
    firms = sum(terms[seller.name] for seller in reading.sellers if seller.name in terms)
    exported = recorded("h100e_imported", of=1 - place)
    np.testing.assert_allclose(firms, recorded("h100e_produced") - exported)
    for name in ("imported", "smuggled"):
        np.testing.assert_array_equal(terms.get(name, np.zeros(MEMBERS)), recorded(f"h100e_{name}"))
    np.testing.assert_array_equal(-terms.get("diverted", np.zeros(MEMBERS)), recorded("h100e_smuggled", of=1 - place))


def test_a_better_cluster_has_one_builder_and_an_old_one_none():
    reading = read_year(SCENARIOS["baseline"], 2028, "china", 200, 1)
    holders = np.sum([buyer.holds for buyer in reading.buyers], axis=0)
    better = reading.after.frontier_eflops > reading.before.frontier_eflops
    assert 0 < better.mean() < 1
    np.testing.assert_array_equal(holders, better.astype(int))
    for term in cluster_change(reading).terms:
        assert not term.values[~better].any()


@given(
    pairs=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6),
    same=st.booleans(),
)
def test_parts_of_a_product_add_up_and_a_factor_that_stays_has_none(pairs, same):
    before, after = [np.array([a]) for a, _ in pairs], [np.array([b]) for _, b in pairs]
    if same:
        after[0] = before[0]
    one, other = np.prod(before, axis=0), np.prod(after, axis=0)
    parts = lmdi(before, after, one, other)
    size = np.sum(np.abs(parts)) + np.abs(one) + np.abs(other)
    assert np.abs(np.sum(parts) - (other - one)) <= 1e-11 * size
    if same and len(pairs) > 1:
        assert parts[0] == 0.0
    for part, (a, b) in list(zip(parts, pairs, strict=True))[1:]:
        assert part * (b - a) >= 0
    back = lmdi(after, before, other, one)
    np.testing.assert_allclose(np.array(back), -np.array(parts), rtol=1e-6, atol=1e-9 * size[0])


def test_what_appears_or_disappears_is_the_first_factors():
    none, two, three = (np.array([value]) for value in (0.0, 2.0, 3.0))
    assert [part.tolist() for part in lmdi([none, two], [three, two], none, 6.0 * np.ones(1))] == [[6.0], [0.0]]
    assert [part.tolist() for part in lmdi([three, two], [none, none], 6.0 * np.ones(1), none)] == [[-6.0], [0.0]]
    assert [part.tolist() for part in lmdi([none, none], [none, none], none, none)] == [[0.0], [0.0]]


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-9, 1e-4])
def test_parts_stay_exact_where_a_product_hardly_moves(gap):
    one, factor = np.array([7.0]), np.array([1.0])
    moved = factor * (1.0 + gap)
    parts = lmdi([one, factor], [one, moved], one * factor, one * moved)
    assert float(parts[0][0]) == 0.0
    assert float(parts[1][0]) == pytest.approx(float((one * moved - one * factor)[0]), rel=1e-6, abs=2e-15)
