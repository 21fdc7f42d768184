"""An input that should matter does matter, and no uncertain parameter is drawn for nothing."""

from hashlib import blake2b

import numpy as np
import pytest

from podrace.model.record import Recorder
from podrace.model.world import World
from podrace.scenarios.draws import MemberDraws
from podrace.scenarios.inputs import Inputs

CALM = {"behaviour.reactions": False}
US_BUYERS = ("microsoft", "google", "amazon", "meta", "oracle", "xai", "neoclouds", "sovereigns")
# lever: (overrides, or one or more (path, factor), variable, side, year, sign of the change of the mean)
LEVERS = {
    "HBM leakage": ({"hbm.leakage": 0.0}, "accelerators_produced", "china", 2027, -1),
    "HBM store": ({"hbm.china_receipts_last_month": 0.0}, "accelerators_produced", "china", 2025, -1),
    "die bank": ({"firms.huawei.die_receipts": 0.0}, "huawei_packages_sold", "china", 2025, -1),
    "CXMT yield": ({"plants.cxmt.yield": 0.9}, "hbm_produced_pb", "china", 2027, 1),
    "SMIC defects": ({"smic.n2.defect_density": 0.30}, "logic_yield", "china", 2028, -1),
    "die conversion": ({"smic.n2.die_conversion": 1.0}, "h100e_produced", "china", 2030, 1),
    "tool cost": (("plants.smic.tool_cost", 5.0), "logic_wafers", "china", 2032, -1),
    "home tools": (("tools.china_home", 4.0), "tools_home_busd", "china", 2025, 1),
    "US power": (("grids.us.ai_power", 0.6), "fleet_h100e", "us", 2027, -1),
    "power lead time": ({"grids.us.lead_time": 4.0}, "ai_power_available_gw", "us", 2028, -1),
    "US capex": (("capital.us.path", 0.5), "accelerators_produced", "us", 2028, -1),
    "CoWoS": (("plants.tsmc_cowos.capacity", 0.6), "accelerators_produced", "us", 2024, -1),
    "life": ({"fleet.life": 3.0}, "fleet_h100e", "us", 2030, -1),
    "smuggling": ({"smuggling.leakage": 0.0}, "fleet_smuggled_h100e", "china", 2026, -1),
    "software": ({"software.china_start": 0.5}, "cluster_training_eflops", "china", 2026, -1),
    "failures": ({"hardware.reliability.mtbf_hours": 2000.0}, "cluster_goodput", "us", 2027, -1),
    "site power": ([(f"buyers.{buyer}.site_power", 0.5) for buyer in US_BUYERS], "cluster_chips", "us", 2027, -1),
    "one buyer's capex": (("buyers.microsoft.capex", 0.2), "accelerator_budget_busd", "us", 2028, -1),
    "product date": ({"products.huawei_ascend_960.ramp_start": 2031.0}, "chip_fp8_tflops", "china", 2029, -1),
}


@pytest.mark.parametrize("lever", LEVERS)
def test_lever_moves_its_output(lab, lever):
    overrides, variable, side, year, sign = LEVERS[lever]
    if isinstance(overrides, tuple):
        overrides = [overrides]
    if isinstance(overrides, list):
        overrides = {path: lab.scaled(path, factor) for path, factor in overrides}
    overrides = {
        path: lab.scaled(path, value) if value == 0.0 and lab.scenario().record(path).dated else value
        for path, value in overrides.items()
    }
    before, after = lab.calm().at(variable, side, year), lab.calm(overrides).at(variable, side, year)
    assert sign * (np.nanmean(after) - np.nanmean(before)) > 1e-3 * np.nanmean(before)


class OneAtATime:
    """Members in groups that share every draw but one: parameter by parameter is moved to its low and high end."""

    central = False

    def __init__(self, names, groups, ends=(0.02, 0.98)):
        self.place = {name: place for place, name in enumerate(names)}
        self.ends = ends
        self.size = 1 + len(names) * len(ends)
        self.groups = groups
        self.members = groups * self.size

    def uniform(self, name, year=0):
        u = np.repeat([_hashed(f"{name}/{year}/{group}") for group in range(self.groups)], self.size)
        place = self.place.get(name.split("@")[0]) if year == 0 else None
        if place is not None:
            for row, end in enumerate(self.ends):
                u[1 + place * len(self.ends) + row :: self.size] = end
        return u

    def rows(self, name):
        """Members in which a parameter was moved, and the member of the same group in which nothing was."""
        for group in range(self.groups):
            start = group * self.size
            for row in range(len(self.ends)):
                yield start + 1 + self.place[name] * len(self.ends) + row, start


def _hashed(text):
    return (int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "little") + 0.5) / 2**48


