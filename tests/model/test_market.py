"""The market: baskets follow tastes and what has ramped, deliveries follow the orders."""

from types import SimpleNamespace

import pytest

from podrace.model.fleet import Batch
from podrace.model.market import ExportOffer, Market, Offer, export_item

TASTES = {"big": 0.75, "small": 0.25}


@pytest.fixture
def market():
    market = Market()
    market.post(Offer("big", ready=1.0, value_busd=0.4, power_gw=2.0))
    market.post(Offer("small", ready=1.0, value_busd=0.8, power_gw=1.0))
    return market


def batch(packages, h100e):
    return Batch.of(packages=packages, h100e=h100e)


def test_money_splits_by_taste(market):
    wafers = market.wafers(10.0, market.basket(TASTES))
    assert wafers["big"] * 0.4 == pytest.approx(7.5)
    assert wafers["small"] * 0.8 == pytest.approx(2.5)
    assert market.power_of(wafers) == pytest.approx(2.0 * wafers["big"] + wafers["small"])


def test_orders_of_several_buyers_add_up_line_by_line(market):
    market.order("a", {"big": 60.0, "small": 30.0})
    market.order("b", {"big": 30.0})
    assert (market.ordered("big"), market.ordered("small")) == (90.0, 30.0)
    assert market.ordered("nothing of the kind") == 0.0


def test_what_is_ordered_with_all_the_money_costs_all_the_money(market):
    market.order("a", market.wafers(10.0, market.basket(TASTES)))
    assert market.ordered("big") * 0.4 + market.ordered("small") * 0.8 == pytest.approx(10.0)


def test_a_line_that_has_not_ramped_leaves_its_part_to_the_others():
    market = Market()
    market.post(Offer("big", ready=1.0, value_busd=0.4, power_gw=2.0))
    market.post(Offer("small", ready=0.0, value_busd=0.0, power_gw=0.0))
    basket = market.basket({**TASTES, "of another side": 0.5})
    assert {line: float(share) for line, share in basket.items()} == {"big": 1.0, "small": 0.0}
    assert float(market.wafers(10.0, basket)["small"]) == 0.0


def test_deliveries_follow_the_orders_and_lose_nothing(market):
    market.order("a", {"big": 75.0, "small": 25.0})
    market.order("b", {"big": 225.0})
    market.deliver("big", batch(800.0, 80.0), 8.0)
    market.deliver("big", batch(80.0, 8.0), 1.0)
    market.deliver("small", batch(40.0, 4.0), 3.0)
    (got_a, paid_a), (got_b, paid_b) = market.delivered_to("a"), market.delivered_to("b")
    assert got_a.packages == pytest.approx(880.0 / 4 + 40.0)
    assert got_b.packages == pytest.approx(880.0 * 3 / 4)
    assert got_a.h100e + got_b.h100e == pytest.approx(market.delivered.h100e)
    assert paid_a + paid_b == pytest.approx(12.0)
    assert not market.delivered_to("stranger")[0].packages.any()


def test_unfilled_is_the_value_of_the_orders_not_made(market):
    assert market.unfilled_busd() == 0.0
    market.order("a", {"big": 75.0, "small": 25.0})
    market.note_made("big", 30.0)
    market.note_made("small", 25.0)
    assert market.unfilled_busd() == pytest.approx(45.0 * 0.4)


def test_exports_follow_the_orders_from_abroad(market):
    market.order_abroad("x", 30.0)
    market.order_abroad("y", 10.0)
    market.exported, market.export_cost = batch(400.0, 4.0), 8.0
    (got_x, paid_x), (got_y, paid_y) = market.exported_to("x"), market.exported_to("y")
    assert market.export_wafers == 40.0
    assert (float(got_x.packages[0]), float(got_y.packages[0]), paid_x, paid_y) == (300.0, 100.0, 6.0, 2.0)
    assert not market.exported_to("stranger")[0].packages.any()


def test_a_new_year_starts_empty(market):
    market.order("a", {"big": 75.0})
    market.order_abroad("x", 5.0)
    market.deliver("big", batch(800.0, 80.0), 8.0)
    market.open_year()
    assert market.offers == {}
    assert (market.ordered("big"), market.export_wafers) == (0.0, 0.0)
    assert not market.delivered.packages.any()


def test_a_fee_makes_the_foreign_chip_dearer_for_its_buyer():
    product = SimpleNamespace(chip=SimpleNamespace(id="nvidia_h20", tpp=2368.0), per_wafer=29.0, price_usd=12_000.0)
    free, taxed = (ExportOffer(product, export_item(product), 1.0, 0.95, fee=fee) for fee in (0.0, 0.25))
    assert taxed.value_busd == pytest.approx(1.25 * free.value_busd)
    assert free.value_busd == pytest.approx(29 * 0.95 * 12_000 / 1e9)
    assert ExportOffer(product, export_item(product), 1.0, 0.95, quoted=1.3).value_busd == pytest.approx(
        1.3 * free.value_busd
    )
    assert export_item(product).name == "nvidia.h20"
