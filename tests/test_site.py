"""The documentation as a site: it builds without a warning, fetches nothing, and its generated pages are up to date."""

import os
import re
import subprocess
import sys

import pytest

from podrace.commands.reference import pages
from podrace.model.registry import VARIABLES
from podrace.scenarios.compose import load
from podrace.scenarios.dates import format_date

FETCHED = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*?(?:src|href)\s*=\s*[\"']?(?:https?:)?//[^\"' >]*"
)
IMPORTED = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")
FENCED = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")


@pytest.fixture(scope="module")
def written():
    return pages()


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    """Build the site the way `make site` does, in a folder of the test's."""
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(place)]
    settings = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=settings)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    return place


def test_the_generated_pages_are_up_to_date(written, root):
    old = [name for name, text in written.items() if (root / "docs" / name).read_text(encoding="utf-8") != text]
    assert old == [], "make docs"


def test_every_variable_parameter_and_source_stands_in_the_reference(written):
    variables = written["reference/variables.md"]
    for variable in VARIABLES.values():
        assert f"`{variable.id}`" in variables
        assert variable.iamc.replace("|", r"\|<wbr>") in variables
    baseline = load("baseline")
    shown = written["reference/parameters.md"] + written["reference/data_sheets.md"]
    for path, record in baseline.records.items():
        table, name, *rest = path.split(".")
        assert f"`{path}`" in shown or (f"### `{table}.{name}`" in shown and f"`.{'.'.join(rest)}`" in shown), path
        assert all(f"sources.md#{source}" in shown for source in set(record.source) - {"judgement", "derived"}), path
    growth = next(line for line in shown.splitlines() if line.startswith("| `china_hbm.growth`"))
    assert "2.2 (1.5–3.2)" in growth
    assert "yearly factor while HBM is scarce" in growth
    assert all(f'<a id="{source}">' in written["reference/sources.md"] for source in baseline.sources)


def test_a_series_is_shown_with_all_its_dates(written):
    series = load("baseline").record("hbm.grey")
    row = next(line for line in written["reference/parameters.md"].splitlines() if line.startswith("| `hbm.grey`"))
    assert all(f"{format_date(date)}:\N{NO-BREAK SPACE}" in row for date, _ in series.points())
    assert "lognormal" in row


def test_every_page_is_there_and_nothing_is_fetched(site, root):
    built = sorted(site.rglob("*.html"))
    names = {path.relative_to(site).with_suffix(".md").as_posix() for path in built}
    sources = {path.relative_to(root / "docs").as_posix() for path in (root / "docs").rglob("*.md")}
    assert sources - {"pictures/README.md"} <= names
    assert {"changelog.md", "contributing.md"} <= names
    fetched = {f"{path.name}: {found}" for path in built for found in FETCHED.findall(path.read_text(encoding="utf-8"))}
    assert fetched == set()
    styles = {path.name: IMPORTED.findall(path.read_text(encoding="utf-8")) for path in site.rglob("*.css")}
    assert {name: found for name, found in styles.items() if found} == {}


def test_the_first_page_opens_with_a_picture_and_the_headline(site, root):
    first = (site / "index.html").read_text(encoding="utf-8").replace("\N{WORD JOINER}", "")
    told = (
        (root / "README.md")
        .read_text(encoding="utf-8")
        .partition("**What the baseline says**")[2]
        .partition("\n## ")[0]
    )
    numbers = re.findall(r"\d[\d.]* \([\d.]+–[\d.]+\)", told)
    assert len(numbers) > 10
    places = [first.index(text) for text in ("pictures/fleet.png", "What the baseline says", *numbers, "you want to")]
    assert places[:2] == sorted(places[:2])
    assert max(places) == places[-1]


def test_public_names_stand_in_the_python_reference(site):
    import podrace

    text = (site / "reference" / "api.html").read_text(encoding="utf-8")
    assert [name for name in podrace.__all__ if not name.startswith("_") and f"pr.{name}" not in text] == []
    assert "with_agents" in text


def test_schemas_are_published(site):
    for kind in ("scenario", "study"):
        assert (site / "schema" / f"{kind}.json").is_file()
    assert 'href="schema/scenario.json"' in (site / "own_scenario.html").read_text(encoding="utf-8")


def commands_in(page):
    """Give the commands of a page's shell blocks, comments cut off."""
    lines = "\n".join(FENCED.findall(page)).replace("\\\n", " ").splitlines()
    return [line.partition(" #")[0].strip() for line in lines if line.startswith("podrace ")]


def test_every_command_that_a_page_shows_exists(root, written):
    sections = dict(
        re.findall(
            r"^## podrace ([a-z ]+)\n(.*?)(?=^## |\Z)", written["reference/commands.md"], re.DOTALL | re.MULTILINE
        )
    )
    seen = 0
    for page in sorted((root / "docs").glob("*.md")):
        for command in commands_in(page.read_text(encoding="utf-8")):
            words = command.split()[1:]
            name = " ".join(words[:2]) if " ".join(words[:2]) in sections else words[0]
            assert name in sections, f"{page.name}: {command}"
            known = {"--help", "--version", *re.findall(r"`(--[a-z-]+)`", sections[name])}
            assert set(OPTION.findall(command)) <= known, f"{page.name}: {command}"
            seen += 1
    assert seen > 20
