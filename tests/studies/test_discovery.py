"""Scenario discovery: boxes that were put there are found, noise is not, and a result is read sparingly."""

import numpy as np
import pandas as pd
import pytest

import podrace as pr
from podrace.scenarios.faults import ScenarioError
from podrace.studies import discovery
from podrace.studies.condition import Named
from podrace.studies.discovery import discover
from podrace.studies.result_files import RunInMemory, input_columns, open_folder

MEMBERS = 1000


@pytest.fixture(scope="module")
def inputs():
    rng = np.random.default_rng(4)
    return pd.DataFrame(rng.uniform(size=(MEMBERS, 25)), columns=[f"p{k}" for k in range(25)])


@pytest.fixture(scope="module")
def cases(inputs):
    """Two ranges lead there, and one member in fifty gets there by chance."""
    noise = np.random.default_rng(5).uniform(size=MEMBERS) < 0.02
    return ((inputs["p3"] > 0.6) & (inputs["p7"] < 0.5)).to_numpy() ^ noise


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_a_box_that_was_put_there_is_found(inputs, cases, method):
    found = discover(inputs, cases, method=method)
    limits = {limit.name: limit for limit in found.boxes[0].limits}
    assert set(limits) == {"p3", "p7"}
    assert limits["p3"].low == pytest.approx(0.6, abs=0.04)
    assert limits["p3"].high is None
    assert limits["p7"].high == pytest.approx(0.5, abs=0.04)
    assert found.boxes[0].all.density > 0.85
    assert found.boxes[0].held_out.density > 0.8
    assert found.boxes[0].all.coverage > 0.8


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_the_measures_are_what_they_say(inputs, cases, method):
    found = discover(inputs, cases, method=method)
    inside = found.boxes[0].inside(inputs)
    box = found.boxes[0].all
    assert (box.members, box.cases) == (inside.sum(), (inside & cases).sum())
    assert box.density == pytest.approx(cases[inside].mean())
    assert box.coverage == pytest.approx((inside & cases).sum() / cases.sum())
    assert box.mass == pytest.approx(inside.mean())
    assert found.cases == cases.sum()
    steps = found.trajectory
    assert steps[["coverage", "density", "mass"]].to_numpy().min() >= 0
    assert steps[["coverage", "density", "mass"]].to_numpy().max() <= 1
    assert steps["chosen"].sum() == 1


def test_peeling_gains_density_for_coverage(inputs, cases):
    steps = discover(inputs, cases).trajectory
    assert steps["coverage"].iloc[0] == 1.0
    assert steps["density"].iloc[0] == pytest.approx(cases.mean(), abs=0.05)
    assert steps["density"].iloc[-1] > 0.9
    assert steps["mass"].iloc[-1] < steps["mass"].iloc[0]


def test_more_density_can_be_asked_for(inputs):
    soft = np.random.default_rng(6).uniform(size=MEMBERS) < inputs["p3"].to_numpy() ** 3
    usual, dense = discover(inputs, soft), discover(inputs, soft, density=0.8)
    assert dense.trajectory["density"][dense.trajectory["chosen"]].item() >= 0.8
    assert dense.boxes[0].all.density > usual.boxes[0].all.density


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_noise_has_no_boxes(inputs, method):
    """What half of the members suggest does not hold in the others."""
    noise = np.random.default_rng(8).uniform(size=MEMBERS) < 0.3
    found = discover(inputs, noise, method=method)
    assert all(box.all.density < 0.5 for box in found.boxes)
    assert sum(len(box.limits) for box in found.boxes) <= 1


def test_two_ways_there_are_two_boxes(inputs):
    two = ((inputs["p3"] > 0.8) | (inputs["p7"] < 0.15)).to_numpy()
    found = discover(inputs, two)
    assert {limit.name for box in found.boxes[:2] for limit in box.limits} >= {"p3", "p7"}
    assert found.together.coverage > found.boxes[0].all.coverage


def test_the_same_again(inputs, cases):
    one, two = discover(inputs, cases, seed=3), discover(inputs.copy(), cases.copy(), seed=3)
    assert one.boxes == two.boxes
    assert one.trajectory.equals(two.trajectory)


@pytest.mark.parametrize(("all_of_them", "said"), [(False, "no member"), (True, "every member")])
def test_nothing_to_tell_apart(inputs, all_of_them, said):
    with pytest.raises(ScenarioError, match=said):
        discover(inputs, np.full(MEMBERS, all_of_them))


def test_a_missing_library_is_named(inputs, cases, monkeypatch):
    def gone(module):
        raise ImportError(name=module)

    monkeypatch.setattr("importlib.import_module", gone)
    with pytest.raises(ScenarioError, match=r"prim needs ema_workbench: pip install 'podrace\[discovery\]'"):
        discover(inputs, cases)


def test_few_members_and_constant_columns(inputs, cases):
    few = inputs.head(12).assign(constant=1.0)
    found = discover(few, np.arange(12) < 3)
    assert "constant" not in found.inputs
    assert found.members == 12


@pytest.fixture(scope="module")
def result():
    return pr.run("baseline", members=40, seed=1, years=(2023, 2028))


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    return result.save(tmp_path_factory.mktemp("run") / "result", figures=False)


def test_a_folder_reads_as_the_run_in_memory(result, folder):
    written, memory = open_folder(folder), RunInMemory(result.scenario, result.data, result.inputs)
    assert (written.members, written.years, written.columns) == (memory.members, memory.years, memory.columns)
    for named in (
        Named("fleet_h100e", "us", 2028),
        Named("fleet_h100e", "ratio", 2025),
        Named("binding_input", "china", 2026),
    ):
        np.testing.assert_array_equal(written.read(named), memory.read(named))
    names = input_columns(written, 2026)
    assert names == input_columns(memory, 2026)
    pd.testing.assert_frame_equal(written.inputs(names), memory.inputs(names), check_names=False)


def test_each_draw_stands_once_and_none_is_of_later_decisions(result):
    memory = RunInMemory(result.scenario, result.data, result.inputs)
    plain = input_columns(memory, 2026)
    paths = [name.partition("@")[0] for name in plain]
    uncertain = {path for path, record in result.scenario.records.items() if record.uncertain}
    assert set(paths) == uncertain
    assert len(paths) == len(uncertain)
    more = set(input_columns(memory, 2026, decisions=True)) - set(plain)
    assert more
    assert all(int(name.rpartition("@")[2]) <= 2026 for name in more)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"no results\.parquet, inputs\.parquet, scenario\.yaml"):
        open_folder(tmp_path)


def test_what_was_not_kept_is_named(result):
    memory = RunInMemory(result.scenario, result.data[["fleet_h100e"]], result.inputs)
    with pytest.raises(ScenarioError, match="allowed fleet_h100e"):
        memory.read(Named("dies_used", "china", 2025))


def test_finders_are_half_and_not_more_than_enough(monkeypatch):
    monkeypatch.setattr(discovery, "FINDERS", 30)
    assert discovery._finders(np.arange(20), 0).sum() == 10
    assert discovery._finders(np.arange(200), 0).sum() == 30


def test_the_same_draws_stand_on_one_side(inputs, cases):
    """Five cases of the same members tell no more than one about a range of inputs."""
    five = pd.concat([inputs] * 5)
    finders = discovery._finders(five.index.to_numpy(), 0).reshape(5, MEMBERS)
    assert (finders == finders[0]).all()
    once, often = discover(inputs, cases), discover(five, np.tile(cases, 5))
    assert often.boxes[0].limits == once.boxes[0].limits
    assert often.boxes[0].all.density == pytest.approx(once.boxes[0].all.density)
