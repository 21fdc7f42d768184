"""The founding article's claims: the file, the recipes, the verdicts, the pairing of what-ifs."""

from dataclasses import replace

import numpy as np
import pytest

from podrace.scenarios.claims import Claim, load_claims
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.studies.claims import answer_claims, check_recipes, judge, read_claims
from podrace.studies.ensemble import run_ensemble
from podrace.studies.recipes import RECIPES, Context, Measure, measure

MEMBERS = 60
CLAIM = """
claims:
- id: nvl72
  kind: fact
  stated: 72 GPUs
  facts: it has 72
  records: [rack]
  model:
  - {name: chips, label: chips, recipe: value, record: rack}
  judge:
  - {of: chips, agrees: [72, 72]}
"""


@pytest.fixture(scope="module")
def asked():
    return read_claims()


@pytest.fixture(scope="module")
def base():
    return run_ensemble(load("baseline"), members=MEMBERS)


@pytest.fixture(scope="module")
def context(base, asked):
    return Context(base, asked[1], load)


@pytest.fixture(scope="module")
def answers(asked, base):
    return answer_claims(*asked, base)


@pytest.fixture
def read(tmp_path):
    """Write a claims file and read it, recipes checked."""

    def write(text):
        (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
        claims, doc = load_claims(tmp_path, {"rack"})
        check_recipes(claims, doc)
        return claims

    return write


def test_all_37_claims_are_there(asked):
    claims, _ = asked
    assert len({claim.id for claim in claims}) == 37
    assert [sum(claim.kind == kind for claim in claims) for kind in ("fact", "derived", "hypothesis")] == [15, 15, 7]


def test_every_claim_rests_on_a_document(asked):
    claims, index = asked
    for claim in claims:
        sources = {name for record in claim.records for name in index.facts[record].source}
        assert sources & set(index.sources), claim.id


def test_every_claim_is_answered(answers):
    assert len(answers) == 37
    for answer in answers:
        assert set(answer.measures) == {step.name for step in answer.claim.model}, answer.claim.id
        words = {
            "hypothesis": {"supported", f"depends on {answer.claim.depends_on}", "not supported"},
        }.get(answer.claim.kind, {"agrees", "partly", "differs"})
        assert answer.verdict in words
        assert answer.because.count(": ") >= len(answer.claim.judge)


def test_no_measure_is_empty(answers):
    empty = [(a.claim.id, name) for a in answers for name, found in a.measures.items() if np.isnan(found.median)]
    assert empty == []


def test_intervals_hold_their_median(answers):
    for answer in answers:
        assert all(found.low <= found.median <= found.high for found in answer.measures.values()), answer.claim.id


def test_every_hypothesis_gives_a_reason_for_each_threshold(asked):
    hypotheses = [claim for claim in asked[0] if claim.kind == "hypothesis"]
    assert len(hypotheses) == 7
    for claim in hypotheses:
        assert claim.study
        assert all(test.reason and test.because for test in claim.judge), claim.id


def test_the_elasticity_is_tried_over_its_whole_range(asked):
    claim = next(claim for claim in asked[0] if claim.id == "controls-speed-self-reliance")
    steps = {step.name: step.options for step in claim.model if step.recipe == "raised_at"}
    record = load("baseline").record("policy.china.output_elasticity")
    (_, point), *_ = record.points()
    tried = {steps[test.of]["value"] for test in claim.judge if test.of in steps}
    assert {point.low, 0.0, point.high} <= tried


def test_the_hardware_hypotheses_are_tested_on_a_fixed_and_a_grown_model(asked):
    for name in ("optics-make-up-for-chips", "interconnect-decides-training", "infiniband-weak-link"):
        claim = next(claim for claim in asked[0] if claim.id == name)
        jobs = {step.name: step.options.get("job") for step in claim.model}
        assert {"reference_moe_2t", "grown"} <= {jobs[test.of] for test in claim.judge}


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((0.9, 0.95), "supported"),
        ((0.9, 0.6), "depends on the weather"),
        ((0.6, 0.6), "depends on the weather"),
        ((0.9, 0.1), "depends on the weather"),
        ((0.1, 0.2), "not supported"),
        ((float("nan"), 0.2), "not supported"),
    ],
)
def test_a_hypothesis_depends_where_its_tests_part(asked, values, verdict):
    claim = next(claim for claim in asked[0] if claim.id == "controls-speed-self-reliance")
    test = claim.judge[0]
    assert test.ranges == ((0.8, 1.0), (0.5, 1.0))
    two = claim.model_copy(
        update={"judge": tuple(test.model_copy(update={"of": n}) for n in "ab"), "depends_on": "the weather"}
    )
    measures = {name: Measure(value, value, value) for name, value in zip("ab", values, strict=True)}
    assert judge(two, measures)[0] == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((72, 72), "agrees"),
        ((72, 60), "partly"),
        ((60, 60), "partly"),
        ((72, 10), "partly"),
        ((10, 10), "differs"),
        ((float("inf"), float("nan")), "differs"),
    ],
)
def test_a_verdict_follows_the_thresholds(asked, values, verdict):
    nvl72 = next(claim for claim in asked[0] if claim.id == "nvl72")
    wide = replace_judge(nvl72, partly=(50.0, 100.0))
    measures = {name: Measure(value, value, value) for name, value in zip("ab", values, strict=True)}
    assert judge(wide, measures)[0] == verdict


