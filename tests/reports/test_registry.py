"""The registry holds the contract's variables, in its order and units, and what tables and exports need."""

import dataclasses
import subprocess
import sys

import pytest

from podrace.model.registry import SIDES, VARIABLES, Variable, nearest, variables

# id=unit of the 76 variables other tools rely on; a space in a unit is written _
CONTRACT = """
accelerators_produced=package/year accelerators_imported=package/year accelerators_smuggled=package/year
accelerators_exported=package/year accelerators_installed=package/year accelerators_retired=package/year
accelerators_lost=package/year accelerators_inventory=package h100e_produced=H100e/year h100e_imported=H100e/year
h100e_smuggled=H100e/year fleet_h100e=H100e fleet_h100e_bf16=H100e fleet_h100e_located=H100e fleet_h100e_used=H100e
energised_share=1 dies_produced=die/year dies_imported=die/year dies_used=die/year die_stockpile=die
die_runout_year=year logic_wafers=wafer/year logic_yield=1 hbm_produced_pb=PB/year hbm_imported_pb=PB/year
hbm_smuggled_pb=PB/year hbm_used_pb=PB/year hbm_stockpile_pb=PB hbm_runout_year=year packages_capacity=package/year
tools_stockpile_busd=billion_USD binding_input=category fleet_binding=category localisation_dies=1
localisation_hbm=1 localisation_packaging=1 localisation_tools=1 localisation_accelerators=1 huawei_integration=1
chip_tpp=TPP chip_fp8_tflops=TFLOP/s chip_bf16_tflops=TFLOP/s chip_hbm_gb=GB chip_hbm_tb_s=TB/s chip_power_w=W
pod_chips=package pod_fp8_pflops=PFLOP/s pod_hbm_tb=TB pod_scale_up_tb_s=TB/s pod_power_kw=kW cluster_chips=package
cluster_fp8_eflops=EFLOP/s cluster_mfu=1 cluster_goodput=1 cluster_training_eflops=EFLOP/s cluster_power_mw=MW
training_days=day largest_run_flop=FLOP inference_tokens_per_s_per_mw=token/(s_MW) fleet_power_gw=GW
ai_power_available_gw=GW power_utilisation=1 solar_gw=GW solar_added_gw=GW/year wind_gw=GW wind_added_gw=GW/year
generation_twh=TWh/year electricity_usd_per_mwh=USD/MWh capex_busd=billion_USD/year stringency_accelerators=1
stringency_hbm=1 stringency_equipment=1 stringency_foundry=1 purchase_refusal=1 software_efficiency=1
price_usd_per_h100e=USD/H100e
"""
EXTRA = """
accelerators_diverted fleet_packages h100e_installed h100e_retired fleet_smuggled_h100e fleet_rented_h100e
hbm_exported_pb hbm_other_pb dies_other die_bank power_added_gw tools_imported_busd tools_home_busd
tools_installed_busd us_owned_share political_state h100e_sold_first_half revenue_busd nvidia_h100e_sold
nvidia_packages_sold huawei_packages_sold huawei_revenue_busd
"""


def test_contract_first_in_its_order_and_units():
    contract = dict(pair.split("=") for pair in CONTRACT.split())
    assert len(contract) == 76
    assert list(VARIABLES)[:76] == list(contract)
    assert {name: VARIABLES[name].unit.replace(" ", "_") for name in contract} == contract


def test_what_closes_the_balances_is_recorded_too():
    assert set(VARIABLES) >= set(EXTRA.split())


@pytest.mark.parametrize("field", ["label", "label_ko", "iamc"])
def test_names_are_unique_and_never_empty(field):
    names = [getattr(variable, field) for variable in variables()]
    assert all(names)
    assert len(set(names)) == len(names)


def test_categories():
    assert VARIABLES["binding_input"].categories == ("dies", "hbm", "packaging", "demand")
    assert VARIABLES["fleet_binding"].categories == ("supply", "capital", "power")
    assert {v.id for v in variables() if v.categories} == {"binding_input", "fleet_binding"}


def test_about_fifteen_headlines():
    heads = {v.id for v in variables() if v.headline}
    assert 12 <= len(heads) <= 18
    assert heads >= {"cluster_training_eflops", "fleet_h100e", "fleet_h100e_bf16", "ai_power_available_gw"}


def test_shares_are_printed_in_per_cent_and_formats_are_positive():
    for variable in variables():
        if variable.format:
            assert variable.format.divide > 0, variable.id
        if variable.kind == "share" and variable.id != "political_state":
            assert variable.format, variable.id
            assert (variable.format.divide, variable.format.unit) == (0.01, "%"), variable.id


def test_nearest_name():
    assert nearest("fleet_h100") == "fleet_h100e"
    assert nearest("zzzzzz") is None


def test_entries_cannot_be_changed():
    assert isinstance(VARIABLES["fleet_h100e"], Variable)
    with pytest.raises(dataclasses.FrozenInstanceError):
        VARIABLES["fleet_h100e"].unit = "x"
    assert SIDES == ("china", "us")


def test_import_is_cheap():
    code = (
        "import sys; import podrace.model.registry; "
        "print(sorted({'numpy', 'pandas', 'pydantic', 'mesa', 'pint'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
