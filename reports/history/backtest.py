"""The back-test as people read it: a table, a JSON document, a folder with tables and pictures."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..text import date, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pandas as pd

    from ...studies.backtest import Backtest, NotMapped, Tested
    from ...studies.scores import PointScore, Totals

    Progress = Callable[[str, float], None]

LAST = 2100
LONGEST = 46
"""Characters of a title in the table."""


def backtest_document(found: Backtest) -> dict[str, Any]:
    """Give the back-test as JSON holds it.

    `error` is the mean over points of (median - published) / published; of a date it is in years. `coverage80` is the
    share of points inside the middle 80 % of the members. `crps` is in the series' unit.
    """
    overall = found.overall
    return {
        "scenario": found.scenario.name,
        "hash": found.scenario.hash,
        "cases": found.cases.file,
        "members": found.members,
        "seed": found.seed,
        "series": [_series(tested) for tested in found.scored],
        "overall": {"series": len(found.scored), **_totals(overall)},
        "unscored": [_unscored(tested) for tested in found.unscored],
        "not_mapped": [_not_mapped(one) for one in found.not_mapped],
    }


def _series(tested: Tested) -> dict[str, Any]:
    case = tested.case
    totals = _totals(tested.totals)
    return {
        "id": case.id,
        "title": case.title or case.id,
        "n": totals.pop("n"),
        "error": totals.pop("error"),
        "coverage80": totals.pop("coverage80"),
        "crps": tested.totals.crps,
        "unit": case.unit,
        "group": case.group,
        **totals,
        "read_as": tested.mapped.how,
        "points": [_point(point) for point in tested.points],
        "left_out": [{"year": point.year, "period": point.period, "why": why} for point, why in tested.left_out],
    }


def _totals(found: Totals) -> dict[str, Any]:
    return {
        "n": found.n,
        "error": found.error,
        "coverage80": found.coverage80,
        "mean_abs_error": found.mean_abs_error,
        "coverage50": found.coverage50,
        "coverage90": found.coverage90,
        "coverage80_with_errors": found.coverage80_wide,
        "crps_relative": found.crps_relative,
        "range_missed": found.missed,
    }


def _point(found: PointScore) -> dict[str, Any]:
    point = found.point
    return {
        "year": point.year,
        "period": point.period,
        "observed": point.value,
        "low": point.low,
        "high": point.high,
        **{f"p{100 * level:02.0f}": value for level, value in found.quantiles.items()},
        "error": found.error,
        "inside80": found.inside[80],
        "crps": found.crps,
        "rank": found.rank,
        "range_missed": found.missed,
    }


def _unscored(tested: Tested) -> dict[str, Any]:
    case = tested.case
    return {
        "id": case.id,
        "title": case.title or case.id,
        "role": case.role,
        "why": _why_unscored(tested),
        "unit": case.unit,
        "read_as": tested.mapped.how,
        "points": [
            {"year": p.point.year, "observed": p.point.value, "median": p.quantiles[0.5], "p10": p.quantiles[0.1],
             "p90": p.quantiles[0.9]}
            for p in tested.points
        ],
    }  # fmt: skip


def _why_unscored(tested: Tested) -> str:
    if tested.scripted is not None:
        return f"scripted to {tested.scripted[0]}: {tested.scripted[1]}"
    return f"role {tested.case.role}"


def _not_mapped(one: NotMapped) -> dict[str, Any]:
    return {"id": one.case.id, "title": one.case.title or one.case.id, "role": one.case.role, "why": one.why}


def series_rows(found: Backtest) -> list[dict[str, str]]:
    """Give a row per scored series, as texts: the last point beside the ensemble, and the scores."""
    return [_row(tested) for tested in found.scored]


def _row(tested: Tested) -> dict[str, str]:
    totals, last = tested.totals, tested.points[-1]
    title = tested.case.title or tested.case.id
    low, median, high = (_shown(tested, last.quantiles[q]) for q in (0.1, 0.5, 0.9))
    return {
        "series": title if len(title) <= LONGEST else title[: LONGEST - 1] + "…",
        "unit": tested.case.unit,
        "year": f"{last.point.year:g}",
        "published": _published(tested, last),
        "median (80 %)": f"{median} ({low}–{high})",
        "n": str(totals.n),
        "error": _error(tested, totals.error),
        "in 80 %": f"{round(totals.coverage80 * totals.n)}/{totals.n}",
        "CRPS": percent(totals.crps_relative) if not _dated(tested) else f"{totals.crps:.2f} y",
        "": "range missed" if totals.missed else "",
    }


def _dated(tested: Tested) -> bool:
    return tested.mapped.reading.kind == "date"


def _error(tested: Tested, error: float) -> str:
    return f"{error:+.2f} y" if _dated(tested) else percent(error, sign=True)


def _published(tested: Tested, found: PointScore) -> str:
    point = found.point
    low, value, high = (_shown(tested, end) for end in (point.low, point.value, point.high))
    if point.bound:
        return ("at least " if point.bound > 0 else "at most ") + value
    return value if point.low is None or point.high is None else f"{value} ({low}–{high})"


def _shown(tested: Tested, value: float | None) -> str:
    """Write a value; a date in months, never where the run ends without it."""
    if value is None:
        return ""
    if _dated(tested):
        return date(value if value < max(tested.fan, default=LAST) + 1 else float("nan"))
    return number(value, 3)


def percent(value: float, *, sign: bool = False) -> str:
    """Write a share in percent.

    >>> percent(0.123), percent(-0.2, sign=True), percent(float("nan"))
    ('12 %', '-20 %', '–')
    """
    if math.isnan(value):
        return "–"
    return f"{100 * value:+.0f} %" if sign else f"{100 * value:.0f} %"


def closing_lines(found: Backtest) -> list[str]:
    """Sum the back-test up in a few lines."""
    total = found.overall
    scripted = [one for one in found.not_mapped if one.case.scored]
    if not total.n:
        lines = ["no series is scored"]
    else:
        lines = [
            f"{len(found.scored)} series, {total.n} points scored: median off by {percent(total.mean_abs_error)} on average "
            f"({percent(total.error, sign=True)} with its sign), {percent(total.coverage50)} of the points inside the middle 50 %, "
            f"{percent(total.coverage80)} inside 80 %, {percent(total.coverage90)} inside 90 %; CRPS {percent(total.crps_relative)}",
            f"{percent(total.coverage80_wide)} inside 80 % once the published values' own errors and the model's stated discrepancy "
            "are added to the members",
            f"of {total.missed} points even the published range lies outside the middle 90 %",
        ]
    others = len(found.not_mapped) - len(scripted)
    lines.append(
        f"{len(found.unscored)} series shown without scores (inputs, context, scripted); {others} more have no counterpart"
    )
    lines += [f"not scored though the file says so: {one.case.id}: {one.why}" for one in scripted]
    return lines


def points_frame(found: Backtest) -> pd.DataFrame:
    """Give a row per published value: series, role, time, published value and range, quantiles, scores."""
    import pandas as pd

    rows = []
    for tested in (*found.scored, *found.unscored):
        scored = tested in found.scored
        for point in tested.points:
            row = {"series": tested.case.id, "role": tested.case.role, "scored": scored, "unit": tested.case.unit}
            row |= _point(point)
            rows.append(row if scored else row | dict.fromkeys(("error", "inside80", "crps", "rank", "range_missed")))
    return pd.DataFrame(rows)


def save_backtest(
    found: Backtest, folder: str | Path, *, figures: bool = True, progress: Progress | None = None
) -> Path:
    """Write a back-test folder, whole or not at all: backtest.json, points.csv, figures, manifest."""
    import json

    from ..console import as_plain
    from ..figures.style import save_figure
    from ..folder import whole, write_manifest
    from ..manifest import files, made_with
    from .backtest_pictures import pictures

    started = datetime.now(UTC)
    with whole(folder) as (aside, place):
        text = json.dumps(as_plain(backtest_document(found)), indent=2, ensure_ascii=False) + "\n"
        (aside / "backtest.json").write_text(text, encoding="utf-8")
        points_frame(found).to_csv(aside / "points.csv", index=False, lineterminator="\n", encoding="utf-8")
        if figures:
            (aside / "figures").mkdir()
            drawn = pictures(found)
            for done, (name, draw) in enumerate(drawn.items()):
                if progress:
                    progress(f"figure {name}", done / len(drawn))
                save_figure(draw(), aside / "figures" / name)
        scenario = found.scenario
        document = {
            **made_with(),
            "backtest": found.cases.file,
            "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
            "members": found.members,
            "seed": found.seed,
            "started": started.isoformat(timespec="seconds"),
            "files": files(aside),
        }
        write_manifest(document, aside)
    return place


def by_id(tested: Iterable[Tested]) -> dict[str, Tested]:
    """Find series by their ids."""
    return {one.case.id: one for one in tested}
