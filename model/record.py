"""The recorder: one array per variable, written straight from the year's quantities.

Mesa's DataCollector copies every value and keeps Python objects; this keeps numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .numbers import Array, Numbers
from .registry import SIDES, VARIABLES, nearest

if TYPE_CHECKING:
    import xarray as xr


class Recorder:
    """Recorded variables of a block of members: arrays of shape (year, side, member).

    Parameters
    ----------
    years : calendar years, in order
    members : members in the block
    variables : ids to keep; None keeps all of the registry
    into : arrays to write into (views of larger ones); made here by default
    """

    def __init__(
        self,
        years: range,
        members: int,
        variables: tuple[str, ...] | None = None,
        into: dict[str, Array] | None = None,
    ) -> None:
        self.years = years
        self.members = members
        self._arrays = blank(years, members, variables) if into is None else into
        self._row: int | None = None
        self._open: set[tuple[str, str]] = set()
        self._constant: set[tuple[str, str]] = set()

    def open_year(self, year: int) -> None:
        """Turn to the page of a year; a year before the first recorded one has no page."""
        self._row = self.years.index(year) if year in self.years else None
        self._open = {(name, side) for name in self._arrays for side in SIDES} - self._constant

    def put(self, name: str, side: str, value: Numbers) -> None:
        """Write a variable of one side for the open year."""
        array = self._arrays.get(name)
        if array is None:
            check_name(name)
        elif self._row is not None:
            array[self._row, SIDES.index(side)] = value
            self._open.discard((name, side))

    def put_all_years(self, name: str, side: str, value: Numbers) -> None:
        """Write a variable that is constant over the years (a date)."""
        array = self._arrays.get(name)
        if array is not None:
            array[:, SIDES.index(side)] = value
            self._constant.add((name, side))
            self._open.discard((name, side))

    def close_year(self) -> None:
        """Mark what was not written as not applicable."""
        if self._row is not None:
            for name, side in self._open:
                self._arrays[name][self._row, SIDES.index(side)] = np.nan

    def read(self, name: str, side: str, year: int) -> Array:
        """Read back what was written for a year."""
        page: Array = self._arrays[name][self.years.index(year), SIDES.index(side)]
        return page

    def arrays(self) -> dict[str, Array]:
        """All arrays, shape (year, side, member)."""
        return self._arrays


def blank(years: range, members: int, variables: tuple[str, ...] | None = None) -> dict[str, Array]:
    """Make empty arrays for variables (all of the registry by default)."""
    kept = tuple(VARIABLES) if variables is None else variables
    for name in kept:
        check_name(name)
    return {name: np.empty((len(years), len(SIDES), members)) for name in kept}


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
