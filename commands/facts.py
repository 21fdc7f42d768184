"""`podrace facts` and `podrace claims`: what is known, from whom, and how the founding article stands to it."""

from typing import Annotated

import typer

from .options import AsJson, BaseScenario, Members, Quiet, Seed

Pattern = Annotated[
    str, typer.Argument(metavar="PATTERN", help="An id, or a text in ids and meanings; * and ? are wild.")
]


def facts(
    pattern: Pattern = "",
    table: Annotated[str, typer.Option(help="One table alone, such as memory or chips.")] = "",
    unverified: Annotated[bool, typer.Option("--unverified", help="Only values nobody checked.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the facts with ranges and sources, or show one whole."""
    from ..reports.console import as_plain, write, write_json, write_table
    from ..reports.facts import closing_line, counts, fact_document, fact_rows, fact_text
    from ..scenarios.fact_index import load_index
    from ..scenarios.layers import PACKAGED

    index = load_index(PACKAGED.facts)
    whole = index.facts.get(pattern)
    if whole is not None and not table and not unverified:
        if as_json:
            write_json(as_plain(fact_document(whole, index)))
        else:
            write(fact_text(whole, index))
        return
    found = index.find(pattern, table)
    shown = [fact for fact in found if fact.unverified] if unverified else found
    stand = counts(found)
    if as_json:
        write_json({"facts": as_plain([fact_document(fact, index) for fact in shown]), "counts": stand})
        return
    write_table(fact_rows(shown, index))
    write(closing_line(stand))


def agents(
    name: Annotated[str, typer.Argument(metavar="[AGENT]", help="One agent, with rules, numbers and sources.")] = "",
    side: Annotated[str, typer.Option(help="china or us.")] = "",
    scenario: BaseScenario = "baseline",
    as_json: AsJson = False,
) -> None:
    """List who takes part, with rules, numbers and sources."""
    from ..reports.agents import agent_document, agent_rows, agent_text, checked_side
    from ..reports.console import as_plain, write, write_json, write_table
    from ..scenarios.compose import load
    from ..studies.roster import pick, roster

    loaded = load(scenario)
    found = [agent for agent in roster(loaded) if not side or agent.side == checked_side(side)]
    chosen = pick(found, name) if name else found
    if as_json:
        write_json({"agents": as_plain([agent_document(agent, loaded) for agent in chosen])})
    elif name:
        write("\n\n".join(agent_text(agent, loaded) for agent in chosen))
    else:
        write_table(agent_rows(chosen))
        write(f"{len(chosen)} agents; `podrace agents NAME` shows rules, numbers and sources of one.")


def claims(
    members: Members = 1000,
    seed: Seed = 0,
    scenario: BaseScenario = "baseline",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when a claim differs or is not supported.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold the founding article's claims against facts and model."""
    from ..reports.claims.table import claim_document, claims_text, tally, tally_line
    from ..reports.console import as_plain, progress_bar, width, write, write_json
    from ..scenarios.compose import load
    from ..studies.claims import answer_claims, read_claims
    from ..studies.ensemble import run_ensemble

    asked, index = read_claims()
    with progress_bar(quiet=quiet) as bar:
        base = run_ensemble(load(scenario), members=members, seed=seed, progress=bar.members)
        answers = answer_claims(asked, index, base, progress=bar.claims)
    if as_json:
        document = {"scenario": base.scenario.name, "members": members, "seed": seed, "verdicts": tally(answers)}
        write_json({"claims": as_plain(claim_document(answers, index)), **document})
    else:
        write(f"{claims_text(answers, index, width())}\n\n{tally_line(answers)}")
    if strict and any(answer.finding for answer in answers):
        raise typer.Exit(1)
