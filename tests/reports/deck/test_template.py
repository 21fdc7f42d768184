"""A user's template keeps its layouts, fonts, colours and pictures; what will not do is refused in one sentence."""

import io
import zipfile

import pytest
from PIL import Image
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Inches

from podrace.reports.deck.colours import contrast
from podrace.reports.deck.deck import write_deck
from podrace.scenarios.faults import ScenarioError

FONT, ACCENT, BACK = "Georgia", "7A1FA2", "10233F"
NAMES = (
    "Deckblatt",
    "Inhalt 1",
    "Kapitel",
    "Zwei Spalten",
    "Vergleich",
    "Nur Titel",
    "Leer",
    "Rest",
    "Bild",
    "Quer",
    "Hoch",
)
PRESENTATION = b"presentationml.presentation.main+xml"
TEMPLATE = b"presentationml.template.main+xml"


def ministry(path):
    """Make a dark template of 4:3 with fonts and colours of its own, a picture on the master and a sample slide."""
    made = Presentation()
    _set_theme(made, {"dk1": BACK, "lt1": "FFFFFF", "accent1": ACCENT}, FONT)
    master = made.slide_master
    _swap_text_and_ground(master)
    picture = io.BytesIO()
    Image.new("RGB", (120, 40), f"#{ACCENT}").save(picture, "PNG")
    SlideShapes(master._element.cSld.spTree, master).add_picture(picture, Inches(8.9), Inches(0.05), Inches(1.0))
    sample = made.slides.add_slide(made.slide_layouts[0])
    sample.shapes.title.text = "Sample slide of the ministry"
    made.save(str(path))
    return path


def odd(path):
    """Make a wide template whose layouts have names and kinds nobody would guess."""
    made = Presentation()
    _widen(made)
    for layout, name in zip(made.slide_layouts, NAMES, strict=True):
        layout.name = name
        layout._element.attrib.pop("type", None)
    made.save(str(path))
    return path


def potx(path):
    """Make a PowerPoint template file."""
    made = io.BytesIO()
    Presentation().save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(PRESENTATION, TEMPLATE) if name == "[Content_Types].xml" else data)
    return path


def bare(path):
    """Make a presentation whose layouts have no headline."""
    made = Presentation()
    for layout in list(made.slide_layouts):
        if layout.name != "Blank":
            made.slide_layouts.remove(layout)
    made.save(str(path))
    return path


def theme_of(made):
    """Read the theme of a presentation's first master."""
    return parse_xml(made.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)


def _set_theme(made, colours, font):
    part = made.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    changed = parse_xml(part.blob)
    scheme = next(changed.iter(qn("a:clrScheme")))
    for name, value in colours.items():
        place = scheme.find(qn(f"a:{name}"))
        for old in list(place):
            place.remove(old)
        place.append(parse_xml(f'<a:srgbClr xmlns:a="{scheme.nsmap["a"]}" val="{value}"/>'))
    for kind in ("a:majorFont", "a:minorFont"):
        next(changed.iter(qn(kind))).find(qn("a:latin")).set("typeface", font)
    part._blob = serialize_part_xml(changed)


def _swap_text_and_ground(master):
    mapped = master._element.find(qn("p:clrMap"))
    mapped.set("bg1", "dk1")
    mapped.set("tx1", "lt1")


def _widen(made):
    factor = 13.333 / 10
    made.slide_width = Inches(13.333)
    for owner in (made.slide_master, *made.slide_layouts):
        for shape in owner.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:
                shape.left, shape.width = round(shape.left * factor), round(shape.width * factor)


KINDS = {"ministry": "pptx", "odd": "pptx", "potx": "potx"}
MAKERS = {"ministry": ministry, "odd": odd, "potx": potx}


@pytest.fixture(scope="module")
def written(stories, tmp_path_factory):
    """Give for each template: its deck, and what was said of it."""
    folder = tmp_path_factory.mktemp("templates")
    found = {}
    for name, ending in KINDS.items():
        template = MAKERS[name](folder / f"{name}.{ending}")
        place, remarks = write_deck(stories["en"], folder / f"{name}-deck.pptx", template)
        found[name] = Presentation(str(place)), remarks
    return found


@pytest.mark.parametrize("name", KINDS)
def test_a_deck_on_a_template_is_whole(written, stories, overflowing, covering, name):
    deck, _ = written[name]
    assert 8 <= len(deck.slides) <= 14
    assert deck.slides[0].shapes.title.text_frame.text == stories["en"].title
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)
    assert overflowing(deck) == []
    assert covering(deck) == []


def test_fonts_colours_size_and_master_stay(written):
    deck, _ = written["ministry"]
    assert (deck.slide_width, deck.slide_height) == (9_144_000, 6_858_000)
    theme = theme_of(deck)
    assert {font.find(qn("a:latin")).get("typeface") for font in theme.iter(qn("a:majorFont"), qn("a:minorFont"))} == {
        FONT
    }
    assert next(theme.iter(qn("a:accent1")))[0].get("val") == ACCENT
    assert any(shape.shape_type == 13 for shape in deck.slide_master.shapes)  # the picture
    runs = [
        run
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]
    assert {run.font.name for run in runs} == {None}


def test_slides_of_its_own_are_left_out_and_told(written):
    deck, remarks = written["ministry"]
    assert "slides of its own left out: 1" in remarks[0]
    texts = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert not any("Sample" in text for text in texts)


def test_data_stand_out_from_a_dark_ground(written):
    deck, _ = written["ministry"]
    lines = [
        line.format.line.color.rgb
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_chart and shape.chart.chart_title.text_frame.text.startswith("Fleet")
        for line in list(shape.chart.plots[0].series)[::3]
    ]
    assert lines
    assert all(contrast(f"#{colour}", f"#{BACK}") >= 3 for colour in lines)


def test_layouts_are_found_by_what_they_hold(written):
    deck, _ = written["odd"]
    names = [slide.slide_layout.name for slide in deck.slides]
    assert names[0] == "Deckblatt"
    assert set(names[1:]) <= {"Inhalt 1", "Nur Titel"}


def test_a_potx_becomes_a_presentation(written):
    deck, _ = written["potx"]
    assert deck.part.content_type.endswith("presentation.main+xml")


def test_a_template_without_headlines_is_refused(small, tmp_path):
    template = bare(tmp_path / "bare.pptx")
    with pytest.raises(ScenarioError, match="no layout with a headline"):
        write_deck(small, tmp_path / "deck.pptx", template)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bare.pptx"]


@pytest.mark.parametrize(
    "content", [b"", b"plain text", b"PK\x03\x04broken", bytes.fromhex("d0cf11e0a1b11ae1") + b"old"]
)
def test_what_is_no_presentation_is_refused(small, tmp_path, content):
    template = tmp_path / "brand.pptx"
    template.write_bytes(content)
    with pytest.raises(ScenarioError, match=r"brand\.pptx"):
        write_deck(small, tmp_path / "deck.pptx", template)
    assert [file.name for file in tmp_path.iterdir()] == ["brand.pptx"]


def test_an_absent_template_is_refused(small, tmp_path):
    with pytest.raises(ScenarioError, match="cannot read the template"):
        write_deck(small, tmp_path / "deck.pptx", tmp_path / "none.potx")


def test_a_deck_does_not_replace_its_template(small, tmp_path):
    template = odd(tmp_path / "brand.pptx")
    before = template.read_bytes()
    with pytest.raises(ScenarioError, match="replace its template"):
        write_deck(small, template, template, force=True)
    assert template.read_bytes() == before
