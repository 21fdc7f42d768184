"""Chip firms, cloud firms, fabs and grids: each rule by itself."""

import numpy as np
import pytest

from podrace.agents.chip_firms import DEMAND, HBM, ChipFirm
from podrace.agents.cloud_firms import CloudFirm
from podrace.agents.fabs import Fab, MemoryMaker
from podrace.model.record import SIDES

CALM = {"behaviour.reactions": False}
MEMBERS = 64


def only(*rules):
    names = ("acceptance", "controls", "subsidy", "energy_target", "capex_bust", "mix_to_low_memory", "retaliation")
    return {f"behaviour.rules.{rule}": rule in rules for rule in names}


def record_of(world, variable, side, year):
    return world.recorder.read(variable, side, year).copy()


# Chip firms


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
        used = np.broadcast_to(huawei.dies_from_bank, gone.shape)
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
                good = np.minimum(firm.yield_2025 + firm.yield_gain * (made.year - 1 - 2025), firm.yield_cap)
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
        good = np.minimum(nvidia.yield_2025 + nvidia.yield_gain * (year - 2025), nvidia.yield_cap)
        exported = np.asarray(made.markets["us"].exported.packages) / good
        product = made.markets["us"].export.product
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


# Cloud firms


def test_capex_busts_only_after_history_and_only_with_the_rule(columns):
    off, on = columns(only()), columns(only("capex_bust"), members=64)
    for side in SIDES:
        before, after = off.of("capex_busd", side), on.of("capex_busd", side)
        np.testing.assert_array_equal(before[:5], after[:5])
        assert (after <= before * (1 + 1e-12)).all()
        assert (after < before * 0.9).any()
        depth = 1 - (after / before).min()
        assert depth <= 0.5 + 1e-9


def test_a_bust_takes_its_depth_and_recovers(columns):
    off, on = columns(only()), columns(only("capex_bust"))
    level = on.of("capex_busd", "us") / off.of("capex_busd", "us")
    year = on.years.index(2027)
    drawn = on.drawn["capex_bust/us@2027"]
    hit = drawn < 1 - np.exp(-0.10)
    assert hit.any()
    np.testing.assert_allclose(level[year][hit], 1 - on.drawn["capital.us.bust_depth"][hit], rtol=1e-9)
    np.testing.assert_allclose(level[year][~hit], 1.0, rtol=1e-12)
    np.testing.assert_allclose(level[year + 2][hit], 1.0, rtol=1e-9, err_msg="two years to recover")


def test_a_buyer_spends_no_more_than_it_budgets(world):
    """China's split by die source may make the year's mix a little dearer than the mix on offer."""
    made = world(CALM)
    while made.year < 2033:
        made.step()
        for buyer in made.agents_by_type[CloudFirm]:
            slack = 1 + 1e-9 if buyer.side == "us" else 1.03
            assert np.all(buyer.paid <= buyer.budget * slack), (made.year - 1, buyer.name)
        for side in SIDES:
            buyers = made.buyers[side]
            budgets = sum(buyer.capex * buyer.accelerator_share for buyer in buyers)
            np.testing.assert_allclose(
                record_of(made, "accelerator_budget_busd", side, made.year - 1), budgets, rtol=1e-9
            )
            spent = record_of(made, "spend_busd", side, made.year - 1)
            np.testing.assert_allclose(spent, sum(buyer.paid for buyer in buyers), rtol=1e-9)


def test_no_more_is_bought_than_a_tenth_beyond_power(columns):
    run = columns(CALM)
    held = run.of("power_utilisation", "us") * run.of("ai_power_available_gw", "us") / run.of("energised_share", "us")
    most = 1.1 * run.of("ai_power_available_gw", "us")
    assert (held + run.of("inventory_power_gw", "us") <= most * (1 + 1e-6)).all()


def test_installation_lags_behind_sale_by_its_lag(columns):
    run = columns(CALM)
    bought = run.of("accelerators_installed", "us") + np.diff(
        run.of("accelerators_inventory", "us"), axis=0, prepend=0.0
    )
    np.testing.assert_allclose(
        run.of("accelerators_inventory", "us"), bought * run.drawn["market.install_lag"], rtol=1e-9
    )


def test_the_largest_cluster_never_trains_slower(columns):
    run = columns(CALM)
    for side in SIDES:
        assert (np.diff(run.of("cluster_training_eflops", side), axis=0) >= 0).all()


def test_the_largest_cluster_fits_its_site(world):
    made = world(CALM, year=2027)
    made.step()
    for side in SIDES:
        for buyer in made.buyers[side]:
            assert buyer.sites, buyer.name
            for line, site in buyer.sites.items():
                power = site.chips * site.kw_per_chip / 1e6
                assert np.all(power <= buyer.site_series.at(2027) * (1 + 1e-9)), (buyer.name, line)
                assert np.all(site.chips <= buyer.fabric_limit * (1 + 1e-9)), (buyer.name, line)
                assert np.all(site.chips <= buyer.own_share * sum(buyer.cohorts[line][-3:]) * (1 + 1e-9)), line
        largest = np.max([buyer.site_series.at(2027) * np.ones(MEMBERS) for buyer in made.buyers[side]], axis=0)
        assert (record_of(made, "cluster_power_mw", side, 2027) / 1e3 <= largest * (1 + 1e-9)).all()


def test_smuggling_takes_from_one_side_what_it_gives_to_the_other(columns):
    run = columns({**CALM, "smuggling.leakage": 0.0})
    assert not run.of("accelerators_smuggled", "china").any()
    assert not run.of("fleet_smuggled_h100e", "china").any()
    leaky = columns(CALM)
    wanted = np.stack([leaky.drawn[f"smuggling.h100e@{year}"] for year in (2022, 2023, 2024, 2025, 2026)])
    got = leaky.of("h100e_smuggled", "china")[:5]
    assert (got <= wanted * (1 + 1e-9)).all()
    assert (got[2:] >= wanted[2:] * (1 - 1e-9)).mean() > 0.9


