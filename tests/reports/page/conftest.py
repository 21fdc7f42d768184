"""A story made by hand, with every kind of chart."""

from html.parser import HTMLParser

import pytest

from podrace.reports.figures.style import CATEGORY_COLOURS, SIDE_COLOURS
from podrace.reports.page.page import page
from podrace.reports.page.telling import page_of
from podrace.reports.result import run
from podrace.reports.story.parts import Chart, Section, Series, Story, Table

YEARS = tuple(str(year) for year in range(2022, 2036))


def _fan():
    growth = [1.6**place for place in range(len(YEARS))]
    sides = (("China", 0.12, "china"), ("US-led", 1.3, "us"))
    return Chart(
        "fan",
        "Computing power owned, million H100e",
        "million H100e",
        YEARS,
        tuple(
            Series(
                name,
                tuple(scale * value for value in growth),
                tuple(scale * value / 1.8 for value in growth),
                tuple(scale * value * 1.7 for value in growth),
                tuple(scale * value / 1.3 for value in growth),
                tuple(scale * value * 1.3 for value in growth),
                SIDE_COLOURS[side],
            )
            for name, scale, side in sides
        ),
        "Both sides grow; the US-led side owns eleven times as much throughout.",
        log=True,
    )


def _stacked():
    parts = (("dies", 0.2), ("hbm", 0.5), ("packaging", 0.1), ("demand", 0.2))
    series = tuple(
        Series(name, tuple(100 * share for _ in YEARS), colour=CATEGORY_COLOURS[name]) for name, share in parts
    )
    return Chart(
        "stacked", "What held Huawei back, % of members", "%", YEARS, series, "HBM binds in half of the members."
    )


def _dots():
    names = ("HBM gap closed by smuggling through third countries", "CXMT stalls", "H20 sold")
    middle, low, high = (1.4, 0.52, 0.98), (1.1, 0.41, 0.93), (1.9, 0.77, 1.02)
    colour = SIDE_COLOURS["china"]
    return Chart(
        "dots",
        "China's fleet of 2030 beside the base",
        "times the base",
        names,
        (Series("China", middle, low, high, colour=colour),),
        "A stall of CXMT halves it.",
        reference=1.0,
    )


def _bars():
    names = ("Smuggling: H100e", "China HBM: capacity", "SMIC: n2, die conversion")
    series = (
        Series("low end", (-0.92, -0.93, 0.0), colour="#5a6470"),
        Series("high end", (1.68, 0.04, 0.31), colour="#0b7a75"),
    )
    return Chart(
        "bars", "What moves China's fleet, M H100e", "M H100e", names, series, "Smuggling matters most.", reference=0.0
    )


def _lines():
    series = (
        Series("baseline", tuple(2.0 + 0.1 * place for place in range(14)), colour="#1d2530"),
        Series("no_refusal", (None, *(1.0 + 0.3 * place for place in range(13))), colour="#e69f00"),
    )
    return Chart("lines", "Years by which China is behind", "years", YEARS, series, "The lag grows in both.")


@pytest.fixture(scope="session")
def story():
    """Give a story with every kind of chart, a table with links, and notes."""
    assumptions = Table(
        ("Assumption", "Value", "Source"),
        (
            ("Smuggling: H100e", "150 k (20 k–600 k)", "CNAS, 2025"),
            ("China HBM: capacity", "5,000 wafers/month", "judgement"),
        ),
        "Assumptions that move the answer most",
        ("https://www.cnas.org/publications/reports/countering-ai-chip-smuggling", ""),
    )
    timeline = Table(("Date", "Who", "What"), (("Oct 2022", "US government", "Chip controls"),), "Dated policy")
    return Story(
        "en",
        "The baseline",
        "A run of podrace, facts to September 2026",
        (
            Section("question", "How far apart are the two sides in 2028?", ("Under the controls of September 2026",)),
            Section(
                "answer",
                "The US-led side owns 47 times China's computing power in 2028",
                ("47× (26–78) on the 8-bit basis", "33× (19–53) on BF16"),
                ("In all of 1,000 members the US-led side owns more.",),
            ),
            Section("capability", "The gap in owned computing power doubles from 2026 to 2028", charts=(_fan(),)),
            Section("binding", "HBM binds Huawei in half of the members", charts=(_stacked(),)),
            Section("timeline", "Eleven dated acts shape the run", table=timeline),
            Section("differences", "A stall of CXMT halves China's fleet of 2030", charts=(_dots(), _lines())),
            Section("drivers", "Smuggling carries the answer", charts=(_bars(),)),
            Section(
                "assumptions",
                "Two assumptions carry the answer",
                table=assumptions,
                sources=("CNAS, 2025, https://www.cnas.org/x",),
            ),
            Section("caveats", "These are conditional statements about a model, not forecasts"),
        ),
        (("podrace", "0.1.0"), ("Seed", "0"), ("Command", "podrace run baseline --members 1000 --seed 0")),
    )


class Parsed(HTMLParser):
    """What a page consists of."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.words, self.scripts, self._open = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._open = tag if tag in {"script", "style"} else None
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        if self._open == "script":
            self.scripts[-1] += data
        elif self._open is None:
            self.words.append(data)

    @property
    def text(self):
        """Give all text that is read, blanks and hyphens made plain."""
        return " ".join("".join(self.words).replace("\u00a0", " ").replace("\u2011", "-").split())

    def named(self, *tags):
        """Give the attributes of the elements of a kind."""
        return [attributes for tag, attributes in self.tags if tag in tags]


@pytest.fixture(scope="session")
def parse():
    """Give the way to read a page."""
    return Parsed


@pytest.fixture(scope="session")
def html(story):
    """Give the page of the story."""
    return page(story)


@pytest.fixture(scope="session")
def result():
    """Give a small run."""
    return run("baseline", members=20, years=(2022, 2028))


@pytest.fixture(scope="session")
def korean(result):
    """Give the Korean page of a small run."""
    return page_of(result, "ko", (2026,))
