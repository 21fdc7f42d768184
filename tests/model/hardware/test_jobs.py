"""Jobs: the reference job adds up, batches grow."""

import pytest

from podrace.model.hardware.jobs import critical_batch_tokens, grown


def test_the_reference_job(hardware):
    job = hardware.jobs["reference_moe_2t"]
    assert job.training_flop == pytest.approx(1.8e25)
    assert job.expert_params == pytest.approx(1.984e12, rel=0.01)
    assert job.expert_params < job.params_total


def test_active_parameters_follow_from_the_architecture(hardware):
    job = hardware.jobs["reference_moe_2t"]
    attention = job.layers * (2 * job.hidden * job.heads * job.head_dim + job.hidden * job.kv_dim)
    shared = job.moe_layers * job.shared_experts * 3 * job.hidden * job.expert_ffn
    dense = job.dense_layers * 3 * job.hidden * job.ffn + 2 * job.vocab * job.hidden
    assert job.routed_params + attention + shared + dense == pytest.approx(job.params_active, rel=0.02)


def test_published_jobs(hardware):
    assert hardware.jobs["llama_405b"].training_flop == pytest.approx(3.8e25, rel=0.05)
    assert hardware.jobs["deepseek_v3"].kv_dim == 576
    assert hardware.jobs["deepseek_v3"].batch_tokens == 15_360 * 4_096


def test_the_batch_grows_as_the_root_of_flop(hardware):
    batch = hardware.k.batch
    assert critical_batch_tokens(4 * batch.reference_flop, batch) == pytest.approx(2 * batch.reference_tokens)


@pytest.mark.parametrize("flop", [1e25, 1e26, 1e27, 1e28])
def test_a_grown_job_has_the_flop_asked_for(hardware, flop):
    job = grown(hardware.jobs["reference_moe_2t"], flop, hardware.k.batch)
    assert job.training_flop == pytest.approx(flop, rel=1e-9)
    assert job.expert_params / job.params_total == pytest.approx(0.99, abs=0.02)
