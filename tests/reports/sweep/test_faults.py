"""What may go wrong in a sweep, done for real: killed processes, a full disk, a lost scheduler, two at once.

After each of them `--resume` finishes, and every file is the one that an undisturbed sweep writes.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pyarrow.parquet as pq
import pytest

from podrace.reports.folder import FolderError
from podrace.reports.sweep.folder import Stopped
from podrace.reports.sweep.running import run_sweep
from podrace.studies import executors
from podrace.studies.study_files import load_study

STUDY = """
title: Two levers, few members
base: baseline
levers: {memory: {as_is: [], no_leak: hbm_gap}}
members: 40
outputs: [fleet_h100e, binding_input, die_runout_year]
years: {end: 2024}
"""
BLOCK = 4
SECONDS = 120
"""Longer than anything here takes: a test that hangs fails."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Give a folder with the study, and in `whole` what an undisturbed sweep makes of it."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "two.yaml").write_text(STUDY, encoding="utf-8")
    run_sweep(load_study(folder / "two.yaml"), folder / "whole", workers=1, block=BLOCK)
    return folder


def contents(folder):
    """Every file of a sweep but the manifest and the lock, as bytes."""
    kept = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in {"manifest.json", ".lock"}
    ]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


@pytest.fixture
def start(place):
    """Start sweeps as processes of their own; none outlives its test."""
    started = []

    def run(out, *words):
        command = [
            sys.executable,
            "-m",
            "podrace.cli",
            "sweep",
            "two.yaml",
            "--out",
            out,
            "--block",
            str(BLOCK),
            *words,
        ]
        process = subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            process.kill()


def finish(process):
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out, err


def parts(folder):
    return list(folder.glob("data/*/members-*.parquet"))


def wait_for(condition, process=None):
    """Wait until something holds; the process must not end before."""
    for _ in range(SECONDS * 50):
        if condition():
            return
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.02)
    pytest.fail("waited in vain")


def assert_unfinished_and_whole(folder):
    assert not (folder / "manifest.json").exists()
    for path in parts(folder):
        assert pq.read_table(path).num_rows == 2 * 3 * BLOCK


def assert_resumes(place, out):
    """Without `resume` it is refused; with it, the sweep ends as one never disturbed, and computes only what is left."""
    study = load_study(place / "two.yaml")
    with pytest.raises(FolderError, match="an unfinished sweep of this study; --resume goes on"):
        run_sweep(study, place / out, workers=1)
    standing = {path: path.stat().st_mtime_ns for path in parts(place / out)}
    assert run_sweep(study, place / out, workers=1, resume=True).computed == 80 - BLOCK * len(standing)
    assert all(path.stat().st_mtime_ns == when for path, when in standing.items())
    assert contents(place / out) == contents(place / "whole")
    assert (place / out / "manifest.json").is_file()


@pytest.mark.parametrize(("workers", "after"), [(1, 0), (2, 2)])
def test_kill_9_of_the_sweep(place, start, workers, after):
    out = f"killed-{workers}-{after}"
    process = start(out, "--workers", str(workers))
    if after:
        wait_for(lambda: len(parts(place / out)) >= after, process)
    else:
        wait_for((place / out / "sweep.json").exists, process)
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    finish(process)
    wait_for(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))
    assert_unfinished_and_whole(place / out)
    if parts(place / out):
        assert_resumes(place, out)
    else:  # nothing to lose: it may simply be begun again
        run_sweep(load_study(place / "two.yaml"), place / out, workers=1, block=BLOCK)
        assert contents(place / out) == contents(place / "whole")


