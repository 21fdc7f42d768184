"""All facts: complete, sourced, in order, and open about what nobody has verified."""

import pytest

from podrace.scenarios.fact_files import NON_PARAMETER_FILES, load_facts
from podrace.scenarios.layers import PACKAGED
from podrace.scenarios.schema import SOURCE_WORDS

RATES = ("bf16_tflops", "hbm_gb", "hbm_tb_s", "scale_up_gb_s", "scale_out_gbit_s", "tdp_w")
UNVERIFIED = {
    *(f"chips.{chip}.{rate}" for chip in ("google_tpu_v4", "google_tpu_v5e", "amazon_trainium1") for rate in RATES),
    "chips.amazon_trainium1.fp8_tflops",
    "chips.google_tpu_v4.int8_tops",
    "chips.google_tpu_v5e.int8_tops",
    "chips.google_tpu_v7.hbm_stacks",
    "chips.google_tpu_v4.available_year",
    "chips.google_tpu_v5e.available_year",
    "chips.nvidia_a100.available_year",
    "pods.google_tpu_v4_pod.chips",
    "pods.google_tpu_v5e_pod.chips",
    "products.nvidia_a100.ramp_start",
    "grids.us.wind_start",
    "pods.huawei_atlas_960_superpod.cabinets",
    "pods.huawei_atlas_960_superpod.training_tokens_per_s",
    "pods.huawei_atlas_960_superpod.inference_tokens_per_s",
}
"""Records that say of themselves that they were not checked against a document. Shorten the list; think before adding."""


@pytest.fixture(scope="module")
def facts():
    return load_facts(PACKAGED.facts)


def test_every_file_is_loaded(facts):
    files = {path.name for path in PACKAGED.facts.glob("*.yaml")} - set(NON_PARAMETER_FILES)
    assert {origin.partition(":")[0].rpartition("/")[2] for origin in facts.origins.values()} == files
    assert facts.sources
    assert facts.history


def test_nothing_is_left_open(facts):
    assert facts.unknown == ()


def test_every_record_is_complete(facts):
    complete = {path for path, r in facts.records.items() if r.unit and r.source and r.as_of and r.confidence}
    assert set(facts.records) - complete == set()


def test_every_source_is_known(facts):
    known = {*facts.sources, *SOURCE_WORDS}
    cited = [(path, record.source) for path, record in facts.records.items()]
    cited += [(action.origin, action.source) for action in facts.history]
    assert [(place, sources) for place, sources in cited if not sources or set(sources) - known] == []


def test_every_source_says_what_it_is(facts):
    wanted = {"publisher", "title", "date", "how_read"}
    assert {name: wanted - set(source) for name, source in facts.sources.items() if wanted - set(source)} == {}


def test_ranges_hold_their_value(facts):
    wrong = []
    for path, record in facts.records.items():
        least, most = record.bounds or (float("-inf"), float("inf"))
        for date, point in record.points():
            low = point.value if point.low is None else point.low
            high = point.value if point.high is None else point.high
            if not least <= low <= point.value <= high <= most:
                wrong.append((path, date))
    assert wrong == []


def test_unverified_records_are_on_record(facts):
    assert {path for path, record in facts.records.items() if record.unverified} == UNVERIFIED


def test_what_rests_on_unopened_sources_says_so(facts):
    unopened = {name for name, source in facts.sources.items() if source["how_read"] == "not_opened"}
    resting = {path for path, r in facts.records.items() if set(r.source) & unopened and set(r.source) <= unopened}
    assert resting - UNVERIFIED == set()
