"""What a comparison's story promises: paired changes, the strongest what-if first, and plain words where nothing moves."""

import re
from dataclasses import replace

import numpy as np
import pytest

from podrace.reports.compare.comparison import Comparison
from podrace.reports.story.pairs import Pairs
from podrace.reports.story.telling import story_of, story_of_comparison
from podrace.studies.compare import run_paired

KEYS = [
    "question", "answer", "capability", "capability_fleet", "binding", "stockpiles", "power", "timeline", "differences",
    "regret", "drivers", "assumptions", "caveats",
]  # fmt: skip


@pytest.fixture(scope="module")
def story(comparison):
    return story_of_comparison(comparison)


@pytest.fixture(scope="module")
def alone(comparison):
    """Give the comparison with one of its what-ifs alone, its numbers changed."""

    def make(name, members=None, **factors):
        paired = comparison.paired
        other = next(other for other in paired.others if other.scenario.name == name)
        arrays = {key: array * np.array(factors.get(key, (1.0, 1.0)))[:, None] for key, array in other.arrays.items()}
        base = paired.base_arrays
        if members is not None:
            arrays, base = ({key: array[..., :members] for key, array in told.items()} for told in (arrays, base))
        count = paired.members if members is None else members
        return Comparison(replace(paired, others=(replace(other, arrays=arrays),), base_arrays=base, members=count))

    return make


def gaps(arrays, years, year=2030):
    china, us = arrays["fleet_h100e"][years.index(year)]
    return us / china


def test_sections_in_order(story):
    assert [section.key for section in story.sections] == KEYS
    assert story.title == "3 what-ifs beside Baseline"


def test_lines_fit_a_slide(story, alone):
    told = [story, *(story_of(alone(name)) for name in ("hbm_gap", "rental_ban")), story_of(alone("hbm_gap", 1))]
    for section in (section for one in told for section in one.sections):
        assert 0 < len(section.headline) <= 110, section.headline
        assert len(section.points) <= 5
        assert all(0 < len(point) <= 90 for point in section.points)
        assert "{" not in "".join((section.headline, *section.points, *section.notes))
        for chart in section.charts:
            assert all(len(series.middle) == len(chart.categories) for series in chart.series)
        if section.table:
            assert {len(row) for row in section.table.rows} == {len(section.table.columns)}


def test_the_answer_is_the_largest_change(comparison, story):
    paired = comparison.paired
    base = gaps(paired.base_arrays, paired.years)
    other = next(other for other in paired.others if other.scenario.name == "chips_for_share")
    moved = gaps(other.arrays, paired.years)
    said = re.match(r'"Chips for a share": the gap of 2030 goes from (\d+)× to ([\d.]+)×, smaller in all 20 futures',
                    story.section("answer").headline)  # fmt: skip
    assert [float(text) for text in said.groups()] == pytest.approx([np.median(base), np.median(moved)], rel=0.06)
    assert (moved < base).all()


def test_a_narrowing_counts_as_much_as_a_widening_by_the_same_factor(alone):
    tenth = Pairs(alone("hbm_gap", fleet_h100e=(10.0, 1.0)).paired).change
    threefold = alone("rental_ban", fleet_h100e=(1 / 3, 1.0)).paired.others
    pairs = Pairs(
        replace(
            alone("hbm_gap", fleet_h100e=(10.0, 1.0)).paired,
            others=(*threefold, *alone("hbm_gap", fleet_h100e=(10.0, 1.0)).paired.others),
        )
    )
    assert tenth is not None
    assert [other.scenario.name for other in pairs.others] == ["hbm_gap", "rental_ban"]


@pytest.mark.parametrize(
    ("china", "said", "sign"),
    [
        (2.0, "narrows the gap of 2030 in all 20 futures: −", "smaller"),
        (0.5, "widens the gap of 2030 in all 20 futures: +", "larger"),
    ],
)
def test_the_direction_follows_the_numbers(alone, china, said, sign):
    made = story_of(alone("rental_ban", fleet_h100e=(china, 1.0)))
    assert said in made.section("differences").headline
    assert made.section("answer").headline.endswith(f"{sign} in all 20 futures")
    change = made.section("differences").charts[0].series[0]
    assert change.middle[0] == pytest.approx(100 * (1 / china - 1))
    assert made.section("capability_fleet").headline.startswith('With "Rented compute is banned" China owns ')
    assert ("+100 %" if china > 1 else "−50 %") in made.section("capability_fleet").points[0]


