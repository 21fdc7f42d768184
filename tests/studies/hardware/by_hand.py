"""What the tests of the hardware studies share: constants of the baseline, cases as text, rows made by hand."""

import json
from functools import lru_cache
from pathlib import Path

import podrace
from podrace.model.hardware.coefficients import read_coefficients
from podrace.studies.hardware_cases import Row, read_cases
from podrace.studies.hardware_predict import predict

H100 = {
    "name": "H100", "peak_tflops": {"bf16": 989.4, "fp8": 1979}, "hbm_gb": 80, "hbm_tb_s": 3.35, "scale_up_gb_s": 900,
    "scale_up_domain": 8, "tdp_w": 700,
}  # fmt: skip
GB200 = {
    "name": "GB200", "peak_tflops": {"bf16": 2450, "fp8": 4900, "fp4": 9800}, "hbm_gb": 186, "hbm_tb_s": 8.0,
    "scale_up_gb_s": 1800, "scale_up_domain": 72, "tdp_w": 1200,
}  # fmt: skip
LLAMA_70B = {
    "name": "70B", "layers": 80, "hidden": 8192, "ffn": 28672, "heads": 64, "kv_heads": 8, "head_dim": 128,
    "vocab": 128256, "seq_len": 8192, "params_total_b": 70.6, "params_active_b": 70.6,
}  # fmt: skip
DEEPSEEK = {
    "name": "V3", "layers": 61, "hidden": 7168, "ffn": 18432, "heads": 128, "kv_heads": 128, "head_dim": 160,
    "vocab": 129280, "seq_len": 4096, "params_total_b": 671, "params_active_b": 37, "kv_dim": 576,
    "moe": {
        "experts": 256, "shared_experts": 1, "top_k": 8, "expert_ffn": 2048, "dense_layers": 3, "groups": 8,
        "top_groups": 4,
    },
}  # fmt: skip


@lru_cache
def scenario():
    return podrace.load("baseline")


@lru_cache
def constants():
    return read_coefficients(scenario())


@lru_cache
def own_cases():
    return read_cases()


def row(quantity="tokens_per_s_per_chip", chip=H100, model=LLAMA_70B, network=None, software=None, **run):
    """One row by hand; a free layout on 400 Gbit/s unless told otherwise."""
    told = {
        "chip": dict(chip),
        "network": {"scale_out_gbit_s_per_chip": 400} | (network or {}),
        "model": dict(model),
        "run": {"chips": 256, "batch_seqs": 1024, "precision": "bf16"} | run,
        "software": software or {"stack": "nemo", "year": 2025},
    }
    return Row(0, quantity, 1.0, told)


def value(*args, **kwargs):
    """Predict one row made by hand."""
    (found,) = predict([row(*args, **kwargs)], constants())
    assert found.value is not None, found.why
    return found.value


def why(*args, **kwargs):
    """Say why a row made by hand has no prediction."""
    (found,) = predict([row(*args, **kwargs)], constants())
    assert found.value is None
    return found.why


def write_cases(folder: Path, *cases):
    """Write a case file."""
    path = folder / "cases.yaml"
    path.write_text(json.dumps({"format": 1, "cases": list(cases)}, indent=1), encoding="utf-8")
    return path
