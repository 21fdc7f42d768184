"""Signs: in one and the same state a lever moves the year's outputs one way only, member by member.

Reactions are off. Two worlds share every draw and every year up to one; then one thing differs, and that year is
compared. Later years may answer back (a shortage saves dies for next year, a full fleet orders less power): over whole
paths the sign holds for cumulative means, and the exact promise is the one in the same state.
"""

import numpy as np
import pytest

from podrace.agents.chip_firms import ChipFirm
from podrace.agents.cloud_firms import CloudFirm
from podrace.agents.fabs import MemoryMaker
from podrace.model.registry import SIDES, VARIABLES

MADE, COMPUTE, FLEET = "accelerators_produced", "h100e_produced", "fleet_h100e"
CLUSTER = "cluster_training_eflops"
HBM_BINDS = 1.0
EPSILON = 1e-9
PLENTY_OF_HBM = {"hbm.china_start": 1e5}
PLENTY_OF_DIES = {
    "smic.n2.die_conversion": 1.0,
    "smic.n2.gross_dies": 78_000.0,
}
# a factor in brackets scales the record
PLENTY_OF_SLOTS = {"china_packaging.capacity": (100.0,)}
PLENTY_OF_POWER = {"grids.china.ai_power": (100.0,)}
PLENTY_IN_THE_US = {
    "plants.tsmc_logic.capacity": (100.0,), "plants.tsmc_cowos.capacity": (100.0,), "hbm_world.capacity": (100.0,),
}  # fmt: skip


def no_leak(world):
    world.hbm_trade.leakage = 0.0


def more_memory_yield(world):
    """Good stacks are wafers x dies x yield / height: more dies count like a better yield."""
    for maker in world.of_side(MemoryMaker, "china"):
        maker.dies_per_wafer = maker.dies_per_wafer * 1.3


def more_smuggling(world):
    world.smugglers.leakage = 2.0


def leakier_tools(world):
    world.foreign_tools.leakage = 0.9


def fewer_defects(side):
    def change(world):
        for fab in world.fabs[side]:
            fab.start_density = fab.start_density * 0.7

    return change


def better_packaging(side, factor):
    def change(world):
        for firm in world.of_side(ChipFirm, side):
            firm.first_yield = firm.first_yield * factor

    return change


def more_power(side, gigawatts=5.0):
    def change(world):
        world.grids[side].available = world.grids[side].available + gigawatts

    return change


def more_money(side):
    def change(world):
        for buyer in world.of_side(CloudFirm, side):
            buyer.accelerator_share = buyer.accelerator_share * 1.2

    return change


def more_slots(side):
    def change(world):
        for house in world.packaging[side].lines:
            house.capacities[-2:] = [capacity * 1.2 for capacity in house.capacities[-2:]]

    return change


def longer_mtbf(world):
    world.mtbf_hours = world.mtbf_hours * 2


# name: (change, overrides of the scenario, [(variable, side, sign)])
PROMISES = {
    "no HBM leak": (no_leak, {}, [(MADE, "china", -1), (COMPUTE, "china", -1), (FLEET, "china", -1),
                                  ("hbm_smuggled_pb", "china", -1), ("hbm_exported_pb", "us", -1)]),
    "CXMT yield": (more_memory_yield, {}, [(MADE, "china", 1), (COMPUTE, "china", 1), (FLEET, "china", 1),
                                           ("hbm_produced_pb", "china", 1)]),
    "smuggling": (more_smuggling, {}, [(FLEET, "us", -1), ("fleet_packages", "us", -1), (FLEET, "china", 1),
                                       ("accelerators_installed", "us", -1), ("fleet_smuggled_h100e", "china", 1)]),
    "tool leakage": (leakier_tools, {}, [("logic_wafers", "china", 1), ("tools_imported_busd", "china", 1),
                                         ("tools_installed_busd", "china", 1), ("hbm_produced_pb", "china", 1)]),
    # where inputs are scarce, more orders shift them between the lines of several buyers: see the means below
    "US power": (more_power("us"), PLENTY_IN_THE_US, [(FLEET, "us", 1), ("energised_share", "us", 1)]),
    "US power where inputs are scarce": (more_power("us"), {}, [("energised_share", "us", 1)]),
    "Chinese power": (more_power("china"), {**PLENTY_OF_HBM, **PLENTY_OF_DIES, **PLENTY_OF_SLOTS},
                      [(FLEET, "china", 1), ("fleet_power_gw", "china", 1)]),
    "defect density": (fewer_defects("china"), PLENTY_OF_HBM, [(COMPUTE, "china", 1), (MADE, "china", 1),
                                                               (FLEET, "china", 1), ("logic_yield", "china", 1)]),
    "package yield": (better_packaging("china", 1.1), PLENTY_OF_HBM, [(MADE, "china", 1), (COMPUTE, "china", 1),
                                                                      (FLEET, "china", 1)]),
    "US package yield": (better_packaging("us", 1.03), {}, [(MADE, "us", 1), (COMPUTE, "us", 1), (FLEET, "us", 1)]),
    "mean time between failures": (longer_mtbf, {}, [("largest_run_flop", "us", 1), ("largest_run_flop", "china", 1)]),
}  # fmt: skip
YEARS = (2024, 2025, 2026, 2027, 2028, 2029, 2031, 2033, 2035)