def replace_judge(claim, partly):
    """Give a claim two tests, of measures a and b."""
    test = claim.judge[0].model_copy(update={"partly": partly})
    tests = tuple(test.model_copy(update={"of": name}) for name in "ab")
    return claim.model_copy(update={"judge": tests})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("recipe: value", "recipe: valeu", "unknown recipe"),
        ("record: rack}", "record: rack, pint: x}", "did you mean point"),
        (", record: rack}", "}", "missing option of value"),
        ("recipe: value, record: rack", "recipe: quantile, variable: fleet_h100, side: us, year: 2030", "did you mean fleet_h100e"),
        ("recipe: value, record: rack", "recipe: quantile, variable: fleet_h100e, side: usa, year: 2030", "unknown side"),
        ("records: [rack]", "records: [rick]", "did you mean rack"),
        ("of: chips", "of: chip", "judge names a measure that is not computed"),
        ("kind: fact", "kind: hypothesis", "a hypothesis names the study"),
        ("kind: fact", "kind: hypothesis\n  study: s\n  depends_on: d", "a test of this kind needs supported"),
        ("agrees: [72, 72]", "supported: [72, 72]", "a test of this kind needs agrees"),
        ("  judge:\n  - {of: chips, agrees: [72, 72]}\n", "  judge: []\n", "a claim needs judge"),
        ("kind: fact", "kind: truth", "not an allowed value"),
        ("stated: 72 GPUs", "sated: 72 GPUs", "did you mean stated"),
    ],
)  # fmt: skip
def test_faults_of_the_file_are_named(read, old, new, said):
    assert old in CLAIM
    with pytest.raises(ScenarioError, match=said):
        read(CLAIM.replace(old, new))


def test_a_sound_file_is_read(read):
    (claim,) = read(CLAIM)
    assert isinstance(claim, Claim)
    assert claim.judge[0].agrees == (72, 72)


def test_an_open_end_is_infinite(read):
    (claim,) = read(CLAIM.replace("[72, 72]", "[72, null]"))
    assert claim.judge[0].agrees == (72, float("inf"))


def test_a_quantile_is_that_of_the_members(context):
    values = context.base.data["fleet_h100e"].sel(side="us", year=2030).values
    found = measure(context, "quantile", {"variable": "fleet_h100e", "side": "us", "year": 2030, "scale": 2.0})
    assert found.median == pytest.approx(2 * np.median(values))
    assert found.low == pytest.approx(2 * np.quantile(values, 0.05))


def test_shares_of_a_category_add_up(context):
    asked = {"variable": "binding_input", "side": "china", "year": 2026}
    shares = [measure(context, "share", asked | {"value": v}).median for v in ("dies", "hbm", "packaging", "demand")]
    assert sum(shares) == pytest.approx(1.0)


