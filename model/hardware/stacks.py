"""Software stacks: how mature they are by date, apart from the hardware, and what their layouts can do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...scenarios.scenario import Scenario

MID_YEAR = 0.5


@dataclass(frozen=True, slots=True)
class Stack:
    """A training or serving stack.

    ``levels`` are (year, factor): the share of the reference speed (the CUDA stack of mid 2025) that local work and
    exposed traffic reach in that year. ``zero`` are the stages of sharding it commonly uses, ``interleaves`` whether its
    pipelines do, ``tensor_parallel`` and ``pipelines`` whether it splits layers or their order unless a run says so,
    ``gradients_in_bf16`` whether it adds gradients in two bytes, ``recomputes_in_part`` whether it can recompute some
    layers only, ``repeated_forward`` the share of a forward pass that full recomputation repeats.

    Years from which it can: ``hides_tensor_since`` and ``hides_data_since`` overlap that traffic with compute,
    ``fused_attention_since`` run attention as one kernel, ``tuned_attention_since`` have this kernel written for the chips
    of its time, ``fused_loss_since`` make the loss in one kernel, ``interleaves_pairs_since`` interleave two stages,
    ``shards_since`` shard the optimiser at all.
    """

    id: str
    levels: tuple[tuple[int, float], ...]
    zero: tuple[int, ...] = (1,)
    interleaves: bool = True
    tensor_parallel: bool = True
    pipelines: bool = True
    hides_tensor_since: float = 0.0
    hides_data_since: float = 0.0
    fused_attention_since: float = 0.0
    tuned_attention_since: float = 0.0
    fused_loss_since: float = 0.0
    interleaves_pairs_since: float = 0.0
    repeated_forward: float = 1.0
    shards_since: float = 0.0
    gradients_in_bf16: bool = False
    recomputes_in_part: bool = True

    def level(self, date: float, growth: float, reference: float) -> float:
        """Maturity at a date: between the middles of known years in proportion, outside them by the common growth.

        A stack without any known year follows the common growth from the reference date.

        Examples
        --------
        >>> known = Stack("a", ((2023, 0.8), (2025, 1.0)))
        >>> round(known.level(2024.5, 0.1, 2025.5), 4), round(known.level(2026.5, 0.1, 2025.5), 4)
        (0.8944, 1.1052)
        >>> round(Stack("b", ()).level(2024.5, 0.1, 2025.5), 4)
        0.9048
        """
        if not self.levels:
            return math.exp(growth * (date - reference))
        dates = [year + MID_YEAR for year, _ in self.levels]
        logs = [math.log(factor) for _, factor in self.levels]
        if date <= dates[0]:
            return math.exp(logs[0] + growth * (date - dates[0]))
        if date >= dates[-1]:
            return math.exp(logs[-1] + growth * (date - dates[-1]))
        after = next(place for place, known in enumerate(dates) if known >= date)
        part = (date - dates[after - 1]) / (dates[after] - dates[after - 1])
        return math.exp(logs[after - 1] + part * (logs[after] - logs[after - 1]))


@dataclass(frozen=True, slots=True)
class Stacks:
    """All stacks, and how fast software matures in general (per year, natural logarithm)."""

    known: tuple[Stack, ...]
    growth: float
    reference_date: float

    def find(self, name: str) -> Stack:
        """Return a stack by id; one that nobody knows follows the common growth."""
        for stack in self.known:
            if stack.id == name:
                return stack
        return Stack(name, ())

    def factor(self, stack: Stack, date: float) -> float:
        """Maturity of a stack at a date."""
        return stack.level(date, self.growth, self.reference_date)


def read_stacks(scenario: Scenario) -> Stacks:
    """Read the stacks from the records and labels under ``hardware.stacks``."""
    known = []
    for name in scenario.entities("hardware.stacks"):
        path = f"hardware.stacks.{name}"
        keys = scenario.entities(path)
        levels = {
            int(key.removeprefix("y")): scenario.central(f"{path}.{key}", "1") for key in keys if key.startswith("y2")
        }
        zero: tuple[float, ...] = scenario.label(f"{path}.zero", (1,))
        known.append(
            Stack(
                id=name,
                levels=tuple(sorted(levels.items())),
                zero=tuple(int(stage) for stage in zero),
                interleaves=bool(scenario.label(f"{path}.interleaves", True)),
                tensor_parallel=bool(scenario.label(f"{path}.tensor_parallel", True)),
                pipelines=bool(scenario.label(f"{path}.pipelines", True)),
                shards_since=_since(scenario.label(f"{path}.shards_since", "0")),
                fused_attention_since=_since(scenario.label(f"{path}.fused_attention_since", "0")),
                tuned_attention_since=_since(scenario.label(f"{path}.tuned_attention_since", "0")),
                fused_loss_since=_since(scenario.label(f"{path}.fused_loss_since", "0")),
                interleaves_pairs_since=_since(scenario.label(f"{path}.interleaves_pairs_since", "0")),
                repeated_forward=scenario.central(f"{path}.repeated_forward", "1")
                if "repeated_forward" in keys
                else 1.0,
                hides_tensor_since=_since(scenario.label(f"{path}.hides_tensor_since", "0")),
                hides_data_since=_since(scenario.label(f"{path}.hides_data_since", "0")),
                recomputes_in_part=bool(scenario.label(f"{path}.recomputes_in_part", True)),
                gradients_in_bf16=bool(scenario.label(f"{path}.gradients_in_bf16", False)),
            )
        )
    return Stacks(
        tuple(known),
        scenario.central("hardware.software.growth", "1"),
        scenario.central("hardware.software.reference_date", "year"),
    )


def _since(text: str) -> float:
    return math.inf if text == "never" else float(text)
