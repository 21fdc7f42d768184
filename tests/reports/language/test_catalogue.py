"""The catalogue: found by language, filled, and gone after the block."""

import pytest

import podrace as pr
from podrace.reports.language import say, speaking, spoken
from podrace.reports.language.numbers import ends


def test_a_language_lasts_as_long_as_its_block():
    with speaking("ko"):
        assert (spoken(), say("China")) == ("ko", "중국")
        with speaking("en"):
            assert say("China") == "China"
        assert say("China") == "중국"
    assert (spoken(), say("China")) == ("en", "China")


def test_places_are_filled_and_unknown_texts_stay():
    with speaking("ko"):
        assert say("{count} members", count="1,000") == "모의실험 1,000회"
        assert say("no such text") == "no such text"


def test_an_unknown_language_is_named():
    with pytest.raises(pr.ScenarioError, match="no language 'de'; allowed: en, ko"), speaking("de"):
        pass


def test_ends_with_a_sign_are_joined_by_a_word():
    assert ends("−4 %", "+1 %") == "−4 % to +1 %"
    with speaking("ko"):
        assert ends("−83%", "−42%") == "−83%에서 −42%"
        assert ends("28", "110") == "28~110"
