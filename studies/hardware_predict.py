"""What the hardware model says about rows of a case file: one number for each, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..model.conversions import SECONDS_PER_HOUR
from ..model.hardware.cluster import checkpointed_goodput
from ..model.hardware.errors import DoesNotFit
from ..model.hardware.inference import decode, prefill
from ..model.hardware.layouts import SCHEDULES
from ..model.hardware.power import link_power_kw, running_power_kw
from .hardware_rows import Setting, setting_of
from .hardware_runs import Found, Runs, evaluate, layouts_of, runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.hardware.coefficients import Coefficients
    from ..model.numbers import Array
    from .hardware_cases import Row

TRAINING_QUANTITIES = (
    "tflops_per_chip", "mfu", "step_s", "tokens_per_s_per_chip", "chip_hours", "relative_throughput",
    "bubble_fraction",
)  # fmt: skip
FORWARD_SHARE = 1 / 3
"""Full recomputation adds one forward pass to three passes: a third more of the hardware's FLOP."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One row predicted; ``value`` is None where the model cannot say, and ``why`` tells."""

    value: float | None
    why: str = ""
    guesses: tuple[str, ...] = ()


def predict(rows: Sequence[Row], k: Coefficients) -> list[Prediction]:
    """Predict rows; each stands alone, except that relative throughput looks at the other rows of its list.

    Returns
    -------
    list of Prediction
        In the order of ``rows``. Nothing is skipped: a row that cannot be evaluated says why.
    """
    found: dict[int, Prediction] = {}
    training: dict[int, Setting] = {}
    for place, row in enumerate(rows):
        try:
            setting = setting_of(row, k)
            if row.quantity in TRAINING_QUANTITIES:
                layouts_of(setting)
                training[place] = setting
            else:
                found[place] = Prediction(_other(setting, k), guesses=setting.guesses)
        except DoesNotFit as error:
            found[place] = Prediction(None, str(error))
    found |= _trained(training, k)
    return [found[place] for place in range(len(rows))]


def software_of(settings: Sequence[Setting], k: Coefficients) -> Array:
    """Maturity of the software of each row."""
    return np.array([k.stacks.factor(setting.stack, setting.date) for setting in settings])


def _trained(training: dict[int, Setting], k: Coefficients) -> dict[int, Prediction]:
    possible, found = {}, {}
    for place, setting in training.items():
        try:
            runs_of([setting], k)
            possible[place] = setting
        except DoesNotFit as error:
            found[place] = Prediction(None, str(error))
    if not possible:
        return found
    settings = list(possible.values())
    runs = runs_of(settings, k)
    best = evaluate(runs, k, software_of(settings, k))
    for number, (place, setting) in enumerate(possible.items()):
        try:
            value = _training_value(number, setting, runs, best, k)
            found[place] = Prediction(value, guesses=setting.guesses)
        except DoesNotFit as error:
            found[place] = Prediction(None, str(error))
    return found


def counted_flop_per_token(setting: Setting, recomputed: float) -> float:
    """FLOP of a token as the source counts them: model FLOP, or the hardware's with what it computes again."""
    flop = setting.job.flop_per_token
    run = setting.row.told["run"]
    if run.get("flops", "model") != "hardware":
        return flop
    share = 1.0 if run.get("recompute") == "full" else recomputed
    return flop * (1 + FORWARD_SHARE * share)


def _training_value(number: int, setting: Setting, runs: Runs, best: Found, k: Coefficients) -> float:
    step_s, place = float(best.step_s[number]), int(best.best[number])
    if not math.isfinite(step_s):
        raise DoesNotFit(_no_memory(setting))
    recomputed = float(best.step.recomputed[place])
    if setting.row.quantity == "bubble_fraction":
        return _bubble(runs, best, place, k)
    if setting.row.quantity == "relative_throughput":
        return _relative(setting, setting.job.batch_tokens / step_s, k)
    coefficient, exponent = of_step(setting, k, recomputed)
    return coefficient * step_s**exponent


