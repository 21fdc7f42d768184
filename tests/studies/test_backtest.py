"""The back-test: how series are mapped, what is scored, and that parts add up to wholes."""

import numpy as np
import pytest

from podrace.scenarios.cases import HISTORY, Place, read_cases
from podrace.scenarios.compose import load
from podrace.scenarios.readings import load_readings
from podrace.studies.backtest import all_leaves, backtest, map_all
from podrace.studies.ensemble import run_ensemble
from podrace.studies.measures import Leaf
from podrace.studies.predict import ledger
from podrace.studies.reading import Ledger, Measure, OutOfRunError

MEMBERS = 24
HEAD = "format: 1\nstart: 2022\nseries:\n"


@pytest.fixture(scope="module")
def baseline():
    return load("baseline").with_years(2022, 2027)


@pytest.fixture(scope="module")
def run(baseline):
    return run_ensemble(baseline, MEMBERS)


@pytest.fixture
def held(tmp_path, baseline):
    """Hold the baseline against series written as text."""

    def hold(*series):
        path = tmp_path / "cases.yaml"
        path.write_text(HEAD + "".join(f"- {one}\n" for one in series), encoding="utf-8")
        return backtest(baseline, read_cases(path), MEMBERS)

    return hold


def series(points="[{year: 2024, value: 1.0e6}]", **keys):
    given = {"id": "x", "variable": "h100e_produced", "side": "us", "unit": "H100e/year", "role": "scored"} | keys
    return "{" + ", ".join(f"{key}: {value}" for key, value in given.items()) + f", points: {points}}}"


def why(found, name="x"):
    return next(one.why for one in found.not_mapped if one.case.id == name)


def test_a_recorded_variable_is_scored_as_recorded(held, run):
    (tested,) = held(series()).scored
    values = run.data["h100e_produced"].sel(side="us", year=2024).to_numpy()
    assert tested.points[0].quantiles[0.5] == pytest.approx(np.median(values), rel=1e-12)
    assert tested.points[0].error == pytest.approx(np.median(values) / 1e6 - 1)


def test_inputs_and_context_are_shown_and_never_scored(held):
    found = held(series(id="a", role="input"), series(id="b", role="context"), series(id="c"))
    assert [one.case.id for one in found.scored] == ["c"]
    assert {one.case.id for one in found.unscored} == {"a", "b"}
    assert found.overall.n == 1


@pytest.mark.parametrize(
    ("variable", "unit"),
    [("capex_busd", "billion USD/year"), ("pod_chips", "package"), ("hbm_imported_pb", "PB/year"),
     ("cluster_chips", "package"), ("stringency_hbm", "percent"), ("h100e_smuggled", "H100e/year")],
)  # fmt: skip
def test_what_is_scripted_is_listed_and_not_scored(held, variable, unit):
    side = "us" if variable in {"cluster_chips", "stringency_hbm"} else "china"
    found = held(series(variable=variable, unit=unit, side=side))
    assert not found.scored
    assert "scripted to 202" in why(found)
    assert [one.case.id for one in found.unscored] == ["x"]


def test_points_after_the_script_are_scored(held):
    text = "[{year: 2025, value: 90}, {year: 2027, value: 90}]"
    (tested,) = held(series(text, variable="capex_busd", unit="billion USD/year", side="china")).scored
    assert [point.point.year for point in tested.points] == [2027]
    assert "scripted" in tested.left_out[0][1]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"variable": "fleet_h100"}, "nearest name: fleet_h100e"),
        ({"variable": "null", "quantity": "moon rocks"}, "moon rocks"),
        ({"actor": "nvidea"}, "nearest name: nvidia"),
        ({"actor": "microsoft"}, "is one of the buyers"),
        ({"actor": "nvidia", "product": "hoper"}, "nearest name: hopper"),
        ({"unit": "GW"}, "counted in 'GW'"),
        ({"unit": "furlong"}, "counted in 'furlong'"),
        ({"side": "moon"}, "no value for the side"),
        ({"side": "china", "actor": "nvidia"}, "belongs to the side us"),
        ({"variable": "binding_input", "unit": "1"}, "is a category"),
        (
            {"actor": "oracle", "variable": "capex_busd", "unit": "billion USD/year", "basis": "{calendar: fiscal}"},
            "fiscal",
        ),
    ],
)
def test_what_cannot_be_mapped_is_listed_with_the_reason(held, keys, said):
    found = held(series(**keys), series(id="good"))
    assert said in why(found)
    assert [one.case.id for one in found.scored] == ["good"]


def test_points_outside_the_run_are_left_out_with_the_reason(held):
    found = held(series("[{year: 2021, value: 1}, {year: 2024, value: 1}, {year: 2031, value: 1}]"))
    (tested,) = found.scored
    assert [text for _, text in tested.left_out] == ["before the start (2022)", "after the end of the run (2027)"]
    assert "before the start" in why(held(series("[{year: 2020, value: 1}]")))


def test_series_of_a_group_are_each_scored_and_never_added(held):
    one, two = held(series(group="g"), series(id="y", group="g")).scored
    assert one.points[0].quantiles == two.points[0].quantiles


def test_units_and_percent_are_converted(held):
    a, b = held(
        series(id="a", unit="H100e/quarter"), series(id="b", variable="energised_share", unit="percent", side="us")
    ).scored
    (c,) = held(series()).scored
    assert a.points[0].quantiles[0.5] == pytest.approx(c.points[0].quantiles[0.5] / 4)
    assert 1.0 < b.points[0].quantiles[0.5] <= 100.0


