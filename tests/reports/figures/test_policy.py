"""The policy timeline: which actions get a bar, from when to when, and what the picture says of them."""

import pytest

import podrace as pr
from podrace.reports.figures.draw import draw
from podrace.reports.figures.policy import Bar, policy_rows, window
from podrace.scenarios.schema import Action

from .test_figures import apart_enough, inside, texts


def act(day, actor, action, item=None, **more):
    fields = {"date": day, "actor": actor, "action": action, "item": item, "source": "what-if", **more}
    return Action.model_validate({key: value for key, value in fields.items() if value is not None})


@pytest.fixture(scope="module")
def real():
    return pr.load("baseline")


def test_the_newest_action_holds():
    rows = policy_rows(
        [
            act("2023-01-01", "us", "control", "hbm", stringency=0.5),
            act("2024-01-01", "us", "control", "hbm", stringency=1.0, until="2026-01-01"),
        ],
        2022.0,
        2027.0,
    )
    assert [row.name for row in rows] == ["HBM"]
    assert rows[0].bars == [Bar(2023.0, 2024.0, 0.5, "50 % cut"), Bar(2024.0, 2026.0, 1.0, "banned")]


def test_a_licence_replaces_a_control_and_an_unchanged_rule_goes_on():
    rows = policy_rows(
        [
            act("2023-01-01", "us", "control", "nvidia.h20", stringency=1.0),
            act("2024-01-01", "us", "control", "nvidia.h20", stringency=1.0),
            act("2025-01-01", "us", "licence", "nvidia.h20", stringency=0.0, fee=0.15, cap=0.5),
        ],
        2022.0,
        2027.0,
    )
    assert [(bar.start, bar.end, bar.text) for bar in rows[0].bars] == [
        (2023.0, 2025.0, "banned"),
        (2025.0, 2027.0, "licensed, fee 15 %, cap 50 %"),
    ]


def test_products_under_one_letter_share_a_row_and_refusals_stand_alone():
    rows = policy_rows(
        [
            act("2022-08-26", "us", "control", "nvidia.a100", stringency=1.0),
            act("2022-08-26", "us", "control", "nvidia.h100", stringency=1.0),
            act("2025-08-01", "china", "purchase_ban", "nvidia.h100", stringency=0.9),
            act("2023-08-01", "china", "counter_measure", "materials"),
            act("2023-12-01", "china", "counter_measure", "materials"),
            act("2023-05-21", "china", "counter_measure", "memory", target="micron"),
            act("2024-01-01", "us", "event", "hbm"),
        ],
        2022.0,
        2027.0,
    )
    assert [row.name for row in rows] == ["A100, H100", "withholds minerals", "refuses H100"]
    assert [bar.end for bar in rows[1].bars] == [2027.0, 2027.0]
    assert rows[2].bars[0].text == "90 % refused"


def test_what_ended_before_the_picture_is_left_out():
    ended = act("2020-01-01", "us", "control", "hbm", stringency=1.0, until="2021-01-01")
    assert policy_rows([ended], 2022.0, 2027.0) == []


def test_the_years_shown(real):
    last = real.timeline[-1].date
    first, end = window(real.timeline, 2022, 2035)
    assert first == 2022
    assert last < end < last + 1.1
    assert window(real.timeline, 2026, 2027)[0] <= last - 3
    assert window(real.timeline, 2022, 2023)[1] <= 2024
    assert window([], 2022, 2024) == (2020.0, 2024.5)


@pytest.mark.parametrize("case", [{}, {"start": 2026, "end": 2027}, {"start": 2022, "end": 2023}])
def test_the_picture_of_the_record(build, real, case):
    made = build(members=3, **case)
    made.scenario.timeline = real.timeline
    figure = draw("timeline", made)
    inside(figure)
    apart_enough(figure)
    words = [text.get_text() for text in texts(figure)]
    assert {"United States", "Allies", "China", "HBM" if case.get("end") != 2023 else "A100, H100"} <= set(words)


def test_the_headline_counts_what_is_in_force(build):
    made = build(members=3)
    made.scenario.timeline = (
        act("2022-03-01", "us", "control", "hbm", stringency=1.0),
        act("2023-03-01", "us", "control", "foundry", stringency=1.0, until="2024-01-01"),
        act("2024-03-01", "china", "purchase_ban", "accelerators", stringency=1.0),
    )
    words = [text.get_text() for text in draw("timeline", made).texts]
    assert "In force in Mar 2024: 1 control, 1 refusal" in words
