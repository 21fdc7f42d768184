"""The thesis studies: complete, consistent, and with the signs that published runs show."""

import math

import pytest
from by_hand import scenario

from podrace.studies import hardware_thesis as ht

FEW = (4_096, 131_072)


@pytest.fixture(scope="module")
def effective():
    return ht.effective_compute(scenario())


@pytest.fixture(scope="module")
def sizes():
    return ht.throughput_by_size(scenario(), FEW)


def test_every_pod_trains_every_model(effective):
    assert {(row["pod"], row["job"]) for row in effective} == {(pod, job) for pod in ht.PODS for job in ht.JOBS}
    for row in effective:
        assert 0 < row["utilisation"] < 0.75
        assert row["pflops_per_pod"] == pytest.approx(row["tflops_per_chip"] * row["pod_chips"] / 1e3)
        assert row["per_mw_low"] <= row["pflops_per_mw"] * 1.001
        assert row["pflops_per_mw"] <= row["per_mw_high"] * 1.001


def test_an_ascend_is_slower_per_chip_and_its_pod_faster(effective):
    by = {(row["pod"], row["job"]): row for row in effective}
    for job in ht.JOBS:
        rack, pod = by["nvidia_gb300_nvl72", job], by["huawei_atlas_950_superpod", job]
        assert pod["tflops_per_chip"] < rack["tflops_per_chip"]
        assert pod["pflops_per_pod"] > rack["pflops_per_pod"]
        assert pod["pflops_per_mw"] < rack["pflops_per_mw"]


def test_a_wide_domain_is_worth_more_to_experts():
    rows = ht.domain_worth(scenario())
    gains = {(row["chip"], row["job"]): row["over_domain_8"] for row in rows if row["domain"] == ht.DOMAINS[-1]}
    for chip in {chip for chip, _ in gains}:
        assert gains[chip, "deepseek_v3"] > gains[chip, "llama_405b"] >= 1
    for row in rows:
        assert row["over_domain_8"] >= 1 - 1e-9


def test_time_adds_up_and_failures_cost(sizes):
    assert len(sizes) == len(ht.CLUSTERS) * 2 * len(FEW)
    for row in sizes:
        assert sum(row["time_share"].values()) == pytest.approx(1)
        assert row["eflops_after_failures"] < row["eflops"]
        shares = [row["time_share"][name] for name in ht.COMMUNICATION]
        assert row["communication_share"] == pytest.approx(sum(shares))


def test_elasticities_are_shares():
    for row in ht.elasticities(scenario(), FEW):
        values = [row[lever] for lever in ht.LEVERS]
        assert all(math.isfinite(value) and -0.05 < value < 1.05 for value in values)
        assert 0.2 < sum(values) < 1.2


def test_a_cluster_too_small_says_so():
    rows = ht.throughput_by_size(scenario(), (64,))
    assert all(row["eflops"] is None and "does not fit" in row["why"] for row in rows)
