"""No chip, stack, die, tool or gigawatt from nothing: every balance closes from recorded columns alone."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podrace.model.registry import SIDES, VARIABLES
from podrace.scenarios.compose import load
from podrace.studies.ensemble import run_block

CHINA, US = (SIDES.index(side) for side in ("china", "us"))
ROUNDING = 1e-11
CHINESE_BUYERS = ("alibaba", "tencent", "bytedance", "baidu", "deepseek", "china_state")
SCENARIOS = {
    "baseline": ("baseline", {}),
    "hbm_gap": ("hbm_gap", {}),
    "calm": ("baseline", {"behaviour.reactions": False}),
    "no history": ("baseline", {"behaviour.history": False}),
    "no controls": ("no_controls_2022", {}),
    "no TSMC": ("taiwan_disruption", {}),
    "decoupled": ("full_decoupling", {}),
}
ONLY_CHINA = {"tools_stockpile_busd", "tools_imported_busd", "tools_home_busd", "tools_installed_busd",
              "huawei_integration", "huawei_packages_sold", "huawei_revenue_busd", "euv_ramp"}  # fmt: skip
ONLY_US = {"us_owned_share", "nvidia_h100e_sold", "nvidia_packages_sold", "nvidia_revenue_busd"}
NEEDS_A_CLUSTER = {"cluster_mfu", "cluster_software", "cluster_goodput", "training_days"}
NEEDS_A_PRODUCT = {name for name in VARIABLES if name.startswith(("chip_", "pod_", "inference_"))}


def grown(stock, start=None):
    """Change of a stock over each year; without a start the first year is left out."""
    return np.diff(stock, axis=0) if start is None else np.diff(stock, axis=0, prepend=start)


def accelerators(a, _start):
    inflow = a["accelerators_produced"] + a["accelerators_imported"] + a["accelerators_smuggled"]
    outflow = a["accelerators_installed"] + a["accelerators_exported"] + a["accelerators_diverted"]
    return inflow, outflow + grown(a["accelerators_inventory"], 0.0 * inflow[:1])


def computing_power(a, _start):
    """What a side makes, less what goes to the other side, and what comes from there, is installed or in store."""
    from_abroad = a["h100e_imported"] + a["h100e_smuggled"]
    to_abroad = from_abroad[:, ::-1]
    inflow = a["h100e_produced"] + from_abroad - to_abroad
    return inflow, a["h100e_installed"] + grown(a["h100e_inventory"], 0.0 * inflow[:1])


def fleet_in_packages(a, start):
    return grown(a["fleet_packages"], start["packages"]), a["accelerators_installed"] - a["accelerators_retired"]


def fleet_in_h100e(a, start):
    return grown(a["fleet_h100e"], start["h100e"]), a["h100e_installed"] - a["h100e_retired"]


def dies(a, _start):
    inflow = a["dies_produced"] + a["dies_imported"]
    return grown(a["die_stockpile"], 0.0 * inflow[:1]), inflow - a["dies_used"] - a["dies_other"]


def hbm(a, start):
    inflow = a["hbm_produced_pb"] + a["hbm_imported_pb"] + a["hbm_smuggled_pb"]
    outflow = a["hbm_exported_pb"] + a["hbm_used_pb"] + a["hbm_other_pb"]
    return grown(a["hbm_stockpile_pb"], start["hbm"]), inflow - outflow


def tools(a, start):
    net = a["tools_imported_busd"] + a["tools_home_busd"] - a["tools_installed_busd"]
    return grown(a["tools_stockpile_busd"], start["tools"])[:, CHINA], net[:, CHINA]


def solar(a, start):
    return grown(a["solar_gw"], start["solar"]), a["solar_added_gw"]


def wind(a, start):
    return grown(a["wind_gw"], start["wind"]), a["wind_added_gw"]


def power(a, start):
    return grown(a["ai_power_available_gw"], start["power"]), a["power_added_gw"]


BALANCES = (accelerators, computing_power, fleet_in_packages, fleet_in_h100e, dies, hbm, tools, solar, wind, power)


def opening(scenario, drawn, members):
    """What stood there before the first year, from the drawn inputs."""

    def number(path):
        if path in drawn:
            return drawn[path]
        return np.full(members, scenario.record(path).value)

    def before(path):
        dated = f"{path}@{scenario.start - 1}"
        return drawn[dated] if dated in drawn else np.full(members, scenario.central(path, "GW", scenario.start - 1))

    def both(china, us):
        return np.stack([china, us])[None]

    nothing = np.zeros(members)
    return {
        "packages": both(*(number(f"initial.{side}.packages") for side in SIDES)),
        "h100e": both(*(number(f"initial.{side}.h100e") for side in SIDES)),
        "hbm": both(number("hbm.china_start"), nothing),
        "tools": both(number("tools.china_start"), nothing),
        "solar": both(*(number(f"grids.{side}.solar_start") for side in SIDES)),
        "wind": both(*(number(f"grids.{side}.wind_start") for side in SIDES)),
        "power": both(*(before(f"grids.{side}.ai_power") for side in SIDES)),
    }


def assert_closes(balance, arrays, start):
    left, right = balance(arrays, start)
    scale = np.abs(left).max() + np.abs(right).max()
    assert np.isfinite(left).all()
    assert np.abs(left - right).max() <= ROUNDING * scale, balance.__name__


def assert_trade_matches(a):
    """What one side sends is what the other receives."""
    np.testing.assert_array_equal(a["accelerators_exported"][:, US], a["accelerators_imported"][:, CHINA])
    np.testing.assert_array_equal(a["accelerators_diverted"][:, US], a["accelerators_smuggled"][:, CHINA])
    received = a["hbm_imported_pb"][:, CHINA] + a["hbm_smuggled_pb"][:, CHINA]
    np.testing.assert_allclose(a["hbm_exported_pb"][:, US], received, rtol=1e-12)
    for variable in ("accelerators_imported", "accelerators_smuggled", "dies_imported", "hbm_imported_pb"):
        assert not a[variable][:, US].any(), variable
    for variable in ("accelerators_exported", "accelerators_diverted", "hbm_exported_pb"):
        assert not a[variable][:, CHINA].any(), variable


def assert_sound(a):
    """Nothing negative, shares at most one, categories in their list, no gap where the variable applies."""
    for name, values in a.items():
        variable = VARIABLES[name]
        applies = [
            s for s in SIDES if not (name in ONLY_CHINA and s == "us") and not (name in ONLY_US and s == "china")
        ]
        for side in applies:
            column = values[:, SIDES.index(side)]
            assert not (column < 0).any(), (name, side)
            if variable.kind == "share":
                assert not (column > 1.0 + 1e-12).any(), (name, side)
            if variable.kind == "category":
                assert set(np.unique(column)) <= set(range(len(variable.categories))), (name, side)
            if name in NEEDS_A_CLUSTER:
                assert (np.isfinite(column) == (a["cluster_chips"][:, SIDES.index(side)] > 0)).all(), (name, side)
            elif name == "localisation_tools" and side == "china":
                bought = a["tools_home_busd"] + a["tools_imported_busd"]
                assert (np.isfinite(column) == (bought[:, CHINA] > 0)).all()
            elif variable.kind != "date" and name not in NEEDS_A_PRODUCT | {"price_usd_per_h100e"}:
                assert np.isfinite(column).all(), (name, side)
            if variable.kind == "date":
                assert (column[0] == column[-1])[np.isfinite(column[0])].all(), name


def assert_powered(a):
    """No capability without power, and none beyond the fleet."""
    available = a["ai_power_available_gw"] * (1 + 1e-12)
    assert (a["fleet_power_gw"] <= available).all()
    assert (a["cluster_power_mw"] / 1e3 <= available).all()
    assert (a["cluster_power_mw"][a["cluster_chips"] > 0] > 0).all()
    assert not a["cluster_training_eflops"][a["cluster_chips"] == 0].any()
    assert (a["cluster_chips"] <= a["fleet_packages"] + a["accelerators_inventory"]).all()
    drawn = a["fleet_power_gw"] / np.where(available > 0, a["ai_power_available_gw"], 1.0)
    np.testing.assert_allclose(a["power_utilisation"], drawn, rtol=1e-9, atol=1e-12)
    short = a["energised_share"] < 1
    np.testing.assert_allclose(a["fleet_power_gw"][short], a["ai_power_available_gw"][short], rtol=1e-9)


def assert_identities(a):
    """Columns that are made of others."""
    training = a["cluster_fp8_eflops"] * np.nan_to_num(a["cluster_mfu"] * a["cluster_goodput"])
    np.testing.assert_allclose(a["cluster_training_eflops"], training, rtol=1e-12)
    assert (a["h100e_retired"][1:] <= a["fleet_h100e"][:-1] * (1 + 1e-12)).all()
    assert (a["accelerators_retired"][1:] <= a["fleet_packages"][:-1] * (1 + 1e-12)).all()
    assert (a["fleet_smuggled_h100e"] <= a["fleet_h100e"]).all()
    assert (a["die_bank"] <= a["die_stockpile"] * (1 + 1e-12)).all()
    rented = a["fleet_rented_h100e"][:, CHINA]
    np.testing.assert_allclose(a["fleet_h100e_used"][:, CHINA], a["fleet_h100e"][:, CHINA] + rented, rtol=1e-12)
    np.testing.assert_allclose(a["fleet_h100e_used"].sum(1), a["fleet_h100e"].sum(1), rtol=1e-12)
    home = a["h100e_produced"][:, CHINA]
    brought = home + a["h100e_imported"][:, CHINA] + a["h100e_smuggled"][:, CHINA]
    share = a["localisation_accelerators"][:, CHINA]
    np.testing.assert_allclose((share * brought)[brought > 0], home[brought > 0], rtol=1e-12)
    some = (a["accelerators_produced"] > 0) & (a["accelerators_lost"] > 0)
    started = a["accelerators_produced"] + a["accelerators_lost"]
    assert (a["dies_used"][some] >= started[some] * (1 - 1e-9)).all(), "a package takes at least one die"


@pytest.fixture(scope="module", params=SCENARIOS)
def run(request, lab):
    base, overrides = SCENARIOS[request.param]
    return lab.run(overrides, base=base)


@pytest.mark.parametrize("balance", BALANCES, ids=lambda balance: balance.__name__)
def test_balance_closes(run, balance):
    members = run.arrays["fleet_h100e"].shape[2]
    assert_closes(balance, run.arrays, opening(run.scenario, run.drawn, members))


def test_trade_matches(run):
    assert_trade_matches(run.arrays)


def test_values_are_sound(run):
    assert_sound(run.arrays)


def test_no_capability_without_power(run):
    assert_powered(run.arrays)


def test_identities(run):
    assert_identities(run.arrays)


def test_products_have_values_once_they_are_made(run):
    """A chip is missing only in years before its side made 10,000 of one."""
    for side, sold in (("us", "nvidia_packages_sold"), ("china", "huawei_packages_sold")):
        made = run.of(sold, side)
        assert (made > 50_000).any()
        for name in NEEDS_A_PRODUCT:
            known = np.isfinite(run.of(name, side))
            assert not known[made < 10_000].any(), (name, side)
            assert known[made > 50_000].all(), (name, side)


STRETCHED = (
    "buyers.china_state.capex", "buyers.bytedance.capex", "buyers.microsoft.capex", "capital.us.path", "grids.china.ai_power", "grids.us.ai_power",
    "plants.smic.capacity", "plants.huawei_fabs.capacity", "plants.tsmc_n7.capacity", "plants.tsmc_logic.capacity", "plants.tsmc_cowos.capacity",
    "china_packaging.capacity", "china_hbm.capacity", "hbm.china_receipts", "hbm.china_receipts_last_month",
    "hbm.grey", "hbm.other_users", "hbm.china_start", "smuggling.h100e", "tools.china_receipts", "tools.china_start",
    "firms.huawei.die_receipts", "rental.china", "fleet.life",
)  # fmt: skip


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    stretched=st.dictionaries(
        st.sampled_from(STRETCHED), st.sampled_from([0.2, 0.5, 2.0, 6.0]), min_size=4, max_size=10
    ),
    emptied=st.sets(st.sampled_from(("hbm.grey", "firms.huawei.die_receipts", "hbm.china_receipts")), max_size=2),
    reactions=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_every_balance_closes_in_stretched_worlds(lab, stretched, emptied, reactions, seed):
    factors = {**stretched, **dict.fromkeys(emptied, 0.0)}
    overrides = {path: lab.scaled(path, factor) for path, factor in factors.items()}
    scenario = load("baseline", {**overrides, "behaviour.reactions": reactions})
    block = run_block(scenario, seed, 0, 24)
    start = opening(scenario, block.drawn, 24)
    for balance in BALANCES:
        assert_closes(balance, block.arrays, start)
    assert_trade_matches(block.arrays)
    assert_sound(block.arrays)
    assert_powered(block.arrays)
    assert_identities(block.arrays)


def test_a_side_without_power_has_no_capability(lab):
    dark = {
        "grids.china.ai_power": {"by_year": {"2021": 0.0}, "unit": "GW", "source": "what-if"},
        "grids.china.ai_share_of_additions": {"value": 0.0, "unit": "1", "source": "what-if"},
    }
    run = lab.run(dark, members=16)
    assert run.of("fleet_h100e", "china").max() > 0
    for variable in (
        "fleet_power_gw",
        "energised_share",
        "cluster_chips",
        "cluster_training_eflops",
        "largest_run_flop",
    ):
        assert not run.of(variable, "china").any(), variable
    assert (run.of("cluster_chips", "us") > 0).all()


def test_a_side_without_home_chips_purchases_and_smuggling_has_no_cluster(lab):
    """Imported chips make clusters too: only where nothing comes from anywhere there is none."""
    nothing = {
        "china_packaging.capacity": lab.scaled("china_packaging.capacity", 0.0),
        "smuggling.leakage": 0.0,
        **{f"buyers.{buyer}.imports": False for buyer in CHINESE_BUYERS},
    }
    run = lab.run(nothing, members=16)
    for variable in ("accelerators_produced", "accelerators_imported", "accelerators_smuggled", "cluster_chips"):
        assert not run.of(variable, "china").any(), variable
    buying = {path: value for path, value in nothing.items() if not path.endswith(".imports")}
    assert lab.run(buying, members=16).of("cluster_chips", "china").any()


@pytest.mark.parametrize("buyers", [("bytedance",), CHINESE_BUYERS], ids=["one", "all"])
def test_what_is_smuggled_arrives_also_where_buyers_do_not_import(lab, buyers):
    run = lab.run({f"buyers.{buyer}.imports": False for buyer in buyers}, members=16)
    assert run.of("accelerators_smuggled", "china").any()
    start = opening(run.scenario, run.drawn, 16)
    for balance in BALANCES:
        assert_closes(balance, run.arrays, start)
