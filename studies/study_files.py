"""Study files: base scenarios, levers, an uncertainty design, and what to keep. One loader for every study.

>>> study = load_study("policy_grid")
>>> len(study.cases), study.cases[0].scenario.name, study.design
(36, 'baseline', 'random')
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from ..model.registry import VARIABLES
from ..model.registry import nearest as nearest_variable
from ..scenarios.check import validate
from ..scenarios.faults import fail, listed, nearest, shown
from ..scenarios.layers import PACKAGED, SUFFIXES, Folders
from ..scenarios.layers import names as scenario_names
from ..scenarios.levers import Fragment, load_layered
from ..scenarios.reader import Document, read_document
from ..scenarios.scenario import Scenario
from .study_schema import MAX_CASES, RESERVED, StudyFile, Value

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One base with one choice of each lever.

    Attributes
    ----------
    number
        From 0, in the order of the file: the last lever turns fastest.
    base
        Name of the base scenario.
    levers
        What each lever stands at: a number, a truth value, or the name of an option.
    scenario
        Resolved, over the years of the study.
    """

    number: int
    base: str
    levers: Mapping[str, Value]
    scenario: Scenario

    @property
    def label(self) -> str:
        """The case in words: ``baseline, controls as_is, yields low``."""
        return ", ".join([self.base, *(f"{lever} {value}" for lever, value in self.levers.items())])


