"""Fabs, packaging lines, memory makers and grids: each rule by itself."""

import numpy as np

from podrace.agents.chip_firms import ChipFirm
from podrace.agents.fabs import Fab, MemoryMaker
from podrace.model.numbers import positive
from podrace.model.registry import SIDES

CALM = {"behaviour.reactions": False}
MEMBERS = 64


def record_of(world, variable, side, year):
    return world.recorder.read(variable, side, year).copy()


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


def lost(*plants, share=1.0):
    """Overrides that take a share of the output of plants in 2028."""
    record = {"by_year": {"2021": 0.0, "2028": share, "2029": 0.0}, "unit": "1", "source": "what-if"}
    return {f"plants.{plant}.lost_output": record for plant in plants}


def test_lost_output_stops_a_side_for_that_year_alone(columns):
    """Nothing moves before; in the year nothing is made; afterwards the line runs again, no smaller than it was."""
    calm, hit = columns(CALM), columns({**CALM, **lost("tsmc_cowos")})
    before, year = slice(0, calm.years.index(2028)), calm.years.index(2028)
    for name in ("accelerators_produced", "fleet_h100e", "hbm_stockpile_pb", "dies_used", "packages_capacity"):
        for side in SIDES:
            np.testing.assert_array_equal(calm.of(name, side)[before], hit.of(name, side)[before], err_msg=name)
    for name in ("accelerators_produced", "accelerators_exported", "dies_used", "hbm_used_pb", "packages_capacity"):
        assert not hit.of(name, "us")[year].any(), name
    assert hit.of("accelerators_produced", "china")[year].all()
    assert (hit.of("accelerators_retired", "us")[year] > 0).all(), "the fleet ages on"
    assert (hit.of("accelerators_produced", "us")[year + 1] > 0).all()


def test_half_the_output_lost_halves_the_slots_and_leaves_the_capacity(world):
    made, half = world(CALM, year=2028), world({**CALM, **lost("tsmc_cowos", share=0.5)}, year=2028)
    made.step()
    half.step()
    np.testing.assert_allclose(half.packaging["us"].slots(), 0.5 * made.packaging["us"].slots(), rtol=1e-12)
    (line,), (other) = made.packaging["us"].lines, half.packaging["us"].lines[0]
    np.testing.assert_array_equal(line.capacities[-1], other.capacities[-1])


def test_a_fab_without_output_grants_no_dies(world):
    made = world({**CALM, **lost("tsmc_logic")}, year=2028)
    piles = {firm.name: np.array(firm.pile.level) for firm in made.of_side(ChipFirm, "us")}
    made.step()
    for firm in made.of_side(ChipFirm, "us"):
        assert not np.any(firm.dies_made), firm.name
        assert np.all(firm.dies_from_home <= piles[firm.name] * (1 + 1e-9)), "what is left of its pile"
    made.step()
    assert all(np.all(firm.dies_made > 0) for firm in made.of_side(ChipFirm, "us"))


def test_an_owned_fab_serves_its_owner_alone(world):
    """Huawei asks its own fabs first, and SMIC for what they do not give."""
    made = world(CALM)
    own, smic = (next(fab for fab in made.fabs["china"] if fab.name == name) for name in ("huawei_fabs", "smic"))
    assert made.fabs["china"].index(own) < made.fabs["china"].index(smic)
    served = 0
    while made.year < 2033:
        made.step()
        for firm in made.of_side(ChipFirm, "china"):
            owner = firm.name == "huawei"
            assert own.serves(firm) == owner
            assert smic.serves(firm)
            assert owner or (own.name not in firm.dies_got and not np.any(own.counter.requested_by(firm.name)))
            if owner:
                left = positive(firm.dies_wanted - firm.dies_got[own.name])
                np.testing.assert_allclose(smic.counter.requested_by(firm.name), left, rtol=1e-12)
                assert np.all(firm.dies_got[own.name] <= own.good_dies * (1 + 1e-12))
                served += int(np.sum(firm.dies_got[own.name] > 1000))
    assert served > 100


def test_named_customers_of_a_foreign_foundry_are_its_only_ones(world):
    made = world(CALM)
    samsung, tsmc = (next(f for f in made.foreign_foundries if f.name == n) for n in ("samsung_foundry", "tsmc_n7"))
    served = {firm.name for firm in made.agents_by_type[ChipFirm] if samsung.serves(firm)}
    assert served == {"baidu_kunlunxin", "alibaba_t_head", "china_other"}
    assert {firm.name for firm in made.agents_by_type[ChipFirm] if tsmc.serves(firm)} == {
        firm.name for firm in made.firms["china"]
    }
