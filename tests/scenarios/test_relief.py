"""Levers of relief: each names records of its side, and moves them alone, in members that draw as the others do."""

import numpy as np
import pytest

from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.inputs import Inputs
from podrace.scenarios.relief import Lever, LeverInputs, all_levers, levers, records_of

SIDES = ("china", "us")
MEMBERS = 20


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


def lever(*paths, factor=1.1, side="china"):
    return Lever(id="test", side=side, label="test", factor=factor, paths=paths)


@pytest.mark.parametrize("one", all_levers(), ids=lambda one: f"{one.side}.{one.id}")
def test_every_lever_moves_records_of_its_side_by_some_percent(baseline, one):
    assert records_of(one, baseline)
    assert 1.0 <= abs(one.percent) <= 50.0
    other = next(side for side in SIDES if side != one.side)
    assert not any(path.startswith((f"grids.{other}.", f"capital.{other}.")) for path in records_of(one, baseline))


def test_ids_and_labels_name_one_lever_of_a_side():
    for side in SIDES:
        for key in ("id", "label"):
            names = [getattr(one, key) for one in levers(side)]
            assert len(set(names)) == len(names)


def test_a_star_stands_for_the_entries_of_the_side(baseline):
    found = records_of(lever("buyers.*.site_power"), baseline)
    assert "buyers.alibaba.site_power" in found
    assert "buyers.microsoft.site_power" not in found
    assert "buyers.microsoft.site_power" in records_of(lever("buyers.*.site_power", side="us"), baseline)


def test_a_path_without_record_is_refused_with_the_nearest(baseline):
    with pytest.raises(ScenarioError, match=r"smic\.n2\.harvest"):
        records_of(lever("smic.n2.harvst"), baseline)


def test_members_of_every_group_draw_alike_and_one_record_differs(baseline):
    plain = Inputs(baseline, MemberDraws(5, 0, MEMBERS))
    moved = LeverInputs(baseline, MemberDraws(5, 0, MEMBERS), [lever("smic.n2.harvest"), lever("hbm.grey", factor=0.9)])
    assert moved.members == 3 * MEMBERS
    for group in range(3):
        here = slice(group * MEMBERS, (group + 1) * MEMBERS)
        np.testing.assert_array_equal(moved.uniform("politics/us", 2028)[here], plain.uniform("politics/us", 2028))
        lag, harvest = moved.value("plants.smic.lag", "year")[here], moved.value("smic.n2.harvest", "1")[here]
        np.testing.assert_array_equal(lag, plain.value("plants.smic.lag", "year"))
        expected = plain.value("smic.n2.harvest", "1") * (1.1 if group == 1 else 1.0)
        np.testing.assert_array_equal(harvest, expected)
        for year in (2025, 2026, 2029):
            grey = moved.series("hbm.grey", "PB/year").at(year)[here]
            np.testing.assert_array_equal(
                grey, plain.series("hbm.grey", "PB/year").at(year) * (0.9 if group == 2 else 1.0)
            )


def test_a_lever_stays_within_bounds_and_moves_fixed_numbers(baseline):
    moved = LeverInputs(baseline, MemberDraws(5, 0, 2), [lever("hbm.leakage", "plants.cxmt.dies_per_wafer")])
    assert baseline.record("hbm.leakage").bounds[1] == 1.0
    assert moved.value("hbm.leakage", "1").tolist() == [1.0, 1.0, 1.0, 1.0]
    np.testing.assert_allclose(moved.value("plants.cxmt.dies_per_wafer", "die/wafer"), [500.0, 500.0, 550.0, 550.0])


def test_two_levers_of_one_record_do_not_add_up(baseline):
    twice = [lever("smic.n2.harvest"), lever("smic.n2.harvest", factor=1.2)]
    harvest = LeverInputs(baseline, MemberDraws(5, 0, 1), twice).value("smic.n2.harvest", "1")
    np.testing.assert_allclose(harvest / harvest[0], [1.0, 1.1, 1.2])
