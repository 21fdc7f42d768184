"""Every bad input gives one report: file, line, path, what was found, what is allowed, the nearest name."""

import time

import pytest

from podrace.scenarios.faults import ScenarioError

BASE = "extends: baseline\n"
PARAMETER = BASE + "parameters:\n  smic.n2.defect_density: "
ACTION = BASE + "timeline:\n  - "


def only(faults):
    assert len(faults) == 1, "\n".join(str(fault) for fault in faults)
    return faults[0]


@pytest.mark.parametrize(
    ("text", "line", "path", "message", "nearest"),
    [
        # keys
        ("yeras: {end: 2030}\n", 1, "yeras", "unknown key", "years"),
        ("title: x\nyears:\n  begin: 2022\n", 3, "years.begin", "unknown key", ""),
        ("behaviour:\n  reaction: false\n", 2, "behaviour.reaction", "unknown key", "reactions"),
        ("behaviour:\n  rules:\n    subsidi: false\n", 3, "behaviour.rules.subsidi", "unknown rule", "subsidy"),
        (PARAMETER + "{value: 0.2, source: what-if, lwo: 1}\n", 3, "parameters.smic.n2.defect_density.lwo", "unknown key", "low"),
        (ACTION + "{date: 2025, actor: us, action: control, source: what-if, itme: hbm}\n", 3, "timeline[0].itme", "unknown key", "item"),
        (ACTION + "{date: 2025, actor: us, action: control, source: what-if, origin: x}\n", 3, "timeline[0].origin", "unknown key", ""),
        ("format: 2\n", 1, "format", "not an allowed value", ""),
        ("title: 3\n", 1, "title", "must be text", ""),
        ("timeline: 3\n", 1, "timeline", "must be a list", ""),
        ("parameters: [1]\n", 1, "parameters", "must be a mapping", ""),
        ("behaviour: {reactions: 'off'}\n", 1, "behaviour.reactions", "must be true or false", ""),
        ("behaviour: {reactions: 1}\n", 1, "behaviour.reactions", "must be true or false", ""),
        # years
        ("title: x\nyears:\n  start: 2030\n  end: 2025\n", 4, "years.end", "the year range ends before it starts", ""),
        (BASE + "years:\n  start: 2040\n", 3, "years.start", "the year range ends before it starts", ""),
        ("years: {start: 1999}\n", 1, "years.start", "out of range", ""),
        ("years: {end: 2061}\n", 1, "years.end", "out of range", ""),
        # records
        (PARAMETER + "0.2\n", 3, "parameters.smic.n2.defect_density", "numbers need value, unit, source", ""),
        (PARAMETER + "null\n", 3, "parameters.smic.n2.defect_density", "numbers need value, unit, source", ""),
        (PARAMETER + "high\n", 3, "parameters.smic.n2.defect_density", "numbers need value, unit, source", ""),
        (PARAMETER + "{value: 0.2}\n", 3, "parameters.smic.n2.defect_density", "missing source", ""),
        (PARAMETER + "{value: 0.2, source: semianalysis-2024}\n", 3, "parameters.smic.n2.defect_density.source", "unknown source", "semianalysis-2025"),
        (PARAMETER + "{value: 0.2, source: 7}\n", 3, "parameters.smic.n2.defect_density.source", "must be a list", ""),
        (PARAMETER + "\n    value: 0.2\n    source: what-if\n    unit: GW\n", 6, "parameters.smic.n2.defect_density.unit", "wrong unit", ""),
        (PARAMETER + "{value: 0.2, source: what-if, unit: 1/cmm^2}\n", 3, "parameters.smic.n2.defect_density.unit", "unknown unit 'cmm'", "1/mm^2"),
        (PARAMETER + "{value: '0.2', source: what-if}\n", 3, "parameters.smic.n2.defect_density.value", "must be a number", ""),
        (PARAMETER + "{value: .nan, source: what-if}\n", 3, "parameters.smic.n2.defect_density.value", "must be a finite number", ""),
        (PARAMETER + "{value: 1e999, source: what-if}\n", 3, "parameters.smic.n2.defect_density.value", "must be a finite number", ""),
        (PARAMETER + "{value: true, source: what-if}\n", 3, "parameters.smic.n2.defect_density.value", "must be a number", ""),
        (PARAMETER + "{value: 0.2, source: what-if, confidence: sure}\n", 3, "parameters.smic.n2.defect_density.confidence", "not an allowed value", ""),
        (PARAMETER + "{value: 0.2, low: 0.1, high: 0.3, source: what-if, dist: lognormall}\n", 3, "parameters.smic.n2.defect_density.dist", "not an allowed value", "lognormal"),
        (PARAMETER + "{value: 0.2, low: 0.3, high: 0.4, source: what-if}\n", 3, "parameters.smic.n2.defect_density.low", "low 0.3 is above the value 0.2", ""),
        (PARAMETER + "{value: 0.2, low: 0, high: 0.4, dist: lognormal, source: what-if}\n", 3, "parameters.smic.n2.defect_density.low", "lognormal needs a low above zero", ""),
        (PARAMETER + "{value: 5, source: what-if}\n", 3, "parameters.smic.n2.defect_density.value", "the value 5 lies outside bounds [0.01, 1]", ""),
        (PARAMETER + "{low: 0.1, high: 0.3, source: what-if}\n", 3, "parameters.smic.n2.defect_density", "a record needs either value or by_year", ""),
        (PARAMETER + "{valeu: 0.1, unit: 1/cm^2, source: what-if}\n", 3, "parameters.smic.n2.defect_density.valeu", "unknown key", "value"),
        (PARAMETER + "{value: 0.2, source: what-if, bounds: [1]}\n", 3, "parameters.smic.n2.defect_density.bounds", "has too few entries", ""),
        (PARAMETER + "{value: 0.2, source: what-if, as_of: soon}\n", 3, "parameters.smic.n2.defect_density.as_of", "not a date", ""),
        (PARAMETER + "\n    source: what-if\n    by_year:\n      2026: 0.1\n      soon: 0.2\n", 7, "parameters.smic.n2.defect_density.by_year.soon", "not a date", ""),
        (PARAMETER + "{source: what-if, by_year: {2026: 0.1, 2026-01: 0.2}}\n", 3, "parameters.smic.n2.defect_density.by_year", "two values for the same date", ""),
        (PARAMETER + "{source: what-if, by_year: {}}\n", 3, "parameters.smic.n2.defect_density.by_year", "has too few entries", ""),
        (PARAMETER + "{source: what-if, by_year: {2026: {low: 0.1, valu: 0.2, high: 0.3}}}\n", 3, None, None, None),
        # paths
        (BASE + "parameters:\n  smic.n2.defect_densty: {value: 1, source: what-if}\n", 3, "parameters.smic.n2.defect_densty", "unknown parameter", "smic.n2.defect_density"),
        (BASE + "parameters:\n  defect_density: {value: 1, source: what-if}\n", 3, "parameters.defect_density", "unknown parameter", None),
        (BASE + "parameters:\n  smic.n2: {value: 1, source: what-if}\n", 3, "parameters.smic.n2", "names a group of parameters", ""),
        (BASE + "parameters:\n  chips.mine.bf16_tflop: {value: 1, unit: W, source: what-if}\n", 3, "parameters.chips.mine.bf16_tflop", "unknown attribute of chips", "bf16_tflops"),
        (BASE + "parameters:\n  chips.mine.bf16_tflops: {value: 1, source: what-if}\n", 3, "parameters.chips.mine.bf16_tflops", "missing unit", ""),
        (BASE + "parameters:\n  chips.mine.bf16_tflops: 5\n", 3, "parameters.chips.mine.bf16_tflops", "numbers need value, unit, source", ""),
        (BASE + "parameters:\n  chips.nvidia_h100.vendor: {value: 1, unit: W, source: what-if}\n", 3, "parameters.chips.nvidia_h100.vendor", "is a label, not a number", ""),
        (BASE + "parameters:\n  chips.nvidia_h100.vendor: true\n", 3, "parameters.chips.nvidia_h100.vendor", "not a label of this kind", ""),
        (BASE + "parameters:\n  chips.nvidia_h100.formats: [[1]]\n", 3, "parameters.chips.nvidia_h100.formats", "not a label of this kind", ""),
        (BASE + "parameters:\n  'chips.my chip.vendor': x\n", 3, "parameters.chips.my chip.vendor", "not a valid name", ""),
        (BASE + "parameters:\n  chips..vendor: x\n", 3, "parameters.chips..vendor", "not a valid name", ""),
        # actions
        (ACTION + "{date: 1850, actor: us, action: control, source: what-if}\n", 3, "timeline[0].date", "date out of range", ""),
        (ACTION + "{date: 2025-13, actor: us, action: control, source: what-if}\n", 3, "timeline[0].date", "no such date", ""),
        (ACTION + "{date: soon, actor: us, action: control, source: what-if}\n", 3, "timeline[0].date", "not a date", ""),
        (ACTION + "{date: 2025, until: 2024-12, actor: us, action: control, source: what-if}\n", 3, "timeline[0].until", "until must be after date", ""),
        (ACTION + "{date: 2025, announced: 2026, actor: us, action: control, source: what-if}\n", 3, "timeline[0].announced", "announced must not be after date", ""),
        (ACTION + "{date: 2025, actor: chna, action: control, source: what-if}\n", 3, "timeline[0].actor", "not an allowed value", "china"),
        (ACTION + "{date: 2025, actor: us, action: controll, source: what-if}\n", 3, "timeline[0].action", "not an allowed value", "control"),
        (ACTION + "{date: 2025, actor: us, action: control, stringency: 1.2, source: what-if}\n", 3, "timeline[0].stringency", "out of range", ""),
        (ACTION + "{date: 2025, actor: us, action: control}\n", 3, "timeline[0]", "missing source", ""),
        (ACTION + "{actor: us, action: control, source: what-if}\n", 3, "timeline[0]", "missing date", ""),
        (ACTION + "{date: 2025, actor: us, action: control, source: wht-if}\n", 3, "timeline[0].source", "unknown source", "what-if"),
        (ACTION + "{date: 2025, actor: us, action: control, source: what-if}\n  - {date: 2025, actor: us, action: control, source: judgement}\n", 4, "timeline[1]", "the same action as timeline[0]", ""),
        # correlations
        (BASE + "correlations:\n  - {between: [smic.learning, smic.cst], rank: 0.5, source: judgement}\n", 3, "correlations smic.cst, smic.learning", "correlation of an unknown parameter", "smic.cost"),
        (BASE + "correlations:\n  - {between: [smic.learning, chips.nvidia_h100.bf16_tflops], rank: 0.5, source: judgement}\n", 3, None, "correlation of a parameter without a distribution", ""),
        (BASE + "correlations:\n  - {between: [smic.learning, smic.cost], rank: 1.0, source: judgement}\n", 3, "correlations[0].rank", "out of range", ""),
        (BASE + "correlations:\n  - {between: [smic.learning, smic.learning], rank: 0.1, source: judgement}\n", 3, "correlations[0].between", "a parameter cannot be correlated with itself", ""),
        (BASE + "correlations:\n  - {between: [smic.learning, smic.cost], rank: 0.1}\n", 3, "correlations[0]", "missing source", ""),
        # extends
        ("extends: baselin\n", 1, "extends", "unknown scenario", "baseline"),
        ("extends: what_if\n", 1, "extends", "extends goes in a circle: what_if -> what_if", ""),
        ("extends: ../../etc/passwd\n", 1, "extends", "extends leaves the scenario folders", ""),
        ("extends: /etc/passwd\n", 1, "extends", "extends leaves the scenario folders", ""),
        ("extends:\n  - baseline\n  - sub/../../x.yaml\n", 3, "extends", "extends leaves the scenario folders", ""),
        ("extends: {a: 1}\n", 1, "extends", "must be a list", ""),
    ],
)  # fmt: skip
def test_one_fault_with_its_place(small, text, line, path, message, nearest):
    faults = small.faults(text)
    if message is None:
        assert {fault.message for fault in faults} == {"unknown key", "missing value"}
        return
    fault = only(faults)
    assert fault.message == message
    assert (fault.file, fault.line) == ("scenarios/what_if.yaml", line)
    if path is not None:
        assert fault.path == path
    if nearest is not None:
        assert fault.nearest == nearest


