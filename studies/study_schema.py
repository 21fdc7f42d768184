"""What a study file may hold."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..scenarios.draws import MAX_SEED
from ..scenarios.schema import FIRST_YEAR, LAST_YEAR, CalendarYear, Text, Texts, Years

Value = float | bool | str
Design = Literal["random", "latin_hypercube", "sobol", "morris"]

MAX_CASES = 1_000
"""Combinations of levers: each keeps a resolved scenario in memory."""
MAX_MEMBERS = 10**10
MEMBERS = 1_000
"""Members of a case where the file does not say."""
RESERVED = ("scenario", "combination", "design_group", "hash", "member", "year", "side", "variable", "unit")
"""Columns of a sweep beside levers and recorded variables."""

_YEAR = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}
YEARS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "object", "properties": {"start": _YEAR, "end": _YEAR}, "additionalProperties": False},
        {"type": "array", "items": _YEAR, "minItems": 1},
    ]
}
"""Years of a study as JSON Schema says them."""

_YEARS = TypeAdapter(tuple[CalendarYear, ...])


def _years(value: object) -> object:
    """Read ``{start, end}`` or a list of years; every fault of them is one."""
    try:
        return Years.model_validate(value) if isinstance(value, dict) else _YEARS.validate_python(value)
    except ValidationError as error:
        kind = "years"
        text = str(error.errors()[0]["msg"]).replace("Input should be", "must be")
        raise PydanticCustomError(kind, "{text}", {"text": text}) from None


class StudyFile(BaseModel):
    """A study file; ``levers`` are read one by one elsewhere."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    format: Literal[1] = 1
    """Version of this format."""
    title: Text | None = None
    """One line, in tables and figures."""
    description: str | None = None
    """What the study asks, in a few sentences."""
    base: Texts
    """The scenario that levers are laid over, or a list of them."""
    levers: dict[str, Any] = {}
    """What changes: a list of values for a dotted path, scenario names, or named layers. All combinations are run."""
    design: Design = "random"
    """How uncertain parameters are drawn."""
    members: Annotated[int, Field(strict=True, ge=1, le=MAX_MEMBERS)] = MEMBERS
    """Members of each combination."""
    seed: Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)] = 0
    """The same seed gives the same result."""
    outputs: Texts | tuple[()] = ()
    """Ids of the variables to keep; the headline ones by default."""
    years: Annotated[Any, BeforeValidator(_years), WithJsonSchema(YEARS_SCHEMA)] = None
    """Years to keep: {start, end} or a list."""
