"""A posterior: members chosen from the prior, addressed by index, whatever the block."""

import numpy as np
import pytest

from podrace.scenarios.chosen import Chosen, ChosenDraws
from podrace.scenarios.compose import load
from podrace.scenarios.draws import CentralDraws, MemberDraws
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.inputs import Inputs

OF = (17, 402, 402, 90_000, 3)


@pytest.fixture
def posterior(tmp_path):
    def write(prior="", name="posterior", extends="baseline", of=OF):
        path = tmp_path / f"{name}.yaml"
        listed = " ".join(str(index) for index in of)
        text = f"title: P\nextends: {extends}\nmembers: {{seed: 7, to: 2024, prior: '{prior}', of: {listed}}}\n"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def entries(seed, start, stop):
    return ChosenDraws(Chosen(seed=7, to=2024, of=OF), MemberDraws(seed, start, stop)).indices


def test_parameters_and_early_decisions_are_those_of_the_prior_member():
    draws = ChosenDraws(Chosen(seed=7, to=2024, of=OF), MemberDraws(1, 0, 5))
    prior = MemberDraws(7, 0, 90_001)
    for name, year in (("smic.n2.harvest", 0), ("hazard", 2024)):
        assert (draws.uniform(name, year) == prior.uniform(name, year)[draws.indices]).all()


def test_later_decisions_are_the_runs_own():
    draws = ChosenDraws(Chosen(seed=7, to=2024, of=OF), MemberDraws(1, 0, 5))
    assert (draws.uniform("hazard", 2025) == MemberDraws(1, 0, 5).uniform("hazard", 2025)).all()


def test_a_member_is_the_same_entry_in_any_block():
    whole = entries(3, 0, 12)
    assert (np.concatenate([entries(3, start, start + 3) for start in range(0, 12, 3)]) == whole).all()
    assert (whole[:5] == whole[5:10]).all()
    assert sorted(whole[:5]) == sorted(OF)


def test_a_scenario_file_makes_any_run_take_the_chosen_members(posterior):
    scenario, prior = load(posterior()), load("baseline")
    found = Inputs(scenario, MemberDraws(0, 0, 5)).points("smic.n2.die_conversion")[0][1]
    known = Inputs(prior, MemberDraws(7, 0, 403)).points("smic.n2.die_conversion")[0][1]
    assert {float(known[17]), float(known[402])} <= set(found.tolist())
    central = Inputs(scenario, CentralDraws()).value("smic.n2.die_conversion", "1")
    assert float(central[0]) == prior.central("smic.n2.die_conversion", "1")


def test_the_hash_holds_the_list_and_the_resolved_file_comes_back(posterior, tmp_path):
    prior = load("baseline")
    scenario = load(posterior(prior.hash[:16]))
    other = load(posterior(prior.hash[:16], "other", of=(*OF, 5)))
    assert len({prior.hash, scenario.hash, other.hash}) == 3
    resolved = tmp_path / "resolved.yaml"
    resolved.write_text(scenario.to_yaml(), encoding="utf-8")
    assert load(resolved).hash == scenario.hash


def test_members_weighed_in_another_scenario_are_refused(posterior, tmp_path):
    path = posterior(load("baseline").hash[:16])
    above, below = tmp_path / "above.yaml", tmp_path / "below.yaml"
    above.write_text(f"title: A\nextends: [{path.stem}, hbm_gap]\n", encoding="utf-8")
    below.write_text(f"title: B\nextends: [hbm_gap, {path.stem}]\n", encoding="utf-8")
    assert load(above).chosen == load(path).chosen
    with pytest.raises(ScenarioError, match="weighed in another scenario"):
        load(below)


def test_no_design_goes_over_chosen_members(posterior):
    class Design:
        members, central = 4, False

        def uniform(self, name, year=0):
            return np.full(4, 0.25)

    with pytest.raises(ScenarioError, match="no other design"):
        Inputs(load(posterior()), Design())


@pytest.mark.parametrize("of", ["", "a b", "-1 2"])
def test_a_bad_list_is_one_fault(tmp_path, of):
    path = tmp_path / "bad.yaml"
    path.write_text(f"title: P\nextends: baseline\nmembers: {{seed: 0, to: 2024, of: '{of}'}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="members"):
        load(path)
