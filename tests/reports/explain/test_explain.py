"""Explanations read well: short lines, parts in order, numbers that add up as printed, a picture that fits its slide."""

import json
from dataclasses import replace

import pytest
from matplotlib.text import Text

import podrace as pr
from podrace.reports.explain.explanation import PICTURE, Explained
from podrace.reports.explain.figure import headline
from podrace.reports.explain.sentences import sentences
from podrace.reports.explain.text import explanation_text, head, signed
from podrace.reports.figures.style import theme
from podrace.reports.folder import is_result
from podrace.scenarios.compose import load
from podrace.studies.explain import explain
from podrace.studies.explain_decisions import Decision

CASES = [(2022, "china"), (2025, "china"), (2028, "china"), (2026, "us"), (2028, "us")]
HEADS = ["WHAT BOUND IT", "WHAT WOULD RELIEVE IT", "WHO DECIDED WHAT", "WHAT CHANGED AGAINST", "WHAT IT RESTS ON"]


@pytest.fixture(scope="module")
def scenario():
    return load("baseline", {"years.end": 2028})


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[1]} {case[0]}")
def found(request, scenario):
    return explain(scenario, *request.param, 40, 2)


def decision(rule, chose="x", observed=None, amount=None, *, label="SMIC, 7 nm", dated=False, again=False):
    return Decision(2028.0, "smic", label, rule, None, observed or {}, chose, "because", dated, amount, again)


@pytest.mark.parametrize("width", [40, 100, 500])
def test_text_keeps_to_its_width_and_order(found, width):
    lines = explanation_text(found, width).splitlines()
    table = [line for line in lines if line.startswith("  ") and "   " in line.strip()]
    assert max(len(line) for line in lines if line not in table) <= max(80, min(width, 110))
    starts = [line for line in lines if line.startswith("WH")]
    assert [line for line, start in zip(starts, HEADS, strict=True) if line.startswith(start)] == starts
    assert 25 <= len(lines) <= 70
    assert not any(line.startswith("%") for line in lines)
    assert "nan" not in "\n".join(lines)


def test_text_says_what_the_year_says(found):
    text = explanation_text(found)
    assert text.startswith(head(found))
    assert f"WHAT CHANGED AGAINST {found.reading.year - 1}" in text
    lead = next(seller for seller in found.reading.sellers if seller.leads)
    assert ("no accelerators" in text) == (not lead.finished.any())


def test_the_first_year_is_compared_with_nothing(found):
    text = explanation_text(found)
    assert ("The run starts here; nothing to compare." in text) == (found.reading.year == 2022)
    assert ("Training on the largest cluster" in text) == (found.reading.year > 2022)


def test_document_is_plain_and_adds_up(found):
    document = json.loads(json.dumps(Explained(found).document(), allow_nan=False, default=str))
    assert document["year"] == found.reading.year
    for change in document["changes"]:
        total = sum(term["mean"] for term in change["terms"])
        assert total == pytest.approx(change["change"]["mean"], rel=1e-9, abs=1e-9)
        assert change["largest_rest"] <= 1e-9 * max(abs(change["after"]["mean"]), 1e-9)
    assert sum(document["bound"]["output"].values()) == pytest.approx(1.0)
    assert len(document["relief"]["levers"]) == len(found.relief)
    assert {entry["target"] for entry in document["inputs"]} == {"fleet_h100e", "cluster_training_eflops"}
    assert all(entry["entry"]["sources"] for entry in document["inputs"])


def test_changes_by_member_add_up(found):
    table = Explained(found).changes()
    sums = table.groupby(["variable", "member"])["value"].sum()
    first = table.groupby(["variable", "member"]).first()
    change = first["after"] - first["before"]
    assert ((sums - change).abs() <= 1e-9 * (first["after"].abs() + first["before"].abs())).all()
    assert len(first) == 2 * found.reading.members


def test_the_picture_fits_its_slide(found):
    figure = Explained(found).plot()
    with theme():
        figure.canvas.draw()
        edge = figure.bbox
        ticks = [label for ax in figure.axes for label in ax.get_xticklabels()]  # some stand beyond the axis, undrawn
        texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text not in ticks]
        for text in texts:
            box = text.get_window_extent()
            if text.get_visible() and box.width:
                assert box.x0 >= edge.x0 - 1, text.get_text()
                assert box.x1 <= edge.x1 + 1, text.get_text()
    assert str(found.reading.year) in headline(found)
    assert len(figure.axes) == 2


