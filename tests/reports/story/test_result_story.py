"""What a result's story promises: its sections in order, and headlines that the numbers bear out, whatever they are."""

import re

import numpy as np
import pytest

import podrace as pr
from podrace.reports.story.caveats import caveats
from podrace.reports.story.drivers import Drivers, assumptions, drivers
from podrace.reports.story.telling import story_of, story_of_result
from podrace.reports.story.view import View

KEYS = [
    "question", "answer", "capability_chip_pod", "capability_cluster", "capability_fleet", "binding", "stockpiles",
    "power", "timeline", "drivers", "assumptions", "caveats",
]  # fmt: skip
FLEETS = ("fleet_h100e", "fleet_h100e_bf16")


@pytest.fixture(scope="module")
def story(result):
    return story_of_result(result)


def headline(made, key):
    return story_of_result(made).section(key).headline


def ratio(result, name="fleet_h100e", year=2030):
    data = result.data[name].sel(year=year)
    return (data.sel(side="us") / data.sel(side="china")).to_numpy()


def test_sections_in_order(story):
    assert [section.key for section in story.sections] == KEYS
    assert (story.language, story.title) == ("en", "Baseline")


def test_lines_fit_a_slide(story, changed, swapped):
    told = [story, story_of_result(changed(members=1)), story_of_result(changed(fleet_h100e=swapped("fleet_h100e")))]
    told.append(story_of_result(pr.run("full_decoupling", members=2)))
    for section in (section for one in told for section in one.sections):
        assert 0 < len(section.headline) <= 110, section.headline
        assert len(section.points) <= 5
        assert all(0 < len(point) <= 90 for point in section.points), section.points
        assert "{" not in "".join((section.headline, *section.points, *section.notes))


def test_charts_and_tables_are_whole(story):
    for section in story.sections:
        for chart in section.charts:
            assert chart.described
            assert chart.title
            for series in chart.series:
                lengths = {len(part) for part in (series.middle, series.low, series.high, series.quarter) if part}
                assert lengths == {len(chart.categories)}
                assert re.fullmatch("#[0-9a-f]{6}", series.colour)
        if section.table:
            assert {len(row) for row in section.table.rows} == {len(section.table.columns)}
            assert len(section.table.links) in {0, len(section.table.rows)}


def test_the_answer_is_the_median_and_its_interval(result, story):
    low, middle, high = np.quantile(ratio(result), (0.05, 0.5, 0.95))
    said = re.search(r"owns ([\d,.]+)× \(([\d,.]+)–([\d,.]+)\) China", story.section("answer").headline)
    told = [float(text.replace(",", "")) for text in said.groups()]
    assert told == pytest.approx([middle, low, high], rel=0.06)
    assert story.section("answer").headline.endswith("it leads in all 24 futures")


def test_the_answer_turns_when_china_leads(changed, swapped, result):
    made = changed(**{name: swapped(name) for name in FLEETS})
    found = headline(made, "answer")
    assert found.startswith("In 2030 China owns ")
    assert f"{np.median(ratio(result)):.0f}×" in found
    assert headline(made, "capability_fleet").startswith("In 2030 China leads by ")
    assert (
        "A Chinese lead of 10× or more: almost certain, in all 24 futures"
        in story_of_result(made).section("answer").points[0]
    )


def test_equal_sides_are_level(changed):
    made = changed(fleet_h100e=5e6)
    said = "In 2030 both sides own about the same computing power; the US-led side leads in none of 24 futures"
    assert headline(made, "answer") == said
    assert "the sides are level in 8-bit computing power" in headline(made, "capability_fleet")


def test_an_open_race_is_called_open(changed):
    def open_race(data):
        factor = np.exp(np.linspace(-1, 1.2, data.sizes["member"]))
        array = data["fleet_h100e"] * 0 + 1e6
        return array * np.where(array["side"] == "us", factor[:, None, None], 1.0)

    made = changed(fleet_h100e=open_race)
    share = float((ratio(made) > 1).mean())
    assert headline(made, "answer").endswith(f"it leads in {100 * share:.0f} % of futures")
    open_line = "The interval spans parity: who leads in 2030 is open"
    assert any(line.startswith(open_line) for line in story_of_result(made).section("caveats").points)


