"""The lag in tables: quantiles over members, and what is longer than the run tells."""

import json

import numpy as np
import pytest

from podrace.reports.lags import lag_members, lag_text
from podrace.reports.result import Result
from podrace.reports.tables import headline_blocks, headline_document

NAMES = ["fleet_h100e", "fleet_h100e_bf16", "cluster_training_eflops"]


@pytest.fixture(scope="module")
def result(ensemble):
    return Result(ensemble)


def test_the_table(result):
    table = result.lag([2024, 2030])
    assert list(table.index) == [2024, 2030]
    assert list(table.columns.unique(0)) == NAMES
    assert list(table["fleet_h100e"].columns) == ["p05", "p50", "p95", "beyond"]
    members = lag_members(result.data)["fleet_h100e"][result.years.index(2030)]
    assert table.loc[2030, ("fleet_h100e", "p50")] == pytest.approx(np.median(np.where(np.isnan(members), 99, members)))
    assert table.loc[2030, ("fleet_h100e", "beyond")] == np.isnan(members).mean()


def test_longer_than_the_run_tells_is_empty_and_counted(build):
    made = build(members=4)
    growth = 2.0 ** np.arange(14)
    made.data["fleet_h100e"].loc[{"side": "us"}] = growth[None]
    made.data["fleet_h100e"].loc[{"side": "china"}] = np.array([0.5, 0.5, 4.0, 4.0])[:, None]
    row = Result(made).lag([2030], quantiles=(0.25, 0.75)).loc[2030, "fleet_h100e"]
    assert row["beyond"] == 0.5
    assert row["p25"] == pytest.approx(6.0)
    assert np.isnan(row["p75"])


def test_a_lead_longer_than_the_run_counts_as_the_whole_run(build):
    made = build(members=2)
    made.data["fleet_h100e"].loc[{"side": "us"}] = 1.0
    made.data["fleet_h100e"].loc[{"side": "china"}] = 5.0
    assert (lag_members(made.data)["fleet_h100e"][8] == -8.0).all()
    assert Result(made).lag([2030]).loc[2030, ("fleet_h100e", "beyond")] == 0


def test_years_outside_the_run_are_refused(result):
    with pytest.raises(ValueError, match="no year 2050"):
        result.lag([2050])


def test_the_headline_table_ends_with_the_lag(result):
    block = headline_blocks(result)[-1]
    assert block.heading == "China behind the US-led side, years"
    assert [line.name for line in block.lines] == ["Fleet, 8-bit", "Fleet, BF16", "Largest cluster"]
    low, middle, high, _ = result.lag([2030])["fleet_h100e"].loc[2030]
    assert block.lines[0].cells[3] == lag_text((low, middle, high), 8)


def test_the_document_holds_it_too(result):
    document = json.loads(json.dumps(headline_document(result), allow_nan=False))
    entry = document["lag_years"][0]
    assert (entry["id"], entry["label"]) == ("fleet_h100e", "Fleet, 8-bit")
    assert set(entry["rows"][0]) == {"year", "p05", "p50", "p95", "beyond"}


def test_a_run_of_one_year_has_no_lag_to_tell(build):
    made = Result(build(members=3, start=2030, end=2030))
    cells = {cell for line in headline_blocks(made)[-1].lines for cell in line.cells}
    assert cells == {"–"}
