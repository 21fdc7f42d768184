"""An explanation as people use it: text, document, picture, folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...studies.explain import Explanation

PICTURE = "what_changed"
"""Name of the picture in a folder."""


@dataclass(frozen=True, eq=False, repr=False)
class Explained:
    """Why a side's year is as it is.

    Attributes
    ----------
    explanation
        The parts, from `podrace.studies.explain`.
    """

    explanation: Explanation

    def text(self, width: int = 110) -> str:
        """Write the explanation in about thirty-five lines of a width in characters."""
        from .text import explanation_text

        return explanation_text(self.explanation, width)

    def document(self) -> dict[str, Any]:
        """Build all parts as plain values, for ``--json``."""
        from .numbers import document

        return document(self.explanation)

    def changes(self) -> pd.DataFrame:
        """Build the terms of what changed, member by member: member, variable, before, after, then a column per term."""
        import pandas as pd

        frames = []
        for change in (self.explanation.fleet, self.explanation.cluster):
            columns = {"before": change.before, "after": change.after}
            columns |= {term.id: term.values for term in change.terms}
            wide = pd.DataFrame(columns).rename_axis("member").reset_index()
            long = wide.melt(id_vars=["member", "before", "after"], var_name="term", value_name="value")
            long.insert(1, "variable", change.variable)
            frames.append(long)
        return pd.concat(frames, ignore_index=True)

    def plot(self, ax: Axes | None = None, part: str = "") -> Figure:
        """Draw what changed against the year before: the fleet by source, the largest cluster by factor.

        Parameters
        ----------
        ax
            Draw one of the two on this axis instead of a figure of its own.
        part
            Which one: ``fleet`` or ``cluster``.
        """
        from .figure import waterfalls

        return waterfalls(self.explanation, ax, part)

    def save(self, folder: str | Path) -> Path:
        """Write text, document, terms by member and picture into a folder, whole or not at all.

        Parameters
        ----------
        folder
            A free name, an empty folder, or an older podrace result, which is replaced.
        """
        from ..figures.style import save_figure
        from ..folder import whole, write_manifest
        from ..language import speaking
        from ..manifest import explanation_manifest
        from .figure import waterfalls

        with whole(folder) as (aside, place):
            with speaking("en"):  # the words of an explanation have no other language
                (aside / "explanation.txt").write_text(self.text() + "\n", encoding="utf-8")
            document = json.dumps(self.document(), indent=2, ensure_ascii=False, allow_nan=False, default=str)
            (aside / "explanation.json").write_text(document + "\n", encoding="utf-8")
            (aside / "scenario.yaml").write_text(self.explanation.scenario.to_yaml(), encoding="utf-8")
            self.changes().to_csv(aside / "changes.csv", index=False, lineterminator="\n", encoding="utf-8")
            (aside / "figures").mkdir()
            save_figure(waterfalls(self.explanation), aside / "figures" / PICTURE)
            write_manifest(explanation_manifest(self.explanation, aside), aside)
        return place

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from ..notebook import explained_html

        return explained_html(self)
