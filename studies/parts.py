"""Parts of a sweep: a block of members of one case, run and encoded as Parquet, wherever a worker stands.

A part is bytes; whoever asked for it decides where they go. Workers write no files, so that a worker that dies leaves
nothing behind, and a cluster needs no shared disk.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..model.numbers import Array
from ..model.record import Recorder
from ..model.registry import SIDES, VARIABLES
from ..model.world import World
from ..scenarios.inputs import Inputs
from ..scenarios.scenario import Scenario
from .designs import draws
from .study_files import Case, Study
from .study_schema import Value

ROOMS = ("scenarios", "model", "agents", "studies")
"""Rooms whose code can move a result."""


@dataclass(frozen=True)
class Order:
    """What a worker is told once for each case, pickled.

    Attributes
    ----------
    code
        Fingerprint of the code that asks; a worker with other code refuses.
    scenario, levers, kinds
        Of the case; `kinds` are the columns' types, by lever.
    design, names, seed, members
        See `designs.draws`.
    outputs, years
        What to keep.
    """

    code: str
    scenario: Scenario
    levers: Mapping[str, Value]
    kinds: Mapping[str, str]
    design: str
    names: tuple[str, ...]
    seed: int
    members: int
    outputs: tuple[str, ...]
    years: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A finished block: its case and members, results and (where asked) drawn parameters as Parquet files."""

    case: int
    start: int
    stop: int
    results: bytes
    design: bytes | None


class OtherCode(RuntimeError):
    """A worker runs other code than the sweep that asks it."""


def order(study: Study, case: Case, names: tuple[str, ...]) -> bytes:
    """Say what a worker needs to know of a case, pickled once."""
    kinds = {lever: lever_kind(values) for lever, values in study.levers.items()}
    told = Order(
        code_hash(),
        case.scenario,
        case.levers,
        kinds,
        study.design,
        names,
        study.seed,
        study.members,
        study.outputs,
        study.years,
    )
    return pickle.dumps(told)


def run_part(told: bytes, case: int, start: int, stop: int, with_design: bool) -> Part:
    """Run members start to stop of a case.

    Raises
    ------
    OtherCode
        When this process runs other code than the one that asks.
    """
    asked = _order(told)
    inputs = Inputs(asked.scenario, draws(asked.design, asked.names, asked.seed, asked.members, start, stop))
    recorder = Recorder(asked.scenario.years, inputs.members, asked.outputs)
    try:
        with World(inputs, recorder) as world:
            world.run()
            design = encode_design(inputs, start) if with_design else None
            return Part(case, start, stop, encode_results(recorder.arrays(), asked, start), design)
    finally:
        vars(inputs).clear()  # inputs and their series hold each other: memory would wait for the collector


