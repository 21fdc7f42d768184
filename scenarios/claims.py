"""The founding article's claims: ``facts/claims.yaml``, what it states, what the facts say, and what to compute."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from .check import validate
from .faults import fail, shown
from .reader import Document, read_document
from .schema import Number, Text, Texts, Unit

FILE = "claims.yaml"

Kind = Literal["fact", "derived", "hypothesis"]


def _range(value: object) -> object:
    """Read ``[low, high]``; an end may be left open with null."""
    if isinstance(value, list | tuple) and len(value) == 2:
        low, high = value
        return (float("-inf") if low is None else low, float("inf") if high is None else high)
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


End = Annotated[float, Field(strict=True)]
Range = Annotated[tuple[End, End], BeforeValidator(_range)]


class Step(BaseModel):
    """One thing to compute: the ``recipe``, the name and label of what comes out, and the recipe's own options."""

    model_config = ConfigDict(extra="allow", frozen=True)

    recipe: Text
    name: Text
    label: Text

    @property
    def options(self) -> dict[str, Any]:
        """What the recipe is given."""
        return dict(self.model_extra or {})


class Test(_Strict):
    """A threshold: the measure ``of`` this name agrees with the article inside one range, and partly inside a wider one.

    Outside both it differs.
    """

    __test__ = False  # no test case for pytest

    of: Text
    agrees: Range
    partly: Range | None = None
    because: str = ""


class Claim(_Strict):
    """One claim: as the article states it, as the facts say, and how the model answers."""

    id: Text
    kind: Kind
    stated: Text
    quantity: Number | None = None
    unit: Unit = ""
    year: int | None = None
    facts: Text
    records: Texts
    model: tuple[Step, ...]
    judge: tuple[Test, ...] = ()
    study: Text | None = None

    @model_validator(mode="after")
    def _answerable(self) -> "Claim":
        names = [step.name for step in self.model]
        problem = ""
        if len(set(names)) < len(names):
            problem = "two measures have one name"
        elif self.kind == "hypothesis" and self.study is None:
            problem = "a hypothesis names the study that tests it"
        elif self.kind != "hypothesis" and not self.judge:
            problem = "a fact or a derived claim needs judge"
        elif {test.of for test in self.judge} - set(names):
            problem = "judge names a measure that is not computed"
        if problem:
            kind = "claim"
            raise PydanticCustomError(kind, problem)  # noqa: EM101 (one of the texts above)
        return self


def load_claims(folder: Path, known: Collection[str]) -> tuple[tuple[Claim, ...], Document]:
    """Read the claims of a facts folder; the document comes back too, so that later faults can name their lines.

    Parameters
    ----------
    folder : Path
        The facts folder.
    known : collection of str
        Ids of the records that a claim may cite.

    Raises
    ------
    ScenarioError
        With all faults of the file.
    """
    doc = read_document(folder / FILE, f"{folder.parent.name}/{folder.name}/{FILE}")
    listed = doc.data.get("claims")
    if not isinstance(listed, list) or len(doc.data) > 1:
        fail("a claims file holds one list", file=doc.file, found=shown(doc.data), allowed="claims: [...]")
    claims: dict[str, Claim] = {}
    for index, raw in enumerate(listed):
        path = ("claims", index)
        claim = validate(Claim, raw, doc, path)
        if claim is None:
            continue
        if claim.id in claims:
            doc.fault((*path, "id"), "id given twice", found=claim.id)
        claims[claim.id] = claim
        for record in claim.records:
            if record not in known:
                doc.fault((*path, "records"), "unknown record", found=record, nearest=doc.faults.near(record, known))
    doc.faults.check()
    return tuple(claims.values()), doc
