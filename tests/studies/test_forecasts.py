"""Forecasts: each in its own world, levers one at a time, nothing fitted."""

import pytest

from podrace.scenarios.cases import FORECASTS, Cases, read_cases
from podrace.scenarios.compose import load
from podrace.scenarios.readings import load_readings
from podrace.studies.forecasts import FOLDER, closes, forecasts, world_file


@pytest.fixture(scope="module")
def found():
    cases = read_cases(FORECASTS)
    names = (
        "bernstein_supply",
        "bis_ascend_2025",
        "ms_self_sufficiency",
        "iea_dc_world",
        "cpia_solar",
        "cxmt_hbm_2026",
    )
    few = tuple(cases.named(name) for name in names)
    return forecasts(load("baseline"), Cases("few", cases.start, few), 40)


def of(found, name, year):
    return next(one for one in found.forecasts if one.case.id == name and one.point.year == year)


def test_every_world_is_a_valid_file_and_every_rule_names_one():
    files = {path.stem: load(path) for path in sorted(FOLDER.glob("*.yaml"))}
    assert {rule.world for rule in load_readings().worlds} <= set(files)
    used = {layer for scenario in files.values() for layer in scenario.layers[:-1]}
    assert {name for name in files if name.startswith("lever_")} <= used


def test_plentiful_supply_lifts_chinese_sales(found):
    supply = of(found, "bernstein_supply", 2028)
    assert supply.world == "bernstein_supply"
    assert supply.assumed.quantiles[0.5] > 2 * supply.base.quantiles[0.5]
    assert [lever.closes for lever in supply.levers] == sorted((lever.closes for lever in supply.levers), reverse=True)
    assert {lever.name for lever in supply.levers} == {
        "lever_hbm_plenty", "lever_wafers_plenty", "lever_packaging_plenty", "lever_china_money",
    }  # fmt: skip


def test_without_the_die_bank_ascend_output_falls(found):
    bis = of(found, "bis_ascend_2025", 2025)
    assert bis.assumed.quantiles[0.5] < 0.5 * bis.base.quantiles[0.5]
    assert bis.levers[0].closes > 0.5


def test_a_named_scenario_is_its_own_lever_and_the_baseline_has_none(found):
    assert [lever.name for lever in of(found, "cxmt_hbm_2026", 2026).levers] == ["hbm_gap"]
    assert of(found, "ms_self_sufficiency", 2027).levers == ()


def test_known_years_and_scripted_numbers_are_marked(found):
    assert of(found, "ms_self_sufficiency", 2024).known_then
    assert not of(found, "ms_self_sufficiency", 2027).known_then
    assert of(found, "cpia_solar", 2025).scripted


def test_what_has_no_counterpart_is_listed(found):
    assert [one.case.id for one in found.not_mapped] == ["iea_dc_world"]


def test_an_unknown_scenario_is_said_and_the_baseline_taken():
    case = read_cases(FORECASTS).named("ms_nvidia_2027").model_copy(update={"scenario": "basline"})
    found = forecasts(load("baseline"), Cases("one", 2022, (case,)), 5)
    assert "did you mean baseline" in found.notes[0]
    assert found.forecasts[0].world == "baseline"


def test_the_share_of_a_gap_is_on_logarithms():
    assert closes(10.0, 100.0, 1000.0) == pytest.approx(0.5)
    assert closes(10.0, 1.0, 1000.0) == pytest.approx(-0.5)
    assert closes(10.0, 20.0, 0.0) is None
    assert world_file("bis_2025").exists()
