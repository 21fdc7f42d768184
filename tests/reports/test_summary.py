"""Statistics over members equal NumPy's, and say what dates and categories mean."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from podrace.model.registry import VARIABLES
from podrace.reports.summary import COLUMNS, percentile_name, shares, spread, summarise, tabulate

NAMES = ["p05", "p25", "p50", "p75", "p95"]
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]


def small(name: str, values: list[list[list[float]]]) -> xr.Dataset:
    """Dataset of one variable from values (member, year, side)."""
    array = np.array(values, dtype=float)
    coords = {"member": range(array.shape[0]), "year": range(2022, 2022 + array.shape[1]), "side": ["china", "us"]}
    return xr.Dataset({name: (("member", "year", "side"), array)}, coords=coords)


@pytest.fixture(scope="module")
def summary(ensemble):
    return summarise(ensemble.data)


def row(summary, **where):
    found = summary
    for key, value in where.items():
        found = found[found[key] == value]
    assert len(found) == 1, where
    return found.iloc[0]


def test_columns_and_order(summary, ensemble):
    assert tuple(summary.columns) == COLUMNS
    assert COLUMNS == ("year", "side", "variable", "unit", "p05", "p25", "p50", "p75", "p95", "mean")
    assert summary["year"].is_monotonic_increasing
    assert list(summary[summary["year"] == 2022]["side"].unique()) == ["china", "us"]
    assert not summary.duplicated(["year", "side", "variable"]).any()


@pytest.mark.parametrize("name", ["fleet_h100e", "localisation_hbm", "die_bank"])
@pytest.mark.parametrize("side", ["china", "us"])
def test_numbers_equal_numpy(summary, ensemble, name, side):
    values = ensemble.data[name].sel(year=2030, side=side).to_numpy()
    found = row(summary, year=2030, side=side, variable=name)
    np.testing.assert_allclose(found[NAMES].astype(float), np.quantile(values, LEVELS), rtol=1e-14)
    assert found["mean"] == pytest.approx(values.mean(), rel=1e-12)
    assert found["unit"] == VARIABLES[name].unit


def test_categories_are_shares_that_add_up(summary, ensemble):
    part = summary[(summary["year"] == 2029) & (summary["side"] == "china")]
    part = part[part["variable"].str.startswith("binding_input=")]
    assert list(part["variable"]) == [f"binding_input={c}" for c in ("dies", "hbm", "packaging", "demand")]
    assert part["mean"].sum() == pytest.approx(1)
    assert part[NAMES].isna().all(axis=None)
    codes = ensemble.data["binding_input"].sel(year=2029, side="china").to_numpy()
    assert part["mean"].iloc[1] == pytest.approx((codes == 1).mean())


def test_what_applies_to_no_member_is_left_out(summary):
    sides = summary[summary["variable"] == "huawei_integration"]["side"].unique()
    assert list(sides) == ["china"]


def test_some_members_without_a_value():
    data = small("chip_tpp", [[[1.0, 1.0]], [[3.0, np.nan]], [[np.nan, np.nan]]])
    found = summarise(data)
    assert row(found, side="china")["p50"] == 2.0
    assert row(found, side="china")["mean"] == 2.0
    assert row(found, side="us")["p50"] == 1.0


def test_never_is_later_than_every_date():
    data = small("die_runout_year", [[[2026.0, np.nan]], [[2027.0, np.nan]], [[np.nan, np.nan]], [[2025.0, np.nan]]])
    found = summarise(data)
    china = row(found, side="china", variable="die_runout_year")
    assert china["p50"] == 2026.5
    assert np.isnan(china["p95"])
    assert np.isnan(china["mean"])
    assert row(found, side="china", variable="die_runout_year=never")["mean"] == 0.25
    assert row(found, side="us", variable="die_runout_year=never")["mean"] == 1.0


def test_spread_of_nothing_is_nothing():
    assert np.isnan(spread(np.full((3, 4), np.nan))).all()
    assert np.isnan(shares(np.full((3, 4), np.nan), 2)).all()


def test_one_member():
    found = row(summarise(small("fleet_h100e", [[[5.0, 7.0]]])), side="us")
    assert (found[NAMES] == 7.0).all()


def test_wide_table(ensemble):
    table = tabulate(ensemble.data, ["fleet_h100e", "binding_input"], [2024, 2030], (0.05, 0.5, 0.95))
    assert list(table.index) == [(2024, "china"), (2024, "us"), (2030, "china"), (2030, "us")]
    assert list(table.columns) == [
        *(("fleet_h100e", q) for q in ("p05", "p50", "p95")),
        *(("binding_input", c) for c in ("dies", "hbm", "packaging", "demand")),
    ]
    values = ensemble.data["fleet_h100e"].sel(year=2030, side="us").to_numpy()
    assert table.loc[(2030, "us"), ("fleet_h100e", "p95")] == pytest.approx(np.quantile(values, 0.95))
    assert isinstance(table, pd.DataFrame)


@pytest.mark.parametrize(("quantile", "name"), [(0, "p00"), (0.05, "p05"), (0.5, "p50"), (1, "p100"), (0.025, "p2.5")])
def test_percentile_names(quantile, name):
    assert percentile_name(quantile) == name
