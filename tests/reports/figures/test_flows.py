"""Who supplies whom: the whole table is drawn, sides are kept apart, small names are put together."""

import numpy as np
import pandas as pd
import pytest

from podrace.reports.figures.flows import COLUMNS, MOST_NAMES, suppliers
from podrace.reports.figures.style import SIDE_COLOURS, theme

from .test_figures import apart_enough, inside, png, texts

FLOWS = {
    ("nvidia", "microsoft"): 6.0e6,
    ("nvidia", "meta"): 4.0e6,
    ("google", "google"): 5.0e6,
    ("amd", "meta"): 1.0e6,
    ("huawei", "bytedance"): 8.0e4,
    ("huawei", "state"): 1.2e5,
    ("nvidia", "bytedance"): 2.0e4,
}
CHINA = ("huawei", "bytedance", "state")
SIDES = {name: "china" if name in CHINA else "us" for pair in FLOWS for name in pair}


def table(flows=FLOWS, year=2026):
    rows = [(year, *pair, amount, 0.7 * amount, amount, 1.5 * amount) for pair, amount in flows.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def make(*arguments, **named):
    with theme():
        return suppliers(*arguments, **named)


def words(figure):
    return [text.get_text() for text in texts(figure)]


def test_a_panel_for_the_buyers_of_each_side():
    figure = make(table(), 2026, sides=SIDES, names={"nvidia": "NVIDIA", "huawei": "Huawei"}, source="podrace x")
    inside(figure)
    apart_enough(figure)
    found = words(figure)
    assert "2026: NVIDIA supplies 62 % of US-led demand, Huawei 91 % of China's demand" in found
    assert "To buyers of the US-led side: 16 million" in found
    assert "To buyers of China: 220 thousand" in found
    assert {"NVIDIA 62 %", "NVIDIA 9 %", "Huawei 91 %", "microsoft 6.0", "state 120", "podrace x"} <= set(found)
    assert "6.0 (4.2–9.0)" in found
    assert min(text.get_fontsize() for text in texts(figure)) >= 16


def test_heights_are_amounts():
    figure = make(table(), 2026, sides=SIDES)
    for ax in figure.axes:
        left = [patch.get_height() for patch in ax.patches if patch.get_x() == 0.0]
        right = [patch.get_height() for patch in ax.patches if patch.get_x() > 0.0]
        assert sum(left) == pytest.approx(sum(right))
    us = [patch.get_height() for patch in figure.axes[0].patches if patch.get_x() == 0.0]
    assert us[-1] / us[0] == pytest.approx(10 / 1, rel=1e-9)  # drawn from the bottom: AMD first, NVIDIA last


def test_suppliers_keep_the_colour_of_their_side():
    figure = make(table(), 2026, sides=SIDES)
    colours = {text.get_text(): text.get_color() for text in figure.axes[1].texts}
    assert colours["nvidia 9 %"] == SIDE_COLOURS["us"]
    assert colours["huawei 91 %"] == SIDE_COLOURS["china"]


def test_without_sides_one_panel():
    figure = make(table(), 2026)
    assert len(figure.axes) == 1
    assert any("of all demand" in text for text in words(figure))


def test_small_names_are_put_together():
    many = {("nvidia", f"buyer_{k}"): 1e6 / (k + 1) for k in range(20)} | {
        (f"maker_{k}", "buyer_0"): 1e4 for k in range(20)
    }
    figure = make(table(many), 2026)
    inside(figure)
    apart_enough(figure)
    assert len(figure.axes[0].patches) == 2 * MOST_NAMES
    assert sum("others" in text for text in words(figure)) == 2


def test_any_order_of_rows_gives_the_same_picture():
    shuffled = table().sample(frac=1, random_state=np.random.default_rng(1))
    assert png(make(shuffled, 2026, sides=SIDES)) == png(make(table(), 2026, sides=SIDES))


def test_other_years_and_nothing_sold():
    both = pd.concat([table(), table({("huawei", "state"): 0.0}, 2027)])
    assert any("2027: nobody sells" in text for text in words(make(both, 2027)))
    with pytest.raises(ValueError, match="no flows of 2030; the table has 2026 to 2027"):
        make(both, 2030)
    with pytest.raises(ValueError, match="need the column 'buyer'"):
        make(both.drop(columns="buyer"), 2026)
