"""The dataset of a sweep: the same numbers as a run, whoever computes them, readable at once; its summary; SQL; rerun."""

import json
import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from podrace.reports.folder import FolderError, check_folder
from podrace.reports.pace import Pace
from podrace.reports.rerun import rerun
from podrace.reports.summary import summarise
from podrace.reports.sweep.query import query
from podrace.reports.sweep.running import run_sweep
from podrace.reports.sweep.summary import _spread, summarise_sweep
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.studies.ensemble import run_ensemble
from podrace.studies.statistics import spread
from podrace.studies.study_files import load_study
from podrace.studies.sweep import design_groups

STUDY = """
title: Two bases, two levers
base: [baseline, hbm_gap]
levers:
  fleet.life: [4]
  yields: {as_is: [], low: smic_yield_low}
members: 7
seed: 5
outputs: [fleet_h100e, chip_fp8_tflops, binding_input, die_runout_year]
years: {end: 2026}
"""
OUTPUTS = ("fleet_h100e", "chip_fp8_tflops", "binding_input", "die_runout_year")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "grid.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return load_study(path)


@pytest.fixture(scope="module")
def swept(study, tmp_path_factory):
    return run_sweep(study, tmp_path_factory.mktemp("swept") / "grid", workers=1, block=4)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"manifest.json", "sweep.json", ".lock"}
    }


def test_a_sweep_holds_what_runs_give(study, swept):
    frame = pd.read_parquet(swept.place / "data")
    assert len(frame) == 4 * 7 * 5 * 2
    for case in study.cases:
        run = run_ensemble(case.scenario, 7, seed=5, variables=OUTPUTS).data
        own = frame[frame["combination"].astype(int) == case.number].sort_values(["member", "year", "side"])
        assert set(own["scenario"]) == {case.base}
        assert set(own["fleet.life"]) == {float(case.levers["fleet.life"])}
        assert set(own["yields"]) == {case.levers["yields"]}
        for name in OUTPUTS:
            expected = run[name].transpose("member", "year", "side").to_numpy().astype(np.float32).ravel()
            np.testing.assert_array_equal(own[name].to_numpy(), expected, err_msg=f"{case.label}: {name}")


def test_two_processes_write_the_same_files(study, swept, tmp_path):
    other = run_sweep(study, tmp_path / "two", workers=2, block=4)
    assert files(other.place) == files(swept.place)


def test_block_size_moves_no_value(study, swept, tmp_path):
    other = run_sweep(study, tmp_path / "blocks", workers=1, block=7)
    keys = ["combination", "member", "year", "side"]
    one, two = (
        pd.read_parquet(place / "data").sort_values(keys, ignore_index=True) for place in (swept.place, other.place)
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True, check_categorical=False)
    assert (swept.place / "summary.csv").read_bytes() == (other.place / "summary.csv").read_bytes()


def test_design_holds_what_members_drew(study, swept):
    assert design_groups(study) == [0, 1, 0, 1]
    told = pd.read_csv(swept.place / "combinations.csv")
    assert told["design_group"].tolist() == design_groups(study)
    assert told["yields"].tolist() == ["as_is", "low"] * 2
    drawn = run_ensemble(study.cases[1].scenario, 7, seed=5, variables=OUTPUTS).inputs
    table = pd.read_parquet(swept.place / "design" / "design_group=1")
    np.testing.assert_array_equal(
        table["smic.n2.defect_density"], drawn["smic.n2.defect_density"].to_numpy().astype(np.float32)
    )
    assert set(table.columns) - {"member"} <= set(drawn.columns)
    assert len({name.split("@")[0] for name in table.columns}) == len(table.columns)


def test_parquet_says_units_and_keeps_floats_plain(swept):
    part = pq.ParquetFile(next((swept.place / "data").rglob("*.parquet")))
    assert part.schema_arrow.field("fleet_h100e").metadata[b"unit"] == b"H100e"
    assert b"1 hbm" in part.schema_arrow.field("binding_input").metadata[b"categories"]
    column = part.metadata.row_group(0).column(part.schema_arrow.get_field_index("fleet_h100e"))
    assert (column.compression, column.physical_type) == ("ZSTD", "FLOAT")
    assert "RLE_DICTIONARY" not in column.encodings
    assert part.metadata.num_row_groups == 5