def test_ratios_of_the_sides_are_inverse(context):
    asked = {"variable": "fleet_h100e", "year": 2026}
    ours, theirs = (measure(context, "ratio", asked | {"side": side}) for side in ("china", "us"))
    assert ours.low == pytest.approx(1 / theirs.high, rel=1e-3)


def test_having_passed_includes_every_year(context):
    asked = {"variable": "solar_added_gw", "side": "china"}
    assert measure(context, "passes", asked | {"by": 2030}).median == 1.0
    later = measure(context, "exceeds", asked | {"year": 2030, "than_side": "us"}).median
    assert measure(context, "passes", asked | {"by": 2030}).median >= later


def test_the_year_of_passing_is_the_first_in_which_it_is_ahead(context):
    solar = {"variable": "solar_added_gw", "side": "china"}
    assert measure(context, "passing", solar).median == 2022
    assert measure(context, "passing", {"variable": "fleet_h100e", "side": "us"}).high == 2022
    behind = measure(context, "passing", {"variable": "fleet_h100e", "side": "china"})
    assert (behind.low, behind.reading) == (float("inf"), "date")


def test_above_is_a_share_of_members(context):
    values = context.base.data["euv_ramp"].sel(side="china", year=2032).values
    found = measure(context, "above", {"variable": "euv_ramp", "side": "china", "year": 2032})
    assert found.median == np.mean(values > 0)
    assert found.reading == "probability"


def test_a_date_that_never_comes_is_late(context):
    data = context.base.data.copy()
    data["die_runout_year"] = data["die_runout_year"] * np.nan
    never = Context(replace(context.base, data=data), context.facts, load)
    assert measure(never, "date", {"variable": "die_runout_year", "side": "china"}).median == float("inf")


def test_the_chance_of_a_date_grows_from_none_to_certain(context):
    chances = [measure(context, "chance_by", {"record": "euv_hvm_dist", "year": y}).median for y in range(2026, 2042)]
    assert (chances[0], chances[-1]) == (0.0, 1.0)
    assert chances == sorted(chances)


def test_acts_are_counted_by_actor_kind_and_item(context):
    asked = {"actor": "china", "first": 2025.5, "last": 2025.75, "kinds": ["purchase_ban"]}
    assert measure(context, "acts", asked).median == 2
    assert measure(context, "acts", asked | {"item": "nvidia"}).median == 1
    assert measure(context, "acts", asked | {"actor": "us"}).median == 0


def test_retaliation_makes_refusal_likelier(context):
    asked = {"foreign": "nvidia_h20", "home": "huawei_ascend_910c", "year": 2025}
    calm, angry = (measure(context, "refusal", asked | {"retaliating": r}) for r in (0.0, 1.0))
    assert 0 <= calm.median < angry.median <= 1


def test_the_pod_ratio_is_the_articles(context):
    asked = {"pod": "huawei_atlas_950_superpod", "over": "nvidia_superpod_512"}
    assert measure(context, "pod_ratio", asked | {"measure": "chips"}).median == 16
    power = measure(context, "pod_ratio", asked | {"measure": "it_power_kw"})
    assert power.low < power.median < power.high


def test_ranks_start_at_one(context):
    asked = {"pod": "google_ironwood_pod", "by": 2026.0}
    assert measure(context, "pod_rank", asked | {"measure": "eight_bit_pflops"}).median == 1


def test_wrong_names_inside_options_are_named(context):
    with pytest.raises(ScenarioError, match="did you mean nvidia_gb200"):
        measure(context, "train_time", {"chip": "nvidia_gb20", "count": 10})
    with pytest.raises(ScenarioError, match="no such point"):
        measure(context, "value", {"record": "cn_solar_add", "point": "1999"})
    with pytest.raises(ScenarioError, match="does not have this year"):
        measure(context, "quantile", {"variable": "fleet_h100e", "side": "us", "year": 2050})


def test_every_recipe_says_what_it_does():
    assert all(function.__doc__ for function in RECIPES.values())
