"""Power: a measured run, ranges in order, links by their medium."""

import pytest

from podrace.model.hardware.power import power_ends, running_power_range
from podrace.reports.hardware.power import power_table


def test_a_measured_run_of_h100(hardware, scenario):
    chip, k = hardware.chips["nvidia_h100"], hardware.k
    found = running_power_range(chip.tdp_w, 400, 900, 2.0, "copper", power_ends(scenario, k.power))
    assert found.central == pytest.approx(0.856, rel=0.05)
    assert found.low < found.central < found.high


def test_optics_cost_more_than_copper(hardware, scenario):
    ends = power_ends(scenario, hardware.k.power)
    copper, packaged, pluggable = (
        running_power_range(700, 400, 784, 2.0, medium, ends).central
        for medium in ("copper", "near-packaged optics", "optical (LPO transceivers)")
    )
    assert copper < packaged < pluggable


def test_the_power_table_covers_pods_and_clusters(scenario):
    rows, text = power_table(scenario)
    assert len(rows) > 35
    for row in rows:
        low, central, high = row["it_kw"]
        assert 0 < low < central < high
        assert row["facility_kw"][1] > central
    assert "nan" not in text
    clusters, _ = power_table(scenario, 100_000)
    h100 = next(row for row in clusters if row["id"] == "nvidia_dgx_h100")
    assert 80_000 < h100["it_kw"][1] < 95_000


def test_running_power_stays_below_what_racks_are_provisioned_for(scenario):
    rows, _ = power_table(scenario)
    for row in rows:
        if row["printed_it_kw"]:
            assert row["it_kw"][1] < 1.1 * row["printed_it_kw"], row["id"]