@dataclass(frozen=True)
class Study:
    """A study: cases, and how each of them is drawn and recorded.

    Attributes
    ----------
    name, title, description
        What it is called, and what it is about.
    cases
        Every combination of base and levers, each with its resolved scenario.
    levers
        What each lever can stand at, in the order of the file.
    design
        How uncertain parameters are drawn: ``random``, ``latin_hypercube``, ``sobol`` or ``morris``.
    members
        Members of each case. Sensitivity studies read it as base samples.
    seed
        Base seed of all draws; all cases share it, so that members are paired.
    outputs
        Ids of the variables to keep, in the order of the registry; the headline ones by default.
    years
        Calendar years to keep, in order.
    """

    name: str
    title: str
    description: str
    cases: tuple[Case, ...]
    levers: Mapping[str, tuple[Value, ...]]
    design: str
    members: int
    seed: int
    outputs: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def base(self) -> Scenario:
        """The scenario of the first case."""
        return self.cases[0].scenario

    @cached_property
    def hash(self) -> str:
        """Fingerprint of all that can move a result: scenarios, levers, design, members, seed, outputs, years."""
        cases = [[case.base, dict(case.levers), case.scenario.hash] for case in self.cases]
        found = [cases, self.design, self.members, self.seed, list(self.outputs), list(self.years)]
        return sha256(json.dumps(found, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def load_study(
    study: str | Path,
    *,
    members: int | None = None,
    seed: int | None = None,
    folders: Folders | None = None,
    studies: Path = FOLDER,
) -> Study:
    """Load a study, with every combination of its levers resolved.

    Parameters
    ----------
    study
        A packaged study's name, the path of a study file, or the name of a scenario: that alone, with default settings.
    members, seed
        In place of what the file says.
    folders
        Where scenarios and facts stand; the package's own by default.
    studies
        Where named studies stand.

    Returns
    -------
    Study

    Raises
    ------
    ScenarioError
        With every fault of the file, or those of the first faulty combination.
    """
    folders = folders or PACKAGED
    path, doc = _document(study, folders, studies)
    content = validate(StudyFile, doc.data, doc)
    _check_names(doc)
    doc.faults.check()
    if content is None:
        fail("cannot be read", file=doc.file)
    loaded = _resolve(path.stem, content, doc, path.parent, folders)
    return replace(
        loaded,
        members=loaded.members if members is None else members,
        seed=loaded.seed if seed is None else seed,
    )


def is_study(file: str | Path, folders: Folders | None = None, studies: Path = FOLDER) -> bool:
    """Whether a name or file means a study and not a scenario: it is a packaged study, or it states a ``base``.

    Raises
    ------
    ScenarioError
        When the file cannot be read.
    """
    if Path(file).suffix in SUFFIXES:
        return "base" in read_document(Path(file), str(file)).data
    return file in study_names(studies) and file not in scenario_names(folders or PACKAGED)


def study_names(studies: Path = FOLDER) -> list[str]:
    """Names of the packaged studies."""
    return sorted(path.stem for path in studies.glob("*.yaml"))


def _document(study: str | Path, folders: Folders, studies: Path) -> tuple[Path, Document]:
    """Find and read a study file; the name of a scenario stands for a study of that scenario alone."""
    path = Path(study)
    if path.suffix in SUFFIXES:
        return path, read_document(path, str(study))
    known = study_names(studies)
    if study in known:
        path = studies / f"{study}.yaml"
        return path, read_document(path, f"studies/{study}.yaml")
    if study in (scenarios := scenario_names(folders)):
        return studies / f"{study}.yaml", Document(f"scenario {study}", {"base": str(study)}, {}, top=0)
    allowed = f"{listed(known)}, a scenario's name, or a path that ends in .yaml"
    fail(f"no study {str(study)!r}", allowed=allowed, nearest=nearest(str(study), [*known, *scenarios]))


def _check_names(doc: Document) -> None:
    """Report outputs that are not recorded, levers that could not stand as columns, and a base that stands twice."""
    for key, name in _texts(doc, "outputs"):
        if name not in VARIABLES:
            near = nearest_variable(name) or ""
            doc.fault(key, "no recorded variable of this name", found=shown(name), nearest=near)
    levers = doc.data.get("levers")
    for lever in levers if isinstance(levers, dict) else ():
        if lever in RESERVED or lever in VARIABLES:
            allowed = f"anything but {listed(RESERVED)} and the recorded variables"
            doc.fault(("levers", lever), "a lever cannot have this name", found=shown(lever), allowed=allowed)
    bases = _texts(doc, "base")
    for index, (key, name) in enumerate(bases):
        if name in [other for _, other in bases[:index]]:
            doc.fault(key, "the same base twice", found=shown(name))


def _texts(doc: Document, key: str) -> list[tuple[tuple[str | int, ...], str]]:
    """Texts that stand under a key, alone or in a list, each with its path."""
    raw = doc.data.get(key)
    if isinstance(raw, str):
        return [((key,), raw)]
    items = enumerate(raw) if isinstance(raw, list) else ()
    return [((key, index), item) for index, item in items if isinstance(item, str)]


def _resolve(name: str, content: StudyFile, doc: Document, folder: Path, folders: Folders) -> Study:
    levers = {lever: list(_options(lever, raw, doc)) for lever, raw in content.levers.items()}
    doc.faults.check()
    count = len(content.base)
    for options in levers.values():
        count *= len(options)
    if count > MAX_CASES:
        line = doc.line(("levers",))
        fail("too many combinations", file=doc.file, line=line, found=f"{count:,}", allowed=f"up to {MAX_CASES:,}")
    scenarios = []
    for place, base in _texts(doc, "base"):
        below = Fragment(base, {"extends": [base]}, doc, place)
        for chosen in product(*levers.values()):
            layers = [layer for _, layer in chosen if layer.data]
            scenario = load_layered(below, layers, folder, folders)
            scenarios.append((scenario, dict(zip(levers, (value for value, _ in chosen), strict=True))))
    years = _years(content, [scenario for scenario, _ in scenarios], doc)
    cases = tuple(
        Case(number, scenario.name, values, scenario.with_years(years[0], years[-1]))
        for number, (scenario, values) in enumerate(scenarios)
    )
    wanted = content.outputs or [variable.id for variable in VARIABLES.values() if variable.headline]
    return Study(
        name=name,
        title=content.title or cases[0].scenario.title,
        description=(content.description or "").strip(),
        cases=cases,
        levers={lever: tuple(value for value, _ in options) for lever, options in levers.items()},
        design=content.design,
        members=content.members,
        seed=content.seed,
        outputs=tuple(variable for variable in VARIABLES if variable in wanted),
        years=years,
    )


def _options(lever: str, raw: Any, doc: Document) -> Iterator[tuple[Value, Fragment]]:
    """Walk over what a lever can stand at: its value, and the layer it lays over the base."""
    place = ("levers", lever)
    if isinstance(raw, dict) and raw:
        for name, content in raw.items():
            yield name, Fragment(f"{lever}={name}", _layer(content), doc, (*place, name))
    elif isinstance(raw, list) and raw:
        for index, value in enumerate(raw):
            inner = (*place, index)
            if value in raw[:index]:
                doc.fault(inner, "the same value twice", found=shown(value))
            elif "." in lever:
                yield from _value(lever, value, doc, inner)
            elif isinstance(value, str):
                yield value, Fragment(f"{lever}={value}", _layer(value), doc, inner)
            else:
                allowed = "scenario names; values go with the dotted path of a parameter"
                doc.fault(inner, "not a scenario's name", found=shown(value), allowed=allowed)
    else:
        doc.fault(place, "states no options", found=shown(raw), allowed="a list of values, or named layers")


def _value(path: str, value: Any, doc: Document, place: tuple[str | int, ...]) -> Iterator[tuple[Value, Fragment]]:
    """Make a layer of a path and one value for it."""
    if not isinstance(value, str | bool | int | float):
        doc.fault(place, "not a plain value", found=shown(value), allowed="a number or text; ranges go in named layers")
        return
    table, _, rest = path.partition(".")
    if table == "behaviour":
        layer = {"rules": {rest.removeprefix("rules."): value}} if rest.startswith("rules.") else {rest: value}
        yield value, Fragment(f"{path}={value}", {"behaviour": layer}, doc, place)
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    entry = {"value": value, "source": "what-if"} if number else value
    yield value, Fragment(f"{path}={value}", {"parameters": {path: entry}}, doc, place)


def _layer(content: Any) -> Any:
    """Give a named layer as a scenario file would state it: nothing, scenario names, or the content of one."""
    if content is None or content == []:
        return {}
    if isinstance(content, str):
        return {"extends": [content]}
    return {"extends": content} if isinstance(content, list) else content


def _years(content: StudyFile, scenarios: list[Scenario], doc: Document) -> tuple[int, ...]:
    """Choose the years to keep: those that all cases have, cut to what the file asks for."""
    first, last = max(s.start for s in scenarios), min(s.end for s in scenarios)
    if isinstance(content.years, tuple):
        wanted = tuple(sorted(set(content.years)))
    elif content.years is not None:
        wanted = tuple(range(content.years.start or first, (content.years.end or last) + 1))
    else:
        wanted = tuple(range(first, last + 1))
    if not wanted or wanted[0] < first or wanted[-1] > last:
        line = doc.line(("years",))
        allowed = f"{first} to {last}, the years of the base"
        fail("no such years", file=doc.file, line=line, path="years", found=listed(wanted) or "none", allowed=allowed)
    return wanted
