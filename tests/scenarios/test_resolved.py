"""The finished scenario: frozen, hashed, dated, and written to a resolved file that reproduces it."""

import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podrace.scenarios.compose import load
from podrace.scenarios.dates import format_date, parse_date
from podrace.scenarios.faults import ScenarioError

DENSITY = "smic.n2.defect_density"


def test_a_scenario_is_frozen_and_pickles(small):
    scenario = small.load()
    with pytest.raises(AttributeError):
        scenario.start = 2024
    with pytest.raises(TypeError):
        scenario.records[DENSITY] = None
    with pytest.raises(TypeError):
        scenario.records.update({})
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.hash == scenario.hash


def test_years(small):
    scenario = small.load().with_years(2024, 2028)
    assert (scenario.start, scenario.end) == (2024, 2028)
    assert scenario.hash != small.load().hash
    for start, end in ((2030, 2029), (2014, 2020), (2050, 2061)):
        with pytest.raises(ScenarioError):
            small.load().with_years(start, end)


def test_hash_is_independent_of_file_layout(small):
    before = small.load().hash
    text = (small.root / "facts/smic.yaml").read_text()
    (small.root / "facts/smic.yaml").rename(small.root / "facts/aaa.yaml")
    (small.root / "facts/aaa.yaml").write_text("# a comment\n" + text.replace("  learning:", "\n  learning:"))
    small.write("baseline.yaml", "title: Another title\ndescription: Longer.\n")
    after = small.load()
    assert after.hash == before
    assert after.origins[DENSITY] == "scenarios/facts/aaa.yaml:4"


@pytest.mark.parametrize(
    "overrides",
    [
        {DENSITY: 0.2},
        {DENSITY: {"low": 0.13, "value": 0.17, "high": 0.24, "dist": "normal"}},
        {"years.end": 2034},
        {"behaviour.history": False},
        {"behaviour.rules.subsidy": False},
        {"chips.nvidia_h100.vendor": "x"},
    ],
)
def test_hash_changes_with_what_can_move_a_result(small, overrides):
    assert small.load("baseline", overrides).hash != small.load().hash


FULL = """
    title: "Everything: a 'test'"
    description: |
      Two lines
      of text.
    extends: baseline
    years: {end: 2031}
    behaviour: {rules: {controls: false}}
    timeline:
      - {date: 2025-08-15, actor: china, action: purchase_ban, item: h20, stringency: 0.5, source: [what-if, nvidia], note: "1e6"}
      - {date: 2027.3, actor: us, action: licence, cap: 1.0e5, fee: 0.25, until: 2029, source: https://example.org/x}
    parameters:
      smic.wafers.starts:
        by_year: {2024-03-05: 1.1, 2025.123456: {low: 0.1, value: 0.3, high: 1e22}}
        unit: wafer/year
        between: linear
        dist: lognormal
        correlation: full
        source: what-if
        note: "2026"
        unverified: true
        as_of: 2025-08
        confidence: judgement
        bounds: [0, 1.0e+23]
      chips.mine: {vendor: "2025", formats: [fp8, 4, true, 0.5], fp8: true}
    correlations:
      - {between: [smic.learning, smic.cost], rank: 0.25, source: judgement, note: guess}
    """


def test_the_resolved_file_reproduces_the_scenario(small, tmp_path):
    scenario = small.scenario(FULL, {"smic.learning": {"low": 0.1, "value": 0.2, "high": 0.3}})
    path = tmp_path / "scenario.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    again = load(path)
    assert again.hash == scenario.hash
    assert again == scenario
    assert again.to_yaml() == scenario.to_yaml()
    assert again.name == "what_if"
    assert again.layers == ("baseline", "what_if", "command line")
    assert again.description == "Two lines\nof text."
    assert again.origins == {
        key: origin for key, origin in scenario.origins.items() if key in {*scenario.records, *scenario.labels}
    }
    assert again.sources["nvidia"]["publisher"] == "NVIDIA"
    assert load(again, {"behaviour.history": False}) == small.load(scenario, {"behaviour.history": False})
    assert load(path, {DENSITY: 0.2}).records[DENSITY].value == 0.2


