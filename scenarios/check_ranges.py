"""The ranges that any baseline is checked against: `facts/checks.yaml`."""

from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .check import validate
from .layers import PACKAGED
from .reader import read_document
from .schema import Number, Text, Texts


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Strict):
    """One value's range; `miss` says in a few words why the baseline misses it, `unit` that it is a date."""

    label: Text
    low: Number
    high: Number
    miss: str = ""
    unit: Literal["", "year"] = ""


class CheckRange(_Strict):
    """One of the checks: what is held against what, and where the range is from."""

    number: int
    title: Text
    what: Text
    source: Texts
    lines: tuple[Line, ...]


class ChecksFile(_Strict):
    """The whole file."""

    checks: tuple[CheckRange, ...]


@lru_cache(maxsize=1)
def check_ranges() -> tuple[CheckRange, ...]:
    """Read the ranges once.

    Raises
    ------
    ScenarioError
        When the file has faults.
    """
    doc = read_document(PACKAGED.facts / "checks.yaml", "facts/checks.yaml")
    content = validate(ChecksFile, doc.data, doc)
    doc.faults.check()
    return content.checks if content is not None else ()
