"""What a study file may hold."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from ..scenarios.draws import MAX_SEED
from ..scenarios.schema import CalendarYear, Text, Texts, Years

Value = float | bool | str
Design = Literal["random", "latin_hypercube", "sobol", "morris"]

MAX_CASES = 1_000
"""Combinations of levers: each keeps a resolved scenario in memory."""
MAX_MEMBERS = 10**10
MEMBERS = 1_000
"""Members of a case where the file does not say."""
RESERVED = ("scenario", "combination", "design_group", "hash", "member", "year", "side", "variable", "unit")
"""Columns of a sweep beside levers and recorded variables."""

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

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    title: Text | None = None
    description: str | None = None
    base: Texts
    levers: dict[str, Any] = {}
    design: Design = "random"
    members: Annotated[int, Field(strict=True, ge=1, le=MAX_MEMBERS)] = MEMBERS
    seed: Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)] = 0
    outputs: Texts | tuple[()] = ()
    years: Annotated[Any, BeforeValidator(_years)] = None
