"""Slides as native shapes: headline, points, charts, tables, source line, number, notes, text for those who do not see."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..language import say
from .axes import intervals, over_years
from .charts import add_charts
from .ground import POINT, Box, box_of, content_placeholder, kind_of, title_placeholder
from .measure import Room, fitting, shortened, width
from .tables import add_table
from .words import clean, inherited_size, write

if TYPE_CHECKING:
    from ..story.parts import Series, Story
    from .ground import Ground
    from .plan import Slide

GAP = 0.6
"""Room between two points over the size of the letters."""
LARGEST, SMALLEST = 20.0, 18.0
"""Of points."""
ALONE = 28.0
"""Of points that have the slide to themselves."""
SMALL = 12.0
HEADLINE, ANSWER = 28.0, 34.0
MOST = 33.0
"""Of headlines on a template that sets larger ones: findings are sentences, and all shall have about one size."""
SMALLEST_HEADLINE = 22.0
MANY = 6
"""Names beside bars that need all the room a slide has."""
INSETS = 2 * 91_440, 2 * 45_720
"""Margins of a text frame across and down, as Office sets them."""
WIDE = 1.5
"""Width of a chart of many names over that of one beside it."""
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
    most = ground.size(ANSWER if ground.own and slide.large else HEADLINE)
    largest = max(size or 0.0, most) if ground.own or slide.key == "title" else min(size or most, ground.size(MOST))
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
        rest = (slide.rest,) if slide.rest else ()
        left = _points(made, (*rest, *slide.points), below, ground, story.language, whole=True)
        return [*_points(made, rest, below, ground, story.language), *slide.points] if left and rest else left
    return _points(made, slide.points, box, ground, story.language, largest=ALONE)


def _charts(made: Any, slide: Slide, box: Box, story: Story, ground: Ground) -> list[str]:
    """One chart with the points beside it, or several above them; bars of many names take all the room."""
    single = len(slide.charts) == 1
    tall = any(len(chart.categories) > MANY and not over_years(chart) for chart in slide.charts)
    rest: list[str] = [clean(point) for point in slide.points] if tall else []
    if slide.points and single and not tall:
        places, words = box.columns(0.64, 2 * SPACE)
    elif slide.points and not tall:
        places, words = box.rows(0.79, SPACE // 2)
    else:
        places, words = box, None
    if words is not None:
        rest = _points(made, slide.points, words, ground, story.language)
    boxes = places.shares([WIDE if len(chart.categories) > MANY and tall else 1.0 for chart in slide.charts], SPACE)
    shapes = add_charts(made, slide.charts, boxes, ground, story.language)
    for number, (chart, shape) in enumerate(zip(slide.charts, shapes, strict=True), start=1):
        _describe(shape, say("Chart {number}", number=number), f"{chart.title}. {chart.described}")
    return rest


def _points(
    made: Any,
    points: tuple[str, ...],
    box: Box,
    ground: Ground,
    language: str,
    largest: float = LARGEST,
    *,
    whole: bool = False,
) -> list[str]:
    """Write as many points as fit, or all or none, into the slide's place for text, moved to a box; give the others."""
    texts = [clean(text) for text in points]
    room = ground.text_room(box, INSETS[0] + round(ground.size(LARGEST) * POINT), INSETS[1])
    kept = list(texts)
    size = None
    while kept and size is None:
        size = fitting(kept, room, ground.size(largest), ground.size(SMALLEST), gap=GAP)
        if size is None:
            kept = [] if whole else kept[:-1]
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
    room = Room(ground.text_room(box, *INSETS).width, size * 1.4)
    shown = shortened(with_sources(text, slide.sources, size, room), size, room)
    write(shape.text_frame, [shown], ground, story.language, size=size, inked=not ground.own)


def source_text(slide: Slide, story: Story) -> str:
    """Say how intervals are drawn, and name the model and the study."""
    from ... import __version__

    parts = [f"podrace {__version__}", clean(story.title)]
    shown = [intervals(chart) for chart in slide.charts if intervals(chart)]
    if shown:
        parts.insert(0, _interval(slide, shown))
    units = dict.fromkeys(chart.unit for chart in slide.charts if chart.unit not in chart.title)
    if units:
        parts.insert(0, say("Columns: {unit}", unit="; ".join(units)))
    return " · ".join(parts)


def _interval(slide: Slide, shown: list[tuple[Series, ...]]) -> str:
    """Say how the interval is drawn, and whose it is where not every line shows one."""
    if not all(chart.kind in ("fan", "lines") for chart in slide.charts):
        return say("Whiskers: 90 % interval")
    if all(len(found) == 1 < len(chart.series) for chart, found in zip(slide.charts, shown, strict=False)):
        return say("Dashed: 90 % interval, {name}", name=clean(shown[0][0].name))
    return say("Dashed: 90 % interval")


def with_sources(text: str, sources: tuple[str, ...], size: float, room: Room) -> str:
    """Add the names of as many publications as a line holds, and how many more the notes have."""
    names = list(dict.fromkeys(clean(source).split(": ")[0].strip() for source in sources))
    for count in range(len(names), 0, -1):
        listed = "; ".join(names[:count])
        if count < len(names):
            listed = say("{names} and {count} more in the notes", names=listed, count=len(names) - count)
        longer = f"{text} · {say('Sources: {names}', names=listed)}"
        if width(longer, size) <= room.width:
            return longer
    return f"{text} · {say('Sources: in the notes')}" if names else text


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
