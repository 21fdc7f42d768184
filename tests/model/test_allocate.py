"""allocate: conserving, capped, fair by weight, blind to the order of the askers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrace.model.allocate import Counter, allocate
from podrace.model.numbers import add_up, ratio, smallest

FAST = settings(max_examples=150, deadline=None, derandomize=True, database=None)
amounts = st.floats(0.0, 1e9)
weights_ = st.floats(0.01, 100.0)
askers = st.lists(st.tuples(amounts, weights_), min_size=1, max_size=7)


def near(value, scale):
    return pytest.approx(value, rel=1e-9, abs=1e-9 * (1.0 + scale))


@FAST
@given(supply=amounts, asked=askers, weighted=st.booleans())
def test_conserves_and_caps(supply, asked, weighted):
    requests, weights = zip(*asked, strict=True)
    grants = allocate(supply, requests, weights if weighted else None)
    assert all(0 <= grant <= request * (1 + 1e-12) for grant, request in zip(grants, requests, strict=True))
    assert sum(grants) == near(min(supply, sum(requests)), supply)


@FAST
@given(supply=amounts, asked=askers, seed=st.integers(0, 99))
def test_order_does_not_matter(supply, asked, seed):
    order = np.random.default_rng(seed).permutation(len(asked))
    plain = allocate(supply, *zip(*asked, strict=True))
    shuffled = allocate(supply, *zip(*(asked[place] for place in order), strict=True))
    for place, grant in zip(order, shuffled, strict=True):
        assert grant == near(plain[place], supply)


@FAST
@given(supply=amounts, more=amounts, asked=askers)
def test_more_supply_takes_from_nobody(supply, more, asked):
    requests, weights = zip(*asked, strict=True)
    before, after = allocate(supply, requests, weights), allocate(supply + more, requests, weights)
    assert all(b >= a - 1e-9 * (1 + supply) for a, b in zip(before, after, strict=True))


@FAST
@given(supply=amounts, asked=askers)
def test_scarce_supply_goes_by_weight(supply, asked):
    """Whoever is not satisfied gets the same per weight; nobody gets more per weight than they."""
    requests, weights = zip(*asked, strict=True)
    grants = allocate(supply, requests, weights)
    open_ = [g / w for g, r, w in zip(grants, requests, weights, strict=True) if g < r * (1 - 1e-9)]
    if open_:
        level = max(open_)
        assert min(open_) == pytest.approx(level, rel=1e-6, abs=1e-6)
        assert all(g / w <= level * (1 + 1e-6) + 1e-6 for g, w in zip(grants, weights, strict=True))


def test_members_do_not_touch_each_other():
    supply = np.array([10.0, 100.0, 0.0])
    requests = [np.array([4.0, 50.0, 1.0]), np.array([16.0, 10.0, 1.0])]
    together = allocate(supply, requests, [0.7, 0.3])
    for member in range(3):
        alone = allocate(float(supply[member]), [float(r[member]) for r in requests], [0.7, 0.3])
        assert [grant[member] for grant in together] == alone


def test_nobody_asks():
    assert allocate(5.0, []) == []
    assert [float(g) for g in allocate(5.0, [0.0, 0.0], [1.0, 2.0])] == [0.0, 0.0]


def test_counter_grants_what_was_asked_for_this_year_alone():
    counter = Counter()
    counter.open()
    counter.ask("a", 4.0, 1.0)
    counter.ask("b", 16.0, 1.0)
    assert float(counter.requested()) == 20.0
    assert float(counter.share_out(10.0)) == 10.0
    assert (float(counter.granted("a")), float(counter.granted("b")), counter.granted("c")) == (4.0, 6.0, 0.0)
    assert float(counter.share_out(10.0, pro_rata=True)) == 10.0
    assert float(counter.granted("a")) == 2.0
    counter.open()
    assert (counter.requested(), counter.granted("a"), counter.requested_by("a")) == (0.0, 0.0, 0.0)


def test_small_helpers():
    assert add_up([]) == 0.0
    assert ratio(0.0, 0.0, empty=7.0) == 7.0
    np.testing.assert_array_equal(ratio(np.array([1.0, 1.0]), np.array([0.0, 4.0]), empty=np.inf), [np.inf, 0.25])
    np.testing.assert_array_equal(smallest([np.array([1.0, 5.0]), 3.0]), [1.0, 3.0])