@lru_cache(maxsize=4)
def _order(told: bytes) -> Order:
    asked: Order = pickle.loads(told)  # noqa: S301 (written by the sweep that asks)
    if asked.code != code_hash():
        message = "this worker runs other code than the sweep: install the same podrace on all of them"
        raise OtherCode(message)
    return asked


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Fingerprint of all code and registries that can move a result."""
    root = Path(__file__).resolve().parents[1]
    found = sha256()
    files = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    for path in [*files, root / "model" / "variables.yaml", root / "scenarios" / "units.txt"]:
        found.update(path.relative_to(root).as_posix().encode())
        found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def lever_kind(values: Sequence[Value]) -> str:
    """Type of a lever's column: ``bool``, ``double`` or ``string``.

    >>> lever_kind((0.1, 2)), lever_kind((True, False)), lever_kind(("low", 1.0))
    ('double', 'bool', 'string')
    """
    if all(isinstance(value, bool) for value in values):
        return "bool"
    return "double" if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) else "string"


def encode_results(arrays: Mapping[str, Array], asked: Order, start: int) -> bytes:
    """Encode arrays of shape (year, side, member) as rows of (year, side, member), a row group for each year.

    Columns: ``scenario``, the levers, ``member``, ``year``, ``side``, then a float32 for each variable.
    """
    first = asked.scenario.start
    members = next(iter(arrays.values())).shape[2]
    schema = _results_schema(asked)
    sink = pa.BufferOutputStream()
    words = ["scenario", "side", *(lever for lever, kind in asked.kinds.items() if kind == "string")]
    with pq.ParquetWriter(sink, schema, **_options(words, ["member"])) as writer:
        for year in asked.years:
            columns = _keys(asked, year, start, members)
            columns += [_float32(arrays[name][year - first].ravel()) for name in asked.outputs]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=2 * members)
    return bytes(sink.getvalue())


def encode_design(inputs: Inputs, start: int) -> bytes:
    """Encode the drawn parameters of a block: a row for each member, a float32 for each uncertain number.

    Columns: ``member``, then ``path`` of a plain record, or ``path@date`` of the first uncertain date of a dated one: its
    other dates follow from the same draw.
    """
    drawn = inputs.drawn(decisions=False)
    first = {name.split("@")[0]: name for name in reversed(drawn)}
    apart = {path for path, record in inputs.scenario.records.items() if record.correlation == "none"}
    kept = [name for name in drawn if first[name.split("@")[0]] == name or name.split("@")[0] in apart]
    fields = [pa.field("member", pa.int64()), *(pa.field(name, pa.float32()) for name in kept)]
    columns = [pa.array(np.arange(start, start + inputs.members))]
    columns += [pa.array(drawn[name].astype(np.float32)) for name in kept]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, pa.schema(fields), **_options([], ["member"])) as writer:
        writer.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)))
    return bytes(sink.getvalue())


def _options(words: list[str], counted: list[str]) -> dict[str, Any]:
    """Settings of the Parquet writer: floats hardly repeat, so that a dictionary of them would only cost time."""
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": words,
        "column_encoding": dict.fromkeys(counted, "DELTA_BINARY_PACKED"),
        "write_page_checksum": True,
    }


def _results_schema(asked: Order) -> pa.Schema:
    words = pa.dictionary(pa.int32(), pa.string())
    kinds = {"string": words, "double": pa.float64(), "bool": pa.bool_()}
    fields = [pa.field("scenario", words)]
    fields += [pa.field(lever, kinds[kind]) for lever, kind in asked.kinds.items()]
    fields += [pa.field("member", pa.int64()), pa.field("year", pa.int16()), pa.field("side", words)]
    for name in asked.outputs:
        variable = VARIABLES[name]
        about = {"unit": variable.unit, "meaning": variable.meaning}
        if variable.categories:
            about["categories"] = ", ".join(f"{code} {label}" for code, label in enumerate(variable.categories))
        fields.append(pa.field(name, pa.float32(), metadata=about))
    return pa.schema(fields)


def _keys(asked: Order, year: int, start: int, members: int) -> list[Any]:
    rows = len(SIDES) * members
    columns = [_word(asked.scenario.name, rows)]
    for lever, kind in asked.kinds.items():
        value = asked.levers[lever]
        columns.append(_word(str(value), rows) if kind == "string" else _constant(value, kind, rows))
    columns.append(pa.array(np.tile(np.arange(start, start + members), len(SIDES))))
    columns.append(pa.array(np.full(rows, year, dtype=np.int16)))
    codes = pa.array(np.repeat(np.arange(len(SIDES), dtype=np.int32), members))
    columns.append(pa.DictionaryArray.from_arrays(codes, pa.array(SIDES)))
    return columns


def _float32(values: Array) -> Any:
    """Make a column; what is not applicable is null, so that SQL leaves it out."""
    return pa.array(values.astype(np.float32), from_pandas=True)


def _word(text: str, rows: int) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([text]))


def _constant(value: Value, kind: str, rows: int) -> Any:
    return pa.array(np.full(rows, value, dtype=np.bool_ if kind == "bool" else np.float64))