def test_allowed_values_are_named(small):
    assert "title, description, extends" in only(small.faults("yeras: 1\n")).allowed
    fault = only(small.faults(PARAMETER + "{value: 1, unit: GW, source: what-if}\n"))
    assert (fault.found, fault.allowed) == ("GW", "units that convert to 1/cm^2")
    fault = only(small.faults(ACTION + "{date: 2025, actor: uk, action: control, source: what-if}\n"))
    assert (fault.found, fault.allowed) == ("'uk'", "us, china, allies")
    fault = only(small.faults(ACTION + "{date: 2025, actor: us, action: control, stringency: 2, source: what-if}\n"))
    assert (fault.found, fault.allowed) == ("2", "at least 0 and at most 1") or fault.allowed == "at most 1"
    fault = only(small.faults(PARAMETER + "{value: 0.2, source: nobody}\n"))
    assert "sources.yaml" in fault.allowed
    assert "judgement" in fault.allowed


def test_all_faults_of_a_file_come_in_one_report(small):
    faults = small.faults("""
        extends: baseline
        parameters:
          smic.learning: {value: 1, unit: GW, source: nobody}
          smic.cost: 5
          smic.cst: {value: 1, source: what-if}
        """)
    assert [(fault.line, fault.message) for fault in faults] == [
        (3, "unknown source"),
        (3, "wrong unit"),
        (4, "numbers need value, unit, source"),
        (5, "unknown parameter"),
    ]