def settled(lab, overrides):
    """Overrides with their factors turned into scaled records."""
    return {path: lab.scaled(path, *new) if isinstance(new, tuple) else new for path, new in overrides.items()}


def paired(lab, change, overrides, year):
    """The year with the change, and without it."""
    without = lab.calm(settled(lab, overrides))
    return lab.year_after(without.scenario, year, change), without


def falls_short(lab, change, overrides, year, targets):
    """Members in which a variable moves the wrong way, and whether anything moved at all."""
    changed, without = paired(lab, change, overrides, year)
    wrong, moved = {}, False
    for variable, side, sign in targets:
        before, after = without.at(variable, side, year), changed[variable][SIDES.index(side)]
        tolerance = EPSILON * np.abs(before).max()
        moved |= bool((np.abs(after - before) > tolerance).any())
        wrong[variable, side] = np.flatnonzero(sign * (after - before) < -tolerance)
    return wrong, moved


@pytest.mark.parametrize("promise", PROMISES)
def test_sign_holds_in_the_same_state(lab, promise):
    change, overrides, targets = PROMISES[promise]
    ever = False
    for year in YEARS:
        wrong, moved = falls_short(lab, change, overrides, year, targets)
        ever |= moved
        assert not any(len(members) for members in wrong.values()), (year, wrong)
    assert ever, "the lever moves nothing: the test says nothing"


@pytest.mark.parametrize("scarce", ["money", "slots"])
def test_more_money_or_slots_never_lower_output_where_nothing_else_is_scarce(lab, scarce):
    """With other inputs scarce the lines' shares shift, and packages of unlike size are traded for one another.

    Power counts among them: where it is short, richer firms buy more foreign chips, and these take the power of home
    chips.
    """
    plenty = {**PLENTY_OF_HBM, **PLENTY_OF_DIES, **PLENTY_OF_POWER}
    if scarce == "money":
        plenty |= PLENTY_OF_SLOTS
    change = {"money": more_money, "slots": more_slots}[scarce]("china")
    targets = [(MADE, "china", 1), (COMPUTE, "china", 1), (FLEET, "china", 1)]
    ever = False
    for year in YEARS:
        wrong, moved = falls_short(lab, change, plenty, year, targets)
        ever |= moved
        assert not any(len(members) for members in wrong.values()), (year, wrong)
    assert ever


@pytest.mark.parametrize(
    ("change", "side"),
    [(more_money("us"), "us"), (more_slots("us"), "us"), (more_power("us"), "us"), (more_power("china"), "china"),
     (fewer_defects("china"), "china"), (better_packaging("china", 1.1), "china")],
    ids=["US money", "US slots", "US power", "Chinese power", "defect density", "package yield"],
)  # fmt: skip
def test_more_of_an_input_never_lowers_the_mean_fleet(lab, change, side):
    """Where inputs are scarce a member may lose a little to a shift between lines; the ensemble does not."""
    for year in YEARS:
        changed, without = paired(lab, change, {}, year)
        before, after = without.at(FLEET, side, year), changed[FLEET][SIDES.index(side)]
        assert after.mean() >= before.mean() * (1 - 1e-3), year  # a shift between lines may cost 1e-4 of the mean
        assert (after >= before * 0.95).all(), year


@pytest.mark.parametrize("side", SIDES)
def test_more_power_never_costs_the_largest_cluster_more_than_a_shift_of_its_mix(lab, side):
    """With many buyers the sign holds for the mean alone.

    Rivals with more power take more of the scarce lines, so the largest site of some members gets another mix: chips
    of fewer H100e per watt, or of lower utilisation. The site's own power is not the grid's.
    """
    for year in YEARS:
        changed, without = paired(lab, more_power(side), {}, year)
        before, after = without.at(CLUSTER, side, year), changed[CLUSTER][SIDES.index(side)]
        assert after.mean() >= before.mean() * (1 - 1e-4), year
        assert (after >= before * 0.95).all(), year