def test_a_folder_is_a_result(scenario, tmp_path):
    result = Explained(explain(scenario, 2027, "us", 6, 1))
    place = result.save(tmp_path / "why")
    assert is_result(place)
    assert {path.name for path in place.iterdir()} == {
        "explanation.txt", "explanation.json", "changes.csv", "scenario.yaml", "figures", "manifest.json"
    }  # fmt: skip
    assert {path.suffix for path in (place / "figures").iterdir()} == {".png", ".svg"}
    assert (place / "figures" / f"{PICTURE}.png").stat().st_size > 10_000
    assert (place / "explanation.txt").read_text(encoding="utf-8").strip() == repr(result)
    assert json.loads((place / "explanation.json").read_text(encoding="utf-8"))["seed"] == 1


def test_a_result_explains_its_own_members():
    result = pr.run("baseline", members=12, seed=5, years=(2022, 2027))
    found = result.explain(2027, "china").explanation
    fleet = result.data["fleet_h100e"].sel(year=2027, side="china").to_numpy()
    assert (found.fleet.after == fleet).all()
    with pytest.raises(pr.ScenarioError, match="2022 to 2027"):
        result.explain(2028, "china")


def test_every_rule_has_a_sentence_and_an_unknown_one_too():
    seen = {"TPP ratio": 1.3, "announced cover": 0.8, "retaliating": 1.0}
    cases = {
        "acceptance": decision("acceptance", "accept 0.06", seen, 0.06, label="Chinese government"),
        "connect": decision("connect", "15.0 GW", {"wanted GW": 30.0, "most GW": 15.0}, 15.0, label="US-led grids"),
        "expand": decision("expand", "add 500 wafer/year", {"asked over output": 4.0, "wish": 1000.0}, 500.0),
        "order": decision("order", "1 GW wanted", {"budget bn USD": 20.0, "share with power": 0.5}, 1.0),
        "tool_exports": decision("tool_exports", "2.2 bn USD", {"stringency": 0.5}, 2.2),
        "alignment": decision("alignment", "follows to 0.8", {"US level on hbm": 1.0}, 0.8, label="Korea"),
        "energy_target": decision("energy_target", "+28%", {"utilisation": 0.86}, 28.0, label="Chinese government"),
        "hoard": decision("hoard", "buy 7 PB", {"price": 3.5}, 7.0),
        "control": decision("control", "A rule", {"stringency on nvidia.h20": 0.9}, label="US government", dated=True),
    }
    words = {
        "acceptance": ["6 %", "1.3 times", "80 %", "retaliating"],
        "connect": ["15 GW", "all that could be built", "30 GW"],
        "expand": ["SMIC 500 wafers a year", "4.0 times", "50 % of its plan"],
        "order": ["20.0 bn USD", "power for 50 %"],
        "tool_exports": ["2.2 bn USD", "50 %"],
        "alignment": ["Korea followed"],
        "energy_target": ["86 %", "+28%"],
        "hoard": ["SMIC", "hoard", "buy 7 PB", "price 3.5", "because"],
        "control": ["The US government set controls", "A rule", "H20 90 % closed", "Jan 2028"],
    }
    for rule, one in cases.items():
        (text,) = sentences([one])
        assert text.endswith(".")
        for word in words[rule]:
            assert word in text, (rule, text)


def test_like_decisions_share_a_sentence_and_nothing_new_is_not_told():
    plants = [
        decision("expand", f"add {n} wafer/year", {"asked over output": 2.0}, float(n), label=f"Fab {n}")
        for n in (9, 5, 3, 1)
    ]
    (text,) = sentences(plants)
    assert text.count("Fab") == 3
    assert "1 more" in text
    full = [
        replace(plant, amount=0.0, chose="add 0 wafer/year", observed={"asked over output": 0.9}) for plant in plants
    ]
    assert sentences(full) == ["Fab 9, Fab 5, Fab 3 and Fab 1 added no capacity: orders took 90 % of their output."]
    assert sentences([decision("alignment", "follows", {}, 0.8, again=True)]) == []


def test_signs():
    assert [signed(value, 1) for value in (0.04, -0.04, 0.05001, -12.0)] == ["0", "0", "+0.1", "-12.0"]
