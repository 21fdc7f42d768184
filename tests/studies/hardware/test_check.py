"""The model against published measurements: accuracy, nothing skipped, the contract of the JSON, faults of a file."""

import json
from pathlib import Path

import pytest
from by_hand import DEEPSEEK, GB200, H100, LLAMA_70B, constants, own_cases, value, why, write_cases

from podrace.scenarios.faults import ScenarioError
from podrace.studies.hardware_cases import read_cases, unknown_keys
from podrace.studies.hardware_check import check, check_file

GOOD_ROW = {"quantity": "mfu", "value": 0.4}
GOOD_RUN = {"chips": 128, "batch_seqs": 256, "precision": "bf16"}


@pytest.fixture(scope="module")
def report():
    return check(own_cases(), constants())


def case(*rows, **more):
    """A case of a dense 70B on H100."""
    return {
        "id": "T1", "class": "dense", "scored": True, "rank_order": True, "tolerance": 0.1,
        "software": {"stack": "nemo", "year": 2025},
        "defaults": {"chip": H100, "model": LLAMA_70B, "run": GOOD_RUN},
        "rows": list(rows) or [GOOD_ROW],
    } | more  # fmt: skip


def test_published_accuracy_is_reached(report):
    total = report.overall()
    assert total["dense"]["mean_abs_error"] < 0.08
    assert total["dense"]["worst"] < 0.25
    assert total["moe"]["mean_abs_error"] < 0.15
    assert total["moe"]["worst"] < 0.25
    assert total["inference"]["worst"] < 0.25
    assert total["power"]["worst"] < 0.10
    assert total["reliability"]["worst"] < 0.15


def test_every_scored_row_is_evaluated(report):
    assert report.not_evaluated() == []
    counted = sum(len(case.rows) for case in own_cases().cases if case.scored)
    assert sum(part["n"] for part in report.overall().values()) == counted > 170


def test_every_table_keeps_its_order(report):
    lost = [found.case.id for found in report.cases if found.case.scored and found.rank_order_kept is False]
    assert lost == []


@pytest.mark.parametrize(("name", "dense"), [("further", 0.08), ("unseen", 0.12)])
def test_further_published_runs_are_predicted_too(name, dense):
    found = check_file(Path(name), constants())
    assert found.overall()["dense"]["mean_abs_error"] < dense
    assert not found.not_evaluated()
    assert not {c.case.id for c in found.cases} & {c.id for c in own_cases().cases}


def test_a_list_of_another_name_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError, match=r"judged, further, unseen.*unseen"):
        check_file(Path("unsen"), constants())


def test_dense_models_of_a_few_thousand_to_a_quarter_million_tokens_are_predicted_unseen():
    found = next(c for c in check_file(Path("unseen"), constants()).cases if c.case.id == "C05")
    assert found.worst < 0.2


def test_the_document_holds_the_contract(report):
    document = json.loads(json.dumps(report.document(), allow_nan=False))
    assert {"cases", "overall", "not_evaluated"} <= set(document)
    for found in document["cases"]:
        assert {"id", "class", "scored", "rows", "mean_abs_error", "worst", "rank_order_kept"} <= set(found)
        for row in found["rows"]:
            assert {"quantity", "published", "predicted", "relative_error"} == set(row)
    for part in document["overall"].values():
        assert {"n", "mean_abs_error", "worst"} <= set(part)


def test_a_row_without_an_answer_counts_as_a_failure(tmp_path):
    bad = {"quantity": "mfu", "value": 0.4, "chip": {"hbm_gb": None}}
    report = check_file(write_cases(tmp_path, case(GOOD_ROW, bad)), constants())
    assert report.not_evaluated() == [{"id": "T1", "row": 1, "why": "H100 states no hbm_gb"}]
    assert report.overall()["dense"]["n"] == 2
    assert report.overall()["dense"]["worst"] == 1.0
    assert any("hbm_gb" in finding for finding in report.findings())


def test_an_unscored_case_is_shown_and_does_not_count(tmp_path):
    path = write_cases(tmp_path, case(), case(id="T2", scored=False))
    report = check_file(path, constants())
    assert [found.case.id for found in report.cases] == ["T1", "T2"]
    assert report.overall()["dense"]["n"] == 1


def test_chips_are_used_as_given(tmp_path):
    fast = {"chip": {"name": "NoSuchChip", "peak_tflops": {"bf16": 2000}}, "quantity": "step_s", "value": 1}
    plain = {"quantity": "step_s", "value": 1}
    found = check_file(write_cases(tmp_path, case(fast, plain)), constants()).cases[0].rows
    assert found[0].predicted < found[1].predicted


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"class": "dens"}, "unknown class"),
        ({"rows": [{"quantity": "mfuu", "value": 1}]}, "did you mean mfu"),
        ({"rows": [{"quantity": "mfu", "value": -1}]}, "must be a positive number"),
        ({"rows": [{"quantity": "mfu"}]}, "must be a positive number"),
        ({"rows": [7]}, "a row must be a mapping"),
        ({"rows": []}, "a scored case needs rows"),
        ({"scored": "yes please"}, "true or false"),
        ({"tolerance": "wide"}, "must be a positive number"),
        ({"rows": [GOOD_ROW | {"run": {"precision": "fp7"}}]}, "unknown choice"),
        ({"rows": [GOOD_ROW | {"run": {"tensor": "eight"}}]}, "run.tensor"),
        ({"rows": [GOOD_ROW | {"run": 5}]}, "must be a mapping"),
        ({"id": None}, "a case needs an id"),
    ],
)
def test_a_faulty_file_is_refused_with_a_reason(tmp_path, change, said):
    with pytest.raises(ScenarioError, match=r"cases\.yaml:\d+ ") as caught:
        read_cases(write_cases(tmp_path, case(**change)))
    assert said in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path):
    rows = [{"quantity": "mfuu", "value": 1}, {"quantity": "mfu", "value": 0}]
    with pytest.raises(ScenarioError) as caught:
        read_cases(write_cases(tmp_path, case(*rows)))
    assert len(caught.value.faults) == 2


