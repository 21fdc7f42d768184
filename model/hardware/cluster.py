"""A cluster over time: failures, the largest run, the days a job takes. Float or array over members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..numbers import Numbers
    from .jobs import Job

MINUTES_PER_HOUR = 60
SECONDS_PER_DAY = 86_400
SECONDS_PER_HOUR = 3_600
SECONDS_PER_MINUTE = 60


def goodput(chips: Numbers, mtbf_hours: Numbers, minutes_lost: Numbers) -> Numbers:
    """Share of time a job makes progress: 1 / (1 + n tau / MTBF).

    ``mtbf_hours`` is per chip, everything that stops the job counted (Llama 3: about 50,000 h); ``minutes_lost`` is
    detection, restart and repeated work per interrupt. Assumes every failure stops the whole job: spare pods and
    in-memory checkpoints enter through fewer minutes lost.

    Examples
    --------
    >>> round(goodput(1e5, 5e4, 3.0), 2), round(goodput(1e6, 5e4, 3.0), 2), round(goodput(1e6, 5e4, 1.0), 2)
    (0.91, 0.5, 0.75)
    """
    return 1.0 / (1.0 + chips * (minutes_lost / MINUTES_PER_HOUR) / mtbf_hours)


def checkpointed_goodput(
    chips: Numbers, mtbf_hours: Numbers, restart_minutes: Numbers, checkpoint_s: Numbers
) -> Numbers:
    """Share of time a job makes progress when it saves its state as often as is best (Young, Daly).

    With time M between interrupts of the whole job, saving every sqrt(2 d M) costs sqrt(2 d / M) of the time, half for
    saving and half for work done again; each interrupt costs a restart besides.

    Examples
    --------
    >>> round(float(checkpointed_goodput(16_384, 5e4, 12.0, 5.0)), 3)
    0.913
    """
    between_s = mtbf_hours * SECONDS_PER_HOUR / chips
    lost = np.sqrt(2 * checkpoint_s / between_s) + restart_minutes * SECONDS_PER_MINUTE / between_s
    return 1.0 / (1.0 + lost)


def largest_run_flop(achieved_flops: Numbers, days: Numbers) -> Numbers:
    """FLOP a machine trains in a number of days at an achieved rate (FLOP/s, failures taken off).

    Examples
    --------
    >>> f"{largest_run_flop(1e21, 90):.2e}"
    '7.78e+27'
    """
    return achieved_flops * days * SECONDS_PER_DAY


def training_days(job: Job, achieved_flops: Numbers) -> Numbers:
    """Days to train a job at an achieved rate (useful FLOP/s as the job counts them, failures taken off)."""
    return job.training_flop / achieved_flops / SECONDS_PER_DAY
