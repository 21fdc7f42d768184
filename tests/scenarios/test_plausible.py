"""What no scenario may say: negative amounts, yields and shares above one."""

import pytest

from podrace import load
from podrace.scenarios.faults import ScenarioError


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        ("smic.n2.defect_density", -1, "0 or more"),
        ("plants.cxmt.yield", 50, "0 to 1"),
        ("packaging.china.package_yield", 1.5, "0 to 1"),
        ("fleet.life", 0, "more than 0"),
        ("fleet.life", -3, "0 or more"),
    ],
)
def test_an_impossible_value_is_refused_with_what_is_allowed(path, value, allowed):
    with pytest.raises(ScenarioError) as caught:
        load("baseline", {path: value})
    assert path in str(caught.value)
    assert f"allowed {allowed}" in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("smic.n2.learning_exponent", 0),
        ("plants.cxmt.yield", 1),
        ("policy.china.output_elasticity", -2),
        ("china_hbm.growth", 20),
    ],
)
def test_what_can_be_is_accepted(path, value):
    assert load("baseline", {path: value}).records[path].value == value


def test_a_percentage_is_read_in_its_own_unit(tmp_path):
    path = tmp_path / "half.yaml"
    text = "title: t\nextends: baseline\nparameters:\n  plants.cxmt.yield: {value: VALUE, unit: percent, source: what-if}\n"
    path.write_text(text.replace("VALUE", "50"), encoding="utf-8")
    assert load(path).records["plants.cxmt.yield"].value == 50
    path.write_text(text.replace("VALUE", "150"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"half.yaml:4 .*found 150; allowed 0 to 100"):
        load(path)


def test_the_low_end_of_a_range_counts(tmp_path):
    path = tmp_path / "low.yaml"
    path.write_text(
        "title: t\nextends: baseline\nparameters:\n"
        "  fleet.life: {low: -1, value: 4, high: 6, unit: year, source: what-if}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError, match="found -1; allowed 0 or more"):
        load(path)


TYPOS = """
format: 1
title: typos
extends: baseline
parameters:
  plants.smic.serves: [huawey]
  policy.us.form: ratioo
timeline:
  - {date: 2027-01, actor: us, action: control, item: hbmm, stringency: 0.9, source: what-if}
"""


def test_labels_and_items_that_name_nothing_are_refused(tmp_path):
    """Each of them would change the answer, or do nothing, in silence."""
    (tmp_path / "typos.yaml").write_text(TYPOS, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(tmp_path / "typos.yaml")
    said = str(error.value)
    assert all(f"did you mean {name}?" in said for name in ("huawei", "ratio", "hbm"))
    assert all(f"typos.yaml:{line}" in said for line in (6, 7, 9))
    with pytest.raises(ScenarioError, match="did you mean ratio"):
        load("baseline", {"policy.us.form": "ratioo"})
