"""Pictures: fixed colours, nothing clipped, nothing of the user's Matplotlib touched, the same bytes every time."""

import io
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from podrace.model.registry import VARIABLES
from podrace.reports.figures.charts import apart
from podrace.reports.figures.draw import FIGURES, draw, plot
from podrace.reports.figures.style import CATEGORY_COLOURS, INPUT_COLOURS, SIDE_COLOURS, save_figure, theme


def colours(figure: Figure) -> set[str]:
    return {to_hex(line.get_color()) for ax in figure.axes for line in ax.get_lines()}


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def inside(figure: Figure) -> None:
    """Check that all that is drawn lies within the picture."""
    with theme():
        box = figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    assert min(box.x0, box.y0, wide - box.x1, high - box.y1) > 0, box


def apart_enough(figure: Figure) -> None:
    """Check that no two labels at the ends of lines touch."""
    with theme():
        figure.canvas.draw()
    for ax in figure.axes:
        boxes = [text.get_window_extent() for text in ax.texts if text.get_text().strip()]
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    with theme():
        figure.savefig(buffer, format="png", dpi=30)
    return buffer.getvalue()


def test_the_standard_pictures():
    wanted = ["cluster", "fleet", "capability", "lag", "binding", "stockpiles", "localisation", "power", "ledger"]
    assert [name for name in FIGURES if name in wanted] == wanted
    assert "timeline" in FIGURES


def test_the_sides_keep_their_colours(ensemble):
    assert SIDE_COLOURS == {"china": "#c8384a", "us": "#1f5fa8"}
    for figure in (draw("cluster", ensemble), draw("fleet", ensemble), plot(ensemble, "h100e_produced")):
        assert set(SIDE_COLOURS.values()) <= colours(figure)
    assert SIDE_COLOURS["us"] not in colours(draw("stockpiles", ensemble))
    assert len(set(CATEGORY_COLOURS.values()) | set(INPUT_COLOURS.values())) == len(CATEGORY_COLOURS) + 2


@pytest.mark.parametrize("colour", SIDE_COLOURS.values())
def test_the_colours_can_be_read_on_white(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    assert 1.05 / (np.dot(linear, (0.2126, 0.7152, 0.0722)) + 0.05) > 4.5


@pytest.mark.parametrize("name", FIGURES)
def test_a_slide_with_title_and_source_and_large_type(ensemble, name):
    figure = draw(name, ensemble)
    assert (figure.get_size_inches() * figure.dpi == (1600, 900)).all()
    found = texts(figure)
    assert min(text.get_fontsize() for text in found) >= 16
    source = next(text.get_text() for text in found if text.get_text().startswith("podrace "))
    assert "baseline" in source
    told = ("central run",) if name.startswith("tornado") else ("200 members", "seed 0", "90 % interval")
    assert all(part in source for part in told)
    assert not any(ax.get_legend() for ax in figure.axes)
    inside(figure)
    apart_enough(figure)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(
    "case", [{"members": 1}, {"members": 3, "start": 2030, "end": 2030}, {"members": 40, "end": 2027}]
)
def test_small_runs_can_be_drawn(build, name, case):
    inside(draw(name, build(**case)))


@pytest.mark.parametrize("name", ["fleet_binding", "die_runout_year", "huawei_integration", "largest_run_flop"])
def test_any_variable_can_be_drawn(ensemble, name):
    inside(plot(ensemble, name))


def test_a_given_axis_is_used(ensemble):
    figure = Figure(figsize=(5, 3))
    ax = figure.add_subplot()
    assert plot(ensemble, "fleet_h100e", ax) is figure
    assert len(ax.get_lines()) == 2
    assert plot(ensemble, "binding_input", figure.add_axes((0.5, 0.5, 0.2, 0.2))) is figure


def test_zeros_and_blanks_can_be_drawn(ensemble):
    data = ensemble.data.copy()
    for name in ("fleet_h100e", "die_stockpile", "die_bank", "cluster_training_eflops"):
        data[name] = data[name] * 0
    for name in ("hbm_runout_year", "die_runout_year"):
        data[name] = data[name] * np.nan
    other = replace(ensemble, data=data)
    for name in FIGURES:
        inside(draw(name, other))


def test_the_users_matplotlib_is_left_alone(ensemble):
    before, backend = dict(mpl.rcParams), mpl.get_backend()
    png(draw("fleet", ensemble))
    assert dict(mpl.rcParams) == before
    assert mpl.get_backend() == backend
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []


def test_the_users_settings_do_not_leak_in(ensemble):
    plain = png(plot(ensemble, "fleet_h100e"))
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 4, "axes.facecolor": "black", "xtick.labelsize": 5}):
        assert png(plot(ensemble, "fleet_h100e")) == plain


@pytest.mark.parametrize("name", ["stockpiles", "lag", "ledger"])
def test_the_same_bytes_twice(ensemble, tmp_path, name):
    for stem in ("a", "b"):
        save_figure(draw(name, ensemble), tmp_path / stem)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"dc:date" not in (tmp_path / "a.svg").read_bytes()


def test_a_notebook_shows_the_figure(ensemble):
    assert draw("cluster", ensemble)._repr_png_().startswith(b"\x89PNG")


def test_every_category_has_a_colour():
    from podrace.reports.figures.panels import BINDING_WORDS

    names = {category for variable in VARIABLES.values() for category in variable.categories}
    assert names <= set(CATEGORY_COLOURS)
    assert names <= set(BINDING_WORDS)


def test_labels_are_moved_apart_and_stay_inside():
    places = apart([0.0, 0.01, 0.5, 0.99, 1.0], [0.1] * 5)
    assert all(b - a >= 0.1 - 1e-9 for a, b in zip(places, places[1:], strict=False))
    assert places[0] >= 0.05
    assert places[-1] <= 0.95 + 1e-9