def test_what_moves_nothing_is_said_to_move_nothing(comparison):
    base = comparison.paired.base
    twin = replace(base, name="twin", title="A twin")
    made = story_of(Comparison(run_paired(base, [twin], 3, seed=5)))
    assert made.section("answer").headline == '"A twin" changes nothing: no recorded number differs in any future'
    assert made.section("capability").headline == "From chip to fleet no ratio of the sides changes in 2030"
    assert made.section("differences").headline == '"A twin" leaves the gap of 2030 as it is'
    assert made.section("regret").headline == "For neither side does it matter which scenario comes"
    assert made.section("caveats").points[0].startswith("Moves nothing: A twin")
    assert made.section("timeline").headline == "No dated act sets the scenarios apart: numbers and rules alone"


def test_what_leaves_the_gap_alone_says_what_it_moves(alone):
    found = story_of(alone("rental_ban")).section("answer")
    assert found.headline.startswith('"Rented compute is banned" hardly changes the gap of 2030')
    assert any(line.startswith("Rented compute is banned moves from 2027 on: ") for line in found.points)


def test_a_single_future_has_no_odds(alone):
    made = story_of(alone("chips_for_share", 1))
    text = "\n".join(section.headline + "\n".join(section.points) for section in made.sections)
    assert not re.search("median|most often", text)
    assert "futures" not in text.replace("; 1 futures", "")
    assert made.section("answer").headline.startswith('"Chips for a share": the gap of 2030 goes from ')


def test_regret_names_the_best(comparison, story):
    table = comparison.regret("china", 2030).sort_index().loc["china", "fleet_h100e", "lead"]
    assert table["best"].idxmax() == "chips_for_share"
    assert story.section("regret").headline.startswith('Best for China: "Chips for a share"')
    rows = {row[0]: row for row in story.section("regret").table.rows}
    assert rows["Chips for a share"][1:3] == ("0 %", "100 %")


def test_acts_that_set_them_apart_are_told(story):
    found = story.section("timeline")
    assert found.headline == "Dated acts beside the base, from Oct 2026 on: 11 are added"
    assert ("Oct 2026", "Chips for a share", "United States", "NVIDIA H200", "licensed, fee 25 %") in found.table.rows


def test_what_binds_in_both(alone):
    made = alone("hbm_gap")
    paired = made.paired
    paired.others[0].arrays["binding_input"][:] = 2.0
    paired.base_arrays["binding_input"][:] = 1.0
    said = '2030: China\'s chips are most often limited by HBM; with "HBM ban fully enforced" by packaging'
    assert story_of(made).section("binding").headline == said


def test_a_change_against_which_many_futures_move_says_so(alone):
    paired = alone("rental_ban").paired
    factor = np.where(np.arange(20) < 14, 2.0, 0.5)[:, None, None]
    other = paired.others[0]
    arrays = other.arrays | {"fleet_h100e": other.arrays["fleet_h100e"].copy()}
    at = next(axis for axis, size in enumerate(arrays["fleet_h100e"].shape) if size == 20)
    shape = [20 if axis == at else 1 for axis in range(3)]
    china = np.ones(arrays["fleet_h100e"].shape)
    china[...] = factor.reshape(shape)
    which = next(axis for axis, size in enumerate(china.shape) if size == 2)
    keep = [slice(None)] * 3
    keep[which] = 1
    china[tuple(keep)] = 1.0
    arrays["fleet_h100e"] = arrays["fleet_h100e"] * china
    made = story_of(Comparison(replace(paired, others=(replace(other, arrays=arrays),))))
    said = '"Rented compute is banned" narrows the gap of 2030 in 70 % of futures, widens it in 30 %: median −50 %'
    assert made.section("differences").headline == said