def test_manifest_lists_every_file(swept):
    manifest = json.loads((swept.place / "manifest.json").read_text())
    assert set(manifest["files"]) == {*files(swept.place), "sweep.json"}
    assert (manifest["quantiles"], manifest["kind"], manifest["seed"]) == ("exact", "sweep", 5)


def test_summary_is_that_of_runs(study, swept):
    for case in study.cases[:2]:
        data = run_ensemble(case.scenario, 7, seed=5, variables=OUTPUTS).data
        expected = summarise(data.astype(np.float32).astype(np.float64))
        own = swept.summary[swept.summary["combination"] == case.number]
        keys = ["year", "side", "variable"]
        one = own.set_index(keys)[["p05", "p50", "p95", "mean"]].sort_index()
        two = expected.set_index(keys)[["p05", "p50", "p95", "mean"]].sort_index()
        pd.testing.assert_frame_equal(one, two, rtol=1e-12)


@pytest.mark.parametrize("dates", [False, True])
def test_quantiles_of_sorted_numbers_are_those_of_runs(dates):
    rng = np.random.default_rng(1)
    for absent in (0.0, 0.1, 0.5, 0.97):
        for members in range(1, 40):
            own = rng.lognormal(size=members).astype(np.float32)
            own[rng.random(members) < absent] = np.nan
            np.testing.assert_allclose(
                _spread(own, dates=dates), spread(own.astype(np.float64), dates=dates), rtol=1e-12
            )


def test_leads_is_the_share_of_members_ahead(study, swept):
    data = run_ensemble(study.cases[0].scenario, 7, seed=5, variables=OUTPUTS).data["fleet_h100e"]
    ahead = (data.sel(side="us") > data.sel(side="china")).mean("member").to_numpy()
    rows = swept.summary.query("combination == 0 and variable == 'fleet_h100e' and side == 'us'")
    np.testing.assert_allclose(rows["leads"], ahead)


def test_digests_agree_with_exact_quantiles(tmp_path):
    path = tmp_path / "many.yaml"
    path.write_text(
        "base: baseline\nmembers: 3000\nyears: [2026, 2030]\noutputs: [fleet_h100e, binding_input, die_runout_year]"
    )
    study = load_study(path)
    swept = run_sweep(study, tmp_path / "many", workers=1, block=1000)
    parts = [sorted((swept.place / "data" / "combination=0").iterdir())]
    exact, digest = swept.summary, summarise_sweep(study, parts, exact_members=10)
    columns = ["year", "side", "variable", "mean", "leads"]
    pd.testing.assert_frame_equal(exact[columns], digest[columns], rtol=1e-6)
    for name in ("p05", "p25", "p50", "p75", "p95"):
        np.testing.assert_allclose(digest[name], exact[name], rtol=0.02, err_msg=name)
    pd.testing.assert_frame_equal(digest, summarise_sweep(study, parts, exact_members=10), check_exact=True)


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_designs_do_not_hang_on_workers_or_blocks(design, tmp_path):
    path = tmp_path / "spread.yaml"
    path.write_text(f"base: baseline\ndesign: {design}\nmembers: 16\nyears: [2024]\noutputs: fleet_h100e")
    study = load_study(path)
    one = run_sweep(study, tmp_path / "one", workers=1, block=5)
    two = run_sweep(study, tmp_path / "two", workers=1, block=16)
    values = [pd.read_parquet(r.place / "data").sort_values(["side", "member"])["fleet_h100e"] for r in (one, two)]
    np.testing.assert_array_equal(*values)
    table = pd.read_parquet(one.place / "design" / "design_group=0")
    assert table["smic.n2.defect_density"].nunique() == 16


def test_a_sweep_is_never_overwritten(study, swept, tmp_path):
    with pytest.raises(FolderError, match="a finished sweep of this study"):
        run_sweep(study, swept.place, workers=1)
    with pytest.raises(FolderError, match="holds a sweep"):
        check_folder(swept.place)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FolderError, match="holds no sweep"):
        run_sweep(study, tmp_path)
    assert run_sweep(study, swept.place, workers=1, resume=True).computed == 0


