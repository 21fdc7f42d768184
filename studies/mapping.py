"""Published series mapped to the model: by variable, side, actor and product, or by a rule of ``readings.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..model.numbers import Array
from ..model.registry import VARIABLES
from ..model.registry import nearest as nearest_variable
from ..scenarios import units
from ..scenarios.cases import Case, Place, Point, place_of, unit_years
from ..scenarios.faults import ScenarioError, nearest
from ..scenarios.readings import ACTOR, SIDE, Readings, Spec, plain_name
from .measures import HOME_MADE, LEADERS, OF_SIDE, TABLES, TSMC_MADE, Leaf, describe
from .reading import (
    FIRST_HALF,
    Cumulative,
    Growth,
    Halved,
    Ledger,
    Measure,
    OutOfRunError,
    Ratio,
    Reading,
    Sum,
    in_words,
    leaves_of,
    without_year,
)

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario

SIDES = ("china", "us")
WORLD, OVER = "world", "ratio_us_to_china"
BF16 = {"h100e_produced": "h100e_bf16_produced", "fleet_h100e": "fleet_h100e_bf16"}
LEDGERS = {"used": "fleet_h100e_used", "located": "fleet_h100e_located"}


class NoCounterpartError(Exception):
    """The model has nothing to hold a series against; the text says why."""


@dataclass(frozen=True)
class Mapped:
    """A series and how it is read; `scale` turns the reading's unit into the series', `lost` names a year taken off."""

    case: Case
    reading: Reading
    scale: float
    per_year: bool
    shift: float
    shortest: float
    offset: float = 0.0
    note: str = ""

    @property
    def how(self) -> str:
        """How it is read, in words."""
        return in_words(self.reading) + (f": {self.note}" if self.note else "")

    def place(self, point: Point) -> Place:
        """Say where a point stands.

        Raises
        ------
        NoCounterpartError
            When its period cannot be read, or is too short for a model that steps by the year.
        """
        if self.reading.kind == "date":
            return Place(point.year - 1.0, point.year)
        found = place_of(point, self.case.unit, self.shift)
        if found is None:
            message = f"the period {point.period!r} cannot be read"
            raise NoCounterpartError(message)
        if self.reading.kind == "flow" and found.years < self.shortest:
            message = "shorter than half a year: the model's step is a year"
            raise NoCounterpartError(message)
        return found

    def at(self, ledger: Ledger, place: Place) -> Array:
        """Give what the model has at a place, for every member, in the series' unit.

        A flow over less time than its unit names is the amount in that time; over more, the average rate.
        """
        value = (self.reading.at(ledger, place) + self.offset) * self.scale
        if self.reading.kind == "flow" and self.per_year:
            value = value / max(place.years, unit_years(self.case.unit))
        return value

    def fan(self, ledger: Ledger, year: int) -> Array | None:
        """Give what the model has for a whole calendar year (or its end), None where the run holds none."""
        shift = self.shift if self.reading.kind == "flow" else 0.0
        try:
            return self.at(ledger, Place(year + shift, year + 1.0 + shift))
        except OutOfRunError:
            return None


def map_case(case: Case, scenario: Scenario, readings: Readings) -> Mapped:
    """Find the model's counterpart of a series.

    Raises
    ------
    NoCounterpartError
        With the reason, when there is none.
    """
    if why := readings.barred(case.id):
        raise NoCounterpartError(why)
    names = _Names(scenario, readings)
    rule = readings.rule(case.id)
    reading = _of_case(case, names) if rule is None else _built(rule.reads, case, names)
    for leaf in leaves_of(reading):
        if _unreadable(leaf):
            message = f"no measure {leaf.of!r} of {leaf.actor or leaf.side}"
            raise NoCounterpartError(message)
    scale, per_year = _scale(reading, case, readings)
    offset, note = (0.0, "") if rule is None else (rule.offset, rule.note)
    shift = _fiscal_shift(case, names, readings)
    return Mapped(case, reading, scale, per_year, shift, readings.shortest_years, offset, note)


def scripted_to(mapped: Mapped, scenario: Scenario, readings: Readings) -> tuple[int, str] | None:
    """Give the last year in which the counterpart is read from facts, and why; None for what emerges."""
    leaf = next(leaves_of(mapped.reading))
    end = int(scenario.central("policy.history_end", "year"))
    return readings.scripted_to(leaf.of, leaf.side, end)


class _Names:
    """The names of a scenario, and what case files call them."""

    def __init__(self, scenario: Scenario, readings: Readings) -> None:
        self.scenario = scenario
        self.aliases = readings.names
        self.tables = {table: set(scenario.entities(table)) for table in TABLES}

    def actors(self, text: str) -> list[str]:
        """Split a list of actors, and open the names of groups."""
        whole = self.aliases.actors.get(plain_name(text))
        parts = whole or [plain_name(part) for part in text.split(",") if part.strip()]
        return [name for part in parts for name in (self.aliases.actors.get(part) or (part,))]

    def agent(self, name: str, measure: str) -> tuple[str, str]:
        """Find the table in which an agent has a measure, and its id there."""
        owners = [table for table, measures in TABLES.items() if measure in measures]
        for table in owners:
            known = self.tables[table]
            alias = {"firms": self.aliases.firms, "plants": self.aliases.plants}.get(table, {}).get(name, name)
            for found in (alias, name):
                if found in known:
                    return table, found
        everyone = sorted({name for known in self.tables.values() for name in known})
        if name in everyone:
            where = next(table for table, known in self.tables.items() if name in known)
            message = f"{measure} is not kept of {name}, which is one of the {where}"
        else:
            hint = nearest(name, everyone)
            message = f"no agent {name!r} in the model" + (f" (nearest name: {hint})" if hint else "")
        raise NoCounterpartError(message)

    def products(self, text: str | None, actor: str) -> tuple[str, ...]:
        """Find the chips a product name means; empty for all."""
        if text is None:
            return ()
        name = plain_name(text)
        if name in {TSMC_MADE, HOME_MADE}:
            return (name,)
        chips = self.scenario.entities("chips")
        if name in self.aliases.products:
            return self.aliases.products[name]
        exact = [chip for chip in chips if chip in {name, f"{actor}_{name}"} or chip.endswith(f"_{name}")]
        if exact:
            return tuple(exact)
        family = [chip for chip in chips if f"_{name}_" in f"_{chip}_"]
        if family:
            return tuple(family)
        hint = nearest(name, [*chips, *self.aliases.products])
        message = f"no product {text!r} in the model" + (f" (nearest name: {hint})" if hint else "")
        raise NoCounterpartError(message)

    def side_of(self, table: str, name: str) -> str:
        """Side of an agent."""
        return str(self.scenario.label(f"{table}.{name}.side"))


def _of_case(case: Case, names: _Names) -> Reading:
    """Read a series by its variable, side, actor and product."""
    name = case.variable
    if name is None:
        message = "names no recorded variable" + (f": {case.quantity}" if case.quantity else "")
        raise NoCounterpartError(message)
    if name not in VARIABLES and not any(name in measures for measures in (*TABLES.values(), OF_SIDE)):
        hint = nearest_variable(name)
        message = f"no recorded variable {name!r}" + (f" (nearest name: {hint})" if hint else "")
        raise NoCounterpartError(message)
    if name in VARIABLES and VARIABLES[name].kind == "category":
        message = f"{name} is a category, not a number"
        raise NoCounterpartError(message)
    if case.basis.ledger == "sold" and name == "fleet_h100e" and not case.actor and case.kind == "stock":
        return Cumulative(_sided(replace_variable(case, "h100e_produced"), names))
    return _sided(case, names)


def replace_variable(case: Case, name: str) -> Case:
    """Give the same series on another variable."""
    return case.model_copy(update={"variable": name})


def _sided(case: Case, names: _Names) -> Reading:
    variable = _on_basis(case)
    if case.actor and not _is_leaders(variable, case, names):
        return _of_actors(variable, case.actor, case, names)
    if case.product:
        message = "a product needs an actor whose product it is"
        raise NoCounterpartError(message)
    if case.side in SIDES:
        return _less_smuggled(variable, str(case.side), case)
    parts = tuple(_less_smuggled(variable, side, case) for side in SIDES)
    if case.side == WORLD and parts[0].kind in {"flow", "stock"}:
        return Sum(parts, (1.0, 1.0))
    if case.side == OVER and parts[0].kind != "date":
        return Ratio(parts[1], parts[0])
    message = f"{variable} has no value for the side {case.side!r}"
    raise NoCounterpartError(message)


def _on_basis(case: Case) -> str:
    """Give the variable on the series' ledger and basis."""
    name = str(case.variable)
    if (case.basis.h100e or "").startswith("16") and "h100e" in name and not name.endswith("bf16"):
        if name not in BF16:
            message = f"{name} is kept on the 8-bit basis alone"
            raise NoCounterpartError(message)
        return BF16[name]
    if name == "fleet_h100e" and not case.actor:
        return LEDGERS.get(case.basis.ledger or "", name)
    return name


