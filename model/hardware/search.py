"""The search over layouts: every candidate at every cluster size in one array, the best of each size kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .layouts import FREE, FREE_CHOICE, RECOMPUTE, SCHEDULES, Candidates, Layout, Plan, candidates, powers_of_two
from .machine import known_chip, machine_of
from .memory import recomputed_share
from .shapes import shape_of
from .step import Step, step_time

if TYPE_CHECKING:
    from ..numbers import Array
    from .coefficients import Coefficients, Training
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


def _plan(grid: Candidates, chips: Array, sequences: float, training: Training, fixed: Layout) -> Plan:
    """Layouts at work on clusters: replicas from what is left of the chips, no more than the batch can feed."""
    replica = grid.tensor * grid.pipeline * grid.context
    return Plan(
        tensor=grid.tensor,
        pipeline=grid.pipeline,
        context=grid.context,
        expert=grid.expert,
        micro=grid.micro,
        zero=grid.zero,
        data=np.clip(chips / replica, 1.0, np.maximum(sequences / grid.micro, 1.0)),
        sequences=sequences,
        recompute=RECOMPUTE[fixed.recompute] if fixed.recompute else FREE_CHOICE,
        schedule=SCHEDULES[fixed.schedule] if fixed.schedule else FREE_CHOICE,
        virtual=fixed.virtual or FREE_CHOICE,
        gradient_bytes=training.gradient_bytes,
    )


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
    shape, sequences = shape_of(job), job.batch_tokens / job.seq_len
    n = np.atleast_1d(np.asarray(chips, dtype=float))[:, None]
    everything = candidates(job, pod.domain, training, fixed)
    largest = _plan(everything, n.max(), sequences, training, fixed)
    most = fixed.virtual or training.max_virtual_stages
    holds = np.isfinite(recomputed_share(machine, shape, largest, most, training)) & (largest.used <= n.max())
    if not holds.any():
        holds[0] = True  # nothing fits: one layout stands for all, so that arrays keep their form
    grid = everything.where(holds)
    plan = _plan(grid, n, sequences, training, fixed)
    data, replica = np.asarray(plan.data), plan.replica
    step = step_time(
        machine,
        shape,
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
