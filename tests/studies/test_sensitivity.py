"""Sensitivity: known indices of known functions through the same code, and the model's own promises."""

import numpy as np
import pytest

from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.faults import ScenarioError
from podrace.studies.factors import CHANCE, REST, Factor, factors_of, place, stepped_draws, switched_draws
from podrace.studies.sensitivity import morris, sensitivity, sobol

A, B = 7.0, 0.1
FACTORS = tuple(Factor(name, (name,)) for name in ("x1", "x2", "x3", "x4"))


def ishigami(draws):
    """Of the literature, with a fourth parameter that does nothing."""
    x1, x2, x3 = (np.pi * (2 * draws.uniform(name) - 1) for name in ("x1", "x2", "x3"))
    return np.sin(x1) + A * np.sin(x2) ** 2 + B * x3**4 * np.sin(x1) + 0 * draws.uniform("x4")


def known_indices():
    variance = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
    one, two = 0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8
    both = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    return {"x1": (one, one + both), "x2": (two, two), "x3": (0.0, both), "x4": (0.0, 0.0)}, variance


@pytest.fixture(scope="module")
def known():
    return sobol(ishigami, FACTORS, 4096)


def test_ishigami_has_its_known_indices(known):
    expected, variance = known_indices()
    assert known.variance == pytest.approx(variance, rel=0.02)
    assert known.mean == pytest.approx(A / 2, rel=0.02)
    for name, (first, total) in expected.items():
        row = known.table.loc[name]
        assert row["first"] == pytest.approx(first / variance, abs=0.02)
        assert row["total"] == pytest.approx(total / variance, abs=0.02)
        assert row["first_low"] - 0.01 <= first / variance <= row["first_high"] + 0.01
        assert row["total_low"] - 0.01 <= total / variance <= row["total_high"] + 0.01


def test_what_does_nothing_gets_zero_and_no_rank(known):
    for name in ("x4", CHANCE):
        assert known.table.loc[name, ["first", "total", "total_low", "total_high"]].tolist() == [0.0] * 4
        assert not known.table.loc[name, "ranked"]
    assert known.table.index[:3].tolist() == ["x1", "x2", "x3"]


def test_morris_knows_what_does_nothing_and_what_is_linear():
    table = morris(ishigami, FACTORS, 60).table
    assert table.loc["x4", "mu_star"] == 0.0
    assert not table.loc["x4", "ranked"]
    line = morris(lambda draws: 3 * draws.uniform("x1") - draws.uniform("x2"), FACTORS, 10).table
    assert line.loc["x1", "mu_star"] == pytest.approx(3 * 0.9)
    assert line.loc["x2", "mu"] == pytest.approx(-0.9)
    assert line.loc["x1", "sigma"] == pytest.approx(0.0, abs=1e-9)


def test_chance_in_decisions_is_blamed_on_nobody_else():
    def coin(draws):
        return draws.uniform("x1") + 2 * draws.uniform("decision", 2027)

    table = sobol(coin, FACTORS, 1024).table
    assert table.loc["x2", "total"] == table.loc["x3", "total"] == 0.0
    assert table.loc[CHANCE, "total"] == pytest.approx(0.8, abs=0.06)
    assert table.loc["x1", "total"] == pytest.approx(0.2, abs=0.04)
    steps = morris(coin, FACTORS, 10).table
    assert steps.loc["x2", "mu_star"] == 0.0
    assert steps.loc["x1", "sigma"] == pytest.approx(0.0, abs=1e-9)


def test_what_is_left_out_holds_its_variance_together():
    def sums(draws):
        return sum(weight * draws.uniform(name) for name, weight in (("x1", 2.0), ("x2", 1.0), ("x3", 1.0)))

    table = sobol(sums, FACTORS[:1], 2048, rest=FACTORS[1:]).table
    assert table.loc["x1", "total"] == pytest.approx(4 / 6, abs=0.05)
    assert table.loc[REST, "total"] == pytest.approx(2 / 6, abs=0.05)
    assert table["first"].sum() == pytest.approx(1.0, abs=0.05)


def test_parameters_that_hang_together_are_one_factor():
    pair = (Factor("x1 + x2", ("x1", "x2")), FACTORS[2])

    def product(draws):
        return (draws.uniform("x1") - 0.5) * (draws.uniform("x2") - 0.5)

    table = sobol(product, pair, 1024).table
    assert table.loc["x1 + x2", "first"] == pytest.approx(1.0, abs=0.1)
    assert table.loc["x3", "total"] == 0.0