def test_a_half_year_is_an_amount_and_a_quarter_is_too_short(held):
    half = "[{year: 2024, period: 2024-01 to 2024-06, value: 1.0e6}]"
    other = "[{year: 2024, period: 2024-07 to 2024-12, value: 1.0e6}]"
    a, b = held(series(half, id="a"), series(other, id="b")).scored
    (whole,) = held(series()).scored
    first, second, both = (one.points[0].quantiles[0.5] for one in (a, b, whole))
    assert first < second
    assert first + second == pytest.approx(both, rel=0.02)
    assert "shorter than half a year" in why(held(series("[{year: 2024, period: 2024 Q1, value: 1}]")))


def test_halves_of_a_year_are_the_models_own_where_it_keeps_them(held, run):
    half = "[{year: 2026, period: first half, value: 7.0e6}]"
    other = "[{year: 2026, period: second half, value: 7.0e6}]"
    a, b = held(series(half, id="a", actor="nvidia"), series(other, id="b", actor="nvidia")).scored
    kept = run.data.sel(side="us", year=2026)
    first = kept["h100e_sold_first_half"].to_numpy()
    assert a.points[0].quantiles[0.5] == pytest.approx(np.median(first))
    rest = kept["nvidia_h100e_sold"].to_numpy() - first
    assert b.points[0].quantiles[0.5] == pytest.approx(np.median(rest))


def test_a_fiscal_year_of_nvidia_lies_a_month_later(held):
    keys = {"variable": "revenue_busd", "actor": "nvidia", "unit": "billion USD/year"}
    text = "[{year: 2024, value: 100}]"
    a, b = held(series(text, id="a", **keys), series(text, id="b", basis="{calendar: fiscal}", **keys)).scored
    assert b.points[0].end == pytest.approx(2025 + 1 / 12)
    assert b.points[0].quantiles[0.5] > a.points[0].quantiles[0.5]


def test_parts_add_up_to_the_recorded_wholes(baseline, run):
    firms = [(name, str(baseline.label(f"firms.{name}.side"))) for name in baseline.entities("firms")]
    buyers = [(name, str(baseline.label(f"buyers.{name}.side"))) for name in baseline.entities("buyers")]
    parts = {
        "accelerators_produced": firms, "h100e_produced": firms, "revenue_busd": firms, "dies_used": firms,
        "fleet_h100e": buyers, "capex_busd": buyers, "h100e_installed": buyers, "accelerator_budget_busd": buyers,
    }  # fmt: skip
    leaves = [Leaf(of, side, name) for of, agents in parts.items() for name, side in agents]
    kept = ledger(baseline, MEMBERS, 0, leaves)
    for of, agents in parts.items():
        for side in ("china", "us"):
            total = sum(kept.values[Leaf(of, side, name)] for name, where in agents if where == side)
            recorded = run.data[of].sel(side=side).transpose("year", "member").to_numpy()
            assert total == pytest.approx(recorded, rel=1e-9), (of, side)


def test_products_add_up_to_their_firm(baseline):
    chips = ["nvidia_a100", "nvidia_h100", "nvidia_h200", "nvidia_gb200", "nvidia_gb300", "nvidia_rubin_vr200",
             "nvidia_rubin_ultra", "nvidia_a800", "nvidia_h800", "nvidia_h20"]  # fmt: skip
    each = [Leaf("accelerators_produced", "us", "nvidia", (chip,)) for chip in chips]
    whole = Leaf("accelerators_produced", "us", "nvidia")
    kept = ledger(baseline, 8, 0, [*each, whole])
    assert sum(kept.values[leaf] for leaf in each)[:5] == pytest.approx(kept.values[whole][:5], rel=1e-9)


def test_purchases_from_suppliers_add_up_to_all_that_is_bought(baseline):
    firms = [name for name in baseline.entities("firms") if baseline.label(f"firms.{name}.side") == "us"]
    each = [Leaf("h100e_bought", "us", "meta", supplier=firm) for firm in firms]
    kept = ledger(baseline, 8, 0, [*each, Leaf("h100e_bought", "us", "meta")])
    assert sum(kept.values[leaf] for leaf in each) == pytest.approx(kept.values[Leaf("h100e_bought", "us", "meta")])


def test_dates_between_year_ends_lie_between_them():
    leaf = Leaf("fleet_h100e", "us")
    kept = Ledger(range(2022, 2025), {leaf: np.array([[1.0], [4.0], [9.0]])})
    reading = Measure(leaf)
    values = [float(reading.at(kept, Place(end - 1, end))[0]) for end in (2023.0, 2023.4, 2023.9, 2024.0, 2025.0)]
    assert values == sorted(values)
    assert (values[0], values[-2], values[-1]) == (1.0, 4.0, 9.0)
    with pytest.raises(OutOfRunError):
        reading.at(kept, Place(2021.5, 2022.5))


def test_a_run_of_the_ledger_does_not_depend_on_what_is_asked(baseline):
    mapped, _ = map_all(read_cases(HISTORY).series, baseline, load_readings())
    leaves = all_leaves(mapped)
    alone = ledger(baseline, 5, 0, leaves[:1])
    together = ledger(baseline, 9, 0, leaves)
    assert (alone.values[leaves[0]] == together.values[leaves[0]][:, :5]).all()