US_LAW_ALONE = "US law reaches all makers of it"
NO_FOREIGN_DIES = "to 2024 dies came as recorded; since then foundries abroad are closed to China"
OTHER_FORM = "belongs to the form of the hazard that is not in use"
NOTHING_ANNOUNCED = "no control is announced ahead of its date after the record"
NOT_THE_LARGEST = "its site is never the largest of the side"
FOREIGN_FOUNDRIES = {"tsmc_n7": ("capacity", "growth", "lag", "harvest"),
                     "samsung_foundry": ("capacity", "growth", "lag", "harvest", "defect_density")}  # fmt: skip
SMALL_SITES = ("alibaba", "tencent", "baidu", "deepseek", "neoclouds", "sovereigns")
WITHOUT_EFFECT: dict[str, str] = {
    "policy.allies.korea.alignment": US_LAW_ALONE,
    "policy.allies.taiwan.alignment": US_LAW_ALONE,
    "hbm.import_weight": "no legal HBM since the ban",
    "rental.leakage": "rental is not controlled",
    "policy.us.ratio_scale": OTHER_FORM,
    "policy.china.stockpile_reaction": NOTHING_ANNOUNCED,
    **{f"plants.{plant}.{key}": NO_FOREIGN_DIES for plant, keys in FOREIGN_FOUNDRIES.items() for key in keys},
    **{f"buyers.{buyer}.site_power": NOT_THE_LARGEST for buyer in SMALL_SITES},
}
"""Uncertain parameters that move nothing in the baseline, each with the reason; each moves something where it may."""

HALF_OPEN = (
    "{date: 2025-06, actor: us, action: control, item: foundry, stringency: 0.5, source: what-if}",
    "{date: 2025-06, actor: us, action: control, item: hbm, stringency: 0.5, source: what-if}",
    "{date: 2027, actor: us, action: control, item: rental, stringency: 0.5, source: what-if}",
)


def idle(scenario, names, groups=8):
    """Names of the parameters that change no recorded value when they alone are moved."""
    draws = OneAtATime(names, groups)
    recorder = Recorder(scenario.years, draws.members)
    world = World(Inputs(scenario, draws), recorder)
    try:
        world.run()
    finally:
        world.release()
    everything = np.nan_to_num(
        np.concatenate([a.reshape(-1, draws.members) for a in recorder.arrays().values()]), nan=-1
    )
    return {
        name
        for name in names
        if not any((everything[:, moved] != everything[:, still]).any() for moved, still in draws.rows(name))
    }


def test_every_uncertain_parameter_moves_something(lab):
    scenario = lab.scenario()
    names = [path for path, record in scenario.records.items() if record.uncertain]
    assert idle(scenario, names) == set(WITHOUT_EFFECT)


def test_what_the_controls_keep_idle_moves_something_once_they_are_half_open(lab, what_if):
    names = [
        path
        for path, reason in WITHOUT_EFFECT.items()
        if reason not in {NOT_THE_LARGEST, OTHER_FORM, NOTHING_ANNOUNCED}
    ]
    overrides = {f"policy.us.own_share.{item}": 0.5 for item in ("hbm", "foundry")}
    overrides["plants.tsmc_n7.capacity"] = lab.scaled(
        "plants.tsmc_n7.capacity", 0.1
    )  # it could make more than is asked for
    assert idle(lab.scenario(overrides, base=what_if(*HALF_OPEN)), names) == set()


@pytest.mark.parametrize("buyer", SMALL_SITES)
def test_a_small_site_counts_once_it_is_the_largest(lab, buyer):
    scenario = lab.scenario()
    side = scenario.label(f"buyers.{buyer}.side")
    rivals = [b for b in scenario.entities("buyers") if scenario.label(f"buyers.{b}.side") == side and b != buyer]
    overrides = {f"buyers.{rival}.site_power": lab.scaled(f"buyers.{rival}.site_power", 1e-3) for rival in rivals}
    assert idle(lab.scenario({**CALM, **overrides}), [f"buyers.{buyer}.site_power"], groups=2) == set()


def test_every_uncertain_parameter_is_read(lab):
    scenario = lab.scenario()
    inputs = Inputs(scenario, MemberDraws(0, 0, 2))
    World(inputs).run().release()
    assert [path for path, record in scenario.records.items() if record.uncertain and path not in inputs.read] == []


def test_the_other_form_of_the_hazard_moves_something(lab):
    by_ratio = lab.scenario({"policy.us.form": "ratio"})
    assert idle(by_ratio, ["policy.us.ratio_scale"]) == set()


def test_firms_buy_ahead_of_a_control_that_they_see_coming(lab, what_if):
    """HBM is free until 2028; the ban of that year is announced in 2027."""
    free = "{date: 2025-01-01, id: dec2, actor: us, action: control, item: hbm, stringency: 0.0, source: what-if}"
    ban = "{date: 2028-03, announced: %s, actor: us, action: control, item: hbm, stringency: 1.0, source: what-if}"
    names = ["policy.china.stockpile_reaction"]
    for announced, without_effect in (("2027-09", set()), ("2028-03", set(names))):
        path = what_if(free, ban % announced, behaviour="{reactions: true}")
        assert idle(lab.scenario(base=path), names) == without_effect, announced
