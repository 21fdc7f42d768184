"""A cluster over time: failures, the largest run, the days a job takes. Float or array over members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..conversions import MINUTES_PER_HOUR, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..numbers import Numbers
    from .jobs import Job

STEEPEST = 0.9
"""Slope of run over job, in logarithms, above which a fixed point would be far outside the sizes known."""


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


def own_size_rate(rates: Sequence[Numbers], job_flops: Sequence[float], days: float) -> Numbers:
    """Rate of the largest run of a machine, whose size is what the machine trains in some days.

    A larger job allows a larger batch, so the achieved rate rises with the job. The rates at a few sizes of the job are
    joined by straight lines in logarithms; where run and job are equal the answer lies.

    Parameters
    ----------
    rates : achieved FLOP/s on the job grown to each size, float or (members,), smallest size first
    job_flops : those sizes, FLOP
    days : length of the run

    >>> flat = [1e21, 1e21, 1e21]
    >>> f"{float(own_size_rate(flat, [1e26, 1e27, 1e28], 90.0)):.3g}"
    '1e+21'
    """
    runs = [np.log(np.maximum(np.asarray(rate, dtype=float) * days * SECONDS_PER_DAY, 1.0)) for rate in rates]
    sizes = [float(np.log(size)) for size in job_flops]
    found = _fixed_point(runs[0], runs[1], sizes[0], sizes[1])
    for place in range(1, len(sizes) - 1):
        later = _fixed_point(runs[place], runs[place + 1], sizes[place], sizes[place + 1])
        found = np.where(runs[place] > sizes[place], later, found)
    rate = np.exp(found) / (days * SECONDS_PER_DAY)
    return np.where(np.asarray(rates[0]) > 0, rate, 0.0)


def _fixed_point(low: Numbers, high: Numbers, size_low: float, size_high: float) -> Numbers:
    """Where the line through two points (size, run) meets run = size."""
    slope = np.clip((high - low) / (size_high - size_low), 0.0, STEEPEST)
    value: Numbers = (low - slope * size_low) / (1.0 - slope)
    return value


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
