"""Same seed, same bytes: for any block size, any number of workers, any ensemble size; draws belong to names."""

import multiprocessing
import sys

import numpy as np
import pandas as pd
import pytest

from podrace.scenarios.compose import load
from podrace.studies.ensemble import blocks, run_block, run_central, run_ensemble

FEW = ("fleet_h100e", "accelerators_produced", "cluster_training_eflops", "hbm_stockpile_pb", "die_runout_year",
       "political_state", "binding_input")  # fmt: skip


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


@pytest.fixture(scope="module")
def fifteen(baseline):
    return run_ensemble(baseline, 15, seed=5)


def assert_same_bytes(one, other):
    assert set(one.data) == set(other.data)
    differ = [name for name in one.data if one.data[name].values.tobytes() != other.data[name].values.tobytes()]
    assert differ == []
    pd.testing.assert_frame_equal(one.inputs, other.inputs, check_exact=True)


@pytest.mark.parametrize("block", [1, 7, 15])
def test_block_size_does_not_matter(baseline, fifteen, block):
    assert_same_bytes(fifteen, run_ensemble(baseline, 15, seed=5, block=block))


def test_block_size_does_not_matter_where_product_dates_are_wide_open(baseline):
    """Which product is newest, or on offer, is a member's own affair, never that of the mean of its block."""
    wide = {"dist": "uniform", "unit": "year", "source": "what-if"}
    starts = {path: record.value for path, record in baseline.records.items() if path.endswith(".ramp_start")}
    dates = {path: {"low": value - 1.5, "value": value, "high": value + 1.5, **wide} for path, value in starts.items()}
    scenario = load("baseline", {path: date for path, date in dates.items() if starts[path] > 2023})
    together, by_two = run_ensemble(scenario, 10, seed=5), run_ensemble(scenario, 10, seed=5, block=2)
    assert_same_bytes(together, by_two)


def test_one_block_or_two_at_the_default_size(baseline):
    two = run_ensemble(baseline, 8193, seed=5, block=8192, variables=FEW)
    one = run_ensemble(baseline, 8193, seed=5, block=8193, variables=FEW)
    assert_same_bytes(one, two)
    assert two.members == 8193


def test_workers_do_not_matter(baseline, fifteen):
    assert_same_bytes(fifteen, run_ensemble(baseline, 15, seed=5, block=4, workers=2))


def test_member_17_of_40_is_member_17_of_400(baseline):
    few, many = run_block(baseline, 5, 0, 40), run_block(baseline, 5, 0, 400)
    alone = run_block(baseline, 5, 17, 18)
    for name, values in few.arrays.items():
        np.testing.assert_array_equal(values[..., 17], many.arrays[name][..., 17], err_msg=name)
        np.testing.assert_array_equal(values[..., 17], alone.arrays[name][..., 0], err_msg=name)
    for name, values in few.drawn.items():
        assert values[17] == many.drawn[name][17], name


def test_seeds_differ_in_every_drawn_column(baseline):
    one, other = run_block(baseline, 5, 0, 8), run_block(baseline, 6, 0, 8)
    assert not any((one.drawn[name] == other.drawn[name]).all() for name in one.drawn)
    assert (one.arrays["fleet_h100e"][-1] != other.arrays["fleet_h100e"][-1]).all()


def test_a_new_parameter_moves_nobodys_draws(baseline):
    extra = {"low": 1.0, "value": 2.0, "high": 9.0, "unit": "USD/package", "source": "what-if"}
    larger = load("baseline", {"products.somebody_else.price": extra})
    one, other = run_block(baseline, 5, 0, 12), run_block(larger, 5, 0, 12)
    assert set(other.drawn) - set(one.drawn) == {"products.somebody_else.price"}
    for name, values in one.drawn.items():
        np.testing.assert_array_equal(values, other.drawn[name], err_msg=name)
    for name, values in one.arrays.items():
        np.testing.assert_array_equal(values, other.arrays[name], err_msg=name)


def test_a_new_firm_moves_nobodys_draws(baseline):
    """One more buyer without money: only its own site is drawn anew, and nobody's world changes.

    Busts are drawn by the investors of a side, no longer by each buyer.
    """
    spread = {"low": 0.1, "value": 0.2, "high": 0.4}
    sourced = {"source": "what-if"}
    overrides = {
        "buyers.second_cloud.side": "us",
        "buyers.second_cloud.imports": False,
        "buyers.second_cloud.ai_share": "capital.cloud_ai_share",
        "buyers.second_cloud.accelerator_share": "capital.us.cloud_accelerator_share",
        "buyers.second_cloud.capex": {"by_year": {"2021": 0.0}, "unit": "billion_USD/year", **sourced},
        "buyers.second_cloud.tastes.nvidia": {"value": 1.0, "unit": "1", **sourced},
        "buyers.second_cloud.site_power": {"by_year": {"2021": spread}, "unit": "GW", **sourced},
    }
    one, other = run_block(baseline, 5, 0, 12), run_block(load("baseline", overrides), 5, 0, 12)
    new = set(other.drawn) - set(one.drawn)
    assert {name.split("@")[0] for name in new} == {"buyers.second_cloud.site_power"}
    for name, values in one.drawn.items():
        np.testing.assert_array_equal(values, other.drawn[name], err_msg=name)
    for name, values in one.arrays.items():
        np.testing.assert_array_equal(values, other.arrays[name], err_msg=name)


