"""How long collectives take: rings, all-to-all, hierarchical reduction over several networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..numbers import Array, Numbers


def scalar(value: Array) -> Numbers:
    """Return a float for an array without axes.

    Examples
    --------
    >>> scalar(np.array(2.0))
    2.0
    """
    return float(value) if value.ndim == 0 else value


def ring_time_s(message_bytes: Numbers, ranks: Numbers, link_bytes_s: Numbers) -> Numbers:
    """Time of a ring all-reduce, s: 2 (t-1)/t of the buffer; reduce-scatter and all-gather together move the same.

    Examples
    --------
    >>> ring_time_s(1e9, 8, 1.75e9)
    1.0
    """
    return 2 * (ranks - 1) / ranks * message_bytes / link_bytes_s


def ports_share(dimensions: Numbers, share: Numbers, group: Numbers) -> Numbers:
    """Share of a chip's scale-up ports that an all-to-all among ``group`` chips can use.

    A switched domain (no dimensions, share 1) passes all of it, a mesh its stated share. On a torus of side k each byte
    crosses k/4 links per dimension on average, so a group of e chips in d dimensions keeps 4 / (d e^(1/d)).

    Examples
    --------
    >>> float(ports_share(0.0, 1.0, 72.0)), round(float(ports_share(3.0, 1.0, 64.0)), 3)
    (1.0, 0.333)
    """
    torus = np.maximum(dimensions, 1.0)
    side = np.maximum(group, 1.0) ** (1 / torus)
    return scalar(np.where(np.asarray(dimensions) > 0, np.minimum(1.0, 4 / (torus * side)), share))


def distinct_domains(expert: Numbers, domain: Numbers, top_k: Numbers, limit: Numbers) -> Numbers:
    """Scale-up domains among which a token's experts lie: expected number over uniform routing.

    Routing limited to ``limit`` groups (0: unlimited) caps it; a token goes once to each domain and is handed on inside.

    Examples
    --------
    >>> distinct_domains(64, 64, 8, 0), distinct_domains(64, 8, 8, 4)
    (1.0, 4.0)
    """
    domains = np.maximum(np.asarray(expert, dtype=float) / domain, 1.0)
    reached = domains * (1 - (1 - 1 / domains) ** top_k)
    capped = np.where(np.asarray(limit) > 0, np.minimum(reached, limit), reached)
    return scalar(np.where(domains > 1, capped, 1.0))


def all_to_all_time_s(
    token_bytes: Numbers,
    *,
    top_k: Numbers,
    expert: Numbers,
    domain: Numbers,
    up_bytes_s: Numbers,
    out_bytes_s: Numbers,
    limit: Numbers,
) -> Numbers:
    """Time of one all-to-all (dispatch or combine) of a rank's tokens, s: the slower of both networks.

    Inside a domain a token goes to each of its experts. Between domains it goes once to each domain its experts lie
    in, over scale-out. Uniform routing; load imbalance is in the efficiency of the expert products.

    Examples
    --------
    >>> net = {"domain": 72, "up_bytes_s": 1e9, "out_bytes_s": 1e8, "limit": 0}
    >>> round(all_to_all_time_s(1e6, top_k=8, expert=64, **net), 6)
    0.007875
    """
    size = np.asarray(expert, dtype=float)
    domains = np.maximum(size / domain, 1.0)
    inside = token_bytes * top_k * (1 - 1 / size) / up_bytes_s
    remote = distinct_domains(expert, domain, top_k, limit) * (1 - 1 / domains)
    return scalar(np.maximum(inside, token_bytes * remote / out_bytes_s))


def exposed(traffic_s: Numbers, cover_s: Numbers, overlap: Numbers) -> Numbers:
    """Part of the traffic that compute does not hide: at most ``overlap`` of it hides, and no more than the cover.

    Examples
    --------
    >>> float(exposed(1.0, 10.0, 0.8)) < 0.21, float(exposed(10.0, 1.0, 0.8))
    (True, 9.0)
    """
    return np.maximum((1 - overlap) * traffic_s, traffic_s - cover_s)


def contended(traffic_s: Numbers, cover_s: Numbers, overlap: Numbers) -> Numbers:
    """Time that traffic adds to the work it hides under: what stays exposed, and how far the rest slows that work.

    Hidden traffic takes processors and memory bandwidth from the work in the share of time that the network is busy.

    Examples
    --------
    >>> float(contended(1.0, 10.0, 0.8)) < 0.29, float(contended(10.0, 1.0, 0.8))
    (True, 10.0)
    """
    busy = np.minimum(traffic_s / cover_s, 1.0)
    return traffic_s * (1 - overlap + overlap * busy)


def reduction_time_s(
    message_bytes: Numbers,
    ranks: Numbers,
    inside: Numbers,
    per_fabric_pod: Numbers,
    *,
    up_bytes_s: Numbers,
    out_bytes_s: Numbers,
    oversubscription: Numbers,
) -> tuple[Numbers, Numbers]:
    """Time to move a message that every one of ``ranks`` replicas must see (gather, or reduce-scatter), s.

    Returns
    -------
    tuple
        What goes over scale-up, and what goes over scale-out; one follows the other.

    Hierarchical: ``inside`` replicas of one scale-up domain work together, so that 1/inside of the bytes leaves it over
    each chip's port; above groups of ``per_fabric_pod`` replicas the network gives 1/oversubscription of its bandwidth.
    A flat ring is taken where scale-out is the faster network.

    Examples
    --------
    >>> reduction_time_s(1e9, 1, 1, 1, up_bytes_s=1e9, out_bytes_s=1e9, oversubscription=1.0)
    (0.0, 0.0)
    >>> up, out = reduction_time_s(1e9, 64, 8, 64, up_bytes_s=9e9, out_bytes_s=1e9, oversubscription=1.0)
    >>> round(up, 3), round(out, 3)
    (0.097, 0.109)
    """
    ranks = np.maximum(ranks, 1.0)
    inside = np.minimum(np.maximum(inside, 1.0), ranks)
    slow: Numbers = 0.0
    if np.any(np.asarray(oversubscription) > 1):
        groups = np.maximum(per_fabric_pod, 1.0)
        slow = np.where(ranks > groups, (oversubscription - 1) / groups, 0.0)
    flat = (ranks > inside) & (out_bytes_s > up_bytes_s) if np.any(np.asarray(out_bytes_s) > up_bytes_s) else False
    share = np.where(flat, 1.0, 1 / inside)
    up = message_bytes / up_bytes_s * (1 - share)
    out = message_bytes / out_bytes_s * (share - 1 / ranks + slow)
    return scalar(np.asarray(up)), scalar(np.asarray(out))
