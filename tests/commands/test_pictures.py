"""`podrace figures` and the options of every command that draws."""

import inspect

import pytest
import typer

from podrace import cli
from podrace.commands.pictures import OPTIONS, draws
from podrace.reports.figures.draw import FIGURES

DRAWING = ("run", "compare", "explain", "sensitivity", "discover", "backtest", "calibrate", "forecasts", "figures")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    import podrace as pr

    place = tmp_path_factory.mktemp("run") / "result"
    pr.run("baseline", members=4, years=(2025, 2028)).save(place, figures=False)
    return place


def test_every_command_that_draws_has_the_options():
    group = typer.main.get_command(cli.app)
    for name in DRAWING:
        given = {word for parameter in group.commands[name].params for word in parameter.opts}
        assert {"--style", "--lang", "--format"} <= given, name
    for name in ("check", "thesis"):
        given = {word for parameter in group.commands["hardware"].commands[name].params for word in parameter.opts}
        assert {"--style", "--lang", "--format"} <= given, name


def test_a_command_keeps_its_own_options():
    def command(name: str, *, loud: bool = False) -> None:
        """Say something."""

    asked = inspect.signature(draws(command)).parameters
    assert list(asked) == ["name", "loud", *OPTIONS]
    assert draws(command).__doc__ == "Say something."


def test_a_finished_run_is_drawn_again(podrace, folder):
    words = ("--style", "dark", "--lang", "ko", "--format", "svg", "--only", "cluster", "--only", "capex_busd")
    code, out, err = podrace("figures", folder, *words, "--quiet")
    assert (code, err) == (0, "")
    place = folder / "figures_dark_ko"
    assert out == f"{place.resolve()}\n"
    assert {path.name for path in place.iterdir()} == {"cluster.svg", "capex_busd.svg"}


def test_pictures_are_listed(podrace, folder):
    code, out, _ = podrace("figures", folder, "--list")
    assert code == 0
    assert out.split() == list(FIGURES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--style", "drak"), "style  no such style  (found drak; allowed light, dark, print; did you mean dark?)"),
        (("--lang", "kr"), "no language 'kr'; allowed: en, ko"),
        (("--format", "pdf"), "format  no such format  (found pdf; allowed png, svg"),
        (("--only", "clutser"), "only  no such picture or variable  (found clutser; allowed cluster, fleet,"),
    ],
)
def test_bad_input_is_one_clear_line_and_writes_nothing(podrace, folder, words, said):
    before = sorted(path.name for path in folder.iterdir())
    code, out, err = podrace("figures", folder, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_run_is_refused_before_it_starts(podrace, tmp_path):
    code, _, err = podrace("run", "baseline", "--style", "drak", "--out", tmp_path / "here")
    assert code == 2
    assert "no such style" in err
    assert not (tmp_path / "here").exists()
