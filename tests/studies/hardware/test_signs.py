"""Regularities of published runs that the model must show: domains, networks, batches, precisions, schedules."""

from by_hand import DEEPSEEK, GB200, H100, LLAMA_70B, value
from hypothesis import given, settings
from hypothesis import strategies as st

QUICK = settings(max_examples=15, deadline=None)
SLACK = 1 - 1e-9
CHIPS = st.sampled_from([H100, GB200])
MODELS = st.sampled_from([LLAMA_70B, DEEPSEEK])
SIZES = st.sampled_from([512, 2_048, 8_192])


def rate(**told):
    return value("tokens_per_s_per_chip", **({"batch_seqs": 8_192} | told))


@QUICK
@given(CHIPS, MODELS, SIZES, st.sampled_from([2, 8, 64]))
def test_a_larger_domain_is_never_slower(chip, model, chips, factor):
    wide = chip | {"scale_up_domain": chip["scale_up_domain"] * factor}
    assert rate(chip=wide, model=model, chips=chips) >= SLACK * rate(chip=chip, model=model, chips=chips)


@QUICK
@given(CHIPS, MODELS, SIZES, st.floats(1.05, 8))
def test_a_faster_network_is_never_slower(chip, model, chips, factor):
    told = {"chip": chip, "model": model, "chips": chips}
    fast = {"scale_out_gbit_s_per_chip": 400 * factor}
    assert rate(network=fast, **told) >= SLACK * rate(**told)
    narrow = {"oversubscription": factor, "pod_chips": 128}
    assert rate(network=narrow, **told) <= rate(**told) / SLACK


@QUICK
@given(CHIPS, MODELS, SIZES, st.sampled_from([2, 4]))
def test_a_larger_batch_never_costs(chip, model, chips, factor):
    told = {"chip": chip, "model": model, "chips": chips}
    assert rate(batch_seqs=8_192 * factor, **told) >= SLACK * rate(**told)


@QUICK
@given(CHIPS, MODELS, SIZES)
def test_fewer_bits_are_never_slower(chip, model, chips):
    told = {"chip": chip, "model": model, "chips": chips}
    assert rate(precision="fp8", **told) >= SLACK * rate(precision="bf16", **told)


@QUICK
@given(CHIPS, MODELS, SIZES, st.floats(1, 3))
def test_more_memory_bandwidth_is_never_slower(chip, model, chips, factor):
    told = {"model": model, "chips": chips, "precision": "fp8"}
    assert rate(chip=chip | {"hbm_tb_s": chip["hbm_tb_s"] * factor}, **told) >= SLACK * rate(chip=chip, **told)


@QUICK
@given(CHIPS, MODELS, st.sampled_from([2021, 2023, 2025]))
def test_later_software_of_a_stack_is_faster(chip, model, year):
    early, late = ({"stack": "unheard of", "year": each} for each in (year, year + 1))
    assert rate(chip=chip, model=model, software=late) > rate(chip=chip, model=model, software=early)


def test_weak_scaling_is_nearly_flat():
    layout = {"tensor": 4, "pipeline": 4, "context": 2, "interleave": 5, "microbatch": 1}
    small = rate(chips=64, batch_seqs=128, **layout)
    assert 0.92 < rate(chips=2_048, batch_seqs=4_096, **layout) / small < 1


def test_strong_scaling_costs():
    rates = [rate(chips=chips, batch_seqs=1_152) for chips in (96, 1_152, 4_608)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.95 * rates[0]


def test_a_wide_domain_pays_for_experts_and_hardly_for_dense_models():
    narrow = GB200 | {"scale_up_domain": 8}
    told = {"chips": 256, "batch_seqs": 4_096, "precision": "fp8"}
    experts = rate(chip=GB200, model=DEEPSEEK, **told) / rate(chip=narrow, model=DEEPSEEK, **told)
    dense = rate(chip=GB200, model=LLAMA_70B, **told) / rate(chip=narrow, model=LLAMA_70B, **told)
    assert 1.2 < experts < 2.0
    assert 1.0 <= dense < 1.1


def test_fewer_bits_gain_less_than_their_peaks_say():
    llama = LLAMA_70B | {
        "layers": 126, "hidden": 16384, "ffn": 53248, "heads": 128, "params_total_b": 405, "params_active_b": 405,
    }  # fmt: skip
    told = {"chip": GB200, "model": llama, "chips": 256, "batch_seqs": 1_536, "tensor": 4, "pipeline": 16}
    bf16, fp8, fp4 = (rate(precision=name, **told) for name in ("bf16", "fp8", "fp4"))
    assert 1.35 < fp8 / bf16 < 1.75
    assert 1.2 < fp4 / fp8 < 1.6


def test_fully_sharded_weights_collapse_on_a_slow_network():
    told = {"chips": 384, "batch_seqs": 768, "zero_stage": 3, "tensor": 1, "pipeline": 1}
    big = LLAMA_70B | {"params_total_b": 176, "params_active_b": 176, "layers": 70, "hidden": 14336, "ffn": 57344}
    told |= {"model": big, "software": {"stack": "fsdp", "year": 2023}}
    rates = [rate(network={"scale_out_gbit_s_per_chip": each / 8}, **told) for each in (100, 200, 400, 800)]
    assert rates[0] < 0.6 * rates[-1]
    assert rates == sorted(rates)


def test_bubbles_shrink_with_the_batch():
    layout = {"tensor": 4, "pipeline": 10, "chips": 320, "microbatch": 2, "interleave": 1, "context": 1}
    rates = [rate(batch_seqs=batch, **layout) for batch in (16, 160, 2_048)]
    assert rates[1] > 4 * rates[0]
    assert rates[2] > 1.5 * rates[1]


def test_full_recomputation_costs_a_quarter_and_dualpipe_saves_bubbles():
    told = {"chips": 256, "tensor": 8, "pipeline": 8, "batch_seqs": 256}
    none, full = rate(recompute="none", **told), rate(recompute="full", **told)
    assert 0.7 < full / none < 0.85
    plain, folded = (rate(schedule=name, **told) for name in ("1f1b", "dualpipe"))
    assert folded > plain


def test_slices_on_a_slow_network_cost_little_in_data_parallel():
    tpu = {
        "name": "TPU v5e", "peak_tflops": {"bf16": 197}, "hbm_gb": 16, "hbm_tb_s": 0.82, "scale_up_gb_s": 400,
        "scale_up_domain": 256,
    }  # fmt: skip
    told = {"chip": tpu, "network": {"scale_out_gbit_s_per_chip": 25}, "software": {"stack": "jax", "year": 2024}}
    model = LLAMA_70B | {"seq_len": 2048, "layers": 32, "params_total_b": 32, "params_active_b": 32}
    one = rate(model=model, chips=256, batch_seqs=1_024, **told)
    many = rate(model=model, chips=8_192, batch_seqs=32_768, **told)
    assert 0.85 < many / one < 1
