"""Slides as native shapes: headline, points, charts, tables, source line, number, notes, text for those who do not see."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..language import say
from .axes import over_years
from .charts import add_chart
from .ground import POINT, Box, box_of, content_placeholder, kind_of, title_placeholder
from .measure import Room, fitting, shortened
from .tables import add_table
from .words import clean, inherited_size, write

if TYPE_CHECKING:
    from ..story.parts import Story
    from .ground import Ground
    from .plan import Slide

GAP = 0.6
"""Room between two points over the size of the letters."""
LARGEST, SMALLEST = 20.0, 18.0
"""Of points."""
SMALL = 12.0
HEADLINE = 28.0
SMALLEST_HEADLINE = 22.0
MANY = 6
"""Names beside bars that need more height than two charts above points have."""
INSETS = 2 * 91_440, 2 * 45_720
"""Margins of a text frame across and down, as Office sets them."""
SPACE = round(0.25 * 72 * POINT)


def add_slide(slide: Slide, story: Story, ground: Ground) -> Any:
    """Add one slide to the ground's presentation.

    Parameters
    ----------
    slide
        What it shows.
    story
        What it belongs to.
    ground
        What the deck is set on.
    """
    made = ground.presentation.slides.add_slide(_layout(slide, ground))
    spoken = [slide.headline] if _headline(made, slide, story, ground) else []
    if slide.key == "title":
        _subtitle(made, slide, story, ground)
    else:
        spoken += _content(made, slide, story, ground)
        _foot(made, slide, story, ground)
    _drop_empty(made)
    _notes(made, slide, spoken, ground, story.language)
    return made


def _layout(slide: Slide, ground: Ground) -> Any:
    if slide.key == "title":
        return ground.title
    if slide.statement:
        return ground.statement
    return ground.finding if slide.points and content_placeholder(ground.finding) is not None else ground.headline


def _headline(made: Any, slide: Slide, story: Story, ground: Ground) -> bool:
    """Write the headline in the title's place, smaller where it must be; tell whether it had to be cut."""
    title = made.shapes.title
    place = title_placeholder(made.slide_layout)
    size = inherited_size(place, made.slide_layout.slide_master)
    largest = size or ground.size(HEADLINE)
    text = clean(slide.headline)
    if slide.parts > 1:
        text = say("{headline} ({part}/{parts})", headline=text, part=slide.part, parts=slide.parts)
    room = ground.text_room(box_of(place), *INSETS)
    least = min(largest, ground.size(SMALLEST_HEADLINE))
    found = fitting([text], room, largest, least, bold=True)
    shown = text if found else shortened(text, least, room, bold=True)
    write(title.text_frame, [shown], ground, story.language, size=None if size and found == size else found or least)
    return shown != text


def _subtitle(made: Any, slide: Slide, story: Story, ground: Ground) -> None:
    """Write what kind of study it is below the title, in the first other place for text."""
    place = next((shape for shape in made.placeholders if kind_of(shape) in ("subTitle", "body", "obj")), None)
    texts = [clean(text) for text in slide.points if text]
    if place is None:
        _points(made, tuple(texts), ground.content, ground, story.language)
        return
    layout = next(
        shape
        for shape in made.slide_layout.placeholders
        if shape.placeholder_format.idx == place.placeholder_format.idx
    )
    size = inherited_size(layout, made.slide_layout.slide_master)
    largest = size or ground.size(LARGEST)
    room = ground.text_room(box_of(place), *INSETS)
    least = min(largest, ground.size(SMALLEST))
    found = fitting(texts, room, largest, least, gap=GAP)
    if not found:
        texts = [shortened(" ".join(texts), least, room)]
    write(place.text_frame, texts, ground, story.language, size=None if size and found == size else found or least)


