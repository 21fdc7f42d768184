"""Governments: dated history first, rules from 2027, each rule by itself."""

import numpy as np
import pytest

from podrace.agents.allies import AlliedGovernment
from podrace.model.controls import CONTROLLED, Item
from podrace.model.politics import acceptance
from podrace.scenarios.draws import MemberDraws

CALM = {"behaviour.reactions": False}
ITEMS = ("hbm", "equipment", "foundry")
ALLIES = ("japan", "netherlands", "korea", "taiwan")
H20 = Item("nvidia.h20", 2368.0)


def only(*rules):
    names = ("acceptance", "controls", "subsidy", "energy_target", "capex_bust", "mix_to_low_memory", "retaliation")
    return {f"behaviour.rules.{rule}": rule in rules for rule in names}


def share_left(year, month, day):
    return (np.datetime64(f"{year + 1}-01-01") - np.datetime64(f"{year}-{month:02d}-{day:02d}")) / (
        np.datetime64(f"{year + 1}-01-01") - np.datetime64(f"{year}-01-01")
    )


def test_dated_bans_count_for_the_share_of_the_year_left(columns):
    run = columns(CALM)
    assert run.at("stringency_foundry", "us", 2024) == pytest.approx(share_left(2024, 11, 11), abs=0.003)
    assert run.at("stringency_foundry", "us", 2025) == pytest.approx(1.0)
    assert run.at("stringency_hbm", "us", 2024) == pytest.approx(0.0, abs=0.003), "compliance at the end of 2024"
    assert run.at("stringency_hbm", "us", 2025) == pytest.approx(1.0)
    assert not run.at("stringency_foundry", "us", 2023).any()


def test_allies_temper_a_control_on_tools(columns):
    """The US makes 30-50 % of the tools; what Japan and the Netherlands do with the rest lies lower."""
    run = columns(CALM)
    us_own = run.drawn["policy.us.own_share.equipment"]
    at_2025 = run.at("stringency_equipment", "us", 2025)
    assert (at_2025 < 0.65 + 1e-9).all()
    assert (at_2025 >= us_own * 0.65 - 1e-9).all()
    growth = np.diff(run.of("stringency_equipment", "us"), axis=0)
    assert (growth[:4] >= -1e-9).all(), "every step of 2022-25 tightens"


def test_h20_could_be_bought_for_less_than_a_third_of_2025(world):
    """Free to April; banned to July; from August refused to nine tenths; forbidden by Beijing in September."""
    calm = world(CALM, year=2025)
    window = calm.us_government
    h20 = next(product for product in calm.lead_firm["us"].exports if product.chip.id == "nvidia_h20")
    assert float(np.mean(calm.trade_window(h20))) == pytest.approx(0.31, abs=0.03)
    assert window.leaves_open(H20) > calm.trade_window(h20), "Washington leaves more open than Beijing accepts"


def test_licence_terms_of_the_h200(world):
    calm = world(CALM, year=2026)
    assert calm.us_government.licence_terms(Item("nvidia.h200", 15_832.0)) == (0.5, 0.25)
    assert calm.us_government.licence_terms(Item("nothing.dated")) == (None, 0.0)


@pytest.mark.parametrize(
    "overrides", [CALM, only(*[]), only("acceptance", "retaliation", "subsidy")], ids=["calm", "none", "china's"]
)
def test_without_the_controls_rule_nothing_is_added_to_the_dated_controls(world, overrides):
    made = world(overrides, year=2035)
    assert all(not np.any(made.us_government.extra[item]) for item in CONTROLLED)
    assert not np.any(made.us_government.restricting)


def test_with_the_controls_rule_steps_are_taken_from_2027_on(world):
    early = world(only("controls"), year=2027)
    assert all(not np.any(early.us_government.extra[item]) for item in CONTROLLED)
    late = world(only("controls"), year=2035)
    assert np.any(late.us_government.extra["equipment"] > 0)
    assert np.any(late.us_government.extra["accelerators"] > 0)
    assert all(np.all((x >= 0) & (x <= 1)) for x in map(np.asarray, late.us_government.extra.values()))


def test_only_the_restricting_state_is_drawn_at_its_chance(columns):
    run = columns(only("controls"), members=400)
    state = run.at("political_state", "us", 2027)
    chance = run.drawn["policy.us.start_restrict"]
    np.testing.assert_array_equal(state, (run.drawn["politics/us@2027"] < chance).astype(float))
    assert set(np.unique(run.of("political_state", "us"))) == {0.0, 1.0}
    assert not run.at("political_state", "us", 2026).any()