# Fabs, memory makers, grids


def test_plants_follow_their_dated_capacity_then_only_grow(world):
    made = world(CALM, year=2035)
    for plant in [*made.agents_by_type[Fab], *made.agents_by_type[MemoryMaker]]:
        for before, after in zip(plant.capacities, plant.capacities[1:], strict=False):
            assert np.all(np.asarray(after) >= np.asarray(before) * (1 - 1e-12)), plant.name
        for year in range(made.first_year, plant.scripted_to + 1):
            dated, now = plant.dated_capacity(year), plant.capacities[year - made.first_year + 2]
            assert np.all(np.asarray(now) <= np.asarray(dated) * (1 + 1e-9)), (plant.name, year)
            if not plant.needs_tools:
                np.testing.assert_allclose(now * np.ones(MEMBERS), dated * np.ones(MEMBERS), err_msg=plant.name)


def test_no_tools_no_new_capacity(columns):
    none = dict.fromkeys(("tools.china_start",), 0.0) | {
        path: {"by_year": {"2022": 0.0}, "unit": "billion_USD/year", "source": "what-if"}
        for path in ("tools.china_receipts", "tools.china_home")
    }
    run = columns({**CALM, **none})
    wafers = run.of("logic_wafers", "china")
    assert (np.diff(wafers[3:], axis=0) <= 1e-6).all()
    assert not run.of("tools_installed_busd", "china").any()
    assert columns(CALM).of("logic_wafers", "china")[-1].mean() > 10 * wafers[-1].mean()


def test_yield_learns_from_2025_on_and_not_below_the_floor(columns):
    run = columns(CALM)
    yields = run.of("logic_yield", "china")
    np.testing.assert_allclose(yields[: run.years.index(2025) + 1], yields[:1].repeat(4, axis=0), rtol=1e-12)
    area = 6.656
    best = np.minimum(1.0, np.exp(-0.05 * area) * run.drawn["smic.n2.harvest"])
    assert (yields <= best * (1 + 1e-9)).all()
    stuck = columns({**CALM, "smic.n2.learning_exponent": 0.0}).of("logic_yield", "china")
    np.testing.assert_allclose(stuck, stuck[:1].repeat(len(stuck), axis=0), rtol=1e-12)


def test_yield_follows_cumulative_wafers_fab_by_fab(world):
    """Recomputed for each fab from its own wafers and drawn inputs, and never falling.

    The recorded yield is the mean over wafers; it may fall a little when a younger fab gains weight.
    """
    made = world(CALM)
    drawn = {key: made.inputs.value(f"smic.n2.{key}", unit) for key, unit in
             (("defect_density", "1/cm^2"), ("learning_exponent", "1"), ("harvest", "1"))}  # fmt: skip
    fabs = made.fabs["china"]
    wafers = {fab.name: 0.0 for fab in fabs}
    at_2025, before = {}, dict.fromkeys(wafers, 0.0)
    while made.running:
        made.step()
        year, expected = made.year - 1, {}
        for fab in fabs:
            wafers[fab.name] = wafers[fab.name] + fab.wafers
            if year <= 2025:
                at_2025[fab.name] = wafers[fab.name]
            density = drawn["defect_density"] * (wafers[fab.name] / at_2025[fab.name]) ** -drawn["learning_exponent"]
            expected[fab.name] = np.minimum(1.0, np.exp(-np.maximum(0.05, density) * 6.656) * drawn["harvest"])
            np.testing.assert_allclose(fab.logic_yield, expected[fab.name], rtol=1e-9, err_msg=f"{fab.name} {year}")
            assert np.all(fab.logic_yield >= before[fab.name] - 1e-12), (fab.name, year)
            before[fab.name] = fab.logic_yield
        mean = sum(fab.wafers * expected[fab.name] for fab in fabs) / sum(fab.wafers for fab in fabs)
        np.testing.assert_allclose(record_of(made, "logic_yield", "china", year), mean, rtol=1e-9)


def test_hbm_takes_a_limited_share_of_dram(columns, world):
    made = world(CALM, year=2035)
    cxmt = next(maker for maker in made.of_side(MemoryMaker, "china"))
    dram = cxmt.dram_wafers.at(2034) * cxmt.dram_growth ** (2034 - cxmt.scripted_to)
    grew = np.asarray(cxmt.capacities[-1]) > np.asarray(cxmt.capacities[-2]) * (1 + 1e-9)
    assert grew.any()
    assert (
        np.asarray(cxmt.capacities[-1])[grew] <= (cxmt.hbm_cap * dram * np.ones_like(grew))[grew] * (1 + 1e-9)
    ).all()


def test_grids_connect_what_was_ordered_within_growth_and_share(columns, world):
    made = world(CALM, year=2027)
    for side in SIDES:
        grid = made.grids[side]
        before = np.asarray(grid.added)
        grid.build()
        assert np.all(grid.added >= 0)
        assert np.all(grid.added <= np.maximum(grid.pace, before) * grid.growth * (1 + 1e-9)), side
        assert np.all(grid.added <= grid.nameplate_added * grid.ai_share * (1 + 1e-9)), side


def test_a_longer_lead_time_brings_power_later(columns):
    """Orders made in 2026 for two or four years ahead."""
    soon, late = (
        columns({**CALM, "grids.us.lead_time": lead}).at("ai_power_available_gw", "us", 2028) for lead in (1.0, 4.0)
    )
    assert (late <= soon * (1 + 1e-9)).all()
    assert late.mean() < soon.mean()
