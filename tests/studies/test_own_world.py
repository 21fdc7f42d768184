"""A scenario file adds a chip, its maker, a fab of the maker's own and a buyer: nobody writes code for it."""

import numpy as np
import pytest

import podrace as pr
from podrace.model.record import Recorder
from podrace.model.registry import SIDES
from podrace.model.world import World
from podrace.scenarios.compose import load
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs
from podrace.studies.ensemble import run_ensemble

MEMBERS = 16
OWN_WORLD = """
title: A newcomer
extends: baseline
years: {start: 2022, end: 2032}
parameters:
  chips.lotus_1:
    name: Lotus 1
    vendor: Lotus
    side: china
    status: announced
    available_year: {value: 2027.0, unit: year, source: what-if}
    fp8_tflops: {value: 1500, unit: TFLOP/s, source: what-if}
    bf16_tflops: {value: 750, unit: TFLOP/s, source: what-if}
    hbm_gb: {value: 96, unit: GB, source: what-if}
    hbm_tb_s: {value: 3.2, unit: TB/s, source: what-if}
    scale_up_gb_s: {value: 600, unit: GB/s, source: what-if}
    scale_out_gbit_s: {value: 400, unit: Gbit/s, source: what-if}
    tdp_w: {value: 600, unit: W, source: what-if}
  products.lotus_1:
    ramp_start: {low: 2026.8, value: 2027.0, high: 2027.5, unit: year, source: what-if}
    per_wafer: {value: 45, unit: package/wafer, source: what-if}
    dies: {value: 2, unit: die/package, source: what-if}
    price: {value: 9000, unit: USD/package, source: what-if}
    from_bank: false
  product_lines.lotus:
    generations: [lotus_1]
    weight: {value: 0.1, unit: '1', source: what-if}
    ramp_years: {value: 1.0, unit: year, source: what-if}
  firms.lotus_designs:
    label: Lotus
    side: china
    leads: false
    lines: [lotus]
    exports: []
    hbm_weight: {value: 0.1, unit: '1', source: what-if}
    die_weight: {value: 0.1, unit: '1', source: what-if}
    die_receipts: {by_year: {2022: 0}, unit: die/year, source: what-if}
    revenue_extra: {value: 1.0, unit: '1', source: what-if}
  plants.lotus_fab:
    label: Lotus fab
    side: china
    makes: fab
    serves: [lotus_designs]
    order: {value: 1, unit: '1', source: what-if}
    capacity: {by_year: {2020: 0, 2026: 0, 2027: {low: 1000, value: 2000, high: 3000}}, unit: wafer/month, source: what-if}
    scripted_to: {value: 2028, unit: year, source: what-if}
    growth: {value: 1.2, unit: '1', source: what-if}
    lag: plants.smic.lag
    gross_dies: smic.n2.gross_dies
    die_area: smic.n2.die_area
    defect_density: smic.n2.defect_density
    defect_floor: smic.n2.defect_floor
    learning_exponent: smic.n2.learning_exponent
    harvest: smic.n2.harvest
    die_conversion: {value: 1.0, unit: '1', source: what-if}
  buyers.lotus_lab:
    label: Lotus laboratory
    side: china
    imports: false
    capex: {by_year: {2021: 0, 2026: 0, 2027: {low: 2, value: 3, high: 5}}, unit: billion_USD/year, source: what-if}
    ai_share: capital.specialist_ai_share
    accelerator_share: capital.china.accelerator_share
    tastes:
      lotus: {value: 0.8, unit: '1', source: what-if}
      ascend: {value: 0.2, unit: '1', source: what-if}
    site_power: {by_year: {2021: 0.0, 2027: {low: 0.05, value: 0.1, high: 0.2}}, unit: GW, source: what-if}
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "newcomer.yaml"
    path.write_text(OWN_WORLD, encoding="utf-8")
    return path


@pytest.fixture
def world(own):
    scenario = load(own)
    made = World(Inputs(scenario, MemberDraws(2, 0, MEMBERS)), Recorder(scenario.years, MEMBERS))
    yield made
    made.release()


def named(agents, name):
    return next(agent for agent in agents if agent.name == name)


def test_a_file_adds_a_chip_a_maker_a_fab_and_a_buyer(world):
    """The newcomer makes its chip on dies of its own fab and sells it to its own buyer, from its date on."""
    firm, buyer = named(world.firms["china"], "lotus_designs"), named(world.buyers["china"], "lotus_lab")
    fab = named(world.fabs["china"], "lotus_fab")
    assert [f.name for f in world.firms["china"] if fab.serves(f)] == ["lotus_designs"]
    while world.year < 2026:
        world.step()
        assert not np.any(firm.finished)
        assert not np.any(buyer.bought.packages)
    yields = []
    while world.running:
        world.step()
        yields.append(np.asarray(fab.logic_yield) * np.ones(MEMBERS))
        assert np.isfinite(yields[-1]).all()
    assert (yields[-1] > yields[1]).all(), "it learns from its own first wafers"
    assert (np.asarray(firm.dies_got["lotus_fab"]) > 0).mean() > 0.9
    assert np.all(firm.finished > 1000)
    assert np.all(buyer.fleet.total.h100e > 0)
    assert world.markets["china"].products_of("lotus")[0][0].chip.id == "lotus_1"
    assert np.all(world.markets["china"].share_of("lotus_lab", "lotus") == 1.0), "nobody else has a taste for it"
    assert np.all(buyer.sites["lotus"].chips > 0)


def test_the_newcomer_takes_from_what_there_is(own):
    """Balances close with him, years before him are the same, and no draw of others moves."""
    newcomer = run_ensemble(load(own), MEMBERS, seed=2)
    alone = run_ensemble(load("baseline").with_years(2022, 2032), MEMBERS, seed=2)
    assert set(newcomer.inputs) > set(alone.inputs)
    for column in alone.inputs:
        np.testing.assert_array_equal(newcomer.inputs[column], alone.inputs[column], err_msg=column)
    for name in ("accelerators_produced", "fleet_h100e", "hbm_used_pb", "cluster_training_eflops"):
        before = (run.data[name].sel(year=slice(2022, 2025)).values for run in (newcomer, alone))
        np.testing.assert_allclose(*before, rtol=1e-9, err_msg=name)
    made = newcomer.data["accelerators_produced"].sel(year=slice(2028, 2032), side="china")
    assert float(made.mean()) != float(
        alone.data["accelerators_produced"].sel(year=slice(2028, 2032), side="china").mean()
    )
    for side in SIDES:
        data = newcomer.data.sel(side=side)
        grown = np.diff(data["die_stockpile"].values, axis=1, prepend=0.0)
        net = data["dies_produced"] + data["dies_imported"] - data["dies_used"] - data["dies_other"]
        np.testing.assert_allclose(grown, net.values, atol=1e-9 * float(data["dies_produced"].max()))


def test_the_newcomer_survives_the_resolved_file(own, tmp_path):
    result = pr.run(str(own), members=2)
    assert "lotus_lab" in result.scenario.entities("buyers")
    path = tmp_path / "resolved.yaml"
    path.write_text(result.scenario.to_yaml(), encoding="utf-8")
    assert load(path).hash == result.scenario.hash
