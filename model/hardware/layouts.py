"""The parallel layouts that a search tries: tensor x pipeline x context x expert, data parallel from the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..numbers import Array
    from .coefficients import Training
    from .jobs import Job


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to split a job over chips; None in a request means: choose the best."""

    tensor: int | None = None
    pipeline: int | None = None
    context: int | None = None
    expert: int | None = None
    virtual: int | None = None
    microbatch: int = 1

    def __str__(self) -> str:
        names = {"TP": self.tensor, "PP": self.pipeline, "CP": self.context, "EP": self.expert, "VP": self.virtual}
        return " ".join(f"{name}{value}" for name, value in names.items() if value is not None)


FREE = Layout()


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """All layouts of a search as flat arrays of one length."""

    tensor: Array
    pipeline: Array
    context: Array
    expert: Array


def powers_of_two(largest: float) -> list[int]:
    """Powers of two up to a limit.

    Examples
    --------
    >>> powers_of_two(12)
    [1, 2, 4, 8]
    """
    return [2**power for power in range(int(np.log2(max(largest, 1))) + 1)]


@lru_cache(maxsize=256)
def candidates(job: Job, domain: int, training: Training, fixed: Layout = FREE) -> Candidates:
    """Return the layouts to try: powers of two, tensor parallel inside the scale-up domain, and what is fixed."""
    tensors = powers_of_two(min(domain, training.max_tensor_parallel, job.heads))
    pipelines = powers_of_two(min(training.max_pipeline, job.layers))
    contexts = powers_of_two(training.max_context_parallel)
    experts = [e for e in powers_of_two(job.experts) if e >= min(8, job.experts)] if job.experts else [1]
    axes = [
        [fixed.tensor] if fixed.tensor else tensors,
        [fixed.pipeline] if fixed.pipeline else pipelines,
        [fixed.context] if fixed.context else contexts,
        [fixed.expert] if fixed.expert and job.experts else experts,
    ]
    grid = [axis.ravel() for axis in np.meshgrid(*(np.array(axis, dtype=float) for axis in axes), indexing="ij")]
    return Candidates(*grid)
