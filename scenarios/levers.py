"""Levers: layers that a study lays over a base, each stated in the study file itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .draft import Draft
from .fact_files import load_facts
from .flatten import leaves
from .layers import PACKAGED, Folders, Layer, read_layers, refuse_conflicts
from .reader import Document
from .scenario import Scenario
from .schema import ScenarioFile


@dataclass(frozen=True)
class Fragment:
    """A layer written inside another file.

    Attributes
    ----------
    name
        What reports call it, such as ``controls=hbm_enforced``.
    data
        What a scenario file may hold: ``extends``, ``parameters``, ``timeline``, ``behaviour`` and the rest.
    doc
        The file it stands in: lends its name and lines.
    place
        Path of the fragment in that file.
    """

    name: str
    data: dict[str, Any]
    doc: Document
    place: tuple[str | int, ...] = field(default=())

    def document(self) -> Document:
        """Give the fragment as a document of its own: every line of it is found in the file it stands in."""
        depth = len(self.place)
        inner = {path[depth:]: line for path, line in self.doc.lines.items() if path[:depth] == self.place}
        return Document(self.doc.file, self.data, inner, top=self.doc.line(self.place))


def load_layered(base: Fragment, levers: Sequence[Fragment], folder: Path, folders: Folders | None = None) -> Scenario:
    """Load a base and lay levers over it.

    Parameters
    ----------
    base
        Extends one scenario, which is the base.
    levers
        Win over the base; two of them that set one value differently are refused.
    folder
        Where the file stands: scenarios beside it are found first, then packaged ones.
    folders
        Where scenarios and facts stand; the package's own by default.

    Returns
    -------
    Scenario
        Named and titled as the base.

    Raises
    ------
    ScenarioError
        With the faults of the first faulty layer.
    """
    folders = folders or PACKAGED
    below = _read(base, folder, folders)
    above = [_read(lever, folder, folders) for lever in levers]
    place = levers[0].place[:1] if levers else ()
    doc = Document(base.doc.file, {}, base.doc.lines)
    refuse_conflicts(Layer("levers", folder, doc, ScenarioFile(), above, place))
    draft = Draft(load_facts(folders.facts))
    done: set[Path] = set()
    for layer in below.parents:
        _lay(draft, layer, done)
    name, title, description = draft.name, draft.title, draft.description
    for layer in above:
        _lay(draft, layer, done)
    draft.name, draft.title, draft.description = name, title, description
    draft.faults.check()
    return draft.finish()


def _read(fragment: Fragment, folder: Path, folders: Folders) -> Layer:
    nowhere = folder / f"{fragment.name}.fragment"  # no file of this name can be extended
    layer = read_layers(nowhere, fragment.document(), folders)
    layer.name = fragment.name
    return layer


def _lay(draft: Draft, top: Layer, done: set[Path]) -> None:
    """Lay a layer and those below it, each file once."""
    for layer in top.stack():
        if layer.path.resolve() not in done:
            done.add(layer.path.resolve())
            parameters = leaves(layer.content.parameters, layer.doc, ("parameters",))
            draft.lay(layer.name, layer.content, parameters, layer.doc)
