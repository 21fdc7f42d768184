"""The JSON Schemas take what the loader takes, and mark what an editor can mark."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from podrace.reports.reference.json_schema import EXPONENT, json_schema, text
from podrace.scenarios.compose import load
from podrace.scenarios.faults import ScenarioError
from podrace.scenarios.layers import PACKAGED
from podrace.scenarios.reader import read_document, read_text
from podrace.studies.study_files import FOLDER, load_study

SHIPPED = [
    *sorted(PACKAGED.scenarios.glob("*.yaml")),
    *sorted((PACKAGED.scenarios / "forecasts").glob("*.yaml")),
    *sorted(FOLDER.glob("*.yaml")),
]
WHAT_IF = "extends: baseline\ntimeline:\n- {date: %s, actor: us, action: control, item: hbm, stringency: 1, source: what-if}\n"
PARAMETERS = "extends: baseline\nparameters:\n  %s\n"
NUMBER = "{value: 0.5, unit: '1', source: what-if}"

GOOD = {
    "bare": "extends: baseline\n",
    "several levers": "extends: [hbm_gap, cxmt_stall]\n",
    "date in months": WHAT_IF % "2027-01",
    "date in days": WHAT_IF % "2027-01-15",
    "date as a year": WHAT_IF % "2027",
    "date as a decimal year": WHAT_IF % "2027.25",
    "dotted": PARAMETERS % f"hbm.leakage: {NUMBER}",
    "nested": PARAMETERS % f"hbm: {{leakage: {NUMBER}}}",
    "half dotted": PARAMETERS % "smic.n2: {defect_density: {value: 0.2, source: what-if}}",
    "unit of the number it replaces": PARAMETERS
    % "smic.n2.defect_density: {low: 0.1, value: 0.2, high: 0.3, source: what-if}",
    "unit as a number": PARAMETERS % "hbm.leakage: {value: 0.5, unit: 1, source: what-if}",
    "web address": PARAMETERS % "hbm.leakage: {value: 0.5, source: 'https://example.org/paper'}",
    "series": PARAMETERS
    % "hbm.grey: {by_year: {2022: 0.0, 2026-07: {low: 1, value: 2, high: 3}}, source: [nbc, judgement]}",
    "exponent": PARAMETERS % "buyers.google.capex: {by_year: {2027: 5.0e2}, source: what-if}",
    "label": PARAMETERS % "firms.nvidia.exports: [nvidia_h20, nvidia_h200]",
    "entry, dotted": PARAMETERS % f"plants.smic.growth: {NUMBER}",
    "entry, nested": PARAMETERS % f"plants: {{smic: {{growth: {NUMBER}}}}}",
    "entry, half nested": PARAMETERS % f"plants: {{smic.growth: {NUMBER}}}",
    "sheet": PARAMETERS % "chips.nvidia_h20.hbm_gb: {value: 96, source: what-if}",
    "switches": "extends: baseline\nbehaviour: {reactions: true, history_to: 2025-06, rules: {acceptance: false}}\n",
    "correlation": "extends: baseline\ncorrelations:\n- {between: [smic.n2.defect_density, hbm.grey], rank: 0.5, source: judgement}\n",
}
FAULTY = {
    "misspelt key": "extnds: baseline\n",
    "misspelt title": "extends: baseline\ntittle: Mine\n",
    "another format": "format: 2\nextends: baseline\n",
    "no such path": PARAMETERS % f"hbm.leakege: {NUMBER}",
    "no such path, nested": PARAMETERS % f"hbm: {{leakege: {NUMBER}}}",
    "no such table": PARAMETERS % f"hmb.leakage: {NUMBER}",
    "no such attribute": PARAMETERS % f"plants.smic.grouth: {NUMBER}",
    "no such attribute, nested": PARAMETERS % f"plants: {{smic: {{grouth: {NUMBER}}}}}",
    "no source": PARAMETERS % "hbm.leakage: {value: 0.5, unit: '1'}",
    "unknown source": PARAMETERS % "hbm.leakage: {value: 0.5, source: my-head}",
    "bare number": PARAMETERS % "hbm.leakage: 0.5",
    "number as text": PARAMETERS % "hbm.leakage: {value: half, source: what-if}",
    "no value": PARAMETERS % "hbm.leakage: {low: 0.5, unit: '1', source: what-if}",
    "value and series": PARAMETERS % "hbm.grey: {value: 1, by_year: {2022: 1}, source: what-if}",
    "misspelt key of a record": PARAMETERS % "hbm.leakage: {value: 0.5, sorce: what-if, source: what-if}",
    "no such distribution": PARAMETERS % "hbm.grey: {low: 1, value: 2, high: 3, dist: gauss, source: what-if}",
    "three bounds": PARAMETERS % "hbm.leakage: {value: 0.5, bounds: [0, 1, 2], source: what-if}",
    "series by name": PARAMETERS % "hbm.grey: {by_year: {soon: 1}, source: what-if}",
    "text for a truth value": PARAMETERS % "buyers.google.imports: perhaps",
    "no such actor": (WHAT_IF % "2027").replace("actor: us", "actor: eu"),
    "no such action": (WHAT_IF % "2027").replace("action: control", "action: embargo"),
    "stringency above 1": (WHAT_IF % "2027").replace("stringency: 1", "stringency: 1.5"),
    "no date": (WHAT_IF % "2027").replace("date: 2027, ", ""),
    "month 13": WHAT_IF % "2027-13",
    "date in words": WHAT_IF % "soon",
    "origin in a file": (WHAT_IF % "2027").replace("source:", "origin: here, source:"),
    "no such rule": "extends: baseline\nbehaviour: {rules: {acceptence: false}}\n",
    "switch as text": "extends: baseline\nbehaviour: {reactions: 'no'}\n",
    "year too early": "extends: baseline\nyears: {start: 1999}\n",
    "rank of 1": "extends: baseline\ncorrelations:\n- {between: [hbm.grey, hbm.leakage], rank: 1, source: judgement}\n",
    "unknown key of years": "extends: baseline\nyears: {from: 2022}\n",
}
GOOD_STUDIES = {
    "base alone": "base: baseline\n",
    "values for a path": "base: baseline\nlevers: {hbm.leakage: [0.0, 1.0]}\n",
    "values for an entry": "base: [baseline, hbm_gap]\nlevers: {plants.smic.growth: [1.2, 1.5]}\n",
    "a rule": "base: baseline\nlevers: {behaviour.rules.acceptance: [true, false]}\n",
    "scenario names": "base: baseline\nlevers: {policy: [hbm_gap, full_decoupling]}\n",
    "named layers": "base: baseline\nlevers: {yields: {as_is: [], none: , low: smic_yield_low, both: [hbm_gap, cxmt_stall]}}\n",
    "a layer in full": f"base: baseline\nlevers: {{leak: {{half: {{parameters: {{hbm.leakage: {NUMBER}}}}}}}}}\n",
    "settings": "base: baseline\ndesign: sobol\nmembers: 8\nseed: 3\noutputs: [fleet_h100e]\nyears: {end: 2030}\n",
    "single years": "base: baseline\nyears: [2026, 2030]\n",
}
FAULTY_STUDIES = {
    "no base": "title: Mine\n",
    "misspelt design": "base: baseline\ndesign: soboll\n",
    "no member": "base: baseline\nmembers: 0\n",
    "no such variable": "base: baseline\noutputs: [fleet]\n",
    "no such path": "base: baseline\nlevers: {hbm.leakege: [0.0, 1.0]}\n",
    "no such rule": "base: baseline\nlevers: {behaviour.rules.acceptence: [true, false]}\n",
    "name of a column": "base: baseline\nlevers: {member: [hbm_gap]}\n",
    "no options": "base: baseline\nlevers: {policy: []}\n",
    "numbers without a path": "base: baseline\nlevers: {policy: [1, 2]}\n",
    "the same value twice": "base: baseline\nlevers: {hbm.leakage: [1.0, 1.0]}\n",
    "typo in a layer": "base: baseline\nlevers: {policy: {closed: {timelines: []}}}\n",
    "year too late": "base: baseline\nyears: [2099]\n",
}


@pytest.fixture(scope="module")
def validators():
    found = {kind: jsonschema.Draft7Validator(json_schema(kind)) for kind in ("scenario", "study")}
    for validator in found.values():
        validator.check_schema(validator.schema)
    return found


@pytest.fixture
def load_text(tmp_path):
    def loaded(kind, written):
        path = tmp_path / "mine.yaml"
        path.write_text(written, encoding="utf-8")
        return load_study(path) if kind == "study" else load(path)

    return loaded


@pytest.mark.parametrize("file", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_passes(file, validators):
    data = read_document(file).data
    kind = "study" if "base" in data else "scenario"
    assert [f"{fault.json_path}: {fault.message}" for fault in validators[kind].iter_errors(data)] == []


@pytest.mark.parametrize(("kind", "cases"), [("scenario", GOOD), ("study", GOOD_STUDIES)])
def test_what_the_loader_takes_passes(kind, cases, validators, load_text):
    for name, written in cases.items():
        load_text(kind, written)
        data = read_text(written, "mine.yaml").data
        assert [fault.message for fault in validators[kind].iter_errors(data)] == [], name


@pytest.mark.parametrize(("kind", "cases"), [("scenario", FAULTY), ("study", FAULTY_STUDIES)])
def test_faults_are_marked_and_the_loader_agrees(kind, cases, validators, load_text):
    for name, written in cases.items():
        assert not validators[kind].is_valid(read_text(written, "mine.yaml").data), name
        with pytest.raises(ScenarioError):
            load_text(kind, written)


def test_a_file_that_adds_a_firm_and_its_chip_passes(validators):
    from importlib import util

    place = Path(__file__).parents[2] / "studies" / "test_own_world.py"
    spec = util.spec_from_file_location("own_world", place)
    own = util.module_from_spec(spec)
    spec.loader.exec_module(own)
    data = read_text(own.OWN_WORLD, "own.yaml").data
    assert [fault.message for fault in validators["scenario"].iter_errors(data)] == []


def test_other_readers_of_yaml_may_see_an_exponent_as_text(validators):
    data = yaml.safe_load(PARAMETERS % "hbm.grey: {value: 5.0e2, source: what-if}")
    assert data["parameters"]["hbm.grey"]["value"] == "5.0e2"
    assert validators["scenario"].is_valid(data)


def test_editors_find_names_and_explanations():
    scenario = json_schema("scenario")
    parameters = scenario["$defs"]["Parameters"]["properties"]
    assert "hbm.leakage" in parameters
    assert "Baseline: 1" in scenario["$defs"]["hbm.leakage"]["description"]
    assert "wafer/month" in parameters["plants.smic.capacity"]["description"]
    assert parameters["chips.nvidia_h20"]["description"] == load("baseline").label("chips.nvidia_h20.name")
    assert "hbm_gap" in scenario["properties"]["extends"]["anyOf"][0]["anyOf"][0]["enum"]
    fields = [
        scenario,
        *(scenario["$defs"][name] for name in ("Action", "Record", "Spread", "BehaviourFile", "Chosen")),
    ]
    silent = [name for field in fields for name, about in field["properties"].items() if not about.get("description")]
    assert silent == []
    study = json_schema("study")
    assert [name for name, about in study["properties"].items() if not about.get("description")] == []


def places(node, path=""):
    """Give every part of a schema that holds a pattern, with where it stands."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("pattern"), str):
        yield path, node
    for key, part in parts:
        yield from places(part, f"{path}/{key}")