def test_the_report_as_people_see_it(small):
    with pytest.raises(ScenarioError) as caught:
        small.scenario(PARAMETER + "{value: 0.2, source: semianalysis-2024}\n")
    assert str(caught.value) == (
        "scenarios/what_if.yaml:3  parameters.smic.n2.defect_density.source  unknown source  "
        "(found 'semianalysis-2024'; allowed an id of sources.yaml, judgement, derived, what-if, command line; "
        "did you mean semianalysis-2025?)"
    )


def test_circular_extends_names_the_circle(small):
    small.write("a.yaml", "extends: b\n")
    small.write("b.yaml", "title: b\nextends: c\n")
    small.write("c.yaml", "extends: [baseline, a]\n")
    with pytest.raises(ScenarioError) as caught:
        small.load("a")
    fault = only(caught.value.faults)
    assert fault.message == "extends goes in a circle: a -> b -> c -> a"
    assert (fault.file, fault.line) == ("scenarios/c.yaml", 1)


@pytest.mark.parametrize(
    ("one", "two", "what"),
    [
        (
            PARAMETER + "{value: 0.2, source: what-if}\n",
            PARAMETER + "{value: 0.3, source: what-if}\n",
            "smic.n2.defect_density",
        ),
        (BASE + "years: {end: 2030}\n", BASE + "years: {end: 2031}\n", "years end"),
        (
            BASE + "behaviour: {rules: {subsidy: true}}\n",
            BASE + "behaviour: {rules: {subsidy: false}}\n",
            "behaviour rules subsidy",
        ),
        (BASE + "behaviour: {history: true}\n", BASE + "behaviour: {history: false}\n", "behaviour history"),
        (
            ACTION + "{date: 2026-03, actor: us, action: control, item: hbm, stringency: 1, source: what-if}\n",
            ACTION + "{date: 2026-03, actor: us, action: control, item: hbm, stringency: 0, source: what-if}\n",
            "timeline us control hbm 2026-03",
        ),
        (
            BASE + "parameters: {chips: {nvidia_h100: {vendor: x}}}\n",
            BASE + "parameters: {chips.nvidia_h100.vendor: y}\n",
            "chips.nvidia_h100.vendor",
        ),
    ],
)
def test_two_levers_in_conflict_are_both_named(small, one, two, what):
    small.write("one.yaml", one)
    small.write("two.yaml", two)
    fault = only(small.faults("title: both\nextends: [one, two]\n"))
    assert fault.message == f"levers one and two set {what} differently"
    assert (fault.file, fault.line, fault.path) == ("scenarios/what_if.yaml", 2, "extends")
    assert "scenarios/one.yaml:" in fault.found
    assert "scenarios/two.yaml:" in fault.found


