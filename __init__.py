"""podrace: an agent-based scenario model of the US-China race in AI hardware.

>>> import podrace as pr
>>> scenario = pr.load("baseline")
>>> scenario.name
'baseline'

The names below load on first use, so that ``import podrace`` stays cheap.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "load": ".scenarios.compose",
    "Scenario": ".scenarios.compose",
    "ScenarioError": ".scenarios.faults",
    "World": ".model.world",
    "run": ".reports.result",
    "compare": ".reports.compare.comparison",
    "discover": ".reports.sensitivity.discovery",
    "open_comparison": ".reports.opening",
    "open_result": ".reports.opening",
    "sensitivity": ".reports.sensitivity.indices",
    "speaking": ".reports.language",
    "styled": ".reports.figures.looks",
    "Result": ".reports.result",
    "variables": ".model.registry",
}

__all__ = [  # noqa: F822
    "Result", "Scenario", "ScenarioError", "World", "__version__", "compare", "discover", "load", "open_comparison", "open_result",
    "run", "sensitivity", "speaking", "styled", "variables",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _PUBLIC:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_PUBLIC[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
