"""Which accelerator a US-led designer offers to China, and what comes of the sale."""

import numpy as np
import pytest

from podrace.agents.chip_firms import falls_short
from podrace.agents.export_grades import export_offer, licensed_grade, open_grade

CALM = {"behaviour.reactions": False}
LICENCES = {"behaviour.rules.licences": True, "behaviour.rules.controls": False, "behaviour.rules.acceptance": False}


@pytest.fixture
def seller(world):
    """Give the exporting designer of a world in which every second member has a licence by rule."""
    made = world(LICENCES, year=2029)
    firm = made.lead_firm["us"]
    made.us_government.licensing = np.tile([1.0, 0.0], made.inputs.members // 2)
    firm.quoted = firm.markup()
    return firm


def test_a_licence_by_rule_gives_the_newer_grade_for_its_fee(seller):
    government = seller.model.us_government
    plain, newer = open_grade(seller), licensed_grade(seller)
    assert newer.expected_start > plain.expected_start, "else nothing is tested"
    offer = export_offer(seller)
    licensed = government.licensing > 0
    whole = np.ones(licensed.size)
    np.testing.assert_allclose((offer.grade.h100e * whole)[licensed], (newer.h100e * whole)[licensed], rtol=1e-12)
    np.testing.assert_allclose((offer.grade.h100e * whole)[~licensed], (plain.h100e * whole)[~licensed], rtol=1e-12)
    np.testing.assert_allclose(
        (offer.grade.price_usd * whole)[licensed], (newer.price_usd * whole)[licensed], rtol=1e-12
    )
    _, dated_fee = seller.model.licence_terms(plain)
    np.testing.assert_array_equal((offer.fee * whole)[licensed], (government.licence_fee * whole)[licensed])
    np.testing.assert_array_equal((offer.fee * whole)[~licensed], dated_fee)
    assert np.all(np.isinf((offer.most_packages * whole)[licensed])), "a licence by rule has no cap"
    opened = seller.model.licensed_window(newer) * whole
    np.testing.assert_array_equal((offer.window * whole)[licensed], opened[licensed])


def test_without_a_licence_only_dated_terms_count(seller):
    seller.model.us_government.licensing = np.zeros(seller.model.inputs.members)
    offer, plain = export_offer(seller), open_grade(seller)
    assert [product.chip.id for product, _ in offer.grade.parts] == [plain.chip.id]
    cap, fee = seller.model.licence_terms(plain)
    assert offer.fee == fee
    if cap is not None:
        sold = cap * seller.sold_at_home.get(plain.chip.id, 0.0) - seller.sold_abroad.get(plain.chip.id, 0.0)
        np.testing.assert_allclose(offer.most_packages, np.maximum(sold, 0.0), rtol=1e-12)


def test_licences_only_for_chips_old_enough(seller):
    government = seller.model.us_government
    newest = licensed_grade(seller)
    assert government.licensable(newest.expected_start)
    younger = [p for p in seller.on_sale if p.expected_start > newest.expected_start]
    assert not any(government.licensable(product.expected_start) for product in younger)


def test_an_exported_package_counts_the_same_on_every_basis(world):
    """What China imports is so many packages of the grade: compute on both bases, power, price with the fee."""
    made = world(CALM)
    sold = 0
    while made.year < 2030:
        made.step()
        market = made.markets["us"]
        packages, grade = market.exported.packages, market.export.grade
        for basis in ("h100e", "h100e_bf16", "power_gw"):
            got = getattr(market.exported, basis)
            np.testing.assert_allclose(got, packages * getattr(grade, basis), rtol=1e-12, err_msg=basis)
        cost = packages * grade.price_usd * market.export.quoted * (1.0 + market.export.fee) / 1e9
        np.testing.assert_allclose(market.export_cost, cost, rtol=1e-9)
        sold += int(np.sum(packages > 0))
    assert sold > 0


def test_a_home_package_counts_the_same_on_every_basis(world):
    """At full memory grade a firm's sales are its packages times what each chip's data sheet says."""
    made = world({**CALM, "behaviour.rules.mix_to_low_memory": False}, year=2027)
    made.step()
    for side in ("china", "us"):
        for firm in made.firms[side]:
            for basis in ("h100e", "h100e_bf16", "power_gw"):
                got = sum(getattr(batch, basis) for batch in firm.home_sales)
                parts = sum(packages * getattr(product, basis) for product, packages in firm.packages_by_product)
                np.testing.assert_allclose(got, parts, rtol=1e-9, atol=1e-12, err_msg=f"{firm.name} {basis}")


def test_short_means_short_beyond_rounding():
    got = np.array([0.0, 1.0, 1.0 - 1e-8, 0.999])
    assert falls_short(got, np.array([0.0, 1.0, 1.0, 1.0])).tolist() == [False, False, False, True]
