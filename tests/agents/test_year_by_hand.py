"""Single lines of a year worked out by hand: what an agent does with numbers that are given to it."""

import numpy as np
import pytest

from podrace.agents.fabs import Plant
from podrace.model.depot import HbmDepot
from podrace.model.registry import SIDES

CALM = {"behaviour.reactions": False}


def test_energy_push_is_nothing_at_the_threshold_and_all_at_full_use(world):
    made = world(CALM, year=2027)
    china = made.china_government
    least, most = china.energy_threshold, china.energy_response
    for part, push in ((-0.5, 0.0), (0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (1.5, 1.0)):
        made._before["power_utilisation", "china"] = least + part * (1.0 - least)
        np.testing.assert_allclose(china._push_energy(), push * most * np.ones_like(most), rtol=1e-9, atol=1e-12)


def test_solar_and_wind_are_what_was_added(columns):
    run = columns(CALM)
    for side in SIDES:
        for source in ("solar", "wind"):
            stock, added = run.of(f"{source}_gw", side), run.of(f"{source}_added_gw", side)
            np.testing.assert_allclose(np.diff(stock, axis=0), added[1:], rtol=1e-9)


def test_a_site_powers_its_chips_with_their_share_of_the_site(world):
    """A chip draws its own all-in power and, at a site, an overhead besides; all of them no more than the site has."""
    made = world(CALM, year=2028)
    made.step()
    for side in SIDES:
        lines = made.markets[side].lines_delivered()
        for buyer in made.buyers[side]:
            for name in set(buyer.sites) & set(lines):
                site, batch = buyer.sites[name], lines[name]
                each = batch.power_gw / np.where(batch.packages > 0, batch.packages, 1.0) * 1e6
                np.testing.assert_allclose(site.kw_per_chip, each * buyer.site_overhead, rtol=1e-9, err_msg=buyer.name)
                assert np.all(site.chips * site.kw_per_chip <= made.grids[side].available * 1e6 * (1 + 1e-9))


@pytest.mark.parametrize("smuggled", [0.0, 2.0])
def test_the_bought_store_is_drawn_on_after_what_flows_in(smuggled):
    """10 PB asked for, 2 made: 8 a year, or 6 beside 2 smuggled, come out of a store of 3."""
    depot = HbmDepot(3.0, keeps=True)
    depot.open_year()
    depot.deliver(2.0)
    depot.smuggle_pb(smuggled)
    depot.counter.ask("firm", 10.0)
    depot.share_out(2026)
    assert float(depot.runout) == pytest.approx(2026 + 3.0 / (8.0 - smuggled))


def test_a_plant_runs_but_for_what_is_lost(world):
    calm, hit = world(CALM), world(CALM, base="taiwan_disruption")
    for plant in (agent for agent in calm.agents if isinstance(agent, Plant)):
        assert np.all(plant.running == 1.0), plant.name
    lost = 0
    while hit.year < 2031:
        for plant in (agent for agent in hit.agents if isinstance(agent, Plant)):
            share = 0.0 if plant.lost is None else plant.lost.at(hit.year)
            np.testing.assert_allclose(plant.running, 1.0 - share, rtol=1e-12, err_msg=plant.name)
            lost += int(np.any(np.asarray(share) > 0))
        hit.step()
    assert lost > 0
