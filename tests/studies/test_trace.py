"""Traces: every number leads to sourced records, and to those alone that move it."""

import pytest

from podrace.model.registry import SIDES
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.watch import watched
from podrace.studies.elasticities import Target, central_value, effects
from podrace.studies.ensemble import run_central
from podrace.studies.trace import Source, sources, trace


@pytest.fixture(scope="module")
def baseline():
    return load("baseline", {"years.end": 2030})


@pytest.fixture(scope="module")
def yields(baseline):
    return trace(baseline, "logic_yield", 2026, "china", deep=True)


@pytest.fixture(scope="module")
def fleet(baseline):
    return trace(baseline, "fleet_h100e", 2026, "china")


def entry(found, path):
    return next((e for e in (*found.records, *found.structure) if e.path == path), None)


def test_the_value_is_that_of_the_central_run(baseline, yields, fleet):
    central, _ = run_central(baseline)
    for found in (yields, fleet):
        array = central[found.variable][baseline.years.index(found.year), SIDES.index(found.side), 0]
        assert found.value == pytest.approx(array, rel=1e-12)


def test_defects_lower_the_yield_and_their_source_is_known(yields):
    defects = entry(yields, "smic.n2.defect_density")
    assert defects.elasticity < -0.1
    assert defects.origin.startswith("scenarios/facts/plants.yaml:")
    assert defects.sources
    assert all(source.publisher and source.title for source in defects.sources)
    assert defects.as_of
    assert defects.confidence


def test_harvested_dies_count_one_for_one(yields):
    assert entry(yields, "smic.n2.harvest").elasticity == pytest.approx(1.0)


def test_records_that_cannot_matter_are_not_listed(yields):
    for path in (
        "buyers.us_cloud.initial_h100e",
        "grids.us.wind_added",
        "plants.cxmt.yield",
        "chips.nvidia_feynman.hbm_gb",
    ):
        assert entry(yields, path) is None
    assert yields.without_effect > 500


def test_a_year_read_as_a_whole_number_moves_by_whole_years(yields):
    start = entry(yields, "learning.learning_from")
    assert (start.step, start.per, start.whole) == (1.0, "unit", True)
    assert start.elasticity < 0


def test_nothing_moves_the_past(baseline):
    """What begins later moves no number of an earlier year."""
    found = trace(baseline, "fleet_h100e", 2023, "china")
    later = [e.path for e in found.records if e.path.startswith("products.huawei_ascend_9") and "ramp_start" in e.path]
    assert "products.huawei_ascend_960.ramp_start" not in later
    assert entry(found, "policy.china.acceptance.base") is None


def test_entries_are_in_order_and_lead_to_sources(baseline, fleet):
    sizes = [abs(e.elasticity) for e in fleet.records]
    assert sizes == sorted(sizes, reverse=True)
    for e in fleet.records:
        assert e.change != 0
        assert e.sources
        for source in e.sources:
            assert source.id in baseline.sources or source.id in {"judgement", "derived", "what-if"}


def test_smuggling_enters_the_fleet_of_china_and_not_of_2021(fleet):
    assert entry(fleet, "smuggling.h100e").elasticity > 0
    assert entry(fleet, "smuggling.h100e").by_year


def test_one_percent_moves_less_than_a_tenth(baseline):
    """Small steps have small effects: what one percent of a price doubles is a fault of the trace."""
    found = trace(baseline, "price_usd_per_h100e", 2026, "us")
    prices = [e for e in found.records if e.path.endswith(".price")]
    assert prices
    assert all(abs(e.change) < 0.1 * found.value for e in found.records if e.per == "percent")
    assert 0.5 < sum(e.elasticity for e in prices) < 1.5


def test_chips_and_actions_stand_beside(fleet):
    made = {chip.chip: chip for chip in fleet.chips if chip.how == "made"}
    ascend = made["huawei_ascend_910c"]
    assert ascend.packages > 1e5
    assert ascend.first_year <= ascend.last_year <= 2026
    assert any(e.path.endswith(".bf16_tflops") and e.sources for e in ascend.records)
    assert {chip.how for chip in fleet.chips} == {"made", "bought", "smuggled"}
    assert any(a.item == "hbm" and a.actor == "us" and a.sources for a in fleet.actions)
    assert all(a.date < 2027 and (a.until is None or a.until > 2026) for a in fleet.actions)