def _content(made: Any, slide: Slide, story: Story, ground: Ground) -> list[str]:
    """Put points, charts and table on a slide; give the points that found no room."""
    if slide.statement and ground.own:
        place = content_placeholder(made.slide_layout)
        return _points(made, slide.points, box_of(place), ground, story.language, largest=22)
    box = ground.content
    if slide.charts:
        return _charts(made, slide, box, story, ground)
    if slide.grid is not None:
        shape = add_table(made, slide.grid, box, ground, story.language)
        rows = len(slide.grid.table.rows)
        described = slide.grid.table.title or slide.headline
        _describe(shape, say("Table"), say("Table of {count} rows: {what}", count=rows, what=described))
        used = Box(box.left, box.top, box.width, round(sum(slide.grid.heights) * POINT))
        below = Box(box.left, used.bottom + SPACE // 2, box.width, box.bottom - used.bottom - SPACE // 2)
        return _points(made, slide.points, below, ground, story.language)
    return _points(made, slide.points, box, ground, story.language, largest=24)


def _charts(made: Any, slide: Slide, box: Box, story: Story, ground: Ground) -> list[str]:
    """One chart with the points beside it, or two above them; bars of many names take all the height."""
    single = len(slide.charts) == 1
    tall = not single and any(len(chart.categories) > MANY and not over_years(chart) for chart in slide.charts)
    rest: list[str] = [clean(point) for point in slide.points] if tall else []
    if slide.points and single:
        places, words = box.columns(0.64, 2 * SPACE)
    elif slide.points and not tall:
        places, words = box.rows(0.79, SPACE // 2)
    else:
        places, words = box, None
    if words is not None:
        rest = _points(made, slide.points, words, ground, story.language)
    boxes = [places] if single else list(places.columns(0.5, SPACE))
    for number, (chart, place) in enumerate(zip(slide.charts, boxes, strict=True), start=1):
        shape = add_chart(made, chart, place, ground, story.language)
        _describe(shape, say("Chart {number}", number=number), f"{chart.title}. {chart.described}")
    return rest


def _points(
    made: Any, points: tuple[str, ...], box: Box, ground: Ground, language: str, largest: float = LARGEST
) -> list[str]:
    """Write as many points as fit into the slide's place for text, moved to a box; give the others."""
    texts = [clean(text) for text in points]
    room = ground.text_room(box, INSETS[0] + round(ground.size(LARGEST) * POINT), INSETS[1])
    kept = list(texts)
    size = None
    while kept and size is None:
        size = fitting(kept, room, ground.size(largest), ground.size(SMALLEST), gap=GAP)
        if size is None:
            kept.pop()
    if not kept or size is None:
        return texts
    place: Any = next((shape for shape in made.placeholders if kind_of(shape) in ("obj", "body")), None)
    boxed = place is None
    if boxed:
        place = made.shapes.add_textbox(box.left, box.top, box.width, box.height)
        place.text_frame.word_wrap = True
        place.name = say("Points")
    if box_of(place) != box:
        place.left, place.top, place.width, place.height = box.left, box.top, box.width, box.height
    write(place.text_frame, kept, ground, language, size=size, gap=GAP * size, inked=boxed)
    return texts[len(kept) :]


def _foot(made: Any, slide: Slide, story: Story, ground: Ground) -> None:
    """Write source line and slide number, in the layout's own places where it has them."""
    _source(made, slide, story, ground)
    _number(made, ground, story.language)


def _source(made: Any, slide: Slide, story: Story, ground: Ground) -> None:
    size = ground.size(SMALL)
    text = source_text(slide, story)
    foot = _of_layout(made, "ftr")
    if ground.foot is None and foot is not None:
        shape, box = _copied(made, foot), box_of(foot)
    else:
        box = ground.foot or ground.content
        shape = made.shapes.add_textbox(box.left, box.top, box.width, box.height)
        shape.text_frame.word_wrap = True
    shape.name = say("Sources")
    shown = shortened(text, size, Room(ground.text_room(box, *INSETS).width, size * 1.4))
    write(shape.text_frame, [shown], ground, story.language, size=size, inked=not ground.own)


def source_text(slide: Slide, story: Story) -> str:
    """Name the model, the study and the publications behind a slide in one line."""
    from ... import __version__

    parts = [f"podrace {__version__}", clean(story.title)]
    if any(series.low for chart in slide.charts for series in chart.series):
        dashed = all(chart.kind in ("fan", "lines") for chart in slide.charts)
        parts.insert(0, say("Dashed: 90 % interval") if dashed else say("Whiskers: 90 % interval"))
    if slide.sources:
        parts.append(say("Sources: {names}", names="; ".join(clean(source) for source in slide.sources)))
    return " · ".join(parts)


def _number(made: Any, ground: Ground, language: str) -> None:
    place = _of_layout(made, "sldNum")
    if place is not None:
        _copied(made, place)
        return
    width, height = int(ground.presentation.slide_width or 0), int(ground.presentation.slide_height or 0)
    size = ground.size(SMALL)
    across, down = round(4 * size * POINT), round(2 * size * POINT)
    shape = made.shapes.add_textbox(width - across - SPACE, height - down, across, down)
    shape.name = say("Slide number")
    write(shape.text_frame, ["0"], ground, language, size=size, side="right", inked=True)
    _field(shape.text_frame.paragraphs[0]._p)


def _of_layout(made: Any, kind: str) -> Any:
    return next((shape for shape in made.slide_layout.placeholders if kind_of(shape) == kind), None)


def _copied(made: Any, place: Any) -> Any:
    """Put a layout's footer or number on a slide, which inherits place and type from it."""
    from pptx.oxml.ns import qn

    element = deepcopy(place._element)
    element.spPr.clear()
    styles = element.find(f".//{qn('a:lstStyle')}")
    for old in list(styles if styles is not None else ()):
        styles.remove(old)
    element.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in made.shapes) + 1))
    made.shapes._spTree.append(element)
    return made.shapes[-1]


def _field(paragraph: Any) -> None:
    """Turn an empty paragraph into the slide's number."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    run = paragraph.find(qn("a:r"))
    field = parse_xml(
        f'<a:fld {nsdecls("a")} id="{{C1FF6DA9-008F-4B48-92A6-B652298478BF}}" type="slidenum"><a:t>‹#›</a:t></a:fld>'
    )
    field.insert(0, run.rPr)
    paragraph.replace(run, field)


def _drop_empty(made: Any) -> None:
    """Take placeholders out that nothing was put into, so that none asks to be clicked."""
    for shape in list(made.placeholders):
        empty = shape.has_text_frame and not shape.text_frame.text.strip()
        if empty and kind_of(shape) not in ("title", "ctrTitle", "sldNum"):
            shape._element.getparent().remove(shape._element)


def _describe(shape: Any, name: str, text: str) -> None:
    """Give a shape its name and its text for those who do not see it."""
    shape.name = name
    shape._element.xpath(".//p:cNvPr")[0].set("descr", clean(text))


def _notes(made: Any, slide: Slide, more: list[str], ground: Ground, language: str) -> None:
    """Write what the speaker reads: what found no room, numbers, sources."""
    texts = [*more, *slide.notes]
    if slide.sources:
        texts += [say("Sources:"), *slide.sources]
    write(made.notes_slide.notes_text_frame, texts or [slide.headline], ground, language)