def test_a_conflict_deeper_down_is_found(small):
    small.write("deep.yaml", PARAMETER + "{value: 0.2, source: what-if}\n")
    small.write("one.yaml", "extends: deep\n")
    small.write("two.yaml", PARAMETER + "{value: 0.3, source: what-if}\n")
    assert only(small.faults("extends: [two, one]\n")).message.startswith("levers two and one set")


def test_links_out_of_the_folder_are_refused(small, tmp_path):
    (tmp_path / "secret.yaml").write_text("title: secret\n")
    (small.root / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    fault = only(small.faults("extends: link\n"))
    assert fault.message == "extends leaves the scenario folders"
    with pytest.raises(ScenarioError, match="no scenario 'link'"):
        small.load("link")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "",
        ".",
        "a\0b.yaml",
        "base line",
        "nowhere.yaml",
        "x" * 5000 + ".yaml",
    ],
)
def test_names_that_are_no_scenario(small, name):
    with pytest.raises(ScenarioError) as caught:
        small.load(name)
    assert len(caught.value.faults) == 1


def test_a_misspelt_name_is_put_right(small):
    with pytest.raises(ScenarioError, match=r"no scenario 'baselin'.*allowed baseline; did you mean baseline"):
        small.load("baselin")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: &a x\ndescription: *a\n", "anchors and aliases"),
        ("title: !!python/object/apply:os.system ['true']\n", "tags are not allowed"),
        ("title: a\ntitle: b\n", "given twice"),
        ("- a\n", "top level"),
        ("title: [\n", "did not find expected"),
    ],
)
def test_reader_faults_reach_the_caller(small, text, message):
    fault = only(small.faults(text))
    assert message in fault.message
    assert fault.file == "scenarios/what_if.yaml"
    assert fault.line


