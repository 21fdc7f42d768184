"""Conditions: what the small grammar reads, what it means, and how it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrace.scenarios.faults import ScenarioError
from podrace.studies.condition import LONGEST, Named, parse

YEARS = range(2022, 2036)
VALUES = {
    Named("fleet_h100e", "china", 2030): np.array([1.0, 2.0, np.nan, 8.0]),
    Named("fleet_h100e", "us", 2030): np.array([4.0, 4.0, 4.0, 4.0]),
    Named("fleet_h100e", "us", 2028): np.array([1.0, 1.0, 1.0, 1.0]),
    Named("fleet_h100e", "ratio", 2030): np.array([4.0, 2.0, np.nan, 0.5]),
    Named("binding_input", "china", 2030): np.array([0.0, 1.0, 1.0, np.nan]),
}


def holds(text):
    return parse(text, 2030, YEARS).holds(VALUES.__getitem__, 4).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fleet_h100e.china >= 2", [False, True, False, True]),
        ("fleet_h100e.china > 0.25 * fleet_h100e.us", [False, True, False, True]),
        ("fleet_h100e.china > fleet_h100e.us@2028", [False, True, False, True]),
        ("fleet_h100e.china - 1 == 0", [True, False, False, False]),
        ("fleet_h100e.china*2+1 < 3.5e0", [True, False, False, False]),
        ("-fleet_h100e.china < -1.5", [False, True, False, True]),
        ("8 / fleet_h100e.china / 2 == 2", [False, True, False, False]),
        ("1 - 2 - fleet_h100e.china == -2", [True, False, False, False]),
        ("not fleet_h100e.china > 1", [True, False, True, False]),
        ("fleet_h100e.china > 5 or fleet_h100e.china < 2 and fleet_h100e.us > 9", [False, False, False, True]),
        ("(fleet_h100e.china > 5 or fleet_h100e.china < 2) and fleet_h100e.us > 9", [False] * 4),
        ("not fleet_h100e.china > 1 and fleet_h100e.us == 4", [True, False, True, False]),
        ("fleet_h100e.ratio < 3", [False, True, False, True]),
        ("binding_input.china == hbm", [False, True, True, False]),
        ("dies == binding_input.china", [True, False, False, False]),
        ("binding_input.china != hbm", [True, False, False, False]),
        ("fleet_h100e.china != 2", [True, False, False, True]),
        ("fleet_h100e.china / 0 > 1", [True, True, False, True]),
    ],
)
def test_meaning(text, expected):
    assert holds(text) == expected


def test_the_variables_it_needs_are_listed_once():
    condition = parse("fleet_h100e.us@2028 < 1 and fleet_h100e.us@2028 > 0 or fleet_h100e.china > 1", 2030, YEARS)
    assert [str(name) for name in condition.names] == ["fleet_h100e.us@2028", "fleet_h100e.china@2030"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "character 1 .*the end"),
        ("fleet_h100.china > 1", r"character 1  .*did you mean fleet_h100e\?"),
        ("1 < fleet_h100e.chna", r"character 17  .*did you mean china\?"),
        ("fleet_h100e > 1", r"fleet_h100e\.china, fleet_h100e\.us"),
        ("fleet_h100e.china", "compare something"),
        ("fleet_h100e.china = 1", "== compares.*character 19"),
        ("fleet_h100e.china > 1 & fleet_h100e.us > 1", "write and"),
        ("1 < fleet_h100e.china < 3", "one comparison at a time"),
        ("(fleet_h100e.china > 1", "not closed, at character 1"),
        ("fleet_h100e.china > 1)", r"end here.*character 22"),
        ("fleet_h100e.china@2050 > 1", "character 19.*2022 to 2035"),
        ("fleet_h100e.china > fleet", "goes with its side"),
        ("binding_input.china == hmb", r"did you mean hbm\?"),
        ("binding_input.china > hbm", "== or !="),
        ("binding_input.ratio > 1", "no ratio"),
        ("1 > 0", "names no recorded variable"),
        ("not 3", "after not"),
        ("fleet_h100e.china + (fleet_h100e.us > 1) > 2", "not a condition"),
        ("__import__('os').system('true')", "character"),
        ("fleet_h100e.china.real > 1", "end here"),
        ("fleet_h100e.china > 10 ** 2", "character 25"),
        ("[1 for x in y]", "character 1"),
        ("(" * 500 + "1" + ")" * 400, "inside each other"),
        ("not " * 60 + "fleet_h100e.china > 1", "inside each other"),
        ("1+" * LONGEST + "1", "too long"),
    ],
)
def test_faults_say_where_and_what(text, said):
    with pytest.raises(ScenarioError, match=said) as error:
        parse(text, 2030, YEARS)
    assert len(str(error.value).splitlines()) == 1


def test_the_year_must_be_one_of_the_result():
    with pytest.raises(ScenarioError, match="2022 to 2035"):
        parse("fleet_h100e.china > 1", 2040, YEARS)


def test_the_longest_sum_is_still_computed():
    text = "fleet_h100e.us" + "+1" * ((LONGEST - 30) // 2) + " > 1"
    assert holds(text) == [True] * 4


WORDS = ["fleet_h100e", "china", "us", ".", "@", "2030", "1e3", "(", ")", "+", "-", "*", "/", "<", "==", "and", "or",
         "not", "hbm", "binding_input", "'", "\\", "import", "=", " "]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=20))
def test_any_words_are_read_or_refused(words):
    try:
        condition = parse(" ".join(words), 2030, YEARS)
    except ScenarioError:
        return
    assert condition.holds(lambda _named: np.array([1.0, np.nan]), 2).dtype == bool


@given(st.text(max_size=40))
def test_any_text_without_a_variable_is_refused_in_one_line(text):
    with pytest.raises(ScenarioError) as error:
        parse(text, 2030, YEARS)
    assert "\n" not in str(error.value)


@given(st.recursive(st.sampled_from(["fleet_h100e.china > 1", "fleet_h100e.us < 5"]),
                    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})")
                    | inner.map(lambda t: f"not {t}"), max_leaves=8))  # fmt: skip
def test_and_or_not_mean_what_they_do_elsewhere(text):
    """Python's own operators agree, once each comparison stands as a truth value."""

    def of_member(place):
        one, other = bool(VALUES[Named("fleet_h100e", "china", 2030)][place] > 1), True
        return eval(text.replace("fleet_h100e.china > 1", str(one)).replace("fleet_h100e.us < 5", str(other)))

    assert holds(text) == [of_member(place) for place in range(4)]
