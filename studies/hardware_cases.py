"""Files of published measurements: read, merged and checked, before anything is predicted.

A row is its case's defaults merged with the row itself (deep; the row wins). Faults of form (an unknown quantity, a
value that is no positive number) are reported together, with file and line; what a row leaves out is for the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from ..scenarios.faults import fail, listed, nearest, shown
from ..scenarios.reader import Document, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parent.parent / "scenarios" / "cases"
OWN = {
    "judged": FOLDER / "hardware.yaml",
    "further": FOLDER / "hardware_further.yaml",
    "unseen": FOLDER / "hardware_unseen.yaml",
}
"""The package's own files: what the model is judged on, what the fit uses besides, what no fit has seen."""
QUANTITIES = (
    "tflops_per_chip",
    "mfu",
    "step_s",
    "tokens_per_s_per_chip",
    "chip_hours",
    "relative_throughput",
    "bubble_fraction",
    "prefill_tokens_per_s_per_chip",
    "decode_tokens_per_s_per_chip",
    "power_kw_per_chip",
    "goodput",
)
CLASSES = ("dense", "moe", "inference", "power", "reliability")
SECTIONS = ("chip", "network", "model", "run", "software")
KNOWN_KEYS = {
    "chip": (
        "name", "peak_tflops", "hbm_gb", "hbm_tb_s", "scale_up_gb_s", "scale_up_domain", "tdp_w",
    ),
    "network": ("scale_out_gbit_s_per_chip", "topology", "oversubscription", "pod_chips", "latency_us"),
    "model": (
        "name", "layers", "hidden", "ffn", "heads", "kv_heads", "head_dim", "kv_dim", "vocab", "seq_len",
        "params_total_b", "params_active_b", "moe",
    ),
    "run": (
        "chips", "batch_seqs", "microbatch", "tensor", "pipeline", "context", "expert", "interleave", "data",
        "zero_stage", "recompute", "schedule", "precision", "peak_precision", "flops", "attention", "tokens_b",
        "tokens_per_chip", "tpot_ms", "load", "expert_balance",
    ),
    "software": ("stack", "year", "release"),
}  # fmt: skip
KNOWN_EXPERT_KEYS = ("experts", "shared_experts", "top_k", "expert_ffn", "dense_layers", "groups", "top_groups")
CHOICES = {
    ("run", "precision"): ("fp16", "bf16", "fp8", "fp4", "int8"),
    ("run", "peak_precision"): ("fp16", "bf16", "fp8", "fp4", "int8"),
    ("run", "recompute"): ("none", "selective", "full"),
    ("run", "schedule"): ("1f1b", "interleaved", "dualpipe"),
    ("run", "flops"): ("model", "hardware"),
    ("run", "attention"): ("causal", "full", "none"),
    ("run", "load"): ("saturated", "production_average"),
    ("run", "expert_balance"): ("default", "perfect"),
}
TEXTS = {"name", "topology", "stack", "release", "moe", "peak_tflops"}
ZERO_ALLOWED = {"zero_stage", "latency_us", "shared_experts", "dense_layers", "groups", "top_groups"}


@dataclass(frozen=True, slots=True)
class Row:
    """One published value: what it is, and the merged description of the run."""

    number: int
    quantity: str
    value: float
    told: dict[str, dict[str, Any]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One table of a publication."""

    id: str
    kind: str
    scored: bool
    title: str
    tolerance: float
    rank_order: bool
    rows: tuple[Row, ...]
    unscored_because: str = ""


@dataclass(slots=True)
class CaseFile:
    """All cases of a file, and what in it was not understood (and so not used)."""

    name: str
    cases: list[Case] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_fitted_cases(path: Path | None = None) -> CaseFile:
    """Read the cases of a fit: those of a file, or by default all of the package's own that are not kept unseen."""
    if path is not None:
        return read_cases(path)
    judged, further = read_cases(), read_cases(OWN["further"])
    return CaseFile(judged.name, judged.cases + further.cases, judged.remarks + further.remarks)


def _source(path: Path | None) -> Path:
    """Where cases stand: the file of that path, else the package's own of that name."""
    if path is None:
        return OWN["judged"]
    if path.exists():
        return path
    name = str(path)
    if name not in OWN and not path.suffix:
        allowed = f"a path, or {', '.join(OWN)}"
        fail("no such case file", file=name, found=shown(name), allowed=allowed, nearest=nearest(name, OWN))
    return OWN.get(name, path)


def read_cases(path: Path | None = None) -> CaseFile:
    """Read a case file, by its path or the name of one of the package's own (:data:`OWN`); ``judged`` by default.

    Raises
    ------
    ScenarioError
        With all faults of the file: where, what was found, what is allowed.
    """
    source = _source(path)
    document = read_document(source, source.name if source in OWN.values() else str(source))
    raw = document.data.get("cases")
    if not isinstance(raw, list) or not raw:
        fail("no list of cases", file=document.file, path="cases", found=shown(raw), allowed="a list of cases")
    found = CaseFile(document.file)
    for place, entry in enumerate(raw):
        _case(entry, place, document, found)
    document.faults.check()
    _check_ids(found, document)
    return found


def _check_ids(found: CaseFile, document: Document) -> None:
    ids = [case.id for case in found.cases]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        fail("case ids repeat", file=document.file, path="cases", found=listed(twice), allowed="one case for each id")


def _case(entry: Any, place: int, document: Document, found: CaseFile) -> None:
    where: tuple[str | int, ...] = ("cases", place)
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str | int):
        document.fault(where, "a case needs an id", found=shown(entry), allowed="{id, class, rows}")
        return
    kind, defaults = entry.get("class", ""), entry.get("defaults") or {}
    if kind not in CLASSES:
        allowed = listed(CLASSES)
        document.fault((*where, "class"), "unknown class", found=shown(kind), allowed=allowed)
    scored = entry.get("scored", True)
    if not isinstance(scored, bool):
        document.fault((*where, "scored"), "must be true or false", found=shown(scored))
        scored = True
    rows = entry.get("rows") or []
    if not isinstance(rows, list) or not isinstance(defaults, dict):
        document.fault(where, "rows must be a list, defaults a mapping", found=shown(rows))
        return
    if scored and not rows:
        document.fault(where, "a scored case needs rows", allowed="a list of rows, or scored: false")
    common = {"software": entry.get("software") or {}, **defaults}
    read = []
    for number, raw in enumerate(rows):
        row = _row(raw, number, common, (*where, "rows", number), document)
        if row is not None:
            read.append(row)
    remarks = dict.fromkeys(remark for row in read for remark in unknown_keys(row.told))
    found.remarks.extend(f"{entry['id']}: {remark}" for remark in remarks)
    found.cases.append(
        Case(
            id=str(entry["id"]),
            kind=str(kind),
            scored=scored,
            title=str(entry.get("title", "")),
            tolerance=_tolerance(entry.get("tolerance", 0.1), where, document),
            rank_order=bool(entry.get("rank_order", False)),
            rows=tuple(read),
            unscored_because=str(entry.get("unscored_because", "")),
        )
    )


