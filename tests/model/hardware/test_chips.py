"""Chips: H100 equivalents, export-rule performance, formats."""

from dataclasses import replace

import pytest

from podrace.model.hardware.errors import DoesNotFit, look_up
from podrace.scenarios.faults import ScenarioError


@pytest.mark.parametrize(
    ("chip", "weight"),
    [
        ("nvidia_h100", 1.0), ("nvidia_gb200", 2.527), ("nvidia_h20", 0.15), ("nvidia_a100", 0.315),
        ("huawei_ascend_910c", 0.76), ("huawei_ascend_910b", 0.354), ("amazon_trainium2", 0.656),
        ("google_tpu_v4", 0.139), ("google_tpu_v5e", 0.199), ("amazon_trainium1", 0.212),
    ],
)  # fmt: skip
def test_h100_equivalents_of_epoch(hardware, chip, weight):
    assert hardware.chips[chip].h100e == pytest.approx(weight, rel=0.005)


@pytest.mark.parametrize(
    ("chip", "tpp"), [("nvidia_h100", 15_832), ("huawei_ascend_910c", 12_480), ("nvidia_h20", 2_368)]
)
def test_total_processing_performance(hardware, chip, tpp):
    assert hardware.chips[chip].tpp == pytest.approx(tpp, rel=1e-4)


def test_training_never_uses_int8(hardware):
    assert hardware.chips["huawei_ascend_910c"].training_format() == "bf16"
    assert hardware.chips["huawei_ascend_950dt"].training_format() == "fp8"


def test_a_missing_format_is_said(hardware):
    with pytest.raises(DoesNotFit, match="910C does not run fp8: it has int8, bf16"):
        hardware.chips["huawei_ascend_910c"].training_format("fp8")


def test_an_unknown_chip_names_the_nearest(hardware):
    with pytest.raises(ScenarioError, match="nvidia_h100"):
        look_up("chip", "nvidia_h1000", hardware.chips)


def test_a_chip_without_throughput_has_no_equivalents(hardware):
    chip = replace(hardware.chips["nvidia_rtx_pro_6000d"])
    assert (chip.h100e, chip.h100e_bf16, chip.tpp, chip.complete) == (None, None, None, False)
