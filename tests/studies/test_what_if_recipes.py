"""What-ifs against the base, member by member, and the sharing out of a difference among its causes."""

from itertools import permutations

import numpy as np
import pytest

from podrace.scenarios.compose import load, together
from podrace.scenarios.fact_index import load_index
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.layers import PACKAGED
from podrace.studies import what_if_recipes
from podrace.studies.attribution import shapley
from podrace.studies.ensemble import run_ensemble, run_members
from podrace.studies.recipes import Context, Measure, measure

MEMBERS = 40
YEAR = 2030
CAUSES = ["no_chip_controls", "no_refusal", "no_input_controls", "no_subsidy"]
OUTPUT = {"variable": "h100e_produced", "side": "china", "year": YEAR}


@pytest.fixture(scope="module")
def context():
    return Context(run_ensemble(load("baseline"), members=MEMBERS), load_index(PACKAGED.facts), load)


@pytest.fixture(scope="module")
def away(context):
    """Home-made compute without any of the causes, member by member."""
    return context.without(CAUSES, YEAR)["h100e_produced"].sel(side="china", year=YEAR).values


def test_members_alone_are_those_of_an_ensemble(context):
    assert run_members(load("baseline"), MEMBERS).equals(context.base.data)


def test_what_ifs_are_paired_member_by_member(context):
    asked = {"variable": "hbm_used_pb", "side": "china", "year": 2027, "scenario": "hbm_gap"}
    other = run_ensemble(load("hbm_gap"), members=MEMBERS)
    gaps = (context.base.data - other.data)["hbm_used_pb"].sel(side="china", year=2027).values
    assert measure(context, "difference", asked).median == pytest.approx(np.median(gaps))
    assert measure(context, "raised", asked).median == pytest.approx(np.mean(gaps > 0))
    assert context.what_if("hbm_gap") is context.what_if("hbm_gap")


def test_a_scenario_does_not_differ_from_itself(context):
    same = OUTPUT | {"scenario": "baseline"}
    assert measure(context, "difference", same) == Measure(0.0, 0.0, 0.0, "H100e/year")
    assert measure(context, "relative", OUTPUT) == Measure(1.0, 1.0, 1.0, "1")


def test_changes_are_laid_over_a_scenario(context):
    changes = {"behaviour.rules.ecosystem": False}
    ours = {"variable": "software_efficiency", "side": "china", "year": 2035}
    plain = run_members(load("baseline", changes), MEMBERS)["software_efficiency"].sel(side="china", year=2035).values
    found = measure(context, "elsewhere", ours | {"changes": changes})
    assert found.median == pytest.approx(np.median(plain))
    assert measure(context, "relative", ours | {"changes": changes}).high <= 1.0


def test_three_levers_together_are_the_world_without_controls():
    ours = run_members(together(CAUSES[:3]), MEMBERS)
    theirs = run_members(load("no_controls_2022"), MEMBERS)
    differing = [name for name in ours if not ours[name].equals(theirs[name])]
    assert differing == ["political_state"]


@pytest.mark.parametrize("lever", CAUSES)
def test_each_lever_moves_something(lever, context):
    other = run_members(load(lever), MEMBERS)
    assert not np.allclose(
        other["h100e_produced"].sel(side="china"), context.base.data["h100e_produced"].sel(side="china")
    )


@pytest.mark.parametrize("variable", ["h100e_produced", "localisation_accelerators"])
def test_the_parts_add_up_in_every_member(context, variable):
    parts = what_if_recipes.attributed(context, CAUSES, variable, "china", YEAR)
    assert list(parts) == CAUSES
    with_all = context.base.data[variable].sel(side="china", year=YEAR).values
    with_none = context.without(CAUSES, YEAR)[variable].sel(side="china", year=YEAR).values
    np.testing.assert_allclose(sum(parts.values()), with_all - with_none, rtol=1e-9, atol=1e-6)


def test_the_means_of_the_parts_add_up(context, away):
    found = [measure(context, "part", OUTPUT | {"causes": CAUSES, "to": cause}) for cause in CAUSES]
    whole = measure(context, "part", OUTPUT | {"causes": CAUSES, "to": "all"})
    assert sum(part.median for part in found) == pytest.approx(whole.median)
    base = context.base.data["h100e_produced"].sel(side="china", year=YEAR).values
    assert whole.median == pytest.approx(np.mean(base - away))
    assert whole.reading == "mean"


def test_a_part_is_the_mean_over_all_orders():
    worth = {frozenset(away): np.array([float(7 * len(away) ** 2 - 3 * ("a" in away))]) for away in _subsets("abc")}
    parts = shapley(worth.__getitem__, "abc")
    for cause in "abc":
        steps = []
        for order in permutations("abc"):
            before = frozenset(order[: order.index(cause)])
            steps.append(worth[before] - worth[before | {cause}])
        assert parts[cause] == pytest.approx(np.mean(steps, axis=0))


def test_an_elasticity_of_zero_is_no_subsidy(context):
    pinned = context.without((), YEAR, {"policy.china.output_elasticity": 0.0})
    off = context.without(["no_subsidy"], YEAR)
    np.testing.assert_allclose(pinned["h100e_produced"].values, off["h100e_produced"].values)


def test_the_effect_is_told_at_each_elasticity(context):
    asked = OUTPUT | {"causes": CAUSES, "input": "policy.china.output_elasticity"}
    chances = [measure(context, "raised_at", asked | {"value": value}).median for value in (-0.1, 0.2)]
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    same = measure(context, "swing", asked | {"low": 0.2, "high": 0.2})
    assert (same.low, same.high) == (0.0, 0.0)
    there, back = (measure(context, "swing", asked | {"low": a, "high": b}) for a, b in ((-0.1, 0.2), (0.2, -0.1)))
    assert there.median == pytest.approx(-back.median)


def test_a_cause_that_is_not_listed_is_named(context):
    with pytest.raises(ScenarioError, match="did you mean no_subsidy"):
        measure(context, "part", OUTPUT | {"causes": CAUSES, "to": "no_subsidies"})


def _subsets(names):
    return [tuple(name for bit, name in enumerate(names) if mask >> bit & 1) for mask in range(2 ** len(names))]