def test_repeated_ids_are_refused(tmp_path):
    with pytest.raises(ScenarioError, match="ids repeat"):
        read_cases(write_cases(tmp_path, case(), case()))


def test_a_file_without_cases_is_refused(tmp_path):
    path = tmp_path / "none.yaml"
    path.write_text("format: 1\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="no list of cases"):
        read_cases(path)


def test_keys_that_are_not_read_are_remarked():
    assert unknown_keys({"run": {"tensr": 8, "chips": 8}}) == ["run.tensr is not read (did you mean tensor?)"]
    assert own_cases().remarks == []


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"tensor": 7}, "does not divide 256 chips"),
        ({"pipeline": 128}, "the model has 80"),
        ({"pipeline": 8, "interleave": 16}, "the model has 80"),
        ({"expert": 8}, "the model has 0 experts"),
        ({"tensor": 8, "pipeline": 4, "data": 9}, "no layout of 70B uses 256 chips"),
        ({"microbatch": 2048}, "no layout of 70B"),
        ({"chips": 1.5}, "not a whole number"),
        ({"chips": 1, "batch_seqs": 1}, "exceed the memory of 1 x H100"),
        ({"precision": "fp4"}, "no peak at fp4"),
        ({"zero_stage": 4}, "stages are 0 to 3"),
    ],
)
def test_what_cannot_run_says_why(run, said):
    assert said in why(**run)


def test_missing_descriptions_say_why():
    assert "no peak_tflops" in why(chip={key: known for key, known in H100.items() if key != "peak_tflops"})
    assert "tokens_b" in why("chip_hours")
    assert "tdp_w" in why("power_kw_per_chip", chip={key: known for key, known in H100.items() if key != "tdp_w"})
    assert "neither its parameters" in why(model={"name": "nothing"})


def test_a_model_known_by_its_size_is_guessed():
    exact, guessed = value(), value(model={"params_total_b": 70.6, "seq_len": 8192})
    assert guessed == pytest.approx(exact, rel=0.25)
    whole = DEEPSEEK | {"name": "like V3"}
    sketch = {"params_total_b": 671, "params_active_b": 37, "seq_len": 4096}
    run = {"chip": GB200, "precision": "fp8"}
    assert value(model=sketch, **run) == pytest.approx(value(model=whole, **run), rel=0.4)


@pytest.mark.parametrize(
    "model",
    [
        {"params_total_b": 0.1},
        {"params_total_b": 2_000, "params_active_b": 50},
        {"params_total_b": 100, "params_active_b": 5, "moe": {"experts": 64, "top_k": 6, "expert_ffn": 20_000}},
        {"layers": 10, "hidden": 1_024},
        {"params_total_b": 70, "seq_len": 1_000_000},
    ],
)
def test_odd_models_give_sensible_numbers(model):
    assert 0 < value("mfu", model=model, chip=GB200, chips=4_096, batch_seqs=8_192) < 0.9


def test_odd_numbers_of_chips_leave_a_few_idle():
    assert value("step_s", chips=257) == pytest.approx(value("step_s", chips=256), rel=0.01)


def test_quantities_agree_with_one_another():
    run = {"tensor": 8, "pipeline": 2, "attention": "none"}
    step, rate = value("step_s", **run), value("tokens_per_s_per_chip", **run)
    assert rate == pytest.approx(1024 * 8192 / step / 256)
    assert value("tflops_per_chip", **run) == pytest.approx(rate * 6 * 70.6e9 / 1e12)
    assert value("mfu", peak_precision="fp8", **run) == pytest.approx(rate * 6 * 70.6e9 / 1979e12)
    hours = value("chip_hours", tokens_b=1000, **run)
    assert 1e12 / rate / 3600 < hours < 1.05 * 1e12 / rate / 3600
    recomputed = value("tflops_per_chip", flops="hardware", recompute="full", **run)
    assert recomputed == pytest.approx(value("tflops_per_chip", recompute="full", **run) * 4 / 3)


@pytest.mark.parametrize(("interleave", "share"), [(1, 7 / 23), (6, 7 / 103)])
def test_the_bubble_is_that_of_its_schedule(interleave, share):
    run = {"tensor": 8, "pipeline": 8, "interleave": interleave, "chips": 64, "batch_seqs": 16, "microbatch": 1}
    model = LLAMA_70B | {"layers": 96}
    assert value("bubble_fraction", model=model, **run) == pytest.approx(share)


def test_a_far_network_costs_throughput():
    far = {"latency_us": 10_000, "oversubscription": 8, "pod_chips": 64}
    assert value("relative_throughput", network=far) < 1
    assert value("relative_throughput") == pytest.approx(1)