def test_two_scenarios_share_their_draws(baseline, fifteen):
    """Common random numbers: a what-if is a paired difference."""
    gap = run_ensemble(load("hbm_gap"), 15, seed=5)
    pd.testing.assert_frame_equal(fifteen.inputs, gap.inputs, check_exact=True)
    narrower = run_ensemble(load("baseline", {"fleet.life": 4.0}), 15, seed=5)
    assert "fleet.life" not in narrower.inputs
    pd.testing.assert_frame_equal(fifteen.inputs[list(narrower.inputs)], narrower.inputs, check_exact=True)


def test_a_shifted_range_keeps_the_rank_of_every_member(baseline):
    record = {"low": 6.0, "value": 8.0, "high": 11.0, "unit": "year", "source": "what-if"}
    one = run_block(baseline, 5, 0, 50).drawn["fleet.life"]
    other = run_block(load("baseline", {"fleet.life": record}), 5, 0, 50).drawn["fleet.life"]
    np.testing.assert_array_equal(np.argsort(one), np.argsort(other))


def test_central_run_has_every_parameter_at_its_central_value():
    """The same numbers come out when every range is closed and no decision is drawn."""
    calm = load("baseline", {"behaviour.reactions": False})
    closed = {}
    for path, record in calm.records.items():
        if record.uncertain:
            values = {str(date): point.value for date, point in record.points()}
            number = {"by_year": values} if record.dated else {"value": record.points()[0][1].value}
            closed[path] = {**number, "unit": record.unit, "between": record.between, "source": "what-if"}
    certain = load("baseline", {"behaviour.reactions": False, **closed})
    assert not any(record.uncertain for record in certain.records.values())
    central, _ = run_central(calm)
    block = run_block(certain, 5, 0, 1)
    for name, values in central.items():
        np.testing.assert_allclose(values, block.arrays[name], rtol=1e-12, err_msg=name)


def test_central_run_is_kept_apart_and_the_same_for_every_seed(baseline, fifteen):
    other = run_ensemble(baseline, 2, seed=99)
    assert dict(fifteen.central.sizes) == {"year": 14, "side": 2}
    for name in fifteen.central:
        np.testing.assert_array_equal(fifteen.central[name].values, other.central[name].values)
    pd.testing.assert_frame_equal(fifteen.events, other.events)


def test_fewer_variables_change_no_value(baseline, fifteen):
    few = run_ensemble(baseline, 15, seed=5, variables=FEW)
    assert set(few.data) == set(FEW)
    for name in FEW:
        np.testing.assert_array_equal(few.data[name].values, fifteen.data[name].values)


def test_a_later_start_or_an_earlier_end_changes_no_year(baseline, fifteen):
    """The years of a scenario say what is recorded, not what happened before."""
    part = run_ensemble(baseline.with_years(2026, 2030), 15, seed=5)
    for name in (
        "fleet_h100e",
        "hbm_stockpile_pb",
        "cluster_training_eflops",
        "accelerators_produced",
        "die_stockpile",
    ):
        whole = fifteen.data[name].sel(year=slice(2026, 2030)).values
        np.testing.assert_array_equal(part.data[name].values, whole, err_msg=name)


def test_nobody_elses_state_is_touched(baseline):
    np.random.seed(1)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    method = multiprocessing.get_start_method(allow_none=True)
    run_ensemble(baseline, 2, seed=5)
    assert np.random.random() == expected  # noqa: NPY002
    assert multiprocessing.get_start_method(allow_none=True) == method


def test_one_copy_of_the_world():
    assert sum(name == "world" or name.endswith(".world") for name in sys.modules) == 1
    assert "podrace.model.world" in sys.modules


def test_blocks_cover_every_member_once():
    for members, size in ((1, 8192), (15, 7), (8193, 8192), (20, 5)):
        cuts = blocks(members, size)
        assert [m for start, stop in cuts for m in range(start, stop)] == list(range(members))
        assert max(stop - start for start, stop in cuts) <= size


@pytest.mark.parametrize("members", [0, -3])
def test_too_few_members_are_refused(baseline, members):
    with pytest.raises(ValueError, match="at least 1"):
        run_ensemble(baseline, members)


def test_progress_counts_members(baseline):
    seen = []
    run_ensemble(
        baseline, 15, seed=5, block=7, variables=FEW, progress=lambda done, wanted: seen.append((done, wanted))
    )
    assert seen == [(7, 15), (14, 15), (15, 15)]


def test_dataset_is_labelled(fifteen):
    data = fifteen.data
    assert dict(data.sizes) == {"member": 15, "year": 14, "side": 2}
    assert list(data.side.values) == ["china", "us"]
    assert data["fleet_h100e"].attrs["unit"] == "H100e"
    assert fifteen.inputs.index.name == "member"
