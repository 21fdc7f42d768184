"""A sweep: blocks of members of every case as tasks, wherever they run, and finished parts as they come.

Parts come in any order; each is the same bytes whoever computed it, so that a sweep that was stopped goes on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..scenarios.scenario import Scenario, canonical
from .designs import draw_names
from .ensemble import blocks
from .executors import Cluster, Here, LostScheduler, cluster, pool
from .parts import Part, order, run_part
from .study_files import Study

BLOCK = 6144
"""Members of a task: fewer than an ensemble computes together, so that a worker stays well under 600 MB."""
TRIES = 3
"""Pools of worker processes that may break without a part coming home in between."""
AHEAD = 2
"""Tasks handed out for each worker: one that runs and one that waits."""
WATCH_SECONDS = 1.0
"""How often a silent cluster is asked whether it is still there."""


@dataclass(frozen=True)
class Task:
    """Members start to stop of a case, and whether its drawn parameters are wanted."""

    case: int
    start: int
    stop: int
    design: bool

    @property
    def members(self) -> int:
        """How many."""
        return self.stop - self.start


class WorkersDied(RuntimeError):
    """Worker processes died again and again."""


def default_workers() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def design_groups(study: Study) -> list[int]:
    """For each case the first case that draws the same parameters from the same distributions: they share a design."""
    first: dict[str, int] = {}
    return [first.setdefault(_design_key(case.scenario), case.number) for case in study.cases]


def _design_key(scenario: Scenario) -> str:
    told = canonical(scenario)
    uncertain = {path: told["records"][path] for path, record in scenario.records.items() if record.uncertain}
    return sha256(repr((sorted(uncertain.items()), told["correlations"])).encode()).hexdigest()


def tasks(study: Study, block: int = BLOCK, *, design: bool = True) -> list[Task]:
    """Cut a study into tasks, case by case.

    Parameters
    ----------
    study
        What shall run.
    block
        Members computed together; no number depends on it.
    design
        Ask for the drawn parameters, once for each group of cases that share them.
    """
    groups = design_groups(study)
    return [
        Task(case.number, start, stop, design and groups[case.number] == case.number)
        for case in study.cases
        for start, stop in blocks(study.members, block)
    ]


def run_tasks(
    study: Study,
    todo: Sequence[Task],
    *,
    workers: int = 1,
    scheduler: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> Iterator[Part]:
    """Run tasks and give each part as it is finished.

    Parameters
    ----------
    study
        What the tasks belong to.
    todo
        Tasks still to do.
    workers
        Processes; 1 stays in this one.
    scheduler
        Address of a Dask scheduler, in place of workers here.
    tell
        Called with what goes wrong and is mended.

    Raises
    ------
    WorkersDied
        When workers die again and again.
    LostScheduler
        When the cluster cannot be reached, or is lost.
    """
    names = draw_names(case.scenario for case in study.cases)
    if scheduler is not None:
        with cluster(scheduler) as there:
            if tell and there.threads() == 0:
                tell(f"no worker has joined {scheduler} yet; waiting for one")
            yield from _Round(study, names, there.executor, there.threads, there).parts(todo)
        return
    left = {(task.case, task.start): task for task in todo}
    failures = 0
    while left:
        try:
            with ExitStack() as stack:
                executor = stack.enter_context(pool(min(workers, len(left))))
                for part in _Round(study, names, executor, lambda: workers).parts(list(left.values())):
                    failures = 0
                    yield part
                    del left[part.case, part.start]
        except BrokenProcessPool:
            failures += 1
            if failures >= TRIES:
                message = f"worker processes died {TRIES} times in a row (memory? another program that ends them?)"
                raise WorkersDied(message) from None
            if tell:
                tell("a worker process died; going on with fresh ones")


class _Round:
    """Hands tasks to one executor, a few ahead of the workers, so that memory does not grow with the study."""

    def __init__(
        self,
        study: Study,
        names: tuple[str, ...],
        executor: Executor,
        workers: Callable[[], int],
        there: Cluster | None = None,
    ) -> None:
        self._study = study
        self._names = names
        self._executor = executor
        self._workers = workers
        self._there = there
        self._told: tuple[int, bytes] = (-1, b"")

    def parts(self, todo: Iterable[Task]) -> Iterator[Part]:
        """Give parts as they are finished."""
        waiting: set[Future[Any]] = set()
        coming = iter(todo)
        try:
            while True:
                while len(waiting) < self._ahead() and (task := next(coming, None)) is not None:
                    waiting.add(self._submit(task))
                if not waiting:
                    return
                done, waiting = wait(waiting, timeout=WATCH_SECONDS, return_when=FIRST_COMPLETED)
                if not done and self._there is not None and not self._there.alive:
                    self._lost()
                for future in done:
                    yield self._result(future)
        finally:
            for future in waiting:
                future.cancel()

    def _ahead(self) -> int:
        """Tasks to hand out at a time; in this process one, because it is done at once."""
        return 1 if isinstance(self._executor, Here) else AHEAD * max(self._workers(), 1)

    def _submit(self, task: Task) -> Future[Any]:
        if self._told[0] != task.case:
            self._told = (task.case, order(self._study, self._study.cases[task.case], self._names))
        return self._executor.submit(run_part, self._told[1], task.case, task.start, task.stop, task.design)

    def _result(self, future: Future[Any]) -> Part:
        try:
            part: Part = future.result()
        except CancelledError:
            self._lost()
        return part

    def _lost(self) -> None:
        message = "the scheduler is gone, or took the work back"
        raise LostScheduler(message) from None
