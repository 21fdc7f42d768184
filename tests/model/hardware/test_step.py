"""The parts of a step: memory by stage of sharding, clocks, recomputation, stages, software over time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrace.model.hardware.fabric import frontier_fabric
from podrace.model.hardware.layouts import ALL_OR_NOTHING, FREE_CHOICE, RECOMPUTE, Plan
from podrace.model.hardware.local import clock_share, local_work
from podrace.model.hardware.machine import machine_of
from podrace.model.hardware.memory import recomputed_share, state_bytes
from podrace.model.hardware.shapes import shape_of
from podrace.model.hardware.stacks import Stack
from podrace.model.hardware.step import best_stages, stage_imbalance, step_time


def plan(**told):
    usual = {
        "tensor": 8.0, "pipeline": 16.0, "context": 1.0, "expert": 1.0, "micro": 1.0, "zero": 1.0, "data": 64.0,
        "sequences": 2048.0, "recompute": FREE_CHOICE, "schedule": FREE_CHOICE, "virtual": FREE_CHOICE,
        "gradient_bytes": 4.0,
    }  # fmt: skip
    return Plan(**(usual | told))


@pytest.fixture(scope="module")
def parts(hardware):
    """Machine, shape and constants of Llama 405B on H100."""
    pod = hardware.pods["nvidia_dgx_h100"]
    machine = machine_of(pod, frontier_fabric(pod.chip, hardware.k), "bf16", hardware.k.training)
    return machine, shape_of(hardware.jobs["llama_405b"]), hardware.k


def test_every_stage_of_sharding_saves_memory(parts):
    machine, shape, k = parts
    held = [float(state_bytes(machine, shape, plan(zero=float(stage)), k.training)) for stage in (0, 1, 2, 3)]
    assert held == sorted(held, reverse=True)
    assert held[0] / 1e9 == pytest.approx(405e9 / 128 * 18 / 1e9, rel=0.01)
    inside = plan(zero=4.0, tensor=1.0, pipeline=1.0, data=8192.0)
    assert state_bytes(machine, shape, inside, k.training) > state_bytes(
        machine, shape, replace(inside, zero=3.0), k.training
    )


def test_memory_decides_what_is_computed_again(parts):
    machine, shape, k = parts
    roomy = float(recomputed_share(replace(machine, memory=1e13), shape, plan(), 1.0, k.training))
    tight = float(recomputed_share(machine, shape, plan(virtual=1.0), 1.0, k.training))
    assert roomy == 0.0
    assert 0 < tight < 1
    assert float(recomputed_share(machine, shape, plan(recompute=ALL_OR_NOTHING), 1.0, k.training)) == 1.0
    assert np.isinf(float(recomputed_share(replace(machine, memory=1e9), shape, plan(), 1.0, k.training)))


@given(st.floats(0.05, 5), st.floats(0.05, 5))
def test_more_watts_never_lower_clocks(first, second):
    low, high = sorted((first, second))
    assert clock_share(low, 1.28, 0.5) <= clock_share(high, 1.28, 0.5) <= 1


def test_arrays_and_floats_agree(parts):
    machine, shape, k = parts
    many = step_time(machine, shape, plan(tensor=np.array([4.0, 8.0]), data=np.array([128.0, 64.0])), k)
    one = step_time(machine, shape, plan(), k)
    assert many.total[1] == pytest.approx(float(one.total))
    assert sum(np.broadcast_to(v, (2,))[1] for v in many.parts().values()) == pytest.approx(float(one.total))


def test_software_speeds_up_local_work_and_traffic(parts):
    machine, shape, k = parts
    slow, fast = (float(step_time(machine, shape, plan(), k, software=s).total) for s in (0.8, 1.0))
    assert 1.15 < slow / fast < 1.26


def test_attention_is_worse_without_one_kernel(parts):
    machine, shape, k = parts
    fused, plain = (local_work(machine, shape, plan(fused_attention=f), k.training).attention for f in (1.0, 0.0))
    assert plain > fused


def test_kernels_written_for_their_chip_are_faster_most_of_all_on_fast_chips(parts):
    machine, shape, k = parts

    def gain(peak):
        chip = replace(machine, bf16=peak, low=peak)
        early, tuned = (local_work(chip, shape, plan(tuned_attention=t), k.training).attention for t in (0.0, 1.0))
        return early / tuned

    assert 1 < gain(312e12) < gain(989e12) < gain(2500e12)


def test_a_loss_in_one_kernel_saves_memory_traffic_of_the_vocabulary(parts):
    machine, shape, k = parts
    fused, apart = (local_work(machine, shape, plan(fused_loss=f), k.training).memory for f in (1.0, 0.0))
    small = replace(shape, vocabulary=shape.vocabulary / 8)
    less, more = (local_work(machine, small, plan(fused_loss=f), k.training).memory for f in (1.0, 0.0))
    assert apart > fused
    assert (more - less) * 8 == pytest.approx(apart - fused)


def test_a_pair_of_stages_interleaves_only_where_the_stack_overlaps_its_traffic(parts):
    _, shape, _ = parts
    pair = {"pipeline": 2.0, "sequences": 64.0 * 64}
    assert best_stages(shape, plan(**pair), 1.0, 1e-6, (1, 2, 4)) > 1
    assert best_stages(shape, plan(**pair, interleaves_pairs=0.0), 1.0, 1e-6, (1, 2, 4)) == 1
    assert best_stages(shape, plan(**(pair | {"pipeline": 4.0}), interleaves_pairs=0.0), 1.0, 1e-6, (1, 2, 4)) > 1


def test_full_recomputation_costs_less_than_a_third_and_less_still_where_it_stops_early(parts):
    machine, shape, k = parts
    roomy = replace(machine, memory=1e13)

    def time(recompute, repeated=1.0):
        one = plan(recompute=RECOMPUTE[recompute], repeated_forward=repeated)
        return float(step_time(roomy, shape, one, k).total)

    assert time("none") < time("selective") < time("full", 0.67) < time("full") < 1.4 * time("none")


def test_sharded_gradients_are_scattered_for_every_micro_batch_only_without_a_pipeline(parts):
    machine, shape, k = parts
    roomy = replace(machine, memory=1e14)

    def traffic(zero, **told):
        return float(step_time(roomy, shape, plan(zero=zero, **told), k).parts()["data_parallel"])

    flat = {"pipeline": 1.0, "data": 1024.0, "sequences": 8192.0}
    assert traffic(1.0, **flat) < traffic(2.0, **flat) < traffic(3.0, **flat)
    assert traffic(2.0) == pytest.approx(traffic(1.0))


def test_interleaving_needs_micro_batches_and_even_layers(parts):
    _, shape, _ = parts
    assert best_stages(shape, plan(sequences=64.0 * 64), 1.0, 1e-6, (1, 2, 4, 8)) == 8
    assert best_stages(shape, plan(sequences=64.0 * 8), 1.0, 1e-6, (1, 2, 4, 8)) == 1
    odd = replace(shape, layers=70.0)
    assert best_stages(odd, plan(pipeline=12.0, sequences=64.0 * 64), 1.0, 1e-6, (1, 4)) == 1
    assert best_stages(shape, plan(virtual=3.0), 1.0, 1e-6, (1, 2)) == 3
    assert stage_imbalance(100.0, 0.5, 8.0, 1.0) == pytest.approx(104 / 100)


def test_software_of_a_stack_over_time():
    known = Stack("a", ((2023, 0.8), (2025, 1.0)))
    assert known.level(2023.5, 0.07, 2025.5) == pytest.approx(0.8)
    assert 0.8 < known.level(2024.0, 0.07, 2025.5) < known.level(2025.0, 0.07, 2025.5) < 1.0
    assert known.level(2027.5, 0.07, 2025.5) == pytest.approx(np.exp(0.14))
    assert Stack("b", ()).level(2025.5, 0.07, 2025.5) == 1.0


def test_the_stacks_of_the_facts(hardware):
    stacks = hardware.k.stacks
    assert dict(stacks.find("nemo").levels)[2025] == 1.0
    assert stacks.find("fsdp").zero == (3, 4)
    assert not stacks.find("deepspeed").interleaves
    assert stacks.find("megatron").hides_data_since == stacks.find("megatron").interleaves_pairs_since == 2024
    assert stacks.find("fsdp").repeated_forward == pytest.approx(0.67)
    assert stacks.find("nemo").repeated_forward == 1.0
    assert stacks.find("nobody").levels == ()
