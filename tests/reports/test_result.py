"""`Result`: what it gives, and how it answers wrong names."""

from dataclasses import replace

import pytest

import podrace as pr
from podrace.reports.result import Result, run


@pytest.fixture(scope="module")
def result(ensemble):
    return Result(ensemble)


def test_the_parts(result, ensemble):
    assert result.data is ensemble.data
    assert result.central is ensemble.central
    assert result.inputs is ensemble.inputs
    assert result.events is ensemble.events
    assert result.scenario is ensemble.scenario
    assert result.years == list(range(2022, 2036))
    assert pr.Result is Result
    assert pr.run is run


def test_words_about_it(result):
    assert repr(result) == "Result(scenario='baseline', members=200, years=2022-2035, seed=0)"
    assert "<table" in result._repr_html_()


def test_table_defaults_to_the_headlines(result):
    table = result.table()
    assert table.shape[0] == 28
    assert "cluster_training_eflops" in table.columns.get_level_values("variable")
    assert "wind_gw" not in table.columns.get_level_values("variable")


def test_table_of_one_variable(result):
    table = result.table("wind_gw", years=[2030], quantiles=(0.1, 0.9))
    assert list(table.columns) == [("wind_gw", "p10"), ("wind_gw", "p90")]
    assert list(table.index) == [(2030, "china"), (2030, "us")]


def test_wrong_names(result):
    with pytest.raises(ValueError, match="did you mean 'fleet_h100e'"):
        result.table(["fleet_h100"])
    with pytest.raises(ValueError, match="no year 2050"):
        result.table(years=[2050])
    with pytest.raises(ValueError, match="did you mean 'cluster_mfu'"):
        result.plot("cluster_mfuu")


def test_a_variable_that_was_not_recorded(ensemble):
    part = replace(ensemble, data=ensemble.data[["fleet_h100e"]], central=ensemble.central[["fleet_h100e"]])
    with pytest.raises(ValueError, match="was not recorded"):
        Result(part).table("wind_gw")
    assert set(Result(part).table().columns.get_level_values(0)) == {"fleet_h100e"}


def test_plot_takes_pictures_and_variables(result):
    assert len(result.plot("fleet").axes) == 2
    assert len(result.plot("fleet_h100e").axes) == 1


def test_summary_cannot_be_spoilt(result):
    first = result.summary()
    first["p50"] = 0
    assert (result.summary()["p50"] != 0).any()


@pytest.mark.parametrize("members", [0, -3])
def test_a_run_needs_members(members):
    with pytest.raises(ValueError, match="at least one member"):
        run("baseline", members=members)
