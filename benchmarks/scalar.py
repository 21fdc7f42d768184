"""Time scalar Python doing a given mix of operations.

Each operation becomes one line on local variables of one long function: no call, no attribute, no object of a model.
That is faster than any scalar model could be written, so the ratio to it is a cautious one.
"""

import math
from bisect import bisect
from time import perf_counter

LINES = {
    "add": "t = x + y",
    "subtract": "t = x - y",
    "multiply": "t = x * y",
    "divide": "t = x / y",
    "power": "t = x ** y",
    "negative": "t = -x",
    "absolute": "t = x if x > 0.0 else -x",
    "minimum": "t = x if x < y else y",
    "maximum": "t = x if x > y else y",
    "less": "f = x < y",
    "less_equal": "f = x <= y",
    "greater": "f = x > y",
    "greater_equal": "f = x >= y",
    "equal": "f = x == y",
    "not_equal": "f = x != y",
    "logical_and": "f = f and g",
    "logical_or": "f = f or g",
    "bitwise_and": "f = f and g",
    "bitwise_or": "f = f or g",
    "logical_not": "f = not g",
    "invert": "f = not g",
    "where": "t = x if f else y",
    "clip": "t = 0.0 if x < 0.0 else 1.0 if x > 1.0 else x",
    "exp": "t = exp(x)",
    "log": "t = log(y)",
    "log1p": "t = log(y)",
    "expm1": "t = exp(x)",
    "sqrt": "t = sqrt(y)",
    "ndtri": "t = log(y)",
    "ndtr": "t = exp(x)",
    "interp": "i = bisect(grid, x); t = grid[i] + (x - grid[i]) * slope[i]",
}
OTHER = "t = x * y"
START = "x, y, f, g = 0.37, 1.61, True, False; grid = tuple(n / 16 for n in range(25)); slope = grid"


def seconds(operations, repeats=5):
    """Give the least time of several for one member's operations."""
    lines = [LINES.get(name, OTHER) for name, times in operations.items() for _ in range(times)]
    lines = lines[::2] + lines[1::2]
    body = "\n    ".join([START, *lines])
    room = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "bisect": bisect}
    exec(compile(f"def member(exp=exp, log=log, sqrt=sqrt, bisect=bisect):\n    {body}\n", "member", "exec"), room)
    best = math.inf
    for _ in range(repeats):
        began = perf_counter()
        room["member"]()
        best = min(best, perf_counter() - began)
    return best
