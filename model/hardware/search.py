"""The search over layouts: every candidate at every cluster size in one array, the best of each size kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .layouts import FREE, FREE_CHOICE, RECOMPUTE, SCHEDULES, Candidates, Layout, Plan, candidates, powers_of_two
from .machine import known_chip, machine_of
from .shapes import shape_of
from .step import Step, step_time

if TYPE_CHECKING:
    from ..numbers import Array
    from .coefficients import Coefficients
    from .fabric import Fabric
    from .jobs import Job
    from .pods import Pod


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Best layout for each cluster size: arrays over sizes; ``step_s`` is infinite where nothing fits."""

    chips: Array
    step_s: Array
    best: Array
    grid: Candidates
    step: Step
    used: Array

    def of_best(self, values: object) -> Array:
        """Values of a table (sizes by candidates, or what broadcasts to it) at the best candidate of each size."""
        table = np.broadcast_to(np.asarray(values, dtype=float), self.step.total.shape)
        return np.asarray(table[np.arange(len(self.best)), self.best])


def search(
    pod: Pod,
    job: Job,
    fabric: Fabric,
    coefficients: Coefficients,
    chips: Array,
    *,
    precision: str | None = None,
    software: float = 1.0,
    fixed: Layout = FREE,
) -> Search:
    """Evaluate every layout at every cluster size and keep the best of each.

    A job whose batch is too small for all chips leaves some idle: throughput then stays, utilisation falls.
    """
    training = coefficients.training
    machine = machine_of(pod, fabric, known_chip(pod).training_format(precision), training)
    grid = candidates(job, pod.domain, training, fixed)
    n = np.atleast_1d(np.asarray(chips, dtype=float))[:, None]
    replica = grid.tensor * grid.pipeline * grid.context
    sequences = job.batch_tokens / job.seq_len
    data = np.clip(n / replica, 1.0, np.maximum(sequences / grid.micro, 1.0))
    plan = Plan(
        tensor=grid.tensor,
        pipeline=grid.pipeline,
        context=grid.context,
        expert=grid.expert,
        micro=grid.micro,
        zero=grid.zero,
        data=data,
        sequences=sequences,
        recompute=RECOMPUTE[fixed.recompute] if fixed.recompute else FREE_CHOICE,
        schedule=SCHEDULES[fixed.schedule] if fixed.schedule else FREE_CHOICE,
        virtual=fixed.virtual or FREE_CHOICE,
        gradient_bytes=training.gradient_bytes,
    )
    step = step_time(
        machine,
        shape_of(job),
        plan,
        coefficients,
        software=software,
        stages=powers_of_two(training.max_virtual_stages),
    )
    possible = (n >= replica) & (grid.expert <= data * grid.tensor * grid.context) & (grid.micro <= sequences)
    total = np.where(possible, step.total, np.inf)
    best = np.argmin(total, axis=1)
    rows = np.arange(len(best))
    return Search(n[:, 0], total[rows, best], best, grid, step, np.asarray(data * replica)[rows, best])
