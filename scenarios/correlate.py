"""Rank correlations between parameters: a Gaussian copula over each connected group."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import pi, sin

import numpy as np

from .distributions import Array, normal_score, normal_share
from .faults import Fault, Faults, listed
from .faults import Path as KeyPath
from .reader import Document
from .schema import Correlation, Record

MAX_GROUP = 100

Pair = tuple[str, str]


@dataclass(frozen=True)
class Group:
    """Parameters that hang together, in alphabetical order, and the lower triangle that mixes their scores."""

    paths: tuple[str, ...]
    triangle: tuple[tuple[float, ...], ...]

    def mix(self, path: str, uniform: Callable[[str], Array]) -> Array:
        """Correlated uniforms of one parameter, from the independent ones of the parameters before it.

        The sum runs in a fixed order over parameters and element by element over members: no block of members
        changes a bit.
        """
        row = self.paths.index(path)
        if row == 0:
            return uniform(path)
        scores = [normal_score(uniform(other)) for other in self.paths[: row + 1]]
        mixed = self.triangle[row][0] * scores[0]
        for weight, score in zip(self.triangle[row][1:], scores[1:], strict=True):
            mixed = mixed + weight * score
        return normal_share(mixed)


def groups(correlations: Iterable[Correlation]) -> dict[str, Group]:
    """Group each correlated parameter belongs to."""
    ranks = {item.pair: item.rank for item in correlations}
    found: dict[str, Group] = {}
    for paths in connected(ranks):
        group = Group(paths, _triangle(paths, ranks))
        found.update(dict.fromkeys(paths, group))
    return found


def connected(pairs: Iterable[Pair]) -> list[tuple[str, ...]]:
    """Return the connected groups of a set of pairs, each in alphabetical order.

    Examples
    --------
    >>> connected([("a", "b"), ("c", "d"), ("b", "e")])
    [('a', 'b', 'e'), ('c', 'd')]
    """
    group_of: dict[str, set[str]] = {}
    for first, second in pairs:
        merged = group_of.get(first, {first}) | group_of.get(second, {second})
        for path in merged:
            group_of[path] = merged
    return sorted({tuple(sorted(group)) for group in group_of.values()})


def check_correlations(
    correlations: Mapping[Pair, Correlation],
    records: Mapping[str, Record],
    places: Mapping[Pair, tuple[Document, KeyPath]],
    faults: Faults,
) -> None:
    """Report correlations of unknown or fixed parameters, and groups no set of numbers can satisfy."""
    for pair, item in correlations.items():
        doc, key = places.get(pair, (None, ()))
        where = {"file": doc.file if doc else "", "path": f"correlations {pair[0]}, {pair[1]}"}
        line = doc.line(key) if doc else 0
        for path in item.between:
            message = _unfit(path, records)
            if message:
                near = faults.near(path, records) if path not in records else ""
                faults.add(Fault(message=message, line=line, found=path, nearest=near, **where))
    if len(faults):
        return
    ranks = {pair: item.rank for pair, item in correlations.items()}
    for paths in connected(ranks):
        message = _impossible(paths, ranks)
        if message:
            pair = next(pair for pair in ranks if pair[0] in paths)
            doc, key = places.get(pair, (None, ()))
            file, line = (doc.file, doc.line(key)) if doc else ("", 0)
            faults.add(Fault(message=message, file=file, line=line, path="correlations", found=listed(paths)))


def _unfit(path: str, records: Mapping[str, Record]) -> str:
    if path not in records:
        return "correlation of an unknown parameter"
    if not records[path].uncertain:
        return "correlation of a parameter without a distribution"
    if records[path].correlation == "none":
        return "correlation of a parameter that draws every date by itself"
    return ""


def _impossible(paths: tuple[str, ...], ranks: Mapping[Pair, float]) -> str:
    if len(paths) > MAX_GROUP:
        return f"more than {MAX_GROUP} parameters hang together"
    try:
        _triangle(paths, ranks)
    except np.linalg.LinAlgError:
        return "these correlations contradict each other (pairs that are not named count as 0)"
    return ""


def _triangle(paths: tuple[str, ...], ranks: Mapping[Pair, float]) -> tuple[tuple[float, ...], ...]:
    """Cholesky factor of the Pearson correlations that give the stated rank correlations."""
    size = len(paths)
    matrix = np.eye(size)
    for row in range(size):
        for column in range(row):
            matrix[row, column] = 2.0 * sin(pi * ranks.get((paths[column], paths[row]), 0.0) / 6.0)
    lower = np.linalg.cholesky(matrix)
    return tuple(tuple(float(lower[row, column]) for column in range(row + 1)) for row in range(size))
