"""Who takes part: every agent of a scenario with its rules, its numbers and their sources."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..agents.actor import Actor
from ..model.world import World
from ..scenarios.draws import CentralDraws
from ..scenarios.faults import fail, nearest
from ..scenarios.inputs import Inputs

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario
    from ..scenarios.schema import Record

PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Rule:
    """One thing an agent does: the method's name and its docstring in one paragraph."""

    name: str
    text: str


@dataclass(frozen=True)
class Agent:
    """An agent as the scenario has it.

    Attributes
    ----------
    name, side, label : who it is
    kind : class of the model, such as `CloudFirm`
    does : what the class is for, one sentence
    rules : what it does in a year, in order
    switches : reaction rules of the scenario that it obeys (`behaviour.rules`)
    sites : named sites of a buyer
    parameters : records that it reads, by path
    """

    name: str
    side: str
    label: str
    kind: str
    does: str
    rules: tuple[Rule, ...]
    switches: tuple[str, ...]
    sites: tuple[str, ...]
    parameters: dict[str, Record]

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of all sources behind its numbers, in order of first use."""
        return tuple(dict.fromkeys(source for record in self.parameters.values() for source in record.source))


def roster(scenario: Scenario) -> list[Agent]:
    """List every agent of a scenario; the central run is played once, so that what an agent reads is what it read."""
    with World(Inputs(scenario, CentralDraws())) as world:
        world.run()
        actors = [agent for agent in world.agents if isinstance(agent, Actor)]
        return [_describe(actor, scenario) for actor in actors]


def pick(agents: list[Agent], name: str) -> list[Agent]:
    """Agents of a name (a grid and a government may share one); one clear fault if there is none."""
    found = [agent for agent in agents if agent.name == name]
    if not found:
        fail("no such agent", found=name, nearest=nearest(name, [agent.name for agent in agents]))
    return found


def _describe(actor: Any, scenario: Scenario) -> Agent:
    kind = type(actor)
    at = f"{actor.TABLE}.{actor.name}"
    named = scenario.labels.get(f"{at}.sites", ())
    sites = named if isinstance(named, tuple) else (named,)
    paths = [*actor.reads, *_product_paths(actor, scenario)]
    return Agent(
        name=actor.name,
        side=actor.side,
        label=str(scenario.labels.get(f"{at}.label", kind.LABEL or actor.name)),
        kind=kind.__name__,
        does=_first(kind.__doc__ or ""),
        rules=tuple(Rule(name.strip("_"), _first(inspect.getdoc(getattr(kind, name)) or "")) for name in kind.RULES),
        switches=tuple(actor.switches),
        sites=tuple(str(scenario.label(f"clusters.{site}.name", site)) for site in sites),
        parameters={path: scenario.records[path] for path in dict.fromkeys(paths) if path in scenario.records},
    )


def _product_paths(actor: Any, scenario: Scenario) -> list[str]:
    """Records of the products a chip firm makes."""
    lines = getattr(actor, "lines", [])
    chips = {product.chip.id for line in lines for product in line.products}
    chips |= {product.chip.id for product in getattr(actor, "exports", [])}
    return [path for path in scenario.records if path.startswith("products.") and path.split(".")[1] in chips]


def _first(text: str) -> str:
    return " ".join(PARAGRAPH.split(inspect.cleandoc(text))[0].split())
