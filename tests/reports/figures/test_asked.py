"""What is asked for on the command line: look, language and formats of pictures, and of nothing else."""

import subprocess
import sys

import numpy as np
import pytest

from podrace.reports.figures.again import draw_again, place_of
from podrace.reports.figures.asked import asked, pictures
from podrace.reports.figures.style import save_as, save_figure
from podrace.reports.folder import FolderError, write_result
from podrace.reports.language import speaking
from podrace.reports.result import Result
from podrace.scenarios.faults import ScenarioError

SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from podrace.reports.figures.asked import pictures
from podrace.reports.figures.charts import end_labels, fan, time_axis
from podrace.reports.figures.style import headings, new_figure, save_figure, theme

def picture():
    figure, (ax,) = new_figure()
    when, quantiles = np.arange(2022.0, 2030.0), np.outer(np.arange(1.0, 6.0), np.arange(1.0, 9.0))
    fan(ax, when, quantiles, "#c8384a")
    time_axis(ax, when)
    end_labels(ax, [(24.0, "중국 24", "#c8384a")])
    headings(figure, "제목", "subtitle")
    return figure

with pictures("print", "ko"), theme():
    save_figure(picture(), Path(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def result(build):
    return Result(build(members=3, start=2026, end=2028))


def test_the_same_bytes_in_another_process(tmp_path):
    for name, seed in (("a", "1"), ("b", "2")):
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / name)], check=True, env={"PYTHONHASHSEED": seed, "PATH": ""}
        )
    for form in ("png", "svg"):
        assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


def test_only_pictures_change(build, tmp_path):
    ensemble = build(members=2, start=2027, end=2028)
    write_result(ensemble, tmp_path / "plain", figures=False)
    with pictures("dark", "ko", "svg"):
        write_result(ensemble, tmp_path / "asked", figures=False)
    for name in ("summary.csv", "iamc.csv", "events.csv", "scenario.yaml"):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "asked" / name).read_bytes()


@pytest.mark.parametrize(("formats", "written"), [("svg", {"svg"}), ("png", {"png"}), (" svg,PNG ", {"png", "svg"})])
def test_formats(result, tmp_path, formats, written):
    with pictures(formats=formats):
        save_figure(result.plot("fleet_h100e"), tmp_path / "one")
    assert {path.suffix[1:] for path in tmp_path.iterdir()} == written


def test_look_and_language_of_what_was_asked(result):
    with pictures("dark", "ko"):
        figure = result.plot("cluster")
        assert asked().look == "dark"
    assert "미국" in figure.texts[0].get_text()
    assert np.mean(figure.get_facecolor()[:3]) < 0.2
    assert asked() is None


def test_a_figure_keeps_the_look_and_language_it_was_made_in(result, tmp_path):
    with pictures("dark", "ko"):
        figure = result.plot("cluster")
        save_as(figure, tmp_path / "then.png")
    save_as(figure, tmp_path / "later.png")
    with speaking("ko"), pictures("print"):
        save_as(figure, tmp_path / "elsewhere.png")
    assert (tmp_path / "then.png").read_bytes() == (tmp_path / "later.png").read_bytes()
    assert (tmp_path / "then.png").read_bytes() == (tmp_path / "elsewhere.png").read_bytes()


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"look": "prin"}, "style  no such style"),
        ({"language": "kr"}, "no language 'kr'; allowed: en, ko"),
        ({"formats": "png,pdf"}, "format  no such format  (found pdf; allowed png, svg"),
        ({"formats": " , "}, "format  no such format"),
    ],
)
def test_a_bad_wish_is_one_clear_error(wish, said):
    with pytest.raises(ScenarioError) as fault, pictures(**wish):
        pass
    assert said in str(fault.value)


def test_an_unknown_ending_is_refused(result, tmp_path):
    with pytest.raises(ScenarioError, match="a picture is written as PNG or SVG"):
        save_as(result.plot("fleet_h100e"), tmp_path / "one.pdf")
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_a_finished_run_again(result, tmp_path):
    with pictures("print", "ko", "png"):
        assert place_of(tmp_path).name == "figures_print_ko"
        place, names = draw_again(result, place_of(tmp_path), ["cluster", "largest_run_flop"])
    assert names == ["cluster", "largest_run_flop"]
    assert {path.name for path in place.iterdir()} == {"cluster.png", "largest_run_flop.png"}
    with pictures(formats="svg"):
        draw_again(result, place, ["power"])
    assert (place / "power.svg").exists()
    assert (place / "cluster.png").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["figures_print_ko"]


def test_nothing_is_written_where_something_else_stands(result, tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(FolderError, match=r"holds more than pictures \(thesis.docx\)"):
        draw_again(result, tmp_path, ["cluster"])
    with pytest.raises(ScenarioError, match=r"no such picture or variable.*found clutser.*cluster"):
        draw_again(result, tmp_path / "new", ["clutser"])
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_picture_saved_by_hand_has_no_date(result, tmp_path):
    for name in ("one.svg", "two.svg"):
        result.plot("fleet_h100e").savefig(tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"<dc:date>" not in (tmp_path / "one.svg").read_bytes()
