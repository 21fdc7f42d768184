"""A class of one's own stands in for a kind of agent, everywhere a scenario is run."""

import numpy as np
import pytest

import podrace as pr
from podrace.agents.actor import Actor
from podrace.agents.cast import KINDS
from podrace.agents.china_government import ChinaGovernment
from podrace.agents.fabs import Plant
from podrace.agents.investors import Investors
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError

MEMBERS = 20
YEARS = (2024, 2030)


class Open(ChinaGovernment):
    """Takes all foreign chips that it is allowed to buy."""

    def _accept(self):
        """Refuse nothing."""
        self.accepts = 1.0
        self.decide("acceptance", {}, "accept 1.00", "open door")


class Frozen(Investors):
    """Finances nothing more."""

    def finance(self):
        """Stop all spending once the record ends."""
        super().finance()
        if self.side == "china" and self.year > self.model.history_end:
            self.mood = 0.0


@pytest.fixture(scope="module")
def baseline():
    return load("baseline").with_years(*YEARS)


@pytest.fixture(scope="module")
def opened(baseline):
    return pr.run(baseline.with_agents(Open), members=MEMBERS)


@pytest.fixture(scope="module")
def plain(baseline):
    return pr.run(baseline, members=MEMBERS)


def test_the_own_rule_decides(opened, plain):
    said = opened.events.query("rule == 'acceptance' and year >= 2027")
    assert set(said["chose"]) == {"accept 1.00"}
    bought = [run.data["accelerators_imported"].sel(side="china", year=2029) for run in (opened, plain)]
    assert float(bought[0].mean()) > 2 * float(bought[1].mean())


def test_nobody_elses_draws_move_and_years_before_stay(opened, plain):
    np.testing.assert_array_equal(opened.inputs.to_numpy(), plain.inputs.to_numpy())
    for name in ("fleet_h100e", "accelerators_produced"):
        before = (run.data[name].sel(year=slice(2024, 2025)).values for run in (opened, plain))
        np.testing.assert_array_equal(*before, err_msg=name)


def test_one_class_plays_all_agents_of_its_kind(baseline):
    run = pr.run(baseline.with_agents(Frozen, Open), members=3)
    spent = run.data["spend_busd"].sel(year=2030)
    assert float(spent.sel(side="china").max()) == 0.0
    assert float(spent.sel(side="us").min()) > 0.0


def test_it_is_another_scenario_under_another_name(baseline):
    own = baseline.with_agents(Open)
    assert own.name == "baseline+Open"
    assert own.title.endswith("with Open")
    assert own.hash != baseline.hash == load("baseline").with_years(*YEARS).hash
    changed = type("Open", (ChinaGovernment,), {"_accept": lambda self: None})
    assert baseline.with_agents(changed).hash != own.hash
    assert load(own, {"hbm.reserve": 2.6}).agents == (Open,)


def test_comparisons_and_explanations_play_it_too(baseline):
    found = pr.compare(baseline, baseline.with_agents(Open), members=3, variables=["accelerators_imported"])
    assert found.inert == ()
    refused = pr.run(baseline.with_agents(Frozen), members=3).explain(2029, "china").text(100)
    assert refused != pr.run(baseline, members=3).explain(2029, "china").text(100)


def test_a_resolved_file_does_not_pretend_to_hold_it(opened, tmp_path):
    path = tmp_path / "resolved.yaml"
    path.write_text(opened.scenario.to_yaml(), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"ran with agents that no file holds.*Open.*with_agents"):
        load(path)


@pytest.mark.parametrize("stranger", [Actor, Plant, type("Weather", (), {})])
def test_a_class_that_stands_in_for_nobody_is_refused(baseline, stranger):
    with pytest.raises(ScenarioError, match="stands in for no kind of agent.*ChinaGovernment"):
        pr.run(baseline.with_agents(stranger), members=1)


def test_two_for_one_kind_are_refused(baseline):
    other = type("Shut", (ChinaGovernment,), {})
    with pytest.raises(ScenarioError, match="two classes stand in for ChinaGovernment.*Open and Shut"):
        pr.run(baseline.with_agents(Open, other), members=1)


def test_every_kind_of_agent_can_be_stood_in_for(baseline):
    """Classes that change nothing give the same numbers to the last bit."""
    same = [type(f"Own{kind.__name__}", (kind,), {}) for kind in KINDS]
    own, plain = (pr.run(scenario, members=2) for scenario in (baseline.with_agents(*same), baseline))
    for name in plain.data:
        np.testing.assert_array_equal(own.data[name].values, plain.data[name].values, err_msg=name)