def of_step(setting: Setting, k: Coefficients, recomputed: float = 0.0) -> tuple[float, int]:
    """How a quantity follows from the step time: (coefficient, exponent) with value = coefficient x step^exponent."""
    quantity, job, chips = setting.row.quantity, setting.job, setting.chips
    achieved = job.batch_tokens * counted_flop_per_token(setting, recomputed) / chips
    if quantity == "step_s":
        return 1.0, 1
    if quantity == "tflops_per_chip":
        return achieved / 1e12, -1
    if quantity == "mfu":
        return achieved / setting.peak_flops, -1
    if quantity == "tokens_per_s_per_chip":
        return job.batch_tokens / chips, -1
    if quantity == "chip_hours":
        if not job.tokens:
            message = "run.tokens_b is not given"
            raise DoesNotFit(message)
        return job.tokens / job.batch_tokens / SECONDS_PER_HOUR * chips / _goodput(setting, k), 1
    message = f"{quantity} does not follow from the step time alone"
    raise DoesNotFit(message)


def _bubble(runs: Runs, best: Found, place: int, k: Coefficients) -> float:
    """Idle share of a pipeline alone: what its schedule leaves empty over all it holds."""
    plan = runs.plan
    pipeline, schedule, microbatches = (
        float(np.asarray(values)[place]) for values in (plan.pipeline, plan.schedule, plan.microbatches)
    )
    folded = k.training.dualpipe_bubble if schedule == SCHEDULES["dualpipe"] else 1.0
    idle = folded * (pipeline - 1) / float(best.step.virtual[place])
    return idle / (idle + microbatches)


def _relative(setting: Setting, rate: float, k: Coefficients) -> float:
    """Throughput over that of the same run at the latency and full bandwidth of one site."""
    near = replace(setting.fabric, latency_us=k.latency.scale_out_us, oversubscription=1.0)
    other = replace(setting, fabric=near)
    reference = evaluate(runs_of([other], k), k, software_of([other], k))
    return rate / (setting.job.batch_tokens / float(reference.step_s[0]))


def _no_memory(setting: Setting) -> str:
    job, chip = setting.job, setting.chip
    return (
        f"does not fit: weights, gradients and optimiser state of {job.name} "
        f"({job.params_total / 1e9:,.1f} billion parameters) exceed the memory of {setting.chips:,.0f} x {chip.name} "
        f"({setting.chips * (chip.hbm_gb or 0) / 1e3:,.1f} TB) in every layout left open"
    )


def _goodput(setting: Setting, k: Coefficients) -> float:
    known = k.reliability
    return float(checkpointed_goodput(setting.chips, known.mtbf_hours, known.restart_minutes, known.checkpoint_s))


def _other(setting: Setting, k: Coefficients) -> float:
    """Inference, power and reliability."""
    quantity, run = setting.row.quantity, setting.row.told["run"]
    if quantity == "goodput":
        return _goodput(setting, k)
    if quantity == "power_kw_per_chip":
        return _power(setting, k)
    software = k.stacks.factor(setting.stack, setting.date)
    average = run.get("load") == "production_average"
    if quantity == "prefill_tokens_per_s_per_chip":
        into = prefill(
            setting.pod,
            setting.job,
            setting.fabric,
            k,
            tokens_per_chip=run.get("tokens_per_chip"),
            expert_group=setting.layout.expert,
            precision=setting.precision,
            software=software,
            balanced=run.get("expert_balance") == "perfect",
        )
        return into.tokens_per_s_per_chip * (k.inference.production_prefill if average else 1.0)
    out = decode(
        setting.pod,
        setting.job,
        setting.fabric,
        k,
        target_ms=run.get("tpot_ms"),
        software=software,
        expert_group=setting.layout.expert,
        precision=setting.precision,
        batch_per_chip=_decode_batch(setting),
    )
    return out.tokens_per_s_per_chip * (k.inference.production_decode if average else 1.0)


def _decode_batch(setting: Setting) -> float | None:
    sequences = setting.row.told["run"].get("batch_seqs")
    return float(sequences) / setting.chips if sequences else None


def _power(setting: Setting, k: Coefficients) -> float:
    chip, pod = setting.chip, setting.pod
    if not chip.tdp_w:
        message = f"{chip.name} states no tdp_w"
        raise DoesNotFit(message)
    links = link_power_kw(1.0, pod.scale_up_gb_s, pod.link_pj_per_bit, pod.link_traversals)
    return float(running_power_kw(chip.tdp_w, setting.fabric.scale_out_gbit_s, links, k.power))
