"""The market: orders follow the offered mix, deliveries follow the orders."""

from types import SimpleNamespace

import pytest

from podrace.model.fleet import Batch
from podrace.model.market import ExportOffer, Market, Offer, export_item


@pytest.fixture
def market():
    market = Market()
    market.post(Offer("big", weight=3.0, value_busd=0.4, power_gw=2.0))
    market.post(Offer("small", weight=1.0, value_busd=0.8, power_gw=1.0))
    return market


def test_orders_split_by_weight(market):
    market.order("a", 100.0)
    market.order("b", 20.0)
    assert (market.ordered("big"), market.ordered("small")) == (90.0, 30.0)
    assert market.ordered("nothing of the kind") == 0.0


def test_affordable_is_the_smaller_of_money_and_power(market):
    value, power = (3 * 0.4 + 0.8) / 4, (3 * 2.0 + 1.0) / 4
    assert float(market.affordable_wafers(10.0, 1e9)) == pytest.approx(10.0 / value)
    assert float(market.affordable_wafers(1e9, 7.0)) == pytest.approx(7.0 / power)


def test_what_is_ordered_with_all_the_money_costs_all_the_money(market):
    market.order("a", market.affordable_wafers(10.0, 1e9))
    assert market.ordered("big") * 0.4 + market.ordered("small") * 0.8 == pytest.approx(10.0)


def test_deliveries_follow_the_orders_and_lose_nothing(market):
    market.order("a", 100.0)
    market.order("b", 300.0)
    market.deliver("big", Batch(800.0, 80.0), 8.0)
    market.deliver("big", Batch(80.0, 8.0), 1.0)
    market.deliver("small", Batch(40.0, 4.0), 3.0)
    (got_a, paid_a), (got_b, paid_b) = market.delivered_to("a"), market.delivered_to("b")
    assert got_a.packages == pytest.approx(230.0)
    assert got_a.packages + got_b.packages == pytest.approx(market.delivered.packages)
    assert paid_a + paid_b == pytest.approx(12.0)
    assert market.delivered_to("stranger")[0].packages == 0.0


def test_filled_is_the_share_of_orders_made(market):
    assert market.filled() == 1.0
    market.order("a", 100.0)
    market.note_made("big", 30.0)
    market.note_made("small", 25.0)
    assert market.filled() == pytest.approx(0.55)


def test_a_new_year_starts_empty(market):
    market.order("a", 100.0)
    market.export_wafers = 5.0
    market.open_year()
    assert (market.offers, market.ordered("big"), market.export_wafers, market.delivered.packages) == (
        [],
        0.0,
        0.0,
        0.0,
    )


def test_a_fee_makes_the_foreign_chip_dearer_for_its_buyer():
    product = SimpleNamespace(chip=SimpleNamespace(id="nvidia_h20", tpp=2368.0), per_wafer=29.0, price_usd=12_000.0)
    free, taxed = (ExportOffer(product, export_item(product), 1.0, 0.95, fee=fee) for fee in (0.0, 0.25))
    assert taxed.value_busd == pytest.approx(1.25 * free.value_busd)
    assert free.value_busd == pytest.approx(29 * 0.95 * 12_000 / 1e9)
    assert ExportOffer(product, export_item(product), 1.0, 0.95, quoted=1.3).value_busd == pytest.approx(
        1.3 * free.value_busd
    )
    assert export_item(product).name == "nvidia.h20"
