"""Where tasks run: in this process, in a pool of fresh processes, or on a Dask cluster; one `concurrent.futures` interface."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

CONNECT_SECONDS = 10
"""How long to look for a scheduler."""


ASK_SECONDS = 5.0
"""How often the number of a cluster's workers is asked for."""


class LostScheduler(RuntimeError):
    """The scheduler of a cluster cannot be reached, or is gone."""


class Here(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a task and give its finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # kept, as every executor keeps it
            future.set_exception(error)
        return future


@contextmanager
def pool(workers: int) -> Iterator[Executor]:
    """Give an executor of this machine: this process for one worker, fresh processes for more.

    No global start method is touched. Worker processes end when this one ends, however it ends.
    """
    if workers <= 1:
        yield Here()
        return
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=follow_parent)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def follow_parent() -> None:
    """Make a worker end with its parent, and leave Ctrl-C to the parent.

    A spawned worker whose parent was killed would wait for work for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


class Cluster:
    """A Dask cluster: its executor, how many threads its workers have now, and whether the scheduler is still there."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._threads = 0
        self._asked = -ASK_SECONDS
        self.executor: Executor = client.get_executor()

    @property
    def alive(self) -> bool:
        """Whether the scheduler still answers."""
        return bool(self._client.status == "running")

    def threads(self) -> int:
        """Threads of all workers; asked for anew now and then, because workers come and go."""
        if time.monotonic() - self._asked > ASK_SECONDS:
            self._asked = time.monotonic()
            try:
                self._threads = sum(self._client.nthreads().values())
            except (OSError, TimeoutError, ValueError):
                self._threads = 0
        return self._threads


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to the Dask scheduler at an address.

    Raises
    ------
    LostScheduler
        When nobody answers, or Dask is not installed.
    """
    try:
        from distributed import Client
    except ImportError:
        message = "a scheduler needs Dask: pip install 'podrace[cluster]'"
        raise LostScheduler(message) from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"no scheduler answers at {address} ({str(error).splitlines()[0] if str(error) else 'timed out'})"
        raise LostScheduler(message) from None
    quiet = _silence("distributed")
    there = Cluster(client)
    try:
        yield there
    finally:
        lost = not there.alive
        client.close(timeout=1)
        if not lost:  # a lost scheduler is reported once, by us; Dask would go on with tracebacks
            for logger in quiet:
                logger.disabled = False


def _silence(name: str) -> list[logging.Logger]:
    """Turn off the loggers of a package, and give those that were on."""
    known = [logging.getLogger(other) for other in logging.root.manager.loggerDict if other.split(".")[0] == name]
    found = [logger for logger in known if not logger.disabled]
    for logger in found:
        logger.disabled = True
    return found
