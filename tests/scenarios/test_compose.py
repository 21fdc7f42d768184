"""Loading scenarios: layers, overrides, the resolved file."""

import subprocess
import sys

import pytest

from podrace.scenarios.catalogue import catalogue
from podrace.scenarios.compose import below, load, parse_set, together
from podrace.scenarios.faults import ScenarioError

DENSITY = "smic.n2.defect_density"
NARROW = """
    title: Narrow
    extends: baseline
    parameters:
      smic.n2.defect_density: {low: 0.16, value: 0.18, high: 0.20, source: what-if}
    """


def test_the_baseline(small):
    scenario = small.load()
    assert (scenario.name, scenario.title, scenario.start, scenario.end) == ("baseline", "Baseline", 2022, 2035)
    assert list(scenario.years) == list(range(2022, 2036))
    assert scenario.records[DENSITY].dist == "triangular"
    assert scenario.unknown == ("chips.nvidia_h100.roadmap",)
    assert scenario.origins[DENSITY] == "scenarios/facts/smic.yaml:3"
    assert scenario.layers == ("baseline",)
    assert "Baseline" not in repr(scenario)
    assert "baseline" in repr(scenario)


def test_entities_labels_and_central(small):
    scenario = small.load()
    assert scenario.entities("chips") == ("ascend_910c", "nvidia_h100")
    assert scenario.entities("smic") == ("cost", "learning", "n2", "wafers")
    assert scenario.entities("nothing") == ()
    assert scenario.label("chips.nvidia_h100.vendor") == "nvidia"
    assert scenario.label("chips.ascend_910c.fp8") is False
    assert scenario.label("chips.nvidia_h100.formats") == ("fp8", "bf16")
    assert scenario.label("chips.ascend_910c.formats", ()) == ()
    assert scenario.central("chips.nvidia_h100.bf16_tflops", "PFLOP/s") == pytest.approx(0.989)
    assert scenario.central("smic.wafers.starts", "wafer/year", 2027) == 84_000
    assert scenario.has("chips.nvidia_h100.vendor")
    assert scenario.has(DENSITY)
    assert not scenario.has("chips.nvidia_h100.roadmap")
    with pytest.raises(ScenarioError, match=r"unknown parameter.*did you mean chips\.nvidia_h100\.vendor"):
        scenario.label("chips.nvidia_h100.vender")
    with pytest.raises(ScenarioError, match="is a number, not a label"):
        scenario.label(DENSITY)
    with pytest.raises(ScenarioError, match="say which year"):
        scenario.central("smic.wafers.starts", "wafer/year")


def test_extends_a_later_layer_wins(small):
    small.write("narrow.yaml", NARROW)
    scenario = small.scenario("""
        title: Narrower
        extends: narrow
        parameters:
          smic: {n2: {defect_density: {value: 0.19, source: what-if}}}
        """)
    assert scenario.records[DENSITY].value == 0.19
    assert not scenario.records[DENSITY].uncertain
    assert scenario.records[DENSITY].unit == "1/cm^2"
    assert scenario.layers == ("baseline", "narrow", "what_if")
    assert scenario.origins[DENSITY] == "scenarios/what_if.yaml:4"


def test_a_record_in_another_unit_is_converted_on_use(small):
    scenario = small.scenario("""
        extends: baseline
        parameters:
          smic.wafers.starts: {value: 120000, unit: wafer/year, source: what-if}
        """)
    assert scenario.central("smic.wafers.starts", "wafer/month") == 10_000


def test_inherited_bounds_follow_the_unit(small):
    text = """
        extends: baseline
        parameters:
          smic.n2.defect_density: {{value: {value}, unit: 1/mm^2, source: what-if}}
        """
    assert small.scenario(text.format(value=0.005)).central(DENSITY, "1/cm^2") == pytest.approx(0.5)
    (fault,) = small.faults(text.format(value=0.5))
    assert "outside bounds [0.0001, 0.01]" in fault.message


def test_new_entities_may_be_added(small):
    scenario = small.scenario("""
        extends: baseline
        parameters:
          chips.mine:
            vendor: me
            fp8: true
            bf16_tflops: {value: 5.0e2, unit: TFLOP/s, source: what-if}
        """)
    assert scenario.entities("chips") == ("ascend_910c", "mine", "nvidia_h100")
    assert scenario.central("chips.mine.bf16_tflops", "TFLOP/s") == 500


