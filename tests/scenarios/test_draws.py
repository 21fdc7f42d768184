"""Named streams: a draw depends on seed, name, year and member alone."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrace.scenarios.draws import CentralDraws, MemberDraws, stream_key

GOLDEN = [0.6216931456497634, 0.9286096642644615, 0.1787356043920229, 0.9664672720837661, 0.35616256854028244]


def blocks(seed, stop, size, name, year):
    parts = [MemberDraws(seed, at, min(at + size, stop)).uniform(name, year) for at in range(0, stop, size)]
    return np.concatenate(parts)


def test_member_17_of_100_is_member_17_of_10000():
    small, large = MemberDraws(3, 0, 100), MemberDraws(3, 0, 10_000)
    assert small.uniform("smic.yield")[17] == large.uniform("smic.yield")[17]
    assert MemberDraws(3, 17, 18).uniform("smic.yield")[0] == large.uniform("smic.yield")[17]


@pytest.mark.parametrize("size", [1, 7])
def test_small_blocks_agree_bit_for_bit(size):
    whole = MemberDraws(5, 0, 500).uniform("x", 2027)
    assert blocks(5, 500, size, "x", 2027).tobytes() == whole.tobytes()


def test_large_blocks_agree_bit_for_bit():
    whole = MemberDraws(5, 0, 20_000).uniform("x", 2027)
    assert blocks(5, 20_000, 8193, "x", 2027).tobytes() == whole.tobytes()


@given(st.integers(0, 2**64 - 1), st.integers(0, 10**12), st.integers(1, 40), st.integers(0, 3000))
def test_any_start_gives_the_same_member(seed, start, count, year):
    block = MemberDraws(seed, start, start + count).uniform("name", year)
    last = MemberDraws(seed, start + count - 1, start + count).uniform("name", year)
    assert block.shape == (count,)
    assert block[-1] == last[0]
    assert ((block > 0) & (block < 1)).all()


def test_the_stated_formula():
    key = np.array([9, stream_key("a")], dtype=np.uint64)
    raw = np.random.Philox(key=key, counter=np.array([0, 2026, 0, 0], dtype=np.uint64)).random_raw(6)
    expected = ((raw >> np.uint64(11)) + 0.5) * 2.0**-53
    assert (MemberDraws(9, 0, 6).uniform("a", 2026) == expected).all()


def test_golden_values_do_not_change():
    """Stored results rest on these: never edit them to make the test pass."""
    found = MemberDraws(1, 0, 5).uniform("smic.n2.defect_density")
    assert found.tolist() == GOLDEN


def test_the_largest_word_stays_below_one(monkeypatch):
    class Full:
        def __init__(self, **_):
            pass

        def random_raw(self, count):
            return np.full(count, 2**64 - 1, dtype=np.uint64)

    monkeypatch.setattr(np.random, "Philox", Full)
    assert MemberDraws(1, 0, 3).uniform("x").max() < 1.0


def test_names_years_and_seeds_are_independent():
    draws = MemberDraws(1, 0, 20_000)
    columns = [draws.uniform("a"), draws.uniform("b"), draws.uniform("a", 2026), draws.uniform("a", 2027)]
    columns.append(MemberDraws(2, 0, 20_000).uniform("a"))
    correlations = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlations).max() < 0.03


def test_uniforms_look_uniform():
    for name in ("a", "b.c", "decision us"):
        u = np.sort(MemberDraws(7, 0, 100_000).uniform(name, 2026))
        grid = np.arange(1, len(u) + 1) / len(u)
        assert np.abs(u - grid).max() < 1.63 / np.sqrt(len(u)) * 1.2
        assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) > 0.99
        raw = MemberDraws(7, 0, 100_000).uniform(name, 2026)
        assert abs(np.corrcoef(raw[:-1], raw[1:])[0, 1]) < 0.015


def test_every_process_hashes_a_name_alike():
    code = "from podrace.scenarios.draws import stream_key; print(stream_key('smic.n2'))"
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(other.stdout) == stream_key("smic.n2")


def test_numpy_global_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    MemberDraws(1, 0, 10).uniform("x")
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_central_draws():
    draws = CentralDraws()
    assert draws.members == 1
    assert draws.uniform("anything", 2026).tolist() == [0.5]


@pytest.mark.parametrize(("seed", "start", "stop"), [(-1, 0, 1), (2**64, 0, 1), (0, -1, 1), (0, 5, 5), (0, 6, 5)])
def test_impossible_blocks_are_refused(seed, start, stop):
    with pytest.raises(ValueError, match="must"):
        MemberDraws(seed, start, stop)
