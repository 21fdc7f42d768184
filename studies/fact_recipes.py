"""Recipes on the facts and on the hardware model: values, ratios, counts of acts, pods side by side, training runs."""

from __future__ import annotations

from collections.abc import Collection
from math import inf
from typing import Any

import numpy as np

from ..model.hardware.cluster import goodput, training_days
from ..model.hardware.errors import look_up
from ..model.hardware.fabric import frontier_fabric
from ..model.hardware.pods import Pod, pod_for_chip
from ..model.hardware.training import train
from ..model.politics import acceptance
from ..scenarios.draws import MemberDraws
from ..scenarios.faults import fail, nearest
from ..scenarios.inputs import Inputs
from .recipes import Context, Measure, recipe, spread

REFERENCE_JOB = "reference_moe_2t"


@recipe
def value(context: Context, record: str, point: str = "", scale: float = 1.0, unit: str | None = None) -> Measure:
    """A fact with its range: its own value, or that of a ``point`` of its series."""
    median, low, high, own_unit = _fact(context, record, point)
    return Measure(median * scale, low * scale, high * scale, own_unit if unit is None else unit)


@recipe
def fact_ratio(
    context: Context, record: str, over: str, point: str = "", over_point: str = "", scale: float = 1.0
) -> Measure:
    """One fact over another, times ``scale``; the range takes both ranges at their ends."""
    top, top_low, top_high, _ = _fact(context, record, point)
    base, base_low, base_high, _ = _fact(context, over, over_point)
    return Measure(scale * top / base, scale * top_low / base_high, scale * top_high / base_low, "1")


@recipe
def chance_by(context: Context, record: str, year: int) -> Measure:
    """Probability that a date of the facts, read as a triangle from low over value to high, has come by a year's end."""
    mode, low, high, _ = _fact(context, record)
    end = year + 1.0
    if end <= low or end >= high:
        share = 0.0 if end <= low else 1.0
    elif end <= mode:
        share = (end - low) ** 2 / ((high - low) * (mode - low))
    else:
        share = 1.0 - (high - end) ** 2 / ((high - low) * (high - mode))
    return Measure(share, share, share, "", "probability")


@recipe
def detail(context: Context, prefix: str, key: str, statistic: str) -> Measure:
    """Median or largest of a detail, such as the chips of training runs, over the records whose id has a prefix."""
    records = [fact.entry for name, fact in context.facts.facts.items() if name.startswith(prefix)]
    known = [float(entry.details[key]) for entry in records if key in getattr(entry, "details", {})]
    if not known:
        fail("no record has this detail", path=prefix, found=key)
    if statistic == "largest":
        return Measure(max(known), max(known), max(known))
    if statistic == "median":
        return Measure(float(np.median(known)), min(known), max(known))
    fail("unknown statistic", found=statistic, allowed="median, largest")


@recipe
def acts(context: Context, actor: str, first: float, last: float, kinds: Collection[str], item: str = "") -> Measure:
    """Count the acts of an actor in a span of dates, by kind, and on one item (``nvidia`` takes in ``nvidia.h20``)."""
    found = [
        act
        for act in context.scenario.timeline
        if act.actor == actor
        and act.action in kinds
        and first <= act.date < last
        and (not item or (act.item or "").split(".")[0] == item.split(".", maxsplit=1)[0])
    ]
    return Measure(float(len(found)), float(len(found)), float(len(found)))


@recipe
def refusal(context: Context, foreign: str, home: str, year: int, retaliating: float) -> Measure:
    """Share of permitted foreign chips that China's acceptance rule refuses, over the range of its weights.

    The rule of the model is asked directly, with the cover that was announced before the year.
    """
    inputs = Inputs(context.scenario, MemberDraws(context.base.seed, 0, context.base.members))
    weights = [
        inputs.value(f"policy.china.acceptance.{name}", "1") for name in ("base", "performance", "cover", "retaliation")
    ]
    cover = inputs.series("policy.china.announced_cover", "1").at(year)
    lead = _known(_chip(context, foreign).tpp) / _known(_chip(context, home).tpp)
    accepted = acceptance(lead, cover, retaliating, (weights[0], weights[1], weights[2], weights[3]))
    return spread(1.0 - np.broadcast_to(accepted, context.base.members), "1")


@recipe
def pod_rank(context: Context, pod: str, measure: str, by: float) -> Measure:
    """Rank of a pod among all pods announced to be available by a date, on a published measure; 1 is the largest."""
    mine = _pod_measure(look_up("pod", pod, context.pods), measure)
    rivals = [
        _pod_measure(other, measure)
        for name, other in context.pods.items()
        if name != pod and (other.available_year or inf) <= by and other.status != "projected"
    ]
    rank = 1.0 + sum(rival > mine for rival in rivals)  # an unknown rival (NaN) is not larger
    return Measure(rank, rank, rank)


@recipe
def pod_ratio(context: Context, pod: str, over: str, measure: str, per: str = "") -> Measure:
    """A measure of one pod over that of another, or per another measure of each (``per``)."""
    one, other = look_up("pod", pod, context.pods), look_up("pod", over, context.pods)
    middle = _pod_measure(one, measure)
    low, high = (one.it_power_range_kw or (middle, middle)) if measure == "it_power_kw" else (middle, middle)
    below = _pod_measure(other, measure) * (_pod_measure(one, per) / _pod_measure(other, per) if per else 1.0)
    return Measure(middle / below, low / below, high / below, "1")


@recipe
def train_time(context: Context, chip: str, count: int, job: str = REFERENCE_JOB) -> Measure:
    """Days to train a job, failures taken off."""
    machine = pod_for_chip(context.scenario, chip, context.pods)
    fabric, wanted = frontier_fabric(_chip(context, chip), context.coefficients), look_up("model", job, context.jobs)
    run = train(machine, wanted, fabric, context.coefficients, count)
    reliability = context.coefficients.reliability
    useful = run.achieved_flops * float(goodput(count, reliability.mtbf_hours, reliability.minutes_lost))
    days = float(training_days(wanted, useful))
    return Measure(days, days, days, "day")


def _fact(context: Context, name: str, point: str = "") -> tuple[float, float, float, str]:
    """Value, low, high and unit of a fact; a range that is not stated is the value."""
    index = context.facts.facts
    fact = index.get(name)
    if fact is None or not fact.points:
        fail("no fact with a value", path=name, nearest=nearest(name, index))
    found = [entry for entry in fact.points if entry[0] == point]
    if not found:
        fail("no such point", path=name, found=point, allowed=", ".join(entry[0] for entry in fact.points))
    _, middle, low, high = found[0]
    return middle, middle if low is None else low, middle if high is None else high, fact.unit


def _chip(context: Context, name: str) -> Any:
    return look_up("chip", name, context.chips)


def _pod_measure(pod: Pod, name: str) -> float:
    allowed = (
        "chips",
        "domain",
        "eight_bit_pflops",
        "memory_tb",
        "memory_bw_tb_s",
        "scale_up_total_tb_s",
        "bisection_tb_s",
        "it_power_kw",
    )
    if name not in allowed:
        fail("unknown measure of a pod", found=name, allowed=", ".join(allowed), nearest=nearest(name, allowed))
    found = getattr(pod, name)
    return float("nan") if found is None else float(found)


def _known(rate: float | None) -> float:
    return float("nan") if rate is None else rate