@pytest.mark.parametrize(
    ("us", "china", "said"),
    [
        (5e6, 0.0, "In 2030 only the US-led side owns AI computing power"),
        (0.0, 5e6, "In 2030 only China owns AI computing power"),
        (0.0, 0.0, "In 2030 neither side owns AI computing power"),
    ],
)
def test_a_side_without_any(changed, us, china, said):
    made = changed(
        fleet_h100e=lambda data: (data["fleet_h100e"] * 0 + us).where(data["side"] == "us", china),
        fleet_h100e_bf16=0.0,
    )
    assert headline(made, "answer") == said


def test_a_single_future_has_no_odds(changed):
    made = story_of_result(changed(members=1))
    assert made.section("answer").headline.endswith("in the one future computed")
    text = "\n".join((section.headline + "\n".join(section.points)) for section in made.sections)
    assert "of futures" not in text
    assert "in all futures" not in text
    assert all(not series.low for chart in made.section("answer").charts for series in chart.series)
    assert "One future alone: no interval, no probability" in made.section("caveats").points


def test_what_binds_is_what_the_members_say(changed, story, result):
    made = changed(binding_input=1, fleet_binding=2)
    said = "2030: China's chips limited by HBM (100 % of futures), the US-led fleet by power (100 %)"
    assert headline(made, "binding") == said
    codes = result.data["binding_input"].sel(year=2030, side="china").to_numpy()
    shares = [float((codes == code).mean()) for code in range(4)]
    chart = story.section("binding").charts[0]
    drawn = sum(series.middle[chart.categories.index("2030")] for series in chart.series)
    assert drawn == pytest.approx(100 * sum(shares))


def test_nothing_that_binds_is_said_to_bind(changed):
    assert "binding" not in [
        s.key for s in story_of_result(changed(binding_input=np.nan, fleet_binding=np.nan)).sections
    ]
    only_china = headline(changed(fleet_binding=np.nan, binding_input=3), "binding")
    assert only_china == "2030: China's chips limited by demand (100 % of futures)"


def test_stores_that_last_are_said_to_last(changed):
    full = {"hbm_runout_year": np.nan, "hbm_stockpile_pb": 5.0}
    made = changed(die_runout_year=lambda data: data["fleet_h100e"] * 0 + 2026.3, **full)
    said = "China's stores: foreign-made dies gone in Apr 2026, the HBM bought ahead not gone by the end of 2035"
    assert headline(made, "stockpiles") == said


def test_a_store_without_a_last_day_that_is_empty_for_a_while_is_not_said_to_last(changed):
    made = changed(hbm_runout_year=np.nan, hbm_stockpile_pb=0.0)
    assert headline(made, "stockpiles").endswith("the HBM store refilled from abroad")


def test_dates_are_no_more_exact_than_their_interval(changed):
    spread_out = changed(hbm_runout_year=lambda data: data["fleet_h100e"] * 0 + 2025.5 + data["member"] % 6)
    assert "the HBM bought ahead gone in 2028" in headline(spread_out, "stockpiles")


def test_power_used_is_the_share_drawn(changed):
    made = changed(fleet_power_gw=9.0, ai_power_available_gw=10.0)
    said = "In 2030 the US-led side draws 90 % of the power it has for AI, China 90 %"
    assert headline(made, "power") == said


def test_the_timeline_counts_what_is_in_force(story):
    found = story.section("timeline")
    assert re.match(r"In force in \w{3} 2026: \d+ controls, \d+ licences, \d+ refusals", found.headline)
    rows = {(row[1], row[2]): row[3] for row in found.table.rows}
    assert rows["United States", "HBM"] == "banned"
    assert rows["China", "NVIDIA H200"] == "refused"


