"""A deck by its slides: as many as a talk has, each with a finding, notes, and text for those who do not see."""

import pytest

from podrace import __version__
from podrace.reports.deck.ground import kind_of

NAMES = ("en", "ko", "wordy")


def is_assumptions(shape):
    return shape.has_table and len(shape.table.columns) == 6


@pytest.mark.parametrize("name", NAMES)
def test_a_deck_has_8_to_14_slides(decks, name):
    assert 8 <= len(decks[name].slides) <= 14


@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_its_box_and_nothing_covers_anything(decks, name, overflowing, covering):
    assert overflowing(decks[name]) == []
    assert covering(decks[name]) == []


def test_slides_tell_the_story_in_order(decks, stories):
    titles = [slide.shapes.title.text_frame.text for slide in decks["en"].slides]
    assert titles[0] == stories["en"].title
    told = iter(titles[1:])
    assert all(any(title.startswith(part.headline) for title in told) for part in stories["en"].sections)


@pytest.mark.parametrize("name", NAMES)
def test_every_slide_has_a_title_first_and_notes(decks, stories, name):
    for slide in decks[name].slides:
        assert slide.shapes[0] == slide.shapes.title
        assert slide.shapes.title.text_frame.text
        assert slide.has_notes_slide
        assert slide.notes_slide.notes_text_frame.text


def test_notes_hold_numbers_sources_and_what_found_no_room(decks, stories):
    slides = list(decks["wordy"].slides)
    notes = slides[2].notes_slide.notes_text_frame.text
    assert stories["wordy"].sections[1].headline in notes  # the headline was cut
    assert slides[2].shapes.title.text_frame.text.endswith("…")
    assert all(line in notes for line in ("Fleet 2028: 47× (26–78).", *stories["wordy"].sections[1].sources))
    assert "podrace run baseline --members 1000" in slides[0].notes_slide.notes_text_frame.text


@pytest.mark.parametrize("name", ["en", "ko"])
def test_charts_and_tables_are_told_in_words(decks, stories, name):
    shown = [shape for slide in decks[name].slides for shape in slide.shapes if shape.has_chart or shape.has_table]
    told = [shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in shown]
    assert len(shown) >= 10
    assert all(told)
    assert any("US-led far above China throughout." in text for text in told)


@pytest.mark.parametrize("name", NAMES)
def test_every_slide_but_the_first_has_a_number_and_a_source_line(decks, name):
    for slide in list(decks[name].slides)[1:]:
        kinds = [kind_of(shape) for shape in slide.placeholders]
        assert kinds.count("sldNum") == 1
        (foot,) = (shape for shape in slide.placeholders if kind_of(shape) == "ftr")
        assert f"podrace {__version__}" in foot.text_frame.text


def test_no_placeholder_is_left_empty(decks):
    for name in NAMES:
        assert all(shape.text_frame.text.strip() for slide in decks[name].slides for shape in slide.placeholders)


def test_the_file_says_what_it_is(decks, stories):
    for name, tag in (("en", "en-US"), ("ko", "ko-KR")):
        properties = decks[name].core_properties
        assert properties.title == stories[name].title
        assert properties.author == f"podrace {__version__}"
        assert properties.language == tag


def test_large_type(decks):
    for slide in list(decks["en"].slides)[1:]:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.is_placeholder and kind_of(shape) in ("obj", "body"):
                assert all(
                    run.font.size.pt >= 18 for paragraph in shape.text_frame.paragraphs for run in paragraph.runs
                )
            if shape.has_chart:
                assert shape.chart.font.size.pt >= 14


def test_korean_text_is_marked_as_korean_and_breaks_between_words(decks):
    slide = decks["ko"].slides[1]
    paragraph = slide.shapes.title.text_frame.paragraphs[0]
    assert paragraph.runs[0].font._element.get("lang") == "ko-KR"
    assert paragraph._p.pPr.get("eaLnBrk") == "0"
    notes = slide.notes_slide.notes_text_frame.paragraphs[0]
    assert notes.runs[0].font._element.get("lang") == "ko-KR"
    assert "출처:" in slide.notes_slide.notes_text_frame.text


def test_a_long_table_goes_on_and_its_rest_stands_in_the_notes(decks, stories):
    table = next(part.table for part in stories["en"].sections if part.key == "assumptions")
    slides = [slide for slide in decks["en"].slides if any(is_assumptions(shape) for shape in slide.shapes)]
    assert len(slides) >= 2
    shown = [
        row.cells[0].text_frame.text
        for slide in slides
        for shape in slide.shapes
        if is_assumptions(shape)
        for row in list(shape.table.rows)[1:]
    ]
    noted = "\n".join(slide.notes_slide.notes_text_frame.text for slide in slides)
    assert shown == [row[0] for row in table.rows[: len(shown)]]
    assert all(row[0] in noted for row in table.rows[len(shown) :])
    left = len(table.rows) - len(shown)
    assert left == 0 or f"Rows left for the notes: {left}" in [
        shape.text_frame.text.split("\n")[0] for shape in slides[-1].shapes if shape.has_text_frame
    ]


def test_only_addresses_of_the_web_become_links(decks):
    cells = [
        row.cells[5]
        for slide in decks["en"].slides
        for shape in slide.shapes
        if is_assumptions(shape)
        for row in list(shape.table.rows)[1:]
    ]
    links = [cell.text_frame.paragraphs[0].runs[0].hyperlink.address for cell in cells]
    assert set(links) == {None, "https://example.org/a"}
