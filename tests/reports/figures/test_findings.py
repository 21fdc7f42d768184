"""Headlines state what the data say: other data, other words."""

import numpy as np
import pytest

from podrace.model.registry import SIDES
from podrace.reports.figures.draw import FIGURES, draw
from podrace.reports.figures.panels import focus
from podrace.reports.figures.style import TITLE, theme
from podrace.reports.text import number


def title(figure) -> str:
    """Take the largest text of a picture."""
    return max(figure.texts, key=lambda text: text.get_fontsize()).get_text()


@pytest.fixture
def changed(build):
    """Give an ensemble with some variables replaced."""

    def make(**changes):
        made = build(members=40)
        for name, change in changes.items():
            data = made.data[name].copy()
            made.data[name] = change(data) if callable(change) else data * 0 + change
        return made

    return make


def path(levels_china, levels_us):
    """Replace a variable by given levels per year for all members."""

    def change(data):
        out = data.copy()
        for side, levels in zip(SIDES, (levels_china, levels_us), strict=True):
            out.loc[{"side": side}] = np.broadcast_to(levels, out.sel(side=side).shape)
        return out

    return change


@pytest.mark.parametrize(("name", "variable"), [("cluster", "cluster_training_eflops"), ("fleet", "fleet_h100e")])
def test_the_gap_is_that_of_2030_with_its_interval(ensemble, name, variable):
    level = ensemble.data[variable].sel(year=2030)
    low, middle, high = np.quantile(level.sel(side="us") / level.sel(side="china"), (0.05, 0.5, 0.95))
    assert f"{number(middle)}× ({number(low)}–{number(high)})" in title(draw(name, ensemble))
    assert "2030" in title(draw(name, ensemble))


def test_the_headline_turns_where_china_leads(changed):
    made = changed(fleet_h100e=path(6e6, 2e6))
    assert title(draw("fleet", made)) == "2030: China's fleet is 3.0× the US-led one"
    levels = {
        "chip_fp8_tflops": (1, 8), "pod_fp8_pflops": (4, 2), "cluster_training_eflops": (1, 3), "fleet_h100e": (1, 20)
    }  # fmt: skip
    made = changed(**{name: path(*pair) for name, pair in levels.items()})
    assert title(draw("capability", made)) == "2030: China leads 2.0× in pods, and trails 20× in fleets"


def test_a_run_without_2030_speaks_of_its_last_year(build):
    made = build(members=5, end=2027)
    assert focus(made.data) == 2027
    assert title(draw("cluster", made)).startswith("2027: ")


def test_the_lag_in_words(changed):
    growth = 2.0 ** np.arange(14)
    made = changed(
        cluster_training_eflops=path(growth / 2**3, growth),
        fleet_h100e=path(growth / 2**5, growth),
    )
    figure = draw("lag", made)
    assert title(figure) == "2030: China is 3.0 years behind in clusters, 5.0 years in fleets"
    assert any("China's largest cluster of end 2030 is the US-led one of 2028" in t.get_text() for t in figure.texts)
    made = changed(cluster_training_eflops=path(growth, growth / 4), fleet_h100e=path(0.5, growth))
    assert title(draw("lag", made)) == "2030: China is 2.0 years ahead in clusters, over 8 years in fleets"


def test_what_binds_in_words(changed):
    codes = np.where(np.arange(2022, 2036) < 2029, 1, 0)
    assert title(draw("binding", changed(binding_input=path(codes, codes)))) == (
        "China's chip output is limited by HBM in 2026 (100 %), logic dies in 2030 (100 %)"
    )
    assert "HBM in 2026 (100 %) and 2030 (100 %)" in title(draw("binding", changed(binding_input=1)))


def test_when_the_stores_are_gone_in_words(changed):
    made = changed(die_runout_year=2026.3, hbm_runout_year=np.nan)
    assert title(draw("stockpiles", made)) == "China's stores: foreign dies gone by Apr 2026, HBM lasts beyond 2035"


def test_power_in_words(changed):
    made = changed(fleet_power_gw=path(2.0, 9.0), ai_power_available_gw=10.0)
    assert title(draw("power", made)) == "2030: the US-led side uses 90 % of its AI power, China 20 %"


def test_home_share_beside_output(changed):
    falling = np.r_[1e5, 2e5, 4e5, 1e5, np.linspace(2e5, 9e6, 10)]
    made = changed(localisation_hbm=np.nan, h100e_produced=path(falling, 1e6))
    share = np.r_[0.1, 0.1, 0.2, 0.9, np.ones(10)]
    made.data["localisation_hbm"] = path(share, 1.0)(made.data["localisation_hbm"])
    assert title(draw("localisation", made)) == "2024–25: home share of HBM up from 20 to 90 %, output down 75 %"
    made.data["h100e_produced"] = path(np.linspace(1e6, 9e6, 14), 1e6)(made.data["h100e_produced"])
    assert "home share of HBM up from 10 to 100 %, output up" in title(draw("localisation", made))


def test_the_ledger_in_words_and_bars_that_add_up(changed):
    made = changed(
        fleet_h100e=path(4e6, 40e6), fleet_smuggled_h100e=path(1e6, 0.0), fleet_rented_h100e=path(2e6, 0.0),
        fleet_h100e_used=path(6e6, 38e6), fleet_h100e_located=path(4e6, 40e6),
    )  # fmt: skip
    figure = draw("ledger", made)
    assert title(figure) == "2022: of what China owns 25 % is smuggled; renting adds 50 %"
    tops = [max(patch.get_y() + patch.get_height() for patch in ax.patches) for ax in figure.axes]
    np.testing.assert_allclose(tops, [6.0, 40.0])


def test_nothing_to_compare_has_a_plain_title(changed):
    made = changed(fleet_h100e=0.0)
    assert title(draw("fleet", made)) == "The computing power each side owns"


@pytest.mark.parametrize("name", FIGURES)
def test_headlines_fit_on_one_line(ensemble, name):
    figure = draw(name, ensemble)
    head = max(figure.texts, key=lambda text: text.get_fontsize())
    with theme():
        figure.canvas.draw()
        assert head.get_window_extent().x1 < 0.985 * figure.get_figwidth() * figure.dpi
    assert TITLE >= head.get_fontsize() >= 22
