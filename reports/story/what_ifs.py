"""What the what-ifs that come with the model leave out, and which way that pushes their effect.

The same is told at length in ``docs/limits.md``.
"""

from __future__ import annotations

from ..language import say


def left_out(name: str) -> str:
    """Say what a scenario leaves out, and so how its effect reads; nothing for scenarios that do not come with the model.

    Parameters
    ----------
    name
        Of the scenario.
    """
    return _said().get(name, "")


def _said() -> dict[str, str]:
    return {
        "allies_unaligned": say(
            "HBM and foundries stay under US law: understated if tool makers sold freely for years"
        ),
        "capex_bust": say("Most of the lost money would not have found power: the effect is understated"),
        "china_power_surge": say("Power does not bind China before chips are plenty: no effect by construction"),
        "chips_for_share": say(
            "Acceptance, controls and retaliation are off: an upper bound on what Beijing would allow"
        ),
        "copper_only": say("Data sheets of the pods alone change; the chips stay"),
        "wide_optical_pods": say("Data sheets of the pods alone change; the chips stay"),
        "cxmt_surge": say("Dies bind next; tools and the cap on DRAM wafers hold: bounded above by dies"),
        "cxmt_stall": say("Dies bind next; tools and the cap on DRAM wafers hold: not bounded below"),
        "euv_2027": say("Ramp and gain of home EUV are judgement; dies must bind for it to matter"),
        "full_decoupling": say("Leaks stay as they are, and China takes no counter-measures: open"),
        "h20_sold": say("Only 2025-26 change; the rule decides from 2027: understated if habits last"),
        "hbm_gap": say("Small because the ban came late, not because HBM does not matter"),
        "endogenous": say("What the rules miss of history they may miss of the future"),
        "no_controls_2022": say("Recorded capacities, spending and power to 2026 stay: the effect is understated"),
        "no_chip_controls": say("Recorded capacities stay: understated; the parts depend on one another"),
        "no_input_controls": say("Recorded capacities stay: understated; the parts depend on one another"),
        "no_refusal": say("Recorded capacities stay: understated; the parts depend on one another"),
        "no_subsidy": say("Money itself is not modelled, and the sign of its effect is open"),
        "rental_ban": say("Owned fleets do not answer: overstated in compute used, nil in compute owned"),
        "smic_yield_low": say("Memory binds in most futures: understated once memory is plenty"),
        "smic_yield_high": say("Memory binds in most futures: understated once memory is plenty"),
        "taiwan_disruption": say("No substitutes and no rebuilding: an upper bound on the loss of output"),
        "us_power_crunch": say("No on-site power and no move to other countries: the effect is overstated"),
        "article": say("A reading of the founding article, not a scenario of the model's own"),
    }
