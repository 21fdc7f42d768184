"""Stores: balances, lumps that cannot feed the past, the date of the run-out; tools and HBM depots."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.depot import HbmDepot
from podrace.model.stock import Stock, runout_date, usable_in_year
from podrace.model.tools import ToolStore

FAST = settings(max_examples=150, deadline=None, derandomize=True, database=None)
amount = st.floats(0.0, 1e6)
lumps_ = st.lists(st.tuples(st.floats(0.0, 1.0), amount), max_size=4)


@FAST
@given(opening=amount, steady=amount, lumps=lumps_)
def test_usable_is_what_an_even_rate_can_draw(opening, steady, lumps):
    """At the rate found the store never falls below zero, and at any higher rate it would."""
    rate = float(usable_in_year(opening, steady, lumps))
    everything = opening + steady + sum(size for _, size in lumps)
    assert 0 <= rate <= everything * (1 + 1e-12)

    def lowest(draw):
        points = [(1.0, everything - draw)]
        for date, _ in lumps:
            before = sum(size for other, size in lumps if other < date)
            points.append((date, opening + steady * date + before - draw * date))
        return min(level for _, level in points)

    slack = 1e-6 * (1.0 + everything)
    assert lowest(rate) >= -slack
    if rate > 0 and min((date for date, _ in lumps if date > 0), default=1.0) > 0.01:
        assert lowest(rate * 1.01 + 100 * slack) < 0


def test_a_lump_at_new_year_is_opening_stock():
    assert float(usable_in_year(1.0, 2.0, [(0.0, 9.0)])) == 12.0
    assert float(usable_in_year(0.0, 0.0, [(11.5 / 12, 112.0)])) == 0.0


def test_runout_date():
    never = float("nan")
    assert float(runout_date(2026, 3.0, 6.0, never)) == 2026.5
    assert np.isnan(runout_date(2026, 3.0, 2.9, never)), "it lasts"
    assert np.isnan(runout_date(2026, 0.0, 1.0, never)), "an empty store does not run out"
    assert float(runout_date(2026, 3.0, 6.0, 2024.2)) == 2024.2, "the first date stands"
    assert float(runout_date(2026, 3.0, 3.0, never)) == 2027.0
    members = runout_date(2026, np.array([1.0, 1.0]), np.array([4.0, 0.5]), np.array([np.nan, np.nan]))
    assert members[0] == 2026.25
    assert np.isnan(members[1])


@FAST
@given(start=amount, steady=amount, lump=amount, share=st.floats(0.0, 1.0))
def test_stock_balance(start, steady, lump, share):
    stock = Stock(start)
    stock.open_year()
    stock.receive(steady)
    stock.receive(lump, 0.5)
    drawn = share * float(stock.usable)
    stock.close_year(drawn)
    assert float(stock.level) == pytest.approx(start + steady + lump - drawn, abs=1e-6, rel=1e-9)
    assert stock.level >= 0
    stock.open_year()
    assert stock.arrived == 0.0


def test_stock_refuses_to_go_below_zero():
    stock = Stock(np.array([1.0, 5.0]))
    stock.open_year()
    with pytest.raises(ArithmeticError, match="below zero"):
        stock.close_year(np.array([2.0, 2.0]))


def test_tools_are_installed_as_far_as_they_are_there():
    tools = ToolStore(1.0)
    tools.open_year()
    tools.take_home(0.5)
    tools.take_imports(2.0)
    tools.counter.ask("logic", 4.0)
    tools.counter.ask("memory", 3.0)
    tools.share_out()
    assert float(tools.installed) == 3.5
    assert float(tools.store.level) == 0.0
    assert float(tools.counter.granted("logic")) == pytest.approx(2.0)


def depot_year(depot, *, made, asked, year=2026, imported=0.0, smuggled=0.0):
    depot.open_year()
    depot.deliver(made)
    depot.import_pb(imported)
    depot.smuggle_pb(smuggled)
    depot.counter.ask("firm", asked)
    depot.share_out(year)
    depot.take(depot.counter.granted("firm"))
    depot.close_year()


def test_a_depot_that_keeps_carries_over_and_dates_its_runout():
    depot = HbmDepot(10.0, keeps=True)
    depot_year(depot, made=2.0, asked=6.0)
    assert float(depot.store.level) == 6.0
    assert np.isnan(depot.runout)
    depot_year(depot, made=2.0, asked=14.0, year=2027)
    assert float(depot.store.level) == 0.0
    assert float(depot.runout) == 2027.5
    assert (float(depot.used), float(depot.other)) == (8.0, 0.0)
    depot_year(depot, made=2.0, asked=14.0, year=2028)
    assert float(depot.runout) == 2027.5
    assert float(depot.asked) == 14.0


def test_a_depot_that_does_not_keep_passes_the_rest_on():
    depot = HbmDepot(0.0, keeps=False)
    depot_year(depot, made=10.0, asked=6.0)
    assert (float(depot.used), float(depot.other), float(depot.store.level)) == (6.0, 4.0, 0.0)


def test_a_depot_exports_no_more_than_it_has():
    depot = HbmDepot(1.0, keeps=False)
    depot.open_year()
    depot.deliver(4.0)
    assert float(depot.send_abroad(3.0)) == 3.0
    assert float(depot.send_abroad(3.0)) == 2.0
    depot.counter.ask("firm", 9.0)
    depot.share_out(2026)
    assert float(depot.counter.granted("firm")) == 0.0
