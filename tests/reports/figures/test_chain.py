"""The waterfall from chip to fleet: steps that multiply to the gap, of a run and between scenarios."""

import numpy as np
import pytest

from podrace.reports.compare.chain import _changes
from podrace.reports.figures.chain import RUNGS, Bar, _columns, _sentence, known
from podrace.reports.figures.draw import draw
from podrace.reports.figures.looks import SIDE_COLOURS
from podrace.reports.figures.panels import at, times_ahead

GAPS = dict(zip(RUNGS, [(4, 8, 16), (1, 2, 4), (2, 3, 4), (30, 60, 90)], strict=True))


def test_steps_multiply_from_the_first_level_to_the_last():
    columns = _columns(GAPS)
    assert [bar.step for bar in columns] == [False, True, False, True, False, True, False]
    steps = [bar.factor for bar in columns if bar.step]
    assert columns[0].end * np.prod(steps) == pytest.approx(columns[-1].end)
    assert [bar.text for bar in columns] == ["8.0×", "÷ 4.0", "2.0×", "× 1.5", "3.0×", "× 20", "60×"]


def test_a_step_has_the_colour_of_the_side_it_helps():
    helped = {factor: Bar("", 1.0, factor, np.nan, np.nan, step=True).colour for factor in (0.5, 1.0, 2.0)}
    assert helped[0.5] == SIDE_COLOURS["china"]
    assert helped[2.0] == SIDE_COLOURS["us"]
    assert helped[1.0] not in SIDE_COLOURS.values()


def test_the_finding_names_both_directions():
    assert _sentence(GAPS, 2030) == (
        "2030: the size of pods narrows the gap 4.0-fold, the rest of the fleet widens it 20-fold"
    )
    one_way = {name: (1, 2.0**place, 9) for place, name in enumerate(RUNGS)}
    assert _sentence(one_way, 2030).count("widens") == 1
    assert "narrows" not in _sentence(one_way, 2030)


def test_a_rung_that_a_side_lacks_is_left_out():
    gaps = known(GAPS | {"pod_fp8_pflops": (np.nan, np.nan, np.nan)})
    assert "pod_fp8_pflops" not in gaps
    assert len(_columns(gaps)) == 5


def test_levels_are_the_medians_of_the_run(ensemble):
    labels = [text.get_text() for text in draw("chain", ensemble).axes[0].texts]
    middle = at(ensemble.data, times_ahead(ensemble.data, "fleet_h100e"), 2030)[1]
    assert labels[-1] == f"{middle:.2g}×"


def test_what_rungs_change_multiplies_to_the_change_of_the_fleets():
    other = {name: tuple(2 * value for value in gap) for name, gap in GAPS.items()} | {"fleet_h100e": (6, 12, 20)}
    changes = _changes(GAPS, other)
    assert changes["chip_fp8_tflops"] == pytest.approx(2)
    assert changes["pod_fp8_pflops"] == pytest.approx(1)
    assert np.prod(list(changes.values())) == pytest.approx(12 / 60)
