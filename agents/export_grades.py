"""Which grade a US-led designer offers to China: the newest that rules leave open, or a newer one under a licence."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..model.market import ExportOffer, export_item
from ..model.numbers import Numbers, positive
from ..model.products import Product, blend


def export_offer(firm: Any) -> ExportOffer:
    """Offer the grade that trade is open for longest; a newer one to those members where a licence allows it."""
    world = firm.model
    product, newer = open_grade(firm), licensed_grade(firm)
    cap, fee = world.licence_terms(product)
    window, licensed = world.trade_window(product), world.us_government.licensing
    most: Numbers = np.inf
    if cap is not None:
        home, abroad = (sold.get(product.chip.id, 0.0) for sold in (firm.sold_at_home, firm.sold_abroad))
        most = positive(cap * home - abroad)
    if newer is None or newer.expected_start <= product.expected_start or not np.any(licensed):
        grade = blend([product], [1.0])
    else:
        allowed = np.greater(licensed, 0.0)
        grade = blend([product, newer], [1.0 - licensed, licensed])
        window = np.where(allowed, world.licensed_window(newer), window)
        most = np.where(allowed, np.inf, most)
        fee = np.where(allowed, world.us_government.licence_fee, fee)
    return ExportOffer(grade, export_item(product), window, firm.package_yield, most, fee, firm.quoted)


def open_grade(firm: Any) -> Product:
    """Give the newest of the grades for which dated rules leave trade open longest, compliant ones made for them.

    Without the rule the firm offers its newest accelerator alone.
    """
    on_sale: list[Product] = firm.on_sale
    if not firm.process("compliant_grades"):
        return on_sale[-1]
    return max(on_sale, key=lambda product: (firm.model.dated_window(product), product.expected_start))


def licensed_grade(firm: Any) -> Product | None:
    """Give the newest accelerator that is old enough for a licence by rule."""
    government = firm.model.us_government
    if not government.reacting("licences"):
        return None
    old = [product for product in firm.on_sale if government.licensable(product.expected_start)]
    return old[-1] if old else None
