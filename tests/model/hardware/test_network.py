"""Traffic: what hides, what it costs where it hides, and the two networks of a reduction."""

from hypothesis import given
from hypothesis import strategies as st

from podrace.model.hardware.network import contended, reduction_time_s

TIMES = st.floats(1e-6, 1e3)
SHARES = st.floats(0, 1)
NETWORKS = {"up_bytes_s": 9e9, "out_bytes_s": 1e9, "oversubscription": 1.0}


@given(TIMES, TIMES, SHARES)
def test_hidden_traffic_costs_something_and_never_more_than_all_of_it(traffic, cover, overlap):
    cost = float(contended(traffic, cover, overlap))
    assert (1 - overlap) * traffic * (1 - 1e-12) <= cost <= traffic * (1 + 1e-12)


@given(TIMES, TIMES, SHARES, st.floats(1, 10))
def test_more_cover_and_more_overlap_hide_more(traffic, cover, overlap, more):
    cost = contended(traffic, cover, overlap)
    assert contended(traffic, cover * more, overlap) <= cost * (1 + 1e-12)
    assert contended(traffic, cover, min(overlap * more, 1.0)) <= cost * (1 + 1e-12)


def test_inside_a_domain_nothing_leaves_it_and_a_faster_scale_out_makes_one_flat_ring():
    up, out = reduction_time_s(1e9, 8, 8, 64, **NETWORKS)
    assert (up > 0, out) == (True, 0.0)
    up, out = reduction_time_s(1e9, 64, 8, 64, **(NETWORKS | {"out_bytes_s": 1e10}))
    assert up == 0.0
    assert abs(out - 1e9 / 1e10 * 63 / 64) < 1e-12


@given(st.integers(9, 4096), st.floats(1, 8))
def test_layers_are_never_slower_than_a_flat_ring_over_the_slower_network(ranks, slower):
    up, out = reduction_time_s(1e9, ranks, 8, 64, **(NETWORKS | {"oversubscription": slower}))
    flat = 1e9 / 1e9 * (1 - 1 / ranks) + (1e9 / 1e9 * (slower - 1) / 64 if ranks > 64 else 0.0)
    assert up + out <= flat * (1 + 1e-12)
