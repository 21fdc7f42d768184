"""A deck as a file: the same bytes again, never over what is not podrace's, and it opens elsewhere."""

import re
import shutil
import subprocess

import pytest
from pptx import Presentation

from podrace.reports.deck.deck import write_deck
from podrace.scenarios.faults import ScenarioError

OFFICE = shutil.which("soffice")


def test_equal_stories_give_equal_bytes(small, tmp_path):
    one, other = (write_deck(small, tmp_path / name)[0].read_bytes() for name in ("one.pptx", "other.pptx"))
    assert one == other


def test_a_deck_of_ours_is_replaced(small, tmp_path):
    place = write_deck(small, tmp_path / "deck.pptx")[0]
    assert write_deck(small, place)[0] == place
    assert [file.name for file in tmp_path.iterdir()] == ["deck.pptx"]


def test_a_file_of_somebody_else_is_kept_until_forced(small, tmp_path):
    place = tmp_path / "deck.pptx"
    Presentation().save(str(place))
    before = place.read_bytes()
    with pytest.raises(ScenarioError, match="--force"):
        write_deck(small, place)
    assert place.read_bytes() == before
    write_deck(small, place, force=True)
    assert place.read_bytes() != before


def test_an_edited_deck_is_kept(small, tmp_path):
    place = write_deck(small, tmp_path / "deck.pptx")[0]
    deck = Presentation(str(place))
    deck.core_properties.last_modified_by = "A. Minister"
    deck.save(str(place))
    with pytest.raises(ScenarioError, match=r"edited.*A\. Minister"):
        write_deck(small, place)


@pytest.mark.parametrize("name", ["deck.ppt", "deck", "none/deck.pptx", "folder.pptx"])
def test_places_that_will_not_do(small, tmp_path, name):
    (tmp_path / "folder.pptx").mkdir()
    with pytest.raises(ScenarioError):
        write_deck(small, tmp_path / name)
    assert [file.name for file in tmp_path.rglob("*")] == ["folder.pptx"]


@pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice (soffice) is not installed: the deck is not opened in a second program"
)
def test_another_program_opens_it_with_all_slides(files, decks, tmp_path):
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(files["en"])]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "en.pdf").read_bytes())
    assert len(pages) == len(decks["en"].slides)