def _tolerance(value: Any, where: tuple[str | int, ...], document: Document) -> float:
    if not positive(value):
        document.fault((*where, "tolerance"), "must be a positive number", found=shown(value))
        return 0.1
    return float(value)


def _row(raw: Any, number: int, common: dict[str, Any], where: tuple[str | int, ...], document: Document) -> Row | None:
    if not isinstance(raw, dict):
        document.fault(where, "a row must be a mapping", found=shown(raw), allowed="{run, quantity, value}")
        return None
    quantity, value = raw.get("quantity"), raw.get("value")
    if quantity not in QUANTITIES:
        hint = nearest(str(quantity or ""), QUANTITIES)
        document.fault(where, "unknown quantity", found=shown(quantity), allowed=listed(QUANTITIES), nearest=hint)
        return None
    if not positive(value):
        document.fault((*where, "value"), "a value must be a positive number", found=shown(value))
        return None
    told = {}
    for section in SECTIONS:
        first, second = common.get(section) or {}, raw.get(section) or {}
        if not isinstance(first, dict) or not isinstance(second, dict):
            document.fault((*where, section), "must be a mapping", found=shown(raw.get(section)))
            return None
        told[section] = merged(first, second)
        _check_section(section, told[section], where, document)
    return Row(number, str(quantity), float(value), told, str(raw.get("note", "")))


def _check_section(section: str, told: dict[str, Any], where: tuple[str | int, ...], document: Document) -> None:
    """Report values that cannot mean anything: text for a number, a word that is no choice."""
    for path, value in _leaves(told):
        key = path[-1]
        choices = CHOICES.get((section, key))
        place = (*where, section, *path)
        if value is None:
            continue
        if choices:
            if value not in choices:
                hint = nearest(str(value), choices)
                document.fault(place, "unknown choice", found=shown(value), allowed=listed(choices), nearest=hint)
        elif key in TEXTS or key not in _numeric(section, path):
            continue
        elif not (positive(value) or (value == 0 and key in ZERO_ALLOWED)) or isinstance(value, bool):
            document.fault(place, "must be a positive number", found=shown(value))


def _numeric(section: str, path: tuple[str, ...]) -> tuple[str, ...]:
    if path[0] == "moe":
        return KNOWN_EXPERT_KEYS
    if path[0] == "peak_tflops":
        return path
    return KNOWN_KEYS[section]


def _leaves(told: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in told.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, str(key)))
        else:
            yield (*path, str(key)), value


def unknown_keys(told: dict[str, dict[str, Any]]) -> list[str]:
    """Keys of a row that the model does not read, each with the nearest one it does.

    Examples
    --------
    >>> unknown_keys({"run": {"tensr": 8}})
    ['run.tensr is not read (did you mean tensor?)']
    """
    remarks = []
    for section, entries in told.items():
        for path, _ in _leaves(entries):
            known = KNOWN_EXPERT_KEYS if path[0] == "moe" and len(path) > 1 else KNOWN_KEYS[section]
            key = path[-1] if path[0] == "moe" and len(path) > 1 else path[0]
            if key not in known:
                hint = nearest(key, known)
                remarks.append(f"{section}.{'.'.join(path)} is not read" + (f" (did you mean {hint}?)" if hint else ""))
    return remarks


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Deep merge of two mappings; the second wins, and neither is changed.

    Examples
    --------
    >>> merged({"run": {"chips": 8, "tensor": 1}}, {"run": {"tensor": 8}})
    {'run': {'chips': 8, 'tensor': 8}}
    """
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def positive(value: Any) -> TypeGuard[float]:
    """Whether a value is a finite number above zero.

    Examples
    --------
    >>> positive(2), positive(True), positive("2"), positive(float("nan")), positive(0)
    (True, False, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
