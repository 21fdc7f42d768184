"""Whole `podrace sweep` processes at rising numbers of members, and with several kinds of workers; printed as JSON."""

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import psutil

from podrace.reports.sweep.summary import summarise_sweep
from podrace.studies.study_files import load_study

STUDY = "million_futures"
WORKERS = 2
LOOK_SECONDS = 0.5


class Watch(threading.Thread):
    """Looks at a process, and at all processes below some others, while it runs.

    ``main_mb`` and ``worker_mb`` are the most memory that the process, and that any of the others, has held;
    ``main_cpu`` is the processor time of the process.
    """

    def __init__(self, main, *others):
        super().__init__(daemon=True)
        self._main = psutil.Process(main.pid)
        self._others = [self._main, *others]
        self._over = threading.Event()
        self.main_mb = self.worker_mb = self.main_cpu = 0.0

    def run(self):
        """Look again and again."""
        while not self._over.wait(LOOK_SECONDS):
            self._look()

    def stop(self):
        """Look no more."""
        self._over.set()
        self.join()

    def _look(self):
        try:
            times = self._main.cpu_times()
            self.main_cpu = times.user + times.system
            self.main_mb = max(self.main_mb, most_mb(self._main))
            workers = {child for other in self._others for child in other.children(recursive=True)} - {self._main}
        except psutil.Error:
            return
        for worker in workers:
            self.worker_mb = max(self.worker_mb, most_mb(worker))


def most_mb(process):
    """Give the most memory that a process has held, or where the system does not say, what it holds now."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except OSError:
        status = ""
    found = [line for line in status.splitlines() if line.startswith("VmHWM")]
    if found:
        return int(found[0].split()[1]) * 1024 / 1e6
    try:
        return process.memory_info().rss / 1e6
    except psutil.Error:
        return 0.0


def sweep(members, *options, others=(), digest=False):
    """Run a sweep; give its seconds, bytes, memory, and a checksum over all that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        command = [str(Path(sys.executable).with_name("podrace")), "sweep", STUDY, "--members", str(members), "--json"]
        began = perf_counter()
        process = subprocess.Popen([*command, *options, "--out", str(out), "--quiet"], stdout=subprocess.PIPE)
        watch = Watch(process, *others)
        watch.start()
        told = json.loads(process.communicate()[0])
        whole = perf_counter() - began
        watch.stop()
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        summarising = manifest["seconds"] - manifest["seconds_of_parts"]
        found = {
            "members": members,
            "whole": whole,
            "parts": manifest["seconds_of_parts"],
            "summary": summarising,
            "bytes": told["bytes"],
            "files": len(manifest["files"]),
            "outputs": len(told["outputs"]),
            "main_mb": watch.main_mb,
            "worker_mb": watch.worker_mb,
            "main_cpu": max(watch.main_cpu - summarising, 0.0),
            "checksum": checksum(manifest["files"]),
        }
        if digest:
            found["digest"] = digest_seconds(out, members)
    return found


def checksum(files):
    """Give one checksum of all files but the state, which holds nothing computed."""
    told = "\n".join(f"{name} {about['sha256']}" for name, about in sorted(files.items()) if name != "sweep.json")
    return hashlib.sha256(told.encode()).hexdigest()


def digest_seconds(out, members):
    """Give the seconds of the summary that sweeps of more than ten million members get."""
    study = load_study(STUDY, members=members)
    began = perf_counter()
    summarise_sweep(study, [sorted((out / "data" / "combination=0").glob("*.parquet"))], exact_members=0)
    return perf_counter() - began


@contextmanager
def dask_cluster():
    """Start a scheduler and worker processes here."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def scaling(most):
    """Measure rising numbers of members, up to ``most``, on two processes."""
    sizes = [most // part for part in (1000, 100, 10, 1) if most // part > 0]
    return {
        "workers": WORKERS,
        "runs": [sweep(size, "--workers", str(WORKERS), digest=size == most // 10) for size in sizes],
    }


def workers(members):
    """Measure the same members with one process, with two, and on a Dask cluster of two processes."""
    found = {
        "1 worker": sweep(members, "--workers", "1"),
        f"{WORKERS} workers": sweep(members, "--workers", str(WORKERS)),
    }
    with dask_cluster() as address:
        here = psutil.Process()
        found[f"Dask, {WORKERS} worker processes"] = sweep(members, "--scheduler", address, others=[here])
    return {"members": members, "runs": found}


if __name__ == "__main__":
    print(json.dumps({"scaling": scaling, "workers": workers}[sys.argv[1]](int(sys.argv[2]))))
