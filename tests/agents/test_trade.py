"""Trade between the sides: foreign foundries, HBM, smuggled accelerators, rented compute."""

import numpy as np
import pytest

CALM = {"behaviour.reactions": False}
MEMBERS = 64
NO_HISTORY = {**CALM, "behaviour.history_to": "2022-01"}
# the dated actions on foundry services, opened: what bears the id of an action takes its place
OPEN_FOUNDRIES = (
    "{date: 2022, actor: us, action: control, item: foundry, stringency: 0.0, source: what-if}",
    "{id: tsmc_sophgo, date: 2024-11-11, actor: us, action: control, item: foundry, stringency: 0.0, source: what-if}",
    "{id: foundry_dd, date: 2025-01-16, actor: us, action: control, item: foundry, stringency: 0.0, source: what-if}",
)
NO_LISTING = "{id: huawei_fdpr1, date: 2020-09-15, actor: us, action: control, item: foundry.huawei, stringency: 0.0, source: what-if}"
OPEN_HBM = "{id: dec2, date: 2025-01-01, actor: us, action: control, item: hbm, stringency: 0.0, source: what-if}"


# Dies


def test_with_foundries_open_all_but_the_listed_firm_import_dies(world, what_if):
    """From 2025 on dies come by need: firms ask abroad for what home fabs do not give, foundries give what they make."""
    made = world(base=what_if(*OPEN_FOUNDRIES), year=2025)
    imported = {firm.name: 0.0 for firm in made.firms["china"]}
    while made.year < 2032:
        made.step()
        for foundry in made.foreign_foundries:
            granted = sum(foundry.counter.granted(firm.name) for firm in made.firms["china"])
            assert np.all(granted <= foundry.good_dies * (1 + 1e-9)), (made.year, foundry.name)
        for firm in made.firms["china"]:
            came = np.asarray(firm.bank.arrived) * np.ones(MEMBERS)
            np.testing.assert_allclose(came, sum(firm.dies_abroad.values()), rtol=1e-12)
            assert np.all(came <= firm.dies_needed * (1 + 1e-9)), (made.year, firm.name)
            imported[firm.name] = imported[firm.name] + came
    assert not imported.pop("huawei").any(), "its own listing of 2020 stands"
    assert all((dies > 0).mean() > 0.9 for dies in imported.values()), imported


def test_with_the_listing_lifted_too_huawei_imports_as_well(world, what_if):
    made = world(base=what_if(*OPEN_FOUNDRIES, NO_LISTING), year=2028)
    huawei = made.lead_firm["china"]
    assert (np.asarray(huawei.bank.arrived) > 0).mean() > 0.5


def test_open_foundries_raise_output_and_dies_still_balance(columns, what_if):
    calm, opened = columns(CALM), columns(base=what_if(*OPEN_FOUNDRIES))
    for name in ("dies_imported", "accelerators_produced"):
        before, after = calm.of(name, "china"), opened.of(name, "china")
        np.testing.assert_array_equal(before[:2], after[:2], err_msg="to 2023 nothing was closed but to Huawei")
        assert after[3:].sum(axis=0).mean() > before[3:].sum(axis=0).mean() * 1.01, name
    for side in ("china", "us"):
        inflow = opened.of("dies_produced", side) + opened.of("dies_imported", side)
        outflow = opened.of("dies_used", side) + opened.of("dies_other", side)
        grown = np.diff(opened.of("die_stockpile", side), axis=0, prepend=0.0)
        np.testing.assert_allclose(grown, inflow - outflow, atol=1e-9 * inflow.max())
    assert (opened.of("dies_other", "us") >= opened.of("dies_imported", "china") * (1 - 1e-12)).all()


# HBM