def test_an_unknown_fact_can_be_filled_in(small):
    scenario = small.load("baseline", {"chips.nvidia_h100.roadmap": "rubin"})
    assert scenario.label("chips.nvidia_h100.roadmap") == "rubin"
    assert scenario.unknown == ()


def test_history_precedes_the_scenario_and_can_be_dropped(small):
    small.write(
        "lifted.yaml",
        """
        extends: baseline
        timeline:
          - {id: hbm-ban, date: 2024-12, actor: us, action: control, item: hbm, stringency: 0.0, source: what-if}
          - {date: 2022-10, actor: us, action: control, item: chips, threshold_tpp: 9999, source: what-if}
          - {date: 2030-01-15, announced: 2029, until: 2031, actor: china, action: purchase_ban, item: h20, source: what-if}
        """,
    )
    scenario = small.load("lifted")
    dates = [action.date for action in scenario.timeline]
    assert dates == [2022 + 9 / 12, 2024 + 11 / 12, 2030 + 14 / 365]
    assert [action.stringency for action in scenario.timeline] == [None, 0.0, None]
    assert scenario.timeline[0].threshold_tpp == 9999
    assert len(small.load("baseline").timeline) == 2
    assert len(small.load("baseline", {"behaviour.history": False}).timeline) == 0
    off = small.load("lifted", {"behaviour.history": False})
    assert len(off.timeline) == 3
    assert small.load(off, {"behaviour.history": True}) == scenario


def test_two_levers_that_agree(small):
    small.write("one.yaml", NARROW)
    small.write("two.yaml", NARROW.replace("0.18", "0.180").replace("Narrow", "The same"))
    small.write("three.yaml", "extends: baseline\nbehaviour: {reactions: false}\n")
    scenario = small.scenario("extends: [one, two, three]\n")
    assert scenario.layers == ("baseline", "one", "two", "three", "what_if")
    assert scenario.records[DENSITY].value == 0.18
    assert not scenario.behaviour.reactions


def test_a_lever_may_refine_another_lever(small):
    small.write("one.yaml", NARROW)
    small.write("two.yaml", NARROW.replace("baseline", "one").replace("0.18", "0.19"))
    assert small.scenario("extends: [one, two]\n").records[DENSITY].value == 0.19


def test_a_list_may_start_with_the_common_base(small):
    small.write("one.yaml", NARROW)
    small.write("late.yaml", "extends: baseline\nyears: {end: 2040}\n")
    scenario = small.scenario("extends: [baseline, one, late]\n")
    assert scenario.end == 2040
    assert scenario.records[DENSITY].value == 0.18


def test_extends_finds_neighbours_of_a_file_elsewhere(small, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "lever.yaml").write_text("extends: baseline\ntitle: Lever\nyears: {end: 2030}\n")
    (folder / "baseline.yaml").write_text("extends: baseline\ntitle: My baseline\n")
    (folder / "top.yaml").write_text("extends: lever\n")
    assert small.load(folder / "top.yaml").layers == ("baseline", "baseline", "lever", "top")
    assert small.load(str(folder / "top.yaml")).end == 2030


def test_overrides(small):
    scenario = small.load(
        "baseline",
        {
            DENSITY: 0.24,
            "smic.wafers.starts": {"by_year": {2026: 1000, 2027: {"low": 1, "value": 2, "high": 3}}},
            "smic": {"learning": {"low": 0.1, "value": 0.2, "high": 0.3}},
            "chips.nvidia_h100.vendor": "someone",
            "chips.mine.bf16_tflops": {"value": 1, "unit": "PFLOP/s"},
            "years": {"start": 2024},
            "years.end": 2030,
            "behaviour.reactions": False,
            "behaviour.rules.controls": False,
            "title": "Mine",
        },
    )
    assert scenario.records[DENSITY].value == 0.24
    assert scenario.records[DENSITY].source == ("command line",)
    assert not scenario.records[DENSITY].uncertain
    assert scenario.central("smic.wafers.starts", "wafer/month", 2027) == 2
    assert scenario.records["smic.learning"].uncertain
    assert scenario.label("chips.nvidia_h100.vendor") == "someone"
    assert scenario.entities("chips") == ("ascend_910c", "mine", "nvidia_h100")
    assert (scenario.start, scenario.end, scenario.title) == (2024, 2030, "Mine")
    assert not scenario.behaviour.on("acceptance")
    assert not scenario.behaviour.rules["controls"]
    assert scenario.behaviour.rules["acceptance"]
    assert scenario.origins[DENSITY] == "command line"
    assert scenario.layers == ("baseline", "command line")