def _is_leaders(variable: str, case: Case, names: _Names) -> bool:
    """Whether the actor is the lead firm, and the side's variable its own."""
    actor = plain_name(str(case.actor))
    leads = bool(names.scenario.label(f"firms.{actor}.leads", False)) if actor in names.tables["firms"] else False
    return leads and variable.startswith(LEADERS)


def _less_smuggled(variable: str, side: str, case: Case) -> Reading:
    whole = Measure(Leaf(variable, side))
    if case.basis.includes_smuggled is False and variable == "fleet_h100e" and side == "china":
        return Sum((whole, Measure(Leaf("fleet_smuggled_h100e", side))), (1.0, -1.0))
    return whole


def _of_actors(variable: str, text: str, case: Case, names: _Names) -> Reading:
    parts = tuple(_of_actor(variable, actor, case, names) for actor in names.actors(text))
    if not parts:
        message = f"no agent named in {text!r}"
        raise NoCounterpartError(message)
    if len(parts) > 1 and parts[0].kind not in {"flow", "stock"}:
        message = f"{variable} of several actors cannot be added up"
        raise NoCounterpartError(message)
    return parts[0] if len(parts) == 1 else Sum(parts, (1.0,) * len(parts))


def _of_actor(variable: str, actor: str, case: Case, names: _Names) -> Reading:
    table, name = names.agent(actor, variable)
    side = names.side_of(table, name)
    products = names.products(case.product, name)
    if products and table != "firms":
        message = f"{variable} of {name} is not kept by product"
        raise NoCounterpartError(message)
    crossing = variable in {"accelerators_imported", "h100e_imported"}
    if case.side in SIDES and case.side != side and not crossing:
        message = f"{name} belongs to the side {side}"
        raise NoCounterpartError(message)
    whole = Measure(Leaf(variable, side, name, products))
    if variable == "h100e_produced" and not products and bool(names.scenario.label(f"firms.{name}.exports", ())):
        return Halved(whole, Measure(Leaf(FIRST_HALF, side)))
    return whole


