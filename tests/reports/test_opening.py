"""Results and comparisons are opened again from their folders, equal to what was saved; what is not whole is refused."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import podrace as pr
from podrace.scenarios.faults import ScenarioError


@pytest.fixture(scope="module")
def result():
    return pr.run("baseline", members=4, seed=3, years=(2024, 2026))


@pytest.fixture(scope="module")
def comparison():
    return pr.compare("baseline", "hbm_gap", members=3, years=(2024, 2026))


@pytest.fixture
def folder(result, tmp_path_factory, tmp_path):
    """Give a copy of the folder of the run, to do harm to."""
    saved = result.save(tmp_path_factory.mktemp("saved") / "run", figures=False)
    return shutil.copytree(saved, tmp_path / "run")


def test_a_result_comes_back_equal(result, folder):
    again = pr.open_result(folder)
    assert again.data.identical(result.data)
    np.testing.assert_array_equal(again.central["fleet_h100e"], result.central["fleet_h100e"])
    assert again.scenario.hash == result.scenario.hash
    pd.testing.assert_frame_equal(again.inputs, result.inputs, check_dtype=False)
    pd.testing.assert_frame_equal(again.table("fleet_h100e"), result.table("fleet_h100e"))
    assert (again.ensemble.seed, again.ensemble.members) == (3, 4)


def test_a_comparison_comes_back_equal(comparison, tmp_path):
    again = pr.open_comparison(comparison.save(tmp_path / "c", figures=False))
    pd.testing.assert_frame_equal(again.table(), comparison.table())
    pd.testing.assert_frame_equal(again.regret(), comparison.regret())
    assert again.inert == comparison.inert


@pytest.mark.parametrize(
    "name", ["results.parquet", "central.parquet", "inputs.parquet", "scenario.yaml", "events.csv"]
)
def test_a_missing_file_says_what_makes_it_again(folder, name):
    (folder / name).unlink()
    again = "podrace run" if name == "scenario.yaml" else f"podrace rerun {folder}"
    with pytest.raises(ScenarioError, match=f"is not whole: `{again}` makes it again"):
        pr.open_result(folder)


def test_a_changed_file_is_refused(folder):
    (folder / "scenario.yaml").write_text("title: mine\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="has changed since it was written"):
        pr.open_result(folder)


def test_another_version_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"podrace": "99.0"}), encoding="utf-8")
    with pytest.raises(ScenarioError, match="written by podrace 99.0"):
        pr.open_result(folder)


def test_what_is_no_result_is_named(folder, tmp_path):
    with pytest.raises(ScenarioError, match="holds a run"):
        pr.open_comparison(folder)
    with pytest.raises(ScenarioError, match="no such folder"):
        pr.open_result(tmp_path / "nowhere")
    with pytest.raises(ScenarioError, match="is a file"):
        pr.open_result(folder / "manifest.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScenarioError, match="holds no podrace result"):
        pr.open_result(tmp_path / "empty")