def test_packages_made_add_up_to_what_is_recorded(baseline, fleet):
    central, _ = run_central(baseline)
    years = [baseline.years.index(year) for year in range(baseline.start, 2027)]
    produced = central["accelerators_produced"][years, SIDES.index("china"), 0].sum()
    assert sum(chip.packages for chip in fleet.chips if chip.how == "made") == pytest.approx(produced, rel=1e-6)


def test_an_older_control_that_a_newer_one_replaced_is_not_in_force(baseline):
    def controls(year):
        return {
            round(a.date, 2) for a in trace(baseline, "hbm_used_pb", year, "china").actions if a.item == "equipment"
        }

    assert controls(2030) < controls(2024) | controls(2030)


def test_data_sheets_have_effects_when_asked_for(baseline):
    short = baseline.with_years(2022, 2024)
    target = Target("h100e_produced", 2024, "china")
    names = [path for path in baseline.records if path.startswith("chips.huawei_ascend_910")]
    found, broken = effects(short, target, (), names)
    by_path = {effect.path: effect for effect in found}
    assert by_path["chips.huawei_ascend_910c.int8_tops"].elasticity > 0.01
    assert "chips.huawei_ascend_910c.price_usd" not in by_path
    assert broken == []


def test_a_record_that_cannot_differ_between_members_is_moved_by_itself(baseline, monkeypatch):
    from podrace.studies import elasticities

    real = elasticities.run_moves

    def refusing(scenario, moves, variables):
        if any(move.path == "smic.n2.harvest" for move in moves):
            message = "only length-1 arrays can be converted"
            raise TypeError(message)
        return real(scenario, moves, variables)

    monkeypatch.setattr(elasticities, "run_moves", refusing)
    short = baseline.with_years(2022, 2026)
    paths = ("smic.n2.defect_density", "smic.n2.harvest", "plants.smic.growth")
    found, _ = effects(short, Target("logic_yield", 2026, "china"), paths, ())
    by_path = {effect.path: effect.elasticity for effect in found}
    assert by_path["smic.n2.harvest"] == pytest.approx(1.0)
    assert by_path["smic.n2.defect_density"] < 0


def test_watching_changes_nothing(baseline):
    target = Target("fleet_h100e", 2030, "us")
    seen = watched(baseline)
    assert central_value(seen, target) == central_value(baseline, target)
    assert "policy.first_year" in seen.seen
    assert "chips.nvidia_h100.fp8_tflops" in seen.seen


def test_categories_and_dates_can_be_traced(baseline):
    assert trace(baseline, "binding_input", 2026, "china").value in {"dies", "hbm", "packaging", "demand"}
    runout = trace(baseline, "die_runout_year", 2026, "china")
    assert entry(runout, "firms.huawei.die_receipts").change > 0
    assert entry(runout, "firms.huawei.die_receipts").elasticity is None


def test_words_and_addresses_are_sources_too(baseline):
    assert sources(baseline, ["judgement"]) == (Source("judgement"),)
    assert sources(baseline, ["https://a.b"])[0].address == "https://a.b"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("logic_yeild", 2026, "china"), "logic_yield"),
        (("logic_yield", 2036, "china"), "2022 to 2030"),
        (("logic_yield", 2026, "China"), "china, us"),
        (("huawei_integration", 2026, "us"), "no value"),
    ],
)
def test_a_number_that_is_not_there(baseline, place, said):
    with pytest.raises(ScenarioError, match=said):
        trace(baseline, *place)


def test_what_if_records_stand_in_their_own_file(baseline):
    found = trace(load("hbm_gap", {"years.end": 2027}), "hbm_smuggled_pb", 2026, "china")
    leak = entry(found, "hbm.leakage")
    assert leak.value == 0.0
    assert leak.per == "unit"
    assert "hbm_gap.yaml:" in leak.origin
    assert (leak.change > 0, leak.elasticity) == (True, None)
