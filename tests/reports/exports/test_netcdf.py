"""NetCDF: what is read back equals what ran, with units and words."""

import numpy as np
import pytest
import xarray as xr

from podrace.model.registry import VARIABLES
from podrace.reports.exports.netcdf import attributes


@pytest.fixture(scope="module")
def file(result, tmp_path_factory):
    return result.export(tmp_path_factory.mktemp("nc") / "run.nc")


@pytest.fixture(scope="module")
def opened(file):
    with xr.open_dataset(file) as data:
        return data.load()


def test_it_opens_equal(opened, result, file):
    xr.testing.assert_equal(opened, result.data)
    with xr.open_dataset(file, group="central") as central:
        xr.testing.assert_equal(central.load(), result.central)


def test_no_number_became_a_date(opened):
    assert {str(opened[name].dtype) for name in opened.data_vars} == {"float64"}


def test_units_and_words_are_those_of_the_registry(opened):
    for name in opened.data_vars:
        told, variable = opened[name].attrs, VARIABLES[str(name)]
        assert told["units"] == ("1" if variable.categories else variable.unit)
        assert (told["long_name"], told["description"]) == (variable.label, variable.meaning)
    assert opened["binding_input"].attrs["flag_meanings"].split() == list(VARIABLES["binding_input"].categories)
    assert list(attributes("binding_input")["flag_values"]) == [0, 1, 2, 3]


def test_it_says_what_ran(opened, result):
    told = opened.attrs
    assert told["title"] == result.scenario.title
    assert told["scenario_hash"] == result.scenario.hash
    assert (told["members"], told["seed"]) == (20, 3)
    assert told["history"] == "podrace run hostile --members 20 --seed 3 --years 2022:2025"
    assert told["source"].startswith("podrace ")


def test_the_drawn_inputs_are_there_with_their_units(file, result):
    with xr.open_dataset(file, group="inputs") as inputs:
        assert list(inputs["input"].to_numpy()) == list(result.inputs.columns)
        np.testing.assert_array_equal(inputs["drawn"].to_numpy(), result.inputs.to_numpy())
        units = dict(zip(inputs["input"].to_numpy(), inputs["input_units"].to_numpy(), strict=True))
    assert units["buyers.microsoft.capex@2022"] == result.scenario.records["buyers.microsoft.capex"].unit


def test_the_run_keeps_its_own_attributes(result, file):
    assert file.exists()
    assert set(result.data["fleet_h100e"].attrs) == {"unit", "kind", "meaning", "label"}


def test_it_is_packed(opened):
    assert {(opened[name].encoding["zlib"], opened[name].encoding["shuffle"]) for name in opened.data_vars} == {
        (True, True)
    }