def test_the_picture_counts_the_same_acts(story, result):
    """At two dates without an act between them."""
    counts = story.section("timeline").headline.partition(": ")[2]
    said = [text.get_text() for text in result.plot("timeline").texts]
    assert any(text.startswith("In force in ") and text.endswith(f": {counts}") for text in said), (counts, said)


def test_what_is_no_longer_controlled_is_no_licence():
    made = story_of_result(pr.run("no_chip_controls", members=2, years=(2024, 2030))).section("timeline")
    assert ("Oct 2023", "United States", "Accelerators", "not controlled") in made.table.rows
    assert ", 3 licences, " in made.headline


def test_a_scenario_tells_of_its_own_acts():
    made = story_of_result(pr.run("chips_for_share", members=2, years=(2024, 2030)))
    assert made.section("question").headline == '"Chips for a share": how far apart are the two sides in 2030?'
    assert "this scenario sets 8 of its own" in made.section("timeline").headline
    assert ("Oct 2026", "United States", "NVIDIA H200", "licensed, fee 25 %") in made.section("timeline").table.rows


def test_the_strongest_assumption_leads_the_drivers(result, story):
    table = result.assumptions("fleet_h100e", 2030, "ratio")
    ends = sorted((table["at_low"].iloc[0], table["at_high"].iloc[0]))
    found = story.section("drivers")
    assert found.headline.startswith(
        "What moves the gap of 2030 most: Share of SMIC's good dies that become AI products"
    )
    assert f"({ends[0]:.0f}× to {float(f'{ends[1]:.2g}'):.0f}×)" in found.headline
    chart = found.charts[0]
    change = 100 * (table["at_low"].iloc[0] / table["central"].iloc[0] - 1)
    assert chart.series[0].middle[0] == pytest.approx(change)
    assert len(chart.categories) == 10


def test_assumptions_have_their_numbers_and_sources(result, story):
    found = story.section("assumptions").table
    paths = result.assumptions("fleet_h100e", 2030, "ratio").index[: len(found.rows)]
    addresses = {str(source.get("address", "")) for source in result.scenario.sources.values()}
    for path, row, link in zip(paths, found.rows, found.links, strict=True):
        record = result.scenario.record(path)
        assert row[-1] == record.as_of
        assert row[4] == record.confidence.replace("_", " ")
        assert link in addresses
    judged = sum(result.scenario.record(path).confidence == "judgement" for path in paths)
    assert story.section("assumptions").headline == f"{judged} of the 10 strongest assumptions rest on judgement"


def test_an_answer_that_nothing_moves(result):
    run = result.ensemble
    view = View(run.data, run.scenario, run.members, run.seed)
    still = Drivers(view, lambda *place: result.assumptions(*place).assign(span=0.0))
    assert drivers(still).headline == "No single uncertain number moves the gap of the fleets in 2030"
    assert assumptions(still).table is None
    assert caveats(view, still).headline == "A conditional statement, not a forecast"


def test_a_short_run_speaks_of_its_last_year():
    made = story_of(pr.run("baseline", members=2, years=(2025, 2026)))
    assert [section.key for section in made.sections] == KEYS
    assert made.section("answer").headline.startswith("In 2026 the US-led side owns ")


def test_a_year_alone_has_a_story():
    made = story_of(pr.run("baseline", members=3, years=(2026, 2026)))
    assert made.section("answer").charts[0].categories == ("2026",)


def test_the_reproduction_box_repeats_the_run(story, result):
    box = dict(story.reproduction)
    assert (box["scenario"], box["members"], box["seed"]) == ("baseline", "24", "5")
    assert box["command"] == "podrace run baseline --members 24 --seed 5 --years 2022:2035"
    assert result.scenario.hash.startswith(box["hash"])


def test_texts_of_authors_stay_as_they_are(result):
    from dataclasses import replace

    scenario = replace(result.scenario, title="<b>{braces}</b> & more", description="100 % {sure}")
    made = type(result)(replace(result.ensemble, scenario=scenario))
    told = story_of_result(made, "ko")
    assert told.title == "<b>{braces}</b> & more"
    assert "100 % {sure}" in told.section("question").notes