def test_stricter_hbm_control_where_hbm_binds(lab):
    """The issue's words: where HBM binds, a stricter control makes fewer accelerators, in every member it touches."""
    hit = 0
    for year in range(2026, 2033):
        changed, without = paired(lab, no_leak, {}, year)
        binds = without.at("binding_input", "china", year) == HBM_BINDS
        lost = without.at(MADE, "china", year) - changed[MADE][SIDES.index("china")]
        assert (lost[binds] >= -EPSILON * without.at(MADE, "china", year).max()).all()
        hit += int((lost[binds] > 1.0).sum())
    assert hit > 100


def cumulative_mean(run, variable, side):
    return np.cumsum(run.of(variable, side).mean(axis=1))


PATHS = {
    "no HBM leak": ({"hbm.leakage": 0.0}, MADE, "china", -1),
    "CXMT capacity": (("china_hbm.capacity", 1.5), MADE, "china", 1),
    "CXMT yield": (("plants.cxmt.yield", 1.3), MADE, "china", 1),
    "defect density": ({"smic.n2.defect_density": 0.13}, COMPUTE, "china", 1),
    "SMIC capacity": (("plants.smic.capacity", 1.3), COMPUTE, "china", 1),
    "package yield": (("packaging.china.package_yield", 1.1), MADE, "china", 1),
    "tool leakage": ({"tools.leakage": 0.9}, "logic_wafers", "china", 1),
    "US power": (("grids.us.ai_power", 1.3), FLEET, "us", 1),
    "US capex": (("capital.us.path", 1.2), FLEET, "us", 1),
    "Chinese capex": (("capital.china.path", 1.2), FLEET, "china", 1),
    "CoWoS until power binds": (("plants.tsmc_cowos.capacity", 1.2), COMPUTE, "us", 1),
    "life": (("fleet.life", 1.2), FLEET, "china", 1),
}


@pytest.mark.parametrize("path", PATHS)
def test_sign_holds_along_the_path_on_average(lab, path):
    """More CoWoS early fills the halls with older chips: once power binds, output falls behind for two years."""
    overrides, variable, side, sign = PATHS[path]
    base_overrides = {}
    if isinstance(overrides, tuple):
        overrides = {overrides[0]: lab.scaled(*overrides)}
    if path == "defect density":
        base_overrides = {"smic.n2.defect_density": 0.24}
    before = cumulative_mean(lab.calm(base_overrides), variable, side)
    after = cumulative_mean(lab.calm(overrides), variable, side)
    years = slice(0, 4) if path.endswith("until power binds") else slice(None)
    gain, before = sign * (after - before)[years], before[years]
    assert (gain >= -EPSILON * before).all()
    assert gain[-1] > 1e-4 * before[-1]


def test_nothing_moves_before_the_lever_acts(lab):
    """The HBM gap opens with the ban: up to the end of 2024 both worlds are the same, byte by byte, on both sides."""
    for overrides in ({}, {"behaviour.reactions": False}):
        base, gap = lab.run(overrides), lab.run(overrides, base="hbm_gap")
        first = base.years.index(2025)
        for name, values in base.arrays.items():
            if VARIABLES[name].kind != "date":
                np.testing.assert_array_equal(values[:first], gap.arrays[name][:first], err_msg=name)
        assert (base.at("hbm_smuggled_pb", "china", 2025) > gap.at("hbm_smuggled_pb", "china", 2025)).all()


@pytest.mark.parametrize("overrides", [{"hbm.leakage": 0.0}, {"smic.n2.defect_density": 0.13}], ids=["hbm", "D0"])
def test_a_chinese_lever_leaves_alone_what_the_us_side_brings_along(lab, overrides):
    """Who owns the fleet outside China is no longer among it: that follows from what each buyer gets."""
    base, changed = lab.calm(), lab.calm(overrides)
    for name in ("capex_busd", "solar_gw", "wind_gw", "generation_twh", "electricity_usd_per_mwh", "logic_yield",
                 "stringency_hbm", "stringency_foundry", "nameplate_added_gw", "accelerator_budget_busd"):  # fmt: skip
        np.testing.assert_array_equal(base.of(name, "us"), changed.of(name, "us"), err_msg=name)


@pytest.mark.parametrize(
    "overrides", [{"grids.us.lead_time": 3.6}, {"packaging.us.package_yield": 0.5}], ids=["grid", "yield"]
)
def test_a_us_lever_leaves_alone_what_china_brings_along(lab, overrides):
    base, changed = lab.calm(), lab.calm(overrides)
    for name in ("capex_busd", "solar_gw", "wind_gw", "generation_twh", "stringency_hbm", "purchase_refusal"):
        np.testing.assert_array_equal(base.of(name, "china"), changed.of(name, "china"), err_msg=name)
    dated = slice(0, base.years.index(2026))
    for name in ("logic_wafers", "hbm_produced_pb", "ai_power_available_gw"):
        np.testing.assert_array_equal(base.of(name, "china")[dated], changed.of(name, "china")[dated], err_msg=name)
