"""Regret, parity and the ranking of levers: from the members of each scenario, and nothing else."""

import numpy as np
import pytest

from podrace.model.registry import SIDES
from podrace.scenarios.compose import load
from podrace.studies.compare import run_paired
from podrace.studies.standing import LEAD, OWN, _first_year, _shifts, levers, parity, regret

MEMBERS = 40


@pytest.fixture(scope="module")
def paired():
    base, *others = (
        load(name, {"years.end": 2030}) for name in ("baseline", "hbm_gap", "cxmt_surge", "us_power_crunch")
    )
    return run_paired(base, others, MEMBERS, seed=1)


def levels(paired, variable, side, year):
    row, place = year - paired.years[0], SIDES.index(side)
    arrays = [paired.base_arrays, *(other.arrays for other in paired.others)]
    return np.array([array[variable][row, place] for array in arrays])


@pytest.mark.parametrize("side", SIDES)
def test_regret_is_the_distance_to_the_best_of_each_member(paired, side):
    table = regret(paired, side, 2030).set_index(["variable", "basis", "scenario"])
    own = levels(paired, "fleet_h100e", side, 2030)
    worse = own.max(axis=0) - own
    for place, scenario in enumerate(("baseline", "hbm_gap", "cxmt_surge", "us_power_crunch")):
        row = table.loc["fleet_h100e", OWN, scenario]
        assert row["mean"] == pytest.approx(worse[place].mean())
        assert row["p90"] == pytest.approx(np.quantile(worse[place], 0.9))
        assert row["relative_mean"] == pytest.approx((worse[place] / own.max(axis=0)).mean())
    other = levels(paired, "fleet_h100e", "us" if side == "china" else "china", 2030)
    lead = own / other
    row = table.loc["fleet_h100e", LEAD, "hbm_gap"]
    assert row["relative_mean"] == pytest.approx((1 - lead[1] / lead.max(axis=0)).mean())


def test_some_scenario_is_the_best_of_each_member(paired):
    for side in SIDES:
        table = regret(paired, side, 2030)
        assert (table["mean"] >= 0).all()
        assert (table["relative_mean"] <= 1).all()
        assert (table.groupby(["variable", "basis"])["best"].sum() >= 1.0 - 1e-12).all()


def test_a_power_crunch_is_regretted_by_the_us(paired):
    table = regret(paired, "us", 2030).set_index(["variable", "basis", "scenario"])["relative_mean"]
    assert table["fleet_h100e", OWN, "us_power_crunch"] > table["fleet_h100e", OWN, "baseline"]
    assert table["fleet_h100e", LEAD, "cxmt_surge"] > table["fleet_h100e", LEAD, "hbm_gap"]


def test_one_scenario_beside_itself_has_no_regret(paired):
    alone = run_paired(paired.base, [paired.base], 6, seed=1)
    table = regret(alone, "china", 2030)
    assert table["scenario"].unique().tolist() == ["baseline"]
    assert (table["mean"] == 0).all()
    assert (table["best"] == 1).all()


def made_up(china):
    """Levels over three years of as many members as rows; the leader stands at 10."""
    array = np.full((3, 2, len(china)), 10.0)
    array[:, SIDES.index("china")] = np.array(china, dtype=float).T
    return array


def test_parity_is_the_first_year_at_the_leaders_level():
    array = made_up([[1, 10, 11], [1, 2, 3], [12, 1, 1], [1, 9.9, 10]])
    np.testing.assert_array_equal(_first_year(array, "china", range(2026, 2029)), [2027, np.inf, 2026, 2028])
    np.testing.assert_array_equal(_first_year(array, "us", range(2026, 2029)), [2026, 2026, 2027, 2026])


def test_shifts_count_never_as_the_latest():
    base, other = np.array([2027.0, 2027, np.inf, 2028, np.inf]), np.array([2026.0, np.inf, 2030, 2028, np.inf])
    earlier, same, later, gained, lost, mean, low, middle, high = _shifts(base, other)
    assert (earlier, same, later, gained, lost) == (0.4, 0.4, 0.2, 0.2, 0.2)
    assert mean == pytest.approx(-0.5)
    assert low <= middle <= high
    assert np.isnan(_shifts(base[4:], other[4:])[5])


def test_parity_of_the_model(paired):
    table = parity(paired)
    assert set(table["scenario"]) == {"baseline", "hbm_gap", "cxmt_surge", "us_power_crunch"}
    assert {"fleet_h100e", "cluster_training_eflops"} <= set(table["variable"])
    assert "binding_input" not in set(table["variable"])
    base = table[table["scenario"] == "baseline"]
    assert (base[["earlier", "later", "gained", "lost"]] == 0).all().all()
    np.testing.assert_allclose(table[["earlier", "same", "later"]].sum(axis=1), 1.0)
    crunch = table[table["scenario"] == "us_power_crunch"].set_index("variable")
    assert (crunch["later"] <= 1 / MEMBERS).all()
    quantiles = table[["p05", "p50", "p95"]].fillna(9999).to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


def test_levers_are_ranked_by_the_size_of_the_median(paired):
    table = levers(paired, "fleet_h100e", "us", 2030)
    assert table["scenario"].iloc[0] == "us_power_crunch"
    assert (np.diff(table["relative_p50"].abs()) <= 0).all()
    assert len(table) == 3
