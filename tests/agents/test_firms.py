"""Chip firms: each rule by itself."""

import numpy as np
import pytest

from podrace.agents.chip_firms import DEMAND, HBM, ChipFirm
from podrace.model.registry import SIDES
from podrace.scenarios.compose import load

CALM = {"behaviour.reactions": False}


def only(*rules):
    names = ("acceptance", "controls", "subsidy", "energy_target", "capex_bust", "mix_to_low_memory", "retaliation")
    return {f"behaviour.rules.{rule}": rule in rules for rule in names}


def record_of(world, variable, side, year):
    return world.recorder.read(variable, side, year).copy()


@pytest.mark.parametrize("year", range(2026, 2031))
def test_low_memory_grades_save_volume_and_never_cost_any(world, year):
    """Same state; where memory binds, shrinking grades keeps packages up and takes compute of each down.

    Only the 950 has a lower grade; by 2030 it has left the line.
    """
    with_rule, without = world(only("mix_to_low_memory"), year=year), world(only("mix_to_low_memory"), year=year)
    for firm in without.of_side(ChipFirm, "china"):
        firm.rule = lambda _name: False
    with_rule.step()
    without.step()
    on, off = (record_of(w, "accelerators_produced", "china", year) for w in (with_rule, without))
    assert (off <= on * (1 + 1e-12)).all()
    if year in (2027, 2028, 2029):
        assert (on > off * 1.001).any()
        compute_on, compute_off = (record_of(w, "h100e_produced", "china", year) for w in (with_rule, without))
        saved = on > off * 1.001
        assert ((compute_on / on)[saved] <= (compute_off / off)[saved] * (1 + 1e-9)).mean() > 0.9


def test_switching_the_rule_off_lowers_volume_on_the_way_too(columns):
    on, off = columns(only("mix_to_low_memory")), columns(only())
    made_on, made_off = (run.of("accelerators_produced", "china").sum(axis=0) for run in (on, off))
    assert made_off.mean() < made_on.mean()


def test_binding_input_tells_why(columns):
    """Where memory binds no memory is left and more was wanted; where demand binds packages were free."""
    run = columns(CALM)
    binding, store = run.of("binding_input", "china"), run.of("hbm_stockpile_pb", "china")
    short = binding == HBM
    assert short.any()
    supply = run.of("hbm_used_pb", "china") + run.of("hbm_other_pb", "china")
    assert (store[short] <= 0.01 * supply[short]).mean() > 0.95
    slack = run.of("binding_input", "us") == DEMAND
    made = run.of("nvidia_packages_sold", "us")[slack]
    assert (made <= run.of("packages_capacity", "us")[slack]).mean() > 0.95


def test_the_die_bank_only_empties_after_the_stop(columns):
    run = columns(CALM)
    bank = run.of("die_bank", "china")
    after = run.years.index(2025)
    assert (np.diff(bank[after - 1 :], axis=0) <= 1e-6).all()
    assert not run.of("dies_imported", "china")[after:].any()
    runout = run.of("die_runout_year", "china")[0]
    ended = np.isfinite(runout)
    assert ended.mean() > 0.5
    assert ((runout[ended] > 2024) & (runout[ended] < 2036)).all()


def test_a_displaced_design_takes_no_more_banked_dies(world):
    """Once the 910 designs have left the line to the last wafer, the bank stands still."""
    made = world(CALM, year=2029)
    huawei = made.lead_firm["china"]
    for year in range(2029, 2034):
        before = np.array(huawei.bank.level) * np.ones(made.inputs.members)
        made.step()
        shares = dict(zip([p.chip.id for p in huawei.lines[0].products], huawei.lines[0].shares(year), strict=True))
        gone = np.asarray(shares["huawei_ascend_910b"]) + np.asarray(shares["huawei_ascend_910c"]) < 1e-9
        used, gone = np.broadcast_arrays(huawei.dies_from_bank, gone)
        assert not used[gone & (before > 0)].any(), year


def test_package_yield_gains_three_points_a_year_up_to_a_limit(world):
    made = world(CALM)
    firm = made.lead_firm["china"]
    made.year = 2025
    at_2025 = np.array(firm.package_yield)
    made.year = 2026
    np.testing.assert_allclose(firm.package_yield, np.minimum(at_2025 + 0.03, firm.yield_cap))
    made.year = 2045
    assert (np.asarray(firm.package_yield) == firm.yield_cap).all()


def test_foreign_accelerators_teach_the_home_stack_nothing(columns):
    """China's software follows from what China made by the year before, whatever else it bought."""
    run = columns(CALM)
    made, software = (run.of(name, "china") for name in ("h100e_produced", "software_efficiency"))
    start, ceiling, base, learning = (
        run.drawn.get(f"software.{name}", load("baseline").central(f"software.{name}", unit))
        for name, unit in (("china_start", "1"), ("china_ceiling", "1"), ("reference_base", "H100e"), ("learning", "1"))
    )
    before = np.cumsum(made, axis=0) - made
    gap = (ceiling - start) * np.maximum(1.0, before / base) ** -learning
    np.testing.assert_allclose(software, ceiling - gap, rtol=1e-12)
    assert (before[-1] > base).all()


