"""Scenario discovery: which ranges of the uncertain inputs lead to the members in which a condition holds.

Boxes come from PRIM (EMA Workbench) or CART (scikit-learn). Half of the members find a box; a limit of it stays only if
it tells something about the other half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..scenarios.faults import fail, nearest
from .boxes import Box, Flags, Limit, Measured, inside_all, inside_any, measured, spans_of

if TYPE_CHECKING:
    from ..model.numbers import Array

Method = Literal["prim", "cart"]
METHODS: tuple[Method, ...] = ("prim", "cart")
MOST_BOXES = 3
FINDERS = 10_000
"""Members that find boxes, at most; all of them measure the boxes."""
SMALLEST = 0.05
"""Least share of the remaining members in a box of PRIM, or of all in a leaf of CART."""
PEEL = 0.05
"""Share of a box that PRIM takes off in one step."""
LIKELY = 20
"""Inputs that PRIM looks at: those whose distribution differs most between cases and others (Kolmogorov-Smirnov)."""
DEPTH = 4
"""Questions that CART asks one after the other, at most."""
CHANCE = 0.01
"""A limit that raises the density of other members as much by chance more often than this is dropped."""
LEAST_COVERAGE = 0.05
"""A further box that covers less of the cases is not worth its words."""
TRAJECTORY = ("coverage", "density", "mass", "limits")


@dataclass(frozen=True)
class Discovery:
    """What was found.

    Attributes
    ----------
    method
        ``prim`` or ``cart``.
    boxes
        Best first; empty where nothing holds up on other members.
    together
        All boxes as one.
    members, cases, finders
        All members; those in which the condition holds; those that found the boxes.
    inputs
        Columns that differ between members; PRIM looks at `LIKELY` of them.
    spans
        Lowest and highest value of each input in a box.
    trajectory
        Of the first box: `TRAJECTORY` for each step, over the finders; ``chosen`` marks the step taken.
    """

    method: Method
    boxes: tuple[Box, ...]
    together: Measured
    members: int
    cases: int
    finders: int
    inputs: tuple[str, ...]
    spans: dict[str, tuple[float, float]]
    trajectory: pd.DataFrame


def discover(
    inputs: pd.DataFrame,
    cases: Flags,
    *,
    method: Method = "prim",
    boxes: int = MOST_BOXES,
    density: float | None = None,
    seed: int = 0,
) -> Discovery:
    """Find boxes of inputs in which a condition holds.

    Parameters
    ----------
    inputs
        A row per member, a column per uncertain input. Rows with the same index are the same draws in several cases: they
        stand together among those that find boxes, or among the others, and count once in the test of a draw.
    cases
        In which members the condition holds.
    method
        ``prim`` or ``cart``.
    boxes
        How many at most.
    density
        Take the step of PRIM with the largest coverage at this density; by default the step with the best balance: the
        harmonic mean of coverage and of the gain in density, as a share of the gain that is possible.
    seed
        Breaks ties of CART, and chooses the members that find boxes.

    Raises
    ------
    ScenarioError
        Where the condition holds in no member or in all, or a library is missing.
    """
    check_method(method)
    count = int(cases.sum())
    if count in {0, len(cases)}:
        some = "no member" if count == 0 else "every member"
        fail(f"the condition holds in {some} of {len(cases):,}: there is nothing to tell apart", path="where")
    varied = inputs.loc[:, inputs.nunique() > 1]
    finders = _finders(inputs.index.to_numpy(), seed)
    found: list[Box] = []
    trajectory = pd.DataFrame(columns=[*TRAJECTORY, "chosen"])
    left = np.ones(len(cases), dtype=bool)
    leaves = _leaves(varied[finders], cases[finders], seed) if method == "cart" else []
    for number in range(boxes):
        if method == "prim":
            limits, steps = _peeled(varied[finders & left], cases[finders & left], density)
            trajectory = steps if number == 0 else trajectory
        elif number < len(leaves):
            limits = leaves[number]
        else:
            break
        limits = _kept(limits, varied[~finders & left], cases[~finders & left])
        if not limits:
            if method == "cart":
                continue
            break
        box = _measured_box(limits, varied, cases, finders, left)
        if box.all.coverage < LEAST_COVERAGE or box.all.density <= count / len(cases):
            continue
        found.append(box)
        left &= ~box.inside(varied)
        if not (cases & left & finders).any():
            break
    if method == "cart":
        trajectory = _steps_of_leaves(leaves, varied[finders], cases[finders], len(found))
    return Discovery(
        method,
        tuple(found),
        together=measured(inside_any(found, varied), cases),
        members=len(cases),
        cases=count,
        finders=int(finders.sum()),
        inputs=tuple(str(name) for name in varied.columns),
        spans=spans_of(found, varied),
        trajectory=trajectory,
    )


def check_method(method: str) -> None:
    """Refuse a method that is not there."""
    if method not in METHODS:
        near = nearest(method, METHODS)
        fail("no such method", path="method", found=method, allowed=", ".join(METHODS), nearest=near)


def _finders(index: NDArray[Any], seed: int) -> Flags:
    """Choose half of the members, or as many as `FINDERS` rows, in an order that does not hang on theirs."""
    each, rows = np.unique(index, return_inverse=True)
    most = max(1, FINDERS * len(each) // len(index))
    chosen = np.zeros(len(each), dtype=bool)
    order = np.random.default_rng(seed).permutation(len(each))
    chosen[order[: min((len(each) + 1) // 2, most)]] = True
    found: Flags = chosen[rows]
    return found


def _peeled(inputs: pd.DataFrame, cases: Flags, density: float | None) -> tuple[tuple[Limit, ...], pd.DataFrame]:
    """Let PRIM peel, and take the step with the best balance of coverage and density."""
    if not cases.any() or cases.all():
        return (), pd.DataFrame(columns=[*TRAJECTORY, "chosen"])
    prim = _library("ema_workbench.analysis.prim", "prim")
    inputs = inputs[_likely(inputs, cases)]
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own making: pandas' plans, an optional package
        box = prim.Prim(
            inputs.astype(float), cases.copy(), threshold=1e-9, peel_alpha=PEEL, mass_min=SMALLEST
        ).find_box()
    steps = box.peeling_trajectory.rename(columns={"res_dim": "limits"})[list(TRAJECTORY)].astype(float)
    steps = steps.reset_index(drop=True)
    before = float(cases.mean())
    gain = ((steps["density"] - before) / (1.0 - before)).clip(lower=0.0)
    balance = 2 * steps["coverage"] * gain / (steps["coverage"] + gain)
    if density is not None and (steps["density"] >= density).any():
        balance = steps["coverage"].where(steps["density"] >= density, -1.0)
    best = int(balance.to_numpy().argmax())
    steps["chosen"] = np.arange(len(steps)) == best
    whole, part = box.box_lims[0], box.box_lims[best]
    limits = []
    for name in inputs.columns:
        low, high = (
            None if part[name].iloc[end] == whole[name].iloc[end] else float(part[name].iloc[end]) for end in (0, 1)
        )
        if low is not None or high is not None:
            limits.append(Limit(str(name), low, high))
    return tuple(limits), steps


def _likely(inputs: pd.DataFrame, cases: Flags) -> list[str]:
    """Choose the inputs whose distribution differs most between the cases and the other members."""
    from scipy.stats import ks_2samp

    apart = {
        str(name): float(ks_2samp(values[cases], values[~cases], method="asymp").statistic)
        for name, values in ((name, inputs[name].to_numpy()) for name in inputs.columns)
    }
    return sorted(apart, key=lambda name: -apart[name])[:LIKELY]


def _leaves(inputs: pd.DataFrame, cases: Flags, seed: int) -> list[tuple[Limit, ...]]:
    """Grow a tree, and give the leaves in which cases are more frequent than in all members, the densest first."""
    tree_of = _library("sklearn.tree", "cart").DecisionTreeClassifier
    grown = tree_of(max_depth=DEPTH, min_samples_leaf=SMALLEST, class_weight="balanced", random_state=seed % 2**32)
    grown.fit(inputs.to_numpy(), cases)
    tree = grown.tree_
    names = [str(name) for name in inputs.columns]
    found: list[tuple[float, tuple[Limit, ...]]] = []

    def walk(node: int, ends: dict[str, tuple[float | None, float | None]]) -> None:
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            limits = tuple(Limit(name, *pair) for name, pair in ends.items())
            inside = inside_all(limits, inputs)
            density = float(cases[inside].mean()) if inside.any() else 0.0
            if limits and density > cases.mean():
                found.append((density, limits))
            return
        name, cut = names[int(tree.feature[node])], float(tree.threshold[node])
        low, high = ends.get(name, (None, None))
        walk(left, {**ends, name: (low, cut)})
        walk(right, {**ends, name: (cut, high)})

    walk(0, {})
    return [limits for _, limits in sorted(found, key=lambda pair: -pair[0])]


def _kept(limits: tuple[Limit, ...], inputs: pd.DataFrame, cases: Flags) -> tuple[Limit, ...]:
    """Drop limits, the weakest first, that tell nothing about members which did not find them (binomial test)."""
    from scipy.stats import binom

    kept = list(limits)
    chosen = {limit.name for limit in limits if _is_lever(inputs[limit.name])}
    while kept:
        inside = inside_all(kept, inputs)
        density = float(cases[inside].mean()) if inside.any() else 0.0
        draws, rows = int(inputs.index[inside].nunique()), int(inside.sum())
        judged = []
        for limit in kept:
            without = inside_all([other for other in kept if other is not limit], inputs)
            share = float(cases[without].mean()) if without.any() else 0.0
            count = rows if limit.name in chosen else draws
            chance = float(binom.sf(round(density * count) - 1, count, share)) if count else 1.0
            judged.append(replace(limit, chance=chance))
        weakest = max(judged, key=lambda limit: limit.chance)
        if weakest.chance <= CHANCE:
            return tuple(sorted(judged, key=lambda limit: limit.chance))
        kept = [limit for limit, seen in zip(kept, judged, strict=True) if seen is not weakest]
    return ()


def _is_lever(column: pd.Series[float]) -> bool:
    """Whether an input differs between cases of the same draws: chosen, then, and not drawn."""
    return bool(column.index.has_duplicates and (column.groupby(level=0).nunique() > 1).any())


def _measured_box(limits: tuple[Limit, ...], inputs: pd.DataFrame, cases: Flags, finders: Flags, left: Flags) -> Box:
    inside = inside_all(limits, inputs) & left
    others = ~finders
    return Box(limits, measured(inside, cases), measured(inside[others], cases[others]))


def _steps_of_leaves(leaves: list[tuple[Limit, ...]], inputs: pd.DataFrame, cases: Flags, taken: int) -> pd.DataFrame:
    """Coverage and density of the densest leaf, of the two densest, and so on."""
    inside = np.zeros(len(cases), dtype=bool)
    rows = []
    for number, limits in enumerate(leaves, start=1):
        inside = inside | inside_all(limits, inputs)
        part = measured(inside, cases)
        rows.append((part.coverage, part.density, part.mass, float(len(limits)), number == taken))
    return pd.DataFrame(rows, columns=[*TRAJECTORY, "chosen"])


def _library(module: str, method: str) -> Any:
    """Import what a method needs, or say how to get it."""
    import warnings
    from importlib import import_module

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(module)
    except ImportError as error:
        missing = (error.name or module).partition(".")[0]
        fail(f"{method} needs {missing}: pip install 'podrace[discovery]'", path="method", found=method)


def span(values: Array) -> str:
    """Write the lowest, middle and highest of some values, for messages."""
    known = values[np.isfinite(values)]
    if not len(known):
        return "no value"
    low, middle, high = np.quantile(known, (0.0, 0.5, 1.0))
    return f"{low:.4g} to {high:.4g}, median {middle:.4g}"


__all__ = ["Box", "Discovery", "Limit", "Measured", "MOST_BOXES", "Method", "check_method", "discover", "span"]
