"""How dated actions are read: newest holds, until ends, shares of years, windows multiplied date by date."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.controls import Item, Schedule, mean_over_year, sale_window

FAST = settings(max_examples=100, deadline=None, derandomize=True, database=None)
HBM = Item("hbm")
H20 = Item("nvidia.h20", tpp=2368.0)


def act(date, stringency=1.0, *, item="hbm", actor="us", action="control", until=None, tpp=None, announced=None):
    return SimpleNamespace(
        date=date, until=until, actor=actor, action=action, item=item, stringency=stringency, threshold_tpp=tpp,
        cap=None, fee=None, announced=announced,
    )  # fmt: skip


def schedule(*actions, item=HBM, actor="us", kinds=("control", "licence")):
    return Schedule(actions, actor, kinds, item)


def test_nothing_holds_before_the_first_action():
    plan = schedule(act(2024.5, 0.4))
    assert (plan.stringency(2024.49), plan.stringency(2024.5), plan.stringency(2030.0)) == (0.0, 0.4, 0.4)
    assert schedule().mean_stringency(2024) == 0.0


def test_the_newest_holds_whatever_its_size_and_the_order_of_the_file():
    plan = schedule(act(2025.0, 0.2, action="licence"), act(2023.0, 1.0))
    assert (plan.stringency(2024.0), plan.stringency(2025.0)) == (1.0, 0.2)


def test_until_ends_an_action_and_the_older_one_holds_again():
    plan = schedule(act(2023.0, 0.3), act(2024.0, 1.0, until=2024.5))
    assert [plan.stringency(t) for t in (2023.5, 2024.2, 2024.5, 2025.0)] == [0.3, 1.0, 0.3, 0.3]
    assert plan.mean_stringency(2024) == pytest.approx(0.65)


def test_an_action_inside_a_year_counts_for_the_share_left():
    september = 2025 + 8 / 12
    assert schedule(act(september)).mean_stringency(2025) == pytest.approx(4 / 12)


def test_other_actors_kinds_and_items_do_not_count():
    others = (act(2020.0, actor="china"), act(2020.0, action="event"), act(2020.0, item="equipment"))
    assert schedule(*others).stringency(2025.0) == 0.0


def test_thresholds_cover_products_by_tpp_and_names_cover_one():
    by_tpp = act(2022.8, item="accelerators", tpp=4800.0)
    assert not H20.covered_by(by_tpp)
    assert Item("nvidia.h100", 15_824.0).covered_by(by_tpp)
    assert Item("nvidia.edge", 4800.0).covered_by(by_tpp), "at the threshold"
    assert H20.covered_by(act(2025.0, item="nvidia.h20"))
    assert H20.covered_by(act(2025.0, item="accelerators"))
    assert not Item("hbm").covered_by(act(2025.0, item="accelerators"))


@FAST
@given(
    dates=st.lists(st.floats(2024.0, 2026.0), max_size=4), levels=st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4)
)
def test_mean_over_a_year_agrees_with_a_fine_grid(dates, levels):
    plan = schedule(*(act(date, level) for date, level in zip(dates, levels, strict=False)))
    fine = sum(plan.stringency(2025 + (step + 0.5) / 4000) for step in range(4000)) / 4000
    assert plan.mean_stringency(2025) == pytest.approx(fine, abs=2e-3)
    assert mean_over_year(lambda _: 0.3, dates, 2025) == pytest.approx(0.3)


def test_sale_window_multiplies_date_by_date():
    """A ban to mid-July and a refusal from August leave two weeks, not a product of two averages."""
    supply = schedule(act(2025.25, item="nvidia.h20"), act(2025.5, 0.0, item="nvidia.h20", action="licence"), item=H20)
    refusal = schedule(
        act(2025.75, item="nvidia.h20", actor="china", action="purchase_ban"),
        item=H20,
        actor="china",
        kinds=("purchase_ban",),
    )
    assert sale_window(supply, refusal, 2025) == pytest.approx(0.5)
    assert (1 - supply.mean_stringency(2025)) * (1 - refusal.mean_stringency(2025)) == pytest.approx(0.5625)
    assert sale_window(supply, refusal, 2024) == 1.0
    assert sale_window(supply, refusal, 2026) == 0.0
