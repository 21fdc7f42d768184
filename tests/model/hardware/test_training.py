"""Training: the step adds up, signs are right, published runs come out."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.hardware.errors import DoesNotFit
from podrace.model.hardware.fabric import frontier_fabric
from podrace.model.hardware.layouts import Layout
from podrace.model.hardware.training import train

PODS = st.sampled_from(["nvidia_dgx_h100", "nvidia_gb200_nvl72", "huawei_cloudmatrix384", "huawei_atlas_950_1024"])
JOBS = st.sampled_from(["reference_moe_2t", "llama_405b", "deepseek_v3"])
SIZES = st.sampled_from([1_024, 4_608, 16_384, 100_000, 1_000_000])
QUICK = settings(max_examples=30, deadline=None)
SLACK = 1 + 1e-9


def run(hardware, pod, job, chips, fabric=None, **kwargs):
    pod = hardware.pods[pod] if isinstance(pod, str) else pod
    job = hardware.jobs[job] if isinstance(job, str) else job
    return train(pod, job, fabric or frontier_fabric(pod.chip, hardware.k), hardware.k, chips, **kwargs)


def stack(hardware, name, year):
    return hardware.k.stacks.factor(hardware.k.stacks.find(name), year + 0.5)


@QUICK
@given(PODS, JOBS, SIZES)
def test_the_parts_add_up_to_the_step(hardware, pod, job, chips):
    found = run(hardware, pod, job, chips)
    assert sum(found.parts_s.values()) == pytest.approx(found.step_s, rel=1e-12)
    assert min(found.parts_s.values()) >= 0
    assert 0 < found.mfu < hardware.k.training.gemm_efficiency
    assert found.achieved_flops == pytest.approx(found.tokens_per_s * hardware.jobs[job].flop_per_token)


@QUICK
@given(PODS, JOBS, SIZES, st.sampled_from([2, 8]))
def test_a_larger_domain_is_never_slower(hardware, pod, job, chips, factor):
    small = hardware.pods[pod]
    large = replace(small, domain=small.domain * factor, chips=small.chips * factor)
    assert run(hardware, large, job, chips).step_s <= run(hardware, small, job, chips).step_s * SLACK


@QUICK
@given(PODS, JOBS, SIZES, st.floats(1, 8))
def test_a_faster_network_is_never_slower(hardware, pod, job, chips, factor):
    slow = frontier_fabric(hardware.pods[pod].chip, hardware.k)
    fast = replace(slow, scale_out_gbit_s=slow.scale_out_gbit_s * factor)
    assert run(hardware, pod, job, chips, fast).step_s <= run(hardware, pod, job, chips, slow).step_s * SLACK
    narrow = replace(slow, oversubscription=factor, pod_chips=1_024)
    assert run(hardware, pod, job, chips, narrow).step_s * SLACK >= run(hardware, pod, job, chips, slow).step_s


@QUICK
@given(PODS, JOBS, SIZES, st.sampled_from([2, 4, 16]))
def test_a_larger_batch_never_lowers_utilisation(hardware, pod, job, chips, factor):
    job = hardware.jobs[job]
    large = run(hardware, pod, job.with_batch(job.batch_tokens * factor), chips)
    assert large.mfu * SLACK >= run(hardware, pod, job, chips).mfu


@QUICK
@given(st.sampled_from(["nvidia_dgx_h100", "nvidia_gb300_nvl72", "huawei_atlas_950_1024"]), JOBS, SIZES)
def test_fewer_bits_are_never_slower(hardware, pod, job, chips):
    times = [run(hardware, pod, job, chips, precision=name).step_s for name in ("fp8", "bf16")]
    assert times == sorted(times)


@QUICK
@given(PODS, JOBS, SIZES, st.floats(1, 4))
def test_more_memory_never_hurts(hardware, pod, job, chips, factor):
    pod = hardware.pods[pod]
    roomy = replace(pod, chip=replace(pod.chip, hbm_gb=pod.chip.hbm_gb * factor))
    assert run(hardware, roomy, job, chips).step_s <= run(hardware, pod, job, chips).step_s * SLACK


@QUICK
@given(PODS, JOBS, SIZES, st.floats(0.4, 1))
def test_worse_software_is_never_faster(hardware, pod, job, chips, software):
    assert run(hardware, pod, job, chips, software=software).step_s * SLACK >= run(hardware, pod, job, chips).step_s


def test_llama_405b_on_h100(hardware):
    found = run(
        hardware, "nvidia_dgx_h100", "llama_405b", 16_384, precision="bf16", software=stack(hardware, "meta", 2024)
    )
    assert 0.37 < found.mfu < 0.44
    assert found.mfu_peak == "dense BF16"


def test_deepseek_v3_on_h800(hardware):
    software = stack(hardware, "hai", 2024)
    published = Layout(tensor=1, pipeline=16, expert=64, schedule="dualpipe")
    found = run(hardware, "nvidia_h800_node", "deepseek_v3", 2_048, software=software, fixed=published)
    assert found.mfu == pytest.approx(0.197, abs=0.03)


def test_the_peak_of_a_chip_without_fp8_is_bf16(hardware):
    found = run(hardware, "huawei_cloudmatrix384", "reference_moe_2t", 1_152)
    chip = hardware.chips["huawei_ascend_910c"]
    assert found.mfu_peak == "dense BF16"
    assert found.mfu_eight_bit / found.mfu == pytest.approx(chip.bf16_tflops / chip.int8_tops)


def test_a_fixed_layout_is_kept(hardware):
    found = run(hardware, "nvidia_dgx_h100", "llama_405b", 8_192, fixed=Layout(tensor=8, pipeline=16, context=1))
    assert (found.layout.tensor, found.layout.pipeline, found.layout.context) == (8, 16, 1)


def test_a_job_that_does_not_fit_says_so(hardware):
    with pytest.raises(DoesNotFit, match=r"does not fit 8 x H100 .* 36.0 TB of 0.6 TB"):
        run(hardware, "nvidia_dgx_h100", "reference_moe_2t", 8)


def test_a_chip_without_numbers_says_so(hardware):
    with pytest.raises(DoesNotFit):
        run(
            hardware,
            "sugon_scalex640",
            "llama_405b",
            1_024,
            fabric=frontier_fabric(hardware.chips["nvidia_h100"], hardware.k),
        )


def test_idle_chips_do_not_slow_a_small_batch(hardware):
    job = hardware.jobs["deepseek_v3"].with_batch(64 * 4_096)
    times = [run(hardware, "nvidia_gb200_nvl72", job, chips).step_s for chips in (500_000, 1_000_000, 4_000_000)]
    assert times == sorted(times, reverse=True)
