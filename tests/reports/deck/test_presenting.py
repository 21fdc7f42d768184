"""`result.deck` and `comparison.deck`, `podrace deck`: what a run says becomes slides in one call."""

import pytest
from pptx import Presentation

import podrace as pr
from podrace import cli
from podrace.scenarios.faults import ScenarioError


@pytest.fixture(scope="module")
def result():
    return pr.run("baseline", members=10, years=(2026, 2030))


@pytest.fixture(scope="module")
def told(result, tmp_path_factory):
    """Give the decks of a result in English and of a comparison in Korean."""
    comparison = pr.compare("baseline", ["hbm_gap", "chips_for_share"], members=10, years=(2026, 2030))
    folder = tmp_path_factory.mktemp("told")
    places = result.deck(folder / "result.pptx"), comparison.deck(folder / "comparison.pptx", lang="ko")
    return {place.stem: Presentation(str(place)) for place in places}


def charts_of(deck):
    return [(slide, shape.chart) for slide in deck.slides for shape in slide.shapes if shape.has_chart]


@pytest.mark.parametrize("name", ["result", "comparison"])
def test_a_deck_in_one_call(told, overflowing, covering, name):
    assert 8 <= len(told[name].slides) <= 14
    assert overflowing(told[name]) == []
    assert covering(told[name]) == []


@pytest.mark.parametrize("name", ["result", "comparison"])
def test_no_chart_is_shown_twice(told, name):
    books = [chart.part.chart_workbook.xlsx_part.blob for _, chart in charts_of(told[name])]
    assert len(books) == len(set(books))


def test_of_many_scenarios_the_base_alone_shows_its_interval(told):
    slide, chart = charts_of(told["comparison"])[0]
    ends = [series.name for series in chart.plots[0].series if series.name.endswith("%")]
    assert ends == ["기준 시나리오, 5 %", "기준 시나리오, 95 %"]
    assert any("90% 구간(기준 시나리오)" in shape.text_frame.text for shape in slide.placeholders)


def test_faults_leave_nothing_behind(result, tmp_path):
    with pytest.raises(ScenarioError, match="language"):
        result.deck(tmp_path / "deck.pptx", lang="fr")
    with pytest.raises(ScenarioError, match="template"):
        result.deck(tmp_path / "deck.pptx", template=tmp_path / "none.pptx")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_into_the_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    pr.run("baseline", members=1, years=(2026, 2028)).save(tmp_path, figures=False)
    with pytest.raises(SystemExit) as done:
        cli.main(["deck", str(tmp_path), "--lang", "ko"])
    assert not done.value.code
    assert capsys.readouterr().out.strip() == str(tmp_path / "deck.pptx")
    assert Presentation(str(tmp_path / "deck.pptx")).core_properties.language == "ko-KR"
    with pytest.raises(SystemExit) as refused:
        cli.main(["deck", str(tmp_path), "--out", str(tmp_path / "deck.ppt")])
    assert refused.value.code == 2
    assert not (tmp_path / "deck.ppt").exists()
