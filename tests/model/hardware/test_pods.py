"""Pods: the published tables, the printed ratios, what ships in what, power and bisection."""

import math

import pytest

from podrace.model.hardware.comparison import huawei_keynote_comparison
from podrace.model.hardware.pods import bisection_tb_s, pod_for_chip
from podrace.model.hardware.power import link_energy_pj_per_bit
from podrace.scenarios.faults import ScenarioError

TIB_SLIP = 1_000 / 1_024


@pytest.mark.parametrize(
    ("pod", "attribute", "printed", "tolerance"),
    [
        ("nvidia_gb200_nvl72", "eight_bit_pflops", 360, 0.001),
        ("nvidia_gb200_nvl72", "memory_tb", 13.4, 0.002),
        ("nvidia_gb200_nvl72", "scale_up_total_tb_s", 130, 0.005),
        ("nvidia_vr_nvl72", "scale_up_total_tb_s", 260, 0.005),
        ("huawei_cloudmatrix384", "memory_tb", 49.2, 0.002),
        ("huawei_atlas_950_superpod", "eight_bit_pflops", 8_000, 0.01),
        ("huawei_atlas_950_superpod", "scale_up_total_tb_s", 16_300, 0.02),
        ("huawei_atlas_960_superpod", "eight_bit_pflops", 30_000, 0.04),
        ("huawei_atlas_960_superpod", "memory_tb", 4_460, 0.001),
        ("huawei_atlas_960_superpod", "scale_up_total_tb_s", 34_000, 0.003),
        ("huawei_atlas_960e", "eight_bit_pflops", 8_000, 0.03),
        ("google_ironwood_pod", "eight_bit_pflops", 42_500, 0.001),
    ],
)
def test_published_tables(hardware, pod, attribute, printed, tolerance):
    assert getattr(hardware.pods[pod], attribute) == pytest.approx(printed, rel=tolerance)


def test_the_memory_of_atlas_950_is_printed_in_binary_thousands(hardware):
    assert hardware.pods["huawei_atlas_950_superpod"].memory_tb * TIB_SLIP == pytest.approx(1_152)


def test_fp4_and_bf16_tables(hardware):
    assert hardware.pods["huawei_atlas_950_superpod"].pflops("fp4") == pytest.approx(16_000, rel=0.01)
    assert hardware.pods["huawei_atlas_960_superpod"].pflops("fp4") == pytest.approx(60_000, rel=0.04)
    assert hardware.pods["huawei_cloudmatrix384"].pflops("bf16") == pytest.approx(300, rel=0.01)


def test_printed_ratios_are_reproduced(scenario):
    lines = {line.measure: line for line in huawei_keynote_comparison(scenario)}
    assert math.floor(lines["npus"].ratio * 10) / 10 == lines["npus"].printed == 56.8
    assert round(lines["compute"].ratio, 1) == lines["compute"].printed == 6.7
    assert math.floor(lines["memory"].ratio) == lines["memory"].printed == 15
    assert math.floor(lines["bandwidth"].ratio) == lines["bandwidth"].printed == 62


def test_like_for_like_ratios(scenario):
    lines = {line.measure: line.like_for_like for line in huawei_keynote_comparison(scenario)}
    assert lines["npus"] == pytest.approx(113.8, abs=0.1)
    assert lines["memory"] == pytest.approx(57, abs=0.2)


def test_a_superpod_of_servers_has_the_domain_of_a_server(hardware):
    assert (hardware.pods["nvidia_superpod_512"].chips, hardware.pods["nvidia_superpod_512"].domain) == (512, 8)


def test_every_chip_has_a_pod_of_its_own(scenario, hardware):
    for name in hardware.chips:
        pod = pod_for_chip(scenario, name, hardware.pods)
        assert pod.chip.id == name


@pytest.mark.parametrize(
    ("chip", "domain"),
    [
        ("nvidia_h100", 8), ("nvidia_gb200", 72), ("nvidia_rubin_vr200", 72), ("nvidia_rubin_ultra", 144),
        ("nvidia_feynman", 1152), ("huawei_ascend_910c", 384), ("huawei_ascend_950pr", 1024),
        ("huawei_ascend_950dt", 1024), ("huawei_ascend_960", 4096), ("google_tpu_v7", 9216), ("cambricon_mlu690", 8),
    ],
)  # fmt: skip
def test_domains_that_ship(scenario, chip, domain):
    assert pod_for_chip(scenario, chip).domain == domain


def test_an_unknown_chip_has_no_pod(scenario):
    with pytest.raises(ScenarioError, match="huawei_ascend_910c"):
        pod_for_chip(scenario, "huawei_ascend_910d")


def test_power_exceeds_the_chips(hardware):
    for pod in hardware.pods.values():
        if pod.chip is not None and pod.chip.tdp_w is not None:
            assert pod.it_power_model_kw > pod.chips * pod.chip.tdp_w / 1e3
            assert pod.it_power_kw > pod.chips * pod.chip.tdp_w / 1e3


def test_modelled_power_matches_what_is_known(hardware):
    assert hardware.pods["huawei_cloudmatrix384"].it_power_model_kw == pytest.approx(559, rel=0.03)
    low, high = hardware.pods["nvidia_gb200_nvl72"].it_power_range_kw
    assert low < hardware.pods["nvidia_gb200_nvl72"].it_power_model_kw < high


def test_bisection_is_less_than_the_sum_of_ports(hardware):
    for pod in hardware.pods.values():
        if pod.bisection_tb_s:
            assert pod.bisection_tb_s < pod.scale_up_total_tb_s


def test_a_torus_has_little_bisection():
    assert bisection_tb_s("torus3d", 4096, 1200, 1.0) < bisection_tb_s("switch", 4096, 1200, 1.0) / 10


def test_link_energy_by_medium(hardware):
    power = hardware.k.power
    energies = [
        link_energy_pj_per_bit(text, power) for text in ("copper", "near-packaged optics", "optical (LPO), no copper")
    ]
    assert energies == sorted(energies)