def test_controls_never_fall_below_their_dated_level(columns):
    calm, reacting = columns(CALM), columns(only("controls"))
    for item in ITEMS:
        dated, with_rule = (run.of(f"stringency_{item}", "us") for run in (calm, reacting))
        assert (with_rule >= dated - 1e-12).all()
        np.testing.assert_array_equal(with_rule[:5], dated[:5])
    assert (reacting.of("stringency_equipment", "us") > calm.of("stringency_equipment", "us") + 0.01).any()


def test_allies_follow_a_rule_made_step_a_year_later(world):
    made = world(only("controls"), year=2027)
    us = made.us_government
    us.extra["equipment"] = np.ones(made.inputs.members)
    levels = []
    for _ in range(2):
        us._set_own_levels()
        made.agents_by_type[AlliedGovernment].do("follow")
        us.settle_stringencies()
        levels.append(np.array(us.stringency["equipment"]))
    first, second = levels
    assert (second >= first).all()
    assert (second > first + 0.01).any()
    assert (second <= 1.0).all()


def test_without_reactions_a_dated_refusal_stands_after_history(columns):
    """The last word of Beijing on the chip on offer holds until a scenario says otherwise."""
    run = columns(CALM)
    refusal = run.of("purchase_refusal", "china")
    later = refusal[run.years.index(2027) :]
    assert (later == later[0]).all()
    assert (later > 0.9).all()


def test_acceptance_rule_replaces_dated_refusals_from_2027(columns):
    calm, accepting = columns(CALM), columns(only("acceptance"))
    np.testing.assert_array_equal(
        calm.of("purchase_refusal", "china")[:5], accepting.of("purchase_refusal", "china")[:5]
    )
    refusal = accepting.of("purchase_refusal", "china")[5:]
    assert ((refusal >= 0) & (refusal <= 1)).all()
    assert refusal.std(axis=1).min() > 0, "members differ by weights and by their home chips"
    assert (refusal.mean(axis=1) < 0.9).any()


def test_acceptance_follows_its_formula(world):
    made = world(only("acceptance"), year=2028)
    government = made.china_government
    home = np.maximum(made.last("chip_tpp", "china"), 1.0)
    government._accept()
    expected = [
        acceptance(made.china_government.best_foreign_tpp() / home, cover, 0.0, government.acceptance_weights)
        for cover in (0.0, 1.0)
    ]
    assert (government.accepts <= expected[0] + 1e-12).all()
    assert (government.accepts >= expected[1] - 1e-12).all()


def test_retaliation_starts_at_its_chance_and_refuses_more(columns):
    """In 2027 four of five members are in the angry state Beijing showed in 2026."""
    calm_tempered, angry = columns(only("acceptance")), columns(only("acceptance", "retaliation"))
    start = angry.at("political_state", "china", 2027)
    np.testing.assert_array_equal(
        start, (angry.drawn["retaliation/china@2027"] < angry.drawn["policy.china.start_retaliating"]) * 1.0
    )
    more = angry.at("purchase_refusal", "china", 2027) - calm_tempered.at("purchase_refusal", "china", 2027)
    assert (more[start == 1] > 0).all()
    np.testing.assert_allclose(more[start == 0], 0.0, atol=1e-12)


def test_retaliation_ends_where_there_is_no_new_shock(columns):
    run = columns(only("retaliation"), members=400)
    state = run.of("political_state", "china")[5:]
    assert (np.diff(state, axis=0) <= 0).all(), "without US steps nobody starts again"
    assert state[-1].mean() < state[0].mean()


def test_nobody_retaliates_without_a_shock(world):
    made = world({**only("controls", "retaliation"), "policy.china.retaliate_rate": 50.0}, year=2027)
    us, china = made.us_government, made.china_government
    started = 0
    for year in range(2027, 2035):
        before = np.array(china.retaliating) * np.ones(made.inputs.members)
        extra = {item: np.array(us.extra[item]) * np.ones(made.inputs.members) for item in CONTROLLED}
        made.step()
        tightened = np.zeros(made.inputs.members, dtype=bool)
        for item in CONTROLLED:
            tightened |= us.extra[item] > extra[item]
        if year > 2027:
            starts = (china.retaliating > 0) & (before == 0)
            assert not starts[~tightened & (us.shock == 0)].any(), year
            assert not (np.asarray(us.shock) > 0)[~tightened & (extra["accelerators"] == 0)].any(), year
            started += int(starts.sum())
    assert started > 0


def test_subsidy_without_elasticity_changes_nothing(columns):
    zero = {"policy.china.output_elasticity": 0.0}
    off, on = columns({**only(), **zero}), columns({**only("subsidy"), **zero})
    for name, values in off.arrays.items():
        np.testing.assert_array_equal(values, on.arrays[name], err_msg=name)


