"""Chips, pods and curves of a scenario, read once and shared by all blocks of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .hardware.chips import Chip, read_chips
from .hardware.coefficients import Coefficients, read_coefficients
from .hardware.curves import Curve, pod_curve
from .hardware.errors import DoesNotFit, look_up
from .hardware.jobs import Job, grown, read_jobs
from .hardware.pods import Pod, pod_for_chip, read_pods

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

REFERENCE_JOB = "reference_moe_2t"


@dataclass
class Machines:
    """What the hardware model knows in one scenario."""

    scenario: Scenario
    chips: dict[str, Chip]
    pods: dict[str, Pod]
    job: Job
    frontier_jobs: tuple[Job, ...]
    coefficients: Coefficients
    _curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    _frontier: dict[str, list[Curve]] = field(default_factory=dict)

    def chip(self, name: str) -> Chip:
        """Give a chip by id."""
        return look_up("chip", name, self.chips)

    def curve(self, chip: str) -> Curve:
        """Give the curve of the reference job on the pod a chip is sold in."""
        return self._curve(chip, self.job)

    def frontier_curves(self, chip: str) -> list[Curve]:
        """Give the curves of the reference job grown to frontier runs of rising size.

        A run that no cluster of the chip holds is taken at the largest one that fits.
        """
        if chip not in self._frontier:
            curves = [self.curve(chip)]
            for job in self.frontier_jobs:
                try:
                    curves.append(self._curve(chip, job))
                except DoesNotFit:
                    curves.append(curves[-1])
            self._frontier[chip] = curves[1:]
        return self._frontier[chip]

    def _curve(self, chip: str, job: Job) -> Curve:
        if (chip, job.id) not in self._curves:
            pod = pod_for_chip(self.scenario, chip, self.pods)
            self._curves[chip, job.id] = pod_curve(pod, job, None, self.coefficients)
        return self._curves[chip, job.id]


_KEPT: dict[str, Machines] = {}


def machines(scenario: Scenario) -> Machines:
    """Read the machines of a scenario; the same content gives the same object (the last few are kept)."""
    known = _KEPT.get(scenario.hash)
    if known is None:
        while len(_KEPT) >= 8:
            _KEPT.pop(next(iter(_KEPT)))
        job, coefficients = look_up("job", REFERENCE_JOB, read_jobs(scenario)), read_coefficients(scenario)
        middle = scenario.central("hardware.frontier_run_flop", "FLOP")
        step = scenario.central("hardware.frontier_run_step", "1")
        sizes = (middle / step, middle, middle * step)
        frontier = tuple(grown(job, size, coefficients.batch) for size in sizes)
        known = Machines(scenario, read_chips(scenario), read_pods(scenario), job, frontier, coefficients)
        _KEPT[scenario.hash] = known
    return known
