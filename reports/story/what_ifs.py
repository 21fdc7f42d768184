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
        "allies_unaligned": say("HBM and foundries stay under US law: may be understated"),
        "capex_bust": say("Where power is the limit, lost money moves little: understated"),
        "china_power_surge": say("While chips are scarce, more power moves nothing"),
        "chips_for_share": say("Acceptance, controls, retaliation are off: an upper bound"),
        "copper_only": say("Data sheets of the pods alone change; the chips stay"),
        "wide_optical_pods": say("Data sheets of the pods alone change; the chips stay"),
        "cxmt_surge": say("With more HBM dies bind next: bounded above by dies"),
        "cxmt_stall": say("Tools and the cap on DRAM wafers hold: not bounded below"),
        "euv_2027": say("Ramp and gain of home EUV are judgement; dies must bind"),
        "full_decoupling": say("Leaks stay, and China takes no counter-measures: open"),
        "h20_sold": say("Only 2025-26 change, rules decide from 2027: understated"),
        "hbm_gap": say("Small because the ban came late; HBM matters all the same"),
        "endogenous": say("What the rules miss of history they may miss of the future"),
        "no_controls_2022": say("Recorded capacities and power stay to 2026: understated"),
        "no_chip_controls": say("Recorded capacities stay to 2026: understated"),
        "no_input_controls": say("Recorded capacities stay to 2026: understated"),
        "no_refusal": say("Recorded capacities stay to 2026: understated"),
        "no_subsidy": say("Money itself is not modelled: the sign of its effect is open"),
        "rental_ban": say("Owned fleets do not answer: nil in compute owned"),
        "smic_yield_low": say("Where memory binds, yield moves little: understated"),
        "smic_yield_high": say("Where memory binds, yield moves little: understated"),
        "taiwan_disruption": say("No substitutes, no rebuilding: an upper bound on the loss"),
        "us_power_crunch": say("No on-site power, no move abroad: the effect is overstated"),
        "article": say("A reading of the founding article, not the model's own scenario"),
    }
