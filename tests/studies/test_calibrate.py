"""Calibration: weights do what likelihood says, and a posterior finds a truth that the prior can reach."""

import numpy as np
import pytest
import yaml

from podrace.scenarios.cases import Place, Point, read_cases
from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.inputs import Inputs
from podrace.scenarios.readings import load_readings
from podrace.studies.calibrate import calibrate
from podrace.studies.ensemble import run_ensemble
from podrace.studies.mapping import map_case
from podrace.studies.predict import ledger, reduced
from podrace.studies.weighing import (
    Target,
    Values,
    effective,
    log_likelihood,
    out_of_reach,
    resample,
    tempered,
    weights,
)

RULES = load_readings().calibration
TRUTH = 5
PATH = "plants.tsmc_cowos.lag"


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


@pytest.fixture(scope="module")
def made_up(baseline, tmp_path_factory):
    """History as member 5 of seed 99 had it, with narrow ranges."""
    run = run_ensemble(baseline.with_years(2022, 2025), 6, seed=99)
    rows = []
    for variable, side, unit in (
        ("nvidia_h100e_sold", "us", "H100e/year"), ("huawei_packages_sold", "china", "package/year"),
        ("hbm_stockpile_pb", "china", "PB"), ("fleet_h100e", "china", "H100e"),
    ):  # fmt: skip
        values = run.data[variable].sel(side=side).isel(member=TRUTH)
        points = [
            {"year": year, "value": float(v), "low": float(0.97 * v), "high": float(1.03 * v)}
            for year in (2022, 2023, 2024, 2025) if (v := values.sel(year=year).item()) > 0
        ]  # fmt: skip
        rows.append({"id": f"{variable}_{side}", "variable": variable, "side": side, "unit": unit, "role": "scored", "points": points})  # fmt: skip
    path = tmp_path_factory.mktemp("cases") / "made_up.yaml"
    path.write_text(yaml.safe_dump({"format": 1, "start": 2022, "series": rows}), encoding="utf-8")
    return read_cases(path)


@pytest.fixture(scope="module")
def found(baseline, made_up):
    return calibrate(baseline, made_up, 2024, members=20_000, keep=400, workers=1)


def target(value, baseline, **ends):
    rows = {"id": "x", "variable": "h100e_produced", "side": "us", "unit": "H100e/year", "role": "scored"}
    from podrace.scenarios.cases import Case

    point = Point(year=2024, value=value, **ends)
    mapped = map_case(Case(**rows, points=(point,)), baseline, load_readings())
    return Target(mapped, point, Place(2024.0, 2025.0))


def test_nearer_members_weigh_more_and_ratios_count(baseline):
    one = target(100.0, baseline, low=80.0, high=125.0)
    logs = log_likelihood([one], np.array([[100.0, 110.0, 1 / 0.011, 300.0]]), RULES)
    assert logs[0] > logs[1] > logs[3]
    assert logs[1] == pytest.approx(logs[2], rel=0.01)


def test_a_wider_published_range_weighs_less(baseline):
    values = np.array([[100.0, 150.0]])
    narrow = log_likelihood([target(100.0, baseline, low=95.0, high=105.0)], values, RULES)
    wide = log_likelihood([target(100.0, baseline, low=50.0, high=200.0)], values, RULES)
    assert narrow[0] - narrow[1] > wide[0] - wide[1] > 0


def test_series_nobody_comes_near_are_named(baseline):
    near, far = target(100.0, baseline), target(1e9, baseline)
    assert out_of_reach([near], np.full((1, 50), 110.0), RULES) == {}
    assert out_of_reach([far], np.full((1, 50), 110.0), RULES) == {"x": 0.0}


def test_tempering_keeps_as_many_effective_members_as_asked():
    logs = -0.5 * np.linspace(0.0, 40.0, 5000) ** 2
    power = tempered(logs, 1000)
    assert 0.0 < power < 1.0
    assert effective(weights(logs, power)) == pytest.approx(1000, rel=0.01)
    assert tempered(np.zeros(2000), 1000) == 1.0


def test_members_are_chosen_as_often_as_they_weigh():
    shares = np.array([0.1, 0.6, 0.0, 0.3])
    counts = np.bincount(resample(shares, 1000, seed=3), minlength=4)
    assert counts == pytest.approx(1000 * shares, abs=1)


def test_the_posterior_is_nearer_to_the_truth_than_the_prior(found, baseline):
    truth = float(Inputs(baseline, MemberDraws(99, 0, 6)).points(PATH)[0][1][TRUTH])
    prior = Inputs(baseline, MemberDraws(0, 0, 4000)).points(PATH)[0][1]
    posterior = Inputs(found.posterior, MemberDraws(0, 0, 400)).points(PATH)[0][1]
    assert abs(np.mean(posterior) - truth) < abs(np.mean(prior) - truth)
    before, after = found.scores(afterwards=False)
    assert after.crps_relative < before.crps_relative
    assert found.effective >= min(RULES.least_effective, found.members) * 0.99


def test_a_posterior_member_lives_the_prior_members_history(found, baseline):
    short = baseline.with_years(2022, 2024)
    leaves = [one.mapped.reading.leaf for one in found.targets]
    after = ledger(found.posterior.with_years(2022, 2024), 3, 0, leaves)
    first = Inputs(found.posterior, MemberDraws(0, 0, 3)).draws.indices
    for member, index in enumerate(first):
        from podrace.studies.predict import run_ledger

        prior = run_ledger(short, 0, int(index), int(index) + 1, leaves)
        for leaf in leaves:
            assert after.values[leaf][:, member] == pytest.approx(prior.values[leaf][:, 0], rel=1e-12)


def test_workers_and_blocks_change_nothing(found, baseline):
    short = baseline.with_years(2022, 2024)
    leaves = tuple(dict.fromkeys(one.mapped.reading.leaf for one in found.targets))
    values = Values(found.targets)
    one, two = (reduced(short, 8_200, 0, leaves, values, workers=count) for count in (1, 2))
    assert (one == two).all()
    assert (reduced(short, 10, 0, leaves, values, workers=1) == one[:, :10]).all()


def test_what_cannot_be_calibrated_is_refused(found, made_up, baseline):
    with pytest.raises(ScenarioError, match="a posterior already"):
        calibrate(found.posterior, made_up, 2024, members=1000, workers=1)
    with pytest.raises(ScenarioError, match="year outside"):
        calibrate(baseline, made_up, 2050, members=1000, workers=1)


def test_no_value_after_the_year_is_used(found):
    assert max(one.place.end for one in found.targets) <= 2025.0
    assert all(one.point.year <= 2024 for one in found.targets)
