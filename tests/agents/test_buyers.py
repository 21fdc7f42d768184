"""Buyers and those who finance them: budgets, power, deliveries, sites."""

import numpy as np

from podrace.agents.cloud_firms import CloudFirm
from podrace.agents.investors import Investors
from podrace.model.fleet import BASES
from podrace.model.numbers import positive
from podrace.model.registry import SIDES

CALM = {"behaviour.reactions": False}
MEMBERS = 64


def only(*rules):
    names = ("acceptance", "controls", "subsidy", "energy_target", "capex_bust", "mix_to_low_memory", "retaliation")
    return {f"behaviour.rules.{rule}": rule in rules for rule in names}


def record_of(world, variable, side, year):
    return world.recorder.read(variable, side, year).copy()


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


def test_the_largest_run_never_gets_smaller(columns):
    """A new cluster replaces the old where it trains a larger run; on the small fixed job it may be slower."""
    run = columns(CALM)
    for side in SIDES:
        assert (np.diff(run.of("largest_run_flop", side), axis=0) >= 0).all()


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


def test_what_the_market_delivered_reaches_the_buyers_and_nobody_else(world):
    """Packages, compute, power and money: the parts of all buyers of a side add up to the whole."""
    made = world(CALM)
    while made.year < 2033:
        made.step()
        exported = made.markets["us"].exported.amounts
        abroad = [made.markets["us"].exported_to(buyer.name) for buyer in made.buyers["china"]]
        np.testing.assert_allclose(sum(batch.amounts for batch, _ in abroad), exported, rtol=1e-9, atol=1e-9)
        for side in SIDES:
            market, buyers = made.markets[side], made.buyers[side]
            parts = [market.delivered_to(buyer.name) for buyer in buyers]
            got = sum(batch.amounts for batch, _ in parts)
            np.testing.assert_allclose(got, market.delivered.amounts, rtol=1e-9, atol=1e-9)
            kept = sum(buyer.home_bought.amounts for buyer in buyers)
            left = market.delivered.amounts * (1.0 - made.diverted_share[side])
            np.testing.assert_allclose(kept, left, rtol=1e-9, atol=1e-9)
            assert sum(np.any(batch.packages > 0) for batch, _ in parts) > 1 or made.year <= 2024
        goods = made.smugglers.goods.amounts * np.ones((len(BASES), MEMBERS))
        smuggled = sum(buyer.smuggled.amounts for buyer in made.buyers["china"])
        np.testing.assert_allclose(smuggled, goods, rtol=1e-9, atol=1e-9)
        assert not sum(buyer.smuggled.amounts for buyer in made.buyers["us"]).any()


def test_power_room_is_shared_out_pro_rata_and_conserved(world):
    """What is left of the power that firms may buy goes to all who ask, nobody above his wish."""
    made = world(CALM)
    short = 0
    while made.year < 2033:
        owned = {
            buyer.name: buyer.fleet.total.power_gw + buyer.inventory.power_gw - buyer.fleet.due().power_gw
            for buyer in made.agents_by_type[CloudFirm]
        }
        made.step()
        for side in SIDES:
            grid, buyers = made.grids[side], made.buyers[side]
            np.testing.assert_allclose(grid.occupied, sum(owned[buyer.name] for buyer in buyers), rtol=1e-9)
            room = positive(grid.overbuy * grid.available - grid.occupied)
            granted = {buyer.name: np.asarray(grid.room.granted(buyer.name)) for buyer in buyers}
            asked = {buyer.name: np.asarray(grid.room.requested_by(buyer.name)) for buyer in buyers}
            everything = np.minimum(room, sum(asked.values()))
            np.testing.assert_allclose(sum(granted.values()), everything, rtol=1e-9, atol=1e-12)
            for buyer in buyers:
                fill = np.minimum(1.0, room / sum(asked.values()))
                np.testing.assert_allclose(granted[buyer.name], fill * asked[buyer.name], rtol=1e-9, atol=1e-12)
                uses = buyer.home_gw * buyer.powered + buyer.foreign_gw
                assert np.all(uses <= np.maximum(granted[buyer.name], buyer.foreign_gw) * (1 + 1e-9)), buyer.name
            short += int(np.sum(room < sum(asked.values())))
    assert short > 100, "power must be short somewhere for the test to say anything"


def test_one_bust_hits_every_buyer_of_a_side_alike(world):
    """Investors of a side have one mood; the two sides break apart."""
    calm, busts = world(only()), world(only("capex_bust"))
    apart = 0
    while busts.year < 2033:
        calm.step()
        busts.step()
        broke = {}
        for side in SIDES:
            mood = busts.investors[side].mood * np.ones(MEMBERS)
            broke[side] = mood < 1 - 1e-9
            for before, after in zip(calm.buyers[side], busts.buyers[side], strict=True):
                assert before.name == after.name
                np.testing.assert_allclose(after.capex, before.capex * mood, rtol=1e-9, err_msg=before.name)
        apart += int(np.sum(broke["us"] != broke["china"]))
    assert apart > 10


def test_a_recovered_boom_may_break_again_at_once(world):
    """Two half recoveries may miss 1 by rounding; that must not shield a member for a year."""
    made = world({**only("capex_bust"), "capital.us.bust_rate": 50.0}, year=2027)
    investors = made.investors["us"]
    broke = []
    while made.year < 2034:
        made.step()
        broke.append(np.isclose(investors.mood * np.ones(MEMBERS), 1.0 - investors.bust_depth, rtol=1e-12))
    assert [year.all() for year in broke] == [True, False, False, True, False, False, True]
    assert not any(year.any() for year in (*broke[1:3], *broke[4:6]))


def test_power_is_planned_for_the_growth_of_the_budget_within_bounds(world):
    """A firm plans for no shrinking, and for no more growth than the facts say."""
    made = world(CALM, year=2028)
    made.every(Investors).do("finance")
    seen = 0
    for buyer in made.agents_by_type[CloudFirm]:
        before = np.array(buyer.budget)
        buyer.set_budget()
        growth = np.asarray(buyer.growth)
        np.testing.assert_allclose(growth, np.clip(buyer.budget / before, 1.0, buyer.plan_growth), rtol=1e-12)
        buyer.budget = buyer.budget * 1e3
        buyer.set_budget()
        np.testing.assert_array_equal(buyer.growth, np.ones_like(buyer.growth), err_msg="a budget that falls")
        buyer.budget = buyer.budget / 1e3
        buyer.set_budget()
        np.testing.assert_allclose(buyer.growth, buyer.plan_growth * np.ones_like(buyer.growth), rtol=1e-12)
        seen += int(np.sum((growth > 1.0) & (growth < buyer.plan_growth)))
    assert seen > 0, "between the bounds the budget itself decides"
