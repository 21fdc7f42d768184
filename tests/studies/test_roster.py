"""Who takes part: every system by name, with rules, numbers and sources that exist."""

import json

import pytest

from podrace.reports.agents import KINDS, agent_document, agent_text
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.studies.roster import pick, roster

NAMED = {
    "ChipFirm": {"nvidia", "amd", "google", "amazon", "huawei", "cambricon", "alibaba_t_head", "baidu_kunlunxin"},
    "CloudFirm": {
        "microsoft", "google", "amazon", "meta", "oracle", "xai", "neoclouds", "sovereigns",
        "alibaba", "tencent", "bytedance", "baidu", "deepseek", "china_state",
    },
    "Fab": {"tsmc_logic", "samsung_foundry", "smic", "huawei_fabs"},
    "MemoryMaker": {"sk_hynix", "samsung_memory", "micron", "cxmt", "other_hbm"},
    "OwnMemory": {"huawei_hbm"},
    "AlliedGovernment": {"japan", "korea", "netherlands", "taiwan"},
    "EuvProgramme": {"euv_programme"},
    "RentalChannel": {"rental"},
    "SmugglingChannel": {"smugglers"},
}  # fmt: skip


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


@pytest.fixture(scope="module")
def agents(baseline):
    return roster(baseline)


@pytest.mark.parametrize("kind", NAMED)
def test_systems_act_by_name(agents, kind):
    assert {agent.name for agent in agents if agent.kind == kind} >= NAMED[kind]


def test_every_agent_says_what_it_does_and_from_which_numbers(agents, baseline):
    for agent in agents:
        assert agent.kind in KINDS, agent.name
        assert agent.does.endswith((".", "one", "off")) or ":" in agent.does, agent.name
        assert agent.rules, agent.name
        assert all(rule.text for rule in agent.rules), agent.name
        assert agent.parameters, agent.name
        for path, record in agent.parameters.items():
            assert record.source, path
            assert path in agent_text(agent, baseline)


def test_switches_are_rules_of_the_scenario(agents, baseline):
    assert {name for agent in agents for name in agent.switches} == set(baseline.behaviour.rules)


def test_a_buyer_names_its_sites(agents):
    assert any("Fairwater" in site for agent in pick(agents, "microsoft") for site in agent.sites)


def test_an_unknown_agent_gets_its_nearest_name(agents):
    with pytest.raises(ScenarioError, match="did you mean smic"):
        pick(agents, "smik")


def test_a_firm_of_a_scenario_file_is_listed_too(agents):
    extra = {
        "buyers.startup.label": "A start-up", "buyers.startup.side": "us", "buyers.startup.imports": False,
        "buyers.startup.ai_share": "capital.specialist_ai_share",
        "buyers.startup.accelerator_share": "capital.us.specialist_accelerator_share",
        "buyers.startup.capex": {"by_year": {"2022": 1.0}, "unit": "billion_USD/year", "source": "what-if"},
        "buyers.startup.site_power": {"by_year": {"2022": 0.01}, "unit": "GW", "source": "what-if"},
        "buyers.startup.tastes.nvidia": {"value": 1.0, "unit": "1", "source": "what-if"},
    }  # fmt: skip
    names = {agent.name for agent in roster(load("baseline", extra))}
    assert names == {agent.name for agent in agents} | {"startup"}


def test_the_document_is_plain_data(agents, baseline):
    written = json.dumps([agent_document(agent, baseline) for agent in agents])
    assert "smic.n2.defect_density" in written
