"""From one number of the central run back to the records, chips and acts of government that it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..agents.chip_firms import ChipFirm
from ..model.controls import DEMAND_ACTIONS, SUPPLY_ACTIONS, Item, Schedule
from ..model.machines import REFERENCE_JOB
from ..model.record import Recorder
from ..model.registry import SIDES, VARIABLES
from ..model.world import World
from ..scenarios.dates import format_date
from ..scenarios.distributions import central
from ..scenarios.draws import CentralDraws
from ..scenarios.faults import fail
from ..scenarios.inputs import Inputs
from ..scenarios.schema import SOURCE_WORDS
from ..scenarios.watch import watched
from .elasticities import Effect, Progress, Target, effects
from .one_at_a_time import check_place

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario
    from ..scenarios.schema import Action

HARDWARE = ("chips", "pods", "jobs")
"""Tables of which a number uses some entries only."""


@dataclass(frozen=True)
class Source:
    """Where a record or an action comes from; a word such as ``judgement`` has nothing but its id."""

    id: str
    publisher: str = ""
    date: str = ""
    title: str = ""
    address: str = ""


@dataclass(frozen=True)
class Entry:
    """One record that entered: its value in the year, where it comes from, and what it does to the number.

    ``by_year`` holds all values of a dated record: those of earlier years may be what matters.

    ``elasticity``, ``change`` and ``step`` are None where no effect was worked out; ``per`` says what an elasticity is per:
    ``percent`` of the record, or one ``unit`` of it (a date, or a value of zero).
    """

    path: str
    value: float | None
    by_year: dict[str, float] | None
    unit: str
    as_of: str | None
    confidence: str | None
    unverified: bool
    origin: str
    note: str | None
    sources: tuple[Source, ...]
    elasticity: float | None = None
    change: float | None = None
    step: float | None = None
    per: str = ""
    whole: bool = False


@dataclass(frozen=True)
class ChipEntry:
    """A chip among those a side came by, with its data sheet."""

    chip: str
    name: str
    how: str
    packages: float
    first_year: int
    last_year: int
    records: tuple[Entry, ...]


@dataclass(frozen=True)
class ActionEntry:
    """A dated control, licence or refusal in force in the year."""

    date: float
    until: float | None
    actor: str
    action: str
    item: str
    stringency: float | None
    title: str
    origin: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Trace:
    """All that one number comes from.

    Attributes
    ----------
    scenario, variable, label, unit, year, side, value
        The number, in the central run.
    records
        Records that move it, the strongest first.
    structure
        Records read once for all members, as whole numbers, data sheets or constants; with their effects where `deep`.
    without_effect
        How many records the world reads that do not move it.
    chips, actions
        What the side came by up to the year; what was in force in it.
    deep
        Whether the records read once were moved too.
    unmovable
        Records that the world refuses to see moved alone.
    """

    scenario: str
    variable: str
    label: str
    unit: str
    year: int
    side: str
    value: float | str | None
    records: tuple[Entry, ...]
    structure: tuple[Entry, ...]
    without_effect: int
    chips: tuple[ChipEntry, ...]
    actions: tuple[ActionEntry, ...]
    deep: bool
    unmovable: tuple[str, ...] = ()

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """Every source of the records and actions named, once, in the order in which they appear."""
        sheets = (entry for chip in self.chips for entry in chip.records)
        cited = [holder.sources for holder in (*self.records, *self.structure, *sheets)]
        cited += [action.sources for action in self.actions]
        return tuple(dict.fromkeys(source for group in cited for source in group))


@dataclass
class _Reading:
    """What the central run read and sold on its way to the year."""

    value: float
    arrays: set[str]
    scalars: set[str]
    sales: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)


def trace(
    scenario: Scenario, variable: str, year: int, side: str, *, deep: bool = False, progress: Progress | None = None
) -> Trace:
    """Trace one number of the central run to what it comes from.

    Parameters
    ----------
    scenario
        Resolved scenario.
    variable, year, side
        Which number.
    deep
        Also work out the effect of each record that is read once for all members; takes a run for most of them.
    progress
        Called with what is tried and the share done.

    Raises
    ------
    ScenarioError
        For an unknown variable, year or side, and where the number does not exist.
    """
    check_place(scenario, variable, year, side)
    target = Target(variable, year, side)
    short = target.shortened(scenario)
    reading = _read(short, target)
    if np.isnan(reading.value) and target.counts:
        fail("has no value in the central run", path=variable, found=f"{side}, {year}")
    scalars = sorted(reading.scalars) if deep else []
    found, broken = effects(short, target, sorted(reading.arrays), scalars, progress)
    once = reading.scalars
    chips = _chips(scenario, reading, year)
    moved = {effect.path for effect in found}
    structure = [effect for effect in found if effect.path in once] if deep else [
        Effect(path, 0.0, relative=False, change=None, elasticity=None) for path in sorted(_near(scenario, once, chips))
    ]  # fmt: skip
    checked = reading.arrays | (once if deep else set())
    return Trace(
        scenario.name,
        variable,
        VARIABLES[variable].label,
        VARIABLES[variable].unit,
        year,
        side,
        _shown(target, reading.value),
        tuple(entry(scenario, effect, year) for effect in found if effect.path not in once),
        tuple(entry(scenario, effect, year) for effect in structure),
        len(checked - moved - set(broken)),
        chips,
        tuple(_in_force(scenario, year)),
        deep,
        tuple(broken),
    )


def _read(scenario: Scenario, target: Target) -> _Reading:
    """Run the central member year by year, noting what is read and which chips change hands."""
    scenario = watched(scenario)
    inputs = Inputs(scenario, CentralDraws())
    wanted = tuple({target.variable, "accelerators_smuggled"})
    recorder = Recorder(scenario.years, 1, wanted)
    sales: dict[tuple[str, str], dict[int, float]] = {}
    with World(inputs, recorder) as world:
        while world.running:
            year = world.year
            world.step()
            if year <= target.year:
                smuggled = recorder.read("accelerators_smuggled", "china", year)[0] if year in scenario.years else 0.0
                _note_sales(world, target.side, year, float(smuggled), sales)
        value = float(recorder.read(target.variable, target.side, target.year)[0])
    return _Reading(value, set(inputs.read), scenario.seen - inputs.read, sales)


def _note_sales(
    world: World, side: str, year: int, smuggled: float, sales: dict[tuple[str, str], dict[int, float]]
) -> None:
    """Add the year's packages by chip: made by the side's firms, bought from the other side's, smuggled from its market."""
    made = _by_chip(
        (product.chip.id, packages)
        for firm in world.of_side(ChipFirm, side)
        for product, packages in firm.packages_by_product
    )
    other = next(name for name in SIDES if name != side)
    sellers = world.of_side(ChipFirm, other)
    bought = _by_chip((chip, packages) for firm in sellers for chip, packages in firm.sold_abroad.items())
    home = _by_chip((product.chip.id, packages) for firm in sellers for product, packages in firm.packages_by_product)
    for chip, packages in made.items():
        sales.setdefault((chip, "made"), {})[year] = packages
    for chip, packages in bought.items():
        known = sales.setdefault((chip, "bought"), {})
        known[year] = packages - sum(known.values())
    if side == "china" and smuggled > 0 and home:
        share = smuggled / max(sum(home.values()), 1.0)
        for chip, packages in home.items():
            sales.setdefault((chip, "smuggled"), {})[year] = packages * share


