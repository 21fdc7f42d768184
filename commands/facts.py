"""`podrace facts`: what the facts say, from whom, and how well it stands."""

from typing import Annotated

import typer

from .options import AsJson

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
