"""The founding article's claims held against facts and model: measures by recipe, verdicts by stated thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..scenarios.claims import Claim, Test, load_claims
from ..scenarios.compose import load
from ..scenarios.fact_index import load_index
from ..scenarios.layers import PACKAGED
from . import fact_recipes, thesis_recipes, what_if_recipes  # noqa: F401  (they register their recipes)
from .ensemble import Ensemble
from .recipes import Context, Measure, measure, problem

if TYPE_CHECKING:
    from pathlib import Path

    from ..scenarios.fact_index import Index
    from ..scenarios.reader import Document
    from ..scenarios.scenario import Scenario

Progress = Callable[[str, float], None]
AGREES, PARTLY, DIFFERS = "agrees", "partly", "differs"
SUPPORTED, DEPENDS, NOT_SUPPORTED = "supported", "depends", "not supported"
WORDS = {
    "fact": (AGREES, PARTLY, DIFFERS),
    "derived": (AGREES, PARTLY, DIFFERS),
    "hypothesis": (SUPPORTED, DEPENDS, NOT_SUPPORTED),
}
"""What a test of each kind of claim can say: inside the narrow range, inside the wide one, outside both."""


@dataclass(frozen=True)
class Answer:
    """One claim answered: its measures by name, the verdict, and how it came about."""

    claim: Claim
    measures: dict[str, Measure]
    verdict: str
    because: str

    @property
    def finding(self) -> bool:
        """Whether facts or model contradict what the article states."""
        return self.verdict in (DIFFERS, NOT_SUPPORTED)

    @property
    def word(self) -> str:
        """The verdict in one of the six words, without what it depends on."""
        return DEPENDS if self.verdict.startswith(DEPENDS) else self.verdict


def read_claims(folder: Path = PACKAGED.facts) -> tuple[tuple[Claim, ...], Index]:
    """Read and check the claims, recipes and their options included.

    Raises
    ------
    ScenarioError
        With all faults of the file.
    """
    index = load_index(folder)
    claims, doc = load_claims(folder, index.facts)
    check_recipes(claims, doc)
    return claims, index


def answer_claims(
    claims: Sequence[Claim],
    index: Index,
    base: Ensemble,
    load_scenario: Callable[[str], Scenario] = load,
    progress: Progress | None = None,
) -> list[Answer]:
    """Answer claims on an ensemble.

    Parameters
    ----------
    claims, index : from :func:`read_claims`
    base : the ensemble of the base scenario
    load_scenario : gives a what-if by name; each is run with the members and the seed of the base
    progress : called with the claim being answered and the share done

    Returns
    -------
    list of Answer
        In the order of the claims.
    """
    context = Context(base, index, load_scenario)
    answers = []
    for count, claim in enumerate(claims):
        if progress:
            progress(claim.id, count / len(claims))
        measures = {step.name: measure(context, step.recipe, step.options) for step in claim.model}
        verdict, because = judge(claim, measures)
        answers.append(Answer(claim, measures, verdict, because))
    return answers


def judge(claim: Claim, measures: dict[str, Measure]) -> tuple[str, str]:
    """Give the verdict of a claim and its reason.

    All tests say the same: that is the verdict. Otherwise a fact or a derived claim agrees partly, and a hypothesis
    depends on what the claim names.
    """
    words = [word_of(claim, test, measures[test.of]) for test in claim.judge]
    reasons = [f"{test.because or test.of}: {word}" for test, word in zip(claim.judge, words, strict=True)]
    middle = WORDS[claim.kind][1]
    verdict = words[0] if len(set(words)) == 1 else middle
    return f"{DEPENDS} on {claim.depends_on}" if verdict == DEPENDS else verdict, "; ".join(reasons)


def word_of(claim: Claim, test: Test, found: Measure) -> str:
    """Give the word of one test: whether the middle of a measure lies in the narrow range, the wide one, or neither."""
    inside, between, outside = WORDS[claim.kind]
    for word, wanted in zip((inside, between), test.ranges, strict=True):
        if wanted is not None and wanted[0] <= found.median <= wanted[1]:
            return word
    return outside


def check_recipes(claims: Sequence[Claim], doc: Document) -> None:
    """Add a fault for each unknown recipe, option, variable or side."""
    for index, claim in enumerate(claims):
        for place, step in enumerate(claim.model):
            wrong = problem(step.recipe, step.options)
            if wrong is not None:
                message, found, known = wrong
                hint = doc.faults.near(found, known)
                doc.fault(("claims", index, "model", place), message, found=found, nearest=hint)
    doc.faults.check()