def test_the_resolved_file_is_readable(small):
    text = small.load("baseline", {DENSITY: 0.2}).to_yaml()
    assert "\ntitle: Baseline\n" in text
    assert "origin: command line" in text
    assert "origin: scenarios/facts/smic.yaml:" in text
    assert "publisher: NVIDIA" in text
    assert "- date: 2024-12\n" in text


def test_nothing_can_extend_a_resolved_file(small):
    (small.root / "done.yaml").write_text(small.load().to_yaml())
    faults = small.faults("extends: done\n")
    assert faults[0].path == "resolved"
    assert faults[0].message == "unknown key"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.text(max_size=20) | st.booleans() | st.floats(allow_nan=False), max_size=4),
)
def test_any_label_survives_the_resolved_file(small, text, items):
    overrides = {"chips.nvidia_h100.vendor": text, "chips.nvidia_h100.formats": items}
    scenario = small.load("baseline", overrides)
    path = small.root / "out.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    again = load(path)
    assert again.labels == scenario.labels
    assert again.hash == scenario.hash


@given(st.floats(1990, 2100))
def test_dates_survive_being_written(year):
    assert parse_date(format_date(year)) == year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (2026, 2026.0),
        ("2026", 2026.0),
        ("2025-09", 2025 + 8 / 12),
        ("2025-08-15", 2025 + (7 / 12 + 14 / 365)),
        (2026.58, 2026.58),
        ("2024-02-29", 2024 + (1 / 12 + 28 / 365)),
    ],
)
def test_dates(text, year):
    assert parse_date(text) == year


@pytest.mark.parametrize(
    "text",
    [
        "2025-13",
        "2025-02-30",
        "25-08",
        "2025-8-",
        "soon",
        "",
        True,
        None,
        1989,
        2101,
        "1850-01",
        [2025],
        "2025-08-15T00:00",
        "٢٠٢٥",
    ],
)
def test_bad_dates(text):
    with pytest.raises(ValueError, match="date"):
        parse_date(text)


def test_html_is_escaped(small):
    html = small.load("baseline", {"title": "<script>alert(1)</script>"})._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


# How much of the history is played


def test_history_is_played_up_to_a_date_and_the_resolved_file_says_so(small, tmp_path):
    """Actions of scenario files stand whenever they are dated; the whole record stays known."""
    scenario = small.scenario(
        """
        extends: baseline
        behaviour: {history_to: 2023-07}
        timeline:
          - {date: 2030, actor: us, action: control, item: hbm, stringency: 0.5, source: what-if}
        """
    )
    assert [action.date for action in small.load().timeline] == [2022 + 9 / 12, 2024 + 11 / 12]
    assert [action.date for action in scenario.timeline] == [2022 + 9 / 12, 2030]
    assert len(scenario.record_of_actions) == 3
    path = tmp_path / "scenario.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    again = load(path)
    assert "history_to: 2023-07" in path.read_text(encoding="utf-8")
    assert again.behaviour == scenario.behaviour
    assert again.behaviour.history_to == 2023.5
    assert again.timeline == scenario.timeline
    assert again.record_of_actions == scenario.record_of_actions
    assert (again.hash, again.to_yaml()) == (scenario.hash, scenario.to_yaml())


@pytest.mark.parametrize(("until", "played"), [("2022-10", 0), ("2022-10-02", 1), (2025, 2), ("2024-12", 1)])
def test_an_action_on_the_date_itself_is_no_longer_played(small, until, played):
    scenario = small.load("baseline", {"behaviour.history_to": until})
    assert len(scenario.timeline) == played
    assert scenario.hash != small.load().hash
    assert small.load(scenario).hash == scenario.hash


def test_a_later_layer_moves_the_date(small):
    small.write("early.yaml", "extends: baseline\nbehaviour: {history_to: 2022-01}\n")
    assert small.scenario("extends: early\n").behaviour.history_to == 2022
    late = small.scenario("extends: early\nbehaviour: {history_to: 2025-01}\n")
    assert (late.behaviour.history_to, len(late.timeline)) == (2025, 2)
    assert not small.load(late, {"behaviour.history": False}).timeline


def test_a_bad_date_of_the_history_is_one_fault(small):
    (fault,) = small.faults("extends: baseline\nbehaviour: {history_to: soon}\n")
    assert fault.path == "behaviour.history_to"
    with pytest.raises(ScenarioError, match="history_to .*no such date"):
        small.load("baseline", {"behaviour.history_to": "2025-13"})
