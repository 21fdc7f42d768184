"""Study files: what they may say, every combination resolved, every fault with its place."""

import pytest

from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.studies.study_files import load_study, study_names


@pytest.fixture
def study(tmp_path):
    def write(text, **options):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return load_study(path, **options)

    return write


def faults(study, text):
    with pytest.raises(ScenarioError) as raised:
        study(text)
    return str(raised.value)


def test_packaged_studies_load():
    assert {"policy_grid", "sanction_timing", "interconnect_thesis", "million_futures"} <= set(study_names())
    assert load_study("million_futures").members == 1_000_000
    for name in study_names():
        loaded = load_study(name)
        assert len({case.scenario.hash for case in loaded.cases}) == len(loaded.cases)
        assert loaded.title
        assert loaded.description


def test_only_base_is_required(study):
    plain = study("base: baseline")
    assert (plain.design, plain.members, plain.seed, plain.levers) == ("random", 1000, 0, {})
    assert plain.base == load("baseline")
    assert plain.years == tuple(range(2022, 2036))
    assert "cluster_training_eflops" in plain.outputs
    assert load_study("baseline").hash == plain.hash


def test_levers_give_every_combination(study):
    found = study("base: [baseline, hbm_gap]\nlevers:\n  fleet.life: [4, 6]\n  y: {as_is: [], low: smic_yield_low}")
    assert [(case.base, *case.levers.values()) for case in found.cases] == [
        (base, life, y) for base in ("baseline", "hbm_gap") for life in (4, 6) for y in ("as_is", "low")
    ]
    last = found.cases[-1]
    assert last.number == 7
    assert last.label == "hbm_gap, fleet.life 6, y low"
    assert last.scenario == load("hbm_gap", {**_changes("smic_yield_low"), "fleet.life": 6.0})
    assert found.cases[0].scenario == load("baseline", {"fleet.life": 4.0})


def _changes(name):
    changed, base = load(name), load("baseline")
    paths = [path for path, record in changed.records.items() if base.records[path] != record]
    keep = ("value", "low", "high", "dist", "unit", "source")
    return {path: {key: getattr(changed.records[path], key) for key in keep} for path in paths}


def test_a_layer_may_stand_in_the_study_itself(study):
    action = "{date: 2027-01, actor: us, action: control, item: rental, stringency: 1.0, source: what-if}"
    found = study(f"base: baseline\nlevers:\n  rental:\n    ban:\n      timeline:\n      - {action}\n")
    assert found.base == load("rental_ban")
    assert found.base.name == "baseline"


def test_years_and_outputs_are_cut(study):
    found = study("base: baseline\nyears: [2030, 2026]\noutputs: [fleet_h100e, accelerators_produced]")
    assert found.years == (2026, 2030)
    assert found.outputs == ("accelerators_produced", "fleet_h100e")
    assert (found.base.start, found.base.end) == (2026, 2030)
    assert study("base: baseline\nyears: {end: 2030}").years == tuple(range(2022, 2031))


def test_a_rule_can_be_a_lever(study):
    found = study("base: baseline\nlevers: {behaviour.rules.controls: [true, false]}")
    assert [case.scenario.behaviour.on("controls") for case in found.cases] == [True, False]


def test_hash_follows_what_moves_a_result(study):
    text = "base: baseline\nlevers: {fleet.life: [4, 6]}\n"
    same = study(f"title: Something else\n{text}")
    assert study(text).hash == same.hash
    changed = [study(text + "seed: 1"), study(text + "members: 5"), study(text + "design: sobol"), study(text, seed=7)]
    assert len({same.hash, *(other.hash for other in changed)}) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x", ["mine.yaml:1", "missing base"]),
        ("base: baselin", ["mine.yaml:1", "did you mean baseline?"]),
        ("bas: baseline", ["unknown key", "did you mean base?", "missing base"]),
        ("base: baseline\ndesign: lhs\nmembers: 0", ["mine.yaml:2  design", "latin_hypercube", "mine.yaml:3  members"]),
        ("base: baseline\noutputs: [fleet_h100]", ["mine.yaml:2  outputs[0]", "did you mean fleet_h100e?"]),
        ("base: baseline\nyears: [2010]", ["mine.yaml:2  years"]),
        ("base: baseline\nyears: {start: 2040}", ["mine.yaml:2  years", "2022 to 2035"]),
        ("base: baseline\nlevers: {year: {a: []}}", ["cannot have this name"]),
        ("base: baseline\nlevers: {fleet_h100e: {a: []}}", ["cannot have this name"]),
        ("base: baseline\nlevers: {a: []}", ["states no options"]),
        ("base: baseline\nlevers:\n  a: [hbm_gab]", ["mine.yaml:3", "did you mean hbm_gap?"]),
        ("base: baseline\nlevers:\n  a: [1]", ["mine.yaml:3  levers.a[0]", "not a scenario's name"]),
        ("base: baseline\nlevers:\n  fleet.lif: [4]", ["mine.yaml:3", "did you mean fleet.life?"]),
        ("base: baseline\nlevers:\n  fleet.life: [4, 4]", ["the same value twice"]),
        ("base: baseline\nlevers:\n  fleet.life: [{low: 1}]", ["not a plain value"]),
        ("base: baseline\nlevers:\n  a: {x: {timelin: []}}", ["mine.yaml:3", "did you mean timeline?"]),
        ("base: baseline\nlevers:\n  y: [smic_yield_low]\n  z: [smic_yield_high]", ["mine.yaml:2", "set smic.n2."]),
        ("base: [baseline, baseline]", ["the same base twice"]),
        ("base: ../baseline", ["leaves the scenario folders"]),
    ],
)
def test_faults_name_line_path_and_the_nearest_name(study, text, said):
    message = faults(study, text)
    assert [part for part in said if part not in message] == []


def test_too_many_combinations_are_refused_before_any_is_made(study):
    many = "".join(f"  l{number}: [baseline, hbm_gap]\n" for number in range(20))
    assert "1,048,576" in faults(study, f"base: baseline\nlevers:\n{many}")


def test_an_unknown_name_lists_the_studies():
    with pytest.raises(ScenarioError, match="did you mean policy_grid"):
        load_study("policy_gird")
