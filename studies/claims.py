"""The founding article's claims held against facts and model: measures by recipe, verdicts by stated thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..scenarios.claims import Claim, Test, load_claims
from ..scenarios.compose import load
from ..scenarios.fact_index import load_index
from ..scenarios.layers import PACKAGED
from . import fact_recipes  # noqa: F401  (registers its recipes)
from .ensemble import Ensemble
from .recipes import Context, Measure, measure, problem

if TYPE_CHECKING:
    from pathlib import Path

    from ..scenarios.fact_index import Index
    from ..scenarios.reader import Document
    from ..scenarios.scenario import Scenario

AGREES, PARTLY, DIFFERS = "agrees", "partly", "differs"


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
        return self.verdict == DIFFERS


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
    claims: Sequence[Claim], index: Index, base: Ensemble, load_scenario: Callable[[str], Scenario] = load
) -> list[Answer]:
    """Answer claims on an ensemble.

    Parameters
    ----------
    claims, index : from :func:`read_claims`
    base : the ensemble of the base scenario
    load_scenario : gives a what-if by name; each is run with the members and the seed of the base

    Returns
    -------
    list of Answer
        In the order of the claims.
    """
    context = Context(base, index, load_scenario)
    answers = []
    for claim in claims:
        measures = {step.name: measure(context, step.recipe, step.options) for step in claim.model}
        verdict, because = judge(claim, measures)
        answers.append(Answer(claim, measures, verdict, because))
    return answers


def judge(claim: Claim, measures: dict[str, Measure]) -> tuple[str, str]:
    """Give the verdict of a claim and its reason.

    All tests agree: agrees; all differ: differs; anything between: partly. A hypothesis stays open.
    """
    if claim.kind == "hypothesis":
        return f"open: study {claim.study}", ""
    words = [_word(test, measures[test.of].median) for test in claim.judge]
    reasons = [f"{test.because or test.of}: {word}" for test, word in zip(claim.judge, words, strict=True)]
    verdict = words[0] if len(set(words)) == 1 else PARTLY
    return verdict, "; ".join(reasons)


def _word(test: Test, found: float) -> str:
    if test.agrees[0] <= found <= test.agrees[1]:
        return AGREES
    if test.partly is not None and test.partly[0] <= found <= test.partly[1]:
        return PARTLY
    return DIFFERS


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