@pytest.mark.parametrize("kind", ["scenario", "study"])
def test_no_editor_shows_a_bare_pattern(kind):
    found = [(path, node) for path, node in places(json_schema(kind)) if node != EXPONENT]
    assert len(found) > 5
    assert [path for path, node in found if not node.get("patternErrorMessage", "").endswith(".")] == []


@pytest.mark.parametrize("kind", ["scenario", "study"])
def test_the_published_schemas_are_up_to_date(kind, root):
    written = (root / "docs/schema" / f"{kind}.json").read_text(encoding="utf-8")
    assert written == text(kind), f"docs/schema/{kind}.json is old: make docs"
    assert json.loads(written) == json_schema(kind)


@pytest.fixture
def podrace(podrace):
    return lambda *words: podrace("schema", *words)


def test_the_command_prints_or_writes(podrace, tmp_path):
    code, out, err = podrace("study")
    assert (code, err, out) == (0, "", text("study"))
    assert json.loads(podrace()[1])["title"] == "podrace scenario"
    for _ in range(2):  # over its own kind it may write
        assert podrace("--out", "mine.json") == (0, "", f"written to {tmp_path / 'mine.json'}\n")
    assert (tmp_path / "mine.json").read_text(encoding="utf-8") == text("scenario")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_the_command_refuses_what_it_cannot_do(podrace, tmp_path):
    (tmp_path / "taken.json").write_text('{"mine": 1}')
    for words, fault in [
        (["studie"], "did you mean study?"),
        (["--out", "taken.json"], "another file stands there"),
        (["--out", "nowhere/mine.json"], "no such folder"),
        (["--out", "."], "a folder stands there"),
    ]:
        code, out, err = podrace(*words)
        assert (code, out) == (2, "")
        assert fault in err
        assert len(err.splitlines()) == 1
    assert (tmp_path / "taken.json").read_text() == '{"mine": 1}'
