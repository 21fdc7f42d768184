"""Tables of the hardware model for the command line."""

import json

import pytest

from podrace.reports.hardware.study import chips_table, clusters_table, frame, infer_report, pods_table, train_report


@pytest.mark.parametrize(("table", "least"), [(chips_table, 50), (pods_table, 40), (clusters_table, 31)])
def test_tables_are_json_and_text(scenario, table, least):
    rows, text = table(scenario)
    assert len(rows) >= least
    assert json.loads(json.dumps(rows)) == rows
    assert len(frame(rows)) == len(rows)
    assert max(len(line) for line in text.splitlines()) < 190
    assert "nan" not in text


def test_the_pod_table_ends_with_the_printed_ratios(scenario):
    rows, text = pods_table(scenario)
    assert [row["printed"] for row in rows[-4:]] == [56.8, 6.7, 15, 62]
    assert "what it hides" in text


def test_a_training_report_names_its_peak_and_splits_the_time(scenario):
    row, text = train_report(scenario, "huawei_ascend_910c", 3_072)
    json.dumps(row)
    assert row["mfu_peak"] == "dense BF16"
    assert sum(row["time_share"].values()) == pytest.approx(1)
    assert row["training_eflops"] == pytest.approx(row["achieved_eflops_before_failures"] * row["goodput"])
    assert "of dense BF16 peak" in text
    assert "pipeline bubble" in text


def test_an_inference_report(scenario):
    row, text = infer_report(scenario, "nvidia_gb200", context_tokens=4_096)
    json.dumps(row)
    assert row["context_tokens"] == 4_096
    assert "per MW" in text