def _by_chip(pairs: Iterable[tuple[str, Any]]) -> dict[str, float]:
    """Packages by chip in the central member, chips without any left out."""
    found: dict[str, float] = {}
    for chip, packages in pairs:
        found[chip] = found.get(chip, 0.0) + float(np.ravel(np.asarray(packages, dtype=float))[0])
    return {chip: packages for chip, packages in found.items() if packages > 0.5}


def _chips(scenario: Scenario, reading: _Reading, year: int) -> tuple[ChipEntry, ...]:
    """Chips a side came by, the most numerous first."""
    found = []
    for (chip, how), by_year in reading.sales.items():
        years = [when for when, packages in by_year.items() if packages > 0.5]
        if years:
            prefix = f"chips.{chip}."
            sheet = tuple(
                entry(scenario, Effect(path, 0.0, relative=False, change=None, elasticity=None), year)
                for path in scenario.records
                if path.startswith(prefix)
            )
            name = str(scenario.label(f"chips.{chip}.name", chip))
            found.append(ChipEntry(chip, name, how, sum(by_year.values()), min(years), max(years), sheet))
    return tuple(sorted(found, key=lambda entry: -entry.packages))


def _near(scenario: Scenario, once: Iterable[str], chips: Iterable[ChipEntry]) -> set[str]:
    """Of the records read once: pods the side's chips ship in, the reference job, and all that is no list of hardware."""
    pods = {str(scenario.label(f"chips.{entry.chip}.ships_in", "")) for entry in chips}
    kept = set()
    for path in once:
        table, entity = path.split(".")[:2]
        if (
            table not in HARDWARE
            or (table == "pods" and entity in pods)
            or (table == "jobs" and entity == REFERENCE_JOB)
        ):
            kept.add(path)
    return kept


