"""Sensitivity as people use it: a ranked table, a picture, words, a folder.

>>> import podrace as pr
>>> found = pr.sensitivity("baseline", "fleet_h100e", 2030, "china", samples=64)  # doctest: +SKIP
>>> found.table(), found.plot()  # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...model.registry import VARIABLES
from ...studies.factors import CHANCE, REST
from ...studies.one_at_a_time import RATIO
from ...studies.sensitivity import TOP, Sensitivity
from ...studies.sensitivity import sensitivity as find_sources
from ..language import say
from ..tables import plain
from ..text import SIDE_NAMES, divisor, heading
from ..words import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...scenarios.scenario import Scenario
    from ...studies.sensitivity import Method

    Progress = Callable[[str, float], None]

MEASURE, SIDE, YEAR = "fleet_h100e", RATIO, 2030
"""What is asked by default: the gap between the fleets."""


@dataclass(frozen=True, eq=False, repr=False)
class Sources:
    """What the spread of a number comes from.

    Attributes
    ----------
    study
        The result, from `podrace.studies.sensitivity`.
    """

    study: Sensitivity

    def table(self) -> pd.DataFrame:
        """Build the ranked table: a row per factor, those whose interval covers zero last (``ranked`` is false)."""
        table = self.study.indices.table.copy()
        table.insert(0, "label", [self.label(str(name)) for name in table.index])
        return table

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draw the strongest factors with their intervals.

        Parameters
        ----------
        ax
            Draw on this axis instead of a figure of its own.
        """
        from .picture import ranking

        return ranking(self, ax)

    def label(self, name: str) -> str:
        """Name a factor in words."""
        if name == REST:
            return say("{count} other parameters together", count=len(self.study.indices.left_out))
        if name == CHANCE:
            return say("Chance in decisions")
        return " + ".join(in_words(path, self.study.scenario.labels) for path in name.split(" + "))

    @property
    def number(self) -> str:
        """The number in words."""
        place = self.study.place
        if place.side == RATIO:
            return f"{VARIABLES[place.variable].label}, US-led over China"
        return f"{heading(VARIABLES[place.variable])}, {SIDE_NAMES[place.side]}"

    @property
    def scale(self) -> float:
        """What a stored value is divided by before it is printed."""
        return 1.0 if self.study.place.side == RATIO else divisor(VARIABLES[self.study.place.variable])

    def document(self) -> dict[str, Any]:
        """Build everything as plain values, for ``--json``; in stored units."""
        study, indices = self.study, self.study.indices
        table: list[dict[Any, Any]] = self.table().reset_index().to_dict("records")
        rows = [
            {"rank": number if row["ranked"] else None}
            | {str(key): plain(value) if isinstance(value, float) else value for key, value in row.items()}
            for number, row in enumerate(table, start=1)
        ]
        found: dict[str, Any] = {
            "scenario": study.scenario.name,
            "measure": study.place.variable,
            "unit": "1" if study.place.side == RATIO else VARIABLES[study.place.variable].unit,
            "year": study.place.year,
            "side": study.place.side,
            "method": indices.method,
            "samples": study.samples,
            "runs": indices.runs,
            "seed": study.seed,
            "mean": indices.mean,
            "variance": indices.variance,
            "factors": rows,
        }
        if indices.method == "sobol":
            found["first_orders_together"] = float(indices.table["first"].sum())
            found["left_out"] = list(indices.left_out)
            found["left_out_share"] = (
                {key: float(indices.table[key][REST]) for key in ("first", "total", "total_low", "total_high")}
                if indices.left_out
                else None
            )
        return found

    def save(self, folder: str | Path, figures: bool = True, progress: Progress | None = None) -> Path:
        """Write ``sensitivity.csv``, ``screening.csv``, the scenario and the picture; whole or not at all."""
        from ..figures.style import save_figure
        from ..folder import whole, write_manifest
        from ..manifest import files, made_with

        study = self.study
        tell: Progress = progress or (lambda _what, _share: None)
        started = datetime.now(UTC) - timedelta(seconds=study.seconds)
        with whole(folder) as (aside, place):
            self.table().to_csv(aside / "sensitivity.csv", lineterminator="\n", encoding="utf-8")
            if study.screening is not None:
                study.screening.table.to_csv(aside / "screening.csv", lineterminator="\n", encoding="utf-8")
            (aside / "scenario.yaml").write_text(study.scenario.to_yaml(), encoding="utf-8")
            if figures:
                tell("figure sensitivity", 0.5)
                (aside / "figures").mkdir()
                save_figure(self.plot(), aside / "figures" / "sensitivity")
            document = {
                **made_with(),
                "scenario": {"name": study.scenario.name, "title": study.scenario.title, "hash": study.scenario.hash},
                **{
                    key: value
                    for key, value in self.document().items()
                    if key not in {"scenario", "factors", "left_out"}
                },
                "started": started.isoformat(timespec="seconds"),
                "seconds": round(study.seconds, 3),
                "files": files(aside),
            }
            write_manifest(document, aside)
        tell("done", 1.0)
        return place

    def __repr__(self) -> str:
        place = self.study.place
        return f"Sources({place.variable} {place.side} {place.year} of {self.study.scenario.name}, {self.study.indices.method})"

    def _repr_html_(self) -> str:
        from ..notebook import sources_html

        return sources_html(self)


def sensitivity(
    scenario: str | Path | Scenario,
    variable: str = MEASURE,
    year: int | None = None,
    side: str = SIDE,
    *,
    method: Method = "sobol",
    samples: int | None = None,
    top: int = TOP,
    seed: int = 0,
    workers: int = 1,
    overrides: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | bool | None = None,
) -> Sources:
    """Find out which uncertain parameters the spread of a number comes from.

    Parameters
    ----------
    scenario
        A name, a file, or a loaded scenario.
    variable, side
        The number; the ratio of the fleets, US-led over China, by default.
    year
        2030 by default, or the last year of the scenario.
    method
        ``sobol``: shares of the variance, alone and with interactions. ``morris``: mean size of the effect.
    samples
        Base samples, a power of two; or trajectories.
    top
        Parameters that get an index of their own, the strongest in a screening; the others are one factor together.
    seed
        Of everything drawn.
    workers
        Processes; more than one needs a main module that can be imported again.
    overrides
        Values by dotted path, in place of those of the scenario.
    progress
        As in `run`: members done and wanted.
    """
    from ..progress import following
    from ..result import prepare

    loaded = prepare(scenario, None, overrides)
    when = year if year is not None else YEAR if YEAR in loaded.years else loaded.end
    with following(progress) as told:
        study = find_sources(
            loaded, variable, when, side, method=method, samples=samples, top=top, seed=seed, workers=workers,
            progress=told,
        )  # fmt: skip
    return Sources(study)