def _built(spec: Spec, case: Case, names: _Names) -> Reading:
    """Build a reading as a rule writes it."""
    if spec.of is not None:
        return _named(spec, case, names)
    if spec.cumulative is not None:
        return Cumulative(_built(spec.cumulative, case, names))
    if spec.growth is not None:
        return Growth(_built(spec.growth, case, names))
    parts = tuple(_built(part, case, names) for part in spec.sum or spec.less or spec.ratio)
    if spec.ratio:
        return Ratio(parts[0], parts[1])
    return Sum(parts, (1.0, *((1.0 if spec.sum else -1.0) for _ in parts[1:])))


def _named(spec: Spec, case: Case, names: _Names) -> Reading:
    """Build a measure that a rule names, of a side or of one or several actors."""
    measure = str(spec.of)
    actor = case.actor if spec.actor == ACTOR else spec.actor
    if not actor:
        return Measure(Leaf(measure, str(case.side if spec.side in {None, SIDE} else spec.side)))
    reading = _of_actors(measure, actor, case.model_copy(update={"side": None, "product": spec.product}), names)
    if spec.supplier is None:
        return reading
    parts = tuple(Measure(replace(leaf, supplier=spec.supplier)) for leaf in leaves_of(reading))
    return parts[0] if len(parts) == 1 else Sum(parts, (1.0,) * len(parts))


def _unreadable(leaf: Leaf) -> bool:
    try:
        describe(leaf)
    except (KeyError, StopIteration):
        return True
    return leaf.side not in SIDES


def _scale(reading: Reading, case: Case, readings: Readings) -> tuple[float, bool]:
    """Give what turns the reading's unit into the series', and whether the series is a rate."""
    wanted = readings.names.units.get(case.unit, case.unit)
    own = reading.unit
    for unit, per_year in ((own, True), (without_year(own), False)):
        if reading.kind != "flow" and not per_year:
            break
        try:
            return units.factor(unit, wanted), per_year
        except ScenarioError:
            continue
    message = f"counted in {case.unit!r}; {in_words(reading)} is in {own!r}"
    raise NoCounterpartError(message)


def _fiscal_shift(case: Case, names: _Names, readings: Readings) -> float:
    """Years by which the series' fiscal year ends after the calendar year."""
    if case.basis.calendar != "fiscal":
        return 0.0
    actors = names.actors(case.actor or "")
    if len(actors) == 1 and actors[0] in readings.fiscal_months:
        return readings.fiscal_months[actors[0]] / 12
    message = f"fiscal years of {case.actor or 'nobody named'} are not known"
    raise NoCounterpartError(message)
