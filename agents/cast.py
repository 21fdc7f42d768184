"""Who plays whom: every kind of agent, and the classes of a scenario that stand in for some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..scenarios.faults import fail, listed
from .allies import AlliedGovernment
from .channels import RentalChannel, SmugglingChannel
from .china_government import ChinaGovernment
from .chip_firms import ChipFirm
from .cloud_firms import CloudFirm
from .fabs import Fab, MemoryMaker, OwnMemory, PackagingHouse
from .grids import Grid
from .investors import Investors
from .tool_makers import EuvProgramme, ForeignToolMakers, HomeToolMakers
from .us_government import UsGovernment

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: tuple[type[Any], ...] = (
    UsGovernment,
    ChinaGovernment,
    AlliedGovernment,
    Grid,
    Investors,
    SmugglingChannel,
    RentalChannel,
    HomeToolMakers,
    ForeignToolMakers,
    EuvProgramme,
    Fab,
    PackagingHouse,
    MemoryMaker,
    OwnMemory,
    ChipFirm,
    CloudFirm,
)
"""Every kind of agent in the world."""


def cast(own: Iterable[type[Any]]) -> dict[type[Any], type[Any]]:
    """Say which class plays each kind of agent.

    Parameters
    ----------
    own
        Subclasses of kinds; each stands in for its kind.

    Returns
    -------
    A class for every kind: its own stand-in, or itself.

    Raises
    ------
    ScenarioError
        For a class that is no subclass of a kind, or two that stand in for one.

    Examples
    --------
    >>> class Patient(ChinaGovernment): ...
    >>> cast([Patient])[ChinaGovernment].__name__
    'Patient'
    """
    playing = dict(zip(KINDS, KINDS, strict=True))
    for stand_in in own:
        kind = next((base for base in stand_in.__mro__[1:] if base in playing), None)
        if kind is None:
            names = listed(kind.__name__ for kind in KINDS)
            fail(
                "stands in for no kind of agent",
                path="agents",
                found=stand_in.__name__,
                allowed=f"subclasses of {names}",
            )
        if playing[kind] is not kind:
            found = f"{playing[kind].__name__} and {stand_in.__name__}"
            fail(f"two classes stand in for {kind.__name__}", path="agents", found=found, allowed="one")
        playing[kind] = stand_in
    return playing
