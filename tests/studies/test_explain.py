"""An explanation is computed, not told: levers against whole runs, decisions from the log, inputs from moved records."""

import numpy as np
import pandas as pd
import pytest

from podrace.model.registry import SIDES
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.relief import Lever
from podrace.studies.ensemble import run_block, run_central
from podrace.studies.explain import explain
from podrace.studies.explain_decisions import ORDER, decisions
from podrace.studies.explain_inputs import TARGETS, largest_inputs
from podrace.studies.explain_relief import OUTCOMES, relief, run_levers
from podrace.studies.one_at_a_time import one_at_a_time

MEMBERS = 24
CHINA = SIDES.index("china")


@pytest.fixture(scope="module")
def baseline():
    return load("baseline", {"years.end": 2028})


@pytest.fixture(scope="module")
def events(baseline):
    return run_central(baseline)[1]


def lever(*paths, factor=1.1, side="china"):
    return Lever(id="test", side=side, label="test", factor=factor, paths=paths)


def test_a_lever_is_a_scenario_with_its_record_changed(baseline):
    """One grouped run gives what two whole runs give, bit for bit."""
    found = run_levers(baseline, MEMBERS, 7, [lever("plants.cxmt.dies_per_wafer")])
    overrides = {"years.end": 2028, "plants.cxmt.dies_per_wafer": 500.0 * 1.1}
    for group, scenario in enumerate((baseline, load("baseline", overrides))):
        alone = run_block(scenario, 7, 0, MEMBERS).arrays
        here = slice(group * MEMBERS, (group + 1) * MEMBERS)
        for name in OUTCOMES:
            np.testing.assert_array_equal(found[name][..., here], alone[name])


def test_effects_are_of_the_same_members(baseline):
    (still, more) = relief(
        baseline,
        2027,
        "china",
        MEMBERS,
        7,
        [lever("hbm.grey", factor=1.0), lever("hardware.reliability.minutes_lost", factor=0.9)],
    )
    for effect in still.effects:
        assert effect.relative == (0.0, 0.0, 0.0)
        assert effect.absolute == (0.0, 0.0, 0.0)
        assert effect.up == effect.down == 0.0
    training = more.on("cluster_training_eflops")
    assert training.up == 1.0
    assert 0.0 < training.relative[0] <= training.relative[1] <= training.relative[2] <= 0.1 + 1e-9
    assert more.on("accelerators_produced").up == 0.0


def test_where_there_is_nothing_there_is_no_relative_effect(baseline):
    (found,) = relief(baseline, 2022, "china", 4, 7, [lever("smic.n2.harvest")])
    assert found.on("accelerators_produced").relative is None
    assert found.on("accelerators_produced").absolute == (0.0, 0.0, 0.0)


def test_decisions_are_those_of_the_year_that_bear_on_the_side(baseline, events):
    found = decisions(baseline, events, 2028, "china")
    year = events[events["year"].astype(int) == 2028]
    logged = set(zip(year["actor"], year["rule"], year["chose"], strict=True))
    assert {(d.actor, d.rule, d.chose) for d in found} <= logged
    actors = {(d.actor, d.rule) for d in found}
    assert {("cxmt", "expand"), ("china", "connect"), ("tsmc_n7", "expand"), ("china", "acceptance")} <= actors
    assert not {("microsoft", "order"), ("us", "connect"), ("sk_hynix", "expand")} & actors
    both = {(d.actor, d.rule) for d in found} | {(d.actor, d.rule) for d in decisions(baseline, events, 2028, "us")}
    assert both == set(zip(year["actor"], year["rule"], strict=True))


def test_weighty_decisions_stand_first(baseline, events):
    dated = decisions(baseline, events, 2025, "china")
    assert dated[0].rule == "control"
    assert dated[0].dated
    assert dated[0].reason
    for year in (2025, 2028):
        found = decisions(baseline, events, year, "china")
        assert [d.idle for d in found] == sorted(d.idle for d in found)
        places = [ORDER.index(d.rule) for d in found if not d.idle]
        assert places == sorted(places)
    plants = [d for d in decisions(baseline, events, 2028, "china") if d.rule == "expand" and not d.idle]
    assert [d.amount for d in plants] == sorted((d.amount for d in plants), reverse=True)
    assert {"asked over output", "wish"} <= plants[0].observed.keys()


def test_a_rule_nobody_knows_yet_stands_among_the_reactions(baseline):
    log = pd.DataFrame(
        [(2028.0, "smic", "hoard", "price 3.5", "buy 7 PB", "fear"), (2028.0, "alibaba", "order", "budget bn USD 2", "1 GW", "")],
        columns=["year", "actor", "rule", "observed", "chose", "reason"],
    )  # fmt: skip
    first, second = decisions(baseline, log, 2028, "china")
    assert (first.rule, first.observed, first.amount, first.dated) == ("hoard", {"price": 3.5}, 7.0, False)
    assert second.rule == "order"


def test_what_was_chosen_again_is_marked(baseline, events):
    first, later = (
        next(d for d in decisions(baseline, events, year, "us") if d.rule == "alignment" and d.actor == "taiwan")
        for year in (2027, 2028)
    )
    assert not first.again
    assert later.again


@pytest.mark.parametrize("side", SIDES)
def test_inputs_are_the_records_that_move_most(baseline, side):
    found = largest_inputs(baseline, 2027, side, most=4)
    study = one_at_a_time(baseline.with_years(2022, 2027), TARGETS)
    for target in TARGETS:
        mine = [one for one in found if one.target == target]
        table = study.effects(target, 2027, side).head(4)
        assert [one.entry.path for one in mine] == list(table.index)
        for one, (_, row) in zip(mine, table.iterrows(), strict=True):
            assert (one.at_low, one.central, one.at_high) == (row["at_low"], row["central"], row["at_high"])
            assert one.low <= one.high
            assert one.entry.sources
            assert one.entry.origin


def test_elasticities_are_those_of_a_small_step(baseline):
    found = largest_inputs(baseline, 2026, "us", ("cluster_training_eflops",), most=40)
    software = next(one for one in found if one.entry.path == "software.us_start")
    assert software.entry.per == "percent"
    slope = (software.at_high - software.at_low) / software.central * 0.96 / (software.high - software.low)
    assert software.entry.elasticity == pytest.approx(slope, rel=0.1)


def test_a_year_may_be_the_first_or_the_last_and_later_years_do_not_matter(baseline):
    early = explain(baseline, 2022, "china", 8, 3)
    assert early.reading.years == range(2022, 2023)
    assert early.relief_members == 8
    short = explain(load("baseline", {"years.end": 2026}), 2026, "us", 8, 3)
    whole = explain(baseline, 2026, "us", 8, 3)
    np.testing.assert_array_equal(short.fleet.after, whole.fleet.after)
    assert short.relief == whole.relief
    assert [d.chose for d in short.decisions] == [d.chose for d in whole.decisions]


@pytest.mark.parametrize(("year", "side", "said"), [(2040, "china", "2022 to 2028"), (2027, "chna", "china")])
def test_a_year_or_side_that_is_not_there_is_refused(baseline, year, side, said):
    with pytest.raises(ScenarioError, match=said):
        explain(baseline, year, side, 2)
