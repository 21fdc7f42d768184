"""A made-up ensemble with the shape and the magnitudes of a real one, so that reports are tested without the world."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from podrace.model.registry import SIDES, VARIABLES

# level in 2022 of China and the US-led side, yearly growth of each, spread (standard deviation of the log)
LEVELS = {
    "accelerators_produced": ((3e5, 1.2e6), (1.25, 1.45), 0.25),
    "h100e_produced": ((8e4, 5e5), (1.5, 1.9), 0.3),
    "fleet_h100e": ((1.5e5, 9e5), (1.6, 1.75), 0.35),
    "fleet_h100e_bf16": ((1.3e5, 7e5), (1.6, 1.7), 0.35),
    "die_stockpile": ((2e6, 1e5), (0.8, 1.1), 0.3),
    "hbm_stockpile_pb": ((40.0, 10.0), (0.75, 1.1), 0.35),
    "chip_fp8_tflops": ((600.0, 2000.0), (1.2, 1.35), 0.1),
    "pod_fp8_pflops": ((100.0, 30.0), (1.5, 1.7), 0.15),
    "cluster_chips": ((8e3, 2.5e4), (1.4, 1.45), 0.2),
    "cluster_training_eflops": ((0.4, 6.0), (1.6, 1.8), 0.4),
    "cluster_power_mw": ((12.0, 30.0), (1.5, 1.6), 0.2),
    "largest_run_flop": ((2e24, 4e25), (1.6, 1.8), 0.4),
    "fleet_power_gw": ((0.8, 3.0), (1.35, 1.38), 0.15),
    "ai_power_available_gw": ((3.0, 4.0), (1.3, 1.34), 0.1),
}
NAN_FOR = {"huawei_integration": "us", "us_owned_share": "china", "nvidia_h100e_sold": "china"}


@dataclass
class FakeScenario:
    name: str = "baseline"
    title: str = "Baseline: controls as announced"
    description: str = "What is law today stays law."
    hash: str = "0123456789abcdef" * 4
    start: int = 2022
    end: int = 2035
    timeline: tuple[Any, ...] = ()
    labels: dict[str, Any] = field(default_factory=dict)

    @property
    def years(self) -> range:
        return range(self.start, self.end + 1)

    def entities(self, table: str) -> tuple[str, ...]:
        return {"firms": ("huawei", "nvidia"), "buyers": ("alibaba", "meta")}.get(table, ())

    def label(self, path: str, default: Any = None) -> Any:
        return {"firms.huawei.label": "Huawei"}.get(path, default)

    def to_yaml(self) -> str:
        return f'format: 1\ntitle: "{self.title}"\n'


@dataclass
class FakeEnsemble:
    data: xr.Dataset
    central: xr.Dataset
    inputs: pd.DataFrame
    events: pd.DataFrame
    seed: int
    members: int
    flows: pd.DataFrame
    agents: pd.DataFrame
    scenario: FakeScenario = field(default_factory=FakeScenario)
    seconds: float = 1.25


def _numbers(name: str, years: np.ndarray, members: int, rng: np.random.Generator) -> np.ndarray:
    """Values of one variable, shape (year, side, member)."""
    variable = VARIABLES[name]
    if variable.kind == "share":
        return rng.uniform(0.2, 0.8, (len(years), 2, members))
    first, growth, spread = LEVELS.get(name, ((1e3, 5e3), (1.1, 1.1), 0.2))
    steps = (years - years[0])[:, None]
    path = np.array(first) * np.array(growth) ** steps * (1 - 0.03 * steps)
    widening = np.sqrt(steps + 0.2)[..., None] / 2
    return path[..., None] * np.exp(spread * widening * rng.standard_normal((1, 2, members)))


def _category(name: str, years: np.ndarray, members: int, rng: np.random.Generator) -> np.ndarray:
    count = len(VARIABLES[name].categories)
    centre = np.interp(years, [2022, 2026, 2029, 2035], [count - 1, 0, 1, 1])
    codes = np.rint(centre[:, None, None] + 0.7 * rng.standard_normal((len(years), 2, members)))
    return np.clip(codes, 0, count - 1)


SIDE_OF = {"huawei": "china", "alibaba": "china", "nvidia": "us", "meta": "us"}


def make_flows(start: int, end: int) -> pd.DataFrame:
    pairs = [("nvidia", "meta", 4e6), ("nvidia", "alibaba", 1e4), ("huawei", "alibaba", 2e5)]
    rows = [(year, a, b, h, 0.8 * h, h, 1.3 * h) for year in range(start, end + 1) for a, b, h in pairs]
    return pd.DataFrame(rows, columns=["year", "supplier", "buyer", "h100e", "p05", "p50", "p95"])


def make_ensemble(members: int = 200, seed: int = 0, start: int = 2022, end: int = 2035) -> FakeEnsemble:
    rng = np.random.default_rng(seed)
    years = np.arange(start, end + 1)
    arrays: dict[str, np.ndarray] = {}
    for name, variable in VARIABLES.items():
        if variable.kind == "category":
            arrays[name] = _category(name, years, members, rng)
        elif variable.kind == "date":
            when = np.broadcast_to(rng.normal(2027.2, 0.8, members), (len(years), 2, members)).copy()
            when[:, :, rng.uniform(size=members) < 0.03] = np.nan
            when[:, 1] = np.nan
            arrays[name] = when
        else:
            arrays[name] = _numbers(name, years, members, rng)
        if name in NAN_FOR:
            arrays[name][:, SIDES.index(NAN_FOR[name])] = np.nan
    arrays["die_bank"] = arrays["die_stockpile"] * np.clip((2027.5 - years) / 6, 0, 1)[:, None, None]
    arrays["fleet_smuggled_h100e"] = 0.2 * arrays["fleet_h100e"]
    arrays["fleet_smuggled_h100e"][:, 1] = 0.0
    arrays["fleet_rented_h100e"] = 2 * arrays["fleet_smuggled_h100e"]
    arrays["fleet_h100e_located"] = arrays["fleet_h100e"].copy()
    rented = arrays["fleet_rented_h100e"][:, 0]
    arrays["fleet_h100e_used"] = arrays["fleet_h100e"] + np.stack([rented, -rented], axis=1)
    arrays["fleet_power_gw"] = np.minimum(arrays["fleet_power_gw"], arrays["ai_power_available_gw"])

    def dataset(pick: Any, dims: tuple[str, ...], coords: dict[str, Any]) -> xr.Dataset:
        attributes = {
            name: {"unit": v.unit, "kind": v.kind, "meaning": v.meaning, "label": v.label}
            | ({"categories": list(v.categories)} if v.categories else {})
            for name, v in VARIABLES.items()
        }
        return xr.Dataset({n: (dims, pick(a), attributes[n]) for n, a in arrays.items()}, coords=coords)

    common = {"year": years, "side": list(SIDES)}
    return FakeEnsemble(
        data=dataset(lambda a: np.moveaxis(a, 2, 0), ("member", "year", "side"), {"member": range(members), **common}),
        central=dataset(lambda a: a[:, :, 0], ("year", "side"), common),
        inputs=pd.DataFrame(
            {"smic.n2.defect_density": rng.uniform(0.1, 0.3, members), "us.mood": rng.uniform(size=members)},
            index=pd.RangeIndex(members, name="member"),
        ),
        events=pd.DataFrame(
            [(2025.67, "us_government", "tighten", "fleet 1.2e+06", "ban HBM", "China's fleet grew, by half")],
            columns=["year", "actor", "rule", "observed", "chose", "reason"],
        ),
        seed=seed,
        members=members,
        flows=make_flows(start, end),
        agents=pd.DataFrame(
            [(start, name, side, "fleet_h100e", "H100e", 1.0, 2.0, 3.0) for name, side in SIDE_OF.items()],
            columns=["year", "agent", "side", "measure", "unit", "p05", "p50", "p95"],
        ),
        scenario=FakeScenario(start=start, end=end),
    )


class FakeStudy:
    """Made-up assumptions, some of which move a number both ways, one way, or not at all."""

    def effects(self, variable: str, year: int, side: str) -> pd.DataFrame:
        ends = [(0.5, 2.0), (1.3, 0.9), (0.8, 0.95), (1.0, 1.2), (1.0, 1.0)]
        table = pd.DataFrame(
            [("wafer/month", 4e3, 7e3, 15e3), ("year", 2027.5, 2028.0, 2029.1), ("1", 0.1, 0.3, 1.0),
             ("H100e/year", 2e4, 1.5e5, 6e5), ("1", 1.0, 1.5, 2.0)],
            columns=["unit", "low_input", "input", "high_input"],
            index=["plants.smic.capacity", "products.next_2030.ramp_start", "projection.us_gain", "smuggling.h100e",
                   "policy.us.own_share.equipment"],
        )  # fmt: skip
        table["at_low"], table["at_high"] = ([60.0 * pair[k] for pair in ends] for k in (0, 1))
        table["central"] = 60.0
        columns = table[["at_low", "central", "at_high"]]
        table["span"] = columns.max(axis=1) - columns.min(axis=1)
        return table.sort_values("span", ascending=False)


@pytest.fixture(autouse=True, scope="session")
def _made_up_assumptions():
    """Spare made-up scenarios the world that the tornado would run."""
    from podrace.reports.figures import tornado

    real = tornado.one_at_a_time

    def study(scenario, *rest):
        return FakeStudy() if isinstance(scenario, FakeScenario) else real(scenario, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tornado, "one_at_a_time", study)
        yield


@pytest.fixture(scope="session")
def ensemble() -> FakeEnsemble:
    return make_ensemble()


@pytest.fixture(scope="session")
def build():
    return make_ensemble
