"""NetCDF files: every member, year and side, with the words and units of the registry; the central run and the inputs beside.

The file has three parts: the recorded variables (member, year, side) at its root, the group ``central`` (year, side), and
the group ``inputs`` with the drawn numbers (member, input).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...model.registry import VARIABLES
from .about import command
from .iamc import model_name

if TYPE_CHECKING:
    from pathlib import Path

    import xarray as xr

    from ..result import Result

ENGINE: Any = "h5netcdf"
PACKED = {"zlib": True, "complevel": 4, "shuffle": True}


def write_netcdf(result: Result, path: Path) -> None:
    """Write a run as a NetCDF file, variable by variable."""
    packed = {str(name): PACKED for name in result.data.data_vars}
    _described(result.data).assign_attrs(_about(result)).to_netcdf(path, engine=ENGINE, encoding=packed)
    _described(result.central).to_netcdf(path, mode="a", group="central", engine=ENGINE, encoding=packed)
    _inputs(result).to_netcdf(path, mode="a", group="inputs", engine=ENGINE, encoding={"drawn": PACKED})


def _described(data: xr.Dataset) -> xr.Dataset:
    """Give a dataset the attributes that tools read; its arrays stay where they are."""
    found = data.copy(deep=False)
    for name in data.data_vars:
        found[name].attrs = attributes(str(name))
    found["year"].attrs = {"long_name": "calendar year"}
    found["side"].attrs = {
        "long_name": "side",
        "description": "china, or us: the US-led world, all that is not China",
    }
    if "member" in found.coords:
        found["member"].attrs = {"long_name": "member", "description": "one draw of everything uncertain"}
    return found


def attributes(name: str) -> dict[str, Any]:
    """Describe a variable: units, long_name, description, kind, iamc_name; of a category its flags."""
    variable = VARIABLES[name]
    found: dict[str, Any] = {
        "long_name": variable.label,
        "description": variable.meaning,
        "units": "1" if variable.kind == "category" else variable.unit,
        "kind": variable.kind,
        "iamc_name": variable.iamc,
    }
    if variable.categories:
        found["flag_values"] = np.arange(len(variable.categories), dtype=float)
        found["flag_meanings"] = " ".join(variable.categories)
    return found


def _about(result: Result) -> dict[str, Any]:
    scenario, run = result.scenario, result.ensemble
    return {
        "Conventions": "CF-1.11",
        "title": scenario.title.replace("\0", ""),
        "source": model_name(result.manifest),
        "history": command(result),
        "comment": "Members are draws of everything uncertain; an empty value does not apply, or is a date that never comes. "
        "Money is in US dollars of the year.",
        "scenario": scenario.name.replace("\0", ""),
        "scenario_hash": scenario.hash,
        "members": int(run.members),
        "seed": int(run.seed),
    }


def _inputs(result: Result) -> xr.Dataset:
    import xarray as xr

    drawn = result.inputs
    names = [str(name) for name in drawn.columns]
    records = result.scenario.records
    units = [records[path].unit if (path := name.partition("@")[0]) in records else "1" for name in names]
    return xr.Dataset(
        {
            "drawn": (("member", "input"), drawn.to_numpy(dtype=float), {"long_name": "drawn number", "description":
                      "parameters in their own units (input_units); chance in a decision between 0 and 1"}),
            "input_units": ("input", np.array(units, dtype=str), {"long_name": "unit of the input"}),
        },
        coords={"member": drawn.index.to_numpy(), "input": np.array(names, dtype=str)},
    )  # fmt: skip
