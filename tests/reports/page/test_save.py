"""Where a page lands, and what it never replaces."""

import pytest

from podrace.reports.page.save import check_place, is_page, place_of, write_page
from podrace.scenarios.faults import ScenarioError


def test_a_page_lands_beside_its_result_or_where_asked(tmp_path):
    assert place_of(tmp_path, None) == tmp_path / "report.html"
    assert place_of(tmp_path, tmp_path / "a.html") == tmp_path / "a.html"


def test_a_page_replaces_an_older_one(html, tmp_path):
    place = write_page(html, tmp_path / "a.html")
    assert is_page(place)
    assert write_page(html + "<!-- newer -->", place).read_text(encoding="utf-8").endswith("newer -->")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_other_files_are_replaced_only_when_forced(html, tmp_path):
    place = tmp_path / "a.html"
    place.write_text("<html>mine</html>", encoding="utf-8")
    with pytest.raises(ScenarioError, match="holds something else than a podrace page"):
        write_page(html, place)
    assert place.read_text(encoding="utf-8") == "<html>mine</html>"
    assert is_page(write_page(html, place, force=True))


def test_places_that_cannot_take_a_page_are_named(html, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder.html").mkdir()
    for name, reason in {
        "folder.html": "is a folder",
        "a.txt": "a name that ends in .html",
        "nowhere/a.html": "no such folder",
        "file/a.html": "no such folder",
    }.items():
        with pytest.raises(ScenarioError, match=reason):
            write_page(html, tmp_path / name, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.html"]


def test_a_place_that_is_not_writable_is_named(tmp_path, monkeypatch):
    def refuse(*_args, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    with pytest.raises(ScenarioError, match="cannot write: Permission denied"):
        check_place(tmp_path / "a.html")


def test_a_full_disk_leaves_the_older_page(html, tmp_path, monkeypatch):
    place = write_page(html, tmp_path / "a.html")

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(ScenarioError, match="No space left"):
        write_page("<p>newer</p>", place)
    assert place.read_text(encoding="utf-8") == html
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
