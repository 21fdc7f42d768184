"""Designs of a sweep: who is drawn from them, how evenly, and that a member is its own whatever the block."""

from dataclasses import replace

import numpy as np
import pytest

from podrace.scenarios.chosen import Chosen
from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.inputs import Inputs
from podrace.studies.designs import MOST_HYPERCUBE, check_design, draw_names, draws

NAMES = ("a", "b", "c.d")


def columns(design, start, stop, *, names=NAMES, seed=3, members=64):
    found = draws(design, names, seed, members, start, stop)
    return np.stack([found.uniform(name) for name in names])


@pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
def test_a_member_is_its_own_in_every_block(design):
    whole = columns(design, 0, 64)
    np.testing.assert_array_equal(whole[:, 17:41], columns(design, 17, 41))
    assert ((whole > 0) & (whole < 1)).all()
    assert not (whole == columns(design, 0, 64, seed=4)).any()


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_every_stratum_of_every_parameter_holds_one_member(design):
    for column in columns(design, 0, 64):
        np.testing.assert_array_equal(np.sort(np.floor(column * 64)), np.arange(64))


def test_parameters_are_not_tied_to_each_other():
    found = columns("latin_hypercube", 0, 4096, members=4096)
    assert np.abs(np.corrcoef(found) - np.eye(3)).max() < 0.06


def test_a_hypercube_column_belongs_to_its_name():
    """A case in which a parameter is fixed shares the draws of all others."""
    np.testing.assert_array_equal(
        columns("latin_hypercube", 0, 8)[1], columns("latin_hypercube", 0, 8, names=("b",))[0]
    )


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_decisions_are_drawn_at_random_all_the_same(design):
    designed, plain = draws(design, NAMES, 3, 64, 5, 20), MemberDraws(3, 5, 20)
    np.testing.assert_array_equal(designed.uniform("a", 2026), plain.uniform("a", 2026))
    np.testing.assert_array_equal(designed.uniform("unknown"), plain.uniform("unknown"))
    assert not (designed.uniform("a") == plain.uniform("a")).any()


def test_names_cover_whatever_a_run_draws():
    baseline = load("baseline")
    asked = set()

    class Spy(MemberDraws):
        def uniform(self, name, year=0):
            asked.add(name)
            return super().uniform(name, year)

    Inputs(baseline, Spy(0, 0, 2)).drawn()
    assert asked == set(draw_names([baseline]))


def test_designs_that_a_sweep_cannot_draw_are_refused():
    with pytest.raises(ScenarioError, match="podrace sensitivity"):
        check_design("morris", 10)
    with pytest.raises(ScenarioError, match="too many members"):
        check_design("latin_hypercube", MOST_HYPERCUBE + 1)
    check_design("random", 10**9)


def test_a_posterior_takes_no_other_design():
    """Its members are the design: a sequence over it would be left out in silence."""
    posterior = replace(load("baseline"), chosen=Chosen(seed=7, to=2024, of=(3, 17)))
    check_design("random", 8, [posterior])
    with pytest.raises(ScenarioError, match="its chosen members are the design"):
        check_design("sobol", 8, [load("baseline"), posterior])
    with pytest.raises(ScenarioError, match="no other design"):
        Inputs(posterior, draws("sobol", ("smic.n2.harvest",), 1, 8, 0, 4))
