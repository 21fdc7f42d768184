"""The thesis in numbers, as claims ask for it: pods, domains, elasticities, the link between racks."""

from types import SimpleNamespace

import pytest

from podrace.model.hardware.coefficients import read_coefficients
from podrace.model.hardware.jobs import read_jobs
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.studies import claims  # noqa: F401  (registers the recipes)
from podrace.studies.hardware_thesis import GROWN, lost_to_scale_out
from podrace.studies.recipes import measure

GB200, ATLAS = "nvidia_gb200_nvl72", "huawei_atlas_950_superpod"
SIZES = [65536, 131072, 262144]


@pytest.fixture(scope="module")
def context():
    scenario = load("baseline")
    return SimpleNamespace(scenario=scenario, coefficients=read_coefficients(scenario), jobs=read_jobs(scenario))


@pytest.mark.parametrize("job", ["reference_moe_2t", "deepseek_v3", "grown"])
def test_a_pod_gains_nothing_on_itself(context, job):
    found = measure(context, "pod_gain", {"pod": GB200, "over": GB200, "job": job, "chips": 16384})
    assert (found.low, found.median, found.high) == (1.0, 1.0, 1.0)


def test_gains_are_inverse_of_each_other(context):
    asked = {"job": "grown", "chips": 131072, "per": "mw"}
    ours = measure(context, "pod_gain", asked | {"pod": ATLAS, "over": GB200})
    theirs = measure(context, "pod_gain", asked | {"pod": GB200, "over": ATLAS})
    assert ours.median == pytest.approx(1 / theirs.median)
    assert (ours.low, ours.high) == pytest.approx((1 / theirs.high, 1 / theirs.low))
    assert ours.low < ours.median < ours.high


def test_a_larger_domain_never_slows_training(context):
    asked = {"chip": "nvidia_gb300", "job": "reference_moe_2t", "chips": 16384}
    assert measure(context, "domain_gain", asked | {"domain": 8192, "than": 72}).median >= 1.0
    with pytest.raises(ScenarioError, match="not in the study"):
        measure(context, "domain_gain", asked | {"domain": 100, "than": 72})


def test_elasticities_are_of_the_chip_and_of_the_links(context):
    asked = {"pod": GB200, "job": "reference_moe_2t", "sizes": [131072]}
    chip, links = (measure(context, "gained_from", asked | {"of": of}).median for of in ("chip", "links"))
    assert chip >= 0
    assert links >= 0
    assert measure(context, "links_less_chip", asked).median == pytest.approx(links - chip)
    with pytest.raises(ScenarioError, match="did you mean links"):
        measure(context, "gained_from", asked | {"of": "link"})


def test_ranges_are_over_the_sizes(context):
    asked = {"pod": GB200, "job": "grown"}
    whole = measure(context, "links_less_chip", asked | {"sizes": SIZES})
    each = [measure(context, "links_less_chip", asked | {"sizes": [size]}).median for size in SIZES]
    assert (whole.low, whole.median, whole.high) == tuple(sorted(each))


@pytest.mark.parametrize("job", ["reference_moe_2t", "grown"])
def test_a_limitless_network_is_worth_between_nothing_and_everything(context, job):
    found = measure(context, "scale_out_loss", {"pod": GB200, "job": job, "sizes": SIZES})
    assert 0.0 <= found.low <= found.high < 1.0


def test_with_a_limitless_network_nothing_is_lost(context):
    fast = load("baseline", {"chips.nvidia_gb200.scale_out_gbit_s": 4e7})
    for row in lost_to_scale_out(fast, [131072], {GB200: GB200}):
        assert row["lost"] == pytest.approx(0.0, abs=1e-4), row["job"]
    slow = lost_to_scale_out(context.scenario, [131072], {GB200: GB200})
    assert {row["job"] for row in slow} == {"reference_moe_2t", GROWN}
    assert all(row["lost"] > 0.01 for row in slow)