@pytest.mark.parametrize(
    ("text", "line", "path", "message", "nearest"),
    [
        ("a: 3\n", 1, "a", "numbers need value, unit, source", ""),
        ("a:\n  b: 3.5\n", 2, "a.b", "numbers need value, unit, source", ""),
        ("a: {value: 3, unit: GW}\n", 1, "a", "missing source", ""),
        ("a: {value: 3, source: nvidia}\n", 1, "a", "missing unit", ""),
        ("a: {value: 3, unit: GW, source: https://example.org}\n", 1, "a.source", "unknown source", None),
        ("a: {value: 3, unit: GW, source: nvida}\n", 1, "a.source", "unknown source", "nvidia"),
        ("a: {value: 3, unit: GWs/yr2, source: nvidia}\n", 1, "a.unit", "unknown unit 'GWs'", None),
        ("a: {value: 3, unit: gw, source: nvidia}\n", 1, "a.unit", "unknown unit 'gw'", "GW"),
        ("a: {value: x, unit: GW, source: nvidia}\n", 1, "a.value", "must be a number", ""),
        ("a: [[1]]\n", 1, "a", "a list may hold text, numbers and truth values only", ""),
        ("a: [{b: 1}]\n", 1, "a", "a list may hold text, numbers and truth values only", ""),
        ("a b: x\n", 1, "a b", "not a valid name", ""),
        (
            "smic.learning.rate: {value: 3, unit: '1', source: nvidia}\n",
            1,
            "smic.learning.rate",
            "stands below a path that has a value itself",
            "",
        ),
        ("a: {value: 3, unit: GW, source: nvidia, origin: x}\n", 1, "a.origin", "unknown key", ""),
    ],
)
def test_faults_in_facts(small, text, line, path, message, nearest):
    fault = only(small.fact_faults(text))
    assert (fault.file, fault.line, fault.path, fault.message) == ("scenarios/facts/more.yaml", line, path, message)
    if nearest is not None:
        assert fault.nearest == nearest


