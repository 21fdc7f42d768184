"""The recorder: one array per variable, written straight from the year's quantities.

Mesa's DataCollector copies every value and keeps Python objects; this keeps numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .numbers import Array, Numbers
from .registry import VARIABLES, nearest

if TYPE_CHECKING:
    import xarray as xr

SIDES = ("china", "us")


class Recorder:
    """Recorded variables of a block of members: arrays of shape (year, side, member).

    Parameters
    ----------
    years : calendar years, in order
    members : members in the block
    variables : ids to keep; None keeps all of the registry
    """

    def __init__(self, years: range, members: int, variables: tuple[str, ...] | None = None) -> None:
        self.years = years
        self.members = members
        self.kept = tuple(VARIABLES) if variables is None else variables
        for name in self.kept:
            check_name(name)
        shape = (len(years), len(SIDES), members)
        self._arrays: dict[str, Array] = {name: np.full(shape, np.nan) for name in self.kept}
        self._row = -1

    def open_year(self, year: int) -> None:
        """Turn to the page of a year."""
        self._row = self.years.index(year)

    def put(self, name: str, side: str, value: Numbers) -> None:
        """Write a variable of one side for the open year."""
        array = self._arrays.get(name)
        if array is not None:
            array[self._row, SIDES.index(side)] = value
        else:
            check_name(name)

    def put_all_years(self, name: str, side: str, value: Numbers) -> None:
        """Write a variable that is constant over the years (a date)."""
        array = self._arrays.get(name)
        if array is not None:
            array[:, SIDES.index(side)] = value

    def read(self, name: str, side: str, year: int) -> Array:
        """Read back what was written for a year."""
        page: Array = self._arrays[name][self.years.index(year), SIDES.index(side)]
        return page

    def arrays(self) -> dict[str, Array]:
        """All arrays, shape (year, side, member)."""
        return self._arrays


def check_name(name: str) -> None:
    """Refuse a name that is not in the registry."""
    if name not in VARIABLES:
        message = f"no recorded variable {name!r}; did you mean {nearest(name)!r}?"
        raise KeyError(message)


def as_dataset(arrays: dict[str, Array], years: range, first_member: int = 0) -> xr.Dataset:
    """Label arrays of shape (year, side, member) as a dataset with dimensions (member, year, side)."""
    import xarray as xr

    members = next(iter(arrays.values())).shape[2]
    data = {}
    for name, array in arrays.items():
        variable = VARIABLES[name]
        attributes: dict[str, object] = {
            "unit": variable.unit,
            "kind": variable.kind,
            "meaning": variable.meaning,
            "label": variable.label,
        }
        if variable.categories:
            attributes["categories"] = list(variable.categories)
        data[name] = (("member", "year", "side"), np.moveaxis(array, 2, 0), attributes)
    return xr.Dataset(
        data,
        coords={"member": np.arange(first_member, first_member + members), "year": list(years), "side": list(SIDES)},
    )