def test_groups_share_their_draws_wherever_they_are_cut():
    """A design in blocks gives each member what it has in one piece."""
    factors = (*FACTORS[:2], Factor(REST, ("a", "b")), Factor(CHANCE, ()))
    rows = np.random.default_rng(0).uniform(size=(6 * 4, 4))
    rows = (
        np.repeat(rows[::6], 6, axis=0) + np.kron(np.ones((4, 1)), np.vstack([np.zeros(4), np.eye(4), np.ones(4)])) / 8
    )
    whole = switched_draws(3, factors, rows, 0, 6)
    part = switched_draws(3, factors, rows[12:], 2, 6)
    for name, year in (("x1", 0), ("a", 0), ("coin", 2030)):
        np.testing.assert_array_equal(whole.uniform(name, year)[12:], part.uniform(name, year))
    coin, a = whole.uniform("coin", 2030).reshape(4, 6), whole.uniform("a").reshape(4, 6)
    for group in (*coin[:, :4].T,):
        np.testing.assert_array_equal(group, coin[:, 0])
    assert (coin[:, 4] != coin[:, 0]).all()
    np.testing.assert_array_equal(coin[:, 4], coin[:, 5])
    np.testing.assert_array_equal(a[:, 1], a[:, 0])
    assert (a[:, 3] != a[:, 0]).all()
    np.testing.assert_array_equal(coin[:, 0], MemberDraws(3, 0, 8).uniform("coin", 2030)[::2])
    walk = stepped_draws(3, factors, rows, 0, 6)
    np.testing.assert_array_equal(walk.uniform("a"), walk.uniform("b"))


@pytest.fixture(scope="module")
def short():
    return load("baseline", {"years.end": 2026})


@pytest.fixture(scope="module")
def study(short):
    return sensitivity(short, "logic_yield", 2026, "china", samples=64, top=4, seed=5)


def test_the_model_obeys_the_sum_rules(study):
    table = study.indices.table
    assert len(table) == 4 + 2
    assert len(study.indices.left_out) == len(factors_of(study.scenario)) - 4
    first, low = table["first"].sum(), (table["first"] - table["first_low"]).pow(2).sum() ** 0.5
    assert first <= 1.0 + 2 * low
    assert (table["total_high"] >= table["first_low"]).all()
    assert table["total"].sum() >= 1.0 - 2 * low
    assert (table["total"] >= 0).all()


def test_parameters_without_effect_on_a_number_get_nothing(short):
    """SMIC's yield does not ask how long an American power plant takes."""
    number = place(short, "logic_yield", 2026, "china")
    chosen = [factor for factor in factors_of(short) if factor.name in {"grids.us.lead_time", "smic.n2.defect_density"}]
    table = sobol(number, chosen, 32, seed=1).table
    assert table.loc["grids.us.lead_time", "total"] == 0.0
    assert not table.loc["grids.us.lead_time", "ranked"]
    assert table.loc["smic.n2.defect_density", "total"] > 0.1


def test_the_same_seed_gives_the_same_indices(short, study, monkeypatch):
    monkeypatch.setattr("podrace.studies.sensitivity.BLOCK", 2000)
    again = sensitivity(short, "logic_yield", 2026, "china", samples=64, top=4, seed=5)
    assert again.indices.table.equals(study.indices.table)
    assert again.screening.table.equals(study.screening.table)


def test_neither_blocks_nor_workers_change_a_number(short, study, monkeypatch):
    number, chosen = study.place, [f for f in factors_of(short) if f.name not in study.indices.left_out]
    rest = [f for f in factors_of(short) if f.name in study.indices.left_out]
    monkeypatch.setattr("podrace.studies.sensitivity.BLOCK", 300)
    for workers in (1, 2):
        found = sobol(number, chosen, 64, 5, rest=rest, workers=workers)
        assert found.table.equals(study.indices.table)
    assert not sobol(number, chosen, 64, 6, rest=rest).table.equals(study.indices.table)


def test_nothing_after_the_year_matters(short):
    """The run ends with the year that is asked for: later years cannot move it."""
    chosen = factors_of(short)[:1]
    early = place(load("baseline", {"years.end": 2028}), "fleet_h100e", 2025, "china")
    rows = np.random.default_rng(1).uniform(size=(6, 1))
    draws = [switched_draws(1, chosen, rows, 0, 3) for _ in range(2)]
    assert early.scenario.end == 2025
    later = place(load("baseline", {"years.end": 2028}), "fleet_h100e", 2028, "china")
    whole = type(early)(later.scenario, "fleet_h100e", 2025, "china")
    np.testing.assert_array_equal(early(draws[0]), whole(draws[1]))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"variable": "fleet_h100"}, "did you mean fleet_h100e"),
        ({"variable": "binding_input"}, "is a category"),
        ({"variable": "hbm_runout_year", "side": "ratio"}, "no ratio"),
        ({"variable": "hbm_runout_year", "side": "us"}, "has no value in"),
        ({"year": 2040}, "2022 to 2026"),
        ({"side": "chna"}, "did you mean china"),
        ({"method": "sobel"}, "sobol, morris"),
        ({"samples": 100}, "power of two.*128"),
        ({"samples": 1, "method": "morris"}, "2 or more"),
        ({"top": 0}, "1 or more"),
    ],
)
def test_wrong_questions(short, options, said):
    asked = {"variable": "fleet_h100e", "year": 2024, "side": "china", "samples": 2} | options
    with pytest.raises(ScenarioError, match=said):
        sensitivity(
            short, asked.pop("variable"), asked.pop("year"), asked.pop("side"), top=asked.pop("top", 1), **asked
        )
