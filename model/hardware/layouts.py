"""Parallel layouts: what a run may hold fixed, and the grid that a search tries; data parallel is what is left."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..numbers import Array, Numbers
    from .coefficients import Training
    from .jobs import Job

SCHEDULES = {"1f1b": 0, "interleaved": 1, "dualpipe": 2}
RECOMPUTE = {"none": 0, "selective": 1, "full": 2}
FREE_CHOICE, ALL_OR_NOTHING = -1, -2


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to split a job over chips; None in a request means: choose the best.

    ``zero`` is the stage of sharding over data-parallel ranks (0 none, 1 optimiser, 2 gradients, 3 weights),
    ``schedule`` and ``recompute`` names of :data:`SCHEDULES` and :data:`RECOMPUTE`, ``data`` the replicas.
    """

    tensor: int | None = None
    pipeline: int | None = None
    context: int | None = None
    expert: int | None = None
    virtual: int | None = None
    microbatch: int | None = None
    zero: int | None = None
    schedule: str | None = None
    recompute: str | None = None
    data: int | None = None

    def __str__(self) -> str:
        names = {"TP": self.tensor, "PP": self.pipeline, "CP": self.context, "EP": self.expert, "VP": self.virtual}
        names |= {"ZeRO-": self.zero}
        return " ".join(f"{name}{value}" for name, value in names.items() if value is not None)


FREE = Layout()
SMALLEST_EXPERT_GROUP = 8


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """All layouts of a search as flat arrays of one length."""

    tensor: Array
    pipeline: Array
    context: Array
    expert: Array
    micro: Array
    zero: Array

    def where(self, chosen: NDArray[np.bool_]) -> Candidates:
        """Return the layouts that a mask picks."""
        return Candidates(*(getattr(self, item.name)[chosen] for item in fields(self)))


def powers_of_two(largest: float) -> list[int]:
    """Powers of two up to a limit.

    Examples
    --------
    >>> powers_of_two(12)
    [1, 2, 4, 8]
    """
    return [2**power for power in range(int(np.log2(max(largest, 1))) + 1)]


@lru_cache(maxsize=512)
def candidates(job: Job, domain: int, training: Training, fixed: Layout = FREE) -> Candidates:
    """Return the layouts to try: powers of two, tensor parallel inside the scale-up domain, and what is fixed.

    A sequence stays whole or is split over some or many ranks; one sequence at a time is never far from the best.
    """
    tensors = powers_of_two(min(domain, training.max_tensor_parallel, job.heads))
    pipelines = powers_of_two(min(training.max_pipeline, job.layers))
    experts = [e for e in powers_of_two(job.experts) if e >= min(SMALLEST_EXPERT_GROUP, job.experts)] or [1]
    widest = training.max_context_parallel
    contexts = [1.0, widest / 2, widest] if fixed.context is None else [float(fixed.context)]
    axes = [
        [fixed.tensor] if fixed.tensor else tensors,
        [fixed.pipeline] if fixed.pipeline else pipelines,
        contexts,
        [fixed.expert] if fixed.expert and job.experts else experts,
    ]
    tensor, pipeline, context, expert = (
        axis.ravel() for axis in np.meshgrid(*(np.array(axis, dtype=float) for axis in axes), indexing="ij")
    )
    micro = np.full_like(tensor, fixed.microbatch or 1)
    zero = np.full_like(tensor, 1.0 if fixed.zero is None else fixed.zero)
    return Candidates(tensor, pipeline, context, expert, micro, zero)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Layouts at work: arrays that broadcast against machine and shape, one entry per evaluation.

    ``gradient_bytes`` are kept for each parameter, ``sequences`` is the batch of one step, ``repeated_forward`` the share
    of a forward pass that full recomputation repeats. ``recompute`` and ``schedule`` are the numbers of
    :data:`RECOMPUTE` and :data:`SCHEDULES`, or :data:`FREE_CHOICE`; a stack that recomputes whole runs or nothing says
    :data:`ALL_OR_NOTHING`.

    The rest is 1 where the stack can do it, else 0: ``hides_tensor`` and ``hides_data`` overlap that traffic with compute,
    ``fused_attention`` keeps scores out of memory, ``tuned_attention`` has that kernel written for the chip,
    ``fused_loss`` makes the loss and its gradient in one kernel, ``interleaves_pairs`` interleaves two stages.
    """

    tensor: Numbers
    pipeline: Numbers
    context: Numbers
    expert: Numbers
    micro: Numbers
    zero: Numbers
    data: Numbers
    sequences: Numbers
    recompute: Numbers
    schedule: Numbers
    virtual: Numbers
    gradient_bytes: Numbers
    hides_tensor: Numbers = 1.0
    hides_data: Numbers = 1.0
    fused_attention: Numbers = 1.0
    tuned_attention: Numbers = 1.0
    fused_loss: Numbers = 1.0
    interleaves_pairs: Numbers = 1.0
    repeated_forward: Numbers = 1.0

    @property
    def microbatches(self) -> Numbers:
        """Micro-batches of one replica and step."""
        return self.sequences / (self.data * self.micro)

    @property
    def replica(self) -> Numbers:
        """Chips of one replica."""
        return self.tensor * self.pipeline * self.context

    @property
    def used(self) -> Numbers:
        """Chips at work."""
        return self.replica * self.data

    @property
    def expert_ranks(self) -> Numbers:
        """Ranks over which one expert set spreads: expert parallel, or the tensor group where that is all there is."""
        return np.where(np.asarray(self.expert) > 1, self.expert, self.tensor)
