"""The run folder: what it holds, what may stand in its way, and that nothing half-written is ever seen."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from podrace.model.registry import VARIABLES
from podrace.reports import folder as folders
from podrace.reports.figures.draw import FIGURES
from podrace.reports.folder import FolderError, check_folder, is_result, write_parquet, write_result
from podrace.reports.summary import COLUMNS

DATA = [
    "scenario.yaml",
    "results.parquet",
    "inputs.parquet",
    "central.parquet",
    "agents.csv",
    "flows.csv",
    "summary.csv",
    "iamc.csv",
    "events.csv",
]


@pytest.fixture
def small(build):
    return build(members=5, end=2025)


def entries(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def digests(place: Path) -> dict[str, str]:
    files = [path for path in place.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(build, tmp_path_factory):
    ensemble = build(members=20, end=2028)
    return ensemble, write_result(ensemble, tmp_path_factory.mktemp("run") / "baseline")


def test_what_a_folder_holds(written):
    _, place = written
    figures = [f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")]
    assert entries(place) == sorted([*DATA, "figures", "manifest.json"])
    assert entries(place / "figures") == sorted(figures)
    assert all(path.stat().st_size > 5_000 for path in (place / "figures").iterdir())
    assert entries(place.parent) == ["baseline"]


def test_results_are_every_member_year_and_side(written):
    ensemble, place = written
    table = pq.read_table(place / "results.parquet")
    assert table.column_names == ["member", "year", "side", *VARIABLES]
    assert {str(table.schema.field(name).type) for name in VARIABLES} == {"double"}
    frame = table.to_pandas()
    assert list(frame["member"].unique()) == list(range(20))
    assert len(frame) == 20 * 7 * 2
    assert list(frame["side"][:4]) == ["china", "us", "china", "us"]
    back = frame.set_index(["member", "year", "side"])["fleet_h100e"].to_xarray()
    np.testing.assert_array_equal(back.to_numpy(), ensemble.data["fleet_h100e"].to_numpy())
    assert pq.ParquetFile(place / "results.parquet").metadata.row_group(0).column(3).compression == "ZSTD"


def test_inputs_and_central(written):
    ensemble, place = written
    inputs = pd.read_parquet(place / "inputs.parquet")
    assert list(inputs.columns) == ["member", "smic.n2.defect_density", "us.mood"]
    np.testing.assert_array_equal(inputs["us.mood"], ensemble.inputs["us.mood"])
    central = pd.read_parquet(place / "central.parquet")
    assert list(central.columns) == ["year", "side", *VARIABLES]


def test_text_files(written):
    _, place = written
    assert tuple(pd.read_csv(place / "summary.csv").columns) == COLUMNS
    assert pd.read_csv(place / "events.csv")["reason"][0] == "China's fleet grew, by half"
    assert pd.read_csv(place / "iamc.csv").columns[:5].tolist() == ["model", "scenario", "region", "variable", "unit"]
    assert yaml.safe_load((place / "scenario.yaml").read_text())["format"] == 1


def test_manifest(written):
    ensemble, place = written
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest["seed"] == 0
    assert manifest["members"] == 20
    assert manifest["years"] == {"start": 2022, "end": 2028}
    assert manifest["scenario"] == {
        "name": "baseline",
        "title": ensemble.scenario.title,
        "hash": ensemble.scenario.hash,
    }
    assert manifest["started"].endswith("+00:00")
    assert {"podrace", "python", "numpy", "platform", "cpu", "seconds"} <= set(manifest)
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == digests(place)


def test_same_seed_same_bytes(build, tmp_path):
    first = write_result(build(members=7, end=2024), tmp_path / "a")
    second = write_result(build(members=7, end=2024), tmp_path / "b")
    assert len(digests(first)) == len(DATA) + 2 * len(FIGURES)
    assert digests(first) == digests(second)


def test_row_groups_do_not_change_what_is_read(small, tmp_path, monkeypatch):
    write_parquet(small.data, tmp_path / "one.parquet")
    monkeypatch.setattr(folders, "ROWS_PER_GROUP", 20)
    write_parquet(small.data, tmp_path / "many.parquet")
    assert pq.ParquetFile(tmp_path / "many.parquet").num_row_groups == 3
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "one.parquet"), pd.read_parquet(tmp_path / "many.parquet"))


def test_an_older_result_is_replaced_whole(small, tmp_path):
    place = write_result(small, tmp_path / "out")
    assert (place / "figures").is_dir()
    write_result(small, place, figures=False)
    assert not (place / "figures").exists()
    assert is_result(place)
    assert entries(tmp_path) == ["out"]


def test_a_free_name_and_an_empty_folder_are_fine(small, tmp_path):
    (tmp_path / "empty").mkdir()
    write_result(small, tmp_path / "empty", figures=False)
    write_result(small, tmp_path / "deep" / "er" / "out", figures=False)
    assert is_result(tmp_path / "empty")
    assert is_result(tmp_path / "deep" / "er" / "out")


@pytest.mark.parametrize("manifest", [None, "not json", "[]", '{"someone": "else"}', '"podrace"'])
def test_a_foreign_folder_is_refused_and_left_alone(small, tmp_path, manifest):
    place = tmp_path / "theirs"
    place.mkdir()
    (place / "thesis.tex").write_text("years of work")
    if manifest is not None:
        (place / "manifest.json").write_text(manifest)
    before = digests(place)
    with pytest.raises(FolderError, match="not empty and holds no podrace result"):
        write_result(small, place)
    assert digests(place) == before
    assert entries(tmp_path) == ["theirs"]


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(FolderError, match="a file stands there"):
        check_folder(tmp_path / "out")
    with pytest.raises(FolderError, match="cannot write"):
        check_folder(tmp_path / "out" / "below")


def test_an_unwritable_place_is_refused(tmp_path):
    with pytest.raises(FolderError, match="cannot write in /proc"):
        check_folder("/proc/podrace-result")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.geteuid():
        with pytest.raises(FolderError, match="cannot write"):
            check_folder(locked / "out")


def test_checking_writes_nothing(tmp_path):
    check_folder(tmp_path / "a" / "b")
    assert entries(tmp_path) == []


def test_a_link_is_followed_not_replaced(small, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    place = write_result(small, tmp_path / "link", figures=False)
    assert place == (tmp_path / "real").resolve()
    assert (tmp_path / "link").is_symlink()
    assert is_result(tmp_path / "real")


def test_a_failure_leaves_the_old_result_and_nothing_else(small, tmp_path, monkeypatch):
    place = write_result(small, tmp_path / "out", figures=False)
    before = digests(place)

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "_write_figures", broken)
    with pytest.raises(OSError, match="No space"):
        write_result(small, place)
    with pytest.raises(OSError, match="No space"):
        write_result(small, tmp_path / "new")
    assert digests(place) == before
    assert entries(tmp_path) == ["out"]


def test_a_swap_that_fails_puts_the_old_result_back(small, tmp_path, monkeypatch):
    place = write_result(small, tmp_path / "out", figures=False)
    before = digests(place)
    rename = Path.rename

    def fail_once(self, target):
        if self.name.endswith(".podrace") and ".old." not in self.name:
            raise PermissionError(13, "no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(PermissionError):
        write_result(small, place, figures=False)
    assert digests(place) == before
    assert entries(tmp_path) == ["out"]


KILLED = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("made_up", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["made_up"] = module
spec.loader.exec_module(module)
from podrace.reports import folder

def slow(*_):
    print("writing", flush=True)
    time.sleep(60)

folder._write_figures = slow
folder.write_result(module.make_ensemble(members=3, end=2024), sys.argv[2])
"""


def test_a_run_killed_while_writing_shows_no_folder_and_is_cleared_by_the_next(small, tmp_path):
    out = tmp_path / "out"
    helper = Path(__file__).with_name("conftest.py")
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(helper), str(out)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not out.exists()
    assert len(entries(tmp_path)) == 1  # hidden, beside the place
    time.sleep(0.05)
    write_result(small, out, figures=False)
    assert entries(tmp_path) == ["out"]


def test_progress_ends_at_one(small, tmp_path):
    told: list[float] = []
    write_result(small, tmp_path / "out", figures=False, progress=lambda _what, share: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
