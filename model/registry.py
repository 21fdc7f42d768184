"""The registry of recorded variables: what each column is, in which unit, and how it is called.

Labels, tables, axes, exports and documentation all read this one place; the entries stand in ``variables.yaml``.

>>> VARIABLES["fleet_h100e"].unit
'H100e'
>>> nearest("cluster_trainin_eflops")
'cluster_training_eflops'
"""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

Kind = Literal["stock", "flow", "state", "share", "date", "category", "price"]
"""How a variable is read and aggregated over time."""

SIDES = ("china", "us")
"""The two sides, in the order every dataset uses."""

_FILE = Path(__file__).with_name("variables.yaml")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Format:
    """How tables and figures print a variable: the value over ``divide``, in ``unit``."""

    divide: float
    unit: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One recorded variable.

    Attributes
    ----------
    id
        Column name, the same in every file.
    unit
        Unit of the stored numbers.
    kind
        How it is read: stock, flow, state, share, date, category or price.
    meaning
        One line for tooltips and documentation.
    label, label_ko
        Short names for tables and figures, in English and Korean.
    iamc
        Name in the IAMC convention, parts joined by ``|``.
    headline
        Whether it stands among the few an analyst reads first.
    categories
        Names of the codes 0, 1, 2 ... of a category; empty for numbers.
    format
        How a value is printed; ``None`` prints the stored number and unit.
    """

    id: str
    unit: str
    kind: Kind
    meaning: str
    label: str
    label_ko: str
    iamc: str
    headline: bool = False
    categories: tuple[str, ...] = ()
    format: Format | None = None


def _variable(entry: dict[str, Any]) -> Variable:
    form = entry.pop("format", None)
    categories = tuple(entry.pop("categories", ()))
    variable = Variable(**entry, categories=categories, format=Format(**form) if form else None)
    if variable.kind not in get_args(Kind) or (variable.kind == "category") != bool(categories):
        message = f"{_FILE.name}: {variable.id}: kind {variable.kind!r} with categories {categories!r}"
        raise ValueError(message)
    return variable


def _read() -> dict[str, Variable]:
    entries = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=_LOADER)["variables"]  # noqa: S506 (a safe loader)
    read = {entry["id"]: _variable(entry) for entry in entries}
    if len(read) != len(entries):
        message = f"{_FILE.name}: a variable stands there twice"
        raise ValueError(message)
    return read


VARIABLES: dict[str, Variable] = _read()
"""Every recorded variable by id, in the order of the file."""


def variables() -> list[Variable]:
    """List the recorded variables in the order of the registry."""
    return list(VARIABLES.values())


def nearest(name: str) -> str | None:
    """Find the variable id that looks most like a name, or ``None`` when none does."""
    found = get_close_matches(name, VARIABLES, n=1, cutoff=0.5)
    return found[0] if found else None
