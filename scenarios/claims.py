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
    """A threshold on the measure ``of`` this name.

    For a fact or a derived claim it agrees with the article inside one range, partly inside a wider one, and differs
    outside both. For a hypothesis it is supported inside one range, depends inside a wider one, and is not supported
    outside both; then ``reason`` says why the ends stand where they stand. ``because`` says what is tested.
    """

    __test__ = False  # no test case for pytest

    of: Text
    agrees: Range | None = None
    partly: Range | None = None
    supported: Range | None = None
    depends: Range | None = None
    because: str = ""
    reason: str = ""

    @property
    def ranges(self) -> tuple[Range | None, Range | None]:
        """The narrow and the wide range, in the words of either kind."""
        return (self.agrees, self.partly) if self.supported is None else (self.supported, self.depends)


class Claim(_Strict):
    """One claim: as the article states it, as the facts say, and how the model answers.

    A hypothesis names the ``study`` that shows the result, as a command, and what it ``depends_on`` where its tests do
    not all say the same.
    """

    id: Text
    kind: Kind
    stated: Text
    quantity: Number | None = None
    unit: Unit = ""
    year: int | None = None
    facts: Text
    records: Texts
    model: tuple[Step, ...]
    judge: tuple[Test, ...]
    study: Text | None = None
    depends_on: Text | None = None

    @model_validator(mode="after")
    def _answerable(self) -> "Claim":
        problem = self._problem()
        if problem:
            kind = "claim"
            raise PydanticCustomError(kind, problem)
        return self

    def _problem(self) -> str:
        """Give the first thing that is wrong with the claim as a whole, or nothing."""
        names = [step.name for step in self.model]
        asserts = self.kind == "hypothesis"
        checks = (
            (len(set(names)) < len(names), "two measures have one name"),
            (not self.judge, "a claim needs judge"),
            ({test.of for test in self.judge} - set(names), "judge names a measure that is not computed"),
            (
                asserts and None in (self.study, self.depends_on),
                "a hypothesis names the study that tests it, and what it depends on",
            ),
            (
                any((test.supported is None) == asserts for test in self.judge),
                f"a test of this kind needs {'supported' if asserts else 'agrees, not supported'}",
            ),
            (
                any((test.agrees is None) != asserts for test in self.judge),
                f"a test of this kind needs {'supported, not agrees' if asserts else 'agrees'}",
            ),
            (
                asserts and not all(test.because and test.reason for test in self.judge),
                "a test of a hypothesis says what it tests (because) and why its threshold stands there (reason)",
            ),
        )
        return next((text for wrong, text in checks if wrong), "")


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
