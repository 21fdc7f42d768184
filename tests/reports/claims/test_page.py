"""docs/claims.md: what stands between its marks is that of the claims file; values and verdicts belong to a run."""

import pytest

from podrace.reports.claims.page import MARK, MEMBERS, SEED, refresh, structure
from podrace.studies.claims import Answer, judge, read_claims
from podrace.studies.recipes import Measure


def made(value):
    """Answer every claim with the same number everywhere."""
    answers = []
    for claim in read_claims()[0]:
        measures = {step.name: Measure(value, value, value) for step in claim.model}
        answers.append(Answer(claim, measures, *judge(claim, measures)))
    return answers


@pytest.fixture(scope="module")
def page(request):
    return (request.config.rootpath / "docs" / "claims.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date_in_all_but_the_numbers(page):
    assert structure(refresh(page, made(1.0))) == structure(page), "docs/claims.md is old: make docs"


def test_the_structure_does_not_depend_on_the_numbers(page):
    low, high = (refresh(page, made(value)) for value in (0.0, 7.0))
    assert low != high
    assert structure(low) == structure(high)


def test_a_changed_threshold_makes_the_page_old(page):
    answers = made(1.0)
    first = answers[0]
    moved = tuple(test.model_copy(update={"supported": (0.123, 1.0)}) for test in first.claim.judge)
    changed = Answer(first.claim.model_copy(update={"judge": moved}), first.measures, first.verdict, first.because)
    assert structure(refresh(page, [changed, *answers[1:]])) != structure(page)


def test_every_claim_has_its_section_and_the_run_is_stated(page):
    for answer in made(1.0):
        assert page.count(f"### {answer.claim.id}\n") == 1
    assert f"`podrace claims --members {MEMBERS} --seed {SEED}`" in page
    assert len(MARK.findall(page)) == 4


def test_the_text_around_the_marks_stays(page):
    again = refresh(page, made(1.0))
    assert MARK.sub("", again) == MARK.sub("", page)
