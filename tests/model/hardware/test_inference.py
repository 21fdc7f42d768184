"""Inference: a published bound, published rates, signs."""

from dataclasses import replace

import pytest

from podrace.model.hardware.errors import DoesNotFit
from podrace.model.hardware.fabric import frontier_fabric
from podrace.model.hardware.inference import decode, prefill
from podrace.model.hardware.network import all_to_all_time_s


def serve(hardware, pod, job="deepseek_v3", **kwargs):
    pod = hardware.pods[pod] if isinstance(pod, str) else pod
    return decode(pod, hardware.jobs[job], frontier_fabric(pod.chip, hardware.k), hardware.k, **kwargs)


def feed(hardware, pod, **kwargs):
    pod = hardware.pods[pod]
    return prefill(
        pod, hardware.jobs["deepseek_v3"], frontier_fabric(pod.chip, hardware.k), hardware.k, balanced=True, **kwargs
    )


@pytest.mark.parametrize(("link_gb_s", "us"), [(50, 120.96), (900, 6.72)])
def test_the_all_to_all_bound_of_deepseek(link_gb_s, us):
    """32 requests, 9 experts, 1 byte out and 2 back, 7,000 elements, every copy over the slow link."""
    every = 1e15
    seconds = all_to_all_time_s(
        32 * 7_000 * 3, top_k=9, expert=every, domain=1, up_bytes_s=1e30, out_bytes_s=link_gb_s * 1e9, limit=0
    )
    assert seconds * 1e6 == pytest.approx(us, rel=0.02)


def test_published_decode_rates(hardware):
    assert serve(hardware, "nvidia_h800_node", context_tokens=4_989).tokens_per_s_per_chip == pytest.approx(
        1_850, rel=0.4
    )
    assert serve(hardware, "huawei_cloudmatrix384").tokens_per_s_per_chip == pytest.approx(1_943, rel=0.4)


def test_published_prefill_rates(hardware):
    assert feed(hardware, "nvidia_h800_node").tokens_per_s_per_chip == pytest.approx(7_839, rel=0.2)
    found = feed(hardware, "huawei_cloudmatrix384")
    assert found.tokens_per_s_per_chip == pytest.approx(6_688, rel=0.2)


def test_a_tighter_latency_costs_throughput(hardware):
    rates = [serve(hardware, "nvidia_gb200_nvl72", target_ms=ms).tokens_per_s_per_chip for ms in (30, 50, 100)]
    assert rates == sorted(rates)


def test_more_bandwidth_is_never_slower(hardware):
    pod = hardware.pods["huawei_atlas_950_1024"]
    fast = replace(pod, chip=replace(pod.chip, hbm_tb_s=2 * pod.chip.hbm_tb_s))
    assert serve(hardware, fast).tokens_per_s_per_chip >= serve(hardware, pod).tokens_per_s_per_chip


def test_the_target_is_met(hardware):
    found = serve(hardware, "nvidia_gb200_nvl72", "reference_moe_2t", target_ms=40)
    assert found.step_ms <= 40


def test_an_impossible_latency_says_so(hardware):
    with pytest.raises(DoesNotFit, match="no set-up meets 1 ms"):
        serve(hardware, "nvidia_gb200_nvl72", target_ms=1)


def test_a_model_too_large_says_so(hardware):
    pod = hardware.pods["nvidia_dgx_h100"]
    tiny = replace(pod, chip=replace(pod.chip, hbm_gb=1.0))
    with pytest.raises(DoesNotFit, match="exceed"):
        serve(hardware, tiny, "reference_moe_2t")
