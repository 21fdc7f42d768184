"""Published training runs evaluated together: every layout a row leaves open, all rows in one array."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..model.hardware.errors import DoesNotFit
from ..model.hardware.layouts import ALL_OR_NOTHING, FREE_CHOICE, RECOMPUTE, SCHEDULES, Plan, powers_of_two
from ..model.hardware.machine import Machine, machine_of
from ..model.hardware.memory import SHARD_INSIDE, SHARD_WEIGHTS, state_bytes
from ..model.hardware.shapes import Shape, shape_of
from ..model.hardware.step import SPARE_LAYERS, Step, step_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.hardware.coefficients import Coefficients, Training
    from ..model.numbers import Array
    from .hardware_rows import Setting

Whole = NDArray[np.intp]
T = TypeVar("T", Machine, Shape, Plan)
LARGEST_MICROBATCH = 16
LARGEST_CONTEXT = 16
LARGEST_PIPELINE = 64
STAGES = (1, 2, 3, 4, 5, 6, 8, 10, 12)
WHOLE = 1e-9
FEW_IDLE = 7 / 8
"""Share of the chips a layout must use where another uses all of them."""
STATE_BYTES = 12
"""Bytes of a parameter that sharding must at least spread: master copy and two moments."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Rows as flat arrays: one entry for each layout of each row; ``starts`` is where each row begins."""

    settings: tuple[Setting, ...]
    machine: Machine
    shape: Shape
    plan: Plan
    starts: Whole
    owner: Whole


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Best layout of each row: seconds of a step (infinite: nothing fits) and where in the arrays it stands."""

    step_s: Array
    best: Whole
    step: Step


def layouts_of(setting: Setting) -> list[dict[str, float]]:
    """List the layouts of a row that use all its chips: stated parts as stated, the rest free.

    Raises
    ------
    DoesNotFit
        When the stated parts cannot make up the number of chips, or the batch cannot feed them.
    """
    told, job, stack = setting.layout, setting.job, setting.stack
    chips = setting.chips
    sequences = job.batch_tokens / job.seq_len
    _refuse_impossible(setting)
    widest = min(setting.pod.domain, job.heads) if stack.tensor_parallel else 1
    deepest = min(LARGEST_PIPELINE, job.layers) if stack.pipelines else 1
    tensors = [told.tensor] if told.tensor else powers_of_two(widest)
    pipelines = [told.pipeline] if told.pipeline else powers_of_two(deepest)
    contexts = [told.context] if told.context else powers_of_two(min(LARGEST_CONTEXT, job.seq_len))
    splits = []
    for tensor, pipeline, context in product(tensors, pipelines, contexts):
        data = chips / (tensor * pipeline * context)
        whole = math.floor(data + WHOLE)
        if whole >= 1 and (not told.data or abs(data - told.data) < WHOLE) and whole <= sequences + WHOLE:
            splits.append((tensor, pipeline, context, float(whole), whole / data))
    exact = any(used > 1 - WHOLE for *_, used in splits)
    found = [
        layout
        for tensor, pipeline, context, data, used in splits
        if used >= (FEW_IDLE if exact else 0.0)
        for layout in _with_rest(setting, sequences, tensor, pipeline, context, data)
    ]
    if not found:
        raise DoesNotFit(_impossible(setting, sequences))
    return found


def _with_rest(
    setting: Setting, sequences: float, tensor: int, pipeline: int, context: int, data: float
) -> list[dict[str, float]]:
    """Expert groups, micro-batches and stages of sharding that go with one split of the chips."""
    told, job = setting.layout, setting.job
    experts = [told.expert] if told.expert and job.experts else powers_of_two(job.experts) if job.experts else [1]
    micros = [told.microbatch] if told.microbatch else powers_of_two(min(LARGEST_MICROBATCH, sequences))
    return [
        {
            "tensor": tensor, "pipeline": pipeline, "context": context, "expert": expert, "micro": micro,
            "zero": zero, "data": data,
        }
        for expert, micro, zero in product(experts, micros, _zeros(setting))
        if expert <= data * tensor * context and data * micro <= sequences + WHOLE
    ]  # fmt: skip


def _refuse_impossible(setting: Setting) -> None:
    """Raise DoesNotFit for stated parallelism that no run can have."""
    told, job, chips = setting.layout, setting.job, setting.chips
    stated = (told.tensor or 1) * (told.pipeline or 1) * (told.context or 1)
    staged = (told.pipeline or 1) * (told.virtual or 1)
    faults = (
        (chips % stated > 0, f"tensor, pipeline and context parallel make {stated}, which does not divide {chips:,.0f} chips"),
        (staged > job.layers + SPARE_LAYERS, f"{staged} pipeline stages of at least one layer, the model has {job.layers}"),
        ((told.tensor or 1) > job.hidden, f"tensor parallel {told.tensor} exceeds the hidden size {job.hidden}"),
        ((told.context or 1) > job.seq_len, f"context parallel {told.context} exceeds the sequence of {job.seq_len}"),
        ((told.expert or 1) > max(job.experts, 1), f"expert parallel {told.expert}, the model has {job.experts} experts"),
        ((told.zero or 0) > SHARD_WEIGHTS, f"zero_stage {told.zero}: stages are 0 to {SHARD_WEIGHTS}"),
    )  # fmt: skip
    for broken, why in faults:
        if broken:
            message = f"impossible parallelism: {why}"
            raise DoesNotFit(message)


def _zeros(setting: Setting) -> tuple[int, ...]:
    """Stages of sharding to try; inside one scale-up domain only where that can hold the whole state."""
    told, job, pod = setting.layout.zero, setting.job, setting.pod
    usual = setting.stack.zero if setting.date >= setting.stack.shards_since else (0,)
    stages = usual if told is None else (told,)
    if SHARD_INSIDE not in stages:
        return stages
    room = pod.domain * (setting.chip.hbm_gb or 0.0) * 1e9
    if job.params_total * STATE_BYTES > room:
        return (SHARD_WEIGHTS,)
    return stages


def _impossible(setting: Setting, sequences: float) -> str:
    told = setting.layout
    stated = {
        "tensor": told.tensor, "pipeline": told.pipeline, "context": told.context, "expert": told.expert,
        "data": told.data, "microbatch": told.microbatch,
    }  # fmt: skip
    parts = ", ".join(f"{name} {value}" for name, value in stated.items() if value) or "no layout stated"
    return (
        f"does not fit: no layout of {setting.job.name} uses {setting.chips:,.0f} chips for {sequences:,.0f} sequences "
        f"with {parts}"
    )


def runs_of(settings: Sequence[Setting], k: Coefficients) -> Runs:
    """Gather rows into arrays; every one of ``settings`` must have at least one layout."""
    machines, shapes, counts = [], [], []
    plans: list[Plan] = []
    for setting in settings:
        layouts = layouts_of(setting)
        fixed = _fixed(setting, k.training)
        machines.append(machine_of(setting.pod, setting.fabric, setting.precision, k.training))
        shapes.append(shape_of(setting.job))
        plans.extend(Plan(**layout, **fixed) for layout in layouts)
        counts.append(len(layouts))
    owner = np.repeat(np.arange(len(counts)), counts)
    return Runs(
        settings=tuple(settings),
        machine=_gathered(machines, owner),
        shape=_gathered(shapes, owner),
        plan=_gathered(plans, np.arange(len(plans))),
        starts=np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp),
        owner=owner,
    )


def _fixed(setting: Setting, k: Training) -> dict[str, float]:
    told, job, stack = setting.layout, setting.job, setting.stack
    schedule: float = SCHEDULES[told.schedule] if told.schedule else FREE_CHOICE
    if schedule == FREE_CHOICE and not stack.interleaves:
        schedule = SCHEDULES["1f1b"]
    told_precision = setting.row.told["run"].get("precision")
    free = FREE_CHOICE if stack.recomputes_in_part else ALL_OR_NOTHING
    return {
        "sequences": job.batch_tokens / job.seq_len,
        "recompute": RECOMPUTE[told.recompute] if told.recompute else free,
        "schedule": schedule,
        "virtual": told.virtual or FREE_CHOICE,
        "gradient_bytes": k.weight_bytes if stack.gradients_in_bf16 or told_precision == "fp16" else k.gradient_bytes,
        "hides_tensor": float(setting.date >= stack.hides_tensor_since),
        "hides_data": float(setting.date >= stack.hides_data_since),
        "fused_attention": float(setting.date >= stack.fused_attention_since),
        "tuned_attention": float(setting.date >= stack.tuned_attention_since),
        "repeated_forward": stack.repeated_forward,
        "fused_loss": float(setting.date >= stack.fused_loss_since),
        "interleaves_pairs": float(setting.date >= stack.interleaves_pairs_since),
    }


def _gathered(items: Sequence[T], owner: Whole) -> T:
    kind = type(items[0])
    columns: dict[str, Any] = {
        item.name: np.array([getattr(each, item.name) for each in items], dtype=float)[owner] for item in fields(kind)
    }
    return kind(**columns)


def evaluate(runs: Runs, k: Coefficients, software: Array) -> Found:
    """Time every layout of every row and keep the fastest of each.

    A row whose published layout needs a little more memory than the model allows runs with full recomputation; one
    whose weights and optimiser alone exceed the memory of the chips does not fit.
    """
    step = step_time(runs.machine, runs.shape, runs.plan, k, software=software[runs.owner], stages=STAGES)
    total = step.total
    if not np.isfinite(total).all():
        squeezed = replace(runs.plan, recompute=np.where(np.isfinite(total), runs.plan.recompute, RECOMPUTE["full"]))
        roomy = replace(runs.machine, memory=np.where(np.isfinite(total), runs.machine.memory, np.inf))
        tight = step_time(roomy, runs.shape, squeezed, k, software=software[runs.owner], stages=STAGES)
        holds = state_bytes(runs.machine, runs.shape, runs.plan, k.training) <= runs.machine.memory
        fits = np.add.reduceat(np.isfinite(total).astype(float), runs.starts)[runs.owner] > 0
        total = np.where(~fits & holds, tight.total, total)
    starts = runs.starts
    least = np.minimum.reduceat(total, starts)
    first = np.where(total <= least[runs.owner], np.arange(len(total)), len(total))
    return Found(least, np.minimum(np.minimum.reduceat(first, starts), len(total) - 1), step)
