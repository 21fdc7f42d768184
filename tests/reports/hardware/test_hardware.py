"""What the check, the fit and the thesis print and draw, through the command line where that is the promise."""

import json
import subprocess
import sys

import pytest

import podrace
from podrace.model.hardware.coefficients import read_coefficients
from podrace.reports.hardware.check import check_text, parity_picture
from podrace.reports.hardware.thesis import save_pictures, thesis_text
from podrace.studies import hardware_thesis
from podrace.studies.hardware_check import check_file


def command(*words):
    return subprocess.run(
        [sys.executable, "-m", "podrace.cli", "hardware", *words], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def baseline():
    return podrace.load("baseline")


def test_check_prints_one_json_document():
    done = command("check", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["overall"]["dense"]["n"] > 100
    assert document["not_evaluated"] == []


def test_a_bad_case_file_is_one_clear_line_and_exit_2(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("cases:\n- {id: X, class: dens, scored: false}\n", encoding="utf-8")
    done = command("check", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"{path}:2  cases[0].class  unknown class  (found 'dens'; allowed dense, moe, inference, power, reliability)"
    ]


def test_strict_exits_1_on_a_finding(tmp_path):
    path = tmp_path / "hard.yaml"
    text = """
cases:
- id: X
  class: dense
  rows:
  - {quantity: mfu, value: 0.4}
"""
    path.write_text(text, encoding="utf-8")
    done = command("check", str(path), "--strict")
    assert done.returncode == 1
    assert "X row 0: the chip states no peak_tflops" in done.stderr
    assert "Not evaluated" in done.stdout
    assert command("check", str(path)).returncode == 0


def test_the_check_text_tells_rows_cases_and_classes(baseline):
    text = check_text(check_file(None, read_coefficients(baseline)))
    for words in ("A07a", "DeepSeek-V3 pre-training cost", "(not scored)", "order kept", "moe"):
        assert words in text
    assert "nan" not in text


def test_the_parity_picture_is_drawn(baseline, tmp_path):
    k = read_coefficients(baseline)
    target = tmp_path / "deep" / "parity.png"
    parity_picture(None, baseline, k, check_file(None, k), target)
    assert target.read_bytes().startswith(b"\x89PNG")


def test_the_thesis_prints_and_draws(baseline, tmp_path, monkeypatch):
    monkeypatch.setattr(hardware_thesis, "SIZES", (1_024, 65_536))
    found = {
        "effective_compute": hardware_thesis.effective_compute(baseline),
        "domain_worth": hardware_thesis.domain_worth(baseline),
        "throughput_by_size": hardware_thesis.throughput_by_size(baseline, (1_024, 65_536)),
        "elasticities": hardware_thesis.elasticities(baseline, (1_024, 65_536)),
    }
    text = thesis_text(found)
    for words in ("TFLOP/s/chip", "Atlas 950 SuperCluster", "scale-out bandwidth", "does not fit"):
        assert words in text
    save_pictures(found, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "hardware_domain.png", "hardware_effective.png", "hardware_elasticity.png", "hardware_size.png",
    ]  # fmt: skip