def test_overrides_of_a_loaded_scenario(small):
    first = small.load("baseline", {DENSITY: 0.24})
    second = small.load(first, {"years.end": 2030})
    assert second == small.load("baseline", {DENSITY: 0.24, "years.end": 2030})
    assert second.layers == ("baseline", "command line")
    assert small.load(first) == first


def test_override_numbers_from_numpy(small):
    numpy = pytest.importorskip("numpy")
    for number in (numpy.float64(0.25), numpy.float32(0.25), numpy.int64(1), 1):
        scenario = small.load("baseline", {DENSITY: number})
        assert type(scenario.records[DENSITY].value) is float


@pytest.mark.parametrize(
    ("key", "value", "message", "nearest"),
    [
        ("smic.n2.defect_densty", 1, "unknown parameter", DENSITY),
        ("tittle", "x", "unknown parameter or setting", "title"),
        ("years.begin", 2024, "unknown setting", ""),
        ("years.stat", 2024, "unknown setting", "years.start"),
        ("behaviour.rules.contrls", False, "unknown setting", "behaviour.rules.controls"),
        ("years.start", 1999, "out of range", ""),
        ("years.start", "2024", "whole number", ""),
        ("years.start", 2024.5, "whole number|integer", ""),
        ("years.end", 2000, "out of range", ""),
        ("years.end", 2020, "ends before it starts", ""),
        ("title", 3, "must be text", ""),
        ("behaviour.reactions", "no", "true or false", ""),
        (DENSITY, "0.24", "numbers need", ""),
        (DENSITY, None, "numbers need", ""),
        (DENSITY, True, "numbers need", ""),
        (DENSITY, float("nan"), "finite", ""),
        (DENSITY, 10**400, "finite", ""),
        (DENSITY, 7.0, "outside bounds", ""),
        (DENSITY, {"value": 1, "unit": "GW"}, "wrong unit", ""),
        (DENSITY, {"low": 1, "high": 2}, "either value or by_year", ""),
        (DENSITY, {"value": 0.2, "lo": 0.1}, "unknown key", ""),
        ("smic.n2", 1, "names a group", ""),
        ("smic.n2.defect_density.low", 1, "unknown parameter", DENSITY),
        ("chips.nvidia_h100.vendor", 3, "is a label", ""),
        ("chips.nvidia_h100.vendor", True, "label of this kind", ""),
        ("chips.nvidia_h100.formats", "fp8", "label of this kind", ""),
        ("chips.mine.bf16_tflop", 3, "unknown attribute of chips", "bf16_tflops"),
        ("chips.mine.bf16_tflops", 3, "missing unit", ""),
        ("chips.nvidia_h100.bf16_tflops.peak", 3, "has a value itself", ""),
        ("a b", 3, "not a valid name", ""),
        ("", 3, "not a valid name", ""),
    ],
)
def test_bad_overrides(small, key, value, message, nearest):
    with pytest.raises(ScenarioError, match=message) as caught:
        small.load("baseline", {key: value})
    fault = caught.value.faults[0]
    if nearest:
        assert fault.nearest == nearest
    assert len(caught.value.faults) == 1


def test_parse_set():
    assert parse_set("a.b=0.24") == ("a.b", 0.24)
    assert parse_set("a.b = 1e6") == ("a.b", 1e6)
    assert parse_set("title=x=y") == ("title", "x=y")
    assert parse_set("behaviour.reactions=false") == ("behaviour.reactions", False)
    assert parse_set("a={low: 1, value: 2, high: 3}") == ("a", {"low": 1, "value": 2, "high": 3})
    for text in ("a", "=3", "a b=3", "a=!!python/name:os.system x", "a=[1", "a=" + "[" * 5000, "a=" + "x" * 20_000):
        with pytest.raises(ScenarioError):
            parse_set(text)


