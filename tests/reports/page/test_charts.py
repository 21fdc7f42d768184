"""Charts of a page: what is drawn, and that one look is drawn everywhere."""

from dataclasses import replace

import altair as alt
import pytest

from podrace.reports.figures.style import CATEGORY_COLOURS, SIDE_COLOURS
from podrace.reports.page.charts import NARROW, WIDE, specification
from podrace.reports.page.colours import DARK_GROUND, ENOUGH, colour, contrast, dark_rules
from podrace.reports.page.drawings import data_table, drawing
from podrace.reports.page.scales import kept, scale_of, spread_text, written
from podrace.reports.page.stills import still
from podrace.reports.story.parts import Chart, Series


@pytest.fixture
def charts(story):
    return {chart.title: chart for section in story.sections for chart in section.charts}


def lines(*values, **more):
    return Chart("lines", "t", "u", ("2025", "2026"), (Series("a", values),), "d", **more)


def every_value(node, key):
    if isinstance(node, dict):
        yield from ([node[key]] if key in node else [])
        for child in node.values():
            yield from every_value(child, key)
    elif isinstance(node, list):
        for child in node:
            yield from every_value(child, key)


def test_specifications_are_valid(charts):
    for chart in charts.values():
        for across in (WIDE, NARROW):
            alt.Chart.from_dict(specification(chart, across, live=True), validate=True)


def test_every_kind_is_drawn_at_both_widths_in_the_colours_of_its_series(charts):
    for chart in charts.values():
        for across in (WIDE, NARROW):
            svg = still(chart, across, "x")
            assert all(series.colour in svg for series in chart.series), chart.kind
            assert f'viewBox="0 0 {across} ' in svg


def test_stills_have_no_names_in_common(charts):
    chart = charts["Computing power owned, million H100e"]
    names = [set(re_ids(still(chart, WIDE, name))) for name in ("a", "b")]
    assert not names[0] & names[1]


def re_ids(svg):
    import re

    return re.findall(r'\bid="([^"]*)"', svg)


def test_live_charts_answer_the_pointer_and_stills_do_not(charts):
    for chart in charts.values():
        live, quiet = (specification(chart, live=answer) for answer in (True, False))
        tips = [tip for tip in every_value(live, "tooltip") if isinstance(tip, list)]
        assert tips, chart.kind
        assert not [tip for tip in every_value(quiet, "tooltip") if isinstance(tip, list)]


def test_pointer_values_have_their_intervals(charts):
    live = specification(charts["Computing power owned, million H100e"], live=True)
    rows = [row for data in live["datasets"].values() for row in data if "v0" in row]
    assert {"x": "2030", "v0": "5.2 (2.9–8.8)", "v1": "56 (31–95)"} in rows


def test_a_specification_holds_no_address_and_is_the_same_every_time(charts):
    for chart in charts.values():
        document = specification(chart, live=True)
        assert document == specification(chart, live=True)
        assert "url" not in list(every_keys(document))


def every_keys(node):
    if isinstance(node, dict):
        yield from node
        for child in node.values():
            yield from every_keys(child)
    elif isinstance(node, list):
        for child in node:
            yield from every_keys(child)


def test_names_of_scenarios_are_never_part_of_an_expression(charts):
    chart = charts["China's fleet of 2030 beside the base"]
    evil = replace(chart, categories=("'+alert(1)+'", "b", "c"))
    for key in ("expr", "labelExpr", "signal", "test"):
        assert not [found for found in every_value(specification(evil, live=True), key) if "alert" in str(found)]


def test_the_table_behind_a_chart_has_a_row_for_each_category(charts):
    for chart in charts.values():
        table = data_table(chart)
        assert [row[0] for row in table.rows] == list(chart.categories)
        assert table.columns[1:] == tuple(series.name for series in chart.series)
    assert data_table(charts["China's fleet of 2030 beside the base"]).rows[1] == ("CXMT stalls", "0.52 (0.41–0.77)")


def test_a_key_tells_series_apart_by_colour_and_mark(charts):
    keys = drawing(charts["Computing power owned, million H100e"], "c").keys
    assert [(key.name, key.colour) for key in keys] == [
        ("China", SIDE_COLOURS["china"]),
        ("US-led", SIDE_COLOURS["us"]),
    ]
    assert keys[0].path != keys[1].path


def test_missing_values_leave_a_gap(charts):
    document = specification(charts["Years by which China is behind"])
    rows = [row for data in document["datasets"].values() for row in data if row.get("s") == "s1"]
    assert rows[0]["m"] is None


@pytest.mark.parametrize(
    ("chart", "ends"),
    [
        (lines(3.0, 8.0), (0.0, 8.0)),
        (lines(-3.0, 8.0), (-4.0, 8.0)),
        (lines(2026.2, 2027.9), (2026.0, 2028.0)),
        (lines(0.3, 4000.0, log=True), (0.2, 5000.0)),
        (lines(None, None), (0.0, 1.0)),
        (lines(None, None, log=True), (1.0, 10.0)),
        (lines(0.0, 0.0), (0.0, 1.0)),
    ],
)
def test_an_axis_holds_all_values_and_begins_at_nothing_where_it_can(chart, ends):
    scale = scale_of(chart)
    assert scale.ends == pytest.approx(ends)
    assert all(scale.ends[0] <= mark <= scale.ends[1] for mark in scale.marks)


def test_an_axis_of_powers_never_reaches_nothing():
    series = (Series("a", (0.0, 5.0), (0.0, 0.0), (0.0, 9.0)),)
    chart = Chart("fan", "t", "u", ("2025", "2026"), series, "d", log=True)
    rows = [row for data in specification(chart)["datasets"].values() for row in data if "l" in row]
    assert all(row["l"] > 0 and row["h"] > 0 for row in rows)


def test_numbers_lose_digits_that_say_nothing():
    assert [written(value) for value in (0.98, 1234.5, 0.0, 2.04)] == ["0.98", "1,230", "0", "2.0"]
    assert spread_text(Series("a", (-1.0,), (-2.0,), (0.5,)), 0) == "−1 (−2 to 0.5)"
    assert spread_text(Series("a", (2026.27,), (2026.0,), (2027.5,)), 0, dates=True) == "2026.3 (2026.0–2027.5)"


def test_the_last_year_is_always_named():
    years = [str(year) for year in range(2022, 2036)]
    assert kept(years, 1000, 13.0) == years
    assert kept(years, 300, 13.0)[-1] == "2035"


def test_colours_stay_legible_in_the_dark():
    for light, dark in dark_rules([*SIDE_COLOURS.values(), *CATEGORY_COLOURS.values()]):
        if dark not in {DARK_GROUND, "#2d353e"}:
            assert contrast(dark, DARK_GROUND) >= ENOUGH, light


def test_only_colours_pass_as_colours():
    assert colour("#12ab9F") == "#12ab9f"
    assert colour('#123456"/><script>') == colour("red") == "#5a6470"
