"""Curves: cached, monotone where they must be, close to the exact run."""

import numpy as np
import pytest

from podrace.model.hardware.curves import LARGEST_CLUSTER, pod_curve
from podrace.model.hardware.errors import DoesNotFit
from podrace.model.hardware.fabric import frontier_fabric
from podrace.model.hardware.jobs import grown
from podrace.model.hardware.pods import pod_for_chip
from podrace.model.hardware.training import train


def curve(hardware, pod="nvidia_gb200_nvl72", job="reference_moe_2t", **kwargs):
    return pod_curve(hardware.pods[pod], hardware.jobs[job], None, hardware.k, **kwargs)


def test_the_same_content_is_computed_once(hardware, load_hardware):
    from podrace.model.hardware.pods import read_pods

    again = read_pods(load_hardware())["nvidia_gb200_nvl72"]
    assert pod_curve(again, hardware.jobs["reference_moe_2t"], None, hardware.k) is curve(hardware)


def test_a_curve_agrees_with_the_exact_run(hardware):
    found, pod = curve(hardware), hardware.pods["nvidia_gb200_nvl72"]
    for chips in (found.chips[3], found.chips[12]):
        exact = train(pod, hardware.jobs["reference_moe_2t"], frontier_fabric(pod.chip, hardware.k), hardware.k, chips)
        assert found.at(chips) == pytest.approx(exact.mfu_eight_bit, rel=1e-9)


def test_interpolation_is_close(hardware):
    found, pod = curve(hardware), hardware.pods["nvidia_gb200_nvl72"]
    for chips in (5_000, 70_000, 400_000):
        exact = train(pod, hardware.jobs["reference_moe_2t"], frontier_fabric(pod.chip, hardware.k), hardware.k, chips)
        assert found.at(chips) == pytest.approx(exact.mfu_eight_bit, rel=0.05)


def test_every_chip_of_the_world_has_a_curve(scenario, hardware):
    for name, chip in hardware.chips.items():
        if not chip.complete:
            continue
        found = pod_curve(
            pod_for_chip(scenario, name, hardware.pods), hardware.jobs["reference_moe_2t"], None, hardware.k
        )
        sizes = np.geomspace(10, LARGEST_CLUSTER, 40)
        assert np.isfinite(found.mfu).all()
        assert (found.mfu > 0).all()
        assert (found.mfu < 0.5).all()
        throughput = found.achieved_eflops(found.chips)
        assert (np.diff(throughput) >= -1e-9 * throughput[1:]).all(), name
        assert found.at(sizes).shape == sizes.shape
        assert found.decode_tokens_per_s_per_mw > 0


def test_curves_are_held_outside_their_grid(hardware):
    found = curve(hardware)
    assert found.at(1.0) == found.mfu[0]
    assert found.at(1e9) == found.mfu[-1]


def test_curves_cannot_be_changed(hardware):
    with pytest.raises(ValueError, match="read-only"):
        curve(hardware).mfu[0] = 1.0


def test_a_pod_without_a_known_chip_has_no_curve(hardware):
    with pytest.raises(DoesNotFit, match="scaleX640"):
        curve(hardware, "sugon_scalex640")


def test_software_scales_a_curve_down(hardware):
    assert (curve(hardware, software=0.7).mfu[:10] < curve(hardware).mfu[:10]).all()


def test_a_wide_pod_pays_at_scale_for_equal_chips(hardware):
    from dataclasses import replace

    wide = hardware.pods["nvidia_gb200_nvl72"]
    narrow = replace(wide, id="narrow", domain=8, chips=8)
    job = hardware.jobs["reference_moe_2t"]
    sizes = np.array([10_000.0, 100_000.0])
    gain = pod_curve(wide, job, None, hardware.k).at(sizes) / pod_curve(narrow, job, None, hardware.k).at(sizes)
    assert (gain > 1).all()


def test_a_job_that_can_be_trained_but_not_served_has_a_curve(hardware):
    job = grown(hardware.jobs["reference_moe_2t"], 1e27, hardware.k.batch)
    found = pod_curve(hardware.pods["nvidia_dgx_h100"], job, None, hardware.k)
    assert found.decode_tokens_per_s_per_mw is None
    assert found.at(1e5) > curve(hardware, "nvidia_dgx_h100").at(1e5)