def test_a_path_given_twice_names_both_files(small):
    fault = only(small.fact_faults("smic: {learning: {value: 3, unit: '1', source: nvidia}}\n", "zz.yaml"))
    assert (fault.file, fault.path, fault.message) == ("scenarios/facts/zz.yaml", "smic.learning", "path given twice")
    assert fault.found == "first in scenarios/facts/smic.yaml:12"


def test_faults_of_several_fact_files_come_together(small):
    small.write("facts/zz.yaml", "b: 3\n")
    small.write("facts/yy.yaml", "b: [1\n")
    small.write("facts/xx.yaml", "c: {d: 1, d: 2}\n")
    with pytest.raises(ScenarioError) as caught:
        small.load()
    assert {fault.file for fault in caught.value.faults} == {"scenarios/facts/yy.yaml", "scenarios/facts/xx.yaml"}


def test_faults_in_the_history(small):
    small.write(
        "facts/timeline.yaml", "timeline:\n  - {date: 2025, actor: us, action: contrl, source: judgement}\nother: 1\n"
    )
    with pytest.raises(ScenarioError) as caught:
        small.load()
    assert [(fault.line, fault.message) for fault in caught.value.faults] == [
        (2, "not an allowed value"),
        (3, "unknown key"),
    ]


def test_faults_in_the_sources(small):
    small.write("facts/sources.yaml", "nvidia: data sheet\nsemianalysis-2025: {title: x}\n")
    with pytest.raises(ScenarioError, match="a source must be a mapping"):
        small.load()


def test_a_missing_facts_folder_is_a_fault(small):
    for path in (small.root / "facts").iterdir():
        path.unlink()
    (small.root / "facts").rmdir()
    with pytest.raises(ScenarioError, match="facts folder cannot be read"):
        small.load()


def test_contradicting_correlations(small):
    fault = only(
        small.faults("""
        extends: baseline
        correlations:
          - {between: [smic.learning, smic.cost], rank: 0.9, source: judgement}
          - {between: [smic.learning, smic.n2.defect_density], rank: 0.9, source: judgement}
          - {between: [smic.cost, smic.n2.defect_density], rank: -0.9, source: judgement}
        """)
    )
    assert "contradict" in fault.message
    assert fault.found == "smic.cost, smic.learning, smic.n2.defect_density"


HOSTILE = {
    "parameters": "parameters:\n" + "".join(f"  smic.n2.defect_densit{i}: {{value: 1, source: x}}\n" for i in range(10_000)),
    "attributes": "parameters:\n" + "".join(f"  chips.q{i}.bf16_tflop: {{value: 1, source: x}}\n" for i in range(10_000)),
    "keys": "".join(f"k{i}: 1\n" for i in range(30_000)),
    "timeline": "timeline:\n" + "- {dat: 2025}\n" * 30_000,
    "correlations": "correlations:\n" + "".join(f"- {{between: [a{i}, b{i}], rank: 0.5, source: judgement}}\n" for i in range(1_900)),
    "extends": "extends: [" + ",".join(f"x{i}" for i in range(60_000)) + "]\n",
    "dates": "parameters: {smic.wafers.starts: {source: what-if, by_year: {" + ",".join(f"x{i}: 1" for i in range(30_000)) + "}}}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_many_faults_are_found_quickly(small, name):
    start = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        small.scenario(HOSTILE[name])
    assert len(str(caught.value).splitlines()) <= 20
    assert time.process_time() - start < 4.0


def test_a_very_long_chain_of_files_ends(small):
    for index in range(150):
        small.write(f"s{index}.yaml", f"extends: s{index + 1}\n")
    small.write("s150.yaml", "title: end\n")
    with pytest.raises(ScenarioError, match="too many layers"):
        small.load("s0")
