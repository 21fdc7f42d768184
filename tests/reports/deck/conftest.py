"""Stories made by hand, of every kind of chart, decks of them, and what an eye would see at once."""

from dataclasses import replace
from itertools import combinations

import pytest
from pptx import Presentation

from podrace.reports.deck.deck import write_deck
from podrace.reports.deck.ground import POINT, slim_letters
from podrace.reports.deck.measure import height
from podrace.reports.deck.words import inherited_size
from podrace.reports.figures.style import CATEGORY_COLOURS, INK, SIDE_COLOURS
from podrace.reports.story.parts import Chart, Section, Series, Story, Table

ROUNDING = 1.02
YEARS = tuple(str(year) for year in range(2022, 2036))


def grown(start, factor, spread=0.0):
    middle = tuple(start * factor**place for place in range(len(YEARS)))
    if not spread:
        return {"middle": middle}
    return {
        "middle": middle,
        "low": tuple(value * (1 - spread) for value in middle),
        "high": tuple(value * (1 + spread) for value in middle),
    }


def fan(title="Fleet, million H100e", log=True):
    series = (
        Series("China", **grown(0.2, 1.5, 0.4), colour=SIDE_COLOURS["china"]),
        Series("US-led", **grown(1.1, 1.8, 0.3), colour=SIDE_COLOURS["us"]),
    )
    return Chart("fan", title, "million H100e", YEARS, series, "US-led far above China throughout.", log=log)


def stacked(title="What binds China's chips, % of futures"):
    series = (
        Series("logic dies", tuple(5.0 * place for place in range(14)), colour=CATEGORY_COLOURS["dies"]),
        Series("HBM", tuple(100 - 5.0 * place for place in range(14)), colour=CATEGORY_COLOURS["hbm"]),
    )
    return Chart("stacked", title, "% of futures", YEARS, series, "HBM gives way to dies.")


def tornado(count=10):
    names = tuple(f"Assumption number {place} with a rather long name" for place in range(count))
    series = (
        Series("at its low end", tuple(-10.0 - place for place in range(count)), colour=INK),
        Series("at its high end", tuple(12.0 + place for place in range(count)), colour="#7792b3"),
    )
    return Chart("bars", "Change of the gap, %", "%", names, series, "The first moves it most.", reference=0.0)


def dots(names=("Base", "Ban", "Trade"), title="US-led over China, 2028"):
    count = len(names)
    series = Series(
        "Gap",
        tuple(20.0 + place for place in range(count)),
        tuple(9.0 for _ in names),
        tuple(48.5 for _ in names),
        colour=INK,
    )
    return Chart("dots", title, "times", names, (series,), "All near 20.", reference=1.0)


def lines():
    series = tuple(
        Series(f"Controls imposed, item {place}", tuple(min(100.0, 10.0 * (place + step)) for step in range(14)))
        for place in range(4)
    )
    return Chart("lines", "What is withheld, %", "%", YEARS, series, "All rise to 100 %.")


def assumptions(count=30):
    rows = tuple(
        (
            f"Number {place} of what the model reads",
            f"{place}",
            f"{place}–{2 * place}",
            "wafers/month",
            "SemiAnalysis",
            "2025-09",
        )
        for place in range(count)
    )
    links = tuple("https://example.org/a" if place % 2 else "javascript:alert(1)" for place in range(count))
    return Table(("Assumption", "Value", "Range", "Unit", "Source", "Date"), rows, "The strongest assumptions", links)


SOURCES = (
    "SemiAnalysis: Huawei Ascend Production Ramp (2025-09-08) https://example.org/ascend",
    "Epoch AI: clusters (2026)",
)
HEADLINE = "In 2028 the US-led side owns 47× (26–78) China's computing power; it leads in all futures"
POINTS = ("Fleet 2028: US-led 330 M H100e, China 5.8 M H100e", "On BF16: US-led over China 33× (19–53)")


def section(key, charts=(), table=None, points=POINTS):
    return Section(key, HEADLINE, points, ("Fleet 2028: 47× (26–78).",), SOURCES, charts, table)


