"""The fact files: complete, consistent, and nothing random by accident."""

import pytest

KNOWN_CHIPS = 41
WORLD_CHIPS = [
    "nvidia_a100",
    "nvidia_a800",
    "nvidia_h100",
    "nvidia_h800",
    "nvidia_h200",
    "nvidia_h20",
    "nvidia_b200",
    "nvidia_b300",
    "nvidia_gb200",
    "nvidia_gb300",
    "nvidia_rubin_vr200",
    "nvidia_rubin_ultra",
    "nvidia_feynman",
    "nvidia_next_2030",
    "nvidia_next_2032",
    "nvidia_next_2034",
    "amd_mi300x",
    "amd_mi355x",
    "amd_mi455x",
    "google_tpu_v4",
    "google_tpu_v5e",
    "google_tpu_v5p",
    "google_tpu_v6e",
    "google_tpu_v7",
    "google_tpu_8t",
    "google_tpu_8i",
    "amazon_trainium1",
    "amazon_trainium2",
    "amazon_trainium3",
    "us_custom_2028",
    "us_custom_2030",
    "us_custom_2032",
    "us_custom_2034",
    "huawei_ascend_910b",
    "huawei_ascend_910c",
    "huawei_ascend_950pr",
    "huawei_ascend_950dt",
    "huawei_ascend_960",
    "huawei_ascend_960pr",
    "huawei_ascend_970",
    "huawei_ascend_980",
    "huawei_next_2031",
    "huawei_next_2033",
    "alibaba_zhenwu_810e",
    "alibaba_zhenwu_m890",
    "alibaba_zhenwu_v900",
    "baidu_kunlun_p800",
    "baidu_kunlun_m100",
    "baidu_kunlun_m300",
    "cambricon_mlu590",
    "cambricon_mlu690",
    "china_other_2027",
    "china_other_2030",
    "china_other_2033",
]


def test_only_reliability_is_random(scenario):
    uncertain = {path for path, record in scenario.records.items() if record.uncertain}
    assert uncertain == {"hardware.reliability.mtbf_hours", "hardware.reliability.minutes_lost"}


def test_all_chips_are_there(scenario):
    assert set(WORLD_CHIPS) <= set(scenario.entities("chips"))
    assert len(scenario.entities("chips")) >= KNOWN_CHIPS


@pytest.mark.parametrize("chip", WORLD_CHIPS)
def test_a_chip_of_the_world_is_fully_specified(hardware, chip):
    found = hardware.chips[chip]
    assert found.complete
    assert found.all_in_kw > found.tdp_w / 1e3
    assert found.side in {"us", "china"}
    assert 2018 < found.available_year < 2036


def test_every_record_has_a_date_and_a_confidence(scenario):
    assert all(record.as_of and record.confidence for record in scenario.records.values())


def test_projections_are_labelled_and_say_their_formula(scenario, hardware):
    for name, chip in hardware.chips.items():
        if chip.status == "projected":
            record = scenario.record(f"chips.{name}.bf16_tflops")
            assert set(record.source) <= {"derived", "judgement"}
            assert chip.available_year >= 2027


def test_chinese_projections_grow_slower(hardware):
    def growth(early, late):
        first, last = hardware.chips[early], hardware.chips[late]
        return (last.eight_bit_tops / first.eight_bit_tops) ** (1 / (last.available_year - first.available_year))

    assert 1.15 < growth("huawei_ascend_970", "huawei_next_2033") < 1.25
    assert growth("nvidia_feynman", "nvidia_next_2034") > 1.28
