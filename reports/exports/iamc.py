"""The IAMC layout: a row per model, scenario, region, variable and unit, a column per year.

A quantile is a suffix of the variable (``Capability|Cluster|Training|p50``); a share of members has none
(``Constraint|Production|HBM``). Regions are the two sides. Everything follows from the long summary of a run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...model.registry import SIDES, VARIABLES
from ..summary import COLUMNS
from ..text import SIDE_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...scenarios.scenario import Scenario

HEAD = ("model", "scenario", "region", "variable", "unit")
CATEGORIES = {
    "capital": "Capital",
    "demand": "Demand",
    "dies": "Dies",
    "hbm": "HBM",
    "never": "Never",
    "packaging": "Packaging",
    "power": "Power",
    "supply": "Supply",
}
"""Names of categories, as parts of variables are written."""


def model_name(manifest: Mapping[str, Any] | None = None) -> str:
    """Name the model with its version: that of the manifest of an opened result, or this one."""
    from ... import __version__

    return f"podrace {manifest['podrace'] if manifest else __version__}"


def iamc(summary: pd.DataFrame, scenario: str, model: str | None = None) -> pd.DataFrame:
    """Turn the long summary into the IAMC layout.

    Parameters
    ----------
    summary
        As `podrace.reports.summary.summarise` gives it.
    scenario
        Name of the scenario.
    model
        Name of the model; podrace with its version by default.

    Returns
    -------
    Columns as in `HEAD`, then one per year; sides, variables and suffixes in the order of the registry.
    """
    keys = ["side", "variable", "unit"]
    quantiles = list(COLUMNS[4:9])
    long = summary.melt(id_vars=["year", *keys], value_vars=quantiles, var_name="suffix").dropna(subset="value")
    single = summary[summary["variable"].str.contains("=")].rename(columns={"mean": "value"}).assign(suffix="")
    long = pd.concat([long, single[long.columns.tolist()]], ignore_index=True)
    wide = long.pivot_table(index=[*keys, "suffix"], columns="year", values="value", sort=False).reset_index()
    order = {name: place for place, name in enumerate(dict.fromkeys(summary["variable"]))}
    wide["place"] = wide["variable"].map(order)
    wide["turn"] = wide["side"].map({side: place for place, side in enumerate(SIDES)})
    wide = wide.sort_values(["turn", "place", "suffix"], ignore_index=True)
    years = [column for column in wide.columns if isinstance(column, (int, np.integer))]
    named = [variable_name(n) + (f"|{s}" if s else "") for n, s in zip(wide["variable"], wide["suffix"], strict=True)]
    head = {
        "model": model or model_name(),
        "scenario": scenario,
        "region": wide["side"].map(SIDE_NAMES),
        "variable": named,
        "unit": wide["unit"].map(unit_name),
    }
    return pd.DataFrame(head | {str(year): wide[year] for year in sorted(years)})


def variable_name(name: str) -> str:
    """Name a row of the summary in the IAMC convention.

    >>> variable_name("binding_input=hbm"), variable_name("chip_bf16_tflops")
    ('Constraint|Production|HBM', 'Capability|Chip|BF16')
    """
    variable, _, part = name.partition("=")
    return VARIABLES[variable].iamc + (f"|{CATEGORIES.get(part, part)}" if part else "")


def unit_name(unit: str) -> str:
    """Write a unit as IAMC files do: nothing for a plain number, ``yr`` for a year, and the kind of dollars.

    Money is in dollars of the year, without deflation. IAMC tools take a bare ``USD`` for dollars of 2005, so the unit says
    that it is not.

    >>> unit_name("1"), unit_name("GW/year"), unit_name("billion USD/year"), unit_name("USD/MWh")
    ('', 'GW/yr', 'billion USD_nominal/yr', 'USD_nominal/MWh')
    """
    if unit == "1":
        return ""
    return re.sub(r"\byear\b", "yr", unit).replace("USD", "USD_nominal")


def indicators(scenario: Scenario, members: int, seed: int) -> dict[str, Any]:
    """Give what identifies a run: the meta indicators of a scenario in IAMC tools."""
    return {
        "title": scenario.title,
        "scenario_hash": scenario.hash,
        "members": int(members),
        "seed": int(seed),
    }
