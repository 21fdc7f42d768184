"""The generated part of docs/claims.md: all claims with facts, measures, thresholds and verdicts.

`make docs` (or `python -m podrace.reports.claims.page PAGE`) writes what stands between the marks. What members and seed
decide, values and verdicts, stands in the last column of a table: a test compares the rest with what it would write.

- ``<!-- overview -->``: a row for each claim, and how often each verdict is given.
- ``<!-- claims KIND -->``: a section for each claim of a kind.

Each ends at the next ``<!-- end -->``.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...studies.claims import WORDS, word_of
from .table import measured, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...scenarios.claims import Range
    from ...studies.claims import Answer

MEMBERS, SEED = 1000, 0
"""Of the page: what `podrace claims` takes by default."""

MARK = re.compile(r"<!-- (overview|claims)( \w+)? -->\n.*?<!-- end -->", re.DOTALL)
LAST_CELL = re.compile(r"^(\|.*\|)[^|]*\|$", re.MULTILINE)


def refresh(page: str, answers: Sequence[Answer], members: int = MEMBERS, seed: int = SEED) -> str:
    """Write what stands between the marks anew; nothing else changes.

    Parameters
    ----------
    page
        Markdown with marks.
    answers
        All claims, answered with these members and this seed.
    """

    def block(found: re.Match[str]) -> str:
        kind = (found[2] or "").strip()
        lines = _overview(answers, members, seed) if found[1] == "overview" else _sections(answers, kind)
        return "\n".join([f"<!-- {found[1]}{found[2] or ''} -->", "", *lines, "", "<!-- end -->"])

    return MARK.sub(block, page)


def structure(page: str) -> str:
    """Give the page without what members and seed decide: the last cell of each row of a table."""
    return LAST_CELL.sub(r"\1 … |", page)


def _overview(answers: Sequence[Answer], members: int, seed: int) -> Iterable[str]:
    yield f"Baseline, {members:,} members, seed {seed}: `podrace claims --members {members} --seed {seed}`."
    yield ""
    yield "| claim | the article | verdict |"
    yield "| --- | --- | --- |"
    for answer in answers:
        yield f"| [{answer.claim.id}](#{answer.claim.id}) | {answer.claim.stated} | {answer.verdict} |"
    yield ""
    yield "| verdict | claims |"
    yield "| --- | --- |"
    for word, count in tally(answers).items():
        yield f"| {word} | {count} |"


def _sections(answers: Sequence[Answer], kind: str) -> Iterable[str]:
    for answer in answers:
        if answer.claim.kind == kind:
            yield from _section(answer)


def _section(answer: Answer) -> Iterable[str]:
    claim = answer.claim
    yield from (f"### {claim.id}", "", f"*The article:* {claim.stated}.", "", f"*The facts:* {claim.facts}", "")
    yield from ("| the model gives | value |", "| --- | --- |")
    for step in claim.model:
        yield f"| {step.label} | {measured(answer.measures[step.name])} |"
    yield ""
    yield from _tests(answer)
    yield ""


def _tests(answer: Answer) -> Iterable[str]:
    """Write the tests of a claim with their thresholds, and what they found, the verdict last."""
    claim, why = answer.claim, answer.claim.kind == "hypothesis"
    inside, between, _ = WORDS[claim.kind]
    labels = {step.name: step.label for step in claim.model}
    yield f"| test | {inside} | {between} |{' why there |' if why else ''} found |"
    yield f"| --- | --- | --- |{' --- |' if why else ''} --- |"
    for test in claim.judge:
        narrow, wide = (_range(found) for found in test.ranges)
        reason = f" {test.reason} |" if why else ""
        word = word_of(claim, test, answer.measures[test.of])
        yield f"| {test.because or labels[test.of]} | {narrow} | {wide} |{reason} {word} |"
    study = f" to see more: `{claim.study}` |" if why else ""
    yield f"| **verdict** | | |{study} **{answer.verdict}** |"


def _range(found: Range | None) -> str:
    """Write a range of a threshold.

    >>> _range((0.8, 1.0)), _range((0.5, float("inf"))), _range((72.0, 72.0)), _range(None)
    ('0.8 to 1', 'from 0.5', '72', '–')
    """
    if found is None:
        return "–"
    low, high = (f"{end:,.15g}" for end in found)
    if math.isinf(found[1]):
        return f"from {low}"
    if math.isinf(found[0]):
        return f"up to {high}"
    return low if low == high else f"{low} to {high}"


if __name__ == "__main__":
    from ...scenarios.compose import load
    from ...studies.claims import answer_claims, read_claims
    from ...studies.ensemble import run_ensemble

    path = Path(sys.argv[1])
    asked, index = read_claims()
    answered = answer_claims(asked, index, run_ensemble(load("baseline"), members=MEMBERS, seed=SEED))
    path.write_text(refresh(path.read_text(encoding="utf-8"), answered), encoding="utf-8")
    sys.stdout.write(f"{path}: {len(answered)} claims\n")