def test_the_catalogue_reads_no_facts(small):
    small.write("narrow.yaml", NARROW)
    small.write("broken.yaml", "a: [1\n")
    small.write("_draft.yaml", "title: x\n")
    small.write("facts/broken.yaml", "a: [1\n")
    entries = {entry.name: entry for entry in catalogue(small.folders)}
    assert list(entries) == ["baseline", "broken", "narrow"]
    assert (entries["narrow"].title, entries["narrow"].extends) == ("Narrow", ("baseline",))
    assert entries["baseline"].description == "As it is."
    assert "broken.yaml:2" in entries["broken"].fault


def test_facts_are_read_again_when_a_file_changes(small):
    assert small.load().records["smic.learning"].value == 0.30
    text = (small.root / "facts/smic.yaml").read_text()
    (small.root / "facts/smic.yaml").write_text(text.replace("value: 0.30", "value: 0.31 "))
    assert small.load().records["smic.learning"].value == 0.31


def test_ignored_files(small):
    small.write("facts/_draft.yaml", "a: [1\n")
    small.write("facts/README.md", "# facts\n")
    small.write("facts/claims.yaml", "claims: [{quantity: 5}]\n")
    assert small.load().hash


def test_loading_needs_no_heavy_import(small):
    code = (
        "import sys; from podrace.scenarios.compose import load; from podrace.scenarios.layers import Folders;"
        f"load('baseline', folders=Folders.at({str(small.root)!r}));"
        "loaded = {'pint', 'scipy', 'pandas', 'mesa', 'matplotlib'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_a_scenario_stands_on(tmp_path):
    assert below("hbm_gap").name == "baseline"
    assert below("baseline") is None
    (tmp_path / "one.yaml").write_text("title: one\nextends: hbm_gap\n")
    (tmp_path / "two.yaml").write_text("title: two\nextends: [hbm_gap, one.yaml]\n")
    assert below(tmp_path / "one.yaml").name == "hbm_gap"
    assert below(tmp_path / "two.yaml").name == "baseline"
    (tmp_path / "resolved.yaml").write_text(load("hbm_gap").to_yaml())
    assert below(tmp_path / "resolved.yaml") is None


NEW_BUYER = """
    extends: baseline
    parameters:
      buyers.lab:
        side: china
        tastes: {{{line}: {{value: 0.5, unit: "1", source: what-if}}}}
      product_lines.mine: {{generations: [nvidia_h100]}}
    """


def test_a_new_buyer_may_name_a_new_line_but_none_that_nobody_has(small):
    """The names under `tastes` are entries of another table, which may stand further down in the same file."""
    small.write("facts/lines.yaml", "product_lines:\n  ascend: {generations: [ascend_910c]}\n")
    assert small.scenario(NEW_BUYER.format(line="mine")).central("buyers.lab.tastes.mine", "1") == 0.5
    (fault,) = small.faults(NEW_BUYER.format(line="mien"))
    assert (fault.path, fault.nearest) == ("parameters.buyers.lab.tastes.mien", "mine")
    taste = {"value": 0.5, "unit": "1", "source": "what-if"}
    assert small.load("baseline", {"buyers.lab.tastes.ascend": taste}).has("buyers.lab.tastes.ascend")
    with pytest.raises(ScenarioError, match="names none of product_lines"):
        small.load("baseline", {"buyers.lab.tastes.nobody": taste})


def test_levers_together_are_a_file_that_extends_them():
    both = together(["hbm_gap", "no_refusal"])
    assert both.layers[:3] == ("baseline", "hbm_gap", "no_refusal")
    assert both.central("hbm.leakage", "1") == 0.0
    assert not both.behaviour.on("acceptance")
    with pytest.raises(ScenarioError, match="cxmt_surge and cxmt_stall set .* differently"):
        together(["cxmt_surge", "cxmt_stall"])
    with pytest.raises(ScenarioError, match="unknown scenario.*did you mean hbm_gap"):
        together(["hbm_gapp"])