ENGLISH = Story(
    "en",
    "Baseline: controls as announced",
    "Scenario study, 1,000 futures · 24 November 2026",
    (
        section("question"),
        section("answer", (fan("Gap", log=False),)),
        section("capability", (fan(), fan("Fleet (BF16), million H100e"), fan("Clusters", log=False))),
        section("binding", (stacked(), stacked("What binds its installations"))),
        section("timeline", (lines(),)),
        section(
            "differences",
            (dots(), dots(tuple(f"A what-if with a long title, {place}" for place in range(4)), "China's fleet")),
        ),
        section("drivers", (tornado(),)),
        section("assumptions", table=assumptions()),
        section(
            "caveats", points=tuple(f"Limit {place}: this model cannot tell the future of it" for place in range(5))
        ),
    ),
    (("podrace", "0.1.0"), ("seed", "0"), ("command", "podrace run baseline --members 1000 --seed 0")),
)

KOREAN_HEADLINE = "2028년 미국 진영의 연산력은 중국의 47배(26~78배)이며, 모든 경우에서 미국 진영이 앞선다"
KOREAN_POINTS = (
    "보유 가속기 총연산력 2028년: 미국 진영 3.3억 H100e, 중국 580만 H100e",
    "BF16 기준으로는 33배(19~53배)",
)


def korean(story):
    sections = tuple(replace(part, headline=KOREAN_HEADLINE, points=KOREAN_POINTS) for part in story.sections)
    return replace(story, language="ko", title="기준 시나리오: 발표된 통제 유지", sections=sections)


def wordy(story):
    """Give a story whose texts are several times as long as a slide holds."""
    long = " ".join([HEADLINE] * 5)
    sections = tuple(replace(part, headline=long, points=(long,) * 8) for part in story.sections)
    return replace(story, title=long, subtitle=long, sections=sections)


STORIES = {"en": ENGLISH, "ko": korean(ENGLISH), "wordy": wordy(ENGLISH)}


@pytest.fixture(scope="package")
def stories():
    """Give the stories by name."""
    return STORIES


@pytest.fixture(scope="package")
def files(tmp_path_factory):
    """Give the file of each story's deck."""
    folder = tmp_path_factory.mktemp("decks")
    return {name: write_deck(story, folder / f"{name}.pptx")[0] for name, story in STORIES.items()}


@pytest.fixture(scope="package")
def decks(files):
    """Give each story's deck as python-pptx opens it."""
    return {name: Presentation(str(file)) for name, file in files.items()}


@pytest.fixture(scope="package")
def small():
    """Give a story of two slides, for what does not depend on its length."""
    return replace(ENGLISH, sections=(section("answer", (fan(),)),), reproduction=())


def overflowing_texts(deck):
    """List the texts of a deck that need more height than their shapes have."""
    found = []
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text.strip():
                needed, room = needed_height(slide, shape)
                if needed > room * ROUNDING:
                    found.append((number, shape.name, round(needed), round(room)))
    return found


def needed_height(slide, shape):
    """Estimate the height of a shape's text, and the height there is."""
    frame = shape.text_frame
    across = (shape.width - 2 * 91_440) / POINT / slim_letters()
    total = 0.0
    for place, paragraph in enumerate(frame.paragraphs):
        runs = paragraph.runs
        if not runs:
            continue
        size = runs[0].font.size.pt if runs[0].font.size else layout_size(slide, shape)
        gap = paragraph.space_before.pt if paragraph.space_before is not None and place else 0
        total += height([paragraph.text], size, across, bold=bool(shape.is_placeholder and "Title" in shape.name)) + gap
    return total, (shape.height - 2 * 45_720) / POINT


def layout_size(slide, shape):
    """Find the size that a placeholder inherits."""
    index = shape.placeholder_format.idx
    of_layout = next(other for other in slide.slide_layout.placeholders if other.placeholder_format.idx == index)
    return inherited_size(of_layout, slide.slide_layout.slide_master)


def covering_shapes(deck):
    """List pairs of shapes of a slide that overlap by more than a hair, and shapes that leave the slide."""
    found = []
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            inside = shape.left >= 0 and shape.top >= 0
            inside &= shape.left + shape.width <= deck.slide_width and shape.top + shape.height <= deck.slide_height
            if not inside:
                found.append((number, shape.name, "leaves the slide"))
        for one, other in combinations(slide.shapes, 2):
            across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            if across > POINT and down > POINT:
                found.append((number, one.name, other.name))
    return found


@pytest.fixture(scope="package")
def overflowing():
    """Give the check for text that runs over its box."""
    return overflowing_texts


@pytest.fixture(scope="package")
def covering():
    """Give the check for shapes that cover each other or leave the slide."""
    return covering_shapes
