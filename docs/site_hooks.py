"""What the site takes from the root of the repository: the headline of README.md, CHANGELOG.md and CONTRIBUTING.md."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / ".typecheck" / "documented" / "podrace"
"""The package under its own name, without what else stands at the root: docstrings are read from here."""
ROOMS = ("agents", "commands", "model", "reports", "scenarios", "studies", "__init__.py")
MARK = "<!-- headline of README.md -->"
HEADLINE = re.compile(r"^\*\*What the baseline says.*?(?=\n## )", re.DOTALL | re.MULTILINE)
"""Up to the next heading: the table, and what is read from it."""
RANGE = re.compile(r"(?<=\d)–(?=\d)")
"""A range of numbers, which no narrow column breaks."""
PAGES = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Pages of the root, and where they stand on the site."""


def on_startup(**_: object) -> None:
    """Link the rooms of the package."""
    PACKAGE.mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        link = PACKAGE / room
        if not link.is_symlink():
            link.symlink_to(ROOT / room)


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the pages of the root."""
    for name, place in PAGES.items():
        files.append(File.generated(config, place, content=moved((ROOT / name).read_text("utf-8"))))
    return files


def on_page_markdown(markdown: str, page: "Page", **_: object) -> str:
    """Let links to pages of the root lead to the site's, and put the headline of README.md on the first page."""
    for name, place in PAGES.items():
        markdown = markdown.replace(f"](../{name})", f"]({place})")
    if page.file.src_uri != "index.md":
        return markdown
    found = HEADLINE.search((ROOT / "README.md").read_text("utf-8"))
    if found is None or MARK not in markdown:
        message = "README.md or docs/index.md has lost the headline"
        raise ValueError(message)
    headline = RANGE.sub("\N{WORD JOINER}–\N{WORD JOINER}", moved(found[0]))
    return markdown.replace(MARK, f'<div class="home" markdown>{headline}</div>')


def moved(text: str) -> str:
    """Let links of a page at the root lead from the folder of the documentation."""
    return text.replace("](docs/", "](")
