"""Room for text: estimates on the wide side, sizes that fit, cuts that show."""

import pytest

from podrace.reports.deck.colours import contrast, standing_out
from podrace.reports.deck.grid import PAD_ACROSS, grids
from podrace.reports.deck.ground import SLIM_LETTERS
from podrace.reports.deck.labels import apart
from podrace.reports.deck.measure import Room, fitting, height, shortened, width, wrap
from podrace.reports.story.parts import Table

TEXT = "In 2028 the US-led side owns 47 times China's computing power"


def test_lines_fit_and_lose_nothing():
    lines = wrap(TEXT, 20, 150)
    assert " ".join(lines) == TEXT
    assert all(width(line, 20) <= 150 for line in lines)


def test_a_word_wider_than_its_column_breaks():
    lines = wrap("Zwischenlagerkapazitätsausbauplanungen", 20, 100)
    assert len(lines) > 1
    assert "".join(lines) == "Zwischenlagerkapazitätsausbauplanungen"


def test_hangul_is_square_and_its_lines_are_higher():
    assert width("연산력", 10) == 30
    assert height(["연산력"], 10, 100) > height(["abc"], 10, 100)


def test_the_largest_size_that_fits_is_taken():
    room = Room(300, 60)
    size = fitting([TEXT], room, 40, 10)
    assert height([TEXT], size, 300) <= 60 < height([TEXT], size + 1, 300)
    assert fitting([TEXT], Room(50, 20), 40, 10) is None


@pytest.mark.parametrize("text", [TEXT * 20, "x" * 900])
def test_a_cut_text_fits_and_says_so(text):
    cut = shortened(text, 20, Room(300, 50))
    assert cut.endswith("…")
    assert height([cut], 20, 300) <= 50
    assert shortened("short", 20, Room(300, 50)) == "short"


def test_labels_move_apart_and_stay_below_the_top():
    moved = apart([99.0, 98.0, 97.0, 10.0], 10.0, 100.0)
    ordered = sorted(moved)
    assert all(upper - lower >= 10 - 1e-9 for lower, upper in zip(ordered, ordered[1:], strict=False))
    assert max(moved) <= 100
    assert moved[3] == 10.0
    assert moved[0] > moved[1] > moved[2]


@pytest.mark.parametrize("behind", ["#ffffff", "#000000", "#0b1f33"])
def test_colours_stand_out_from_any_background(behind):
    for colour in ("#1f5fa8", "#c8384a", "#1d2530", "#f2d43d"):
        assert contrast(standing_out(colour, behind, 4.5), behind) >= 4.5
    assert standing_out("#1f5fa8", "#ffffff") == "#1f5fa8"


def test_heads_of_a_table_stay_on_the_lines_counted_for_them():
    heads = ("US-led over China", "Baseline", "Chips for a share", "HBM ban fully enforced")
    rows = (("The largest 90-day run", "7.9× (3.5–17)", "3.5× (2.5–6.8)", "8.0× (3.9–17)"),) * 5
    (grid,) = grids(Table(heads, rows), Room(873.6 / SLIM_LETTERS, 350), 1.0)
    assert grid.heights[0] == grid.heights[1]
    arial = 0.97  # over the estimate, for the widest words
    for head, room in zip(heads, grid.widths, strict=True):
        assert width(head, grid.size, bold=True) * arial <= (room - PAD_ACROSS * grid.size) * SLIM_LETTERS
