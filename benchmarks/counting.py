"""Count the array operations of one World run.

The uniforms of a run are handed out as a subclass of `ndarray`. NumPy hands it every ufunc call (`*`, `+`, `<`,
`np.minimum`, `np.exp` ...) and every array function (`np.where`, `np.clip`, `np.interp` ...) that touches it, and the
results are of that class again, so all that depends on anything uncertain is seen. Not seen: numbers that are the same
for all members (plain floats), and moving data (making, stacking, assigning arrays).
"""

from collections import Counter

import numpy as np

from podrace.model.record import Recorder
from podrace.model.world import World
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs

MOVES = {
    "atleast_1d", "broadcast_arrays", "broadcast_to", "column_stack", "concatenate", "copy", "empty_like", "full_like",
    "moveaxis", "ndim", "ones_like", "ravel", "reshape", "result_type", "shape", "size", "stack", "transpose",
    "vstack", "zeros_like",
}  # fmt: skip
SEARCHES = {"interp", "searchsorted", "select"}  # one operation per result, however long the table
TALLY: Counter[str] = Counter()


class Counted(np.ndarray):
    """An array over members that counts what is done to it, in results (or, for a reduction, inputs) per member."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        """Count a ufunc call and make its result countable."""
        if out is not None:
            options["out"] = plain(out)
        given = plain(inputs)
        result = getattr(ufunc, method)(*given, **options)
        TALLY[ufunc.__name__] += elements(result if method == "__call__" else given[0])
        return counted(result)

    def __array_function__(self, func, types, args, kwargs):
        """Count an array function and make its result countable."""
        given = plain(args)
        result = func(*given, **plain(kwargs))
        if func.__name__ not in MOVES:
            searched = func.__name__ in SEARCHES
            TALLY[func.__name__] += elements(result) if searched else max(elements(result), elements(given[0]))
        return counted(result)


def plain(value):
    """Take the counting off, also inside tuples, lists and mappings."""
    if isinstance(value, Counted):
        return value.view(np.ndarray)
    if isinstance(value, list | tuple):
        return type(value)([plain(part) for part in value])
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value


def counted(value):
    """Put the counting on whatever is an array."""
    if isinstance(value, list | tuple):
        return type(value)([counted(part) for part in value])
    return value.view(Counted) if isinstance(value, np.ndarray) else value


def elements(value):
    """Give the number of elements; 1 for a number."""
    if isinstance(value, list | tuple):
        return sum(elements(part) for part in value)
    return value.size if isinstance(value, np.ndarray) else 1


class CountedDraws(MemberDraws):
    """Draws whose uniforms are counted from then on."""

    def uniform(self, name, year=0):
        """Return countable uniforms."""
        return counted(super().uniform(name, year))


class Watch(Recorder):
    """A recorder that sees how many of the recorded arrays were counted."""

    seen = missed = 0

    def put(self, name, side, value):
        """Record, and note whether the value was counted."""
        if isinstance(value, np.ndarray) and value.ndim:
            self.seen += 1
            self.missed += not isinstance(value, Counted)
        super().put(name, side, value)


def count(scenario):
    """Run one member; give the operations by name, and the share of recorded arrays that were counted."""
    TALLY.clear()
    recorder = Watch(scenario.years, 1)
    usual = np.asarray
    np.asarray = np.asanyarray  # so that the model's own np.asarray keeps the class
    try:
        world = World(Inputs(scenario, CountedDraws(0, 0, 1)), recorder)
        try:
            world.run()
        finally:
            world.release()
    finally:
        np.asarray = usual
    return Counter(TALLY), 1.0 - recorder.missed / max(recorder.seen, 1)
