"""Calibration: what is fitted, within which bounds, that the stored values are what the fit gives."""

from dataclasses import replace

import numpy as np
import pytest
import yaml
from by_hand import constants, own_cases, scenario

from podrace.scenarios.faults import ScenarioError
from podrace.studies import hardware_fit as hf
from podrace.studies.hardware_cases import read_fitted_cases
from podrace.studies.hardware_facts import facts_of


@pytest.fixture(scope="module")
def problem():
    return hf.problem_of(own_cases(), scenario(), constants())


@pytest.fixture(scope="module")
def everything():
    return hf.problem_of(read_fitted_cases(), scenario(), constants())


@pytest.fixture(scope="module")
def fitted(everything):
    """One more round from where the stored fit stopped."""
    return hf.fit(everything, leave_out=False, start=hf.stored(everything), rounds=1)


@pytest.fixture(scope="module")
def small():
    """The fit of four tables, each left out in turn."""
    few = replace(own_cases(), cases=[case for case in own_cases().cases if case.id in {"A04c", "A08a", "A13c", "A15"}])
    return hf.fit(hf.problem_of(few, scenario(), constants()))


def test_a_file_without_training_rows_has_nothing_to_fit():
    other = replace(own_cases(), cases=[case for case in own_cases().cases if case.kind == "power"])
    with pytest.raises(ScenarioError, match="nothing to fit"):
        hf.problem_of(other, scenario(), constants())


def test_few_parameters_none_of_them_for_a_case(problem):
    assert len(problem.bounds) < 25
    assert len(problem.levels) == len({(level.stack, level.year) for level in problem.levels})
    assert len(problem.settings) > 5 * len(problem.bounds)
    assert hf.Level(*hf.REFERENCE) not in problem.levels
    assert all(item.low < item.centre < item.high and item.meaning for item in problem.bounds)


def test_the_fit_keeps_its_bounds_and_reaches_the_accuracy(fitted):
    for item in fitted.bounds:
        value = fitted.growth if item.name == "growth" else fitted.parameters[item.name]
        assert item.low <= value <= item.high
    total = fitted.summary(fitted.errors)
    assert total["dense"]["mean_abs_error"] < 0.08
    assert total["moe"]["mean_abs_error"] < 0.15


def test_order_and_relative_errors_are_counted_within_tables(everything):
    logs = np.zeros(len(everything.settings))
    kept = np.ones(len(logs), dtype=bool)
    assert hf.misplaced(everything, logs, kept).max() == 0  # published values stand in their own order
    place = next(i for i, owner in enumerate(everything.owners) if owner.id == "A01a")
    logs[place] += 0.5
    assert hf.misplaced(everything, logs, kept).max() > 0.3
    other = np.array([owner.id != "A01a" for owner in everything.owners])
    assert hf.misplaced(everything, logs, other).max() == 0
    within = hf.inside_tables(everything, logs)
    assert within[place] == pytest.approx(0.5 * 4 / 5)
    assert not within[other].any()


def test_the_stored_values_are_those_of_the_fit(fitted):
    k = constants()
    for name, value in fitted.parameters.items():
        if name != "growth":
            assert getattr(k.training, name) == pytest.approx(value, rel=0.1), name
    for level, value in fitted.levels.items():
        assert dict(k.stacks.find(level.stack).levels)[level.year] == pytest.approx(value, rel=0.05)


def test_the_facts_it_writes_are_records_with_provenance(fitted):
    written = yaml.safe_load(facts_of(fitted, "2026-11"))["hardware"]
    assert set(written) == {"training", "software", "stacks"}
    records = [*written["training"].values(), *(r for stack in written["stacks"].values() for r in stack.values())]
    assert all({"value", "unit", "source", "as_of", "confidence", "note"} == set(record) for record in records)
    assert written["stacks"]["nemo"]["y2025"]["value"] == 1


def test_a_table_left_out_is_predicted_from_the_others(small):
    assert set(small.left_out) == set(small.errors) == {"A04c", "A08a", "A13c", "A15"}
    for case, errors in small.left_out.items():
        assert len(errors) == len(small.errors[case])
        assert np.isfinite(errors).all()
    mean = {name: part["moe"]["mean_abs_error"] for name, part in
            (("in", small.summary(small.errors)), ("out", small.summary(small.left_out)))}  # fmt: skip
    assert mean["out"] > mean["in"]


def test_a_stack_seen_in_no_other_table_follows_the_common_growth(problem):
    kept = np.array([owner.id != "A08a" for owner in problem.owners])
    supported = hf._supported(problem, kept)
    assert hf.Level("mindspeed", 2025) not in supported
    assert hf.Level("megatron", 2023) in supported


def test_parity_holds_every_fitted_row(problem):
    points = hf.parity(own_cases(), scenario(), constants())
    assert len(points) == len(problem.settings)
    assert all(abs(point.predicted_tflops / point.published_tflops - 1) < 0.3 for point in points)
