"""Fab tools: recorded deliveries and controls, home makers, and the EUV programme."""

import numpy as np
from scipy.stats import triang

CALM = {"behaviour.reactions": False}
MEMBERS = 64
RECORDED = range(2022, 2026)
NO_HISTORY = {**CALM, "behaviour.history_to": "2022-01"}
CERTAIN = {**CALM, "euv.hazard_growth": 100.0}


def all_members(value):
    return np.asarray(value) * np.ones(MEMBERS)


def test_the_record_knows_its_own_controls(world):
    """In the baseline the recorded stringency is the one in force, so deliveries are those of the record."""
    made = world()
    while made.year <= RECORDED[-1]:
        made.step()
        us, year = made.us_government, made.year - 1
        np.testing.assert_allclose(us.recorded_equipment, us.stringency["equipment"], rtol=1e-12, err_msg=str(year))
        recorded = made.inputs.series("tools.china_receipts", "billion_USD/year").at(year)
        np.testing.assert_allclose(all_members(made.tools["china"].imported), all_members(recorded), rtol=1e-12)


def test_without_the_controls_of_the_record_more_tools_arrive(columns):
    """By as much as the controls of each year closed, leaks aside."""
    calm, free = columns(CALM), columns(NO_HISTORY)
    for year in RECORDED:
        with_controls, without = (run.at("tools_imported_busd", "china", year) for run in (calm, free))
        leak = 1.0 - calm.drawn["tools.leakage"]
        closed, left = (run.at("stringency_equipment", "us", year) for run in (calm, free))
        expected = with_controls * (1.0 - left * leak) / (1.0 - closed * leak)
        np.testing.assert_allclose(without, expected, rtol=1e-9, err_msg=str(year))
        assert (without >= with_controls * (1 - 1e-12)).all(), year
        assert year == 2022 or (without > with_controls * 1.02).all(), year
    assert (free.at("stringency_equipment", "us", 2025) < calm.at("stringency_equipment", "us", 2025)).all()


def test_stricter_controls_than_recorded_let_fewer_tools_through(columns, what_if):
    action = "{date: 2023-01, actor: us, action: control, item: equipment, stringency: 1.0, source: what-if}"
    calm, strict = columns(CALM), columns(base=what_if(action))
    assert (strict.at("tools_imported_busd", "china", 2023) < calm.at("tools_imported_busd", "china", 2023)).all()


# EUV


def test_euv_never_arrives_before_its_earliest_year(columns):
    for earliest in (2029, 2032):
        ramp = columns({**CERTAIN, "euv.earliest": float(earliest)}).of("euv_ramp", "china")
        first = earliest - 2022
        assert not ramp[:first].any(), earliest
        assert (ramp[first] > 0).all(), earliest


def test_without_a_hazard_euv_never_arrives(columns):
    assert not columns({**CALM, "euv.hazard_growth": 0.0}).of("euv_ramp", "china").any()
    assert columns(CALM).of("euv_ramp", "china")[-1].any()


def test_euv_ramps_over_its_years_and_stays(columns):
    run = columns(CERTAIN)
    ramp = run.of("euv_ramp", "china")
    np.testing.assert_allclose(run.at("euv_ramp", "china", 2029), 0.5 / run.drawn["euv.ramp_years"], rtol=1e-12)
    assert (np.diff(ramp, axis=0) >= 0).all()
    assert (ramp[-1] == 1.0).all()


def test_the_ramp_raises_good_dies_by_its_gain(world):
    """In the first year wafers are still the same: good dies grow by gain x ramp, at home alone."""
    with_euv, without = world(CERTAIN, year=2029), world({**CALM, "euv.hazard_growth": 0.0}, year=2029)
    with_euv.step()
    without.step()
    gain = with_euv.inputs.value("euv.gain", "1") * with_euv.euv.ramp
    assert np.all(gain > 0.01)
    for side, expected in (("china", 1.0 + gain), ("us", 1.0)):
        for one, other in zip(with_euv.fabs[side], without.fabs[side], strict=True):
            np.testing.assert_array_equal(one.wafers, other.wafers, err_msg=one.name)
            np.testing.assert_allclose(one.good_dies, other.good_dies * expected, rtol=1e-12, err_msg=one.name)


def test_dies_gained_by_euv_become_accelerators_where_dies_are_scarce(columns):
    none, certain = (
        columns({**base, "hbm.china_start": 1e5}) for base in ({**CALM, "euv.hazard_growth": 0.0}, CERTAIN)
    )
    made, more = (run.of("h100e_produced", "china")[7:].sum(axis=0) for run in (none, certain))
    assert more.mean() > made.mean() * 1.01


def test_euv_comes_about_when_the_sources_say(columns):
    """The share of members with EUV follows the published triangle of 2029, 2032 and 2040."""
    came = (columns({}, members=1000).of("euv_ramp", "china") > 0).mean(axis=1)
    triangle = triang(c=(2032 - 2029) / (2040 - 2029), loc=2029, scale=2040 - 2029)
    for year in range(2028, 2036):
        assert abs(came[year - 2022] - triangle.cdf(year + 1)) < 0.06, year


def test_effort_brings_euv_no_later(columns):
    """The same draws against a higher hazard."""
    idle, eager = (columns({**CALM, "euv.effort": effort}).of("euv_ramp", "china") for effort in (0.0, 3.0))
    assert (eager >= idle).all()
    assert (eager > idle).any()