def test_software_gap_shrinks_with_the_installed_base(columns):
    china, us = (columns(CALM).of("software_efficiency", side) for side in ("china", "us"))
    assert ((china > 0) & (china <= 0.97)).all()
    assert (us <= 1.0).all()
    assert china[-1].mean() > china[0].mean()
    flat = columns({**CALM, "software.learning": 0.0}).of("software_efficiency", "china")
    assert (flat == flat[0]).all()


def test_home_memory_of_its_own_leaves_the_pool_to_the_others(columns):
    """With HiBL memory from elsewhere the 950PR no longer draws on the same supply: more accelerators in 2027."""
    shared, own = columns(CALM), columns({**CALM, "hbm.hibl_from_pool": 0.0})
    assert (
        own.at("accelerators_produced", "china", 2027).mean() > shared.at("accelerators_produced", "china", 2027).mean()
    )


def test_markup_is_bounded_and_moves_the_price(columns, world):
    made = world(CALM)
    most = 1.0 + made.inputs.value("market.scarcity_markup", "1")
    while made.year < 2028:
        made.step()
        for firm in made.agents_by_type[ChipFirm]:
            assert np.all(firm.quoted >= 1.0)
            assert np.all(firm.quoted <= most)
    plain, dear = (
        columns({**CALM, "market.scarcity_markup": size}).at("price_usd_per_h100e", "us", 2023) for size in (0.0, 0.75)
    )
    assert (dear > plain * 1.05).all(), "orders of 2022 were far above what could be packaged"


@pytest.mark.parametrize("rules", [only(), only("mix_to_low_memory")], ids=["full memory", "lower grades"])
def test_what_is_made_takes_its_dies_memory_and_slots(world, rules):
    """Package by package: a firm cannot make what its granted dies, memory and wafers do not hold."""
    made = world(rules)
    short = 0
    while made.year < 2033:
        made.step()
        for side in SIDES:
            firms = made.of_side(ChipFirm, side)
            started = sum(run.made_wafers for firm in firms for run in firm.runs)
            assert np.all(started <= made.packaging[side].slots() * (1 + 1e-9)), (made.year, side)
            for firm in firms:
                where = (made.year, firm.name)
                memory, dies = 0.0, 0.0
                for run, (banked, full, low) in zip(firm.runs, firm.hbm_plan, strict=True):
                    memory = memory + run.banked_fill * banked + run.fresh_fill * (low + run.grade * (full - low))
                    dies = dies + run.banked_fill * run.dies_wanted[0] + run.fresh_fill * run.dies_wanted[1]
                granted = made.hbm[side].counter.granted(firm.name)
                assert np.all(memory <= granted * (1 + 1e-9) + 1e-12), where
                np.testing.assert_allclose(firm.dies_from_bank + firm.dies_from_home, dies, rtol=1e-9, atol=1e-6)
                short += int(np.sum(np.less(granted, sum(full for _, full, _ in firm.hbm_plan) * (1 - 1e-6))))
                packages = np.asarray(firm.finished + firm.lost)
                if not firm.exports:
                    wafers = sum(
                        run.banked_fill * run.banked_wafers * run.banked.per_wafer
                        + run.fresh_fill * run.fresh_wafers * run.fresh.per_wafer
                        for run in firm.runs
                    )
                    np.testing.assert_allclose(packages, wafers, rtol=1e-9, atol=1e-6)
                good = np.minimum(firm.first_yield + firm.yield_gain * (made.year - 1 - 2025), firm.yield_cap)
                np.testing.assert_allclose(firm.finished, packages * good, rtol=1e-9, atol=1e-6)
    assert short > 100, "memory must be short somewhere for the test to say anything"


@pytest.mark.parametrize("overrides", [CALM, only("acceptance")], ids=["dated refusals", "acceptance"])
def test_exported_packages_take_their_own_dies_and_memory(world, overrides):
    """An H200 has one die and 141 GB, and 29 fit on a wafer: a wafer of Rubins holds fewer dies and less memory."""
    made = world(overrides)
    nvidia = made.lead_firm["us"]
    missing = {}
    while made.year < 2033:
        made.step()
        year = made.year - 1
        good = np.minimum(nvidia.first_yield + nvidia.yield_gain * (year - 2025), nvidia.yield_cap)
        exported = np.asarray(made.markets["us"].exported.packages) / good
        product = made.markets["us"].export.grade
        home = np.asarray(sum(batch.packages for batch in nvidia.home_sales)) / good
        (run,) = nvidia.home_runs
        dies = home * run.fresh.dies + exported * product.dies
        used = np.asarray(nvidia.dies_from_bank + nvidia.dies_from_home)
        if np.any(dies > used * (1 + 1e-9)):
            missing["dies", year] = float(np.max(dies / used) - 1)
        scrap = good + (1 - good) * nvidia.scrapped
        memory = (home * run.fresh.hbm_gb + exported * product.hbm_gb) * scrap / 1e6
        granted = made.hbm["us"].counter.granted("nvidia")
        if np.any(memory > granted * (1 + 1e-9)):
            missing["memory", year] = float(np.max(memory / granted) - 1)
    assert missing == {}