def test_with_hbm_open_china_buys_what_it_is_short_of(columns, what_if):
    """No more than it lacks, out of what others make; the balance closes on both sides."""
    calm, opened = columns(CALM), columns(base=what_if(OPEN_HBM))
    assert not calm.of("hbm_imported_pb", "china")[3:].any()
    imported = opened.of("hbm_imported_pb", "china")[3:]
    assert (imported.sum(axis=0) > 0).mean() > 0.9
    assert (imported <= (opened.of("hbm_used_pb", "china") + opened.of("hbm_other_pb", "china"))[3:] * (1 + 1e-9)).all()
    assert (
        opened.at("accelerators_produced", "china", 2027).mean()
        > calm.at("accelerators_produced", "china", 2027).mean()
    )
    for side in ("china", "us"):
        inflow = sum(opened.of(f"hbm_{name}_pb", side) for name in ("produced", "imported", "smuggled"))
        outflow = sum(opened.of(f"hbm_{name}_pb", side) for name in ("exported", "used", "other"))
        grown = np.diff(opened.of("hbm_stockpile_pb", side), axis=0)
        np.testing.assert_allclose(grown, (inflow - outflow)[1:], atol=1e-9 * inflow.max())
    received = opened.of("hbm_imported_pb", "china") + opened.of("hbm_smuggled_pb", "china")
    np.testing.assert_allclose(opened.of("hbm_exported_pb", "us"), received, rtol=1e-12)
    assert not opened.of("hbm_smuggled_pb", "china").any(), "nothing to harvest against"


def test_the_rush_of_december_2024_needs_a_control_that_follows(columns, what_if):
    calm, free, lifted = columns(CALM), columns(NO_HISTORY), columns(base=what_if(OPEN_HBM))
    for without in (free, lifted):
        rush = calm.at("hbm_imported_pb", "china", 2024) - without.at("hbm_imported_pb", "china", 2024)
        np.testing.assert_allclose(rush, calm.drawn["hbm.china_receipts_last_month@2024"], rtol=1e-9)
        np.testing.assert_allclose(
            without.at("hbm_imported_pb", "china", 2024), calm.drawn["hbm.china_receipts@2024"], rtol=1e-9
        )


# Accelerators and compute


def test_smuggling_takes_from_one_side_what_it_gives_to_the_other(columns):
    run = columns({**CALM, "smuggling.leakage": 0.0})
    assert not run.of("accelerators_smuggled", "china").any()
    assert not run.of("fleet_smuggled_h100e", "china").any()
    leaky = columns(CALM)
    wanted = np.stack([leaky.drawn[f"smuggling.h100e@{year}"] for year in (2022, 2023, 2024, 2025, 2026)])
    got = leaky.of("h100e_smuggled", "china")[:5]
    assert (got <= wanted * (1 + 1e-9)).all()
    assert (got[2:] >= wanted[2:] * (1 - 1e-9)).mean() > 0.9


def test_nobody_smuggles_what_is_not_controlled(columns):
    free, calm = columns(NO_HISTORY), columns(CALM)
    assert not free.of("stringency_accelerators", "us").any()
    assert not free.of("accelerators_smuggled", "china").any()
    assert not free.of("accelerators_diverted", "us").any()
    assert (calm.of("accelerators_smuggled", "china")[2:] > 0).all()


@pytest.mark.parametrize("stringency", [0.4, 1.0])
def test_a_rental_control_closes_rental_but_for_its_leak(columns, what_if, stringency):
    """Owned fleets do not change; what Chinese firms can use does, and what others can use grows by the same."""
    action = f"{{date: 2028, actor: us, action: control, item: rental, stringency: {stringency}, source: what-if}}"
    calm, closed = columns(CALM), columns(base=what_if(action))
    before, after = calm.of("fleet_rented_h100e", "china"), closed.of("fleet_rented_h100e", "china")
    start = calm.years.index(2028)
    np.testing.assert_array_equal(before[:start], after[:start])
    left = 1.0 - stringency * (1.0 - calm.drawn["rental.leakage"])
    np.testing.assert_allclose(after[start:], before[start:] * left, rtol=1e-9)
    for side in ("china", "us"):
        np.testing.assert_array_equal(calm.of("fleet_h100e", side), closed.of("fleet_h100e", side))
    both = sum(closed.of("fleet_h100e_used", side) for side in ("china", "us"))
    np.testing.assert_allclose(both, sum(closed.of("fleet_h100e", side) for side in ("china", "us")), rtol=1e-12)
