"""How published series are read from the model: names, rules by id, what is scripted (``cases/readings.yaml``)."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from .check import validate
from .faults import fail
from .reader import read_document
from .schema import Number, Text

FILE = Path(__file__).parent / "cases" / "readings.yaml"

ACTOR, SIDE = "$actor", "$side"
COMBINED = ("sum", "less", "ratio", "cumulative", "growth")


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Globs = Annotated[tuple[Text, ...], BeforeValidator(_texts), Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spec(_Strict):
    """A reading as it is written: a measure, or exactly one way of combining readings."""

    of: Text | None = None
    side: Text | None = None
    actor: Text | None = None
    product: Text | None = None
    supplier: Text | None = None
    sum: tuple["Spec", ...] = ()
    less: tuple["Spec", ...] = ()
    ratio: tuple["Spec", ...] = ()
    cumulative: "Spec | None" = None
    growth: "Spec | None" = None

    @model_validator(mode="after")
    def _one(self) -> "Spec":
        given = [key for key in ("of", *COMBINED) if getattr(self, key)]
        wrong = len(given) != 1 or (given[0] == "ratio" and len(self.ratio) != 2)
        if wrong:
            kind, text = "reading", f"a reading has one of: of, {', '.join(COMBINED)} (a ratio has two parts)"
            raise PydanticCustomError(kind, text)  # noqa: EM101 (a name of our own)
        return self


class Rule(_Strict):
    """How the series of these ids are read."""

    id: Globs
    reads: Spec
    offset: Number = 0.0
    note: str = ""


class Barred(_Strict):
    """Series that have no counterpart, and why."""

    id: Globs
    why: Text


class World(_Strict):
    """The assumptions under which these forecasts are run: a file of ``scenarios/forecasts/``."""

    id: Globs
    world: Text


class Scripted(_Strict):
    """Measures that are read from facts up to a year."""

    of: Globs
    side: Text | None = None
    to: int | None = None
    why: Text


class Names(_Strict):
    """What case files call products, actors and units."""

    products: dict[str, tuple[Text, ...]] = {}
    actors: dict[str, tuple[Text, ...]] = {}
    firms: dict[str, Text] = {}
    plants: dict[str, Text] = {}
    units: dict[str, Text] = {}


class Discrepancy(_Strict):
    """Standard deviation of what the model leaves out, as a share of a value."""

    point: Annotated[float, Field(strict=True, ge=0)]
    series: Annotated[float, Field(strict=True, ge=0)]


class Calibration(_Strict):
    """How members are weighed by published series."""

    without_range: dict[str, Annotated[float, Field(strict=True, gt=0)]]
    discrepancy: Discrepancy
    discrepancy_years: Annotated[float, Field(strict=True, gt=0)]
    discrepancy_share: Annotated[float, Field(strict=True, gt=0)]
    least_effective: Annotated[int, Field(strict=True, ge=1)]
    least_reached: Annotated[float, Field(strict=True, ge=0, le=1)]
    reached_within: Annotated[float, Field(strict=True, gt=0)]
    most_deviations: Annotated[float, Field(strict=True, gt=0)]
    left_out: tuple[Barred, ...] = ()

    def excluded(self, name: str) -> str:
        """Say why a series is not weighed by; empty when it is."""
        return next((rule.why for rule in self.left_out if fits(name, rule.id)), "")


class Readings(_Strict):
    """The whole file."""

    format: Literal[1] = 1
    how_to_read: str = ""
    names: Names = Names()
    fiscal_months: dict[str, Number] = {}
    shortest_years: Number = 0.0
    readings: tuple[Rule, ...] = ()
    not_mapped: tuple[Barred, ...] = ()
    scripted: tuple[Scripted, ...] = ()
    worlds: tuple[World, ...] = ()
    calibration: Calibration

    def world(self, name: str) -> str:
        """Give the world of assumptions of a forecast; empty when no rule names it."""
        return next((rule.world for rule in self.worlds if fits(name, rule.id)), "")

    def rule(self, name: str) -> Rule | None:
        """Give the first rule that names a series."""
        return next((rule for rule in self.readings if fits(name, rule.id)), None)

    def barred(self, name: str) -> str:
        """Say why a series has no counterpart; empty when no rule bars it."""
        return next((rule.why for rule in self.not_mapped if fits(name, rule.id)), "")

    def scripted_to(self, measure: str, side: str, history_end: int) -> tuple[int, str] | None:
        """Give the last year in which a measure is read from facts, and why; None for what emerges."""
        for rule in self.scripted:
            if fits(measure, rule.of) and rule.side in {None, side}:
                return (history_end if rule.to is None else rule.to), rule.why
        return None


def fits(name: str, globs: tuple[str, ...]) -> bool:
    """Whether a name fits one of several patterns.

    >>> fits("initial_tpu", ("initial_*",)), fits("x", ("y",))
    (True, False)
    """
    return any(fnmatchcase(name, glob) for glob in globs)


def plain_name(text: str) -> str:
    """Write a name as ids are written.

    >>> plain_name("China big four"), plain_name("T-Head")
    ('china_big_four', 't_head')
    """
    return "_".join(text.casefold().replace("-", " ").replace(".", " ").split())


@cache
def load_readings(path: Path = FILE) -> Readings:
    """Read and check the readings.

    Raises
    ------
    ScenarioError
        With all faults of the file.
    """
    doc = read_document(path, f"{path.parent.name}/{path.name}")
    data: Mapping[str, Any] = doc.data
    found = validate(Readings, data, doc)
    doc.faults.check()
    if found is None:
        fail("cannot be read", file=doc.file)
    return found