def test_query_reads_a_sweep(swept):
    found = query(
        swept.place,
        'SELECT combination, avg(chip_fp8_tflops) AS chip FROM results WHERE "fleet.life" = 4 AND "yields" = \'low\' GROUP BY 1',
    )
    assert sorted(found["combination"]) == [1, 3]
    assert found["chip"].notna().all()  # not applicable is NULL, and left out
    assert {"combinations", "design", "results", "summary"} <= set(query(swept.place, "SHOW TABLES")["name"])
    lists = query(swept.place, "SELECT quantile_cont(member, [0.0, 1.0]) AS ends FROM results")
    assert lists["ends"].tolist() == [[0.0, 6.0]]
    joined = query(
        swept.place,
        "SELECT count(*) AS n FROM results r JOIN combinations c USING (combination) JOIN design d ON d.member = r.member "
        "AND d.design_group = c.design_group WHERE year = 2026 AND side = 'us'",
    )
    assert joined["n"].tolist() == [28]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM result", "did you mean results?"),
        ("SELECT fleet_h100 FROM results", '"fleet_h100e"'),
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("", "0 statements"),
        ("CREATE TABLE x AS SELECT 1", "does more than read"),
        ("COPY results TO 'x.csv'", "does more than read"),
        ("EXPLAIN ANALYZE COPY results TO 'x.csv'", "does more than read"),
        ("SET enable_external_access = true", "does more than read"),
        ("ATTACH 'x.db'", "does more than read"),
        ("SELECT * FROM read_text('/etc/hostname')", "disabled by configuration"),
        ("SELECT * FROM read_csv('../grid.yaml')", "disabled by configuration"),
        ("SELECT * FROM glob('/*')", "disabled by configuration"),
        ("SELECT * FROM sql", "Table with name sql does not exist"),
    ],
)
def test_query_reads_nothing_else_and_writes_nothing(swept, sql, said):
    before = files(swept.place)
    with pytest.raises(ScenarioError) as raised:
        query(swept.place, sql)
    assert said in str(raised.value)
    assert files(swept.place) == before


def test_query_wants_a_result(tmp_path):
    with pytest.raises(FolderError, match="no podrace result"):
        query(tmp_path, "SELECT 1")


def test_rerun_of_a_sweep_gives_every_file_again_and_tells_what_differs(swept, tmp_path):
    place = tmp_path / "grid"
    shutil.copytree(swept.place, place)
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["files"]["summary.csv"]["sha256"] = "0" * 64
    manifest["numpy"] = "1.0"
    (place / "manifest.json").write_text(json.dumps(manifest))
    found = rerun(place, workers=1)
    assert found.place == tmp_path / "grid-rerun"
    assert files(found.place) == files(swept.place)
    assert (found.differ, found.missing) == (("summary.csv",), ())
    assert set(found.same) == set(files(swept.place)) - {"summary.csv"}
    assert found.made_otherwise[0].startswith("numpy 1.0, now ")


def test_rerun_of_a_run(tmp_path):
    import podrace as pr

    scenario = load("baseline", {"years.end": 2024, "fleet.life": 4})
    pr.run(scenario, members=4, seed=2).save(tmp_path / "run", figures=False)
    found = rerun(tmp_path / "run", tmp_path / "again", figures=False)
    assert (found.differ, found.missing) == ((), ())
    assert {"results.parquet", "inputs.parquet", "summary.csv", "events.csv", "scenario.yaml"} <= set(found.same)
    text = (tmp_path / "run" / "scenario.yaml").read_text()
    (tmp_path / "run" / "scenario.yaml").write_text(text.replace("end: 2024", "end: 2025"))
    with pytest.raises(FolderError, match="has changed since the run"):
        rerun(tmp_path / "run", tmp_path / "third")
    assert not (tmp_path / "third").exists()


def test_pace_tells_rate_and_time_left():
    seconds = iter([0.0, 0.0, 10.0, 10.0])
    pace = Pace(clock=lambda: next(seconds), terminal=False)
    assert pace.line(2000, 8000, 2000) == "2,000 of 8,000 members (25 %), found done"
    assert pace.line(5000, 8000, 2000) == "5,000 of 8,000 members (62 %), 300/s, 10 s left"
    assert pace.line(8000, 8000, 2000) == "8,000 of 8,000 members (100 %), 600/s, 10 s"
