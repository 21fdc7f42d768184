"""One assumption at a time: the central run beside its neighbours, and nothing else moved."""

from types import SimpleNamespace

import numpy as np
import pytest

from podrace.model.registry import VARIABLES
from podrace.scenarios.compose import load
from podrace.scenarios.draws import CentralDraws
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.inputs import Inputs
from podrace.scenarios.moves import Move, MovedInputs, at_quantile, nudged, with_values
from podrace.scenarios.schema import Record
from podrace.studies import effect
from podrace.studies.effect import without_effect
from podrace.studies.ensemble import run_central
from podrace.studies.one_at_a_time import HIGH, LOW, one_at_a_time, run_moves


@pytest.fixture(scope="module")
def baseline():
    return load("baseline", {"years.end": 2030})


@pytest.fixture(scope="module")
def study(baseline):
    return one_at_a_time(baseline)


def test_two_members_for_every_uncertain_record_beside_the_central_one(baseline, study):
    assert set(study.paths) == {path for path, record in baseline.records.items() if record.uncertain}
    assert study.arrays["fleet_h100e"].shape[2] == 1 + 2 * len(study.paths)


def test_member_zero_is_the_central_run_to_the_last_bit(baseline, study):
    central, _ = run_central(baseline)
    differ = [n for n in central if not np.array_equal(central[n][..., 0], study.arrays[n][..., 0], equal_nan=True)]
    assert differ == []


def test_each_member_moves_one_record_and_leaves_all_others_exactly_central(baseline):
    paths = [path for path, record in baseline.records.items() if record.uncertain][:8]
    moves = [at_quantile(path, baseline.record(path), HIGH) for path in paths]
    inputs, central = MovedInputs(baseline, moves), Inputs(baseline, CentralDraws())
    for place, path in enumerate(paths, start=1):
        moved = 0
        for (_, values), (_, value), (_, point) in zip(
            inputs.points(path), central.points(path), baseline.record(path).points(), strict=True
        ):
            others = np.delete(np.asarray(values) * np.ones(inputs.members), place)
            assert (others == np.ravel(value)[0]).all()
            moved += point.uncertain and float(np.asarray(values)[place]) != point.value
        assert moved


def test_all_years_of_a_record_move_together(baseline):
    dated = next(path for path, record in baseline.records.items() if record.dated and record.uncertain)
    low, high = (at_quantile(dated, baseline.record(dated), u).values for u in (LOW, HIGH))
    uncertain = [point.uncertain for _, point in baseline.record(dated).points()]
    assert [a < b for a, b in zip(low, high, strict=True)] == uncertain


def test_records_whose_years_draw_alone_still_move_together():
    record = Record(
        by_year={2024: {"low": 1, "value": 2, "high": 4}, 2026: {"low": 3, "value": 5, "high": 9}},
        dist="uniform",
        correlation="none",
    )
    assert at_quantile("a", record, 0.5).values == (2.5, 6.0)


def test_effects_have_the_sign_of_the_physics_and_the_largest_span_first(study):
    table = study.effects("logic_yield", 2028, "china")
    assert table["span"].is_monotonic_decreasing
    defects = table.loc["smic.n2.defect_density"]
    assert defects["low_input"] < defects["input"] < defects["high_input"]
    assert defects["at_low"] > defects["central"] > defects["at_high"]


def test_the_ratio_is_that_of_the_two_sides(study):
    sides = [study.values("fleet_h100e", 2030, side) for side in ("us", "china")]
    np.testing.assert_array_equal(study.values("fleet_h100e", 2030, "ratio"), sides[0] / sides[1])


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("fleet_h100", 2030, "china"), "fleet_h100e"),
        (("fleet_h100e", 2031, "china"), "2022 to 2030"),
        (("fleet_h100e", 2030, "chna"), "did you mean china"),
    ],
)
def test_a_number_that_is_not_there(study, place, said):
    with pytest.raises(ScenarioError, match=said):
        study.effects(*place)


@pytest.fixture
def among(monkeypatch):
    """Ask about some of the candidates: each costs a run at both of its ends."""

    def ask(table):
        few = lambda scenario: SimpleNamespace(inert=[p for p in one_at_a_time(scenario).inert if p.startswith(table)])  # noqa: E731
        monkeypatch.setattr(effect, "one_at_a_time", few)

    return ask


def test_a_parameter_without_effect_is_found(baseline, among):
    """The weights of the acceptance rule move nothing when the rule is off."""
    weight = "policy.china.acceptance.performance"
    without = load(baseline, {"behaviour.rules.acceptance": False})
    assert weight not in one_at_a_time(baseline).inert
    assert weight in one_at_a_time(without).inert
    among("policy.china.")
    found = without_effect(without, members=4)
    assert weight in found.nowhere
    assert not set(found.nowhere) & set(found.around_central)


def test_inert_around_the_central_run_is_not_inert_everywhere(baseline, among):
    """How often Washington tightens shows in members whose dice fall that way, not in the central one."""
    among("policy.us.")
    found = without_effect(baseline, members=64)
    assert "policy.us.tighten_rate" in found.around_central


def test_moving_a_record_for_one_member_or_for_all_gives_the_same(baseline):
    path = "plants.smic.growth"
    move = at_quantile(path, baseline.record(path), HIGH)
    alone = run_moves(baseline, [move], ("fleet_h100e",))["fleet_h100e"][..., 1]
    scenario = with_values(baseline, [move])
    assert scenario.hash != baseline.hash
    np.testing.assert_allclose(run_central(scenario)[0]["fleet_h100e"][..., 0], alone, rtol=1e-12)
    assert baseline.record(path).value != scenario.record(path).value


@pytest.mark.parametrize(
    ("record", "whole", "expected"),
    [
        ({"value": 0.98, "unit": "1", "bounds": (0, 0.985)}, False, ((0.9702,), -0.01, True)),
        ({"value": 1.0, "unit": "1"}, False, ((0.99,), -0.01, True)),
        ({"value": 72, "unit": "package"}, True, ((73.0,), 1 / 72, True)),
        ({"value": 2026, "unit": "year"}, True, ((2027.0,), 1.0, False)),
        ({"value": 5, "unit": "year"}, True, ((5.05,), 0.01, True)),
        ({"by_year": {2024: 0.0, 2025: 10.0}, "unit": "GW"}, False, ((0.0, 10.1), 0.01, True)),
    ],
)
def test_nudges(record, whole, expected):
    move, step, relative = nudged("a", Record(**record), whole=whole)
    assert move == Move("a", pytest.approx(expected[0]))
    assert (step, relative) == (pytest.approx(expected[1]), expected[2])


def test_every_recorded_variable_is_there(study):
    assert set(study.arrays) == set(VARIABLES)
