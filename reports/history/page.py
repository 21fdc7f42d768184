"""Writes the measured part of `docs/backtest.md`: ``python -m podrace.reports.history.page`` (`make history`).

Back-test, calibration to 2024 and forecasts are run afresh; tables go between the marks, pictures beside the page.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...scenarios.cases import FORECASTS, HISTORY, read_cases
from ...scenarios.compose import load
from ...studies.backtest import backtest
from ...studies.calibrate import calibrate
from ...studies.forecasts import forecasts
from ..console import say
from ..figures.style import save_as
from . import backtest as backtest_report
from . import calibrate as calibrate_report
from .backtest_pictures import pictures
from .calibrate_pictures import moves
from .forecasts import forecast_rows
from .forecasts_picture import pictures as forecast_pictures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...studies.backtest import Backtest
    from ...studies.calibrate import Calibration
    from ...studies.forecasts import Forecasts

BEGIN, END = "<!-- {}: begin -->", "<!-- {}: end -->"
MEMBERS, PRIOR = 1000, 500_000
TO = 2024


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Write rows as a Markdown table.

    >>> print(table([{"a": "1", "b": "x|y"}]))
    | a | b |
    | --- | --- |
    | 1 | x/y |
    """
    if not rows:
        return "none"
    keys = list(rows[0])
    lines = ["| " + " | ".join(key or " " for key in keys) + " |", "|" + " --- |" * len(keys)]
    lines += ["| " + " | ".join(str(row[key]).replace("|", "/") for key in keys) + " |" for row in rows]
    return "\n".join(lines)


def between(text: str, name: str, content: str) -> str:
    r"""Put content between the marks of a name.

    >>> between("a <!-- x: begin --> old <!-- x: end --> b", "x", "new")
    'a <!-- x: begin -->\nnew\n<!-- x: end --> b'
    """
    begin, end = BEGIN.format(name), END.format(name)
    before, mark, rest = text.partition(begin)
    _, closing, after = rest.partition(end)
    if not mark or not closing:
        message = f"the page has no marks {begin} and {end}"
        raise ValueError(message)
    return f"{before}{begin}\n{content}\n{end}{after}"


def backtest_part(found: Backtest) -> str:
    """Write the back-test: what it sums to, every scored series, what is not scored and why."""
    lines = backtest_report.closing_lines(found)
    sums = [line for line in lines if not line.startswith("not scored")]
    unscored = [
        {"series": one.case.id, "why": one.why} for one in found.not_mapped if one.case.scored
    ]  # fmt: skip
    return (
        f"Baseline `{found.scenario.hash[:12]}`, {found.members:,} members, seed {found.seed}.\n\n"
        + "\n".join(f"- {line}" for line in sums)
        + "\n\n"
        + table(backtest_report.series_rows(found))
        + "\n\nNot scored though the case file says so:\n\n"
        + table(unscored)
    )


def calibration_part(found: Calibration) -> str:
    """Write the calibration: what moved, and the scores before and after."""
    return (
        "\n".join(f"- {line}" for line in calibrate_report.closing_lines(found))
        + "\n\n"
        + table(calibrate_report.score_rows(found))
        + "\n\n"
        + table(calibrate_report.move_rows(found))
        + "\n\nNot weighed by, and why:\n\n"
        + table([{"series": name, "why": why} for name, why in found.left_out])
    )


def forecasts_part(found: Forecasts) -> str:
    """Write the forecasts that lay ahead, and those without a counterpart."""
    return (
        f"{found.members:,} members, seed {found.seed}; every run has the same draws.\n\n"
        + table(forecast_rows(found))
        + "\n\nWithout a counterpart:\n\n"
        + table([{"forecast": one.case.id, "why": one.why} for one in found.not_mapped])
    )


def write_page(page: Path, *, members: int = MEMBERS, prior: int = PRIOR) -> None:
    """Run everything and write the page and its pictures."""
    base = load("baseline")
    history, published = read_cases(HISTORY), read_cases(FORECASTS)
    tested = backtest(base, history, members)
    weighed = calibrate(base, history, TO, prior)
    placed = forecasts(base, published, members)
    text = page.read_text(encoding="utf-8")
    text = between(text, "backtest", backtest_part(tested))
    text = between(text, "calibration", calibration_part(weighed))
    text = between(text, "forecasts", forecasts_part(placed))
    folder = page.parent / "pictures" / "history"
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, Figure] = {name: draw() for name, draw in pictures(tested).items()}
    drawn |= {"calibration": moves(weighed)} | {name: draw() for name, draw in forecast_pictures(placed).items()}
    for old in folder.glob("*.png"):
        old.unlink()
    for name, figure in drawn.items():
        save_as(figure, folder / f"{name}.png")
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Read the command line and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, nargs="?", default=Path("docs/backtest.md"))
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--prior", type=int, default=PRIOR)
    asked = parser.parse_args()
    write_page(asked.page, members=asked.members, prior=asked.prior)
    say(f"written: {asked.page}")


if __name__ == "__main__":
    main()