@pytest.mark.parametrize("elasticity", [-0.5, 0.5])
def test_subsidy_moves_capacity_with_its_sign(columns, elasticity):
    setting = {"policy.china.output_elasticity": elasticity, "tools.china_start": 500.0}
    off, on = columns({**only(), **setting}), columns({**only("subsidy"), **setting})
    change = on.of("logic_wafers", "china")[8] - off.of("logic_wafers", "china")[8]
    assert np.sign(change.mean()) == np.sign(elasticity)
    assert np.abs(change).min() > 0
    np.testing.assert_array_equal(on.of("generation_twh", "us"), off.of("generation_twh", "us"))


def test_energy_target_adds_power_where_it_runs_short(columns):
    short = {"grids.china.ai_share_of_additions": 0.004, "grids.china.ai_power": {
        "by_year": {"2021": 0.2, "2024": 1.0, "2026": 2.0}, "unit": "GW", "source": "what-if"}}  # fmt: skip
    off, on = columns({**only(), **short}), columns({**only("energy_target"), **short})
    added = on.of("ai_power_available_gw", "china") - off.of("ai_power_available_gw", "china")
    np.testing.assert_array_equal(added[:5], 0.0)
    moved = np.abs(added) > 1e-9
    first = added[moved.argmax(axis=0), np.arange(added.shape[1])]
    assert moved.any(axis=0).mean() > 0.5
    assert (first >= 0).all(), "later years may order less, having more"
    assert (added.mean(axis=1) >= 0).all()


def test_every_draw_of_a_decision_has_its_own_name_and_year(columns):
    drawn = columns(members=16).drawn
    assert {"politics/us@2027", "tighten.hbm/us@2030", "retaliation/china@2028"} <= set(drawn)
    draws = MemberDraws(11, 0, 16)
    np.testing.assert_array_equal(drawn["tighten.hbm/us@2030"], draws.uniform("tighten.hbm/us", 2030))
    assert not any(name.endswith("@2026") and name.startswith("tighten") for name in drawn)


def test_a_dated_action_of_a_scenario_file_wins_and_counts_from_its_date(columns, what_if):
    path = what_if(
        "{date: 2028-10, actor: us, action: licence, item: hbm, stringency: 0.0, source: what-if}",
        "{date: 2030-01, until: 2031-01, actor: us, action: control, item: hbm, stringency: 0.5, source: what-if}",
    )
    run = columns(base=path)
    for year, expected in ((2027, 1.0), (2028, 0.75), (2029, 0.0), (2030, 0.5), (2031, 0.0)):
        assert run.at("stringency_hbm", "us", year) == pytest.approx(expected, abs=0.003), year
    assert run.at("hbm_imported_pb", "china", 2029).sum() > 0, "what is free is bought where it is short"
    assert not run.at("hbm_imported_pb", "china", 2027).any()


def test_china_buys_again_when_the_refusal_is_lifted(columns, what_if):
    path = what_if("{date: 2027-01, actor: china, action: purchase_ban, item: nvidia.h200, stringency: 0.0, source: what-if}",
                   "{date: 2027-01, actor: china, action: purchase_ban, item: accelerators, stringency: 0.0, source: what-if}")  # fmt: skip
    lifted, calm = columns(base=path), columns(CALM)
    bought = lifted.of("accelerators_imported", "china") - calm.of("accelerators_imported", "china")
    np.testing.assert_array_equal(bought[:5], 0.0)
    assert bought[5].min() > 0, "in the first year; later the licence cap on H200 binds"


def test_without_history_nothing_is_controlled(columns):
    free = columns({"behaviour.history": False, "behaviour.reactions": False})
    for item in ITEMS:
        assert not free.of(f"stringency_{item}", "us").any(), item
    assert not free.of("purchase_refusal", "china").any()
    assert free.of("accelerators_imported", "china").sum() > columns(CALM).of("accelerators_imported", "china").sum()


def test_alignment_is_a_matter_of_tools_alone(columns):
    """HBM and foundry fall under the US rule whoever makes them.

    With dated controls alone each member's level follows the alignment. With the rule only the mean does: what laxer
    allies go on delivering makes another US step likelier.
    """

    def aligned(degree, rules):
        record = {"value": degree, "unit": "1", "source": "what-if"}
        return columns({**rules, **{f"policy.allies.{ally}.alignment": record for ally in ALLIES}})

    def levels(rules):
        runs = aligned(0.0, rules), columns(rules), aligned(1.0, rules)
        return runs, [run.of("stringency_equipment", "us") for run in runs]

    (none, _, full), (lax, usual, strict) = levels(CALM)
    assert (lax <= usual + 1e-12).all()
    assert (usual <= strict + 1e-12).all()
    assert (strict - lax).max() > 0.05
    _, (lax, usual, strict) = levels(only("controls"))
    assert lax.mean() < usual.mean() < strict.mean()
    np.testing.assert_array_equal(full.of("stringency_foundry", "us"), none.of("stringency_foundry", "us"))