def entry(scenario: Scenario, effect: Effect, year: int) -> Entry:
    """Describe a record: its value in a year, where it comes from, and the effect it has."""
    record = scenario.record(effect.path)
    known = effect.change is not None or effect.step != 0.0
    return Entry(
        effect.path,
        central(record, year),
        {format_date(date): point.value for date, point in record.by_year.items()} if record.by_year else None,
        record.unit,
        record.as_of,
        record.confidence,
        record.unverified,
        scenario.origins.get(effect.path, ""),
        record.note,
        sources(scenario, record.source),
        effect.elasticity,
        effect.change,
        effect.step if known else None,
        ("percent" if effect.relative else "unit") if known else "",
        effect.whole,
    )


def sources(scenario: Scenario, names: Iterable[str]) -> tuple[Source, ...]:
    """Look up sources by id; an address stands for itself, and so does a word such as ``judgement``.

    Raises
    ------
    KeyError
        For an id that the facts do not know: every record's source resolves.
    """
    found = []
    for name in names:
        entry = scenario.sources.get(name)
        if entry is not None:
            found.append(
                Source(name, *(str(entry.get(key) or "") for key in ("publisher", "date", "title", "address")))
            )
        elif name in SOURCE_WORDS:
            found.append(Source(name))
        else:
            found.append(Source(name, address=name))
    return tuple(found)


def _in_force(scenario: Scenario, year: int) -> Iterable[ActionEntry]:
    """Controls, licences and refusals that hold for something at some time of the year."""
    for action in scenario.timeline:
        kinds = next((kinds for kinds in (SUPPLY_ACTIONS, DEMAND_ACTIONS) if action.action in kinds), None)
        if kinds is not None and action.item is not None and _holds(scenario, action, kinds, year):
            yield ActionEntry(
                action.date,
                action.until,
                action.actor,
                action.action,
                action.item,
                action.stringency,
                action.title or "",
                action.origin,
                sources(scenario, action.source),
            )


def _holds(scenario: Scenario, action: Action, kinds: tuple[str, ...], year: int) -> bool:
    """Whether an action is the newest in force on its own item, or at its own threshold, at some time of the year."""
    item = Item(str(action.item), action.threshold_tpp or 0.0 if action.item == "accelerators" else None)
    schedule = Schedule(scenario.timeline, action.actor, kinds, item)
    cuts = sorted({float(year), float(year + 1), *(date for date in schedule.dates() if year < date < year + 1)})
    return any(schedule.holding((a + b) / 2) is action for a, b in zip(cuts, cuts[1:], strict=False))


def _shown(target: Target, value: float) -> float | str | None:
    categories = VARIABLES[target.variable].categories
    if np.isnan(value):
        return None
    return categories[int(value)] if categories else value
