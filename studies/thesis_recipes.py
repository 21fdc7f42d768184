"""Recipes on the thesis study: what pods train, what links and chips are worth, by job and cluster size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model.hardware.errors import look_up
from ..scenarios.faults import fail, nearest
from .hardware_thesis import (
    GROWN,
    LEVERS,
    domain_worth,
    effective_compute,
    elasticities,
    lost_to_scale_out,
    thesis_jobs,
)
from .recipes import Context, Measure, recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.hardware.jobs import Job

JOB_WORDS = {"grown": GROWN}
"""Short words for jobs of the study; any job of the facts may be named as well."""

GROUPS = {"chip": LEVERS[:2], "links": LEVERS[2:]}
"""What belongs to each GPU (its FLOP/s and its memory), and what joins GPUs (scale-up and scale-out)."""


@recipe
def pod_gain(context: Context, pod: str, over: str, job: str, chips: int, per: str = "chip") -> Measure:
    """Effective training compute of one pod over another, per ``chip`` or per ``mw`` of IT power, at one count of chips.

    Per MW the interval takes both powers at the ends of their ranges.
    """
    if per not in ("chip", "mw"):
        fail("unknown basis", path="per", found=per, allowed="chip, mw")
    rows = effective_compute(context.scenario, chips, (pod, over), {job: _job(context, job)})
    for row in rows:
        if row["tflops_per_chip"] is None:
            fail("does not fit", path=row["pod"], found=row["why"])
    ours, theirs = rows
    if per == "chip":
        gain = ours["tflops_per_chip"] / theirs["tflops_per_chip"]
        return Measure(gain, gain, gain, "1")
    return Measure(
        ours["pflops_per_mw"] / theirs["pflops_per_mw"],
        ours["per_mw_low"] / theirs["per_mw_high"],
        ours["per_mw_high"] / theirs["per_mw_low"],
        "1",
    )


@recipe
def domain_gain(context: Context, chip: str, job: str, domain: int, than: int, chips: int) -> Measure:
    """Throughput of a chip in one scale-up domain over that in a smaller one, everything else the same."""
    found = domain_worth(context.scenario, chips, {job: _job(context, job)})
    rows = {row["domain"]: row for row in found if row["chip"] == chip}
    for size in (domain, than):
        if size not in rows:
            fail("not in the study", path=chip, found=f"domain {size}", allowed=", ".join(map(str, rows)))
    gain = rows[domain]["over_domain_8"] / rows[than]["over_domain_8"]
    return Measure(gain, gain, gain, "1")


@recipe
def gained_from(context: Context, pod: str, job: str, sizes: list[int], of: str) -> Measure:
    """Per cent of throughput for one per cent more of the ``chip`` or of the ``links``; median and range over sizes."""
    if of not in GROUPS:
        fail("unknown part of a machine", path="of", found=of, allowed=", ".join(GROUPS), nearest=nearest(of, GROUPS))
    return _over_sizes([sum(row[lever] for lever in GROUPS[of]) for row in _levers(context, pod, job, sizes)])


@recipe
def links_less_chip(context: Context, pod: str, job: str, sizes: list[int]) -> Measure:
    """Elasticity to the links less that to the chip: above zero the links decide; median and range over sizes."""
    rows = _levers(context, pod, job, sizes)
    sums = [{of: sum(row[lever] for lever in levers) for of, levers in GROUPS.items()} for row in rows]
    return _over_sizes([found["links"] - found["chip"] for found in sums])


@recipe
def scale_out_loss(context: Context, pod: str, job: str, sizes: list[int]) -> Measure:
    """Share of throughput that limitless bandwidth between pods would add; median and range over sizes."""
    rows = lost_to_scale_out(context.scenario, sizes, {pod: pod})
    return _over_sizes([row["lost"] for row in rows if row["job"] == JOB_WORDS.get(job, job) and "lost" in row])


def _levers(context: Context, pod: str, job: str, sizes: Sequence[int]) -> list[dict[str, float]]:
    rows = elasticities(context.scenario, sizes, {pod: pod})
    return [row for row in rows if row["job"] == JOB_WORDS.get(job, job) and "why" not in row]


def _job(context: Context, name: str) -> Job:
    jobs: dict[str, Job] = {**context.jobs, **thesis_jobs(context.scenario, context.coefficients)}
    return look_up("job", JOB_WORDS.get(name, name), jobs)


def _over_sizes(found: Sequence[float]) -> Measure:
    if not found:
        fail("no size of cluster fits this job")
    return Measure(float(np.median(found)), min(found), max(found), "1")
