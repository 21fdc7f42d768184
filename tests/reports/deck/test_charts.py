"""Charts of a deck: native, with the story's numbers inside."""

import io
import math

import pytest
from openpyxl import load_workbook
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn

from podrace.reports.deck.colours import contrast
from podrace.reports.deck.plan import CHARTS_ON_A_SLIDE, with_unit

KINDS = {
    "fan": {XL_CHART_TYPE.LINE},
    "lines": {XL_CHART_TYPE.LINE},
    "stacked": {XL_CHART_TYPE.COLUMN_STACKED},
    "bars": {XL_CHART_TYPE.BAR_CLUSTERED},
    "dots": {XL_CHART_TYPE.LINE_MARKERS, XL_CHART_TYPE.BAR_CLUSTERED},
}


@pytest.fixture(scope="module")
def drawn(decks, stories):
    """Pair each native chart with the chart of the story that it shows."""
    native = [shape.chart for slide in decks["en"].slides for shape in slide.shapes if shape.has_chart]
    told = [chart for part in stories["en"].sections for chart in part.charts]
    by_title = {chart.title: chart for chart in map(with_unit, told)}
    pairs = [(chart, by_title[chart.chart_title.text_frame.text]) for chart in native]
    assert len(pairs) >= len(told) - CHARTS_ON_A_SLIDE
    return pairs


def sheet(native):
    book = load_workbook(io.BytesIO(native.part.chart_workbook.xlsx_part.blob))
    rows = list(book["Sheet1"].values)
    return {head: [row[place] for row in rows[1:]] for place, head in enumerate(rows[0])}


def test_each_kind_is_a_native_chart(drawn):
    assert {told.kind for _, told in drawn} == set(KINDS)
    for native, told in drawn:
        assert native.chart_type in KINDS[told.kind], told.title


def test_the_workbook_holds_the_numbers_of_the_story(drawn):
    for native, told in drawn:
        columns = sheet(native)
        for series in told.series:
            assert columns[series.name] == pytest.approx(list(series.middle)), told.title
            if series.low and told.kind in ("fan", "lines"):
                assert columns[f"{series.name}, 5 %"] == pytest.approx(list(series.low))
                assert columns[f"{series.name}, 95 %"] == pytest.approx(list(series.high))


def test_the_workbook_and_the_chart_agree(drawn):
    for native, _ in drawn:
        columns = sheet(native)
        for series in native.plots[0].series:
            assert list(series.values) == pytest.approx(columns[series.name])
            place = series._element.find(f"{qn('c:val')}/{qn('c:numRef')}/{qn('c:f')}").text
            assert place.startswith("Sheet1!$")


def test_years_are_dates_and_names_are_names(drawn):
    for native, told in drawn:
        first = sheet(native)[told.title][0]
        assert (str(first.year) if hasattr(first, "year") else first) == told.categories[0]


def test_whiskers_reach_the_ends_of_the_interval(drawn):
    found = [(native, told) for native, told in drawn if told.kind == "dots"]
    assert len(found) == 2
    for native, told in found:
        (bars,) = native._chartSpace.iter(qn("c:errBars"))
        columns = sheet(native)
        (series,) = told.series
        arms = {
            "minus": [middle - low for middle, low in zip(series.middle, series.low, strict=True)],
            "plus": [high - middle for middle, high in zip(series.middle, series.high, strict=True)],
        }
        for name, lengths in arms.items():
            values = [float(point.text) for point in bars.find(qn(f"c:{name}")).iter(qn("c:v"))]
            assert values == pytest.approx(lengths)
            assert lengths in [pytest.approx(column) for column in columns.values() if len(column) == len(lengths)]
        assert native.value_axis.maximum_scale >= max(series.high)


def test_a_side_has_its_colour(drawn):
    for native, told in drawn:
        if told.kind == "fan":
            for line, series in zip(list(native.plots[0].series)[::3], told.series, strict=True):
                assert f"#{line.format.line.color.rgb}".lower() == series.colour


def test_powers_of_ten_span_what_is_drawn(drawn):
    logs = [(native, told) for native, told in drawn if told.log]
    assert logs
    for native, told in logs:
        assert native._chartSpace.find(f".//{qn('c:logBase')}").get("val") == "10"
        values = [value for series in told.series for value in (*series.low, *series.high)]
        low, high = native.value_axis.minimum_scale, native.value_axis.maximum_scale
        assert low <= min(values) < max(values) <= high
        assert math.log10(low) == round(math.log10(low))


def test_line_names_are_readable_and_apart(drawn):
    for native, told in drawn:
        if told.kind != "fan":
            continue
        labels = list(native._chartSpace.iter(qn("c:dLbl")))
        assert len(labels) == len(told.series)
        for label in labels:
            colour = label.find(f".//{qn('a:srgbClr')}").get("val")
            assert contrast(f"#{colour}", "#ffffff") >= 4.5


def test_absent_numbers_are_gaps_and_zero_has_no_place_on_powers_of_ten(small, tmp_path):
    from dataclasses import replace

    from pptx import Presentation

    from podrace.reports.deck.deck import write_deck

    (part,) = small.sections
    (chart,) = part.charts
    thin = replace(chart.series[0], middle=(None, 0.0, *chart.series[0].middle[2:]))
    story = replace(small, sections=(replace(part, charts=(replace(chart, series=(thin, chart.series[1])),)),))
    deck = Presentation(str(write_deck(story, tmp_path / "thin.pptx")[0]))
    (native,) = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert list(native.plots[0].series[0].values)[:3] == [None, None, pytest.approx(thin.middle[2])]
    assert native._chartSpace.chart.find(qn("c:dispBlanksAs")).get("val") == "gap"
