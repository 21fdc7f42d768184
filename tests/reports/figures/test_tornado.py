"""The tornado: the widest bars on top, names in words, values of the assumptions at the ends."""

import numpy as np
import pytest
from matplotlib.text import Text

import podrace as pr
from podrace.reports.figures.draw import draw
from podrace.reports.figures.style import theme
from podrace.reports.figures.tornado import BARS, HIGH_COLOUR, LOW_COLOUR, tornado
from podrace.reports.words import amount, in_words


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.fixture(scope="module")
def result():
    return pr.run("baseline", members=2, years=(2022, 2028))


def test_bars_run_from_the_low_end_to_the_high_end(ensemble):
    figure = draw("tornado", ensemble)
    (ax,) = figure.axes
    bars = {(bar.get_y(), bar.get_facecolor()[:3]): bar for bar in ax.patches}
    assert len(bars) == 2 * 4  # the assumption that moves nothing has no bar
    widest = max(ax.patches, key=lambda bar: bar.get_y())
    assert {abs(bar.get_width()) for bar in ax.patches if bar.get_y() == widest.get_y()} == {30.0, 60.0}
    assert LOW_COLOUR != HIGH_COLOUR


def test_assumptions_are_named_in_words_with_their_values(ensemble):
    found = texts(draw("tornado", ensemble))
    assert "SMIC's wafers for AI, wafers/month" in found
    assert {"4,000", "15 k", "2027.5", "2029.1", "central 60.0×"} <= set(found)


@pytest.mark.parametrize("name", ["tornado", "tornado_cluster"])
def test_it_is_drawn_of_a_real_run(result, name):
    figure = result.plot(name)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert 3 < len(labels) <= BARS
    assert not any("." in label and "_" in label for label in labels)
    assert "2028" in " ".join(texts(figure))
    with theme():
        box = figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    assert min(box.x0, box.y0, wide - box.x1, high - box.y1) > 0


def test_a_scenario_without_uncertainty_says_so(result):
    from dataclasses import replace

    scenario = result.scenario
    fixed = {
        path: record.model_copy(update={"dist": "constant", "low": None, "high": None})
        for path, record in scenario.records.items()
    }
    certain = replace(scenario, records=fixed)
    figure = tornado(replace(result.ensemble, scenario=certain), "fleet_h100e", "ratio")
    assert "no uncertain assumption moves it" in texts(figure)


def test_the_table_behind_it(result):
    table = result.assumptions("fleet_h100e", 2028, "ratio")
    assert table["span"].is_monotonic_decreasing
    central = result.central["fleet_h100e"].sel(year=2028)
    expected = float(central.sel(side="us") / central.sel(side="china"))
    np.testing.assert_allclose(table["central"], expected)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("grids.us.ai_power_growth", "US grid: AI power growth"),
        ("hardware.reliability.mtbf_hours", "Reliability: MTBF hours"),
        ("fleet.life", "Fleet: life"),
        ("product_lines.nvidia.weight", "NVIDIA: weight"),
        ("products.huawei_ascend_970.ramp_start", "Huawei Ascend 970: ramp start"),
    ],
)
def test_paths_in_words(path, said):
    assert in_words(path) == said


def test_chips_go_by_their_names():
    labels = {"chips.huawei_ascend_970.name": "Ascend 970 (970DT)"}
    assert in_words("products.huawei_ascend_970.dies", labels) == "Ascend 970: dies"
    assert amount(None) == "–"