def test_kill_9_of_a_worker(place, start):
    process = start("worker-killed", "--workers", "2")
    wait_for(lambda: len(parts(place / "worker-killed")) >= 2, process)
    workers = [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    assert len(workers) == 2
    workers[0].kill()
    code, _, err = finish(process)
    assert code == 0, err
    assert "a worker process died; going on with fresh ones" in err
    assert contents(place / "worker-killed") == contents(place / "whole")


def test_terminated_in_an_orderly_way(place, start):
    process = start("ended", "--workers", "1")
    wait_for(lambda: len(parts(place / "ended")) >= 2, process)
    process.terminate()  # as a queue does that takes its machine back
    code, _, err = finish(process)
    assert code == 128 + signal.SIGTERM
    assert "--out ended --resume" in err
    assert_unfinished_and_whole(place / "ended")
    assert_resumes(place, "ended")


def test_full_disk(place):
    """No file may grow beyond what the scenarios take, so that a part of many members cannot be written."""
    (place / "wide.yaml").write_text("base: baseline\nmembers: 3000\nyears: {end: 2026}\n", encoding="utf-8")
    room = (place / "whole" / "scenarios.zip").stat().st_size

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    command = [
        sys.executable,
        "-m",
        "podrace.cli",
        "sweep",
        "wide.yaml",
        "--out",
        "full",
        "--workers",
        "1",
        "--no-design",
    ]
    done = subprocess.run(
        command, cwd=place, capture_output=True, text=True, preexec_fn=limit, timeout=SECONDS, check=False
    )
    assert done.returncode == 3
    assert "sweep stopped: cannot write full/data/combination=0/members-" in done.stderr
    assert "File too large" in done.stderr
    assert "--out full --resume" in done.stderr
    assert [path.name for path in (place / "full" / "data").rglob("*") if path.is_file()] == []


def test_two_sweeps_on_one_folder(place, start):
    first = start("shared", "--workers", "1")
    wait_for(lambda: parts(place / "shared"), first)
    first.send_signal(signal.SIGSTOP)
    code, _, err = finish(start("shared", "--resume"))
    first.send_signal(signal.SIGCONT)
    assert (code, "another sweep is at work there" in err) == (2, True)
    assert finish(first)[0] == 0
    assert contents(place / "shared") == contents(place / "whole")


def test_a_damaged_part_is_made_again(place):
    shutil.copytree(place / "whole", place / "damaged")
    victim = parts(place / "damaged")[0]
    victim.write_bytes(victim.read_bytes()[:-100])
    (victim.parent / f".{victim.name}.77.tmp").write_bytes(b"half")
    run_sweep(load_study(place / "two.yaml"), place / "damaged", workers=1, resume=True)
    assert json.loads((place / "damaged" / "manifest.json").read_text())["files"]
    assert contents(place / "damaged") == contents(place / "whole")


def test_a_changed_scenario_is_refused(place):
    (place / "mine.yaml").write_text("title: mine\nextends: baseline\nyears: {end: 2023}\n", encoding="utf-8")
    (place / "study.yaml").write_text("base: mine\nmembers: 3\noutputs: fleet_h100e\n", encoding="utf-8")
    run_sweep(load_study(place / "study.yaml"), place / "old", workers=1, block=2)
    before = contents(place / "old")
    value = "{value: 4, unit: year, source: what-if}"
    (place / "mine.yaml").write_text(
        f"title: mine\nextends: baseline\nyears: {{end: 2023}}\nparameters: {{fleet.life: {value}}}\n", encoding="utf-8"
    )
    with pytest.raises(FolderError, match="the scenario has changed: mine"):
        run_sweep(load_study(place / "study.yaml"), place / "old", workers=1, resume=True)
    assert contents(place / "old") == before


@pytest.fixture
def cluster(place, tmp_path):
    """Start a Dask scheduler and a worker on this machine; give the scheduler's address and process."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": place}
    dask = [sys.executable, "-m", "dask"]
    common = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
    scheduler = subprocess.Popen([*dask, "scheduler", "--port", "0", *common], **quiet)
    wait_for(file.exists, scheduler)
    worker = subprocess.Popen([*dask, "worker", *common, "--no-nanny", "--nthreads", "1"], **quiet)
    yield json.loads(file.read_text())["address"], scheduler
    for process in (worker, scheduler):
        process.kill()
        process.wait()


def test_a_cluster_gives_the_same_and_may_be_lost(place, start, cluster):
    address, scheduler = cluster
    code, _, err = finish(start("dask", "--scheduler", address))
    assert code == 0, err
    assert contents(place / "dask") == contents(place / "whole")
    process = start("lost", "--scheduler", address)
    wait_for(lambda: parts(place / "lost"), process)
    scheduler.kill()
    code, _, err = finish(process)
    assert code == 3, err
    assert "sweep stopped: the scheduler is gone" in err
    assert "Traceback" not in err
    assert_unfinished_and_whole(place / "lost")
    assert_resumes(place, "lost")


def test_no_scheduler_no_harm(place, monkeypatch):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    study = load_study(place / "two.yaml")
    with pytest.raises(Stopped, match="no scheduler answers at tcp://127.0.0.1:9"):
        run_sweep(study, place / "nobody", scheduler="tcp://127.0.0.1:9")
    assert run_sweep(study, place / "nobody", workers=1, block=BLOCK).computed == 80
