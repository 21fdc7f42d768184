"""Looks, languages and fonts: every picture can be read in each, and none touches a user's settings."""

import ast
import importlib
import re
import warnings
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from podrace.model.registry import VARIABLES
from podrace.reports import figures
from podrace.reports.figures import fonts
from podrace.reports.figures.draw import FIGURES, ON_AN_AXIS, draw, plot
from podrace.reports.figures.looks import (
    CATEGORY_COLOURS,
    INPUT_COLOURS,
    LOOKS,
    READABLE,
    SIDE_COLOURS,
    VISIBLE,
    contrast,
    look,
    mark,
    readable,
    styled,
    tone,
)
from podrace.reports.figures.style import theme
from podrace.reports.language import catalogue, speaking
from podrace.scenarios.faults import ScenarioError

HANGUL = re.compile("[가-힣]")
PLACES = re.compile("{[^}]*}")
REPORTS = Path(figures.__file__).parents[1]
PICTURES = [
    *REPORTS.glob("figures/*.py"),
    *REPORTS.glob("hardware/*.py"),
    *REPORTS.glob("*/*picture*.py"),
    *(REPORTS / name for name in ("compare/chain.py", "compare/differences.py", "explain/figure.py")),
]


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def drawn(figure: Figure) -> None:
    """Lay out, and check that nothing leaves the picture."""
    with theme():
        box = figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    assert min(box.x0, box.y0, wide - box.x1, high - box.y1) > 0, box


@pytest.mark.parametrize("name", LOOKS)
def test_text_can_be_read_and_lines_be_seen_on_the_ground(name):
    with styled(name):
        paper = look().paper
        assert min(contrast(look().ink, paper), contrast(look().quiet, paper)) >= READABLE
        for colour in {*SIDE_COLOURS.values(), *CATEGORY_COLOURS.values(), *INPUT_COLOURS.values()}:
            assert contrast(readable(colour), paper) >= READABLE
        assert min(contrast(tone(colour), paper) for colour in SIDE_COLOURS.values()) >= VISIBLE


@pytest.mark.parametrize("name", LOOKS)
def test_a_side_keeps_its_hue(name):
    with styled(name):
        red, blue = (mpl.colors.to_rgb(tone(SIDE_COLOURS[side])) for side in ("china", "us"))
    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_in_print_the_sides_differ_without_colour():
    with styled("print"):
        china, us = (mark(SIDE_COLOURS[side]) for side in ("china", "us"))
    assert china.marker != us.marker
    assert china.hatch != us.hatch


@pytest.mark.parametrize(("name", "code"), [("dark", "ko"), ("print", "en")])
@pytest.mark.parametrize("picture", FIGURES)
def test_every_picture_in_every_look_and_language(ensemble, picture, name, code):
    with styled(name), speaking(code):
        figure = draw(picture, ensemble)
        paper, ground = look().paper, figure.get_facecolor()
    drawn(figure)  # a character that no font has would be a warning, and warnings are errors here
    assert mpl.colors.to_hex(ground) == paper
    for text in texts(figure):
        plain = text.get_bbox_patch() is None and text.get_gid() != "on a fill"
        if plain and not text.get_path_effects() and picture != "timeline":
            assert contrast(mpl.colors.to_hex(text.get_color()), paper) >= READABLE, text.get_text()
    if code == "ko":
        title = figure.texts[0].get_text()
        assert HANGUL.search(title), title


@pytest.mark.parametrize("name", ["fleet_h100e", "binding_input", "hbm_runout_year", "localisation_hbm"])
def test_a_variable_in_korean(ensemble, name):
    with speaking("ko"):
        figure = plot(ensemble, name)
    drawn(figure)
    assert HANGUL.search(figure.texts[0].get_text())
    assert VARIABLES[name].label_ko.split(" ")[0] in figure.texts[0].get_text()


def _said(path: Path) -> list[str]:
    """Texts that a module passes to say() as they stand."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    first = [call.args[0] for call in calls if getattr(call.func, "id", "") == "say" and call.args]
    return [arg.value for arg in first if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]


def test_every_text_of_a_picture_is_translated():
    known = catalogue("ko")
    missing = {text for path in PICTURES for text in _said(path) if known.gettext(text) == text}
    assert {text for text in missing if has_words(text)} == set()


def has_words(text: str) -> bool:
    """Whether there is anything to translate beside places that are filled."""
    return bool(re.search("[a-z]{3}", PLACES.sub("", text)))


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("figures.capability", ("LEVELS",)),
        ("figures.chain", ("RUNGS", "STEPS")),
        ("figures.milestones", ("ACTORS",)),
        ("figures.multiples", ("SHOWN",)),
        ("figures.panels", ("BINDING_WORDS",)),
        ("figures.policy", ("ITEM_WORDS", "SENTENCES")),
        ("hardware.figures", ("LEVER_LOOKS", "PART_LOOKS")),
    ],
)
def test_every_word_of_a_table_is_translated(module, names):
    known = catalogue("ko")
    for name in names:
        table = getattr(importlib.import_module(f"podrace.reports.{module}"), name)
        words = [entry if isinstance(entry, str) else entry[0] for entry in table.values()]
        assert [word for word in words if known.gettext(word) == word and has_words(word)] == []


def test_without_a_hangul_font_figures_are_in_english_and_say_so(ensemble, monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: None)
    monkeypatch.setattr(fonts, "packaged", lambda: None)
    fonts.hangul.cache_clear()
    try:
        with speaking("ko"), pytest.warns(UserWarning, match=r"podrace\[korean\]"):
            figure = draw("cluster", ensemble)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figure.canvas.draw()
    finally:
        fonts.hangul.cache_clear()
    assert not any(HANGUL.search(text.get_text()) for text in texts(figure))


def test_the_font_of_the_extra_is_found_without_importing_it():
    import sys

    assert fonts.packaged() == "NanumGothic"
    assert fonts.PACKAGE not in sys.modules


@pytest.mark.parametrize("name", ON_AN_AXIS)
def test_a_picture_of_one_panel_stands_on_a_users_axis(ensemble, name):
    before = dict(mpl.rcParams)
    figure = Figure(figsize=(9, 5))
    with styled("dark"), speaking("ko"):
        assert draw(name, ensemble, figure.add_subplot()) is figure
        ink, paper = look().ink, look().paper
    figure.canvas.draw()  # in the user's settings: a character without a font would be a warning
    (ax,) = figure.axes
    titles = [ax.get_title(loc="left"), *(label.get_text() for label in ax.get_xticklabels(which="both"))]
    assert any(HANGUL.search(title) for title in titles)
    assert mpl.colors.to_hex(ax.title.get_color()) == ink
    for label in [*ax.get_xticklabels(which="both"), *ax.get_yticklabels()]:
        assert contrast(mpl.colors.to_hex(label.get_color()), paper) >= READABLE
    assert dict(mpl.rcParams) == before


def test_a_picture_of_several_panels_refuses_an_axis(ensemble):
    with pytest.raises(ScenarioError, match=r"the picture power has several panels.*cluster"):
        draw("power", ensemble, Figure().add_subplot())


def test_an_unknown_look_names_the_nearest():
    with (
        pytest.raises(ScenarioError, match=r"style.*no such style.*found drak.*light, dark, print.*dark\?"),
        styled("drak"),
    ):
        pass
